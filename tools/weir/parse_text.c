/* SPDX-License-Identifier: MIT */
/* parse_text.c - a message as a person reads it: facts in lines, a fault with a caret. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parse.h"

static void parse_text_span(weir_str s)
{
    char text[5];
    for (size_t i = 0; i < s.len; i++) {
        weir__parse_escape((unsigned char)s.p[i], text);
        fputs(text, stdout);
    }
}

/* "  name        " in front of what a line has to say. */
static void parse_text_name(const char *name)
{
    printf("  %-12s", name);
}

static void parse_text_line(const char *name, weir_str value)
{
    parse_text_name(name);
    parse_text_span(value);
    printf("\n");
}

static void parse_text_fields(const char *name, const weir_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        parse_text_name(name);
        parse_text_span(fields[i].name);
        printf(": ");
        parse_text_span(fields[i].value);
        printf("\n");
    }
}

static const char *parse_text_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- the start line ---- */

/* What a file server makes of the path, where that is not the path itself. */
static void parse_text_decoded(weir_str path)
{
    char *memory = weir__parse_memory(NULL, path.len);
    weir_buf decoded = {memory, 0, path.len};
    size_t at = 0;

    weir_error err = weir_path_decode(path, &decoded, &at);
    if (err != WEIR_OK) {
        parse_text_name("decoded");
        printf("not possible: %s, at octet %zu of the path\n", weir_error_info(err)->sentence, at);
    } else if (!weir_str_equal(path, (weir_str){decoded.p, decoded.len})) {
        parse_text_line("decoded", (weir_str){decoded.p, decoded.len});
    }
    free(memory);
}

static void parse_text_request(const weir_request *r)
{
    const weir_target *parts = &r->parts;

    parse_text_name("method");
    parse_text_span(r->method);
    printf("%s\n", r->method_id == WEIR_METHOD_OTHER ? " (none that weir knows by name)" : "");
    parse_text_name("target");
    parse_text_span(r->target);
    printf(" (%s form)\n", weir__parse_form_name(parts->form));
    if (parts->scheme.len > 0) parse_text_line("scheme", parts->scheme);
    if (parts->host.len > 0) parse_text_line("host", parts->host);
    if (parts->port.len > 0) parse_text_line("port", parts->port);
    if (parts->path.len > 0) {
        parse_text_line("path", parts->path);
        parse_text_decoded(parts->path);
    }
    if (parts->has_query) parse_text_line("query", parts->query);
    parse_text_name("version");
    printf("HTTP/1.%u\n", (unsigned)r->minor);
    parse_text_fields("field", r->fields, r->field_count);
}

static void parse_text_response(const weir_response *r)
{
    parse_text_name("version");
    printf("HTTP/1.%u\n", (unsigned)r->minor);
    parse_text_name("status");
    printf("%u", (unsigned)r->status);
    weir_str usual = weir_status_reason(r->status);
    if (usual.len > 0) printf(" (%.*s)", (int)usual.len, usual.p);
    printf("\n");
    parse_text_line("reason", r->reason);
    parse_text_fields("field", r->fields, r->field_count);
}

/* ---- framing ---- */

static void parse_text_framing(const weir_parse_message *m)
{
    const weir_framing *f = &m->framing;

    parse_text_name("framing");
    printf("%s", weir__parse_framing_name(f->kind));
    if (f->kind == WEIR_FRAMING_LENGTH)
        printf(", %" PRIu64 " octet%s", f->length, parse_text_plural(f->length));
    printf(": %s\n", weir_framing_rule_text(f->rule));
    if (f->expects_continue) {
        parse_text_name("expects");
        printf("100 (Continue) before the payload\n");
    }
    if (f->upgrade) {
        parse_text_name("upgrade");
        printf("offered\n");
    }
    parse_text_name("connection");
    printf("%s\n", f->persistent ? "persists" : "ends with this message");
}

static void parse_text_payload(const weir_parse_message *m)
{
    parse_text_name("payload");
    printf("%" PRIu64 " octet%s", m->payload_len, parse_text_plural(m->payload_len));
    if (m->payload_kept > 0) {
        printf(": ");
        parse_text_span((weir_str){m->payload, m->payload_kept});
        if (m->payload_kept < m->payload_len) printf("...");
    }
    printf("\n");
    parse_text_fields("trailer", m->trailers, m->trailer_count);
}

