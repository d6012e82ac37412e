#include "geo/road/surety.h"

#include <math.h>

/* Less than this of all is not looked for on the map. */
static const double LEAST_SHARE = 1e-3;

static void clear(struct lattice *l, int32_t step, double after)
{
    int32_t count;
    struct lattice_node *nodes = lattice_nodes(l, step, &count);

    for (int32_t i = 0; i < count; i++)
        nodes[i].after = after;
}

/* Of the places of the step before, in the same proportion whatever their size. */
static void weigh_before(struct lattice *l, int32_t step)
{
    int32_t here_count, before_count, link_count;
    const struct lattice_node *here = lattice_nodes(l, step, &here_count);
    struct lattice_node *before = lattice_nodes(l, step - 1, &before_count);
    const struct lattice_link *links = lattice_links(l, step, &link_count);
    double most = 0;

    for (int32_t i = 0; i < link_count; i++) {
        double *after = &before[links[i].from].after;

        *after += links[i].likely * here[links[i].to].after;
        most = fmax(most, *after);
    }
    for (int32_t i = 0; i < before_count && most > 0; i++)
        before[i].after /= most;
}

void surety_weigh(struct lattice *l)
{
    const int32_t last = lattice_count(l) - 1;

    for (int32_t step = last; step >= 0; step--)
        clear(l, step, step == last ? 1 : 0);
    for (int32_t step = last; step > 0; step--)
        weigh_before(l, step);
}

double surety_share(const struct lattice *l, const struct hop_streets *streets, int32_t step,
                    int32_t node)
{
    const struct network *n = streets->network;
    int32_t count;
    const struct lattice_node *nodes = lattice_nodes(l, step, &count);
    const struct point at = network_point(n, lattice_spot(streets, nodes[node].place));
    double all = 0, same = 0;

    for (int32_t i = 0; i < count; i++)
        all += nodes[i].before * nodes[i].after;
    for (int32_t i = 0; i < count; i++) {
        const double share = nodes[i].before * nodes[i].after;

        if (i != node && share <= LEAST_SHARE * all)
            continue;
        const struct point other = network_point(n, lattice_spot(streets, nodes[i].place));

        if (i == node || point_distance_m(at, other) <= MATCH_SAME_M)
            same += share;
    }
    return all > 0 ? fmin(1, same / all) : 0;
}
