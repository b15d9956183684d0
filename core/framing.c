/* SPDX-License-Identifier: MIT */
/* framing.c - the rules that say where a message ends, each once (RFC 9112 §6, §9, §11). */
#include "weir/framing.h"

#include "ascii.h"
#include "internal.h"
#include "scan_host.h"
#include "value.h"

/*
 * How many fields there are of each kind that matters here: ten bits a kind, so that one sum over a
 * section has all. More than 1023 fields of a kind would run into the next: see framing_tally().
 */
#define FRAMING_ONE(kind) (UINT64_C(1) << 10 * (kind))
#define FRAMING_HOST FRAMING_ONE(0)
#define FRAMING_LENGTH FRAMING_ONE(1)
#define FRAMING_CODING FRAMING_ONE(2)
#define FRAMING_CONNECTION FRAMING_ONE(3)
#define FRAMING_UPGRADE FRAMING_ONE(4)
#define FRAMING_EXPECT FRAMING_ONE(5)
#define FRAMING_MOST 1023

static const uint64_t framing_kinds[WEIR_FIELD_COUNT] = {
    [WEIR_FIELD_HOST] = FRAMING_HOST,
    [WEIR_FIELD_CONTENT_LENGTH] = FRAMING_LENGTH,
    [WEIR_FIELD_TRANSFER_ENCODING] = FRAMING_CODING,
    [WEIR_FIELD_CONNECTION] = FRAMING_CONNECTION,
    [WEIR_FIELD_UPGRADE] = FRAMING_UPGRADE,
    [WEIR_FIELD_EXPECT] = FRAMING_EXPECT,
};

/* What the fields of one message say that matters for framing. */
typedef struct {
    const weir_field *fields;
    size_t count;
    uint64_t tally;         /* how many of each kind */
    bool close, keep_alive; /* Connection options */
    bool upgrade_option;    /* Connection: upgrade */
    bool continues;         /* Expect: 100-continue */
    weir_framing *out;
} framing_facts;

/* Says where the fault lies. `index` may be the number of fields: then the head as a whole. */
static weir_error framing_fail(const framing_facts *facts, weir_error error, size_t index,
                               uint32_t bytes)
{
    facts->out->field = (uint32_t)index;
    facts->out->at = index < facts->count ? facts->fields[index].value_at : bytes;
    return error;
}

static bool framing_has(const framing_facts *facts, uint64_t kind)
{
    return (facts->tally & kind * FRAMING_MOST) != 0;
}

static bool framing_repeats(const framing_facts *facts, uint64_t kind)
{
    return (facts->tally & kind * (FRAMING_MOST - 1)) != 0;
}

/* Index of the first field with that id, at `from` or behind it; the number of fields: none. */
static size_t framing_find(const framing_facts *facts, weir_field_id id, size_t from)
{
    while (from < facts->count && facts->fields[from].id != id)
        from++;
    return from;
}

/* The sum over a section of no more than FRAMING_MOST fields. */
static inline uint64_t framing_sum(const weir_field *fields, size_t count)
{
    uint64_t tally = 0;
    for (const weir_field *f = fields, *end = fields + count; f != end; f++)
        tally += framing_kinds[f->id];
    return tally;
}

/* The sum over any section; a kind of which there are very many is counted as two. */
static uint64_t framing_tally(const weir_field *fields, size_t count)
{
    if (count <= FRAMING_MOST) return framing_sum(fields, count);
    uint64_t tally = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t kind = framing_kinds[fields[i].id];
        tally += kind;
        if ((tally & kind * FRAMING_MOST) == kind * FRAMING_MOST)
            tally -= kind * (FRAMING_MOST - 2);
    }
    return tally;
}

static bool framing_is(weir_str member, const char *word)
{
    return weir_str_equal_nocase(member, weir_str_of(word));
}

