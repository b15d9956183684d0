/* SPDX-License-Identifier: MIT */
/* parse_read.c - one message through the core: head, framing, body, and where a fault stands. */
#include <stdio.h>
#include <stdlib.h>

#include "parse.h"

/* What of the input the core is shown: [from, to). */
typedef struct {
    const char *in;
    size_t len, from, to;
    bool in_steps;
    char *copy; /* with in_steps: what is shown, on the heap, so that a sanitizer sees its end */
} parse_read_window;

void *weir__parse_memory(void *old, size_t size)
{
    void *memory = realloc(old, size > 0 ? size : 1);
    if (memory != NULL) return memory;
    fprintf(stderr, "weir parse: out of memory\n");
    exit(1);
}

static const char *parse_read_show(parse_read_window *w)
{
    if (!w->in_steps) return w->in + w->from;
    size_t len = w->to - w->from;
    free(w->copy);
    /* Not one octet more: malloc(0) is meant. */
    w->copy = len > 0 ? weir__parse_memory(NULL, len) : malloc(0);
    if (len > 0) memcpy(w->copy, w->in + w->from, len);
    return w->copy;
}

/* Shows more from the next call on. False: there is no more. */
static bool parse_read_grow(parse_read_window *w)
{
    if (w->to == w->len) return false;
    w->to++;
    return true;
}

/* The last octet that was asked for is not there. */
static void parse_read_short(weir_parse_message *m, const weir_parse_options *options, size_t len)
{
    m->result = options->ended && len > 0 ? WEIR_ERR_TRUNCATED : WEIR_MORE;
    m->at = len;
    m->at_end = true;
}

/* ---- head and framing ---- */

static weir_error parse_read_framing(weir_parse_message *m, const weir_parse_options *options)
{
    weir_error err = m->kind == WEIR_PARSE_REQUEST
                         ? weir_request_framing(&m->request, &m->framing)
                         : weir_response_framing(&m->response, options->asked, &m->framing);
    m->has_head = true;
    m->allowed = m->kind == WEIR_PARSE_REQUEST ? m->request.allowed : m->response.allowed;
    if (err == WEIR_OK) {
        m->has_framing = true;
        return WEIR_OK;
    }
    size_t count = m->kind == WEIR_PARSE_REQUEST ? m->request.field_count : m->response.field_count;
    m->result = err;
    m->at = m->framing.at;
    m->at_end = m->framing.field >= count;
    return err;
}

/* False: the message ends here, incomplete or refused. */
static bool parse_read_head(weir_parse_message *m, const weir_parse_options *options,
                            parse_read_window *w)
{
    weir_head head;
    weir_error err;
    size_t used;

    weir_head_init(&head, m->fields, WEIR_FIELDS_DEFAULT, &m->limits);
    do {
        const char *shown = parse_read_show(w);
        if (m->kind == WEIR_PARSE_REQUEST)
            err = weir_request_parse(&head, shown, w->to - w->from, &m->request, &used);
        else
            err = weir_response_parse(&head, shown, w->to - w->from, &m->response, &used);
    } while (err == WEIR_MORE && parse_read_grow(w));

    if (err == WEIR_MORE) {
        parse_read_short(m, options, w->len);
        return false;
    }
    if (err != WEIR_OK) {
        m->result = err;
        m->at = used;
        return false;
    }
    m->head_copy = w->copy; /* the facts point into it */
    w->copy = NULL;
    w->from += used;
    return parse_read_framing(m, options) == WEIR_OK;
}

/* ---- body ---- */

static void parse_read_keep(weir_parse_message *m, weir_str payload, size_t keep_max)
{
    m->payload_len += payload.len;
    size_t room = keep_max - m->payload_kept;
    size_t n = payload.len < room ? payload.len : room;
    if (n == 0) return;
    if (m->payload_kept + n > m->payload_room) {
        m->payload_room = 2 * m->payload_room + n;
        m->payload = weir__parse_memory(m->payload, m->payload_room);
    }
    memcpy(m->payload + m->payload_kept, payload.p, n);
    m->payload_kept += n;
}

/* The body from w->from on. m->framing says how it ends. */
static void parse_read_body(weir_parse_message *m, const weir_parse_options *options,
                            parse_read_window *w)
{
    weir_head trailers;
    weir_body body;
    weir_error err;
    weir_str payload;

    weir_head_init(&trailers, m->trailer_fields, WEIR_FIELDS_DEFAULT, &m->limits);
    weir_body_init(&body, &m->framing, &trailers);
    do {
        size_t used;
        err = weir_body_next(&body, parse_read_show(w), w->to - w->from, &used, &payload);
        w->from += used;
        if (err == WEIR_OK) parse_read_keep(m, payload, options->keep_max);
    } while (err == WEIR_OK || (err == WEIR_MORE && parse_read_grow(w)));

    if (err == WEIR_MORE && options->ended && weir_body_stop(&body) == WEIR_END) err = WEIR_END;
    if (err == WEIR_MORE) {
        parse_read_short(m, options, w->len);
        return;
    }
    m->allowed |= trailers.allowed;
    m->result = err;
    m->at = w->from;
    m->trailers = trailers.fields;
    m->trailer_count = err == WEIR_END ? trailers.count : 0;
    m->body_copy = w->copy; /* the trailers point into it */
    w->copy = NULL;
}

