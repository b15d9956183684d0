/* SPDX-License-Identifier: MIT */
/* head.c - octets to heads: a machine over the octets that stops and goes on anywhere. */
#include "weir/head.h"

#include "ascii.h"
#include "internal.h"
#include "scan.h"

static const char head_version[] = "HTTP/";

enum {
    HEAD_VERSION_OCTETS = 8,
    HEAD_STATUS_OCTETS = 3
};

void weir_head_init(weir_head *h, weir_field *fields, size_t count, const weir_limits *limits)
{
    *h = (weir_head){
        .fields = fields,
        .field_max = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX,
        .limits = limits != NULL ? limits : &weir_limits_default,
    };
}

/* Member by member: once a message, GCC's REP STOS for a whole struct would be felt. */
void weir_head_reset(weir_head *h)
{
    h->count = h->at = h->mark = h->line_at = h->allowed = h->empty_lines = 0;
    h->method_at = h->method_len = h->target_at = h->target_len = 0;
    h->reason_at = h->reason_len = h->path_len = 0;
    h->error_at = h->quick_end = 0;
    h->quick = h->status = 0;
    h->kind = h->state = h->minor = h->method_id = h->error = 0;
    h->plain = false;
}

void weir_head_use(weir_head *h, weir_isa isa)
{
    h->isa = (uint8_t)isa;
}

/* The one place that sets the error. `at` is the offset of the octet at fault. */
static weir_error head_fail(weir_head *h, weir_error error, uint32_t at)
{
    h->error = (uint8_t)error;
    h->error_at = at;
    h->quick = 0;
    return error;
}

/* Goes on behind the octet at h->at. */
static weir_error head_go(weir_head *h, enum head_state next)
{
    h->at++;
    h->mark = h->at;
    h->state = (uint8_t)next;
    return WEIR_OK;
}

/* Moves h->at behind the octets of a class; true when another octet is at hand. */
static bool head_skip(weir_head *h, const char *in, uint32_t end, unsigned bits)
{
    const char *p = in + h->at, *stop = in + end;
    p = bits == WEIR__FIELD ? weir__scan_field((weir_isa)h->isa, p, stop)
                            : weir__scan_while(p, stop, bits);
    h->at = (uint32_t)(p - in);
    return h->at < end;
}

/* Puts up with something, if that is allowed, and notes it. */
static bool head_allows(weir_head *h, uint32_t leniency)
{
    if (!(h->limits->allow & leniency)) return false;
    h->allowed |= leniency;
    return true;
}

/* A line end where one is allowed, or what is wrong with the octet `c` that stands there. `next` takes
 * the LF. */
static weir_error head_line_end(weir_head *h, unsigned char c, enum head_state next,
                                weir_error otherwise)
{
    if (c == '\r') return head_go(h, next);
    if (c == '\n' && head_allows(h, WEIR_ALLOW_BARE_LF)) {
        h->state = (uint8_t)next; /* as if a CR had been there */
        return WEIR_OK;
    }
    return head_fail(h, c == '\n' ? WEIR_ERR_LINE_END : otherwise, h->at);
}

/* The LF behind a CR, else the CR was a bare one (RFC 9112 §2.2). */
static weir_error head_lf(weir_head *h, unsigned char c, enum head_state next)
{
    if (c != '\n') return head_fail(h, WEIR_ERR_BARE_CR, h->at - 1);
    h->line_at = h->at + 1;
    return head_go(h, next);
}

/* RFC 9112 §2.2: a server ignores at least one empty line before a request line. */
static weir_error head_empty(weir_head *h, unsigned char c)
{
    if (c == '\r' || c == '\n') {
        weir_error err = head_line_end(h, c, HEAD_EMPTY_LF, WEIR_ERR_LINE_END);
        if (err != WEIR_OK || h->empty_lines++ < h->limits->empty_lines_max) return err;
        return head_fail(h, WEIR_ERR_EMPTY_LINES, h->at - (c == '\r'));
    }
    if (!weir__is(c, WEIR__TCHAR)) return head_fail(h, WEIR_ERR_START_LINE, h->at);
    h->state = HEAD_METHOD;
    h->method_at = h->at;
    return WEIR_OK;
}

