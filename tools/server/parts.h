/* SPDX-License-Identifier: MIT */
/* parts.h - several ranges of a file as one answer: multipart/byteranges (RFC 9110 §14.6). */
#ifndef WEIR_PARTS_H
#define WEIR_PARTS_H

#include "handler.h"
#include "weir/range.h"

enum {
    WEIR_PARTS_MAX = 16, /* more ranges than that are answered with the whole file */
};

/*
 * Answers `call` by these ranges of `file`, whose hold it takes over. False: that would be no fewer
 * octets than the whole file is; nothing is done. `fields`: those that go out beside Content-Type.
 */
bool weir_parts_begin(weir_call *call, weir_file *file, const weir_range *ranges, size_t count,
                      const weir_field *fields, size_t field_count);

/* "bytes 0-9/1000", or with NULL for the range a star: no range lies in the file (RFC 9110 §14.4). */
bool weir_parts_content_range(weir_buf *out, const weir_range *range, uint64_t size);

#endif
