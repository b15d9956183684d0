/* SPDX-License-Identifier: MIT */
/* fuzz/replay.c - a harness as a plain program: runs it over files, with any compiler.
 *
 *   replay_<name> FILE|FOLDER...
 *
 * Folders are walked in order of name. Each input is named before it runs, so that the last name is
 * the culprit. The status is not 0 when no input was found, or one could not be read. */
#define _POSIX_C_SOURCE 200809L
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool replay_failed(const char *path, const char *what)
{
    fprintf(stderr, "replay: %s: ", what);
    perror(path);
    return false;
}

static bool replay_file(const char *path, size_t *count)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) return replay_failed(path, "open");
    text input = {0};
    char part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof part, f)) > 0)
        text_add(&input, part, got);
    bool is_read = !ferror(f);
    fclose(f);
    if (is_read) {
        printf("%s\n", path);
        fflush(stdout);
        char *copy = copy_exact(input.p, input.len);
        LLVMFuzzerTestOneInput((const uint8_t *)copy, input.len);
        copy_free(copy, input.len);
        ++*count;
    }
    text_free(&input);
    return is_read ? true : replay_failed(path, "read");
}

static bool replay_path(const char *path, size_t *count);

static bool replay_folder(const char *path, size_t *count)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);
    if (n < 0) return replay_failed(path, "list");
    bool ok = true;
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.') {
            text child = {0};
            text_word(&child, path);
            text_word(&child, "/");
            text_add(&child, entries[i]->d_name, strlen(entries[i]->d_name) + 1);
            ok = replay_path(child.p, count) && ok;
            text_free(&child);
        }
        free(entries[i]);
    }
    free(entries);
    return ok;
}

static bool replay_path(const char *path, size_t *count)
{
    struct stat st;
    if (stat(path, &st) != 0) return replay_failed(path, "look at");
    return S_ISDIR(st.st_mode) ? replay_folder(path, count) : replay_file(path, count);
}

int main(int argc, char **argv)
{
    size_t count = 0;
    bool ok = true;
    every_check = true;
    for (int i = 1; i < argc; i++)
        ok = replay_path(argv[i], &count) && ok;
    printf("%zu inputs\n", count);
    if (count == 0) fputs("replay: no input was found\n", stderr);
    return ok && count > 0 ? 0 : 1;
}
