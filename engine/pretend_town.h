#ifndef ENGINE_PRETEND_TOWN_H
#define ENGINE_PRETEND_TOWN_H

#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/box.h"

/* The streets' junctions as made-up things are put onto them, and the city cut into
 * patches that hold about as many junctions each. The same streets give the same
 * patches. */
struct pretend_town_junction {
    int64_t node_id;
    uint64_t draw;
    struct point at;
    const char *name; /* "" where no street has one */
    const char *name_zh;
    const char *name_en;
};

struct pretend_town {
    int32_t count;
    int32_t named_count;
    struct pretend_town_junction *junctions;
    struct box box;
};

/* NO_CITY_YET before the first import. */
bool pretend_town_read(struct db *db, struct arena *a, struct pretend_town *t, struct fail *f);

/* "和平路平安服务站 Heping Road Station" where the street has names in both languages,
 * else in the street's own: "Rua do Almada Station 7", "和平路平安服务站 7". */
const char *pretend_town_name(const struct pretend_town_junction *j, const char *chinese,
                              const char *english, int32_t number, struct arena *a);
/* The street's name, "" when it has none or a very long one. */
const char *pretend_town_street(const struct pretend_town_junction *j);

/* Some of the junctions that stand together, and the box that is theirs alone. */
struct pretend_town_patch {
    int32_t first, count; /* in the town's junctions; there may be none */
    struct box box;
};

/* Everything within the box. */
struct pretend_town_patch pretend_town_whole(const struct pretend_town *t, struct box box);
/* Cuts a patch into parts, again and again across its longer side, which puts its
 * junctions into another order. Their boxes cover that of the patch. */
void pretend_town_split(struct pretend_town *t, struct pretend_town_patch patch, int32_t parts,
                        struct pretend_town_patch *out);
/* A junction in the middle of the patch; any other when it has none. */
const struct pretend_town_junction *pretend_town_middle(const struct pretend_town *t,
                                                        const struct pretend_town_patch *patch);

/* splitmix64 (Steele, Lea and Flood 2014): every bit of the result depends on every
 * bit of what goes in. */
uint64_t pretend_town_mix(uint64_t x);

#endif
