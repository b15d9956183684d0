/* SPDX-License-Identifier: MIT */
/* fuzz/recorded.h - what weir serve --record wrote, as an input of server_connection. */
#ifndef WEIR_FUZZ_RECORDED_H
#define WEIR_FUZZ_RECORDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * False: it is no recording. Else what the client said is answered by app.h, all of it at hand and
 * then cut as it was, and events and output must be the same; then it is run as any other input is.
 */
bool recorded_run(const uint8_t *data, size_t size);

#endif
