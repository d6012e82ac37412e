#ifndef GEO_ROAD_NETWORK_H
#define GEO_ROAD_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/point.h"
#include "geo/road/hierarchy.h"

/* The streets of a city as flat arrays.
 *
 * A *segment* is the undirected piece of one way between two junctions; measures
 * along it run in way direction in whole centimetres, 0 to length_cm. An *edge*
 * is a segment in one direction: edge 2s runs along segment s from `from` to
 * `to`, edge 2s+1 runs back; edge ^ 1 is its twin. Whether an edge may be used
 * and what it costs depends on the mode. A network never changes once built and
 * may be read by any number of threads. */
enum mode { MODE_FOOT, MODE_EBIKE, MODE_CAR, MODE_COUNT };

/* "foot", "ebike", "car". */
const char *network_mode_word(enum mode mode);

/* Street classes, from the widest to the narrowest; stored as numbers in
 * PostGIS, so a value is never reused. */
enum street_class {
    STREET_MOTORWAY,
    STREET_TRUNK,
    STREET_PRIMARY,
    STREET_SECONDARY,
    STREET_TERTIARY,
    STREET_RESIDENTIAL, /* residential, unclassified, living_street, road */
    STREET_SERVICE,
    STREET_TRACK,
    STREET_PEDESTRIAN,
    STREET_CYCLEWAY,
    STREET_PATH, /* path, footway, bridleway, corridor */
    STREET_STEPS,
    STREET_FERRY,
    STREET_CLASS_COUNT,
};

/* "motorway", "trunk", "primary", "secondary", "tertiary", "residential", "service",
 * "track", "pedestrian", "cycleway", "path", "steps", "ferry". */
const char *network_class_word(enum street_class class);
/* The array of these words, by class. */
extern const char *const NETWORK_CLASS_WORDS[STREET_CLASS_COUNT];

/* Milliseconds. No path costs more, and an edge that may not be used costs this. */
#define NETWORK_COST_NEVER ((uint32_t)INT32_MAX)

/* What one city may have; checked where a network is made or loaded. */
enum {
    NETWORK_SEGMENTS_MAX = 16 * 1000 * 1000,
    NETWORK_SHAPE_MAX = 400 * 1000 * 1000,     /* points of all segments together */
    NETWORK_POINTS_MAX = 100 * 1000,           /* points of one segment */
    NETWORK_LENGTH_MAX_CM = 100 * 1000 * 1000, /* of one segment: 1,000 km */
    NETWORK_NAME_MAX = 1023,                   /* bytes of one name */
    NETWORK_NAMES_MAX = 1 << 30,               /* bytes of all names together */
    NETWORK_BANS_MAX = 4 * 1000 * 1000,        /* forbidden turns */
    NETWORK_BAN_EDGES_MAX = 32,                /* edges of one */
};

/* Who may use a segment: bit 2 x mode in way direction, bit 2 x mode + 1 against it. */
enum { NETWORK_ACCESS_BITS = 2 * MODE_COUNT };

/* Kilometres an hour by class and mode; 0 where the mode may not go. Stored apart
 * from the streets, so that a change of speed needs no new network file. */
struct network_speeds {
    double kmh[STREET_CLASS_COUNT][MODE_COUNT];
};

struct network {
    int64_t import_id;   /* the import that made it */
    int64_t import_mark; /* when it began: another database may count to the same id */
    int32_t node_count;
    int32_t segment_count;
    int32_t shape_count;
    int32_t name_bytes;
    int32_t ban_count; /* 0: the arrays of bans may be missing */
    int32_t ban_edge_count;

    /* Per node. */
    const int64_t *node_id;         /* OpenStreetMap node id */
    const struct point_e7 *node_at; /* where it is */
    const int32_t *first_out;       /* [node_count + 1] into out_edge */
    const int32_t *out_edge;        /* edges that leave the node, ascending; 2 * segment_count */

