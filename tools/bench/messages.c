/* SPDX-License-Identifier: MIT */
/* messages.c - `weir-bench chunked`: bodies; `weir-bench engine`: a request through the engine. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weir/conn.h"

/* ---- chunked ---- */

enum {
    CHUNKED_PAYLOAD = 1 << 18
};

typedef struct {
    const bench_parser *parser;
    const char *body;
    char *copy;
    size_t len;
} chunked_context;

/* Who decodes in place spoils its input: each gets a fresh copy, which is part of the time of all. */
static void chunked_work(void *context, size_t n)
{
    const chunked_context *c = context;
    bench_choose(c->parser);
    for (size_t i = 0; i < n; i++) {
        memcpy(c->copy, c->body, c->len);
        if (c->parser->chunked(c->copy, c->len) != CHUNKED_PAYLOAD)
            bench_die(BENCH_FAILED, "decodes something else", c->parser->name);
    }
}

/* The copy alone. */
static void chunked_copy(void *context, size_t n)
{
    const chunked_context *c = context;
    for (size_t i = 0; i < n; i++) {
        memcpy(c->copy, c->body, c->len);
        __asm__ volatile("" : : "r"(c->copy) : "memory");
    }
}

static size_t chunked_body(char *out, size_t chunk)
{
    size_t len = 0;
    for (size_t done = 0; done < CHUNKED_PAYLOAD; done += chunk) {
        len += (size_t)sprintf(out + len, "%zx\r\n", chunk);
        memset(out + len, 'x', chunk);
        len += chunk;
        memcpy(out + len, "\r\n", 2);
        len += 2;
    }
    memcpy(out + len, "0\r\n\r\n", 5);
    return len + 5;
}

static void chunked_run(const bench_options *o, size_t chunk, const char *body, char *copy,
                        size_t len)
{
    chunked_context contexts[BENCH_PARSERS_MAX];
    bench_work *work[BENCH_PARSERS_MAX] = {NULL};
    void *context[BENCH_PARSERS_MAX] = {NULL};
    bench_ns ns[BENCH_PARSERS_MAX];
    size_t count = o->parser_count;
    for (size_t i = 0; i < count; i++) {
        contexts[i] = (chunked_context){&o->parsers[i], body, copy, len};
        work[i] = o->parsers[i].chunked != NULL ? chunked_work : NULL;
        if (strcmp(o->parsers[i].name, "memcpy") == 0) work[i] = chunked_copy;
        context[i] = &contexts[i];
    }
    bench_time_work(work, context, count, o->effort, ns);
    double chunks = (double)CHUNKED_PAYLOAD / (double)chunk;
    for (size_t i = 0; i < count; i++) {
        const bench_parser *p = &o->parsers[i];
        if (isnan(ns[i].median)) {
            if (!p->is_limit) fprintf(stderr, "weir-bench: %s has no adapt_chunked\n", p->name);
            continue;
        }
        if (o->json)
            printf("{\"chunk\":%zu,\"parser\":\"%s\",\"isa\":\"%s\",\"ns_min\":%.3f,\"ns_median\":%"
                   ".3f}\n",
                   chunk, p->name, p->isa, ns[i].min / chunks, ns[i].median / chunks);
        else
            printf("%6zu %-12s %-11s %9.2f %9.2f\n", chunk, p->name, p->isa, ns[i].min / chunks,
                   ns[i].median / chunks);
    }
}

int bench_chunked(const bench_options *o)
{
    size_t room = CHUNKED_PAYLOAD * 2 + 64;
    char *body = malloc(room), *copy = malloc(room);
    if (body == NULL || copy == NULL) bench_die(BENCH_FAILED, "no memory", "bodies");
    if (!o->json)
        printf("%6s %-12s %-11s %9s %9s   ns a chunk\n", "octets", "decoder", "isa", "min",
               "median");
    static const size_t chunks[] = {16, 4096};
    for (size_t i = 0; i < 2; i++)
        chunked_run(o, chunks[i], body, copy, chunked_body(body, chunks[i]));
    free(body);
    free(copy);
    return 0;
}

