/* SPDX-License-Identifier: MIT */
/*
 * Facts to octets and back. The input is pieces of text with '|' between them; the first one is the
 * options, an octet each, those at the end may be left out:
 *
 *   0  what: 's' response, 't' a chunked body with trailers, 'l' field lines, anything else a request
 *   1  payload: '-' none, 'u' of unknown length, 'm' of 2^63-1 octets, else a length from '0' on
 *   2  'c' closes the connection
 *   3  minor version: '0' for HTTP/1.0 (of a response: the peer's), else 1
 *   4  of a response: 'H' answers HEAD, 'C' CONNECT, else GET
 *   5  three digits: the status
 *
 * then for a request the method, the target and the fields, a name and a value each; for a response
 * the reason and the fields; for a body one piece of payload and the trailers; for lines the fields.
 *
 * - All or nothing: what is refused, or has no room, writes nothing; a buffer of exactly the size
 *   that is needed gets the same octets as a larger one.
 * - Round trip: what is written reads back, strictly, as the same facts, and is framed as
 *   announced.
 * - No splitting: the fields that come back are those that went in, and the engine's own framing
 *   fields behind them, no more, whatever octets the facts hold.
 */
#include "support.h"

#include "weir/build.h"

#include <stdlib.h>

#define PIECES 48
#define FIELD_MAX (PIECES / 2 + 4)

typedef struct {
    weir_str options, piece[PIECES];
    size_t count; /* of pieces */
    weir_field fields[PIECES / 2];
    size_t field_count;
} facts;

/* Takes the input apart; what is behind the last piece that has room is passed over. */
static void facts_read(facts *f, const char *in, size_t size)
{
    const char *end = in + size;
    *f = (facts){0};
    for (;;) {
        const char *bar = in == end ? NULL : memchr(in, '|', (size_t)(end - in));
        weir_str piece = {in, (size_t)((bar == NULL ? end : bar) - in)};
        if (f->options.p == NULL)
            f->options = piece;
        else
            f->piece[f->count++] = piece;
        if (bar == NULL || f->count == PIECES) return;
        in = bar + 1;
    }
}

static void facts_fields(facts *f, size_t first)
{
    for (size_t i = first; i + 1 < f->count; i += 2)
        f->fields[f->field_count++] = (weir_field){.name = f->piece[i], .value = f->piece[i + 1]};
}

static char facts_option(const facts *f, size_t i)
{
    return i < f->options.len ? f->options.p[i] : '1';
}

static uint64_t facts_length(const facts *f)
{
    char c = facts_option(f, 1);
    if (c == 'u') return WEIR_LENGTH_UNKNOWN;
    if (c == 'm') return WEIR_LENGTH_HARD_MAX;
    return (unsigned char)(c - '0');
}

/* Nothing that fits into an input is too large to be read back. */
static weir_limits limits_wide(void)
{
    weir_limits limits = weir_limits_default;
    limits.head_bytes_max = limits.method_bytes_max = limits.target_bytes_max = 1 << 24;
    limits.trailer_bytes_max = 1 << 24;
    return limits;
}

/* One call of build.h over facts, so that it can be made with buffers of several sizes. */
typedef struct writing writing;
struct writing {
    weir_error (*write)(const writing *w, weir_buf *out);
    const facts *facts;
    const weir_request *req;
    const weir_response *res;
    const weir_framing *framing;
    bool keep_alive;
};

/* All or nothing, in `room` octets; what is written replaces `out`. */
static weir_error write_into(const writing *w, size_t room, text *out)
{
    char *memory = malloc(room + 2);
    if (memory == NULL) exit(1);
    memset(memory, '~', room + 2);
    weir_buf buf = {memory, 1, room + 1}; /* one octet stands there already */
    weir_error err = w->write(w, &buf);
    require(buf.p == memory && buf.cap == room + 1, "a buffer keeps its memory and its size");
    require(memory[0] == '~' && memory[room + 1] == '~', "nothing outside of the room is written");
    require(buf.len >= 1 && buf.len <= room + 1, "no more is written than there is room for");
    require(err == WEIR_OK || buf.len == 1, "what is refused or has no room writes nothing");
    require(err == WEIR_OK || err == WEIR_SPACE || weir_error_info(err)->fault == WEIR_FAULT_CALLER,
            "what cannot be written is the caller's mistake");
    out->len = 0;
    text_add(out, memory + 1, buf.len - 1);
    free(memory);
    return err;
}

