#ifndef TESTS_SUPPORT_PLAIN_COVER_H
#define TESTS_SUPPORT_PLAIN_COVER_H

#include "geo/cover/cover.h"

/* What covers the streets, worked out from nothing and the plain way: every segment is cut
 * at every end of everything on it, and of each stretch all sources are counted. Shares no
 * code with geo/cover. */
struct plain_source {
    struct range_piece *pieces;
    int32_t count;
};

struct plain_cover {
    const struct plots *plots;
    const struct visits_wish *visits;
    uint32_t reach_k;
    const struct plain_source *lookouts, *people;
    int32_t lookout_count, people_count;
    const struct visits_pass *passes;
    int32_t pass_count;
    uint32_t now_s;
};

/* The sums of every lot, in the arena. */
const struct cover_sums *plain_cover_lots(const struct plain_cover *c, struct arena *a);

#endif
