#ifndef GEO_COVER_VISITS_H
#define GEO_COVER_VISITS_H

#include "geo/road/range.h"

/* Who has been where and when, in bins of VISITS_BIN_CM of every segment: of each bin the
 * spans of time in which somebody was there. Those that touch are one visit, and two who
 * are there together are there once. A bin is *covered* as long as somebody was there for
 * at least the rule's dwell_s within its last window_s. What is known depends on the passes
 * and the time alone, not on the order of the passes. Belongs to one thread while it
 * changes.
 *
 * Times are whole seconds since an instant that the caller chooses, below 2^31 - 2^27. */
enum { VISITS_BIN_CM = 1000, VISITS_RULES_MAX = 255, VISITS_WINDOW_MAX_S = 7 * 24 * 3600 };
struct visits;

struct visits_rule {
    uint32_t window_s; /* 1 to VISITS_WINDOW_MAX_S */
    uint32_t dwell_s;  /* 1 to window_s; 1: it is enough to pass */
};

/* A piece with another rule: a hot spot. Of bins whose middle lies in it; the last holds. */
struct visits_spot {
    struct range_piece piece;
    uint8_t rule;
};

struct visits_wish {
    const struct network *network; /* outlives them */
    const struct visits_rule *rules;
    int32_t rule_count;          /* 1 to VISITS_RULES_MAX */
    const uint8_t *segment_rule; /* per segment */
    const struct visits_spot *spots;
    int32_t spot_count;
};

struct visits *visits_new(const struct visits_wish *wish);
void visits_free(struct visits *v);
size_t visits_bytes(const struct visits *v);

/* Somebody went at even pace from one place on a segment to another, or stood there. Where
 * the evidence is thin it only makes bins unknown, not covered. Of each bin the whole
 * seconds count that were spent in it. */
struct visits_pass {
    int32_t segment;
    uint32_t from_cm, to_cm; /* from_cm > to_cm: against the way */
    uint32_t from_s, to_s;
    bool is_thin;
};

/* What has become covered or has ceased to be. */
struct visits_flip {
    struct range_piece piece; /* one bin */
    bool is_covered;
};

/* Both return how many flips there were; they stand until the next call. A pass may come
 * late; what is out of every window is forgotten. A pass that ends after now counts at
 * once. Time does not go back: an earlier now_s changes nothing. */
int32_t visits_add(struct visits *v, const struct visits_pass *pass,
                   const struct visits_flip **flips);
int32_t visits_tick(struct visits *v, uint32_t now_s, const struct visits_flip **flips);

/* Up to where, from along_cm on, a segment is covered as it is there: *is_covered. */
uint32_t visits_run(const struct visits *v, int32_t segment, uint32_t along_cm, bool *is_covered);

/* Of the bin at a place, within its window up to now. */
struct visits_told {
    bool is_covered;
    bool is_unknown; /* not covered, but somebody may have been there */
    uint32_t last_s; /* when somebody was there last, 0 for never: also before the window */
    int32_t visits;
    uint32_t dwell_s;
    uint32_t until_s; /* covered up to here unless somebody comes; 0 when it is not */
};
void visits_tell(const struct visits *v, struct spot spot, struct visits_told *out);

/* The same for all that was ever told, whatever the order. */
uint64_t visits_hash(const struct visits *v);

#endif
