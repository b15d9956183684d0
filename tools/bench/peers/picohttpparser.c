/* SPDX-License-Identifier: MIT */
/* picohttpparser.c - lets weir-bench run picohttpparser. Built by who has its sources: docs/benchmarks.md. */
#define ADAPTOR_IMPL
#include "../adaptor.h"

#include "picohttpparser.h"

static struct {
    struct phr_header fields[ADAPT_MAX_FIELDS];
    size_t count, method_len, text_len;
    const char *method, *text; /* the target, or the reason */
    int minor, status, is_response;
} pico;

int adapt_feed(const char *buf, size_t len, size_t last)
{
    pico.count = ADAPT_MAX_FIELDS;
    pico.is_response = 0;
    int r = phr_parse_request(buf, len, &pico.method, &pico.method_len, &pico.text, &pico.text_len,
                              &pico.minor, pico.fields, &pico.count, last);
    return r == -2 ? 0 : r;
}

int adapt_feed_response(const char *buf, size_t len, size_t last)
{
    pico.count = ADAPT_MAX_FIELDS;
    pico.is_response = 1;
    int r = phr_parse_response(buf, len, &pico.minor, &pico.status, &pico.text, &pico.text_len,
                               pico.fields, &pico.count, last);
    return r == -2 ? 0 : r;
}

int adapt_parse(const char *buf, size_t len)
{
    return adapt_feed(buf, len, 0);
}

int adapt_parse_response(const char *buf, size_t len)
{
    return adapt_feed_response(buf, len, 0);
}

void adapt_export(struct adapt_head *out)
{
    struct adapt_span text = {pico.text, pico.text_len};
    out->is_response = pico.is_response;
    out->minor = pico.minor;
    if (pico.is_response) {
        out->status = pico.status;
        out->reason = text;
    } else {
        out->method = (struct adapt_span){pico.method, pico.method_len};
        out->target = text;
    }
    out->nfields = pico.count;
    for (size_t i = 0; i < pico.count; i++) {
        out->name[i] = (struct adapt_span){pico.fields[i].name, pico.fields[i].name_len};
        out->value[i] = (struct adapt_span){pico.fields[i].value, pico.fields[i].value_len};
    }
}

long adapt_chunked(char *buf, size_t len)
{
    struct phr_chunked_decoder decoder = {0};
    decoder.consume_trailer = 1;
    return phr_decode_chunked(&decoder, buf, &len) < 0 ? -1 : (long)len;
}
