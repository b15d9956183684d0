/* SPDX-License-Identifier: MIT */
/* parse.c - `weir parse`: shows how weir reads raw messages, and why it refuses one. */
#include "parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "weir/value.h"

enum {
    PARSE_REQUEST = WEIR_OPTION_FIRST,
    PARSE_RESPONSE,
    PARSE_METHOD,
    PARSE_PROFILE,
    PARSE_JSON,
    PARSE_BATCH,

    PARSE_PAYLOAD_SHOWN = 256,
};

static const weir_option parse_options[] = {
    {PARSE_REQUEST, "request", NULL, "the messages are requests"},
    {PARSE_RESPONSE, "response", NULL,
     "the messages are responses; without either:\nresponses if \"HTTP/\" comes first"},
    {PARSE_METHOD, "method", "METHOD", "the responses answer that method (GET)"},
    {PARSE_PROFILE, "profile", "NAME",
     "strict, as the RFCs say, or tolerant: with what\nweir puts up with when told to (strict)"},
    {PARSE_JSON, "json", NULL,
     "print one JSON object a message; octets from the\nwire are the characters U+0000 to U+00FF"},
    {PARSE_BATCH, "batch", NULL,
     "read vectors from standard input, one a line,\nand answer each with a line (see below)"},
};

static int parse_run(int argc, char **argv);

const weir_command weir_command_parse = {
    .table =
        {
            .name = "parse",
            .brief = "show how raw HTTP/1.1 messages are read, and why one is refused",
            .usage = "weir parse [--request | --response] [--method METHOD]\n"
                     "           [--profile NAME] [--json] [FILE | -]\n"
                     "weir parse --batch",
            .text =
                "Reads messages from FILE or standard input, one behind the other, and shows of\n"
                "each what weir takes it for: parts of the start line, fields, how the payload\n"
                "is framed and by which rule, what follows. A message that is refused is shown\n"
                "with the rule it breaks, the RFC's section, the place, and the status that a\n"
                "server answers. Octets that do not print are shown as \\r, \\n, \\t or \\xNN.\n",
            .options = parse_options,
            .option_count = sizeof parse_options / sizeof parse_options[0],
            .after =
                "\n"
                "Vectors, for conformance tests: ID KIND METHOD EOF SPLIT HEX. KIND is request,\n"
                "response or chunked; METHOD is what a response answers; EOF is 1 where the\n"
                "connection ends behind the octets, SPLIT 1 to show them one at a time, else 0;\n"
                "HEX is the octets, - for none. Answers: ID ok KEY=VALUE..., ID more\n"
                "[KEY=VALUE...], ID error error=CLASS. weir(1) has all keys, of --json too.\n"
                "\n"
                "Exit status: 0 all accepted, 1 one refused, 2 the last one is incomplete,\n"
                "64 wrong usage, 66 FILE cannot be read. With --batch: 0 all lines are vectors,\n"
                "whatever the answers, 64 one is not.\n",
        },
    .run = parse_run,
};

/* What the command line asks for. */
typedef struct {
    bool request, response, json, batch;
    const char *method, *profile, *file;
} parse_wish;

/* ---- input ---- */

/* All of a file on the heap. False: errno says why. */
static bool parse_read_all(FILE *from, char **all, size_t *len)
{
    size_t room = 65536;

    *all = weir__parse_memory(NULL, room);
    *len = 0;
    for (;;) {
        size_t n = fread(*all + *len, 1, room - *len, from);
        *len += n;
        if (n == 0) return !ferror(from);
        if (*len == room) {
            room *= 2;
            *all = weir__parse_memory(*all, room);
        }
    }
}

static int parse_input(const char *file, char **all, size_t *len)
{
    bool is_stdin = file == NULL || strcmp(file, "-") == 0;
    FILE *from = is_stdin ? stdin : fopen(file, "rb");

    *all = NULL;
    bool ok = from != NULL && parse_read_all(from, all, len);
    if (!ok)
        fprintf(stderr, "weir parse: cannot read %s: %s\n", is_stdin ? "standard input" : file,
                strerror(errno));
    if (from != NULL && !is_stdin) fclose(from);
    return ok ? WEIR_EXIT_OK : WEIR_EXIT_INPUT;
}

/* ---- messages ---- */

