#include "engine/views.h"

#include <math.h>
#include <string.h>

#include "geo/box.h"
#include "geo/cover/disc.h"
#include "geo/cover/span.h"
#include "geo/cover/view.h"
#include "geo/crs.h"
#include "geo/wkb.h"

enum {
    BUILDINGS_MAX = 100000, /* within reach of one lookout point */
    PIECES_AT_ONCE = 4096,
    COLUMN_LOOKOUT = 0,
    COLUMN_ORG,
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_ACTIVE,
    COLUMN_UNTIL,
    COLUMN_NEED,
    COLUMN_REACH,
    COLUMN_LON,
    COLUMN_LAT,
    COLUMN_IS_KNOWN,
};

static struct views_lookout read_lookout(const struct db_rows *rows, int32_t i)
{
    const struct point_e7 at = { (int32_t)db_get_int(rows, i, COLUMN_LON),
                                 (int32_t)db_get_int(rows, i, COLUMN_LAT) };

    return (struct views_lookout){
        .lookout_point_id = db_get_int(rows, i, COLUMN_LOOKOUT),
        .org_id = db_get_int(rows, i, COLUMN_ORG),
        .code = db_get_text(rows, i, COLUMN_CODE),
        .name = db_get_text(rows, i, COLUMN_NAME),
        .is_active = db_get_bool(rows, i, COLUMN_ACTIVE),
        .until_s = db_get_int(rows, i, COLUMN_UNTIL),
        .need = (int32_t)db_get_int(rows, i, COLUMN_NEED),
        .reach_m = (int32_t)db_get_int(rows, i, COLUMN_REACH),
        .at = point_from_e7(at),
    };
}

/* ------------------------------------------------------------------ what is known */

/* Pieces of one lookout point in the making. */
struct gathering {
    const struct network *network;
    struct arena *arena;
    struct views_lookout *lookouts;
    int32_t count;
    int32_t place; /* of the lookout point that the rows have come to */
    struct growing {
        struct range_piece *pieces;
        int32_t room;
    } growing[2]; /* seen, blocked */
};

static void add_piece(struct gathering *g, struct growing *to, struct range_band *band,
                      struct range_piece piece)
{
    if (band->piece_count == to->room) {
        struct range_piece *wider;

        to->room = to->room ? 2 * to->room : 16;
        wider = arena_take(g->arena, (size_t)to->room, sizeof *wider);
        for (int32_t i = 0; i < band->piece_count; i++)
            wider[i] = to->pieces[i];
        band->pieces = to->pieces = wider;
    }
    to->pieces[band->piece_count++] = piece;
    band->length_cm += (int64_t)piece.to_cm - piece.from_cm;
}

/* Segments ascend by id, and so by place in the network. */
static bool gather(void *self, const struct db_rows *row, struct fail *f)
{
    struct gathering *g = self;
    const int64_t id = db_get_int(row, 0, 0);
    const int32_t segment = network_find(g->network, db_get_int(row, 0, 1));
    const bool is_blocked = db_get_bool(row, 0, 4);

    (void)f;
    while (g->place < g->count && g->lookouts[g->place].lookout_point_id < id) {
        g->place++;
        memset(g->growing, 0, sizeof g->growing);
    }
    if (segment < 0 || g->place == g->count || g->lookouts[g->place].lookout_point_id != id)
        return true; /* of an import or a lookout point that has come or gone meanwhile */
    struct views_lookout *l = &g->lookouts[g->place];
    const struct range_piece piece = { segment, (uint32_t)db_get_int(row, 0, 2),
                                       (uint32_t)db_get_int(row, 0, 3) };

    add_piece(g, &g->growing[is_blocked], is_blocked ? &l->blocked : &l->seen, piece);
    return true;
}

/* ------------------------------------------------------------------ working it out */

static bool read_buildings(struct db *db, const struct ground *g, const struct view_wish *wish,
                           struct arena *a, const struct obstacles **out, int32_t *count,
                           struct fail *f)
{
    const struct point east = crs_ahead(wish->place, 90, wish->reach_m),
                       north = crs_ahead(wish->place, 0, wish->reach_m);
    const double wide = fabs(east.lon - wish->place.lon), high = fabs(north.lat - wish->place.lat);
    const struct db_value values[] = { db_double(wish->place.lon - wide),
                                       db_double(wish->place.lat - high),
                                       db_double(wish->place.lon + wide),
                                       db_double(wish->place.lat + high), db_int(BUILDINGS_MAX) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_VIEW_BUILDINGS, values, 5, a, &rows, f))
        return false;
    *count = db_count(rows);
    struct figure *buildings = arena_take(a, (size_t)*count + 1, sizeof *buildings);

    for (int32_t i = 0; i < *count; i++) {
        size_t size;
        const void *bytes = db_get_bytes(rows, i, 0, &size);

        if (!wkb_read(a, bytes, size, &buildings[i], f))
            return false;
    }
    *out = *count > 0 ? obstacle_take(g, buildings, *count, a) : NULL;
    return true;
}

