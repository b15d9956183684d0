/* SPDX-License-Identifier: MIT */
/*
 * Messages, against a second parser that is written from the RFCs' grammar (reference_parser.h). The first
 * octet says what is read: 'q' a request, 'g', 'h' and 'c' a response to GET, HEAD and CONNECT. The second
 * is passed over (a line end, for the reader). The rest is the wire.
 *
 * - Verdict: what one accepts, refuses, or takes for a beginning, so does the other, and a request is
 *   refused with a status that fits what is wrong.
 * - Spans: method, target, version, status, reason, names and values are the same octets.
 * - Framing: the payload is framed alike, and the connection persists alike.
 * - Payload, trailers and the message's end are the same octets.
 *
 * Where two readers of one message differ, a request can be smuggled past one of them.
 */
#include "reference_parser.h"
#include "support.h"

typedef struct {
    ref_message said; /* by the reference */
    const char *in;   /* the wire */
    size_t len;
    uint8_t *in_payload; /* of each octet, by the reference; then by weir */
    weir_limits limits;
    weir_head head;
    weir_field fields[REF_FIELDS];
} comparison;

static bool is_same(const comparison *c, weir_str a, ref_span b)
{
    return a.len == b.len && (a.len == 0 || a.p == c->in + b.at);
}

/* `err` is what weir says of a part of the message. True: both have read it to its end. */
static bool agree(const comparison *c, weir_error err, ref_part part)
{
    const ref_message *m = &c->said;
    if (err == WEIR_OK || err == WEIR_END) {
        require(m->part > part, "what weir accepts, the grammar accepts");
        return true;
    }
    require(m->part == part, "what the grammar accepts, weir accepts");
    if (err == WEIR_MORE || err == WEIR_ERR_TRUNCATED) {
        require(m->verdict == REF_MORE, "what weir waits for, the grammar waits for");
        return false;
    }
    require(m->verdict == REF_REFUSED, "what weir refuses, the grammar refuses");
    bool fits = false;
    for (size_t i = 0; i < 4; i++)
        fits = fits || m->refusals[i] == weir_error_info(err)->status;
    require(fits || m->status != 0 || m->method.len == 0,
            "a request is refused with a status that fits what is wrong");
    return false;
}

static void agree_fields(const comparison *c, const weir_field *fields, size_t count,
                         const ref_section *s)
{
    require(count == s->count, "there are as many fields");
    for (size_t i = 0; i < count; i++)
        require(is_same(c, fields[i].name, s->field[i].name) &&
                    is_same(c, fields[i].value, s->field[i].value),
                "a field has the same name and value");
}

static void agree_framing(const comparison *c, const weir_framing *f)
{
    static const ref_payload kinds[] = {
        [WEIR_FRAMING_NONE] = REF_NO_PAYLOAD, [WEIR_FRAMING_LENGTH] = REF_LENGTH,
        [WEIR_FRAMING_CHUNKED] = REF_CHUNKED, [WEIR_FRAMING_CLOSE] = REF_UNTIL_CLOSE,
        [WEIR_FRAMING_TUNNEL] = REF_TUNNEL,
    };
    const ref_message *m = &c->said;
    require(kinds[f->kind] == m->payload, "the payload is framed alike");
    require(f->kind != WEIR_FRAMING_LENGTH || f->length == m->length, "its length is the same");
    require(f->persistent == m->persistent, "the connection persists alike");
    require(f->expects_continue == m->expects_continue, "100 is expected alike");
    require(f->upgrade == m->upgrade, "another protocol is offered alike");
}

/* The payload, the trailers, and where the message ends; `at` is where the payload begins. */
static void compare_body(comparison *c, const weir_framing *f, size_t at)
{
    uint8_t *mine = c->in_payload + c->len;
    weir_field fields[REF_FIELDS];
    weir_head trailers;
    weir_body body;
    weir_error err;
    size_t used;
    weir_str payload;
    weir_head_init(&trailers, fields, REF_FIELDS, &c->limits);
    weir_body_init(&body, f, &trailers);
    while ((err = weir_body_next(&body, c->in + at, c->len - at, &used, &payload)) == WEIR_OK) {
        require(span_inside(payload, c->in + at, used), "payload is where it was read");
        memset(mine + (payload.p - c->in), 1, payload.len);
        at += used;
    }
    at += used;
    if (err == WEIR_MORE) err = weir_body_stop(&body);
    if (!agree(c, err, REF_IN_BODY)) return;
    require(at == c->said.end, "the message ends at the same octet");
    require(c->len == 0 || memcmp(mine, c->in_payload, c->len) == 0,
            "the payload is the same octets");
    if (f->kind == WEIR_FRAMING_CHUNKED) agree_fields(c, fields, trailers.count, &c->said.trailers);
}

static void compare_request(comparison *c)
{
    weir_request req;
    weir_framing f;
    size_t used;
    if (!agree(c, weir_request_parse(&c->head, c->in, c->len, &req, &used), REF_IN_HEAD)) return;
    const ref_message *m = &c->said;
    require(used == m->head_end, "the head ends at the same octet");
    require(is_same(c, req.method, m->method) && is_same(c, req.target, m->target) &&
                req.minor == m->minor,
            "the request line has the same method, target and version");
    agree_fields(c, req.fields, req.field_count, &m->head);
    if (!agree(c, weir_request_framing(&req, &f), REF_IN_FRAMING)) return;
    agree_framing(c, &f);
    compare_body(c, &f, used);
}

static void compare_response(comparison *c, weir_method asked)
{
    weir_response res;
    weir_framing f;
    size_t used;
    if (!agree(c, weir_response_parse(&c->head, c->in, c->len, &res, &used), REF_IN_HEAD)) return;
    const ref_message *m = &c->said;
    require(used == m->head_end, "the head ends at the same octet");
    require(res.status == m->status && is_same(c, res.reason, m->reason) && res.minor == m->minor,
            "the status line has the same version, status and reason");
    agree_fields(c, res.fields, res.field_count, &m->head);
    if (!agree(c, weir_response_framing(&res, asked, &f), REF_IN_FRAMING)) return;
    agree_framing(c, &f);
    compare_body(c, &f, used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    dice d = dice_from(data, size);
    comparison c;
    c.len = size - 2;
    c.limits = weir_limits_default;
    char *in = copy_exact(data + 2, c.len);
    c.in = in;
    text marks = {0};
    text_zeros(&marks, 2 * c.len + 1);
    c.in_payload = (uint8_t *)marks.p;
    ref_kind kind = data[0] == 'g'   ? REF_RESPONSE_TO_GET
                    : data[0] == 'h' ? REF_RESPONSE_TO_HEAD
                    : data[0] == 'c' ? REF_RESPONSE_TO_CONNECT
                                     : REF_REQUEST;
    ref_read(&c.said, kind, (const uint8_t *)in, c.len, c.in_payload);

    weir_head_init(&c.head, c.fields, REF_FIELDS, &c.limits);
    weir_head_use(&c.head, is_due(&d, 16) ? isa_pick(&d) : isa_any());
    switch (kind) {
    case REF_REQUEST: compare_request(&c); break;
    case REF_RESPONSE_TO_GET: compare_response(&c, WEIR_METHOD_GET); break;
    case REF_RESPONSE_TO_HEAD: compare_response(&c, WEIR_METHOD_HEAD); break;
    case REF_RESPONSE_TO_CONNECT: compare_response(&c, WEIR_METHOD_CONNECT); break;
    }
    text_free(&marks);
    copy_free(in, c.len);
    return 0;
}
