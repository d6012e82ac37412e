/* Places are drawn by hashing the junctions' ids with the seed: no state, and a
 * junction that an import adds moves no other. */
#include "engine/pretend.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/grids.h"
#include "engine/pretend_town.h"
#include "engine/registry.h"
#include "geo/box.h"
#include "geo/wkb.h"

enum {
    HALVINGS_MAX = 12,
    STATION_SALT = 1,
    LOOKOUT_SALT = 2,
    REACH_MIN_M = 80,
    REACH_STEPS = 8, /* of 10 m */
};

/* What the making works with. */
struct means {
    struct db *db;
    struct ids *ids;
    struct arena *arena;
};

/* Those with a name first. */
static int by_draw(const void *one, const void *other)
{
    const struct pretend_town_junction *a = one;
    const struct pretend_town_junction *b = other;

    if ((a->name[0] == '\0') != (b->name[0] == '\0'))
        return a->name[0] == '\0' ? 1 : -1;
    if (a->draw != b->draw)
        return a->draw < b->draw ? -1 : 1;
    return (a->node_id > b->node_id) - (a->node_id < b->node_id);
}

static bool stands_alone(const struct pretend_town_junction *j,
                         const struct pretend_town_junction *const *chosen, int32_t count,
                         double apart_m)
{
    for (int32_t i = 0; i < count; i++)
        if (point_distance_m(j->at, chosen[i]->at) < apart_m)
            return false;
    return true;
}

/* Draws junctions that stand apart, so that the places spread over the city; where
 * it has not enough of them, they may stand closer. A place at a street with a name
 * can be spoken of: others are taken only when those do not suffice. */
static int32_t choose(struct pretend_town *t, uint64_t seed, int32_t wanted,
                      const struct pretend_town_junction **chosen)
{
    const struct point corner = { t->box.max.lon, t->box.min.lat };
    const double wide_m = point_distance_m(t->box.min, corner);
    const double high_m = point_distance_m(corner, t->box.max);
    double apart_m = wanted > 0 ? sqrt(wide_m * high_m / wanted) : 0;
    const int32_t usable = t->named_count >= wanted ? t->named_count : t->count;
    int32_t count = 0;

    for (int32_t i = 0; i < t->count; i++)
        t->junctions[i].draw =
            pretend_town_mix(seed ^ pretend_town_mix((uint64_t)t->junctions[i].node_id));
    qsort(t->junctions, (size_t)t->count, sizeof *t->junctions, by_draw);
    for (int32_t k = 0; k < HALVINGS_MAX && count < wanted; k++) {
        count = 0;
        for (int32_t i = 0; i < usable && count < wanted; i++)
            if (stands_alone(&t->junctions[i], chosen, count, apart_m))
                chosen[count++] = &t->junctions[i];
        apart_m /= 2;
    }
    return count;
}

static void set(struct registry_item *item, enum registry_noun noun, const char *field,
                const char *text, int64_t number)
{
    *registry_value(noun, item, field) = (struct registry_value){ text, number };
}

static struct registry_item *make_stations(struct pretend_town *t, const struct pretend_wish *wish,
                                           struct arena *a, int32_t *count)
{
    const size_t room = (size_t)wish->station_count + 1;
    const struct pretend_town_junction **chosen = arena_take(a, room, sizeof *chosen);
    struct registry_item *items = arena_take(a, room, sizeof *items);

    *count = choose(t, pretend_town_mix(wish->seed + STATION_SALT), wish->station_count, chosen);
    for (int32_t i = 0; i < *count; i++) {
        struct registry_item *item = &items[i];

        *item = registry_blank(REGISTRY_STATIONS);
        item->figure = figure_point(a, chosen[i]->at);
        set(item, REGISTRY_STATIONS, "code", arena_text(a, "DEMO-S-%04d", i + 1), 0);
        set(item, REGISTRY_STATIONS, "name",
            pretend_town_name(chosen[i], "平安服务站", "Station", i + 1, a), 0);
        set(item, REGISTRY_STATIONS, "address", pretend_town_street(chosen[i]), 0);
        set(item, REGISTRY_STATIONS, "opening_hours", "08:00-22:00", 0);
    }
    return items;
}

static struct registry_item *make_lookouts(struct pretend_town *t, const struct pretend_wish *wish,
                                           struct arena *a, int32_t *count)
{
    const size_t room = (size_t)wish->lookout_count + 1;
    const struct pretend_town_junction **chosen = arena_take(a, room, sizeof *chosen);
    struct registry_item *items = arena_take(a, room, sizeof *items);

