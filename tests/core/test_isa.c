/* SPDX-License-Identifier: MIT */
/* test_isa.c - every instruction set that runs here reads heads as plain C does, and no octet more. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <sys/mman.h>
#include <unistd.h>

#include "exact.h"
#include "weir/head.h"

enum {
    FIELDS = 12,
    FACTS = 32 + 5 * FIELDS,
    HEAD_ROOM = 4096 /* no head here is longer */
};

/* ---- heads to read ---- */

#define H8(a) a a a a a a a a
#define BROWSER                                                                              \
    "GET /en/shop/list?page=2&sort=price%20up HTTP/1.1\r\nHost: www.example.org\r\n"         \
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\r\n" \
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8\r\n" \
    "Accept-Language: de,en-US;q=0.7,en;q=0.3\r\nAccept-Encoding: gzip, deflate, br\r\n"     \
    "Cookie: a=0123456789abcdef; b=\"quoted\"; c=\r\nConnection: keep-alive\r\n"             \
    "X-Unknown-To-Everybody:\t tabs \t\r\nE:\r\n\r\n"

static const struct {
    const char *name;
    bool response;
    weir_str wire;
} heads[] = {
    {"the shortest", false, WEIR_STR_INIT("GET / HTTP/1.0\r\n\r\n")},
    {"one field", false, WEIR_STR_INIT("GET / HTTP/1.1\r\nHost: h\r\n\r\n")},
    {"as short as can be", false,
     WEIR_STR_INIT("A / HTTP/1.0\r\nB: c\r\nD: e\r\n\r\nabcdefghijkl")},
    {"nearly as short", false, WEIR_STR_INIT("A /b HTTP/1.0\r\nB: c\r\nD: e\r\n\r\nabcdefghijkl")},
    {"a response as short as can be", true,
     WEIR_STR_INIT("HTTP/1.1 200 \r\nB: c\r\nD: e\r\n\r\nabcdefghijkl")},
    {"in one look", false,
     WEIR_STR_INIT("PUT /a?b HTTP/1.1\r\nHost: h.example\r\nExpect: x\r\n\r\n")},
    {"in one look of 64 octets", false,
     WEIR_STR_INIT(
         "GET /a/b HTTP/1.1\r\nHost: h\r\nIf-Unmodified-Since: \xc3\xa4 c\r\nA: bc\r\n\r\n")},
    {"in one look, and more", false,
     WEIR_STR_INIT("GET / HTTP/1.0\r\nHost: h\r\nA: b\r\n\r\nGET /b HTTP/1.1\r\nHo")},
    {"a line without a colon, and LF alone", false,
     WEIR_STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nabcdefghi\n\r\n")},
    {"empty lines first", false, WEIR_STR_INIT("\r\n\r\nPUT /a HTTP/1.1\r\nHost:h\r\n\r\nabc")},
    {"a browser's", false, WEIR_STR_INIT(BROWSER)},
    {"another one behind it", false, WEIR_STR_INIT("GET / HTTP/1.1\r\nHost: h\r\n\r\n" BROWSER)},
    {"a long method and target", false,
     WEIR_STR_INIT("VERSION-CONTROL-AND-THEN-SOME /" H8("0123456789abcdef/") "?" H8(
         "a=b&") " HTTP/1.1\r\nHost: h\r\n\r\n")},
    {"an absolute target", false,
     WEIR_STR_INIT("GET http://[::1]:80/a?b HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")},
    {"CONNECT", false, WEIR_STR_INIT("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n")},
    {"OPTIONS", false, WEIR_STR_INIT("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")},
    {"short fields", false,
     WEIR_STR_INIT("GET / HTTP/1.1\r\na:\r\nb:c\r\nd: e\r\nf:g \r\nh:\t\r\ni: j k\r\n\r\n")},
    {"line ends around 64 octets", false,
     WEIR_STR_INIT("GET /0123456789/0123456789/0123456789/0123456789/0 HTTP/1.1\r\n"
                   "A: 0123456789012345678901234567890123456789012345678901234567\r\n"
                   "B: 01234567890123456789012345678901234567890123456789012345678\r\n"
                   "C: 012345678901234567890123456789012345678901234567890123456789\r\n\r\n")},
    {"a long value", false,
     WEIR_STR_INIT("GET / HTTP/1.1\r\nCookie: " H8(H8("0123456789abcdef")) "\r\nHost: h\r\n\r\n")},
    {"octets above 127", false,
     WEIR_STR_INIT("GET / HTTP/1.1\r\nA: \xc3\xa4\xff\x80 \xe2\x82\xac\r\nHost: h\r\n\r\n")},
    {"more fields than there is room for", false,
     WEIR_STR_INIT(
         "GET / HTTP/1.1\r\n" H8("a: b\r\n") "c: d\r\ne: f\r\ng: h\r\ni: j\r\nk: l\r\n\r\n")},
    {"a response", true,
     WEIR_STR_INIT(
         "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: x\r\n"
         "Content-Type: text/html; charset=utf-8\r\nContent-Length: 12345\r\n"
         "ETag: \"0123456789abcdef\"\r\nCache-Control: max-age=60\r\n\r\n<!doctype html>")},
    {"a response without a reason", true, WEIR_STR_INIT("HTTP/1.0 304 \r\nA: b\r\n\r\n")},
    {"a reason of its own", true,
     WEIR_STR_INIT(
         "HTTP/1.1 999 " H8("\xc3\xa4 a\t") "\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n")},
};

/* ---- what is read, as numbers: offsets, not pointers ---- */

typedef struct {
    uint32_t numbers[FACTS];
    size_t count;
} head_facts;

static void facts_add(head_facts *f, size_t number)
{
    assert_true(f->count < FACTS);
    f->numbers[f->count++] = (uint32_t)number;
}

static void facts_span(head_facts *f, weir_str s, const char *in)
{
    facts_add(f, s.len > 0 ? (size_t)(s.p - in) : 0);
    facts_add(f, s.len);
}

static void facts_fields(head_facts *f, const weir_field *fields, size_t count, const char *in)
{
    facts_add(f, count);
    for (size_t i = 0; i < count; i++) {
        facts_span(f, fields[i].name, in);
        facts_span(f, fields[i].value, in);
        facts_add(f, fields[i].id);
        if (fields[i].name_at != (size_t)(fields[i].name.p - in) ||
            fields[i].value_at != (size_t)(fields[i].value.p - in))
            fail_msg("offsets and spans of field %zu differ", i);
    }
}

static void facts_request(head_facts *f, const weir_request *req, const char *in)
{
    const weir_target *parts = &req->parts;
    const weir_str spans[] = {req->method, req->target, parts->scheme, parts->authority,
                              parts->host, parts->port, parts->path,   parts->query};
    for (size_t i = 0; i < COUNT_OF(spans); i++)
        facts_span(f, spans[i], in);
    facts_add(f, req->method_id);
    facts_add(f, parts->form);
    facts_add(f, parts->has_query);
    facts_add(f, req->minor);
    facts_add(f, req->bytes);
    facts_fields(f, req->fields, req->field_count, in);
}

static void facts_response(head_facts *f, const weir_response *res, const char *in)
{
    facts_add(f, res->status);
    facts_span(f, res->reason, in);
    facts_add(f, res->minor);
    facts_add(f, res->bytes);
    facts_fields(f, res->fields, res->field_count, in);
}

/* What a head may have. */
typedef struct {
    const weir_limits *limits;
    size_t fields;
} head_room;

/* Offers the first `first` octets, then all of them. */
static head_facts read_head(weir_isa isa, head_room room, bool response, const char *in, size_t len,
                            size_t first)
{
    head_facts f = {.count = 0};
    weir_field fields[FIELDS];
    weir_head head;
    weir_request req;
    weir_response res;
    weir_error err = WEIR_MORE;
    size_t used = 0;
    weir_head_init(&head, fields, room.fields, room.limits);
    weir_head_use(&head, isa);
    for (int piece = 0; piece < 2 && err == WEIR_MORE; piece++)
        err = response ? weir_response_parse(&head, in, piece == 0 ? first : len, &res, &used)
                       : weir_request_parse(&head, in, piece == 0 ? first : len, &req, &used);
    facts_add(&f, err);
    facts_add(&f, used);
    if (err != WEIR_OK) return f;
    if (response)
        facts_response(&f, &res, in);
    else
        facts_request(&f, &req, in);
    return f;
}

/* ---- memory with nothing around it ---- */

/* Two pages that nobody may touch, and room for a head between them; and who is to read there. */
typedef struct {
    char *all, *begin, *end;
    size_t size;
    weir_isa isas[WEIR_ISA_COUNT]; /* asked once: that costs more than a head does */
    size_t isa_count;
    head_room room;
} guarded;

/* All that run here but plain C. */
static size_t running(weir_isa isas[WEIR_ISA_COUNT])
{
    size_t count = 0;
    for (int isa = WEIR_ISA_SCALAR + 1; isa < WEIR_ISA_COUNT; isa++)
        if (weir_isa_runs((weir_isa)isa)) isas[count++] = (weir_isa)isa;
    return count;
}

static guarded guarded_open(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (HEAD_ROOM + page - 1) / page * page;
    guarded g = {.size = room + 2 * page, .room = {NULL, FIELDS}};
    g.all = mmap(NULL, g.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g.all != MAP_FAILED);
    g.begin = g.all + page;
    g.end = g.begin + room;
    assert_int_equal(mprotect(g.all, page, PROT_NONE), 0);
    assert_int_equal(mprotect(g.end, page, PROT_NONE), 0);
    g.isa_count = running(g.isas);
    return g;
}

static void guarded_close(const guarded *g)
{
    assert_int_equal(munmap(g->all, g->size), 0);
}

/* ---- the same as plain C ---- */

/* At both ends of the memory: a read before the head or behind it ends the program. */
static void check_alike(const guarded *g, const char *name, bool response, const char *in,
                        size_t len, size_t first)
{
    assert_true(len <= HEAD_ROOM);
    char *places[] = {g->end - len, g->begin};
    for (size_t at = 0; at < COUNT_OF(places); at++) {
        if (len > 0) memcpy(places[at], in, len);
        head_facts plain = read_head(WEIR_ISA_SCALAR, g->room, response, places[at], len, first);
        for (size_t i = 0; i < g->isa_count; i++) {
            head_facts f = read_head(g->isas[i], g->room, response, places[at], len, first);
            if (f.count == plain.count &&
                memcmp(f.numbers, plain.numbers, f.count * sizeof f.numbers[0]) == 0)
                continue;
            fail_msg("%s, %s, cut at %zu of %zu: %s@%u, not %s@%u, and what follows",
                     weir_isa_name(g->isas[i]), name, first, len,
                     weir_error_info((weir_error)f.numbers[0])->name, f.numbers[1],
                     weir_error_info((weir_error)plain.numbers[0])->name, plain.numbers[1]);
        }
    }
}

/* Whole, in two pieces at every cut, and ended at every octet. */
static void heads_are_read_alike_at_every_cut(void **state)
{
    (void)state;
    guarded g = guarded_open();
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        weir_str wire = heads[i].wire;
        for (size_t cut = 0; cut <= wire.len; cut++) {
            check_alike(&g, heads[i].name, heads[i].response, wire.p, wire.len, cut);
            check_alike(&g, heads[i].name, heads[i].response, wire.p, cut, cut);
        }
    }
    guarded_close(&g);
}

