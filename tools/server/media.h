/* SPDX-License-Identifier: MIT */
/* media.h - which media type a file has, by the end of its name. */
#ifndef WEIR_MEDIA_H
#define WEIR_MEDIA_H

#include "weir/base.h"

/* Of the file at `path`; "application/octet-stream" where nothing is known. Case of the extension
 * does not matter. Static. Texts are said to be UTF-8. */
weir_str weir_media_type(weir_str path);

#endif
