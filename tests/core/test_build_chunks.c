/* SPDX-License-Identifier: MIT */
/* test_build_chunks.c - chunks, trailers and single fields, octet for octet, and what is refused. */
#include "build_written.h"

static const struct {
    uint64_t len;
    weir_error err;
    const char *wire;
} chunks[] = {
    {0, WEIR_ERR_CALL_LENGTH, 0}, /* would be the last one */
    {1, WEIR_OK, "1\r\n"},
    {15, WEIR_OK, "f\r\n"},
    {16, WEIR_OK, "10\r\n"},
    {0xdeadbeef, WEIR_OK, "deadbeef\r\n"},
    {WEIR_LENGTH_HARD_MAX, WEIR_OK, "7fffffffffffffff\r\n"},
    {WEIR_LENGTH_HARD_MAX + 1, WEIR_ERR_CALL_LENGTH, 0},
    {WEIR_LENGTH_UNKNOWN, WEIR_ERR_CALL_LENGTH, 0},
};

static weir_error write_chunk_open(const void *facts, weir_buf *out)
{
    return weir_chunk_open_write(*(const uint64_t *)facts, out);
}

static weir_error write_chunk_close(const void *facts, weir_buf *out)
{
    (void)facts;
    return weir_chunk_close_write(out);
}

static void chunks_are_opened_and_closed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(chunks); i++)
        check_written("chunk", write_chunk_open, &chunks[i].len, chunks[i].err, chunks[i].wire);
    check_written("chunk end", write_chunk_close, NULL, WEIR_OK, "\r\n");
}

typedef struct {
    const char *name;
    struct {
        const weir_field *fields;
        size_t field_count;
    } trailers;
    weir_error err;
    const char *wire;
} trailer_row;

static const trailer_row trailers[] = {
    {"none", {NULL, 0}, WEIR_OK, "0\r\n\r\n"},
    {"two",
     {FIELDS(FIELD("ETag", "\"a\""), FIELD("X", ""))},
     WEIR_OK,
     "0\r\nETag: \"a\"\r\nX: \r\n\r\n"},
    {"Content-Length", {FIELDS(FIELD("content-length", "1"))}, WEIR_ERR_CALL_TRAILER, 0},
    {"Host behind another",
     {FIELDS(FIELD("a", "b"), FIELD("Host", "h"))},
     WEIR_ERR_CALL_TRAILER,
     0},
    {"Connection", {FIELDS(FIELD("Connection", "a"))}, WEIR_ERR_CALL_TRAILER, 0},
    {"a name", {FIELDS(FIELD("", "1"))}, WEIR_ERR_CALL_FIELD_NAME, 0},
    {"a value", {FIELDS(FIELD("a", "b\nc"))}, WEIR_ERR_CALL_FIELD_VALUE, 0},
};

static weir_error write_trailers(const void *facts, weir_buf *out)
{
    const trailer_row *row = facts;
    copies c = {.count = 0};
    const weir_field *fields = copy_fields(&c, row->trailers.fields, row->trailers.field_count);
    weir_error err = weir_chunk_last_write(fields, row->trailers.field_count, out);
    copies_free(&c);
    return err;
}

static void trailers_end_a_chunked_payload(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(trailers); i++)
        check_written(trailers[i].name, write_trailers, &trailers[i], trailers[i].err,
                      trailers[i].wire);
    for (int id = 1; id < WEIR_FIELD_COUNT; id++) {
        const weir_field field = {.name = weir_field_name((weir_field_id)id), .value = SPAN("x")};
        char memory[64];
        weir_buf out = {memory, 0, sizeof memory};
        bool forbidden = weir_is_trailer_forbidden((weir_field_id)id);
        assert_int_equal(weir_chunk_last_write(&field, 1, &out),
                         forbidden ? WEIR_ERR_CALL_TRAILER : WEIR_OK);
    }
}

static weir_error write_field(const void *facts, weir_buf *out)
{
    const weir_field *field = facts;
    copies c = {.count = 0};
    weir_error err = weir_field_write(copy_span(&c, field->name), copy_span(&c, field->value), out);
    copies_free(&c);
    return err;
}

static void a_single_field_is_checked_too(void **state)
{
    (void)state;
    static const weir_field good = FIELD("Content-Length", "1"), empty = FIELD("a", ""),
                            bad_name = FIELD("a b", "1"), bad_value = FIELD("a", "1\r");
    check_written("field", write_field, &good, WEIR_OK, "Content-Length: 1\r\n");
    check_written("no value", write_field, &empty, WEIR_OK, "a: \r\n");
    check_written("name", write_field, &bad_name, WEIR_ERR_CALL_FIELD_NAME, NULL);
    check_written("value", write_field, &bad_value, WEIR_ERR_CALL_FIELD_VALUE, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_opened_and_closed),
        cmocka_unit_test(trailers_end_a_chunked_payload),
        cmocka_unit_test(a_single_field_is_checked_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
