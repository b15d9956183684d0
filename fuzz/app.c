/* SPDX-License-Identifier: MIT */
/* fuzz/app.c - a tiny application over the engine: answers by plan, and remembers what it did. */
#include "app.h"

#include <stdlib.h>

void app_init(app *a, const uint8_t *plan, size_t plan_len, bool is_tight)
{
    *a = (app){.plan = plan, .plan_len = plan_len, .limits = weir_limits_default};
    a->limits.head_bytes_max = 2048;
    if (is_tight) {
        a->limits.head_bytes_max = 128;
        a->limits.payload_bytes_max = 40;
        a->limits.unread_bytes_max = 16;
        a->limits.trailer_bytes_max = 64;
        a->limits.chunk_ext_bytes_max = 8;
    }
    a->options.limits = &a->limits;
    dice d = dice_from(a->plan, a->plan_len);
    a->options.isa = is_due(&d, 16) ? isa_pick(&d) : isa_any();
    require(weir_conn_init(&a->conn, WEIR_SERVER, &a->options) == WEIR_OK,
            "a connection can be made with limits that are in range");
    weir_conn_fields(&a->conn, a->fields, APP_FIELDS);
}

void app_free(app *a)
{
    for (size_t i = 0; i < a->answer_count; i++)
        text_free(&a->answers[i].payload);
    free(a->answers);
    text_free(&a->trace);
}

static app_answer *app_current(app *a)
{
    return &a->answers[a->answer_count - 1];
}

static app_answer *app_answer_add(app *a, char how)
{
    if ((a->answer_count & (a->answer_count - 1)) == 0) { /* 0, 1, 2, 4, ...: the array is full */
        size_t count = a->answer_count == 0 ? 1 : 2 * a->answer_count;
        app_answer *grown = realloc(a->answers, count * sizeof *grown);
        if (grown == NULL) exit(1);
        a->answers = grown;
    }
    a->answers[a->answer_count++] = (app_answer){.how = how};
    return app_current(a);
}

static void app_add(app *a, app_task task)
{
    if (a->task_at == a->task_count) a->task_at = a->task_count = 0;
    require(a->task_count < APP_TASKS, "the application's plan has room");
    a->tasks[a->task_count++] = task;
}

static void app_respond(app *a, uint16_t status, uint64_t length, bool close)
{
    if (app_current(a)->method == WEIR_METHOD_CONNECT && status / 100 == 2) status = 403;
    app_add(a, (app_task){.verb = APP_RESPOND, .status = status, .length = length, .close = close});
}

static void app_send(app *a, weir_str data)
{
    app_add(a, (app_task){.verb = APP_SEND, .data = data});
}

static void app_do(app *a, app_verb verb)
{
    app_add(a, (app_task){.verb = verb});
}

static void app_respond_simply(app *a, bool close)
{
    app_respond(a, 200, 5, close);
    app_send(a, weir_str_of("he"));
    app_send(a, weir_str_of("llo"));
    app_do(a, APP_FINISH);
}

static bool app_has_tunnel(app_answer *answer)
{
    return answer->how == 'u' && (answer->method == WEIR_METHOD_CONNECT || answer->asked.upgrade);
}

/* What the plan wants once the head is there. */
static void app_begin(app *a)
{
    char how = app_current(a)->how;
    if (app_has_tunnel(app_current(a))) app_do(a, APP_SWITCH_EARLY);
    if (how == 'd' || how == 'D') app_do(a, APP_DRAIN);
    switch (how) {
    case 'D':
    case 'e':
        app_respond(a, 413, 3, false);
        app_send(a, weir_str_of("no\n"));
        app_do(a, APP_FINISH);
        break;
    case 'x': app_respond(a, 200, 4, false); break;
    case 's': app_respond(a, 200, WEIR_LENGTH_UNKNOWN, false); break;
    case 'i':
        app_respond(a, 100, 0, false);
        app_respond(a, 103, 0, false);
        break;
    case 'r': app_do(a, APP_RESET); break;
    default: break;
    }
}

