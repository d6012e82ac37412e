#ifndef GEO_ROAD_INWARD_H
#define GEO_ROAD_INWARD_H

#include "geo/road/graph.h"
#include "geo/road/hierarchy.h"

/* The arcs of the graph by the state that they lead to, with what they cost one mode now:
 * what a search backwards from a place goes through. States are known by their rank in
 * the hierarchy, in whose order neighbours stand close together in memory.
 *
 * Whoever began within an edge comes to one state (graph_arrival): the edge *arrives*
 * there. Whoever stands at the very end of a segment stands on the junction without past:
 * where an edge arrives at another state, an arc that is never open stands for it there,
 * so that everyone on the segments around a junction is met from one of its states.
 *
 * 16 bytes an arc and 16 a segment; the way to find an arc in here 4. It is changed only
 * while nobody reads. */
struct inward_arc {
    int32_t tail;     /* rank */
    uint32_t cost_ms; /* NETWORK_COST_NEVER where the mode may not go */
    uint32_t edge : 31;
    uint32_t arrives : 1; /* who stands on the edge is met here */
    uint32_t length_cm;
};

/* Where whoever began within a segment stands at its ends: along it, and against. */
struct inward_ends {
    int32_t rank[2];
    uint32_t length_cm;
    bool are_tied; /* the higher rank is above the lower in the hierarchy */
    bool are_free; /* from either she may go along the whole segment to the other */
};

struct inward {
    struct inward_arc *arcs;
    int32_t arc_count;
    const int32_t *first;           /* [state_count + 1] into arcs, by rank */
    const int32_t *place_of;        /* per arc of the graph */
    const struct inward_ends *ends; /* per segment */
};

/* What does not depend on costs is in the arena. Every arc costs NETWORK_COST_NEVER. */
void inward_take(const struct network *n, const struct graph *g, const struct hierarchy *h,
                 struct arena *a, struct inward *out);
/* Arcs of its own, with the same costs, and all else in common. */
struct inward inward_copy(const struct inward *in);
/* Ends its arcs. */
void inward_free(struct inward *in);

static inline void inward_set(const struct inward *in, int32_t arc, uint32_t cost_ms)
{
    in->arcs[in->place_of[arc]].cost_ms = cost_ms;
}

#endif