/* "keep-alive" and nothing else, by its first eight octets and its last eight. */
static bool framing_is_keep_alive(weir_str value)
{
    const uint64_t lower = UINT64_C(0x2020202020202020);
    return value.len == 10 && (weir__word(value.p) | lower) == UINT64_C(0x696c612d7065656b) &&
           (weir__word(value.p + 2) | lower) == UINT64_C(0x6576696c612d7065);
}

/* A field without which, or with which, a message ends elsewhere or goes elsewhere. */
static bool framing_is_framing_field(weir_str name)
{
    return framing_is(name, "content-length") || framing_is(name, "transfer-encoding") ||
           framing_is(name, "host");
}

/*
 * A word of a Connection value that names such a field: a next hop would drop that field and frame
 * the message otherwise. Words, not members: it may mind neither quotes nor parameters, as in
 * "\"a,content-length,b\"" or "content-length;a".
 */
static bool framing_drops_framing(weir_str value)
{
    size_t at = 0;
    while (at < value.len) {
        size_t begin = at;
        while (at < value.len && weir__is((unsigned char)value.p[at], WEIR__TCHAR))
            at++;
        if (at == begin)
            at++;
        else if (framing_is_framing_field((weir_str){value.p + begin, at - begin}))
            return true;
    }
    return false;
}

/* Connection options (RFC 9110 §7.6.1). False: refused. */
static bool framing_connection(framing_facts *facts, weir_str value)
{
    weir_str member;
    if (framing_is_keep_alive(value)) { /* as most say */
        facts->keep_alive = true;
        return true;
    }
    if (framing_drops_framing(value)) return false;
    weir_error err;
    while ((err = weir_list_next(&value, &member)) == WEIR_OK) {
        if (framing_is(member, "close"))
            facts->close = true;
        else if (framing_is(member, "keep-alive"))
            facts->keep_alive = true;
        else if (framing_is(member, "upgrade"))
            facts->upgrade_option = true;
    }
    if (err != WEIR_END)
        facts->close = true; /* a quote that does not end may hide it from us alone */
    return true;
}

/* The lines of Connection. */
static weir_error framing_connections(framing_facts *facts)
{
    size_t i = framing_find(facts, WEIR_FIELD_CONNECTION, 0);
    for (; i < facts->count; i = framing_find(facts, WEIR_FIELD_CONNECTION, i + 1)) {
        if (!framing_connection(facts, facts->fields[i].value))
            return framing_fail(facts, WEIR_ERR_CONNECTION, i, 0);
        if (!framing_repeats(facts, FRAMING_CONNECTION)) break;
    }
    return WEIR_OK;
}

static void framing_expectations(framing_facts *facts)
{
    size_t i = framing_find(facts, WEIR_FIELD_EXPECT, 0);
    for (; i < facts->count; i = framing_find(facts, WEIR_FIELD_EXPECT, i + 1))
        if (weir_list_has(facts->fields[i].value, weir_str_of("100-continue")))
            facts->continues = true;
}

static weir_error framing_read(framing_facts *facts, const weir_field *fields, size_t count,
                               weir_framing *out)
{
    facts->fields = fields;
    facts->count = count;
    facts->out = out;
    facts->tally = framing_tally(fields, count);
    facts->close = facts->keep_alive = facts->upgrade_option = facts->continues = false;
    if (facts->tally < FRAMING_CONNECTION) return WEIR_OK;
    if (framing_has(facts, FRAMING_EXPECT)) framing_expectations(facts);
    return framing_has(facts, FRAMING_CONNECTION) ? framing_connections(facts) : WEIR_OK;
}

/* RFC 9112 §9.3: HTTP/1.1 persists unless told otherwise, HTTP/1.0 only when told. */
static bool framing_persists(const framing_facts *facts, uint8_t minor)
{
    return !facts->close && (minor >= 1 || facts->keep_alive);
}

/* How the message ends. */
static void framing_set(weir_framing *out, weir_framing_kind kind, weir_framing_rule rule,
                        uint64_t length)
{
    out->kind = kind;
    out->rule = rule;
    out->length = length;
}

