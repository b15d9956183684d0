/* SPDX-License-Identifier: MIT */
/* handler.c - which handler answers which request. */
#include "demo.h"
#include "errors.h"
#include "handler.h"
#include "static.h"

enum {
    HANDLER_HOST_MAX = 1024, /* a host name has at most 255 octets, percent-encoded 765 */
};

/* RFC 6585 §5: 431 also where a single field is at fault. */
static void handler_long_host(weir_call *call, const weir_request *req)
{
    static const weir_error_facts why = {
        .sentence = "the Host field is longer than 1024 octets, and no host name is",
        .rfc = "RFC 6585 §5",
        .status = 431,
        .fault = WEIR_FAULT_LIMIT};

    (void)req;
    weir_errors_answer(call, why.status, &why);
}

static const weir_handler handler_of_long_hosts = {.begin = handler_long_host};

static bool handler_has_long_host(const weir_request *req)
{
    const weir_field *host = weir_fields_find(req->fields, req->field_count, WEIR_FIELD_HOST);

    return host != NULL && host->value.len > HANDLER_HOST_MAX;
}

/* A target of another scheme was meant for somebody else; one of "https" came where nothing keeps it from
 * being changed on its way (RFC 9110 §7.4). */
static void handler_misdirected(weir_call *call, const weir_request *req)
{
    (void)req;
    weir_errors_answer(call, 421, NULL);
}

static const weir_handler handler_of_others = {.begin = handler_misdirected};

static bool handler_is_ours(weir_str scheme, bool is_secure)
{
    static const weir_str http = WEIR_STR_INIT("http"), https = WEIR_STR_INIT("https");

    return scheme.len == 0 || weir_str_equal_nocase(scheme, http) ||
           (is_secure && weir_str_equal_nocase(scheme, https));
}

const weir_handler *weir_handler_find(const weir_site *site, const weir_request *req,
                                      bool is_secure)
{
    const weir_handler *demo = site->with_demo ? weir_demo_find(req) : NULL;

    if (handler_has_long_host(req)) return &handler_of_long_hosts;
    if (!handler_is_ours(req->parts.scheme, is_secure)) return &handler_of_others;
    return demo != NULL ? demo : &weir_static_handler;
}