/* Writes with much room, with exactly enough and with an octet less. */
static weir_error write_checked(const writing *w, size_t size, text *out)
{
    text again = {0};
    weir_error err = write_into(w, 4 * size + 512, out);
    require(err != WEIR_SPACE, "a head is not much larger than its facts");
    if (err == WEIR_OK) {
        require(write_into(w, out->len, &again) == WEIR_OK && text_equal(out, &again),
                "exactly as much room as is needed gives the same octets");
        require(out->len == 0 || write_into(w, out->len - 1, &again) == WEIR_SPACE,
                "an octet less of room is no room");
    } else {
        weir_error small = write_into(w, 0, &again);
        require(small == err || small == WEIR_SPACE, "what is refused is written in no buffer");
    }
    text_free(&again);
    return err;
}

/* The fields that came back: those that were given, in their order, then framing fields. */
static void check_back(const facts *f, const weir_field *back, size_t count)
{
    require(count >= f->field_count && count <= f->field_count + 3,
            "as many fields come back as went in, and at most three of the engine's");
    for (size_t i = 0; i < f->field_count; i++)
        require(weir_str_equal(f->fields[i].name, back[i].name) &&
                    weir_str_equal(f->fields[i].value, back[i].value),
                "each field comes back as it went in");
    for (size_t i = f->field_count; i < count; i++)
        require(back[i].id == WEIR_FIELD_CONTENT_LENGTH ||
                    back[i].id == WEIR_FIELD_TRANSFER_ENCODING ||
                    back[i].id == WEIR_FIELD_CONNECTION,
                "what the engine adds is Content-Length, Transfer-Encoding and Connection");
    for (size_t i = f->field_count; i < count; i++)
        for (size_t j = f->field_count; j < i; j++)
            require(back[i].id != back[j].id, "what the engine adds, it adds once");
}

static weir_error write_request(const writing *w, weir_buf *out)
{
    return weir_request_write(w->req, w->framing, out);
}

static void round_request(facts *f, size_t size)
{
    facts_fields(f, 2);
    weir_request req = {
        .method = f->count > 0 ? f->piece[0] : (weir_str){NULL, 0},
        .target = f->count > 1 ? f->piece[1] : (weir_str){NULL, 0},
        .fields = f->fields,
        .field_count = f->field_count,
        .minor = facts_option(f, 3) != '0',
        .has_payload = facts_option(f, 1) != '-',
        .close = facts_option(f, 2) == 'c',
    };
    req.length = req.has_payload ? facts_length(f) : 0;
    weir_framing sent = {0}, read = {0};
    text wire = {0};
    writing w = {.write = write_request, .req = &req, .framing = &sent};
    weir_error err = weir_request_send_framing(&req, &sent);
    if (err == WEIR_OK) err = write_checked(&w, size, &wire);
    if (err == WEIR_OK) {
        weir_limits limits = limits_wide();
        weir_field fields[FIELD_MAX];
        weir_request back;
        weir_head head;
        size_t used = 0;
        weir_head_init(&head, fields, FIELD_MAX, &limits);
        weir_head_use(&head, isa_any());
        char *in = copy_exact(wire.p, wire.len);
        require(weir_request_parse(&head, in, wire.len, &back, &used) == WEIR_OK,
                "a request that was written is one that can be read");
        require(used == wire.len, "one head was written, and nothing behind it");
        require(weir_str_equal(back.method, req.method) && weir_str_equal(back.target, req.target),
                "method and target come back as they went in");
        require(back.minor == req.minor, "the version comes back as it went in");
        check_back(f, back.fields, back.field_count);
        require(weir_request_framing(&back, &read) == WEIR_OK,
                "the framing of a request that was written is beyond doubt");
        require(read.kind == sent.kind && read.length == sent.length,
                "the payload is framed as it was announced");
        require(read.persistent == sent.persistent, "persistence is what was announced");
        require(!req.close || !read.persistent, "close is said where it was asked for");
        copy_free(in, wire.len);
    } else {
        require(weir_error_info(err)->fault == WEIR_FAULT_CALLER,
                "what cannot be sent is the caller's mistake");
    }
    text_free(&wire);
}