/* ---- Host (RFC 9112 §3.2) ---- */

static weir_error framing_host(const framing_facts *facts, size_t index, uint8_t minor,
                               uint32_t bytes)
{
    if (!framing_has(facts, FRAMING_HOST))
        return minor == 0 ? WEIR_OK
                          : framing_fail(facts, WEIR_ERR_HOST_MISSING, facts->count, bytes);
    if (framing_repeats(facts, FRAMING_HOST)) {
        /* To be sent, fields have no id: then it is the whole head. */
        size_t second = framing_find(facts, WEIR_FIELD_HOST, index + 1);
        return framing_fail(facts, WEIR_ERR_HOST_REPEATED, second, bytes);
    }
    weir_str value = facts->fields[index].value, host, port;
    size_t at;
    if (weir__is_plain_host(value) || weir_authority_parse(value, &host, &port, &at) == WEIR_OK)
        return WEIR_OK;
    framing_fail(facts, WEIR_ERR_HOST, index, bytes);
    facts->out->at += (uint32_t)at;
    return WEIR_ERR_HOST;
}

/* ---- Content-Length (RFC 9110 §8.6, RFC 9112 §6.3 rules 5 and 6) ---- */

enum {
    FRAMING_SAFE_DIGITS = 18 /* no number of so many digits is above 2^63-1 */
};

/* 1*DIGIT up to 2^63-1; leading zeros are decimal. `at` is the offset of the octet at fault. */
static weir_error framing_decimal(weir_str s, uint64_t *value, uint32_t *at)
{
    *value = 0;
    *at = 0;
    if (s.len == 0) return WEIR_ERR_CONTENT_LENGTH;
    bool above = false;
    for (; *at < s.len; (*at)++) {
        uint64_t digit = (uint64_t)(unsigned char)s.p[*at] - '0';
        if (digit > 9) return WEIR_ERR_CONTENT_LENGTH;
        if (*at >= FRAMING_SAFE_DIGITS)
            above = above || *value > (WEIR_LENGTH_HARD_MAX - digit) / 10;
        if (!above) *value = *value * 10 + digit;
    }
    return above ? WEIR_ERR_LENGTH_RANGE : WEIR_OK;
}

/*
 * A list of equal numbers may be refused or taken as one (RFC 9112 §6.3 rule 5). It is refused:
 * whoever wrote it twice may have read it twice. Only the name of the error depends on the rest.
 */
static weir_error framing_length_list(weir_str value)
{
    weir_str list = value, member, first = {NULL, 0};
    uint64_t number;
    uint32_t at;
    while (weir_list_next(&list, &member) == WEIR_OK) {
        if (framing_decimal(member, &number, &at) != WEIR_OK) return WEIR_ERR_CONTENT_LENGTH;
        if (first.len > 0 && !weir_str_equal(first, member)) return WEIR_ERR_CONTENT_LENGTH;
        first = member;
    }
    return first.len > 0 ? WEIR_ERR_LENGTH_REPEATED : WEIR_ERR_CONTENT_LENGTH;
}

/* Several Content-Length lines: refused, as "repeated" only where all agree. */
static weir_error framing_lengths(const framing_facts *facts, uint32_t bytes)
{
    size_t first = framing_find(facts, WEIR_FIELD_CONTENT_LENGTH, 0);
    for (size_t i = first + 1; i < facts->count; i++) {
        if (facts->fields[i].id != WEIR_FIELD_CONTENT_LENGTH) continue;
        bool same = weir_str_equal(facts->fields[i].value, facts->fields[first].value) &&
                    facts->fields[i].value.len > 0;
        return framing_fail(facts, same ? WEIR_ERR_LENGTH_REPEATED : WEIR_ERR_CONTENT_LENGTH, i,
                            bytes);
    }
    return WEIR_OK;
}

