/* SPDX-License-Identifier: MIT */
/* error_cases.c - the table. In the order of weir/error.h; cut where the fault is. */
#include "error_cases.h"

#include "exact.h"

#define S(literal) WEIR_STR_INIT(literal)
#define A8 "aaaaaaaa"
#define A64 A8 A8 A8 A8 A8 A8 A8 A8
#define A448 A64 A64 A64 A64 A64 A64 A64
/* A field line of 512 octets; one that brings LINE and HOST to as many; an extension, its chunk and the
 * next one's size. */
#define LINE_OF_512 "A: " A448 A8 A8 A8 A8 A8 A8 A8 "aaa\r\n"
#define REST_OF_512 "A: " A448 A8 A8 A8 A8 "aa\r\n"
#define EXT_OF_512 ";" A448 A8 A8 A8 A8 A8 A8 A8 "aaaaaaa\r\nx\r\n1"

#define FILLED(code_, reader_, name_, before_, fill_, times_, after_, field_)                    \
    {                                                                                            \
        .code = WEIR_##code_, .reader = READER_##reader_, .name = (name_), .before = S(before_), \
        .fill = S(fill_), .times = (times_), .after = S(after_), .field = (field_),              \
        .stop = WEIR_OK                                                                          \
    }
#define CASE(code, reader, name, before, after, field) \
    FILLED(code, reader, name, before, "", 0, after, field)
#define ENDS(code_, reader_, name_, before_, stop_, hide_)                                       \
    {                                                                                            \
        .code = WEIR_##code_, .reader = READER_##reader_, .name = (name_), .before = S(before_), \
        .field = FIELD_NONE, .stop = (stop_), .hide = (hide_)                                    \
    }
#define HIDDEN(code_, reader_, name_, before_, after_, field_, hide_)                            \
    {                                                                                            \
        .code = WEIR_##code_, .reader = READER_##reader_, .name = (name_), .before = S(before_), \
        .after = S(after_), .field = (field_), .hide = (hide_)                                   \
    }
#define VALUE(code, reader, before, after) \
    HIDDEN(code, reader, before after, before, after, FIELD_NONE, no_values)

static const char no_values[] = "it reads no field's value";
static const char no_request[] = "it knows the request's method alone";

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: h\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST
#define CHUNKS POST "Transfer-Encoding: chunked\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\n"

