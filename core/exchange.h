/* SPDX-License-Identifier: MIT */
/* exchange.h - the message machine: what may come next each way, and all that couples the ways. */
#ifndef WEIR__EXCHANGE_H
#define WEIR__EXCHANGE_H

#include "weir/exchange.h"

/* How far a message is. The same for both ways and both roles. ORDER exchange_way */
enum weir__way {
    WEIR__IDLE,   /* no final head yet */
    WEIR__BODY,   /* the head is there; payload may follow */
    WEIR__DONE,   /* the message is complete */
    WEIR__TUNNEL, /* raw octets */
    WEIR__OVER,   /* this way nothing comes any more */
};

/* What can happen to it. ORDER exchange_step */
enum weir__step {
    WEIR__HEAD,   /* a final head */
    WEIR__END,    /* the end of the message, or of the tunnel */
    WEIR__SWITCH, /* HTTP gives way to a tunnel */
    WEIR__STOP,   /* the connection is lost or given up */
    WEIR__STEPS
};

/* What is known of the exchange under way, and of the connection. */
enum {
    WEIR__OPEN = 1 << 0,     /* an exchange is under way: it has a number to be called by */
    WEIR__PERSIST = 1 << 1,  /* neither message has said that the connection ends */
    WEIR__EXPECTS = 1 << 2,  /* 100 is waited for: neither it nor payload has been seen */
    WEIR__UPGRADE = 1 << 3,  /* the request offered another protocol */
    WEIR__SWITCHED = 1 << 4, /* the response took it, or opened a CONNECT */
    WEIR__DRAIN = 1 << 5,    /* no exchange after this one */
    WEIR__RESET = 1 << 6,    /* given up by weir_conn_reset */
    WEIR__ANSWERS = 1 << 7,  /* what comes are requests: an answer can be early */
};

/* True where the table of exchange.c has an entry. */
bool weir__exchange_may(enum weir__way way, enum weir__step step);

/* Takes a step of the message that comes, or of the one that goes. It must be in the table. Where
 * both messages are complete, the next exchange may begin, or the connection is over. */
void weir__exchange_in(weir_exchange *x, enum weir__step step);
void weir__exchange_out(weir_exchange *x, enum weir__step step);

/* Begins an exchange: counts it and forgets the last one. */
void weir__exchange_begin(weir_exchange *x, bool persistent);

/* The peer's first error: input is over, and the response, if one can still be made, is the last. */
void weir__exchange_fail(weir_exchange *x, weir_error error);

/* True where what is left of a payload is to be swallowed: the answer went out early and whole. */
bool weir__exchange_swallows(const weir_exchange *x);

static inline bool weir__exchange_has(const weir_exchange *x, unsigned flags)
{
    return (x->flags & flags) != 0;
}

static inline void weir__exchange_set(weir_exchange *x, unsigned flags)
{
    x->flags = (uint16_t)(x->flags | flags);
}

static inline void weir__exchange_clear(weir_exchange *x, unsigned flags)
{
    x->flags = (uint16_t)(x->flags & ~flags);
}

#endif
