/* SPDX-License-Identifier: MIT */
/* blank.c - secrets out of a stream of requests, an octet at a time. */
#include <string.h>

#include "blank.h"

/* What the next octet belongs to. */
enum blank_state {
    BLANK_START, /* empty lines before a request */
    BLANK_REQUEST_LINE,
    BLANK_LINE, /* the first octet of a field line */
    BLANK_NAME,
    BLANK_NAME_END, /* blanks between a name and its colon, where none may be */
    BLANK_VALUE,
    BLANK_EMPTY_LF, /* the LF of the empty line */
    BLANK_PAYLOAD,
    BLANK_CHUNK_SIZE,
    BLANK_CHUNK_EXTENSION,
    BLANK_CHUNK_LINE_LF,
    BLANK_CHUNK_DATA,
    BLANK_CHUNK_CR,
    BLANK_CHUNK_LF,
    BLANK_DARK, /* all of it, to the end */
};

/* What a value is. */
enum blank_value {
    BLANK_VALUE_PLAIN,
    BLANK_VALUE_SECRET,
    BLANK_VALUE_LENGTH,
    BLANK_VALUE_CODING,
};

enum {
    BLANK_DIGITS_MAX = 15,       /* more are no length that a request has */
    BLANK_CHUNK_DIGITS_MAX = 16, /* hexadecimal, zeros included */
};

static bool blank_is_printable(char c)
{
    unsigned char u = (unsigned char)c;

    return u > ' ' && u != 0x7f;
}

static char blank_octet(char c)
{
    return blank_is_printable(c) ? 'x' : c;
}

