/* SPDX-License-Identifier: MIT */
/* head_state.h - the states of a weir_head, and how one that is whole becomes the facts that the caller
 * gets: what head.c shares with the readers of whole heads. */
#ifndef WEIR__HEAD_STATE_H
#define WEIR__HEAD_STATE_H

#include "weir/head.h"

/* What is read; fixed by the first call after weir_head_init(). */
enum head_kind {
    HEAD_FRESH,
    HEAD_REQUEST,
    HEAD_RESPONSE,
    HEAD_FIELDS
};

/* What the next octet belongs to, in the order of the wire. ORDER head_state: start line first. */
enum head_state {
    HEAD_EMPTY,       /* an empty line before a request, or its method */
    HEAD_EMPTY_LF,    /* the LF of such an empty line */
    HEAD_METHOD,      /* the method, or the space behind it */
    HEAD_TARGET,      /* the target, or the space behind it */
    HEAD_VERSION,     /* "HTTP/1.1" */
    HEAD_VERSION_END, /* request: CR. Response: the space before the status */
    HEAD_STATUS,      /* three digits */
    HEAD_STATUS_END,  /* the space before the reason */
    HEAD_REASON,      /* the reason phrase, or CR */
    HEAD_START_LF,    /* the LF of the start line */
    HEAD_LINE,        /* a field's name, or the CR of the empty line */
    HEAD_NAME,        /* the rest of the name, or the colon */
    HEAD_NAME_SPACE,  /* whitespace behind the name, where that is allowed, or the colon */
    HEAD_BLANK,       /* whitespace before the value, or the value, or CR */
    HEAD_VALUE,       /* the rest of the value, or CR */
    HEAD_VALUE_LF,    /* the LF of a field line */
    HEAD_LAST_LF,     /* the LF of the empty line */
    HEAD_DONE,
};

/* Any request head, as weir_request_parse() has it: what a reader of whole heads calls at its end for those
 * that are not for it. Its caller then has nothing to keep meanwhile. */
weir_error weir__request_any(weir_head *h, const char *in, size_t len, weir_request *req,
                             size_t *used);

/* Whole lines of a fresh head were read. */
static inline void weir__head_has_read(weir_head *h, enum head_kind kind, enum head_state next)
{
    h->kind = (uint8_t)kind;
    h->line_at = h->at;
    h->state = (uint8_t)next;
}

/* The parts of a target in origin form that is known to be good. Member by member, as in
 * weir_head_reset(). */
static inline void weir__origin_parts(const weir_head *h, weir_str target, weir_target *parts)
{
    const weir_str none = {NULL, 0};
    parts->scheme = parts->authority = parts->host = parts->port = parts->query = none;
    parts->path = (weir_str){target.p, h->path_len};
    parts->form = WEIR_TARGET_ORIGIN;
    parts->has_query = h->path_len < target.len;
    if (parts->has_query)
        parts->query = (weir_str){target.p + h->path_len + 1, target.len - h->path_len - 1};
}

/* All of a request but the parts of its target. */
static inline void weir__request_facts(const weir_head *h, const char *in, weir_request *req)
{
    req->method = (weir_str){in + h->method_at, h->method_len};
    req->method_id = (weir_method)h->method_id;
    req->target = (weir_str){in + h->target_at, h->target_len};
    req->fields = h->fields;
    req->field_count = h->count;
    req->minor = h->minor;
    req->allowed = h->allowed;
    req->bytes = h->at;
    req->length = 0;
    req->has_payload = req->close = false;
}

#endif
