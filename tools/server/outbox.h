/* SPDX-License-Identifier: MIT */
/* outbox.h - octets and then a file's, on their way to a transport. It knows no HTTP. */
#ifndef WEIR_OUTBOX_H
#define WEIR_OUTBOX_H

#include "filecache.h"
#include "weir/transport.h"

/* Fields are private. Order of leaving: what is in the buffer, then the file. */
typedef struct {
    weir_buf buffer; /* lent */
    size_t sent;     /* of the buffer */
    weir_file *file; /* held; NULL: none */
    uint64_t at, left;
    bool without_sendfile, is_short;
} weir_outbox;

typedef enum {
    WEIR_OUTBOX_EMPTY, /* all is sent */
    WEIR_OUTBOX_MORE,  /* a good deal was sent; there is more, and the transport may take it */
    WEIR_OUTBOX_WANT_READ,
    WEIR_OUTBOX_WANT_WRITE,
    WEIR_OUTBOX_GONE, /* the connection is lost */
    WEIR_OUTBOX_CUT,  /* a file ended before its length: what was promised cannot be sent */
} weir_outbox_result;

void weir_outbox_init(weir_outbox *o, char *memory, size_t size);

/* Nothing is waiting in it. */
bool weir_outbox_is_empty(const weir_outbox *o);

/* Where octets may be appended; none while a file is waiting. */
weir_buf weir_outbox_room(const weir_outbox *o);

/* `n` octets were appended there. */
void weir_outbox_add(weir_outbox *o, size_t n);

/*
 * Octets [at, at + len) of a file, behind all the rest; takes over the caller's hold. A short piece
 * is copied at once, so that it leaves in one write with what is before and behind it. With a
 * longer one the outbox takes nothing else until it is sent.
 */
void weir_outbox_add_file(weir_outbox *o, weir_filecache *files, weir_file *file, uint64_t at,
                          uint64_t len);

/* Sends what it can. *sent: octets that the transport took. */
weir_outbox_result weir_outbox_flush(weir_outbox *o, weir_filecache *files, weir_transport *t,
                                     uint64_t *sent);

/* Forgets everything. */
void weir_outbox_clear(weir_outbox *o, weir_filecache *files);

#endif
