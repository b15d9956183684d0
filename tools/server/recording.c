/* SPDX-License-Identifier: MIT */
/* recording.c - the form of a recorded connection, written and read. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "recording.h"
#include "weir/date.h"
#include "weir/limits.h"

/* ---- writing ---- */

uint64_t weir_recording_sum(uint64_t sum, const void *octets, size_t len)
{
    const unsigned char *p = octets;

    for (size_t i = 0; i < len; i++)
        sum = (sum ^ p[i]) * 0x100000001b3U;
    return sum;
}

size_t weir_recording_write_head(char out[WEIR_RECORDING_HEAD_MAX], const weir_recording_facts *f)
{
    return (size_t)snprintf(out, WEIR_RECORDING_HEAD_MAX,
                            WEIR_RECORDING_MAGIC "scheme %s\nbegan %" PRIu64 "\nallow %" PRIu32
                                                 "\npayload-max %" PRIu64
                                                 "\nlisting %s\ndemo %s\nsecrets %s\n\n",
                            f->is_secure ? "https" : "http", f->began_ms, f->allow,
                            f->payload_bytes_max, f->with_listing ? "yes" : "no",
                            f->with_demo ? "yes" : "no", f->has_secrets ? "kept" : "blanked");
}

size_t weir_recording_write_line(char out[WEIR_RECORDING_LINE_MAX], const weir_record *record)
{
    size_t n = (size_t)snprintf(out, WEIR_RECORDING_LINE_MAX, "%c %" PRIu64 " %" PRId64,
                                (char)record->kind, record->ms, record->wall_s);
    size_t room = WEIR_RECORDING_LINE_MAX - n;

    if (record->kind == WEIR_RECORD_READ)
        n += (size_t)snprintf(out + n, room, " %" PRIu64, record->count);
    if (record->kind == WEIR_RECORD_WRITE)
        n +=
            (size_t)snprintf(out + n, room, " %" PRIu64 " %016" PRIx64, record->count, record->sum);
    out[n] = '\n';
    return n + 1;
}

/* ---- reading ---- */

/* Keeps what is wrong, and where. Always false. */
static bool recording_wrong(weir_recording *r, const char *problem)
{
    r->problem = problem;
    return false;
}

static bool recording_word(weir_recording *r, const char *word, const char *problem)
{
    size_t len = strlen(word);

    if (r->len - r->at < len || memcmp(r->in + r->at, word, len) != 0)
        return recording_wrong(r, problem);
    r->at += len;
    return true;
}

/* "NAME YES\n" or "NAME NO\n". */
static bool recording_choice(weir_recording *r, const char *name, const char *no, const char *yes,
                             bool *out)
{
    size_t yes_len = strlen(yes);

    if (!recording_word(r, name, "not the line that belongs there")) return false;
    *out = r->len - r->at > yes_len && memcmp(r->in + r->at, yes, yes_len) == 0 &&
           r->in[r->at + yes_len] == '\n';
    if (!recording_word(r, *out ? yes : no, "neither of the two words that may stand there"))
        return false;
    return recording_word(r, "\n", "no end of the line");
}

/* A decimal number without superfluous zeros, at most `max`. */
static bool recording_number(weir_recording *r, uint64_t max, uint64_t *out)
{
    size_t at = r->at;
    uint64_t n = 0;

    for (; at < r->len && r->in[at] >= '0' && r->in[at] <= '9'; at++) {
        unsigned digit = (unsigned)(r->in[at] - '0');
        if (digit > max || n > (max - digit) / 10) return recording_wrong(r, "a number too large");
        n = n * 10 + digit;
    }
    if (at == r->at) return recording_wrong(r, "no number");
    if (at > r->at + 1 && r->in[r->at] == '0') return recording_wrong(r, "a number with zeros");
    r->at = at;
    *out = n;
    return true;
}

static bool recording_sum(weir_recording *r, uint64_t *out)
{
    *out = 0;
    for (int i = 0; i < 16; i++) {
        char c = '\0';
        if (r->at < r->len) c = r->in[r->at];
        if (c >= '0' && c <= '9')
            *out = *out << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *out = *out << 4 | (uint64_t)(c - 'a' + 10);
        else
            return recording_wrong(r, "no sum of 16 hexadecimal digits");
        r->at++;
    }
    return true;
}

