/* SPDX-License-Identifier: MIT */
/* static.c - a target becomes a path, a path a file, and the file an answer. */
#include "static.h"
#include "errors.h"
#include "listing.h"
#include "parts.h"
#include "text.h"
#include "weir/precondition.h"

#define STATIC_INDEX "index.html"

enum {
    STATIC_RANGE_MAX = 80 /* octets of a Content-Range: three numbers of 64 bits */
};

/* What a resource allows. POST / is the demo's (demo.h); "*" and "http://host" have no path. */
static const char *static_allow(const weir_call *call, const weir_request *req)
{
    weir_str path = req->parts.path;
    bool is_root = path.len == 0 || weir_str_equal(path, (weir_str)WEIR_STR_INIT("/"));

    return call->site->with_demo && is_root ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS";
}

static void static_options(weir_call *call, const weir_request *req)
{
    weir_field allow = weir_call_field(WEIR_FIELD_ALLOW, weir_str_of(static_allow(call, req)));
    weir_response res = {.status = 204, .fields = &allow, .field_count = 1};

    weir_call_respond(call, &res);
    (void)weir_call_finish(call, NULL, 0);
}

/* What conditions are compared with. A date stands for one content where nobody was told it for another:
 * see weir_file. */
static weir_validators static_validators(const weir_call *call, const weir_file *file)
{
    weir_validators v = {.exists = true,
                         .has_modified = true,
                         .strong_date =
                             file->facts.modified_s <= call->site->wall_s - WEIR_FILE_SETTLED_S,
                         .modified = file->facts.modified_s};

    v.has_etag = weir_etag_parse((weir_str){file->etag, file->etag_len}, &v.etag) == WEIR_OK;
    return v;
}

static weir_field static_etag(const weir_file *file)
{
    return weir_call_field(WEIR_FIELD_ETAG, (weir_str){file->etag, file->etag_len});
}

/* The fields that tell one content from another. */
static size_t static_fields(const weir_file *file, weir_field fields[])
{
    fields[0] =
        weir_call_field(WEIR_FIELD_LAST_MODIFIED, (weir_str){file->modified, WEIR_DATE_BYTES});
    fields[1] = static_etag(file);
    return 2;
}

/* Where there is an entity tag, nothing else has to be repeated (RFC 9110 §15.4.5). */
static void static_not_modified(weir_call *call, const weir_file *file)
{
    weir_field etag;
    weir_response res = {.status = 304, .fields = &etag, .length = WEIR_LENGTH_UNKNOWN};

    if (file != NULL) {
        etag = static_etag(file);
        res.field_count = 1;
    }
    weir_call_respond(call, &res);
    (void)weir_call_finish(call, NULL, 0);
}

/* Is the request to be performed? Else it is answered by what its conditions ask for. `file` may be NULL. */
static bool static_goes_on(weir_call *call, const weir_request *req, const weir_validators *v,
                           const weir_file *file)
{
    switch (weir_precondition_check(req, v, call->site->wall_s)) {
    case WEIR_CONDITION_NOT_MODIFIED: static_not_modified(call, file); return false;
    case WEIR_CONDITION_FAILED: weir_errors_answer(call, 412, NULL); return false;
    case WEIR_CONDITION_GO_ON: break;
    }
    return true;
}

/* `range` NULL: none lies in the file (RFC 9110 §15.5.17). */
static weir_field static_content_range(const weir_range *range, uint64_t size,
                                       char text[STATIC_RANGE_MAX])
{
    weir_buf out = {text, 0, STATIC_RANGE_MAX};

    (void)weir_parts_content_range(&out, range, size);
    return weir_call_field(WEIR_FIELD_CONTENT_RANGE, weir_text_of(&out));
}

static void static_unsatisfiable(weir_call *call, weir_file *file)
{
    char text[STATIC_RANGE_MAX];
    weir_field field = static_content_range(NULL, file->facts.size, text);

    weir_file_release(&call->site->files, file);
    weir_errors_unsatisfiable(call, &field);
}

static void static_whole(weir_call *call, weir_file *file)
{
    weir_field fields[4];
    size_t n = static_fields(file, fields);

    fields[n++] = weir_call_field(WEIR_FIELD_CONTENT_TYPE, file->media);
    fields[n++] = weir_call_field(WEIR_FIELD_ACCEPT_RANGES, (weir_str)WEIR_STR_INIT("bytes"));
    weir_response res = {.status = 200,
                         .fields = fields,
                         .field_count = n,
                         .length = file->facts.size};
    weir_call_respond(call, &res);
    weir_call_send_file(call, file, 0, file->facts.size);
    (void)weir_call_finish(call, NULL, 0);
}

