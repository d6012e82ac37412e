#ifndef GEO_ROAD_PARTS_H
#define GEO_ROAD_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "geo/road/graph.h"

/* Which streets hang together for a mode, with oneways and forbidden turns.
 *
 * The *main part* is the longest set of streets in which one comes from everywhere to
 * everywhere (a strongly connected part of the states: Tarjan, Depth-first search and
 * linear graph algorithms, 1972). How every other street stands to it tells who can be
 * sent from there, and whether anybody can come. */
enum parts_standing {
    PARTS_CLOSED, /* the mode may not go there */
    PARTS_MAIN,   /* from the main part, and back to it */
    PARTS_ISLAND, /* neither from it nor to it */
    PARTS_TRAP,   /* from it, and not back */
    PARTS_SOURCE, /* to it, and never there */
    PARTS_STANDINGS,
};

/* "closed", "main", "island", "trap", "source". */
const char *parts_word(enum parts_standing standing);

/* Streets of one standing that touch one another. */
struct parts_patch {
    enum parts_standing standing;
    int32_t segment_count;
    int32_t longest; /* the longest of them, of equal ones the first: an example to look at */
    int64_t length_cm;
};

struct parts {
    int32_t strong_count; /* sets of streets that one comes round in, the main part among them */
    int32_t weak_count;   /* sets of streets that hang together if oneways are passed over */
    int32_t patch_count;
    const struct parts_patch *patches; /* the main part first, then the longest first */
    const int32_t *patch_of;           /* per segment; -1: closed */
};

/* Of one mode, in the arena: O(states + arcs). Which edges are open to the mode is that of
 * the network's costs. 4 bytes a segment stay, and the patches. */
void parts_take(const struct network *n, const struct graph *g, enum mode mode, struct arena *a,
                struct parts *out);

static inline enum parts_standing parts_of(const struct parts *p, int32_t segment)
{
    const int32_t patch = p->patch_of[segment];

    return patch < 0 ? PARTS_CLOSED : p->patches[patch].standing;
}

/* A patch off the main part with fewer metres of streets than this is small: a courtyard
 * whose gate is missing from the map, a street whose other end the extract has cut. Larger
 * ones are places of their own: an island without a bridge. So 0.6 to 2.9 % of places move,
 * by 10 to 17 m; of random pairs on foot, by e-bike and by car 0.9, 1.0 and 0.4 % have no way
 * in Porto (2.4, 2.8 and 1.2 % before), in Beijing 1.7, 1.6 and 1.5 % (7.4, 3.1 and 2.7 %). */
enum { PARTS_SMALL_M = 10 * 1000 };

/* Per segment the modes, as bits 1 << mode, for which it lies in a small patch; for
 * snap_index_pass_over. In the arena; `parts` by mode. */
const uint8_t *parts_small(const struct parts parts[MODE_COUNT], int32_t segment_count,
                           struct arena *a);

#endif
