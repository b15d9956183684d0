/* SPDX-License-Identifier: MIT */
/* test_record.c - what a recording keeps of a client's octets, and the form of its file. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "blank.h"
#include "recording.h"
#include "weir/body.h"

#define HEAD "POST / HTTP/1.1\r\nHost: h\r\n"
#define BLANK "xxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
    const char *name, *wire, *kept;
} streams[] = {
    {"nothing to hide", "GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n",
     "GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n"},
    {"cookies", HEAD "Cookie: a=b; c=\"d\"\r\nX: y\r\n\r\n",
     HEAD "Cookie: xxxx xxxxx\r\nX: y\r\n\r\n"},
    {"in any case", HEAD "cOOKIE:a\r\n\r\n", HEAD "cOOKIE:x\r\n\r\n"},
    {"authorisation", HEAD "Authorization: Basic dTpw\r\nProxy-Authorization: Bearer t\r\n\r\n",
     HEAD "Authorization: xxxxx xxxx\r\nProxy-Authorization: xxxxxx x\r\n\r\n"},
    {"tokens of all kinds", HEAD "X-Csrf-Token: a\r\nX-Api-Key: b\r\nX-Session: c\r\n\r\n",
     HEAD "X-Csrf-Token: x\r\nX-Api-Key: x\r\nX-Session: x\r\n\r\n"},
    {"control octets stay, and are refused as before", HEAD "Cookie: a\x01 b\t\r\n\r\n",
     HEAD "Cookie: x\x01 x\t\r\n\r\n"},
    {"a payload with a length",
     HEAD "Content-Length: 5\r\n\r\na\r\n\x01zGET / HTTP/1.1\r\nA: b\r\n\r\n",
     HEAD "Content-Length: 5\r\n\r\nxxxxxGET / HTTP/1.1\r\nA: b\r\n\r\n"},
    {"no payload at all", HEAD "Content-Length: 0\r\n\r\nGET / HTTP/1.1\r\n",
     HEAD "Content-Length: 0\r\n\r\nGET / HTTP/1.1\r\n"},
    {"chunks, extensions and trailers",
     HEAD "Transfer-Encoding: "
          "chunked\r\n\r\n3;a=\"b\xff\"\r\nabc\r\n0B\r\n0\r\n\r\nhello!\r\n0\r\nX: y\r\n"
          "Auth: z\r\n\r\nGET / HTTP/1.0\r\n\r\n",
     HEAD
     "Transfer-Encoding: chunked\r\n\r\n3;x=\"x\x80\"\r\nxxx\r\n0B\r\nxxxxxxxxxxx\r\n0\r\nX: y\r\n"
     "Auth: x\r\n\r\nGET / HTTP/1.0\r\n\r\n"},
    {"empty lines before a request", "\r\n\nGET / HTTP/1.1\r\nCookie: a\r\n\r\n",
     "\r\n\nGET / HTTP/1.1\r\nCookie: x\r\n\r\n"},
    {"lines that end by LF alone", "GET / HTTP/1.1\nHost: h\nCookie: a\n\nGET / HTTP/1.1\n",
     "GET / HTTP/1.1\nHost: h\nCookie: x\n\nGET / HTTP/1.1\n"},
    {"a blank before the colon", HEAD "Cookie : a\r\n\r\n", HEAD "Cookie : x\r\n\r\n"},
    {"no colon", HEAD "Cookie a b\r\n\r\nsecret", HEAD "Cookie x x\r\n\r\nxxxxxx"},
    {"a folded line", HEAD "Cookie: a\r\n b\r\n\r\nsecret", HEAD "Cookie: x\r\n x\r\n\r\nxxxxxx"},
    {"a length before a blank", HEAD "Content-Length : 5\r\n\r\nsecret",
     HEAD "Content-Length : 5\r\n\r\nxxxxxx"},
    {"two lengths", HEAD "Content-Length: 1\r\nContent-Length: 1\r\n\r\nsecret",
     HEAD "Content-Length: 1\r\nContent-Length: 1\r\n\r\nxxxxxx"},
    {"no length", HEAD "Content-Length: +1\r\n\r\nsecret", HEAD "Content-Length: +1\r\n\r\nxxxxxx"},
    {"two words of a length", HEAD "Content-Length: 1 2\r\n\r\nsecret",
     HEAD "Content-Length: 1 2\r\n\r\nxxxxxx"},
    {"an empty length", HEAD "Content-Length:\r\n\r\nsecret", HEAD "Content-Length:\r\n\r\nxxxxxx"},
    {"a length beyond all", HEAD "Content-Length: 1000000000000000\r\n\r\nsecret",
     HEAD "Content-Length: 1000000000000000\r\n\r\nxxxxxx"},
    {"a length and a coding", HEAD "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nsecret",
     HEAD "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nxxxxxx"},
    {"another coding", HEAD "Transfer-Encoding: xchunked\r\n\r\nsecret",
     HEAD "Transfer-Encoding: xchunked\r\n\r\nxxxxxx"},
    {"two codings", HEAD "Transfer-Encoding: gzip, chunked\r\n\r\nsecret",
     HEAD "Transfer-Encoding: gzip, chunked\r\n\r\nxxxxxx"},
    {"no chunk", HEAD "Transfer-Encoding: chunked\r\n\r\nsecret",
     HEAD "Transfer-Encoding: chunked\r\n\r\nxxxxxx"},
    {"a chunk longer than its size", HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nsecret",
     HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nxxxxxx"},
    {"a chunk size beyond all", HEAD "Transfer-Encoding: chunked\r\n\r\n00000000000000001\r\nab",
     HEAD "Transfer-Encoding: chunked\r\n\r\n00000000000000001\r\nxx"},
    {"behind CONNECT", "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\nsecret",
     "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\nxxxxxx"},
    {"not HTTP/1", "PRI * HTTP/2.0\r\n\r\nSM", "PRI * HTTP/2.0\r\n\r\nxx"},
    {"a name without end", HEAD BLANK BLANK BLANK "cookie: a\r\n\r\n",
     HEAD BLANK BLANK BLANK "cookie: x\r\n\r\n"},
};

/* Octets with nothing behind them, blanked in steps. */
static char *blanked(const char *wire, size_t len, size_t step)
{
    weir_blank b = {.left = 0};
    char *kept = malloc(len > 0 ? len : 1);

    assert_non_null(kept);
    for (size_t at = 0; at < len; at += step) {
        size_t n = step < len - at ? step : len - at;
        char *part = malloc(n);
        assert_non_null(part);
        memcpy(part, wire + at, n);
        weir_blank_next(&b, part, n);
        memcpy(kept + at, part, n);
        free(part);
    }
    return kept;
}

