#include "engine/city.h"

static void free_index(void *index)
{
    snap_index_free(index);
}

static void free_traffic(void *traffic)
{
    traffic_free(traffic);
}

/* Which streets hang together, by mode; small islands are passed over from now on. */
static const struct parts *take_parts(const struct network *n, struct traffic *traffic,
                                      struct snap_index *index, struct arena *a)
{
    struct parts *parts = arena_take(a, MODE_COUNT, sizeof *parts);
    const struct graph *g = roads_base(traffic_read(traffic))->graph;

    traffic_read_end(traffic);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        parts_take(n, g, mode, a, &parts[mode]);
    snap_index_pass_over(index, parts_small(parts, n->segment_count, a));
    return parts;
}

struct world *city_world(struct world_slot *slot, const struct streets *s, struct arena *a,
                         struct fail *f)
{
    struct network *network = arena_take(a, 1, sizeof *network);

    *network = s->network;
    struct traffic *traffic = traffic_new(network, f);

    if (!traffic)
        return NULL;
    arena_defer(a, free_traffic, traffic);
    struct snap_index *index = snap_index_new(network);
    struct world *w = world_draft(slot, a);

    arena_defer(a, free_index, index);
    w->network = network;
    w->streets = index;
    w->traffic = traffic;
    w->parts = take_parts(network, traffic, index, a);
    w->south_west = s->south_west;
    w->north_east = s->north_east;
    w->centre = (struct point){ (s->south_west.lon + s->north_east.lon) / 2,
                                (s->south_west.lat + s->north_east.lat) / 2 };
    w->city_name = s->city_name;
    w->attribution = s->attribution;
    return w;
}
