#ifndef GEO_COVER_SHARES_H
#define GEO_COVER_SHARES_H

#include "geo/cover/cover.h"

/* How much of every lot is reached by enough people, within each of several limits: lengths
 * only, for figures beside those of geo/cover/cover.h, which knows one limit. A plain data
 * structure: the caller sees to it that nobody reads while it is being changed. */
struct shares;

enum { SHARES_LIMITS_MAX = 4 };

/* On plots that outlive it; nothing is reached yet. `reach_k` people are enough. */
struct shares *shares_new(const struct plots *plots, int32_t limit_count, uint32_t reach_k);
void shares_free(struct shares *s);
size_t shares_bytes(const struct shares *s);

/* What of a segment is reached within one of the limits; instead of what was. */
void shares_put(struct shares *s, int32_t segment, int32_t limit, const struct cover_step *steps,
                int32_t count);

/* Centimetres of a lot that are. */
int64_t shares_lot(const struct shares *s, int32_t limit, int32_t lot);

#endif
