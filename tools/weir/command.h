/* SPDX-License-Identifier: MIT */
/* command.h - what the subcommands of weir have in common: a name, a help text, exit statuses. */
#ifndef WEIR_COMMAND_H
#define WEIR_COMMAND_H

#include "options.h"

/* Exit statuses; those from 64 on as sysexits.h has them. */
enum {
    WEIR_EXIT_OK = 0,
    WEIR_EXIT_FAILED = 1,     /* parse: a message was refused; serve: it could not start;
                                 replay: answered otherwise, or the file was refused */
    WEIR_EXIT_INCOMPLETE = 2, /* parse: a message is not complete */
    WEIR_EXIT_USAGE = 64,     /* the command line is wrong */
    WEIR_EXIT_INPUT = 66,     /* parse, replay: the file cannot be read */
    WEIR_EXIT_OUTPUT = 74,    /* what was to be printed could not be written */
};

/* A subcommand. `run` gets the arguments behind its name and returns an exit status. */
typedef struct {
    weir_option_table table;
    int (*run)(int argc, char **argv);
} weir_command;

extern const weir_command weir_command_serve;  /* serve.c */
extern const weir_command weir_command_parse;  /* parse.c */
extern const weir_command weir_command_replay; /* replay.c */

#endif