/* Of an extension: what is between the words stays, and what no word may have stays that. */
static char blank_word(char c)
{
    unsigned char u = (unsigned char)c;

    if (u >= 0x80) return '\x80';
    bool is_wordy = (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z');
    return is_wordy ? 'x' : c;
}

/* ---- heads ---- */

static void blank_collect(weir_blank *b, char c)
{
    if (b->name_len < sizeof b->name) b->name[b->name_len] = (char)weir_lower((unsigned char)c);
    if (b->name_len < UINT8_MAX) b->name_len++;
}

static bool blank_name_is(const weir_blank *b, const char *name)
{
    return b->name_len == strlen(name) && memcmp(b->name, name, b->name_len) == 0;
}

static bool blank_name_has(const weir_blank *b, const char *part)
{
    size_t len = strlen(part);

    for (size_t i = 0; i + len <= b->name_len; i++)
        if (memcmp(b->name + i, part, len) == 0) return true;
    return false;
}

static enum blank_value blank_classify(weir_blank *b)
{
    static const char *const secrets[] = {"auth",     "cookie",     "token",   "secret",
                                          "password", "credential", "api-key", "apikey",
                                          "session",  "csrf",       "xsrf",    "jwt",
                                          "signature"};

    if (b->name_len > sizeof b->name) return BLANK_VALUE_SECRET; /* who knows */
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (blank_name_has(b, secrets[i])) return BLANK_VALUE_SECRET;
    if (b->is_trailer) return BLANK_VALUE_PLAIN;
    if (blank_name_is(b, "content-length")) return BLANK_VALUE_LENGTH;
    if (blank_name_is(b, "transfer-encoding")) return BLANK_VALUE_CODING;
    return BLANK_VALUE_PLAIN;
}

static void blank_begin_value(weir_blank *b)
{
    b->value = (uint8_t)blank_classify(b);
    b->state = BLANK_VALUE;
    b->digits = b->name_len = 0;
    b->is_value_begun = b->is_value_over = false;
    if (b->value == BLANK_VALUE_LENGTH) {
        if (b->has_length) b->is_doubtful = true;
        b->has_length = true;
        b->length = 0;
    }
    if (b->value == BLANK_VALUE_CODING) {
        if (b->has_coding) b->is_doubtful = true;
        b->has_coding = true;
    }
}

/* An octet of a value, neither LF nor CR. */
static void blank_take_value(weir_blank *b, char c)
{
    if (b->value == BLANK_VALUE_PLAIN || b->value == BLANK_VALUE_SECRET) return;
    if (c == ' ' || c == '\t') {
        b->is_value_over = b->is_value_begun;
        return;
    }
    b->is_value_begun = true;
    if (b->is_value_over) b->is_doubtful = true; /* two words */
    if (b->value == BLANK_VALUE_CODING) {
        blank_collect(b, c);
    } else if (c < '0' || c > '9' || b->digits == BLANK_DIGITS_MAX) {
        b->is_doubtful = true;
    } else {
        b->length = b->length * 10 + (uint64_t)(c - '0');
        b->digits++;
    }
}

static void blank_end_value(weir_blank *b)
{
    if (b->value == BLANK_VALUE_LENGTH && b->digits == 0) b->is_doubtful = true;
    if (b->value == BLANK_VALUE_CODING && !blank_name_is(b, "chunked")) b->is_doubtful = true;
    b->state = BLANK_LINE;
}

/* Of the request line the last octets, without its CR: they say HTTP/1. */
static void blank_take_request_line(weir_blank *b, char c)
{
    if (b->name_len != UINT8_MAX) {
        if (c == ' ') {
            b->is_connect = blank_name_is(b, "connect");
            b->name_len = UINT8_MAX; /* that was the method */
        } else {
            blank_collect(b, c);
            if (b->name_len == UINT8_MAX) b->name_len = UINT8_MAX - 1;
        }
    }
    if (b->line_len == sizeof b->line)
        memmove(b->line, b->line + 1, sizeof b->line - 1);
    else
        b->line_len++;
    b->line[b->line_len - 1] = c;
}

static void blank_end_request_line(weir_blank *b)
{
    static const char version[] = "HTTP/1.";
    size_t len = b->line_len;

    if (len > 0 && b->line[len - 1] == '\r') len--;
    b->is_doubtful = len < sizeof version ||
                     memcmp(b->line + len - sizeof version, version, sizeof version - 1) != 0;
    b->state = b->is_doubtful ? BLANK_DARK : BLANK_LINE;
}

static void blank_end_head(weir_blank *b)
{
    if (b->is_trailer)
        *b = (weir_blank){.state = BLANK_START};
    else if (b->is_doubtful || b->is_connect || (b->has_length && b->has_coding))
        b->state = BLANK_DARK;
    else if (b->has_coding)
        *b = (weir_blank){.state = BLANK_CHUNK_SIZE};
    else if (b->has_length && b->length > 0)
        *b = (weir_blank){.state = BLANK_PAYLOAD, .left = b->length};
    else
        *b = (weir_blank){.state = BLANK_START};
}

/* The first octet of a field line. */
static char blank_line(weir_blank *b, char c)
{
    if (c == '\n') {
        blank_end_head(b);
    } else if (c == '\r') {
        b->state = BLANK_EMPTY_LF;
    } else if (c == ' ' || c == '\t') { /* a folded line, as no request may have any more */
        b->is_doubtful = true;
        b->value = BLANK_VALUE_SECRET;
        b->state = BLANK_VALUE;
    } else {
        b->name_len = 0;
        b->state = BLANK_NAME;
        if (c == ':')
            blank_begin_value(b);
        else
            blank_collect(b, c);
    }
    return c;
}

/* An octet that belongs to a name, or should. */
static char blank_name(weir_blank *b, char c)
{
    bool is_in_name = b->state == BLANK_NAME;

    if (c == ':') {
        blank_begin_value(b);
        if (!is_in_name && b->value != BLANK_VALUE_PLAIN) b->is_doubtful = true;
        return c;
    }
    if (c == '\n') {
        b->state = BLANK_LINE;
        b->is_doubtful = true;
        return c;
    }
    if (is_in_name && c != ' ' && c != '\t') {
        blank_collect(b, c);
        return c;
    }
    b->state = BLANK_NAME_END; /* what looks like a value is taken for one */
    return blank_octet(c);
}

static char blank_value(weir_blank *b, char c)
{
    if (c == '\n') {
        if (b->value == BLANK_VALUE_SECRET || b->value == BLANK_VALUE_PLAIN)
            b->state = BLANK_LINE;
        else
            blank_end_value(b);
        return c;
    }
    if (c != '\r') blank_take_value(b, c);
    return b->value == BLANK_VALUE_SECRET ? blank_octet(c) : c;
}

/* ---- chunks ---- */

static char blank_dark(weir_blank *b, char c)
{
    b->state = BLANK_DARK;
    return blank_octet(c);
}

static void blank_end_chunk_line(weir_blank *b)
{
    bool is_last = b->left == 0;

    if (b->digits == 0 || b->left > INT64_MAX)
        b->state = BLANK_DARK;
    else
        b->state = is_last ? BLANK_LINE : BLANK_CHUNK_DATA;
    b->is_trailer = is_last;
    b->digits = 0;
}

static char blank_chunk_size(weir_blank *b, char c)
{
    unsigned char lower = weir_lower((unsigned char)c);
    bool is_digit = c >= '0' && c <= '9';

    if (is_digit || (lower >= 'a' && lower <= 'f')) {
        unsigned digit = is_digit ? (unsigned)(c - '0') : (unsigned)(lower - 'a' + 10);
        if (b->digits == BLANK_CHUNK_DIGITS_MAX) { /* one more, which an engine will refuse */
            b->state = BLANK_DARK;
            return c;
        }
        b->left = b->left << 4 | digit;
        b->digits++;
        return c;
    }
    if (c == '\r')
        b->state = BLANK_CHUNK_LINE_LF;
    else if (c == ';' || c == ' ' || c == '\t')
        b->state = BLANK_CHUNK_EXTENSION;
    else
        return blank_dark(b, c);
    return c;
}

/* ---- an octet ---- */

static char blank_start(weir_blank *b, char c)
{
    if (c == '\r' || c == '\n') return c;
    b->state = BLANK_REQUEST_LINE;
    blank_take_request_line(b, c);
    return c;
}

static char blank_step(weir_blank *b, char c)
{
    switch ((enum blank_state)b->state) {
    case BLANK_START: return blank_start(b, c);
    case BLANK_REQUEST_LINE:
        if (c == '\n')
            blank_end_request_line(b);
        else
            blank_take_request_line(b, c);
        return c;
    case BLANK_LINE: return blank_line(b, c);
    case BLANK_NAME:
    case BLANK_NAME_END: return blank_name(b, c);
    case BLANK_VALUE: return blank_value(b, c);
    case BLANK_EMPTY_LF:
        if (c != '\n') return blank_dark(b, c);
        blank_end_head(b);
        return c;
    case BLANK_CHUNK_SIZE: return blank_chunk_size(b, c);
    case BLANK_CHUNK_EXTENSION:
        if (c == '\n') return blank_dark(b, c);
        if (c == '\r') b->state = BLANK_CHUNK_LINE_LF;
        return blank_word(c);
    case BLANK_CHUNK_LINE_LF:
        if (c != '\n') return blank_dark(b, c);
        blank_end_chunk_line(b);
        return c;
    case BLANK_CHUNK_CR:
        if (c != '\r') return blank_dark(b, c);
        b->state = BLANK_CHUNK_LF;
        return c;
    case BLANK_CHUNK_LF:
        if (c != '\n') return blank_dark(b, c);
        b->state = BLANK_CHUNK_SIZE;
        return c;
    case BLANK_PAYLOAD:
    case BLANK_CHUNK_DATA: /* in one piece, below */
    case BLANK_DARK: break;
    }
    return blank_dark(b, c);
}

void weir_blank_next(weir_blank *b, char *octets, size_t len)
{
    for (size_t i = 0; i < len;) {
        if (b->state != BLANK_PAYLOAD && b->state != BLANK_CHUNK_DATA) {
            octets[i] = blank_step(b, octets[i]);
            i++;
            continue;
        }
        size_t n = b->left < len - i ? (size_t)b->left : len - i;
        memset(octets + i, 'x', n);
        b->left -= n;
        i += n;
        if (b->left == 0) b->state = b->state == BLANK_PAYLOAD ? BLANK_START : BLANK_CHUNK_CR;
    }
}
