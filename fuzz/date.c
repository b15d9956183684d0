/* SPDX-License-Identifier: MIT */
/*
 * HTTP dates. The input is a date; its first eight octets are also a number of seconds.
 *
 * - A date that is read and written again is the same moment, and the form that is written is read.
 * - Any number of seconds gives 29 octets, which are read as that moment, or as the nearest that the
 *   form can hold.
 */
#include "support.h"

#include "weir/date.h"

static void check_written(int64_t seconds)
{
    char written[WEIR_DATE_BYTES];
    int64_t again = -1;
    weir_date_write(seconds, written);
    int64_t held = seconds < WEIR_DATE_MIN   ? WEIR_DATE_MIN
                   : seconds > WEIR_DATE_MAX ? WEIR_DATE_MAX
                                             : seconds;
    require(weir_date_parse((weir_str){written, WEIR_DATE_BYTES}, 0, &again) == WEIR_OK,
            "what is written is a date");
    require(again == held, "what is written is the same moment");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t nows[] = {0, 784111777, 1795000000, -3000000000, 253402300799};
    int64_t seconds;
    char *in = copy_exact(data, size);
    for (size_t i = 0; i < sizeof nows / sizeof nows[0]; i++) {
        seconds = 77;
        weir_error err = weir_date_parse((weir_str){in, size}, nows[i], &seconds);
        require(err == WEIR_OK || (err == WEIR_ERR_DATE && seconds == 77),
                "what is no date leaves the moment alone");
        if (err == WEIR_OK) check_written(seconds);
    }
    copy_free(in, size);
    if (size >= sizeof seconds) {
        memcpy(&seconds, data, sizeof seconds);
        check_written(seconds);
        check_written(seconds % WEIR_DATE_MAX);
    }
    return 0;
}
