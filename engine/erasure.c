/* The history of positions has no index over people, and is by far the largest table:
 * it is read through once for all who wait, an hour of it a statement, so that no
 * snapshot is held for long. */
#include "engine/erasure.h"

static const int64_t HOUR_US = INT64_C(3600000000);

static struct erasure_receipt read_receipt(const struct db_rows *rows, int32_t i)
{
    return (struct erasure_receipt){
        .erasure_id = db_get_int(rows, i, 0),
        .person_id = db_get_int(rows, i, 1),
        .org_id = db_get_int(rows, i, 2),
        .values_gone = (int32_t)db_get_int(rows, i, 3),
        .memberships = (int32_t)db_get_int(rows, i, 4),
        .credentials = (int32_t)db_get_int(rows, i, 5),
        .tokens = (int32_t)db_get_int(rows, i, 6),
        .positions = db_get_int(rows, i, 7),
        .asked_at = db_get_text(rows, i, 8),
        .positions_at = db_get_text(rows, i, 9),
        .kind = db_get_text(rows, i, 10),
    };
}

bool erasure_carry_out(struct db *db, struct ids *ids, int64_t person_id, int64_t by_token_id,
                       struct arena *a, struct erasure_receipt *out, struct fail *f)
{
    const struct db_rows *rows;
    int64_t erasure_id;

    if (!ids_take(ids, db, &erasure_id, f))
        return false;
    const struct db_value values[] = { db_int(person_id), db_int(erasure_id), db_int(by_token_id) };

    if (!db_run(db, QUERIES_PERSON_ERASE, values, 3, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person with the id %lld",
                        (long long)person_id);
    *out = read_receipt(rows, 0);
    return true;
}

bool erasure_list(struct db *db, int64_t before_id, int64_t limit, struct arena *a,
                  struct erasure_receipt **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(before_id ? before_id : INT64_MAX), db_int(limit) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ERASURE_LIST, values, 2, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = read_receipt(rows, i);
    return true;
}

/* Whose positions go, each up to a time of receipt. */
struct doomed {
    struct db_value people, until;
};

/* What a statement deleted, counted on the receipts in the same transaction. */
static bool delete_counted(struct db *db, enum queries_id query, const struct db_value *values,
                           int32_t value_count, int64_t *deleted, struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows = NULL;
    bool good = db_begin(db, f);
    int64_t found = 0;

    if (!good) {
        arena_free(a);
        return false;
    }
    good = db_run(db, query, values, value_count, a, &rows, f);
    for (int32_t i = 0; good && i < db_count(rows); i++) {
        const struct db_value counted[] = { db_int(db_get_int(rows, i, 0)),
                                            db_int(db_get_int(rows, i, 1)) };

        found += db_get_int(rows, i, 1);
        good = db_run(db, QUERIES_ERASURE_COUNT, counted, 2, a, NULL, f);
    }
    good = good && db_commit(db, f);
    if (!good)
        db_rollback(db);
    *deleted += good ? found : 0;
    arena_free(a);
    return good;
}

static bool delete_stretch(struct db *db, const struct doomed *who, int64_t from_us,
                           int64_t until_us, int64_t *deleted, struct fail *f)
{
    const struct db_value values[] = { who->people, who->until, db_int(from_us), db_int(until_us) };

    return delete_counted(db, QUERIES_ERASURE_POSITIONS, values, 4, deleted, f);
}

struct patience {
    bool (*go_on)(void *self);
    void *self;
    bool is_over;
};

/* Every hour that has a partition, and what lies before, between and behind them; then
 * what was packed, which may have been single fixes until then. */
static bool delete_positions(struct db *db, const struct doomed *who, struct patience *wait,
                             struct arena *a, int64_t *deleted, struct fail *f)
{
    const struct db_value values[] = { who->people, who->until };
    const struct db_rows *hours;
    int64_t done_us = 0;

    if (!db_run(db, QUERIES_ERASURE_HOURS, NULL, 0, a, &hours, f))
        return false;
    for (int32_t i = 0; i < db_count(hours); i++) {
        const int64_t hour_us = db_get_int(hours, i, 0);

        wait->is_over = wait->go_on && !wait->go_on(wait->self);
        if (wait->is_over)
            return true;
        if (hour_us > done_us && !delete_stretch(db, who, done_us, hour_us, deleted, f))
            return false;
        if (!delete_stretch(db, who, hour_us, hour_us + HOUR_US, deleted, f))
            return false;
        done_us = hour_us + HOUR_US;
    }
    return delete_stretch(db, who, done_us, INT64_MAX, deleted, f) &&
           delete_counted(db, QUERIES_ERASURE_TRACKS, values, 2, deleted, f);
}

static bool work(struct db *db, struct patience *wait, struct arena *a, int64_t *deleted,
                 struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ERASURE_OPEN, NULL, 0, a, &rows, f))
        return false;
    const size_t count = (size_t)db_count(rows);
    int64_t *people = arena_take(a, count + 1, sizeof *people);
    int64_t *until = arena_take(a, count + 1, sizeof *until);
    int64_t *erased = arena_take(a, count + 1, sizeof *erased);
    int64_t *ripe = arena_take(a, count + 1, sizeof *ripe);
    size_t ripe_count = 0, erased_count = 0;

    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        people[i] = db_get_int(rows, (int32_t)i, 1);
        until[i] = db_get_int(rows, (int32_t)i, 3);
        if (db_get_bool(rows, (int32_t)i, 2))
            ripe[ripe_count++] = db_get_int(rows, (int32_t)i, 0);
        if (db_get_bool(rows, (int32_t)i, 4))
            erased[erased_count++] = people[i];
    }
    const struct doomed who = { db_ints(people, count), db_ints(until, count) };
    const struct db_value last = db_ints(erased, erased_count);
    const struct db_value done = db_ints(ripe, ripe_count);

    return db_run(db, QUERIES_ERASURE_LAST, &last, 1, a, NULL, f) &&
           delete_positions(db, &who, wait, a, deleted, f) &&
           (wait->is_over || ripe_count == 0 ||
            db_run(db, QUERIES_ERASURE_DONE, &done, 1, a, NULL, f));
}

bool erasure_work(struct db *db, bool (*go_on)(void *self), void *self, int64_t *deleted,
                  struct fail *f)
{
    struct patience wait = { .go_on = go_on, .self = self };
    struct arena *a = arena_new();

    *deleted = 0;
    const bool good = work(db, &wait, a, deleted, f);

    arena_free(a);
    return good;
}
