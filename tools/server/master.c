/* SPDX-License-Identifier: MIT */
/* master.c - one process serves alone; several are forked, watched and stopped by a master. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"
#include "worker.h"
#include "world_linux.h"

enum {
    MASTER_WORKERS_MAX = 256,
    MASTER_CONNECTIONS = 16384,
    MASTER_DESCRIPTORS_SPARE = 32,
    MASTER_STEADY_MS = 5000,  /* a worker that lived as long as that did not fail at its start */
    MASTER_RESTART_MS = 1000, /* between a crash and the next try */
    MASTER_FAILURES_MAX = 8,  /* in a row, of workers that did not get steady */
    MASTER_GRACE_MS = 1000,   /* beyond drain_ms, for workers that do not end by themselves */
    MASTER_REPEAT_MS = 200,   /* a signal that comes again as soon as that is the same request */
};

typedef struct {
    pid_t pid; /* 0: not running */
    uint64_t started_ms, restart_ms;
} master_worker;

typedef struct {
    weir_server_options options;
    master_worker workers[MASTER_WORKERS_MAX];
    size_t count;
    pid_t self;
    sigset_t waited, before; /* signals: those waited for, and what was blocked at first */
    sigset_t serving;        /* what is blocked in a worker: neither SIGTERM nor SIGINT */
    unsigned failures;       /* in a row */
    bool is_draining, has_failed;
    uint64_t drain_began_ms, drain_until;
} master;

static uint64_t master_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void master_say(const char *text, const char *about)
{
    (void)fprintf(stderr, "weir: %s%s\n", text, about);
}

/* Two descriptors a connection, the socket and a file that is sent, and as many as a tap has. */
static size_t master_connections(size_t asked, unsigned tap)
{
    struct rlimit limit;
    size_t wanted = asked != 0 ? asked : MASTER_CONNECTIONS;
    rlim_t each = (rlim_t)tap + 2;
    rlim_t needed = (rlim_t)wanted * each + MASTER_DESCRIPTORS_SPARE;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
    if (limit.rlim_cur < needed) {
        limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= needed) return wanted;
    if (limit.rlim_cur <= MASTER_DESCRIPTORS_SPARE + each) return 1;
    return (size_t)((limit.rlim_cur - MASTER_DESCRIPTORS_SPARE) / each);
}

static unsigned master_cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

    return n > 0 ? (unsigned)n : 1;
}

static void master_close_acceptors(const weir_server_options *options)
{
    for (size_t i = 0; i < options->listener_count; i++) {
        weir_acceptor *a = options->listeners[i].acceptor;
        if (a->ops != NULL) weir_acceptor_close(a);
    }
}

/* ---- a worker ---- */

/* Serves in this process. `serving` is the signal mask once SIGTERM and SIGINT are handled. */
static int master_serve(const weir_server_options *options, const sigset_t *serving)
{
    static weir_world_linux world; /* one a process, and large */
    weir_io_error why;
    char text[512];

    if (!weir_world_linux_open(&world, options->root, options->quiet, &why)) {
        master_say(weir_io_error_text(&why, text, sizeof text), "");
        return 1;
    }
    (void)sigprocmask(SIG_SETMASK, serving, NULL);
    int status = weir_worker_run(&world.world, options);
    weir_world_linux_close(&world);
    return status;
}

/* In the child: never returns. What the caller registered for its own exit is not run. */
_Noreturn static void master_child(master *m)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != m->self) _exit(0); /* the master went while this was on its way */
    int status = master_serve(&m->options, &m->serving);
    master_close_acceptors(&m->options);
    _exit(status);
}

static void master_start(master *m, master_worker *w)
{
    pid_t pid = fork();

    if (pid == 0) master_child(m);
    w->started_ms = master_now();
    w->restart_ms = w->started_ms + MASTER_RESTART_MS;
    w->pid = pid > 0 ? pid : 0;
    if (pid < 0) master_say("a worker cannot be forked: ", "out of memory or processes");
}

static void master_tell_all(const master *m, int number)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->workers[i].pid > 0) (void)kill(m->workers[i].pid, number);
}

/* ---- the master ---- */

static void master_drain(master *m)
{
    uint32_t ms = m->options.timeouts.drain_ms != 0 ? m->options.timeouts.drain_ms : 30000;

    m->is_draining = true;
    m->drain_began_ms = master_now();
    m->drain_until = m->drain_began_ms + ms + MASTER_GRACE_MS;
    master_close_acceptors(&m->options);
    master_tell_all(m, SIGTERM);
}

