#include "engine/proof.h"

/* ------------------------------------------------------------------ reading */

enum { WALK_MAX_S = 2 * 86400 }; /* a patrol day's length, and what may come before and after it */

static bool read_interval(const struct db_rows *rows, int32_t row, const struct network *n,
                          struct proof_interval *out)
{
    const int32_t segment = network_find(n, db_get_int(rows, row, 2));

    *out = (struct proof_interval){
        .claim_id = db_get_int(rows, row, 0),
        .person_id = db_get_int(rows, row, 1),
        .piece = { segment, (uint32_t)db_get_int(rows, row, 3),
                   (uint32_t)db_get_int(rows, row, 4) },
        .from_us = db_get_int(rows, row, 5),
        .until_us = db_get_int(rows, row, 6),
        .is_planned = db_get_bool(rows, row, 7),
    };
    return segment >= 0 && out->piece.to_cm <= n->length_cm[segment];
}

bool proof_intervals(struct db *db, const struct network *n, int64_t from_us, int64_t until_us,
                     struct arena *a, const struct proof_interval **out, int32_t *count,
                     struct fail *f)
{
    const struct db_value values[] = { db_int(from_us), db_int(until_us), db_int(WALK_MAX_S) };
    const struct db_rows *rows;
    int32_t kept = 0;

    if (!db_run(db, QUERIES_PROOF_INTERVALS, values, 3, a, &rows, f))
        return false;
    struct proof_interval *intervals = arena_take(a, (size_t)db_count(rows) + 1, sizeof *intervals);

    for (int32_t i = 0; i < db_count(rows); i++)
        if (read_interval(rows, i, n, &intervals[kept]))
            kept++;
    *out = intervals;
    *count = kept;
    return true;
}
