/* SPDX-License-Identifier: MIT */
/* parts.c - heads of parts and ranges of the file in turn: nothing of the content is held. */
#include <assert.h>

#include "parts.h"
#include "text.h"

enum {
    PARTS_TEXT_MAX = 512, /* octets of a part's head: boundary, media type, two numbers twice */
    PARTS_MARK = 32,      /* hexadecimal digits of the boundary */
};
_Static_assert((size_t)PARTS_TEXT_MAX <= WEIR_CALL_STEP, "a head fits when `more` is called");

/* What the call's memory holds while the parts are sent. */
struct parts {
    weir_file *file;
    char mark[PARTS_MARK];
    weir_range ranges[WEIR_PARTS_MAX];
    size_t count, next;
};
_Static_assert(sizeof(struct parts) <= WEIR_CALL_MEMORY, "it lives in a call's memory");

bool weir_parts_content_range(weir_buf *out, const weir_range *range, uint64_t size)
{
    bool fits = weir_text_put(out, "bytes ");

    if (range == NULL) {
        fits = fits && weir_text_put(out, "*");
    } else {
        fits = fits && weir_text_number(out, range->first) && weir_text_put(out, "-") &&
               weir_text_number(out, range->last);
    }
    return fits && weir_text_put(out, "/") && weir_text_number(out, size);
}

/* One step of a generator whose outputs look independent (splitmix64). */
static uint64_t parts_mix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/*
 * 128 bits that depend on the file, the moment and the request: that a file has them is as good as
 * impossible, unless somebody makes it so, and whoever can write the file needs no such trick.
 */
static void parts_mark(const weir_call *call, const weir_file *file, char mark[PARTS_MARK])
{
    const uint64_t facts[] = {
        file->facts.identity, (uint64_t)file->facts.modified_s, file->facts.modified_ns,
        file->facts.size,     (uint64_t)call->site->wall_s,     call->site->now_ms,
        call->exchange};
    uint64_t state = 0;

    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        state ^= facts[i];
        state = parts_mix(&state);
    }
    for (size_t i = 0; i < PARTS_MARK; i += 16) {
        uint64_t bits = parts_mix(&state);
        for (size_t digit = 0; digit < 16; digit++, bits >>= 4)
            mark[i + digit] = "0123456789abcdef"[bits & 15];
    }
}

/* What stands before part `i`, and behind the last one for i == count. */
static weir_str parts_text(const struct parts *p, size_t i, char text[PARTS_TEXT_MAX])
{
    weir_buf out = {text, 0, PARTS_TEXT_MAX};
    bool fits = weir_text_put(&out, i == 0 ? "--" : "\r\n--") &&
                weir_text_span(&out, (weir_str){p->mark, PARTS_MARK});

    if (i == p->count) {
        fits = fits && weir_text_put(&out, "--\r\n");
    } else {
        fits = fits && weir_text_put(&out, "\r\nContent-Type: ") &&
               weir_text_span(&out, p->file->media) && weir_text_put(&out, "\r\nContent-Range: ") &&
               weir_parts_content_range(&out, &p->ranges[i], p->file->facts.size) &&
               weir_text_put(&out, "\r\n\r\n");
    }
    assert(fits); /* media types are short, and the server's own */
    return weir_text_of(&out);
}

static uint64_t parts_range_len(const weir_range *range)
{
    return range->last - range->first + 1;
}

/* Of all the content. The ranges are apart: it is less than the file and some heads. */
static uint64_t parts_length(const struct parts *p)
{
    char text[PARTS_TEXT_MAX];
    uint64_t sum = parts_text(p, p->count, text).len;

    for (size_t i = 0; i < p->count; i++)
        sum += parts_text(p, i, text).len + parts_range_len(&p->ranges[i]);
    return sum;
}

/* The next part, or the end. A long part fills the outbox until it is sent. */
static void parts_more(weir_call *call)
{
    struct parts *p = call->memory;
    char text[PARTS_TEXT_MAX];
    weir_str head = parts_text(p, p->next, text);
    size_t taken = weir_call_send(call, head.p, head.len);

    assert(taken == head.len || call->is_finished);
    if (p->next == p->count) {
        (void)weir_call_finish(call, NULL, 0);
        return;
    }
    const weir_range *range = &p->ranges[p->next++];
    weir_file_hold(p->file);
    weir_call_send_file(call, p->file, range->first, parts_range_len(range));
}

static void parts_close(weir_call *call)
{
    struct parts *p = call->memory;

    weir_file_release(&call->site->files, p->file);
}

/* `begin` was another handler's. */
static const weir_handler parts_handler = {.more = parts_more, .close = parts_close};

bool weir_parts_begin(weir_call *call, weir_file *file, const weir_range *ranges, size_t count,
                      const weir_field *fields, size_t field_count)
{
    struct parts *p = call->memory;
    char type[64];
    weir_buf text = {type, 0, sizeof type};
    weir_field all[WEIR_CALL_FIELDS_MAX];

    assert(count <= WEIR_PARTS_MAX && field_count < WEIR_CALL_FIELDS_MAX);
    p->file = file;
    p->count = count;
    p->next = 0;
    memcpy(p->ranges, ranges, count * sizeof ranges[0]);
    parts_mark(call, file, p->mark);
    uint64_t length = parts_length(p);
    if (length >= file->facts.size) return false;

    /* Without quotes, which some clients do not understand (RFC 9110 §14.6). */
    (void)weir_text_put(&text, "multipart/byteranges; boundary=");
    (void)weir_text_span(&text, (weir_str){p->mark, PARTS_MARK});
    memcpy(all, fields, field_count * sizeof fields[0]);
    all[field_count] = weir_call_field(WEIR_FIELD_CONTENT_TYPE, weir_text_of(&text));
    weir_response res = {.status = 206,
                         .fields = all,
                         .field_count = field_count + 1,
                         .length = length};
    call->handler = &parts_handler;
    call->is_producing = true;
    weir_call_respond(call, &res);
    return true;
}