static weir_error framing_length(const framing_facts *facts, uint32_t bytes)
{
    size_t index = framing_find(facts, WEIR_FIELD_CONTENT_LENGTH, 0);
    weir_str value = facts->fields[index].value;
    uint64_t length;
    uint32_t at;
    weir_error err = framing_decimal(value, &length, &at);
    if (err == WEIR_ERR_CONTENT_LENGTH && at > 0 && memchr(value.p, ',', value.len) != NULL)
        err = framing_length_list(value);
    if (err == WEIR_OK && framing_repeats(facts, FRAMING_LENGTH))
        return framing_lengths(facts, bytes);
    if (err != WEIR_OK) {
        framing_fail(facts, err, index, bytes);
        if (err == WEIR_ERR_CONTENT_LENGTH) facts->out->at += at;
        return err;
    }
    framing_set(facts->out, WEIR_FRAMING_LENGTH, WEIR_RULE_LENGTH, length);
    return WEIR_OK;
}

/* ---- Transfer-Encoding (RFC 9112 §6.1, §6.3 rule 4) ---- */

/* What the codings of all lines, in order, come to. */
typedef struct {
    size_t members, chunked;      /* how many there are, and how many of them are chunked */
    bool chunked_last, malformed; /* parameters or quotes on chunked, a list that does not end */
    size_t last;                  /* index of the line with the last member */
} framing_codings;

/* *( OWS ";" OWS token BWS "=" BWS ( token / quoted-string ) ), RFC 9112 §7 */
static bool framing_are_parameters(const char *p, const char *end)
{
    const char *fault;
    while (p != end) {
        p = weir__skip_blank(p, end);
        if (p == end || *p != ';') return false;
        const char *name = weir__skip_blank(p + 1, end), *name_end = weir__token_end(name, end);
        p = weir__skip_blank(name_end, end);
        if (name_end == name || p == end || *p != '=') return false;
        p = weir__word_end(weir__skip_blank(p + 1, end), end, &fault);
        if (p == NULL) return false;
    }
    return true;
}

static void framing_coding(framing_codings *c, weir_str member)
{
    const char *end = member.p + member.len, *name_end = weir__token_end(member.p, end);
    weir_str name = weir__span(member.p, name_end);
    bool chunked = framing_is(name, "chunked");
    if (name.len == 0 || (chunked && name_end < end) || !framing_are_parameters(name_end, end))
        c->malformed = true;
    c->members++;
    c->chunked += chunked;
    c->chunked_last = chunked;
}

static framing_codings framing_coding_list(const framing_facts *facts)
{
    size_t i = framing_find(facts, WEIR_FIELD_TRANSFER_ENCODING, 0);
    framing_codings c = {.last = i};
    for (; i < facts->count; i = framing_find(facts, WEIR_FIELD_TRANSFER_ENCODING, i + 1)) {
        weir_str list = facts->fields[i].value, member;
        weir_error err;
        while ((err = weir_list_next(&list, &member)) == WEIR_OK) {
            framing_coding(&c, member);
            c.last = i;
        }
        if (err != WEIR_END) c.malformed = true;
    }
    return c;
}

/*
 * Final chunked alone is what weir decodes. A response whose last coding is another one ends
 * with the connection (rule 4); a request cannot.
 */
