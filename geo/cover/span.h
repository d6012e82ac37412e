#ifndef GEO_COVER_SPAN_H
#define GEO_COVER_SPAN_H

#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/road/range.h"

/* Parts of one segment: from_cm < to_cm, in whole centimetres in way direction. A list of
 * them is *tidy* when it ascends and a centimetre at least lies between two. Lists that
 * come from different places are equal when what they hold is equal: tidy lists have one
 * form only. */
struct span {
    uint32_t from_cm, to_cm;
};

/* Makes a list tidy in place; spans without length go. How many are left. */
int32_t span_tidy(struct span *spans, int32_t count);

/* Of two tidy lists what is in one or the other, in both, in the first only. `out` has
 * room for one more than both lists together and is neither of them; it is tidy. How many. */
int32_t span_or(const struct span *a, int32_t a_count, const struct span *b, int32_t b_count,
                struct span *out);
int32_t span_and(const struct span *a, int32_t a_count, const struct span *b, int32_t b_count,
                 struct span *out);
int32_t span_minus(const struct span *a, int32_t a_count, const struct span *b, int32_t b_count,
                   struct span *out);

int64_t span_length_cm(const struct span *spans, int32_t count);

/* The same of pieces on many segments, ascending and tidy on each. */
int32_t span_tidy_pieces(struct range_piece *pieces, int32_t count);

enum span_how { SPAN_OR, SPAN_AND, SPAN_MINUS };
/* Everything lives in the arena. */
void span_mix(enum span_how how, const struct range_band *a, const struct range_band *b,
              struct arena *arena, struct range_band *out);

/* What is left of these segments without the pieces. */
void span_rest(const struct network *n, const struct range_band *without, struct arena *arena,
               struct range_band *out);

#endif
