/* SPDX-License-Identifier: MIT */
/* fuzz/client.c - a tiny program over the engine that asks by plan, and remembers what it heard. */
#include "client.h"

void client_flush(client *c)
{
    text_add(&c->sent, c->out.p, c->out.len);
    c->out.len = 0;
}

static void trace_line(client *c, const char *word, uint64_t exchange)
{
    if (c->is_in_payload) text_word(&c->trace, "\n");
    c->is_in_payload = false;
    text_word(&c->trace, word);
    text_word(&c->trace, " ");
    text_number(&c->trace, exchange);
}

static void trace_fields(text *t, const weir_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_word(t, "\n  ");
        text_span(t, fields[i].name);
        text_word(t, ": ");
        text_span(t, fields[i].value);
    }
    text_word(t, "\n");
}

static void client_send(client *c, const char *data)
{
    size_t len = strlen(data), taken = 0;
    require(weir_conn_send(&c->conn, c->count, &c->out, data, len, &taken) == WEIR_OK &&
                taken == len,
            "payload that was announced is taken, where there is room");
}

static void client_finish(client *c, bool has_trailer)
{
    static const weir_field trailer = {.name = WEIR_STR_INIT("T"), .value = WEIR_STR_INIT("bye")};
    require(weir_conn_finish(&c->conn, c->count, &c->out, &trailer, has_trailer ? 1 : 0) == WEIR_OK,
            "a request whose payload was sent can be finished");
    c->is_sent = true;
}

void client_ask(client *c)
{
    if (c->count == CLIENT_REQUESTS || c->count == c->plan_len) return;
    char letter = (char)c->plan[c->count];
    if (letter == '\0' || strchr(CLIENT_LETTERS, letter) == NULL)
        letter = CLIENT_LETTERS[(unsigned char)letter % (sizeof CLIENT_LETTERS - 1)];
    weir_field fields[3] = {{.name = WEIR_STR_INIT("Host"), .value = WEIR_STR_INIT("h:1")}};
    weir_request req = {.method_id = WEIR_METHOD_GET,
                        .target = WEIR_STR_INIT("/"),
                        .fields = fields,
                        .field_count = 1,
                        .minor = 1};
    switch (letter) {
    case 'h': req.method_id = WEIR_METHOD_HEAD; break;
    case 'k': req.close = true; break;
    case 't':
        req.method_id = WEIR_METHOD_CONNECT;
        req.target = weir_str_of("h:1");
        break;
    case 'u':
        fields[1] = (weir_field){.name = WEIR_STR_INIT("Upgrade"), .value = WEIR_STR_INIT("echo")};
        fields[2] =
            (weir_field){.name = WEIR_STR_INIT("Connection"), .value = WEIR_STR_INIT("Upgrade")};
        req.field_count = 3;
        break;
    case 'e':
        fields[1] =
            (weir_field){.name = WEIR_STR_INIT("Expect"), .value = WEIR_STR_INIT("100-continue")};
        req.field_count = 2;
        break;
    default: break;
    }
    if (letter == 'p' || letter == 'c' || letter == 'e') {
        req.method_id = WEIR_METHOD_POST;
        req.has_payload = true;
        req.length = letter == 'c' ? WEIR_LENGTH_UNKNOWN : 5;
    }
    uint64_t exchange = 0;
    weir_error err = weir_conn_request(&c->conn, &c->out, &req, &exchange);
    require(err == WEIR_OK || err == WEIR_END,
            "a request that is right goes, or the connection takes no more");
    if (err == WEIR_END) return;
    require(!c->must_close, "after a message that says close nothing is asked");
    require(exchange == c->count + 1, "exchanges are numbered from 1 without a gap");
    c->asked[c->count++] = letter;
    c->is_answered = c->is_sent = false;
    c->must_close = letter == 'k';
    require(weir_conn_request(&c->conn, &c->out, &req, &exchange) == WEIR_BLOCKED,
            "one exchange at a time");
    if (letter == 'p' || letter == 'c') {
        client_send(c, "he");
        client_send(c, "llo");
    }
    if (letter != 'e') client_finish(c, letter == 'c');
    client_flush(c);
    if (letter == 'r') {
        weir_conn_reset(&c->conn, c->count);
        c->is_reset = true;
    }
}

void client_go_on(client *c)
{
    if (c->is_sent) return;
    client_send(c, "hello");
    client_finish(c, false);
    client_flush(c);
}