/* What the plan wants once the request is complete. */
static void app_complete(app *a)
{
    app_answer *answer = app_current(a);
    answer->is_complete = true;
    if (answer->is_tunnel) app_do(a, APP_FINISH);
    if (answer->is_tunnel || answer->is_finished) return;
    if (app_has_tunnel(answer)) {
        uint16_t status = answer->method == WEIR_METHOD_CONNECT ? 200 : 101;
        app_add(a, (app_task){.verb = APP_RESPOND, .status = status});
        return;
    }
    switch (answer->how) {
    case 'c':
        app_respond(a, 200, WEIR_LENGTH_UNKNOWN, false);
        app_send(a, weir_str_of("hel"));
        app_send(a, weir_str_of("lo"));
        app_do(a, APP_FINISH);
        break;
    case 'z':
        app_respond(a, 200, 0, false);
        app_do(a, APP_FINISH);
        break;
    case 'p':
        app_respond(a, 200, 6, false);
        app_add(a, (app_task){.verb = APP_SPLICE, .length = 6});
        app_do(a, APP_FINISH);
        break;
    case 'n':
        app_respond(a, 204, 0, false);
        app_do(a, APP_FINISH);
        break;
    case 'm':
        app_respond(a, 304, 10, false);
        app_do(a, APP_FINISH);
        break;
    case 'x':
        app_send(a, weir_str_of("late"));
        app_do(a, APP_FINISH);
        break;
    case 's': app_do(a, APP_FINISH); break;
    case 'q':
        app_respond(a, 200, 9, false);
        app_send(a, weir_str_of("half"));
        app_do(a, APP_RESET);
        break;
    case 'R': app_do(a, APP_RESET); break;
    case 'b':
        app_do(a, APP_WRONG);
        app_respond(a, 200, 5, false);
        app_do(a, APP_WRONG);
        app_send(a, weir_str_of("hello"));
        app_do(a, APP_FINISH);
        app_do(a, APP_WRONG);
        break;
    default: app_respond_simply(a, answer->how == 'k'); break;
    }
}

