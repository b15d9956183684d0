/* SPDX-License-Identifier: MIT */
/* support.h - what the tests of the transports share: descriptors counted, certificates made. */
#ifndef TESTS_TRANSPORTS_SUPPORT_H
#define TESTS_TRANSPORTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "weir/transport.h"

/* How many descriptors this process has open. */
int support_descriptors(void);

/* Setup and teardown that fail when a test leaves a descriptor open, or closes one too many. */
int support_count_descriptors(void **state);
int support_check_descriptors(void **state);

/* Whether this machine can bind ::1. Who gets false calls skip(): never a silent pass. */
bool support_has_ip6(void);

/* A fresh folder under TMPDIR; gone again, with the files named, by support_remove_folder(). */
void support_make_folder(char *buf, size_t size);
void support_remove_folder(const char *folder);
char *support_path(char *buf, size_t size, const char *folder, const char *name);
void support_write_file(const char *path, const char *text, size_t len);

/* The same numbers for the same seed, on every machine. */
uint32_t support_random(uint64_t *state);

/* An allocated copy of an address' text, compared with what is expected. */
void support_expect_address(const weir_address *address, const char *text);

/* A certificate and its key in PEM. Allocated. */
typedef struct support_certificate {
    char *chain, *key;
} support_certificate;

typedef struct support_ca support_ca;

support_ca *support_ca_make(const char *name);
const char *support_ca_pem(const support_ca *ca);
void support_ca_free(support_ca *ca);

/* names: a subjectAltName as OpenSSL writes it, such as "DNS:a.example,IP:127.0.0.1". */
support_certificate support_certificate_make(const support_ca *ca, const char *names);
void support_certificate_free(support_certificate *certificate);

#endif
