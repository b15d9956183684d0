/* SPDX-License-Identifier: MIT */
/* fuzz/world_answers.c - what a client heard, against what it said: well-formed, right, one answer a
 * request, in order. */
#include "world_client.h"

#include <stdio.h>

const sim_file world_files[] = {
    {"", true, 0, 0},
    {"small.txt", false, 300, 300},
    {"empty.txt", false, 0, 0},
    {"medium.bin", false, 20000, 20000}, /* too large to be kept */
    {"large.bin", false, 40000, 40000},  /* larger than what is on its way, and than an outbox */
    {"short.bin", false, 30000, 20000},  /* shrinks while it is sent */
    {"page", true, 0, 0},
    {"page/index.html", false, 200, 200},
    {"dir", true, 0, 0},
    {"dir/a.txt", false, 10, 10},
    {"dir/b & <c>.txt", false, 20, 20},
    {"dir/d", true, 0, 0},
};
const size_t world_file_count = sizeof world_files / sizeof world_files[0];

/* One answer as it was heard. */
typedef struct {
    weir_response res;
    weir_framing framing;
    weir_field fields[WEIR_FIELDS_DEFAULT];
    size_t content_at, content_len; /* decoded, in `content` of the reader */
    bool is_whole;
} answer;

typedef struct {
    const world_client *c;
    weir_isa isa;
    size_t at;    /* in what was heard */
    text content; /* of the answer at hand */
} reader;

static void answer_require(bool holds, const reader *r, const char *sentence)
{
    if (holds) return;
    text said = {.p = NULL};
    text_add(&said, r->c->wire.p, r->c->sent);
    fprintf(stderr, "client %zu, octet %zu of what it heard\n", r->c->number, r->at);
    text_show("said", &said);
    text_show("heard", &r->c->received);
    text_free(&said);
    require(false, sentence);
}

