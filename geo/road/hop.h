#ifndef GEO_ROAD_HOP_H
#define GEO_ROAD_HOP_H

#include "geo/base/buf.h"
#include "geo/road/graph.h"

/* The shortest legal ways, by length, between places a few streets apart: what a
 * traveller can have done from one fix to the next. By length, not by time, because a
 * track says where somebody went and not that she hurried; and whatever is closed today,
 * since it may have been open then: only who may use a street, and turn where, counts.
 *
 * A place stands on an arc of the graph, so that it is known by which turns it was come
 * to and which are forbidden from it. */
struct hop_place {
    int32_t arc;
    uint32_t gone_cm; /* from where the arc begins, 0 to the length of its segment */
};

/* What one thread needs to search: 12 bytes a state of the graph. */
struct hop_room;
struct hop_room *hop_room_new(void);
void hop_room_free(struct hop_room *room);

/* Where the ways are to lead: all targets are within `goal_m` metres of `goal`, so no
 * junction is looked at that is too far away from there. */
struct hop_streets {
    const struct network *network; /* with the costs of its table of speeds */
    const struct graph *graph;
    enum mode mode;
};
/* Turning round at the first or the last junction counts as `turn_cm` of way. */
void hop_begin(struct hop_room *room, const struct hop_streets *streets, struct point goal,
               double goal_m, uint32_t turn_cm);

/* No way, or none so short. */
#define HOP_NEVER UINT32_MAX
enum { HOP_TARGETS_MAX = 64 };

/* Centimetres from one place to each of at most HOP_TARGETS_MAX others; what is longer
 * than `limit_cm` is HOP_NEVER. */
void hop_lengths(struct hop_room *room, struct hop_place from, const struct hop_place *to,
                 int32_t count, uint32_t limit_cm, uint32_t *lengths);

/* Appends the arcs (int32_t) between those of the two places, in order; the same way as
 * hop_lengths measured. False when there is none within the limit. */
bool hop_way(struct hop_room *room, struct hop_place from, struct hop_place to, uint32_t limit_cm,
             struct buf *arcs);

/* Whether the mode may take the arc. */
static inline bool hop_open(const struct hop_streets *s, int32_t arc)
{
    return (s->graph->arc_modes[arc] & 1u << s->mode) != 0 &&
           s->network->cost_ms[s->mode][s->graph->edge[arc]] < NETWORK_COST_NEVER;
}

#endif