    *count = choose(t, pretend_town_mix(wish->seed + LOOKOUT_SALT), wish->lookout_count, chosen);
    for (int32_t i = 0; i < *count; i++) {
        struct registry_item *item = &items[i];
        const int64_t reach_m = REACH_MIN_M + 10 * (int64_t)(chosen[i]->draw % REACH_STEPS);

        *item = registry_blank(REGISTRY_LOOKOUT_POINTS);
        item->figure = figure_point(a, chosen[i]->at);
        set(item, REGISTRY_LOOKOUT_POINTS, "code", arena_text(a, "DEMO-L-%04d", i + 1), 0);
        set(item, REGISTRY_LOOKOUT_POINTS, "name",
            pretend_town_name(chosen[i], "瞭望点", "Lookout", i + 1, a), 0);
        set(item, REGISTRY_LOOKOUT_POINTS, "state", "active", 0);
        set(item, REGISTRY_LOOKOUT_POINTS, "reach_m", NULL, reach_m);
        set(item, REGISTRY_LOOKOUT_POINTS, "hours", "18:00-24:00", 0);
    }
    return items;
}

static void give_orgs(const struct pretend_wish *wish, enum registry_noun noun,
                      struct registry_item *items, int32_t count)
{
    for (int32_t i = 0; wish->org_at && i < count; i++)
        registry_value(noun, &items[i], "org_id")->number =
            wish->org_at(wish->self, box_middle(figure_box(&items[i].figure)));
}

/* Adds the items whose codes are free; `all_or_none`: only if all are. */
static bool add_missing(const struct means *m, const struct pretend_wish *wish,
                        enum registry_noun noun, struct registry_item *items, int32_t count,
                        bool all_or_none, int32_t *added, struct fail *f)
{
    struct registry_taken taken;
    int32_t free_count = 0;
    int32_t next_taken = 0;

    *added = 0;
    if (count == 0)
        return true;
    if (!registry_find_taken(m->db, noun, items, count, m->arena, &taken, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        if (next_taken < taken.count && taken.item_at[next_taken] == i)
            next_taken++;
        else
            items[free_count++] = items[i];
    }
    if (free_count == 0 || (all_or_none && taken.count > 0))
        return true;
    *added = free_count;
    give_orgs(wish, noun, items, free_count);
    return registry_begin_writing(m->db, noun, f) &&
           registry_add(m->db, m->ids, noun, items, free_count, f);
}

/* A grid whose side was asked for differently the last time would lie across the
 * old one: grids are laid when there are none. */
static bool add_grids(const struct means *m, const struct pretend_wish *wish, int32_t *added,
                      struct fail *f)
{
    const struct grid_plan plan = {
        .kind = wish->grid_kind,
        .side_m = wish->grid_side_m,
        .profile = GRID_PROFILE_FREE,
        .prefix = "DEMO-G-",
        .first_cell = 1,
    };
    struct registry_item *items;
    struct figure area;
    const struct db_rows *rows;
    int32_t count;
    size_t size;

    if (!db_run(m->db, QUERIES_CITY_HULL, NULL, 0, m->arena, &rows, f))
        return false;
    const void *wkb = db_get_bytes(rows, 0, 0, &size);

    return wkb_read(m->arena, wkb, size, &area, f) &&
           grids_lay(m->arena, &plan, &area, "", &items, &count, f) &&
           add_missing(m, wish, REGISTRY_GRIDS, items, count, true, added, f);
}

static bool add_all(const struct means *m, const struct pretend_wish *wish,
                    struct pretend_report *report, struct fail *f)
{
    struct pretend_town town;
    int32_t count;

    if (!pretend_town_read(m->db, m->arena, &town, f))
        return false;
    struct registry_item *stations = make_stations(&town, wish, m->arena, &count);

    if (!add_missing(m, wish, REGISTRY_STATIONS, stations, count, false, &report->station_count, f))
        return false;
    struct registry_item *lookouts = make_lookouts(&town, wish, m->arena, &count);

    if (!add_missing(m, wish, REGISTRY_LOOKOUT_POINTS, lookouts, count, false,
                     &report->lookout_count, f))
        return false;
    return wish->grid_side_m <= 0 || add_grids(m, wish, &report->grid_count, f);
}

bool pretend_city(struct db *db, struct ids *ids, const struct pretend_wish *wish,
                  struct pretend_report *report, struct fail *f)
{
    struct pretend_report made = { 0 };
    const struct means m = { db, ids, arena_new() };
    bool ok;

    assert(wish->station_count <= PRETEND_COUNT_MAX && wish->lookout_count <= PRETEND_COUNT_MAX);
    ok = db_begin(db, f);
    if (ok) {
        ok = add_all(&m, wish, &made, f) && db_commit(db, f);
        if (!ok)
            db_rollback(db);
    }
    arena_free(m.arena);
    if (ok)
        *report = made;
    return ok;
}