bool weir_recording_is(const char *in, size_t len)
{
    static const char magic[] = WEIR_RECORDING_MAGIC;

    return len >= sizeof magic - 1 && memcmp(in, magic, sizeof magic - 1) == 0;
}

static bool recording_facts(weir_recording *r)
{
    weir_recording_facts *f = &r->facts;
    uint64_t allow = 0;

    if (!recording_word(r, WEIR_RECORDING_MAGIC, "not a recording, or of another version") ||
        !recording_choice(r, "scheme ", "http", "https", &f->is_secure) ||
        !recording_word(r, "began ", "not the line that belongs there") ||
        !recording_number(r, WEIR_RECORDING_CLOCK_MAX, &f->began_ms) ||
        !recording_word(r, "\nallow ", "not the line that belongs there") ||
        !recording_number(r, WEIR_ALLOW_TOLERANT, &allow) ||
        !recording_word(r, "\npayload-max ", "not the line that belongs there") ||
        !recording_number(r, WEIR_LENGTH_HARD_MAX, &f->payload_bytes_max) ||
        !recording_word(r, "\n", "no end of the line") ||
        !recording_choice(r, "listing ", "no", "yes", &f->with_listing) ||
        !recording_choice(r, "demo ", "no", "yes", &f->with_demo) ||
        !recording_choice(r, "secrets ", "blanked", "kept", &f->has_secrets) ||
        !recording_word(r, "\n", "no empty line"))
        return false;
    f->allow = (uint32_t)allow;
    return true;
}

weir_recording_result weir_recording_open(weir_recording *r, const char *in, size_t len)
{
    *r = (weir_recording){.in = in, .len = len};
    return recording_facts(r) ? WEIR_RECORDING_OK : WEIR_RECORDING_WRONG;
}

/* What stands behind the two clocks. */
static bool recording_rest(weir_recording *r, weir_record *record)
{
    if (record->kind == WEIR_RECORD_READ) {
        if (!recording_word(r, " ", "no blank") ||
            !recording_number(r, WEIR_RECORDING_BYTES_MAX, &record->count) ||
            !recording_word(r, "\n", "no end of the line"))
            return false;
        if (record->count == 0) return recording_wrong(r, "a read of nothing");
        if (record->count > r->len - r->at)
            return recording_wrong(r, "fewer octets than the line before announces");
        record->octets = (weir_str){r->in + r->at, (size_t)record->count};
        r->at += (size_t)record->count;
        return recording_word(r, "\n", "no end of the line behind the octets of a read");
    }
    if (record->kind == WEIR_RECORD_WRITE) {
        if (!recording_word(r, " ", "no blank") ||
            !recording_number(r, WEIR_LENGTH_HARD_MAX, &record->count) ||
            !recording_word(r, " ", "no blank") || !recording_sum(r, &record->sum))
            return false;
    }
    return recording_word(r, "\n", "no end of the line");
}

static bool recording_line(weir_recording *r, weir_record *record)
{
    static const char kinds[] = "rwetxdcf";
    uint64_t wall_s = 0;

    *record = (weir_record){.kind = WEIR_RECORD_CLOSE};
    if (r->is_over) return recording_wrong(r, "a line behind the last one");
    if (r->in[r->at] == '\0' || strchr(kinds, r->in[r->at]) == NULL)
        return recording_wrong(r, "no line begins like that");
    record->kind = (weir_record_kind)r->in[r->at];
    r->at++;
    if (!recording_word(r, " ", "no blank")) return false;
    size_t clock = r->at;
    if (!recording_number(r, UINT32_MAX, &record->ms)) return false;
    if (record->ms < r->last_ms) {
        r->at = clock;
        return recording_wrong(r, "a clock that goes back");
    }
    if (!recording_word(r, " ", "no blank") || !recording_number(r, WEIR_DATE_MAX, &wall_s))
        return false;
    record->wall_s = (int64_t)wall_s;
    if (!recording_rest(r, record)) return false;
    r->last_ms = record->ms;
    r->is_over = record->kind == WEIR_RECORD_CLOSE || record->kind == WEIR_RECORD_FULL;
    return true;
}

weir_recording_result weir_recording_next(weir_recording *r, weir_record *record)
{
    if (r->problem != NULL) return WEIR_RECORDING_WRONG;
    if (r->at == r->len) return WEIR_RECORDING_END;
    return recording_line(r, record) ? WEIR_RECORDING_OK : WEIR_RECORDING_WRONG;
}
