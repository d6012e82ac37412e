#include "engine/patrols.h"

#include <assert.h>
#include <string.h>

#include "engine/lot.h"
#include "engine/rota.h"
#include "engine/secret.h"

enum { DAYS_MAX = 31 };

/* ------------------------------------------------------------------ beats */

static bool fail_segment(struct db *db, const struct patrols_beat *b, struct arena *a,
                         struct fail *f)
{
    const struct db_value value = db_ints(b->segments, (size_t)b->segment_count);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_BEAT_MISSING, &value, 1, a, &rows, f))
        return false;
    const int64_t segment_id = db_count(rows) ? db_get_int(rows, 0, 0) : b->segments[0];
    const int64_t position = db_count(rows) ? db_get_int(rows, 0, 1) : 1;

    fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no street segment %lld",
             (long long)segment_id);
    fail_allowed(f, "ids of street segments of the current map");
    fail_at(f, arena_text(a, "/segments/%lld", (long long)position - 1));
    return fail_value(f, arena_text(a, "%lld", (long long)segment_id));
}

static bool add_checkpoint(struct db *db, const struct patrols_beat *b, int32_t i, struct arena *a,
                           struct fail *f)
{
    const struct patrols_checkpoint *c = &b->checkpoints[i];
    const struct db_value values[] = {
        db_int(b->beat_id), db_int(i + 1),     db_double(c->at.lon),           db_double(c->at.lat),
        db_text(c->name),   db_int(c->stay_s), db_double(PATROLS_CHECKPOINT_M)
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_BEAT_CHECKPOINT_ADD, values, 7, a, &rows, f))
        return false;
    if (db_changed(rows) > 0)
        return true;
    fail_set(f, FAIL_INPUT, NO_STREET_NEAR, "checkpoint %d, %.80s, is not at the beat", i + 1,
             c->name);
    fail_allowed(f, "within %d m of a street of the beat", PATROLS_CHECKPOINT_M);
    fail_at(f, arena_text(a, "/checkpoints/%d/place", i));
    return fail_value(f, arena_text(a, "%.7f, %.7f", c->at.lon, c->at.lat));
}

bool patrols_add_beat(struct db *db, const struct patrols_beat *b, struct arena *a, struct fail *f)
{
    const struct db_value code[] = { db_int(b->org_id), db_text(b->code) };
    const struct db_value values[] = { db_int(b->beat_id), db_int(b->org_id), db_text(b->code),
                                       db_text(b->name),
                                       db_ints(b->segments, (size_t)b->segment_count) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_BEAT_TAKEN, code, 2, a, &rows, f))
        return false;
    if (db_count(rows) > 0) {
        fail_set(f, FAIL_CONFLICT, CODE_TAKEN, "the code %.40s belongs to beat %lld", b->code,
                 (long long)db_get_int(rows, 0, 0));
        fail_at(f, "/code");
        return fail_value(f, b->code);
    }
    if (!db_run(db, QUERIES_BEAT_ADD, values, 5, a, &rows, f))
        return false;
    if (db_changed(rows) == 0)
        return fail_segment(db, b, a, f);
    for (int32_t i = 0; i < b->checkpoint_count; i++)
        if (!add_checkpoint(db, b, i, a, f))
            return false;
    return true;
}

bool patrols_close_beat(struct db *db, int64_t beat_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(beat_id);

    return db_run(db, QUERIES_BEAT_CLOSE, &value, 1, a, NULL, f);
}

bool patrols_beat_geojson(struct db *db, int64_t beat_id, struct arena *a, const char **out,
                          struct fail *f)
{
    const struct db_value value = db_int(beat_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_BEAT_GEOJSON, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_BEATS, beat_id, a, f);
    *out = db_get_text(rows, 0, 0);
    return true;
}

/* ------------------------------------------------------------------ plans and months */

bool patrols_add_plan(struct db *db, const struct patrols_plan *p, struct arena *a, struct fail *f)
{
    const struct db_value values[] = {
        db_int(p->plan_id),  db_int(p->org_id),     db_int(p->beat_id),    db_text(p->name),
        db_int(p->weekdays), db_int(p->starts_min), db_int(p->length_min), db_int(p->cutoff_min),
        db_int(p->capacity), db_int(p->min_people), db_int(p->max_people), db_int(p->radius_m),
    };

    return db_run(db, QUERIES_PATROL_PLAN_ADD, values, 12, a, NULL, f);
}

bool patrols_close_plan(struct db *db, int64_t plan_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(plan_id);

    return db_run(db, QUERIES_PATROL_PLAN_CLOSE, &value, 1, a, NULL, f);
}

static bool list_days(struct db *db, struct ids *ids, const struct patrols_month *m,
                      struct arena *a, const char **days, int64_t *day_ids, int32_t *count,
                      struct fail *f)
{
    const struct db_value values[] = { db_int(m->plan_id), db_text(m->month) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PATROL_MONTH, values, 2, a, &rows, f))
        return false;
    *days = "";
    *count = db_count(rows);
    assert(*count <= DAYS_MAX);
    for (int32_t i = 0; i < *count; i++) {
        if (!ids_take(ids, db, &day_ids[i], f))
            return false;
        *days = arena_text(a, "%s%s%s", *days, i ? " " : "", db_get_text(rows, i, 0));
    }
    return true;
}

bool patrols_open_month(struct db *db, struct ids *ids, const struct patrols_month *m,
                        const char *zone, struct arena *a, struct fail *f)
{
    unsigned char seed[LOT_SEED_BYTES];
    int64_t day_ids[DAYS_MAX];
    const struct db_rows *rows;
    const char *days;
    int32_t count;

    secret_random(seed, sizeof seed);
    if (!list_days(db, ids, m, a, &days, day_ids, &count, f))
        return false;
    const struct db_value values[] = {
        db_int(m->opening_id), db_int(m->plan_id),
        db_text(m->month),     db_int(m->opens_us),
        db_int(m->window_s),   db_bytes(seed, sizeof seed),
        db_text(days),         db_ints(day_ids, (size_t)count),
        db_text(zone),
    };

    if (!db_run(db, QUERIES_PATROL_OPEN, values, 9, a, &rows, f))
        return false;
    if (db_get_int(rows, 0, 0) > 0 || count == 0)
        return true;
    fail_set(f, FAIL_CONFLICT, ALREADY_THERE, "the month %.7s of plan %lld was opened before",
             m->month, (long long)m->plan_id);
    fail_at(f, "/month");
    return fail_value(f, arena_text(a, "%.7s", m->month));
}

bool patrols_opening(struct db *db, int64_t opening_id, struct arena *a, const char **out,
                     struct fail *f)
{
    const struct db_value value = db_int(opening_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PATROL_OPENING_GET, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_MISSING, NOT_FOUND, "there is no opening %lld", (long long)opening_id);
        return fail_value(f, arena_text(a, "%lld", (long long)opening_id));
    }
    *out = db_get_text(rows, 0, 0);
    return true;
}

bool patrols_calendar(struct db *db, const char *month, int64_t org_id, struct arena *a,
                      const char **out, struct fail *f)
{
    const struct db_value values[] = { db_text(month), db_int(org_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PATROL_CALENDAR, values, 2, a, &rows, f))
        return false;
    *out = db_get_text(rows, 0, 0);
    return true;
}
