/* SPDX-License-Identifier: MIT */
/*
 * Bodies. The first octet says how the payload ends: 'L' by length, 'U' until close, anything else
 * chunked. The second says what the length is, counted from '0', or for chunked which limits hold:
 * 't' tight ones, else the defaults. The third is passed over (a line end, for the reader). The
 * rest is the wire.
 *
 * - Contract: used <= len; WEIR_OK uses something and hands out at least an octet of `in`; an error
 *   is final and uses nothing.
 * - Cuts: joined payload, trailers, verdict and offset are the same in pieces and in one piece.
 * - Payload: never more than announced; the payload of a chunked body that is accepted is what a
 *   naive second decoder finds.
 * - Linear: the number of calls is bounded by the pieces and the chunks.
 */
#include "support.h"

#define FIELD_MAX 8

typedef struct {
    weir_error err;
    size_t at; /* offset in the wire behind what was used, or of the octet at fault */
    text payload;
    size_t calls, pieces;
    size_t count; /* of trailers */
    char *in;     /* the last copy, which the trailers point into */
    size_t len;
    weir_field trailers[FIELD_MAX];
} decoding;

static void check_final(weir_body *b, const char *in, size_t len, weir_error err)
{
    weir_str payload = {NULL, 0};
    size_t used = SIZE_MAX;
    require(weir_body_next(b, in, len, &used, &payload) == err, "an error is final");
    require(used == 0, "after an error nothing is used");
    require(payload.p == NULL, "an error leaves the payload untouched");
}

static void decode(decoding *d, const weir_framing *f, const uint8_t *wire, size_t size,
                   const weir_limits *limits, cuts how)
{
    weir_head head;
    weir_body body;
    size_t seen = 0, base = 0; /* of the wire: what has arrived; where the copy begins */
    *d = (decoding){.in = copy_exact(NULL, 0)};
    weir_head_init(&head, d->trailers, FIELD_MAX, limits);
    weir_body_init(&body, f, &head);
    for (;;) {
        weir_str payload = {NULL, 0};
        size_t offset = d->at - base, used = SIZE_MAX;
        const char *in = d->in + offset;
        d->err = weir_body_next(&body, in, d->len - offset, &used, &payload);
        d->calls++;
        require(used <= d->len - offset, "no more is used than was offered");
        d->at += used;
        if (d->err == WEIR_OK) {
            require(payload.len > 0 && payload.len <= used, "WEIR_OK hands out what it uses");
            require(span_inside(payload, in, used), "payload is a span of the octets used");
            text_add(&d->payload, payload.p, payload.len);
            continue;
        }
        require(payload.p == NULL, "the payload is untouched but on WEIR_OK");
        if (weir_is_error(d->err)) {
            check_final(&body, in, d->len - offset, d->err);
            break;
        }
        if (d->err == WEIR_END) break;
        require(d->err == WEIR_MORE, "a body says OK, MORE, END or what is wrong");
        if (seen == size) {
            d->err = weir_body_stop(&body);
            require(d->err == WEIR_END || d->err == WEIR_ERR_TRUNCATED,
                    "at the end of the input a body is complete or truncated");
            break;
        }
        seen += cuts_next(&how, size - seen);
        d->pieces++;
        copy_free(d->in, d->len);
        base = d->at; /* what is not used is offered again, at another address */
        d->len = seen - base;
        d->in = copy_exact(wire + base, d->len);
    }
    d->count = d->err == WEIR_END && f->kind == WEIR_FRAMING_CHUNKED ? head.count : 0;
    require(d->count <= FIELD_MAX, "the trailers are in the array that was lent");
}

static size_t naive_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return (size_t)(c - '0');
    if (c >= 'a' && c <= 'f') return (size_t)(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return (size_t)(c - 'A' + 10);
    return 16;
}

/*
 * Chunks as a careful person would take them apart by hand, where it is known that all is well:
 * sizes, lines, data. Anything unlike it means that what was accepted has another reading.
 */