static weir_error framing_transfer_coding(const framing_facts *facts, uint8_t minor, bool response,
                                          uint32_t bytes)
{
    if (minor == 0) {
        size_t first = framing_find(facts, WEIR_FIELD_TRANSFER_ENCODING, 0);
        return framing_fail(facts, WEIR_ERR_CODING_IN_10, first, bytes);
    }
    framing_codings c = framing_coding_list(facts);
    weir_error err = WEIR_OK;
    if (c.members == 0 || c.malformed || c.chunked > 1)
        err = WEIR_ERR_TRANSFER_CODING;
    else if (!c.chunked_last && !response)
        err = WEIR_ERR_TRANSFER_CODING;
    else if (c.chunked_last && c.members > 1)
        err = WEIR_ERR_CODING_UNKNOWN;
    if (err != WEIR_OK) return framing_fail(facts, err, c.last, bytes);
    if (framing_has(facts, FRAMING_LENGTH)) {
        size_t length = framing_find(facts, WEIR_FIELD_CONTENT_LENGTH, 0);
        return framing_fail(facts, WEIR_ERR_LENGTH_AND_CODING, length, bytes);
    }
    framing_set(facts->out, c.chunked_last ? WEIR_FRAMING_CHUNKED : WEIR_FRAMING_CLOSE,
                c.chunked_last ? WEIR_RULE_CODING : WEIR_RULE_UNTIL_END, 0);
    return WEIR_OK;
}

/* ---- messages received ---- */

#ifndef __OPTIMIZE_SIZE__ /* it only saves time */
/* The value of the first field with that id, of which there is one. */
static inline weir_str framing_value(const weir_field *f, weir_field_id id)
{
    while (f->id != id)
        f++;
    return f->value;
}

/* As framing_decimal(), of up to so many digits. */
static inline bool framing_short_decimal(weir_str s, uint64_t *value)
{
    if (s.len - 1 >= FRAMING_SAFE_DIGITS) return false;
    *value = 0;
    for (const char *p = s.p, *end = s.p + s.len; p != end; p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit > 9) return false;
        *value = *value * 10 + digit;
    }
    return true;
}

/*
 * Most messages have at most one Connection and one Content-Length, a request one Host, and no more that
 * matters: what the functions above say of these. False: they have to be asked.
 */
static inline bool framing_usual(const weir_field *fields, uint64_t tally, uint8_t minor,
                                 weir_framing_rule without_length, weir_framing *out)
{
    bool keep_alive = false, has_length = (tally & FRAMING_LENGTH) != 0;
    uint64_t length = 0;
    if (tally & FRAMING_CONNECTION) {
        keep_alive = framing_is_keep_alive(framing_value(fields, WEIR_FIELD_CONNECTION));
        if (!keep_alive) return false;
    }
    if (has_length &&
        !framing_short_decimal(framing_value(fields, WEIR_FIELD_CONTENT_LENGTH), &length))
        return false;
    *out = (weir_framing){
        .kind = has_length ? WEIR_FRAMING_LENGTH : WEIR_FRAMING_NONE,
        .rule = has_length ? WEIR_RULE_LENGTH : without_length,
        .length = length,
        .persistent = minor >= 1 || keep_alive,
    };
    return true;
}

/* The kinds of which there may be one, or any number, in a message that may be usual. */
#define FRAMING_MAY (FRAMING_CONNECTION | FRAMING_LENGTH | FRAMING_UPGRADE * FRAMING_MOST)

static inline bool framing_usual_request(const weir_request *req, weir_framing *out)
{
    if (req->field_count > FRAMING_MOST) return false;
    uint64_t tally = framing_sum(req->fields, req->field_count);
    return (tally & ~FRAMING_MAY) == FRAMING_HOST &&
           weir__is_plain_host(framing_value(req->fields, WEIR_FIELD_HOST)) &&
           framing_usual(req->fields, tally, req->minor, WEIR_RULE_REQUEST, out);
}
#endif

WEIR__APART static weir_error framing_request(const weir_request *req, weir_framing *out)
{
    framing_facts facts;
    weir_error err = framing_read(&facts, req->fields, req->field_count, out);
    size_t host = framing_find(&facts, WEIR_FIELD_HOST, 0);
    if (err == WEIR_OK) err = framing_host(&facts, host, req->minor, req->bytes);
    if (err != WEIR_OK) return err;
    if (framing_has(&facts, FRAMING_CODING))
        err = framing_transfer_coding(&facts, req->minor, false, req->bytes);
    else if (framing_has(&facts, FRAMING_LENGTH))
        err = framing_length(&facts, req->bytes);
    else
        framing_set(out, WEIR_FRAMING_NONE, WEIR_RULE_REQUEST, 0);
    if (err != WEIR_OK) return err;
    bool payload = out->kind == WEIR_FRAMING_CHUNKED || out->length > 0;
    out->persistent = framing_persists(&facts, req->minor);
    out->expects_continue = facts.continues && payload && req->minor >= 1;
    out->upgrade = framing_has(&facts, FRAMING_UPGRADE) && facts.upgrade_option && req->minor >= 1;
    return WEIR_OK;
}

