#ifndef GEO_ROAD_MATCH_H
#define GEO_ROAD_MATCH_H

#include "geo/road/hop.h"
#include "geo/road/snap.h"

/* On which streets somebody went whose positions are known now and then: the most likely
 * of all legal ways, by a hidden Markov model (Newson, Krumm, Hidden Markov map matching
 * through noise and sparseness, ACM GIS 2009). That a fix is off the street is the less
 * likely the farther, and so is it that the way between two fixes is longer than the
 * straight line.
 *
 * Fixes go in one by one, and what has become certain comes out: which place on the
 * streets each fix stands for, and the pieces of streets that were passed, each a proven
 * interval of a segment with its times. What comes out is never taken back. Within one
 * *run* the pieces follow one another without a gap and by turns and directions that the
 * mode may use; where no such way explains the fixes (silence, a ferry that is no street,
 * somebody off the roads) the run ends and another begins, and nothing is claimed in
 * between.
 *
 * Streets count as they are by their tags: what is closed today may have been open. */

struct match_fix {
    int64_t at_us; /* from 0 on */
    struct point at;
    double accuracy_m; /* 68 of 100 are within; 0: not known */
};

/* What became of a fix. */
enum match_verdict {
    MATCH_PLACED,   /* stands on the way */
    MATCH_OUTLIER,  /* nobody can have been there: too far for the time, or no way leads */
    MATCH_OFF_ROAD, /* no street near */
    MATCH_LATE,     /* not after the one before it */
    MATCH_VERDICTS
};

/* "placed", "outlier", "off_road", "late". */
const char *match_word(enum match_verdict verdict);

/* One for each fix, in the order of the fixes. */
struct match_place {
    int64_t at_us;
    enum match_verdict verdict;
    int32_t run;      /* 0, 1, …; only with a spot, as all below */
    struct spot spot; /* its segment is -1 where the verdict gives none */
    int32_t edge;     /* in which direction she went there */
    double off_m;
    double confidence; /* share of all likely ways that pass within MATCH_SAME_M of the spot */
};
enum { MATCH_SAME_M = 10 };

/* A stretch of one segment that was passed in one direction. */
struct match_piece {
    int32_t edge;
    uint32_t from_cm, to_cm; /* along the segment; falling on an edge against its way */
    int64_t from_us, to_us;  /* between fixes by length */
    int32_t run;
    double confidence; /* the lesser of the places at both ends of the hop it belongs to */
};

/* What became certain; until the next call. */
struct match_found {
    const struct match_place *places;
    int32_t place_count;
    const struct match_piece *pieces;
    int32_t piece_count;
};

/* The streets; they outlive the matching. */
struct match_streets {
    struct hop_streets streets;
    const struct snap_index *index;
};

/* What is told at the latest after so many fixes that count. MATCH_LAG_MAX is for tracks that
 * are whole: hardly ever do two ways stay possible for so long. */
enum { MATCH_LAG_ONLINE = 8, MATCH_LAG_MAX = 256 };

/* One traveller's matching, some kilobytes; belongs to one thread at a time. */
struct match;
struct match *match_new(const struct match_streets *streets, int32_t lag);
void match_free(struct match *m);

/* The next fix. `room` may serve any number of travellers of one thread. */
void match_add(struct match *m, struct hop_room *room, const struct match_fix *fix,
               struct match_found *out);

/* All that is not told yet, as likely as it is by now. The next fix begins a new run. */
void match_end(struct match *m, struct hop_room *room, struct match_found *out);

#endif