/* The end of the line in which the octet at `at` stands. */
static size_t line_end(const char *in, size_t len, size_t at)
{
    const char *lf = memchr(in + at, '\n', len - at);
    return lf != NULL ? (size_t)(lf - in) + 1 : len;
}

/*
 * With every octet that means something, and some that mean nothing, in every place: where more
 * comes behind that line, and where nothing does.
 */
static void what_is_refused_is_refused_alike(void **state)
{
    (void)state;
    static const char octets[] = "\0\x01\t\n\r !\"#%*+,-./09:;=?@AZ[\\]^_`az{|}~\x7f\x80\xff";
    bool slow = getenv("WEIR_UNDER_VALGRIND") != NULL;
    guarded g = guarded_open();
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        size_t len = heads[i].wire.len;
        char *in = exact_copy(heads[i].wire.p, len);
        for (size_t at = 0; at < len; at++) {
            for (size_t o = 0; o < sizeof octets - 1; o += slow ? 7 : 1) {
                in[at] = octets[o];
                check_alike(&g, heads[i].name, heads[i].response, in, len, len);
                size_t end = line_end(in, len, at);
                check_alike(&g, heads[i].name, heads[i].response, in, end, end);
            }
            in[at] = heads[i].wire.p[at];
        }
        free(in);
    }
    guarded_close(&g);
}

