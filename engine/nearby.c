/* The search itself runs while the live index is held for reading, so that
 * people and streets are of one moment; the routes, which need only streets, are
 * found after it is let go. */
#include "engine/nearby.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/metrics.h"
#include "geo/base/emit.h"
#include "geo/road/snap.h"

const char *const NEARBY_ROLE_WORDS[NEARBY_ROLES] = {
    "member", "leader", "organiser", "grid_worker", "driver", "contact",
};

static_assert((int)NEARBY_ROLES <= (int)CROWD_GROUPS, "roles are the groups of the crowd");

/* ------------------------------------------------------------------ who may be found */

struct choice {
    const struct live *live;
    const struct nearby_wish *wish;
    const struct age_limits *ages;
    int64_t now_us;
    int32_t this_year;
};

static bool is_below(const struct nearby_wish *w, int64_t org_id)
{
    for (int32_t i = 0; i < w->orgs.count; i++)
        if (orgs_within(w->sight->orgs, w->orgs.ids[i], org_id))
            return true;
    return false;
}

static bool is_wanted(const struct nearby_wish *w, const struct live_person *p)
{
    bool belongs = w->orgs.count == 0 || is_below(w, p->org_id);

    for (int32_t i = 0; !belongs && i < p->further_count; i++)
        belongs = is_below(w, p->further[i]);
    return belongs && (!w->search.only || nearest_has(w->search.only, p->person_id));
}

/* All that stands against sending her to this. */
static uint32_t bars_to(const struct choice *c, const struct live_person *p)
{
    const bool is_lost = p->has_fix && age_is_lost(c->ages, age_us(&p->fix, c->now_us));

    return p->bars | (is_lost ? ABLE_BIT(ABLE_STALE) : 0) |
           (able_old_enough(p->birth_year, c->wish->age_min, c->this_year)
                ? 0
                : ABLE_BIT(ABLE_UNDER_AGE));
}

static bool accept(const void *self, const struct crowd_person *met)
{
    const struct choice *c = self;
    struct live_person p;

    live_met(c->live, met, &p);
    const uint32_t bars = bars_to(c, &p);

    if ((bars && !c->wish->unavailable) || !is_wanted(c->wish, &p) ||
        (c->wish->fix_age_max_us && age_us(&p.fix, c->now_us) > c->wish->fix_age_max_us))
        return false;
    return sight_sees(c->wish->sight, &p) || (!bars && sight_lent(c->wish->sight, &p));
}

/* The moment is that of the whole search: nobody grows older during it. */
static uint32_t spread(const void *self, const struct crowd_person *met)
{
    const struct choice *c = self;
    struct live_person p;

    live_met(c->live, met, &p);
    return age_spread_ms(c->ages, age_us(&p.fix, c->now_us));
}

/* ------------------------------------------------------------------ who is looked at */

enum {
    LISTED_MAX = 4096, /* people: more are met soon enough wherever one looks */
    ORGS_MAX = 1024,   /* organisations below those asked for */
};

/* Puts the people of an organisation and of those below it behind the others. False when
 * there are too many of either. */
static bool list_below(const struct choice *c, int64_t org_id, int64_t *ids, int32_t *count)
{
    const struct orgs *orgs = c->wish->sight->orgs;
    int32_t first;
    const int32_t below = orgs_below(orgs, org_id, &first);

    for (int32_t i = 0; i < below && below <= ORGS_MAX; i++) {
        const int64_t *theirs;
        const int32_t more = kin_of(live_kin(c->live), orgs_at(orgs, first + i), &theirs);

        if (more > LISTED_MAX - *count)
            return false;
        if (more > 0)
            memcpy(ids + *count, theirs, (size_t)more * sizeof *ids);
        *count += more;
    }
    return below <= ORGS_MAX;
}

