/* SPDX-License-Identifier: MIT */
/* test_address.c - addresses as text, both ways. */
#include <string.h>

#include "support.h"

static const struct {
    const char *name, *text, *again; /* again: as it is written; NULL: refused */
} addresses[] = {
    {"IPv4", "127.0.0.1:8080", "127.0.0.1:8080"},
    {"port 0", "0.0.0.0:0", "0.0.0.0:0"},
    {"the highest port", "1.2.3.4:65535", "1.2.3.4:65535"},
    {"IPv6", "[::1]:8443", "[::1]:8443"},
    {"IPv6, shortened when written", "[0:0:0:0:0:0:0:0]:80", "[::]:80"},
    {"IPv6 with an interface", "[fe80::1%2]:80", "[fe80::1%2]:80"},
    {"IPv4 in IPv6", "[::ffff:1.2.3.4]:80", "[::ffff:1.2.3.4]:80"},
    {"a path", "unix:/run/weir.sock", "unix:/run/weir.sock"},
    {"a relative path with a colon", "unix:a:1", "unix:a:1"},
    {"a port too high", "1.2.3.4:65536", NULL},
    {"a port that overflows 32 bits", "1.2.3.4:4294967376", NULL},
    {"a port of many digits", "1.2.3.4:00000000080", NULL},
    {"no port", "1.2.3.4", NULL},
    {"an empty port", "1.2.3.4:", NULL},
    {"a port with a sign", "1.2.3.4:+80", NULL},
    {"a port with a space", "1.2.3.4: 80", NULL},
    {"a port in hexadecimal", "1.2.3.4:0x50", NULL},
    {"IPv6 without brackets", "::1:80", NULL},
    {"half a bracket", "[::1:80", NULL},
    {"IPv4 in brackets", "[1.2.3.4]:80", NULL},
    {"three numbers", "1.2.3:80", NULL},
    {"a name", "localhost:80", NULL},
    {"an interface by name", "[fe80::1%eth0]:80", NULL},
    {"an empty interface", "[fe80::1%]:80", NULL},
    {"an empty host", ":80", NULL},
    {"nothing", "", NULL},
    {"an empty path", "unix:", NULL},
};

static void addresses_are_read_and_written_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        weir_address address = {.family = WEIR_FAMILY_MEMORY, .port = 9};
        bool read = weir_address_parse(addresses[i].text, &address);
        char buf[WEIR_ADDRESS_TEXT_MAX];
        if (read != (addresses[i].again != NULL)) fail_msg("%s", addresses[i].name);
        weir_address_text(&address, buf, sizeof buf);
        const char *expected = read ? addresses[i].again : "memory:9"; /* untouched if refused */
        if (strcmp(buf, expected) != 0) fail_msg("%s: \"%s\"", addresses[i].name, buf);
    }
}

static void the_longest_path_fits_and_one_more_octet_does_not(void **state)
{
    char text[5 + WEIR_ADDRESS_PATH_MAX + 2] = "unix:";
    char buf[WEIR_ADDRESS_TEXT_MAX];
    weir_address address;

    (void)state;
    memset(text + 5, 'p', WEIR_ADDRESS_PATH_MAX);
    text[5 + WEIR_ADDRESS_PATH_MAX] = '\0';
    assert_true(weir_address_parse(text, &address));
    assert_string_equal(weir_address_text(&address, buf, sizeof buf), text);
    text[5 + WEIR_ADDRESS_PATH_MAX] = 'p';
    text[5 + WEIR_ADDRESS_PATH_MAX + 1] = '\0';
    assert_false(weir_address_parse(text, &address));
}

static void a_text_is_cut_where_the_room_ends(void **state)
{
    weir_address address;
    char buf[6] = "?????";

    (void)state;
    assert_true(weir_address_parse("127.0.0.1:80", &address));
    assert_string_equal(weir_address_text(&address, buf, sizeof buf), "127.0");
    buf[0] = '?';
    weir_address_text(&address, buf, 0);
    assert_int_equal(buf[0], '?');
    assert_string_equal(weir_address_text(&address, buf, 1), "");
}

static void what_is_not_known_says_so(void **state)
{
    weir_address none = {.family = WEIR_FAMILY_NONE};

    (void)state;
    support_expect_address(&none, "unknown");
}

static void addresses_are_equal_in_every_part_or_not(void **state)
{
    static const char *const texts[] = {"1.2.3.4:80",     "1.2.3.4:81", "1.2.3.5:80",
                                        "[::1]:80",       "[::2]:80",   "[fe80::1%1]:80",
                                        "[fe80::1%2]:80", "unix:a",     "unix:b"};
    weir_address a, b;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            assert_true(weir_address_parse(texts[i], &a) && weir_address_parse(texts[k], &b));
            assert_int_equal(weir_address_is_equal(&a, &b), i == k);
        }
    }
}

static void errors_say_step_subject_and_reason(void **state)
{
    weir_address address;
    char buf[256];
    weir_io_error none = {.step = NULL};
    weir_io_error bind = {.step = "bind", .code = 98, .address = &address};
    weir_io_error file = {.step = "certificate", .reason = "no start line", .file = "a.pem"};
    weir_io_error bare = {.step = "tls read"};

    (void)state;
    assert_true(weir_address_parse("[::1]:80", &address));
    assert_string_equal(weir_io_error_text(&none, buf, sizeof buf), "no error");
    assert_string_equal(weir_io_error_text(&bind, buf, sizeof buf),
                        "bind [::1]:80: Address already in use");
    assert_string_equal(weir_io_error_text(&file, buf, sizeof buf),
                        "certificate a.pem: no start line");
    assert_string_equal(weir_io_error_text(&bare, buf, sizeof buf), "tls read: no reason given");
    assert_string_equal(weir_io_error_text(&bind, buf, 5), "bind");
}

static void every_result_has_a_name(void **state)
{
    (void)state;
    for (int io = WEIR_IO_OK; io <= WEIR_IO_FAILED; io++)
        assert_string_not_equal(weir_io_name((weir_io)io), "unknown");
    assert_string_equal(weir_io_name(WEIR_IO_TRUNCATED), "TRUNCATED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written_alike),
        cmocka_unit_test(the_longest_path_fits_and_one_more_octet_does_not),
        cmocka_unit_test(a_text_is_cut_where_the_room_ends),
        cmocka_unit_test(what_is_not_known_says_so),
        cmocka_unit_test(addresses_are_equal_in_every_part_or_not),
        cmocka_unit_test(errors_say_step_subject_and_reason),
        cmocka_unit_test(every_result_has_a_name),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