/* Two changes, of which the second makes up for the first in number: a control too many in one line, and
 * one too few in another. */
static void what_is_refused_twice_is_refused_alike(void **state)
{
    (void)state;
    static const struct {
        bool response;
        weir_str wire;
    } twice[] = {
        {false, WEIR_STR_INIT("GET / HTTP/1.1\r\nHost: h\rx\r\nCookie: a\nUser-Agent: x\r\n\r\n")},
        {false, WEIR_STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nCookie: a\nUser-Agent: x\x01\r\n\r\n")},
        {false, WEIR_STR_INIT("GET /\x7f HTTP/1.1\r\nHost: h\r\nCookie: a\nA: b\r\n\r\n")},
        {true, WEIR_STR_INIT("HTTP/1.1 200 OK\x01\r\nA: b\nC: d\r\n\r\n")},
        {true, WEIR_STR_INIT("HTTP/1.1 200 OK\r\nE: g: \"e\"\rcho\r\n&onnectiony Protocols\n")},
    };
    guarded g = guarded_open();
    for (size_t i = 0; i < COUNT_OF(twice); i++) {
        char padded[256] = {0};
        size_t line = line_end(twice[i].wire.p, twice[i].wire.len, 0), len = twice[i].wire.len;
        memcpy(padded, twice[i].wire.p, line);
        size_t room = (size_t)sprintf(padded + line, "Padding: %064d\r\n", 0);
        memcpy(padded + line + room, twice[i].wire.p + line, len - line);
        for (size_t first = 0; first <= len + room; first++)
            check_alike(&g, "two changes", twice[i].response, padded, len + room, first);
    }
    guarded_close(&g);
}

/* One octet less, or one more, moves all that stands behind it to another place of a block. */
static void lines_end_anywhere(void **state)
{
    (void)state;
    static const char tail[] = "\r\nHost: h\r\nA:b\r\nC: d\r\n\r\n";
    char in[320];
    guarded g = guarded_open();
    for (size_t n = 1; n < 200; n++) {
        memcpy(in, "GET /", 5);
        memset(in + 5, 'a', n);
        memcpy(in + 5 + n, " HTTP/1.1", 9);
        memcpy(in + 14 + n, tail, sizeof tail - 1);
        check_alike(&g, "a target", false, in, n + 13 + sizeof tail, n);
        memcpy(in, "GET / HTTP/1.1\r\nX: ", 19);
        memset(in + 19, 'b', n);
        memcpy(in + 19 + n, tail, sizeof tail - 1);
        check_alike(&g, "a value", false, in, n + 18 + sizeof tail, n);
        memset(in + 16, 'N', n);
        in[16 + n] = ':';
        memcpy(in + 17 + n, tail, sizeof tail - 1);
        check_alike(&g, "a name", false, in, n + 16 + sizeof tail, n);
    }
    guarded_close(&g);
}

/* More of them than are looked at in one go; the last go ends anywhere in a block. */
static void many_short_lines_are_read_alike(void **state)
{
    (void)state;
    static const char line[] = "A:\r\n";
    char in[HEAD_ROOM];
    guarded g = guarded_open();
    for (size_t lines = 480; lines < 540; lines++) {
        size_t len = 16;
        memcpy(in, "GET / HTTP/1.1\r\n", len);
        for (size_t i = 0; i < lines; i++, len += sizeof line - 1)
            memcpy(in + len, line, sizeof line - 1);
        memcpy(in + len, "\r\n", 2);
        check_alike(&g, "many short lines", false, in, len + 2, len + 2);
        check_alike(&g, "many short lines", false, in, len, len);
        in[len - 2] = '\n';
        check_alike(&g, "many short lines", false, in, len, len);
    }
    guarded_close(&g);
}

/* Each limit at what a head needs, and around it. */
static void limits_are_kept_alike(void **state)
{
    (void)state;
    guarded g = guarded_open();
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        weir_str wire = heads[i].wire;
        if (wire.len > 2 * 64) continue;
        for (uint32_t n = 0; n <= wire.len + 1; n++) {
            weir_limits limits[] = {weir_limits_default, weir_limits_default, weir_limits_default,
                                    weir_limits_default, weir_limits_default};
            limits[0].head_bytes_max = n;
            limits[1].line_bytes_max = n;
            limits[2].target_bytes_max = n;
            limits[3].method_bytes_max = n;
            for (size_t which = 0; which < COUNT_OF(limits); which++) {
                g.room = (head_room){&limits[which], which == 4 && n < FIELDS ? n : FIELDS};
                check_alike(&g, heads[i].name, heads[i].response, wire.p, wire.len, wire.len);
            }
        }
    }
    guarded_close(&g);
}

