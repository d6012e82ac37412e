/* Lookout points on real streets, by the coverage engine:
 *
 *   bench_siting_real NETWORK SEED SITES DISTRICTS QUOTA FIXED SECONDS FILE
 *
 * NETWORK as for tests/support/cover_scene.h. Sites stand at spots by chance and see 250 m;
 * FIXED of them stand already. The plan's centimetres are compared with what a cover that is
 * told of the same points says; FILE gets the certificate. Prints figures, one a line. */
#include <stdio.h>
#include <stdlib.h>

#include "geo/plan/demand.h"
#include "tests/support/cover_scene.h"
#include "tests/support/siting_race.h"
#include "tests/support/siting_town.h"

enum { ARGUMENTS = 9, RADIUS_M = 250 };

static struct cover_scene
    scene; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): large

struct sites {
    struct range_band *seen;
    struct crs_xy *at;
    int32_t *groups;
    bool *is_fixed;
    int32_t count;
};

static void draw_sites(struct sites *s, int32_t count, struct arena *a)
{
    *s = (struct sites){ arena_take(a, (size_t)count, sizeof *s->seen),
                         arena_take(a, (size_t)count, sizeof *s->at),
                         arena_take(a, (size_t)count, sizeof *s->groups),
                         arena_take(a, (size_t)count, sizeof *s->is_fixed), count };
    for (int32_t i = 0; i < count; i++) {
        const struct spot spot = town_spot(&scene.dice, scene.n);

        s->at[i] = ground_spot(scene.ground, spot);
        disc_find(scene.ground, network_point(scene.n, spot), RADIUS_M, a, &s->seen[i]);
    }
}

/* Those that stand: never more in a district than it may have. */
static void fix(struct sites *s, int32_t count, int32_t districts, int32_t quota, struct arena *a)
{
    int32_t *used = arena_take(a, (size_t)districts, sizeof *used);

    while (count) {
        const int32_t i = town_pick(&scene.dice, s->count);

        if (s->is_fixed[i] || used[s->groups[i]] >= quota)
            continue;
        s->is_fixed[i] = true;
        used[s->groups[i]]++;
        count--;
    }
}

/* What coverage says that these points see. */
static int64_t covered_cm(const struct sites *s, const int32_t *chosen, int32_t count)
{
    struct cover *c = cover_scene_cover(&scene);
    struct cover_sums city;
    struct cover_figure figure;

    for (int32_t n = 0; n < count; n++)
        cover_lookout(c, n + 1, s->seen[chosen[n]].pieces, s->seen[chosen[n]].piece_count);
    cover_city(c, &city);
    cover_figure(city.length_cm, &figure);
    cover_free(c);
    return figure.lookout;
}

static bool keeps_rules(const struct sites *s, const struct siting_race *r, int32_t districts,
                        int32_t quota, struct arena *a)
{
    int32_t *used = arena_take(a, (size_t)districts, sizeof *used), fixed = 0;
    bool is_kept = r->count == districts * quota;

    for (int32_t n = 0; n < r->count; n++) {
        is_kept = ++used[s->groups[r->sites[n]]] <= quota && is_kept;
        fixed += s->is_fixed[r->sites[n]];
    }
    for (int32_t i = 0; i < s->count; i++)
        fixed -= s->is_fixed[i];
    return is_kept && !fixed;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct siting_question q = { .share_count = 1, .shares = { 1 } };
    struct sites sites;
    struct siting s;
    struct siting_race r;
    struct greedy g;
    struct fail f;

    if (argc != ARGUMENTS)
        return 2;
    const int32_t districts = (int32_t)strtol(argv[4], NULL, 10);
    const int32_t quota = (int32_t)strtol(argv[5], NULL, 10);
    int32_t *quotas = arena_take(a, (size_t)districts, sizeof *quotas);

    cover_scene_make(&scene, argv[1], strtoull(argv[2], NULL, 10));
    draw_sites(&sites, (int32_t)strtol(argv[3], NULL, 10), a);
    siting_town_districts(sites.at, sites.count, districts, a, sites.groups);
    fix(&sites, (int32_t)strtol(argv[6], NULL, 10), districts, quota, a);
    for (int32_t k = 0; k < districts; k++)
        quotas[k] = quota;
    const struct demand_wish wish = { scene.n, scene.plots, false, sites.seen, sites.count };
    const double began = cover_scene_cpu_s();

    if (!demand_take(&wish, a, &q, &f))
        cover_scene_give_up("demand", f.text);
    q.group_count = districts;
    q.groups = sites.groups;
    q.quotas = quotas;
    q.is_fixed = sites.is_fixed;
    q.count = districts * quota;
    if (!siting_take(&q, a, &s, &f))
        cover_scene_give_up("siting", f.text);
    const double built = cover_scene_cpu_s();

    greedy_take(&s, a, &g);
    printf("build_s\t%.2f\nfirst_ms\t%.1f\n", built - began, 1e3 * (cover_scene_cpu_s() - built));
    siting_race(&s, &g, strtod(argv[7], NULL), 1, a, &r);
    printf("pieces\t%d\nclasses\t%d\nlinks\t%d\nlacks\t%d\n", q.piece_count, s.class_count,
           s.class_first[s.class_count], s.lack_count);
    printf("value\t%lld\nbound\t%lld\ngap\t%.4f\n", (long long)r.value,
           (long long)(r.bound / DUAL_SCALE),
           100 * (1 - (double)r.value * DUAL_SCALE / (double)r.bound));
    printf("gain\t%.3f\nall\t%lld\n", 100 * ((double)r.value / (double)g.values[g.count - 1] - 1),
           (long long)s.weight);
    printf("covered\t%lld\n", (long long)covered_cm(&sites, r.sites, r.count));
    printf("other\t%lld\n", (long long)covered_cm(&sites, r.sites, r.count - 1));
    printf("rules\t%s\n", keeps_rules(&sites, &r, districts, quota, a) ? "kept" : "broken");
    printf("search_s\t%.2f\nbound_s\t%.2f\nwall_s\t%.2f\n", r.search_s, r.bound_s, r.wall_s);
    return !siting_race_certify(&s, &r, argv[8]);
}
