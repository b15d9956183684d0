/* SPDX-License-Identifier: MIT */
/* serve.c - `weir serve`: listeners, certificates and options into one call of the server. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "devcert.h"
#include "record.h"
#include "server.h"
#include "weir/limits.h"
#include "weir/listener.h"

enum {
    SERVE_HTTP = WEIR_OPTION_FIRST,
    SERVE_HTTPS,
    SERVE_NO_HTTP,
    SERVE_NO_HTTPS,
    SERVE_CERT,
    SERVE_KEY,
    SERVE_WORKERS,
    SERVE_PAYLOAD_MAX,
    SERVE_NO_LISTING,
    SERVE_PROFILE,
    SERVE_DEMO,
    SERVE_RECORD,
    SERVE_RECORD_SECRETS,
    SERVE_QUIET,

    SERVE_LISTENERS_MAX = 64,
    SERVE_PAIRS_MAX = 64,
    SERVE_WORKERS_MAX = 256, /* as many as the master takes */
};

static const weir_option serve_options[] = {
    {SERVE_HTTP, "http", "ADDR:PORT",
     "listen for HTTP there instead of 127.0.0.1:8080;\nmay be repeated. Also [::1]:8080, "
     "unix:PATH, "
     "and\nport 0 for a free one"},
    {SERVE_HTTPS, "https", "ADDR:PORT", "the same for HTTPS, instead of 127.0.0.1:8443"},
    {SERVE_NO_HTTP, "no-http", NULL, "no HTTP"},
    {SERVE_NO_HTTPS, "no-https", NULL, "no HTTPS"},
    {SERVE_CERT, "cert", "FILE", "a certificate chain in PEM, and"},
    {SERVE_KEY, "key", "FILE",
     "its key; pairs may be repeated: the name that the\nclient asks for decides, the first is for "
     "all others"},
    {SERVE_WORKERS, "workers", "N", "that many processes instead of one a core"},
    {SERVE_PAYLOAD_MAX, "payload-max", "OCTETS",
     "what a request may carry at most, else 413 (64M);\nK, M and G multiply by 1024"},
    {SERVE_PROFILE, "http-profile", "NAME",
     "strict, as the RFCs say, or tolerant: with what\nweir puts up with when told to (strict)"},
    {SERVE_NO_LISTING, "no-listing", NULL, "refuse folders without index.html, do not list them"},
    {SERVE_DEMO, "demo", NULL, "also POST / (sends the content back), /echo, /cookie"},
    {SERVE_RECORD, "record", "FOLDER",
     "write what comes over each connection to a file\nthere, for weir replay; cookies, "
     "authorisation "
     "and\ncontent are blanked"},
    {SERVE_RECORD_SECRETS, "record-secrets", NULL, "do not blank them"},
    {SERVE_QUIET, "quiet", NULL, "print errors only"},
};

static int serve_run(int argc, char **argv);

const weir_command weir_command_serve = {
    .table =
        {
            .name = "serve",
            .brief = "serve a folder over HTTP and HTTPS",
            .usage = "weir serve [DIR] [OPTIONS]",
            .text = "Serves the files of DIR, or of the current folder, until SIGTERM or SIGINT;\n"
                    "responses under way are completed first. When it is ready, one line a\n"
                    "listener says where.\n",
            .options = serve_options,
            .option_count = sizeof serve_options / sizeof serve_options[0],
            .after =
                "\n"
                "Without a certificate HTTPS has one for development, made on this machine and\n"
                "kept in $XDG_STATE_HOME/weir (~/.local/state/weir); a line says how to trust it.\n"
                "\n"
                "Exit status: 0 stopped in order, 1 it could not start or go on, 64 wrong usage.\n",
        },
    .run = serve_run,
};

/* All that `weir serve` is about, from the command line to the end. */
typedef struct {
    struct {
        weir_address address;
        bool secure;
    } places[SERVE_LISTENERS_MAX];
    weir_listener listeners[SERVE_LISTENERS_MAX];
    size_t place_count, open_count; /* asked for; listening */
    weir_tls_pair pairs[SERVE_PAIRS_MAX];
    size_t pair_count;
    bool has_http, has_https, no_http, no_https;
    const char *folder; /* NULL: the current one */
    const char *record; /* a folder too; NULL: nothing is recorded */
    bool with_secrets;
    int record_folder; /* open; -1: it is not */
    weir_recorder recorder;
    weir_tls_context *tls;
    weir_server_listener server_listeners[SERVE_LISTENERS_MAX];
    weir_server_options server;
} serve_state;

