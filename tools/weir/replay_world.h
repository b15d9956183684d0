/* SPDX-License-Identifier: MIT */
/* replay_world.h - the world of a recorded connection: the reference server meets the same client
 * again, with each read, write and tick of the clock as it was. */
#ifndef WEIR_REPLAY_WORLD_H
#define WEIR_REPLAY_WORLD_H

#include "recording.h"
#include "server.h"
#include "tap.h"
#include "world_linux.h"

typedef struct weir_replay weir_replay;

/* Who watches. Spans live until the call returns. */
typedef struct {
    void (*record)(weir_replay *r, const weir_record *record); /* what happens to it, but writes */
    void (*event)(weir_replay *r, size_t used, const weir_event *ev);
    void (*wrote)(weir_replay *r, const struct iovec *parts, size_t count, size_t len);
} weir_replay_watcher;

/* Fields but the first and the last few are private. */
struct weir_replay {
    weir_world world;
    weir_acceptor acceptor;
    weir_transport transport;
    weir_tap tap;
    const weir_replay_watcher *watcher;
    weir_files_linux files;
    weir_recording recording;
    weir_record next; /* of the recording, while has_next */
    bool has_next, was_waited_for;
    size_t read_at;  /* octets of `next` that were read */
    uint64_t now_ms; /* since the beginning */
    int64_t wall_s;
    unsigned interest, stop, idle_turns;
    uint32_t acceptor_token, token;
    bool is_acceptor_watched, is_accepted;
    weir_io over; /* what reads and writes say from now on; OK: nothing */
    uint64_t sum;

    /* What came of it. */
    uint64_t written, recorded; /* octets; recorded: up to the last write that was */
    uint64_t same;              /* the output is the same up to there, if not is_same */
    bool is_same;               /* the output is what it was when it was recorded */
    bool is_full;               /* the recording ended early */
};

/*
 * Serves the recorded connection again with files beneath `root`. The recording must be valid to its
 * end (weir_recording_next). False: `why` says why the folder cannot be opened.
 */
bool weir_replay_run(weir_replay *r, const char *root, const char *octets, size_t len,
                     const weir_replay_watcher *watcher, weir_io_error *why);

#endif
