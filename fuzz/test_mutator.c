/* SPDX-License-Identifier: MIT */
/* fuzz/test_mutator.c - what the engines take for granted of a mutator, and that it writes HTTP. */
#include "mutator.h"
#include "support.h"

enum {
    ROOM = 512,
    STEPS = 200000
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}

static bool is_request(const uint8_t *p, size_t len)
{
    weir_head head;
    weir_field fields[16];
    weir_request req;
    size_t used;
    weir_head_init(&head, fields, 16, NULL);
    weir_head_use(&head, WEIR_ISA_SCALAR);
    return weir_request_parse(&head, (const char *)p, len, &req, &used) == WEIR_OK;
}

int main(void)
{
    dice d = {1};
    uint8_t one[ROOM], two[ROOM], crossed[ROOM];
    size_t len = 0, requests = 0, refused = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        size_t max = 1 + dice_roll(&d, ROOM);
        if (len > max || dice_roll(&d, 16) == 0) len = 0; /* begins anew */
        memcpy(two, one, len);
        size_t before = len, again;
        len = mutate_by_grammar(one, before, max, i);
        again = mutate_by_grammar(two, before, max, i);
        require(len <= max, "no more comes out than there is room for");
        require(again == len && memcmp(one, two, len) == 0, "a seed decides what happens");
        size_t both = LLVMFuzzerCustomCrossOver(one, len, two, again, crossed, max, i);
        require(both <= max, "a crossing fits");
        size_t plan = len > 0 && memchr(one, '\n', len) != NULL
                          ? (size_t)((uint8_t *)memchr(one, '\n', len) - one) + 1
                          : 0;
        if (is_request(one, len) || is_request(one + plan, len - plan))
            requests++;
        else
            refused++;
    }
    require(requests > STEPS / 20, "from nothing it comes to requests that are accepted");
    require(refused > STEPS / 20, "and to others");
    return 0;
}
