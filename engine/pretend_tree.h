#ifndef ENGINE_PRETEND_TREE_H
#define ENGINE_PRETEND_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "engine/pretend_town.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* How much of everything a made-up city has. */
struct pretend_tree_size {
    const char *word; /* "small", "demo", "full" */
    int32_t counties;
    int32_t townships; /* of the city, shared out evenly among the counties */
    int32_t urban;     /* of them sub-districts, where the streets are densest */
    int32_t villages;  /* of each township */
    int32_t stations;  /* of the city */
    int32_t lookouts;  /* of each urban sub-district */
    int32_t squads;    /* of volunteers */
    int32_t buses;     /* crews of */
    int32_t taxis;
    int32_t firms;
    int32_t firm_people; /* of all firms */
    int32_t people;      /* of everyone, those of firms and crews among them */
    int32_t on_duty;     /* of them about so many */
};

/* NULL for a word that is none. */
const struct pretend_tree_size *pretend_tree_size(const char *word);

enum { PRETEND_TREE_SECTORS = 8 };

/* Organisations and places that were made, by id. */
struct pretend_tree_township {
    int64_t org_id;
    int64_t county_id;
    bool is_urban;
    struct pretend_town_patch patch;
    const int64_t *villages; /* [size->villages] */
};

struct pretend_tree {
    const struct pretend_tree_size *size;
    struct pretend_town town;
    int64_t *counties;
    struct pretend_tree_township *townships;
    int64_t sectors[PRETEND_TREE_SECTORS];
    int64_t *firms;
    int64_t *firm_teams; /* a squad for each firm */
    int64_t *squads;     /* of township number i % townships */
    int64_t *buses;
    int64_t *taxis;
    int64_t bus_sector_id, taxi_sector_id;
    int32_t station_count, lookout_count, org_count;
};

/* Makes what is not there yet, in the caller's transaction: the tree with the areas of
 * counties and townships, which part the city's hull, firms with their sites,
 * stations, lookout points, squads, crews and teams, and mutual aid between counties
 * that touch. What is there by its code is left as it is. */
bool pretend_tree_make(struct db *db, struct ids *ids, const struct pretend_tree_size *size,
                       struct arena *a, struct pretend_tree *out, struct fail *f);

/* The township that a place is in. */
const struct pretend_tree_township *pretend_tree_find(const struct pretend_tree *t,
                                                      struct point at);

#endif
