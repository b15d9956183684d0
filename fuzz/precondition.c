/* SPDX-License-Identifier: MIT */
/*
 * Conditional requests. The first octet has the facts of the representation as bits (it exists, has a tag,
 * its tag is weak, has a date, the date is strong), the second its tag and its date. The rest are lines, a
 * field each: 'M' If-Match, 'N' If-None-Match, 'U' If-Unmodified-Since, 'S' If-Modified-Since, 'R' If-Range,
 * and its value; 'G' as the last line makes it GET.
 *
 * - Where each field is there once and well-formed, the answer is that of RFC 9110 §13.2.2 read step by
 *   step, by a second implementation here.
 * - If-Range is the same strong validator, by a second implementation, too; without the field it is true.
 * - Whatever comes, there is one of the three answers.
 */
#include "support.h"

#include "weir/date.h"
#include "weir/precondition.h"

enum {
    FIELDS = 8
};

typedef struct {
    weir_field fields[FIELDS];
    size_t count;
    weir_request req;
    weir_validators v;
} scene;

static const weir_str *scene_value(const scene *s, weir_field_id id, size_t *count)
{
    const weir_str *value = NULL;
    *count = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->fields[i].id != id) continue;
        value = &s->fields[i].value;
        ++*count;
    }
    return value;
}

/* A list of entity tags, each with nothing but a comma and one space behind it. False: it is not that.
 * *matches: one of them is the representation's. */
static bool naive_tags(weir_str s, const weir_validators *v, bool strong, bool *matches)
{
    *matches = false;
    if (s.len == 1 && s.p[0] == '*') {
        *matches = v->exists;
        return true;
    }
    for (size_t at = 0;;) {
        bool weak = s.len - at >= 2 && s.p[at] == 'W' && s.p[at + 1] == '/';
        at += weak ? 2 : 0;
        if (at >= s.len || s.p[at] != '"') return false;
        size_t begin = ++at;
        while (at < s.len && s.p[at] != '"') {
            unsigned char c = (unsigned char)s.p[at++];
            if (c < 0x21 || c == 0x7f) return false;
        }
        if (at == s.len) return false;
        weir_str opaque = {s.p + begin, at - begin};
        bool same = v->exists && v->has_etag && weir_str_equal(opaque, v->etag.opaque);
        if (same && !(strong && (weak || v->etag.weak))) *matches = true;
        if (++at == s.len) return true;
        if (s.len - at < 2 || s.p[at] != ',' || s.p[at + 1] != ' ') return false;
        at += 2;
    }
}

/* RFC 9110 §13.2.2. False: something is not well-formed, or there twice. */
static bool naive_answer(const scene *s, bool is_get, weir_condition *answer)
{
    size_t n;
    bool matches;
    int64_t date;
    const weir_str *value = scene_value(s, WEIR_FIELD_IF_MATCH, &n);
    *answer = WEIR_CONDITION_FAILED;
    if (n > 1) return false;
    if (value != NULL) { /* step 1 */
        if (!naive_tags(*value, &s->v, true, &matches)) return false;
        if (!matches) return true;
    } else if ((value = scene_value(s, WEIR_FIELD_IF_UNMODIFIED_SINCE, &n)) != NULL) { /* 2 */
        if (n > 1 || weir_date_parse(*value, 0, &date) != WEIR_OK) return false;
        if (s->v.exists && s->v.has_modified && s->v.modified > date) return true;
    }
    *answer = is_get ? WEIR_CONDITION_NOT_MODIFIED : WEIR_CONDITION_FAILED;
    value = scene_value(s, WEIR_FIELD_IF_NONE_MATCH, &n);
    if (n > 1) return false;
    if (value != NULL) { /* 3 */
        if (!naive_tags(*value, &s->v, false, &matches)) return false;
        if (matches) return true;
    } else if ((value = scene_value(s, WEIR_FIELD_IF_MODIFIED_SINCE, &n)) != NULL &&
               is_get) { /* 4 */
        if (n > 1 || weir_date_parse(*value, 0, &date) != WEIR_OK) return false;
        if (s->v.exists && s->v.has_modified && s->v.modified <= date) return true;
    }
    *answer = WEIR_CONDITION_GO_ON;
    return true;
}

