#include "engine/hours.h"

#include "engine/rota.h"

bool hours_reverse(struct db *db, struct ids *ids, const struct hours_undo *u, struct arena *a,
                   int64_t *reversal_id, int64_t *correction_id, struct fail *f)
{
    const struct db_rows *rows;
    struct rota_item item;

    *correction_id = 0;
    if (!ids_take(ids, db, reversal_id, f) || (u->corrects && !ids_take(ids, db, correction_id, f)))
        return false;
    const struct db_value back[] = { db_int(*reversal_id), db_int(u->entry_id), db_text(u->reason),
                                     db_int(u->token_id) };

    if (!db_run(db, QUERIES_HOURS_REVERSE, back, 4, a, &rows, f))
        return false;
    if (db_changed(rows) == 0)
        return rota_get(db, ROTA_HOURS, u->entry_id, a, &item, f) &&
               fail_set(f, FAIL_CONFLICT, ENTRY_REVERSED,
                        "entry %lld has been reversed already, or is itself a reversal",
                        (long long)u->entry_id);
    const struct db_value right[] = { db_int(*correction_id), db_int(*reversal_id),
                                      db_text(u->reason), db_int(u->token_id), db_int(u->minutes) };

    return !u->corrects || db_run(db, QUERIES_HOURS_CORRECT, right, 5, a, NULL, f);
}

bool hours_balance(struct db *db, int64_t person_id, struct arena *a, int64_t *minutes,
                   int64_t *entries, struct fail *f)
{
    const struct db_value value = db_int(person_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_HOURS_BALANCE, &value, 1, a, &rows, f))
        return false;
    *minutes = db_get_int(rows, 0, 0);
    *entries = db_get_int(rows, 0, 1);
    return true;
}
