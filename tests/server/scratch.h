/* SPDX-License-Identifier: MIT */
/* scratch.h - takes a folder that a test made away again, with all that is in it. */
#ifndef WEIR_TEST_SCRATCH_H
#define WEIR_TEST_SCRATCH_H

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>

static inline int scratch_remove_one(const char *path, const struct stat *facts, int kind,
                                     struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

/* Links are removed, not followed. False: something is left. */
static inline bool scratch_remove(const char *folder)
{
    return nftw(folder, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0;
}

#endif