static weir_error write_response(const writing *w, weir_buf *out)
{
    return weir_response_write(w->res, w->framing, w->keep_alive, out);
}

static weir_method facts_asked(const facts *f)
{
    switch (facts_option(f, 4)) {
    case 'H': return WEIR_METHOD_HEAD;
    case 'C': return WEIR_METHOD_CONNECT;
    default: return WEIR_METHOD_GET;
    }
}

static void check_response(const facts *f, const weir_response *res, const weir_framing *sent,
                           const text *wire)
{
    weir_limits limits = limits_wide();
    weir_field fields[FIELD_MAX];
    weir_response back;
    weir_framing read = {0};
    weir_head head;
    size_t used = 0;
    weir_head_init(&head, fields, FIELD_MAX, &limits);
    weir_head_use(&head, isa_any());
    char *in = copy_exact(wire->p, wire->len);
    require(weir_response_parse(&head, in, wire->len, &back, &used) == WEIR_OK,
            "a response that was written is one that can be read");
    require(used == wire->len, "one head was written, and nothing behind it");
    require(back.status == res->status, "the status comes back as it went in");
    require(weir_str_equal(back.reason,
                           res->reason.len > 0 ? res->reason : weir_status_reason(res->status)),
            "the reason comes back as it went in, or is the usual one");
    check_back(f, back.fields, back.field_count);
    require(weir_response_framing(&back, facts_asked(f), &read) == WEIR_OK,
            "the framing of a response that was written is beyond doubt");
    require(read.kind == sent->kind &&
                (read.kind == WEIR_FRAMING_NONE || read.length == sent->length),
            "the payload is framed as it was announced");
    require(!res->close || read.kind == WEIR_FRAMING_TUNNEL || res->status / 100 == 1 ||
                !read.persistent,
            "close is said where it was asked for");
    copy_free(in, wire->len);
}

static void round_response(facts *f, size_t size)
{
    facts_fields(f, 1);
    weir_response res = {
        .reason = f->count > 0 ? f->piece[0] : (weir_str){NULL, 0},
        .fields = f->fields,
        .field_count = f->field_count,
        .length = facts_option(f, 1) == '-' ? 0 : facts_length(f),
        .close = facts_option(f, 2) == 'c',
    };
    for (size_t i = 5; i < 8; i++)
        res.status = (uint16_t)(res.status * 10 + (unsigned char)(facts_option(f, i) - '0'));
    uint8_t peer_minor = facts_option(f, 3) != '0';
    weir_framing sent = {0};
    text wire = {0};
    writing w = {.write = write_response, .res = &res, .framing = &sent};
    weir_error err = weir_response_send_framing(&res, facts_asked(f), peer_minor, &sent);
    w.keep_alive = peer_minor == 0 && sent.persistent;
    if (err == WEIR_OK) err = write_checked(&w, size, &wire);
    if (err == WEIR_OK)
        check_response(f, &res, &sent, &wire);
    else
        require(weir_error_info(err)->fault == WEIR_FAULT_CALLER,
                "what cannot be sent is the caller's mistake");
    text_free(&wire);
}

static weir_error write_last(const writing *w, weir_buf *out)
{
    return weir_chunk_last_write(w->facts->fields, w->facts->field_count, out);
}

