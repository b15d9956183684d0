/* SPDX-License-Identifier: MIT */
/* parser.c - weir, the limits of the machine, and peers in shared objects. */
#include "bench.h"

#include <dlfcn.h>
#include <string.h>

#include "weir/body.h"
#include "weir/framing.h"
#include "weir/head.h"

/* ---- weir: the whole strict answer, framing, Host and persistence included ---- */

static const weir_limits weir_bench_limits = {
    .head_bytes_max = 1 << 20,
    .method_bytes_max = 32,
    .target_bytes_max = 1 << 16,
    .line_bytes_max = 1 << 20,
    .empty_lines_max = 4,
    .chunk_ext_bytes_max = 4096,
    .chunk_ext_line_bytes_max = 1024,
    .trailer_bytes_max = 8192,
    .trailers_max = 64,
    .payload_bytes_max = WEIR_LENGTH_HARD_MAX,
    .unread_bytes_max = 65536,
};

enum {
    WEIR_BENCH_FIELDS = 4096
};

static struct {
    weir_head head;
    weir_field fields[WEIR_BENCH_FIELDS];
    weir_request request;
    weir_response response;
    weir_framing framing;
    bool is_response;
} weir_bench;

static int weir_bench_request(const char *buf, size_t len)
{
    size_t used;
    weir_error err = weir_request_parse(&weir_bench.head, buf, len, &weir_bench.request, &used);
    if (err == WEIR_MORE) return 0;
    if (err == WEIR_OK) err = weir_request_framing(&weir_bench.request, &weir_bench.framing);
    return err == WEIR_OK ? (int)used : -1;
}

static int weir_bench_response(const char *buf, size_t len)
{
    size_t used;
    weir_error err = weir_response_parse(&weir_bench.head, buf, len, &weir_bench.response, &used);
    if (err == WEIR_MORE) return 0;
    if (err == WEIR_OK)
        err = weir_response_framing(&weir_bench.response, WEIR_METHOD_GET, &weir_bench.framing);
    return err == WEIR_OK ? (int)used : -1;
}

static int weir_parse(const char *buf, size_t len)
{
    weir_head_reset(&weir_bench.head);
    return weir_bench_request(buf, len);
}

static int weir_parse_response(const char *buf, size_t len)
{
    weir_head_reset(&weir_bench.head);
    return weir_bench_response(buf, len);
}

static int weir_feed(const char *buf, size_t len, size_t last)
{
    if (last == 0) weir_head_reset(&weir_bench.head);
    return weir_bench_request(buf, len);
}

static int weir_feed_response(const char *buf, size_t len, size_t last)
{
    if (last == 0) weir_head_reset(&weir_bench.head);
    return weir_bench_response(buf, len);
}

static struct adapt_span weir_span(weir_str s)
{
    return (struct adapt_span){s.p, s.len};
}

/* Of the kind that was read last, which its head knows. */
static void weir_facts(struct adapt_head *out)
{
    const weir_field *fields = weir_bench.request.fields;
    size_t count = weir_bench.request.field_count;
    out->is_response = weir_bench.is_response;
    if (weir_bench.is_response) {
        fields = weir_bench.response.fields;
        count = weir_bench.response.field_count;
        out->minor = weir_bench.response.minor;
        out->status = weir_bench.response.status;
        out->reason = weir_span(weir_bench.response.reason);
    } else {
        out->minor = weir_bench.request.minor;
        out->method = weir_span(weir_bench.request.method);
        out->target = weir_span(weir_bench.request.target);
    }
    out->nfields = count < ADAPT_MAX_FIELDS ? count : ADAPT_MAX_FIELDS;
    for (size_t i = 0; i < out->nfields; i++) {
        out->name[i] = weir_span(fields[i].name);
        out->value[i] = weir_span(fields[i].value);
    }
}

static void weir_facts_request(struct adapt_head *out)
{
    weir_bench.is_response = false;
    weir_facts(out);
}

static void weir_facts_response(struct adapt_head *out)
{
    weir_bench.is_response = true;
    weir_facts(out);
}

static long weir_chunked(char *buf, size_t len)
{
    weir_body body;
    weir_str payload;
    size_t at = 0, used;
    long total = 0;
    weir_framing framing = {.kind = WEIR_FRAMING_CHUNKED};
    weir_head_reset(&weir_bench.head);
    weir_body_init(&body, &framing, &weir_bench.head);
    for (;;) {
        weir_error err = weir_body_next(&body, buf + at, len - at, &used, &payload);
        at += used;
        if (err == WEIR_OK)
            total += (long)payload.len;
        else
            return err == WEIR_END ? total : -1;
    }
}

bench_parser bench_weir(weir_isa isa)
{
    return (bench_parser){
        .name = "weir",
        .isa = weir_isa_name(isa),
        .use = isa,
        .parse = weir_parse,
        .parse_response = weir_parse_response,
        .feed = weir_feed,
        .feed_response = weir_feed_response,
        .facts = weir_facts_request,
        .facts_response = weir_facts_response,
        .chunked = weir_chunked,
    };
}

void bench_choose(const bench_parser *p)
{
    if (p->use == WEIR_ISA_AUTO) return;
    weir_head_init(&weir_bench.head, weir_bench.fields, WEIR_BENCH_FIELDS, &weir_bench_limits);
    weir_head_use(&weir_bench.head, p->use);
}

/* ---- the limits ---- */

static char limit_copy[1 << 20];

static int limit_memcpy(const char *buf, size_t len)
{
    memcpy(limit_copy, buf, len < sizeof limit_copy ? len : sizeof limit_copy);
    __asm__ volatile("" : : "r"(limit_copy) : "memory");
    return (int)len;
}

bench_parser bench_memcpy(void)
{
    return (bench_parser){.name = "memcpy", .isa = "", .is_limit = true, .parse = limit_memcpy};
}

static int limit_pass(const char *buf, size_t len)
{
    unsigned char any = 0;
    for (size_t i = 0; i < len; i++)
        any |= (unsigned char)((buf[i] & 0x7f) == '\r');
    __asm__ volatile("" : : "r"(any));
    return (int)len;
}

bench_parser bench_pass(void)
{
    return (bench_parser){.name = "one pass", .isa = "", .is_limit = true, .parse = limit_pass};
}

/* ---- peers ---- */

/* ISO C has no conversion from a pointer to an object to one to a function; POSIX has dlsym. */
static void peer_symbol(void *object, const char *name, void *function)
{
    void *found = dlsym(object, name);
    memcpy(function, &found, sizeof found);
}

bench_parser bench_peer(char *argument)
{
    char *file = strchr(argument, '=');
    *file++ = '\0';
    void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (object == NULL) bench_die(BENCH_INPUT, dlerror(), file);
    bench_parser p = {.name = argument, .isa = ""};
    peer_symbol(object, "adapt_parse", &p.parse);
    peer_symbol(object, "adapt_parse_response", &p.parse_response);
    peer_symbol(object, "adapt_feed", &p.feed);
    peer_symbol(object, "adapt_feed_response", &p.feed_response);
    peer_symbol(object, "adapt_export", &p.facts);
    peer_symbol(object, "adapt_chunked", &p.chunked);
    p.facts_response = p.facts;
    if (p.parse == NULL) bench_die(BENCH_INPUT, "has no adapt_parse", file);
    return p;
}
