/* SPDX-License-Identifier: MIT */
/* body.c - payload out of its framing: length, chunked, until close (RFC 9112 §6-7). */
#include "weir/body.h"

#include "ascii.h"
#include "internal.h"

/* What the next octet belongs to, in the order of the wire. ORDER body_state: extensions in the
 * middle, between the size and its line end. */
enum body_state {
    BODY_SIZE,        /* a digit, or what may follow the last one */
    BODY_EXT_SPACE,   /* whitespace before ";" */
    BODY_EXT_NAME_0,  /* whitespace before a name, or its first octet */
    BODY_EXT_NAME,    /* the rest of a name */
    BODY_EXT_EQUAL,   /* whitespace behind a name: "=" or ";" */
    BODY_EXT_VALUE_0, /* whitespace before a value, or its first octet */
    BODY_EXT_TOKEN,   /* the rest of a token */
    BODY_EXT_QUOTED,  /* inside quotes */
    BODY_EXT_PAIR,    /* behind a backslash */
    BODY_EXT_END,     /* behind a quoted value */
    BODY_SIZE_LF,     /* the LF of the size line */
    BODY_DATA,        /* payload; `left` is never 0 here */
    BODY_DATA_CR,
    BODY_DATA_LF,
    BODY_TRAILERS, /* the field section behind the last chunk */
    BODY_DONE,
};

void weir_body_init(weir_body *b, const weir_framing *f, weir_head *trailers)
{
    *b = (weir_body){
        .trailers = trailers,
        .limits = trailers != NULL ? trailers->limits : &weir_limits_default,
        .kind = (uint8_t)f->kind,
        .left = f->length,
    };
    bool data = f->kind == WEIR_FRAMING_LENGTH && f->length > 0;
    bool endless = f->kind == WEIR_FRAMING_CLOSE || f->kind == WEIR_FRAMING_TUNNEL;
    if (data || endless) {
        b->state = BODY_DATA;
    } else if (f->kind != WEIR_FRAMING_CHUNKED) {
        b->state = BODY_DONE;
    } else {
        weir_assert(trailers != NULL);
        weir_head_reset(trailers); /* a head may have been read with it */
    }
}

/* The one place that sets the error. */
static weir_error body_fail(weir_body *b, weir_error error)
{
    b->error = (uint8_t)error;
    b->state = BODY_DONE;
    return error;
}

/* Moves on if the octet was the right one. */
static weir_error body_go(weir_body *b, bool right, enum body_state next, weir_error otherwise)
{
    if (!right) return body_fail(b, otherwise);
    b->state = (uint8_t)next;
    return WEIR_OK;
}

/* Counts an octet of extensions: all between the size and its line end. */
static weir_error body_ext_octet(weir_body *b)
{
    if (b->ext_bytes == b->limits->chunk_ext_bytes_max)
        return body_fail(b, WEIR_ERR_CHUNK_EXT_BYTES);
    if (b->ext_line_bytes == b->limits->chunk_ext_line_bytes_max)
        return body_fail(b, WEIR_ERR_CHUNK_EXT_LINE_BYTES);
    b->ext_bytes++;
    b->ext_line_bytes++;
    return WEIR_OK;
}

/* The value of a hexadecimal digit of either case. */
static inline unsigned body_hex(unsigned char c)
{
    return (c & 15u) + 9u * (c >> 6);
}

/* RFC 9112 §7.1: 1*HEXDIG. Zeros in front say nothing: they count as extension octets do. */
static weir_error body_digit(weir_body *b, unsigned char c)
{
    uint64_t digit = body_hex(c);
    if (b->left > (WEIR_LENGTH_HARD_MAX - digit) / 16) return body_fail(b, WEIR_ERR_CHUNK_RANGE);
    if (b->digits > 0 && b->left == 0 && body_ext_octet(b) != WEIR_OK) return (weir_error)b->error;
    b->left = b->left * 16 + digit;
    b->digits = 1;
    return WEIR_OK;
}

/* The end of a size line, a ";" or whitespace before it; anything else is `otherwise`. */
static weir_error body_line_rest(weir_body *b, unsigned char c, enum body_state space,
                                 weir_error otherwise)
{
    if (c == '\r') return body_go(b, true, BODY_SIZE_LF, WEIR_OK);
    if (c == '\n') return body_fail(b, WEIR_ERR_LINE_END);
    if (c == ';') return body_go(b, true, BODY_EXT_NAME_0, WEIR_OK);
    return body_go(b, c == ' ' || c == '\t', space, otherwise);
}

static weir_error body_size(weir_body *b, unsigned char c)
{
    if (weir__is(c, WEIR__HEX)) return body_digit(b, c);
    if (b->digits == 0) return body_fail(b, c == '\n' ? WEIR_ERR_LINE_END : WEIR_ERR_CHUNK_SIZE);
    weir_error err = body_line_rest(b, c, BODY_EXT_SPACE, WEIR_ERR_CHUNK_SIZE);
    return err == WEIR_OK && c != '\r' ? body_ext_octet(b) : err;
}

