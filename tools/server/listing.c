/* SPDX-License-Identifier: MIT */
/* listing.c - folders as pages: sorted by name, in constant memory however many names there are. */
#include <assert.h>

#include "errors.h"
#include "listing.h"
#include "text.h"

enum {
    LISTING_NAME_MAX = 255,
    LISTING_NAMES_MAX = 1024,
    LISTING_HALF = 24 * 1024,
    LISTING_PATH_MAX = 4096,
    LISTING_SHOWN_MAX = 250, /* octets of the path in the title */
    LISTING_PIECE = 4000,    /* octets sent at a time: a chunk that fits WEIR_CALL_STEP */
    LISTING_ROW_MAX = 2800,  /* octets of a row: a name that is escaped all over, twice */
};

typedef enum {
    LISTING_HEAD,
    LISTING_ROWS,
    LISTING_FOOT,
} listing_stage;

/*
 * The folder is read anew for each batch: the least names behind the last one shown, as many as
 * there is memory for. When that is full, the greater half is dropped; its least name is the bound
 * from which on names are left to the next batch.
 */
struct listing {
    weir_file *folder;
    listing_stage stage;
    bool has_last, has_bound;
    char last[LISTING_NAME_MAX], bound[LISTING_NAME_MAX];
    size_t last_len, bound_len;
    uint16_t order[LISTING_NAMES_MAX]; /* offsets of names: a length octet, then the name */
    size_t count, next;
    size_t names_len;
    unsigned half; /* which one is in use */
    char names[2][LISTING_HALF];
    size_t path_len;
    char path[LISTING_PATH_MAX + LISTING_NAME_MAX];
};
_Static_assert(sizeof(struct listing) <= WEIR_CALL_MEMORY, "a listing lives in a call's memory");

