/* SPDX-License-Identifier: MIT */
/* demo.h - small dynamic resources that show the handler interface: POST /, /echo, /cookie. */
#ifndef WEIR_DEMO_H
#define WEIR_DEMO_H

#include "handler.h"

/* The handler for a request, or NULL where it is for none of them. */
const weir_handler *weir_demo_find(const weir_request *req);

#endif
