/* SPDX-License-Identifier: MIT */
/* test_errors.c - each error that a peer can cause: that one, at that octet, in that field. */
#include "error_cases.h"
#include "exact.h"

#include "weir/cookie.h"
#include "weir/date.h"
#include "weir/forwarded.h"
#include "weir/media_type.h"
#include "weir/value.h"

enum {
    EVERY_CUT_BYTES = 512 /* a longer input is cut near its fault alone */
};

/* ---- messages, through the engine ---- */

typedef struct {
    weir_conn conn;
    weir_field fields[WEIR_FIELDS_DEFAULT];
} error_engine;

/* Ready to read: a client has asked, unless nothing is to be asked. */
static void engine_init(error_engine *e, error_reader reader)
{
    static const weir_field host = {.name = WEIR_STR_INIT("Host"), .value = WEIR_STR_INIT("h")};
    const weir_request req = {.method_id = WEIR_METHOD_GET,
                              .target = WEIR_STR_INIT("/"),
                              .fields = &host,
                              .field_count = 1,
                              .minor = 1};
    char bytes[64];
    weir_buf out = {bytes, 0, sizeof bytes};
    uint64_t number;
    weir_role role = reader == READER_SERVER ? WEIR_SERVER : WEIR_CLIENT;
    assert_int_equal(weir_conn_init(&e->conn, role, NULL), WEIR_OK);
    weir_conn_fields(&e->conn, e->fields, WEIR_FIELDS_DEFAULT);
    if (reader != READER_CLIENT) return;
    assert_int_equal(weir_conn_request(&e->conn, &out, &req, &number), WEIR_OK);
    assert_int_equal(weir_conn_finish(&e->conn, number, &out, NULL, 0), WEIR_OK);
}

/* Takes events from [in + *at, in + have) until one asks for more or is an error. */
static weir_error engine_read(error_engine *e, const char *in, size_t have, size_t *at,
                              weir_event *ev)
{
    for (;;) {
        char *copy = exact_copy(in + *at, have - *at);
        size_t used;
        weir_error err = weir_conn_next(&e->conn, copy, have - *at, &used, NULL, ev);
        free(copy);
        *at += used;
        if (err != WEIR_OK) return err;
    }
}

/* The first `first` octets, then the rest: the same error at the same octet. */
static void check_cut(const error_case *c, const char *in, size_t len, size_t fault, size_t first)
{
    static error_engine e;
    weir_event ev;
    size_t at = 0;
    engine_init(&e, c->reader);
    weir_error err = engine_read(&e, in, first, &at, &ev);
    if (!weir_is_error(err)) err = engine_read(&e, in, len, &at, &ev);
    if (c->stop != WEIR_OK && !weir_is_error(err)) {
        weir_conn_stop(&e.conn, c->stop);
        err = engine_read(&e, in, len, &at, &ev);
    }
    if (err != c->code)
        fail_msg("%s, %s, cut at %zu: %s", weir_error_info(c->code)->name, c->name, first,
                 weir_error_info(err)->name);
    assert_int_equal(ev.type, WEIR_EVENT_ERROR);
    assert_int_equal(ev.failure.error, err);
    if (ev.failure.offset != fault)
        fail_msg("%s, %s, cut at %zu: at %d, not %zu", weir_error_info(c->code)->name, c->name,
                 first, (int)ev.failure.offset, fault);
    unsigned status = c->reader == READER_SERVER ? weir_error_info(err)->status : 0;
    if (ev.failure.status != 0) assert_int_equal(ev.failure.status, status);
}

static void a_message_is_refused_for_its_fault_at_its_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < error_case_count; i++) {
        const error_case *c = &error_cases[i];
        if (c->reader > READER_LAST_MESSAGE) continue;
        size_t len, fault, near = EVERY_CUT_BYTES / 2;
        char *in = error_case_input(c, &len, &fault);
        size_t from = len <= EVERY_CUT_BYTES || fault < near ? 0 : fault - near;
        for (size_t first = from; first <= len && first < from + EVERY_CUT_BYTES; first++)
            check_cut(c, in, len, fault, first);
        check_cut(c, in, len, fault, len);
        free(in);
    }
}

