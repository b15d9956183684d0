/* SPDX-License-Identifier: MIT */
/* fuzz/tls_toy.h - what stands in for TLS where the server is fuzzed without OpenSSL. */
#ifndef WEIR_FUZZ_TLS_TOY_H
#define WEIR_FUZZ_TLS_TOY_H

#include "weir/tls.h"

/* What each side says first; then octets pass as they are. */
#define TLS_TOY_HELLO "TLS\n"

/* The one context there is. */
weir_tls_context *tls_toy_context(void);

#endif
