/* SPDX-License-Identifier: MIT */
/* input.c - heads to read: from files, and made. */
#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where in a line of the cache the copies of a single head begin. */
static const size_t input_offsets[] = {0, 17, 33, 50};

enum {
    INPUT_LINE = 64,
    INPUT_PASSES = sizeof input_offsets / sizeof input_offsets[0],
    INPUT_GAP = 192 /* behind each head, so that a read behind one does not meet the next */
};

static void *input_allocate(size_t size)
{
    void *p = calloc(1, size);
    if (p == NULL) bench_die(BENCH_FAILED, "no memory", "inputs");
    return p;
}

static size_t input_head_end(const char *text, size_t len)
{
    for (size_t i = 3; i < len; i++)
        if (memcmp(text + i - 3, "\r\n\r\n", 4) == 0) return i + 1;
    return 0;
}

bench_input bench_input_split(const char *name, const char *text, size_t len)
{
    bench_input in = {.response = len > 5 && memcmp(text, "HTTP/", 5) == 0, .octets = len};
    static bench_head heads[BENCH_HEADS_MAX];
    snprintf(in.name, sizeof in.name, "%s", name);
    for (size_t at = 0; at < len; at += heads[in.heads++].len) {
        size_t end = input_head_end(text + at, len - at);
        if (end == 0) bench_die(BENCH_INPUT, "a head without its empty line", name);
        if (in.heads == BENCH_HEADS_MAX) bench_die(BENCH_INPUT, "too many heads", name);
        heads[in.heads] = (bench_head){text + at, end};
    }
    if (in.heads == 0) bench_die(BENCH_INPUT, "no head", name);
    in.passes = in.heads == 1 ? INPUT_PASSES : 1;
    in.head = input_allocate(in.passes * in.heads * sizeof *in.head);
    size_t room =
        (len + in.heads * (2 * INPUT_LINE + INPUT_GAP)) / INPUT_LINE * INPUT_LINE + INPUT_LINE;
    in.memory = input_allocate(in.passes * room + INPUT_LINE);
    char *line = in.memory + (INPUT_LINE - (uintptr_t)in.memory % INPUT_LINE);
    for (size_t pass = 0; pass < in.passes; pass++, line += room) {
        char *p = line;
        for (size_t i = 0; i < in.heads; i++) {
            p += input_offsets[(pass + i) % INPUT_PASSES];
            memcpy(p, heads[i].at, heads[i].len);
            in.head[pass * in.heads + i] = (bench_head){p, heads[i].len};
            p += heads[i].len + INPUT_GAP;
            p += (INPUT_LINE - (uintptr_t)p % INPUT_LINE) % INPUT_LINE;
        }
    }
    return in;
}

void bench_input_free(bench_input *input)
{
    free(input->head);
    free(input->memory);
    *input = (bench_input){.heads = 0};
}

bench_input bench_input_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) bench_die(BENCH_INPUT, strerror(errno), path);
    size_t room = 1 << 16, len = 0, n;
    char *text = malloc(room);
    while (text != NULL && (n = fread(text + len, 1, room - len, f)) > 0) {
        len += n;
        if (len == room) text = realloc(text, room *= 2);
    }
    if (text == NULL) bench_die(BENCH_FAILED, "no memory", path);
    if (ferror(f)) bench_die(BENCH_INPUT, "cannot be read", path);
    fclose(f);
    const char *base = strrchr(path, '/');
    char name[64];
    snprintf(name, sizeof name, "%s", base != NULL ? base + 1 : path);
    char *dot = strstr(name, ".http");
    if (dot != NULL) *dot = '\0';
    bench_input in = bench_input_split(name, text, len);
    free(text);
    return in;
}

/* ---- heads that are made ---- */

typedef struct {
    char *p;
    size_t len, room;
    uint64_t state; /* xorshift */
} input_text;

static uint32_t input_random(input_text *t, uint32_t below)
{
    t->state ^= t->state << 13;
    t->state ^= t->state >> 7;
    t->state ^= t->state << 17;
    return (uint32_t)(t->state >> 33) % below;
}

