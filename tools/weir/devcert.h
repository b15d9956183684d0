/* SPDX-License-Identifier: MIT */
/* devcert.h - a development certificate: a local authority, kept, and a leaf for this machine. */
#ifndef WEIR_DEVCERT_H
#define WEIR_DEVCERT_H

#include <stdbool.h>
#include <stddef.h>

/* What weir_devcert_open() comes to. PEM texts, on the heap; the leaf's chain is the leaf alone. */
typedef struct {
    char *chain_pem, *key_pem;
    char ca_file[4096];       /* the authority's certificate, which is to be trusted */
    bool is_new_ca;           /* it was made just now: trust in an earlier one is of no use */
    char problem[4096 + 512]; /* on false: what went wrong, for a person */
} weir_devcert;

/*
 * Reads the development certificate, or makes what is missing, damaged, for another host name, or
 * about to end. Two processes at once do not clash: one waits for the other.
 *
 * The files are in $XDG_STATE_HOME/weir, or ~/.local/state/weir: ca.pem; ca-key.pem and
 * localhost.pem (the leaf and its key) with mode 0600 in a folder with mode 0700. The authority is
 * for ten years and may sign for localhost, 127.0.0.1, ::1 and the host's name alone, so that its
 * key is worth nothing elsewhere; the leaf is for these names and ninety days.
 *
 * False: `problem` is filled, and there is nothing to free.
 */
bool weir_devcert_open(weir_devcert *out);
void weir_devcert_free(weir_devcert *cert);

#endif
