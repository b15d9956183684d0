/* SPDX-License-Identifier: MIT */
/* weir/exchange.h - the state that couples the two messages of an exchange. Private to the engine;
 * public only so that a weir_conn can stand in the caller's memory. core/exchange.h explains it. */
#ifndef WEIR_EXCHANGE_H
#define WEIR_EXCHANGE_H

#include "weir/error.h"

typedef struct {
    uint64_t number; /* of the exchange under way, or of the last one; 0 before the first */
    uint64_t unread; /* payload octets swallowed after an early answer */
    uint16_t flags;
    uint8_t in, out; /* how far the message that comes is, and the one that goes */
    uint8_t method;  /* of the request: a weir_method */
    uint8_t peer_minor;
    uint8_t error; /* the first weir_error of the peer sticks */
    uint8_t stop;  /* the reason given to weir_conn_stop, or WEIR_OK */
} weir_exchange;

#endif
