/* SPDX-License-Identifier: MIT */
/* static.h - the files beneath the root: GET and HEAD, index.html, folders. */
#ifndef WEIR_STATIC_H
#define WEIR_STATIC_H

#include "handler.h"

extern const weir_handler weir_static_handler;

#endif
