#include "engine/remedies.h"

#include <math.h>

const char *const REMEDIES_KIND_WORDS[] = { NULL, "extend_shift", "move_beat", "new_lookout" };

enum { MINUTE_S = 60, HOUR_S = 3600, GAPS_AT_ONCE = 1000 };
#define WALK_M_S 1.2 /* as streets are priced on foot */

struct squads {
    const struct db_rows *rows;
    struct spot *spots;
    int32_t *row; /* of each spot */
    int32_t count;
};

static bool read_squads(struct db *db, const struct terrain *t, struct arena *a, struct squads *out,
                        struct fail *f)
{
    const struct db_value most = db_int(REMEDIES_SQUADS_MAX);
    const struct world *w = t->world;

    if (!db_run(db, QUERIES_REMEDY_SQUADS, &most, 1, a, &out->rows, f))
        return false;
    out->spots = arena_take(a, (size_t)db_count(out->rows) + 1, sizeof *out->spots);
    out->row = arena_take(a, (size_t)db_count(out->rows) + 1, sizeof *out->row);
    out->count = 0;
    for (int32_t i = 0; i < db_count(out->rows); i++) {
        const struct point at = { db_get_double(out->rows, i, 2), db_get_double(out->rows, i, 3) };
        struct fail none_near;
        struct snap snap;

        if (!snap_to(w->streets, MODE_FOOT, at, &snap, &none_near))
            continue;
        out->spots[out->count] = snap.spot;
        out->row[out->count++] = i;
    }
    return true;
}

/* The nearest squad of each of a few gaps. */
static void choose_squads(const struct terrain *t, const struct squads *squads,
                          const struct gaps_one *gaps, int32_t count, struct matrix_room *room,
                          struct remedies_one *out)
{
    struct arena *own = arena_new();
    uint32_t *costs = arena_take(own, (size_t)squads->count * (size_t)count, sizeof *costs);
    struct spot *to = arena_take(own, (size_t)count, sizeof *to);
    const struct matrix_wish wish = { MODE_FOOT, squads->spots, to, squads->count, count };

    for (int32_t i = 0; i < count; i++)
        to[i] = (struct spot){ gaps[i].segment,
                               gaps[i].from_cm + (gaps[i].to_cm - gaps[i].from_cm) / 2 };
    matrix_find(traffic_read(t->world->traffic), &wish, room, costs);
    traffic_read_end(t->world->traffic);
    for (int32_t i = 0; i < count; i++) {
        uint32_t least_ms = NETWORK_COST_NEVER;

        for (int32_t k = 0; k < squads->count; k++) {
            const uint32_t ms = costs[(size_t)k * (size_t)count + (size_t)i];

            if (ms >= least_ms)
                continue;
            least_ms = ms;
            out[i].squad_id = db_get_int(squads->rows, squads->row[k], 0);
            out[i].squad_name = db_get_text(squads->rows, squads->row[k], 1);
            out[i].walk_s = (int32_t)(ms / 1000);
        }
    }
    arena_free(own);
}

/* How much of the gap a lookout point sees. */
static int64_t seen_cm(const struct views_lookout *l, const struct gaps_one *gap)
{
    int32_t low = 0, high = l->seen.piece_count;
    int64_t length_cm = 0;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (l->seen.pieces[middle].segment < gap->segment)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < l->seen.piece_count && l->seen.pieces[low].segment == gap->segment; low++) {
        const struct range_piece *p = &l->seen.pieces[low];
        const int64_t from = p->from_cm > gap->from_cm ? p->from_cm : gap->from_cm;
        const int64_t to = p->to_cm < gap->to_cm ? p->to_cm : gap->to_cm;

        length_cm += to > from ? to - from : 0;
    }
    return length_cm;
}

/* Takes it if it gains more by the minute than what is there. */
static void offer(struct remedies_one *one, enum remedies_kind kind, int64_t lookout,
                  double cost_min, double gain)
{
    const double minutes = ceil(fmax(cost_min, 1));

    if (gain <= 0 ||
        (one->kind != REMEDIES_NONE && gain / minutes <= one->gain_metre_hours / one->cost_min))
        return;
    one->kind = kind;
    one->lookout_point_id = lookout;
    one->cost_min = (int32_t)minutes;
    one->gain_metre_hours = gain;
}

static void choose_fix(const struct terrain *t, const struct sight *sight,
                       const struct gaps_one *gap, struct remedies_one *one)
{
    const double hours = (double)gap->gap_s / HOUR_S;
    const double length_m = (double)(gap->to_cm - gap->from_cm) / 100;
    const double extended_h = fmin(hours, (double)REMEDIES_EXTEND_MIN / MINUTE_S);

    for (int32_t i = 0; i < t->lookout_count; i++) {
        const struct views_lookout *l = &t->lookouts[i];

        if (l->is_active && sight_covers(sight, l->org_id))
            offer(one, REMEDIES_EXTEND_SHIFT, l->lookout_point_id,
                  (double)REMEDIES_EXTEND_MIN * l->need,
                  (double)seen_cm(l, gap) / 100 * extended_h);
    }
    if (one->squad_id)
        offer(one, REMEDIES_MOVE_BEAT, 0, (2 * one->walk_s + length_m / WALK_M_S) / MINUTE_S,
              length_m * fmin(hours, (double)t->window_s[gap->segment] / HOUR_S));
    offer(one, REMEDIES_NEW_LOOKOUT, 0, hours * MINUTE_S, length_m * hours);
}

bool remedies_find(struct db *db, const struct terrain *t, const struct sight *sight,
                   const struct gaps_found *gaps, struct matrix_room *room, struct arena *a,
                   const struct remedies_one **out, struct fail *f)
{
    struct remedies_one *found = arena_take(a, (size_t)gaps->count + 1, sizeof *found);
    struct squads squads;

    if (!read_squads(db, t, a, &squads, f))
        return false;
    for (int32_t i = 0; squads.count > 0 && i < gaps->count; i += GAPS_AT_ONCE)
        choose_squads(t, &squads, &gaps->items[i],
                      gaps->count - i < GAPS_AT_ONCE ? gaps->count - i : GAPS_AT_ONCE, room,
                      &found[i]);
    for (int32_t i = 0; i < gaps->count; i++)
        if (gaps->items[i].gap_s > 0)
            choose_fix(t, sight, &gaps->items[i], &found[i]);
    *out = found;
    return true;
}
