/* SPDX-License-Identifier: MIT */
/* handler.c - which handler answers which request. */
#include "demo.h"
#include "errors.h"
#include "handler.h"
#include "static.h"

/* A target of another scheme was meant for somebody else (RFC 9110 §7.4). */
static void handler_misdirected(weir_call *call, const weir_request *req)
{
    (void)req;
    weir_errors_answer(call, 421, NULL);
}

static const weir_handler handler_of_others = {.begin = handler_misdirected};

static bool handler_is_ours(weir_str scheme)
{
    static const weir_str http = WEIR_STR_INIT("http"), https = WEIR_STR_INIT("https");

    return scheme.len == 0 || weir_str_equal_nocase(scheme, http) ||
           weir_str_equal_nocase(scheme, https);
}

const weir_handler *weir_handler_find(const weir_site *site, const weir_request *req)
{
    const weir_handler *demo = site->with_demo ? weir_demo_find(req) : NULL;

    if (!handler_is_ours(req->parts.scheme)) return &handler_of_others;
    return demo != NULL ? demo : &weir_static_handler;
}