/* RFC 9112 §3.1. The limit cuts the span, so that it is met at the same octet at every cut. */
static weir_error head_method(weir_head *h, const char *in, uint32_t end)
{
    uint32_t most = h->limits->method_bytes_max;
    uint32_t stop = end - h->method_at > most ? h->method_at + most : end;
    if (!head_skip(h, in, stop, WEIR__TCHAR) && stop == end) return WEIR_OK;
    unsigned char c = (unsigned char)in[h->at];
    if (weir__is(c, WEIR__TCHAR)) return head_fail(h, WEIR_ERR_METHOD_BYTES, h->at);
    if (c == '\r' || c == '\n') return head_fail(h, WEIR_ERR_START_LINE, h->at);
    if (c != ' ') return head_fail(h, WEIR_ERR_METHOD, h->at);
    h->method_len = h->at - h->method_at;
    h->method_id = (uint8_t)weir_method_find((weir_str){in + h->method_at, h->method_len});
    h->target_at = h->at + 1;
    return head_go(h, HEAD_TARGET);
}

/* RFC 9112 §3.2. Only its octets: head_target_check() reads it when the line is whole. */
static weir_error head_target(weir_head *h, const char *in, uint32_t end)
{
    uint32_t most = h->limits->target_bytes_max;
    uint32_t stop = end - h->target_at > most ? h->target_at + most : end;
    const char *p = in + h->at;
    while (p < in + stop && (unsigned char)*p > ' ' && (unsigned char)*p < 0x7F)
        p++;
    h->at = (uint32_t)(p - in);
    if (h->at == end) return WEIR_OK;
    unsigned char c = (unsigned char)*p;
    if (c == ' ' && h->at > h->target_at) {
        h->target_len = h->at - h->target_at;
        return head_go(h, HEAD_VERSION);
    }
    if (c == ' ') return head_fail(h, WEIR_ERR_START_LINE, h->at);
    if (c == '\n') return head_fail(h, WEIR_ERR_LINE_END, h->at);
    if (c == '\r') return head_fail(h, WEIR_ERR_START_LINE, h->at);
    if (c > ' ' && c < 0x7F) return head_fail(h, WEIR_ERR_TARGET_BYTES, h->at);
    return head_fail(h, WEIR_ERR_TARGET, h->at);
}

/* RFC 9112 §2.3: HTTP-name "/" DIGIT "." DIGIT, with case. */
static weir_error head_version_octet(weir_head *h, unsigned char c)
{
    uint32_t i = h->at - h->mark;
    bool fits = i < 5 ? c == (unsigned char)head_version[i]
                      : (i == 6 ? c == '.' : weir__is(c, WEIR__DIGIT));
    if (!fits) {
        bool nothing = i == 0 && h->kind == HEAD_REQUEST && (c == '\r' || c == ' ');
        return head_fail(h, nothing ? WEIR_ERR_START_LINE : WEIR_ERR_VERSION, h->at);
    }
    if (i < HEAD_VERSION_OCTETS - 1) {
        h->at++;
        return WEIR_OK;
    }
    h->minor = (uint8_t)(c - '0');
    return head_go(h, HEAD_VERSION_END);
}

/* Only a well-formed version that is whole can be one that is not supported. */
static weir_error head_version_end(weir_head *h, const char *in, unsigned char c)
{
    bool response = h->kind == HEAD_RESPONSE;
    uint32_t major = h->at - 3;
    weir_error err = WEIR_OK;
    if (!response)
        err = head_line_end(h, c, HEAD_START_LF, WEIR_ERR_VERSION);
    else if (c != ' ')
        err = head_fail(h, c == '\n' ? WEIR_ERR_LINE_END : WEIR_ERR_STATUS_LINE, h->at);
    if (err != WEIR_OK) return err;
    if (in[major] != '1') return head_fail(h, WEIR_ERR_VERSION_UNSUPPORTED, major);
    return response ? head_go(h, HEAD_STATUS) : WEIR_OK;
}

