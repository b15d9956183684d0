/* SPDX-License-Identifier: MIT */
/* limits.c - the default limits, and the check that none is turned off by being absurd. */
#include "weir/limits.h"

/* The shortest request: "GET / HTTP/1.0", its line end and the empty line. */
#define LIMITS_HEAD_BYTES_MIN (sizeof "GET / HTTP/1.0\r\n\r\n" - 1)

const weir_limits weir_limits_default = {
    .head_bytes_max = WEIR_HEAD_BYTES_DEFAULT,
    .method_bytes_max = 32,
    .target_bytes_max = 16384,
    .empty_lines_max = 4,
    .chunk_ext_bytes_max = 4096,
    .trailer_bytes_max = 8192,
    .payload_bytes_max = WEIR_LENGTH_HARD_MAX,
    .unread_bytes_max = 65536,
};

weir_error weir_limits_check(const weir_limits *limits)
{
    if (limits->head_bytes_max < LIMITS_HEAD_BYTES_MIN) return WEIR_ERR_CALL_OPTIONS;
    const uint32_t narrow[] = {limits->head_bytes_max,      limits->method_bytes_max,
                               limits->target_bytes_max,    limits->empty_lines_max,
                               limits->chunk_ext_bytes_max, limits->trailer_bytes_max};
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++)
        if (narrow[i] > WEIR_HEAD_BYTES_HARD_MAX) return WEIR_ERR_CALL_OPTIONS;
    if (limits->payload_bytes_max > WEIR_LENGTH_HARD_MAX) return WEIR_ERR_CALL_OPTIONS;
    if (limits->unread_bytes_max > WEIR_LENGTH_HARD_MAX) return WEIR_ERR_CALL_OPTIONS;
    return WEIR_OK;
}
