/* SPDX-License-Identifier: MIT */
/*
 * Response heads. The input is the wire, as it would come from a server.
 *
 * - Bounds: every call reads an exact-size copy on the heap, the fields included.
 * - Prefixes: a prefix of an accepted head gives MORE, never an error; once there is an error,
 *   every longer input has the same error at the same offset.
 * - Leniencies: what is read strictly is read alike with all of them.
 * - Instruction sets: all that run here read alike.
 * - Cuts: offered in pieces, each time at another address, the head gives the same verdict, offset
 *   and spans as in one piece.
 * - Facts: every octet of an accepted head belongs to one span or is a separator of the grammar;
 *   names have the ids that name.h finds.
 * - Framing: the same facts frame alike, for whatever method was asked; what is accepted has one
 *   reading, and what has no payload by its status or method has none.
 */
#include "support.h"

#include <stdlib.h>

#define FIELD_MAX 40

typedef struct {
    weir_error err;
    size_t used;
    weir_response res;
    char *in; /* the copy that the spans point into; give back with copy_free */
    size_t len;
    weir_field fields[FIELD_MAX];
} reading;

/* Offers the input cut by cut until there is a verdict, or the input is over. */
static void read_head(reading *r, const uint8_t *data, size_t size, size_t field_max, cuts how,
                      const weir_limits *limits, weir_isa isa)
{
    weir_head head;
    weir_head_init(&head, r->fields, field_max, limits);
    weir_head_use(&head, isa);
    r->len = 0;
    for (;;) {
        if (size > r->len) r->len += cuts_next(&how, size - r->len);
        r->in = copy_exact(data, r->len);
        r->used = SIZE_MAX;
        r->err = weir_response_parse(&head, r->in, r->len, &r->res, &r->used);
        require(r->used <= r->len, "the offset of a verdict is inside what has been offered");
        if (r->err != WEIR_MORE) break;
        require(r->used == 0, "while a head is incomplete, nothing of it is used");
        if (r->len == size) break;
        copy_free(r->in, r->len);
    }
    require(r->err == WEIR_OK || r->err == WEIR_MORE ||
                weir_error_info(r->err)->fault == WEIR_FAULT_PEER ||
                weir_error_info(r->err)->fault == WEIR_FAULT_LIMIT,
            "octets of a peer are never called a mistake of the caller");
    if (weir_is_error(r->err)) {
        size_t used = SIZE_MAX;
        weir_response untouched;
        require(weir_response_parse(&head, r->in, r->len, &untouched, &used) == r->err,
                "an error is final");
    }
}

static void check_head(const reading *r, size_t field_max)
{
    const weir_response *res = &r->res;
    const char *in = r->in;
    size_t at = 0;
    require(res->bytes == r->used, "the size of a head is what is used of the input");
    require(res->fields == r->fields && res->field_count <= field_max,
            "the fields are in the array that was lent");
    require(r->used > 15 && memcmp(in, "HTTP/1.", 7) == 0 && in[7] == (char)('0' + res->minor) &&
                in[8] == ' ' && in[12] == ' ',
            "a status line has a version, a space, a status and a space");
    require(res->status >= 100 && res->status <= 999, "a status is from 100 to 999");
    for (unsigned i = 0, unit = 100; i < 3; i++, unit /= 10)
        require(in[9 + i] == (char)('0' + res->status / unit % 10),
                "a status is the number that its three digits say");
    at = 13;
    require(span_inside(res->reason, in, r->used) &&
                (res->reason.len == 0 || res->reason.p == in + at),
            "the reason begins behind the second space");
    for (size_t i = 0; i < res->reason.len; i++) {
        unsigned char c = (unsigned char)res->reason.p[i];
        require(c == '\t' || (c >= ' ' && c != 0x7f), "a reason has no control octet");
    }
    at += res->reason.len;
    require(r->used - at >= 4 && in[at] == '\r' && in[at + 1] == '\n',
            "CR LF ends the status line");
    check_fields(in, at + 2, r->used, res->fields, res->field_count);
}

static void check_framed(const reading *a, const reading *b, weir_method asked)
{
    weir_framing fa = {0}, fb = {0};
    weir_error err = weir_response_framing(&a->res, asked, &fa);
    require(err == weir_response_framing(&b->res, asked, &fb) && framing_same(err, &fa, &fb),
            "the framing is the same wherever the input is cut");
    if (err != WEIR_OK) {
        require(fa.field <= a->res.field_count && fa.at <= a->used,
                "the fault of a framing is inside the head");
        return;
    }
    unsigned status = a->res.status;
    bool is_tunnel = status == 101 || (asked == WEIR_METHOD_CONNECT && status / 100 == 2);
    bool is_bodiless =
        asked == WEIR_METHOD_HEAD || status / 100 == 1 || status == 204 || status == 304;
    if (is_tunnel)
        require(fa.kind == WEIR_FRAMING_TUNNEL, "101 and 2xx to CONNECT open a tunnel");
    else if (is_bodiless)
        require(fa.kind == WEIR_FRAMING_NONE, "HEAD, 1xx, 204 and 304 have no payload");
    else
        require(fa.kind == WEIR_FRAMING_LENGTH || fa.kind == WEIR_FRAMING_CHUNKED ||
                    fa.kind == WEIR_FRAMING_CLOSE,
                "any other response has a payload with an end");
    require(weir_framing_rule_text(fa.rule)[0] != '\0', "a framing has a rule that says so");
    if (!is_tunnel && !is_bodiless)
        check_framing(&fa, a->res.fields, a->res.field_count, a->res.minor);
}

static void check_same(const reading *a, const reading *b)
{
    require(a->err == b->err, "the verdict is the same wherever the input is cut");
    require(a->used == b->used, "the offset is the same wherever the input is cut");
    if (a->err != WEIR_OK) return;
    require(span_same(a->res.reason, a->in, b->res.reason, b->in) &&
                a->res.status == b->res.status && a->res.minor == b->res.minor &&
                a->res.bytes == b->res.bytes && a->res.field_count == b->res.field_count,
            "the start line is the same wherever the input is cut");
    check_fields_same(a->res.fields, a->in, b->res.fields, b->in, a->res.field_count);
    check_framed(a, b, WEIR_METHOD_GET);
    check_framed(a, b, WEIR_METHOD_HEAD);
    check_framed(a, b, WEIR_METHOD_CONNECT);
}

#include "head_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dice d = dice_from(data, size);
    weir_limits tight = weir_limits_default;
    tight.head_bytes_max = 40 + (uint32_t)dice_roll(&d, 100);
    bool is_tight = dice_roll(&d, 8) == 0;
    const weir_limits *limits = is_tight ? &tight : NULL;
    size_t field_max = is_tight ? dice_roll(&d, 5) : FIELD_MAX;

    reading whole;
    read_head(&whole, data, size, field_max, in_one_piece, limits, isa_any());
    if (whole.err == WEIR_OK) check_head(&whole, field_max);
    if (is_due(&d, 6)) check_cut(&whole, data, size, field_max, limits, &d);
    if (is_due(&d, 6)) check_prefix(&whole, data, size, field_max, limits, &d);
    if (is_due(&d, 6)) check_tolerant(&whole, data, size, field_max, limits);
    if (is_due(&d, 12)) check_isas(&whole, data, size, field_max, limits);
    copy_free(whole.in, whole.len);
    return 0;
}
