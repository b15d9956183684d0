/* SPDX-License-Identifier: MIT */
/* replay.c - `weir replay`: a recorded connection as a trace, served once more. */
#define _POSIX_C_SOURCE 200809L /* open with O_DIRECTORY */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "parse.h"
#include "replay_world.h"
#include "weir/date.h"
#include "weir/limits.h"

enum {
    REPLAY_ROOT = WEIR_OPTION_FIRST,
    REPLAY_QUIET,

    REPLAY_SHOWN = 512, /* octets of a write, and of a target, a field or a payload */
};

static const weir_option replay_options[] = {
    {REPLAY_ROOT, "root", "DIR", "the folder that was served (the current one)"},
    {REPLAY_QUIET, "quiet", NULL, "the first and the last line of each alone"},
};

static int replay_run(int argc, char **argv);

const weir_command weir_command_replay = {
    .table =
        {
            .name = "replay",
            .brief = "show what weir serve --record wrote as a trace, served once more",
            .usage = "weir replay [--root DIR] [--quiet] FILE...",
            .text =
                "Serves each recorded connection again, with the same reads, writes and clock,\n"
                "in this process and without a network, and shows what came, what it was taken\n"
                "for and what is answered, with offsets in the octets of either side. The last\n"
                "line says whether the answer is, octet for octet, what it was when it was\n"
                "recorded: it is where the files are the same and nothing that it depends on\n"
                "was blanked.\n",
            .options = replay_options,
            .option_count = sizeof replay_options / sizeof replay_options[0],
            .after =
                "\n"
                "Exit status: 0 all answered as recorded, 1 one answered otherwise, or FILE is\n"
                "no recording, 64 wrong usage, 66 FILE or DIR cannot be read.\n",
        },
    .run = replay_run,
};

static bool replay_is_quiet;

/* The trace of one connection: octets so far that came, that the engine dealt with, that were
 * answered; and the payload of the request at hand. */
static struct {
    uint64_t read, taken, written, payload;
} replay_trace;

/* ---- lines ---- */

static void replay_span(weir_str s)
{
    char text[5];

    for (size_t i = 0; i < s.len && i < REPLAY_SHOWN; i++) {
        weir__parse_escape((unsigned char)s.p[i], text);
        fputs(text, stdout);
    }
    if (s.len > REPLAY_SHOWN) printf("... (%zu octets)", s.len);
}

static void replay_time(uint64_t ms)
{
    printf("%5" PRIu64 ".%03" PRIu64 " s  ", ms / 1000, ms % 1000);
}

static void replay_indent(void)
{
    printf("%*s", 13, "");
}

static const char *replay_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- what comes ---- */

static void replay_record(weir_replay *r, const weir_record *record)
{
    (void)r;
    if (replay_is_quiet) return;
    replay_time(record->ms);
    switch (record->kind) {
    case WEIR_RECORD_READ:
        printf("read %" PRIu64 " octet%s from %" PRIu64 " on\n", record->count,
               replay_plural(record->count), replay_trace.read);
        replay_trace.read += record->count;
        return;
    case WEIR_RECORD_END: printf("the client has ended its half\n"); return;
    case WEIR_RECORD_TRUNCATED: printf("TLS was cut off\n"); return;
    case WEIR_RECORD_RESET: printf("the connection was gone\n"); return;
    case WEIR_RECORD_DRAIN: printf("the server was asked to stop\n"); return;
    case WEIR_RECORD_CLOSE: printf("the server closed the connection\n"); return;
    case WEIR_RECORD_FULL: printf("the recording was as long as it may be\n"); return;
    case WEIR_RECORD_WRITE: break;
    }
    printf("a write of %" PRIu64 " octet%s\n", record->count, replay_plural(record->count));
}

static void replay_fields(const weir_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        replay_indent();
        printf("  ");
        replay_span(fields[i].name);
        printf(": ");
        replay_span(fields[i].value);
        printf("\n");
    }
}

static void replay_request(const weir_event *ev, uint64_t at)
{
    const weir_request *q = &ev->request;

    replay_indent();
    printf("request %" PRIu64 " at %" PRIu64 ": ", ev->exchange, at);
    replay_span(q->method);
    printf(" ");
    replay_span(q->target);
    printf(" HTTP/1.%u, payload: %s\n", (unsigned)q->minor,
           weir__parse_framing_name(ev->framing.kind));
    replay_fields(q->fields, q->field_count);
    replay_trace.payload = 0;
}