/* ---- which there are ---- */

static void the_best_one_runs_and_has_a_name(void **state)
{
    (void)state;
    static const char *const names[WEIR_ISA_COUNT] = {"auto",   "scalar",     "sse42", "avx2",
                                                      "avx512", "avx512vbmi", "neon"};
    for (int isa = 0; isa < WEIR_ISA_COUNT; isa++)
        assert_string_equal(weir_isa_name((weir_isa)isa), names[isa]);
    assert_string_equal(weir_isa_name(WEIR_ISA_COUNT), "");
    weir_isa best = weir_isa_best();
    assert_true(best > WEIR_ISA_AUTO && best < WEIR_ISA_COUNT);
    assert_true(weir_isa_runs(best));
    assert_true(weir_isa_runs(WEIR_ISA_AUTO));
    assert_true(weir_isa_runs(WEIR_ISA_SCALAR));
    assert_false(weir_isa_runs(WEIR_ISA_COUNT));
#if defined(__x86_64__) || defined(__i386__)
    assert_false(weir_isa_runs(WEIR_ISA_NEON));
#endif
    weir_isa isas[WEIR_ISA_COUNT];
    size_t count = running(isas);
    for (size_t i = 0; i < count; i++)
        assert_true(isas[i] <= best); /* in the order of weir_isa */
    print_message("read by plain C");
    for (size_t i = 0; i < count; i++)
        print_message(", %s", weir_isa_name(isas[i]));
    print_message("\n");
}