weir_error weir_request_framing(const weir_request *req, weir_framing *out)
{
#ifndef __OPTIMIZE_SIZE__
    if (framing_usual_request(req, out)) return WEIR_OK;
#endif
    return framing_request(req, out);
}

/* RFC 9110 §15.2, §15.3.5, §15.4.5: these have no payload, whatever their fields say. */
static bool framing_is_bodiless(uint16_t status, weir_method asked)
{
    return asked == WEIR_METHOD_HEAD || status / 100 == 1 || status == 204 || status == 304;
}

/* RFC 9112 §6.3 rules 1 and 2, and 101, behind which another protocol begins. */
static bool framing_is_tunnel(uint16_t status, weir_method asked)
{
    return status == 101 || (asked == WEIR_METHOD_CONNECT && status / 100 == 2);
}

#ifndef __OPTIMIZE_SIZE__
static inline bool framing_usual_response(const weir_response *res, weir_method asked,
                                          weir_framing *out)
{
    if (res->field_count > FRAMING_MOST || asked == WEIR_METHOD_CONNECT) return false;
    if (framing_is_bodiless(res->status, asked)) return false;
    uint64_t tally = framing_sum(res->fields, res->field_count);
    return (tally & ~(FRAMING_MAY | FRAMING_HOST * FRAMING_MOST)) == 0 &&
           (tally & FRAMING_LENGTH) != 0 &&
           framing_usual(res->fields, tally, res->minor, WEIR_RULE_NONE, out);
}
#endif

WEIR__APART static weir_error framing_response(const weir_response *res, weir_method asked,
                                               weir_framing *out)
{
    framing_facts facts;
    weir_error err = framing_read(&facts, res->fields, res->field_count, out);
    if (err != WEIR_OK) return err;
    if (framing_is_tunnel(res->status, asked))
        framing_set(out, WEIR_FRAMING_TUNNEL, WEIR_RULE_CONNECT, 0);
    else if (framing_is_bodiless(res->status, asked))
        framing_set(out, WEIR_FRAMING_NONE, WEIR_RULE_BODILESS, 0);
    else if (framing_has(&facts, FRAMING_CODING))
        err = framing_transfer_coding(&facts, res->minor, true, res->bytes);
    else if (framing_has(&facts, FRAMING_LENGTH))
        err = framing_length(&facts, res->bytes);
    else
        framing_set(out, WEIR_FRAMING_CLOSE, WEIR_RULE_UNTIL_END, 0);
    if (err != WEIR_OK) return err;
    out->persistent = out->kind != WEIR_FRAMING_CLOSE && framing_persists(&facts, res->minor);
    out->expects_continue = false;
    out->upgrade = framing_has(&facts, FRAMING_UPGRADE) && facts.upgrade_option && res->minor >= 1;
    return WEIR_OK;
}

weir_error weir_response_framing(const weir_response *res, weir_method asked, weir_framing *out)
{
#ifndef __OPTIMIZE_SIZE__
    if (framing_usual_response(res, asked, out)) return WEIR_OK;
#endif
    return framing_response(res, asked, out);
}

/* ---- messages to be sent ---- */

