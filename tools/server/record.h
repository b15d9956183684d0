/* SPDX-License-Identifier: MIT */
/* record.h - a tap that writes each connection to a file of its own, for `weir replay`. */
#ifndef WEIR_RECORD_H
#define WEIR_RECORD_H

#include "recording.h"
#include "tap.h"

enum {
    WEIR_RECORDINGS_MAX = 1000, /* files in one folder: 0001.weir to 1000.weir, never replaced */
    WEIR_RECORDER_READ_MAX = 32768,
};

typedef struct weir_record_stream weir_record_stream;

/*
 * What is recorded is what came behind TLS, in the form of recording.h, each octet before the engine
 * sees it; unless facts.has_secrets, blanked as blank.h says. Whatever fails, connections are served
 * all the same. Where a file cannot be made, that is said once. Where one cannot be written, or as
 * many as may be are there, that is said, and it was the last.
 *
 * Fields are private; pass &recorder.tap to the server. Each process has its own copy after a fork:
 * several of them share a folder, and its numbers.
 */
typedef struct {
    weir_tap tap;
    weir_recording_facts facts;
    int folder;
    unsigned next; /* the number to try next */
    bool is_stopped, has_told;
    weir_record_stream *free;
    char octets[WEIR_RECORDER_READ_MAX]; /* a copy to blank */
} weir_recorder;

/*
 * Records into the folder that is open as `folder`, which stays the caller's, what a server with
 * these facts does; facts.is_secure is found out for each connection.
 */
void weir_recorder_init(weir_recorder *r, int folder, const weir_recording_facts *facts);

/* Gives memory back. No connection that it records may be open. */
void weir_recorder_free(weir_recorder *r);

#endif
