/* SPDX-License-Identifier: MIT */
/* fuzz/world_script.h - an input of server_world, taken apart: commands, then what clients say. */
#ifndef WEIR_FUZZ_WORLD_SCRIPT_H
#define WEIR_FUZZ_WORLD_SCRIPT_H

#include "weir/base.h"

enum {
    WORLD_CLIENTS = 12,
    WORLD_NUMBERS = 6, /* that a command may have */
};

/* A letter and the numbers behind it. */
typedef struct {
    char letter;
    bool is_last; /* of its line */
    size_t count;
    uint64_t n[WORLD_NUMBERS]; /* those that are not there are 0 */
} world_command;

typedef struct {
    const char *at, *end; /* commands that are not dealt with */
    weir_str streams[WORLD_CLIENTS];
    size_t stream_count; /* at least 1 */
} world_script;

/* Any octets are a script. `data` lives as long as it. */
world_script world_script_of(const char *data, size_t size);

/* The next command; false: there is none. Octets that are no part of a command are passed over. */
bool world_script_next(world_script *s, world_command *out);

/* What must be known before the script begins: the first number of the first command with that
 * letter. */
typedef struct {
    bool is_there;
    uint64_t n;
} world_setting;

/* One a letter; for other octets, there is none. */
typedef struct {
    world_setting of[128];
} world_settings;

void world_script_settings(world_script s, world_settings *out);

#endif