static bool put_pieces(struct db *db, const struct network *n, const struct views_lookout *l,
                       bool is_blocked, struct arena *a, struct fail *f)
{
    const struct range_band *band = is_blocked ? &l->blocked : &l->seen;
    int64_t *columns = arena_take(a, 3 * PIECES_AT_ONCE, sizeof *columns);

    for (int32_t first = 0; first < band->piece_count; first += PIECES_AT_ONCE) {
        const int32_t left = band->piece_count - first;
        const int32_t count = left < PIECES_AT_ONCE ? left : PIECES_AT_ONCE;
        const size_t size = (size_t)count;

        for (int32_t i = 0; i < count; i++) {
            const struct range_piece *p = &band->pieces[first + i];

            columns[i] = n->segment_id[p->segment];
            columns[size + (size_t)i] = p->from_cm;
            columns[2 * size + (size_t)i] = p->to_cm;
        }
        const struct db_value values[] = { db_int(l->lookout_point_id),
                                           db_int(l->org_id),
                                           db_ints(columns, size),
                                           db_ints(columns + size, size),
                                           db_ints(columns + 2 * size, size),
                                           db_bool(is_blocked) };

        if (!db_run(db, QUERIES_VIEW_PUT, values, 6, NULL, NULL, f))
            return false;
    }
    return true;
}

static bool store(struct db *db, const struct network *n, const struct views_lookout *l,
                  int32_t building_count, struct arena *a, struct fail *f)
{
    const struct point_e7 at = point_to_e7(l->at);
    const struct db_value values[] = {
        db_int(l->lookout_point_id),
        db_int(l->org_id),
        db_int(at.lon),
        db_int(at.lat),
        db_int(l->reach_m),
        db_int(n->import_id),
        db_int(building_count),
        db_int(l->seen.length_cm),
        db_int(l->blocked.length_cm),
    };

    if (!db_begin(db, f))
        return false;
    if (db_run(db, QUERIES_VIEW_SEEN, values, 9, NULL, NULL, f) &&
        db_run(db, QUERIES_VIEW_FORGET, values, 1, NULL, NULL, f) &&
        put_pieces(db, n, l, false, a, f) && put_pieces(db, n, l, true, a, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

static void keep(struct range_band *band, const struct range_band *found, struct arena *a)
{
    struct range_piece *pieces = arena_take(a, (size_t)found->piece_count + 1, sizeof *pieces);

    *band = *found;
    for (int32_t i = 0; i < found->piece_count; i++)
        pieces[i] = found->pieces[i];
    band->pieces = pieces;
}

/* What is in the arena stays; what is only needed to find it goes. */
static bool look(struct db *db, const struct ground *g, struct views_lookout *l, struct arena *a,
                 struct fail *f)
{
    struct arena *own = arena_new();
    struct view_wish wish = { .place = l->at, .reach_m = l->reach_m };
    struct range_band near, seen, blocked;
    int32_t buildings;
    bool ok = read_buildings(db, g, &wish, own, &wish.obstacles, &buildings, f);

    if (ok) {
        disc_find(g, l->at, l->reach_m, own, &near);
        view_find(g, &wish, own, &seen);
        span_mix(SPAN_MINUS, &near, &seen, own, &blocked);
        keep(&l->seen, &seen, a);
        keep(&l->blocked, &blocked, a);
        ok = store(db, ground_network(g), l, buildings, own, f);
    }
    arena_free(own);
    return ok;
}

bool views_bring(struct db *db, const struct ground *g, struct arena *a,
                 const struct views_lookout **out, int32_t *count, int32_t *made, struct fail *f)
{
    const struct network *n = ground_network(g);
    const struct db_value import = db_int(n->import_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_VIEW_LOOKOUTS, &import, 1, a, &rows, f))
        return false;
    struct gathering all = { .network = n, .arena = a, .count = db_count(rows) };

    all.lookouts = arena_take(a, (size_t)all.count + 1, sizeof *all.lookouts);
    for (int32_t i = 0; i < all.count; i++)
        all.lookouts[i] = read_lookout(rows, i);
    if (!db_each(db, QUERIES_VIEW_ROWS, NULL, 0, gather, &all, f))
        return false;
    *made = 0;
    for (int32_t i = 0; i < all.count; i++) {
        if (db_get_bool(rows, i, COLUMN_IS_KNOWN))
            continue;
        if (!look(db, g, &all.lookouts[i], a, f))
            return false;
        (*made)++;
    }
    *out = all.lookouts;
    *count = all.count;
    return true;
}

bool views_see(struct db *db, const struct ground *g, struct point at, int32_t reach_m,
               struct arena *a, struct range_band *seen, struct fail *f)
{
    struct arena *own = arena_new();
    struct view_wish wish = { .place = at, .reach_m = reach_m };
    struct range_band found;
    int32_t buildings;
    const bool ok = read_buildings(db, g, &wish, own, &wish.obstacles, &buildings, f);

    if (ok) {
        view_find(g, &wish, own, &found);
        keep(seen, &found, a);
    }
    arena_free(own);
    return ok;
}

bool views_outline(struct db *db, const struct ground *g, struct point at, int32_t reach_m,
                   struct arena *a, struct figure *seen, struct fail *f)
{
    struct view_wish wish = { .place = at, .reach_m = reach_m };
    int32_t buildings;

    if (!read_buildings(db, g, &wish, a, &wish.obstacles, &buildings, f))
        return false;
    view_outline(g, &wish, a, seen);
    return true;
}
