/* SPDX-License-Identifier: MIT */
/* parse_batch.c - vectors in, verdicts out, a line each: tests/conformance/README.md has both. */
#define _POSIX_C_SOURCE 200809L /* getline */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "parse.h"

/* The classes of tests/conformance/README.md. What has no class there is named by what it is. */
static const struct {
    weir_error error;
    const char *name;
} parse_batch_classes[] = {
    {WEIR_ERR_START_LINE, "start-line"},
    {WEIR_ERR_EMPTY_LINES, "start-line"},
    {WEIR_ERR_METHOD, "method"},
    {WEIR_ERR_TARGET, "target"},
    {WEIR_ERR_TARGET_FORM, "target"},
    {WEIR_ERR_USERINFO, "target"},
    {WEIR_ERR_VERSION, "version"},
    {WEIR_ERR_VERSION_UNSUPPORTED, "version-unsupported"},
    {WEIR_ERR_STATUS_LINE, "status-line"},
    {WEIR_ERR_STATUS, "status-line"},
    {WEIR_ERR_REASON, "status-line"},
    {WEIR_ERR_LINE_END, "line-end"},
    {WEIR_ERR_BARE_CR, "bare-cr"},
    {WEIR_ERR_LEADING_SPACE, "leading-space"},
    {WEIR_ERR_FIELD_LINE, "field-line"},
    {WEIR_ERR_FIELD_NAME, "field-name"},
    {WEIR_ERR_NAME_SPACE, "name-space"},
    {WEIR_ERR_FIELD_VALUE, "field-value"},
    {WEIR_ERR_FOLD, "fold"},
    {WEIR_ERR_HOST_MISSING, "host"},
    {WEIR_ERR_HOST_REPEATED, "host"},
    {WEIR_ERR_HOST, "host"},
    {WEIR_ERR_CONTENT_LENGTH, "content-length"},
    {WEIR_ERR_LENGTH_REPEATED, "length-repeated"},
    {WEIR_ERR_LENGTH_RANGE, "length-range"},
    {WEIR_ERR_TRANSFER_CODING, "transfer-coding"},
    {WEIR_ERR_CODING_UNKNOWN, "coding-unknown"},
    {WEIR_ERR_LENGTH_AND_CODING, "length-and-coding"},
    {WEIR_ERR_CODING_IN_10, "coding-in-10"},
    {WEIR_ERR_CONNECTION, "connection"},
    {WEIR_ERR_CHUNK_SIZE, "chunk-size"},
    {WEIR_ERR_CHUNK_RANGE, "chunk-range"},
    {WEIR_ERR_CHUNK_EXT, "chunk-ext"},
    {WEIR_ERR_CHUNK_DATA, "chunk-data"},
    {WEIR_ERR_TRUNCATED, "incomplete"},
    {WEIR_ERR_METHOD_BYTES, "method"},
    {WEIR_ERR_TARGET_BYTES, "target"},
    {WEIR_ERR_HEAD_BYTES, "limit"},
    {WEIR_ERR_FIELDS, "limit"},
    {WEIR_ERR_CHUNK_EXT_BYTES, "limit"},
    {WEIR_ERR_CHUNK_EXT_LINE_BYTES, "limit"},
    {WEIR_ERR_LINE_BYTES, "limit"},
    {WEIR_ERR_TRAILERS, "limit"},
    {WEIR_ERR_TRAILER_BYTES, "limit"},
    {WEIR_ERR_PAYLOAD_BYTES, "limit"},
};

static const char *parse_batch_class(weir_error error)
{
    for (size_t i = 0; i < sizeof parse_batch_classes / sizeof parse_batch_classes[0]; i++)
        if (parse_batch_classes[i].error == error) return parse_batch_classes[i].name;
    return "other";
}

/* ---- answers ---- */

static void parse_batch_hex(const char *key, weir_str s)
{
    fputs(key, stdout);
    for (size_t i = 0; i < s.len; i++)
        printf("%02x", (unsigned)(unsigned char)s.p[i]);
}

static void parse_batch_fields(const char *key, const weir_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        parse_batch_hex(key, fields[i].name);
        parse_batch_hex(":", fields[i].value);
    }
}

