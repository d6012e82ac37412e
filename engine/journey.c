#include "engine/journey.h"

#include <stdio.h>

#include "engine/clock.h"
#include "engine/metrics.h"
#include "engine/traffic.h"
#include "geo/road/snap.h"

static bool blame(const struct journey_wish *wish, int32_t place, struct fail *f)
{
    char pointer[32];

    if (place == 0)
        return fail_at(f, "/from");
    if (place == wish->place_count - 1)
        return fail_at(f, "/to");
    snprintf(pointer, sizeof pointer, "/via/%d", place - 1);
    return fail_at(f, pointer);
}

static bool snap_all(const struct world *w, const struct journey_wish *wish, struct spot *spots,
                     struct fail *f)
{
    for (int32_t i = 0; i < wish->place_count; i++) {
        struct snap snap;

        if (!snap_to(w->streets, wish->mode, wish->places[i], &snap, f))
            return blame(wish, i, f);
        spots[i] = snap.spot;
    }
    return true;
}

bool journey_find(const struct world *w, const struct journey_wish *wish, struct route_room *room,
                  struct arena *a, struct journey *out, struct fail *f)
{
    struct spot spots[ROUTE_PLACES_MAX];
    const struct route_wish route = {
        .mode = wish->mode, .place_count = wish->place_count, .places = spots, .avoid = wish->avoid
    };

    if (!snap_all(w, wish, spots, f))
        return false;
    const struct roads *roads = traffic_read(w->traffic);
    const int64_t began_ns = clock_steady_ns();
    const bool ok = route_over(roads, &route, room, a, &out->route, f) ||
                    (wish->place_count == 2 && fail_at(f, "/to"));

    out->other_count = 0;
    if (ok && wish->others > 0)
        out->other_count =
            route_others(roads, wish->mode, spots[0], spots[1], wish->others, room, a, out->others);
    metrics_observe_ns(METRIC_ROAD_ROUTE_TIME, clock_steady_ns() - began_ns);
    traffic_read_end(w->traffic);
    return ok;
}
