#ifndef ENGINE_JOURNEY_H
#define ENGINE_JOURNEY_H

#include "engine/world.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/route.h"

/* The way from place to place over the streets of a world as they can be used now. */
enum {
    JOURNEY_VIA_MAX = ROUTE_PLACES_MAX - 2,
    JOURNEY_OTHERS_MAX = LEG_OTHERS_MAX,
};

struct journey_wish {
    enum mode mode;
    int32_t place_count; /* at least two: from, those on the way, to */
    const struct point *places;
    const struct avoid *avoid; /* NULL: nothing is avoided */
    int32_t others;            /* how many other ways are wanted at most; only between two
                                * places and with nothing avoided */
};

struct journey {
    struct route route;
    int32_t other_count;
    struct route others[JOURNEY_OTHERS_MAX];
};

/* From the street nearest to each place to the street nearest to the next, in the arena.
 * False with NO_STREET_NEAR (the pointer says which place: /from, /via/…, /to) or
 * NO_ROUTE (which says between which of them). */
bool journey_find(const struct world *w, const struct journey_wish *wish, struct route_room *room,
                  struct arena *a, struct journey *out, struct fail *f);

#endif
