#include "engine/pretend_roster.h"

#include "engine/db.h"

static const char WHAT[] = "shifts";

static bool take_ids(struct db *db, struct ids *ids, int32_t count, struct arena *a, int64_t **out,
                     struct fail *f)
{
    *out = arena_take(a, (size_t)count + 1, sizeof **out);
    for (int32_t i = 0; i < count; i++)
        if (!ids_take(ids, db, &(*out)[i], f))
            return false;
    return true;
}

static bool make(struct db *db, struct ids *ids, int32_t shift_count, const char *time_zone,
                 struct arena *a, struct fail *f)
{
    const size_t shifts = (size_t)shift_count;
    const struct db_value note = db_text(WHAT);
    int64_t *shift_ids, *signup_ids;

    if (!take_ids(db, ids, shift_count, a, &shift_ids, f) ||
        !take_ids(db, ids, PRETEND_ROSTER_EACH * shift_count, a, &signup_ids, f))
        return false;
    const struct db_value when[] = { db_ints(shift_ids, shifts), db_text(time_zone) };
    const struct db_value who[] = { db_ints(signup_ids, PRETEND_ROSTER_EACH * shifts),
                                    db_ints(shift_ids, shifts) };

    return db_run(db, QUERIES_PRETEND_SHIFTS, when, 2, a, NULL, f) &&
           db_run(db, QUERIES_PRETEND_SIGNUPS, who, 2, a, NULL, f) &&
           db_run(db, QUERIES_PRETEND_NOTE, &note, 1, a, NULL, f);
}

bool pretend_roster_make(struct db *db, struct ids *ids, const struct pretend_tree *tree,
                         const char *time_zone, struct arena *a, struct fail *f)
{
    const struct db_value note = db_text(WHAT);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PRETEND_FIND, &note, 1, a, &rows, f))
        return false;
    if (db_get_bool(rows, 0, 0))
        return true;
    if (!db_begin(db, f))
        return false;
    if (make(db, ids, PRETEND_ROSTER_DAYS * tree->lookout_count, time_zone, a, f) &&
        db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}
