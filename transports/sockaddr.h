/* SPDX-License-Identifier: MIT */
/* sockaddr.h - private to transports/: between weir_address and what the system calls take. */
#ifndef WEIR_SOCKADDR_H
#define WEIR_SOCKADDR_H

#include <sys/socket.h>

#include "weir/acceptor.h"

/* Returns the length for bind(2) and connect(2). The family is IP4, IP6 or UNIX. */
socklen_t weir__address_to_sockaddr(const weir_address *address, struct sockaddr_storage *out);

/* An unknown family gives WEIR_FAMILY_NONE; an abstract Unix-domain name gives "". */
void weir__address_from_sockaddr(const struct sockaddr_storage *in, socklen_t len,
                                 weir_address *out);

/* AF_INET and so on; AF_UNSPEC for what is no socket's. */
int weir__address_domain(const weir_address *address);

/* What accept(2) failing with an errno means to a worker. */
weir_accept weir__accept_from_errno(int code);

/* Makes a descriptor non-blocking and close-on-exec; false with errno. */
bool weir__descriptor_prepare(int fd);

#endif
