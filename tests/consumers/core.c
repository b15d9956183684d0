/* SPDX-License-Identifier: MIT */
/* What an outsider does with the core: parse a head, run the engine. Used by every way to link. */
#include <stdio.h>
#include <string.h>

#include "weir/conn.h"

static const char wire[] = "GET /hello?x=1 HTTP/1.1\r\nHost: example.org\r\n\r\n";

static int parse(void)
{
    weir_field fields[8];
    weir_head head;
    weir_request req;
    size_t used = 0;

    weir_head_init(&head, fields, 8, NULL);
    if (weir_request_parse(&head, wire, sizeof wire - 1, &req, &used) != WEIR_OK) return 1;
    if (used != sizeof wire - 1 || req.field_count != 1) return 2;
    return weir_str_equal(req.parts.path, weir_str_of("/hello")) ? 0 : 3;
}

static int answer(void)
{
    static char bytes[1024];
    weir_buf out = {bytes, 0, sizeof bytes};
    weir_field fields[8];
    weir_conn c;
    weir_event ev;
    weir_response res;
    size_t used = 0, taken = 0;

    if (weir_conn_init(&c, WEIR_SERVER, NULL) != WEIR_OK) return 10;
    weir_conn_fields(&c, fields, 8);
    if (weir_conn_next(&c, wire, sizeof wire - 1, &used, &out, &ev) != WEIR_OK) return 11;
    if (ev.type != WEIR_EVENT_REQUEST || ev.request.method_id != WEIR_METHOD_GET) return 12;

    memset(&res, 0, sizeof res);
    res.status = 200;
    res.length = 3;
    if (weir_conn_respond(&c, ev.exchange, &out, &res) != WEIR_OK) return 13;
    if (weir_conn_send(&c, ev.exchange, &out, "hi\n", 3, &taken) != WEIR_OK) return 14;
    if (weir_conn_finish(&c, ev.exchange, &out, NULL, 0) != WEIR_OK) return 15;
    if (out.len < 15 || memcmp(out.p, "HTTP/1.1 200 OK", 15) != 0) return 16;
    return 0;
}

int main(void)
{
    int step = parse();
    if (step == 0) step = answer();
    if (step != 0) {
        fprintf(stderr, "core: step %d failed\n", step);
        return 1;
    }
    puts("core: ok");
    return 0;
}
