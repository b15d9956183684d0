/* SPDX-License-Identifier: MIT */
/* main.c - weir-bench: measures the core side by side with other parsers. docs/benchmarks.md. */
#include "bench.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#ifndef WEIR_BENCH_INPUTS
#define WEIR_BENCH_INPUTS "tools/bench/inputs"
#endif

/* Bits of the commands, in the order of main_commands. */
enum {
    MAIN_HEAD = 1,
    MAIN_LINEAR = 2,
    MAIN_CHUNKED = 4,
    MAIN_ENGINE = 8,
    MAIN_ALL = 15
};

static const struct {
    const char *name;
    int (*run)(const bench_options *o);
} main_commands[] = {{"head", bench_heads},
                     {"linear", bench_linear},
                     {"chunked", bench_chunked},
                     {"engine", bench_engine}};

static const char usage[] =
    "usage: weir-bench COMMAND [OPTIONS]\n"
    "       weir-bench --version | --help\n"
    "\n"
    "  head      heads: ns each, GB/s, and how many times as fast as the first peer\n"
    "  linear    ns an octet of heads from 64 octets to 64 KiB, fed in pieces\n"
    "  chunked   chunked bodies, with chunks of 16 octets and of 4 KiB\n"
    "  engine    a request through the engine, beside its head alone\n"
    "\n"
    "  --rounds N           how many measurements (15)\n"
    "  --ms N               of how many milliseconds each (20)\n"
    "  --isa NAME           an instruction set, such as avx2 (the best one here); with\n"
    "                       head and chunked also all: each that runs here\n"
    "  --json               a line of JSON for each figure\n"
    "\n"
    "with head and chunked:\n"
    "  --peer NAME=FILE.so  another parser, by the functions of tools/bench/adaptor.h\n"
    "  --limits             memcpy and, with head, one pass over the octets, too; heads\n"
    "                       are given to them whole alone\n"
    "\n"
    "with head:\n"
    "  --input FILE...      heads to read, one or more a file; otherwise the project's own\n"
    "  --mode MODE          in pieces: whole, two, 16, 1 or all (whole)\n"
    "\n"
    "Exit status: 0 all is measured, 1 a parser failed, 64 wrong usage, 66 FILE cannot be\n"
    "read, or is not heads. docs/benchmarks.md says what is timed and how.\n";

/* ORDER main_option */
enum main_option {
    MAIN_ROUNDS,
    MAIN_MS,
    MAIN_ISA,
    MAIN_JSON,
    MAIN_PEER,
    MAIN_LIMITS,
    MAIN_INPUT,
    MAIN_MODE,
    MAIN_OPTIONS
};

/* An option has the bits of the commands that do something with it. ORDER main_option */
static const struct {
    const char *name;
    const char *value; /* as a message shows it; NULL: it takes none */
    unsigned commands;
} main_options_known[MAIN_OPTIONS] = {{"--rounds", "N", MAIN_ALL},
                                      {"--ms", "N", MAIN_ALL},
                                      {"--isa", "NAME", MAIN_ALL},
                                      {"--json", NULL, MAIN_ALL},
                                      {"--peer", "NAME=FILE.so", MAIN_HEAD | MAIN_CHUNKED},
                                      {"--limits", NULL, MAIN_HEAD | MAIN_CHUNKED},
                                      {"--input", "FILE...", MAIN_HEAD},
                                      {"--mode", "MODE", MAIN_HEAD}};

_Noreturn void bench_die(int status, const char *what, const char *about)
{
    fflush(stdout);
    fprintf(stderr, "weir-bench: %s: %s\n", about, what);
    exit(status);
}

__attribute__((format(printf, 1, 2))) static _Noreturn void main_wrong(const char *format, ...)
{
    va_list args;
    fprintf(stderr, "weir-bench: ");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nweir-bench: 'weir-bench --help' shows what there is\n");
    exit(BENCH_USAGE);
}

static int main_number(const char *option, const char *text, int most)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || n < 1 || n > most)
        main_wrong("%s %s: not a number from 1 to %d", option, text, most);
    return (int)n;
}

static unsigned main_mode(const char *text)
{
    if (strcmp(text, "all") == 0) return (1u << BENCH_MODES) - 1;
    for (unsigned i = 0; i < BENCH_MODES; i++)
        if (strcmp(text, bench_mode_names[i]) == 0) return 1u << i;
    main_wrong("--mode %s: there are whole, two, 16, 1 and all", text);
}

static void main_add_parser(bench_options *o, bench_parser p)
{
    if (o->parser_count == BENCH_PARSERS_MAX)
        main_wrong("%s: more than %d parsers", p.name, BENCH_PARSERS_MAX);
    o->parsers[o->parser_count++] = p;
}

static void main_add_input(bench_options *o, bench_input in)
{
    if (o->input_count == BENCH_INPUTS_MAX) main_wrong("--input: more than %d", BENCH_INPUTS_MAX);
    o->inputs[o->input_count++] = in;
}

/* weir in the instruction sets that are asked for. NULL: the best. */
static void main_add_weir(bench_options *o, const char *isa)
{
    bool is_known = false;
    size_t before = o->parser_count;
    for (int i = WEIR_ISA_AUTO + 1; i < WEIR_ISA_COUNT; i++) {
        bool is_named = isa != NULL && strcmp(isa, weir_isa_name((weir_isa)i)) == 0;
        bool wanted =
            isa == NULL ? (weir_isa)i == weir_isa_best() : is_named || strcmp(isa, "all") == 0;
        if (wanted && weir_isa_runs((weir_isa)i)) main_add_parser(o, bench_weir((weir_isa)i));
        is_known = is_known || is_named;
    }
    if (o->parser_count == before)
        main_wrong("--isa %s: %s", isa, is_known ? "does not run here" : "no such instruction set");
}

