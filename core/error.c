/* SPDX-License-Identifier: MIT */
/* error.c - the table behind weir_error_info(), made of the list in error.h. */
#include "weir/error.h"

#define ERROR_FACTS(code, fault, status, rfc, sentence) \
    [WEIR_##code] = {#code, sentence, rfc, status, WEIR_FAULT_##fault},
static const weir_error_facts error_facts[WEIR_ERROR_COUNT] = {WEIR_ERRORS(ERROR_FACTS)};
#undef ERROR_FACTS

const weir_error_facts *weir_error_info(weir_error error)
{
    size_t i = (size_t)error; /* a negative number becomes a large one */
    return &error_facts[i < WEIR_ERROR_COUNT ? i : WEIR_ERR_CALL_ORDER];
}