/* RFC 9112 §4: three digits. Above 599 they are for the client to take as 5xx (RFC 9110 §15). */
static weir_error head_status_octet(weir_head *h, unsigned char c)
{
    uint32_t i = h->at - h->mark;
    if (!weir__is(c, WEIR__DIGIT)) return head_fail(h, WEIR_ERR_STATUS_LINE, h->at);
    if (i == 0 && c == '0') return head_fail(h, WEIR_ERR_STATUS, h->at);
    h->status = (uint16_t)(h->status * 10 + (c - '0'));
    if (i == HEAD_STATUS_OCTETS - 1) return head_go(h, HEAD_STATUS_END);
    h->at++;
    return WEIR_OK;
}

/* The space is there even where the reason is empty (RFC 9112 §4). */
static weir_error head_status_end(weir_head *h, unsigned char c)
{
    if ((c == '\r' || c == '\n') && head_allows(h, WEIR_ALLOW_NO_REASON)) {
        h->reason_at = h->at;
        return head_line_end(h, c, HEAD_START_LF, WEIR_ERR_STATUS_LINE);
    }
    if (c != ' ') return head_fail(h, WEIR_ERR_STATUS_LINE, h->at);
    h->reason_at = h->at + 1;
    return head_go(h, HEAD_REASON);
}

static weir_error head_reason(weir_head *h, const char *in, uint32_t end)
{
    if (!head_skip(h, in, end, WEIR__REASON)) return WEIR_OK;
    h->reason_len = h->at - h->reason_at;
    return head_line_end(h, (unsigned char)in[h->at], HEAD_START_LF, WEIR_ERR_REASON);
}

/*
 * The start line is whole: now the target is read for what it is, so that a version which is not
 * supported is told first. Its parts are taken again when the head is whole: only then do its
 * octets stay where they are.
 */
static weir_error head_target_check(weir_head *h, const char *in)
{
    weir_target parts;
    size_t at = 0;
    weir_error err = weir_target_parse_allowing((weir_str){in + h->target_at, h->target_len},
                                                (weir_method)h->method_id, h->limits->allow, &parts,
                                                &h->allowed, &at);
    if (err != WEIR_OK) return head_fail(h, err, h->target_at + (uint32_t)at);
    h->path_len = parts.form == WEIR_TARGET_ORIGIN ? (uint32_t)parts.path.len : 0;
    return WEIR_OK;
}

static weir_error head_start_lf(weir_head *h, const char *in, unsigned char c)
{
    weir_error err = head_lf(h, c, HEAD_LINE);
    return err == WEIR_OK && h->kind == HEAD_REQUEST ? head_target_check(h, in) : err;
}

/* Every state of the start line answers every octet. */
static weir_error head_start_step(weir_head *h, const char *in, uint32_t end)
{
    unsigned char c = (unsigned char)in[h->at];
    switch ((enum head_state)h->state) {
    case HEAD_EMPTY: return head_empty(h, c);
    case HEAD_EMPTY_LF: return head_lf(h, c, HEAD_EMPTY);
    case HEAD_METHOD: return head_method(h, in, end);
    case HEAD_TARGET: return head_target(h, in, end);
    case HEAD_VERSION: return head_version_octet(h, c);
    case HEAD_VERSION_END: return head_version_end(h, in, c);
    case HEAD_STATUS: return head_status_octet(h, c);
    case HEAD_STATUS_END: return head_status_end(h, c);
    case HEAD_REASON: return head_reason(h, in, end);
    case HEAD_START_LF: return head_start_lf(h, in, c);
    case HEAD_LINE:
    case HEAD_NAME:
    case HEAD_NAME_SPACE:
    case HEAD_BLANK:
    case HEAD_VALUE:
    case HEAD_VALUE_LF:
    case HEAD_LAST_LF:
    case HEAD_DONE: break;
    }
    weir_unreachable(); /* head_go_on() sends these to head_field_step() */
}