static void secrets_are_blanked_alike_at_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        size_t len = strlen(streams[i].wire);
        assert_int_equal(len, strlen(streams[i].kept));
        for (size_t step = 1; step <= len; step++) {
            char *kept = blanked(streams[i].wire, len, step);
            if (memcmp(kept, streams[i].kept, len) != 0)
                fail_msg("%s, %zu at a time: \"%.*s\"", streams[i].name, step, (int)len, kept);
            free(kept);
        }
    }
}

/* ---- the core reads both alike ---- */

/* One message; 0: the last one that can be read. */
typedef struct {
    weir_error head_error, body_error;
    size_t head_used, body_used;
    weir_request request;
    weir_field fields[WEIR_FIELDS_DEFAULT], trailers[WEIR_FIELDS_DEFAULT];
    size_t trailer_count;
    bool is_dark; /* all of its payload is 'x' */
} reading;

static void read_message(reading *r, const char *in, size_t len)
{
    weir_head head, trailers;
    weir_framing framing;
    weir_body body;
    weir_str payload;
    size_t used = 0;

    memset(r, 0, sizeof *r);
    r->is_dark = true;
    weir_head_init(&head, r->fields, WEIR_FIELDS_DEFAULT, NULL);
    r->head_error = weir_request_parse(&head, in, len, &r->request, &r->head_used);
    if (r->head_error != WEIR_OK) return;
    r->head_error = weir_request_framing(&r->request, &framing);
    if (r->head_error != WEIR_OK) return;
    weir_head_init(&trailers, r->trailers, WEIR_FIELDS_DEFAULT, NULL);
    weir_body_init(&body, &framing, &trailers);
    r->body_used = r->head_used;
    while ((r->body_error = weir_body_next(&body, in + r->body_used, len - r->body_used, &used,
                                           &payload)) == WEIR_OK) {
        for (size_t i = 0; i < payload.len; i++)
            r->is_dark = r->is_dark && payload.p[i] == 'x';
        r->body_used += used;
    }
    r->body_used += used;
    if (r->body_error == WEIR_END) r->trailer_count = trailers.count;
}

