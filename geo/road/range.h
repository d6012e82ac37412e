#ifndef GEO_ROAD_RANGE_H
#define GEO_ROAD_RANGE_H

#include "geo/road/place.h"

/* Which streets can be reached from some spots within a time, or from which streets one
 * of the spots can be reached, by the centimetre: a part of a segment belongs to it when
 * the cost between it and the nearest of the spots, as geo/road/place.h has it, is at
 * most the limit. Everyone moves by her own mode; what one of them reaches is reached.
 *
 * A bounded Dijkstra on the states, and when it comes to one of RANGE_SEARCH_SHARE of them
 * a sweep over the hierarchy (geo/road/sweep.h) instead: both give the same, and a sweep
 * costs what the search of that many states does. */
enum {
    RANGE_LIMITS_MAX = 10,
    RANGE_LIMIT_MAX_MS = 3600 * 1000,
    RANGE_SEARCH_SHARE = 5,
};

enum range_way { RANGE_QUICKEST, RANGE_SEARCH, RANGE_SWEEP };

struct range_source {
    enum mode mode;
    struct spot spot;
};

struct range_wish {
    const struct range_source *sources;
    int32_t source_count;
    bool is_towards;           /* to the sources, not from them */
    const uint32_t *limits_ms; /* ascending */
    int32_t limit_count;       /* 1 to RANGE_LIMITS_MAX */
    enum range_way way;        /* for whoever compares the two */
};

/* A part of a segment, in way direction; from_cm < to_cm. */
struct range_piece {
    int32_t segment;
    uint32_t from_cm, to_cm;
};

/* What is reached within one limit. Between two pieces a centimetre at least is not. */
struct range_band {
    int64_t length_cm; /* of all pieces */
    int32_t piece_count;
    const struct range_piece *pieces; /* ascending by segment and from_cm */
};

struct range {
    struct range_band bands[RANGE_LIMITS_MAX]; /* one a limit */
    int32_t settled;                           /* states, for metrics */
    bool is_swept;                             /* for some mode */
};

/* Scratch space of one thread, grown to the network on first use: 13 bytes a state. */
struct range_room;
struct range_room *range_room_new(void);
void range_room_free(struct range_room *room);

/* Everything lives in the arena. */
void range_find(const struct roads *r, const struct range_wish *wish, struct range_room *room,
                struct arena *a, struct range *out);

#endif
