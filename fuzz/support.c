/* SPDX-License-Identifier: MIT */
/* fuzz/support.c - what the harnesses share. No files, no clock. The globals are memory that is used again,
 * what this machine can run, and every_check: none changes what an input does. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SUPPORT_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SUPPORT_ASAN 1
#endif
#ifdef SUPPORT_ASAN
#include <sanitizer/asan_interface.h>
#endif

/* Asking the machine each time costs more than a run. */
static struct {
    weir_isa runs[WEIR_ISA_COUNT];
    size_t count;
    weir_isa best, drawn; /* drawn: by isa_pick(), the last one */
} isas;

void require(bool holds, const char *invariant)
{
    if (holds) return;
    fprintf(stderr, "\nweir: this does not hold: %s\n", invariant);
    if (isas.count > 0) {
        fprintf(stderr, "weir: heads were read with %s", weir_isa_name(isas.best));
        if (isas.drawn != WEIR_ISA_AUTO)
            fprintf(stderr, ", and where the input draws one with %s", weir_isa_name(isas.drawn));
        fputs("; WEIR_FUZZ_ISA=NAME forces one\n", stderr);
    }
    abort();
}

static void *allocate(void *old, size_t size)
{
    void *p = realloc(old, size);
    if (p == NULL) {
        fputs("weir: the harness is out of memory\n", stderr);
        exit(1);
    }
    return p;
}

static char *heap_copy(const void *data, size_t len)
{
    if (len == 0) return (char *)allocate(NULL, 1) + 1; /* not one octet to read */
    char *copy = allocate(NULL, len);
    memcpy(copy, data, len);
    return copy;
}

#ifdef SUPPORT_ASAN
/*
 * The sanitizer's heap costs more than most runs. A row of places, each forbidden but for the octets of
 * the copy that it holds, shows the same mistakes.
 */
enum {
    PLACES = 16,
    PLACE_SIZE = 16384 + 64
};

static struct {
    _Alignas(16) char place[PLACES][PLACE_SIZE];
    bool is_taken[PLACES];
    size_t last;
    bool is_ready;
} row;

char *copy_exact(const void *data, size_t len)
{
    if (!row.is_ready) ASAN_POISON_MEMORY_REGION(row.place, sizeof row.place);
    row.is_ready = true;
    if (len > PLACE_SIZE - 64) return heap_copy(data, len);
    for (size_t tries = 0; tries < PLACES; tries++) {
        row.last = (row.last + 1) % PLACES;
        if (row.is_taken[row.last]) continue;
        row.is_taken[row.last] = true;
        char *copy = row.place[row.last] + 32;
        ASAN_UNPOISON_MEMORY_REGION(copy, len);
        if (len > 0) memcpy(copy, data, len);
        return copy;
    }
    return heap_copy(data, len);
}

void copy_free(char *copy, size_t len)
{
    uintptr_t at = (uintptr_t)copy - (uintptr_t)row.place;
    if (at >= sizeof row.place) {
        free(len == 0 ? copy - 1 : copy);
        return;
    }
    ASAN_POISON_MEMORY_REGION(copy, len);
    row.is_taken[at / PLACE_SIZE] = false;
}
#else
char *copy_exact(const void *data, size_t len)
{
    return heap_copy(data, len);
}

void copy_free(char *copy, size_t len)
{
    free(len == 0 ? copy - 1 : copy);
}
#endif

bool every_check;

bool is_due(dice *d, size_t sides)
{
    return dice_roll(d, sides) == 0 || every_check;
}

/* splitmix64: every bit of the state reaches every bit of the result. */
static uint64_t dice_next(dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

dice dice_from(const void *data, size_t len)
{
    const unsigned char *p = data;
    dice d = {len};
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word = 0;
        for (unsigned i = 0; i < 8; i++)
            word |= (uint64_t)p[i] << (8 * i);
        d.state = (d.state ^ word) * UINT64_C(0x9fb21c651e98df25);
        d.state ^= d.state >> 29;
    }
    for (; len > 0; p++, len--)
        d.state = (d.state ^ *p) * UINT64_C(0x100000001b3);
    return d;
}

size_t dice_roll(dice *d, size_t sides)
{
    return (size_t)(dice_next(d) % sides);
}

/* ORDER cut_way */
enum cut_way {
    CUT_WHOLE,
    CUT_TWO,
    CUT_EQUAL,
    CUT_UNEVEN,
    CUT_SINGLE,
    CUT_WAYS
};

/* Which run here; or the one that WEIR_FUZZ_ISA names, so that a find of another machine shows. */
static void isa_look(void)
{
    const char *forced = getenv("WEIR_FUZZ_ISA");
    if (forced != NULL && *forced == '\0') forced = NULL;
    for (int i = WEIR_ISA_AUTO + 1; i < WEIR_ISA_COUNT; i++) {
        weir_isa isa = (weir_isa)i;
        if (forced != NULL && strcmp(forced, weir_isa_name(isa)) != 0) continue;
        if (weir_isa_runs(isa)) isas.runs[isas.count++] = isa;
    }
    if (isas.count == 0) {
        fprintf(stderr, "weir: WEIR_FUZZ_ISA=%s does not run here\n", forced);
        exit(1);
    }
    isas.best = forced != NULL ? isas.runs[0] : weir_isa_best();
    fputs("weir: instruction sets that run here:", stderr);
    for (size_t i = 0; i < isas.count; i++)
        fprintf(stderr, " %s", weir_isa_name(isas.runs[i]));
    fprintf(stderr, "%s\n", forced != NULL ? " (WEIR_FUZZ_ISA)" : "");
}

