/* SPDX-License-Identifier: MIT */
/* options.h - command lines from a table: reading them, help, and a word to who mistypes. */
#ifndef WEIR_OPTIONS_H
#define WEIR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* What weir_options_next() answers besides the ids of a table, which are above these. */
enum {
    WEIR_OPTION_END,     /* no more arguments */
    WEIR_OPTION_OPERAND, /* not an option: the value is the argument */
    WEIR_OPTION_WRONG,   /* said on standard error: end with WEIR_EXIT_USAGE */
    WEIR_OPTION_HELP,    /* --help or -h, known to every table */
    WEIR_OPTION_FIRST,   /* the first id of a table's own */
};

typedef struct {
    int id;
    const char *name;  /* without the dashes: "workers" */
    const char *value; /* what it takes, as help shows it: "N"; NULL: nothing */
    const char *help;  /* lines parted by '\n', each at most 50 octets */
} weir_option;

/* A command as its help shows it. */
typedef struct {
    const char *name;  /* "serve" */
    const char *brief; /* one line, such as "serve a folder over HTTP and HTTPS" */
    const char *usage; /* "weir serve [DIR] [OPTIONS]" and more such lines, parted by '\n' */
    const char *text;  /* what it does, whole lines */
    const weir_option *options;
    size_t option_count;
    const char *after; /* behind the options: exit statuses and the like, whole lines */
} weir_option_table;

/* A command line being read. Set argc and argv (without the command's name), the rest is zero. */
typedef struct {
    const weir_option_table *table;
    int argc;
    char **argv;
    int at;
    bool operands_only; /* "--" was seen */
} weir_options;

/*
 * Takes the next argument: an option's id, or one of the enum above. Options are "--name VALUE" and
 * "--name=VALUE", operands may stand between them, "--" ends the options, "-" is an operand. Names
 * are never shortened: a script would break on the day that a longer name appears.
 *
 *   value  the option's value or the operand; NULL where it takes none.
 */
int weir_options_next(weir_options *o, const char **value);

/* Prints "weir NAME: message", and where to find help, to standard error. WEIR_EXIT_USAGE. */
int weir_options_wrong(const weir_option_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The help of a command, to standard output. */
void weir_options_help(const weir_option_table *table);

/*
 * The member of `names` that takes the fewest changes of one character (left out, put in, put in
 * another's place, swapped with its neighbour) from `typed`; NULL: none is even half alike.
 */
const char *weir_options_nearest(const char *typed, const char *const *names, size_t count);

#endif
