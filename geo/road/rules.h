#ifndef GEO_ROAD_RULES_H
#define GEO_ROAD_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/road/access.h"

/* What the tags of an OpenStreetMap turn restriction and of a barrier say. The one place
 * that holds these rules, as access.h does for ways. Modes are bits 1 << mode.
 *
 * Turn restrictions (after the wiki's page "Relation:restriction"): `restriction` is for
 * all vehicles, e-bikes too, and never for feet; `restriction:vehicle`, `:motor_vehicle`,
 * `:motorcar`, `:bicycle`, `:electric_bicycle` and `:foot` are for those they name, and the most
 * particular decides, "none" too; those for lorries, buses and the like concern nobody
 * here. `except` with motorcar, motor_vehicle, bicycle or vehicle exempts these.
 *
 * A restriction that holds at some hours (`restriction:conditional`, or `hour_on` and
 * its kind) is kept at all hours: a longer way does less harm than a forbidden turn. One that
 * depends on the size or the load of a vehicle concerns nobody here. */
enum rules_kind {
    RULES_NOTHING,
    RULES_NO,      /* from there to there is forbidden */
    RULES_NO_BACK, /* so is turning back: no_u_turn */
    RULES_ONLY     /* everything else is, turning back included */
};

struct rules_turn {
    enum rules_kind kind[MODE_COUNT];
};

/* False when it concerns nobody. */
bool rules_turn(const struct access_tag *tags, int32_t tag_count, struct rules_turn *out);

/* Who may not pass a barrier. What the kind lets through is in the table in rules.c:
 * gates, cattle grids, kerbs and toll booths everybody; bollards, blocks, chains and what is
 * of no known kind everybody but cars; stiles, turnstiles and kissing gates feet only; a
 * wall or a fence nobody. The access tags of the node then speak as those of a way do
 * (access.h), and `locked=yes` lets through only whom they name. */
uint8_t rules_barrier(const struct access_tag *tags, int32_t tag_count);

#endif
