/* The search itself is the database's: it has the names and their trigrams. */
#include "engine/places.h"

bool places_search(struct db *db, const struct places_wish *wish, struct arena *a,
                   struct places_found **found, int32_t *count, struct fail *f)
{
    const struct db_value values[] = {
        db_text(wish->typed),
        wish->nearby ? db_double(wish->here.lon) : db_null(),
        wish->nearby ? db_double(wish->here.lat) : db_null(),
        db_int(wish->limit),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PLACE_SEARCH, values, 4, a, &rows, f))
        return false;
    struct places_found *items = arena_take(a, (size_t)db_count(rows) + 1, sizeof *items);

    for (int32_t i = 0; i < db_count(rows); i++)
        items[i] = (struct places_found){
            .kind = db_get_text(rows, i, 0),
            .name = db_get_text(rows, i, 1),
            .code = db_get_text(rows, i, 2),
            .id = db_is_null(rows, i, 3) ? 0 : db_get_int(rows, i, 3),
            .place = { .lon = db_get_double(rows, i, 4), .lat = db_get_double(rows, i, 5) },
            .distance_m = db_is_null(rows, i, 6) ? 0 : db_get_double(rows, i, 6),
        };
    *found = items;
    *count = db_count(rows);
    return true;
}
