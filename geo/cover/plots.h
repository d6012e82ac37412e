#ifndef GEO_COVER_PLOTS_H
#define GEO_COVER_PLOTS_H

#include "geo/cover/catchment.h"

/* Whose each metre of street is and what it weighs: the segments that count, cut into
 * *plots* where the organisation, the grid cell of some profile, the station or the weight
 * changes. A *lot* is what plots of one organisation, the same cells and one station have in
 * common; sums are kept by lot, and those of cells, organisations and stations are sums of
 * lots.
 *
 * A metre lies in at most one cell of each profile, the first of those whose areas hold it,
 * and in one organisation: the deepest whose area holds it (of equally deep ones the
 * first), else that of its cell, else the city. Its station is the one nearest on foot. Plots never
 * change once laid and may be read by any number of threads. */
enum {
    PLOTS_PROFILES = 4,
    PLOTS_NO_CELL = -1,
    PLOTS_NO_STATION = -1,
    PLOTS_LEVELS = 8, /* of organisations, the city's among them */
    PLOTS_WEIGHT_MAX = 1000 * 1000,
};

/* Of a cell, or of an organisation. */
struct plots_area {
    const struct range_piece *pieces; /* the streets in it, ascending */
    int32_t piece_count;
    int32_t profile; /* of a cell: 0 to PLOTS_PROFILES - 1 */
    int32_t org;     /* of a cell: whose it is; of an organisation: its parent, which stands
                      * before it, or -1 */
};

/* A piece that does not weigh what the others do. */
struct plots_weight {
    struct range_piece piece; /* ascending, disjoint */
    uint32_t weight;
};

struct plots_wish {
    const struct network *network;
    const uint8_t *counts; /* per segment, 1 where it counts */
    const struct plots_area *cells;
    int32_t cell_count;
    const struct plots_area *orgs; /* the first is the city: its area is not asked for */
    int32_t org_count;             /* at least 1 */
    const struct plots_weight *weights;
    int32_t weight_count;
    uint32_t weight; /* of all other pieces: thousandths a metre, at most PLOTS_WEIGHT_MAX */
    const struct catchment *stations; /* whose place is a station; NULL: there are none */
    int32_t station_count;
};

/* From where the one before it ends (0 for the first of a segment) to to_cm. */
struct plot {
    uint32_t to_cm;
    int32_t lot;
    uint32_t weight; /* thousandths a metre */
};

struct plots_lot {
    int32_t org;
    int32_t cell[PLOTS_PROFILES]; /* by profile, or PLOTS_NO_CELL */
    int32_t station;              /* or PLOTS_NO_STATION */
};

struct plots {
    int32_t segment_count;
    int32_t lot_count;
    int32_t cell_count;
    int32_t org_count;
    int32_t station_count;
    const int32_t *first; /* [segment_count + 1] into plots; a segment that does not count has
                           * none, any other has plots up to its very end */
    const struct plot *plots;
    const struct plots_lot *lots;
    const int32_t *org_parent; /* [org_count]; of the city -1 */
    const int32_t *org_level;  /* [org_count]; of the city 0 */
};

/* The pieces must be such as geo/road/range.h tells: in order, and on their segments. Lives
 * in the arena. */
const struct plots *plots_lay(const struct plots_wish *wish, struct arena *a);

#endif