/*
 * A client that names what it has by If-Range knows the rest, and is told no more than must be: the
 * entity tag (RFC 9110 §15.3.7).
 */
static size_t static_part_fields(const weir_file *file, bool is_known, weir_field fields[])
{
    if (!is_known) return static_fields(file, fields);
    fields[0] = static_etag(file);
    return 1;
}

static void static_one_part(weir_call *call, weir_file *file, const weir_range *range,
                            bool is_known)
{
    weir_field fields[5];
    size_t n = static_part_fields(file, is_known, fields);
    uint64_t len = range->last - range->first + 1;
    char text[STATIC_RANGE_MAX];

    if (!is_known) fields[n++] = weir_call_field(WEIR_FIELD_CONTENT_TYPE, file->media);
    fields[n++] = weir_call_field(WEIR_FIELD_ACCEPT_RANGES, (weir_str)WEIR_STR_INIT("bytes"));
    fields[n++] = static_content_range(range, file->facts.size, text);
    weir_response res = {.status = 206, .fields = fields, .field_count = n, .length = len};
    weir_call_respond(call, &res);
    weir_call_send_file(call, file, range->first, len);
    (void)weir_call_finish(call, NULL, 0);
}

static void static_parts(weir_call *call, weir_file *file, const weir_range *ranges, size_t count,
                         bool is_known)
{
    weir_field fields[3];
    size_t n = static_part_fields(file, is_known, fields);

    if (count == 1) {
        static_one_part(call, file, &ranges[0], is_known);
        return;
    }
    fields[n++] = weir_call_field(WEIR_FIELD_ACCEPT_RANGES, (weir_str)WEIR_STR_INIT("bytes"));
    if (!weir_parts_begin(call, file, ranges, count, fields, n)) static_whole(call, file);
}

/* Range is for GET alone and is heard once (RFC 9110 §14.2). */
static weir_range_kind static_range(const weir_call *call, const weir_request *req,
                                    const weir_file *file, const weir_validators *v,
                                    weir_range ranges[WEIR_PARTS_MAX], size_t *count)
{
    const weir_field *f = weir_fields_find(req->fields, req->field_count, WEIR_FIELD_RANGE);

    if (f == NULL || req->method_id != WEIR_METHOD_GET) return WEIR_RANGE_WHOLE;
    size_t rest = req->field_count - (size_t)(f - req->fields) - 1;
    if (weir_fields_find(f + 1, rest, WEIR_FIELD_RANGE) != NULL) return WEIR_RANGE_WHOLE;
    if (!weir_if_range_check(req, v, call->site->wall_s)) return WEIR_RANGE_WHOLE;
    return weir_range_parse(f->value, file->facts.size, ranges, WEIR_PARTS_MAX, count);
}

/* Conditions go before ranges (RFC 9110 §13.2.2). */
static void static_file(weir_call *call, const weir_request *req, weir_file *file)
{
    weir_validators v = static_validators(call, file);
    bool is_known = weir_fields_find(req->fields, req->field_count, WEIR_FIELD_IF_RANGE) != NULL;
    weir_range ranges[WEIR_PARTS_MAX];
    size_t count;

    if (!static_goes_on(call, req, &v, file)) {
        weir_file_release(&call->site->files, file);
        return;
    }
    switch (static_range(call, req, file, &v, ranges, &count)) {
    case WEIR_RANGE_WHOLE: static_whole(call, file); return;
    case WEIR_RANGE_PARTS: static_parts(call, file, ranges, count, is_known); return;
    case WEIR_RANGE_UNSATISFIABLE: static_unsatisfiable(call, file); return;
    }
}

/*
 * To the same with a slash behind it, so that relative references in its index work. The path goes
 * back as it came; a second slash in front would make its first segment a host.
 */
