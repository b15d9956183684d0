/* SPDX-License-Identifier: MIT */
/* negotiate.c - Accept and its kin: members of a list, and the one that speaks for an offer. */
#include "weir/negotiate.h"

#include "value.h"

/* ---- one member ---- */

/* A language-range: 1*8ALPHA *( "-" 1*8alphanum ), or "*" (RFC 4647 §2.1). NULL: *fault has why. */
static const char *negotiate_language_end(const char *p, const char *end, const char **fault)
{
    unsigned bits = WEIR__ALPHA;
    if (p != end && *p == '*') return p + 1;
    for (;; p++) {
        const char *begin = p;
        while (p != end && p - begin < 8 && weir__is((unsigned char)*p, bits))
            p++;
        *fault = p;
        if (p == begin || (p != end && weir__is((unsigned char)*p, WEIR__ALPHA | WEIR__DIGIT)))
            return NULL;
        if (p == end || *p != '-') return p;
        bits = WEIR__ALPHA | WEIR__DIGIT;
    }
}

/* [ OWS ";" OWS "q=" qvalue ], up to the end (RFC 9110 §12.4.2). */
static weir_error negotiate_weight_end(const char *p, const char *end, unsigned *weight,
                                       const char **fault)
{
    size_t at;
    *weight = WEIR_WEIGHT_MAX;
    if (p == end) return WEIR_OK;
    *fault = p = weir__skip_blank(p, end);
    if (p == end || *p != ';') return WEIR_ERR_LIST;
    *fault = p = weir__skip_blank(p + 1, end);
    if (end - p < 2 || (p[0] != 'q' && p[0] != 'Q') || p[1] != '=') return WEIR_ERR_LIST;
    weir_error err = weir_weight_parse(weir__span(p + 2, end), weight, &at);
    *fault = p + 2 + at;
    return err;
}

static weir_error negotiate_token(weir_field_id id, weir_str member, weir_preference *out,
                                  const char **fault)
{
    const char *p = member.p, *end = member.p + member.len;
    const char *behind = id == WEIR_FIELD_ACCEPT_LANGUAGE ? negotiate_language_end(p, end, fault)
                                                          : weir__token_end(p, end);
    if (behind == p) *fault = p;
    if (behind == NULL || behind == p) return WEIR_ERR_LIST;
    out->range = weir__span(p, behind);
    return negotiate_weight_end(behind, end, &out->weight, fault);
}

/* A media range; a parameter named "q" is its weight wherever it stands (RFC 9110 §12.5.1). */
static weir_error negotiate_media(weir_str member, weir_preference *out, const char **fault)
{
    static const weir_str any = WEIR_STR_INIT("*"), q = WEIR_STR_INIT("q");
    weir_str params, name, value;
    size_t at;
    bool has_weight = false;
    weir_error err = weir_media_type_parse(member, &out->media, &at);
    *fault = member.p + at;
    if (err != WEIR_OK) return err;
    out->range = weir__span(member.p, out->media.params.p);
    *fault = out->media.subtype.p;
    if (weir_str_equal(out->media.type, any) && !weir_str_equal(out->media.subtype, any))
        return WEIR_ERR_MEDIA_TYPE;
    params = out->media.params;
    while (weir_param_next(&params, &name, &value) == WEIR_OK) {
        if (!weir__same(name, q)) continue;
        *fault = name.p;
        if (has_weight) return WEIR_ERR_WEIGHT;
        err = weir_weight_parse(value, &out->weight, &at);
        *fault = value.p + at;
        if (err != WEIR_OK) return err;
        has_weight = true;
    }
    return WEIR_OK;
}

static bool negotiate_is_about(weir_field_id id)
{
    return id == WEIR_FIELD_ACCEPT || id == WEIR_FIELD_ACCEPT_CHARSET ||
           id == WEIR_FIELD_ACCEPT_ENCODING || id == WEIR_FIELD_ACCEPT_LANGUAGE;
}

weir_error weir_preference_next(weir_field_id id, weir_str *list, weir_preference *out, size_t *at)
{
    weir_preference found = {.weight = WEIR_WEIGHT_MAX};
    weir_str member;
    const char *begin = list->p, *fault = begin;
    if (list->len == 0) return WEIR_END;
    weir_error err =
        negotiate_is_about(id) ? weir__list_next(list, &member, &fault) : WEIR_ERR_LIST;
    if (err == WEIR_END) return err;
    if (err != WEIR_OK) /* there is no telling where the next one begins */
        *list = (weir_str){.p = begin};
    else if (id == WEIR_FIELD_ACCEPT)
        err = negotiate_media(member, &found, &fault);
    else
        err = negotiate_token(id, member, &found, &fault);
    if (err == WEIR_OK)
        *out = found;
    else
        *at = (size_t)(fault - begin);
    return err;
}