static int by_id(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

/* Everyone outside of whom nobody can be found, when those are few: whoever belongs to the
 * organisations asked for, else to those of the one who asks, and she herself. NULL when
 * they are many, or the holders of a credential are fewer. Where mutual aid lends people of
 * others, they are everywhere. */
static const struct nearest_ids *few(const struct choice *c, struct arena *a)
{
    const struct sight *sight = c->wish->sight;
    const struct nearest_ids own = { &sight->org_id, 1 };
    const bool is_narrow = c->wish->orgs.count > 0;
    const struct nearest_ids roots = is_narrow ? c->wish->orgs : own;
    struct nearest_ids *out = arena_take(a, 1, sizeof *out);
    int32_t count = 0, kept = 0;

    if (!sight->orgs || (!is_narrow && (sight->everyone || !sight->org_id ||
                                        orgs_borrows(sight->orgs, sight->org_id))))
        return NULL;
    int64_t *ids = arena_take(a, LISTED_MAX + 1, sizeof *ids);

    for (int32_t i = 0; i < roots.count; i++)
        if (!list_below(c, roots.ids[i], ids, &count))
            return NULL;
    if (!is_narrow && sight->person_id)
        ids[count++] = sight->person_id;
    if (count > 1)
        qsort(ids, (size_t)count, sizeof *ids, by_id);
    for (int32_t i = 0; i < count; i++)
        if (i == 0 || ids[i] != ids[i - 1])
            ids[kept++] = ids[i];
    *out = (struct nearest_ids){ ids, kept };
    return c->wish->search.only && c->wish->search.only->count <= kept ? NULL : out;
}

/* ------------------------------------------------------------------ finding */

static void describe(const struct choice *c, const struct nearest_hit *hit, struct arena *a,
                     struct nearby_person *out)
{
    struct live_person person = { .name = "" };

    live_get(c->live, hit->person.person_id, &person);
    const int64_t org_id = sight_org(c->wish->sight, &person);
    const bool is_lent = !sight_sees(c->wish->sight, &person);

    *out =
        (struct nearby_person){ .person_id = hit->person.person_id,
                                .name = arena_copy(a, person.name, strlen(person.name)),
                                .mode = hit->person.mode,
                                .crew = person.crew,
                                .org_id = org_id ? org_id : person.org_id,
                                .is_lent = is_lent,
                                .bars = bars_to(c, &person),
                                .cost_ms = hit->cost_ms,
                                .spread_ms = hit->delay_ms,
                                .at = point_from_e7(person.fix.at),
                                .fix = person.fix,
                                .fix_age_us = age_us(&person.fix, c->now_us),
                                .stands = hit->person.spot,
                                .place = hit->place,
                                .has_way = hit->length_cm != NEAREST_UNMEASURED,
                                .route = { .cost_ms = hit->cost_ms, .length_cm = hit->length_cm } };
}

/* Streets have just changed: distances come without the labels of some mode. */
static bool has_stale_labels(const struct roads *r)
{
    bool is_stale = false;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        is_stale |= !roads_labels(r, mode);
    return is_stale;
}

static bool find(const struct choice *c, struct nearest_room *room, struct arena *a,
                 struct nearby_answer *out, struct fail *f)
{
    const struct world *w = live_world(c->live);
    struct nearest_wish search = c->wish->search;
    struct nearest_answer found;

    if (!w)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    const struct nearest_ids *listed = few(c, a);

    search.only = listed ? listed : search.only;
    search.groups_any = c->wish->roles; /* engine/folk: the groups of the crowd are roles */
    search.unavailable = c->wish->unavailable;
    search.accept = accept;
    search.delay_ms = spread;
    search.self = c;
    search.measures = true;
    const struct roads *roads = traffic_read(w->traffic);
    const int64_t began_ns = clock_steady_ns();
    const bool ok =
        nearest_find(roads, w->streets, live_crowd(c->live), &search, room, a, &found, f);

    metrics_observe_ns(METRIC_ROAD_NEAREST_TIME, clock_steady_ns() - began_ns);
    metrics_count(METRIC_ROAD_NEAREST_STALE, has_stale_labels(roads));
    traffic_read_end(w->traffic);
    if (!ok)
        return f->code == CODE_NO_STREET_NEAR ? fail_at(f, "/place") : false;
    metrics_count(METRIC_ROAD_SETTLED, found.settled);
    *out = (struct nearby_answer){ .world = world_hold_again(w),
                                   .count = found.gave_up ? 0 : found.count,
                                   .settled = found.settled,
                                   .gave_up = found.gave_up };
    out->people = arena_take(a, (size_t)found.count + 1, sizeof *out->people);
    for (int32_t i = 0; i < out->count; i++)
        describe(c, &found.hits[i], a, &out->people[i]);
    return true;
}

static int32_t year_of(int64_t now_us)
{
    const time_t now = (time_t)(now_us / 1000000);
    struct tm tm;

    gmtime_r(&now, &tm);
    return tm.tm_year + 1900;
}

bool nearby_find(struct live *l, const struct nearby_wish *wish, struct nearest_room *room,
                 struct arena *a, struct nearby_answer *out, struct fail *f)
{
    const int64_t now_us = clock_wall_us();
    const struct choice c = { l, wish, live_ages(l), now_us, year_of(now_us) };

    live_read(l);
    const bool found = find(&c, room, a, out, f);

    live_read_end(l);
    return found;
}

/* ------------------------------------------------------------------ what a wish needs to know */

bool nearby_holders(struct db *db, const char *const *types, int32_t count, struct arena *a,
                    struct nearest_ids *out, struct fail *f)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);
    const struct db_rows *rows;

    emit_array(&e);
    for (int32_t i = 0; i < count; i++)
        emit_text(&e, types[i]);
    emit_end(&e);

    const struct db_value values[] = { db_text(buf_text(&text)), db_int(count) };
    const bool is_read = db_run(db, QUERIES_CREDENTIAL_HOLDERS, values, 2, a, &rows, f);

    buf_free(&text);
    if (!is_read)
        return false;
    int64_t *ids = arena_take(a, (size_t)db_count(rows) + 1, sizeof *ids);

    for (int32_t i = 0; i < db_count(rows); i++)
        ids[i] = db_get_int(rows, i, 0);
    *out = (struct nearest_ids){ ids, db_count(rows) };
    return true;
}