static int listing_compare(weir_str a, weir_str b)
{
    int order = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

    if (order != 0) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

static weir_str listing_name(const struct listing *l, size_t i)
{
    const char *p = l->names[l->half] + l->order[i];

    return (weir_str){p + 1, (unsigned char)*p};
}

/* Appends to the names in use; there is room. */
static void listing_store(struct listing *l, weir_str name, size_t at)
{
    char *p = l->names[l->half] + l->names_len;

    *p = (char)(unsigned char)name.len;
    memcpy(p + 1, name.p, name.len);
    memmove(&l->order[at + 1], &l->order[at], (l->count - at) * sizeof l->order[0]);
    l->order[at] = (uint16_t)l->names_len;
    l->names_len += name.len + 1;
    l->count++;
}

static void listing_halve(struct listing *l)
{
    size_t kept = l->count / 2;
    weir_str bound = listing_name(l, kept);
    unsigned other = 1 - l->half;
    size_t len = 0;

    memcpy(l->bound, bound.p, bound.len);
    l->bound_len = bound.len;
    l->has_bound = true;
    for (size_t i = 0; i < kept; i++) {
        const char *from = l->names[l->half] + l->order[i];
        size_t n = (size_t)(unsigned char)*from + 1;
        memcpy(l->names[other] + len, from, n);
        l->order[i] = (uint16_t)len;
        len += n;
    }
    l->half = other;
    l->names_len = len;
    l->count = kept;
}

static size_t listing_place(const struct listing *l, weir_str name)
{
    size_t low = 0, high = l->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (listing_compare(name, listing_name(l, middle)) < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Hidden names are not listed, and neither is what was shown or is for a later batch. */
static bool listing_is_wanted(const struct listing *l, weir_str name)
{
    if (name.len == 0 || name.len > LISTING_NAME_MAX || name.p[0] == '.') return false;
    if (l->has_last && listing_compare(name, (weir_str){l->last, l->last_len}) <= 0) return false;
    return !l->has_bound || listing_compare(name, (weir_str){l->bound, l->bound_len}) < 0;
}

static void listing_scan(const weir_call *call, struct listing *l)
{
    weir_world *w = call->site->world;
    weir_str name;

    l->count = l->next = l->names_len = 0;
    l->has_bound = false;
    if (!w->ops->list(w, l->folder->handle)) return;
    while (w->ops->list_next(w, &name)) {
        if (!listing_is_wanted(l, name)) continue;
        if (l->count == LISTING_NAMES_MAX || l->names_len + name.len + 1 > LISTING_HALF) {
            listing_halve(l);
            if (!listing_is_wanted(l, name)) continue;
        }
        listing_store(l, name, listing_place(l, name));
    }
}

/* What a file is, or false where it could not be served. */
static bool listing_look(const weir_call *call, struct listing *l, weir_str name,
                         weir_file_facts *facts)
{
    weir_world *w = call->site->world;
    weir_str path = {l->path, l->path_len + name.len};

    memcpy(l->path + l->path_len, name.p, name.len);
    return w->ops->look(w, path, facts) == WEIR_FILE_OK;
}

/* "06 Nov 1994 08:49" out of "Sun, 06 Nov 1994 08:49:37 GMT". */
static void listing_date(weir_buf *out, int64_t seconds)
{
    char date[WEIR_DATE_BYTES];

    weir_date_write(seconds, date);
    (void)weir_text_span(out, (weir_str){date + 5, 17});
}

static void listing_row(weir_buf *out, weir_str name, const weir_file_facts *facts)
{
    const char *slash = facts->is_folder ? "/" : "";

    (void)weir_text_put(out, "<tr><td><a href=\"./");
    (void)weir_text_segment(out, name);
    (void)weir_text_put(out, slash);
    (void)weir_text_put(out, "\">");
    (void)weir_text_html(out, name);
    (void)weir_text_put(out, slash);
    (void)weir_text_put(out, "</a></td><td>");
    if (!facts->is_folder) (void)weir_text_number(out, facts->size);
    (void)weir_text_put(out, "</td><td>");
    listing_date(out, facts->modified_s);
    (void)weir_text_put(out, "</td></tr>\n");
}

/* The path in front of the reader's eyes: what is very long is cut, between two characters. */
static void listing_title(weir_buf *out, const struct listing *l)
{
    size_t len = l->path_len < LISTING_SHOWN_MAX ? l->path_len : LISTING_SHOWN_MAX;

    while (len > 0 && len < l->path_len && ((unsigned char)l->path[len] & 0xC0) == 0x80)
        len--;
    (void)weir_text_put(out, "Index of /");
    (void)weir_text_html(out, (weir_str){l->path, len});
    if (len < l->path_len) (void)weir_text_put(out, "...");
}

static void listing_head(weir_buf *out, const struct listing *l)
{
    (void)weir_text_put(out,
                        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    listing_title(out, l);
    (void)weir_text_put(out, "</title>\n<style>\n"
                             "body { font-family: sans-serif; margin: 2em; }\n"
                             "th, td { text-align: left; padding-right: 2em; }\n"
                             "td:nth-child(2), th:nth-child(2) { text-align: right; }\n"
                             "</style>\n</head>\n<body>\n<h1>");
    listing_title(out, l);
    (void)weir_text_put(out, "</h1>\n<table>\n<thead><tr><th>Name</th><th>Octets</th>"
                             "<th>Modified (GMT)</th></tr></thead>\n<tbody>\n");
    if (l->path_len > 0)
        (void)weir_text_put(out, "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
}

/* Rows until the piece is full. False: there is none left. */
static bool listing_rows(const weir_call *call, struct listing *l, weir_buf *out)
{
    weir_file_facts facts;

    while (out->cap - out->len >= LISTING_ROW_MAX) {
        if (l->next == l->count) {
            if (!l->has_bound) return false;
            listing_scan(call, l);
            continue;
        }
        weir_str name = listing_name(l, l->next++);
        memcpy(l->last, name.p, name.len);
        l->last_len = name.len;
        l->has_last = true;
        if (listing_look(call, l, name, &facts)) listing_row(out, name, &facts);
    }
    return true;
}

static void listing_more(weir_call *call)
{
    struct listing *l = call->memory;
    char piece[LISTING_PIECE];
    weir_buf out = {piece, 0, sizeof piece};

    switch (l->stage) {
    case LISTING_HEAD:
        listing_head(&out, l);
        listing_scan(call, l);
        l->stage = LISTING_ROWS;
        break;
    case LISTING_ROWS:
        if (!listing_rows(call, l, &out)) l->stage = LISTING_FOOT;
        break;
    case LISTING_FOOT:
        (void)weir_call_finish(call, NULL, 0); /* there is room: see WEIR_CALL_STEP */
        return;
    }
    if (l->stage == LISTING_FOOT)
        (void)weir_text_put(&out, "</tbody>\n</table>\n</body>\n</html>\n");
    if (out.len == 0) return;
    size_t taken = weir_call_send(call, out.p, out.len);
    assert(taken == out.len || call->is_finished);
}

static void listing_close(weir_call *call)
{
    struct listing *l = call->memory;

    weir_file_release(&call->site->files, l->folder);
}

/* `begin` was another handler's. */
static const weir_handler listing_handler = {.more = listing_more, .close = listing_close};

void weir_listing_begin(weir_call *call, weir_str path, weir_file *folder)
{
    static const weir_str html = WEIR_STR_INIT("text/html; charset=utf-8");
    weir_field type = weir_call_field(WEIR_FIELD_CONTENT_TYPE, html);
    weir_response res = {.status = 200,
                         .fields = &type,
                         .field_count = 1,
                         .length = WEIR_LENGTH_UNKNOWN};
    struct listing *l = call->memory;

    if (path.len > LISTING_PATH_MAX) { /* no world opens such a path */
        weir_file_release(&call->site->files, folder);
        weir_errors_answer(call, 404, NULL);
        return;
    }
    memmove(l->path, path.p, path.len); /* it may lie where the listing is to be */
    l->folder = folder;
    l->stage = LISTING_HEAD;
    l->path_len = path.len;
    l->has_last = false;
    l->half = 0;
    call->handler = &listing_handler;
    call->is_producing = true;
    weir_call_respond(call, &res);
    if (call->is_head) (void)weir_call_finish(call, NULL, 0);
}