/* ---- what they say of an offer ---- */

/* The best member so far: how specific it is (0: none fits), and its weight. */
typedef struct {
    unsigned rank, weight;
    bool has_members;
} negotiate_verdict;

enum {
    NEGOTIATE_ANY = 1, /* "*" */
    NEGOTIATE_PART,    /* more than the offer says was asked for: "en-GB" for "en" */
    NEGOTIATE_NAMED,   /* and the length of the range */
};

/* "x-gzip" is "gzip", and "x-compress" "compress" (RFC 9110 §8.4.1.1, §8.4.1.3). */
static weir_str negotiate_coding(weir_str name)
{
    static const weir_str gzip = WEIR_STR_INIT("x-gzip"), compress = WEIR_STR_INIT("x-compress");
    if (!weir__same(name, gzip) && !weir__same(name, compress)) return name;
    return (weir_str){name.p + 2, name.len - 2};
}

/* Is `tag` the beginning of `longer`, up to one of its hyphens? */
static bool negotiate_is_prefix(weir_str tag, weir_str longer)
{
    return longer.len > tag.len && longer.p[tag.len] == '-' &&
           weir__same(tag, (weir_str){longer.p, tag.len});
}

static unsigned negotiate_rank(weir_field_id id, const weir_preference *p, weir_str offer)
{
    weir_str range = p->range;
    if (range.len == 1 && range.p[0] == '*') return NEGOTIATE_ANY;
    if (id == WEIR_FIELD_ACCEPT_ENCODING) range = negotiate_coding(range);
    if (weir__same(range, offer)) return NEGOTIATE_NAMED + (unsigned)range.len;
    if (id != WEIR_FIELD_ACCEPT_LANGUAGE) return 0;
    if (negotiate_is_prefix(range, offer)) return NEGOTIATE_NAMED + (unsigned)range.len;
    return p->weight > 0 && negotiate_is_prefix(offer, range) ? NEGOTIATE_PART : 0;
}

/* `media`: the offer, taken apart, where it is asked about in Accept. */
static void negotiate_line(weir_field_id id, weir_str list, weir_str offer,
                           const weir_media_type *media, negotiate_verdict *v)
{
    weir_preference p;
    size_t at;
    weir_error err;
    while ((err = weir_preference_next(id, &list, &p, &at)) != WEIR_END) {
        if (err != WEIR_OK) continue;
        unsigned rank = id == WEIR_FIELD_ACCEPT ? weir_media_type_match(&p.media, media)
                                                : negotiate_rank(id, &p, offer);
        v->has_members = true;
        if (rank < v->rank || (rank == v->rank && p.weight <= v->weight)) continue;
        v->rank = rank;
        v->weight = p.weight;
    }
}

unsigned weir_negotiate_weight(const weir_field *fields, size_t count, weir_field_id id,
                               weir_str offer)
{
    static const weir_str identity = WEIR_STR_INIT("identity");
    negotiate_verdict v = {0};
    weir_media_type media;
    bool is_present = false, is_coding = id == WEIR_FIELD_ACCEPT_ENCODING;
    size_t at;
    if (id == WEIR_FIELD_ACCEPT && weir_media_type_parse(offer, &media, &at) != WEIR_OK) return 0;
    if (is_coding) offer = negotiate_coding(offer);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].id != id) continue;
        is_present = true;
        negotiate_line(id, fields[i].value, offer, &media, &v);
    }
    if (v.rank > 0) return v.weight;
    if (!is_present || (!v.has_members && !is_coding)) return WEIR_WEIGHT_MAX;
    if (!is_coding || !weir__same(offer, identity)) return 0;
    return v.has_members ? 1 : WEIR_WEIGHT_MAX;
}

size_t weir_negotiate(const weir_field *fields, size_t count, weir_field_id id,
                      const weir_str *offers, size_t offer_count)
{
    size_t best = offer_count;
    unsigned best_weight = 0;
    for (size_t i = 0; i < offer_count; i++) {
        unsigned weight = weir_negotiate_weight(fields, count, id, offers[i]);
        if (weight <= best_weight) continue;
        best_weight = weight;
        best = i;
    }
    return best;
}
