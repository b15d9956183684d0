// SPDX-License-Identifier: MIT
// The headers of the core in a C++17 program, linked with the core as C compiled it.
#include <cstdio>

#include "headers.inc"

int main()
{
    weir_conn c;
    weir_event ev;
    std::size_t used = 0;
    if (weir_conn_init(&c, WEIR_SERVER, nullptr) != WEIR_OK) return 1;
    weir_field fields[8];
    weir_conn_fields(&c, fields, 8);
    if (weir_conn_next(&c, "GET", 3, &used, nullptr, &ev) != WEIR_MORE) return 2;
    std::puts("c++17: ok");
    return 0;
}