void weir__parse_read(weir_parse_message *m, const weir_parse_options *options, const char *in,
                      size_t len)
{
    parse_read_window w = {.in = in, .len = len, .in_steps = options->in_steps};

    *m = (weir_parse_message){.kind = options->kind, .limits = weir_limits_default};
    m->limits.allow = options->allow;
    w.to = options->in_steps ? 0 : len;
    if (options->kind == WEIR_PARSE_CHUNKED) {
        m->framing = (weir_framing){.kind = WEIR_FRAMING_CHUNKED, .rule = WEIR_RULE_CODING};
        parse_read_body(m, options, &w);
    } else if (parse_read_head(m, options, &w)) {
        if (m->framing.kind != WEIR_FRAMING_TUNNEL) {
            parse_read_body(m, options, &w);
        } else {
            m->result = WEIR_END;
            m->at = w.from;
        }
    }
    free(w.copy);
}

const char *weir__parse_leniency(uint32_t *left)
{
    if (*left == 0) return NULL;
    uint32_t lowest = *left & (~*left + 1);
    *left &= ~lowest;
    return weir_allow_name(lowest);
}

void weir__parse_free(weir_parse_message *m)
{
    free(m->payload);
    free(m->head_copy);
    free(m->body_copy);
    *m = (weir_parse_message){.kind = m->kind};
}

weir_parse_next weir__parse_next(const weir_parse_message *m, const weir_parse_place *place)
{
    if (place->from + m->at >= place->all_len) return WEIR_PARSE_NOTHING;
    if (m->framing.kind == WEIR_FRAMING_TUNNEL) return WEIR_PARSE_TUNNEL;
    if (m->kind == WEIR_PARSE_REQUEST && m->request.method_id == WEIR_METHOD_CONNECT)
        return WEIR_PARSE_TUNNEL;
    return m->framing.persistent ? WEIR_PARSE_MESSAGE : WEIR_PARSE_CLOSED;
}

/* ---- where a fault stands ---- */

size_t weir__parse_escape(unsigned char c, char out[5])
{
    static const char digits[] = "0123456789abcdef";
    static const char pairs[] = "\rr\nn\tt\\\\";

    for (size_t i = 0; i < sizeof pairs - 1; i += 2)
        if (c == (unsigned char)pairs[i]) {
            out[0] = '\\';
            out[1] = pairs[i + 1];
            out[2] = '\0';
            return 2;
        }
    if (c >= 0x20 && c < 0x7f) {
        out[0] = (char)c;
        out[1] = '\0';
        return 1;
    }
    out[0] = '\\';
    out[1] = 'x';
    out[2] = digits[c >> 4];
    out[3] = digits[c & 15];
    out[4] = '\0';
    return 4;
}

static size_t parse_read_put(weir_parse_fault *fault, size_t len, const char *text)
{
    size_t n = strlen(text);
    memcpy(fault->excerpt + len, text, n + 1);
    return len + n;
}

/* The line around the octet, at most REACH octets of it each way. */
static void parse_read_excerpt(const weir_parse_place *place, bool at_end, weir_parse_fault *fault)
{
    enum {
        REACH = 36
    };
    _Static_assert(sizeof fault->excerpt > 4 * (2 * REACH + 1) + 2 * 3, "an excerpt fits");
    const char *all = place->all;
    size_t at = fault->offset, begin, end, len = 0;

    /* Where something is missing, what came before it is shown. */
    size_t inside = at_end && at > 0 ? at - 1 : at;
    for (begin = inside; begin > 0 && all[begin - 1] != '\n' && at - begin < REACH; begin--)
        continue;
    for (end = inside; end < place->all_len && end - begin < 2 * (size_t)REACH; end++)
        if (all[end] == '\n') {
            end++;
            break;
        }
    fault->excerpt[0] = '\0';
    if (begin > 0 && all[begin - 1] != '\n') len = parse_read_put(fault, len, "...");
    fault->caret = len;
    for (size_t i = begin; i < end; i++) {
        char text[5];
        weir__parse_escape((unsigned char)all[i], text);
        len = parse_read_put(fault, len, text);
        if (i < at) fault->caret = len;
    }
    if (end < place->all_len && end > begin && all[end - 1] != '\n')
        parse_read_put(fault, len, "...");
}

void weir__parse_find_fault(const weir_parse_message *m, const weir_parse_place *place,
                            weir_parse_fault *fault)
{
    *fault = (weir_parse_fault){.offset = place->from + m->at, .line = 1, .column = 1};
    for (size_t i = 0; i < fault->offset; i++) {
        if (place->all[i] == '\n') {
            fault->line++;
            fault->column = 1;
        } else {
            fault->column++;
        }
    }
    parse_read_excerpt(place, m->at_end, fault);
}

unsigned weir__parse_answer(const weir_parse_message *m)
{
    unsigned status = weir_error_info(m->result)->status;
    /* RFC 9110 §15.6.3: whose fault a response is, the one who asked cannot mend it. */
    return m->kind == WEIR_PARSE_REQUEST || status == 0 ? status : 502;
}

/* ---- names ---- */

const char *weir__parse_framing_name(weir_framing_kind kind)
{
    switch (kind) {
    case WEIR_FRAMING_NONE: return "none";
    case WEIR_FRAMING_LENGTH: return "length";
    case WEIR_FRAMING_CHUNKED: return "chunked";
    case WEIR_FRAMING_CLOSE: return "close";
    case WEIR_FRAMING_TUNNEL: return "tunnel";
    }
    return "";
}

const char *weir__parse_form_name(weir_target_form form)
{
    switch (form) {
    case WEIR_TARGET_ORIGIN: return "origin";
    case WEIR_TARGET_ABSOLUTE: return "absolute";
    case WEIR_TARGET_AUTHORITY: return "authority";
    case WEIR_TARGET_ASTERISK: return "asterisk";
    }
    return "";
}
