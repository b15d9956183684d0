/* SPDX-License-Identifier: MIT */
/* worker.h - one loop over one world: accept, wait, let sessions go on, end them in time. */
#ifndef WEIR_WORKER_H
#define WEIR_WORKER_H

#include "server.h"
#include "world.h"

/*
 * Serves until the world says stop. `root` and `quiet` of the options are the world's business.
 * Every acceptor is closed when the stop begins, and in any case before it returns; so are all
 * connections and files. With options->workers other than 1, others may watch the acceptors too.
 *
 * 0: it was asked to stop. 1: it could not begin, or nothing is left to accept from.
 */
int weir_worker_run(weir_world *world, const weir_server_options *options);

#endif
