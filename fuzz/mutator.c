/* SPDX-License-Identifier: MIT */
/* fuzz/mutator.c - see mutator.h. */
#include "mutator.h"

#include "support.h"

/* The engine's own changes, where there is such an engine. */
#if defined(__GNUC__) || defined(__clang__)
__attribute__((weak))
#endif
extern size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* An input under change. */
typedef struct {
    uint8_t *p;
    size_t len, max;
    dice dice;
} draft;

static const char *const starts[] = {
    "GET / HTTP/1.1\r\n",
    "POST /a HTTP/1.1\r\n",
    "HEAD /a?b HTTP/1.0\r\n",
    "CONNECT h:443 HTTP/1.1\r\n",
    "OPTIONS * HTTP/1.1\r\n",
    "GET http://h/ HTTP/1.1\r\n",
    "X-METHOD /%41 HTTP/1.1\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.0 204 \r\n",
    "HTTP/1.1 100 Continue\r\n",
    "HTTP/1.1 304 Not Modified\r\n",
    "HTTP/1.1 101 Switch\r\n",
    "GET / HTTP/1.2\r\n",
    "GET / HTTP/2.0\r\n",
    "\r\n",
};

static const char *const fields[] = {
    "Host: h\r\n",
    "Host: a.example:80\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 5, 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: , chunked\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Connection: upgrade, x\r\n",
    "Connection: content-length\r\n",
    "Upgrade: echo\r\n",
    "Expect: 100-continue\r\n",
    "Trailer: t\r\n",
    "a:b\r\n",
    "X: \"q\\\"\t\x80\"  \r\n",
    "\r\n",
};

static const char *const bodies[] = {
    "5\r\nhello\r\n",
    "0\r\n\r\n",
    "0\r\nT: x\r\n\r\n",
    "1;a=b\r\nx\r\n",
    "2 ;a = \"\\\"b\"\r\nxy\r\n",
    "00a\r\n0123456789\r\n",
    "hello",
    "5\r\nhel",
    "ffffffffffffffff\r\n",
};

static const char *const whole[] = {
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
    "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
};

static const char *const ends[] = {"\r\n", "\n", "\r", "\r\r\n", "\r\n ", "\r\n\r\n"};

static const char *const octets[] = {" ",  "\t", ":", "\r", "\n", "\x7f", "\x80", ",", ";",
                                     "\"", "\\", "%", "/",  "?",  "#",    "@",    "=", "-"};

static const char *const numbers[] = {"0",
                                      "1",
                                      "5",
                                      "+5",
                                      "-1",
                                      "0x5",
                                      "00000005",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "18446744073709551616",
                                      "7fffffffffffffff",
                                      "5 5"};

/* The letters of the plans of app.h and client.h, and what an input begins with. */
static const char letters[] = "lczpnmkbxsiedDuqrR.!~:;=ghct";

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define PICK(d, array) (array)[dice_roll(&(d)->dice, COUNT(array))]

/* Puts `n` octets in the place of `gone` others; what does not fit is left as it is. */
static void put(draft *d, size_t at, size_t gone, const void *p, size_t n)
{
    if (d->len - gone + n > d->max) return;
    memmove(d->p + at + n, d->p + at + gone, d->len - at - gone);
    if (n > 0) memcpy(d->p + at, p, n);
    d->len = d->len - gone + n;
}

static void put_word(draft *d, size_t at, size_t gone, const char *word)
{
    put(d, at, gone, word, strlen(word));
}

/* Behind the LF of a line, from `at` on. */
static size_t line_end(const uint8_t *p, size_t len, size_t at)
{
    const uint8_t *lf = at < len ? memchr(p + at, '\n', len - at) : NULL;
    return lf == NULL ? len : (size_t)(lf - p) + 1;
}

/* Where some line begins, or the end. */
static size_t some_line(dice *d, const uint8_t *p, size_t len)
{
    size_t lines = 1, at = 0;
    for (size_t i = line_end(p, len, 0); i < len; i = line_end(p, len, i))
        lines++;
    for (size_t skip = dice_roll(d, lines + 1); skip > 0 && at < len; skip--)
        at = line_end(p, len, at);
    return at;
}

static size_t here(draft *d)
{
    return some_line(&d->dice, d->p, d->len);
}