static void replay_failure(const weir_event *ev)
{
    const weir_error_facts *facts = weir_error_info(ev->failure.error);

    replay_indent();
    printf("refused at %" PRIu64 ": %s (%s), answer %u\n", ev->failure.offset, facts->name,
           facts->sentence, (unsigned)ev->failure.status);
}

static void replay_event(weir_replay *r, size_t used, const weir_event *ev)
{
    uint64_t at = replay_trace.taken;

    (void)r;
    replay_trace.taken += used;
    if (replay_is_quiet) return;
    switch (ev->type) {
    case WEIR_EVENT_REQUEST: replay_request(ev, at); return;
    case WEIR_EVENT_PAYLOAD:
        replay_indent();
        printf("payload of %zu octet%s\n", ev->payload.len, replay_plural(ev->payload.len));
        replay_trace.payload += ev->payload.len;
        return;
    case WEIR_EVENT_END:
        replay_indent();
        printf("end of request %" PRIu64 " at %" PRIu64 ", %" PRIu64 " octet%s of payload\n",
               ev->exchange, replay_trace.taken, replay_trace.payload,
               replay_plural(replay_trace.payload));
        replay_fields(ev->trailers.fields, ev->trailers.count);
        return;
    case WEIR_EVENT_ERROR: replay_failure(ev); return;
    case WEIR_EVENT_NONE:
    case WEIR_EVENT_INTERIM:
    case WEIR_EVENT_RESPONSE:
    case WEIR_EVENT_TUNNEL:
    case WEIR_EVENT_RESUME: return;
    }
}

/* ---- what is answered ---- */

/* A line behind each LF, so that a head reads as one. */
static void replay_octets(const struct iovec *parts, size_t count, size_t len)
{
    char text[5];
    size_t shown = 0;
    bool is_open = false;

    for (size_t i = 0; i < count && shown < len && shown < REPLAY_SHOWN; i++) {
        const char *p = parts[i].iov_base;
        for (size_t j = 0; j < parts[i].iov_len && shown < len && shown < REPLAY_SHOWN; j++) {
            if (!is_open) {
                replay_indent();
                printf("> ");
            }
            is_open = p[j] != '\n';
            weir__parse_escape((unsigned char)p[j], text);
            fputs(text, stdout);
            if (!is_open) printf("\n");
            shown++;
        }
    }
    if (is_open) printf("\n");
    if (shown == len) return;
    replay_indent();
    printf("> ... (%zu more)\n", len - shown);
}

static void replay_wrote(weir_replay *r, const struct iovec *parts, size_t count, size_t len)
{
    uint64_t at = replay_trace.written;

    replay_trace.written += len;
    if (replay_is_quiet) return;
    replay_time(r->now_ms);
    printf("write %zu octet%s from %" PRIu64 " on\n", len, replay_plural(len), at);
    replay_octets(parts, count, len);
}

static const weir_replay_watcher replay_watcher = {
    .record = replay_record,
    .event = replay_event,
    .wrote = replay_wrote,
};

/* ---- a file ---- */

/* All of a file on the heap; one that is longer than a recording is none. */
static int replay_load(const char *file, char **octets, size_t *len)
{
    FILE *from = fopen(file, "rb");
    size_t room = WEIR_RECORDING_BYTES_MAX + 1;
    bool ok = from != NULL;

    *octets = NULL;
    *len = 0;
    if (ok) {
        *octets = weir__parse_memory(NULL, room);
        *len = fread(*octets, 1, room, from);
        ok = !ferror(from);
    }
    int code = errno;
    if (from != NULL) fclose(from);
    if (!ok) {
        fprintf(stderr, "weir replay: cannot read %s: %s\n", file, strerror(code));
        return WEIR_EXIT_INPUT;
    }
    if (*len < room) return WEIR_EXIT_OK;
    fprintf(stderr, "weir replay: %s: refused: longer than %d octets, as no recording is\n", file,
            (int)WEIR_RECORDING_BYTES_MAX);
    return WEIR_EXIT_FAILED;
}

