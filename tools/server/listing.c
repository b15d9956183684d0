/* SPDX-License-Identifier: MIT */
/* listing.c - folders as pages, in constant memory and linear time however many names there are. */
#include <assert.h>

#include "errors.h"
#include "listing.h"
#include "text.h"

enum {
    LISTING_NAMES_MAX = 1024, /* names that are sorted; more of them come as the folder has them */
    LISTING_TEXT_MAX = 48 * 1024, /* octets of these names */
    LISTING_NAME_MAX = 255,
    LISTING_PATH_MAX = 4096,
    LISTING_SHOWN_MAX = 250, /* octets of the path in the title */
    LISTING_PIECE = 4000,    /* octets sent at a time: a chunk that fits WEIR_CALL_STEP */
    LISTING_ROW_MAX = 2800,  /* octets of a row: a name that is escaped all over, twice */
    LISTING_TURN = 4096,     /* work in one turn: a name that is read counts 1, and */
    LISTING_LOOK = 16,       /* one whose file is looked at that much more */
};

typedef enum {
    LISTING_HEAD,
    LISTING_GATHER, /* names are read, until there are too many of them */
    LISTING_SORTED, /* rows of these */
    LISTING_AS_IS,  /* rows of what is read, from the beginning again */
    LISTING_FOOT,
} listing_stage;

struct listing {
    weir_file *folder;
    listing_stage stage;
    uint64_t at;                       /* where the next name of the folder is */
    unsigned work;                     /* done in this turn */
    uint16_t order[LISTING_NAMES_MAX]; /* offsets of names: a length octet, then the name */
    size_t count, next;
    size_t names_len;
    char names[LISTING_TEXT_MAX];
    size_t path_len;
    char path[LISTING_PATH_MAX + LISTING_NAME_MAX];
};
_Static_assert(sizeof(struct listing) <= WEIR_CALL_MEMORY, "a listing lives in a call's memory");

/* One segment of a path; `is_top`: it is the first one. */
static bool listing_is_dotted(weir_str segment, bool is_top)
{
    static const weir_str known = WEIR_STR_INIT(".well-known");

    if (segment.len == 0 || segment.p[0] != '.') return false;
    return !is_top || !weir_str_equal(segment, known);
}

bool weir_listing_is_hidden(weir_str path)
{
    size_t begin = 0;

    for (size_t at = 0; at <= path.len; at++) {
        if (at < path.len && path.p[at] != '/') continue;
        if (listing_is_dotted((weir_str){path.p + begin, at - begin}, begin == 0)) return true;
        begin = at + 1;
    }
    return false;
}

static int listing_compare(weir_str a, weir_str b)
{
    int order = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

    if (order != 0) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

static weir_str listing_name(const struct listing *l, size_t i)
{
    const char *p = l->names + l->order[i];

    return (weir_str){p + 1, (unsigned char)*p};
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

/* Puts a name in its place. False: there are too many. */
static bool listing_store(struct listing *l, weir_str name)
{
    size_t at = listing_place(l, name);
    char *p = l->names + l->names_len;

    if (l->count == LISTING_NAMES_MAX) return false;
    if (name.len + 1 > LISTING_TEXT_MAX - l->names_len) return false;
    *p = (char)(unsigned char)name.len;
    memcpy(p + 1, name.p, name.len);
    memmove(&l->order[at + 1], &l->order[at], (l->count - at) * sizeof l->order[0]);
    l->order[at] = (uint16_t)l->names_len;
    l->names_len += name.len + 1;
    l->count++;
    return true;
}

/* The folder goes on where it was left. */
static bool listing_open(const weir_call *call, const struct listing *l)
{
    return call->site->world->ops->list(call->site->world, l->folder->handle, l->at);
}

/* The next name to be listed. False: the folder ends, or enough is done for a turn. */
static bool listing_read(const weir_call *call, struct listing *l, weir_str *name, bool *is_end)
{
    weir_world *w = call->site->world;

    for (; l->work < LISTING_TURN; l->work++) {
        *is_end = !w->ops->list_next(w, name, &l->at);
        if (*is_end) return false;
        if (name->len == 0 || name->len > LISTING_NAME_MAX) continue;
        if (!listing_is_dotted(*name, l->path_len == 0)) return true;
    }
    return false;
}

static void listing_gather(const weir_call *call, struct listing *l)
{
    bool is_end = !listing_open(call, l);
    weir_str name;

    while (!is_end && listing_read(call, l, &name, &is_end)) {
        if (!listing_store(l, name)) {
            l->stage = LISTING_AS_IS;
            l->at = 0;
            return;
        }
        l->work++;
    }
    if (is_end) l->stage = LISTING_SORTED;
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

static bool listing_has_room(const struct listing *l, const weir_buf *out)
{
    return out->cap - out->len >= LISTING_ROW_MAX && l->work < LISTING_TURN;
}

static void listing_show(const weir_call *call, struct listing *l, weir_str name, weir_buf *out)
{
    weir_file_facts facts;

    l->work += LISTING_LOOK;
    if (listing_look(call, l, name, &facts)) listing_row(out, name, &facts);
}

/* Rows until the piece is full, enough is done for a turn, or there is none left. */
static void listing_sorted(const weir_call *call, struct listing *l, weir_buf *out)
{
    while (l->next < l->count && listing_has_room(l, out))
        listing_show(call, l, listing_name(l, l->next++), out);
    if (l->next == l->count) l->stage = LISTING_FOOT;
}

static void listing_as_is(const weir_call *call, struct listing *l, weir_buf *out)
{
    bool is_end = !listing_open(call, l);
    weir_str name;

    while (!is_end && listing_has_room(l, out) && listing_read(call, l, &name, &is_end))
        listing_show(call, l, name, out);
    if (is_end) l->stage = LISTING_FOOT;
}

static void listing_foot(weir_buf *out)
{
    (void)weir_text_put(out, "</tbody>\n</table>\n</body>\n</html>\n");
}

static void listing_more(weir_call *call)
{
    struct listing *l = call->memory;
    char piece[LISTING_PIECE];
    weir_buf out = {piece, 0, sizeof piece};

    switch (l->stage) {
    case LISTING_HEAD:
        listing_head(&out, l);
        l->stage = LISTING_GATHER;
        break;
    case LISTING_GATHER: listing_gather(call, l); break;
    case LISTING_SORTED: listing_sorted(call, l, &out); break;
    case LISTING_AS_IS: listing_as_is(call, l, &out); break;
    case LISTING_FOOT:
        (void)weir_call_finish(call, NULL, 0); /* there is room: see WEIR_CALL_STEP */
        return;
    }
    if (l->stage == LISTING_FOOT) listing_foot(&out);
    call->is_tired = l->work >= LISTING_TURN;
    if (call->is_tired) l->work = 0;
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
    l->at = 0;
    l->work = 0;
    l->count = l->next = l->names_len = 0;
    call->handler = &listing_handler;
    call->is_producing = true;
    weir_call_respond(call, &res);
    if (call->is_head) (void)weir_call_finish(call, NULL, 0);
}
