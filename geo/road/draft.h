#ifndef GEO_ROAD_DRAFT_H
#define GEO_ROAD_DRAFT_H

#include "geo/road/bans.h"
#include "geo/road/network.h"

/* A network in the making: segments are added one by one, in ascending order of
 * their ids, and become the flat arrays of a network at the end. Belongs to one
 * thread. */
struct draft;

struct draft *draft_new(void);
void draft_free(struct draft *d);

/* One row of vigil.segment. */
struct draft_segment {
    int64_t segment_id; /* above that of the one before */
    int64_t way_id;
    int64_t from_node; /* OpenStreetMap ids */
    int64_t to_node;
    uint32_t length_cm;
    int32_t street_class; /* enum street_class */
    int32_t access;       /* NETWORK_ACCESS_BITS bits */
    int32_t maxspeed_kmh; /* 0 without a posted limit */
    const char *name;
    const struct point_e7 *shape; /* in way direction, both ends included */
    int32_t shape_count;
};

/* Copies what it is given. False with STREETS_UNSOUND when the row cannot be
 * right, and the draft is as it was. */
bool draft_add(struct draft *d, const struct draft_segment *s, struct fail *f);

/* What is forbidden on the streets; copied. */
void draft_restriction(struct draft *d, const struct bans_restriction *r);
void draft_barrier(struct draft *d, const struct bans_barrier *b);

/* Makes the network, without costs (see network_price); its arrays live in the
 * arena. False with NO_STREETS when nothing was added, or STREETS_TOO_MANY. The draft is used up
 * and can only be freed. */
bool draft_finish(struct draft *d, int64_t import_id, struct arena *a, struct network *out,
                  struct fail *f);

#endif
