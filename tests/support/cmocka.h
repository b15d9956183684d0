/* SPDX-License-Identifier: MIT */
/* cmocka.h - what the core's tests use of cmocka, for machines that no cmocka is packaged for. */
#ifndef WEIR_TESTS_CMOCKA_H
#define WEIR_TESTS_CMOCKA_H

/*
 * The real cmocka is what the tests are written for, and what they run with wherever it is there.
 * This stands in for it in cross builds (WEIR_CMOCKA=own): the same names, the same lines of output
 * as far as tools/tally.py reads them. A test that needs more of cmocka does not compile with it.
 * As with cmocka, whoever includes it has included setjmp.h, stdarg.h, stddef.h and stdint.h.
 */

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

/* Reports where, and ends the test. */
_Noreturn void cmocka_fail(const char *file, int line, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Each ends the test unless it holds. The integers come as cmocka takes them: widened. */
void cmocka_hold(int holds, const char *what, const char *file, int line);
void cmocka_integers(uintmax_t a, uintmax_t b, int equal, const char *file, int line);
void cmocka_strings(const char *a, const char *b, int equal, const char *file, int line);
void cmocka_octets(const void *a, const void *b, size_t len, int equal, const char *file, int line);
_Noreturn void cmocka_skip(void);

/* Runs them all, says which failed, and returns how many did. */
int cmocka_run_tests(const struct CMUnitTest *tests, size_t count);

#define cmocka_unit_test(function) \
    {                              \
#function, function        \
    }
/* No test here has a group to set up: `setup` and `teardown` are NULL. */
#define cmocka_run_group_tests(tests, setup, teardown) \
    ((void)sizeof((setup) == (teardown)), cmocka_run_tests(tests, sizeof(tests) / sizeof(tests)[0]))

#define fail_msg(...) cmocka_fail(__FILE__, __LINE__, __VA_ARGS__)
#define fail() cmocka_fail(__FILE__, __LINE__, "failed")
#define skip() cmocka_skip()
#define print_message printf
#define assert_true(c) cmocka_hold((c) ? 1 : 0, #c, __FILE__, __LINE__)
#define assert_false(c) cmocka_hold((c) ? 0 : 1, "not " #c, __FILE__, __LINE__)
#define assert_null(p) cmocka_hold((p) == NULL, #p " is NULL", __FILE__, __LINE__)
#define assert_non_null(p) cmocka_hold((p) != NULL, #p " is not NULL", __FILE__, __LINE__)
#define assert_ptr_equal(a, b) \
    cmocka_hold((const void *)(a) == (const void *)(b), #a " is " #b, __FILE__, __LINE__)
#define assert_ptr_not_equal(a, b) \
    cmocka_hold((const void *)(a) != (const void *)(b), #a " is not " #b, __FILE__, __LINE__)
#define assert_int_equal(a, b) \
    cmocka_integers((uintmax_t)(a), (uintmax_t)(b), 1, __FILE__, __LINE__)
#define assert_int_not_equal(a, b) \
    cmocka_integers((uintmax_t)(a), (uintmax_t)(b), 0, __FILE__, __LINE__)
#define assert_string_equal(a, b) cmocka_strings((a), (b), 1, __FILE__, __LINE__)
#define assert_string_not_equal(a, b) cmocka_strings((a), (b), 0, __FILE__, __LINE__)
#define assert_memory_equal(a, b, len) cmocka_octets((a), (b), (len), 1, __FILE__, __LINE__)
#define assert_memory_not_equal(a, b, len) cmocka_octets((a), (b), (len), 0, __FILE__, __LINE__)

#endif