/* Some run of octets that `is` of the class; false: there is none near. */
static bool some_run(draft *d, bool (*is)(uint8_t), size_t *at, size_t *n)
{
    if (d->len == 0) return false;
    size_t i = dice_roll(&d->dice, d->len);
    while (i < d->len && !is(d->p[i]))
        i++;
    while (i > 0 && i < d->len && is(d->p[i - 1]))
        i--;
    *at = i;
    *n = 0;
    while (i + *n < d->len && is(d->p[i + *n]))
        ++*n;
    return *n > 0;
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(uint8_t c)
{
    return c > ' ' && c < 0x7f && c != ':' && c != ',' && c != ';';
}

static void change_line(draft *d)
{
    uint8_t line[256];
    size_t at = here(d), n = line_end(d->p, d->len, at) - at, to;
    if (n > sizeof line) n = sizeof line;
    memcpy(line, d->p + at, n);
    switch (dice_roll(&d->dice, 3)) {
    case 0: put(d, at, n, NULL, 0); break;
    case 1: put(d, at, 0, line, n); break;
    default:
        put(d, at, n, NULL, 0);
        to = here(d);
        put(d, to, 0, line, n);
    }
}

static void change_line_end(draft *d)
{
    size_t end = line_end(d->p, d->len, here(d));
    if (end == 0 || d->p[end - 1] != '\n') return;
    size_t gone = end > 1 && d->p[end - 2] == '\r' ? 2 : 1;
    put_word(d, end - gone, gone, PICK(d, ends));
}

static void change_run(draft *d, bool (*is)(uint8_t), const char *const *words, size_t count)
{
    size_t at, n;
    if (some_run(d, is, &at, &n)) put_word(d, at, n, words[dice_roll(&d->dice, count)]);
}

/* A word becomes another one of the same input: a method, a name, a value, a version. */
static void change_word(draft *d)
{
    uint8_t word[64];
    size_t at, n;
    if (!some_run(d, is_word, &at, &n) || n > sizeof word) return;
    memcpy(word, d->p + at, n);
    size_t to, gone;
    if (some_run(d, is_word, &to, &gone)) put(d, to, gone, word, n);
}

/* The first line: how the input ends and what is planned. */
static void change_plan(draft *d)
{
    char letter[2] = {letters[dice_roll(&d->dice, sizeof letters - 1)], '\0'};
    size_t n = line_end(d->p, d->len, 0);
    if (n == 0 || d->p[n - 1] != '\n') {
        put_word(d, 0, 0, ".l\n");
        return;
    }
    size_t at = dice_roll(&d->dice, n);
    put_word(d, at, at + 1 < n && dice_roll(&d->dice, 2) == 0 ? 1 : 0, letter);
}

size_t mutate_by_grammar(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    draft d = {.p = data, .len = size, .max = max, .dice = {seed}};
    size_t at;
    switch (dice_roll(&d.dice, 14)) {
    case 0: put_word(&d, here(&d), 0, PICK(&d, starts)); break;
    case 1:
    case 2:
    case 3:
        at = here(&d);
        put_word(&d, at, 0, PICK(&d, fields));
        break;
    case 4:
    case 5:
        at = here(&d);
        put_word(&d, at, 0, PICK(&d, bodies));
        break;
    case 6:
        at = dice_roll(&d.dice, 2) == 0 ? d.len : here(&d);
        put_word(&d, at, 0, PICK(&d, whole));
        break;
    case 7: change_line_end(&d); break;
    case 8: change_run(&d, is_hex, numbers, COUNT(numbers)); break;
    case 9: change_word(&d); break;
    case 10:
        at = dice_roll(&d.dice, d.len + 1);
        put_word(&d, at, 0, PICK(&d, octets));
        break;
    case 11: change_plan(&d); break;
    case 12: /* what a start line was, another one is */
        at = here(&d);
        put_word(&d, at, line_end(d.p, d.len, at) - at, PICK(&d, starts));
        break;
    default: change_line(&d); break;
    }
    return d.len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    dice d = {~(uint64_t)seed};
    bool by_engine = LLVMFuzzerMutate != NULL && dice_roll(&d, 2) == 0;
    if (by_engine) return LLVMFuzzerMutate(data, size, max);
    for (size_t changes = 1 + dice_roll(&d, 3); changes > 0; changes--)
        size = mutate_by_grammar(data, size, max, (unsigned)dice_roll(&d, UINT32_MAX));
    return size;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
                                 uint8_t *out, size_t max, unsigned seed)
{
    dice d = {seed};
    size_t first = some_line(&d, a, a_len), from = some_line(&d, b, b_len);
    if (first > max) first = max;
    size_t second = b_len - from < max - first ? b_len - from : max - first;
    memcpy(out, a, first);
    memcpy(out + first, b + from, second);
    return first + second;
}