    /* Per segment. */
    const int64_t *segment_id; /* database id, ascending */
    const int64_t *way_id;
    const int32_t *from; /* node index */
    const int32_t *to;
    const uint32_t *length_cm;
    const uint8_t *street_class; /* enum street_class */
    const uint8_t *access;       /* NETWORK_ACCESS_BITS bits */
    const uint8_t *maxspeed_kmh; /* the posted limit; 0 without one, 255 for all above */
    const int32_t *name_at;      /* byte offset into names; 0 is the empty name */
    const int32_t *first_shape;  /* [segment_count + 1] into shape; both ends included */

    const struct point_e7 *shape;
    const char *names; /* NUL-terminated, one after the other */

    /* What is forbidden: to take these edges one directly after the other, two at least.
     * The lists differ and ascend, compared edge by edge. */
    const int32_t *first_ban_edge; /* [ban_count + 1] into ban_edge */
    const int32_t *ban_edge;
    const uint8_t *ban_modes; /* per ban: whom, bit 1 << mode */

    /* That of the states of the network's graph, which takes longest to find; with no
     * nodes: it is not known yet. */
    struct hierarchy hierarchy;

    /* Milliseconds per edge (2 * segment_count) and mode, rounded up once;
     * NETWORK_COST_NEVER where the mode may not go. */
    const uint32_t *cost_ms[MODE_COUNT];
};

/* Fills cost_ms, taken from the arena: length over speed, rounded up to whole
 * milliseconds once. The speed is that of class and mode, rounded to whole metres
 * an hour so that the division is one of integers and SQL's view vigil.edge gives
 * the same; e-bikes and cars keep to the posted limit where it is lower. */
void network_price(struct network *n, const struct network_speeds *speeds, struct arena *a);

/* The two halves of that, for costs that change. The speed of a mode on a segment in
 * whole metres an hour, 0 where it may not go by its class; and what a length costs at
 * such a speed, NETWORK_COST_NEVER at none. */
int64_t network_speed(const struct network *n, const struct network_speeds *speeds, enum mode mode,
                      int32_t segment);
uint32_t network_speed_ms(uint32_t length_cm, int64_t metres_an_hour);

/* 20 bytes a node, 47 a segment and 24 more for its costs, 8 a point of the shape, 5 a
 * ban and 4 an edge of it, the hierarchy, and the names. */
size_t network_bytes(const struct network *n);

static inline int32_t network_tail(const struct network *n, int32_t edge)
{
    return (edge & 1) ? n->to[edge >> 1] : n->from[edge >> 1];
}

static inline int32_t network_head(const struct network *n, int32_t edge)
{
    return (edge & 1) ? n->from[edge >> 1] : n->to[edge >> 1];
}

/* floor(cost of the edge x part_cm / length_cm). No part of an edge costs nothing
 * even where the mode may not go: whoever stands at the very end of a segment
 * stands on the junction. Any other part of such an edge costs NETWORK_COST_NEVER. */
uint32_t network_part_ms(const struct network *n, enum mode mode, int32_t edge, uint32_t part_cm);

/* a + b, at most NETWORK_COST_NEVER. */
static inline uint32_t network_add(uint32_t a, uint32_t b)
{
    const uint32_t sum = a + b; /* both are at most 2^31 - 1 */

    return sum < NETWORK_COST_NEVER ? sum : NETWORK_COST_NEVER;
}

/* A place on the network: `along_cm` centimetres along the segment in way
 * direction. */
struct spot {
    int32_t segment;
    uint32_t along_cm; /* 0 to length_cm */
};

/* Where the spot is: linear along the drawn shape, scaled to length_cm. */
struct point network_point(const struct network *n, struct spot spot);

/* Metres between two points of one segment's shape, in the plane that touches the
 * earth half-way between them: the measure by which a shape is divided. */
double network_leg_m(struct point_e7 a, struct point_e7 b);

/* Whether the mode may use the segment in at least one direction. */
static inline bool network_usable(const struct network *n, enum mode mode, int32_t segment)
{
    const uint32_t *cost = n->cost_ms[mode] + 2 * (size_t)segment;

    return cost[0] < NETWORK_COST_NEVER || cost[1] < NETWORK_COST_NEVER;
}

/* The street's name, "" when it has none. */
const char *network_name(const struct network *n, int32_t segment);

/* The index of a database segment id, or -1. */
int32_t network_find(const struct network *n, int64_t segment_id);

#endif
