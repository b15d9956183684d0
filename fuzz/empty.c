/* SPDX-License-Identifier: MIT */
/*
 * Next to nothing: how fast the engine is by itself. What run.sh calls a harness's share is its speed
 * divided by this one's, in the same run. Harnesses are not instrumented, and an engine that sees nothing
 * of an input's way ends at once: hence the one call into the core.
 */
#include "support.h"

#include "weir/isa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    (void)weir_isa_name(WEIR_ISA_AUTO);
    return 0;
}