/* ---- the command line ---- */

static int serve_wrong_address(const char *option, const char *text)
{
    return weir_options_wrong(&weir_command_serve.table,
                              "--%s %s: not an address and a port in numbers, such as "
                              "127.0.0.1:8080, [::1]:8080 or unix:/run/weir.sock",
                              option, text);
}

static int serve_add_place(serve_state *s, bool secure, const char *text)
{
    const char *option = secure ? "https" : "http";

    if (s->place_count == SERVE_LISTENERS_MAX)
        return weir_options_wrong(&weir_command_serve.table, "more than %d listeners",
                                  SERVE_LISTENERS_MAX);
    if (!weir_address_parse(text, &s->places[s->place_count].address))
        return serve_wrong_address(option, text);
    s->places[s->place_count++].secure = secure;
    *(secure ? &s->has_https : &s->has_http) = true;
    return WEIR_EXIT_OK;
}

/* Half of a pair; the other half stands beside it, on either side. */
static int serve_add_pair(serve_state *s, bool is_key, const char *file)
{
    const weir_option_table *table = &weir_command_serve.table;
    weir_tls_pair *last = s->pair_count > 0 ? &s->pairs[s->pair_count - 1] : NULL;

    if (last == NULL || (last->chain_file != NULL && last->key_file != NULL)) {
        if (s->pair_count == SERVE_PAIRS_MAX)
            return weir_options_wrong(table, "more than %d certificates", SERVE_PAIRS_MAX);
        last = &s->pairs[s->pair_count++];
        *last = (weir_tls_pair){.chain_file = NULL};
    }
    const char **half = is_key ? &last->key_file : &last->chain_file;
    if (*half != NULL)
        return weir_options_wrong(table, "--%s %s has no --%s of its own: they go in pairs",
                                  is_key ? "key" : "cert", *half, is_key ? "cert" : "key");
    *half = file;
    return WEIR_EXIT_OK;
}

static int serve_set_workers(serve_state *s, const char *text)
{
    unsigned n = 0;

    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || n > SERVE_WORKERS_MAX) {
            n = 0;
            break;
        }
        n = n * 10 + (unsigned)(*c - '0');
    }
    if (n < 1 || n > SERVE_WORKERS_MAX)
        return weir_options_wrong(&weir_command_serve.table,
                                  "--workers %s: not a number from 1 to %d", text,
                                  SERVE_WORKERS_MAX);
    s->server.workers = n;
    return WEIR_EXIT_OK;
}

/* A number, with K, M or G behind it at will. */
static int serve_set_payload(serve_state *s, const char *text)
{
    static const char units[] = "KMG";
    char *unit;
    const char *known;

    errno = 0;
    unsigned long long n = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &unit, 10) : 0;
    unsigned shift = 0;
    if (n > 0 && *unit != '\0' && (known = strchr(units, *unit)) != NULL) {
        shift = 10 * (unsigned)(known - units + 1);
        unit++;
    }
    if (n == 0 || errno != 0 || *unit != '\0' || n > (WEIR_LENGTH_HARD_MAX >> shift))
        return weir_options_wrong(&weir_command_serve.table,
                                  "--payload-max %s: not a number of octets from 1 to 2^63-1, "
                                  "such as 500000, 64M or 2G",
                                  text);
    s->server.payload_bytes_max = (uint64_t)n << shift;
    return WEIR_EXIT_OK;
}

static int serve_set_folder(serve_state *s, const char *folder)
{
    if (s->folder != NULL)
        return weir_options_wrong(&weir_command_serve.table, "one folder at a time: %s", folder);
    s->folder = folder;
    return WEIR_EXIT_OK;
}