static bool is_secret(weir_str name)
{
    static const char *const secrets[] = {"cookie", "set-cookie", "authorization",
                                          "proxy-authorization"};

    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (weir_str_equal_nocase(name, weir_str_of(secrets[i]))) return true;
    return false;
}

static void fields_are_blanked(const char *file, const weir_field *a, const weir_field *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!weir_str_equal(a[i].name, b[i].name) || a[i].value.len != b[i].value.len)
            fail_msg("%s: field %zu is another one", file, i);
        for (size_t j = 0; j < b[i].value.len && is_secret(b[i].name); j++)
            if (strchr("x \t", b[i].value.p[j]) == NULL)
                fail_msg("%s: %.*s is told", file, (int)b[i].value.len, b[i].value.p);
    }
}

/* Invariant: the same verdicts at the same octets, and none of the payload. */
static size_t core_reads_alike(const char *file, const char *wire, size_t len)
{
    static reading whole, kept;
    char *blank = blanked(wire, len, len > 0 ? len : 1);
    size_t at = 0, messages = 0;

    for (bool goes_on = true; goes_on; messages++) {
        read_message(&whole, wire + at, len - at);
        read_message(&kept, blank + at, len - at);
        if (whole.head_error != kept.head_error || whole.head_used != kept.head_used ||
            whole.body_error != kept.body_error || whole.body_used != kept.body_used)
            fail_msg("%s, from %zu on: %s at %zu, %s at %zu; blanked %s at %zu, %s at %zu", file,
                     at, weir_error_info(whole.head_error)->name, whole.head_used,
                     weir_error_info(whole.body_error)->name, whole.body_used,
                     weir_error_info(kept.head_error)->name, kept.head_used,
                     weir_error_info(kept.body_error)->name, kept.body_used);
        if (!kept.is_dark) fail_msg("%s, from %zu on: payload is told", file, at);
        if (whole.head_error != WEIR_OK) break;
        fields_are_blanked(file, whole.request.fields, kept.request.fields,
                           whole.request.field_count);
        assert_int_equal(whole.trailer_count, kept.trailer_count);
        fields_are_blanked(file, whole.trailers, kept.trailers, whole.trailer_count);
        at += whole.body_used;
        goes_on = whole.body_error == WEIR_END && whole.request.method_id != WEIR_METHOD_CONNECT;
    }
    free(blank);
    return messages;
}

static void the_core_reads_what_is_kept_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        (void)core_reads_alike(streams[i].name, streams[i].wire, strlen(streams[i].wire));
}

/* Every input that the fuzzers keep for the engine: a plan up to a line end, then the wire. */
static void the_core_reads_the_corpus_alike(void **state)
{
    const char *folder = WEIR_CORPUS;
    DIR *d = opendir(folder);
    size_t files = 0;

    (void)state;
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        static char octets[65536];
        char path[4096];
        if (entry->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        size_t len = fread(octets, 1, sizeof octets, f);
        (void)fclose(f);
        char *line = memchr(octets, '\n', len);
        if (line == NULL || weir_recording_is(octets, len)) continue;
        char *wire = malloc(len); /* exact: a read too far is seen */
        assert_non_null(wire);
        size_t size = len - (size_t)(line + 1 - octets);
        memcpy(wire + (len - size), line + 1, size);
        (void)core_reads_alike(entry->d_name, wire + (len - size), size);
        free(wire);
        files++;
    }
    closedir(d);
    assert_true(files > 10);
}

