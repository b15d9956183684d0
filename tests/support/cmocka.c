/* SPDX-License-Identifier: MIT */
/* cmocka.c - runs tests one after the other; a test that fails is left by a jump. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka.h"

enum {
    CMOCKA_FAILED = 1,
    CMOCKA_SKIPPED = 2
};

static jmp_buf cmocka_way_out;

_Noreturn void cmocka_fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    longjmp(cmocka_way_out, CMOCKA_FAILED);
}

_Noreturn void cmocka_skip(void)
{
    longjmp(cmocka_way_out, CMOCKA_SKIPPED);
}

void cmocka_hold(int holds, const char *what, const char *file, int line)
{
    if (!holds) cmocka_fail(file, line, "does not hold: %s", what);
}

void cmocka_integers(uintmax_t a, uintmax_t b, int equal, const char *file, int line)
{
    if ((a == b) != (equal != 0))
        cmocka_fail(file, line, "%#jx %s %#jx", a, equal ? "is not" : "is", b);
}

void cmocka_strings(const char *a, const char *b, int equal, const char *file, int line)
{
    if ((strcmp(a, b) == 0) != (equal != 0))
        cmocka_fail(file, line, "\"%s\" %s \"%s\"", a, equal ? "is not" : "is", b);
}

void cmocka_octets(const void *a, const void *b, size_t len, int equal, const char *file, int line)
{
    if ((len == 0 || memcmp(a, b, len) == 0) != (equal != 0))
        cmocka_fail(file, line, "%zu octets %s", len, equal ? "differ" : "are the same");
}

int cmocka_run_tests(const struct CMUnitTest *tests, size_t count)
{
    volatile size_t passed = 0, failed = 0, skipped = 0; /* they outlive the jump */
    for (volatile size_t i = 0; i < count; i++) {
        void *state = NULL;
        printf("[ RUN      ] %s\n", tests[i].name);
        fflush(stdout);
        int way = setjmp(cmocka_way_out);
        if (way == 0) {
            tests[i].run(&state);
            passed++;
            printf("[       OK ] %s\n", tests[i].name);
        } else if (way == CMOCKA_SKIPPED) {
            skipped++;
            printf("[  SKIPPED ] %s\n", tests[i].name);
        } else {
            failed++;
            printf("[  FAILED  ] %s\n", tests[i].name);
        }
    }
    printf("[==========] %zu test(s) run.\n[  PASSED  ] %zu test(s).\n", count, passed);
    if (skipped > 0) printf("[  SKIPPED ] %zu test(s).\n", skipped);
    if (failed > 0) printf("[  FAILED  ] %zu test(s).\n", failed);
    return (int)failed;
}
