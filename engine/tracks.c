#include "engine/tracks.h"

#include <string.h>

/* Fixes from several places on their way into one track. */
struct gathering {
    struct track_fix *fixes;
    int32_t count, room;
    bool coarse;
    struct arena *arena;
};

static bool too_long(struct fail *f)
{
    fail_set(f, FAIL_INPUT, TRACK_TOO_LONG, "the track has more than %d positions",
             (int)TRACKS_FIX_MAX);
    return fail_allowed(f, "a shorter time, of at most %d positions", (int)TRACKS_FIX_MAX);
}

/* Room for more, on top of what may be there twice. */
static bool add(struct gathering *g, const struct track_fix *fixes, int32_t count, struct fail *f)
{
    if (g->count + count > 4 * TRACKS_FIX_MAX)
        return too_long(f);
    if (g->count + count > g->room) {
        struct track_fix *wider =
            arena_take(g->arena, 2 * (size_t)(g->count + count), sizeof *wider);

        if (g->count > 0)
            memcpy(wider, g->fixes, (size_t)g->count * sizeof *wider);
        g->fixes = wider;
        g->room = 2 * (g->count + count);
    }
    if (count > 0)
        memcpy(&g->fixes[g->count], fixes, (size_t)count * sizeof *fixes);
    g->count += count;
    return true;
}

static bool add_packed(struct gathering *g, const struct db_rows *rows, int32_t row, int32_t column,
                       const struct tracks_track *t, struct fail *f)
{
    size_t size;
    const void *bytes = db_get_bytes(rows, row, column, &size);
    struct track_fix *fixes = NULL;
    int32_t count = 0, kept = 0;

    if (size > 0 && !track_decode(g->arena, bytes, size, &fixes, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        if (fixes[i].fix_us >= t->from_us && fixes[i].fix_us < t->until_us)
            fixes[kept++] = fixes[i];
    return kept == 0 || add(g, fixes, kept, f);
}

static bool add_single(struct gathering *g, const struct db_rows *rows, struct fail *f)
{
    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct track_fix fix = {
            .fix_us = db_get_int(rows, i, 0),
            .at = { (int32_t)db_get_int(rows, i, 1), (int32_t)db_get_int(rows, i, 2) },
            .accuracy_dm = (int32_t)db_get_int(rows, i, 3),
            .speed_cms = (int32_t)db_get_int(rows, i, 4),
            .flags = (uint32_t)db_get_int(rows, i, 5),
        };

        if (!add(g, &fix, 1, f))
            return false;
    }
    return true;
}

/* Single fixes first: what is packed between the two statements is then in both, and not
 * in neither. */
static bool add_kept(struct gathering *g, struct db *db, const struct tracks_track *t,
                     struct fail *f)
{
    const struct db_value values[] = {
        db_int(t->person_id),       t->dispatch_id ? db_int(t->dispatch_id) : db_null(),
        db_int(t->from_us),         db_int(t->until_us - 1),
        db_int(2 * TRACKS_FIX_MAX),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TRACK_FIXES, values, 5, g->arena, &rows, f) ||
        !add_single(g, rows, f) || !db_run(db, QUERIES_TRACK_HOURS, values, 4, g->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        g->coarse = g->coarse || db_get_bool(rows, i, 0);
        if (!add_packed(g, rows, i, 1, t, f))
            return false;
    }
    return true;
}

static bool agrees(struct db *db, int64_t person_id, struct arena *a, bool *out, struct fail *f)
{
    const struct db_value value = db_int(person_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TRACK_AGREED, &value, 1, a, &rows, f))
        return false;
    *out = db_get_bool(rows, 0, 0);
    return true;
}

static bool finish(struct gathering *g, struct tracks_track *t, struct fail *f)
{
    g->count = g->count > 0 ? track_sort(g->fixes, g->count) : 0;
    if (g->count > TRACKS_FIX_MAX)
        return too_long(f);
    t->fixes = g->fixes;
    t->count = g->count;
    t->coarse = g->coarse;
    return true;
}

/* Memory is asked first, and the database when memory may not hold all. */
static bool read_track(const struct tracks_room *room, struct tracks_track *t, struct fail *f)
{
    struct gathering g = { .arena = room->arena };
    struct track_fix *fixes;
    int32_t count;
    bool is_told;

    if (!agrees(room->db, t->person_id, room->arena, &is_told, f))
        return false;
    if (is_told) {
        const bool is_whole = trail_read(room->trail, t->person_id, t->from_us, t->until_us - 1,
                                         room->now_us, room->arena, &fixes, &count);

        if (!add(&g, fixes, count, f) || (!is_whole && !add_kept(&g, room->db, t, f)))
            return false;
    }
    return finish(&g, t, f);
}

bool tracks_of_person(const struct tracks_room *room, struct tracks_track *wish, int64_t *org_id,
                      struct fail *f)
{
    const struct db_value value = db_int(wish->person_id);
    const struct db_rows *rows;

    if (!db_run(room->db, QUERIES_TRACK_PERSON, &value, 1, room->arena, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person with the id %lld",
                        (long long)wish->person_id);
    *org_id = db_get_int(rows, 0, 0);
    wish->name = db_get_text(rows, 0, 1);
    wish->dispatch_id = 0;
    return read_track(room, wish, f);
}

/* ------------------------------------------------------------------ an incident's */

static bool is_of(const struct db_rows *rows, int32_t row, const struct tracks_track *t)
{
    return db_get_int(rows, row, 0) == t->dispatch_id && db_get_int(rows, row, 1) == t->person_id;
}

/* A track from its first row on, with the rows of its other parts. */
static bool read_sent(const struct tracks_room *room, const struct db_rows *rows, int32_t *row,
                      struct tracks_track *t, struct fail *f)
{
    struct gathering g = { .arena = room->arena };

    *t = (struct tracks_track){
        .dispatch_id = db_get_int(rows, *row, 0),
        .person_id = db_get_int(rows, *row, 1),
        .name = db_get_text(rows, *row, 2),
        .from_us = db_get_int(rows, *row, 3),
        .until_us = db_get_int(rows, *row, 4),
    };
    if (db_is_null(rows, *row, 5)) {
        ++*row;
        return read_track(room, t, f);
    }
    for (; *row < db_count(rows) && is_of(rows, *row, t); ++*row)
        if (!add_packed(&g, rows, *row, 5, t, f))
            return false;
    return finish(&g, t, f);
}

bool tracks_of_incident(const struct tracks_room *room, int64_t incident_id,
                        struct tracks_track **out, int32_t *count, int64_t *org_id, struct fail *f)
{
    const struct db_value value = db_int(incident_id);
    const struct db_rows *rows;
    int32_t all = 0;

    if (!db_run(room->db, QUERIES_TRACK_INCIDENT, &value, 1, room->arena, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, INCIDENT_UNKNOWN, "there is no incident %lld",
                        (long long)incident_id);
    *org_id = db_get_int(rows, 0, 0);
    if (!db_run(room->db, QUERIES_TRACK_SENT, &value, 1, room->arena, &rows, f))
        return false;
    *out = arena_take(room->arena, (size_t)db_count(rows) + 1, sizeof **out);
    *count = 0;
    for (int32_t row = 0; row < db_count(rows);) {
        if (!read_sent(room, rows, &row, &(*out)[*count], f))
            return false;
        all += (*out)[(*count)++].count;
        if (all > TRACKS_FIX_MAX)
            return too_long(f);
    }
    return true;
}
