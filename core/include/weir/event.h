/* SPDX-License-Identifier: MIT */
/* weir/event.h - what happens on a connection, in words that every HTTP version shares. */
#ifndef WEIR_EVENT_H
#define WEIR_EVENT_H

#include "weir/body.h"

typedef enum {
    WEIR_EVENT_NONE,     /* nothing is told: weir_conn_next did not return WEIR_OK or an error */
    WEIR_EVENT_REQUEST,  /* server: a request's head; `request`, `framing` */
    WEIR_EVENT_INTERIM,  /* client: a 1xx response that is not 101; `response` */
    WEIR_EVENT_RESPONSE, /* client: the final response's head; `response`, `framing` */
    WEIR_EVENT_PAYLOAD,  /* at least one octet of payload, or of a tunnel; `payload` */
    WEIR_EVENT_END,      /* the message that came is complete; `trailers` */
    WEIR_EVENT_TUNNEL,   /* HTTP is over on this connection: payload is raw octets from here */
    WEIR_EVENT_RESUME,   /* a weir_conn_send that was BLOCKED may go on (HTTP/2 windows) */
    WEIR_EVENT_ERROR,    /* `failure` */
} weir_event_type;

/* Spans live as weir_conn_next says. */
typedef struct {
    weir_event_type type;
    uint64_t exchange; /* 1 for a connection's first request, then 2, ... */
    union {
        weir_request request;
        weir_response response;
        weir_str payload;
        struct {
            const weir_field *fields;
            size_t count;
            uint32_t allowed; /* leniencies that it took to read them, bits WEIR_ALLOW_* */
        } trailers;
        struct {
            weir_error error;
            uint16_t status; /* to answer by weir_conn_respond; 0: none, or too late: close */
            uint64_t offset; /* in the stream, counted from the connection's first octet */
        } failure;
    };
    weir_framing framing; /* REQUEST, INTERIM and RESPONSE: how the payload ends, and why */
} weir_event;

#endif
