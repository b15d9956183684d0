/* SPDX-License-Identifier: MIT */
/* fuzz/tls_none.c - stands in for transports/tls*.c where the server is fuzzed without TLS, so that
 * no OpenSSL is needed and MemorySanitizer knows every octet. tls_server.c has the real one. */
#include "weir/tls.h"

#include <stdlib.h>

bool weir_tls_server_init(weir_tls *tls, weir_tls_context *context, weir_transport *below,
                          weir_io_error *why)
{
    (void)tls;
    (void)context;
    (void)below;
    (void)why;
    abort(); /* no listener of this world has a context */
}

weir_transport *weir_tls_detach(weir_tls *tls)
{
    (void)tls;
    abort();
}
