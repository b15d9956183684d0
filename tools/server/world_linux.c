/* SPDX-License-Identifier: MIT */
/* world_linux.c - readiness by epoll, the system's clocks, signals that ask to stop. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "world_linux.h"

enum {
    LINUX_READY_MAX = 256,
    LINUX_REPEAT_MS = 200, /* a signal that comes again as soon as that is the same request */
};
#define LINUX_WAKE_TOKEN UINT32_MAX

/* A signal handler has nothing but these. One world a process. */
static volatile sig_atomic_t linux_stops;
static volatile uint64_t linux_stopped_ms;
static volatile sig_atomic_t linux_wake = -1;
static struct sigaction linux_old_term, linux_old_int, linux_old_pipe;

static uint64_t linux_clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* One who stops a whole group of processes may well tell the same one twice. */
static void linux_on_stop(int number)
{
    int code = errno;
    uint64_t now = linux_clock_ms(), one = 1;

    (void)number;
    if (linux_stops == 0) linux_stopped_ms = now;
    if (linux_stops == 0 || now - linux_stopped_ms >= LINUX_REPEAT_MS)
        linux_stops = linux_stops + 1;
    if (linux_wake >= 0 && write(linux_wake, &one, sizeof one) < 0) {
        /* the counter is at its end: then it wakes as well */
    }
    errno = code;
}

static weir_world_linux *linux_of(weir_world *w)
{
    return (weir_world_linux *)w; /* its first member */
}

static struct epoll_event linux_event(unsigned interest, uint32_t token)
{
    struct epoll_event event = {.data = {.u64 = token}};

    if (interest & WEIR_WATCH_READ) event.events |= EPOLLIN;
    if (interest & WEIR_WATCH_WRITE) event.events |= EPOLLOUT;
    if (interest & WEIR_WATCH_SHARED) event.events |= EPOLLEXCLUSIVE;
    return event;
}

static bool linux_watch(weir_world *w, int handle, unsigned interest, uint32_t token)
{
    struct epoll_event event = linux_event(interest, token);

    return epoll_ctl(linux_of(w)->epoll, EPOLL_CTL_ADD, handle, &event) == 0;
}

static bool linux_change(weir_world *w, int handle, unsigned interest, uint32_t token)
{
    struct epoll_event event = linux_event(interest, token);

    return epoll_ctl(linux_of(w)->epoll, EPOLL_CTL_MOD, handle, &event) == 0;
}

/* epoll forgets a file that is closed, unless another process has it too, as with listeners. */
static void linux_unwatch(weir_world *w, int handle, bool is_closing)
{
    struct epoll_event unused = {0};

    if (!is_closing) (void)epoll_ctl(linux_of(w)->epoll, EPOLL_CTL_DEL, handle, &unused);
}

/* Empties the counter, or it would be ready for ever. */
static void linux_awake(const weir_world_linux *l)
{
    uint64_t count;

    if (read(l->wake, &count, sizeof count) < 0) {
        /* emptied already */
    }
}

static size_t linux_wait(weir_world *w, int64_t timeout_ms, weir_ready *ready, size_t max)
{
    weir_world_linux *l = linux_of(w);
    struct epoll_event events[LINUX_READY_MAX];
    size_t filled = 0;

    if (max > LINUX_READY_MAX) max = LINUX_READY_MAX;
    if (timeout_ms > INT_MAX) timeout_ms = INT_MAX;
    int n = epoll_wait(l->epoll, events, (int)max, timeout_ms < 0 ? -1 : (int)timeout_ms);
    for (int i = 0; i < n;
         i++) { /* n < 0: interrupted; the caller looks at `stop` and comes back */
        uint32_t bits = events[i].events;
        bool is_gone = (bits & (EPOLLERR | EPOLLHUP)) != 0;
        if (events[i].data.u64 == LINUX_WAKE_TOKEN) {
            linux_awake(l);
            continue;
        }
        ready[filled++] = (weir_ready){.token = (uint32_t)events[i].data.u64,
                                       .readable = is_gone || (bits & EPOLLIN) != 0,
                                       .writable = is_gone || (bits & EPOLLOUT) != 0};
    }
    return filled;
}

static uint64_t linux_now_ms(weir_world *w)
{
    (void)w;
    return linux_clock_ms();
}

static int64_t linux_wall_s(weir_world *w)
{
    struct timespec now;

    (void)w;
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec;
}