/* Counts workers that end at once, and gives up where no end of them is in sight. */
static void master_ended(master *m, master_worker *w, int status)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%s %d", WIFSIGNALED(status) ? "by signal" : "with status",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (master_now() - w->started_ms >= MASTER_STEADY_MS)
        m->failures = 0;
    else
        m->failures++;
    w->pid = 0;
    w->restart_ms = master_now() + MASTER_RESTART_MS;
    if (m->is_draining) return;
    master_say("a worker ended ", text);
    if (m->failures <= MASTER_FAILURES_MAX) return;
    master_say("workers cannot be kept alive", "");
    m->has_failed = true;
    master_drain(m);
}

/* Asks for its own workers alone: other children are none of its business. */
static void master_reap(master *m)
{
    int status;

    for (size_t i = 0; i < m->count; i++) {
        master_worker *w = &m->workers[i];
        if (w->pid > 0 && waitpid(w->pid, &status, WNOHANG) == w->pid) master_ended(m, w, status);
    }
}

/* Starts those whose time has come; returns when the next one is due. */
static uint64_t master_restart(master *m)
{
    uint64_t now = master_now(), next = UINT64_MAX;

    for (size_t i = 0; i < m->count && !m->is_draining; i++) {
        master_worker *w = &m->workers[i];
        if (w->pid == 0 && w->restart_ms <= now) master_start(m, w);
        if (w->pid == 0 && w->restart_ms < next) next = w->restart_ms;
    }
    return next;
}

static size_t master_alive(const master *m)
{
    size_t n = 0;

    for (size_t i = 0; i < m->count; i++)
        n += m->workers[i].pid > 0;
    return n;
}

/* Sleeps until a signal comes or `until`. Returns the signal, or 0. */
static int master_wait(const master *m, uint64_t until)
{
    uint64_t now = master_now(), ms = until > now ? until - now : 0;
    struct timespec limit = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    int number = until == UINT64_MAX ? sigwaitinfo(&m->waited, NULL)
                                     : sigtimedwait(&m->waited, NULL, &limit);

    return number > 0 ? number : 0;
}

static void master_signal(master *m, int number)
{
    if (number == SIGCHLD || number == 0) return;
    if (!m->is_draining)
        master_drain(m);
    else if (master_now() - m->drain_began_ms >= MASTER_REPEAT_MS)
        m->drain_until = 0; /* asked twice: at once */
}

static void master_loop(master *m)
{
    while (!m->is_draining || master_alive(m) > 0) {
        uint64_t until = master_restart(m);
        if (m->is_draining) until = m->drain_until;
        master_signal(m, master_wait(m, until));
        master_reap(m);
        if (m->is_draining && master_now() >= m->drain_until) {
            master_tell_all(m, SIGKILL);
            m->drain_until = UINT64_MAX;
        }
    }
}

/* The caller may block the signals that stop, so that one that comes early waits for us. */
static sigset_t master_unblocked(sigset_t mask)
{
    (void)sigdelset(&mask, SIGTERM);
    (void)sigdelset(&mask, SIGINT);
    return mask;
}

static int master_run(const weir_server_options *options)
{
    static master m;

    m = (master){.options = *options, .count = options->workers, .self = getpid()};
    if (m.count > MASTER_WORKERS_MAX) m.count = MASTER_WORKERS_MAX;
    (void)sigemptyset(&m.waited);
    (void)sigaddset(&m.waited, SIGTERM);
    (void)sigaddset(&m.waited, SIGINT);
    (void)sigaddset(&m.waited, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &m.waited, &m.before);
    m.serving = master_unblocked(m.before);
    master_loop(&m);
    master_close_acceptors(&m.options);
    (void)sigprocmask(SIG_SETMASK, &m.before, NULL);
    return m.has_failed ? 1 : 0;
}

int weir_server_run(const weir_server_options *options)
{
    weir_server_options o = *options;

    if (o.workers == 0) o.workers = master_cores();
    o.connections_max = master_connections(o.connections_max, o.tap_descriptors);
    if (o.workers > 1) return master_run(&o);
    sigset_t before;
    (void)sigprocmask(SIG_BLOCK, NULL, &before);
    sigset_t serving = master_unblocked(before);
    int status = master_serve(&o, &serving);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    master_close_acceptors(&o);
    return status;
}
