/* SPDX-License-Identifier: MIT */
/* precondition.c - entity tags and conditional requests, in the RFC's order (RFC 9110 §13.2.2). */
#include "weir/precondition.h"

#include "weir/date.h"
#include "weir/value.h"

/* ---- entity tags (RFC 9110 §8.8.3) ---- */

/* etagc: neither quote nor control nor space; a backslash is an octet like any other. */
static bool precondition_is_etagc(unsigned char c)
{
    return c == 0x21 || (c >= 0x23 && c != 0x7F);
}

/* Takes an entity tag off the front of `text`. */
static weir_error precondition_etag_next(weir_str *text, weir_etag *etag)
{
    const char *p = text->p, *end = text->p + text->len;
    bool weak = end - p >= 2 && p[0] == 'W' && p[1] == '/';
    if (weak) p += 2;
    if (p == end || *p != '"') return WEIR_ERR_LIST;
    const char *begin = ++p;
    while (p < end && precondition_is_etagc((unsigned char)*p))
        p++;
    if (p == end || *p != '"') return WEIR_ERR_LIST;
    *etag = (weir_etag){.opaque = {begin, (size_t)(p - begin)}, .weak = weak};
    p++;
    *text = (weir_str){p, (size_t)(end - p)};
    return WEIR_OK;
}

weir_error weir_etag_parse(weir_str text, weir_etag *etag)
{
    weir_etag found;
    if (precondition_etag_next(&text, &found) != WEIR_OK || text.len > 0) return WEIR_ERR_LIST;
    *etag = found;
    return WEIR_OK;
}

bool weir_etag_equal_strong(weir_etag a, weir_etag b)
{
    return !a.weak && !b.weak && weir_str_equal(a.opaque, b.opaque);
}

bool weir_etag_equal_weak(weir_etag a, weir_etag b)
{
    return weir_str_equal(a.opaque, b.opaque);
}

static weir_str precondition_skip(weir_str text, bool commas)
{
    while (text.len > 0 && (*text.p == ' ' || *text.p == '\t' || (commas && *text.p == ','))) {
        text.p++;
        text.len--;
    }
    return text;
}

/* `#entity-tag`: true where one of them is that of `v`. What is no list matches nothing more. */
static bool precondition_list_matches(weir_str list, const weir_validators *v, bool strong)
{
    for (;;) {
        weir_etag etag;
        list = precondition_skip(list, true);
        if (list.len == 0 || precondition_etag_next(&list, &etag) != WEIR_OK) return false;
        list = precondition_skip(list, false);
        if (list.len > 0 && *list.p != ',') return false;
        if (!v->has_etag) continue;
        if (strong ? weir_etag_equal_strong(etag, v->etag) : weir_etag_equal_weak(etag, v->etag))
            return true;
    }
}

/* If-Match and If-None-Match: "*" or a list, over all lines of the field. */
static bool precondition_matches(const weir_request *req, weir_field_id id,
                                 const weir_validators *v, bool strong)
{
    for (size_t i = 0; i < req->field_count; i++) {
        const weir_field *f = &req->fields[i];
        if (f->id != id) continue;
        if (weir_str_equal(f->value, (weir_str)WEIR_STR_INIT("*"))) {
            if (v->exists) return true;
        } else if (precondition_list_matches(f->value, v, strong)) {
            return true;
        }
    }
    return false;
}

static bool precondition_has(const weir_request *req, weir_field_id id)
{
    return weir_fields_find(req->fields, req->field_count, id) != NULL;
}

/* Does a field of that name stand behind `f`? */
static bool precondition_is_repeated(const weir_request *req, const weir_field *f)
{
    size_t rest = req->field_count - (size_t)(f - req->fields) - 1;
    return weir_fields_find(f + 1, rest, f->id) != NULL;
}

/* The date of a field that stands there once, and is one (RFC 9110 §13.1.3, §13.1.4). */
static bool precondition_date(const weir_request *req, weir_field_id id, int64_t now,
                              int64_t *seconds)
{
    const weir_field *f = weir_fields_find(req->fields, req->field_count, id);
    if (f == NULL || precondition_is_repeated(req, f)) return false;
    return weir_date_parse(f->value, now, seconds) == WEIR_OK;
}

weir_condition weir_precondition_check(const weir_request *req, const weir_validators *v,
                                       int64_t now)
{
    bool reads = req->method_id == WEIR_METHOD_GET || req->method_id == WEIR_METHOD_HEAD;
    int64_t date;
    if (precondition_has(req, WEIR_FIELD_IF_MATCH)) { /* steps 1 and 2 */
        if (!precondition_matches(req, WEIR_FIELD_IF_MATCH, v, true)) return WEIR_CONDITION_FAILED;
    } else if (v->has_modified &&
               precondition_date(req, WEIR_FIELD_IF_UNMODIFIED_SINCE, now, &date) &&
               v->modified > date) {
        return WEIR_CONDITION_FAILED;
    }
    if (precondition_has(req, WEIR_FIELD_IF_NONE_MATCH)) { /* steps 3 and 4 */
        if (precondition_matches(req, WEIR_FIELD_IF_NONE_MATCH, v, false))
            return reads ? WEIR_CONDITION_NOT_MODIFIED : WEIR_CONDITION_FAILED;
    } else if (reads && v->has_modified &&
               precondition_date(req, WEIR_FIELD_IF_MODIFIED_SINCE, now, &date) &&
               v->modified <= date) {
        return WEIR_CONDITION_NOT_MODIFIED;
    }
    return WEIR_CONDITION_GO_ON;
}

bool weir_if_range_check(const weir_request *req, const weir_validators *v, int64_t now)
{
    const weir_field *f = weir_fields_find(req->fields, req->field_count, WEIR_FIELD_IF_RANGE);
    if (f == NULL) return true;
    if (precondition_is_repeated(req, f)) return false;
    weir_etag etag;
    int64_t date;
    if (weir_etag_parse(f->value, &etag) == WEIR_OK)
        return v->has_etag && weir_etag_equal_strong(etag, v->etag);
    if (!precondition_date(req, WEIR_FIELD_IF_RANGE, now, &date)) return false;
    return v->has_modified && v->strong_date && date == v->modified;
}
