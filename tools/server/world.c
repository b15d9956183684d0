/* SPDX-License-Identifier: MIT */
/* world.c - what all worlds have in common. */
#include <stdarg.h>
#include <stdio.h>

#include "world.h"

bool weir_file_facts_equal(const weir_file_facts *a, const weir_file_facts *b)
{
    return a->size == b->size && a->modified_s == b->modified_s &&
           a->modified_ns == b->modified_ns && a->changed_s == b->changed_s &&
           a->changed_ns == b->changed_ns && a->identity == b->identity && a->device == b->device &&
           a->is_folder == b->is_folder;
}

void weir_log(weir_world *w, bool is_error, const char *format, ...)
{
    char text[500];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    w->ops->log(w, is_error, text);
}
