/* SPDX-License-Identifier: MIT */
/* test_smuggling.c - what has hurt others, by class: two readers that saw different messages. */
#include "conn_server.h"
#include "exact.h"

#include "weir/framing.h"

/*
 * A request as a server reads it. Refused: `before` ends where the fault is, and `told` is what was
 * told before. Read: `told` is all that happens, and no more requests come than it says.
 */
typedef struct {
    const char *class, *name, *told;
    weir_error code;
    weir_str before, after;
} smuggling_case;

#define REFUSED(code_, name_, before_, after_)                                        \
    {                                                                                 \
        CLASS, name_, "", WEIR_##code_, WEIR_STR_INIT(before_), WEIR_STR_INIT(after_) \
    }
#define IN_CHUNKS(code_, name_, told_, before_, after_)                                       \
    {                                                                                         \
        CLASS, name_, "1 POST / chunked," told_, WEIR_##code_, WEIR_STR_INIT(CHUNKS before_), \
            WEIR_STR_INIT(after_)                                                             \
    }
#define READ(name_, wire_, told_)                                             \
    {                                                                         \
        CLASS, name_, told_, WEIR_OK, WEIR_STR_INIT(wire_), WEIR_STR_INIT("") \
    }

#define GET "GET / HTTP/1.1\r\nHost: h\r\n"
#define POST "POST / HTTP/1.1\r\nHost: h\r\n"
#define CHUNKS POST "Transfer-Encoding: chunked\r\n\r\n"
#define CODING "Transfer-Encoding: "
#define LENGTH "Content-Length: "
#define HIDDEN "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"

