/* SPDX-License-Identifier: MIT */
/* parse_json.c - a message as one JSON object in one line. Octets are U+0000 to U+00FF. */
#include <inttypes.h>
#include <stdio.h>

#include "parse.h"

/*
 * Octets from the wire are no text in any encoding that one can trust: each becomes the character
 * of its number, so that JSON is valid whatever came and the octets can be had back exactly.
 */
static void parse_json_octets(weir_str s)
{
    putchar('"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c >= 0x20 && c < 0x7f)
            putchar(c);
        else
            printf("\\u%04x", (unsigned)c);
    }
    putchar('"');
}

static void parse_json_member(const char *name, weir_str value)
{
    printf(",\"%s\":", name);
    parse_json_octets(value);
}

/* A text of ours, in UTF-8. */
static void parse_json_text(const char *name, const char *text)
{
    printf(",\"%s\":\"", name);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

static void parse_json_bool(const char *name, bool value)
{
    printf(",\"%s\":%s", name, value ? "true" : "false");
}

static void parse_json_number(const char *name, uint64_t value)
{
    printf(",\"%s\":%" PRIu64, name, value);
}

static void parse_json_fields(const char *name, const weir_field *fields, size_t count)
{
    printf(",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        printf("%s{\"name\":", i > 0 ? "," : "");
        parse_json_octets(fields[i].name);
        parse_json_member("value", fields[i].value);
        putchar('}');
    }
    putchar(']');
}

/* ---- facts ---- */

static void parse_json_request(const weir_request *r)
{
    const weir_target *parts = &r->parts;
    char version[] = "1.x";

    version[2] = (char)('0' + r->minor);
    parse_json_member("method", r->method);
    parse_json_member("target", r->target);
    parse_json_text("form", weir__parse_form_name(parts->form));
    if (parts->scheme.len > 0) parse_json_member("scheme", parts->scheme);
    if (parts->host.len > 0) parse_json_member("host", parts->host);
    if (parts->port.len > 0) parse_json_member("port", parts->port);
    if (parts->path.len > 0) parse_json_member("path", parts->path);
    if (parts->has_query) parse_json_member("query", parts->query);
    parse_json_text("version", version);
    parse_json_fields("fields", r->fields, r->field_count);
}

static void parse_json_response(const weir_response *r)
{
    char version[] = "1.x";

    version[2] = (char)('0' + r->minor);
    parse_json_text("version", version);
    parse_json_number("status", r->status);
    parse_json_member("reason", r->reason);
    parse_json_fields("fields", r->fields, r->field_count);
}

static void parse_json_framing(const weir_parse_message *m)
{
    const weir_framing *f = &m->framing;

    parse_json_text("framing", weir__parse_framing_name(f->kind));
    parse_json_text("framing_rule", weir_framing_rule_text(f->rule));
    if (f->kind == WEIR_FRAMING_LENGTH) parse_json_number("content_length", f->length);
    parse_json_bool("expects_continue", f->expects_continue);
    parse_json_bool("upgrade", f->upgrade);
    parse_json_bool("keep_alive", f->persistent);
    parse_json_number("payload_length", m->payload_len);
    parse_json_member("payload_start", (weir_str){m->payload, m->payload_kept});
    parse_json_fields("trailers", m->trailers, m->trailer_count);
}

static void parse_json_leniencies(const weir_parse_message *m)
{
    uint32_t left = m->allowed;
    const char *between = "";

    printf(",\"leniencies\":[");
    for (const char *name; (name = weir__parse_leniency(&left)) != NULL; between = ",")
        printf("%s\"%s\"", between, name);
    putchar(']');
}

/* ---- verdicts ---- */

static const char *parse_json_next(weir_parse_next next)
{
    switch (next) {
    case WEIR_PARSE_NOTHING: return "nothing";
    case WEIR_PARSE_MESSAGE: return "message";
    case WEIR_PARSE_TUNNEL: return "tunnel";
    case WEIR_PARSE_CLOSED: return "not read";
    }
    return "";
}

static void parse_json_complete(const weir_parse_message *m, const weir_parse_place *place)
{
    parse_json_number("octets", m->at);
    parse_json_number("follows", place->all_len - place->from - m->at);
    parse_json_text("follows_as", parse_json_next(weir__parse_next(m, place)));
}

static void parse_json_refused(const weir_parse_message *m, const weir_parse_place *place)
{
    const weir_error_facts *facts = weir_error_info(m->result);
    weir_parse_fault fault;

    weir__parse_find_fault(m, place, &fault);
    parse_json_text("error", facts->name);
    parse_json_text("sentence", facts->sentence);
    parse_json_text("rfc", facts->rfc);
    parse_json_number("offset", fault.offset);
    parse_json_number("line", fault.line);
    parse_json_number("column", fault.column);
    if (fault.offset < place->all_len && !m->at_end)
        parse_json_number("octet", (unsigned char)place->all[fault.offset]);
    parse_json_text("excerpt", fault.excerpt);
    parse_json_number("caret", fault.caret);
    parse_json_number("answer", weir__parse_answer(m));
}

void weir__parse_print_json(const weir_parse_message *m, const weir_parse_place *place)
{
    bool complete = m->result == WEIR_END, is_request = m->kind == WEIR_PARSE_REQUEST;

    printf("{\"kind\":\"%s\"", is_request ? "request" : "response");
    parse_json_number("number", place->number);
    parse_json_number("from", place->from);
    parse_json_text("result", complete                 ? "accepted"
                              : m->result == WEIR_MORE ? "incomplete"
                                                       : "refused");
    if (m->has_head) {
        if (is_request)
            parse_json_request(&m->request);
        else
            parse_json_response(&m->response);
        if (m->has_framing) parse_json_framing(m);
        parse_json_leniencies(m);
    }
    if (complete)
        parse_json_complete(m, place);
    else if (m->result != WEIR_MORE)
        parse_json_refused(m, place);
    printf("}\n");
}
