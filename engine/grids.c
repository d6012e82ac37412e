/* Grids: overlaps are found by the database, which has their index; cells are
 * laid by geo/grid. */
#include "engine/grids.h"

#include <assert.h>

bool grids_find_overlaps(struct db *db, const struct registry_item *rows, int32_t count, bool among,
                         struct arena *a, struct grids_overlaps *out, struct fail *f)
{
    int64_t *ids = arena_take(a, (size_t)count + 1, sizeof *ids);
    const struct db_rows *found;

    for (int32_t i = 0; i < count; i++)
        ids[i] = rows[i].id;

    const struct db_value values[] = { db_ints(ids, (size_t)count), db_int(GRIDS_OVERLAPS_MAX + 1),
                                       db_bool(among) };

    if (!db_run(db, QUERIES_GRID_OVERLAPS, values, 3, a, &found, f))
        return false;
    const bool more = db_count(found) > GRIDS_OVERLAPS_MAX;
    const int32_t kept = more ? GRIDS_OVERLAPS_MAX : db_count(found);
    struct grids_overlap *items = arena_take(a, (size_t)kept + 1, sizeof *items);

    for (int32_t i = 0; i < kept; i++)
        items[i] = (struct grids_overlap){
            .grid_id = db_get_int(found, i, 0),
            .code = db_get_text(found, i, 1),
            .other_id = db_get_int(found, i, 2),
            .other_code = db_get_text(found, i, 3),
            .common_m2 = db_get_double(found, i, 4),
        };
    *out = (struct grids_overlaps){ kept, more, items };
    return true;
}

static void set_text(struct registry_item *item, const char *field, const char *text)
{
    registry_value(REGISTRY_GRIDS, item, field)->text = text;
}

bool grids_lay(struct arena *a, const struct grid_plan *plan, const struct figure *area,
               const char *responsible, struct registry_item **items, int32_t *count,
               struct fail *f)
{
    const struct grid_cell *cells;
    int32_t cell_count;

    if (!grid_lay(a, plan, area, &cells, &cell_count, f))
        return false;
    struct registry_item *laid = arena_take(a, (size_t)cell_count + 1, sizeof *laid);

    for (int32_t i = 0; i < cell_count; i++) {
        laid[i] = registry_blank(REGISTRY_GRIDS);
        laid[i].figure = cells[i].area;
        set_text(&laid[i], "code", cells[i].code);
        set_text(&laid[i], "profile", grid_profile_word(plan->profile));
        set_text(&laid[i], "kind", grid_kind_word(plan->kind));
        set_text(&laid[i], "responsible", responsible);
    }
    *items = laid;
    *count = cell_count;
    return true;
}
