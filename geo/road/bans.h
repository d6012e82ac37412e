#ifndef GEO_ROAD_BANS_H
#define GEO_ROAD_BANS_H

#include "geo/base/arena.h"
#include "geo/road/network.h"
#include "geo/road/rules.h"

/* From turn restrictions and barriers, which speak of ways and nodes, to the bans of a
 * network, which are lists of edges.
 *
 * A restriction leads from a way over a node or ways to a way. It counts for a mode that
 * may use all of them that way round and where it is clear which edges are meant: just one
 * edge of the way comes to the node, just one leaves it, just one way without turning
 * leads along all the via ways. The others are left aside; an extract often lacks a
 * member. only_* over ways says where whoever has come all along them must go; who turns
 * off earlier never comes under it. At a barrier nothing may be passed but the way back. */
struct bans_restriction {
    struct rules_turn turn;
    int64_t via_node;               /* OpenStreetMap id; 0: over ways */
    const int64_t *from, *via, *to; /* ids of ways */
    int32_t from_count, via_count, to_count;
};

struct bans_barrier {
    int64_t node_id;
    uint8_t modes; /* who may not pass: bits 1 << mode */
};

enum {
    BANS_WAYS_MAX = 16, /* of each role; a restriction with more is left aside */
    BANS_VIA_EDGES_MAX = 256,
};

struct bans_source {
    const struct bans_restriction *restrictions;
    int32_t restriction_count;
    const struct bans_barrier *barriers;
    int32_t barrier_count;
};

/* Gives the network, complete but for them, its bans; the arrays live in the arena. False
 * with STREETS_TOO_MANY. */
bool bans_find(struct network *n, const struct bans_source *source, struct arena *a,
               struct fail *f);

#endif
