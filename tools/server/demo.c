/* SPDX-License-Identifier: MIT */
/* demo.c - POST / sends content back as it comes; /echo the request's field lines, /cookie its
 * cookies. */
#include "demo.h"
#include "errors.h"
#include "text.h"
#include "weir/cookie.h"

enum {
    DEMO_HELD_MAX = WEIR_HEAD_BYTES_DEFAULT, /* octets kept back before the answer begins */
    DEMO_TRAILERS_MAX = 32,
};

/* What all have in their call's memory: content that is to go out. */
struct demo {
    uint64_t length; /* of the answer */
    bool is_begun;
    const weir_field *trailers; /* received */
    size_t trailer_count;
    weir_str type; /* static */
    size_t held_at, held_len;
    char held[DEMO_HELD_MAX]; /* also field lines, which are no longer as text than on the wire */
};
_Static_assert(sizeof(struct demo) <= WEIR_CALL_MEMORY, "it lives in a call's memory");

static void demo_init(struct demo *d, weir_str type)
{
    d->length = WEIR_LENGTH_UNKNOWN;
    d->is_begun = false;
    d->trailers = NULL;
    d->trailer_count = 0;
    d->held_at = d->held_len = 0;
    d->type = type;
}

static void demo_respond(weir_call *call, struct demo *d)
{
    const weir_field fields[] = {weir_call_field(WEIR_FIELD_CONTENT_TYPE, d->type),
                                 {.name = WEIR_STR_INIT("X-Content-Type-Options"),
                                  .value = WEIR_STR_INIT("nosniff")}};
    weir_response res = {.status = 200, .fields = fields, .field_count = 2, .length = d->length};

    d->is_begun = true;
    weir_call_respond(call, &res);
}

/* True when nothing is held any more. */
static bool demo_send_held(weir_call *call, struct demo *d)
{
    d->held_at += weir_call_send(call, d->held + d->held_at, d->held_len - d->held_at);
    return d->held_at == d->held_len;
}

/* Those that may be sent; there is no telling what the others would do to whom (§6.5.1). */
static size_t demo_trailers(const struct demo *d, weir_field out[DEMO_TRAILERS_MAX])
{
    size_t n = 0;

    if (d->length != WEIR_LENGTH_UNKNOWN) return 0; /* only chunked content has a place for them */
    for (size_t i = 0; i < d->trailer_count && n < DEMO_TRAILERS_MAX; i++)
        if (!weir_is_trailer_forbidden(d->trailers[i].id)) out[n++] = d->trailers[i];
    return n;
}

static void demo_more(weir_call *call)
{
    struct demo *d = call->memory;
    weir_field trailers[DEMO_TRAILERS_MAX];

    if (!demo_send_held(call, d)) return;
    size_t n = demo_trailers(d, trailers);
    if (!weir_call_finish(call, trailers, n)) call->is_producing = true;
}

/*
 * Whatever type came with it, the content goes back as octets: a form of another site that posts
 * here could otherwise have a browser run a script of its making as this server's.
 */
static void demo_post_begin(weir_call *call, const weir_request *req)
{
    struct demo *d = call->memory;

    (void)req;
    demo_init(d, (weir_str)WEIR_STR_INIT("application/octet-stream"));
    d->length = call->length;
    weir_call_continue(call);
}

/*
 * The answer begins when the content is complete or does not fit any more: content that turns out
 * to be malformed before that can still be refused.
 */
static size_t demo_post_payload(weir_call *call, weir_str payload)
{
    struct demo *d = call->memory;

    if (!d->is_begun && payload.len <= DEMO_HELD_MAX - d->held_len) {
        memcpy(d->held + d->held_len, payload.p, payload.len);
        d->held_len += payload.len;
        return payload.len;
    }
    if (!d->is_begun) demo_respond(call, d);
    if (!demo_send_held(call, d)) return 0;
    return weir_call_send(call, payload.p, payload.len);
}

static void demo_end(weir_call *call, const weir_field *trailers, size_t count)
{
    struct demo *d = call->memory;

    d->trailers = trailers;
    d->trailer_count = count;
    if (!d->is_begun) demo_respond(call, d);
    call->is_producing = true;
}

static void demo_echo_begin(weir_call *call, const weir_request *req)
{
    struct demo *d = call->memory;

    demo_init(d, (weir_str)WEIR_STR_INIT("text/plain"));
    weir_buf text = {d->held, 0, sizeof d->held};
    for (size_t i = 0; i < req->field_count; i++) {
        (void)weir_text_span(&text, req->fields[i].name);
        (void)weir_text_put(&text, ": ");
        (void)weir_text_span(&text, req->fields[i].value);
        (void)weir_text_put(&text, "\n");
    }
    d->held_len = text.len;
    d->length = text.len;
    weir_call_continue(call);
}

/* "name=value" in lines, values in quotes that came in quotes. False: one of them is malformed. */
static bool demo_cookies(weir_str cookies, weir_buf *text)
{
    weir_cookie cookie;
    weir_error err;
    size_t at;

    while ((err = weir_cookie_next(&cookies, &cookie, &at)) == WEIR_OK) {
        const char *quote = cookie.is_quoted ? "\"" : "";
        (void)weir_text_span(text, cookie.name);
        (void)weir_text_put(text, "=");
        (void)weir_text_put(text, quote);
        (void)weir_text_span(text, cookie.value);
        (void)weir_text_put(text, quote);
        (void)weir_text_put(text, "\n");
    }
    return err == WEIR_END;
}

static void demo_cookie_begin(weir_call *call, const weir_request *req)
{
    struct demo *d = call->memory;

    demo_init(d, (weir_str)WEIR_STR_INIT("text/plain"));
    weir_buf text = {d->held, 0, sizeof d->held};
    for (size_t i = 0; i < req->field_count; i++) {
        const weir_field *f = &req->fields[i];
        if (f->id != WEIR_FIELD_COOKIE || demo_cookies(f->value, &text)) continue;
        weir_errors_answer(call, 400, weir_error_info(WEIR_ERR_COOKIE));
        return;
    }
    d->held_len = text.len;
    d->length = text.len;
    weir_call_continue(call);
}

static const weir_handler demo_post = {.begin = demo_post_begin,
                                       .payload = demo_post_payload,
                                       .end = demo_end,
                                       .more = demo_more};
static const weir_handler demo_echo = {.begin = demo_echo_begin,
                                       .end = demo_end,
                                       .more = demo_more};

static const weir_handler demo_cookie = {.begin = demo_cookie_begin,
                                         .end = demo_end,
                                         .more = demo_more};

const weir_handler *weir_demo_find(const weir_request *req)
{
    static const weir_str root = WEIR_STR_INIT("/"), echo = WEIR_STR_INIT("/echo"),
                          cookie = WEIR_STR_INIT("/cookie");

    if (weir_str_equal(req->parts.path, echo)) return &demo_echo;
    if (weir_str_equal(req->parts.path, cookie)) return &demo_cookie;
    if (req->method_id != WEIR_METHOD_POST) return NULL;
    return req->parts.path.len == 0 || weir_str_equal(req->parts.path, root) ? &demo_post : NULL;
}
