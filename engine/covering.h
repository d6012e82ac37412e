#ifndef ENGINE_COVERING_H
#define ENGINE_COVERING_H

#include "engine/proof.h"
#include "engine/terrain.h"
#include "geo/base/buf.h"
#include "geo/cover/cover.h"
#include "geo/cover/shares.h"
#include "geo/cover/within.h"
#include "geo/cover/witness.h"

/* What is covered, laid on one terrain: the layers of geo/cover with what they are told.
 * The parts of engine/coverage, which sees to it that nobody reads while they change. */
struct covering {
    const struct terrain *terrain; /* held; NULL: there is nothing yet */
    struct cover *cover;
    struct shares *shares; /* by COVERAGE_SHARES_S */
    struct buf staffed;    /* int64_t: the lookout points that the cover was told of, ascending */
};

/* By how many people, and within which time, a street counts as reached. */
struct covering_rule {
    uint32_t reach_ms, reach_k;
};

/* Nothing covers yet. */
struct covering covering_start(const struct terrain *t, const struct covering_rule *rule);
void covering_end(struct covering *s);

/* Exactly these lookout points (int64_t, ascending) are staffed; what they see is looked at
 * again where the terrain is another than before. True: something changed. */
bool covering_staff(struct covering *s, const struct buf *staffed, bool is_other);
bool covering_is_staffed(const struct covering *s, int64_t lookout_point_id);

/* A moment as the cover counts: seconds since COVERAGE_EPOCH_S. */
uint32_t covering_second(int64_t at_us);

/* What was proven, and what is told of patrols under way (struct witness_piece): the same
 * passage once more changes nothing. */
void covering_pass(struct covering *s, const struct proof_interval *proven, int32_t count,
                   const struct buf *told);

/* How long the visit of any street counts at most. */
int32_t covering_window_s(const struct terrain *t);

/* For within_new: enough for the rule and the shares. */
struct within_options covering_depth(const struct covering_rule *rule);

/* What is reached of a segment now. */
void covering_reach(struct covering *s, const struct covering_rule *rule, struct within *w,
                    int32_t segment);

#endif