static void parse_batch_head(const weir_parse_message *m)
{
    char version[] = "1.x";
    bool is_request = m->kind == WEIR_PARSE_REQUEST;

    version[2] = (char)('0' + (is_request ? m->request.minor : m->response.minor));
    parse_batch_hex(" version=", weir_str_of(version));
    if (is_request) {
        parse_batch_hex(" method=", m->request.method);
        parse_batch_hex(" target=", m->request.target);
        printf(" form=%s head_len=%" PRIu32, weir__parse_form_name(m->request.parts.form),
               m->request.bytes);
        parse_batch_fields(" h=", m->request.fields, m->request.field_count);
    } else {
        printf(" status=%u head_len=%" PRIu32, (unsigned)m->response.status, m->response.bytes);
        parse_batch_hex(" reason=", m->response.reason);
        parse_batch_fields(" h=", m->response.fields, m->response.field_count);
    }
    /* The vectors keep `tunnel` for CONNECT; what follows a 101 is not their matter. */
    bool switches = !is_request && m->response.status == 101;
    printf(" framing=%s keep_alive=%d",
           switches ? "none" : weir__parse_framing_name(m->framing.kind),
           m->framing.persistent ? 1 : 0);
    if (m->framing.kind == WEIR_FRAMING_LENGTH) printf(" length=%" PRIu64, m->framing.length);
}

static void parse_batch_answer(const char *id, const weir_parse_message *m)
{
    if (weir_is_error(m->result)) {
        printf("%s error error=%s\n", id, parse_batch_class(m->result));
        return;
    }
    bool complete = m->result == WEIR_END;
    printf("%s %s", id, complete ? "ok" : "more");
    if (m->has_framing) parse_batch_head(m);
    if (complete) {
        parse_batch_hex(" body=", (weir_str){m->payload, m->payload_kept});
        parse_batch_fields(" t=", m->trailers, m->trailer_count);
        printf(" consumed=%zu", m->at);
    }
    printf("\n");
}

/* ---- questions ---- */

static int parse_batch_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    unsigned char lower = weir_lower((unsigned char)c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The octets of `hex`, exactly as many on the heap. NULL: not hexadecimal, or no memory. */
static char *parse_batch_octets(const char *hex, size_t *len)
{
    size_t digits = strcmp(hex, "-") == 0 ? 0 : strlen(hex);
    char *octets = malloc(digits / 2); /* malloc(0) is meant: not one octet more */

    if (octets == NULL) return NULL;
    for (size_t i = 0; i < digits; i++) {
        int digit = parse_batch_digit(hex[i]);
        if (digit < 0 || digits % 2 != 0) {
            free(octets);
            return NULL;
        }
        if (i % 2 == 0)
            octets[i / 2] = (char)(digit * 16);
        else
            octets[i / 2] = (char)((unsigned char)octets[i / 2] | digit);
    }
    *len = digits / 2;
    return octets;
}

static bool parse_batch_kind(const char *word, weir_parse_kind *kind)
{
    static const char *const names[] = {"request", "response", "chunked"}; /* ORDER parse_kind */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(word, names[i]) == 0) {
            *kind = (weir_parse_kind)i;
            return true;
        }
    return false;
}

/* "1" or "0", and nothing else. */
static bool parse_batch_flag(const char *word, bool *flag)
{
    *flag = word[0] == '1';
    return (word[0] == '0' || word[0] == '1') && word[1] == '\0';
}

/* One line: ID KIND METHOD EOF SPLIT HEX. False: it is not. */
static bool parse_batch_line(char *line)
{
    static weir_parse_message m;
    weir_parse_options options = {.keep_max = SIZE_MAX};
    char *words[6];
    char *rest = line;
    size_t len;

    for (size_t i = 0; i < 6; i++) {
        words[i] = strtok_r(rest, " \t\r\n", &rest);
        if (words[i] == NULL) return false;
    }
    if (strtok_r(rest, " \t\r\n", &rest) != NULL) return false;
    if (!parse_batch_kind(words[1], &options.kind)) return false;
    if (!parse_batch_flag(words[3], &options.ended)) return false;
    if (!parse_batch_flag(words[4], &options.in_steps)) return false;
    char *octets = parse_batch_octets(words[5], &len);
    if (octets == NULL) return false;
    options.asked = weir_method_find(weir_str_of(words[2]));
    weir__parse_read(&m, &options, octets, len);
    parse_batch_answer(words[0], &m);
    weir__parse_free(&m);
    free(octets);
    return true;
}

int weir__parse_batch(void)
{
    char *line = NULL;
    size_t size = 0, number = 0;
    int status = WEIR_EXIT_OK;

    while (getline(&line, &size, stdin) >= 0) {
        number++;
        if (line[strspn(line, " \t\r\n")] == '\0') continue;
        if (!parse_batch_line(line)) {
            fprintf(stderr,
                    "weir parse: line %zu is not: ID KIND METHOD EOF SPLIT HEX, such as: "
                    "1 chunked GET 0 0 300d0a0d0a\n",
                    number);
            status = WEIR_EXIT_USAGE;
        }
        fflush(stdout); /* who asks may wait for the answer before the next question */
    }
    free(line);
    return status;
}
