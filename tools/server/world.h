/* SPDX-License-Identifier: MIT */
/* world.h - all that the server asks of its surroundings: readiness, time, files, a word to say. */
#ifndef WEIR_WORLD_H
#define WEIR_WORLD_H

#include "weir/base.h"

/* What is watched for. */
enum {
    WEIR_WATCH_READ = 1,
    WEIR_WATCH_WRITE = 2,
    WEIR_WATCH_SHARED = 4, /* other workers watch it too: wake one of them; cannot be changed */
};

/* A handle that is ready. Both bits are set where the connection is gone. */
typedef struct {
    uint32_t token;
    bool readable, writable;
} weir_ready;

typedef enum {
    WEIR_FILE_OK,
    WEIR_FILE_NONE,   /* no such file */
    WEIR_FILE_DENIED, /* not readable, outside of the root, or neither file nor folder */
    WEIR_FILE_FULL,   /* out of descriptors or memory: a later try may succeed */
    WEIR_FILE_FAILED, /* the storage failed */
} weir_file_result;

/* What is known of a file. Two equal facts: the same file with the same content. */
typedef struct {
    uint64_t size;
    int64_t modified_s, changed_s;
    uint32_t modified_ns, changed_ns;
    uint64_t identity, device;
    bool is_folder; /* else it is a regular file: there is nothing else */
} weir_file_facts;

typedef struct weir_world weir_world;

/*
 * The table. Readiness is level-triggered: what is still ready is told again. No call waits but
 * `wait`, and files, which are thought to be local.
 */
typedef struct {
    /* False: out of memory or watches. */
    bool (*watch)(weir_world *w, int handle, unsigned interest, uint32_t token);
    bool (*change)(weir_world *w, int handle, unsigned interest, uint32_t token);
    /* is_closing: the handle is closed next, which may end the watch by itself. */
    void (*unwatch)(weir_world *w, int handle, bool is_closing);
    /* Sleeps until something is ready, `timeout_ms` have passed (negative: for ever), or `stop` has
     * risen. Returns how many of `ready` are filled. */
    size_t (*wait)(weir_world *w, int64_t timeout_ms, weir_ready *ready, size_t max);
    uint64_t (*now_ms)(weir_world *w); /* never goes back */
    int64_t (*wall_s)(weir_world *w);  /* seconds since 1970 UTC */
    unsigned (*stop)(weir_world *w);   /* 0: go on; 1: let what is in flight finish; 2: end now */

    /* `path` is relative to the root, decoded, without a NUL; "" is the root itself. */
    weir_file_result (*open)(weir_world *w, weir_str path, int *file, weir_file_facts *facts);
    weir_file_result (*look)(weir_world *w, weir_str path, weir_file_facts *facts);
    /* OK with *got 0: the file ends at or before `at`. */
    weir_file_result (*read)(weir_world *w, int file, uint64_t at, void *out, size_t len,
                             size_t *got);
    int (*descriptor)(weir_world *w, int file); /* for weir_transport_sendfile; -1: none */
    void (*close)(weir_world *w, int file);
    /* Lists a folder: `list_next` gives a name until it is false, "." and ".." left out, in no
     * order, and in *at where the one after it is. `list` begins at 0, or goes on from such a place,
     * whatever other folders were listed in between. The name lives until the next call. */
    bool (*list)(weir_world *w, int file, uint64_t at);
    bool (*list_next)(weir_world *w, weir_str *name, uint64_t *at);

    /* A line for the operator, without its line end. */
    void (*log)(weir_world *w, bool is_error, const char *text);
} weir_world_ops;

/* The first member of every world's struct. */
struct weir_world {
    const weir_world_ops *ops;
};

/* The same file with the same content, as far as one can see from outside. */
bool weir_file_facts_equal(const weir_file_facts *a, const weir_file_facts *b);

/* printf for the operator, cut at 500 octets. */
void weir_log(weir_world *w, bool is_error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