static void check_chunked(const uint8_t *wire, size_t end, const decoding *d)
{
    size_t at = 0, taken = 0;
    for (;;) {
        size_t chunk = 0, digits = 0;
        for (; at < end && naive_digit(wire[at]) < 16; at++, digits++) {
            require(chunk < ((size_t)1 << 40), "no accepted chunk is larger than its wire");
            chunk = chunk * 16 + naive_digit(wire[at]);
        }
        require(digits > 0, "a chunk begins with the digits of its size");
        require(at < end &&
                    (wire[at] == '\r' || wire[at] == ';' || wire[at] == ' ' || wire[at] == '\t'),
                "extensions or the line's end follow a chunk size");
        while (at < end && wire[at] != '\r' && wire[at] != '\n')
            at++;
        require(end - at >= 2 && wire[at] == '\r' && wire[at + 1] == '\n',
                "the line of a chunk's size ends with CR LF");
        at += 2;
        if (chunk == 0) break;
        require(chunk < end - at && d->payload.len - taken >= chunk,
                "the payload has all octets of each chunk");
        require(memcmp(d->payload.p + taken, wire + at, chunk) == 0,
                "the payload is the data of the chunks");
        taken += chunk;
        at += chunk;
        require(end - at >= 2 && wire[at] == '\r' && wire[at + 1] == '\n',
                "CR LF follows the data of a chunk");
        at += 2;
    }
    require(taken == d->payload.len, "the payload is the data of the chunks and nothing else");
    /* Read in one piece, the copy is the wire, and the trailers point into it. */
    check_fields(d->in + at, 0, end - at, d->trailers, d->count);
}

/* The shortest chunk with data is "1\r\na\r\n". */
static size_t chunks_most(size_t size)
{
    return size / 6 + 1;
}

static void check_cut(const decoding *whole, const weir_framing *f, const uint8_t *wire,
                      size_t size, const weir_limits *limits, dice *d)
{
    decoding cut;
    decode(&cut, f, wire, size, limits, cuts_from(d, size));
    require(whole->err == cut.err, "the verdict is the same wherever the input is cut");
    require(whole->at == cut.at, "the offset is the same wherever the input is cut");
    require(text_equal(&whole->payload, &cut.payload),
            "the joined payload is the same wherever the input is cut");
    require(whole->count == cut.count, "the trailers are the same wherever the input is cut");
    for (size_t i = 0; i < cut.count; i++) {
        const weir_field *a = &whole->trailers[i], *b = &cut.trailers[i];
        require(weir_str_equal(a->name, b->name) && weir_str_equal(a->value, b->value) &&
                    a->id == b->id && a->name_at == b->name_at && a->value_at == b->value_at,
                "the trailers are the same wherever the input is cut");
    }
    require(cut.calls <= 2 * cut.pieces + chunks_most(size) + 2,
            "the number of calls is linear in pieces and chunks");
    text_free(&cut.payload);
    copy_free(cut.in, cut.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3) return 0;
    dice chance = dice_from(data, size);
    weir_framing f = {.kind = WEIR_FRAMING_CHUNKED, .rule = WEIR_RULE_CODING};
    weir_limits tight = weir_limits_default;
    const weir_limits *limits = NULL;
    if (data[0] == 'L') {
        f.kind = WEIR_FRAMING_LENGTH;
        f.length = data[1] == 0xff ? WEIR_LENGTH_HARD_MAX : (uint8_t)(data[1] - '0');
    } else if (data[0] == 'U') {
        f.kind = WEIR_FRAMING_CLOSE;
    }
    if (data[0] == 'U' || data[1] == 't') {
        tight.payload_bytes_max = 24;
        tight.chunk_ext_bytes_max = 12;
        tight.trailer_bytes_max = 40;
        tight.trailers_max = 3;
        limits = &tight;
    }
    const uint8_t *wire = data + 3;
    size -= 3;

    static const cuts in_one_piece = {.step = SIZE_MAX};
    decoding whole;
    decode(&whole, &f, wire, size, limits, in_one_piece);
    if (is_due(&chance, 3)) check_cut(&whole, &f, wire, size, limits, &chance);

    require(whole.payload.len <= size, "the payload is no larger than its wire");
    if (f.kind == WEIR_FRAMING_LENGTH) {
        require(whole.payload.len <= f.length, "the payload is never more than was announced");
        require((whole.err == WEIR_END) <= (whole.payload.len == f.length),
                "a body is complete when all that was announced has come");
    }
    if (limits != NULL)
        require(whole.payload.len <= limits->payload_bytes_max,
                "the payload is never more than its limit");
    if (f.kind == WEIR_FRAMING_CHUNKED && whole.err == WEIR_END)
        check_chunked(wire, whole.at, &whole);
    size_t chunks = chunks_most(size);
    require(whole.calls <= whole.pieces + chunks + 2,
            "the number of calls is linear in pieces and chunks");

    text_free(&whole.payload);
    copy_free(whole.in, whole.len);
    return 0;
}