static const smuggling_case lines[] = {
#define CLASS "bare LF ends a line in one path only"
    REFUSED(ERR_LINE_END, "start line", "GET / HTTP/1.1", "\nHost: h\r\n\r\n"),
    REFUSED(ERR_LINE_END, "start line without a version", "GET /", "\nHost: h\r\n\r\n"),
    REFUSED(ERR_LINE_END, "field line", "GET / HTTP/1.1\r\nHost: h", "\nX: y\r\n\r\n"),
    REFUSED(ERR_LINE_END, "an empty value", GET "X:", "\n" CODING "chunked\r\n\r\n"),
    REFUSED(ERR_LINE_END, "empty line", GET, "\n" HIDDEN),
    REFUSED(ERR_LINE_END, "both LF", "GET / HTTP/1.1\r\nHost: h", "\n\n" HIDDEN),
    REFUSED(ERR_LINE_END, "before the request", "", "\n" GET "\r\n"),
    REFUSED(ERR_LINE_END, "behind a name", GET "X", "\n: y\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "chunk line", "", "5", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "in place of a chunk line", "", "", "\n5\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_DATA, "behind chunk data", "=hello,", "5\r\nhello", "\n0\r\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_LINE_END, "last chunk", "", "0", "\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_LINE_END, "behind the last chunk", "", "0\r\n", "\n" HIDDEN),
    IN_CHUNKS(ERR_LINE_END, "trailer", "", "0\r\nT: u", "\n\r\n" HIDDEN),
#undef CLASS
#define CLASS "bare CR ends a line in one path only"
    REFUSED(ERR_BARE_CR, "start line", "GET / HTTP/1.1", "\rHost: h\r\n\r\n"),
    REFUSED(ERR_BARE_CR, "field line", GET "X: y", "\r" LENGTH "5\r\n\r\nhello"),
    REFUSED(ERR_BARE_CR, "two of them", GET "X: y", "\r\r\n\r\n"),
    REFUSED(ERR_BARE_CR, "empty line", GET, "\rX" HIDDEN),
    REFUSED(ERR_BARE_CR, "before the request", "", "\rGET / HTTP/1.1\r\n\r\n"),
    IN_CHUNKS(ERR_BARE_CR, "chunk line", "", "5\r", "hello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_DATA, "behind chunk data", "=hello,", "5\r\nhello\r", "0\r\n\r\n"),
    IN_CHUNKS(ERR_BARE_CR, "trailer", "", "0\r\nT: u", "\rX: y\r\n\r\n"),
#undef CLASS
#define CLASS "5\\r\\r; as a chunk line"
    IN_CHUNKS(ERR_BARE_CR, "and an extension", "", "5\r", "\r;a\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_BARE_CR, "and an LF", "", "5\r", "\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_BARE_CR, "behind an extension", "", "5;a\r", "\r;b\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_BARE_CR, "the last chunk", "", "0\r", "\r;\n" HIDDEN),
#undef CLASS
#define CLASS "LF inside a chunk extension shifts the body"
    IN_CHUNKS(ERR_LINE_END, "in a name", "", "5;a", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "in place of a name", "", "5;", "\nxx\r\n4c\r\n0\r\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_LINE_END, "in a value", "", "5;a=b", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "in place of a value", "", "5;a=", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "in quotes", "", "5;a=\"b", "\n\"\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "behind a backslash", "", "5;a=\"b\\", "\n\"\r\nhello\r\n"),
    IN_CHUNKS(ERR_LINE_END, "behind quotes", "", "5;a=\"b\"", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "behind blanks", "", "5 \t", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_LINE_END, "behind a name and blanks", "", "5;a ", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_EXT, "a CR in quotes", "", "5;a=\"b", "\r\n\"\r\nhello\r\n"),
    IN_CHUNKS(ERR_CHUNK_EXT, "a CR in place of a name", "", "5;", "\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_EXT, "a CR in place of a value", "", "5;a=", "\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_BARE_CR, "a CR in a name", "", "5;a\r", "b\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_EXT, "a NUL", "", "5;a", "\0\r\nhello\r\n0\r\n\r\n"),
    READ("one that is right",
         CHUNKS "5;a=\"\\\";\t\" ; b\t=\tc;d\r\nhello\r\n0;e\r\n\r\n" GET "\r\n",
         "1 POST / chunked,=hello,end,2 GET / none,end,over"),
#undef CLASS
#define CLASS "two octets behind chunk data, whichever"
    IN_CHUNKS(ERR_CHUNK_DATA, "letters", "=hello,", "5\r\nhello", "XX0\r\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_CHUNK_DATA, "CR and a letter", "=hello,", "5\r\nhello\r", "X0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_DATA, "nothing", "=hello,", "5\r\nhello", "0\r\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_CHUNK_DATA, "LF and CR", "=hello,", "5\r\nhello", "\n\r0\r\n\r\n"),
#undef CLASS
#define CLASS "whitespace that only some readers know"
    REFUSED(ERR_METHOD, "a vertical tab behind the method", "GET", "\x0b/ HTTP/1.1\r\n\r\n"),
    REFUSED(ERR_METHOD, "a tab behind the method", "GET", "\t/ HTTP/1.1\r\n\r\n"),
    REFUSED(ERR_TARGET, "a form feed behind the target", "GET /", "\x0cHTTP/1.1\r\n\r\n"),
    REFUSED(ERR_VERSION, "a vertical tab behind the version", "GET / HTTP/1.1", "\x0b\r\n\r\n"),
    REFUSED(ERR_VERSION, "a space behind the version", "GET / HTTP/1.1", " \r\n\r\n"),
    REFUSED(ERR_START_LINE, "two spaces", "GET / ", " HTTP/1.1\r\n\r\n"),
    REFUSED(ERR_VERSION, "two versions", "GET / ", "a HTTP/1.1\r\n\r\n"),
    REFUSED(ERR_FIELD_NAME, "a vertical tab behind a name", POST "Content-Length",
            "\x0b: 5\r\n\r\nhello"),
    REFUSED(ERR_FIELD_VALUE, "a vertical tab before a value", POST CODING,
            "\x0b"
            "chunked\r\n\r\n"),
    REFUSED(ERR_FIELD_VALUE, "a form feed behind a value", POST CODING "chunked", "\x0c\r\n\r\n"),
    REFUSED(ERR_FIELD_VALUE, "a form feed behind a length", POST LENGTH "5", "\x0c\r\n\r\nhello"),
    REFUSED(ERR_TRANSFER_CODING, "a no-break space", POST CODING,
            "\xa0"
            "chunked\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "a next-line octet", POST CODING, "chunked\x85\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "a vertical tab behind a size", "", "5", "\x0b\r\nhello\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "a form feed before a size", "", "",
              "\x0c"
              "5\r\nhello\r\n"),
    READ("spaces and tabs around a value are none of it",
         POST CODING "\t chunked \t\r\n\r\n0\r\n\r\n", "1 POST / chunked,end,over"),
#undef CLASS
};

static const smuggling_case names[] = {
#define CLASS "blank before the colon"
    REFUSED(ERR_NAME_SPACE, "space, coding", POST "Transfer-Encoding", " : chunked\r\n\r\n"),
    REFUSED(ERR_NAME_SPACE, "tab, coding", POST "Transfer-Encoding", "\t: chunked\r\n\r\n"),
    REFUSED(ERR_NAME_SPACE, "space, length", POST "Content-Length", " : 5\r\n\r\nhello"),
    REFUSED(ERR_NAME_SPACE, "space, Host", "GET / HTTP/1.1\r\nHost", " : h\r\n\r\n"),
    REFUSED(ERR_FIELD_LINE, "a line end", POST "Transfer-Encoding", "\r\n : chunked\r\n\r\n"),
#undef CLASS
#define CLASS "another octet taken as the colon"
    REFUSED(ERR_FIELD_NAME, "semicolon", POST "Content-Length", "; 5\r\n\r\nhello"),
    REFUSED(ERR_FIELD_NAME, "equals sign", POST "Transfer-Encoding", "=chunked\r\n\r\n"),
    REFUSED(ERR_FIELD_NAME, "0x1a, in the low bits", POST "Transfer-Encoding",
            "\x1a"
            "chunked\r\n\r\n"),
    REFUSED(ERR_FIELD_NAME, "0xba, but for the high bit", POST "Transfer-Encoding",
            "\xba"
            "chunked\r\n\r\n"),
    REFUSED(ERR_NAME_SPACE, "z, but for a bit", POST "Content-Lengthz", " 5\r\n\r\nhello"),
    REFUSED(ERR_FIELD_LINE, "a star, which a name may have", POST "Content-Length*5",
            "\r\n\r\nhello"),
    REFUSED(ERR_NAME_SPACE, "a space", POST "Content-Length", " 5\r\n\r\nhello"),
#undef CLASS
#define CLASS "a name cut by NUL"
    REFUSED(ERR_FIELD_NAME, "length", POST "Content-Length", "\0: 5\r\n\r\nhello"),
    REFUSED(ERR_FIELD_NAME, "coding, and more", POST "Transfer-Encoding", "\0X: chunked\r\n\r\n"),
    REFUSED(ERR_FIELD_NAME, "first", POST, "\0Content-Length: 5\r\n\r\nhello"),
    REFUSED(ERR_FIELD_NAME, "Host", "GET / HTTP/1.1\r\nHost", "\0: h\r\n\r\n"),
    REFUSED(ERR_FIELD_VALUE, "a value", POST CODING "chunked", "\0\r\n\r\n"),
    REFUSED(ERR_FIELD_VALUE, "a length", POST LENGTH "5", "\0000\r\n\r\nhello"),
    REFUSED(ERR_METHOD, "a method", "GET", "\0 / HTTP/1.1\r\n\r\n"),
    REFUSED(ERR_TARGET, "a target", "GET /", "\0hidden HTTP/1.1\r\n\r\n"),
    REFUSED(ERR_VERSION, "a version", "GET / HTTP/1.1", "\0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "a chunk size", "", "5", "\0000\r\nhello\r\n"),
#undef CLASS
#define CLASS "a name that looks like another"
    READ("an underscore is no hyphen", POST "Transfer_Encoding: chunked\r\n\r\n" GET "\r\n",
         "1 POST / none,end,2 GET / none,end,over"),
    READ("neither is a letter more", POST "Content-Lengths: 5\r\n\r\n" GET "\r\n",
         "1 POST / none,end,2 GET / none,end,over"),
    READ("in any case", POST "cONTENT-lENGTH: 5\r\n\r\nhello" GET "\r\n",
         "1 POST / length,=hello,end,2 GET / none,end,over"),
    REFUSED(ERR_LENGTH_AND_CODING, "in two cases",
            POST "content-length: ", "5\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n"),
    REFUSED(ERR_FIELD_NAME, "a quoted one", POST, "\"Transfer-Encoding\": chunked\r\n\r\n"),
    REFUSED(ERR_FIELD_NAME, "one with octets above 127", POST, "\xef\xbb\xbf" CODING "chunked\r\n"),
#undef CLASS
#define CLASS "a folded line"
    REFUSED(ERR_FOLD, "a length", POST "Content-Length:\r\n", " 5\r\n\r\nhello"),
    REFUSED(ERR_FOLD, "more digits of a length", POST LENGTH "5\r\n", "\t0\r\n\r\nhello"),
    REFUSED(ERR_FOLD, "a coding", POST "Transfer-Encoding:\r\n", " chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_FOLD, "a coding in a fold of another", POST "X: y\r\n",
            " " CODING "chunked\r\n\r\n"),
    REFUSED(ERR_LEADING_SPACE, "the first line", "GET / HTTP/1.1\r\n", " Host: h\r\n\r\n"),
    REFUSED(ERR_LEADING_SPACE, "a coding in the first line", "POST / HTTP/1.1\r\n",
            "\t" CODING "chunked\r\nHost: h\r\n\r\n"),
    REFUSED(ERR_FOLD, "a blank line", POST "X: y\r\n", " \r\n" HIDDEN),
    IN_CHUNKS(ERR_FOLD, "a trailer", "", "0\r\nT: u\r\n", " v\r\n\r\n"),
#undef CLASS
#define CLASS "a count limit off by one"
    READ("eight fields where there is room for eight",
         GET "b:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\nContent-Length: 5\r\n\r\nhello" GET "\r\n",
         "1 GET / length,=hello,end,2 GET / none,end,over"),
    REFUSED(ERR_FIELDS, "the ninth says where the payload ends",
            GET "b:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\ni:\r\n", "Content-Length: 5\r\n\r\nhello"),
    READ("four empty lines", "\r\n\r\n\r\n\r\n" GET "\r\n", "1 GET / none,end,over"),
    REFUSED(ERR_EMPTY_LINES, "five empty lines", "\r\n\r\n\r\n\r\n", "\r\n" GET "\r\n"),
    READ("as much payload as there may be", POST LENGTH "20\r\n\r\n01234567890123456789" GET "\r\n",
         "1 POST / length,=01234567890123456789,end,2 GET / none,end,over"),
    REFUSED(ERR_PAYLOAD_BYTES, "one octet more", POST LENGTH "21\r\n\r\n", "012345678901234567890"),
    IN_CHUNKS(ERR_PAYLOAD_BYTES, "one octet more, in chunks", "=0123456789,",
              "a\r\n0123456789\r\nb\r", "\n01234567890\r\n0\r\n\r\n"),
#undef CLASS
};

static const smuggling_case lengths[] = {
#define CLASS "two different Content-Lengths"
    REFUSED(ERR_CONTENT_LENGTH, "lines", POST LENGTH "5\r\n" LENGTH, "6\r\n\r\nhello!"),
    REFUSED(ERR_CONTENT_LENGTH, "lines with others between", POST LENGTH "0\r\nX: y\r\n" LENGTH,
            "34\r\n\r\n" HIDDEN),
    REFUSED(ERR_CONTENT_LENGTH, "0 and more", POST LENGTH "0\r\n" LENGTH, "5\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "a list", POST LENGTH "5", ", 6\r\n\r\nhello!"),
    REFUSED(ERR_CONTENT_LENGTH, "the same number, other digits", POST LENGTH "5\r\n" LENGTH,
            "05\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "the second one is empty",
            POST LENGTH "5\r\n"
                        "Content-Length:",
            "\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "the first one is empty",
            POST "Content-Length:", "\r\n" LENGTH "5\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "both are empty",
            POST "Content-Length:", "\r\nContent-Length:\r\n\r\n"),
    REFUSED(ERR_LENGTH_REPEATED, "the same twice", POST LENGTH "5\r\n" LENGTH, "5\r\n\r\nhello"),
    REFUSED(ERR_LENGTH_REPEATED, "the same twice, in a list", POST LENGTH, "5, 5\r\n\r\nhello"),
    REFUSED(ERR_LENGTH_REPEATED, "the same thrice, in a list", POST LENGTH, "5,5,,5\r\n\r\nhello"),
#undef CLASS
#define CLASS "a length that is no number"
    REFUSED(ERR_CONTENT_LENGTH, "plus", POST LENGTH, "+5\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "minus", POST LENGTH, "-5\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "hexadecimal", POST LENGTH "0", "x5\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "a letter", POST LENGTH "5", "a\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "underscore", POST LENGTH "1", "_0\r\n\r\n0123456789"),
    REFUSED(ERR_CONTENT_LENGTH, "a blank inside", POST LENGTH "5", " 0\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "a semicolon", POST LENGTH "5", ";a=b\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "a point", POST LENGTH "5", ".0\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "an exponent", POST LENGTH "5", "e0\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "quotes", POST LENGTH, "\"5\"\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "a word", POST LENGTH, "chunked\r\n\r\nhello"),
    REFUSED(ERR_CONTENT_LENGTH, "digits of another script", POST LENGTH, "\xd9\xa5\r\n\r\nhello"),
    READ("leading zeros are decimal", POST LENGTH "010\r\n\r\n0123456789" GET "\r\n",
         "1 POST / length,=0123456789,end,2 GET / none,end,over"),
#undef CLASS
#define CLASS "a length that wraps"
    REFUSED(ERR_LENGTH_RANGE, "2^64 + 5", POST LENGTH, "18446744073709551621\r\n\r\nhello"),
    REFUSED(ERR_LENGTH_RANGE, "2^63", POST LENGTH, "9223372036854775808\r\n\r\nhello"),
    REFUSED(ERR_LENGTH_RANGE, "2^128 + 5", POST LENGTH,
            "340282366920938463463374607431768211461\r\n\r\nhello"),
    REFUSED(ERR_PAYLOAD_BYTES, "2^32 + 5", POST LENGTH "4294967301\r\n\r\n", "hello"),
#undef CLASS
#define CLASS "a chunk size that wraps"
    IN_CHUNKS(ERR_CHUNK_RANGE, "2^64 + 5", "", "1000000000000000", "5\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_RANGE, "2^63", "", "800000000000000", "0\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_RANGE, "2^64 - 1", "", "fffffffffffffff", "f\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_RANGE, "2^128", "", "1000000000000000", "00000000000000000\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_PAYLOAD_BYTES, "2^32 + 5", "", "100000005\r", "\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_PAYLOAD_BYTES, "together", "=hello,", "5\r\nhello\r\n7fffffffffffffff\r",
              "\n0\r\n\r\n"),
    READ("leading zeros", CHUNKS "00000000000000000000005\r\nhello\r\n00\r\n\r\n" GET "\r\n",
         "1 POST / chunked,=hello,end,2 GET / none,end,over"),
#undef CLASS
#define CLASS "a chunk size that is no number"
    IN_CHUNKS(ERR_CHUNK_SIZE, "0x", "", "0", "x5\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "plus", "", "", "+5\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "minus", "", "", "-5\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "underscore", "", "1", "_0\r\n0123456789\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "a letter", "", "5", "h\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "nothing", "", "", "\r\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_CHUNK_SIZE, "an extension alone", "", "", ";a\r\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_CHUNK_SIZE, "a blank before", "", "", " 5\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_EXT, "a blank behind", "", "5 ", "\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_EXT, "a blank inside", "", "5 ", "0\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_EXT, "tabs behind the last one", "", "0\t\t", "\r\n\r\n" HIDDEN),
    IN_CHUNKS(ERR_CHUNK_SIZE, "quotes", "", "", "\"5\"\r\nhello\r\n0\r\n\r\n"),
    IN_CHUNKS(ERR_CHUNK_SIZE, "a comma", "", "5", ",5\r\nhello\r\n0\r\n\r\n"),
#undef CLASS
};

static const smuggling_case codings[] = {
#define CLASS "CL.TE and TE.CL: both say where the payload ends"
    REFUSED(ERR_LENGTH_AND_CODING, "the length first", POST LENGTH,
            "39\r\n" CODING "chunked\r\n\r\n0\r\n\r\n" HIDDEN),
    REFUSED(ERR_LENGTH_AND_CODING, "the coding first", POST CODING "chunked\r\n" LENGTH,
            "4\r\n\r\n0\r\n\r\n" HIDDEN),
    REFUSED(ERR_LENGTH_AND_CODING, "a length of 0", POST LENGTH, "0\r\n" CODING "chunked\r\n\r\n"),
    REFUSED(ERR_LENGTH_AND_CODING, "a length that is none", POST LENGTH,
            "x\r\n" CODING "chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "a coding that is none", POST LENGTH "5\r\n" CODING,
            "xchunked\r\n\r\nhello"),
    REFUSED(ERR_TRANSFER_CODING, "an empty coding",
            POST LENGTH "5\r\nTransfer-Encoding:", "\r\n\r\nhello"),
    REFUSED(ERR_TRANSFER_CODING, "identity", POST LENGTH "5\r\n" CODING, "identity\r\n\r\nhello"),
#undef CLASS
#define CLASS "CL.0: payload where nobody expects one"
    READ("GET", GET LENGTH "8\r\n\r\nGET /hid" GET "\r\n",
         "1 GET / length,=GET /hid,end,2 GET / none,end,over"),
    READ("HEAD", "HEAD / HTTP/1.1\r\nHost: h\r\n" LENGTH "3\r\n\r\nabc" GET "\r\n",
         "1 HEAD / length,=abc,end,2 GET / none,end,over"),
    READ("a method that nobody knows", "BREW / HTTP/1.1\r\nHost: h\r\n" LENGTH "3\r\n\r\nabc",
         "1 BREW / length,=abc,end,over"),
    READ("GET in chunks", GET CODING "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" GET "\r\n",
         "1 GET / chunked,=abc,end,2 GET / none,end,over"),
    READ("an early answer",
         "POST /early HTTP/1.1\r\nHost: h\r\n" LENGTH "8\r\n\r\nGET /hid" GET "\r\n",
         "1 POST /early length,2 GET / none,end,over"),
    READ("an early answer where 100 was asked for: nobody knows what comes",
         "POST /early HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" LENGTH "8\r\n\r\n" HIDDEN,
         "1 POST /early length continue,over"),
    REFUSED(ERR_LINE_END, "an expectation in two lines",
            POST "Expect:", "\n100-continue\r\n" LENGTH "8\r\n\r\nGET /hid"),
    READ("an expectation that is none", POST "Expect: y 100-continue\r\n" LENGTH "3\r\n\r\nabc",
         "1 POST / length,=abc,end,over"),
#undef CLASS
#define CLASS "TE.TE: chunked that only some readers see"
    REFUSED(ERR_TRANSFER_CODING, "xchunked", POST CODING, "xchunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "chunkedx", POST CODING, "chunkedx\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "chunk", POST CODING, "chunk\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "identity", POST CODING, "identity\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "quotes", POST CODING, "\"chunked\"\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "single quotes", POST CODING, "'chunked'\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "a parameter", POST CODING, "chunked;q=1\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "an empty parameter", POST CODING, "chunked;\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "a blank inside", POST CODING, "chu nked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "a tab and a word", POST CODING, "chunked\tx\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "a quote that does not end", POST CODING,
            "chunked, \"a\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "a quoted one before it", POST CODING,
            "\"x\", chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "in brackets", POST CODING, "[chunked]\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "empty", POST "Transfer-Encoding:", "\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "commas alone", POST CODING, ", ,\r\n\r\n"),
    REFUSED(ERR_FIELD_NAME, "two colons in one name", POST, ":" CODING "chunked\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "two colons", POST "Transfer-Encoding:", ":chunked\r\n\r\n"),
    REFUSED(ERR_BARE_CR, "in a CR of another line", POST "X: y", "\r" CODING "chunked\r\n\r\n"),
    READ("in any case, behind an empty member",
         POST CODING ",\r\nTRANSFER-encoding: cHuNkEd,\r\n\r\n0\r\n\r\n" GET "\r\n",
         "1 POST / chunked,end,2 GET / none,end,over"),
#undef CLASS
#define CLASS "chunked is not last, or comes twice"
    REFUSED(ERR_TRANSFER_CODING, "identity behind it", POST CODING,
            "chunked, identity\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "gzip behind it", POST CODING, "chunked,gzip\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "another line behind it", POST CODING "chunked\r\n" CODING,
            "identity\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "twice", POST CODING, "chunked, chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "twice, in two lines", POST CODING "chunked\r\n" CODING,
            "chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_TRANSFER_CODING, "twice, with another between", POST CODING,
            "chunked, gzip, chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_CODING_UNKNOWN, "identity before it", POST CODING,
            "identity, chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_CODING_UNKNOWN, "gzip before it", POST CODING, "gzip, chunked\r\n\r\n0\r\n\r\n"),
#undef CLASS
#define CLASS "a transfer coding in HTTP/1.0"
    REFUSED(ERR_CODING_IN_10, "chunked", "POST / HTTP/1.0\r\n" CODING, "chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_CODING_IN_10, "and a length", "POST / HTTP/1.0\r\n" LENGTH "5\r\n" CODING,
            "chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_CODING_IN_10, "and keep-alive",
            "POST / HTTP/1.0\r\nConnection: keep-alive\r\n" CODING, "chunked\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_VERSION_UNSUPPORTED, "HTTP/0.9", "POST / HTTP/",
            "0.9\r\n" CODING "chunked\r\n\r\n"),
    REFUSED(ERR_START_LINE, "no version at all", "GET /", "\r\n" HIDDEN),
#undef CLASS
#define CLASS "framing in trailers"
    READ("a length", CHUNKS "0\r\n" LENGTH "5\r\n\r\n" GET "\r\n",
         "1 POST / chunked,end Content-Length=5,2 GET / none,end,over"),
    READ("a coding", CHUNKS "0\r\n" CODING "identity\r\n\r\n" GET "\r\n",
         "1 POST / chunked,end Transfer-Encoding=identity,2 GET / none,end,over"),
    READ("Connection", CHUNKS "0\r\nConnection: close\r\n\r\n" GET "\r\n",
         "1 POST / chunked,end Connection=close,2 GET / none,end,over"),
    READ("what follows is the next request", CHUNKS "0\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
         "1 POST / chunked,end,2 GET /2 none,end,over"),
#undef CLASS
#define CLASS "Connection takes a framing field away"
    REFUSED(ERR_CONNECTION, "the length",
            POST LENGTH "5\r\nConnection: ", "Content-Length\r\n\r\nhello"),
    REFUSED(ERR_CONNECTION, "the coding",
            POST CODING "chunked\r\nConnection: ", "close, transfer-encoding\r\n\r\n0\r\n\r\n"),
    REFUSED(ERR_CONNECTION, "Host", GET "Connection: ", "host\r\n\r\n"),
#undef CLASS
};

static const smuggling_case hosts[] = {
#define CLASS "two places that say for whom the request is"
    REFUSED(ERR_HOST_REPEATED, "two that differ", GET "Host: ", "g\r\n\r\n"),
    REFUSED(ERR_HOST_REPEATED, "two that agree", GET "host: ", "h\r\n\r\n"),
    REFUSED(ERR_HOST_REPEATED, "the first one is empty",
            "GET / HTTP/1.1\r\nHost:\r\nHost: ", "h\r\n\r\n"),
    REFUSED(ERR_HOST_REPEATED, "beside an absolute target",
            "GET http://h/ HTTP/1.1\r\nHost: h\r\nHost: ", "g\r\n\r\n"),
    REFUSED(ERR_HOST_MISSING, "none beside an absolute target",
            "GET http://h/ HTTP/1.1\r\nX: y\r\n\r\n", ""),
    REFUSED(ERR_HOST, "one that is none beside an absolute target",
            "GET http://h/ HTTP/1.1\r\nHost: a", " b\r\n\r\n"),
    READ("another one beside an absolute target, which counts (RFC 9112 §3.2.2)",
         "GET http://g/ HTTP/1.1\r\nHost: h\r\n\r\n", "1 GET http://g/ none,end,over"),
    REFUSED(ERR_HOST, "a list", "GET / HTTP/1.1\r\nHost: h,", " g\r\n\r\n"),
    REFUSED(ERR_HOST, "a user name", "GET / HTTP/1.1\r\nHost: h", "@g\r\n\r\n"),
    REFUSED(ERR_HOST, "a path", "GET / HTTP/1.1\r\nHost: h", "/g\r\n\r\n"),
    REFUSED(ERR_HOST, "two ports", "GET / HTTP/1.1\r\nHost: h:80", ":81\r\n\r\n"),
    REFUSED(ERR_HOST, "a scheme", "GET / HTTP/1.1\r\nHost: http:", "//g\r\n\r\n"),
    REFUSED(ERR_FIELD_VALUE, "cut by NUL", "GET / HTTP/1.1\r\nHost: h", "\0g\r\n\r\n"),
    REFUSED(ERR_USERINFO, "a user name in the target", "GET http://h", "@g/ HTTP/1.1\r\n\r\n"),
    REFUSED(ERR_TARGET, "a fragment in the target", "GET http://h",
            "#/g/ HTTP/1.1\r\nHost: h\r\n\r\n"),
    REFUSED(ERR_TARGET, "a backslash in the target", "GET http://h",
            "\\g/ HTTP/1.1\r\nHost: h\r\n\r\n"),
#undef CLASS
};

/* ---- how they are run ---- */

enum {
    OUT_ROOM = 256
};

static void check_feed(const smuggling_case *c, const char *wire, const char *expected,
                       size_t first, size_t step)
{
    server_feed feed = {.wire = wire,
                        .len = c->before.len + c->after.len,
                        .first = first,
                        .step = step,
                        .room = OUT_ROOM,
                        .stop = WEIR_END};
    server_trace trace;
    server_run(&feed, &trace);
    if (strcmp(trace.events, expected) != 0)
        fail_msg("%s: %s, cut at %zu: \"%s\", not \"%s\"", c->class, c->name, first, trace.events,
                 expected);
}

static void check_table(const smuggling_case *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const smuggling_case *c = &table[i];
        size_t len = c->before.len + c->after.len;
        char *wire = malloc(len), expected[512];
        assert_non_null(wire);
        memcpy(wire, c->before.p, c->before.len);
        memcpy(wire + c->before.len, c->after.p, c->after.len);
        snprintf(expected, sizeof expected, "%s", c->told);
        if (c->code != WEIR_OK)
            snprintf(expected, sizeof expected, "%s1 %s@%zu %d", c->told,
                     weir_error_info(c->code)->name, c->before.len,
                     weir_error_info(c->code)->status);
        for (size_t first = 0; first <= len; first++)
            check_feed(c, wire, expected, first, len);
        check_feed(c, wire, expected, 1, 1);
        free(wire);
    }
}

static void lines_end_in_one_way(void **state)
{
    (void)state;
    check_table(lines, COUNT_OF(lines));
}

static void a_field_has_one_name_or_the_request_is_refused(void **state)
{
    (void)state;
    check_table(names, COUNT_OF(names));
}

static void a_length_is_one_number(void **state)
{
    (void)state;
    check_table(lengths, COUNT_OF(lengths));
}

static void one_thing_says_where_the_payload_ends(void **state)
{
    (void)state;
    check_table(codings, COUNT_OF(codings));
}

static void a_request_is_for_one_host(void **state)
{
    (void)state;
    check_table(hosts, COUNT_OF(hosts));
}

/* ---- responses: what a cache or a gateway would mistake ---- */

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
    const char *class, *name;
    weir_method asked;
    weir_error code;
    weir_str before, after;
    weir_framing_kind kind; /* where it is read */
    uint64_t length;
} responses[] = {
    {"both say where the payload ends", "the length first", WEIR_METHOD_GET,
     WEIR_ERR_LENGTH_AND_CODING, WEIR_STR_INIT(OK LENGTH),
     WEIR_STR_INIT("5\r\n" CODING "chunked\r\n\r\n"), WEIR_FRAMING_NONE, 0},
    {"both say where the payload ends", "a coding other than chunked", WEIR_METHOD_GET,
     WEIR_ERR_LENGTH_AND_CODING, WEIR_STR_INIT(OK LENGTH),
     WEIR_STR_INIT("5\r\n" CODING "gzip\r\n\r\n"), WEIR_FRAMING_NONE, 0},
    {"two different Content-Lengths", "lines", WEIR_METHOD_GET, WEIR_ERR_CONTENT_LENGTH,
     WEIR_STR_INIT(OK LENGTH "5\r\n" LENGTH), WEIR_STR_INIT("6\r\n\r\n"), WEIR_FRAMING_NONE, 0},
    {"two different Content-Lengths", "a list", WEIR_METHOD_GET, WEIR_ERR_CONTENT_LENGTH,
     WEIR_STR_INIT(OK LENGTH "5"), WEIR_STR_INIT(",6\r\n\r\n"), WEIR_FRAMING_NONE, 0},
    {"xchunked", "until the end, not chunked", WEIR_METHOD_GET, WEIR_OK,
     WEIR_STR_INIT(OK CODING "xchunked\r\n\r\n"), WEIR_STR_INIT(""), WEIR_FRAMING_CLOSE, 0},
    {"chunked is not last", "until the end", WEIR_METHOD_GET, WEIR_OK,
     WEIR_STR_INIT(OK CODING "chunked, gzip\r\n\r\n"), WEIR_STR_INIT(""), WEIR_FRAMING_CLOSE, 0},
    {"a transfer coding in HTTP/1.0", "chunked", WEIR_METHOD_GET, WEIR_ERR_CODING_IN_10,
     WEIR_STR_INIT("HTTP/1.0 200 OK\r\n" CODING), WEIR_STR_INIT("chunked\r\n\r\n"),
     WEIR_FRAMING_NONE, 0},
    {"bare LF ends a line in one path only", "status line", WEIR_METHOD_GET, WEIR_ERR_LINE_END,
     WEIR_STR_INIT("HTTP/1.1 200 OK"), WEIR_STR_INIT("\n" LENGTH "5\r\n\r\n"), WEIR_FRAMING_NONE,
     0},
    {"bare CR ends a line in one path only", "a value splits", WEIR_METHOD_GET, WEIR_ERR_BARE_CR,
     WEIR_STR_INIT(OK "Location: /"), WEIR_STR_INIT("\r" LENGTH "0\r\n\r\n"), WEIR_FRAMING_NONE, 0},
    {"blank before the colon", "length", WEIR_METHOD_GET, WEIR_ERR_NAME_SPACE,
     WEIR_STR_INIT(OK "Content-Length"), WEIR_STR_INIT(" : 5\r\n\r\n"), WEIR_FRAMING_NONE, 0},
    {"a folded line", "coding", WEIR_METHOD_GET, WEIR_ERR_FOLD, WEIR_STR_INIT(OK "X: y\r\n"),
     WEIR_STR_INIT(" " CODING "chunked\r\n\r\n"), WEIR_FRAMING_NONE, 0},
    {"payload where nobody expects one", "to HEAD", WEIR_METHOD_HEAD, WEIR_OK,
     WEIR_STR_INIT(OK LENGTH "5\r\n\r\n"), WEIR_STR_INIT(""), WEIR_FRAMING_NONE, 0},
    {"payload where nobody expects one", "204", WEIR_METHOD_GET, WEIR_OK,
     WEIR_STR_INIT("HTTP/1.1 204 X\r\n" CODING "chunked\r\n\r\n"), WEIR_STR_INIT(""),
     WEIR_FRAMING_NONE, 0},
    {"payload where nobody expects one", "304", WEIR_METHOD_GET, WEIR_OK,
     WEIR_STR_INIT("HTTP/1.1 304 X\r\n" LENGTH "5\r\n\r\n"), WEIR_STR_INIT(""), WEIR_FRAMING_NONE,
     0},
    {"payload where nobody expects one", "103", WEIR_METHOD_GET, WEIR_OK,
     WEIR_STR_INIT("HTTP/1.1 103 X\r\n" LENGTH "5\r\n\r\n"), WEIR_STR_INIT(""), WEIR_FRAMING_NONE,
     0},
    {"payload where nobody expects one", "205 has one", WEIR_METHOD_GET, WEIR_OK,
     WEIR_STR_INIT("HTTP/1.1 205 X\r\n" LENGTH "5\r\n\r\n"), WEIR_STR_INIT(""), WEIR_FRAMING_LENGTH,
     5},
};

/* A head in two pieces, then its framing. */
static void check_response(size_t i, const char *wire, size_t first)
{
    weir_field fields[8];
    weir_head head;
    weir_response res;
    weir_framing f = {.kind = WEIR_FRAMING_NONE};
    size_t used, len = responses[i].before.len + responses[i].after.len;
    weir_head_init(&head, fields, 8, NULL);
    weir_error err = weir_response_parse(&head, wire, first, &res, &used);
    if (err == WEIR_MORE) err = weir_response_parse(&head, wire, len, &res, &used);
    if (err == WEIR_OK) {
        err = weir_response_framing(&res, responses[i].asked, &f);
        used = err == WEIR_OK ? used : f.at;
    }
    if (err != responses[i].code || used != responses[i].before.len ||
        (err == WEIR_OK && (f.kind != responses[i].kind || f.length != responses[i].length)))
        fail_msg("%s: %s, cut at %zu: %s@%zu, kind %d", responses[i].class, responses[i].name,
                 first, weir_error_info(err)->name, used, (int)f.kind);
}

static void a_response_ends_in_one_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(responses); i++) {
        size_t len = responses[i].before.len + responses[i].after.len;
        char *wire = malloc(len);
        assert_non_null(wire);
        memcpy(wire, responses[i].before.p, responses[i].before.len);
        if (responses[i].after.len > 0)
            memcpy(wire + responses[i].before.len, responses[i].after.p, responses[i].after.len);
        for (size_t first = 0; first <= len; first++)
            check_response(i, wire, first);
        free(wire);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_in_one_way),
        cmocka_unit_test(a_field_has_one_name_or_the_request_is_refused),
        cmocka_unit_test(a_length_is_one_number),
        cmocka_unit_test(one_thing_says_where_the_payload_ends),
        cmocka_unit_test(a_request_is_for_one_host),
        cmocka_unit_test(a_response_ends_in_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
