/* SPDX-License-Identifier: MIT */
/* session_call.c - between handlers and the engine: their answers become octets in the outbox. */
#include <assert.h>

#include "errors.h"
#include "session_call.h"

/* A call is a member of a lease, and a lease belongs to the session whose call it is. */
static weir_session *call_session(const weir_call *call)
{
    return call->session;
}

bool weir_session_is_calling(const weir_session *s)
{
    return s->lease != NULL && s->lease->call.is_active;
}

/* ---- what handlers call ---- */

/* The handler said what cannot be sent: a bug. The peer sees a cut instead of half an answer. */
static void call_failed(weir_call *call, weir_error err)
{
    weir_session *s = call_session(call);

    weir_log(call->site->world, true, "an answer is given up: %s", weir_error_info(err)->sentence);
    weir_conn_reset(&s->conn, call->exchange);
    s->is_cut = s->is_over = true;
    call->is_finished = true;
}

/* Appends a head. False: it failed. */
static bool call_respond(weir_call *call, const weir_response *res)
{
    weir_session *s = call_session(call);
    weir_buf room = weir_outbox_room(&s->lease->outbox);
    weir_error err = weir_conn_respond(&s->conn, call->exchange, &room, res);

    if (err != WEIR_OK) {
        call_failed(call, err);
        return false;
    }
    weir_outbox_add(&s->lease->outbox, room.len);
    return true;
}

void weir_call_continue(weir_call *call)
{
    const weir_response go_on = {.status = 100};
    const weir_lease *lease = call_session(call)->lease;

    if (call->expects && lease->in_at == lease->in_len) (void)call_respond(call, &go_on);
    call->expects = false;
}

/* Will more payload go by unread than this connection is worth? Then its end is told at once. */
static bool call_drops_too_much(const weir_call *call)
{
    return call->handler != NULL && call->handler->payload == NULL && !call->has_ended &&
           call->length != WEIR_LENGTH_UNKNOWN &&
           call->length > call_session(call)->all->limits.unread_bytes_max;
}

void weir_call_respond(weir_call *call, const weir_response *res)
{
    weir_field fields[1 + WEIR_CALL_FIELDS_MAX];
    weir_response dated = *res;

    if (call->is_finished) return;
    assert(res->field_count <= WEIR_CALL_FIELDS_MAX);
    if (call_drops_too_much(call)) dated.close = true;
    fields[0] = weir_call_field(WEIR_FIELD_DATE, (weir_str){call->site->date, WEIR_DATE_BYTES});
    if (res->field_count > 0) memcpy(&fields[1], res->fields, res->field_count * sizeof fields[0]);
    dated.fields = fields;
    dated.field_count = res->field_count + 1;
    (void)call_respond(call, &dated);
}

size_t weir_call_send(weir_call *call, const void *data, size_t len)
{
    weir_session *s = call_session(call);
    weir_buf room = weir_outbox_room(&s->lease->outbox);
    size_t sum = 0, taken;
    weir_error err = WEIR_OK;

    if (call->is_finished) return 0;
    while (sum < len && err == WEIR_OK) {
        err = weir_conn_send(&s->conn, call->exchange, &room, (const char *)data + sum, len - sum,
                             &taken);
        sum += taken;
    }
    if (room.len > 0) weir_outbox_add(&s->lease->outbox, room.len);
    if (weir_is_error(err)) call_failed(call, err);
    return sum;
}

void weir_call_send_file(weir_call *call, weir_file *file, uint64_t at, uint64_t len)
{
    weir_session *s = call_session(call);
    weir_outbox *outbox = &s->lease->outbox;
    weir_buf room = weir_outbox_room(outbox);
    uint64_t taken;
    weir_error err = call->is_finished
                         ? WEIR_END
                         : weir_conn_splice(&s->conn, call->exchange, &room, len, &taken);

    if (err == WEIR_OK) {
        if (room.len > 0) weir_outbox_add(outbox, room.len);
        weir_outbox_add_file(outbox, &call->site->files, file, at, len);
        return;
    }
    weir_file_release(&call->site->files, file);
    if (err != WEIR_END) call_failed(call, err);
}

