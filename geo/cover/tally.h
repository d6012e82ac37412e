#ifndef GEO_COVER_TALLY_H
#define GEO_COVER_TALLY_H

#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/cover/cover.h"

/* How many different ones cover each part of a segment, from what each of them covers.
 * Starts as { 0 }, ends with tally_end, and may be used again and again. */
struct tally {
    struct buf spans, ends, steps;
};

void tally_end(struct tally *t);

/* Another segment. */
void tally_clear(struct tally *t);
/* That `who` covers this; nothing where it is empty. What of one leaves out no whole
 * centimetre in between is one piece. */
void tally_add(struct tally *t, int32_t who, uint32_t from_cm, uint32_t to_cm);
/* The parts that anybody covers, ascending, next to each other where the count changes;
 * more than `most` are `most`. Until the next call. */
int32_t tally_steps(struct tally *t, uint32_t length_cm, uint32_t most,
                    const struct cover_step **out);

#endif
