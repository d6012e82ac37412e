#ifndef ENGINE_VERIFY_H
#define ENGINE_VERIFY_H

#include "engine/coverage.h"
#include "engine/gaps.h"
#include "engine/weeks.h"
#include "geo/base/buf.h"
#include "geo/cover/recount.h"

/* Whether a list of gaps is right: what lookout points see is computed again by GEOS from
 * where they stand, how far they see and the buildings around them, and the gaps from that
 * (geo/cover/recount). Patrols and people who can be there have no area: they are taken as
 * they are counted. Who is there when is read again, of hours; what is right then is as of
 * that moment. */
enum {
    VERIFY_LOOKOUTS_MAX = 5000,
    VERIFY_COVERS_MAX = 4 * 1000 * 1000,
};

struct verify_lookout {
    int32_t place; /* in the terrain */
    const struct stint *stints;
    int32_t stint_count;
};

/* What covers, before it is laid on the streets. Starts as { 0 } and ends with verify_end. */
struct verify_sources {
    const struct terrain *terrain; /* held */
    struct stint hours;            /* those that are known; empty: of now */
    struct buf lookouts;           /* struct verify_lookout */
    struct buf covers;             /* struct recount_cover: of patrols and people */
};

/* Of now, within coverage_read. */
void verify_now(const struct coverage *c, const struct coverage_view *v,
                struct verify_sources *out);
/* Of the hours of a book, after it was given back. What is read lives in the arena. Fails as
 * weeks_read does. */
bool verify_hours(struct weeks *w, const struct week_sources_time *time, struct arena *a,
                  struct verify_sources *out, struct fail *f);
void verify_end(struct verify_sources *s);

/* Holds the list, which must have all gaps that were wished for on the same terrain, against
 * it. VALUE_OUT_OF_RANGE over the limits; SHAPE_FAILED, or as views_outline. */
bool verify_list(struct db *db, const struct verify_sources *s, const struct gaps_wish *wish,
                 const struct gaps_found *list, struct recount_found *out, struct fail *f);

#endif
