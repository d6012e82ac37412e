/* People are taken while live is held, so that their spots are of one world; landmarks
 * have theirs for the newest world, which is another one for a moment after an import:
 * then they are snapped here. */
#include "engine/ends.h"

#include <string.h>

#include "geo/road/snap.h"

static void snap_all(const struct world *w, uint32_t modes, struct ends_one *one)
{
    struct snap snap;
    struct fail f;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if ((modes & 1u << mode) && !(one->modes & 1u << mode) &&
            snap_to(w->streets, mode, one->at, &snap, &f)) {
            one->spots[mode] = snap.spot;
            one->modes |= 1u << mode;
        }
}

static uint32_t modes_of(const struct ends_asker *asker)
{
    return asker->modes ? asker->modes : (1u << MODE_COUNT) - 1;
}

static void place(const struct ends_asker *asker, const struct world *w, struct point at,
                  struct ends_one *out)
{
    out->state = ENDS_PLACED;
    out->at = at;
    snap_all(w, modes_of(asker), out);
}

/* ------------------------------------------------------------------ in memory */

/* Where she stands on her own streets she stands for every mode that can go on from
 * there; only for another she is looked for once more. */
static void stand(const struct world *w, uint32_t modes, struct spot spot, struct ends_one *out)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (mode == out->own_mode ||
            ((modes & 1u << mode) && parts_of(&w->parts[mode], spot.segment) == PARTS_MAIN)) {
            out->spots[mode] = spot;
            out->modes |= 1u << mode;
        }
}

static void find_person(const struct ends_asker *asker, const struct world *w, int64_t person_id,
                        struct ends_one *out)
{
    struct live_person p;

    if (!live_get(asker->live, person_id, &p) ||
        !(sight_sees(asker->sight, &p) || (!p.bars && sight_lent(asker->sight, &p))))
        return;
    out->own_mode = p.mode;
    if (!p.has_fix) {
        out->state = ENDS_UNPLACED;
        return;
    }
    out->state = ENDS_PLACED;
    out->at = point_from_e7(p.fix.at);
    if (p.fix.on_street && p.fix.snapped_in == w->version && p.fix.snapped_for == p.mode)
        stand(w, modes_of(asker), p.fix.spot, out);
    snap_all(w, modes_of(asker), out);
}

static const enum landmarks_kind KIND_OF[ENDS_KINDS] = {
    [ENDS_STATION] = LANDMARKS_STATION,
    [ENDS_LOOKOUT_POINT] = LANDMARKS_LOOKOUT_POINT,
    [ENDS_SITE] = LANDMARKS_SITE,
};

/* Whether it is known; out of sight it stays missing. */
static bool find_landmark(const struct ends_asker *asker, const struct world *w,
                          const struct ends_wish *wish, struct ends_one *out)
{
    const struct landmarks_one *one =
        landmarks_find(asker->landmarks, KIND_OF[wish->kind], wish->id);

    if (!one)
        return false;
    if (!sight_covers(asker->sight, one->org_id))
        return true;
    if (landmarks_version(asker->landmarks) != w->version) {
        place(asker, w, one->at, out);
        return true;
    }
    out->state = ENDS_PLACED;
    out->at = one->at;
    out->modes = one->modes & modes_of(asker);
    memcpy(out->spots, one->spots, sizeof out->spots);
    return true;
}

static bool is_in_memory(const struct ends_asker *asker, const struct world *w,
                         const struct ends_wish *wish, struct ends_one *out)
{
    *out = (struct ends_one){ .own_mode = MODE_COUNT };
    switch (wish->kind) {
    case ENDS_PLACE:
        place(asker, w, wish->place, out);
        return true;
    case ENDS_PERSON:
        find_person(asker, w, wish->id, out);
        return true;
    case ENDS_STATION:
    case ENDS_LOOKOUT_POINT:
    case ENDS_SITE:
        return find_landmark(asker, w, wish, out);
    case ENDS_INCIDENT:
    case ENDS_KINDS:
        break;
    }
    return false;
}

static bool find_all(const struct ends_asker *asker, const struct ends_wish *wishes, int32_t count,
                     struct arena *a, struct ends *out, struct fail *f)
{
    const struct world *w = live_world(asker->live);

    if (!w)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    *out = (struct ends){ .world = world_hold_again(w), .count = count };
    out->all = arena_take(a, (size_t)count + 1, sizeof *out->all);
    landmarks_read(asker->landmarks);
    for (int32_t i = 0; i < count; i++)
        out->unread += !is_in_memory(asker, w, &wishes[i], &out->all[i]);
    landmarks_read_end(asker->landmarks);
    return true;
}

bool ends_find(const struct ends_asker *asker, const struct ends_wish *wishes, int32_t count,
               struct arena *a, struct ends *out, struct fail *f)
{
    live_read(asker->live);
    const bool ok = find_all(asker, wishes, count, a, out, f);

    live_read_end(asker->live);
    return ok;
}

/* ------------------------------------------------------------------ from the database */

/* By the numbers that the query gives. */
static const enum ends_kind READ_KINDS[] = { ENDS_STATION, ENDS_LOOKOUT_POINT, ENDS_SITE,
                                             ENDS_INCIDENT };

enum { READ_KIND_COUNT = sizeof READ_KINDS / sizeof *READ_KINDS };

static bool is_unread(const struct ends_wish *wish, const struct ends_one *one, enum ends_kind kind)
{
    return wish->kind == kind && one->state == ENDS_MISSING;
}

bool ends_read(const struct ends_asker *asker, struct db *db, const struct ends_wish *wishes,
               struct arena *a, struct ends *ends, struct fail *f)
{
    struct db_value values[READ_KIND_COUNT];
    const struct db_rows *rows;

    for (int32_t k = 0; k < READ_KIND_COUNT; k++) {
        int64_t *ids = arena_take(a, (size_t)ends->count + 1, sizeof *ids);
        size_t count = 0;

        for (int32_t i = 0; i < ends->count; i++)
            if (is_unread(&wishes[i], &ends->all[i], READ_KINDS[k]))
                ids[count++] = wishes[i].id;
        values[k] = db_ints(ids, count);
    }
    if (!db_run(db, QUERIES_LANDMARK_FIND, values, READ_KIND_COUNT, a, &rows, f))
        return false;
    for (int32_t row = 0; row < db_count(rows); row++) {
        const enum ends_kind kind = READ_KINDS[db_get_int(rows, row, 0)];
        const struct point at = { db_get_double(rows, row, 2), db_get_double(rows, row, 3) };

        for (int32_t i = 0; i < ends->count; i++)
            if (wishes[i].id == db_get_int(rows, row, 1) &&
                is_unread(&wishes[i], &ends->all[i], kind))
                place(asker, ends->world, at, &ends->all[i]);
    }
    ends->unread = 0;
    return true;
}

void ends_done(struct ends *ends)
{
    world_drop(ends->world);
    ends->world = NULL;
}
