/* SPDX-License-Identifier: MIT */
/* errors.c - short plain texts for statuses from 400 on. */
#include "errors.h"
#include "text.h"

static const char *errors_sentence(uint16_t status)
{
    switch (status) {
    case 400: return "The request cannot be understood.";
    case 403: return "The server may not or will not send this.";
    case 404: return "There is nothing by this name.";
    case 405: return "This method is not for this resource; the Allow field names those that are.";
    case 412: return "A condition of the request does not hold.";
    case 416:
        return "None of the ranges lies in what there is; Content-Range says how much that is.";
    case 421: return "The request was meant for another server.";
    case 500: return "The server could not read what you asked for.";
    case 501: return "This server does not know that method.";
    case 503: return "The server is busy. Try again in a moment.";
    default: return "The request was refused.";
    }
}

/* The whole answer; `extra` is a field beside the usual ones, or NULL. */
static void errors_answer(weir_call *call, uint16_t status, const weir_error_facts *why,
                          const weir_field *extra)
{
    char text[512];
    weir_buf body = {text, 0, sizeof text};
    weir_field fields[2] = {weir_call_field(WEIR_FIELD_CONTENT_TYPE,
                                            (weir_str)WEIR_STR_INIT("text/plain; charset=utf-8"))};

    (void)weir_text_number(&body, status);
    (void)weir_text_put(&body, " ");
    (void)weir_text_span(&body, weir_status_reason(status));
    (void)weir_text_put(&body, "\n");
    (void)weir_text_put(&body, why != NULL ? why->sentence : errors_sentence(status));
    if (why != NULL && *why->rfc != '\0') {
        (void)weir_text_put(&body, " (");
        (void)weir_text_put(&body, why->rfc);
        (void)weir_text_put(&body, ")");
    }
    (void)weir_text_put(&body, "\n");
    if (extra != NULL) fields[1] = *extra;
    weir_response res = {.status = status,
                         .fields = fields,
                         .field_count = extra != NULL ? 2 : 1,
                         .length = body.len};
    weir_call_respond(call, &res);
    (void)weir_call_send(call, body.p, body.len); /* there is room for an answer */
    (void)weir_call_finish(call, NULL, 0);
}

void weir_errors_answer(weir_call *call, uint16_t status, const weir_error_facts *why)
{
    static const weir_str soon = WEIR_STR_INIT("1");
    weir_field retry = weir_call_field(WEIR_FIELD_RETRY_AFTER, soon);

    errors_answer(call, status, why, status == 503 ? &retry : NULL);
}

void weir_errors_not_allowed(weir_call *call, const char *allow)
{
    weir_field field = weir_call_field(WEIR_FIELD_ALLOW, weir_str_of(allow));

    errors_answer(call, 405, NULL, &field);
}

void weir_errors_unsatisfiable(weir_call *call, const weir_field *content_range)
{
    errors_answer(call, 416, NULL, content_range);
}

void weir_errors_file(weir_call *call, weir_file_result result)
{
    switch (result) {
    case WEIR_FILE_OK:
    case WEIR_FILE_NONE: weir_errors_answer(call, 404, NULL); return;
    case WEIR_FILE_DENIED: weir_errors_answer(call, 403, NULL); return;
    case WEIR_FILE_FULL: weir_errors_answer(call, 503, NULL); return;
    case WEIR_FILE_FAILED: break;
    }
    weir_log(call->site->world, true, "a file could not be read");
    weir_errors_answer(call, 500, NULL);
}
