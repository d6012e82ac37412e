#ifndef GEO_COVER_COVER_H
#define GEO_COVER_COVER_H

#include "geo/cover/plots.h"
#include "geo/cover/visits.h"

/* What covers the streets now, by the centimetre, in three layers: lookouts, patrols and
 * people who can be there in time. Every change is O(what it touches), and the sums of every
 * lot of geo/cover/plots.h are right after each one. All that is told depends on what covers
 * and on the time, not on the order in which it was said: another cover that is told the
 * same has the same hash. Only streets that have plots count.
 *
 * A plain data structure: one thread changes it, any number may read while nobody does. */
struct cover;

/* What lies on a metre, as bits. */
enum {
    COVER_LOOKOUT = 1,
    COVER_PATROL = 2,
    COVER_REACH = 4, /* by at least reach_k people */
    COVER_ALONE = 8, /* one only of all lookouts, patrols and people who can be there; patrols
                      * that came one after the other are one */
    COVER_STATES = 16,
};

/* What is missing. */
enum cover_class {
    COVER_DARK,        /* all three */
    COVER_UNWATCHED,   /* no lookout, no patrol */
    COVER_UNREACHABLE, /* nobody can be there in time */
    COVER_THIN,        /* one only */
    COVER_CLASS_COUNT,
};

/* "dark", "unwatched", "unreachable", "thin". */
extern const char *const COVER_CLASS_WORDS[COVER_CLASS_COUNT];
const char *cover_class_word(enum cover_class class);

static inline bool cover_is(enum cover_class class, int32_t state)
{
    switch (class) {
    case COVER_DARK:
        return !(state & (COVER_LOOKOUT | COVER_PATROL | COVER_REACH));
    case COVER_UNWATCHED:
        return !(state & (COVER_LOOKOUT | COVER_PATROL));
    case COVER_UNREACHABLE:
        return !(state & COVER_REACH);
    case COVER_THIN:
        return state & COVER_ALONE;
    case COVER_CLASS_COUNT:
        break;
    }
    return false;
}

struct cover_wish {
    const struct plots *plots; /* outlives the cover, like the network */
    struct visits_wish visits;
    uint32_t reach_k; /* at least 1 */
    bool is_moment;   /* patrols are told (cover_patrolled), there are no visits */
};

struct cover *cover_new(const struct cover_wish *wish);
void cover_free(struct cover *c);
size_t cover_bytes(const struct cover *c);

/* ------------------------------------------------------------------ what covers */

/* The pieces that a lookout sees while it is staffed, ascending; none when it is not. */
void cover_lookout(struct cover *c, int64_t lookout_id, const struct range_piece *pieces,
                   int32_t count);
/* The pieces where somebody can be in time; none when she is not available. */
void cover_responder(struct cover *c, int64_t person_id, const struct range_piece *pieces,
                     int32_t count);

/* The same said by segment: what of it is reached by how many people, ascending and
 * disjoint; where nobody can be is left out. Replaces what the segment had. A cover is told
 * of people in one of the two ways. */
struct cover_step {
    uint32_t from_cm, to_cm;
    uint32_t people; /* at least 1 */
};
void cover_reach(struct cover *c, int32_t segment, const struct cover_step *steps, int32_t count);

void cover_visit(struct cover *c, const struct visits_pass *pass);
void cover_tick(struct cover *c, uint32_t now_s);

/* Of a cover whose patrols are told: where a visit counts, tidy pieces (geo/cover/span) on
 * all segments together. Replaces what was told before. */
void cover_patrolled(struct cover *c, const struct range_piece *pieces, int32_t count);

/* Where somebody has been, for whoever asks about a place. */
const struct visits *cover_visits(const struct cover *c);

/* ------------------------------------------------------------------ what is covered */

struct cover_stretch {
    uint32_t from_cm, to_cm;
    int32_t lot;
    uint32_t weight; /* thousandths a metre */
    uint32_t lookouts, people;
    uint8_t state;
};

/* One stretch after the other of a segment, up to its end; a new one begins where any of the
 * fields changes. Starts at { 0 }. */
struct cover_cursor {
    uint32_t at_cm;
};
bool cover_next(const struct cover *c, int32_t segment, struct cover_cursor *cursor,
                struct cover_stretch *out);

/* By state, in centimetres, and in centimetres times thousandths. */
struct cover_sums {
    int64_t length_cm[COVER_STATES];
    int64_t weight[COVER_STATES];
};

/* Of each lot. Until the next change. */
const struct cover_sums *cover_lots(const struct cover *c);
/* Of the whole city. */
void cover_city(const struct cover *c, struct cover_sums *out);

struct cover_figure {
    int64_t length;
    int64_t lookout, patrol, reach;
    int64_t missing[COVER_CLASS_COUNT];
};
void cover_figure(const int64_t by_state[COVER_STATES], struct cover_figure *out);

/* Of each cell, of each organisation with all below it, and of each station. */
struct cover_place {
    struct cover_sums sums;
    uint32_t longest_cm; /* unwatched without a break on one segment, within the place */
};
struct cover_roll {
    struct cover_place *cells;    /* [cell_count] of the plots */
    struct cover_place *orgs;     /* [org_count]; the first is the city */
    struct cover_place *stations; /* [station_count] */
};
/* Reads every street. In the arena. */
void cover_roll(const struct cover *c, struct arena *a, struct cover_roll *out);

/* Of some pieces, ascending and disjoint. */
void cover_sum(const struct cover *c, const struct range_piece *pieces, int32_t count,
               struct cover_place *out);

/* ------------------------------------------------------------------ and if? */

enum cover_change_kind { COVER_OF_LOOKOUT, COVER_OF_RESPONDER, COVER_OF_REACH };

/* What the call of the same name would be told. */
struct cover_change {
    enum cover_change_kind kind;
    int64_t source_id; /* of a lookout or a responder */
    const struct range_piece *pieces;
    int32_t segment; /* of reach */
    const struct cover_step *steps;
    int32_t count; /* pieces or steps */
};

struct cover_trial_piece {
    struct range_piece piece;
    int32_t lot;
    uint32_t weight;
    uint8_t before, after; /* states; they differ */
};

struct cover_trial_cell {
    int32_t cell;
    int64_t change_cm[COVER_CLASS_COUNT]; /* more is missing: above 0 */
};

struct cover_trial {
    struct cover_sums before, after; /* of the city */
    const struct cover_trial_piece *pieces;
    int32_t piece_count;
    const struct cover_trial_cell *cells; /* ascending; those where anything changes */
    int32_t cell_count;
};

/* What would change if all this were so, one after the other; then everything is again as it
 * was, bit for bit. As long as it runs nobody may read. In the arena. */
void cover_try(struct cover *c, const struct cover_change *changes, int32_t count, struct arena *a,
               struct cover_trial *out);

/* Of all layers and sums. */
uint64_t cover_hash(const struct cover *c);

#endif
