/* SPDX-License-Identifier: MIT */
/* timers.h - deadlines: a queue for each length of time, so that each is in order by itself. */
#ifndef WEIR_TIMERS_H
#define WEIR_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_TIMERS_NEVER UINT64_MAX

/* What a deadline is for. All of one kind are equally long: that makes every call O(1). */
typedef enum {
    WEIR_TIMER_NONE,
    WEIR_TIMER_HANDSHAKE,
    WEIR_TIMER_IDLE,
    WEIR_TIMER_HEAD,
    WEIR_TIMER_BODY,
    WEIR_TIMER_SEND,
    WEIR_TIMER_LINGER,
    WEIR_TIMER_KINDS,
} weir_timer_kind;

/* One deadline, a member of what it is for. Zero-initialised it is not running. */
typedef struct weir_timer weir_timer;
struct weir_timer {
    weir_timer *next, *previous;
    uint64_t at;
    weir_timer_kind kind; /* NONE: not running */
};

typedef struct {
    weir_timer queues[WEIR_TIMER_KINDS]; /* heads of rings */
    uint32_t ms[WEIR_TIMER_KINDS];
} weir_timers;

void weir_timers_init(weir_timers *t, const uint32_t ms[WEIR_TIMER_KINDS]);

/* From now on, whether it was running or not. `now` never goes back from one call to the next. */
void weir_timer_start(weir_timers *t, weir_timer *timer, weir_timer_kind kind, uint64_t now);

void weir_timer_stop(weir_timer *timer);

/* The one of that kind that is due first, and has run longest. NULL: none is running. */
weir_timer *weir_timers_first(weir_timers *t, weir_timer_kind kind);

/* When the next deadline is, or NEVER. */
uint64_t weir_timers_next(const weir_timers *t);

/* One whose time has come, stopped; its kind goes to *kind. NULL: none. */
weir_timer *weir_timers_expired(weir_timers *t, uint64_t now, weir_timer_kind *kind);

#endif