/* One argument. WEIR_EXIT_OK: go on. */
static int serve_take(serve_state *s, int id, const char *value)
{
    switch (id) {
    case SERVE_HTTP: return serve_add_place(s, false, value);
    case SERVE_HTTPS: return serve_add_place(s, true, value);
    case SERVE_NO_HTTP: s->no_http = true; return WEIR_EXIT_OK;
    case SERVE_NO_HTTPS: s->no_https = true; return WEIR_EXIT_OK;
    case SERVE_CERT: return serve_add_pair(s, false, value);
    case SERVE_KEY: return serve_add_pair(s, true, value);
    case SERVE_WORKERS: return serve_set_workers(s, value);
    case SERVE_PAYLOAD_MAX: return serve_set_payload(s, value);
    case SERVE_PROFILE:
        if (weir_profile_find(weir_str_of(value), &s->server.allow)) return WEIR_EXIT_OK;
        return weir_options_wrong(&weir_command_serve.table,
                                  "--http-profile %s: there are strict and tolerant", value);
    case SERVE_NO_LISTING: s->server.without_listing = true; return WEIR_EXIT_OK;
    case SERVE_DEMO: s->server.with_demo = true; return WEIR_EXIT_OK;
    case SERVE_RECORD: s->record = value; return WEIR_EXIT_OK;
    case SERVE_RECORD_SECRETS: s->with_secrets = true; return WEIR_EXIT_OK;
    case SERVE_QUIET: s->server.quiet = true; return WEIR_EXIT_OK;
    case WEIR_OPTION_OPERAND: return serve_set_folder(s, value);
    default: return WEIR_EXIT_USAGE; /* said already */
    }
}

/* What only the whole command line can tell; then the defaults. */
static int serve_complete(serve_state *s)
{
    const weir_option_table *table = &weir_command_serve.table;

    if (s->has_http && s->no_http)
        return weir_options_wrong(table, "--http and --no-http exclude each other");
    if (s->has_https && s->no_https)
        return weir_options_wrong(table, "--https and --no-https exclude each other");
    if (s->with_secrets && s->record == NULL)
        return weir_options_wrong(table, "--record-secrets without --record");
    if (s->no_http && s->no_https)
        return weir_options_wrong(table, "--no-http and --no-https leave nothing to serve");
    if (s->pair_count > 0) {
        const weir_tls_pair *last = &s->pairs[s->pair_count - 1];
        if (last->key_file == NULL)
            return weir_options_wrong(table, "--cert %s has no --key", last->chain_file);
        if (last->chain_file == NULL)
            return weir_options_wrong(table, "--key %s has no --cert", last->key_file);
        if (s->no_https)
            return weir_options_wrong(table, "--cert is for HTTPS, which --no-https forbids");
    }
    int status = WEIR_EXIT_OK;
    if (!s->has_http && !s->no_http) status = serve_add_place(s, false, "127.0.0.1:8080");
    if (!s->has_https && !s->no_https && status == WEIR_EXIT_OK)
        status = serve_add_place(s, true, "127.0.0.1:8443");
    return status;
}

/* ---- starting, a step each: false has said why on standard error ---- */

static bool serve_open_folder(serve_state *s)
{
    static char current[4096];

    if (s->folder == NULL) {
        s->folder = getcwd(current, sizeof current);
        if (s->folder == NULL) {
            fprintf(stderr, "weir: the current folder: %s\n", strerror(errno));
            return false;
        }
    }
    int fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "weir: cannot serve %s: %s\n", s->folder, strerror(errno));
        return false;
    }
    close(fd);
    s->server.root = s->folder;
    return true;
}

/* What to do about a listener that did not come to be; "" where nobody knows. */
static const char *serve_advice(const weir_address *address, const weir_io_error *why)
{
    bool is_unix = address->family == WEIR_FAMILY_UNIX;

    switch (why->code) {
    case EADDRINUSE:
        /* A reason of its own: a file that is no socket, and that is never replaced. */
        if (is_unix && why->reason != NULL) return "choose another path";
        return is_unix ? "stop the program that listens there, or choose another path"
                       : "stop the program that has it, or choose another";
    case EACCES:
    case EPERM:
        return is_unix ? "choose a path in a folder that you may write to"
                       : "ports below 1024 are for root and CAP_NET_BIND_SERVICE; choose another";
    case EADDRNOTAVAIL: return "this machine has no such address; choose one that it has";
    case EAFNOSUPPORT: return "this system has no addresses of that kind; choose another";
    case ENOENT: return is_unix ? "make its folder first, or choose another path" : "";
    case EROFS: return "that file system is read-only; choose another path";
    default: return "";
    }
}

