/* SPDX-License-Identifier: MIT */
/* parse.h - what the files of `weir parse` share: a message as the core read it, and its place. */
#ifndef WEIR_PARSE_H
#define WEIR_PARSE_H

#include "weir/body.h"

typedef enum {
    WEIR_PARSE_REQUEST,
    WEIR_PARSE_RESPONSE,
    WEIR_PARSE_CHUNKED, /* a chunked body without a head: vectors alone have it */
} weir_parse_kind;

/* How octets are to be read. */
typedef struct {
    weir_parse_kind kind;
    weir_method asked; /* of the request that a response answers */
    bool in_steps;     /* one octet more at a time, in copies with nothing behind them */
    bool ended;        /* the connection ends behind the octets */
    size_t keep_max;   /* octets of payload that are kept */
    uint32_t allow;    /* leniencies, bits WEIR_ALLOW_* */
} weir_parse_options;

/* One message as the core read it. Spans live until weir__parse_free(), or as long as `in`. */
typedef struct {
    weir_parse_kind kind;
    weir_error result; /* WEIR_END: complete; WEIR_MORE; or the rule that is broken */
    size_t at;         /* complete: its length; refused: the offset of the octet at fault */
    bool at_end;       /* refused: nothing stands there that is at fault, something is missing */
    bool has_head;     /* request or response is filled */
    bool has_framing;  /* and framing */
    uint32_t allowed;  /* leniencies that were used */
    weir_limits limits;
    weir_request request;
    weir_response response;
    weir_framing framing;
    char *payload; /* its first octets, up to keep_max */
    size_t payload_kept, payload_room;
    uint64_t payload_len;
    const weir_field *trailers;
    size_t trailer_count;
    weir_field fields[WEIR_FIELDS_DEFAULT], trailer_fields[WEIR_FIELDS_DEFAULT];
    char *head_copy, *body_copy; /* with in_steps */
} weir_parse_message;

/* Reads the first message of `in`. It takes nothing but the calls of the core's headers. */
void weir__parse_read(weir_parse_message *m, const weir_parse_options *options, const char *in,
                      size_t len);
void weir__parse_free(weir_parse_message *m);

/* Where a message stands in what was given. */
typedef struct {
    size_t number; /* 1 for the first message */
    const char *all;
    size_t all_len;
    size_t from; /* its first octet */
} weir_parse_place;

/* What stands behind a complete message. */
typedef enum {
    WEIR_PARSE_NOTHING,
    WEIR_PARSE_MESSAGE, /* another one */
    WEIR_PARSE_TUNNEL,  /* no HTTP any more; behind CONNECT: if the answer is 2xx */
    WEIR_PARSE_CLOSED,  /* octets that nobody reads: the message ends the connection */
} weir_parse_next;

weir_parse_next weir__parse_next(const weir_parse_message *m, const weir_parse_place *place);

/* The octet at fault among all octets: line and column count from 1. */
typedef struct {
    size_t offset, line, column;
    char excerpt[400]; /* its line, or what fits of it, as printable ASCII */
    size_t caret;      /* the column in the excerpt, from 0 */
} weir_parse_fault;

void weir__parse_find_fault(const weir_parse_message *m, const weir_parse_place *place,
                            weir_parse_fault *fault);

/* Writes an octet as printable ASCII: itself, \r, \n, \t, \\ or \xNN. Returns its length, <= 4. */
size_t weir__parse_escape(unsigned char c, char out[5]);

/* parse_text.c, parse_json.c: a message on standard output. */
void weir__parse_print_text(const weir_parse_message *m, const weir_parse_place *place);
void weir__parse_print_json(const weir_parse_message *m, const weir_parse_place *place);

/* parse_batch.c: vectors from standard input, a line each. Returns an exit status. */
int weir__parse_batch(void);

/* The status that a server answers to what is refused, or a gateway to who asked it; 0: none. */
unsigned weir__parse_answer(const weir_parse_message *m);

/* The next leniency that was used, as its name; NULL: no more. `left` begins as m->allowed. */
const char *weir__parse_leniency(uint32_t *left);

/* Names that text, JSON and batch have in common. */
const char *weir__parse_framing_name(weir_framing_kind kind);
const char *weir__parse_form_name(weir_target_form form);

/* realloc that ends the program where there is no memory. */
void *weir__parse_memory(void *old, size_t size);

#endif