/* Framing fields are the engine's: the caller says `length` and `close`. */
static weir_error framing_send_facts(framing_facts *facts, const weir_field *fields, size_t count,
                                     weir_framing *out, size_t *host)
{
    *facts = (framing_facts){.fields = fields, .count = count, .out = out};
    *host = count;
    for (size_t i = 0; i < count; i++) {
        weir_field_id id = weir_field_find(fields[i].name); /* `id` is ignored when sending */
        bool mine = id == WEIR_FIELD_CONTENT_LENGTH || id == WEIR_FIELD_TRANSFER_ENCODING;
        if (id == WEIR_FIELD_HOST && *host == count) *host = i;
        if (!framing_repeats(facts, framing_kinds[id])) facts->tally += framing_kinds[id];
        if (id == WEIR_FIELD_EXPECT && weir_list_has(fields[i].value, weir_str_of("100-continue")))
            facts->continues = true;
        if (id == WEIR_FIELD_CONNECTION)
            mine = !framing_connection(facts, fields[i].value) || facts->close || facts->keep_alive;
        if (mine) return WEIR_ERR_CALL_FRAMING;
    }
    return WEIR_OK;
}

/* LENGTH, or CHUNKED where the length is unknown. */
static void framing_send_kind(uint64_t length, weir_framing *f)
{
    bool known = length != WEIR_LENGTH_UNKNOWN;
    f->kind = known ? WEIR_FRAMING_LENGTH : WEIR_FRAMING_CHUNKED;
    f->rule = known ? WEIR_RULE_LENGTH : WEIR_RULE_CODING;
    f->length = known ? length : 0;
}

static bool framing_is_trace(const weir_request *req)
{
    return req->method_id == WEIR_METHOD_TRACE ||
           weir_method_find(req->method) == WEIR_METHOD_TRACE;
}

weir_error weir_request_send_framing(const weir_request *req, weir_framing *out)
{
    framing_facts facts;
    weir_framing f = {.kind = WEIR_FRAMING_NONE, .rule = WEIR_RULE_REQUEST};
    size_t host; /* index of the first, or field_count */
    weir_error err = framing_send_facts(&facts, req->fields, req->field_count, &f, &host);
    if (err != WEIR_OK) return err;
    if (framing_host(&facts, host, req->minor, 0) != WEIR_OK) return WEIR_ERR_CALL_HOST;
    bool has_content = req->has_payload && req->length != 0;
    if (facts.continues && !has_content) return WEIR_ERR_CALL_EXPECT;
    if (has_content && framing_is_trace(req)) return WEIR_ERR_CALL_CONTENT;
    if (req->has_payload) {
        if (req->minor == 0 && req->length == WEIR_LENGTH_UNKNOWN) return WEIR_ERR_CALL_LENGTH;
        if (req->length != WEIR_LENGTH_UNKNOWN && req->length > WEIR_LENGTH_HARD_MAX)
            return WEIR_ERR_CALL_LENGTH;
        framing_send_kind(req->length, &f);
    }
    f.persistent = req->minor >= 1 && !req->close;
    f.expects_continue = facts.continues && req->minor >= 1;
    f.upgrade = framing_has(&facts, FRAMING_UPGRADE) && facts.upgrade_option && req->minor >= 1;
    *out = f;
    return WEIR_OK;
}

weir_error weir_response_send_framing(const weir_response *res, weir_method asked,
                                      uint8_t peer_minor, weir_framing *out)
{
    framing_facts facts;
    weir_framing f = {.kind = WEIR_FRAMING_NONE, .rule = WEIR_RULE_BODILESS};
    if (res->status < 100 || res->status > 599) return WEIR_ERR_CALL_STATUS;
    size_t host;
    weir_error err = framing_send_facts(&facts, res->fields, res->field_count, &f, &host);
    if (err != WEIR_OK) return err;
    bool known = res->length != WEIR_LENGTH_UNKNOWN;
    if (known && res->length > WEIR_LENGTH_HARD_MAX) return WEIR_ERR_CALL_LENGTH;
    if (res->status == 205 && res->length != 0) return WEIR_ERR_CALL_CONTENT;
    if (framing_is_tunnel(res->status, asked)) {
        f.kind = WEIR_FRAMING_TUNNEL;
        f.rule = WEIR_RULE_CONNECT;
    } else if (!framing_is_bodiless(res->status, asked)) {
        framing_send_kind(res->length, &f);
        if (!known && peer_minor == 0) {
            f.kind = WEIR_FRAMING_CLOSE;
            f.rule = WEIR_RULE_UNTIL_END;
        }
    }
    f.persistent = !res->close && f.kind != WEIR_FRAMING_CLOSE;
    f.upgrade = framing_has(&facts, FRAMING_UPGRADE) && facts.upgrade_option;
    *out = f;
    return WEIR_OK;
}

