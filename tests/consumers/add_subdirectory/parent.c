/* SPDX-License-Identifier: MIT */
/* The parent's own style: it converts as it likes, and its flag is seen. */
#include "weir/conn.h"
#include "weir/transport.h"

#if !defined(PARENT_FLAG)
#error the flags of the parent are lost
#endif

int parent_code(long n);

int parent_code(long n)
{
    short narrow = n;
    return narrow;
}
