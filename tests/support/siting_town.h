#ifndef TESTS_SUPPORT_SITING_TOWN_H
#define TESTS_SUPPORT_SITING_TOWN_H

#include "geo/crs.h"
#include "geo/plan/siting.h"

/* A made-up square of 30 km with pieces of streets, which weigh something, and sites at some of
 * them, which cover what lies within a radius. Even: uniform. Clustered: two thirds of the
 * pieces around 40 centres, with log-normal hot spots. With quotas the sites are split into
 * districts of as many sites each, by halving again and again. */
struct siting_town_wish {
    uint64_t seed;
    int32_t piece_count, site_count, count;
    int32_t radius_m;
    bool is_clustered;
    int32_t quota; /* points a district, of which there are count / quota; 0: none */
};

/* Everything lives in the arena. */
void siting_town(const struct siting_town_wish *wish, struct arena *a, struct siting_question *out);

/* The parts by halving, of as many sites each. */
void siting_town_districts(const struct crs_xy *sites, int32_t count, int32_t parts,
                           struct arena *a, int32_t *groups);

/* A hundred sites on 30 x 30, pieces that weigh 1 to 100, by the rules of the generator of
 * Cordeau, Furini and Ljubić (2019): pieces are merged while they are made, so that 20 million
 * of them need no memory. The question's pieces are the merged ones. */
void siting_town_hundred(uint64_t seed, int64_t piece_count, double radius, int32_t count,
                         struct arena *a, struct siting_question *out);

#endif
