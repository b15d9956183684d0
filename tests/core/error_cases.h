/* SPDX-License-Identifier: MIT */
/* error_cases.h - for each error that a peer can cause an input that causes it, and the octet. */
#ifndef WEIR_TEST_ERROR_CASES_H
#define WEIR_TEST_ERROR_CASES_H

#include "weir/conn.h"

/* Who reads the input. Up to READER_LAST_MESSAGE it is a message, then a value. ORDER error_reader */
typedef enum {
    READER_SERVER,  /* a server: a request */
    READER_CLIENT,  /* a client that asked GET: a response */
    READER_UNASKED, /* a client that asked nothing */
    READER_LAST_MESSAGE = READER_UNASKED,
    READER_LIST, /* weir_list_next(), which tells no offset: where the list stood */
    READER_DATE, /* weir_date_parse(), likewise */
    READER_PATH, /* weir_path_decode() */
    READER_WEIGHT,
    READER_MEDIA_TYPE,
    READER_COOKIE,
    READER_FORWARDED,
} error_reader;

enum {
    FIELD_NONE = -1
};

/*
 * The input is `before`, `fill` so many times, and `after`, whose first octet is the one at fault;
 * where `after` is empty, something is missing there. All is read with the default limits and room
 * for WEIR_FIELDS_DEFAULT fields.
 */
typedef struct {
    weir_error code;
    error_reader reader;
    const char *name;
    weir_str before, fill;
    size_t times;
    weir_str after;
    int field;        /* index of the field line at fault; FIELD_NONE: the fault is in none */
    weir_error stop;  /* why the input ends behind this; WEIR_OK: it does not */
    const char *hide; /* NULL: `weir parse` tells the same; otherwise, why it does not */
} error_case;

extern const error_case error_cases[];
extern const size_t error_case_count;

/* The input on the heap, exactly as long as it is; `at` is the offset of the octet at fault. */
char *error_case_input(const error_case *c, size_t *len, size_t *at);

#endif
