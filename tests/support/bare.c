/* SPDX-License-Identifier: MIT */
/* bare.c - the core without any libc: what it asks for, a request through it, and out. */
#include "weir/conn.h"

/* All that a freestanding program owes a compiler, and the core (C11 §4; docs/embedding.md). */
void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    while (n-- > 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    if (t < f) return memcpy(to, from, n);
    while (n-- > 0)
        t[n] = f[n];
    return to;
}

void *memset(void *to, int c, size_t n)
{
    unsigned char *t = to;
    while (n-- > 0)
        *t++ = (unsigned char)c;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    for (; n > 0; n--, p++, q++)
        if (*p != *q) return *p < *q ? -1 : 1;
    return 0;
}

void *memchr(const void *in, int c, size_t n)
{
    const unsigned char *p = in;
    for (; n > 0; n--, p++)
        if (*p == (unsigned char)c) return (void *)(uintptr_t)p;
    return NULL;
}

/* A request with a payload in chunks is read and answered. */
static bool bare_exchange(void)
{
    static const char in[] = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "5;a=b\r\nhello\r\n0\r\n\r\n";
    static const char wanted[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    weir_conn conn;
    weir_field fields[8];
    char bytes[128], payload[8];
    weir_buf out = {bytes, 0, sizeof bytes};
    weir_event ev = {.type = WEIR_EVENT_NONE};
    size_t at = 0, used, taken, have = 0;
    if (weir_conn_init(&conn, WEIR_SERVER, NULL) != WEIR_OK) return false;
    weir_conn_fields(&conn, fields, 8);
    while (ev.type != WEIR_EVENT_END) {
        if (weir_conn_next(&conn, in + at, sizeof in - 1 - at, &used, NULL, &ev) != WEIR_OK)
            return false;
        at += used;
        if (ev.type != WEIR_EVENT_PAYLOAD) continue;
        if (ev.payload.len > sizeof payload - have) return false;
        memcpy(payload + have, ev.payload.p, ev.payload.len);
        have += ev.payload.len;
    }
    const weir_response res = {.status = 200, .length = have};
    return weir_conn_respond(&conn, ev.exchange, &out, &res) == WEIR_OK &&
           weir_conn_send(&conn, ev.exchange, &out, payload, have, &taken) == WEIR_OK &&
           taken == have && weir_conn_finish(&conn, ev.exchange, &out, NULL, 0) == WEIR_OK &&
           at == sizeof in - 1 && out.len == sizeof wanted - 1 &&
           memcmp(bytes, wanted, out.len) == 0;
}

/* Linux alone; elsewhere it links, which is what matters. */
static _Noreturn void bare_exit(int status)
{
#if defined(__x86_64__)
    __asm__ volatile("syscall" ::"a"(60L), "D"((long)status) : "rcx", "r11", "memory");
#elif defined(__i386__)
    __asm__ volatile("int $0x80" ::"a"(1), "b"(status) : "memory");
#elif defined(__aarch64__)
    register long x0 __asm__("x0") = status;
    register long x8 __asm__("x8") = 93;
    __asm__ volatile("svc 0" ::"r"(x0), "r"(x8) : "memory");
#elif defined(__s390x__)
    register long r2 __asm__("2") = status;
    __asm__ volatile("svc 1" ::"d"(r2) : "memory");
#else
    (void)status;
#endif
    for (;;) {
    }
}

void bare_start(void);
#if defined(__x86_64__) || defined(__i386__)
__attribute__((force_align_arg_pointer))
#endif
void bare_start(void)
{
    bare_exit(bare_exchange() ? 0 : 1);
}
