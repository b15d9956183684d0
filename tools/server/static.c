/* SPDX-License-Identifier: MIT */
/* static.c - a target becomes a path, a path a file, and the file an answer. */
#include "static.h"
#include "errors.h"
#include "listing.h"
#include "text.h"

#define STATIC_INDEX "index.html"

/* What a resource allows. POST / is the demo's (demo.h). */
static const char *static_allow(const weir_call *call, const weir_request *req)
{
    bool is_root = req->parts.form == WEIR_TARGET_ASTERISK ||
                   weir_str_equal(req->parts.path, (weir_str)WEIR_STR_INIT("/"));

    return call->site->with_demo && is_root ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS";
}

static void static_options(weir_call *call, const weir_request *req)
{
    weir_field allow = weir_call_field(WEIR_FIELD_ALLOW, weir_str_of(static_allow(call, req)));
    weir_response res = {.status = 204, .fields = &allow, .field_count = 1};

    weir_call_respond(call, &res);
    (void)weir_call_finish(call, NULL, 0);
}

static void static_file(weir_call *call, weir_file *file)
{
    weir_field fields[] = {
        weir_call_field(WEIR_FIELD_CONTENT_TYPE, file->media),
        weir_call_field(WEIR_FIELD_LAST_MODIFIED, (weir_str){file->modified, WEIR_DATE_BYTES}),
        weir_call_field(WEIR_FIELD_ETAG, (weir_str){file->etag, file->etag_len}),
    };
    weir_response res = {.status = 200,
                         .fields = fields,
                         .field_count = 3,
                         .length = file->facts.size};
    uint64_t size = file->facts.size;

    weir_call_respond(call, &res);
    weir_call_send_file(call, file, 0, size);
    (void)weir_call_finish(call, NULL, 0);
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
    (void)weir_text_span(&where, req->parts.query);
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

/* `path` is empty or ends with a slash; there is room behind it for the name of an index. */
static void static_folder(weir_call *call, weir_buf *path)
{
    weir_str folder = weir_text_of(path);
    weir_file *file;

    (void)weir_text_put(path, STATIC_INDEX);
    weir_file_result result = static_open(call, weir_text_of(path), &file);
    if (result == WEIR_FILE_OK && !file->facts.is_folder) {
        static_file(call, file);
        return;
    }
    if (result == WEIR_FILE_OK) weir_file_release(&call->site->files, file);
    if (result != WEIR_FILE_OK && result != WEIR_FILE_NONE) {
        weir_errors_file(call, result);
        return;
    }
    result = static_open(call, folder, &file);
    if (result != WEIR_FILE_OK) {
        weir_errors_file(call, result);
    } else if (call->site->with_listing) {
        weir_listing_begin(call, folder, file);
    } else {
        weir_file_release(&call->site->files, file);
        weir_errors_answer(call, 403, NULL);
    }
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
    if (path.len == 0 || path.p[path.len - 1] == '/') {
        static_folder(call, &path);
        return;
    }
    weir_file_result result = static_open(call, weir_text_of(&path), &file);
    if (result != WEIR_FILE_OK) {
        weir_errors_file(call, result);
    } else if (file->facts.is_folder) {
        weir_file_release(&call->site->files, file);
        static_redirect(call, req);
    } else {
        static_file(call, file);
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
