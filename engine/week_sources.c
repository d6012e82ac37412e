#include "engine/week_sources.h"

#include <assert.h>
#include <string.h>

#include "engine/proof.h"
#include "engine/reached.h"

const char *const WEEK_SOURCES_KIND_WORDS[] = { "plan", "actual" };
const char *const WEEK_SOURCES_LAYER_WORDS[] = { "lookout", "patrol", "reach" };

/* The longest that a visit counts: whoever came by earlier covers nothing any more. */
enum { WINDOW_MAX_S = 7 * 24 * 3600 };

static const int64_t SECOND_US = 1000000;
static const int ID_BITS = 56; /* ids are below 2^53 */

/* FNV-1a, of eight bytes at a time: marks are compared, not defended. */
static uint64_t mark_more(uint64_t mark, uint64_t value)
{
    return (mark ^ value) * 1099511628211ULL;
}

int64_t week_sources_id(enum week_sources_layer layer, int64_t id)
{
    return (int64_t)layer << ID_BITS | id;
}

static struct week_sources_one source_of(enum week_sources_layer layer, int64_t id, int64_t org_id)
{
    return (struct week_sources_one){ .source_id = week_sources_id(layer, id),
                                      .layer = layer,
                                      .id = id,
                                      .org_id = org_id,
                                      .mark = 14695981039346656037ULL,
                                      .lookout = -1 };
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ------------------------------------------------------------------ lookout points */

/* From when on a plan counts on a lookout point at all: it is active, or was closed. */
static int64_t plan_ends(const struct views_lookout *l)
{
    return l->is_active ? INT64_MAX : l->until_s < INT64_MAX ? l->until_s : 0;
}

/* What is seen: as the terrain tells, and so by what it was worked out from. */
static uint64_t mark_view(uint64_t mark, const struct views_lookout *l)
{
    for (int32_t i = 0; i < l->seen.piece_count; i++) {
        const struct range_piece *p = &l->seen.pieces[i];

        mark = mark_more(mark, (uint64_t)p->segment);
        mark = mark_more(mark, (uint64_t)p->from_cm << 32 | p->to_cm);
    }
    return mark;
}

/* The rows [first, end) are of one lookout point. */
static bool add_lookout(const struct db_rows *rows, int32_t first, int32_t end,
                        const struct terrain *t, const struct week_sources_time *time,
                        struct arena *a, struct week_sources_one *out)
{
    const int64_t id = db_get_int(rows, first, 0);
    const int32_t place = terrain_lookout(t, id);
    struct stint *there = arena_take(a, (size_t)(end - first), sizeof *there);

    if (place < 0)
        return false; /* it is newer than the terrain, which follows */
    const struct views_lookout *l = &t->lookouts[place];
    const bool is_plan = time->kind == WEEK_SOURCES_PLAN;
    const int64_t ends_s = least(time->known_s, is_plan ? plan_ends(l) : INT64_MAX);

    for (int32_t i = first; i < end; i++) {
        there[i - first].from_s = db_get_int(rows, i, 1);
        there[i - first].to_s = least(db_get_int(rows, i, 2), ends_s);
    }
    *out = source_of(WEEK_SOURCES_LOOKOUT, id, l->org_id);
    out->lookout = place;
    out->stint_count = stint_manned(there, end - first, is_plan ? 1 : l->need, a, &out->stints);
    out->mark = mark_view(out->mark, l);
    for (int32_t i = 0; i < out->stint_count; i++) {
        out->mark = mark_more(out->mark, (uint64_t)out->stints[i].from_s);
        out->mark = mark_more(out->mark, (uint64_t)out->stints[i].to_s);
    }
    return out->stint_count > 0;
}

static bool read_lookouts(struct db *db, const struct terrain *t,
                          const struct week_sources_time *time, struct arena *a,
                          struct week_sources *out, struct fail *f)
{
    const struct db_value values[] = { db_int(time->from_s), db_int(time->known_s) };
    const enum queries_id query =
        time->kind == WEEK_SOURCES_PLAN ? QUERIES_WEEK_SHIFTS : QUERIES_WEEK_CHECKINS;
    const struct db_rows *rows;

    if (!db_run(db, query, values, 2, a, &rows, f))
        return false;
    out->items = arena_take(a, (size_t)t->lookout_count + 1, sizeof *out->items);
    out->count = 0;
    for (int32_t first = 0, end; first < db_count(rows); first = end) {
        for (end = first + 1;
             end < db_count(rows) && db_get_int(rows, end, 0) == db_get_int(rows, first, 0); end++)
            ;
        if (out->count < t->lookout_count &&
            add_lookout(rows, first, end, t, time, a, &out->items[out->count]))
            out->count++;
    }
    return true;
}

/* ------------------------------------------------------------------ patrols as planned */

struct beat {
    int64_t beat_id;
    struct rounds_leg *legs;
    int32_t count;
};

struct beats {
    struct beat *items;
    int32_t count;
};

static bool read_beats(struct db *db, const struct terrain *t, const struct db_rows *claims,
                       struct arena *a, struct beats *out, struct fail *f)
{
    const struct network *n = t->world->network;
    const int32_t claim_count = db_count(claims);
    int64_t *ids = arena_take(a, (size_t)claim_count + 1, sizeof *ids);
    const struct db_rows *rows;

