/* SPDX-License-Identifier: MIT */
/*
 * A client engine and a server engine that talk to each other, with the programs of client.h and
 * app.h behind them. The input is the client's plan, a line end, the server's plan; octets move
 * between the two in pieces.
 *
 * - Facts: what the client asks, the server reads as the same method and payload; what the server
 *   answers, the client reads as the same status, interim responses, payload and trailers, in
 *   order.
 * - Peace: neither ever meets an error of the other, unless one of them gave the connection up.
 * - Progress: one of the two can always go on, until both are done.
 */
#include "app.h"
#include "client.h"

#define OUT_MAX 1024

/* One way: octets that were sent, and how many of them have arrived and are used. */
typedef struct {
    text sent;
    size_t seen, used;
    bool is_over; /* nothing more will be */
} pipe_way;

/* Lets some more octets arrive. False: nothing is on its way. */
static bool pipe_move(pipe_way *way, cuts *how)
{
    size_t left = way->sent.len - way->seen;
    if (left == 0) return false;
    way->seen += cuts_next(how, left);
    return true;
}

/* A copy of the octets that have arrived and are not used. */
static char *pipe_copy(const pipe_way *way, size_t *len)
{
    *len = way->seen - way->used;
    return copy_exact(*len > 0 ? way->sent.p + way->used : NULL, *len);
}

/* Everything was sent and has arrived. */
static bool pipe_is_dry(const pipe_way *way)
{
    return way->is_over && way->seen == way->sent.len;
}

static void server_work(app *a, pipe_way *out)
{
    char memory[OUT_MAX];
    weir_buf buf = {memory, 0, sizeof memory};
    while (app_has_tasks(a)) {
        bool is_done = app_work(a, &buf);
        require(is_done || buf.len > 0, "what has no room in an empty buffer is larger than it");
        text_add(&out->sent, buf.p, buf.len);
        buf.len = 0;
    }
}

/* One step of the server. False: it waits, or is done. */
static bool server_turn(app *a, pipe_way *in, pipe_way *out)
{
    if (out->is_over) return false;
    size_t used = 0, len;
    char *copy = pipe_copy(in, &len);
    app_next_step step = app_next(a, copy, len, &used);
    in->used += used;
    server_work(a, out); /* while the spans of the event live */
    copy_free(copy, len);
    out->is_over = step == APP_OVER;
    if (step != APP_READ || !pipe_is_dry(in)) return step == APP_GO;
    app_stop(a, WEIR_END);
    return true;
}

/* One step of the client, which is done when all it asked is answered. */
static bool client_turn(client *c, pipe_way *in, pipe_way *out, bool *is_done)
{
    if (*is_done) return false;
    size_t used = 0, len;
    char *copy = pipe_copy(in, &len);
    client_step step = client_next(c, copy, len, &used);
    in->used += used;
    copy_free(copy, len);
    client_flush(c);
    if (c->sent.len > out->sent.len)
        text_add(&out->sent, c->sent.p + out->sent.len, c->sent.len - out->sent.len);
    bool is_idle = c->count == 0 || (c->heard[c->count - 1].is_complete && c->is_sent);
    *is_done = step == CLIENT_OVER || (step == CLIENT_READ && is_idle);
    out->is_over = *is_done || (c->is_tunnel && c->is_sent);
    if (*is_done || step != CLIENT_READ || !pipe_is_dry(in)) return step == CLIENT_GO;
    client_stop(c, WEIR_END);
    return true;
}

static void compare(const client *c, const app *a)
{
    require(a->answer_count <= c->count, "no request is read that was not made");
    for (size_t i = 0; i < a->answer_count; i++) {
        const app_answer *answer = &a->answers[i];
        const client_heard *heard = &c->heard[i];
        weir_method method = c->asked[i] == 'h'                   ? WEIR_METHOD_HEAD
                             : c->asked[i] == 't'                 ? WEIR_METHOD_CONNECT
                             : strchr("pce", c->asked[i]) != NULL ? WEIR_METHOD_POST
                                                                  : WEIR_METHOD_GET;
        require(answer->method == method, "the method is read as it was sent");
        if (!heard->is_complete || !answer->is_finished) continue;
        require(heard->status == answer->status, "the status is heard as it was sent");
        require(heard->interims == answer->interims,
                "interim responses are heard as they were sent");
        require(text_equal(&heard->payload, &answer->payload),
                "the payload is heard as it was sent");
        require(heard->trailers == (answer->has_trailer ? 1 : 0),
                "trailers are heard as they were sent");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 256) return 0;
    const uint8_t *line = memchr(data, '\n', size);
    size_t asked = line == NULL ? size : (size_t)(line - data), skipped = line == NULL ? 0 : 1;
    dice d = dice_from(data, size);
    cuts up = cuts_from(&d, 64), down = cuts_from(&d, 64);
    app server;
    client c;
    pipe_way to_server = {0}, to_client = {0};
    bool is_client_done = false;

    client_init(&c, data, asked);
    app_init(&server, data + asked + skipped, size - asked - skipped, false);
    client_ask(&c);
    for (size_t turns = 0; !is_client_done || !to_client.is_over; turns++) {
        bool moved = client_turn(&c, &to_client, &to_server, &is_client_done);
        moved = server_turn(&server, &to_server, &to_client) || moved;
        moved = pipe_move(&to_server, &up) || moved;
        moved = pipe_move(&to_client, &down) || moved;
        if (to_client.is_over && server.is_reset) break; /* the other one sees no clean end */
        if (is_client_done && c.is_reset) break;
        if (!moved && !is_client_done && c.count > 0 && !c.is_sent) {
            client_go_on(&c);
            moved = true;
        }
        require(moved || is_client_done || to_client.is_over, "one of the two can go on");
        require(turns < 100000, "two engines come to an end");
    }
    if (!server.is_reset && !c.is_reset) {
        require(server.error == WEIR_OK, "a server finds no fault with a client of the same house");
        require(c.error == WEIR_OK, "a client finds no fault with a server of the same house");
    }
    compare(&c, &server);
    client_check_output(&c);

    app_free(&server);
    client_free(&c);
    text_free(&to_server.sent);
    text_free(&to_client.sent);
    return 0;
}
