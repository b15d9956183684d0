/* SPDX-License-Identifier: MIT */
/* name_table.h - what name_table.c was made with: by core/gen/name_table.py, not to be
 * edited. */
#ifndef WEIR__NAME_TABLE_H
#define WEIR__NAME_TABLE_H

#define NAME_METHOD_LISTED 18
#define NAME_METHOD_MULTIPLIER UINT64_C(0x992a5514fae813a9)
#define NAME_METHOD_BITS 5
#define NAME_FIELD_LISTED 65
#define NAME_FIELD_MULTIPLIER UINT64_C(0x53b27df38fa982bb)
#define NAME_FIELD_BITS 8

#endif
