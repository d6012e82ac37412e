/* Each step is a transaction of its own: one that fails keeps none of the others. */
#include "engine/watch.h"

#include <stdlib.h>

#include "engine/claims.h"
#include "engine/feed.h"
#include "engine/log.h"
#include "engine/lot.h"
#include "engine/pgwire.h"
#include "engine/shifts.h"
#include "geo/base/arena.h"

struct watch {
    struct ids *ids;
    struct arena *arena; /* of one round */
    bool is_failing;     /* and it was said */
};

struct watch *watch_new(struct ids *ids)
{
    struct watch *w = calloc(1, sizeof *w);

    if (!w)
        abort();
    w->ids = ids;
    w->arena = arena_new();
    return w;
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    arena_free(w->arena);
    free(w);
}

/* ------------------------------------------------------------------ the draw */

static struct lot_entry *read_entries(const struct db_rows *rows, struct arena *a)
{
    const int32_t count = db_count(rows);
    struct lot_entry *entries = arena_take(a, (size_t)count + 1, sizeof *entries);

    for (int32_t i = 0; i < count; i++)
        entries[i] = (struct lot_entry){
            .claim_id = db_get_int(rows, i, 0),
            .squad_id = db_get_int(rows, i, 1),
            .arrival = db_get_int(rows, i, 2),
            .fair = db_get_bool(rows, i, 3),
            .busy = db_get_bool(rows, i, 4),
            .held = (int32_t)db_get_int(rows, i, 5),
        };
    return entries;
}

static bool tell_drawn(struct db *db, const struct db_rows *rows, struct arena *a, struct fail *f)
{
    for (int32_t i = 0; i < db_count(rows); i++) {
        int32_t count;
        const void *led = db_get_ints(rows, i, 3, &count);
        int64_t *leaders = arena_take(a, (size_t)count + 1, sizeof *leaders);

        for (int32_t k = 0; k < count; k++)
            leaders[k] = pgwire_item(led, k);
        if (!claims_tell(db, db_get_int(rows, i, 0), db_get_int(rows, i, 1),
                         db_get_text(rows, i, 2), leaders, count, a, f))
            return false;
    }
    return true;
}

