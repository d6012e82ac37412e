#include "engine/city.h"

static void free_index(void *index)
{
    snap_index_free(index);
}

static void free_traffic(void *traffic)
{
    traffic_free(traffic);
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
    w->south_west = s->south_west;
    w->north_east = s->north_east;
    w->centre = (struct point){ (s->south_west.lon + s->north_east.lon) / 2,
                                (s->south_west.lat + s->north_east.lat) / 2 };
    w->city_name = s->city_name;
    w->attribution = s->attribution;
    return w;
}
