/* SPDX-License-Identifier: MIT */
/* handler.h - what answers requests: it sees a request and a way to answer it, never a transport
 * and never a version of HTTP. */
#ifndef WEIR_HANDLER_H
#define WEIR_HANDLER_H

#include "filecache.h"
#include "weir/framing.h"

/* What all handlers of a worker share. */
typedef struct {
    weir_world *world;
    weir_filecache files;
    uint64_t now_ms;            /* at the beginning of this turn of the loop */
    int64_t wall_s;             /* the same */
    char date[WEIR_DATE_BYTES]; /* wall_s as HTTP writes it */
    bool with_listing, with_demo;
} weir_site;

enum {
    WEIR_CALL_MEMORY = 65536, /* octets that a handler has for itself while it answers */
    WEIR_CALL_STEP = 4096,    /* octets that certainly fit when `more` is called */
    WEIR_CALL_FIELDS_MAX = 8, /* fields that a response may have, Date not counted */
};

typedef struct weir_handler weir_handler;

/* One request being answered. */
typedef struct {
    weir_site *site;
    void *memory;      /* WEIR_CALL_MEMORY octets, aligned for anything */
    bool is_producing; /* set by the handler: call `more` whenever there is room */
    bool is_tired;     /* set by `more`: that was enough for one turn, and others come first */
    bool is_head;      /* payload of the answer goes nowhere: it may be left out */
    bool expects;      /* the client waits for 100 before it sends its payload */
    uint64_t length;   /* octets of payload that come; WEIR_LENGTH_UNKNOWN: it is not said */
    const weir_handler *handler; /* may be changed in `begin` */
    /* private to session_call.c */
    struct weir_session *session;
    uint64_t exchange;
    bool is_active, has_ended, is_finished;
} weir_call;

/*
 * A handler is this table. Any entry but `begin` may be NULL. An answer is weir_call_respond once,
 * then octets or a file, then weir_call_finish, from within any of them; after that only `close`
 * follows. Who answers before `end` does not get the rest of the payload.
 */
struct weir_handler {
    /* The head is there. Its spans live until `begin` returns. */
    void (*begin)(weir_call *call, const weir_request *req);
    /* Payload. Returns how much of it is dealt with; the rest comes again when there is room. Less
     * than all may be taken only when weir_call_send did so. NULL: it is dropped. */
    size_t (*payload)(weir_call *call, weir_str payload);
    /* The request is complete. The trailers live until the answer is finished. */
    void (*end)(weir_call *call, const weir_field *trailers, size_t count);
    /* is_producing, and there is room for at least WEIR_CALL_STEP octets. */
    void (*more)(weir_call *call);
    /* It is over, well or not: give back what is held. */
    void (*close)(weir_call *call);
};

/* The handler for a request that came over TLS, or not. */
const weir_handler *weir_handler_find(const weir_site *site, const weir_request *req,
                                      bool is_secure);

/* ---- the way to answer ---- */

/* Asks for the payload, if the client waits to be asked and nothing of it has come. */
void weir_call_continue(weir_call *call);

/* The head of the answer; Date is added. There is room for it and WEIR_FILE_KEEP_MAX octets. */
void weir_call_respond(weir_call *call, const weir_response *res);

/* Octets of the payload: returns how many were taken. Fewer: there is no more room now. */
size_t weir_call_send(weir_call *call, const void *data, size_t len);

/* Octets [at, at + len) of a file as payload of an announced length; takes over the hold. */
void weir_call_send_file(weir_call *call, weir_file *file, uint64_t at, uint64_t len);

/* The answer is complete. False: there is no room for its trailers now. */
bool weir_call_finish(weir_call *call, const weir_field *trailers, size_t count);

/* A field to send, from a literal name. */
static inline weir_field weir_call_field(weir_field_id id, weir_str value)
{
    return (weir_field){.name = weir_field_name(id), .value = value, .id = id};
}

#endif
