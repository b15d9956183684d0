/* SPDX-License-Identifier: MIT */
/*
 * adaptor.h - what a shared object exports so that weir-bench can run another parser beside weir. Only
 * adapt_parse is required. docs/benchmarks.md has an example and says how to build one.
 */
#ifndef ADAPTOR_H
#define ADAPTOR_H

#include <stddef.h>

#define ADAPT_MAX_FIELDS 128

struct adapt_span {
    const char *ptr;
    size_t len;
};

/* A head as every parser sees it. What a parser does not keep is {NULL, 0}. */
struct adapt_head {
    int is_response;
    struct adapt_span method;
    struct adapt_span target;
    int minor; /* HTTP/1.minor */
    int status;
    struct adapt_span reason;
    size_t nfields;
    struct adapt_span name[ADAPT_MAX_FIELDS];
    struct adapt_span value[ADAPT_MAX_FIELDS]; /* without the whitespace around it */
};

#if defined(ADAPTOR_IMPL)
#define ADAPT_API __attribute__((visibility("default")))
#else
#define ADAPT_API
#endif

/* Parses the head at buf[0, len). Octets of the head; 0: incomplete; below 0: refused. The facts are
 * then in storage of the adaptor's. */
ADAPT_API int adapt_parse(const char *buf, size_t len);

/* The same for a response; without it adapt_parse takes both. */
ADAPT_API int adapt_parse_response(const char *buf, size_t len);

/* buf[0, len) is all that has arrived, buf[last, len) is new; last 0 begins a head. As adapt_parse. */
ADAPT_API int adapt_feed(const char *buf, size_t len, size_t last);
ADAPT_API int adapt_feed_response(const char *buf, size_t len, size_t last);

/* The facts of the last head, for the comparison that comes before the timing. */
ADAPT_API void adapt_export(struct adapt_head *out);

/* Decodes the chunked body at buf[0, len), in place if it likes to. Octets of payload, or below 0. */
ADAPT_API long adapt_chunked(char *buf, size_t len);

#endif