/* The status goes to a peer that can be answered: the head is at fault, or nothing was sent yet. */
static void a_server_answers_with_the_status_of_the_error(void **state)
{
    (void)state;
    static error_engine e;
    for (size_t i = 0; i < error_case_count; i++) {
        const error_case *c = &error_cases[i];
        if (c->reader != READER_SERVER) continue;
        size_t len, fault, at = 0;
        char *in = error_case_input(c, &len, &fault), bytes[128];
        weir_buf out = {bytes, 0, sizeof bytes};
        weir_event ev;
        engine_init(&e, c->reader);
        if (c->stop != WEIR_OK) weir_conn_stop(&e.conn, c->stop);
        assert_int_equal(engine_read(&e, in, len, &at, &ev), c->code);
        assert_int_equal(ev.failure.status, weir_error_info(c->code)->status);
        assert_int_equal(ev.exchange, 1);
        const weir_response answer = {.status = ev.failure.status};
        assert_int_equal(weir_conn_respond(&e.conn, ev.exchange, &out, &answer), WEIR_OK);
        assert_int_equal(weir_conn_finish(&e.conn, ev.exchange, &out, NULL, 0), WEIR_OK);
        static const char end[] = "Connection: close\r\n\r\n";
        assert_true(out.len > sizeof end);
        assert_memory_equal(bytes + out.len - (sizeof end - 1), end, sizeof end - 1);
        free(in);
    }
}

/* ---- which field ---- */

/* Of the field section being read, the line that is not whole; FIELD_NONE before the first. */
static int line_at_fault(const weir_head *h, const char *in, size_t from, size_t fault)
{
    bool in_section = h->count > 0;
    for (size_t i = from; i + 1 < fault && !in_section; i++)
        in_section = in[i] == '\r' && in[i + 1] == '\n';
    return in_section ? (int)h->count : FIELD_NONE;
}

static int field_in_head(const error_case *c, const char *in, size_t len, size_t fault)
{
    static weir_field fields[WEIR_FIELDS_DEFAULT], trailer_fields[WEIR_FIELDS_DEFAULT];
    weir_head head, trailers;
    weir_request req;
    weir_response res;
    weir_framing f = {.field = 0};
    weir_body body;
    weir_str payload;
    size_t used, at;
    bool server = c->reader == READER_SERVER;
    weir_head_init(&head, fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_error err = server ? weir_request_parse(&head, in, len, &req, &used)
                            : weir_response_parse(&head, in, len, &res, &used);
    if (err != WEIR_OK) {
        size_t from = 0; /* behind empty lines */
        while (from < len && (in[from] == '\r' || in[from] == '\n'))
            from++;
        return weir_is_error(err) ? line_at_fault(&head, in, from, fault) : FIELD_NONE;
    }
    err =
        server ? weir_request_framing(&req, &f) : weir_response_framing(&res, WEIR_METHOD_GET, &f);
    if (err != WEIR_OK) {
        assert_int_equal(f.at, fault);
        return (int)f.field;
    }
    weir_head_init(&trailers, trailer_fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_body_init(&body, &f, &trailers);
    for (at = used; weir_body_next(&body, in + at, len - at, &used, &payload) == WEIR_OK;)
        at += used;
    return trailers.error != WEIR_OK ? (int)trailers.count : FIELD_NONE;
}

static void a_fault_in_a_field_is_told_with_the_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < error_case_count; i++) {
        const error_case *c = &error_cases[i];
        if (c->reader > READER_CLIENT) continue;
        size_t len, fault;
        char *in = error_case_input(c, &len, &fault);
        int field = field_in_head(c, in, len, fault);
        if (c->stop == WEIR_OK && field != c->field)
            fail_msg("%s, %s: field %d, not %d", weir_error_info(c->code)->name, c->name, field,
                     c->field);
        free(in);
    }
}