bool nearby_rule(struct db *db, const char *type, struct arena *a, struct nearby_rule *out,
                 struct fail *f)
{
    const struct db_value value = db_text(type);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_TYPE_RULE, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_INPUT, INCIDENT_TYPE_UNKNOWN, "there is no incident type \"%.40s\"", type);
        fail_allowed(f, "a type of /v1/incident_types");
        return fail_value(f, type);
    }
    *out = (struct nearby_rule){ db_get_bool(rows, 0, 0), (int32_t)db_get_int(rows, 0, 1) };
    return true;
}

/* ------------------------------------------------------------------ the way */

/* Timed, while the streets cannot change. What it costs is known, unless they have changed
 * since; then it is searched for anew, and who can no longer come has no way. */
static void find_way(const struct world *w, struct nearby_person *p, bool drawn,
                     struct route_room *room, struct arena *a)
{
    const struct spot places[] = { p->stands, p->place };
    const struct roads *roads = traffic_read(w->traffic);
    const int64_t began_ns = clock_steady_ns();
    struct route_wish wish = { .mode = p->mode,
                               .place_count = 2,
                               .places = places,
                               .leg_most_ms = p->cost_ms,
                               .is_undrawn = !drawn };
    struct fail f;

    p->has_way = route_over(roads, &wish, room, a, &p->route, &f);
    if (!p->has_way) {
        wish.leg_most_ms = 0;
        p->has_way = route_over(roads, &wish, room, a, &p->route, &f);
    }
    metrics_observe_ns(METRIC_ROAD_ROUTE_TIME, clock_steady_ns() - began_ns);
    traffic_read_end(w->traffic);
}

void nearby_route(struct nearby_answer *answer, int32_t count_max, bool drawn,
                  struct route_room *room, struct arena *a)
{
    for (int32_t i = 0; i < answer->count && i < count_max; i++)
        if (drawn || !answer->people[i].has_way)
            find_way(answer->world, &answer->people[i], drawn, room, a);
}

void nearby_done(struct nearby_answer *answer)
{
    world_drop(answer->world);
    answer->world = NULL;
}

void nearby_range(const struct world *w, const struct range_wish *wish, struct range_room *room,
                  struct arena *a, struct range *out)
{
    const struct roads *roads = traffic_read(w->traffic);
    const int64_t began_ns = clock_steady_ns();

    range_find(roads, wish, room, a, out);
    metrics_observe_ns(METRIC_ROAD_REACH_TIME, clock_steady_ns() - began_ns);
    metrics_count(METRIC_ROAD_REACH_SETTLED, out->settled);
    traffic_read_end(w->traffic);
}