/* Inside an extension nothing but its grammar: a CR or LF there is told as what it is. */
static weir_error body_ext_fail(weir_body *b, unsigned char c)
{
    if (c == '\n') return body_fail(b, WEIR_ERR_LINE_END);
    return body_fail(b, WEIR_ERR_CHUNK_EXT);
}

/* RFC 9112 §7.1.1: *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ) */
static weir_error body_ext(weir_body *b, unsigned char c)
{
    bool space = c == ' ' || c == '\t', token = weir__is(c, WEIR__TCHAR);
    if (c != '\r' && body_ext_octet(b) != WEIR_OK) return (weir_error)b->error;
    switch ((enum body_state)b->state) {
    case BODY_EXT_SPACE:
        if (space) return WEIR_OK;
        return c == ';' ? body_go(b, true, BODY_EXT_NAME_0, WEIR_OK) : body_ext_fail(b, c);
    case BODY_EXT_NAME_0:
        if (space) return WEIR_OK;
        return token ? body_go(b, true, BODY_EXT_NAME, WEIR_OK) : body_ext_fail(b, c);
    case BODY_EXT_NAME:
        if (token) return WEIR_OK;
        if (c == '=') return body_go(b, true, BODY_EXT_VALUE_0, WEIR_OK);
        return body_line_rest(b, c, BODY_EXT_EQUAL, WEIR_ERR_CHUNK_EXT);
    case BODY_EXT_EQUAL:
        if (space) return WEIR_OK;
        if (c == '=') return body_go(b, true, BODY_EXT_VALUE_0, WEIR_OK);
        return c == ';' ? body_go(b, true, BODY_EXT_NAME_0, WEIR_OK) : body_ext_fail(b, c);
    case BODY_EXT_VALUE_0:
        if (space) return WEIR_OK;
        if (c == '"') return body_go(b, true, BODY_EXT_QUOTED, WEIR_OK);
        return token ? body_go(b, true, BODY_EXT_TOKEN, WEIR_OK) : body_ext_fail(b, c);
    case BODY_EXT_TOKEN:
        return token ? WEIR_OK : body_line_rest(b, c, BODY_EXT_SPACE, WEIR_ERR_CHUNK_EXT);
    case BODY_EXT_QUOTED:
        if (c == '"') return body_go(b, true, BODY_EXT_END, WEIR_OK);
        if (c == '\\') return body_go(b, true, BODY_EXT_PAIR, WEIR_OK);
        return weir__is(c, WEIR__QDTEXT) ? WEIR_OK : body_ext_fail(b, c);
    case BODY_EXT_PAIR:
        return weir__is(c, WEIR__QPAIR) ? body_go(b, true, BODY_EXT_QUOTED, WEIR_OK)
                                        : body_ext_fail(b, c);
    case BODY_EXT_END: return body_line_rest(b, c, BODY_EXT_SPACE, WEIR_ERR_CHUNK_EXT);
    case BODY_SIZE:
    case BODY_SIZE_LF:
    case BODY_DATA:
    case BODY_DATA_CR:
    case BODY_DATA_LF:
    case BODY_TRAILERS:
    case BODY_DONE: break;
    }
    weir_unreachable(); /* body_step() answers these itself */
}

/* The size is known: a chunk, or the end. The payload's limit is met before its first octet. */
static weir_error body_size_lf(weir_body *b, unsigned char c)
{
    if (c != '\n') return body_fail(b, WEIR_ERR_BARE_CR);
    b->digits = 0;
    b->ext_line_bytes = 0;
    if (b->left > b->limits->payload_bytes_max - b->payload)
        return body_fail(b, WEIR_ERR_PAYLOAD_BYTES);
    return body_go(b, true, b->left > 0 ? BODY_DATA : BODY_TRAILERS, WEIR_OK);
}

/* Every state answers every octet. */
static weir_error body_step(weir_body *b, unsigned char c)
{
    switch ((enum body_state)b->state) {
    case BODY_SIZE: return body_size(b, c);
    case BODY_EXT_SPACE:
    case BODY_EXT_NAME_0:
    case BODY_EXT_NAME:
    case BODY_EXT_EQUAL:
    case BODY_EXT_VALUE_0:
    case BODY_EXT_TOKEN:
    case BODY_EXT_QUOTED:
    case BODY_EXT_PAIR:
    case BODY_EXT_END: return body_ext(b, c);
    case BODY_SIZE_LF: return body_size_lf(b, c);
    case BODY_DATA_CR: return body_go(b, c == '\r', BODY_DATA_LF, WEIR_ERR_CHUNK_DATA);
    case BODY_DATA_LF: return body_go(b, c == '\n', BODY_SIZE, WEIR_ERR_CHUNK_DATA);
    case BODY_DATA:
    case BODY_TRAILERS:
    case BODY_DONE: break;
    }
    weir_unreachable(); /* weir_body_next() answers these itself: no input gets here */
}

