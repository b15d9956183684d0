/* SPDX-License-Identifier: MIT */
/* fuzz/world_script.h - an input of server_world or tls_server, taken apart: commands, then what is
 * said. */
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
    const char *letters;  /* that are commands */
    weir_str streams[WORLD_CLIENTS];
    size_t stream_count; /* at least 1 */
} world_script;

/* Any octets are a script. `data` and `letters` live as long as it. */
world_script world_script_of(const char *data, size_t size, const char *letters);

/* The next command; false: there is none. Octets that are no part of a command are passed over. */
bool world_script_next(world_script *s, world_command *out);

/* What must be known before the script begins: the first command with each letter. */
typedef struct {
    world_command of[128]; /* letter 0: there is none */
} world_settings;

void world_script_settings(world_script s, world_settings *out);

#endif
