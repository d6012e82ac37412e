/* Rows of vigil.doubt. */
#include "engine/doubt_rows.h"

static const char *text_or_null(const struct db_rows *rows, int32_t row, int32_t column)
{
    return db_is_null(rows, row, column) ? NULL : db_get_text(rows, row, column);
}

static int64_t int_or_0(const struct db_rows *rows, int32_t row, int32_t column)
{
    return db_is_null(rows, row, column) ? 0 : db_get_int(rows, row, column);
}

static struct doubt_rows_one read_row(const struct db_rows *rows, int32_t row)
{
    const bool is_frame = !db_is_null(rows, row, 7);

    return (struct doubt_rows_one){
        .doubt_id = db_get_int(rows, row, 0),
        .person_id = db_get_int(rows, row, 1),
        .name = db_get_text(rows, row, 2),
        .org_id = db_get_int(rows, row, 3),
        .kind = db_get_text(rows, row, 4),
        .declared = text_or_null(rows, row, 5),
        .likely = text_or_null(rows, row, 6),
        .declared_m = is_frame ? db_get_double(rows, row, 7) : 0,
        .likely_m = is_frame ? db_get_double(rows, row, 8) : 0,
        .late_s = int_or_0(rows, row, 9),
        .fixes = db_get_int(rows, row, 10),
        .since = db_get_text(rows, row, 11),
        .cleared_at = text_or_null(rows, row, 12),
        .cleared_by = int_or_0(rows, row, 13),
    };
}

bool doubt_rows_list(struct db *db, const struct doubt_rows_wish *wish, struct arena *a,
                     struct doubt_rows_one **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = {
        db_int(wish->before_id),
        db_int(wish->limit),
        db_int(wish->state),
        wish->kind ? db_text(wish->kind) : db_null(),
        wish->person_id ? db_int(wish->person_id) : db_null(),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DOUBT_LIST, values, 5, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = read_row(rows, i);
    return true;
}

bool doubt_rows_get(struct db *db, int64_t doubt_id, struct arena *a, struct doubt_rows_one *out,
                    struct fail *f)
{
    const struct db_value value = db_int(doubt_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DOUBT_GET, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, DOUBT_UNKNOWN, "there is no doubt %lld",
                        (long long)doubt_id);
    *out = read_row(rows, 0);
    return true;
}

bool doubt_rows_clear(struct db *db, int64_t doubt_id, int64_t token_id, struct arena *a,
                      bool *is_changed, struct fail *f)
{
    const struct db_value values[] = { db_int(doubt_id), db_int(token_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DOUBT_CLEAR, values, 2, a, &rows, f))
        return false;
    *is_changed = db_count(rows) > 0;
    return true;
}
