/* A bar's questions for CBC (geo/plan/mip.h):
 *
 *   bench_siting_cbc small|worse SEED     one small question: search, bound, CBC; or no search
 *   bench_siting_cbc merged SEED PIECES RADIUS COUNT   a hundred sites, so many pieces merged
 *
 * Prints figures, one a line: name, tab, number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/plan/dual.h"
#include "geo/plan/greedy.h"
#include "geo/plan/mip.h"
#include "geo/plan/swap.h"
#include "tests/support/siting_town.h"
#include "tests/support/town.h"

enum { SMALL_S = 60, MERGED_S = 120, KICKS = 20000, SLICE = 100, STEPS = 1500, NEAREST_PAIRS = 30 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Every second of them with something that stands, something barred, and pairs. */
static void add_rules(uint64_t seed, struct siting_question *q, struct arena *a)
{
    struct town_dice dice = { seed };
    bool *is_fixed = arena_take(a, (size_t)q->site_count, sizeof *is_fixed);
    bool *is_barred = arena_take(a, (size_t)q->site_count, sizeof *is_barred);
    struct siting_pair *pairs = arena_take(a, NEAREST_PAIRS, sizeof *pairs);

    is_fixed[town_pick(&dice, q->site_count)] = true;
    for (int32_t k = 0; k < q->site_count / 20; k++)
        is_barred[town_pick(&dice, q->site_count)] = true;
    for (int32_t k = 0; k < NEAREST_PAIRS; k++) {
        const int32_t one = town_pick(&dice, q->site_count - 1);

        pairs[k] = (struct siting_pair){ one, one + 1 };
    }
    q->is_fixed = is_fixed;
    q->is_barred = is_barred;
    q->pairs = pairs;
    q->pair_count = NEAREST_PAIRS;
}

static int run(const struct siting_question *q, int32_t seconds, int32_t kicks, double made,
               struct arena *a)
{
    struct siting s;
    struct greedy g;
    struct mip m;
    struct fail f;
    const int32_t *sites;
    const int64_t *prices;
    int32_t count;
    double began = now();

    if (!siting_take(q, a, &s, &f)) {
        fprintf(stderr, "%s\n", f.text);
        return 1;
    }
    greedy_take(&s, a, &g);
    struct swap *w = swap_new(&s, g.sites, g.count, 1);
    struct dual *d = dual_new(&s, g.sites, g.count);

    for (int32_t n = 0; n < kicks; n += SLICE)
        swap_kick(w, SLICE, 1 - (double)n / kicks);
    if (kicks)
        swap_finish(w);
    dual_run(d, STEPS, swap_value(w));
    swap_sites(w, a, &sites, &count);
    printf("classes\t%d\nmerge_s\t%.2f\n", s.class_count, made);
    printf("value\t%lld\nbound\t%lld\n", (long long)swap_value(w),
           (long long)(dual_prices(d, a, &prices) / DUAL_SCALE));
    printf("search_s\t%.2f\n", now() - began);
    began = now();
    if (!mip_solve(&s, sites, count, seconds, a, &m, &f)) {
        fprintf(stderr, "%s\n", f.text);
        return 1;
    }
    printf("cbc\t%lld\nproven\t%s\ncbc_bound\t%lld\nnodes\t%d\ncbc_s\t%.2f\n", (long long)m.value,
           m.is_proven ? "yes" : "no", (long long)m.bound, m.nodes, now() - began);
    swap_free(w);
    dual_free(d);
    return 0;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct siting_question q;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    const double began = now();

    if (argc == 3 && (strcmp(argv[1], "small") == 0 || strcmp(argv[1], "worse") == 0)) {
        const struct siting_town_wish wish = { seed,
                                               1000,
                                               100,
                                               10 + (int32_t)(seed % 10),
                                               seed % 2 ? 2500 : 4000,
                                               seed % 2,
                                               seed % 3 ? 0 : 5 };

        siting_town(&wish, a, &q);
        if (q.group_count)
            q.count = q.group_count * 5;
        if (seed % 4 > 1)
            add_rules(seed, &q, a);
        if (seed % 5 == 4) {
            q.share_count = 2;
            q.shares[0] = 4;
            q.shares[1] = 1;
        }
        return run(&q, SMALL_S, argv[1][0] == 's' ? KICKS : 0, now() - began, a);
    }
    if (argc != 6 || strcmp(argv[1], "merged") != 0)
        return 2;
    siting_town_hundred(seed, strtoll(argv[3], NULL, 10), strtod(argv[4], NULL),
                        (int32_t)strtol(argv[5], NULL, 10), a, &q);
    return run(&q, MERGED_S, KICKS, now() - began, a);
}