/* ---- the file ---- */

#define FORM             \
    WEIR_RECORDING_MAGIC \
    "scheme https\nbegan 7\nallow 1\npayload-max 9\nlisting no\ndemo yes\nsecrets kept\n\n"

static void what_is_written_is_read_back(void **state)
{
    const weir_recording_facts facts = {.began_ms = 7,
                                        .payload_bytes_max = 9,
                                        .allow = 1,
                                        .is_secure = true,
                                        .with_demo = true,
                                        .has_secrets = true};
    static const weir_record records[] = {
        {.kind = WEIR_RECORD_READ, .ms = 1, .wall_s = 1700000000, .count = 3},
        {.kind = WEIR_RECORD_WRITE, .ms = 1, .wall_s = 1700000000, .count = 5, .sum = 0xfedcba98},
        {.kind = WEIR_RECORD_WRITE, .ms = 2, .wall_s = 1700000001, .sum = 0xffffffffffffffff},
        {.kind = WEIR_RECORD_DRAIN, .ms = 3, .wall_s = 0},
        {.kind = WEIR_RECORD_END, .ms = UINT32_MAX, .wall_s = 253402300799},
        {.kind = WEIR_RECORD_CLOSE, .ms = UINT32_MAX, .wall_s = 1},
    };
    char all[2000], line[WEIR_RECORDING_LINE_MAX];
    weir_recording r;
    weir_record seen;

    (void)state;
    size_t len = weir_recording_write_head(all, &facts);
    assert_int_equal(len, sizeof FORM - 1);
    assert_memory_equal(all, FORM, len);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        size_t n = weir_recording_write_line(line, &records[i]);
        memcpy(all + len, line, n);
        len += n;
        if (records[i].kind != WEIR_RECORD_READ) continue;
        memcpy(all + len, "r\n\n\n", 4);
        len += 4;
    }
    assert_int_equal(weir_recording_open(&r, all, len), WEIR_RECORDING_OK);
    assert_int_equal(r.facts.began_ms, 7);
    assert_int_equal(r.facts.payload_bytes_max, 9);
    assert_int_equal(r.facts.allow, 1);
    assert_true(r.facts.is_secure && !r.facts.with_listing && r.facts.with_demo);
    assert_true(r.facts.has_secrets);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        assert_int_equal(weir_recording_next(&r, &seen), WEIR_RECORDING_OK);
        assert_int_equal(seen.kind, records[i].kind);
        assert_int_equal(seen.ms, records[i].ms);
        assert_true(seen.wall_s == records[i].wall_s);
        assert_int_equal(seen.count, records[i].count);
        assert_true(seen.sum == records[i].sum);
        if (seen.kind == WEIR_RECORD_READ)
            assert_true(weir_str_equal(seen.octets, weir_str_of("r\n\n")));
    }
    assert_int_equal(weir_recording_next(&r, &seen), WEIR_RECORDING_END);
    assert_int_equal(weir_recording_next(&r, &seen), WEIR_RECORDING_END);
}

