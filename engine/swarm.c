/* People as vector tiles. Tiles of moving people are made anew for each reader:
 * that takes a tenth of a millisecond at street level, where the database would
 * need a hundred times that. */
#include "engine/swarm.h"

#include "engine/clock.h"
#include "geo/mvt.h"

enum { DOUBTED = LIVE_JUMP | LIVE_FRAME | LIVE_CLOCK_SKEW | LIVE_OFF_LINE };

static const int64_t MINUTE_US = 60000000;

struct cell {
    int32_t count;
    int32_t available;
    double x, y; /* sums, in units of the tile */
};

/* Who looks, and when. */
struct look {
    const struct sight *sight;
    const struct age_limits *ages;
    int64_t now_us;
};

struct points {
    const struct look *look;
    struct mvt *mvt;
    uint32_t key_mode, key_available, key_fix_s, key_stale, key_doubt;
    uint32_t mode[MODE_COUNT];
    uint32_t yes, no;
};

struct cells {
    const struct look *look;
    struct tile_plane plane;
    struct cell *cells; /* SWARM_CELLS rows of SWARM_CELLS */
};

static void corners(struct box box, struct point_e7 *south_west, struct point_e7 *north_east)
{
    *south_west = point_to_e7(box.min);
    *north_east = point_to_e7(box.max);
}

/* Both of what is added only ever grow, so the sum never comes back to what it was. */
uint64_t swarm_version(struct live *l, struct tile t)
{
    struct point_e7 south_west;
    struct point_e7 north_east;

    corners(tile_box_buffered(t), &south_west, &north_east);
    live_read(l);
    const uint64_t version = live_box_version(l, south_west, north_east);
    live_read_end(l);
    return version + (uint64_t)(clock_wall_us() / MINUTE_US);
}

static bool can_be_sent(const struct look *look, const struct live_person *person, int64_t age_us)
{
    return person->bars == 0 && !age_is_lost(look->ages, age_us);
}

static void put_point(void *self, const struct live_person *person)
{
    struct points *p = self;

    if (!sight_sees(p->look->sight, person))
        return;
    const int64_t old_us = age_us(&person->fix, p->look->now_us);
    const bool is_stale = age_is_stale(p->look->ages, old_us);

    mvt_feature(p->mvt, person->person_id);
    mvt_tag(p->mvt, p->key_mode, p->mode[person->mode]);
    mvt_tag(p->mvt, p->key_available, can_be_sent(p->look, person, old_us) ? p->yes : p->no);
    mvt_tag(p->mvt, p->key_fix_s, mvt_int(p->mvt, person->fix.fix_us / 1000000));
    mvt_tag(p->mvt, p->key_stale, is_stale ? p->yes : p->no);
    mvt_tag(p->mvt, p->key_doubt, person->fix.flags & DOUBTED ? p->yes : p->no);
    mvt_put_point(p->mvt, point_from_e7(person->fix.at));
}

static void put_everyone(struct live *l, const struct look *look, struct tile t, struct mvt *mvt,
                         struct buf *out)
{
    struct points p = { .look = look, .mvt = mvt };
    struct point_e7 south_west;
    struct point_e7 north_east;

    corners(tile_box_buffered(t), &south_west, &north_east);
    mvt_start(mvt, t, out);
    mvt_layer(mvt, "people");
    p.key_mode = mvt_key(mvt, "mode");
    p.key_available = mvt_key(mvt, "available");
    p.key_fix_s = mvt_key(mvt, "fix_s");
    p.key_stale = mvt_key(mvt, "stale");
    p.key_doubt = mvt_key(mvt, "doubt");
    for (enum mode mode = MODE_FOOT; mode < MODE_COUNT; mode++)
        p.mode[mode] = mvt_text(mvt, network_mode_word(mode));
    p.yes = mvt_bool(mvt, true);
    p.no = mvt_bool(mvt, false);
    live_read(l);
    live_each_in_box(l, south_west, north_east, put_point, &p);
    live_read_end(l);
    mvt_end(mvt);
}

static void count_point(void *self, const struct live_person *person)
{
    struct cells *c = self;
    const struct tile_xy at = tile_plane_xy(&c->plane, point_from_e7(person->fix.at));
    const double side = (double)TILE_EXTENT / SWARM_CELLS;

    if (!sight_sees(c->look->sight, person))
        return;
    if (!(at.x >= 0 && at.x < TILE_EXTENT && at.y >= 0 && at.y < TILE_EXTENT))
        return;
    struct cell *cell = &c->cells[(int32_t)(at.y / side) * SWARM_CELLS + (int32_t)(at.x / side)];

    cell->count++;
    cell->available += can_be_sent(c->look, person, age_us(&person->fix, c->look->now_us));
    cell->x += at.x;
    cell->y += at.y;
}

/* Each person is in one cell of one tile, so that neighbours' counts add up. */
static void put_cells(struct live *l, const struct look *look, struct tile t, struct arena *a,
                      struct mvt *mvt, struct buf *out)
{
    struct cells c = { look, tile_plane(t),
                       arena_take(a, (size_t)SWARM_CELLS * SWARM_CELLS, sizeof(struct cell)) };
    struct point_e7 south_west;
    struct point_e7 north_east;

    corners(tile_box(t), &south_west, &north_east);
    live_read(l);
    live_each_in_box(l, south_west, north_east, count_point, &c);
    live_read_end(l);
    mvt_start(mvt, t, out);
    mvt_layer(mvt, "people_cells");
    const uint32_t key_count = mvt_key(mvt, "count");
    const uint32_t key_available = mvt_key(mvt, "available");

    for (int32_t i = 0; i < SWARM_CELLS * SWARM_CELLS; i++) {
        const struct cell *cell = &c.cells[i];

        if (cell->count == 0)
            continue;
        mvt_feature(mvt, -1);
        mvt_tag(mvt, key_count, mvt_int(mvt, cell->count));
        mvt_tag(mvt, key_available, mvt_int(mvt, cell->available));
        mvt_put_xy(mvt, (int32_t)(cell->x / cell->count), (int32_t)(cell->y / cell->count));
    }
    mvt_end(mvt);
}

void swarm_encode(struct live *l, const struct sight *sight, struct tile t, struct arena *a,
                  struct buf *out)
{
    const struct look look = { sight, live_ages(l), clock_wall_us() };
    struct mvt *mvt = mvt_new();
    const size_t start = out->size;

    if (t.z >= SWARM_ZOOM)
        put_everyone(l, &look, t, mvt, out);
    if (t.z < SWARM_ZOOM || out->size - start > SWARM_TILE_MAX) {
        out->size = start;
        put_cells(l, &look, t, a, mvt, out);
    }
    mvt_free(mvt);
}

static bool is_covered(const void *self, int64_t org_id)
{
    return sight_covers(self, org_id);
}

struct swarm_count swarm_count(struct live *l, const struct sight *sight)
{
    const struct point_e7 south_west = { -1800000000, -900000000 };
    const struct point_e7 north_east = { 1800000000, 900000000 };

    live_read(l);
    const struct swarm_count count = {
        .people = muster_sum(live_muster(l), is_covered, sight),
        .version = live_box_version(l, south_west, north_east),
    };
    live_read_end(l);
    return count;
}
