/* SPDX-License-Identifier: MIT */
/* world_linux.h - the real world: epoll, the system's clocks, files beneath one folder. */
#ifndef WEIR_WORLD_LINUX_H
#define WEIR_WORLD_LINUX_H

#include "weir/transport.h"
#include "world.h"

/* Files beneath one folder. Fields are private to files_linux.c. */
typedef struct {
    int root;
    char root_path[4096];     /* as the system names it, to tell what lies beneath */
    bool without_openat2;     /* an old kernel, or one that forbids the call */
    int listed;               /* the folder being listed */
    uint64_t listed_to;       /* where the name behind the one given last is */
    size_t list_at, list_len; /* of the entries below */
    _Alignas(8) char list[32768];
} weir_files_linux;

/* One a process. Fields are private. */
typedef struct {
    weir_world world; /* pass &linux.world */
    int epoll, wake;
    bool quiet;
    weir_files_linux files;
} weir_world_linux;

/*
 * False: `why` has the step, and there is nothing to close. From here on SIGTERM and SIGINT raise
 * `stop`, and SIGPIPE is ignored; close puts the dispositions back.
 */
bool weir_world_linux_open(weir_world_linux *w, const char *root, bool quiet, weir_io_error *why);
void weir_world_linux_close(weir_world_linux *w);

/* files_linux.c: the calls on files of the table. */
bool weir_files_linux_open(weir_files_linux *f, const char *root, weir_io_error *why);
void weir_files_linux_close(weir_files_linux *f);
weir_file_result weir_files_linux_get(weir_files_linux *f, weir_str path, bool to_read, int *file,
                                      weir_file_facts *facts);
weir_file_result weir_files_linux_read(int file, uint64_t at, void *out, size_t len, size_t *got);
bool weir_files_linux_list(weir_files_linux *f, int file, uint64_t at);
bool weir_files_linux_list_next(weir_files_linux *f, weir_str *name, uint64_t *at);

#endif
