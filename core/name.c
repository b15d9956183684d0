/* SPDX-License-Identifier: MIT */
/* name.c - known names to numbers by a perfect hash, and back by tables. */
#include "name_find.h"

_Static_assert(NAME_METHOD_LISTED == WEIR_METHOD_COUNT - 1, "run core/gen/name_table.py");
_Static_assert(NAME_FIELD_LISTED == WEIR_FIELD_COUNT - 1, "run core/gen/name_table.py");
_Static_assert(WEIR_FIELD_COUNT <= UINT8_MAX, "a slot is an octet");

static const weir_str name_methods[WEIR_METHOD_COUNT] = {
#define NAME_METHOD_TEXT(name) [WEIR_METHOD_##name] = WEIR_STR_INIT(#name),
    WEIR_METHODS(NAME_METHOD_TEXT)
#undef NAME_METHOD_TEXT
};

const weir_str weir__field_names[WEIR_FIELD_COUNT] = {
#define NAME_FIELD_TEXT(id, text) [WEIR_FIELD_##id] = WEIR_STR_INIT(text),
    WEIR_FIELDS(NAME_FIELD_TEXT)
#undef NAME_FIELD_TEXT
};

/* In ascending order: weir_status_reason() halves it. RFC 9110 §15; 428, 429, 431, 511: RFC 6585.
 * 306 and 418 are unused and have none. */
static const struct {
    uint16_t status;
    weir_str reason;
} name_reasons[] = {
    {100, WEIR_STR_INIT("Continue")},
    {101, WEIR_STR_INIT("Switching Protocols")},
    {200, WEIR_STR_INIT("OK")},
    {201, WEIR_STR_INIT("Created")},
    {202, WEIR_STR_INIT("Accepted")},
    {203, WEIR_STR_INIT("Non-Authoritative Information")},
    {204, WEIR_STR_INIT("No Content")},
    {205, WEIR_STR_INIT("Reset Content")},
    {206, WEIR_STR_INIT("Partial Content")},
    {300, WEIR_STR_INIT("Multiple Choices")},
    {301, WEIR_STR_INIT("Moved Permanently")},
    {302, WEIR_STR_INIT("Found")},
    {303, WEIR_STR_INIT("See Other")},
    {304, WEIR_STR_INIT("Not Modified")},
    {305, WEIR_STR_INIT("Use Proxy")},
    {307, WEIR_STR_INIT("Temporary Redirect")},
    {308, WEIR_STR_INIT("Permanent Redirect")},
    {400, WEIR_STR_INIT("Bad Request")},
    {401, WEIR_STR_INIT("Unauthorized")},
    {402, WEIR_STR_INIT("Payment Required")},
    {403, WEIR_STR_INIT("Forbidden")},
    {404, WEIR_STR_INIT("Not Found")},
    {405, WEIR_STR_INIT("Method Not Allowed")},
    {406, WEIR_STR_INIT("Not Acceptable")},
    {407, WEIR_STR_INIT("Proxy Authentication Required")},
    {408, WEIR_STR_INIT("Request Timeout")},
    {409, WEIR_STR_INIT("Conflict")},
    {410, WEIR_STR_INIT("Gone")},
    {411, WEIR_STR_INIT("Length Required")},
    {412, WEIR_STR_INIT("Precondition Failed")},
    {413, WEIR_STR_INIT("Content Too Large")},
    {414, WEIR_STR_INIT("URI Too Long")},
    {415, WEIR_STR_INIT("Unsupported Media Type")},
    {416, WEIR_STR_INIT("Range Not Satisfiable")},
    {417, WEIR_STR_INIT("Expectation Failed")},
    {421, WEIR_STR_INIT("Misdirected Request")},
    {422, WEIR_STR_INIT("Unprocessable Content")},
    {426, WEIR_STR_INIT("Upgrade Required")},
    {428, WEIR_STR_INIT("Precondition Required")},
    {429, WEIR_STR_INIT("Too Many Requests")},
    {431, WEIR_STR_INIT("Request Header Fields Too Large")},
    {500, WEIR_STR_INIT("Internal Server Error")},
    {501, WEIR_STR_INIT("Not Implemented")},
    {502, WEIR_STR_INIT("Bad Gateway")},
    {503, WEIR_STR_INIT("Service Unavailable")},
    {504, WEIR_STR_INIT("Gateway Timeout")},
    {505, WEIR_STR_INIT("HTTP Version Not Supported")},
    {511, WEIR_STR_INIT("Network Authentication Required")},
};

weir_method weir_method_find(weir_str name)
{
    unsigned id = weir__method_slot(weir__last_word(name.p, name.len), name.len);
    return weir_str_equal(name, name_methods[id]) ? (weir_method)id : WEIR_METHOD_OTHER;
}

weir_str weir_method_name(weir_method method)
{
    size_t i = (size_t)method;
    return name_methods[i < WEIR_METHOD_COUNT ? i : WEIR_METHOD_OTHER];
}

weir_field_id weir_field_find(weir_str name)
{
    uint64_t last = weir__last_word(name.p, name.len) & WEIR__FOLD;
    unsigned id = weir__field_slot(last, name.len);
    if (weir_str_equal(name, weir__field_names[id])) return (weir_field_id)id; /* spelt as usual */
    return weir_str_equal_nocase(name, weir__field_names[id]) ? (weir_field_id)id
                                                              : WEIR_FIELD_OTHER;
}

weir_str weir_field_name(weir_field_id id)
{
    size_t i = (size_t)id;
    return weir__field_names[i < WEIR_FIELD_COUNT ? i : WEIR_FIELD_OTHER];
}

weir_str weir_status_reason(unsigned status)
{
    size_t low = 0, high = sizeof name_reasons / sizeof name_reasons[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (name_reasons[middle].status == status) return name_reasons[middle].reason;
        if (name_reasons[middle].status < status)
            low = middle + 1;
        else
            high = middle;
    }
    return (weir_str){NULL, 0};
}
