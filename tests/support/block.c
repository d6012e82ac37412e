/* Worlds without a database. */
#include "tests/support/block.h"

#include "tests/support/town.h"

const struct point BLOCK_PORTO = { -8.61, 41.15 };
const struct point BLOCK_BEIJING = { 116.39, 39.9 };

static void free_index(void *index)
{
    snap_index_free(index);
}

struct world *block_world(struct world_slot *slot, int32_t side, struct point south_west)
{
    struct arena *a = arena_new();
    struct world *w = world_draft(slot, a);
    const struct network *n = town_blocks(side, south_west, a);
    struct snap_index *index = snap_index_new(n);

    arena_defer(a, free_index, index);
    w->network = n;
    w->streets = index;
    w->south_west = south_west;
    w->north_east = point_from_e7(n->node_at[n->node_count - 1]);
    w->centre = (struct point){ (w->south_west.lon + w->north_east.lon) / 2,
                                (w->south_west.lat + w->north_east.lat) / 2 };
    w->city_name = "Blocks";
    w->attribution = "made up";
    return w;
}