/* Asked of the machine on first use, kept over resets, and fixed where a caller says so. */
static void a_head_keeps_its_instruction_set(void **state)
{
    (void)state;
    static const char in[] = "GET / HTTP/1.1\r\n\r\n";
    weir_head head;
    weir_field fields[1];
    weir_request req;
    size_t used;
    weir_head_init(&head, fields, 1, NULL);
    assert_int_equal(head.isa, WEIR_ISA_AUTO);
    assert_int_equal(weir_request_parse(&head, in, sizeof in - 1, &req, &used), WEIR_OK);
    assert_int_equal(head.isa, weir_isa_best());
    weir_head_use(&head, WEIR_ISA_SCALAR);
    weir_head_reset(&head);
    assert_int_equal(weir_request_parse(&head, in, sizeof in - 1, &req, &used), WEIR_OK);
    assert_int_equal(head.isa, WEIR_ISA_SCALAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_one_runs_and_has_a_name),
        cmocka_unit_test(a_head_keeps_its_instruction_set),
        cmocka_unit_test(heads_are_read_alike_at_every_cut),
        cmocka_unit_test(what_is_refused_is_refused_alike),
        cmocka_unit_test(what_is_refused_twice_is_refused_alike),
        cmocka_unit_test(lines_end_anywhere),
        cmocka_unit_test(many_short_lines_are_read_alike),
        cmocka_unit_test(limits_are_kept_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