static unsigned linux_stop(weir_world *w)
{
    (void)w;
    return linux_stops > 2 ? 2 : (unsigned)linux_stops;
}

static weir_file_result linux_open(weir_world *w, weir_str path, int *file, weir_file_facts *facts)
{
    return weir_files_linux_get(&linux_of(w)->files, path, true, file, facts);
}

static weir_file_result linux_look(weir_world *w, weir_str path, weir_file_facts *facts)
{
    int file;
    weir_file_result result = weir_files_linux_get(&linux_of(w)->files, path, false, &file, facts);

    if (result == WEIR_FILE_OK) (void)close(file);
    return result;
}

static weir_file_result linux_read(weir_world *w, int file, uint64_t at, void *out, size_t len,
                                   size_t *got)
{
    (void)w;
    return weir_files_linux_read(file, at, out, len, got);
}

static int linux_descriptor(weir_world *w, int file)
{
    (void)w;
    return file;
}

static void linux_close(weir_world *w, int file)
{
    (void)w;
    (void)close(file);
}

static bool linux_list(weir_world *w, int file, uint64_t at)
{
    return weir_files_linux_list(&linux_of(w)->files, file, at);
}

static bool linux_list_next(weir_world *w, weir_str *name, uint64_t *at)
{
    return weir_files_linux_list_next(&linux_of(w)->files, name, at);
}

/* One write a line, so that lines of several workers do not mix. */
static void linux_log(weir_world *w, bool is_error, const char *text)
{
    char line[600];

    if (linux_of(w)->quiet && !is_error) return;
    int n = snprintf(line, sizeof line, "weir: %s\n", text);
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0) {
        /* nobody is there to be told */
    }
}

static const weir_world_ops linux_ops = {
    .watch = linux_watch,
    .change = linux_change,
    .unwatch = linux_unwatch,
    .wait = linux_wait,
    .now_ms = linux_now_ms,
    .wall_s = linux_wall_s,
    .stop = linux_stop,
    .open = linux_open,
    .look = linux_look,
    .read = linux_read,
    .descriptor = linux_descriptor,
    .close = linux_close,
    .list = linux_list,
    .list_next = linux_list_next,
    .log = linux_log,
};

/* Keeps which step failed and why before anything else can change errno. Always false. */
static bool linux_failed(weir_io_error *why, const char *step)
{
    *why = (weir_io_error){.step = step, .code = errno};
    return false;
}

static void linux_catch_signals(void)
{
    struct sigaction on_stop = {.sa_handler = linux_on_stop};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    (void)sigemptyset(&on_stop.sa_mask);
    (void)sigaction(SIGTERM, &on_stop, &linux_old_term);
    (void)sigaction(SIGINT, &on_stop, &linux_old_int);
    (void)sigaction(SIGPIPE, &ignore, &linux_old_pipe); /* sendfile(2) has no MSG_NOSIGNAL */
}

static bool linux_open_readiness(weir_world_linux *w, weir_io_error *why)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.u64 = LINUX_WAKE_TOKEN}};

    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (w->epoll < 0) return linux_failed(why, "epoll_create1");
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->wake >= 0 && epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wake, &event) == 0) return true;
    (void)linux_failed(why, w->wake < 0 ? "eventfd" : "epoll_ctl");
    if (w->wake >= 0) (void)close(w->wake);
    (void)close(w->epoll);
    return false;
}

bool weir_world_linux_open(weir_world_linux *w, const char *root, bool quiet, weir_io_error *why)
{
    w->world.ops = &linux_ops;
    w->quiet = quiet;
    w->files.without_openat2 = false;
    if (!weir_files_linux_open(&w->files, root, why)) return false;
    if (!linux_open_readiness(w, why)) {
        weir_files_linux_close(&w->files);
        return false;
    }
    linux_stops = 0;
    linux_wake = w->wake;
    linux_catch_signals();
    return true;
}

void weir_world_linux_close(weir_world_linux *w)
{
    (void)sigaction(SIGTERM, &linux_old_term, NULL);
    (void)sigaction(SIGINT, &linux_old_int, NULL);
    (void)sigaction(SIGPIPE, &linux_old_pipe, NULL);
    linux_wake = -1;
    (void)close(w->wake);
    (void)close(w->epoll);
    weir_files_linux_close(&w->files);
}
