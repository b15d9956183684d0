/* SPDX-License-Identifier: MIT */
/* weir/address.h - one end of a connection as plain data: to parse, to print, to compare. */
#ifndef WEIR_ADDRESS_H
#define WEIR_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum weir_family {
    WEIR_FAMILY_NONE, /* not known, or not there yet; the value of a zeroed weir_address */
    WEIR_FAMILY_IP4,
    WEIR_FAMILY_IP6,
    WEIR_FAMILY_UNIX,
    WEIR_FAMILY_MEMORY, /* an end of weir/memory.h: `port` is a number given by the caller */
} weir_family;

enum {
    WEIR_ADDRESS_PATH_MAX = 107, /* what fits struct sockaddr_un beside its NUL */
    WEIR_ADDRESS_TEXT_MAX = 128, /* room for every text that weir_address_text() writes, with NUL */
};

/* Copied by value. Zero-initialise it before filling in fields: comparison looks at all of them. */
typedef struct weir_address {
    weir_family family;
    uint16_t port;                        /* host order; 0 asks the system for a free one */
    uint32_t scope;                       /* IPv6 link-local: number of the interface, else 0 */
    unsigned char ip[16];                 /* network order; IPv4 uses the first four */
    char path[WEIR_ADDRESS_PATH_MAX + 1]; /* Unix-domain; "" for an end without a name */
} weir_address;

/*
 * Reads "127.0.0.1:80", "[::1]:80", "[fe80::1%2]:80" (the interface by number) or "unix:/run/x".
 * Only numbers: nothing here asks a resolver, so "localhost:80" is refused.
 * False: not of these forms, or a path longer than WEIR_ADDRESS_PATH_MAX; `out` is untouched.
 */
bool weir_address_parse(const char *text, weir_address *out);

/*
 * Writes what weir_address_parse() reads; "memory:7" and "unknown" besides. A Unix-domain end
 * without a name is "unix:". Always terminated, cut where `size` is too small; `size` may be 0.
 * Returns buf.
 */
char *weir_address_text(const weir_address *address, char *buf, size_t size);

/* Whether both name the same end. */
bool weir_address_is_equal(const weir_address *a, const weir_address *b);

#ifdef __cplusplus
}
#endif

#endif