/* RFC 9112 §2.2 and §5.2: no whitespace before the first line, no folded line behind another. */
static weir_error head_line(weir_head *h, unsigned char c)
{
    if (c == '\r' || c == '\n') return head_line_end(h, c, HEAD_LAST_LF, WEIR_ERR_LINE_END);
    if (c == ' ' || c == '\t')
        return head_fail(h, h->count == 0 ? WEIR_ERR_LEADING_SPACE : WEIR_ERR_FOLD, h->at);
    if (!weir__is(c, WEIR__TCHAR)) return head_fail(h, WEIR_ERR_FIELD_NAME, h->at);
    if (h->kind == HEAD_FIELDS && h->count == h->limits->trailers_max)
        return head_fail(h, WEIR_ERR_TRAILERS, h->at);
    if (h->count == h->field_max) return head_fail(h, WEIR_ERR_FIELDS, h->at);
    h->mark = h->at;
    h->state = HEAD_NAME;
    return WEIR_OK;
}

/* RFC 9112 §5.1: nothing between the name and its colon, or in a response what is put up with. */
static weir_error head_name(weir_head *h, const char *in, uint32_t end)
{
    if (!head_skip(h, in, end, WEIR__TCHAR)) return WEIR_OK;
    unsigned char c = (unsigned char)in[h->at];
    bool space = c == ' ' || c == '\t';
    if (space && (h->kind != HEAD_RESPONSE || !head_allows(h, WEIR_ALLOW_SPACE_BEFORE_COLON)))
        return head_fail(h, WEIR_ERR_NAME_SPACE, h->at);
    if (c == '\n') return head_fail(h, WEIR_ERR_LINE_END, h->at);
    if (c == '\r') return head_fail(h, WEIR_ERR_FIELD_LINE, h->at);
    if (c != ':' && !space) return head_fail(h, WEIR_ERR_FIELD_NAME, h->at);

    weir_field *f = &h->fields[h->count];
    *f = (weir_field){.name = {NULL, h->at - h->mark}, .name_at = h->mark};
    f->id = weir_field_find((weir_str){in + h->mark, h->at - h->mark});
    return head_go(h, space ? HEAD_NAME_SPACE : HEAD_BLANK);
}

static weir_error head_name_space(weir_head *h, unsigned char c)
{
    if (c == ' ' || c == '\t') return head_go(h, HEAD_NAME_SPACE);
    return c == ':' ? head_go(h, HEAD_BLANK) : head_fail(h, WEIR_ERR_FIELD_NAME, h->at);
}

static weir_error head_blank(weir_head *h, const char *in, uint32_t end)
{
    while (h->at < end && (in[h->at] == ' ' || in[h->at] == '\t'))
        h->at++;
    if (h->at == end) return WEIR_OK;
    h->mark = h->at;
    h->state = HEAD_VALUE;
    return WEIR_OK;
}

/* RFC 9110 §5.5: the whitespace around a value is not part of it. */
static weir_error head_value(weir_head *h, const char *in, uint32_t end)
{
    if (!head_skip(h, in, end, WEIR__FIELD)) return WEIR_OK;
    uint32_t tail = h->at;
    while (tail > h->mark && (in[tail - 1] == ' ' || in[tail - 1] == '\t'))
        tail--;
    weir_field *f = &h->fields[h->count];
    f->value_at = h->mark;
    f->value = (weir_str){NULL, tail - h->mark};
    return head_line_end(h, (unsigned char)in[h->at], HEAD_VALUE_LF, WEIR_ERR_FIELD_VALUE);
}