/* The first that are free get the places; the others wait in their order. */
static bool draw_day(struct db *db, int64_t day_id, int32_t places, const unsigned char *seed,
                     struct arena *a, struct fail *f)
{
    const struct db_value day = db_int(day_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_WATCH_DRAW_CLAIMS, &day, 1, a, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    struct lot_entry *entries = read_entries(rows, a);
    int64_t *claims = arena_take(a, (size_t)count + 1, sizeof *claims);
    int64_t *place = arena_take(a, (size_t)count + 1, sizeof *place);
    int64_t *rank = arena_take(a, (size_t)count + 1, sizeof *rank);
    int32_t given = 0;

    if (count == 0)
        return true;
    lot_order(entries, count, seed, day_id);
    for (int32_t i = 0; i < count; i++) {
        claims[i] = entries[i].claim_id;
        place[i] = !entries[i].busy && given < places ? ++given : 0;
        rank[i] = i + 1;
    }
    const struct db_value values[] = { db_ints(claims, (size_t)count),
                                       db_ints(place, (size_t)count),
                                       db_ints(rank, (size_t)count) };

    return db_run(db, QUERIES_WATCH_DRAW_GIVE, values, 3, a, &rows, f) &&
           tell_drawn(db, rows, a, f);
}

static bool draw_opening(struct watch *w, struct db *db, int64_t opening_id, struct fail *f)
{
    const struct db_value opening = db_int(opening_id);
    const struct db_rows *held, *days;
    size_t size;

    if (!db_run(db, QUERIES_WATCH_DRAW_LOCK, &opening, 1, w->arena, &held, f))
        return false;
    if (db_count(held) == 0)
        return true; /* another process was quicker */
    const unsigned char *seed = db_get_bytes(held, 0, 0, &size);

    if (!db_run(db, QUERIES_WATCH_DRAW_DAYS, &opening, 1, w->arena, &days, f))
        return false;
    for (int32_t i = 0; i < db_count(days); i++)
        if (!draw_day(db, db_get_int(days, i, 0), (int32_t)db_get_int(days, i, 1), seed, w->arena,
                      f))
            return false;
    return db_run(db, QUERIES_WATCH_DRAWN, &opening, 1, w->arena, NULL, f);
}

/* ------------------------------------------------------------------ steps */

/* In a transaction of its own. */
static bool alone(struct watch *w, struct db *db, int64_t id,
                  bool (*step)(struct watch *w, struct db *db, int64_t id, struct fail *f),
                  struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (step(w, db, id, f) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

static bool draw_due(struct watch *w, struct db *db, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_WATCH_DRAW_DUE, NULL, 0, w->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++)
        if (!alone(w, db, db_get_int(rows, i, 0), draw_opening, f))
            return false;
    return true;
}

/* Tells what a statement says: rows of an organisation and a JSON object. */
static bool tell_rows(struct watch *w, struct db *db, enum queries_id query, const char *kind,
                      struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, query, NULL, 0, w->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct feed_event event = {
            .kind = kind,
            .org_id = db_get_int(rows, i, 0),
            .data = db_get_text(rows, i, 1),
        };

        if (!feed_tell(db, &event, f))
            return false;
    }
    return true;
}

static bool alert(struct watch *w, struct db *db, int64_t none, struct fail *f)
{
    (void)none;
    return tell_rows(w, db, QUERIES_WATCH_SHIFT_ALERTS, "alert", f) &&
           tell_rows(w, db, QUERIES_WATCH_DAY_ALERTS, "alert", f);
}

static bool check_out(struct watch *w, struct db *db, int64_t signup_id, struct fail *f)
{
    static const struct shifts_proof PROOF = { .how = "auto" };
    static const struct shifts_actor ENGINE = { .by_staff = true };
    struct shifts_signup s;

    return shifts_hold(db, signup_id, &ENGINE, w->arena, &s, f) &&
           (s.state != SIGNUP_CHECKED_IN || /* she has just gone by herself */
            shifts_check_out(db, w->ids, &s, &PROOF, &ENGINE, w->arena, f));
}

static bool check_out_due(struct watch *w, struct db *db, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_WATCH_OUT_DUE, NULL, 0, w->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++)
        if (!alone(w, db, db_get_int(rows, i, 0), check_out, f))
            return false;
    return true;
}

static bool note_missed(struct watch *w, struct db *db, int64_t none, struct fail *f)
{
    const struct db_rows *rows;

    (void)none;
    if (!db_run(db, QUERIES_WATCH_MISSED, NULL, 0, w->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const int64_t person_id = db_get_int(rows, i, 1);
        const struct feed_event event = {
            .kind = "duty",
            .org_id = db_get_int(rows, i, 0),
            .people = &person_id,
            .people_count = 1,
            .data = db_get_text(rows, i, 2),
        };

        if (!feed_tell(db, &event, f))
            return false;
    }
    return true;
}

static bool end(struct watch *w, struct db *db, int64_t none, struct fail *f)
{
    (void)none;
    return tell_rows(w, db, QUERIES_WATCH_SHIFT_ENDS, "duty", f) &&
           tell_rows(w, db, QUERIES_WATCH_CLAIMS_END, "claim", f) &&
           tell_rows(w, db, QUERIES_WATCH_DAY_ENDS, "claim", f);
}

bool watch_once(struct watch *w, struct db *db, struct fail *f)
{
    const bool ok = draw_due(w, db, f) && alone(w, db, 0, alert, f) && check_out_due(w, db, f) &&
                    alone(w, db, 0, note_missed, f) && alone(w, db, 0, end, f);

    arena_reset(w->arena);
    return ok;
}

void watch_tick(void *self, struct db *db)
{
    struct watch *w = self;
    struct fail f = { 0 };
    const bool ok = watch_once(w, db, &f);

    if (!ok && !w->is_failing)
        log_line(LOG_WARNING, "rosters_failed", log_text("code", fail_word(f.code)),
                 log_text("detail", f.text));
    w->is_failing = !ok;
}