static weir_error write_open(const writing *w, weir_buf *out)
{
    return weir_chunk_open_write(w->facts->piece[0].len, out);
}

static weir_error write_close(const writing *w, weir_buf *out)
{
    (void)w;
    return weir_chunk_close_write(out);
}

static void check_chunks(const facts *f, const text *wire)
{
    weir_limits limits = limits_wide();
    weir_field fields[FIELD_MAX];
    weir_framing framing = {.kind = WEIR_FRAMING_CHUNKED, .rule = WEIR_RULE_CODING};
    weir_head head;
    weir_body body;
    text payload = {0};
    size_t at = 0, used = 0;
    weir_head_init(&head, fields, FIELD_MAX, &limits);
    weir_head_use(&head, isa_any());
    weir_body_init(&body, &framing, &head);
    char *in = copy_exact(wire->p, wire->len);
    weir_str span = {NULL, 0};
    weir_error err;
    while ((err = weir_body_next(&body, in + at, wire->len - at, &used, &span)) == WEIR_OK) {
        text_span(&payload, span);
        at += used;
    }
    require(err == WEIR_END && at + used == wire->len,
            "a chunked body that was written is read to its end");
    text sent = {0};
    if (f->count > 0) text_span(&sent, f->piece[0]);
    require(text_equal(&payload, &sent), "the payload comes back as it went in");
    require(head.count == f->field_count, "as many trailers come back as went in");
    check_back(f, fields, head.count);
    text_free(&sent);
    text_free(&payload);
    copy_free(in, wire->len);
}

static void round_chunks(facts *f, size_t size)
{
    facts_fields(f, 1);
    text wire = {0}, part = {0};
    writing w = {.facts = f};
    weir_error err = WEIR_OK;
    if (f->count > 0 && f->piece[0].len > 0) {
        w.write = write_open;
        err = write_checked(&w, size, &part);
        text_add(&wire, part.p, part.len);
        text_span(&wire, f->piece[0]);
        w.write = write_close;
        if (err == WEIR_OK) err = write_checked(&w, size, &part);
        text_add(&wire, part.p, part.len);
        require(err == WEIR_OK, "a chunk can always be written");
    }
    w.write = write_last;
    err = write_checked(&w, size, &part);
    text_add(&wire, part.p, part.len);
    if (err == WEIR_OK)
        check_chunks(f, &wire);
    else
        require(f->field_count > 0, "a last chunk without trailers can always be written");
    text_free(&wire);
    text_free(&part);
}

static weir_error write_line(const writing *w, weir_buf *out)
{
    const weir_field *f = &w->facts->fields[0];
    return weir_field_write(f->name, f->value, out);
}

/* One field line, which is a section with the empty line behind it. */
static void round_line(facts *f, size_t size)
{
    facts_fields(f, 0);
    if (f->field_count == 0) return;
    f->field_count = 1;
    text wire = {0};
    writing w = {.write = write_line, .facts = f};
    if (write_checked(&w, size, &wire) == WEIR_OK) {
        weir_limits limits = limits_wide();
        weir_field back[2];
        weir_head head;
        size_t count = 0, used = 0;
        text_add(&wire, "\r\n", 2);
        weir_head_init(&head, back, 2, &limits);
        weir_head_use(&head, isa_any());
        char *in = copy_exact(wire.p, wire.len);
        require(weir_fields_parse(&head, in, wire.len, &count, &used) == WEIR_OK && count == 1 &&
                    used == wire.len,
                "a field line that was written is one field");
        check_back(f, back, count);
        copy_free(in, wire.len);
    }
    text_free(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    facts f;
    char *in = copy_exact(data, size);
    facts_read(&f, in, size);
    switch (facts_option(&f, 0)) {
    case 's': round_response(&f, size); break;
    case 't': round_chunks(&f, size); break;
    case 'l': round_line(&f, size); break;
    default: round_request(&f, size); break;
    }
    copy_free(in, size);
    return 0;
}
