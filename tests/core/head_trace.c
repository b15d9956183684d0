/* SPDX-License-Identifier: MIT */
/* head_trace.c - reads a head in steps out of exact-size copies and says what came of it. */
#include "head_trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum trace_kind {
    TRACE_REQUEST,
    TRACE_RESPONSE,
    TRACE_SECTION
};

typedef struct {
    weir_head head;
    weir_field fields[TRACE_FIELDS];
    weir_request req;
    weir_response res;
    size_t count, used;
} trace_state;

static void trace_add(char *trace, const char *format, ...)
{
    size_t at = strlen(trace);
    va_list args;
    va_start(args, format);
    vsnprintf(trace + at, TRACE_BYTES - at, format, args);
    va_end(args);
}

static weir_error trace_parse(trace_state *s, enum trace_kind kind, const char *in, size_t len)
{
    switch (kind) {
    case TRACE_REQUEST: return weir_request_parse(&s->head, in, len, &s->req, &s->used);
    case TRACE_RESPONSE: return weir_response_parse(&s->head, in, len, &s->res, &s->used);
    case TRACE_SECTION: return weir_fields_parse(&s->head, in, len, &s->count, &s->used);
    }
    return WEIR_ERR_CALL_ORDER;
}

static void trace_lines(const weir_field *fields, size_t count, char *trace)
{
    for (size_t i = 0; i < count; i++) {
        const weir_field *f = &fields[i];
        trace_add(trace, "%.*s=%.*s|", (int)f->name.len, f->name.p, (int)f->value.len, f->value.p);
        if (weir_field_find(f->name) != f->id) trace_add(trace, "WRONG-ID|");
    }
}

static void trace_facts(const trace_state *s, enum trace_kind kind, char *trace)
{
    const weir_request *q = &s->req;
    const weir_response *r = &s->res;
    if (kind == TRACE_REQUEST) {
        trace_add(trace, "%.*s|%.*s|1.%d|", (int)q->method.len, q->method.p, (int)q->target.len,
                  q->target.p, q->minor);
        trace_lines(q->fields, q->field_count, trace);
    } else if (kind == TRACE_RESPONSE) {
        trace_add(trace, "%d|%.*s|1.%d|", r->status, (int)r->reason.len, r->reason.p, r->minor);
        trace_lines(r->fields, r->field_count, trace);
    } else {
        trace_lines(s->fields, s->count, trace);
    }
    trace_add(trace, "@%zu", s->used);
}

static void trace_run(enum trace_kind kind, const char *wire, size_t len, size_t first, size_t step,
                      const weir_limits *limits, char trace[TRACE_BYTES])
{
    trace_state s = {0};
    weir_head_init(&s.head, s.fields, TRACE_FIELDS, limits);
    trace[0] = '\0';
    for (size_t have = first < len ? first : len;;) {
        char *copy = malloc(have > 0 ? have : 1);
        if (have > 0) memcpy(copy, wire, have);
        weir_error err = trace_parse(&s, kind, copy, have);
        bool again = err == WEIR_MORE && have < len;
        if (err == WEIR_OK)
            trace_facts(&s, kind, trace);
        else if (err != WEIR_MORE)
            trace_add(trace, "%s@%zu", weir_error_info(err)->name, s.used);
        else if (!again)
            trace_add(trace, "MORE%s", s.used == 0 ? "" : " and used");
        if (weir_is_error(err)) { /* an error is final */
            size_t at = s.used;
            if (trace_parse(&s, kind, copy, have) != err || s.used != at)
                trace_add(trace, " NOT-FINAL");
        }
        free(copy);
        if (!again) return;
        have = len - have > step ? have + step : len;
    }
}

void trace_request(const char *wire, size_t len, size_t first, size_t step,
                   const weir_limits *limits, char trace[TRACE_BYTES])
{
    trace_run(TRACE_REQUEST, wire, len, first, step, limits, trace);
}

void trace_response(const char *wire, size_t len, size_t first, size_t step,
                    const weir_limits *limits, char trace[TRACE_BYTES])
{
    trace_run(TRACE_RESPONSE, wire, len, first, step, limits, trace);
}

void trace_fields(const char *wire, size_t len, size_t first, size_t step,
                  const weir_limits *limits, char trace[TRACE_BYTES])
{
    trace_run(TRACE_SECTION, wire, len, first, step, limits, trace);
}