/* Payload into r->content. False: more is to come. */
static bool answer_content(reader *r, const answer *a)
{
    weir_field fields[WEIR_FIELDS_DEFAULT]; /* as many as the server has */
    weir_head trailers;
    weir_body body;
    size_t used;
    weir_str part;

    weir_head_init(&trailers, fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_head_use(&trailers, r->isa);
    weir_body_init(&body, &a->framing, &trailers);
    for (;;) {
        const text *heard = &r->c->received;
        weir_error err = weir_body_next(&body, heard->p + r->at, heard->len - r->at, &used, &part);
        answer_require(!weir_is_error(err), r, "the payload of an answer is well-formed");
        r->at += used;
        if (err == WEIR_OK) text_span(&r->content, part);
        if (err == WEIR_END) return true;
        if (err == WEIR_MORE) return a->framing.kind == WEIR_FRAMING_CLOSE && r->c->has_end;
    }
}

/* The next answer. False: not even its head is whole. */
static bool answer_read(reader *r, answer *a, weir_method asked)
{
    const text *heard = &r->c->received;
    weir_head head;
    size_t used;

    r->content.len = 0;
    weir_head_init(&head, a->fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_head_use(&head, r->isa);
    weir_error err =
        weir_response_parse(&head, heard->p + r->at, heard->len - r->at, &a->res, &used);
    if (err == WEIR_MORE) return false;
    answer_require(err == WEIR_OK, r, "the head of an answer is well-formed");
    err = weir_response_framing(&a->res, asked, &a->framing);
    answer_require(err == WEIR_OK, r, "an answer has one framing");
    answer_require(a->framing.kind != WEIR_FRAMING_TUNNEL, r, "this server opens no tunnel");
    r->at += used;
    a->is_whole = answer_content(r, a);
    return true;
}

/* ---- what it must say ---- */

static const weir_field *answer_field(const answer *a, weir_field_id id)
{
    return weir_fields_find(a->res.fields, a->res.field_count, id);
}

/* The file that a plain target names, or NULL. */
static const sim_file *answer_file(weir_str target)
{
    if (target.len < 2 || target.p[0] != '/') return NULL;
    for (size_t i = 0; i < world_file_count; i++) {
        const sim_file *f = &world_files[i];
        weir_str path = {target.p + 1, target.len - 1};
        if (!f->is_folder && weir_str_equal(weir_str_of(f->path), path)) return f;
    }
    return NULL;
}

static void answer_check_file(const reader *r, const answer *a, const world_ask *ask,
                              const sim_file *f, const world_rules *rules)
{
    char piece[256];

    if (rules->may_be_busy && a->res.status == 503) return;
    answer_require(a->res.status == 200, r, "a file that is there is answered 200");
    const weir_field *length = answer_field(a, WEIR_FIELD_CONTENT_LENGTH);
    text number = {.p = NULL};
    text_number(&number, f->size);
    answer_require(length != NULL && length->value.len == number.len &&
                       memcmp(length->value.p, number.p, number.len) == 0,
                   r, "a file's answer says how long it is");
    text_free(&number);
    answer_require(ask->method != WEIR_METHOD_HEAD || r->content.len == 0, r,
                   "HEAD is answered without content");
    if (a->is_whole && ask->method == WEIR_METHOD_GET)
        answer_require(r->content.len == f->size, r, "all of a file is sent");
    for (size_t at = 0; at < r->content.len; at += sizeof piece) {
        size_t left = r->content.len - at, n = left < sizeof piece ? left : sizeof piece;
        sim_octets(at, piece, n);
        answer_require(memcmp(r->content.p + at, piece, n) == 0, r, "a file's content is its own");
    }
}

/* What came with POST / goes back. */
static void answer_check_post(const reader *r, const answer *a, const world_ask *ask)
{
    weir_field fields[WEIR_FIELDS_DEFAULT]; /* as many as the server has */
    weir_head trailers;
    weir_body body;
    text sent = {.p = NULL};
    size_t at = 0, used;
    weir_str part;
    weir_error err;

    answer_require(a->res.status == 200, r, "POST / is answered 200");
    weir_head_init(&trailers, fields, WEIR_FIELDS_DEFAULT, NULL);
    weir_head_use(&trailers, r->isa);
    weir_body_init(&body, &ask->framing, &trailers);
    do {
        err = weir_body_next(&body, ask->content.p + at, ask->content.len - at, &used, &part);
        at += used;
        if (err == WEIR_OK) text_span(&sent, part);
    } while (err == WEIR_OK);
    answer_require(r->content.len <= sent.len &&
                       (r->content.len == 0 || memcmp(r->content.p, sent.p, r->content.len) == 0),
                   r, "content goes back as it came");
    answer_require(!a->is_whole || r->content.len == sent.len, r, "all content goes back");
    text_free(&sent);
}

static void answer_check_facts(const reader *r, const answer *a)
{
    uint16_t status = a->res.status;

    answer_require(answer_field(a, WEIR_FIELD_DATE) != NULL, r, "an answer has a date");
    answer_require(status >= 200 && status < 600, r, "an answer has a status that there is");
    answer_require(status != 405 || answer_field(a, WEIR_FIELD_ALLOW) != NULL, r,
                   "405 says what is allowed");
    answer_require(status != 206 || answer_field(a, WEIR_FIELD_CONTENT_RANGE) != NULL ||
                       answer_field(a, WEIR_FIELD_CONTENT_TYPE) != NULL,
                   r, "206 says which part it is");
    answer_require(status != 301 || answer_field(a, WEIR_FIELD_LOCATION) != NULL, r,
                   "301 says where to");
}

/* Where the end of the connection is the end of the payload, nobody else would miss the rest. */
static void answer_check_page(const reader *r, const answer *a)
{
    static const char end[] = "</html>\n";
    const weir_field *type = answer_field(a, WEIR_FIELD_CONTENT_TYPE);
    size_t n = sizeof end - 1;

    if (!a->is_whole || a->framing.kind != WEIR_FRAMING_CLOSE || type == NULL) return;
    if (type->value.len < 9 || memcmp(type->value.p, "text/html", 9) != 0) return;
    answer_require(r->content.len >= n && memcmp(r->content.p + r->content.len - n, end, n) == 0, r,
                   "a page that ends cleanly is whole");
}

/* `ask` NULL: what is answered is no request as far as this client's octets go. */
static void answer_check(const reader *r, const answer *a, const world_ask *ask,
                         const world_rules *rules)
{
    answer_check_facts(r, a);
    if (r->c->is_foreign) {
        answer_require(a->res.status >= 400 && !a->framing.persistent, r,
                       "who speaks no TLS is told so, and it ends");
        return;
    }
    if (ask == NULL) {
        answer_require(a->res.status >= 400, r, "what is no request is refused");
        answer_require(!a->framing.persistent, r, "after what is no request the connection ends");
        return;
    }
    if (r->c->was_jumped && a->res.status == 408) return; /* said in time, and read too late */
    answer_check_page(r, a);
    const sim_file *f = answer_file(ask->target);
    bool is_get = ask->method == WEIR_METHOD_GET || ask->method == WEIR_METHOD_HEAD;
    if (!ask->is_plain || ask->is_huge || ask->end > r->c->sent) return;
    if (is_get && f != NULL) answer_check_file(r, a, ask, f, rules);
    if (ask->method == WEIR_METHOD_POST && weir_str_equal(ask->target, weir_str_of("/")))
        answer_check_post(r, a, ask);
}

/* ---- how many there must be ---- */

/* How many asks certainly arrived before the server had ended its half. */
static size_t client_arrived(const world_client *c)
{
    size_t n = 0;

    while (n < c->ask_count && c->asks[n].said_ms != UINT64_MAX &&
           c->asks[n].said_ms + c->latency < c->shut_ms)
        n++;
    return n;
}

/* The method of the request that is answered next, as far as it was said. */
static weir_method client_method(const world_client *c, size_t k)
{
    if (k < c->ask_count) return c->asks[k].method;
    return k == c->ask_count ? c->bad_method : WEIR_METHOD_OTHER;
}

/* Some of what it should have heard may be missing, and nobody is to blame. */
static bool client_is_excused(const world_client *c, const world_rules *rules)
{
    return c->has_left || c->was_deaf || rules->may_lose || c->was_jumped || !c->was_accepted ||
           rules->is_stopped_at_once;
}

static void client_check_count(const reader *r, size_t answered, bool is_partial, bool is_last_said,
                               const world_rules *rules)
{
    const world_client *c = r->c;

    if (client_is_excused(c, rules)) return;
    if (is_partial) {
        answer_require(rules->has_shrunk || rules->stopped_ms != UINT64_MAX, r,
                       "no answer ends in the middle");
        answer_require(c->has_reset, r, "an answer that is cut ends by a reset");
        return;
    }
    if (c->has_reset && rules->has_shrunk) return; /* what was on its way is lost */
    answer_require(!c->has_reset || c->was_shut || rules->stopped_ms != UINT64_MAX, r,
                   "a connection is not reset before it has ended");
    bool is_late = c->head_at != SIZE_MAX && !c->is_shut && !c->is_foreign &&
                   c->shut_ms != UINT64_MAX && c->head_ms + c->latency < c->shut_ms;
    answer_require(!is_late || is_last_said || rules->stopped_ms != UINT64_MAX, r,
                   "who is late with a head is told so");
    if (c->is_foreign && answered > 0) return;
    if (is_last_said || rules->stopped_ms != UINT64_MAX) return;
    answer_require(answered >= client_arrived(c), r, "every complete request is answered");
}

/* Who says HEAD too slowly, or not to the end, is refused with content where the line had not arrived. */
static void answer_skip_content(reader *r, const answer *a)
{
    weir_framing framing;
    weir_error err = weir_response_framing(&a->res, WEIR_METHOD_GET, &framing);
    size_t left = r->c->received.len - r->at;

    answer_require(err == WEIR_OK, r, "an answer has one framing, whoever asked");
    r->at += framing.length < left ? (size_t)framing.length : left;
}

void world_client_check(const world_client *c, const world_rules *rules)
{
    reader r = {.c = c, .isa = rules->isa, .at = c->hello_len};
    size_t hello = c->received.len < c->hello_len ? c->received.len : c->hello_len;
    size_t answered = 0;
    bool is_last_said = false, is_partial = false;
    answer a;

    answer_require(hello == 0 || memcmp(c->received.p, c->wire.p, hello) == 0, &r,
                   "the handshake is answered");
    while (r.at < c->received.len && !is_partial) {
        const world_ask *ask = answered < c->ask_count ? &c->asks[answered] : NULL;
        bool is_said = ask != NULL && c->sent >= ask->head_end;
        answer_require(!is_last_said, &r, "nothing follows an answer that says close");
        is_partial = !answer_read(&r, &a, client_method(c, answered));
        if (is_partial) break;
        if (a.res.status < 200) {
            answer_require(is_said && ask->framing.expects_continue && a.res.status == 100, &r,
                           "an interim answer is asked for");
            continue;
        }
        answer_check(&r, &a, is_said ? ask : NULL, rules);
        bool may_be_unheard = !a.framing.persistent && (a.res.status == 408 || a.res.status == 400);
        if (may_be_unheard && client_method(c, answered) == WEIR_METHOD_HEAD)
            answer_skip_content(&r, &a);
        is_partial = !a.is_whole;
        is_last_said = !a.framing.persistent;
        if (!is_partial) answered++;
        answer_require(is_said || is_last_said || is_partial, &r, "there is one answer a request");
    }
    client_check_count(&r, answered, is_partial, is_last_said, rules);
    text_free(&r.content);
}
