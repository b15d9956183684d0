/* SPDX-License-Identifier: MIT */
/*
 * Request heads. The input is the wire, as it would come from a client.
 *
 * - Bounds: every call reads an exact-size copy on the heap, the fields included.
 * - Prefixes: a prefix of an accepted head gives MORE, never an error; once there is an error,
 *   every longer input has the same error at the same offset.
 * - Cuts: offered in pieces, each time at another address, the head gives the same verdict, offset
 *   and spans as in one piece.
 * - Leniencies: what is read strictly is read alike with all of them.
 * - Instruction sets: all that run here read alike.
 * - Facts: every octet of an accepted head belongs to one span or is a separator of the grammar;
 *   names have the ids that name.h finds; the target's parts are those of weir_target_parse().
 * - Framing: the same facts frame alike, and what is accepted has one reading.
 */
#include "support.h"

#include <stdlib.h>

#define FIELD_MAX 40

typedef struct {
    weir_error err;
    size_t used;
    weir_request req;
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
        r->err = weir_request_parse(&head, r->in, r->len, &r->req, &r->used);
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
        weir_request untouched;
        require(weir_request_parse(&head, r->in, r->len, &untouched, &used) == r->err,
                "an error is final");
    }
}

static void check_target(const weir_request *req)
{
    weir_target parts;
    size_t at = 0;
    require(weir_target_parse(req->target, req->method_id, &parts, &at) == WEIR_OK,
            "the target of an accepted head is one that weir_target_parse accepts");
    const weir_target *p = &req->parts;
    const char *in = req->target.p;
    require(p->form == parts.form && p->has_query == parts.has_query &&
                span_same(p->scheme, in, parts.scheme, in) &&
                span_same(p->authority, in, parts.authority, in) &&
                span_same(p->host, in, parts.host, in) && span_same(p->port, in, parts.port, in) &&
                span_same(p->path, in, parts.path, in) && span_same(p->query, in, parts.query, in),
            "the parts of a head's target are those of weir_target_parse");
    require(span_inside(p->scheme, in, req->target.len) &&
                span_inside(p->authority, in, req->target.len) &&
                span_inside(p->host, in, req->target.len) &&
                span_inside(p->port, in, req->target.len) &&
                span_inside(p->path, in, req->target.len) &&
                span_inside(p->query, in, req->target.len),
            "the parts of a target are inside the target");
}

static void check_head(const reading *r, size_t field_max)
{
    const weir_request *req = &r->req;
    const char *in = r->in;
    size_t at = 0;
    require(req->bytes == r->used, "the size of a head is what is used of the input");
    require(req->fields == r->fields && req->field_count <= field_max,
            "the fields are in the array that was lent");
    while (at + 1 < r->used && in[at] == '\r' && in[at + 1] == '\n')
        at += 2;
    require(req->method.p == in + at && req->method.len > 0 && req->method.len < r->used - at,
            "the method begins behind the empty lines");
    for (size_t i = 0; i < req->method.len; i++)
        require(req->method.p[i] > ' ' && req->method.p[i] != 0x7f, "a method has no blank");
    require(req->method_id == weir_method_find(req->method) &&
                (req->method_id == WEIR_METHOD_OTHER ||
                 weir_str_equal(req->method, weir_method_name(req->method_id))),
            "the id of a method is that of its name");
    at += req->method.len;
    require(in[at++] == ' ', "one space follows the method");
    require(req->target.p == in + at && req->target.len > 0 && req->target.len < r->used - at,
            "the target begins behind one space");
    for (size_t i = 0; i < req->target.len; i++)
        require((unsigned char)req->target.p[i] > ' ' && req->target.p[i] != 0x7f,
                "a target has no blank and no control octet");
    at += req->target.len;
    require(r->used - at > 11 && memcmp(in + at, " HTTP/1.", 8) == 0 &&
                in[at + 8] == (char)('0' + req->minor) && memcmp(in + at + 9, "\r\n", 2) == 0,
            "one space, the version and CR LF follow the target");
    check_fields(in, at + 11, r->used, req->fields, req->field_count);
    check_target(req);
}

static void check_same(const reading *a, const reading *b)
{
    require(a->err == b->err, "the verdict is the same wherever the input is cut");
    require(a->used == b->used, "the offset is the same wherever the input is cut");
    if (a->err != WEIR_OK) return;
    require(span_same(a->req.method, a->in, b->req.method, b->in) &&
                span_same(a->req.target, a->in, b->req.target, b->in) &&
                a->req.method_id == b->req.method_id && a->req.minor == b->req.minor &&
                a->req.bytes == b->req.bytes && a->req.field_count == b->req.field_count,
            "the start line is the same wherever the input is cut");
    check_fields_same(a->req.fields, a->in, b->req.fields, b->in, a->req.field_count);

    weir_framing fa = {0}, fb = {0};
    weir_error err = weir_request_framing(&a->req, &fa);
    require(err == weir_request_framing(&b->req, &fb) && framing_same(err, &fa, &fb),
            "the framing is the same wherever the input is cut");
    if (err != WEIR_OK) {
        require(fa.field <= a->req.field_count && fa.at <= a->used,
                "the fault of a framing is inside the head");
        return;
    }
    require(fa.kind == WEIR_FRAMING_NONE || fa.kind == WEIR_FRAMING_LENGTH ||
                fa.kind == WEIR_FRAMING_CHUNKED,
            "a request has no payload, a length, or chunks");
    require(weir_framing_rule_text(fa.rule)[0] != '\0', "a framing has a rule that says so");
    check_framing(&fa, a->req.fields, a->req.field_count, a->req.minor);
}

#include "head_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dice d = dice_from(data, size);
    weir_limits tight = weir_limits_default;
    tight.head_bytes_max = 40 + (uint32_t)dice_roll(&d, 100);
    tight.method_bytes_max = 7;
    tight.target_bytes_max = 20;
    tight.empty_lines_max = 1;
    tight.line_bytes_max = 30 + (uint32_t)dice_roll(&d, 70);
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