static void input_add(input_text *t, const char *s)
{
    size_t n = strlen(s);
    if (t->len + n > t->room) bench_die(BENCH_FAILED, "no room", "made heads");
    memcpy(t->p + t->len, s, n);
    t->len += n;
}

static void input_add_random(input_text *t, size_t n)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    char one[2] = {0};
    while (n-- > 0) {
        one[0] = set[input_random(t, sizeof set - 1)];
        input_add(t, one);
    }
}

/* Names as they are seen, the shortest value and by how much it may be longer. */
static const struct {
    const char *name;
    uint16_t shortest, more;
} input_fields[] = {
    {"User-Agent", 40, 90},
    {"Accept", 3, 80},
    {"Accept-Encoding", 4, 20},
    {"Accept-Language", 5, 30},
    {"Cookie", 20, 200},
    {"Referer", 20, 70},
    {"Cache-Control", 8, 4},
    {"If-None-Match", 18, 20},
    {"Authorization", 30, 60},
    {"Origin", 16, 24},
    {"X-Request-Id", 36, 1},
    {"sec-fetch-mode", 4, 8},
    {"sec-fetch-site", 4, 8},
    {"sec-ch-ua", 30, 50},
    {"X-Forwarded-For", 7, 30},
    {"Range", 10, 14},
    {"Upgrade-Insecure-Requests", 1, 1},
    {"dnt", 1, 1},
    {"traceparent", 55, 1},
    {"If-Modified-Since", 29, 1},
};

enum {
    INPUT_FIELDS = sizeof input_fields / sizeof input_fields[0]
};

static void input_add_field(input_text *t, size_t which)
{
    input_add(t, input_fields[which].name);
    input_add(t, ": ");
    input_add_random(t, input_fields[which].shortest + input_random(t, input_fields[which].more));
    input_add(t, "\r\n");
}

static void input_add_request(input_text *t)
{
    static const char *const methods[] = {"GET ",  "GET ", "GET ",   "POST ",
                                          "HEAD ", "PUT ", "DELETE "};
    input_add(t, methods[input_random(t, 7)]);
    for (uint32_t i = 1 + input_random(t, 4); i > 0; i--) {
        input_add(t, "/");
        input_add_random(t, input_random(t, 14));
    }
    if (input_random(t, 3) == 0) {
        input_add(t, "?q=");
        input_add_random(t, input_random(t, 40));
    }
    input_add(t, " HTTP/1.1\r\nHost: ");
    input_add_random(t, 4 + input_random(t, 20));
    input_add(t, ".example\r\n");
    uint8_t order[INPUT_FIELDS] = {0};
    for (uint32_t i = 0; i < INPUT_FIELDS; i++) {
        uint32_t j = input_random(t, i + 1);
        order[i] = order[j];
        order[j] = (uint8_t)i;
    }
    for (uint32_t i = 0, n = 5 + input_random(t, 8); i < n; i++)
        input_add_field(t, order[i]);
    input_add(t, "\r\n");
}

bench_input bench_input_mix(void)
{
    input_text t = {.room = 1 << 20, .state = UINT64_C(0x9e3779b97f4a7c15)};
    t.p = input_allocate(t.room);
    for (int i = 0; i < 512; i++)
        input_add_request(&t);
    bench_input in = bench_input_split("mix512", t.p, t.len);
    free(t.p);
    return in;
}

bench_input bench_input_long(size_t octets)
{
    input_text t = {.room = octets + 4096, .state = 1};
    t.p = input_allocate(t.room);
    input_add(&t, "GET /curve HTTP/1.1\r\nHost: a\r\n");
    while (t.len + 64 < octets) {
        input_add(&t, "X-Field-Name: ");
        input_add_random(&t, 46);
        input_add(&t, "\r\n");
    }
    input_add(&t, "X-Rest: ");
    input_add_random(&t, octets > t.len + 4 ? octets - t.len - 4 : 1);
    input_add(&t, "\r\n\r\n");
    char name[24];
    snprintf(name, sizeof name, "%zu", t.len);
    bench_input in = bench_input_split(name, t.p, t.len);
    free(t.p);
    return in;
}
