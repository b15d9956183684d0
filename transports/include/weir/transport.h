/* SPDX-License-Identifier: MIT */
/* weir/transport.h - a non-blocking byte stream: what sockets, TLS and memory have in common. */
#ifndef WEIR_TRANSPORT_H
#define WEIR_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "weir/address.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a call on a transport came to. No call waits, ever. */
typedef enum weir_io {
    WEIR_IO_OK,
    WEIR_IO_WANT_READ,   /* nothing was done: repeat when the handle is readable */
    WEIR_IO_WANT_WRITE,  /* nothing was done: repeat when the handle is writable */
    WEIR_IO_END,         /* the peer has ended its half cleanly: EOF; under TLS, close_notify */
    WEIR_IO_TRUNCATED,   /* TLS alone: the stream below ended without a close_notify */
    WEIR_IO_RESET,       /* the connection is gone: ECONNRESET, EPIPE; nothing more will come */
    WEIR_IO_UNSUPPORTED, /* this transport cannot: use another call */
    WEIR_IO_FAILED,      /* anything else: weir_transport_error() has step and reason */
} weir_io;

/* The name of a result as it stands above, without its prefix: "WANT_READ". */
const char *weir_io_name(weir_io io);

/*
 * Why something failed. Plain data, copied at will: `step` and `reason` are static texts; `address`
 * and `file` point to what the caller gave or into its transport or listener, and live as long.
 */
typedef struct weir_io_error {
    const char *step;            /* such as "bind", "connect", "tls handshake"; NULL: no failure */
    int code;                    /* an errno, or 0 */
    const char *reason;          /* where there is more to say than the errno's text, else NULL */
    const weir_address *address; /* what the step was about, or NULL */
    const char *file;            /* the same for certificates and keys, or NULL */
} weir_io_error;

/*
 * Writes such as "bind 127.0.0.1:80: Permission denied". Always terminated, cut where `size` is too
 * small; 256 is always enough unless `file` is long. Returns buf.
 */
char *weir_io_error_text(const weir_io_error *error, char *buf, size_t size);

/* What a transport knows beyond its octets. Pointers live until the transport is closed. */
typedef struct weir_transport_facts {
    bool secure;                   /* TLS with its handshake done, or all but `foreign` is empty */
    const char *version;           /* "TLSv1.3"; NULL without TLS */
    const char *cipher;            /* "TLS_AES_256_GCM_SHA384"; NULL without TLS */
    const char *name;              /* the name asked for by SNI; NULL: none */
    const unsigned char *protocol; /* agreed by ALPN, opaque octets; NULL: none */
    size_t protocol_len;
    size_t pending; /* octets that read() has at hand: decrypted, and seen by no epoll */
    /*
     * Octets that were read where a TLS record should have been, such as "GET /" on an HTTPS port:
     * ready() is FAILED (TRUNCATED where no more came). These, followed by all that the stream below
     * still gives, are what the peer sent. Nothing was sent to it. len 0 otherwise.
     */
    const unsigned char *foreign;
    size_t foreign_len;
} weir_transport_facts;

typedef struct weir_transport weir_transport;

/* A backend is this table; the functions below say what each entry must do. */
typedef struct weir_transport_ops {
    const char *name; /* "socket", "tls", "memory" */
    weir_io (*ready)(weir_transport *t);
    weir_io (*read)(weir_transport *t, void *buf, size_t len, size_t *got);
    weir_io (*write)(weir_transport *t, const struct iovec *parts, size_t count, size_t *put);
    weir_io (*sendfile)(weir_transport *t, int fd, off_t *offset, size_t len);
    weir_io (*shutdown)(weir_transport *t);
    void (*close)(weir_transport *t);
    void (*abort)(weir_transport *t);
    int (*handle)(const weir_transport *t);
    void (*addresses)(const weir_transport *t, weir_address *local, weir_address *remote);
    void (*facts)(const weir_transport *t, weir_transport_facts *facts);
} weir_transport_ops;

