/* A bar's run of siting on a made-up town (tests/support/siting_town.h):
 *
 *   bench_siting SEED RADIUS even|clustered free|quota PIECES SITES COUNT SECONDS [FILE]
 *
 * Search and bound run in a thread each, for so many seconds of processor time of their own.
 * Prints figures, one a line: name, tab, number. Values are counted anew from the choice by
 * plain loops, and so is whether any single swap would better it. FILE gets the certificate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/siting_race.h"
#include "tests/support/siting_town.h"

enum { ARGUMENTS = 9 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* By the question's own lists: the weight of the pieces that these sites cover. */
static int64_t plain_value(const struct siting_question *q, const int32_t *sites, int32_t count,
                           int32_t *times)
{
    int64_t value = 0;

    memset(times, 0, (size_t)q->piece_count * sizeof *times);
    for (int32_t n = 0; n < count; n++)
        for (int32_t k = q->first[sites[n]]; k < q->first[sites[n] + 1]; k++)
            times[q->pieces[k]]++;
    for (int32_t j = 0; j < q->piece_count; j++)
        value += times[j] ? q->weights[j] : 0;
    return value;
}

/* How many sites could take the place of a chosen one and gain, by plain loops. */
static int32_t plain_swaps(const struct siting_question *q, const int32_t *sites, int32_t count,
                           const int32_t *times, struct arena *a)
{
    int64_t *loss = arena_take(a, (size_t)q->site_count, sizeof *loss);
    int64_t *saved = arena_take(a, (size_t)q->site_count, sizeof *saved);
    int32_t *only = arena_take(a, (size_t)q->piece_count, sizeof *only), found = 0;

    for (int32_t n = 0; n < count; n++)
        for (int32_t k = q->first[sites[n]]; k < q->first[sites[n] + 1]; k++)
            if (times[q->pieces[k]] == 1) {
                only[q->pieces[k]] = sites[n];
                loss[sites[n]] += q->weights[q->pieces[k]];
            }
    for (int32_t i = 0; i < q->site_count; i++) {
        int64_t gain = 0, best = 0;

        memset(saved, 0, (size_t)q->site_count * sizeof *saved);
        for (int32_t k = q->first[i]; k < q->first[i + 1]; k++) {
            const int32_t j = q->pieces[k];

            gain += times[j] ? 0 : q->weights[j];
            if (times[j] == 1)
                saved[only[j]] += q->weights[j];
        }
        for (int32_t n = 0; n < count; n++)
            if (!q->group_count || q->groups[sites[n]] == q->groups[i])
                if (gain - loss[sites[n]] + saved[sites[n]] > best)
                    best = gain - loss[sites[n]] + saved[sites[n]];
        found += best > 0;
    }
    return found;
}

static bool keeps_rules(const struct siting_question *q, const int32_t *sites, int32_t count,
                        struct arena *a)
{
    int32_t *used = arena_take(a, (size_t)q->group_count + 1, sizeof *used);
    bool is_kept = count == q->count;

    for (int32_t n = 0; n < count; n++) {
        is_kept = is_kept && (!n || sites[n] > sites[n - 1]);
        if (q->group_count)
            is_kept = ++used[q->groups[sites[n]]] <= q->quotas[q->groups[sites[n]]] && is_kept;
    }
    return is_kept;
}

static bool report(const struct siting_question *q, const struct siting *s,
                   const struct siting_race *r, struct arena *a, const char *path)
{
    int32_t *times = arena_take(a, (size_t)q->piece_count, sizeof *times);
    const double top = (double)r->bound / DUAL_SCALE;

    printf("value\t%lld\n", (long long)r->value);
    printf("recounted\t%lld\n", (long long)plain_value(q, r->sites, r->count, times));
    printf("bound\t%lld\n", (long long)(r->bound / DUAL_SCALE));
    printf("gap\t%.4f\n", 100 * (1 - (double)r->value / top));
    printf("rules\t%s\n", keeps_rules(q, r->sites, r->count, a) ? "kept" : "broken");
    printf("swaps\t%d\n", plain_swaps(q, r->sites, r->count, times, a));
    printf("search_s\t%.2f\nbound_s\t%.2f\nwall_s\t%.2f\n", r->search_s, r->bound_s, r->wall_s);
    printf("kicks\t%lld\nsteps\t%lld\n", (long long)r->kicks, (long long)r->steps);
    return !path || siting_race_certify(s, r, path);
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct siting_question q;
    struct siting s;
    struct greedy g;
    struct fail f;
    struct siting_race r;

    if (argc < ARGUMENTS)
        return 2;
    const struct siting_town_wish wish = {
        strtoull(argv[1], NULL, 10),          (int32_t)strtol(argv[5], NULL, 10),
        (int32_t)strtol(argv[6], NULL, 10),   (int32_t)strtol(argv[7], NULL, 10),
        (int32_t)strtol(argv[2], NULL, 10),   strcmp(argv[3], "clustered") == 0,
        strcmp(argv[4], "quota") == 0 ? 5 : 0
    };
    siting_town(&wish, a, &q);
    const double began = now();

    if (!siting_take(&q, a, &s, &f)) {
        fprintf(stderr, "%s\n", f.text);
        return 1;
    }
    const double built = now();

    greedy_take(&s, a, &g);
    printf("build_ms\t%.1f\nfirst_ms\t%.1f\n", 1e3 * (built - began), 1e3 * (now() - built));
    printf("classes\t%d\nlinks\t%d\n", s.class_count, s.class_first[s.class_count]);
    printf("share\t%.2f\n", 100 * (double)g.values[g.count - 1] / (double)s.weight);
    siting_race(&s, &g, strtod(argv[8], NULL), wish.seed, a, &r);
    printf("gain\t%.3f\n", 100 * ((double)r.value / (double)g.values[g.count - 1] - 1));
    const bool is_written = report(&q, &s, &r, a, argv[ARGUMENTS]);

    arena_free(a);
    return !is_written;
}