const error_case error_cases[] = {
    CASE(ERR_START_LINE, SERVER, "no target", "GET", "\r\n\r\n", FIELD_NONE),
    CASE(ERR_START_LINE, SERVER, "no version", "GET /", "\r\n\r\n", FIELD_NONE),
    CASE(ERR_START_LINE, SERVER, "two spaces", "GET /a ", " HTTP/1.1\r\n\r\n", FIELD_NONE),
    CASE(ERR_METHOD, SERVER, "an octet of no token", "G", "@T / HTTP/1.1\r\n\r\n", FIELD_NONE),
    CASE(ERR_TARGET, SERVER, "a fragment", "GET /a", "#b HTTP/1.1\r\n" HOST "\r\n", FIELD_NONE),
    CASE(ERR_TARGET, SERVER, "a broken percent-encoding", "GET /a", "%zz HTTP/1.1\r\n" HOST "\r\n",
         FIELD_NONE),
    CASE(ERR_TARGET, SERVER, "a control octet", "GET /a", "\x01 HTTP/1.1\r\n" HOST "\r\n",
         FIELD_NONE),
    CASE(ERR_TARGET_FORM, SERVER, "asterisk form", "GET ", "* HTTP/1.1\r\n" HOST "\r\n",
         FIELD_NONE),
    CASE(ERR_TARGET_FORM, SERVER, "origin form", "CONNECT ", "/ HTTP/1.1\r\n" HOST "\r\n",
         FIELD_NONE),
    CASE(ERR_USERINFO, SERVER, "a user name", "GET http://user", "@h/ HTTP/1.1\r\n" HOST "\r\n",
         FIELD_NONE),
    CASE(ERR_VERSION, SERVER, "lower case", "GET / ", "http/1.1\r\n" HOST "\r\n", FIELD_NONE),
    CASE(ERR_VERSION, SERVER, "two digits", "GET / HTTP/1.1", "0\r\n" HOST "\r\n", FIELD_NONE),
    CASE(ERR_VERSION, CLIENT, "another protocol", "", "ICY 200 OK\r\n\r\n", FIELD_NONE),
    CASE(ERR_VERSION_UNSUPPORTED, SERVER, "a request", "GET / HTTP/", "2.0\r\n" HOST "\r\n",
         FIELD_NONE),
    CASE(ERR_VERSION_UNSUPPORTED, CLIENT, "a response", "HTTP/", "0.9 200 OK\r\n\r\n", FIELD_NONE),
    CASE(ERR_STATUS_LINE, CLIENT, "no space", "HTTP/1.1 200", "\r\n\r\n", FIELD_NONE),
    CASE(ERR_STATUS_LINE, CLIENT, "two digits", "HTTP/1.1 20", " OK\r\n\r\n", FIELD_NONE),
    CASE(ERR_STATUS, CLIENT, "below 100", "HTTP/1.1 ", "099 X\r\n\r\n", FIELD_NONE),
    CASE(ERR_REASON, CLIENT, "NUL", "HTTP/1.1 200 O", "\0K\r\n\r\n", FIELD_NONE),
    CASE(ERR_LINE_END, SERVER, "in the start line", "GET / HTTP/1.1", "\n" HOST "\r\n", FIELD_NONE),
    CASE(ERR_LINE_END, SERVER, "in a field line", LINE "Host: h", "\nA: b\r\n\r\n", 0),
    CASE(ERR_LINE_END, CLIENT, "in the status line", "HTTP/1.1 200 OK", "\n\r\n", FIELD_NONE),
    CASE(ERR_LINE_END, SERVER, "in a chunk line", CHUNKS "5", "\nhello\r\n0\r\n\r\n", FIELD_NONE),
    CASE(ERR_LINE_END, SERVER, "in a trailer", CHUNKS "0\r\nA: b\r\nC: d", "\n\r\n", 1),
    CASE(ERR_BARE_CR, SERVER, "in a field line", LINE "Host: h\r\nA: b", "\rc\r\n\r\n", 1),
    CASE(ERR_BARE_CR, CLIENT, "in the status line", "HTTP/1.1 200 O", "\rK\r\n\r\n", FIELD_NONE),
    CASE(ERR_LEADING_SPACE, SERVER, "before the first field", LINE, " Host: h\r\n\r\n", 0),
    CASE(ERR_FIELD_LINE, SERVER, "no colon", LINE HOST "A", "\r\n\r\n", 1),
    CASE(ERR_FIELD_NAME, SERVER, "an octet of no token", LINE HOST "A", "/b: c\r\n\r\n", 1),
    CASE(ERR_FIELD_NAME, SERVER, "no name", LINE HOST, ": c\r\n\r\n", 1),
    CASE(ERR_FIELD_NAME, SERVER, "in a trailer", CHUNKS "0\r\nA: b\r\n", "(: c\r\n\r\n", 1),
    CASE(ERR_NAME_SPACE, SERVER, "a space", LINE "Host", " : h\r\n\r\n", 0),
    CASE(ERR_NAME_SPACE, CLIENT, "a tab", OK "A: b\r\nC", "\t: d\r\n\r\n", 1),
    CASE(ERR_FIELD_VALUE, SERVER, "NUL", LINE HOST "A: b", "\0c\r\n\r\n", 1),
    CASE(ERR_FIELD_VALUE, CLIENT, "DEL", OK "A: ", "\x7f\r\n\r\n", 0),
    CASE(ERR_FOLD, SERVER, "a tab", LINE HOST, "\tx\r\n\r\n", 1),
    CASE(ERR_FOLD, SERVER, "in trailers", CHUNKS "0\r\nA: b\r\n", " c\r\n\r\n", 1),
    CASE(ERR_HOST_MISSING, SERVER, "a field, and no Host", LINE "A: b\r\n\r\n", "", 1),
    CASE(ERR_HOST_REPEATED, SERVER, "two", LINE HOST "A: b\r\nHost: ", "h\r\n\r\n", 2),
    CASE(ERR_HOST, SERVER, "a blank", LINE "A: b\r\nHost: a", " b\r\n\r\n", 1),
    CASE(ERR_HOST, SERVER, "a path", LINE "Host: a", "/b\r\n\r\n", 0),
    CASE(ERR_CONTENT_LENGTH, SERVER, "a sign", POST "Content-Length: ", "+5\r\n\r\n", 1),
    CASE(ERR_CONTENT_LENGTH, SERVER, "a blank inside", POST "Content-Length: 5", " 5\r\n\r\n", 1),
    CASE(ERR_CONTENT_LENGTH, SERVER, "two that differ",
         POST "Content-Length: 5\r\nContent-Length: ", "6\r\n\r\n", 2),
    CASE(ERR_CONTENT_LENGTH, CLIENT, "empty", OK "A: b\r\nContent-Length:", "\r\n\r\n", 1),
    CASE(ERR_LENGTH_REPEATED, SERVER, "two lines",
         POST "Content-Length: 5\r\nContent-Length: ", "5\r\n\r\n", 2),
    CASE(ERR_LENGTH_REPEATED, SERVER, "a list", POST "Content-Length: ", "5, 5\r\n\r\n", 1),
    CASE(ERR_LENGTH_RANGE, SERVER, "2^63", POST "Content-Length: ", "9223372036854775808\r\n\r\n",
         1),
    CASE(ERR_TRANSFER_CODING, SERVER, "not last",
         POST "Transfer-Encoding: ", "chunked, gzip\r\n\r\n", 1),
    CASE(ERR_TRANSFER_CODING, CLIENT, "twice",
         OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: ", "chunked\r\n\r\n", 1),
    CASE(ERR_CODING_UNKNOWN, SERVER, "gzip", POST "Transfer-Encoding: ", "gzip, chunked\r\n\r\n",
         1),
    CASE(ERR_LENGTH_AND_CODING, SERVER, "both",
         POST "Transfer-Encoding: chunked\r\nContent-Length: ", "5\r\n\r\n", 2),
    CASE(ERR_CODING_IN_10, SERVER, "chunked",
         "POST / HTTP/1.0\r\nTransfer-Encoding: ", "chunked\r\n\r\n", 0),
    CASE(ERR_CONNECTION, SERVER, "Content-Length", POST "Connection: ", "content-length\r\n\r\n",
         1),
    CASE(ERR_CHUNK_SIZE, SERVER, "hexadecimal as C writes it", CHUNKS "0", "x5\r\n", FIELD_NONE),
    CASE(ERR_CHUNK_SIZE, SERVER, "none", CHUNKS, "\r\n", FIELD_NONE),
    CASE(ERR_CHUNK_SIZE, CLIENT, "a sign", OK "Transfer-Encoding: chunked\r\n\r\n", "-1\r\n",
         FIELD_NONE),
    CASE(ERR_CHUNK_RANGE, SERVER, "2^63", CHUNKS "800000000000000", "0\r\n", FIELD_NONE),
    CASE(ERR_CHUNK_EXT, SERVER, "no name", CHUNKS "5;", "=a\r\n", FIELD_NONE),
    CASE(ERR_CHUNK_EXT, SERVER, "a control octet in quotes", CHUNKS "5;a=\"", "\x01\"\r\n",
         FIELD_NONE),
    CASE(ERR_CHUNK_DATA, SERVER, "longer than its size", CHUNKS "1\r\na", "b\r\n", FIELD_NONE),
    HIDDEN(ERR_UNEXPECTED, UNASKED, "a response to nothing", "", OK "\r\n", FIELD_NONE, no_request),
    HIDDEN(ERR_SWITCH, CLIENT, "101 to a request without Upgrade", "",
           "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", FIELD_NONE, no_request),
    ENDS(ERR_TRUNCATED, SERVER, "in a head", LINE "Host: ", WEIR_END, "it says what is missing"),
    ENDS(ERR_TRUNCATED, SERVER, "in a payload", POST "Content-Length: 5\r\n\r\nhell", WEIR_END,
         "it says what is missing"),
    ENDS(ERR_TRUNCATED, SERVER, "in a chunk", CHUNKS "5\r\nhell", WEIR_ERR_TRUNCATED,
         "it says what is missing"),
    ENDS(ERR_TRUNCATED, CLIENT, "before a head", "", WEIR_END, "it says what is missing"),
    ENDS(ERR_TIMEOUT, SERVER, "in a head", LINE "Host: ", WEIR_ERR_TIMEOUT, "it waits for nobody"),
    FILLED(ERR_HEAD_BYTES, SERVER, "64 fields of 512 octets", LINE HOST REST_OF_512, LINE_OF_512,
           63, "a:\r\n\r\n", 65),
    FILLED(ERR_LINE_BYTES, SERVER, "24577 octets", LINE HOST "A: ", "a", 24576 - 3, "a\r\n\r\n", 1),
    FILLED(ERR_METHOD_BYTES, SERVER, "33 octets", "", "A", 32, "A / HTTP/1.1\r\n" HOST "\r\n",
           FIELD_NONE),
    FILLED(ERR_TARGET_BYTES, SERVER, "16385 octets", "GET /", "a", 16383,
           "a HTTP/1.1\r\n" HOST "\r\n", FIELD_NONE),
    FILLED(ERR_FIELDS, SERVER, "129 of them", LINE HOST, "a:\r\n", WEIR_FIELDS_DEFAULT - 1,
           "b:\r\n\r\n", WEIR_FIELDS_DEFAULT),
    FILLED(ERR_EMPTY_LINES, SERVER, "5 of them", "", "\r\n", 4, "\r\n" LINE HOST "\r\n",
           FIELD_NONE),
    FILLED(ERR_CHUNK_EXT_BYTES, SERVER, "4097 octets in all", CHUNKS "1", EXT_OF_512, 8, ";a\r\n",
           FIELD_NONE),
    FILLED(ERR_CHUNK_EXT_LINE_BYTES, SERVER, "1025 octets", CHUNKS "5;", "a", 1023,
           "a\r\nhello\r\n", FIELD_NONE),
    FILLED(ERR_TRAILERS, SERVER, "65 of them", CHUNKS "0\r\n", "a:\r\n", 64, "b:\r\n\r\n", 64),
    FILLED(ERR_TRAILER_BYTES, SERVER, "8193 octets", CHUNKS "0\r\nA: ", "a", 8189, "a\r\n\r\n", 0),
    CASE(ERR_PAYLOAD_BYTES, SERVER, "chunks of 2^63+4 octets in all",
         CHUNKS "5\r\nhello\r\n7fffffffffffffff\r", "\n", FIELD_NONE),
    VALUE(ERR_LIST, LIST, "", "\"a"),
    VALUE(ERR_DATE, DATE, "", "Sun, 06 Nov 1994 08:49:37 UTC"),
    VALUE(ERR_WEIGHT, WEIGHT, "1.", "5"),
    VALUE(ERR_MEDIA_TYPE, MEDIA_TYPE, "text/html; a", " b"),
    VALUE(ERR_COOKIE, COOKIE, "a=b", " c"),
    VALUE(ERR_FORWARDED, FORWARDED, "for", " = a"),
    VALUE(ERR_PATH, PATH, "/a", "%2Fb"),
    VALUE(ERR_PATH, PATH, "/a/", "%zz"),
};

const size_t error_case_count = sizeof error_cases / sizeof error_cases[0];

char *error_case_input(const error_case *c, size_t *len, size_t *at)
{
    *at = c->before.len + c->times * c->fill.len;
    *len = *at + c->after.len;
    char *input = malloc(*len > 0 ? *len : 1), *end = input;
    if (input == NULL) abort();
    if (c->before.len > 0) memcpy(end, c->before.p, c->before.len);
    end += c->before.len;
    for (size_t i = 0; i < c->times; i++, end += c->fill.len)
        memcpy(end, c->fill.p, c->fill.len);
    if (c->after.len > 0) memcpy(end, c->after.p, c->after.len);
    return input;
}
