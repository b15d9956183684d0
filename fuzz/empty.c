/* SPDX-License-Identifier: MIT */
/*
 * Nothing at all: how fast the engine is by itself. What run.sh calls a harness's share is its speed
 * divided by this one's, in the same run.
 */
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}
