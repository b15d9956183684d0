/* SPDX-License-Identifier: MIT */
/* options.c - command lines from a table: reading them, help, and a word to who mistypes. */
#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

enum {
    OPTIONS_NAME_MAX = 40,  /* longer words are compared by their first octets */
    OPTIONS_TABLE_MAX = 32, /* options of one table, --help included */
    OPTIONS_COLUMN = 22,    /* where help texts begin */
};

/* ---- the nearest name ---- */

static size_t options_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Changes from `a` to `b`, the neighbours swapped counted as one (optimal string alignment). */
static size_t options_distance(const char *a, const char *b)
{
    size_t a_len = options_least(strlen(a), OPTIONS_NAME_MAX);
    size_t b_len = options_least(strlen(b), OPTIONS_NAME_MAX);
    size_t rows[3][OPTIONS_NAME_MAX + 1] = {{0}};

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t put_in = options_least(row[j - 1], above[j]) + 1;
            row[j] = options_least(put_in, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = options_least(row[j], second[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

const char *weir_options_nearest(const char *typed, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = 0;

    for (size_t i = 0; i < count; i++) {
        size_t distance = options_distance(typed, names[i]);
        if (best != NULL && distance >= best_distance) continue;
        best = names[i];
        best_distance = distance;
    }
    if (best == NULL) return NULL;
    /* Changing more than half of the longer word is inventing another. */
    size_t longer = strlen(typed) > strlen(best) ? strlen(typed) : strlen(best);
    return best_distance * 2 <= longer ? best : NULL;
}

/* ---- reading ---- */

int weir_options_wrong(const weir_option_table *table, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "weir %s: ", table->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nweir %s: 'weir %s --help' shows what there is\n", table->name, table->name);
    return WEIR_EXIT_USAGE;
}

static int options_unknown(const weir_option_table *table, const char *argument, const char *name)
{
    const char *names[OPTIONS_TABLE_MAX] = {"help"};
    size_t count = 1;

    for (size_t i = 0; i < table->option_count && count < OPTIONS_TABLE_MAX; i++)
        names[count++] = table->options[i].name;
    const char *nearest = weir_options_nearest(name, names, count);
    if (nearest != NULL)
        weir_options_wrong(table, "no such option: %s; did you mean --%s?", argument, nearest);
    else
        weir_options_wrong(table, "no such option: %s", argument);
    return WEIR_OPTION_WRONG;
}

/* The option that `name`, up to `len`, is. */
static const weir_option *options_find(const weir_option_table *table, const char *name, size_t len)
{
    static const weir_option help = {WEIR_OPTION_HELP, "help", NULL, NULL};

    if (len == strlen(help.name) && memcmp(name, help.name, len) == 0) return &help;
    for (size_t i = 0; i < table->option_count; i++) {
        const weir_option *option = &table->options[i];
        if (strlen(option->name) == len && memcmp(option->name, name, len) == 0) return option;
    }
    return NULL;
}

/* An argument that begins with "--" and is longer. */
static int options_long(weir_options *o, const char *argument, const char **value)
{
    const char *name = argument + 2;
    size_t len = strcspn(name, "=");
    const char *given = name[len] == '=' ? name + len + 1 : NULL;
    const weir_option *option = options_find(o->table, name, len);

    if (option == NULL) {
        char word[OPTIONS_NAME_MAX + 1];
        snprintf(word, sizeof word, "%.*s", (int)options_least(len, OPTIONS_NAME_MAX), name);
        return options_unknown(o->table, argument, word);
    }
    if (option->value == NULL) {
        if (given == NULL) return option->id;
        weir_options_wrong(o->table, "--%s takes no value, and '%s' was given", option->name,
                           given);
        return WEIR_OPTION_WRONG;
    }
    if (given == NULL && o->at < o->argc) given = o->argv[o->at++];
    if (given == NULL || given[0] == '\0') {
        weir_options_wrong(o->table, "--%s needs a value: --%s %s", option->name, option->name,
                           option->value);
        return WEIR_OPTION_WRONG;
    }
    *value = given;
    return option->id;
}

int weir_options_next(weir_options *o, const char **value)
{
    *value = NULL;
    if (o->at >= o->argc) return WEIR_OPTION_END;
    const char *argument = o->argv[o->at++];
    if (o->operands_only || argument[0] != '-' || argument[1] == '\0') {
        *value = argument;
        return WEIR_OPTION_OPERAND;
    }
    if (strcmp(argument, "--") == 0) {
        o->operands_only = true;
        return weir_options_next(o, value);
    }
    if (strcmp(argument, "-h") == 0) return WEIR_OPTION_HELP;
    if (argument[1] != '-') return options_unknown(o->table, argument, argument + 1);
    return options_long(o, argument, value);
}

/* ---- help ---- */

/* Each line of `lines` in the column of help texts; the first one goes behind what stands there. */
static void options_help_lines(const char *lines)
{
    for (bool first = true; *lines != '\0'; first = false) {
        size_t len = strcspn(lines, "\n");
        printf("%*s%.*s\n", first ? 0 : OPTIONS_COLUMN, "", (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

static void options_help_option(const weir_option *option)
{
    int width = printf("  --%s%s%s", option->name, option->value != NULL ? " " : "",
                       option->value != NULL ? option->value : "");
    if (width >= OPTIONS_COLUMN) {
        printf("\n");
        width = 0;
    }
    printf("%*s", OPTIONS_COLUMN - width, "");
    options_help_lines(option->help);
}

void weir_options_help(const weir_option_table *table)
{
    static const weir_option help = {WEIR_OPTION_HELP, "help", NULL, "show this text"};
    const char *usage = table->usage;

    for (bool first = true; *usage != '\0'; first = false) {
        size_t len = strcspn(usage, "\n");
        printf("%s %.*s\n", first ? "usage:" : "      ", (int)len, usage);
        usage += len + (usage[len] == '\n');
    }
    printf("\n%s\n", table->text);
    for (size_t i = 0; i < table->option_count; i++)
        options_help_option(&table->options[i]);
    options_help_option(&help);
    printf("%s", table->after);
}
