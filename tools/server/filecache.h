/* SPDX-License-Identifier: MIT */
/* filecache.h - files that are open, and the content of small ones kept for a moment. */
#ifndef WEIR_FILECACHE_H
#define WEIR_FILECACHE_H

#include "weir/date.h"
#include "world.h"

/* Files of up to that many octets are kept as a whole; room for a few hundred of them. */
#define WEIR_FILE_KEEP_MAX 16384
#define WEIR_FILE_SLOTS 256
#define WEIR_FILE_PATH_MAX 200 /* files with a longer path are not kept */

/* So many seconds after it was modified, a file's date stands for one content; a file system's clock may be
 * late. */
#define WEIR_FILE_SETTLED_S 2

/* How long what is kept is believed without a look, in milliseconds. */
#define WEIR_FILE_TRUST_MS 200

/* A file that is open, or kept. Everything is read-only for its users. */
typedef struct weir_file weir_file;
struct weir_file {
    weir_file_facts facts;
    const char *content; /* all of it, where it is kept; else NULL */
    int handle;          /* of the world's; -1 where it is kept */
    int descriptor;      /* for weir_transport_sendfile; -1: none */
    weir_str media;
    char etag[80]; /* a strong validator: when modified and changed, how long, which file */
    size_t etag_len;
    char modified[WEIR_DATE_BYTES]; /* as it is told, which may be earlier than it was */
    /* private */
    uint32_t holds;
    bool is_slot;
    weir_file *next_free;
    uint64_t checked_ms;
    size_t path_len;
    char path[WEIR_FILE_PATH_MAX];
};

typedef struct {
    weir_world *world;
    weir_file *slots;  /* WEIR_FILE_SLOTS, where a path's hash says; empty: path_len 0 */
    char *contents;    /* WEIR_FILE_KEEP_MAX for each of them */
    weir_file *others; /* the rest: open for as long as somebody holds them */
    size_t other_count, others_used; /* used: ever; memory behind them is untouched */
    weir_file *free;
} weir_filecache;

/* Room for `open_max` files that are open at a time. All memory is taken here. False: none left. */
bool weir_filecache_init(weir_filecache *c, weir_world *world, size_t open_max);
void weir_filecache_free(weir_filecache *c);

/*
 * Opens what is at `path`, relative to the root. On WEIR_FILE_OK *file is held once; each hold is
 * given back by weir_file_release. Folders are open too, for listing.
 */
weir_file_result weir_filecache_open(weir_filecache *c, weir_str path, uint64_t now_ms,
                                     int64_t wall_s, weir_file **file);

/* Holds it once more. */
void weir_file_hold(weir_file *file);

void weir_file_release(weir_filecache *c, weir_file *file);

#endif
