/* SPDX-License-Identifier: MIT */
/* What an outsider does with the transports: octets through memory, and a TLS context (which needs
 * OpenSSL to be linked). */
#include <stdio.h>
#include <string.h>

#include "weir/memory.h"
#include "weir/tls.h"

int main(void)
{
    static unsigned char buffers[2][64];
    weir_memory_options options[2];
    weir_memory_end a, b;
    char word[] = "weir", got[8];
    struct iovec part = {word, 4};
    size_t n = 0;

    memset(options, 0, sizeof options);
    for (int i = 0; i < 2; i++) {
        options[i].buffer = buffers[i];
        options[i].buffer_size = sizeof buffers[i];
    }
    weir_memory_join(&a, &options[0], &b, &options[1]);
    if (weir_transport_write(&a.transport, &part, 1, &n) != WEIR_IO_OK || n != 4) return 1;
    if (weir_transport_read(&b.transport, got, sizeof got, &n) != WEIR_IO_OK || n != 4) return 2;
    if (memcmp(got, word, 4) != 0) return 3;
    weir_transport_close(&a.transport);
    weir_transport_close(&b.transport);

    weir_tls_client_options tls;
    weir_io_error why;
    memset(&tls, 0, sizeof tls);
    weir_tls_context *context = weir_tls_client_context_create(&tls, &why);
    if (context == NULL) return 4;
    weir_tls_context_free(context);
    puts("transports: ok");
    return 0;
}