static weir_error head_value_lf(weir_head *h, unsigned char c)
{
    weir_error err = head_lf(h, c, HEAD_LINE);
    if (err == WEIR_OK) h->count++;
    return err;
}

/* Every state of the field lines answers every octet. */
static weir_error head_field_step(weir_head *h, const char *in, uint32_t end)
{
    unsigned char c = (unsigned char)in[h->at];
    switch ((enum head_state)h->state) {
    case HEAD_LINE: return head_line(h, c);
    case HEAD_NAME: return head_name(h, in, end);
    case HEAD_NAME_SPACE: return head_name_space(h, c);
    case HEAD_BLANK: return head_blank(h, in, end);
    case HEAD_VALUE: return head_value(h, in, end);
    case HEAD_VALUE_LF: return head_value_lf(h, c);
    case HEAD_LAST_LF: return head_lf(h, c, HEAD_DONE);
    case HEAD_EMPTY:
    case HEAD_EMPTY_LF:
    case HEAD_METHOD:
    case HEAD_TARGET:
    case HEAD_VERSION:
    case HEAD_VERSION_END:
    case HEAD_STATUS:
    case HEAD_STATUS_END:
    case HEAD_REASON:
    case HEAD_START_LF:
    case HEAD_DONE: break;
    }
    weir_unreachable(); /* head_go_on() sends these to head_start_step(), or stops */
}

/*
 * The octets that a head of this kind may have, and the error for more. Trailers are kept to both
 * limits: the caller's buffer has room for head_bytes_max, and MORE must not meet a full one.
 */
static uint32_t head_bytes_max(const weir_head *h, weir_error *too_many)
{
    const weir_limits *limits = h->limits;
    bool trailers = h->kind == HEAD_FIELDS;
    *too_many = trailers ? WEIR_ERR_TRAILER_BYTES : WEIR_ERR_HEAD_BYTES;
    bool fewer = trailers && limits->trailer_bytes_max < limits->head_bytes_max;
    return fewer ? limits->trailer_bytes_max : limits->head_bytes_max;
}

/* Fewer octets are not worth the start of a reader of lines. */
enum {
    HEAD_LINES_OCTETS_MIN = 32
};

/* What a line that begins here is the first of, or -1 where none begins. */
static int head_first(const weir_head *h)
{
    if (h->state == HEAD_LINE) return h->at >= WEIR__LINES_BEHIND ? WEIR__FIRST_FIELD : -1;
    if (h->state == HEAD_EMPTY) return WEIR__FIRST_REQUEST;
    return h->at == 0 && h->kind == HEAD_RESPONSE ? WEIR__FIRST_RESPONSE : -1;
}

/* Takes whole lines at once, where a line begins; the octet machine goes on behind them. */
static void head_lines(weir_head *h, const char *in, uint32_t end)
{
    int first = head_first(h);
    if (first < 0) return;
    enum weir__lines taken = weir__read_lines(h, in, end, (enum weir__first)first);
    h->line_at = h->at;
    if (taken != WEIR__LINES_NONE)
        h->state = taken == WEIR__LINES_ALL ? (uint8_t)HEAD_DONE : (uint8_t)HEAD_LINE;
}

/* Offsets become spans: until now the octets might have moved. */
static void head_place(weir_head *h, const char *in)
{
    for (uint32_t i = 0; i < h->count; i++) {
        weir_field *f = &h->fields[i];
        f->name.p = in + f->name_at;
        f->value.p = in + f->value_at;
    }
}

/*
 * Where octets come one by one, most belong to the name, value or target that is being read: what
 * head_quick() then asks is all there is to do. Of its class some are missing, but none is too many;
 * the bound is below every limit.
 */
