#ifndef ENGINE_GRIDS_H
#define ENGINE_GRIDS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/registry.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/grid.h"

/* What only grids have: they are laid over an area, and the grids of one
 * community must not overlap. An overlap is told and not refused:
 * borders are drawn by people, and a wrong one is mended afterwards. */
enum { GRIDS_OVERLAPS_MAX = 20 };

struct grids_overlap {
    int64_t grid_id;
    const char *code;
    int64_t other_id;
    const char *other_code;
    double common_m2;
};

struct grids_overlaps {
    int32_t count; /* the largest, at most GRIDS_OVERLAPS_MAX */
    bool more;
    const struct grids_overlap *items;
};

/* Which open grids of their own community the rows share a square metre or more
 * with; in the transaction that wrote them or later. `among` looks at the rows
 * among themselves, too, which cells that were laid together have no need of. */
bool grids_find_overlaps(struct db *db, const struct registry_item *rows, int32_t count, bool among,
                         struct arena *a, struct grids_overlaps *out, struct fail *f);

/* Cells over an area, as items to be added. `plan` and what it refuses: geo/grid.h. */
bool grids_lay(struct arena *a, const struct grid_plan *plan, const struct figure *area,
               const char *responsible, struct registry_item **items, int32_t *count,
               struct fail *f);

#endif
