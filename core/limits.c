/* SPDX-License-Identifier: MIT */
/* limits.c - the default limits, and the check that none is turned off by being absurd. */
#include "weir/limits.h"

/* The shortest request: "GET / HTTP/1.0", its line end and the empty line. */
#define LIMITS_HEAD_BYTES_MIN (sizeof "GET / HTTP/1.0\r\n\r\n" - 1)

const weir_limits weir_limits_default = {
    .head_bytes_max = WEIR_HEAD_BYTES_DEFAULT,
    .method_bytes_max = 32,
    .target_bytes_max = 16384,
    .line_bytes_max = 24576,
    .empty_lines_max = 4,
    .chunk_ext_bytes_max = 4096,
    .chunk_ext_line_bytes_max = 1024,
    .trailer_bytes_max = 8192,
    .trailers_max = 64,
    .payload_bytes_max = WEIR_LENGTH_HARD_MAX,
    .unread_bytes_max = 65536,
};

weir_error weir_limits_check(const weir_limits *limits)
{
    if (limits->head_bytes_max < LIMITS_HEAD_BYTES_MIN) return WEIR_ERR_CALL_OPTIONS;
    const uint32_t narrow[] = {
        limits->head_bytes_max,           limits->method_bytes_max,  limits->target_bytes_max,
        limits->line_bytes_max,           limits->empty_lines_max,   limits->chunk_ext_bytes_max,
        limits->chunk_ext_line_bytes_max, limits->trailer_bytes_max, limits->trailers_max};
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++)
        if (narrow[i] > WEIR_HEAD_BYTES_HARD_MAX) return WEIR_ERR_CALL_OPTIONS;
    if ((limits->allow & ~(uint32_t)WEIR_ALLOW_TOLERANT) != 0) return WEIR_ERR_CALL_OPTIONS;
    if (limits->payload_bytes_max > WEIR_LENGTH_HARD_MAX) return WEIR_ERR_CALL_OPTIONS;
    if (limits->unread_bytes_max > WEIR_LENGTH_HARD_MAX) return WEIR_ERR_CALL_OPTIONS;
    return WEIR_OK;
}

bool weir_profile_find(weir_str name, uint32_t *allow)
{
    bool tolerant = weir_str_equal(name, weir_str_of("tolerant"));
    if (!tolerant && !weir_str_equal(name, weir_str_of("strict"))) return false;
    *allow = tolerant ? WEIR_ALLOW_TOLERANT : 0;
    return true;
}

const char *weir_allow_name(uint32_t bit)
{
    switch (bit) {
    case WEIR_ALLOW_BARE_LF: return "bare-lf";
    case WEIR_ALLOW_SPACE_BEFORE_COLON: return "space-before-colon";
    case WEIR_ALLOW_NO_REASON: return "no-reason";
    case WEIR_ALLOW_RAW_QUERY: return "raw-query";
    default: return "";
    }
}
