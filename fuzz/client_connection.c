/* SPDX-License-Identifier: MIT */
/*
 * A whole client connection: the engine with a tiny program behind it that asks by plan, and the
 * input as the server's octets; once in one piece, once in pieces.
 *
 * The first octet says how the input ends: '.' cleanly, '!' cut off, '~' not at all (a timeout).
 * Then the plan (client.h) up to a line end. The rest is the wire.
 *
 * - Cuts: events, error offsets and output octets are the same wherever the input is cut.
 * - Requests: what goes out reads back, strictly, as the requests that were made, in their order.
 * - Order: one exchange at a time; a response belongs to the request under way and is never more
 *   than one; after a response that says close there is no further request.
 * - Progress: every call uses input, tells an event or says who moves first; calls are linear.
 */
#include "client.h"

static void client_run(client *c, const uint8_t *wire, size_t size, weir_error end, cuts how)
{
    char *in = copy_exact(NULL, 0);
    size_t at = 0, base = 0, seen = 0, used = 0, calls = 0, pieces = 0;
    client_ask(c);
    for (client_step next = CLIENT_GO; next != CLIENT_OVER; calls++) {
        next = client_next(c, in + (at - base), seen - at, &used);
        at += used;
        require(calls <= 2 * size + 3 * CLIENT_REQUESTS + 2 * pieces + 4,
                "calls are linear in octets");
        if (next != CLIENT_READ) continue;
        if (seen == size) {
            client_stop(c, end);
            continue;
        }
        copy_free(in, seen - base);
        base = at; /* what is not used is offered again, at another address */
        seen += cuts_next(&how, size - seen);
        in = copy_exact(wire + base, seen - base);
        pieces++;
    }
    if (c->is_stopped && c->error == WEIR_OK && !c->is_reset)
        require(at == size, "what nobody asked for is no clean end");
    require(!c->must_fail || c->error != WEIR_OK, "a message that is cut off is an error");
    client_flush(c);
    copy_free(in, seen - base);
    text_word(&c->trace, "over after ");
    text_number(&c->trace, c->count);
}

static void compare(const text *whole, const text *cut, const char *invariant)
{
    if (text_equal(whole, cut)) return;
    text_show("in one piece", whole);
    text_show("in pieces", cut);
    require(false, invariant);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    dice d = dice_from(data, size);
    weir_error end = data[0] == '!'   ? WEIR_ERR_TRUNCATED
                     : data[0] == '~' ? WEIR_ERR_TIMEOUT
                                      : WEIR_END;
    const uint8_t *plan = data + 1, *line = memchr(plan, '\n', size - 1);
    size_t plan_len = line == NULL ? size - 1 : (size_t)(line - plan);
    const uint8_t *wire = plan + plan_len + (line != NULL);
    size_t wire_len = size - (size_t)(wire - data);

    static const cuts in_one_piece = {.step = SIZE_MAX};
    client whole, cut;
    client_init(&whole, plan, plan_len);
    client_run(&whole, wire, wire_len, end, in_one_piece);
    client_check_output(&whole);
    if (is_due(&d, 4)) {
        client_init(&cut, plan, plan_len);
        client_run(&cut, wire, wire_len, end, cuts_from(&d, wire_len));
        compare(&whole.trace, &cut.trace, "the events are the same wherever the input is cut");
        compare(&whole.sent, &cut.sent, "output octets are the same wherever the input is cut");
        client_free(&cut);
    }
    client_free(&whole);
    return 0;
}
