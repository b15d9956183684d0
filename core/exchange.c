/* SPDX-License-Identifier: MIT */
/* exchange.c - the message machine as a table of data, blind to octets and to the role. */
#include "exchange.h"

#include "internal.h"

enum {
    EXCHANGE_NO = 0xFF
};

/* What may come next. ORDER exchange_way, exchange_step: HEAD, END, SWITCH, STOP. */
static const uint8_t exchange_next[][WEIR__STEPS] = {
    [WEIR__IDLE] = {WEIR__BODY, EXCHANGE_NO, EXCHANGE_NO, WEIR__OVER},
    [WEIR__BODY] = {EXCHANGE_NO, WEIR__DONE, EXCHANGE_NO, WEIR__OVER},
    [WEIR__DONE] = {EXCHANGE_NO, EXCHANGE_NO, WEIR__TUNNEL, WEIR__OVER},
    [WEIR__TUNNEL] = {EXCHANGE_NO, WEIR__OVER, EXCHANGE_NO, WEIR__OVER},
    [WEIR__OVER] = {EXCHANGE_NO, EXCHANGE_NO, EXCHANGE_NO, WEIR__OVER},
};

bool weir__exchange_may(enum weir__way way, enum weir__step step)
{
    return exchange_next[way][step] != EXCHANGE_NO;
}

/*
 * What the ways have to do with each other (RFC 9112 §9.3, §9.6). Both messages complete: the next
 * exchange, or the end. The answer is complete, the question is not, and the answer has said that
 * it is the last: the end too, nobody reads on for that.
 */
static void exchange_couple(weir_exchange *x)
{
    if (x->out != WEIR__DONE || weir__exchange_has(x, WEIR__SWITCHED)) return;
    bool last = !weir__exchange_has(x, WEIR__PERSIST) || weir__exchange_has(x, WEIR__DRAIN) ||
                x->error != WEIR_OK || x->in == WEIR__OVER;
    if (x->in == WEIR__DONE && !last) {
        x->in = x->out = WEIR__IDLE;
        weir__exchange_clear(x, WEIR__OPEN);
        return;
    }
    bool complete = x->in == WEIR__DONE || x->in == WEIR__OVER;
    bool early = !complete && weir__exchange_has(x, WEIR__ANSWERS);
    if ((complete || early) && last) {
        x->in = x->out = WEIR__OVER;
        weir__exchange_clear(x, WEIR__OPEN);
    }
}

static void exchange_take(uint8_t *way, enum weir__step step)
{
    weir_assert(weir__exchange_may((enum weir__way) * way, step));
    *way = exchange_next[*way][step];
}

void weir__exchange_in(weir_exchange *x, enum weir__step step)
{
    exchange_take(&x->in, step);
    exchange_couple(x);
}

void weir__exchange_out(weir_exchange *x, enum weir__step step)
{
    exchange_take(&x->out, step);
    exchange_couple(x);
}

void weir__exchange_begin(weir_exchange *x, bool persistent)
{
    x->number++;
    x->unread = 0;
    weir__exchange_clear(x, WEIR__PERSIST | WEIR__EXPECTS | WEIR__UPGRADE | WEIR__SWITCHED);
    weir__exchange_set(x, persistent ? WEIR__OPEN | WEIR__PERSIST : WEIR__OPEN);
}

void weir__exchange_fail(weir_exchange *x, weir_error error)
{
    x->error = (uint8_t)error;
    weir__exchange_in(x, WEIR__STOP);
}

bool weir__exchange_swallows(const weir_exchange *x)
{
    return x->in == WEIR__BODY && x->out == WEIR__DONE && weir__exchange_has(x, WEIR__ANSWERS);
}