bool weir_call_finish(weir_call *call, const weir_field *trailers, size_t count)
{
    weir_session *s = call_session(call);
    weir_outbox *outbox = &s->lease->outbox;
    weir_buf room = weir_outbox_room(outbox);

    if (call->is_finished) return true;
    weir_error err = weir_conn_finish(&s->conn, call->exchange, &room, trailers, count);
    if (err == WEIR_SPACE) return false;
    if (err != WEIR_OK) {
        call_failed(call, err);
        return true;
    }
    if (room.len > 0) weir_outbox_add(outbox, room.len);
    call->is_finished = true;
    return true;
}

/* ---- what the session calls ---- */

static void call_close(weir_call *call)
{
    call->is_active = false;
    call->is_producing = false;
    if (call->handler != NULL && call->handler->close != NULL) call->handler->close(call);
    call->handler = NULL;
}

/* After each call of a handler. */
static void call_settle(weir_call *call)
{
    if (call->is_active && call->is_finished) call_close(call);
}

static weir_call *call_open(weir_session *s, uint64_t exchange)
{
    weir_call *call = &s->lease->call;

    *call = (weir_call){.site = call->site,
                        .memory = call->memory,
                        .session = s,
                        .exchange = exchange,
                        .is_active = true};
    return call;
}

/* Did it come over TLS? It matters where the target names a scheme. */
static bool call_is_secure(const weir_session *s, const weir_request *req)
{
    weir_transport_facts facts = {0};

    if (req->parts.scheme.len > 0) weir_transport_facts_get(s->transport, &facts);
    return facts.secure;
}

void weir_session_call_begin(weir_session *s, const weir_event *ev)
{
    weir_call *call = call_open(s, ev->exchange);
    bool is_unknown = ev->framing.kind == WEIR_FRAMING_CHUNKED;

    call->expects = ev->framing.expects_continue;
    call->is_head = ev->request.method_id == WEIR_METHOD_HEAD;
    call->length = is_unknown ? WEIR_LENGTH_UNKNOWN : ev->framing.length;
    call->handler = weir_handler_find(call->site, &ev->request, call_is_secure(s, &ev->request));
    call->handler->begin(call, &ev->request);
    call_settle(call);
}

void weir_session_call_plain(weir_session *s, const weir_event *ev)
{
    static const weir_error_facts why = {
        .sentence = "This port speaks HTTPS, and the request came without TLS.", .rfc = ""};
    weir_call *call = call_open(s, ev->exchange);

    weir_conn_drain(&s->conn); /* it is the last */
    weir_errors_answer(call, 400, &why);
    call_settle(call);
}

void weir_session_call_refuse(weir_session *s, const weir_event *ev)
{
    if (weir_session_is_calling(s)) call_close(&s->lease->call);
    if (ev->failure.status == 0) {
        s->is_cut = (weir_conn_waiting(&s->conn) & WEIR_WAITING_APPLICATION) != 0;
        return;
    }
    weir_call *call = call_open(s, ev->exchange);
    weir_errors_answer(call, ev->failure.status, weir_error_info(ev->failure.error));
    call_settle(call);
}

void weir_session_call_payload(weir_session *s)
{
    weir_call *call = &s->lease->call;
    weir_str *pending = &s->lease->pending;
    size_t taken = pending->len;

    if (call->handler->payload != NULL) taken = call->handler->payload(call, *pending);
    assert(taken <= pending->len);
    if (call->is_finished) taken = pending->len; /* answered early: nobody wants the rest */
    weir_conn_consume(&s->conn, call->exchange, taken);
    pending->p += taken;
    pending->len -= taken;
    call_settle(call);
}

void weir_session_call_end(weir_session *s, const weir_event *ev)
{
    weir_call *call = &s->lease->call;

    call->has_ended = true;
    if (call->handler->end != NULL)
        call->handler->end(call, ev->trailers.fields, ev->trailers.count);
    call_settle(call);
}

void weir_session_call_more(weir_session *s)
{
    weir_call *call = &s->lease->call;

    call->handler->more(call);
    call_settle(call);
}

void weir_session_call_abandon(weir_session *s)
{
    if (weir_session_is_calling(s)) call_close(&s->lease->call);
}