/* The trace: one line an event; the octets of one payload are on one line however they came. */
static void trace_line(app *a, const char *word, uint64_t exchange)
{
    if (a->is_in_payload) text_word(&a->trace, "\n");
    a->is_in_payload = false;
    text_word(&a->trace, word);
    text_word(&a->trace, " ");
    text_number(&a->trace, exchange);
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

static void trace_framing(text *t, const weir_framing *f)
{
    text_word(t, " framing ");
    text_number(t, (uint64_t)f->kind);
    text_word(t, ",");
    text_number(t, f->length);
    text_word(t, f->persistent ? " persistent" : "");
    text_word(t, f->expects_continue ? " expects" : "");
    text_word(t, f->upgrade ? " upgrade" : "");
}

static void app_request(app *a, const weir_event *ev)
{
    const weir_request *req = &ev->request;
    require(ev->exchange == a->answer_count + 1, "requests are numbered from 1 without a gap");
    char letter = 'l';
    if (a->plan_len > 0) {
        letter = (char)a->plan[a->answer_count % a->plan_len];
        if (letter == '\0' || strchr(APP_LETTERS, letter) == NULL)
            letter = APP_LETTERS[(unsigned char)letter % (sizeof APP_LETTERS - 1)];
    }
    app_answer *answer = app_answer_add(a, letter);
    answer->method = req->method_id;
    answer->minor = req->minor;
    answer->asked = ev->framing;
    trace_line(a, "request", ev->exchange);
    text_word(&a->trace, " ");
    text_span(&a->trace, req->method);
    text_word(&a->trace, " ");
    text_span(&a->trace, req->target);
    text_word(&a->trace, " 1.");
    text_number(&a->trace, req->minor);
    trace_framing(&a->trace, &ev->framing);
    trace_fields(&a->trace, req->fields, req->field_count);
    app_begin(a);
}

static void app_payload(app *a, const weir_event *ev)
{
    require(ev->payload.len > 0, "a piece of payload has at least one octet");
    if (!a->is_in_payload) trace_line(a, "payload ", ev->exchange);
    if (!a->is_in_payload) text_word(&a->trace, " ");
    a->is_in_payload = true;
    text_span(&a->trace, ev->payload);
    if (app_current(a)->is_tunnel || app_current(a)->how == 's') app_send(a, ev->payload);
}

static void app_error(app *a, const weir_event *ev)
{
    a->error = ev->failure.error;
    a->failure = *ev;
    a->trace_agreed = a->trace.len;
    trace_line(a, "error", ev->exchange);
    text_word(&a->trace, " ");
    text_word(&a->trace, weir_error_info(ev->failure.error)->name);
    text_word(&a->trace, " at ");
    text_number(&a->trace, ev->failure.offset);
    text_word(&a->trace, " status ");
    text_number(&a->trace, ev->failure.status);
    text_word(&a->trace, "\n");
    bool is_new =
        a->answer_count == 0 ||
        (app_current(a)->is_complete && app_current(a)->is_finished && !app_current(a)->is_tunnel);
    if (is_new || ev->exchange == a->answer_count + 1) app_answer_add(a, 'z')->minor = 1;
    app_answer *answer = app_current(a);
    require(ev->exchange == a->answer_count, "an error belongs to the request that has it");
    uint16_t status = answer->status == 0 ? weir_error_info(a->error)->status : 0;
    require(ev->failure.status == status, "an error has its status, where none was sent yet");
    if (status == 0) return;
    answer->must_close = true;
    app_respond(a, ev->failure.status, 0, false);
    app_do(a, APP_FINISH);
}

static void app_event(app *a, const weir_event *ev)
{
    a->events++;
    if (ev->type != WEIR_EVENT_REQUEST && ev->type != WEIR_EVENT_ERROR)
        require(a->answer_count > 0 && ev->exchange == a->answer_count,
                "an event belongs to the exchange under way");
    switch (ev->type) {
    case WEIR_EVENT_REQUEST: app_request(a, ev); break;
    case WEIR_EVENT_PAYLOAD: app_payload(a, ev); break;
    case WEIR_EVENT_END:
        trace_line(a, "end", ev->exchange);
        trace_fields(&a->trace, ev->trailers.fields, ev->trailers.count);
        app_complete(a);
        break;
    case WEIR_EVENT_TUNNEL:
        require(app_has_tunnel(app_current(a)), "a tunnel opens only where it was agreed");
        trace_line(a, "tunnel", ev->exchange);
        text_word(&a->trace, "\n");
        app_current(a)->is_tunnel = true;
        break;
    case WEIR_EVENT_ERROR: app_error(a, ev); break;
    case WEIR_EVENT_NONE:
    case WEIR_EVENT_INTERIM:
    case WEIR_EVENT_RESPONSE:
    case WEIR_EVENT_RESUME: require(false, "a server sees requests, and HTTP/1 never resumes");
    }
}

static void app_check_again(app *a, const weir_event *ev, weir_error err)
{
    require(err == a->error && ev->exchange == a->failure.exchange &&
                ev->failure.error == a->failure.failure.error &&
                ev->failure.offset == a->failure.failure.offset,
            "an error of the peer is final, and told alike each time");
}

static void check_spans(const weir_event *ev, const char *in, size_t len)
{
    if (ev->type == WEIR_EVENT_PAYLOAD)
        require(span_inside(ev->payload, in, len), "payload points into the input");
    if (ev->type == WEIR_EVENT_REQUEST)
        require(span_inside(ev->request.method, in, len) &&
                    span_inside(ev->request.target, in, len),
                "a request points into the input");
}

app_next_step app_next(app *a, const char *in, size_t len, size_t *used)
{
    weir_event ev;
    unsigned waiting;
    memset(&ev, 0x5a, sizeof ev);
    *used = SIZE_MAX;
    weir_error err = weir_conn_next(&a->conn, in, len, used, NULL, &ev);
    require(*used <= len, "no more is used than was offered");
    a->used += *used;
    waiting = weir_conn_waiting(&a->conn);
    if (weir_is_error(err)) {
        require(*used == 0, "on an error nothing is used");
        require(ev.type == WEIR_EVENT_ERROR && ev.failure.error == err, "an error fills the event");
        if (a->error != WEIR_OK) {
            app_check_again(a, &ev, err);
            return APP_OVER;
        }
        app_event(a, &ev);
        return APP_GO;
    }
    require(a->error == WEIR_OK, "after an error nothing else is told");
    if (err == WEIR_OK) {
        require(ev.type != WEIR_EVENT_ERROR, "WEIR_OK and an error do not go together");
        check_spans(&ev, in, len);
        app_event(a, &ev);
        return APP_GO;
    }
    require(ev.type == WEIR_EVENT_NONE, "no event but with WEIR_OK or an error");
    require(err != WEIR_BLOCKED, "the application owes nothing, so next is not blocked");
    if (err == WEIR_MORE) {
        require(!a->is_stopped, "after the end of the input no more is asked for");
        require((waiting & (WEIR_WAITING_IDLE | WEIR_WAITING_HEAD | WEIR_WAITING_BODY)) != 0,
                "whoever asks for more says what it waits for");
        return APP_READ;
    }
    require(err == WEIR_END, "next says OK, MORE, BLOCKED, END or what is wrong");
    require(waiting == 0, "after the end of a connection nothing is waited for");
    trace_line(a, "over after", a->answer_count);
    text_word(&a->trace, a->is_reset ? " reset\n" : "\n");
    return APP_OVER;
}

void app_stop(app *a, weir_error why)
{
    a->is_stopped = true;
    app_answer *answer = a->answer_count > 0 ? app_current(a) : NULL;
    if (answer != NULL && why != WEIR_END)
        a->must_fail = answer->is_tunnel || (!answer->is_complete && !answer->is_finished);
    weir_conn_stop(&a->conn, why);
}

bool app_has_tasks(const app *a)
{
    return a->task_at < a->task_count;
}

static weir_error app_work_respond(app *a, const app_task *task, weir_buf *out)
{
    app_answer *answer = app_current(a);
    text number = {0};
    text_number(&number, a->answer_count);
    weir_field fields[3] = {
        {.name = WEIR_STR_INIT("N"), .value = {number.p, number.len}},
        {.name = WEIR_STR_INIT("Upgrade"), .value = WEIR_STR_INIT("echo")},
        {.name = WEIR_STR_INIT("Connection"), .value = WEIR_STR_INIT("Upgrade")},
    };
    weir_response res = {.status = task->status,
                         .length = task->length,
                         .close = task->close,
                         .fields = fields,
                         .field_count = task->status == 101 ? 3 : 1};
    size_t before = out->len;
    weir_error err = weir_conn_respond(&a->conn, a->answer_count, out, &res);
    text_free(&number);
    if (err != WEIR_OK) return err;
    bool is_interim = task->status / 100 == 1 && task->status != 101;
    require((out->len > before) != (is_interim && answer->minor == 0),
            "a response is written, but 1xx to HTTP/1.0");
    if (!is_interim) {
        answer->status = task->status;
        bool is_asked = !answer->asked.persistent || answer->how == 'k' || a->is_drained;
        bool refused = answer->method == WEIR_METHOD_CONNECT && answer->how != 'u';
        answer->must_close = is_asked || refused || a->error != WEIR_OK;
        answer->must_persist = !answer->must_close && answer->is_complete;
    } else if (out->len > before)
        answer->interims++;
    return WEIR_OK;
}

/* Or the octets of a tunnel, which HEAD can open, too. */
static bool answer_has_payload(const app_answer *answer)
{
    if (answer->status == 101) return true;
    return answer->method != WEIR_METHOD_HEAD && answer->status != 204 && answer->status != 304;
}

static weir_error app_work_send(app *a, app_task *task, weir_buf *out)
{
    size_t taken = SIZE_MAX;
    weir_error err =
        weir_conn_send(&a->conn, a->answer_count, out, task->data.p, task->data.len, &taken);
    if (err == WEIR_SPACE) require(taken == 0, "WEIR_SPACE takes nothing");
    if (err != WEIR_OK) return err;
    require(taken > 0 && taken <= task->data.len, "WEIR_OK takes something of what is given");
    if (answer_has_payload(app_current(a))) text_add(&app_current(a)->payload, task->data.p, taken);
    task->data.p += taken;
    task->data.len -= taken;
    return task->data.len > 0 ? WEIR_MORE : WEIR_OK;
}

static weir_error app_work_splice(app *a, const app_task *task, weir_buf *out)
{
    uint64_t taken = UINT64_MAX;
    if (out->cap - out->len < task->length) return WEIR_SPACE;
    weir_error err = weir_conn_splice(&a->conn, a->answer_count, out, task->length, &taken);
    if (err == WEIR_SPACE) return err;
    require(err == WEIR_OK || err == WEIR_END, "a splice goes, or belongs nowhere");
    require(taken == task->length, "a splice takes all");
    require((err == WEIR_OK) == answer_has_payload(app_current(a)),
            "a splice goes just where there is payload");
    if (err == WEIR_END) return WEIR_OK;
    memset(out->p + out->len, 'S', (size_t)taken);
    text_add(&app_current(a)->payload, out->p + out->len, (size_t)taken);
    out->len += (size_t)taken;
    return WEIR_OK;
}

static weir_error app_work_finish(app *a, weir_buf *out)
{
    app_answer *answer = app_current(a);
    static const weir_field trailer = {.name = WEIR_STR_INIT("T"), .value = WEIR_STR_INIT("bye")};
    bool has_trailer = answer->how == 'c' && answer->status == 200 && answer->minor > 0 &&
                       answer_has_payload(answer);
    weir_error err =
        weir_conn_finish(&a->conn, a->answer_count, out, &trailer, has_trailer ? 1 : 0);
    if (err != WEIR_OK) return err;
    answer->is_finished = true;
    answer->has_trailer = has_trailer;
    return WEIR_OK;
}

/* Calls at the wrong time or with what cannot be sent: refused, and nothing changes. */
static void app_work_wrong(app *a, weir_buf *out)
{
    app_answer *answer = app_current(a);
    uint64_t n = a->answer_count, spliced = 0;
    size_t before = out->len, taken = 0;
    weir_field bad = {.name = WEIR_STR_INIT("A"), .value = WEIR_STR_INIT("b\r\nC: d")};
    weir_response res = {.status = 200, .fields = &bad, .field_count = 1};
    weir_error err = weir_conn_respond(&a->conn, n, out, &res);
    require(weir_is_error(err) || err == WEIR_SPACE, "no value can add a line");
    bad = (weir_field){.name = WEIR_STR_INIT("content-length"), .value = WEIR_STR_INIT("5")};
    err = weir_conn_respond(&a->conn, n, out, &res);
    require(weir_is_error(err) || err == WEIR_SPACE, "framing fields are the engine's");
    require(weir_is_error(weir_conn_respond(&a->conn, n + 1, out, &res)),
            "an exchange that is not there cannot be answered");
    require(weir_is_error(weir_conn_send(&a->conn, n + 1, out, "x", 1, &taken)) && taken == 0,
            "nothing can be sent in an exchange that is not there");
    require(weir_is_error(weir_conn_finish(&a->conn, n + 1, out, NULL, 0)),
            "an exchange that is not there cannot be finished");
    if (answer->status == 0 || answer->is_finished) {
        require(weir_is_error(weir_conn_send(&a->conn, n, out, "x", 1, &taken)) && taken == 0,
                "nothing can be sent before the head or after the end");
        require(weir_is_error(weir_conn_splice(&a->conn, n, out, 1, &spliced)),
                "nothing can be spliced before the head or after the end");
        require(weir_is_error(weir_conn_finish(&a->conn, n, out, NULL, 0)),
                "nothing can be finished before the head or after the end");
    } else {
        res.field_count = 0;
        require(weir_is_error(weir_conn_respond(&a->conn, n, out, &res)),
                "one final response is all there is");
    }
    uint64_t exchange = 0;
    weir_request req = {.method_id = WEIR_METHOD_GET, .target = WEIR_STR_INIT("/")};
    require(weir_is_error(weir_conn_request(&a->conn, out, &req, &exchange)),
            "a server asks nothing");
    require(out->len == before, "a call that is refused writes nothing");
}

/* A switch before the request is complete: the octets behind it would be taken for payload. */
static void app_work_switch_early(app *a, weir_buf *out)
{
    size_t before = out->len;
    bool is_connect = app_current(a)->method == WEIR_METHOD_CONNECT;
    weir_response res = {.status = is_connect ? 200 : 101};
    require(weir_conn_respond(&a->conn, a->answer_count, out, &res) != WEIR_OK,
            "a tunnel opens behind the whole request, not before");
    require(out->len == before, "a call that is refused writes nothing");
}

bool app_work(app *a, weir_buf *out)
{
    app_task *task = &a->tasks[a->task_at];
    weir_error err = WEIR_OK;
    switch (task->verb) {
    case APP_RESPOND: err = app_work_respond(a, task, out); break;
    case APP_SEND: err = app_work_send(a, task, out); break;
    case APP_SPLICE: err = app_work_splice(a, task, out); break;
    case APP_FINISH: err = app_work_finish(a, out); break;
    case APP_WRONG: app_work_wrong(a, out); break;
    case APP_SWITCH_EARLY: app_work_switch_early(a, out); break;
    case APP_DRAIN:
        weir_conn_drain(&a->conn);
        a->is_drained = true;
        break;
    case APP_RESET:
        if (out->len > 0) return false; /* so that the same octets have left, however it was cut */
        weir_conn_reset(&a->conn, a->answer_count);
        require(weir_conn_is_reset(&a->conn), "a connection that was reset says so");
        a->is_reset = true;
        break;
    }
    if (err == WEIR_SPACE) return false;
    if (err == WEIR_MORE) return true; /* some was taken */
    require(err == WEIR_OK, "a call that is right is never refused");
    a->task_at++;
    return true;
}

/* The output, read back. */
typedef struct {
    const app *app;
    const char *in;
    size_t at, len;
    text *summary;
    bool may_be_cut; /* the connection was given up: what is there is a prefix */
} reader;

/* Reads a head; false where the output was cut off before its end. */
static bool reader_head(reader *r, weir_head *head, weir_field *fields, weir_response *res)
{
    size_t used = 0;
    weir_head_init(head, fields, APP_FIELDS, NULL);
    weir_head_use(head, isa_any());
    weir_error err = weir_response_parse(head, r->in + r->at, r->len - r->at, res, &used);
    if (err == WEIR_MORE && r->may_be_cut) return false;
    require(err == WEIR_OK, "the output is a sequence of well-formed responses");
    r->at += used;
    text_number(r->summary, res->status);
    trace_fields(r->summary, res->fields, res->field_count);
    return true;
}

static void check_number(const weir_response *res, size_t number)
{
    text expected = {0};
    text_number(&expected, number);
    require(res->field_count > 0 &&
                weir_str_equal(res->fields[0].value, (weir_str){expected.p, expected.len}),
            "responses come in the order of the requests, each to its own");
    text_free(&expected);
}

/* Reads a payload; false where the output was cut off before its end. */
static bool reader_body(reader *r, const weir_framing *framing, const app_answer *answer)
{
    weir_field fields[APP_FIELDS];
    weir_head head;
    weir_body body;
    weir_str span = {NULL, 0};
    text payload = {0};
    size_t used = 0;
    weir_error err;
    weir_head_init(&head, fields, APP_FIELDS, NULL);
    weir_head_use(&head, isa_any());
    weir_body_init(&body, framing, &head);
    while ((err = weir_body_next(&body, r->in + r->at, r->len - r->at, &used, &span)) == WEIR_OK) {
        text_span(&payload, span);
        r->at += used;
    }
    r->at += err == WEIR_MORE || err == WEIR_END ? used : 0;
    if (err == WEIR_MORE) err = weir_body_stop(&body);
    text_add(r->summary, payload.p, payload.len);
    bool is_whole = text_equal(&payload, &answer->payload);
    require(is_whole || (payload.len < answer->payload.len && r->may_be_cut),
            "the payload comes out as it went in");
    text_free(&payload);
    require(err == WEIR_END || (err == WEIR_ERR_TRUNCATED && r->may_be_cut),
            "the payload of a response ends as its framing says");
    if (err != WEIR_END || !answer->is_finished) return false;
    size_t trailers = framing->kind == WEIR_FRAMING_CHUNKED ? head.count : 0;
    require(trailers == (answer->has_trailer ? 1 : 0), "trailers come out as they went in");
    trace_fields(r->summary, fields, trailers);
    return true;
}

/* Reads all about one exchange; false where nothing comes behind it. */
static bool reader_answer(reader *r, const app_answer *answer, size_t number)
{
    weir_field fields[APP_FIELDS];
    weir_head head;
    weir_response res;
    weir_framing framing;
    for (size_t i = 0; i < answer->interims; i++) {
        if (!reader_head(r, &head, fields, &res)) return false;
        require(res.status / 100 == 1 && res.status != 101, "interim responses come first");
        check_number(&res, number);
    }
    if (answer->status == 0) {
        require(r->may_be_cut || number == r->app->answer_count,
                "a request without an answer is the last one");
        return false;
    }
    if (!reader_head(r, &head, fields, &res)) return false;
    require(res.status == answer->status, "the status comes out as it went in");
    check_number(&res, number);
    require(weir_response_framing(&res, answer->method, &framing) == WEIR_OK,
            "the framing of a response is beyond doubt");
    if (framing.kind == WEIR_FRAMING_TUNNEL) {
        require(answer->how == 'u', "a tunnel opens only where it was agreed");
        text rest = {(char *)(uintptr_t)(r->in + r->at), r->len - r->at, 0};
        require(text_equal(&rest, &answer->payload), "a tunnel's octets are not touched");
        text_add(r->summary, rest.p, rest.len);
        r->at = r->len;
        return false;
    }
    if (!reader_body(r, &framing, answer)) return false;
    require(!answer->must_close || !framing.persistent, "who wants to close says so");
    require(!answer->must_persist || framing.persistent || framing.kind == WEIR_FRAMING_CLOSE,
            "who has no reason to close does not");
    require(framing.persistent || number == r->app->answer_count,
            "after a response that says close nothing is answered");
    bool is_ours = !r->app->is_stopped && r->app->error == WEIR_OK && !r->app->is_reset;
    if (number == r->app->answer_count && is_ours && answer->is_complete)
        require(!framing.persistent, "who ends a connection says so in the last response");
    if (number == r->app->answer_count && is_ours && answer->asked.kind == WEIR_FRAMING_LENGTH)
        require(!framing.persistent || answer->asked.length > r->app->limits.unread_bytes_max,
                "a little payload behind an early answer does not end the connection");
    return true;
}

void app_check_output(const app *a, const text *output, text *summary)
{
    require(!a->must_fail || a->error != WEIR_OK, "a message that is cut off is an error");
    char *in = copy_exact(output->p, output->len);
    reader r = {.app = a, .in = in, .len = output->len, .summary = summary};
    bool is_too_late = a->error != WEIR_OK && a->failure.failure.status == 0;
    r.may_be_cut = a->is_reset || is_too_late;
    for (size_t i = 0; i < a->answer_count; i++) {
        const app_answer *answer = &a->answers[i];
        require(!answer->is_complete || answer->is_finished || r.may_be_cut,
                "every complete request is answered");
        if (!reader_answer(&r, answer, i + 1)) break;
    }
    require(r.at == r.len || r.may_be_cut, "nothing comes behind the last response");
    copy_free(in, output->len);
}
