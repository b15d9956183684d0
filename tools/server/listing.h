/* SPDX-License-Identifier: MIT */
/* listing.h - a page that lists a folder. */
#ifndef WEIR_LISTING_H
#define WEIR_LISTING_H

#include "handler.h"

/* True where a segment of the path begins with a dot: nothing of the kind is sent or listed, as
 * ".git" and ".env" are no content. ".well-known" beneath the root is meant to be seen (RFC 8615). */
bool weir_listing_is_hidden(weir_str path);

/* Answers `call` by a page on `folder`, whose hold it takes over. `path` is relative to the root,
 * decoded, empty or with a slash at its end; it may lie in the call's memory. */
void weir_listing_begin(weir_call *call, weir_str path, weir_file *folder);

#endif