const char *weir_framing_rule_text(weir_framing_rule rule)
{
    switch (rule) { /* ORDER framing_rules */
    case WEIR_RULE_NONE: break;
    case WEIR_RULE_BODILESS:
        return "responses to HEAD, and 1xx, 204 and 304, have no payload (RFC 9112 §6.3, rule 1)";
    case WEIR_RULE_CONNECT:
        return "2xx to CONNECT, and 101, end HTTP on the connection (RFC 9112 §6.3, rule 2)";
    case WEIR_RULE_CODING: return "Transfer-Encoding ends with chunked (RFC 9112 §6.3, rule 4)";
    case WEIR_RULE_LENGTH: return "Content-Length says so (RFC 9112 §6.3, rule 6)";
    case WEIR_RULE_REQUEST:
        return "a request with neither Content-Length nor Transfer-Encoding has no payload "
               "(RFC 9112 §6.3, rule 7)";
    case WEIR_RULE_UNTIL_END:
        return "nothing else says where the payload ends: the connection does "
               "(RFC 9112 §6.3, rule 8)";
    }
    return "";
}

bool weir_is_trailer_forbidden(weir_field_id id)
{
    switch (id) {                      /* RFC 9110 §6.5.1; the groups are those of its list */
    case WEIR_FIELD_TRANSFER_ENCODING: /* framing */
    case WEIR_FIELD_CONTENT_LENGTH:
    case WEIR_FIELD_CONNECTION:
    case WEIR_FIELD_TRAILER:
    case WEIR_FIELD_UPGRADE:
    case WEIR_FIELD_TE:
    case WEIR_FIELD_HOST:          /* routing */
    case WEIR_FIELD_CACHE_CONTROL: /* request modifiers and conditionals */
    case WEIR_FIELD_EXPECT:
    case WEIR_FIELD_MAX_FORWARDS:
    case WEIR_FIELD_PRAGMA:
    case WEIR_FIELD_RANGE:
    case WEIR_FIELD_IF_MATCH:
    case WEIR_FIELD_IF_NONE_MATCH:
    case WEIR_FIELD_IF_MODIFIED_SINCE:
    case WEIR_FIELD_IF_UNMODIFIED_SINCE:
    case WEIR_FIELD_IF_RANGE:
    case WEIR_FIELD_AUTHORIZATION: /* authentication */
    case WEIR_FIELD_PROXY_AUTHENTICATE:
    case WEIR_FIELD_PROXY_AUTHORIZATION:
    case WEIR_FIELD_WWW_AUTHENTICATE:
    case WEIR_FIELD_COOKIE:
    case WEIR_FIELD_SET_COOKIE:
    case WEIR_FIELD_AGE: /* control data of responses */
    case WEIR_FIELD_DATE:
    case WEIR_FIELD_EXPIRES:
    case WEIR_FIELD_LOCATION:
    case WEIR_FIELD_RETRY_AFTER:
    case WEIR_FIELD_VARY:
    case WEIR_FIELD_CONTENT_ENCODING: /* how to take the payload */
    case WEIR_FIELD_CONTENT_TYPE:
    case WEIR_FIELD_CONTENT_RANGE: return true;
    default: return false;
    }
}