static bool client_has_payload(const client *c)
{
    uint16_t status = c->heard[c->count - 1].status;
    return c->asked[c->count - 1] != 'h' && status != 204 && status != 304;
}

static void client_response(client *c, const weir_event *ev)
{
    client_heard *heard = &c->heard[c->count - 1];
    require(!c->is_answered, "a request has one final response, and nothing follows it");
    c->is_answered = ev->type == WEIR_EVENT_RESPONSE;
    require(c->is_answered == (ev->response.status >= 200 || ev->response.status == 101),
            "1xx responses but 101 are interim ones");
    if (c->is_answered)
        heard->status = ev->response.status;
    else
        heard->interims++;
    c->must_close = c->must_close || (c->is_answered && !ev->framing.persistent);
    trace_line(c, c->is_answered ? "response" : "interim", ev->exchange);
    text_word(&c->trace, " ");
    text_number(&c->trace, ev->response.status);
    text_word(&c->trace, " framing ");
    text_number(&c->trace, (uint64_t)ev->framing.kind);
    trace_fields(&c->trace, ev->response.fields, ev->response.field_count);
    client_go_on(c);
}

static void client_event(client *c, const weir_event *ev)
{
    require(ev->type == WEIR_EVENT_ERROR || (c->count > 0 && ev->exchange == c->count),
            "an event belongs to the exchange under way");
    switch (ev->type) {
    case WEIR_EVENT_INTERIM:
    case WEIR_EVENT_RESPONSE: client_response(c, ev); break;
    case WEIR_EVENT_PAYLOAD:
        require(ev->payload.len > 0, "a piece of payload has at least one octet");
        require(c->is_answered, "payload comes behind a final response");
        require(c->is_tunnel || client_has_payload(c), "HEAD, 204 and 304 are without payload");
        if (!c->is_in_payload) {
            trace_line(c, "payload", ev->exchange);
            text_word(&c->trace, " ");
        }
        c->is_in_payload = true;
        text_span(&c->trace, ev->payload);
        text_span(&c->heard[c->count - 1].payload, ev->payload);
        break;
    case WEIR_EVENT_END:
        require(c->is_answered, "a response ends that has begun");
        c->heard[c->count - 1].is_complete = true;
        c->heard[c->count - 1].trailers = ev->trailers.count;
        trace_line(c, "end", ev->exchange);
        trace_fields(&c->trace, ev->trailers.fields, ev->trailers.count);
        if (!c->is_tunnel)
            client_ask(c); /* at once: then there is no time at which an answer comes unasked */
        break;
    case WEIR_EVENT_TUNNEL:
        require(c->asked[c->count - 1] == 'u' || c->asked[c->count - 1] == 't',
                "a tunnel opens only where it was asked for");
        trace_line(c, "tunnel", ev->exchange);
        text_word(&c->trace, "\n");
        c->is_tunnel = true;
        client_send(c, "ping");
        c->is_sent = false;
        client_finish(c, false);
        client_flush(c);
        break;
    case WEIR_EVENT_ERROR:
        trace_line(c, "error", ev->exchange);
        text_word(&c->trace, " ");
        text_word(&c->trace, weir_error_info(ev->failure.error)->name);
        text_word(&c->trace, " at ");
        text_number(&c->trace, ev->failure.offset);
        text_word(&c->trace, "\n");
        break;
    case WEIR_EVENT_NONE:
    case WEIR_EVENT_REQUEST:
    case WEIR_EVENT_RESUME: require(false, "a client sees responses, and HTTP/1 never resumes");
    }
}

typedef enum {
    GO,
    READ,
    OVER
} step;

client_step client_next(client *c, const char *in, size_t len, size_t *used)
{
    weir_event ev;
    memset(&ev, 0x5a, sizeof ev);
    *used = SIZE_MAX;
    weir_error err = weir_conn_next(&c->conn, in, len, used, NULL, &ev);
    require(*used <= len, "no more is used than was offered");
    if (err == WEIR_OK || weir_is_error(err)) {
        require((err == WEIR_OK) == (ev.type != WEIR_EVENT_ERROR), "an error fills the event");
        if (err == WEIR_OK) require(c->error == WEIR_OK, "an error is final");
        if (c->error != WEIR_OK) {
            require(err == c->error, "an error is final");
            return CLIENT_OVER;
        }
        if (ev.type == WEIR_EVENT_PAYLOAD)
            require(span_inside(ev.payload, in, len), "payload points into the input");
        if (err != WEIR_OK) c->error = err;
        client_event(c, &ev);
        return CLIENT_GO;
    }
    require(ev.type == WEIR_EVENT_NONE, "no event but with WEIR_OK or an error");
    switch (err) {
    case WEIR_MORE:
        require(!c->is_stopped, "after the end of the input no more is asked for");
        return CLIENT_READ;
    case WEIR_BLOCKED: /* all is asked; what comes all the same is refused whenever it comes */
        require(!c->is_stopped, "after the end of the input nobody moves any more");
        return CLIENT_READ;
    default: require(err == WEIR_END, "next says OK, MORE, BLOCKED, END or what is wrong");
    }
    require(weir_conn_waiting(&c->conn) == 0 || c->is_tunnel,
            "after the end of a connection nothing is waited for");
    return CLIENT_OVER;
}