/* One message, and whether there may be another behind it. */
static int parse_message(const parse_wish *wish, const weir_parse_options *options,
                         const weir_parse_place *place, size_t *used)
{
    static weir_parse_message m;
    const char *in = place->all + place->from;
    size_t len = place->all_len - place->from;
    int status = WEIR_EXIT_OK;

    weir__parse_read(&m, options, in, len);
    /* A payload until the connection ends: here it ends with the file. */
    if (m.result == WEIR_MORE && m.has_framing && m.framing.kind == WEIR_FRAMING_CLOSE)
        m.result = WEIR_END;
    if (wish->json)
        weir__parse_print_json(&m, place);
    else
        weir__parse_print_text(&m, place);
    if (m.result != WEIR_END)
        status = m.result == WEIR_MORE ? WEIR_EXIT_INCOMPLETE : WEIR_EXIT_FAILED;
    bool more = m.result == WEIR_END && weir__parse_next(&m, place) == WEIR_PARSE_MESSAGE;
    *used = more ? m.at : 0;
    weir__parse_free(&m);
    return status;
}

static int parse_messages(const parse_wish *wish, const char *all, size_t len)
{
    static const char mark[] = "HTTP/";
    weir_parse_options options = {.asked = WEIR_METHOD_GET, .keep_max = PARSE_PAYLOAD_SHOWN};
    weir_parse_place place = {.all = all, .all_len = len};
    size_t used;
    int status;

    bool marked = len >= sizeof mark - 1 && memcmp(all, mark, sizeof mark - 1) == 0;
    if (wish->response || (!wish->request && marked)) options.kind = WEIR_PARSE_RESPONSE;
    if (wish->profile != NULL) weir_profile_find(weir_str_of(wish->profile), &options.allow);
    if (wish->method != NULL) options.asked = weir_method_find(weir_str_of(wish->method));
    do {
        place.number++;
        status = parse_message(wish, &options, &place, &used);
        place.from += used;
    } while (used > 0);
    return status;
}

/* ---- the command line ---- */

static int parse_wrong(const parse_wish *wish)
{
    const weir_option_table *table = &weir_command_parse.table;

    if (wish->request && wish->response)
        return weir_options_wrong(table, "--request and --response exclude each other");
    if (wish->request && wish->method != NULL)
        return weir_options_wrong(table, "--method is for responses: what they answer");
    if (wish->method != NULL && !weir_is_token(weir_str_of(wish->method)))
        return weir_options_wrong(table, "--method %s: a method is a token, such as GET",
                                  wish->method);
    uint32_t allow;
    if (wish->profile != NULL && !weir_profile_find(weir_str_of(wish->profile), &allow))
        return weir_options_wrong(table, "--profile %s: there are strict and tolerant",
                                  wish->profile);
    bool others = wish->request || wish->response || wish->json || wish->method != NULL ||
                  wish->profile != NULL || wish->file != NULL;
    if (wish->batch && others)
        return weir_options_wrong(table, "--batch stands alone: the lines say the rest");
    return WEIR_EXIT_OK;
}

static int parse_run(int argc, char **argv)
{
    weir_options o = {.table = &weir_command_parse.table, .argc = argc, .argv = argv};
    parse_wish wish = {0};
    const char *value;
    char *all;
    size_t len;

    for (int id; (id = weir_options_next(&o, &value)) != WEIR_OPTION_END;) {
        switch (id) {
        case WEIR_OPTION_WRONG: return WEIR_EXIT_USAGE;
        case WEIR_OPTION_HELP: weir_options_help(o.table); return WEIR_EXIT_OK;
        case PARSE_REQUEST: wish.request = true; break;
        case PARSE_RESPONSE: wish.response = true; break;
        case PARSE_METHOD: wish.method = value; break;
        case PARSE_PROFILE: wish.profile = value; break;
        case PARSE_JSON: wish.json = true; break;
        case PARSE_BATCH: wish.batch = true; break;
        default:
            if (wish.file != NULL)
                return weir_options_wrong(o.table, "one file at a time: %s", value);
            wish.file = value;
        }
    }
    int status = parse_wrong(&wish);
    if (status != WEIR_EXIT_OK) return status;
    if (wish.batch) return weir__parse_batch();
    status = parse_input(wish.file, &all, &len);
    if (status == WEIR_EXIT_OK) status = parse_messages(&wish, all, len);
    free(all);
    return status;
}
