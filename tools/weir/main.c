/* SPDX-License-Identifier: MIT */
/* main.c - the program weir: finds the subcommand that is asked for and runs it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "weir/base.h"

static const weir_command *const main_commands[] = {&weir_command_serve, &weir_command_parse,
                                                    &weir_command_replay};

enum {
    MAIN_COMMANDS = sizeof main_commands / sizeof main_commands[0],
};

static void main_usage(FILE *to)
{
    fprintf(to, "usage: weir COMMAND [ARGUMENTS]\n"
                "       weir help COMMAND\n"
                "       weir --version | --help\n"
                "\n"
                "A strict HTTP/1.1 implementation.\n"
                "\n");
    for (size_t i = 0; i < MAIN_COMMANDS; i++)
        fprintf(to, "  %-10s %s\n", main_commands[i]->table.name, main_commands[i]->table.brief);
    fprintf(to, "  %-10s %s\n", "help", "show what a command does and its options");
}

static const weir_command *main_find(const char *name)
{
    for (size_t i = 0; i < MAIN_COMMANDS; i++)
        if (strcmp(name, main_commands[i]->table.name) == 0) return main_commands[i];
    return NULL;
}

static int main_unknown(const char *typed)
{
    static const char *const options[] = {"--help", "--version"};
    const char *names[MAIN_COMMANDS + 1] = {"help"};
    const char *nearest;

    for (size_t i = 0; i < MAIN_COMMANDS; i++)
        names[i + 1] = main_commands[i]->table.name;
    bool is_option = typed[0] == '-';
    if (is_option)
        nearest = weir_options_nearest(typed, options, sizeof options / sizeof options[0]);
    else
        nearest = weir_options_nearest(typed, names, MAIN_COMMANDS + 1);
    fprintf(stderr, "weir: no such %s: %s", is_option ? "option" : "command", typed);
    if (nearest != NULL) fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "\nweir: 'weir --help' shows what there is\n");
    return WEIR_EXIT_USAGE;
}

/* weir help [COMMAND] */
static int main_help(int argc, char **argv)
{
    if (argc == 0) {
        main_usage(stdout);
        return WEIR_EXIT_OK;
    }
    const weir_command *command = main_find(argv[0]);
    if (command == NULL) return main_unknown(argv[0]);
    if (argc > 1) {
        fprintf(stderr, "weir: help is for one command at a time: %s\n", argv[1]);
        return WEIR_EXIT_USAGE;
    }
    weir_options_help(&command->table);
    return WEIR_EXIT_OK;
}

static int main_run(int argc, char **argv)
{
    if (argc < 2) {
        main_usage(stderr);
        return WEIR_EXIT_USAGE;
    }
    const weir_command *command = main_find(argv[1]);
    if (command != NULL) return command->run(argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") == 0) {
        printf("weir %s\n", WEIR_VERSION);
        return WEIR_EXIT_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return main_help(0, NULL);
    if (strcmp(argv[1], "help") == 0) return main_help(argc - 2, argv + 2);
    return main_unknown(argv[1]);
}

int main(int argc, char **argv)
{
    int status = main_run(argc, argv);

    /* A full disk or a closed pipe shows up here at the latest. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "weir: standard output: %s\n", strerror(errno));
        if (status == WEIR_EXIT_OK) status = WEIR_EXIT_OUTPUT;
    }
    return status;
}
