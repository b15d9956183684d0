/* SPDX-License-Identifier: MIT */
/* media_type.c - media types taken apart, and ranges of them compared with one. */
#include "weir/media_type.h"

#include "value.h"

static weir_error media_type_fail(weir_str text, const char *fault, size_t *at)
{
    *at = (size_t)(fault - text.p);
    return WEIR_ERR_MEDIA_TYPE;
}

weir_error weir_media_type_parse(weir_str text, weir_media_type *out, size_t *at)
{
    if (text.len == 0) return media_type_fail(text, text.p, at);
    const char *end = text.p + text.len;
    const char *slash = weir__token_end(text.p, end);
    if (slash == text.p || slash == end || *slash != '/') return media_type_fail(text, slash, at);
    const char *behind = weir__token_end(slash + 1, end);
    if (behind == slash + 1) return media_type_fail(text, behind, at);

    weir_str params = weir__span(behind, end), name, value;
    const char *fault;
    weir_error err;
    while ((err = weir__param_next(&params, &name, &value, &fault)) == WEIR_OK)
        ;
    if (err != WEIR_END) return media_type_fail(text, fault, at);
    *out = (weir_media_type){.type = weir__span(text.p, slash),
                             .subtype = weir__span(slash + 1, behind),
                             .params = weir__span(behind, end)};
    return WEIR_OK;
}

bool weir_media_type_param(const weir_media_type *type, weir_str name, weir_str *value)
{
    weir_str params = type->params, found, text;
    while (weir_param_next(&params, &found, &text) == WEIR_OK) {
        if (!weir__same(found, name)) continue;
        *value = text;
        return true;
    }
    return false;
}

static bool media_type_is_any(weir_str name)
{
    return name.len == 1 && name.p[0] == '*';
}

/* A parameter of that name and value; of a name that is there several times, any will do. */
static bool media_type_has(const weir_media_type *type, weir_str name, weir_str wanted)
{
    static const weir_str charset = WEIR_STR_INIT("charset");
    bool with_case = !weir__same(name, charset);
    weir_str params = type->params, found, value;
    while (weir_param_next(&params, &found, &value) == WEIR_OK) {
        if (!weir__same(found, name)) continue;
        if (with_case ? weir_word_equal(wanted, value) : weir_word_equal_nocase(wanted, value))
            return true;
    }
    return false;
}

/* How many parameters the range asks for; false: `type` lacks one. */
static bool media_type_params_match(const weir_media_type *range, const weir_media_type *type,
                                    unsigned *count)
{
    static const weir_str weight = WEIR_STR_INIT("q");
    weir_str params = range->params, name, wanted;
    *count = 0;
    while (weir_param_next(&params, &name, &wanted) == WEIR_OK) {
        if (weir__same(name, weight)) continue;
        if (!media_type_has(type, name, wanted)) return false;
        ++*count;
    }
    return true;
}

unsigned weir_media_type_match(const weir_media_type *range, const weir_media_type *type)
{
    enum {
        ANY = 1u << 24,
        TYPE = 2u << 24,
        SUBTYPE = 3u << 24
    }; /* no head has 2^24 parameters */
    unsigned rank = SUBTYPE, count;
    if (media_type_is_any(range->subtype))
        rank = media_type_is_any(range->type) ? ANY : TYPE;
    else if (!weir__same(range->subtype, type->subtype))
        return 0;
    if (rank != ANY && !weir__same(range->type, type->type)) return 0;
    return media_type_params_match(range, type, &count) ? rank + count : 0;
}
