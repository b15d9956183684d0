/* SPDX-License-Identifier: MIT */
/* timers.c - a ring for each kind of deadline: whoever joins last is due last. */
#include "timers.h"

void weir_timers_init(weir_timers *t, const uint32_t ms[WEIR_TIMER_KINDS])
{
    for (size_t i = 0; i < WEIR_TIMER_KINDS; i++) {
        t->queues[i] = (weir_timer){.next = &t->queues[i], .previous = &t->queues[i]};
        t->ms[i] = ms[i];
    }
}

void weir_timer_stop(weir_timer *timer)
{
    if (timer->kind == WEIR_TIMER_NONE) return;
    timer->previous->next = timer->next;
    timer->next->previous = timer->previous;
    timer->kind = WEIR_TIMER_NONE;
}

void weir_timer_start(weir_timers *t, weir_timer *timer, weir_timer_kind kind, uint64_t now)
{
    weir_timer *queue = &t->queues[kind];

    weir_timer_stop(timer);
    if (kind == WEIR_TIMER_NONE) return;
    *timer = (weir_timer){.next = queue,
                          .previous = queue->previous,
                          .at = now + t->ms[kind],
                          .kind = kind};
    queue->previous->next = timer;
    queue->previous = timer;
}

weir_timer *weir_timers_first(weir_timers *t, weir_timer_kind kind)
{
    weir_timer *first = t->queues[kind].next;

    return first != &t->queues[kind] ? first : NULL;
}

uint64_t weir_timers_next(const weir_timers *t)
{
    uint64_t first = WEIR_TIMERS_NEVER;

    for (size_t i = 0; i < WEIR_TIMER_KINDS; i++) {
        const weir_timer *queue = &t->queues[i];
        if (queue->next != queue && queue->next->at < first) first = queue->next->at;
    }
    return first;
}

weir_timer *weir_timers_expired(weir_timers *t, uint64_t now, weir_timer_kind *kind)
{
    for (size_t i = 0; i < WEIR_TIMER_KINDS; i++) {
        weir_timer *first = t->queues[i].next;
        if (first == &t->queues[i] || first->at > now) continue;
        *kind = first->kind;
        weir_timer_stop(first);
        return first;
    }
    return NULL;
}
