/* SPDX-License-Identifier: MIT */
/* head_trace.h - reads a head in steps out of exact-size copies and says what came of it. */
#ifndef WEIR_TEST_HEAD_TRACE_H
#define WEIR_TEST_HEAD_TRACE_H

#include "weir/head.h"

enum {
    TRACE_FIELDS = 8,
    TRACE_BYTES = 4096
};

/*
 * Offers `wire` to the parser: first `first` octets, then `step` more at a time, each time in a heap
 * block of its own and of exactly that size, so that a read too far and a pointer into an old block
 * are seen. The trace: "GET|/|1.1|Host=h|@27", "MORE" or "ERR_HOST@12"; for responses
 * "200|OK|1.1|...".
 */
void trace_request(const char *wire, size_t len, size_t first, size_t step,
                   const weir_limits *limits, char trace[TRACE_BYTES]);
void trace_response(const char *wire, size_t len, size_t first, size_t step,
                    const weir_limits *limits, char trace[TRACE_BYTES]);
void trace_fields(const char *wire, size_t len, size_t first, size_t step,
                  const weir_limits *limits, char trace[TRACE_BYTES]);

#endif
