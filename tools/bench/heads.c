/* SPDX-License-Identifier: MIT */
/* heads.c - `weir-bench head`: heads by weir, its peers and the limits; `weir-bench linear`: a curve. */
#include "bench.h"

#include <math.h>

/* The parser that ratios are told of: the first peer, else the first of all. Where it is not timed
 * there are none. */
static size_t heads_base(const bench_options *o)
{
    for (size_t i = 0; i < o->parser_count; i++)
        if (o->parsers[i].use == WEIR_ISA_AUTO && !o->parsers[i].is_limit) return i;
    return 0;
}

static void heads_print(const bench_options *o, const bench_input *in, enum bench_mode mode,
                        const bench_ns *ns)
{
    size_t base = heads_base(o);
    double octets = (double)in->octets / (double)in->heads;
    for (size_t i = 0; i < o->parser_count; i++) {
        const bench_parser *p = &o->parsers[i];
        bool timed = !isnan(ns[i].median);
        if (!o->json) {
            printf("%-10s %-6s %-12s %-11s", in->name, bench_mode_names[mode], p->name, p->isa);
            if (timed)
                printf(" %9.1f %9.1f %7.2f", ns[i].min, ns[i].median, octets / ns[i].median);
            else
                printf(" %9s %9s %7s", "-", "-", "-");
            if (timed && !isnan(ns[base].median))
                printf(" %7.2f\n", ns[base].median / ns[i].median);
            else
                printf(" %7s\n", "-");
            continue;
        }
        printf("{\"input\":\"%s\",\"mode\":\"%s\",\"parser\":\"%s\",\"isa\":\"%s\",\"octets\":%.1f,"
               "\"heads\":%zu",
               in->name, bench_mode_names[mode], p->name, p->isa, octets, in->heads);
        if (timed)
            printf(",\"ns_min\":%.3f,\"ns_median\":%.3f,\"gbps\":%.4f", ns[i].min, ns[i].median,
                   octets / ns[i].median);
        else
            printf(",\"ns_min\":null,\"ns_median\":null,\"gbps\":null");
        if (timed && !isnan(ns[base].median))
            printf(",\"base\":\"%s\",\"ratio\":%.4f", o->parsers[base].name,
                   ns[base].median / ns[i].median);
        printf("}\n");
    }
    fflush(stdout);
}

/* A peer that cannot do it, or does it otherwise, is shown without a time; weir has to do it all. */
static int heads_input(const bench_options *o, const bench_input *in, enum bench_mode mode)
{
    bool runs[BENCH_PARSERS_MAX];
    bench_ns ns[BENCH_PARSERS_MAX];
    int failed = 0;
    for (size_t i = 0; i < o->parser_count; i++) {
        runs[i] = bench_agrees(&o->parsers[i], &o->parsers[0], in, mode);
        bool weir = o->parsers[i].use != WEIR_ISA_AUTO;
        if (!runs[i] && weir) failed = 1;
        if (!runs[i] && (weir || mode == BENCH_WHOLE))
            fprintf(stderr, "weir-bench: %s %s does not read %s (%s) as the others do\n",
                    o->parsers[i].name, o->parsers[i].isa, in->name, bench_mode_names[mode]);
    }
    bench_time(o->parsers, o->parser_count, runs, in, mode, o->effort, ns);
    heads_print(o, in, mode, ns);
    return failed;
}

int bench_heads(const bench_options *o)
{
    int failed = 0;
    if (!o->json)
        printf("%-10s %-6s %-12s %-11s %9s %9s %7s %7s   (times as fast as %s)\n", "input",
               "pieces", "parser", "isa", "ns min", "median", "GB/s", "times",
               o->parsers[heads_base(o)].name);
    for (size_t i = 0; i < o->input_count; i++)
        for (int mode = 0; mode < BENCH_MODES; mode++)
            if (o->modes & 1u << mode)
                failed |= heads_input(o, &o->inputs[i], (enum bench_mode)mode);
    return failed;
}

int bench_linear(const bench_options *o)
{
    static const enum bench_mode modes[] = {BENCH_1, BENCH_16, BENCH_TWO};
    if (!o->json)
        printf("%8s %12s %12s %12s   ns an octet\n", "octets", "1 octet", "16 octets", "2 pieces");
    int failed = 0;
    for (size_t octets = 64; octets <= 65536; octets *= 2) {
        bench_input in = bench_input_long(octets);
        if (!o->json) printf("%8zu", in.octets);
        for (int i = 0; i < 3; i++) {
            bool runs = bench_agrees(&o->parsers[0], &o->parsers[0], &in, modes[i]);
            bench_ns ns;
            bench_time(o->parsers, 1, &runs, &in, modes[i], o->effort, &ns);
            double each = ns.median / (double)in.octets;
            failed |= !runs;
            if (!runs) {
                fprintf(stderr, "weir-bench: weir %s does not read %zu octets (%s)\n",
                        o->parsers[0].isa, in.octets, bench_mode_names[modes[i]]);
                if (!o->json) printf(" %12s", "-");
            } else if (o->json)
                printf("{\"octets\":%zu,\"mode\":\"%s\",\"parser\":\"weir\",\"isa\":\"%s\","
                       "\"ns_octet\":%.4f}\n",
                       in.octets, bench_mode_names[modes[i]], o->parsers[0].isa, each);
            else
                printf(" %12.3f", each);
        }
        if (!o->json) printf("\n");
        fflush(stdout);
        bench_input_free(&in);
    }
    return failed;
}
