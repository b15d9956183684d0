/* SPDX-License-Identifier: MIT */
/* build_written.c - runs a writer with every room there can be. */
#include "build_written.h"

enum {
    BEFORE = 3,
    CANARY = 8
};

/* With room for `room` octets behind BEFORE others that stay. */
static void check_room(const char *name, writing *write, const void *facts, weir_error err,
                       weir_str wire, size_t room)
{
    size_t size = BEFORE + room + CANARY;
    char *memory = malloc(size), *was = malloc(size);
    assert_non_null(memory);
    assert_non_null(was);
    memset(memory, '#', size);
    memset(was, '#', size);
    weir_buf out = {memory, BEFORE, BEFORE + room};
    weir_error expected = err == WEIR_OK && room < wire.len ? WEIR_SPACE : err;
    weir_error got = write(facts, &out);
    if (got != expected)
        fail_msg("%s: %s, not %s, with room for %zu", name, weir_error_info(got)->name,
                 weir_error_info(expected)->name, room);
    if (got == WEIR_OK && wire.len > 0) memcpy(was + BEFORE, wire.p, wire.len);
    size_t len = BEFORE + (got == WEIR_OK ? wire.len : 0);
    if (out.len != len) fail_msg("%s: %zu octets, not %zu", name, out.len, len);
    if (out.p != memory || out.cap != BEFORE + room) fail_msg("%s: another buffer", name);
    if (memcmp(memory, was, size) != 0)
        fail_msg("%s: \"%.*s\" with room for %zu", name, (int)size, memory, room);
    free(memory);
    free(was);
}

void check_written(const char *name, writing *write, const void *facts, weir_error err,
                   const char *wire)
{
    weir_str expected = wire != NULL ? weir_str_of(wire) : (weir_str){NULL, 0};
    for (size_t room = 0; room <= expected.len + 24; room++)
        check_room(name, write, facts, err, expected, room);
}

weir_str copy_span(copies *c, weir_str s)
{
    assert_true(c->count < COUNT_OF(c->spans));
    c->spans[c->count] = exact_copy(s.p, s.len);
    return (weir_str){c->spans[c->count++], s.len};
}

const weir_field *copy_fields(copies *c, const weir_field *fields, size_t count)
{
    assert_true(count <= COUNT_OF(c->fields));
    for (size_t i = 0; i < count; i++) {
        c->fields[i] = fields[i];
        c->fields[i].name = copy_span(c, fields[i].name);
        c->fields[i].value = copy_span(c, fields[i].value);
    }
    return c->fields;
}

void copies_free(copies *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->spans[i]);
}