weir_isa isa_any(void)
{
    if (isas.count == 0) isa_look();
    return isas.best;
}

const weir_isa *isa_all(size_t *count)
{
    if (isas.count == 0) isa_look();
    *count = isas.count;
    return isas.runs;
}

weir_isa isa_pick(dice *d)
{
    if (isas.count == 0) isa_look();
    isas.drawn = isas.runs[dice_roll(d, isas.count)];
    return isas.drawn;
}

cuts cuts_from(dice *d, size_t len)
{
    cuts c = {.way = (unsigned)dice_roll(d, CUT_WAYS)};
    /* Octets that are offered again are copied again: many steps are for short inputs. */
    size_t least = len / 256;
    switch ((enum cut_way)c.way) {
    case CUT_TWO: c.step = 1 + dice_roll(d, len + 1); break;
    case CUT_EQUAL:
    case CUT_UNEVEN: c.step = 1 + least + dice_roll(d, 32); break;
    case CUT_SINGLE: c.step = 1 + least; break;
    case CUT_WHOLE:
    case CUT_WAYS: c.step = len + 1; break;
    }
    c.dice = *d;
    return c;
}

size_t cuts_next(cuts *c, size_t left)
{
    size_t step = c->step;
    if (c->way == CUT_TWO) c->step = SIZE_MAX;
    if (c->way == CUT_UNEVEN) step = 1 + dice_roll(&c->dice, 2 * c->step);
    return step < left ? step : left;
}

/* Memory of texts that are no more. */
static struct {
    text kept[16];
    size_t count;
} texts;

static void text_grow(text *t, size_t len)
{
    if (t->p == NULL && texts.count > 0) {
        *t = texts.kept[--texts.count];
        if (t->cap >= len) return;
    }
    t->cap = 2 * (t->len + len) + 1024;
    t->p = allocate(t->p, t->cap);
}

void text_add(text *t, const void *data, size_t len)
{
    if (len == 0) return;
    if (t->cap - t->len < len) text_grow(t, len);
    memcpy(t->p + t->len, data, len);
    t->len += len;
}

void text_word(text *t, const char *word)
{
    text_add(t, word, strlen(word));
}

void text_zeros(text *t, size_t len)
{
    if (t->cap - t->len < len) text_grow(t, len);
    memset(t->p + t->len, 0, len);
    t->len += len;
}

void text_span(text *t, weir_str s)
{
    text_add(t, s.p, s.len);
}

void text_number(text *t, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    text_add(t, digits + at, sizeof digits - at);
}

bool text_equal(const text *a, const text *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->p, b->p, a->len) == 0);
}

void text_free(text *t)
{
    bool is_kept =
        t->p != NULL && t->cap <= 65536 && texts.count < sizeof texts.kept / sizeof *texts.kept;
    if (is_kept)
        texts.kept[texts.count++] = (text){t->p, 0, t->cap};
    else
        free(t->p);
    *t = (text){0};
}

void text_show(const char *title, const text *t)
{
    fprintf(stderr, "--- %s\n", title);
    for (size_t i = 0; i < t->len; i++) {
        unsigned char c = (unsigned char)t->p[i];
        if (c == '\n' || (c >= ' ' && c < 0x7f && c != '\\'))
            fputc(c, stderr);
        else
            fprintf(stderr, "\\x%02x", c);
    }
    fputs("\n", stderr);
}

bool span_inside(weir_str s, const char *in, size_t len)
{
    if (s.len == 0) return true;
    return s.p >= in && s.len <= len && (size_t)(s.p - in) <= len - s.len;
}

bool span_same(weir_str a, const char *in_a, weir_str b, const char *in_b)
{
    if (a.len != b.len) return false;
    return a.len == 0 || (a.p - in_a == b.p - in_b && memcmp(a.p, b.p, a.len) == 0);
}

/* Written out from RFC 9110 §5.6.2, not taken from the tables that are being tested. */
static bool is_tchar(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void check_name(weir_str name)
{
    require(name.len > 0, "a field name has at least one octet");
    for (size_t i = 0; i < name.len; i++)
        require(is_tchar((unsigned char)name.p[i]), "a field name is a token");
}

static void check_value(weir_str value)
{
    if (value.len == 0) return;
    require(!is_blank(value.p[0]) && !is_blank(value.p[value.len - 1]),
            "a field value comes without the whitespace around it");
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.p[i];
        require(c == '\t' || (c >= ' ' && c != 0x7f), "a field value has no control octet");
    }
}