/* What of `len` octets at hand is payload. Until close the limit alone bounds it. */
static size_t body_take(weir_body *b, size_t len)
{
    bool endless = b->kind == WEIR_FRAMING_CLOSE;
    uint64_t most = endless ? b->limits->payload_bytes_max - b->payload : b->left;
    if (b->kind == WEIR_FRAMING_TUNNEL) most = len;
    size_t n = len < most ? len : (size_t)most;
    b->payload += n;
    if (endless || b->kind == WEIR_FRAMING_TUNNEL) return n;
    b->left -= n;
    if (b->left == 0) b->state = b->kind == WEIR_FRAMING_LENGTH ? BODY_DONE : BODY_DATA_CR;
    return n;
}

/* The trailers, once they are all there. */
static weir_error body_trailers(weir_body *b, const char *in, size_t len, size_t *used)
{
    size_t count;
    weir_error err = weir_fields_parse(b->trailers, in, len, &count, used);
    if (weir_is_error(err)) return body_fail(b, err);
    if (err != WEIR_OK) return err;
    b->state = BODY_DONE;
    return WEIR_END;
}

WEIR__APART static weir_error body_next(weir_body *b, const char *in, size_t len, size_t *used,
                                        weir_str *payload)
{
    *used = 0;
    if (b->error != WEIR_OK) return (weir_error)b->error;
    if (b->kind == WEIR_FRAMING_LENGTH && b->left > b->limits->payload_bytes_max)
        return body_fail(b, WEIR_ERR_PAYLOAD_BYTES);

    while (b->state != BODY_DONE && *used < len) {
        if (b->state == BODY_DATA) {
            size_t n = body_take(b, len - *used);
            if (n == 0) return body_fail(b, WEIR_ERR_PAYLOAD_BYTES);
            *payload = (weir_str){in + *used, n};
            *used += n;
            return WEIR_OK;
        }
        if (b->state == BODY_TRAILERS) {
            size_t n;
            weir_error err = body_trailers(b, in + *used, len - *used, &n);
            *used += n;
            return err;
        }
        weir_error err = body_step(b, (unsigned char)in[*used]);
        if (err != WEIR_OK) return err;
        (*used)++;
    }
    return b->state == BODY_DONE ? WEIR_END : WEIR_MORE;
}

#ifndef __OPTIMIZE_SIZE__ /* it only saves time */
static inline bool body_is_line_end(const char *p)
{
    return ((unsigned char)p[0] | (unsigned char)p[1] << 8) == ('\r' | '\n' << 8);
}

enum {
    BODY_USUAL_DIGITS = 7 /* of a size that is taken at once */
};

/*
 * A chunk as nearly all are, from the line end of the one before to its payload, or what is there of
 * it: 1*7HEXDIG CR LF without a zero in front. False: it is another one, and nothing is taken.
 */
static inline bool body_usual_chunk(weir_body *b, const char *in, size_t len, size_t *used,
                                    weir_str *payload)
{
    size_t n = b->state == BODY_DATA_CR ? 2 : 0; /* octets of the line end behind a chunk */
    if (n == 0 && (b->state != BODY_SIZE || b->digits != 0)) return false;
    if (len < BODY_USUAL_DIGITS + 5 || (n != 0 && !body_is_line_end(in))) return false;
    const char *p = in + n, *most = p + BODY_USUAL_DIGITS;
    uint64_t size = 0;
    if (*p == '0') return false;
    for (; p != most && weir__is((unsigned char)*p, WEIR__HEX); p++)
        size = size * 16 + body_hex((unsigned char)*p);
    if (size == 0 || !body_is_line_end(p)) return false;
    if (size > b->limits->payload_bytes_max - b->payload) return false;
    p += 2;
    size_t there = len - (size_t)(p - in);
    if (size <= there) {
        there = (size_t)size;
        b->state = BODY_DATA_CR;
    } else {
        b->left = size - there;
        b->state = BODY_DATA;
    }
    b->payload += there;
    *payload = (weir_str){p, there};
    *used = (size_t)(p - in) + there;
    return true;
}
#endif

weir_error weir_body_next(weir_body *b, const char *in, size_t len, size_t *used, weir_str *payload)
{
#ifndef __OPTIMIZE_SIZE__
    if (body_usual_chunk(b, in, len, used, payload)) return WEIR_OK;
#endif
    return body_next(b, in, len, used, payload);
}

weir_error weir_body_stop(weir_body *b)
{
    if (b->error != WEIR_OK) return (weir_error)b->error;
    if (b->state == BODY_DONE) return WEIR_END;
    if (b->kind != WEIR_FRAMING_CLOSE && b->kind != WEIR_FRAMING_TUNNEL)
        return body_fail(b, WEIR_ERR_TRUNCATED);
    b->state = BODY_DONE;
    return WEIR_END;
}
