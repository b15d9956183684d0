/* SPDX-License-Identifier: MIT */
/* value.h - the steps in which field values are read, for the modules that read particular ones. */
#ifndef WEIR__VALUE_H
#define WEIR__VALUE_H

#include "scan.h"
#include "weir/value.h"

/* Whitespace inside a value: OWS (RFC 9110 §5.6.3). */
static inline const char *weir__skip_blank(const char *p, const char *end)
{
    while (p != end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

/* Where the token at `p` ends; `p` itself where there is none. */
static inline const char *weir__token_end(const char *p, const char *end)
{
    return weir__scan_while(p, end, WEIR__TCHAR);
}

/* Where the token or quoted string at `p` ends. NULL: there is neither, and *fault is the octet (or
 * the end) that could not be. */
const char *weir__word_end(const char *p, const char *end, const char **fault);

/* As weir_list_next() and weir_param_next(); on an error *fault is where the octet at fault stands. */
weir_error weir__list_next(weir_str *list, weir_str *member, const char **fault);
weir_error weir__param_next(weir_str *params, weir_str *name, weir_str *value, const char **fault);

/* weir_str_equal_nocase(), out of line: what is asked in many places is kept small. */
bool weir__same(weir_str a, weir_str b);

/* The span between two places of one text. */
static inline weir_str weir__span(const char *begin, const char *end)
{
    return (weir_str){begin, (size_t)(end - begin)};
}

#endif
