/* SPDX-License-Identifier: MIT */
/* fuzz/recorded.c - a recorded connection, cut where the server's reads cut it. */
#include "recorded.h"

#include "app.h"
#include "recording.h"

#include <stdlib.h>

#define OUT_MAX 1024
#define PLAN "l" /* each request is answered when it is complete, with a length */

typedef struct {
    text wire;
    size_t *ends; /* of the reads, in `wire` */
    size_t read_count;
    weir_error end;
} recorded;

static void recorded_add(recorded *c, const weir_record *record)
{
    switch (record->kind) {
    case WEIR_RECORD_READ: {
        size_t *ends = realloc(c->ends, (c->read_count + 1) * sizeof *ends);
        if (ends == NULL) exit(1);
        text_span(&c->wire, record->octets);
        ends[c->read_count++] = c->wire.len;
        c->ends = ends;
        return;
    }
    case WEIR_RECORD_END: c->end = WEIR_END; return;
    case WEIR_RECORD_TRUNCATED:
    case WEIR_RECORD_RESET: c->end = WEIR_ERR_TRUNCATED; return;
    case WEIR_RECORD_WRITE:
    case WEIR_RECORD_DRAIN:
    case WEIR_RECORD_CLOSE:
    case WEIR_RECORD_FULL: return;
    }
}

/* Reads it as far as it is one. */
static bool recorded_open(recorded *c, const uint8_t *data, size_t size)
{
    weir_recording r;
    weir_record record;
    *c = (recorded){.end = WEIR_ERR_TIMEOUT};
    if (weir_recording_open(&r, (const char *)data, size) != WEIR_RECORDING_OK) return false;
    while (weir_recording_next(&r, &record) == WEIR_RECORDING_OK)
        recorded_add(c, &record);
    return true;
}

static void recorded_work(app *a, text *sent)
{
    char memory[OUT_MAX];
    weir_buf out = {memory, 0, sizeof memory};
    while (app_has_tasks(a)) {
        if (app_work(a, &out)) continue;
        require(out.len > 0, "what has no room in an empty buffer is larger than the buffer");
        text_add(sent, out.p, out.len);
        out.len = 0;
    }
    text_add(sent, out.p, out.len);
}

/* Answers it, cut as `ends` says. What the engine has not dealt with comes again, in a new copy. */
static void recorded_answer(const recorded *c, const size_t *ends, size_t count, app *a, text *sent)
{
    size_t at = 0, len = 0, begin = 0, reads = 0, used = 0;
    char *in = copy_exact(c->wire.p, 0);
    app_init(a, (const uint8_t *)PLAN, sizeof PLAN - 1, false);
    for (app_next_step step = APP_GO; step != APP_OVER;) {
        recorded_work(a, sent);
        if (step == APP_READ && reads == count) app_stop(a, c->end);
        if (step == APP_READ && reads < count) {
            copy_free(in, len);
            begin = at;
            len = ends[reads++] - begin;
            in = copy_exact(len > 0 ? c->wire.p + begin : "", len);
        }
        step = app_next(a, in + (at - begin), len - (at - begin), &used);
        at += used;
    }
    recorded_work(a, sent);
    copy_free(in, len);
}

static void recorded_compare(const text *whole, const text *cut, const char *invariant)
{
    if (text_equal(whole, cut)) return;
    text_show("in one piece", whole);
    text_show("as it was cut", cut);
    require(false, invariant);
}

static void recorded_check(const recorded *c)
{
    app whole, cut;
    text sent_whole = {0}, sent_cut = {0}, summary = {0};
    recorded_answer(c, &c->wire.len, 1, &whole, &sent_whole);
    recorded_answer(c, c->ends, c->read_count, &cut, &sent_cut);
    app_check_output(&cut, &sent_cut, &summary);
    recorded_compare(&whole.trace, &cut.trace, "the events are the same as the input was cut");
    recorded_compare(&sent_whole, &sent_cut, "the output is the same as the input was cut");
    app_free(&whole);
    app_free(&cut);
    text_free(&sent_whole);
    text_free(&sent_cut);
    text_free(&summary);
}

/* The same as an input of the usual form. */
static void recorded_again(const recorded *c)
{
    text input = {0};
    text_word(&input, c->end == WEIR_END ? "." : c->end == WEIR_ERR_TRUNCATED ? "!" : "~");
    text_word(&input, PLAN "\n");
    text_add(&input, c->wire.p, c->wire.len);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)input.p, input.len);
    text_free(&input);
}

bool recorded_run(const uint8_t *data, size_t size)
{
    recorded c;
    if (!weir_recording_is((const char *)data, size)) return false;
    if (recorded_open(&c, data, size)) {
        recorded_check(&c);
        recorded_again(&c);
    }
    free(c.ends);
    text_free(&c.wire);
    return true;
}