/* What stands at `at` is wrong, and nothing before it. */
static const struct {
    const char *text;
    int at; /* -1: all is well; beyond FORM, counted from its end on: 1000 + at */
} forms[] = {
    {FORM, -1},
    {FORM "c 0 0\n", -1},
    {FORM "r 0 0 1\na\n", -1},
    {"", 0},
    {"weir recording 2\n", 0},
    {WEIR_RECORDING_MAGIC, 17},
    {WEIR_RECORDING_MAGIC "scheme ftp\n", 24},
    {WEIR_RECORDING_MAGIC "scheme httpss\n", 28},
    {WEIR_RECORDING_MAGIC "scheme http\nallow 1\n", 29},
    {WEIR_RECORDING_MAGIC "scheme http\nbegan 4611686018427387905\n", 35},
    {WEIR_RECORDING_MAGIC "scheme http\nbegan 7\nallow 16\n", 43},
    {WEIR_RECORDING_MAGIC "scheme http\nbegan 7\nallow \n", 43},
    {WEIR_RECORDING_MAGIC "scheme http\nbegan 7\nallow 1\npayload-max 9223372036854775808\n", 57},
    {WEIR_RECORDING_MAGIC "scheme http\nbegan 7\nallow 1\npayload-max 1\nlisting maybe\n", 67},
    {FORM "q 0 0\n", 1000},
    {FORM "\n", 1000},
    {FORM "c", 1001},
    {FORM "c 0", 1003},
    {FORM "c 0 0", 1005},
    {FORM "c 00 0\n", 1002},
    {FORM "c -1 0\n", 1002},
    {FORM "c 4294967296 0\n", 1002},
    {FORM "c 0 253402300800\n", 1004},
    {FORM "c 0 0 0\n", 1005},
    {FORM "e 5 0\nc 4 0\n", 1008},
    {FORM "c 0 0\nc 0 0\n", 1006},
    {FORM "f 0 0\nr 0 0 1\na\n", 1006},
    {FORM "r 0 0 0\n\n", 1008},
    {FORM "r 0 0 2\na", 1008},
    {FORM "r 0 0 1\nab\n", 1009},
    {FORM "r 0 0 1048577\na\n", 1006},
    {FORM "r 0 0 18446744073709551617\na\n", 1006},
    {FORM "w 0 0 1\n", 1007},
    {FORM "w 0 0 1 0123456789abcdeF\n", 1023},
    {FORM "w 0 0 1 0123456789abcdef0\n", 1024},
};

static void what_is_no_recording_is_refused_where_it_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t len = strlen(forms[i].text);
        char *copy = malloc(len > 0 ? len : 1);
        weir_recording r;
        weir_record record;

        assert_non_null(copy);
        memcpy(copy, forms[i].text, len);
        weir_recording_result result = weir_recording_open(&r, copy, len);
        while (result == WEIR_RECORDING_OK)
            result = weir_recording_next(&r, &record);
        int at = forms[i].at < 1000 ? forms[i].at : forms[i].at - 1000 + (int)sizeof FORM - 1;
        if ((result == WEIR_RECORDING_END) != (at < 0) || (at >= 0 && r.at != (size_t)at))
            fail_msg("\"%s\": %s at %zu, not %d", forms[i].text,
                     r.problem != NULL ? r.problem : "-", r.at, at);
        if (at >= 0) {
            assert_non_null(r.problem);
            assert_int_equal(weir_recording_next(&r, &record), WEIR_RECORDING_WRONG);
        }
        free(copy);
    }
}

/* FNV-1a, 64 bits, by its published vectors. */
static void the_sum_is_the_known_one(void **state)
{
    (void)state;
    assert_true(weir_recording_sum(WEIR_RECORDING_SUM_NONE, "", 0) == 0xcbf29ce484222325U);
    assert_true(weir_recording_sum(WEIR_RECORDING_SUM_NONE, "a", 1) == 0xaf63dc4c8601ec8cU);
    uint64_t sum = weir_recording_sum(WEIR_RECORDING_SUM_NONE, "foo", 3);
    assert_true(weir_recording_sum(sum, "bar", 3) == 0x85944171f73967e8U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_blanked_alike_at_every_cut),
        cmocka_unit_test(the_core_reads_what_is_kept_alike),
        cmocka_unit_test(the_core_reads_the_corpus_alike),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(what_is_no_recording_is_refused_where_it_is_wrong),
        cmocka_unit_test(the_sum_is_the_known_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
