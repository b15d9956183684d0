/* SPDX-License-Identifier: MIT */
/* fuzz/world_script.c - the encoding that server_world.c and tls_server.c describe. */
#include "world_script.h"

#define WORLD_NUMBER_MAX 10000000u /* milliseconds, octets: more than that is that */

static const char script_separator[] = "%%\n";

/* The first place of `what` in [p, end), or NULL. */
static const char *script_find(const char *p, const char *end, const char *what)
{
    size_t n = strlen(what);

    for (; (size_t)(end - p) >= n; p++) {
        p = memchr(p, what[0], (size_t)(end - p) - n + 1);
        if (p == NULL) return NULL;
        if (memcmp(p, what, n) == 0) return p;
    }
    return NULL;
}

world_script world_script_of(const char *data, size_t size, const char *letters)
{
    const char *end = data + size;
    const char *line = size > 0 ? script_find(data, end, "\n\n") : NULL;
    world_script s = {.at = data, .end = line != NULL ? line + 1 : end, .letters = letters};
    const char *p = line != NULL ? line + 2 : end;

    while (s.stream_count < WORLD_CLIENTS) {
        const char *next = p < end ? script_find(p, end, script_separator) : NULL;
        const char *stop = next != NULL ? next : end;
        s.streams[s.stream_count++] = (weir_str){p, (size_t)(stop - p)};
        if (next == NULL) break;
        p = next + strlen(script_separator);
    }
    return s;
}

static bool script_is_digit(const world_script *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static uint64_t script_number(world_script *s)
{
    uint64_t n = 0;

    for (; script_is_digit(s); s->at++)
        if (n < WORLD_NUMBER_MAX) n = n * 10 + (uint64_t)(*s->at - '0');
    return n < WORLD_NUMBER_MAX ? n : WORLD_NUMBER_MAX;
}

bool world_script_next(world_script *s, world_command *out)
{
    *out = (world_command){.is_last = true};
    while (s->at < s->end && (*s->at == '\0' || strchr(s->letters, *s->at) == NULL)) {
        if (*s->at != '#') {
            s->at++;
            continue;
        }
        const char *line = memchr(s->at, '\n', (size_t)(s->end - s->at));
        s->at = line != NULL ? line : s->end;
    }
    if (s->at == s->end) return false;
    out->letter = *s->at++;
    while (out->count < WORLD_NUMBERS && script_is_digit(s)) {
        out->n[out->count++] = script_number(s);
        if (s->at < s->end && *s->at == ',') s->at++;
    }
    while (s->at < s->end && (*s->at == ' ' || *s->at == ','))
        s->at++;
    out->is_last = s->at == s->end || *s->at == '\n' || *s->at == '#';
    return true;
}

void world_script_settings(world_script s, world_settings *out)
{
    world_command c;

    memset(out, 0, sizeof *out);
    while (world_script_next(&s, &c)) {
        world_command *first = &out->of[(unsigned char)c.letter & 127];
        if (first->letter == 0) *first = c;
    }
}
