/* SPDX-License-Identifier: MIT */
/* outbox.c - one linear buffer and at most one file behind it. */
#include <assert.h>

#include "outbox.h"

enum {
    OUTBOX_COPY_MAX = 16384,   /* a shorter piece of a file is copied rather than sent by itself */
    OUTBOX_COPY_MIN = 4096,    /* less room than that is not worth a read */
    OUTBOX_TURN = 1024 * 1024, /* octets in one go, so that others get their turn */
};

void weir_outbox_init(weir_outbox *o, char *memory, size_t size)
{
    *o = (weir_outbox){.buffer = {.p = memory, .cap = size}};
}

bool weir_outbox_is_empty(const weir_outbox *o)
{
    return o->buffer.len == 0 && o->file == NULL && !o->is_short;
}

weir_buf weir_outbox_room(const weir_outbox *o)
{
    if (o->file != NULL || o->is_short) return (weir_buf){.p = o->buffer.p};
    return (weir_buf){.p = o->buffer.p + o->buffer.len, .cap = o->buffer.cap - o->buffer.len};
}

void weir_outbox_add(weir_outbox *o, size_t n)
{
    assert(o->file == NULL && n <= o->buffer.cap - o->buffer.len);
    o->buffer.len += n;
}

static void outbox_drop_file(weir_outbox *o, weir_filecache *files)
{
    if (o->file != NULL) weir_file_release(files, o->file);
    o->file = NULL;
}

/* Copies as much of the file as there is room for into the buffer. */
static void outbox_copy(weir_outbox *o, weir_filecache *files)
{
    weir_world *w = files->world;
    size_t room = o->buffer.cap - o->buffer.len, got = 0;
    size_t n = o->left < room ? (size_t)o->left : room;
    char *out = o->buffer.p + o->buffer.len;

    if (o->file->content != NULL) {
        memcpy(out, o->file->content + o->at, n);
        got = n;
    } else if (w->ops->read(w, o->file->handle, o->at, out, n, &got) != WEIR_FILE_OK) {
        got = 0;
    }
    o->is_short = got == 0;
    o->buffer.len += got;
    o->at += got;
    o->left -= got;
    if (o->left == 0 || o->is_short) outbox_drop_file(o, files);
}

void weir_outbox_add_file(weir_outbox *o, weir_filecache *files, weir_file *file, uint64_t at,
                          uint64_t len)
{
    assert(o->file == NULL);
    o->file = file;
    o->at = at;
    o->left = len;
    if (len == 0) outbox_drop_file(o, files);
    while (o->file != NULL && o->left <= OUTBOX_COPY_MAX &&
           o->left <= o->buffer.cap - o->buffer.len)
        outbox_copy(o, files);
}

static weir_outbox_result outbox_result(weir_io io)
{
    switch (io) {
    case WEIR_IO_OK: return WEIR_OUTBOX_MORE;
    case WEIR_IO_WANT_READ: return WEIR_OUTBOX_WANT_READ;
    case WEIR_IO_WANT_WRITE: return WEIR_OUTBOX_WANT_WRITE;
    case WEIR_IO_END:
    case WEIR_IO_TRUNCATED:
    case WEIR_IO_RESET:
    case WEIR_IO_UNSUPPORTED:
    case WEIR_IO_FAILED: break;
    }
    return WEIR_OUTBOX_GONE;
}

static weir_outbox_result outbox_write(weir_outbox *o, weir_transport *t, uint64_t *sent)
{
    struct iovec part = {.iov_base = o->buffer.p + o->sent, .iov_len = o->buffer.len - o->sent};
    size_t put;
    weir_io io = weir_transport_write(t, &part, 1, &put);

    o->sent += put;
    *sent += put;
    if (o->sent == o->buffer.len) o->sent = o->buffer.len = 0;
    return outbox_result(io);
}

static weir_outbox_result outbox_sendfile(weir_outbox *o, weir_filecache *files, weir_transport *t,
                                          uint64_t *sent)
{
    off_t at = (off_t)o->at;
    size_t len = o->left < OUTBOX_TURN ? (size_t)o->left : OUTBOX_TURN;
    weir_io io = weir_transport_sendfile(t, o->file->descriptor, &at, len);
    uint64_t moved = (uint64_t)at - o->at;

    if (io == WEIR_IO_UNSUPPORTED) o->without_sendfile = true;
    if (io == WEIR_IO_END) o->is_short = true;
    o->at += moved;
    o->left -= moved;
    *sent += moved;
    if (o->left == 0 || o->is_short) outbox_drop_file(o, files);
    if (io == WEIR_IO_UNSUPPORTED || io == WEIR_IO_END) return WEIR_OUTBOX_MORE;
    return outbox_result(io);
}

/* A file without a descriptor, or a transport that cannot: by way of the buffer. */
static bool outbox_wants_copy(const weir_outbox *o)
{
    size_t room = o->buffer.cap - o->buffer.len;

    if (o->file == NULL) return false;
    if (!o->without_sendfile && o->file->descriptor >= 0) return false;
    return room >= o->left || room >= OUTBOX_COPY_MIN || o->buffer.len == 0;
}

weir_outbox_result weir_outbox_flush(weir_outbox *o, weir_filecache *files, weir_transport *t,
                                     uint64_t *sent)
{
    weir_outbox_result result = WEIR_OUTBOX_MORE;

    *sent = 0;
    while (result == WEIR_OUTBOX_MORE && *sent < OUTBOX_TURN) {
        if (outbox_wants_copy(o)) outbox_copy(o, files);
        if (o->buffer.len > 0)
            result = outbox_write(o, t, sent);
        else if (o->file != NULL)
            result = outbox_sendfile(o, files, t, sent);
        else
            break;
    }
    if (result != WEIR_OUTBOX_MORE || o->buffer.len > 0 || o->file != NULL) return result;
    return o->is_short ? WEIR_OUTBOX_CUT : WEIR_OUTBOX_EMPTY;
}

void weir_outbox_clear(weir_outbox *o, weir_filecache *files)
{
    outbox_drop_file(o, files);
    o->buffer.len = o->sent = 0;
    o->is_short = false;
}