void check_fields(const char *in, size_t at, size_t end, const weir_field *fields, size_t count)
{
    require(count == 0 || weir_fields_find_name(fields, count, fields[0].name) == fields,
            "the first field is found by its name");
    for (size_t i = 0; i < count; i++) {
        const weir_field *f = &fields[i];
        check_name(f->name);
        require(f->name_at == at && f->name.p == in + at && f->name.len < end - at,
                "a field name begins where the line before it ended");
        at += f->name.len;
        require(in[at++] == ':', "a colon follows the field name at once");
        while (at < end && is_blank(in[at]))
            at++;
        check_value(f->value);
        require(f->value_at <= end, "the offset of a value is inside the head");
        require(span_inside(f->value, in, end), "a field value is inside the head");
        if (f->value.len > 0)
            require(f->value_at == at && f->value.p == in + at,
                    "a field value begins behind the colon and blanks");
        at += f->value.len;
        while (at < end && is_blank(in[at]))
            at++;
        require(end - at >= 2 && in[at] == '\r' && in[at + 1] == '\n',
                "a field line ends with CR LF right behind its value");
        at += 2;
        require(f->id == weir_field_find(f->name), "the id of a field is that of its name");
        weir_str known = weir_field_name(f->id);
        require(f->id == WEIR_FIELD_OTHER || weir_str_equal_nocase(known, f->name),
                "a known field's name is spelled as the table has it, but for case");
    }
    require(end - at == 2 && in[at] == '\r' && in[at + 1] == '\n',
            "the empty line ends a field section, and nothing stands before it");
}

void check_fields_same(const weir_field *a, const char *in_a, const weir_field *b, const char *in_b,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        require(span_same(a[i].name, in_a, b[i].name, in_b) &&
                    span_same(a[i].value, in_a, b[i].value, in_b) && a[i].id == b[i].id &&
                    a[i].name_at == b[i].name_at && a[i].value_at == b[i].value_at,
                "the fields are the same wherever the input is cut");
}

bool framing_same(weir_error err, const weir_framing *a, const weir_framing *b)
{
    if (err != WEIR_OK) return a->field == b->field && a->at == b->at;
    return a->kind == b->kind && a->rule == b->rule && a->length == b->length &&
           a->persistent == b->persistent && a->expects_continue == b->expects_continue &&
           a->upgrade == b->upgrade;
}

/* The number that a Content-Length is, UINT64_MAX where it is none below 2^63. */
static uint64_t naive_length(weir_str value)
{
    uint64_t n = 0;
    if (value.len == 0) return UINT64_MAX;
    for (size_t i = 0; i < value.len; i++) {
        if (value.p[i] < '0' || value.p[i] > '9') return UINT64_MAX;
        if (n > (WEIR_LENGTH_HARD_MAX - (uint64_t)(value.p[i] - '0')) / 10) return UINT64_MAX;
        n = n * 10 + (uint64_t)(value.p[i] - '0');
    }
    return n;
}

/* How many members of a list are `word`, and how many are not; empty members are none. */
static void naive_count(weir_str list, const char *word, size_t *same, size_t *others)
{
    for (size_t at = 0; at < list.len; at++) {
        size_t from = at;
        while (at < list.len && list.p[at] != ',')
            at++;
        size_t to = at;
        while (from < to && is_blank(list.p[from]))
            from++;
        while (from < to && is_blank(list.p[to - 1]))
            to--;
        weir_str member = {list.p + from, to - from};
        if (weir_str_equal_nocase(member, weir_str_of(word)))
            ++*same;
        else if (member.len > 0)
            ++*others;
    }
}

void check_framing(const weir_framing *f, const weir_field *fields, size_t count, unsigned minor)
{
    size_t lengths = 0, codings = 0;
    uint64_t length = 0;
    size_t chunked = 0, others = 0;
    for (size_t i = 0; i < count; i++) {
        if (weir_str_equal_nocase(fields[i].name, weir_str_of("content-length"))) {
            require(lengths == 0, "an accepted message has one Content-Length");
            length = naive_length(fields[i].value);
            require(length != UINT64_MAX, "an accepted Content-Length is a number below 2^63");
            lengths++;
        }
        if (weir_str_equal_nocase(fields[i].name, weir_str_of("transfer-encoding"))) {
            naive_count(fields[i].value, "chunked", &chunked, &others);
            codings++;
        }
    }
    require(lengths == 0 || codings == 0,
            "no accepted message has both Content-Length and Transfer-Encoding");
    require(codings == 0 || minor > 0, "no accepted HTTP/1.0 message has Transfer-Encoding");
    require((f->kind == WEIR_FRAMING_LENGTH) <= (lengths == 1 && f->length == length),
            "a payload framed by length has the length that the field says");
    require((f->kind == WEIR_FRAMING_CHUNKED) <= (chunked == 1 && others == 0),
            "a chunked payload is announced by the coding chunked, once and alone");
    require(f->kind == WEIR_FRAMING_LENGTH || f->length == 0, "only a length has a length");
}
