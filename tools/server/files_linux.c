/* SPDX-License-Identifier: MIT */
/* files_linux.c - files and folders beneath a root, and never outside of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world_linux.h"

enum {
    FILES_PATH_MAX = 4096
};

/* What getdents64(2) writes. */
struct files_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short bytes;
    unsigned char type;
    char name[];
};

static weir_file_result files_failed(int code)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG: return WEIR_FILE_NONE;
    case EACCES:
    case EPERM:
    case ELOOP:
    case EXDEV:
    case ENXIO:  /* a socket */
    case ENODEV: /* a device without its driver */
    case EBUSY: return WEIR_FILE_DENIED;
    case EMFILE:
    case ENFILE:
    case ENOMEM: return WEIR_FILE_FULL;
    default: return WEIR_FILE_FAILED;
    }
}

/*
 * The kernel resolves links and "..", and refuses what would leave the root on the way. With O_PATH
 * in `flags` the file is only taken hold of.
 */
static int files_open_beneath(const weir_files_linux *f, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd;

    do { /* EAGAIN: something was renamed on the way, and the kernel cannot be sure */
        fd = syscall(SYS_openat2, f->root, path, &how, sizeof how);
    } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    return (int)fd;
}

/* Where a descriptor leads, as the system names it. False: nowhere that has a name. */
static bool files_name(int fd, char *out, size_t size)
{
    char link[64];

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, size);
    if (n <= 0 || (size_t)n >= size || out[0] != '/') return false;
    out[n] = '\0';
    return true;
}

static bool files_is_beneath(const weir_files_linux *f, int fd)
{
    char name[FILES_PATH_MAX];
    size_t len = strlen(f->root_path);

    if (len == 0) return false; /* the root has no name that can be known: nothing is beneath it */
    if (!files_name(fd, name, sizeof name)) return false;
    if (strcmp(f->root_path, "/") == 0) return true;
    return strncmp(name, f->root_path, len) == 0 && (name[len] == '/' || name[len] == '\0');
}

/*
 * For kernels without openat2(2), and for links by an absolute path, which it refuses even where
 * they lead back beneath the root: takes hold of the file, then looks where it is.
 */
static int files_hold_checked(const weir_files_linux *f, const char *path)
{
    int held = openat(f->root, path, O_PATH | O_CLOEXEC);

    if (held < 0 || files_is_beneath(f, held)) return held;
    (void)close(held);
    errno = EXDEV;
    return -1;
}

/* The quick way at first; what that cannot do, the slow way. */
static int files_hold(weir_files_linux *f, const char *path)
{
    if (!f->without_openat2) {
        int held = files_open_beneath(f, path, O_PATH);
        if (held >= 0) return held;
        if (errno == ENOSYS) f->without_openat2 = true;
        if (errno != ENOSYS && errno != EPERM && errno != EXDEV) return -1;
    }
    return files_hold_checked(f, path);
}

static bool files_facts(int fd, weir_file_facts *out)
{
    struct stat s;

    if (fstat(fd, &s) != 0) return false;
    if (!S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode)) {
        errno = EACCES;
        return false;
    }
    *out = (weir_file_facts){.size = (uint64_t)s.st_size,
                             .modified_s = s.st_mtim.tv_sec,
                             .changed_s = s.st_ctim.tv_sec,
                             .modified_ns = (uint32_t)s.st_mtim.tv_nsec,
                             .changed_ns = (uint32_t)s.st_ctim.tv_nsec,
                             .identity = s.st_ino,
                             .device = s.st_dev,
                             .is_folder = S_ISDIR(s.st_mode)};
    return true;
}

/*
 * Opens what is held, the very same file, now that it is known to be a regular file or a folder: the
 * opening of a FIFO would wake who waits for a reader, and that of a device may do anything. Where
 * /proc is not there, it is found by its path again, and must be the same.
 */
static int files_reopen(const weir_files_linux *f, int held, const char *path)
{
    const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    struct stat before, after;
    char link[64];

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", held);
    int fd = open(link, flags | O_CLOEXEC);
    if (fd >= 0 || errno != ENOENT || f->without_openat2) return fd;
    fd = files_open_beneath(f, path, flags);
    if (fd < 0) return -1;
    if (fstat(held, &before) == 0 && fstat(fd, &after) == 0 && before.st_ino == after.st_ino &&
        before.st_dev == after.st_dev)
        return fd;
    (void)close(fd);
    errno = EACCES;
    return -1;
}

/* For the reason in errno. */
static weir_file_result files_give_up(int held)
{
    weir_file_result result = files_failed(errno);

    (void)close(held);
    return result;
}

weir_file_result weir_files_linux_get(weir_files_linux *f, weir_str path, bool to_read, int *file,
                                      weir_file_facts *facts)
{
    char name[FILES_PATH_MAX];
    weir_file_facts found;

    if (path.len >= sizeof name) return WEIR_FILE_NONE;
    if (path.len == 0) path = (weir_str){".", 1};
    memcpy(name, path.p, path.len);
    name[path.len] = '\0';
    if (name[0] == '/') return WEIR_FILE_NONE;
    int held = files_hold(f, name);
    if (held < 0) return files_failed(errno);
    if (!files_facts(held, &found)) return files_give_up(held);
    int fd = to_read ? files_reopen(f, held, name) : held;
    if (fd < 0) return files_give_up(held);
    if (to_read) (void)close(held);
    *facts = found;
    *file = fd;
    return WEIR_FILE_OK;
}

weir_file_result weir_files_linux_read(int file, uint64_t at, void *out, size_t len, size_t *got)
{
    ssize_t n;

    do {
        n = pread(file, out, len, (off_t)at);
    } while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0;
    return n >= 0 ? WEIR_FILE_OK : WEIR_FILE_FAILED;
}

/* What was read of the folder and not given yet is still good, if no other was listed since: one
 * that has the same number now began at 0. */
bool weir_files_linux_list(weir_files_linux *f, int file, uint64_t at)
{
    if (at != 0 && f->listed == file && f->listed_to == at) return true;
    f->listed = file;
    f->listed_to = at;
    f->list_at = f->list_len = 0;
    return lseek(file, (off_t)at, SEEK_SET) >= 0;
}

bool weir_files_linux_list_next(weir_files_linux *f, weir_str *name, uint64_t *at)
{
    for (;;) {
        if (f->list_at >= f->list_len) {
            long n = syscall(SYS_getdents64, f->listed, f->list, sizeof f->list);
            if (n <= 0) return false;
            f->list_at = 0;
            f->list_len = (size_t)n;
        }
        const struct files_entry *entry = (const void *)(f->list + f->list_at);
        f->list_at += entry->bytes;
        if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
        *at = f->listed_to = (uint64_t)entry->offset;
        *name = weir_str_of(entry->name);
        return true;
    }
}

bool weir_files_linux_open(weir_files_linux *f, const char *root, weir_io_error *why)
{
    f->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->root < 0) {
        *why = (weir_io_error){.step = "open", .code = errno, .file = root};
        return false;
    }
    if (!files_name(f->root, f->root_path, sizeof f->root_path)) f->root_path[0] = '\0';
    return true;
}

void weir_files_linux_close(weir_files_linux *f)
{
    (void)close(f->root);
    f->root = -1;
}
