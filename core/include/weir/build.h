/* SPDX-License-Identifier: MIT */
/* weir/build.h - facts to octets: heads, chunks, trailers; all or nothing (RFC 9112 §3-7). */
#ifndef WEIR_BUILD_H
#define WEIR_BUILD_H

#include "weir/framing.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Each appends to `out` and returns WEIR_OK; WEIR_SPACE when it does not fit and then has written
 * nothing, so that the call can be made again; or a WEIR_ERR_CALL_* when what it is given could
 * not be read back as the same facts, such as a value with CR LF in it. Nothing is written then
 * either. No name, value, reason or target can add a line.
 */

/*
 * A request head: request line, `fields` in their order, then what `f` says (from
 * weir_request_send_framing): Content-Length or Transfer-Encoding, Connection.
 */
weir_error weir_request_write(const weir_request *req, const weir_framing *f, weir_buf *out);

/*
 * A response head. `f` is from weir_response_send_framing; a response to HEAD and a 304 announce
 * `res->length` when it is known. 1xx and 204 never carry framing fields (RFC 9110 §8.6).
 * `keep_alive` adds "Connection: keep-alive", which HTTP/1.0 peers wait for.
 */
weir_error weir_response_write(const weir_response *res, const weir_framing *f, bool keep_alive,
                               weir_buf *out);

/* The line before a chunk of `len` octets, len > 0; "\r\n" goes behind them. */
weir_error weir_chunk_open_write(uint64_t len, weir_buf *out);
weir_error weir_chunk_close_write(weir_buf *out);

/* The last chunk, trailer fields, the empty line (RFC 9112 §7.1.2). */
weir_error weir_chunk_last_write(const weir_field *trailers, size_t count, weir_buf *out);

/* "name: value\r\n", checked. */
weir_error weir_field_write(weir_str name, weir_str value, weir_buf *out);

#ifdef __cplusplus
}
#endif

#endif