static weir_error head_more(weir_head *h, uint32_t max)
{
    static const uint16_t classes[HEAD_DONE + 1] = {
        [HEAD_METHOD] = WEIR__TCHAR, [HEAD_TARGET] = WEIR__TARGET, [HEAD_REASON] = WEIR__REASON,
        [HEAD_NAME] = WEIR__TCHAR,   [HEAD_VALUE] = WEIR__FIELD,
    };
    h->quick = classes[h->state];
    h->quick_end = max - 1;
    uint32_t end = h->state == HEAD_METHOD   ? h->method_at + h->limits->method_bytes_max
                   : h->state == HEAD_TARGET ? h->target_at + h->limits->target_bytes_max
                                             : max;
    if (end < h->quick_end) h->quick_end = end;
    if (h->line_at + h->limits->line_bytes_max < h->quick_end)
        h->quick_end = h->line_at + h->limits->line_bytes_max;
    return WEIR_MORE;
}

/* One octet came that belongs to what is being read. */
static inline bool head_quick(weir_head *h, const char *in, size_t len)
{
    uint32_t at = h->at;
    if (len - at != 1 || at >= h->quick_end || !weir__is((unsigned char)in[at], h->quick))
        return false;
    h->at = at + 1;
    return true;
}

/* Reads on in what has arrived. WEIR_OK: the head is whole, and its spans are in place. */
static weir_error head_go_on(weir_head *h, const char *in, size_t len)
{
    if (h->error != WEIR_OK) return (weir_error)h->error;
    weir_error too_many;
    uint32_t max = head_bytes_max(h, &too_many);
    uint32_t end = len < max ? (uint32_t)len : max;
    while (h->at < end && h->state != HEAD_DONE) {
        if (!h->plain && end - h->at >= HEAD_LINES_OCTETS_MIN) head_lines(h, in, end);
        if (h->at == end || h->state == HEAD_DONE) break;
        uint32_t line_end = h->line_at + h->limits->line_bytes_max;
        if (h->at == line_end) return head_fail(h, WEIR_ERR_LINE_BYTES, h->at);
        uint32_t stop = end < line_end ? end : line_end;
        weir_error err =
            h->state < HEAD_LINE ? head_start_step(h, in, stop) : head_field_step(h, in, stop);
        if (err != WEIR_OK) return err;
    }
    if (h->state != HEAD_DONE)
        return h->at >= max ? head_fail(h, too_many, max) : head_more(h, max);
    head_place(h, in);
    return WEIR_OK;
}

/* A head of which nothing is read yet, or that is not whole. One begun as one kind is not read on as
 * another: that is the caller's mistake. */
WEIR__APART static weir_error head_run(weir_head *h, enum head_kind kind, const char *in,
                                       size_t len)
{
    if (h->kind == HEAD_FRESH) {
        h->kind = (uint8_t)kind;
        h->state = kind == HEAD_REQUEST    ? HEAD_EMPTY
                   : kind == HEAD_RESPONSE ? HEAD_VERSION
                                           : HEAD_LINE;
        if (kind == HEAD_FIELDS) h->plain = true; /* trailers are few and short */
        if (!h->plain && h->isa == WEIR_ISA_AUTO) h->isa = (uint8_t)weir_isa_best();
    }
    weir_assert(h->kind == kind);
    return head_go_on(h, in, len);
}

/* Most heads are whole when they come: then one call has it all. False: it does not. */
static inline bool head_whole(weir_head *h, enum head_kind kind, const char *in, size_t len)
{
    if (h->kind != HEAD_FRESH || len < HEAD_LINES_OCTETS_MIN) return false;
    if (h->isa == WEIR_ISA_AUTO) return false;
    uint32_t max = h->limits->head_bytes_max, end = len < max ? (uint32_t)len : max;
    enum weir__lines taken =
        weir__read_lines(h, in, end,
                         kind == HEAD_REQUEST ? WEIR__FIRST_REQUEST : WEIR__FIRST_RESPONSE);
    if (taken == WEIR__LINES_NONE) return false;
    weir__head_has_read(h, kind, taken == WEIR__LINES_ALL ? HEAD_DONE : HEAD_LINE);
    return taken == WEIR__LINES_ALL;
}

