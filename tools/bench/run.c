/* SPDX-License-Identifier: MIT */
/* run.c - the timing: rounds in which every parser has its turn, so that noise meets all alike. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const bench_mode_names[BENCH_MODES] = {"whole", "two", "16", "1"};

static double run_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ---- one pass ---- */

static uint64_t run_whole(const bench_parser *p, const bench_input *in)
{
    bench_parse *parse = in->response && p->parse_response != NULL ? p->parse_response : p->parse;
    uint64_t sum = 0;
    for (size_t i = 0; i < in->passes * in->heads; i++)
        sum += (uint64_t)(int64_t)parse(in->head[i].at, in->head[i].len);
    return sum;
}

static uint64_t run_pieces(const bench_parser *p, const bench_input *in, size_t piece)
{
    bench_feed *feed = in->response && p->feed_response != NULL ? p->feed_response : p->feed;
    uint64_t sum = 0;
    for (size_t i = 0; i < in->passes * in->heads; i++) {
        size_t len = in->head[i].len, step = piece != 0 ? piece : (len + 1) / 2;
        int r = 0;
        for (size_t have = 0; r == 0 && have < len;) {
            size_t last = have;
            have = have + step < len ? have + step : len;
            r = feed(in->head[i].at, have, last);
        }
        sum += (uint64_t)(int64_t)r;
    }
    return sum;
}

static uint64_t run_pass(const bench_parser *p, const bench_input *in, enum bench_mode mode)
{
    switch (mode) {
    case BENCH_TWO: return run_pieces(p, in, 0);
    case BENCH_16: return run_pieces(p, in, 16);
    case BENCH_1: return run_pieces(p, in, 1);
    case BENCH_WHOLE:
    case BENCH_MODES: break;
    }
    return run_whole(p, in);
}

/* ---- agreement ---- */

static bool run_same(struct adapt_span a, struct adapt_span b)
{
    return a.ptr == NULL || b.ptr == NULL || (a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool run_same_facts(const struct adapt_head *a, const struct adapt_head *b)
{
    if (a->minor != b->minor || a->nfields != b->nfields || a->status != b->status) return false;
    if (!run_same(a->method, b->method) || !run_same(a->target, b->target)) return false;
    if (!run_same(a->reason, b->reason)) return false;
    for (size_t i = 0; i < a->nfields; i++)
        if (!run_same(a->name[i], b->name[i]) || !run_same(a->value[i], b->value[i])) return false;
    return true;
}

static void run_facts(const bench_parser *p, const bench_input *one, enum bench_mode mode,
                      struct adapt_head *out)
{
    memset(out, 0, sizeof *out);
    bench_choose(p);
    run_pass(p, one, mode);
    (one->response ? p->facts_response : p->facts)(out);
}

bool bench_agrees(const bench_parser *p, const bench_parser *reference, const bench_input *input,
                  enum bench_mode mode)
{
    static struct adapt_head a, b;
    if (mode != BENCH_WHOLE && (input->response ? p->feed_response : p->feed) == NULL) return false;
    for (size_t i = 0; i < input->heads; i++) {
        bench_input one = {.response = input->response, .heads = 1, .passes = 1};
        one.head = &input->head[i];
        bench_choose(p);
        if (run_pass(p, &one, mode) != one.head->len) return false;
        if (p->facts == NULL) continue;
        run_facts(reference, &one, BENCH_WHOLE, &a);
        run_facts(p, &one, mode, &b);
        if (!run_same_facts(&a, &b)) return false;
    }
    return true;
}

/* ---- rounds ---- */

static int run_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bench_ns run_summary(double *ns, int rounds)
{
    qsort(ns, (size_t)rounds, sizeof *ns, run_compare);
    return (bench_ns){ns[0], ns[rounds / 2]};
}

void bench_time_work(bench_work *const *work, void *const *context, size_t count,
                     bench_effort effort, bench_ns *ns)
{
    static double times[BENCH_PARSERS_MAX][BENCH_ROUNDS_MAX];
    size_t n[BENCH_PARSERS_MAX];
    for (size_t i = 0; i < count; i++) {
        double took = 0;
        for (n[i] = 1; work[i] != NULL; n[i] *= 2) {
            double t = run_now();
            work[i](context[i], n[i]);
            took = run_now() - t;
            if (took > effort.milliseconds * 1e6 / 4) break;
        }
        double more = took > 0 ? effort.milliseconds * 1e6 / took : 1;
        n[i] = more > 1 ? (size_t)((double)n[i] * more) : n[i];
    }
    for (int round = 0; round < effort.rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            if (work[i] == NULL) continue;
            work[i](context[i], n[i] / 16 + 1); /* what the one before left in the caches goes */
            double t = run_now();
            work[i](context[i], n[i]);
            times[i][round] = (run_now() - t) / (double)n[i];
        }
    }
    for (size_t i = 0; i < count; i++)
        ns[i] = work[i] != NULL ? run_summary(times[i], effort.rounds)
                                : (bench_ns){(double)NAN, (double)NAN};
}

/* Parsers as work: a unit is a pass. */
typedef struct {
    const bench_parser *parser;
    const bench_input *input;
    enum bench_mode mode;
} run_context;

static void run_parser(void *context, size_t n)
{
    const run_context *c = context;
    bench_choose(c->parser);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += run_pass(c->parser, c->input, c->mode);
    if (sum != n * c->input->passes * c->input->octets)
        bench_die(BENCH_FAILED, "answers differently now", c->parser->name);
}

void bench_time(const bench_parser *parsers, size_t count, const bool *runs,
                const bench_input *input, enum bench_mode mode, bench_effort effort, bench_ns *ns)
{
    run_context contexts[BENCH_PARSERS_MAX];
    bench_work *work[BENCH_PARSERS_MAX] = {NULL};
    void *context[BENCH_PARSERS_MAX] = {NULL};
    for (size_t i = 0; i < count; i++) {
        contexts[i] = (run_context){&parsers[i], input, mode};
        work[i] = runs[i] ? run_parser : NULL;
        context[i] = &contexts[i];
    }
    bench_time_work(work, context, count, effort, ns);
    double heads = (double)(input->passes * input->heads);
    for (size_t i = 0; i < count; i++) {
        ns[i].min /= heads;
        ns[i].median /= heads;
    }
}
