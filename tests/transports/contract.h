/* SPDX-License-Identifier: MIT */
/* contract.h - the contract of weir/transport.h as tests that run over every backend. */
#ifndef TESTS_TRANSPORTS_CONTRACT_H
#define TESTS_TRANSPORTS_CONTRACT_H

#include "support.h"
#include "weir/listener.h"
#include "weir/memory.h"
#include "weir/tls.h"

enum {
    CONTRACT_BUFFER = 65536,
    CONTRACT_CHUNKS = 64
};

typedef struct contract_backend contract_backend;

/* Two ends of one stream. A test talks from `a` to `b`; which of them is the server varies. */
typedef struct contract_pair {
    const contract_backend *backend;
    weir_transport *a, *b;
    weir_transport *client, *server;
    /* Memory of the backends. */
    weir_accept_slot below_client, below_server;
    weir_memory_end memory_client, memory_server;
    weir_memory_faults client_faults, server_faults;
    size_t buffer_size;
    uint64_t now;
    weir_tls tls_client, tls_server;
    unsigned char client_buffer[CONTRACT_BUFFER], server_buffer[CONTRACT_BUFFER];
    weir_memory_chunk client_chunks[CONTRACT_CHUNKS], server_chunks[CONTRACT_CHUNKS];
} contract_pair;

/* How a backend opens its two ends. False: not on this machine. */
struct contract_backend {
    const char *name;
    bool (*open_below)(contract_pair *pair);
    bool is_memory, is_secure;
    int tls_version; /* the newest that the client offers; 0: the newest there is */
    bool has_sendfile;
};

/* Opens both ends, `a` being the server where `swap` says so, and gets them ready. */
bool contract_open(contract_pair *pair, const contract_backend *backend, bool swap);
void contract_close(contract_pair *pair);

/* What the TLS tests share with this file. */
void contract_make_contexts(void);
void contract_free_contexts(void);

/* Every test over one backend. Returns how many failed. */
int contract_run(const contract_backend *backend);

/* `seeds` schedules of faults over a backend in memory. */
int contract_run_seeds(const contract_backend *backend, uint64_t seeds);

/* Both ends in memory with the pair's faults, buffers and clock. */
bool contract_open_memory(contract_pair *pair);

#endif