/* ---- engine ---- */

typedef struct {
    const bench_parser *parser;
    bench_head head;
    weir_conn conn;
    weir_field fields[WEIR_FIELDS_DEFAULT];
    char out[1024];
} engine_context;

static void engine_next(engine_context *c, size_t *at, weir_event *ev)
{
    size_t used;
    weir_error err = weir_conn_next(&c->conn, c->head.at + *at, c->head.len - *at, &used, NULL, ev);
    *at += used;
    if (err != WEIR_OK) bench_die(BENCH_FAILED, "the engine refuses", "plaintext");
}

/* A request from its octets to its END, and a response with thirteen octets of payload. */
static void engine_exchange(engine_context *c)
{
    static const weir_field fields[] = {
        {.name = {"Server", 6}, .value = {"weir", 4}},
        {.name = {"Content-Type", 12}, .value = {"text/plain", 10}},
    };
    static const weir_response response = {.status = 200,
                                           .fields = fields,
                                           .field_count = 2,
                                           .length = 13};
    weir_event ev;
    size_t at = 0, taken;
    engine_next(c, &at, &ev);
    uint64_t exchange = ev.exchange;
    engine_next(c, &at, &ev);
    weir_buf out = {c->out, 0, sizeof c->out};
    weir_error err = weir_conn_respond(&c->conn, exchange, &out, &response);
    if (err == WEIR_OK)
        err = weir_conn_send(&c->conn, exchange, &out, "Hello, world\n", 13, &taken);
    if (err == WEIR_OK) err = weir_conn_finish(&c->conn, exchange, &out, NULL, 0);
    if (err != WEIR_OK) bench_die(BENCH_FAILED, "the engine does not answer", "plaintext");
}

static void engine_work(void *context, size_t n)
{
    engine_context *c = context;
    for (size_t i = 0; i < n; i++)
        engine_exchange(c);
}

static void engine_head(void *context, size_t n)
{
    const engine_context *c = context;
    bench_choose(c->parser);
    for (size_t i = 0; i < n; i++)
        if (c->parser->parse(c->head.at, c->head.len) <= 0)
            bench_die(BENCH_FAILED, "refuses", "plaintext");
}

int bench_engine(const bench_options *o)
{
    static engine_context c;
    static const char text[] = "GET /plaintext HTTP/1.1\r\nHost: server:8080\r\n"
                               "Accept: text/plain,text/html;q=0.9,application/xhtml+xml;q=0.9,"
                               "application/xml;q=0.8,*/*;q=0.7\r\nConnection: keep-alive\r\n\r\n";
    c.parser = &o->parsers[0];
    c.head = (bench_head){text, sizeof text - 1};
    weir_conn_options options = {.isa = c.parser->use};
    if (weir_conn_init(&c.conn, WEIR_SERVER, &options) != WEIR_OK)
        bench_die(BENCH_FAILED, "options", "engine");
    weir_conn_fields(&c.conn, c.fields, WEIR_FIELDS_DEFAULT);
    bench_work *work[] = {engine_head, engine_work};
    void *context[] = {&c, &c};
    bench_ns ns[2];
    bench_time_work(work, context, 2, o->effort, ns);
    if (o->json)
        printf(
            "{\"isa\":\"%s\",\"head_ns_median\":%.3f,\"engine_ns_median\":%.3f,\"ratio\":%.3f}\n",
            c.parser->isa, ns[0].median, ns[1].median, ns[1].median / ns[0].median);
    else
        printf("head alone %.1f ns, request and response through the engine %.1f ns: %.2f times "
               "(%s)\n",
               ns[0].median, ns[1].median, ns[1].median / ns[0].median, c.parser->isa);
    return 0;
}
