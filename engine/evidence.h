#ifndef ENGINE_EVIDENCE_H
#define ENGINE_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/cover/witness.h"
#include "geo/track.h"

/* What one person's track proves of a patrol: computes only, for engine/proof. */

enum evidence_kind { EVIDENCE_POSITIONS, EVIDENCE_ONLY_WAY, EVIDENCE_ALONGSIDE };

/* One passage of a piece of a street. */
struct evidence_piece {
    struct range_piece piece;
    int64_t from_us, until_us;
    enum evidence_kind kind;
    bool is_planned;
};

/* A track is known again by the smallest of the hashes of every three places in a row:
 * two walks have none in common, because no phone is off twice in the same way. */
enum { EVIDENCE_MARKS_MAX = 64, EVIDENCE_MARKS_LEAST = 8 };

struct evidence {
    enum fail_code reason; /* CODE_NONE: something is proven */
    bool is_refused;       /* not merely nothing */
    int32_t fixes, jumps;
    int64_t walked_cm; /* of the beat, each metre once */
    int64_t ridden_cm;
    int64_t unknown_s;
    const struct evidence_piece *pieces; /* none when refused */
    int32_t piece_count;
    int64_t marks[EVIDENCE_MARKS_MAX];
    int32_t mark_count;
};

struct evidence_streets {
    struct match_streets match; /* on foot */
    struct witness_room room;
    const struct range_piece *beat; /* ascending, disjoint */
    int32_t beat_count;
    const int64_t *begins_us; /* ascending: a track begins anew then, and nothing is known of
                               * the way from before to after */
    int32_t begin_count;
};

/* For fixes as track_sort leaves them. Pieces live in the arena. Refused is who rode more
 * than three quarters of what she walked: PROOF_RIDDEN. Nothing is proven without positions
 * (PROOF_NO_POSITIONS), or nowhere on the beat (PROOF_ELSEWHERE); what she walked elsewhere
 * is told all the same. */
void evidence_weigh(const struct evidence_streets *streets, const struct track_fix *fixes,
                    int32_t count, struct arena *a, struct evidence *out);

/* Whether so many marks in common mean that a track is another's. */
bool evidence_repeats(int64_t common, int32_t mark_count);

/* The length of these pieces, each metre once: planned ones, or the others. Sorts them. */
int64_t evidence_length_cm(struct evidence_piece *pieces, int32_t count, bool is_planned);

#endif
