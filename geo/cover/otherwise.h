#ifndef GEO_COVER_OTHERWISE_H
#define GEO_COVER_OTHERWISE_H

#include "geo/cover/slab.h"

/* And if some sources had other slabs? What of the hours of a table would change; the table
 * stays as it is, and any number may ask while nobody changes it. */
struct otherwise_change {
    int64_t source_id; /* each once; one that the table does not have is new */
    const struct slab *slabs;
    int32_t count; /* none: it is taken away */
};

/* Of a lot, hour by hour: more is missing above 0. */
struct otherwise_lot {
    int32_t lot;
    const struct slab_gap *hours; /* hour_count of the table */
};

/* A stretch that is covered for another time than before. */
struct otherwise_piece {
    struct range_piece piece;
    int32_t lot;
    uint32_t weight;
    int64_t lost_s, gained_s; /* covered before and no longer; not before but then */
};

struct otherwise {
    const struct otherwise_lot *lots; /* ascending; those where an hour changes */
    int32_t lot_count;
    const struct otherwise_piece *pieces; /* ascending, disjoint */
    int32_t piece_count;
};

/* The table must be settled. In the arena. */
void otherwise_try(const struct slab_table *t, const struct plots *plots,
                   const struct otherwise_change *changes, int32_t count, struct arena *a,
                   struct otherwise *out);

#endif