/* ---- values ---- */

/* What the reader says, and where; the whole value where it says no offset. */
static weir_error read_value(const error_case *c, weir_str text, size_t *at)
{
    weir_str member, rest = text;
    int64_t seconds;
    unsigned weight;
    weir_media_type type;
    weir_cookie cookie;
    weir_forwarded forwarded;
    char bytes[64];
    weir_buf out = {bytes, 0, sizeof bytes};
    weir_error err = WEIR_OK;
    *at = 0;
    switch (c->reader) {
    case READER_LIST: err = weir_list_next(&rest, &member); break;
    case READER_DATE: err = weir_date_parse(text, 0, &seconds); break;
    case READER_PATH: err = weir_path_decode(text, &out, at); break;
    case READER_WEIGHT: err = weir_weight_parse(text, &weight, at); break;
    case READER_MEDIA_TYPE: err = weir_media_type_parse(text, &type, at); break;
    case READER_COOKIE: err = weir_cookie_next(&rest, &cookie, at); break;
    case READER_FORWARDED: err = weir_forwarded_next(&rest, &forwarded, at); break;
    case READER_SERVER:
    case READER_CLIENT:
    case READER_UNASKED: break;
    }
    return err;
}

static void a_value_is_refused_for_its_fault_at_its_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < error_case_count; i++) {
        const error_case *c = &error_cases[i];
        if (c->reader <= READER_LAST_MESSAGE) continue;
        size_t len, fault, at;
        char *in = error_case_input(c, &len, &fault);
        weir_error err = read_value(c, (weir_str){in, len}, &at);
        if (err != c->code || at != fault)
            fail_msg("%s: %s at %zu", c->name, weir_error_info(err)->name, at);
        free(in);
    }
}

/* ---- the table itself ---- */

static void every_error_of_a_peer_has_a_case(void **state)
{
    (void)state;
    for (int e = 0; e < WEIR_ERROR_COUNT; e++) {
        const weir_error_facts *facts = weir_error_info((weir_error)e);
        bool found = facts->fault != WEIR_FAULT_PEER && facts->fault != WEIR_FAULT_LIMIT;
        for (size_t i = 0; i < error_case_count && !found; i++)
            found = error_cases[i].code == (weir_error)e;
        if (!found) fail_msg("%s: add a row to error_cases.c", facts->name);
    }
}

/* Cases for tests/cli/errors.py, one a line, parted by tabs: what `weir parse` has to say. */
static void list_cases(void)
{
    static const char *const readers[] = {"request", "response",
                                          "nothing"}; /* ORDER error_reader */
    for (size_t i = 0; i < error_case_count; i++) {
        const error_case *c = &error_cases[i];
        const weir_error_facts *facts = weir_error_info(c->code);
        size_t len, fault;
        char *in = error_case_input(c, &len, &fault);
        printf("%s\t%s\t%s\t%zu\t%d\t%s\t%s\t%s\t", facts->name, c->name,
               c->reader <= READER_LAST_MESSAGE ? readers[c->reader] : "value", fault,
               facts->status, facts->rfc, facts->sentence, c->hide != NULL ? c->hide : "");
        for (size_t at = 0; at < len; at++)
            printf("%02x", (unsigned)(unsigned char)in[at]);
        printf("\n");
        free(in);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_refused_for_its_fault_at_its_octet),
        cmocka_unit_test(a_server_answers_with_the_status_of_the_error),
        cmocka_unit_test(a_fault_in_a_field_is_told_with_the_field),
        cmocka_unit_test(a_value_is_refused_for_its_fault_at_its_octet),
        cmocka_unit_test(every_error_of_a_peer_has_a_case),
    };
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        list_cases();
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
