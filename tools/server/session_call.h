/* SPDX-License-Identifier: MIT */
/* session_call.h - what the session itself asks of an exchange under way. */
#ifndef WEIR_SESSION_CALL_H
#define WEIR_SESSION_CALL_H

#include "session.h"

/* True while a handler is answering. */
bool weir_session_is_calling(const weir_session *s);

/* A request's head is there: finds its handler and begins. */
void weir_session_call_begin(weir_session *s, const weir_event *ev);

/* A request came without TLS where TLS is spoken: says so, and ends the connection. */
void weir_session_call_plain(weir_session *s, const weir_event *ev);

/* The peer broke a rule: the handler, if any, is told that it is over, and the rule is answered if
 * it still can be. */
void weir_session_call_refuse(weir_session *s, const weir_event *ev);

/* Calls of the table, where the handler has them. */
void weir_session_call_payload(weir_session *s);
void weir_session_call_end(weir_session *s, const weir_event *ev);
void weir_session_call_more(weir_session *s);

/* The connection is lost. */
void weir_session_call_abandon(weir_session *s);

#endif
