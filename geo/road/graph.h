#ifndef GEO_ROAD_GRAPH_H
#define GEO_ROAD_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/road/network.h"

/* Where a traveller can be and how she can go on, turn by turn.
 *
 * A *state* is a junction together with what matters of how it was reached. State v
 * below node_count is junction v without any past: whoever starts there may leave by
 * every edge. Where a ban of the network begins, whoever has come along a beginning of
 * it is in a state of its own: the longest such beginning that her way ends with, so
 * that a way obeys all bans just when it is a way from state to state (the automaton of
 * Aho, Corasick, Efficient string matching, CACM 18, 1975; Villeneuve, Desaulniers, The
 * shortest path problem with forbidden paths, EJOR 165, 2005). Only junctions with bans
 * have more than one state.
 *
 * An *arc* is an edge taken from one state to another. The arcs of edge e are
 * first_arc[e] to first_arc[e + 1] - 1; the first of them leads from the junction
 * without past to graph_arrival(e), where everybody comes to who began within the edge.
 * A mode may take an arc when its bit in arc_modes is set (and the edge is open to it).
 *
 * It knows no costs. It never changes and may be read by any number of threads. */
struct graph {
    int32_t node_count;  /* junctions of the network */
    int32_t edge_count;  /* 2 x segment_count */
    int32_t state_count; /* at least node_count */
    int32_t arc_count;   /* at least 2 x segment_count */
    int32_t left_aside;  /* bans that found no room */

    const int32_t *node_of; /* per state: its junction */
    /* The states of junction v are v itself and first_more[v] to first_more[v + 1] - 1. */
    const int32_t *first_more; /* [node_count + 1] */
    const int32_t *first_arc;  /* [2 x segment_count + 1] */
    const int32_t *tail;       /* per arc: the state it leaves */
    const int32_t *head;       /* per arc: the state it leads to */
    const int32_t *edge;       /* per arc */
    const uint8_t *arc_modes;  /* per arc: bit 1 << mode */

    const int32_t *first_out; /* [state_count + 1] into out_arc */
    const int32_t *out_arc;   /* arcs that leave the state, ascending */
    const int32_t *first_in;  /* [state_count + 1] into in_arc */
    const int32_t *in_arc;    /* arcs that lead to it, ascending */
};

/* A junction has no more states than this; a ban that would need more is left aside. */
enum { GRAPH_STATES_MAX = 64 };

/* Of a network and its bans. In the arena. */
void graph_take(const struct network *n, struct arena *a, struct graph *out);

/* Where whoever began within the edge stands at its end. */
static inline int32_t graph_arrival(const struct graph *g, int32_t edge)
{
    return g->head[g->first_arc[edge]];
}

/* 12 bytes a state, 4 a junction, 25 an arc and 4 an edge. */
size_t graph_bytes(const struct graph *g);

#endif