/*
 * The first member of every backend's struct. The caller owns the memory, which must not move while
 * the transport is open. Used by one thread at a time.
 */
struct weir_transport {
    const weir_transport_ops *ops; /* NULL: not open, or closed */
    weir_io_error error;           /* of the last call that was FAILED */
};

/*
 * The contract, for every backend:
 *
 * - Whoever stops calling before a WANT must come back unasked: a TLS layer can hold octets that no
 *   poll or epoll sees, and edge-triggered readiness is told once. OK from read() with a full
 *   buffer, and OK from write() with all taken, are no WANT.
 * - read() and write() each name what they want: under TLS a read may WANT_WRITE and a write may
 *   WANT_READ. Repeat *that* call when the handle is ready for what was wanted.
 * - RESET, TRUNCATED and FAILED are final for the whole transport, END for read() alone: called
 *   again, they are told again. After a RESET of write(), read() may first give what had arrived.
 * - No signal is raised, but by sendfile(): see there.
 */

/*
 * Drives whatever comes before the first octet: a connect under way, a TLS handshake. OK at once
 * where there is nothing to do, and at every later call. read() and write() do it by themselves;
 * yet with edge-triggered readiness get this to OK first, alone: of two calls that both wait for
 * the handshake, one takes the edge, and the other would wait for another.
 */
weir_io weir_transport_ready(weir_transport *t);

/*
 * Takes up to `len` octets, len >= 1. OK: *got is at least 1. Else *got is 0.
 */
weir_io weir_transport_read(weir_transport *t, void *buf, size_t len, size_t *got);

/*
 * Sends `count` parts in order; empty parts, and none at all, are fine. OK: *put octets were taken,
 * at least one unless there were none, perhaps not all: call again with the rest. Else *put is 0.
 * What was offered and not taken comes first in the next write(), at any address, with more behind
 * it at will: TLS has sealed it already. Who changes his mind closes.
 */
weir_io weir_transport_write(weir_transport *t, const struct iovec *parts, size_t count,
                             size_t *put);

/*
 * Sends up to `len` octets of the file `fd` from *offset, len >= 1, and moves *offset by what was
 * taken. OK: it moved. END: the file ends at *offset, shorter than the caller thought.
 * UNSUPPORTED: use read and write() for this file.
 * sendfile(2) has no MSG_NOSIGNAL: a program that uses this call ignores SIGPIPE.
 */
weir_io weir_transport_sendfile(weir_transport *t, int fd, off_t *offset, size_t len);

/*
 * Ends the sending half: TLS sends close_notify, then the half below is closed. Never waits for the
 * peer, and reading goes on. OK: done, also when it was done before. Writing afterwards is the
 * caller's mistake, and RESET.
 */
weir_io weir_transport_shutdown(weir_transport *t);

/* Gives everything back, the transports below included. The struct is free for reuse afterwards. */
void weir_transport_close(weir_transport *t);

/*
 * The same for a stream that must not look whole, such as an answer that was cut: the peer reads
 * RESET, perhaps before what was sent last. A Unix-domain socket cannot tell it so: END; TRUNCATED
 * by TLS over one.
 */
void weir_transport_abort(weir_transport *t);

/* What the world watches for readiness: a descriptor, or the simulator's number. */
int weir_transport_handle(const weir_transport *t);

/* The socket pair. Either pointer may be NULL. What is not known is WEIR_FAMILY_NONE. */
void weir_transport_addresses(const weir_transport *t, weir_address *local, weir_address *remote);

/* All zero where there is nothing to tell. */
void weir_transport_facts_get(const weir_transport *t, weir_transport_facts *facts);

/* Step and reason of the last FAILED, or of a RESET where the system gave a reason. */
const weir_io_error *weir_transport_error(const weir_transport *t);

#ifdef __cplusplus
}
#endif

#endif