static bool serve_listen(serve_state *s)
{
    static const weir_listener_options as_usual;

    for (size_t i = 0; i < s->place_count; i++) {
        const char *option = s->places[i].secure ? "https" : "http";
        const weir_address *address = &s->places[i].address;
        weir_io_error why;
        char text[512];

        if (!weir_listener_open(&s->listeners[i], address, &as_usual, &why)) {
            const char *advice = serve_advice(address, &why);
            fprintf(stderr, "weir: cannot listen: %s", weir_io_error_text(&why, text, sizeof text));
            if (advice[0] != '\0')
                fprintf(stderr, "; %s with --%s %s", advice, option,
                        address->family == WEIR_FAMILY_UNIX ? "unix:PATH" : "ADDR:PORT");
            fprintf(stderr, "\n");
            return false;
        }
        s->open_count++;
        s->server_listeners[i].acceptor = &s->listeners[i].acceptor;
    }
    s->server.listeners = s->server_listeners;
    s->server.listener_count = s->place_count;
    return true;
}

/* `path` as one word of a shell command. */
static void serve_print_quoted(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/._-+,@:=%";

    if (path[strspn(path, plain)] == '\0') {
        printf("%s", path);
        return;
    }
    putchar('\'');
    for (; *path != '\0'; path++) {
        if (*path == '\'')
            printf("'\\''");
        else
            putchar(*path);
    }
    putchar('\'');
}

static bool serve_tls(serve_state *s, const weir_tls_pair *pairs, size_t count)
{
    /* A client that wants to speak HTTP/1.0 may say so: curl --http1.0 does. */
    static const weir_tls_protocol http[] = {{"http/1.1", 8}, {"http/1.0", 8}};
    const weir_tls_server_options options = {.pairs = pairs,
                                             .pair_count = count,
                                             .protocols = http,
                                             .protocol_count = 2};
    weir_io_error why;
    char text[5000];

    s->tls = weir_tls_server_context_create(&options, &why);
    if (s->tls != NULL) return true;
    weir_io_error_text(&why, text, sizeof text);
    bool mismatch = why.reason != NULL && strstr(why.reason, "mismatch") != NULL;
    fprintf(stderr, "weir: cannot use TLS: %s%s\n", text,
            mismatch ? "; each --key is that of the --cert beside it" : "");
    return false;
}

/* A certificate of our own making. */
static bool serve_devcert(serve_state *s)
{
    static weir_devcert cert;

    if (!weir_devcert_open(&cert)) {
        fprintf(stderr,
                "weir: no development certificate: %s; set XDG_STATE_HOME to a folder that can be "
                "written to, name a certificate with --cert FILE --key FILE, or do without HTTPS "
                "with --no-https\n",
                cert.problem);
        return false;
    }
    const weir_tls_pair pair = {.chain_pem = cert.chain_pem, .key_pem = cert.key_pem};
    bool done = serve_tls(s, &pair, 1);
    weir_devcert_free(&cert);
    if (done && !s->server.quiet) {
        printf("weir: %sdevelopment certificate; trust it with: curl --cacert ",
               cert.is_new_ca ? "new " : "");
        serve_print_quoted(cert.ca_file);
        printf("\n");
    }
    return done;
}

static bool serve_secure(serve_state *s)
{
    bool needed = false;

    for (size_t i = 0; i < s->place_count; i++)
        needed = needed || s->places[i].secure;
    if (!needed) return true;
    if (!(s->pair_count > 0 ? serve_tls(s, s->pairs, s->pair_count) : serve_devcert(s)))
        return false;
    for (size_t i = 0; i < s->place_count; i++)
        if (s->places[i].secure) s->server_listeners[i].tls = s->tls;
    return true;
}

static bool serve_cannot_record(const serve_state *s, const char *why)
{
    fprintf(stderr, "weir: cannot record into %s: %s\n", s->record, why);
    return false;
}