/* It is read to its end before anything is done with it. */
static int replay_check(const char *file, const char *octets, size_t len, weir_recording *checked,
                        int64_t *began)
{
    weir_record record = {.wall_s = 0};
    weir_recording_result result = weir_recording_open(checked, octets, len);

    for (bool is_first = true; result == WEIR_RECORDING_OK; is_first = false) {
        result = weir_recording_next(checked, &record);
        if (is_first) *began = record.wall_s;
    }
    if (result == WEIR_RECORDING_END) return WEIR_EXIT_OK;
    fprintf(stderr, "weir replay: %s: refused: %s, at octet %zu\n", file, checked->problem,
            checked->at);
    return WEIR_EXIT_FAILED;
}

static void replay_begin(const char *file, const weir_recording_facts *facts, int64_t began)
{
    char date[WEIR_DATE_BYTES];

    memset(&replay_trace, 0, sizeof replay_trace);
    weir_date_write(began, date);
    replay_span(weir_str_of(file));
    printf(": %s, %.*s", facts->is_secure ? "https" : "http", (int)sizeof date, date);
    if (facts->allow != 0) printf(", leniencies %#" PRIx32, facts->allow);
    if (facts->with_demo) printf(", demo");
    if (!facts->with_listing) printf(", no listing");
    printf(", secrets %s\n", facts->has_secrets ? "kept" : "blanked");
}

/* What differs is known by whole writes: only a sum of each was recorded. */
static int replay_result(const weir_replay *r)
{
    printf("answer: %" PRIu64 " octet%s, ", r->written, replay_plural(r->written));
    if (r->is_same) {
        printf("as recorded\n");
        return WEIR_EXIT_OK;
    }
    printf("not as recorded: %" PRIu64 " octet%s then, the first %" PRIu64 " alike for certain "
           "(another --root, files that have changed%s?)\n",
           r->recorded, replay_plural(r->recorded), r->same,
           r->recording.facts.has_secrets ? "" : ", secrets that were blanked");
    return WEIR_EXIT_FAILED;
}

static int replay_file(const char *file, const char *root)
{
    static weir_replay r; /* large */
    weir_recording checked;
    weir_io_error why;
    int64_t began = 0;
    char text[512];
    char *octets;
    size_t len;

    int status = replay_load(file, &octets, &len);
    if (status == WEIR_EXIT_OK) status = replay_check(file, octets, len, &checked, &began);
    if (status == WEIR_EXIT_OK) {
        replay_begin(file, &checked.facts, began);
        if (weir_replay_run(&r, root, octets, len, &replay_watcher, &why)) {
            status = replay_result(&r);
        } else {
            fprintf(stderr, "weir replay: %s\n", weir_io_error_text(&why, text, sizeof text));
            status = WEIR_EXIT_INPUT;
        }
    }
    free(octets);
    return status;
}

/* ---- the command line ---- */

/* Looked at once, before anything is shown. */
static int replay_look_at_root(const char *root)
{
    int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        fprintf(stderr, "weir replay: cannot read --root %s: %s\n", root, strerror(errno));
        return WEIR_EXIT_INPUT;
    }
    close(fd);
    return WEIR_EXIT_OK;
}

static int replay_files(const char *root, int argc, char **argv)
{
    weir_options o = {.table = &weir_command_replay.table, .argc = argc, .argv = argv};
    int status = WEIR_EXIT_OK;
    bool is_first = true;
    const char *value;

    for (int id; (id = weir_options_next(&o, &value)) != WEIR_OPTION_END;) {
        if (id != WEIR_OPTION_OPERAND) continue;
        if (!is_first && !replay_is_quiet) printf("\n");
        is_first = false;
        int one = replay_file(value, root);
        if (one > status) status = one;
    }
    return status;
}

static int replay_run(int argc, char **argv)
{
    weir_options o = {.table = &weir_command_replay.table, .argc = argc, .argv = argv};
    const char *root = ".", *value;
    size_t count = 0;

    for (int id; (id = weir_options_next(&o, &value)) != WEIR_OPTION_END;) {
        switch (id) {
        case WEIR_OPTION_WRONG: return WEIR_EXIT_USAGE;
        case WEIR_OPTION_HELP: weir_options_help(o.table); return WEIR_EXIT_OK;
        case REPLAY_ROOT: root = value; break;
        case REPLAY_QUIET: replay_is_quiet = true; break;
        default: count++;
        }
    }
    if (count == 0) return weir_options_wrong(o.table, "no FILE to replay");
    int status = replay_look_at_root(root);
    return status == WEIR_EXIT_OK ? replay_files(root, argc, argv) : status;
}
