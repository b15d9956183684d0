/* SPDX-License-Identifier: MIT */
/* listing.h - a page that lists a folder. */
#ifndef WEIR_LISTING_H
#define WEIR_LISTING_H

#include "handler.h"

/* Answers `call` by a page on `folder`, whose hold it takes over. `path` is relative to the root,
 * decoded, empty or with a slash at its end; it may lie in the call's memory. */
void weir_listing_begin(weir_call *call, weir_str path, weir_file *folder);

#endif