    for (int32_t i = 0; i < claim_count; i++)
        ids[i] = db_get_int(claims, i, 2);
    const struct db_value wanted = db_ints(ids, (size_t)claim_count);

    if (!db_run(db, QUERIES_WEEK_BEATS, &wanted, 1, a, &rows, f))
        return false;
    struct rounds_leg *legs = arena_take(a, (size_t)db_count(rows) + 1, sizeof *legs);

    out->items = arena_take(a, (size_t)db_count(rows) + 1, sizeof *out->items);
    out->count = 0;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const int64_t beat_id = db_get_int(rows, i, 0);
        const int32_t segment = network_find(n, db_get_int(rows, i, 1));

        if (out->count == 0 || out->items[out->count - 1].beat_id != beat_id)
            out->items[out->count++] = (struct beat){ .beat_id = beat_id, .legs = legs };
        if (segment < 0)
            continue; /* of an import that is on its way */
        *legs++ = (struct rounds_leg){ .piece = { segment, (uint32_t)db_get_int(rows, i, 2),
                                                  (uint32_t)db_get_int(rows, i, 3) } };
        out->items[out->count - 1].count++;
    }
    for (int32_t i = 0; i < out->count; i++)
        rounds_turn(n, out->items[i].legs, out->items[i].count);
    return true;
}

static const struct beat *find_beat(const struct beats *beats, int64_t beat_id)
{
    int32_t low = 0, high = beats->count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (beats->items[middle].beat_id < beat_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < beats->count && beats->items[low].beat_id == beat_id ? &beats->items[low] : NULL;
}

static void mark_walk(struct week_sources_one *one, const struct terrain *t)
{
    one->mark = mark_more(one->mark, (uint64_t)one->stints->from_s);
    one->mark = mark_more(one->mark, (uint64_t)one->stints->to_s);
    for (int32_t i = 0; i < one->leg_count; i++) {
        const struct rounds_leg *leg = &one->legs[i];

        one->mark = mark_more(one->mark, (uint64_t)leg->piece.segment << 1 | leg->is_back);
        one->mark = mark_more(one->mark, (uint64_t)leg->piece.from_cm << 32 | leg->piece.to_cm);
        one->mark = mark_more(one->mark, (uint64_t)t->window_s[leg->piece.segment]);
    }
}

static bool read_plans(struct db *db, const struct terrain *t, const struct week_sources_time *time,
                       struct arena *a, struct week_sources *out, struct fail *f)
{
    const struct db_value values[] = { db_int(time->from_s - WINDOW_MAX_S), db_int(time->to_s) };
    const struct db_rows *rows;
    struct beats beats;

    if (!db_run(db, QUERIES_WEEK_CLAIMS, values, 2, a, &rows, f) ||
        !read_beats(db, t, rows, a, &beats, f))
        return false;
    out->items = arena_take(a, (size_t)db_count(rows) + 1, sizeof *out->items);
    out->count = 0;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct beat *beat = find_beat(&beats, db_get_int(rows, i, 2));
        struct stint *stint = arena_take(a, 1, sizeof *stint);

        if (!beat || beat->count == 0)
            continue;
        struct week_sources_one *one = &out->items[out->count++];

        *stint = (struct stint){ db_get_int(rows, i, 3), db_get_int(rows, i, 4) };
        *one = source_of(WEEK_SOURCES_PATROL, db_get_int(rows, i, 0), db_get_int(rows, i, 1));
        one->stints = stint;
        one->stint_count = 1;
        one->legs = beat->legs;
        one->leg_count = beat->count;
        mark_walk(one, t);
    }
    return true;
}

/* ------------------------------------------------------------------ patrols as they were */

struct claims {
    int64_t *ids;
    int32_t *first; /* [count + 1] into passages */
    int32_t count;
};

