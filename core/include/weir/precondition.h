/* SPDX-License-Identifier: MIT */
/* weir/precondition.h - entity tags and conditional requests, in the RFC's order (RFC 9110 §8.8, §13). */
#ifndef WEIR_PRECONDITION_H
#define WEIR_PRECONDITION_H

#include "weir/head.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An entity tag: what stands between its quotes, and whether "W/" stands before (RFC 9110 §8.8.3). */
typedef struct {
    weir_str opaque;
    bool weak;
} weir_etag;

/* WEIR_OK, or WEIR_ERR_LIST where `text` is not exactly one entity tag, such as "abc" unquoted. */
weir_error weir_etag_parse(weir_str text, weir_etag *etag);

/* The two comparisons of RFC 9110 §8.8.3.2: strong ones are never equal to a weak tag. */
bool weir_etag_equal_strong(weir_etag a, weir_etag b);
bool weir_etag_equal_weak(weir_etag a, weir_etag b);

/* What the server knows of the selected representation. Zero-initialised: there is none. */
typedef struct {
    bool exists;       /* a representation is selected: "*" matches */
    bool has_etag;     /* `etag` is known */
    bool has_modified; /* `modified` is known, in seconds since 1970 */
    bool strong_date;  /* the date can be taken as a strong validator (RFC 9110 §8.8.2.2) */
    weir_etag etag;
    int64_t modified;
} weir_validators;

typedef enum {
    WEIR_CONDITION_GO_ON,        /* do what was asked */
    WEIR_CONDITION_NOT_MODIFIED, /* answer 304 */
    WEIR_CONDITION_FAILED,       /* answer 412 */
} weir_condition;

/*
 * Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in the order of
 * RFC 9110 §13.2.2. `now` decides the century of dates with two-digit years. A date that is none, or
 * is given twice, is ignored; a member of a list that is no entity tag matches nothing. Ask only
 * where without conditions the answer would be 2xx (§13.2.1).
 */
weir_condition weir_precondition_check(const weir_request *req, const weir_validators *v,
                                       int64_t now);

/* True when a Range is to be heard: no If-Range, or one that matches exactly (RFC 9110 §13.1.5). Two
 * of them match nothing. */
bool weir_if_range_check(const weir_request *req, const weir_validators *v, int64_t now);

#ifdef __cplusplus
}
#endif

#endif
