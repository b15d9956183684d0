/* SPDX-License-Identifier: MIT */
/* errors.h - answers that are not what was asked for: a status and a short text that says why. */
#ifndef WEIR_ERRORS_H
#define WEIR_ERRORS_H

#include "handler.h"

/* Answers as a whole. `why`: the rule that was broken, or NULL. */
void weir_errors_answer(weir_call *call, uint16_t status, const weir_error_facts *why);

/* 405 with what is allowed (RFC 9110 §15.5.6), such as "GET, HEAD". */
void weir_errors_not_allowed(weir_call *call, const char *allow);

/* 416 with the size that there is (RFC 9110 §15.5.17), as in "bytes *" "/5". */
void weir_errors_unsatisfiable(weir_call *call, const weir_field *content_range);

/* For a file that could not be opened. */
void weir_errors_file(weir_call *call, weir_file_result result);

#endif
