/* SPDX-License-Identifier: MIT */
/* text.c - appending to a buffer: as it is, as a number, escaped. */
#include "text.h"

bool weir_text_span(weir_buf *out, weir_str s)
{
    if (out->cap - out->len < s.len) return false;
    if (s.len > 0) memcpy(out->p + out->len, s.p, s.len);
    out->len += s.len;
    return true;
}

bool weir_text_put(weir_buf *out, const char *text)
{
    return weir_text_span(out, weir_str_of(text));
}

static bool text_digits(weir_buf *out, uint64_t n, unsigned base)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = "0123456789abcdef"[n % base];
        n /= base;
    } while (n > 0);
    return weir_text_span(out, (weir_str){digits + at, sizeof digits - at});
}

bool weir_text_number(weir_buf *out, uint64_t n)
{
    return text_digits(out, n, 10);
}

bool weir_text_hex(weir_buf *out, uint64_t n)
{
    return text_digits(out, n, 16);
}

static const char *text_entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

bool weir_text_html(weir_buf *out, weir_str s)
{
    size_t before = out->len;
    bool fits = true;

    for (size_t i = 0; i < s.len && fits; i++) {
        const char *entity = text_entity(s.p[i]);
        unsigned char c = (unsigned char)s.p[i];
        if (entity != NULL)
            fits = weir_text_put(out, entity);
        else if (c < 0x20 || c == 0x7f) /* no character of HTML, or one that is not seen */
            fits = weir_text_put(out, "?");
        else
            fits = weir_text_span(out, (weir_str){s.p + i, 1});
    }
    if (!fits) out->len = before;
    return fits;
}

static bool text_is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/* Octets for which `stays` is not true, percent-encoded. */
static bool text_encoded(weir_buf *out, weir_str s, bool (*stays)(unsigned char c))
{
    size_t before = out->len;
    bool fits = true;

    for (size_t i = 0; i < s.len && fits; i++) {
        unsigned char c = (unsigned char)s.p[i];
        char code[3] = {'%', "0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]};
        weir_str piece = {stays(c) ? s.p + i : code, stays(c) ? 1 : 3};
        fits = weir_text_span(out, piece);
    }
    if (!fits) out->len = before;
    return fits;
}

bool weir_text_segment(weir_buf *out, weir_str s)
{
    return text_encoded(out, s, text_is_unreserved);
}

/* RFC 3986 appendix A; "%" begins what is encoded already. */
static bool text_is_of_uri(unsigned char c)
{
    return c > ' ' && c < 0x7f && strchr("\"<>\\^`{|}#", c) == NULL;
}

bool weir_text_uri(weir_buf *out, weir_str s)
{
    return text_encoded(out, s, text_is_of_uri);
}