/* RFC 9110 §13.1.5, of the only If-Range: a strong tag that is the same, or a date that is the same and
 * strong. */
static bool naive_if_range(weir_str s, const weir_validators *v)
{
    int64_t date;
    bool is_tag = s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"';
    for (size_t i = 1; is_tag && i < s.len - 1; i++)
        is_tag = s.p[i] != '"' && (unsigned char)s.p[i] >= 0x21 && s.p[i] != 0x7f;
    if (is_tag)
        return v->has_etag && !v->etag.weak &&
               weir_str_equal((weir_str){s.p + 1, s.len - 2}, v->etag.opaque);
    return weir_date_parse(s, 0, &date) == WEIR_OK && v->has_modified && v->strong_date &&
           date == v->modified;
}

static weir_field_id field_of(char letter)
{
    switch (letter) {
    case 'M': return WEIR_FIELD_IF_MATCH;
    case 'N': return WEIR_FIELD_IF_NONE_MATCH;
    case 'U': return WEIR_FIELD_IF_UNMODIFIED_SINCE;
    case 'S': return WEIR_FIELD_IF_MODIFIED_SINCE;
    case 'R': return WEIR_FIELD_IF_RANGE;
    default: return WEIR_FIELD_OTHER;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const weir_str tags[] = {WEIR_STR_INIT("a"), WEIR_STR_INIT(""), WEIR_STR_INIT("b-1"),
                                    WEIR_STR_INIT("xyzzy")};
    if (size < 2 || size > 2048) return 0;
    scene s = {.count = 0};
    bool exists = data[0] & 1; /* only what is there has a tag and a date */
    s.v = (weir_validators){.exists = exists,
                            .has_etag = exists && (data[0] & 2) != 0,
                            .etag = {tags[data[1] % 4], (data[0] & 4) != 0},
                            .has_modified = exists && (data[0] & 8) != 0,
                            .strong_date = data[0] & 16,
                            .modified = 784111777 + (data[1] >> 2) % 3 - 1};
    bool is_get = false;
    char *in = copy_exact(data + 2, size - 2);
    for (size_t at = 0; at < size - 2;) {
        const char *end = memchr(in + at, '\n', size - 2 - at);
        size_t len = end != NULL ? (size_t)(end - in) - at : size - 2 - at;
        if (len == 1 && in[at] == 'G') is_get = true;
        weir_field_id id = len > 0 ? field_of(in[at]) : WEIR_FIELD_OTHER;
        if (id != WEIR_FIELD_OTHER && s.count < FIELDS)
            s.fields[s.count++] = (weir_field){.value = {in + at + 1, len - 1}, .id = id};
        at += len + 1;
    }
    s.req = (weir_request){.method_id = is_get ? WEIR_METHOD_GET : WEIR_METHOD_PUT,
                           .fields = s.fields,
                           .field_count = s.count};
    weir_condition answer = weir_precondition_check(&s.req, &s.v, 0), naive;
    require(answer == WEIR_CONDITION_GO_ON || answer == WEIR_CONDITION_FAILED ||
                (answer == WEIR_CONDITION_NOT_MODIFIED && is_get),
            "there is one of three answers, and 304 to GET and HEAD alone");
    if (naive_answer(&s, is_get, &naive)) require(answer == naive, "the answer is that of §13.2.2");
    size_t n;
    bool heard = weir_if_range_check(&s.req, &s.v, 0);
    const weir_str *if_range = scene_value(&s, WEIR_FIELD_IF_RANGE, &n);
    if (if_range == NULL) require(heard, "without If-Range, Range is heard");
    if (n == 1)
        require(heard == naive_if_range(*if_range, &s.v),
                "Range is heard where If-Range is the same strong validator");
    if (n > 1) require(!heard, "two If-Range fields match nothing");
    if (n > 0 && !s.v.exists) require(!heard, "what is not there matches no If-Range");
    copy_free(in, size - 2);
    return 0;
}
