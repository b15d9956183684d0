/* SPDX-License-Identifier: MIT */
/* address.c - addresses as text and as the system's structs. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "sockaddr.h"
#include "weir/address.h"

_Static_assert(sizeof((struct sockaddr_un *)0)->sun_path > WEIR_ADDRESS_PATH_MAX,
               "a path and its NUL fit struct sockaddr_un");

/* Decimal digits alone, at most `max`: no sign, no space, no hexadecimal, as strtoul() has them. */
static bool address_number(const char *text, size_t len, uint32_t max, uint32_t *out)
{
    uint64_t value = 0;

    if (len == 0 || len > 10) return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (value > max) return false;
    *out = (uint32_t)value;
    return true;
}

static bool address_unix(const char *path, weir_address *out)
{
    size_t len = strlen(path);

    if (len == 0 || len > WEIR_ADDRESS_PATH_MAX) return false;
    *out = (weir_address){.family = WEIR_FAMILY_UNIX};
    memcpy(out->path, path, len + 1);
    return true;
}

/* host, len: what stands before the last colon; brackets say that it is IPv6. */
static bool address_ip(const char *host, size_t len, uint16_t port, weir_address *out)
{
    weir_address address = {.family = WEIR_FAMILY_IP4, .port = port};
    char text[INET6_ADDRSTRLEN];

    if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
        address.family = WEIR_FAMILY_IP6;
        host++;
        len -= 2;
        const char *scope = memchr(host, '%', len);
        if (scope != NULL) {
            size_t scope_len = len - (size_t)(scope - host) - 1;
            if (!address_number(scope + 1, scope_len, UINT32_MAX, &address.scope)) return false;
            len = (size_t)(scope - host);
        }
    }
    if (len >= sizeof text) return false;
    memcpy(text, host, len);
    text[len] = '\0';
    int domain = address.family == WEIR_FAMILY_IP6 ? AF_INET6 : AF_INET;
    if (inet_pton(domain, text, address.ip) != 1) return false;
    *out = address;
    return true;
}

bool weir_address_parse(const char *text, weir_address *out)
{
    uint32_t port;

    if (strncmp(text, "unix:", 5) == 0) return address_unix(text + 5, out);
    const char *colon = strrchr(text, ':');
    if (colon == NULL) return false;
    if (!address_number(colon + 1, strlen(colon + 1), UINT16_MAX, &port)) return false;
    return address_ip(text, (size_t)(colon - text), (uint16_t)port, out);
}

char *weir_address_text(const weir_address *address, char *buf, size_t size)
{
    char ip[INET6_ADDRSTRLEN] = "";
    char scope[16] = "";

    switch (address->family) {
    case WEIR_FAMILY_IP4:
        (void)inet_ntop(AF_INET, address->ip, ip, sizeof ip);
        (void)snprintf(buf, size, "%s:%u", ip, (unsigned)address->port);
        return buf;
    case WEIR_FAMILY_IP6:
        (void)inet_ntop(AF_INET6, address->ip, ip, sizeof ip);
        if (address->scope != 0)
            (void)snprintf(scope, sizeof scope, "%%%lu", (unsigned long)address->scope);
        (void)snprintf(buf, size, "[%s%s]:%u", ip, scope, (unsigned)address->port);
        return buf;
    case WEIR_FAMILY_UNIX: (void)snprintf(buf, size, "unix:%s", address->path); return buf;
    case WEIR_FAMILY_MEMORY:
        (void)snprintf(buf, size, "memory:%u", (unsigned)address->port);
        return buf;
    case WEIR_FAMILY_NONE: break;
    }
    (void)snprintf(buf, size, "unknown");
    return buf;
}

bool weir_address_is_equal(const weir_address *a, const weir_address *b)
{
    return a->family == b->family && a->port == b->port && a->scope == b->scope &&
           memcmp(a->ip, b->ip, sizeof a->ip) == 0 && strcmp(a->path, b->path) == 0;
}

int weir__address_domain(const weir_address *address)
{
    switch (address->family) {
    case WEIR_FAMILY_IP4: return AF_INET;
    case WEIR_FAMILY_IP6: return AF_INET6;
    case WEIR_FAMILY_UNIX: return AF_UNIX;
    case WEIR_FAMILY_MEMORY:
    case WEIR_FAMILY_NONE: break;
    }
    return AF_UNSPEC;
}

/* By memcpy() both ways: the storage is declared as one type and read as another. */
socklen_t weir__address_to_sockaddr(const weir_address *address, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (address->family == WEIR_FAMILY_IP4) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(address->port)};
        memcpy(&in.sin_addr, address->ip, sizeof in.sin_addr);
        memcpy(out, &in, sizeof in);
        return sizeof in;
    }
    if (address->family == WEIR_FAMILY_IP6) {
        struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(address->port)};
        in.sin6_scope_id = address->scope;
        memcpy(&in.sin6_addr, address->ip, sizeof in.sin6_addr);
        memcpy(out, &in, sizeof in);
        return sizeof in;
    }
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    memcpy(un.sun_path, address->path, sizeof address->path);
    memcpy(out, &un, sizeof un);
    return sizeof un;
}

void weir__address_from_sockaddr(const struct sockaddr_storage *in, socklen_t len,
                                 weir_address *out)
{
    *out = (weir_address){.family = WEIR_FAMILY_NONE};
    if (in->ss_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in ip;
        memcpy(&ip, in, sizeof ip);
        out->family = WEIR_FAMILY_IP4;
        out->port = ntohs(ip.sin_port);
        memcpy(out->ip, &ip.sin_addr, sizeof ip.sin_addr);
    } else if (in->ss_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 ip;
        memcpy(&ip, in, sizeof ip);
        out->family = WEIR_FAMILY_IP6;
        out->port = ntohs(ip.sin6_port);
        out->scope = ip.sin6_scope_id;
        memcpy(out->ip, &ip.sin6_addr, sizeof ip.sin6_addr);
    } else if (in->ss_family == AF_UNIX) {
        size_t at = offsetof(struct sockaddr_un, sun_path);
        size_t path_len = len > at ? len - at : 0;
        if (path_len > WEIR_ADDRESS_PATH_MAX) path_len = WEIR_ADDRESS_PATH_MAX;
        out->family = WEIR_FAMILY_UNIX;
        memcpy(out->path, (const unsigned char *)in + at, path_len);
        out->path[path_len] = '\0'; /* the system need not put one */
    }
}
