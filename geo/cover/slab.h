#ifndef GEO_COVER_SLAB_H
#define GEO_COVER_SLAB_H

#include "geo/cover/plots.h"

/* Who covers which streets when, and what is left: hour by hour the metre·seconds that
 * nothing covers, or one alone, exactly. A *slab* is a piece of street and a time; every source
 * has some, and where they overlap it is covered once. Belongs to one thread. */
enum { SLAB_HOURS_MAX = 168, SLAB_HOUR_S = 3600, SLAB_UNITS_MAX = 4095 };

/* What a table tells as missing. */
enum slab_rule {
    SLAB_NONE,  /* nothing covers */
    SLAB_ALONE, /* one only does */
};

struct slab {
    struct range_piece piece;
    int64_t from_s, to_s; /* [from, to) in whole seconds; what is outside the hours is not seen */
    int32_t units;        /* as how many it counts; all those of 0 together are one */
};

struct slab_table;

/* Hours from from_s on; the plots outlive the table. */
struct slab_table *slab_new(const struct network *n, const struct plots *plots, int64_t from_s,
                            int32_t hour_count, enum slab_rule rule);
void slab_free(struct slab_table *t);
size_t slab_bytes(const struct slab_table *t);

/* Replaces the slabs of a source, in any order; none takes it away. */
void slab_put(struct slab_table *t, int64_t source_id, const struct slab *slabs, int32_t count);

/* What a source has now, and what lies on a segment in the order of its beginnings, within
 * the hours; in the arena. The segment must be scored. */
int32_t slab_of_source(const struct slab_table *t, int64_t source_id, struct arena *a,
                       const struct slab **out);
int32_t slab_on_segment(const struct slab_table *t, int32_t segment, struct arena *a,
                        const struct slab **out);

int64_t slab_from_s(const struct slab_table *t);
int32_t slab_hour_count(const struct slab_table *t);

/* Scores the segments again on which something has changed since the last time, and returns
 * how many there were. All that is asked below is as of then. */
int32_t slab_settle(struct slab_table *t);

/* What is not covered in an hour. */
struct slab_gap {
    int64_t cm_s;     /* centimetre·seconds */
    int64_t weight_s; /* centimetre·thousandths·seconds */
};

/* By lot: hour_count of them. */
const struct slab_gap *slab_lot(const struct slab_table *t, int32_t lot);
/* By hour, in the arena: of each cell, organisation with all below it, and station. An hour h of
 * place i stands at [i * hour_count + h]; organisation 0 is the city. */
struct slab_roll {
    const struct slab_gap *cells;
    const struct slab_gap *orgs;
    const struct slab_gap *stations;
};
void slab_roll(const struct slab_table *t, struct arena *a, struct slab_roll *out);

/* A stretch on which the same hours are missing, for as many seconds. */
struct slab_hole {
    struct range_piece piece;
    int32_t lot;
    uint32_t weight;
    int64_t gap_s;                              /* of all hours together */
    uint64_t hours[(SLAB_HOURS_MAX + 63) / 64]; /* bit h: something of hour h is missing */
};
/* Those of a segment, ascending, in the arena; what is always covered is left out. */
int32_t slab_holes(const struct slab_table *t, int32_t segment, struct arena *a,
                   const struct slab_hole **out);

#endif