/* Ids in ascending order, each once; how many. */
static int32_t sort_ids(int64_t *ids, int32_t count)
{
    int32_t kept = 0;

    for (int32_t gap = count / 2; gap > 0; gap /= 2)
        for (int32_t i = gap; i < count; i++)
            for (int32_t k = i; k >= gap && ids[k - gap] > ids[k]; k -= gap) {
                const int64_t id = ids[k];

                ids[k] = ids[k - gap];
                ids[k - gap] = id;
            }
    for (int32_t i = 0; i < count; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    return kept;
}

static int32_t find_id(const int64_t *ids, int32_t count, int64_t id)
{
    int32_t low = 0, high = count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Passages by claim: the order within one stays. */
static void part_by_claim(const struct proof_interval *found, int32_t count, struct claims *c,
                          int32_t *order, struct arena *a)
{
    c->ids = arena_take(a, (size_t)count + 1, sizeof *c->ids);
    for (int32_t i = 0; i < count; i++)
        c->ids[i] = found[i].claim_id;
    c->count = sort_ids(c->ids, count);
    c->first = arena_take(a, (size_t)c->count + 2, sizeof *c->first);
    for (int32_t i = 0; i < count; i++)
        c->first[find_id(c->ids, c->count, found[i].claim_id) + 2]++;
    for (int32_t i = 2; i <= c->count + 1; i++)
        c->first[i] += c->first[i - 1];
    for (int32_t i = 0; i < count; i++)
        order[c->first[find_id(c->ids, c->count, found[i].claim_id) + 1]++] = i;
}

static struct slab proven_slab(const struct proof_interval *p, const struct terrain *t,
                               const struct week_sources_time *time)
{
    const int64_t from_s = (p->from_us + SECOND_US - 1) / SECOND_US;
    const int64_t until_s = p->until_us / SECOND_US + t->window_s[p->piece.segment];

    return (
        struct slab){ .piece = p->piece, .from_s = from_s, .to_s = least(until_s, time->known_s) };
}

static void take_passages(const struct proof_interval *found, const int32_t *order, int32_t count,
                          const struct terrain *t, const struct week_sources_time *time,
                          struct arena *a, struct week_sources_one *one)
{
    struct slab *slabs = arena_take(a, (size_t)count + 1, sizeof *slabs);

    for (int32_t i = 0; i < count; i++) {
        const struct slab slab = proven_slab(&found[order[i]], t, time);

        if (!found[order[i]].is_planned || slab.to_s <= time->from_s || slab.from_s >= slab.to_s)
            continue;
        slabs[one->proven_count++] = slab;
        one->mark = mark_more(one->mark, (uint64_t)slab.piece.segment);
        one->mark = mark_more(one->mark, (uint64_t)slab.piece.from_cm << 32 | slab.piece.to_cm);
        one->mark = mark_more(one->mark, (uint64_t)slab.from_s);
        one->mark = mark_more(one->mark, (uint64_t)slab.to_s);
    }
    one->proven = slabs;
}

static bool read_passages(struct db *db, const struct terrain *t,
                          const struct week_sources_time *time, struct arena *a,
                          struct week_sources *out, struct fail *f)
{
    const struct proof_interval *found;
    const struct db_rows *rows;
    struct claims claims;
    int32_t count;

    if (!proof_intervals(db, t->world->network, (time->from_s - WINDOW_MAX_S) * SECOND_US,
                         time->known_s * SECOND_US, a, &found, &count, f))
        return false;
    int32_t *order = arena_take(a, (size_t)count + 1, sizeof *order);

    part_by_claim(found, count, &claims, order, a);
    const struct db_value ids = db_ints(claims.ids, (size_t)claims.count);

    if (!db_run(db, QUERIES_WEEK_CLAIM_ORGS, &ids, 1, a, &rows, f))
        return false;
    out->items = arena_take(a, (size_t)claims.count + 1, sizeof *out->items);
    out->count = 0;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const int32_t place = find_id(claims.ids, claims.count, db_get_int(rows, i, 0));
        struct week_sources_one *one = &out->items[out->count];

        *one = source_of(WEEK_SOURCES_PATROL, claims.ids[place], db_get_int(rows, i, 1));
        take_passages(found, order + claims.first[place],
                      claims.first[place + 1] - claims.first[place], t, time, a, one);
        out->count += one->proven_count > 0;
    }
    return true;
}

/* ------------------------------------------------------------------ who could have come */

enum { CITY_ORG = 1 };

/* None where it does not count. */
static bool read_reach(struct db *db, const struct week_sources_time *time, struct arena *a,
                       struct week_sources *out, struct fail *f)
{
    const struct reached_hour *hours;

    *out = (struct week_sources){ 0 };
    if (!time->with_reach)
        return true;
    if (!reached_hours(db, time->from_s, time->known_s, a, &hours, &out->count, f))
        return false;
    out->items = arena_take(a, (size_t)out->count + 1, sizeof *out->items);
    for (int32_t i = 0; i < out->count; i++) {
        out->items[i] = source_of(WEEK_SOURCES_REACH, hours[i].at_s, CITY_ORG);
        out->items[i].mark = mark_more(out->items[i].mark, hours[i].mark);
        out->items[i].mark = mark_more(out->items[i].mark,
                                       (uint64_t)least(time->known_s, hours[i].at_s + SLAB_HOUR_S));
    }
    return true;
}

/* ------------------------------------------------------------------ all of them */

static struct week_sources_one *append(struct week_sources_one *to, const struct week_sources *some)
{
    memcpy(to, some->items, (size_t)some->count * sizeof *to);
    return to + some->count;
}

bool week_sources_read(struct db *db, const struct terrain *t, const struct week_sources_time *time,
                       struct arena *a, struct week_sources *out, struct fail *f)
{
    struct week_sources lookouts, patrols, reach;

    if (!read_lookouts(db, t, time, a, &lookouts, f) ||
        !(time->kind == WEEK_SOURCES_PLAN ? read_plans(db, t, time, a, &patrols, f)
                                          : read_passages(db, t, time, a, &patrols, f)) ||
        !read_reach(db, time, a, &reach, f))
        return false;
    out->count = lookouts.count + patrols.count + reach.count;
    out->items = arena_take(a, (size_t)out->count + 1, sizeof *out->items);
    struct week_sources_one *end = append(append(out->items, &lookouts), &patrols);

    if (reach.count > 0)
        append(end, &reach);
    return true;
}

/* What of a slab lies within the time; 0 where nothing does. */
static int32_t add_slab(struct slab *slabs, struct slab slab, const struct week_sources_time *time)
{
    slab.from_s = slab.from_s > time->from_s ? slab.from_s : time->from_s;
    slab.to_s = least(slab.to_s, time->to_s);
    *slabs = slab;
    return slab.from_s < slab.to_s;
}

static int32_t slabs_of_lookout(const struct views_lookout *l, const struct week_sources_time *time,
                                const struct stint *stints, int32_t stint_count, struct arena *a,
                                const struct slab **out)
{
    const size_t room = (size_t)l->seen.piece_count * (size_t)stint_count;
    struct slab *slabs = arena_take(a, room + 1, sizeof *slabs);
    int32_t count = 0;

    for (int32_t i = 0; i < l->seen.piece_count; i++)
        for (int32_t k = 0; k < stint_count; k++)
            count += add_slab(&slabs[count],
                              (struct slab){ .piece = l->seen.pieces[i],
                                             .from_s = stints[k].from_s,
                                             .to_s = stints[k].to_s,
                                             .units = 1 },
                              time);
    *out = slabs;
    return count;
}

int32_t week_sources_held(const struct views_lookout *l, const struct week_sources_time *time,
                          const struct stint *shifts, int32_t count, struct arena *a,
                          const struct slab **out)
{
    struct stint *there = arena_take(a, (size_t)count + 1, sizeof *there);
    const struct stint *manned;

    for (int32_t i = 0; i < count; i++)
        there[i] = (struct stint){ shifts[i].from_s, least(shifts[i].to_s, plan_ends(l)) };
    const int32_t manned_count = stint_manned(there, count, 1, a, &manned);

    return slabs_of_lookout(l, time, manned, manned_count, a, out);
}

static int32_t within_time(const struct slab *given, int32_t count,
                           const struct week_sources_time *time, struct arena *a,
                           const struct slab **out)
{
    struct slab *slabs = arena_take(a, (size_t)count + 1, sizeof *slabs);
    int32_t kept = 0;

    for (int32_t i = 0; i < count; i++)
        kept += add_slab(&slabs[kept], given[i], time);
    *out = slabs;
    return kept;
}

int32_t week_sources_slabs(const struct terrain *t, const struct week_sources_time *time,
                           const struct week_sources_one *one, struct arena *a,
                           const struct slab **out)
{
    const struct slab *given = one->proven;
    int32_t count = one->proven_count;

    assert(one->layer != WEEK_SOURCES_REACH);
    if (one->layer == WEEK_SOURCES_LOOKOUT)
        return slabs_of_lookout(&t->lookouts[one->lookout], time, one->stints, one->stint_count, a,
                                out);
    if (time->kind == WEEK_SOURCES_PLAN)
        count = rounds_walk(one->legs, one->leg_count, one->stints->from_s, one->stints->to_s,
                            t->window_s, a, &given);
    return within_time(given, count, time, a, out);
}

bool week_sources_find(struct db *db, const struct terrain *t, const struct week_sources_time *time,
                       const struct week_sources_one *one, struct arena *a, const struct slab **out,
                       int32_t *count, struct fail *f)
{
    struct week_sources_time until_known = *time;

    if (one->layer != WEEK_SOURCES_REACH) {
        *count = week_sources_slabs(t, time, one, a, out);
        return true;
    }
    if (!reached_slabs(db, t->world->network, one->id, a, out, count, f))
        return false;
    until_known.to_s = time->known_s;
    *count = within_time(*out, *count, &until_known, a, out);
    return true;
}
