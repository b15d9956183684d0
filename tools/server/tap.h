/* SPDX-License-Identifier: MIT */
/* tap.h - who listens in on connections without taking part: a recorder, or a trace. */
#ifndef WEIR_TAP_H
#define WEIR_TAP_H

#include "handler.h"
#include "weir/event.h"
#include "weir/transport.h"

typedef struct weir_tap weir_tap;

/* Any entry may be NULL. `t` is always what `open` returned for that connection. */
typedef struct {
    /*
     * HTTP begins over `t`, TLS already beneath it. Returns the transport to use from here on: `t`
     * itself, or one over it that closes it in turn. `site` tells the time, and outlives both.
     */
    weir_transport *(*open)(weir_tap *tap, const weir_site *site, weir_transport *t);
    /* weir_conn_next dealt with `used` octets, and told `ev`, which may be NONE. */
    void (*event)(weir_tap *tap, weir_transport *t, size_t used, const weir_event *ev);
    /* The connection is asked to finish what is under way: the server stops. */
    void (*drain)(weir_tap *tap, weir_transport *t);
} weir_tap_ops;

/* The first member of every tap's struct, which is the caller's memory. */
struct weir_tap {
    const weir_tap_ops *ops;
};

#endif
