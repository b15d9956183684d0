/* SPDX-License-Identifier: MIT */
/* main.c - weir-bench: measures the core side by side with other parsers. docs/benchmarks.md. */
#include "bench.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifndef WEIR_BENCH_INPUTS
#define WEIR_BENCH_INPUTS "tools/bench/inputs"
#endif

static const char usage[] =
    "usage: weir-bench COMMAND [OPTIONS]\n"
    "\n"
    "  head      heads: ns each, GB/s, and how many times faster than the first peer\n"
    "  linear    ns an octet of heads from 64 octets to 64 KiB, fed in pieces\n"
    "  chunked   chunked bodies, with chunks of 16 octets and of 4 KiB\n"
    "  engine    a request through the engine, beside its head alone\n"
    "\n"
    "  --input FILE...      heads to read, one or more a file; otherwise the project's own\n"
    "  --mode MODE          whole, two, 16, 1 or all (head); otherwise whole\n"
    "  --isa NAME           an instruction set, or all that run here; otherwise the best\n"
    "  --peer NAME=FILE.so  another parser, by the functions of tools/bench/adaptor.h\n"
    "  --limits             memcpy and one pass over the octets, too\n"
    "  --rounds N, --ms N   how many measurements, of how many milliseconds each\n"
    "  --json               a line of JSON for each figure\n";

_Noreturn void bench_die(const char *what, const char *about)
{
    fprintf(stderr, "weir-bench: %s: %s\n", about, what);
    exit(2);
}

static _Noreturn void main_usage(const char *what, const char *about)
{
    fprintf(stderr, "weir-bench: %s: %s\n\n%s", about, what, usage);
    exit(64);
}

static int main_number(const char *text, int most)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || n < 1 || n > most)
        main_usage("a number that makes sense is needed", text);
    return (int)n;
}

static unsigned main_mode(const char *text)
{
    if (strcmp(text, "all") == 0) return (1u << BENCH_MODES) - 1;
    for (unsigned i = 0; i < BENCH_MODES; i++)
        if (strcmp(text, bench_mode_names[i]) == 0) return 1u << i;
    main_usage("no such mode", text);
}

static void main_add_parser(bench_options *o, bench_parser p)
{
    if (o->parser_count == BENCH_PARSERS_MAX) bench_die("too many parsers", p.name);
    o->parsers[o->parser_count++] = p;
}

static void main_add_input(bench_options *o, bench_input in)
{
    if (o->input_count == BENCH_INPUTS_MAX) bench_die("too many inputs", in.name);
    o->inputs[o->input_count++] = in;
}

/* weir in the instruction sets that are asked for. NULL: the best. */
static void main_add_weir(bench_options *o, const char *isa)
{
    size_t before = o->parser_count;
    for (int i = WEIR_ISA_AUTO + 1; i < WEIR_ISA_COUNT; i++) {
        bool wanted = isa == NULL
                          ? (weir_isa)i == weir_isa_best()
                          : strcmp(isa, "all") == 0 || strcmp(isa, weir_isa_name((weir_isa)i)) == 0;
        if (wanted && weir_isa_runs((weir_isa)i)) main_add_parser(o, bench_weir((weir_isa)i));
    }
    if (o->parser_count == before)
        main_usage("does not run here, or there is no such instruction set", isa);
}

static int main_by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The project's own: the files beside this program's source, in order, and those that are made. */
static void main_own_inputs(bench_options *o)
{
    DIR *folder = opendir(WEIR_BENCH_INPUTS);
    if (folder == NULL) bench_die(strerror(errno), WEIR_BENCH_INPUTS);
    char *paths[BENCH_INPUTS_MAX];
    size_t count = 0;
    for (const struct dirent *e; (e = readdir(folder)) != NULL && count < BENCH_INPUTS_MAX;) {
        if (strstr(e->d_name, ".http") == NULL) continue;
        size_t room = sizeof WEIR_BENCH_INPUTS + strlen(e->d_name) + 1;
        paths[count] = malloc(room);
        if (paths[count] == NULL) bench_die("no memory", "inputs");
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

/* The argument of an option, or the end of the program. */
static char *main_value(char **argv, int *i)
{
    if (argv[*i + 1] == NULL) main_usage("needs a value", argv[*i]);
    return argv[++*i];
}

static void main_options(bench_options *o, char **argv)
{
    const char *isa = NULL;
    char *peers[BENCH_PARSERS_MAX];
    size_t peer_count = 0;
    for (int i = 2; argv[i] != NULL; i++) {
        const char *a = argv[i];
        if (strcmp(a, "--json") == 0)
            o->json = true;
        else if (strcmp(a, "--limits") == 0)
            o->limits = true;
        else if (strcmp(a, "--mode") == 0)
            o->modes = main_mode(main_value(argv, &i));
        else if (strcmp(a, "--isa") == 0)
            isa = main_value(argv, &i);
        else if (strcmp(a, "--rounds") == 0)
            o->effort.rounds = main_number(main_value(argv, &i), BENCH_ROUNDS_MAX);
        else if (strcmp(a, "--ms") == 0)
            o->effort.milliseconds = main_number(main_value(argv, &i), 10000);
        else if (strcmp(a, "--peer") == 0 && peer_count < BENCH_PARSERS_MAX)
            peers[peer_count++] = main_value(argv, &i);
        else if (strcmp(a, "--input") == 0)
            do
                main_add_input(o, bench_input_read(main_value(argv, &i)));
            while (argv[i + 1] != NULL && argv[i + 1][0] != '-');
        else
            main_usage("no such option", a);
    }
    main_add_weir(o, isa);
    for (size_t i = 0; i < peer_count; i++)
        main_add_parser(o, bench_peer(peers[i]));
    if (!o->limits) return;
    main_add_parser(o, bench_memcpy());
    main_add_parser(o, bench_pass());
}

int main(int argc, char **argv)
{
    static bench_options o = {.effort = {15, 20}, .modes = 1u << BENCH_WHOLE};
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    static const struct {
        const char *name;
        int (*run)(const bench_options *o);
    } commands[] = {{"head", bench_heads},
                    {"linear", bench_linear},
                    {"chunked", bench_chunked},
                    {"engine", bench_engine}};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(command, commands[i].name) != 0) continue;
        main_options(&o, argv);
        if (commands[i].run == bench_heads && o.input_count == 0) main_own_inputs(&o);
        return commands[i].run(&o);
    }
    main_usage("no such command", command);
}