static void static_redirect(weir_call *call, const weir_request *req)
{
    weir_buf where = {call->memory, 0, WEIR_CALL_MEMORY};
    weir_str path = req->parts.path;

    while (path.len > 0 && path.p[0] == '/') {
        path.p++;
        path.len--;
    }
    (void)weir_text_put(&where, "/");
    (void)weir_text_span(&where, path);
    (void)weir_text_put(&where, "/");
    if (req->parts.has_query) (void)weir_text_put(&where, "?");
    (void)weir_text_uri(&where, req->parts.query);
    weir_field field = weir_call_field(WEIR_FIELD_LOCATION, weir_text_of(&where));
    weir_response res = {.status = 301, .fields = &field, .field_count = 1};
    weir_call_respond(call, &res);
    (void)weir_call_finish(call, NULL, 0);
}

static weir_file_result static_open(const weir_call *call, weir_str path, weir_file **file)
{
    weir_site *site = call->site;

    return weir_filecache_open(&site->files, path, site->now_ms, site->wall_s, file);
}

/* A listing is made as it is asked for: it exists, and has no validators. */
static void static_listing(weir_call *call, const weir_request *req, weir_str path,
                           weir_file *folder)
{
    const weir_validators v = {.exists = true};

    if (call->site->with_listing && static_goes_on(call, req, &v, NULL)) {
        weir_listing_begin(call, path, folder);
        return;
    }
    weir_file_release(&call->site->files, folder);
    if (!call->site->with_listing) weir_errors_answer(call, 403, NULL);
}

/* `path` is empty or ends with a slash; there is room behind it for the name of an index. */
static void static_folder(weir_call *call, const weir_request *req, weir_buf *path)
{
    weir_str folder = weir_text_of(path);
    weir_file *file;

    (void)weir_text_put(path, STATIC_INDEX);
    weir_file_result result = static_open(call, weir_text_of(path), &file);
    if (result == WEIR_FILE_OK && !file->facts.is_folder) {
        static_file(call, req, file);
        return;
    }
    if (result == WEIR_FILE_OK) weir_file_release(&call->site->files, file);
    if (result != WEIR_FILE_OK && result != WEIR_FILE_NONE) {
        weir_errors_file(call, result);
        return;
    }
    result = static_open(call, folder, &file);
    if (result == WEIR_FILE_OK)
        static_listing(call, req, folder, file);
    else
        weir_errors_file(call, result);
}

/* The path that the world knows: decoded once, without dot segments, relative to the root. */
static weir_error static_path(const weir_request *req, weir_buf *out)
{
    weir_str path = req->parts.path;
    size_t at;

    if (path.len == 0) path = (weir_str)WEIR_STR_INIT("/"); /* "http://host" */
    weir_error err = weir_path_decode(path, out, &at);
    while (err == WEIR_OK && out->len > 0 && out->p[0] == '/') {
        out->p++;
        out->len--;
        out->cap--;
    }
    return err;
}

static void static_get(weir_call *call, const weir_request *req)
{
    weir_buf path = {call->memory, 0, WEIR_CALL_MEMORY};
    weir_error err = static_path(req, &path);
    weir_file *file;

    if (err != WEIR_OK) {
        weir_errors_answer(call, 400, weir_error_info(err));
        return;
    }
    if (weir_listing_is_hidden(weir_text_of(&path))) {
        weir_errors_file(call, WEIR_FILE_NONE);
        return;
    }
    if (path.len == 0 || path.p[path.len - 1] == '/') {
        static_folder(call, req, &path);
        return;
    }
    weir_file_result result = static_open(call, weir_text_of(&path), &file);
    if (result != WEIR_FILE_OK) {
        weir_errors_file(call, result);
    } else if (file->facts.is_folder) {
        weir_file_release(&call->site->files, file);
        static_redirect(call, req);
    } else {
        static_file(call, req, file);
    }
}

/*
 * Methods that are known and not for files are answered 405; those that no resource of this server
 * could have, 501 (RFC 9110 §9.1).
 */
static void static_begin(weir_call *call, const weir_request *req)
{
    switch (req->method_id) {
    case WEIR_METHOD_GET:
    case WEIR_METHOD_HEAD: static_get(call, req); return;
    case WEIR_METHOD_OPTIONS: static_options(call, req); return;
    case WEIR_METHOD_OTHER:
    case WEIR_METHOD_CONNECT: weir_errors_answer(call, 501, NULL); return;
    default: weir_errors_not_allowed(call, static_allow(call, req)); return;
    }
}

const weir_handler weir_static_handler = {.begin = static_begin};