void client_stop(client *c, weir_error why)
{
    c->is_stopped = true;
    bool is_idle = c->count == 0 || (c->heard[c->count - 1].is_complete && c->is_sent);
    c->must_fail = !is_idle && why != WEIR_END;
    weir_conn_stop(&c->conn, why);
}

void client_check_output(const client *c)
{
    weir_field fields[CLIENT_FIELDS];
    weir_head head;
    weir_request req;
    weir_framing f;
    weir_body body;
    char *in = copy_exact(c->sent.p, c->sent.len);
    size_t at = 0, len = c->sent.len, used = 0;
    for (size_t i = 0; i < c->count; i++) {
        char letter = c->asked[i];
        bool has_payload = letter == 'p' || letter == 'c' || letter == 'e', is_last;
        weir_head_init(&head, fields, CLIENT_FIELDS, NULL);
        weir_head_use(&head, isa_any());
        require(weir_request_parse(&head, in + at, len - at, &req, &used) == WEIR_OK,
                "the output is a sequence of well-formed requests");
        require(weir_request_framing(&req, &f) == WEIR_OK, "their framing is beyond doubt");
        at += used;
        require((req.method_id == WEIR_METHOD_POST) == has_payload, "the method is the one asked");
        require(f.kind == (!has_payload    ? WEIR_FRAMING_NONE
                           : letter == 'c' ? WEIR_FRAMING_CHUNKED
                                           : WEIR_FRAMING_LENGTH),
                "the payload is framed as it was announced");
        require(letter != 'k' || !f.persistent, "close is said where it was asked for");
        is_last = i + 1 == c->count;
        require(f.persistent || is_last, "after a request that says close there is no other");
        weir_head_init(&head, fields, CLIENT_FIELDS, NULL);
        weir_head_use(&head, isa_any());
        weir_body_init(&body, &f, &head);
        text payload = {0};
        weir_str span = {NULL, 0};
        weir_error err;
        while ((err = weir_body_next(&body, in + at, len - at, &used, &span)) == WEIR_OK) {
            text_span(&payload, span);
            at += used;
        }
        at += used;
        require(err == WEIR_END || (err == WEIR_MORE && is_last && !c->is_sent),
                "a request's payload ends as its framing says");
        if (err == WEIR_END)
            require(payload.len == (has_payload ? 5U : 0U) &&
                        (payload.len == 0 || memcmp(payload.p, "hello", 5) == 0),
                    "the payload comes out as it went in");
        text_free(&payload);
    }
    if (c->is_tunnel) {
        require(len - at == 4 && memcmp(in + at, "ping", 4) == 0,
                "a tunnel's octets are not touched");
        at = len;
    }
    require(at == len, "nothing comes behind the last request");
    copy_free(in, len);
}

void client_init(client *c, const uint8_t *plan, size_t plan_len)
{
    *c = (client){.plan = plan, .plan_len = plan_len, .limits = weir_limits_default};
    c->limits.head_bytes_max = 2048;
    c->options.limits = &c->limits;
    dice d = dice_from(plan, plan_len);
    c->options.isa = is_due(&d, 16) ? isa_pick(&d) : isa_any();
    c->out = (weir_buf){c->memory, 0, sizeof c->memory};
    require(weir_conn_init(&c->conn, WEIR_CLIENT, &c->options) == WEIR_OK,
            "a connection can be made with limits that are in range");
    weir_conn_fields(&c->conn, c->fields, CLIENT_FIELDS);
}

void client_free(client *c)
{
    for (size_t i = 0; i < CLIENT_REQUESTS; i++)
        text_free(&c->heard[i].payload);
    text_free(&c->trace);
    text_free(&c->sent);
}