/* `used` as head.h promises it: nothing until the head is whole, the octet at fault on an error. */
static size_t head_used(const weir_head *h, weir_error err)
{
    if (err == WEIR_OK) return h->at;
    return weir_is_error(err) ? h->error_at : 0;
}

/* The parts of any target. */
WEIR__APART static void head_target_parts(const weir_head *h, weir_request *req)
{
    size_t at;
    uint32_t allowed = 0;
    weir_error err = weir_target_parse_allowing(req->target, req->method_id, h->limits->allow,
                                                &req->parts, &allowed, &at);
    weir_assert(err == WEIR_OK);
}

WEIR__APART weir_error weir__request_any(weir_head *h, const char *in, size_t len,
                                         weir_request *req, size_t *used)
{
    if (!head_whole(h, HEAD_REQUEST, in, len)) {
        weir_error err = head_run(h, HEAD_REQUEST, in, len);
        *used = head_used(h, err);
        if (err != WEIR_OK) return err;
    }
    *used = h->at;
    weir__request_facts(h, in, req);
    if (h->path_len != 0)
        weir__origin_parts(h, req->target, &req->parts);
    else
        head_target_parts(h, req);
    return WEIR_OK;
}

weir_error weir_request_parse(weir_head *h, const char *in, size_t len, weir_request *req,
                              size_t *used)
{
    if (head_quick(h, in, len)) {
        *used = 0;
        return WEIR_MORE;
    }
    return h->kind == HEAD_FRESH ? weir__request_fresh(h, in, len, req, used)
                                 : weir__request_any(h, in, len, req, used);
}

bool weir_request_start(const weir_head *h, weir_method *method, uint8_t *minor)
{
    if (h->kind != HEAD_REQUEST || h->state < HEAD_TARGET) return false;
    bool is_good = h->error == WEIR_OK || h->error_at >= h->line_at; /* or its target is not */
    *method = (weir_method)h->method_id;
    *minor = h->state >= HEAD_LINE && is_good ? h->minor : 0;
    return true;
}

WEIR__APART static weir_error head_response(weir_head *h, const char *in, size_t len,
                                            weir_response *res, size_t *used)
{
    if (!head_whole(h, HEAD_RESPONSE, in, len)) {
        weir_error err = head_run(h, HEAD_RESPONSE, in, len);
        *used = head_used(h, err);
        if (err != WEIR_OK) return err;
    }
    *used = h->at;
    *res = (weir_response){
        .status = h->status,
        .reason = {in + h->reason_at, h->reason_len},
        .fields = h->fields,
        .field_count = h->count,
        .minor = h->minor,
        .allowed = h->allowed,
        .bytes = h->at,
    };
    return WEIR_OK;
}

weir_error weir_response_parse(weir_head *h, const char *in, size_t len, weir_response *res,
                               size_t *used)
{
    if (!head_quick(h, in, len)) return head_response(h, in, len, res, used);
    *used = 0;
    return WEIR_MORE;
}

weir_error weir_fields_parse(weir_head *h, const char *in, size_t len, size_t *count, size_t *used)
{
    weir_error err = head_run(h, HEAD_FIELDS, in, len);
    *used = head_used(h, err);
    if (err != WEIR_OK) return err;
    *count = h->count;
    return WEIR_OK;
}

const weir_field *weir_fields_find(const weir_field *fields, size_t count, weir_field_id id)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].id == id) return &fields[i];
    return NULL;
}

const weir_field *weir_fields_find_name(const weir_field *fields, size_t count, weir_str name)
{
    for (size_t i = 0; i < count; i++)
        if (weir_str_equal_nocase(fields[i].name, name)) return &fields[i];
    return NULL;
}
