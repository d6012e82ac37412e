#ifndef GEO_COVER_WITNESS_H
#define GEO_COVER_WITNESS_H

#include "geo/cover/bypass.h"
#include "geo/road/match.h"

/* What the positions of somebody on foot bear witness of: which pieces of streets she
 * passed, and when.
 *
 * A fix that nobody can have gone to and come back from is a jump and left out. What is
 * left is matched to the streets (geo/road/match). A piece counts when the fixes before and
 * after it are at most WITNESS_GAP_S apart, or when she cannot have come from the one to
 * the other without it; else it is thin: she may have been there, or not. Who covers more
 * than WITNESS_KMH over a minute and a quarter does not walk, nor does who hurries and comes
 * faster than WITNESS_WAY_KMH along her way for 50 s: neither does she shortly before and
 * after, nor while she waits in between. */
enum {
    WITNESS_GAP_S = 30,
    WITNESS_KMH = 12,
    WITNESS_WAY_KMH = 10,
};

enum witness_basis {
    WITNESS_POSITIONS,
    WITNESS_ONLY_WAY,
    WITNESS_THIN,
    WITNESS_RIDDEN,
    WITNESS_BASES
};

/* Along an edge, as in match_piece. */
struct witness_piece {
    int32_t edge;
    uint32_t from_cm, to_cm; /* falling against the way */
    int64_t from_us, to_us;
    enum witness_basis basis;
};

/* Until the next call. */
struct witness_told {
    const struct witness_piece *pieces;
    int32_t count;
};

/* Of all that was told so far. */
struct witness_account {
    int32_t fixes, jumps; /* all, and those of them that were left out */
    int64_t cm[WITNESS_BASES];
    int64_t us[WITNESS_BASES];
    int64_t ridden_m; /* in straight lines from fix to fix, also where there is no street */
};

/* Scratch space of one thread, for any number of travellers. */
struct witness_room {
    struct hop_room *hop;
    struct bypass *bypass;
};

/* One traveller; belongs to one thread at a time. The mode of the streets is foot; `lag` as
 * with match_new. */
struct witness;
struct witness *witness_new(const struct match_streets *streets, int32_t lag);
void witness_free(struct witness *w);

/* The next fix, later than the one before; at_us from 0 on. A piece is told a minute after
 * it was passed at the earliest: until then she may turn out to have ridden. */
void witness_add(struct witness *w, const struct witness_room *room, const struct match_fix *fix,
                 struct witness_told *out);
/* All that is not told yet. The next fix begins anew. */
void witness_end(struct witness *w, const struct witness_room *room, struct witness_told *out);

const struct witness_account *witness_sum(const struct witness *w);

/* Whether a piece counts as walked. */
static inline bool witness_walked(enum witness_basis basis)
{
    return basis == WITNESS_POSITIONS || basis == WITNESS_ONLY_WAY;
}

#endif