static void parse_text_follows(const weir_parse_message *m, const weir_parse_place *place)
{
    size_t left = place->all_len - place->from - m->at;
    bool asked = m->kind == WEIR_PARSE_REQUEST;

    parse_text_name("follows");
    if (left > 0) printf("%zu octet%s", left, parse_text_plural(left));
    switch (weir__parse_next(m, place)) {
    case WEIR_PARSE_NOTHING: printf("nothing\n"); break;
    case WEIR_PARSE_MESSAGE: printf(" of a next message\n"); break;
    case WEIR_PARSE_TUNNEL:
        printf(" of a tunnel%s\n", asked ? ", if the answer is 2xx" : "");
        break;
    case WEIR_PARSE_CLOSED: printf(" that are not read: the connection ends here\n"); break;
    }
}

/* What a strict reader would not have taken. */
static void parse_text_leniencies(const weir_parse_message *m)
{
    uint32_t left = m->allowed;

    for (const char *name; (name = weir__parse_leniency(&left)) != NULL;) {
        parse_text_name("leniency");
        printf("%s\n", name);
    }
}

/* ---- verdicts ---- */

static void parse_text_refused(const weir_parse_message *m, const weir_parse_place *place)
{
    const weir_error_facts *facts = weir_error_info(m->result);
    weir_parse_fault fault;

    weir__parse_find_fault(m, place, &fault);
    parse_text_name("rule");
    printf("%s\n", facts->sentence);
    parse_text_name("");
    printf("%s%s%s\n", facts->rfc, facts->rfc[0] != '\0' ? ", " : "", facts->name);
    parse_text_name(m->at_end ? "before" : "at");
    printf("octet %zu (line %zu, column %zu)\n", fault.offset, fault.line, fault.column);
    parse_text_name("");
    printf("%s\n", fault.excerpt);
    parse_text_name("");
    printf("%*s^\n", (int)fault.caret, "");
    parse_text_name("answer");
    unsigned status = weir__parse_answer(m);
    weir_str reason = weir_status_reason(status);
    if (status == 0)
        printf("none: the connection is closed\n");
    else
        printf("%u %.*s%s\n", status, (int)reason.len, reason.p,
               m->kind == WEIR_PARSE_REQUEST ? "" : ", by a gateway that receives it");
}

static void parse_text_missing(const weir_parse_message *m, const weir_parse_place *place)
{
    parse_text_name("missing");
    if (!m->has_framing && place->all_len == 0)
        printf("everything: there is no input\n");
    else if (!m->has_framing)
        printf("the rest of the head\n");
    else if (m->framing.kind == WEIR_FRAMING_LENGTH)
        printf("%" PRIu64 " octet%s of payload\n", m->framing.length - m->payload_len,
               parse_text_plural(m->framing.length - m->payload_len));
    else
        printf("the rest of the chunked payload\n");
}

void weir__parse_print_text(const weir_parse_message *m, const weir_parse_place *place)
{
    const char *kind = m->kind == WEIR_PARSE_REQUEST ? "request" : "response";

    printf("%s%s %zu, from octet %zu on: ", place->number > 1 ? "\n" : "", kind, place->number,
           place->from);
    if (m->result == WEIR_END)
        printf("accepted, %zu octet%s\n", m->at, parse_text_plural(m->at));
    else
        printf("%s\n", m->result == WEIR_MORE ? "incomplete" : "refused");

    if (m->has_head) {
        if (m->kind == WEIR_PARSE_REQUEST)
            parse_text_request(&m->request);
        else
            parse_text_response(&m->response);
        if (m->has_framing) {
            parse_text_framing(m);
            parse_text_payload(m);
        }
        parse_text_leniencies(m);
    }
    if (m->result == WEIR_END)
        parse_text_follows(m, place);
    else if (m->result == WEIR_MORE)
        parse_text_missing(m, place);
    else
        parse_text_refused(m, place);
}