static int main_by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The project's own: the files beside this program's source, in order, and those that are made. */
static void main_own_inputs(bench_options *o)
{
    DIR *folder = opendir(WEIR_BENCH_INPUTS);
    if (folder == NULL) bench_die(BENCH_INPUT, strerror(errno), WEIR_BENCH_INPUTS);
    char *paths[BENCH_INPUTS_MAX];
    size_t count = 0;
    for (const struct dirent *e; (e = readdir(folder)) != NULL && count < BENCH_INPUTS_MAX;) {
        if (strstr(e->d_name, ".http") == NULL) continue;
        size_t room = sizeof WEIR_BENCH_INPUTS + strlen(e->d_name) + 1;
        paths[count] = malloc(room);
        if (paths[count] == NULL) bench_die(BENCH_FAILED, "no memory", "inputs");
        snprintf(paths[count++], room, "%s/%s", WEIR_BENCH_INPUTS, e->d_name);
    }
    closedir(folder);
    qsort(paths, count, sizeof *paths, main_by_name);
    for (size_t i = 0; i < count; i++) {
        main_add_input(o, bench_input_read(paths[i]));
        free(paths[i]);
    }
    main_add_input(o, bench_input_mix());
}

/* The option that `argument` is, for that command. */
static enum main_option main_find(const char *argument, size_t command)
{
    for (int i = 0; i < MAIN_OPTIONS; i++) {
        if (strcmp(argument, main_options_known[i].name) != 0) continue;
        if ((main_options_known[i].commands & 1u << command) == 0)
            main_wrong("%s is not for %s", argument, main_commands[command].name);
        return (enum main_option)i;
    }
    main_wrong("no such option: %s", argument);
}

/* The argument of an option, or the end of the program. */
static char *main_value(enum main_option option, char **argv, int *i)
{
    const char *name = argv[*i];
    char *value = argv[++*i];
    if (value == NULL || *value == '\0')
        main_wrong("%s needs a value: %s %s", name, name, main_options_known[option].value);
    return value;
}

static void main_options(bench_options *o, size_t command, char **argv)
{
    const char *isa = NULL;
    char *peers[BENCH_PARSERS_MAX];
    size_t peer_count = 0;
    for (int i = 2; argv[i] != NULL; i++) {
        const char *name = argv[i];
        enum main_option option = main_find(name, command);
        char nothing[] = "";
        bool takes = main_options_known[option].value != NULL;
        char *value = takes ? main_value(option, argv, &i) : nothing;
        switch (option) {
        case MAIN_ROUNDS: o->effort.rounds = main_number(name, value, BENCH_ROUNDS_MAX); break;
        case MAIN_MS: o->effort.milliseconds = main_number(name, value, 10000); break;
        case MAIN_ISA: isa = value; break;
        case MAIN_JSON: o->json = true; break;
        case MAIN_PEER:
            if (strchr(value, '=') == NULL) main_wrong("--peer %s: not NAME=FILE.so", value);
            if (peer_count == BENCH_PARSERS_MAX) main_wrong("--peer: too many");
            peers[peer_count++] = value;
            break;
        case MAIN_LIMITS: o->limits = true; break;
        case MAIN_INPUT:
            main_add_input(o, bench_input_read(value));
            while (argv[i + 1] != NULL && argv[i + 1][0] != '-')
                main_add_input(o, bench_input_read(argv[++i]));
            break;
        case MAIN_MODE: o->modes = main_mode(value); break;
        case MAIN_OPTIONS: break;
        }
    }
    bool one_isa = (1u << command & (MAIN_LINEAR | MAIN_ENGINE)) != 0;
    if (one_isa && isa != NULL && strcmp(isa, "all") == 0)
        main_wrong("--isa all is not for %s", main_commands[command].name);
    main_add_weir(o, isa);
    for (size_t i = 0; i < peer_count; i++)
        main_add_parser(o, bench_peer(peers[i]));
    if (!o->limits) return;
    main_add_parser(o, bench_memcpy());
    main_add_parser(o, bench_pass());
}

static int main_run(int argc, char **argv)
{
    static bench_options o = {.effort = {15, 20}, .modes = 1u << BENCH_WHOLE};
    if (argc < 2) {
        fputs(usage, stderr);
        return BENCH_USAGE;
    }
    const char *command = argv[1];
    if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0 ||
        strcmp(command, "help") == 0) {
        fputs(usage, stdout);
        return BENCH_OK;
    }
    if (strcmp(command, "--version") == 0) {
        printf("weir-bench %s\n", WEIR_VERSION);
        return BENCH_OK;
    }
    for (size_t i = 0; i < sizeof main_commands / sizeof main_commands[0]; i++) {
        if (strcmp(command, main_commands[i].name) != 0) continue;
        if (argc == 3 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
            fputs(usage, stdout);
            return BENCH_OK;
        }
        main_options(&o, i, argv);
        if (main_commands[i].run == bench_heads && o.input_count == 0) main_own_inputs(&o);
        return main_commands[i].run(&o);
    }
    main_wrong("no such %s: %s", command[0] == '-' ? "option" : "command", command);
}

int main(int argc, char **argv)
{
    int status = main_run(argc, argv);
    /* A full disk or a closed pipe shows up here at the latest. */
    if (fflush(stdout) != 0 || ferror(stdout)) bench_die(BENCH_OUTPUT, strerror(errno), "output");
    return status;
}
