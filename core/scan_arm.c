/* SPDX-License-Identifier: MIT */
/* scan_arm.c - whole lines by the vector instructions of AArch64. */
#include "scan.h"

#if WEIR__BUILT(NEON)
#include <arm_neon.h>

#include "scan_tables.h"

/* The id of a name that ends at `stop`. Sixteen octets before that are the head's: a start line was
 * there. */
SCAN_ALWAYS weir_field_id scan_arm_name(const char *stop, unsigned len)
{
    uint8x16_t end =
        vandq_u8(vld1q_u8((const uint8_t *)(stop - 16)), vld1q_u8(scan_name_masks + (len & 31)));
    unsigned id = weir__field_slot(vgetq_lane_u64(vreinterpretq_u64_u8(end), 1), len);
    bool same = vminvq_u8(vceqq_u8(end, vld1q_u8(weir__fields.ends[id]))) != 0;
    if (!same || (len > 16 && !weir__field_begins_so(id, stop - len, len))) return WEIR_FIELD_OTHER;
    return (weir_field_id)id;
}
#define SCAN_NAME scan_arm_name

/* The path of "/"; what is longer has weir_target_parse() look at it. */
#define SCAN_PATH(p, len, end) ((void)(p), (void)(end), (len) == 1 ? 1u : 0u)

#include "scan_neon.h"

#else
typedef int weir__scan_arm_is_not_built;
#endif