/* Is a folder the one that is served, or beneath it? What is recorded is not to be fetched. */
static bool serve_is_served(const serve_state *s, bool *is_served)
{
    char *folder = realpath(s->folder, NULL), *record = realpath(s->record, NULL);
    bool is_known = folder != NULL && record != NULL;

    if (is_known) {
        size_t len = strlen(folder);
        if (len == 1) len = 0; /* "/": all is beneath it */
        *is_served =
            strncmp(folder, record, len) == 0 && (record[len] == '/' || record[len] == '\0');
    }
    free(folder);
    free(record);
    return is_known;
}

/* Makes the folder where there is none, for its owner alone. */
static bool serve_record(serve_state *s)
{
    bool is_served;

    if (s->record == NULL) return true;
    if (mkdir(s->record, 0700) != 0 && errno != EEXIST)
        return serve_cannot_record(s, strerror(errno));
    s->record_folder = open(s->record, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->record_folder < 0 || !serve_is_served(s, &is_served))
        return serve_cannot_record(s, strerror(errno));
    if (is_served)
        return serve_cannot_record(s,
                                   "it lies in the folder that is served, to everybody; name one "
                                   "outside of it");
    if (faccessat(s->record_folder, ".", W_OK | X_OK, 0) != 0)
        return serve_cannot_record(s, strerror(errno));
    weir_recording_facts facts = {.payload_bytes_max = s->server.payload_bytes_max,
                                  .allow = s->server.allow,
                                  .with_listing = !s->server.without_listing,
                                  .with_demo = s->server.with_demo,
                                  .has_secrets = s->with_secrets};
    if (facts.payload_bytes_max == 0) facts.payload_bytes_max = WEIR_SERVER_PAYLOAD_BYTES_DEFAULT;
    weir_recorder_init(&s->recorder, s->record_folder, &facts);
    s->server.tap = &s->recorder.tap;
    s->server.tap_descriptors = 1;
    (void)signal(SIGXFSZ, SIG_IGN); /* a file as long as a limit allows is no reason to end */
    return true;
}

static void serve_end_record(serve_state *s)
{
    if (s->server.tap != NULL) weir_recorder_free(&s->recorder);
    if (s->record_folder >= 0) close(s->record_folder);
}

/* From here on a signal to stop waits for the server, which stops in order. */
static void serve_hold_signals(void)
{
    sigset_t both;

    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    sigprocmask(SIG_BLOCK, &both, NULL);
}

/* One line a listener. They listen: from here on connections wait until a worker takes them. */
static void serve_announce(const serve_state *s)
{
    for (size_t i = 0; i < s->place_count && !s->server.quiet; i++) {
        const char *scheme = s->places[i].secure ? "https" : "http";
        weir_address address;
        char text[WEIR_ADDRESS_TEXT_MAX];

        weir_acceptor_address(&s->listeners[i].acceptor, &address);
        weir_address_text(&address, text, sizeof text);
        if (address.family == WEIR_FAMILY_UNIX)
            printf("weir: %s://localhost/ on %s serves %s\n", scheme, text, s->folder);
        else
            printf("weir: %s://%s/ serves %s\n", scheme, text, s->folder);
    }
    fflush(stdout); /* also: nothing is left for the workers to print once more */
}

static int serve_start(serve_state *s)
{
    int status = WEIR_EXIT_FAILED;

    s->record_folder = -1;
    if (serve_open_folder(s) && serve_record(s) && serve_listen(s) && serve_secure(s)) {
        serve_hold_signals();
        serve_announce(s);
        status = weir_server_run(&s->server);
    }
    for (size_t i = 0; i < s->open_count; i++)
        weir_acceptor_close(&s->listeners[i].acceptor);
    weir_tls_context_free(s->tls);
    serve_end_record(s);
    return status;
}

static int serve_run(int argc, char **argv)
{
    static serve_state s;
    weir_options o = {.table = &weir_command_serve.table, .argc = argc, .argv = argv};
    const char *value;

    for (int id; (id = weir_options_next(&o, &value)) != WEIR_OPTION_END;) {
        if (id == WEIR_OPTION_HELP) {
            weir_options_help(o.table);
            return WEIR_EXIT_OK;
        }
        int status = serve_take(&s, id, value);
        if (status != WEIR_EXIT_OK) return status;
    }
    int status = serve_complete(&s);
    return status == WEIR_EXIT_OK ? serve_start(&s) : status;
}
