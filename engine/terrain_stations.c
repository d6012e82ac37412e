#include "engine/terrain_stations.h"

#include <string.h>

#include "geo/road/snap.h"

static const struct spot NOWHERE = { -1, 0 };

static const char *copy(const struct db_rows *rows, int32_t i, int32_t column, struct arena *a)
{
    const char *text = db_get_text(rows, i, column);

    return arena_copy(a, text, strlen(text));
}

bool terrain_stations_read(struct db *db, const struct world *w, const uint8_t *walks,
                           struct arena *kept, struct arena *a, struct terrain_stations *out,
                           struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TERRAIN_STATIONS, NULL, 0, a, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    struct terrain_area *areas = arena_take(kept, (size_t)count + 1, sizeof *areas);
    struct spot *spots = arena_take(a, (size_t)count + 1, sizeof *spots);

    for (int32_t i = 0; i < count; i++) {
        const struct point at = { db_get_double(rows, i, 4), db_get_double(rows, i, 5) };
        struct fail unsaid;
        struct snap snap;

        areas[i] = (struct terrain_area){ db_get_int(rows, i, 0), db_get_int(rows, i, 1),
                                          copy(rows, i, 2, kept), copy(rows, i, 3, kept) };
        spots[i] = snap_to(w->streets, MODE_FOOT, at, &snap, &unsaid) ? snap.spot : NOWHERE;
    }
    *out = (struct terrain_stations){ .areas = areas, .count = count };
    catchment_find(&(struct catchment_wish){ w->network, walks, spots, count }, a, &out->catchment);
    return true;
}
