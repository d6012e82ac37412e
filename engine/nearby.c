/* The search itself runs while the live index is held for reading, so that
 * people and streets are of one moment; the routes, which need only streets, are
 * found after it is let go. */
#include "engine/nearby.h"

#include <string.h>

#include "geo/road/snap.h"

static void describe(const struct live *l, const struct nearest_hit *hit, struct arena *a,
                     struct nearby_person *out)
{
    struct live_person person = { .name = "" };

    live_get(l, hit->person.person_id, &person);
    *out = (struct nearby_person){ .person_id = hit->person.person_id,
                                   .name = arena_copy(a, person.name, strlen(person.name)),
                                   .mode = hit->person.mode,
                                   .cost_ms = hit->cost_ms,
                                   .at = point_from_e7(person.fix.at),
                                   .fix_us = person.fix.fix_us,
                                   .accuracy_dm = person.fix.accuracy_dm,
                                   .stands = hit->person.spot,
                                   .place = hit->place };
}

static bool find(struct live *l, const struct nearest_wish *wish, struct nearest_room *room,
                 struct arena *a, struct nearby_answer *out, struct fail *f)
{
    const struct world *w = live_world(l);
    struct nearest_answer found;

    if (!w)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    if (!nearest_find(w->network, w->streets, live_crowd(l), wish, room, a, &found, f))
        return f->code == CODE_NO_STREET_NEAR ? fail_at(f, "/place") : false;
    *out = (struct nearby_answer){ .world = world_hold_again(w),
                                   .count = found.count,
                                   .settled = found.settled };
    out->people = arena_take(a, (size_t)found.count + 1, sizeof *out->people);
    for (int32_t i = 0; i < found.count; i++)
        describe(l, &found.hits[i], a, &out->people[i]);
    return true;
}

bool nearby_find(struct live *l, const struct nearest_wish *wish, struct nearest_room *room,
                 struct arena *a, struct nearby_answer *out, struct fail *f)
{
    live_read(l);
    const bool found = find(l, wish, room, a, out, f);

    live_read_end(l);
    return found;
}

bool nearby_route(struct nearby_answer *answer, int32_t count_max, struct route_room *room,
                  struct arena *a, struct fail *f)
{
    for (int32_t i = 0; i < answer->count && i < count_max; i++) {
        struct nearby_person *p = &answer->people[i];

        if (!route_find(answer->world->network, p->mode, p->stands, p->place, room, a, &p->route,
                        f))
            return false;
    }
    return true;
}

void nearby_done(struct nearby_answer *answer)
{
    world_drop(answer->world);
    answer->world = NULL;
}

static bool snap_end(const struct world *w, enum mode mode, struct point p, const char *pointer,
                     struct spot *out, struct fail *f)
{
    struct snap snap;

    if (!snap_to(w->streets, mode, p, &snap, f))
        return fail_at(f, pointer);
    *out = snap.spot;
    return true;
}

bool nearby_way(const struct world *w, enum mode mode, struct point from, struct point to,
                struct route_room *room, struct arena *a, struct route *out, struct fail *f)
{
    struct spot start, end;

    return snap_end(w, mode, from, "/from", &start, f) && snap_end(w, mode, to, "/to", &end, f) &&
           route_find(w->network, mode, start, end, room, a, out, f);
}
