#ifndef ENGINE_NEARBY_H
#define ENGINE_NEARBY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/nearest.h"
#include "geo/road/route.h"

/* Who can be there first, and the way from here to there: the searches of
 * geo/road over the city as it is now. */
struct nearby_person {
    int64_t person_id;
    const char *name;
    enum mode mode;
    uint32_t cost_ms;
    struct point at; /* where she reported to be */
    int64_t fix_us;
    int32_t accuracy_dm;       /* -1 when unknown */
    struct route route;        /* from her street to the place; without points when not found */
    struct spot stands, place; /* on the streets of `world` */
};

struct nearby_answer {
    const struct world *world; /* the searched one, held; nearby_done drops it */
    int32_t count;
    struct nearby_person *people; /* ascending by (cost_ms, person_id) */
    int32_t settled;
};

/* Everything of the answer lives in the arena until nearby_done. The people and
 * the streets fit each other, whatever is imported meanwhile. False with
 * NO_CITY_YET, or NO_STREET_NEAR. */
bool nearby_find(struct live *l, const struct nearest_wish *wish, struct nearest_room *room,
                 struct arena *a, struct nearby_answer *out, struct fail *f);

/* Fills the routes of the first `count_max` people. */
bool nearby_route(struct nearby_answer *answer, int32_t count_max, struct route_room *room,
                  struct arena *a, struct fail *f);

void nearby_done(struct nearby_answer *answer);

/* From the street nearest to one place to the street nearest to the other. False
 * with NO_STREET_NEAR (the pointer says which place) or NO_ROUTE. */
bool nearby_way(const struct world *w, enum mode mode, struct point from, struct point to,
                struct route_room *room, struct arena *a, struct route *out, struct fail *f);

#endif
