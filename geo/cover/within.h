#ifndef GEO_COVER_WITHIN_H
#define GEO_COVER_WITHIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/cover/tally.h"
#include "geo/road/graph.h"
#include "geo/road/network.h"

/* By how many people every centimetre of the streets can be reached in time, while they
 * come, go and move.
 *
 * Of every state of the graph and every mode the few people who are there first are kept,
 * and nothing else: who is not among them there is not among them anywhere behind it, so
 * a search that brings somebody in ends where others are sooner, and one that takes her
 * out looks only at where she was. What it holds so depends on the streets, not on how
 * many people there are or how far they come; and it is a function of who stands where,
 * whatever happened in between. Equally soon: the lower id.
 *
 * Costs are those of geo/road/range: a part of a street counts from wherever it is
 * entered. A plain data structure: the caller sees to it that nobody reads while it is
 * being changed. */
struct within;

enum {
    WITHIN_DEPTH_MAX = 4,         /* people told apart at one place */
    WITHIN_LIMIT_MAX_MS = 900000, /* longest time that is looked at */
};

struct within_options {
    int32_t depth;     /* people who are told apart, 1 to WITHIN_DEPTH_MAX */
    uint32_t limit_ms; /* how far is searched, at most WITHIN_LIMIT_MAX_MS */
};

/* Both must outlive it. It begins with the network's own costs and nobody. */
struct within *within_new(const struct network *n, const struct graph *g,
                          const struct within_options *options);
void within_free(struct within *w);

/* What the edges of each mode cost from now on (2 x segment_count each), copied. True: some
 * cost something else, and before anything is asked or changed, within_compute is to be
 * called, which takes some tenths of a second. False: nothing happens. */
bool within_price(struct within *w, const uint32_t *const cost_ms[MODE_COUNT]);
void within_compute(struct within *w);

struct within_person {
    int64_t person_id;
    enum mode mode;
    struct spot spot;
};

/* She can be sent from there; or moves, or changes her mode. */
void within_put(struct within *w, const struct within_person *person);
/* She cannot any more; an unknown id is ignored. */
void within_remove(struct within *w, int64_t person_id);
/* Many at once, when nobody is there yet: faster than one by one, with the same end. */
void within_fill(struct within *w, const struct within_person *people, int32_t count);

/* For whoever knows who is there, and not who has gone: after within_roll_call everybody
 * is put who is there, then within_absent takes away all others, and says how many. */
void within_roll_call(struct within *w);
int32_t within_absent(struct within *w);

bool within_get(const struct within *w, int64_t person_id, struct within_person *out);
int32_t within_count(const struct within *w);

/* What is reached of a segment within limit_ms, which is at most what was said at first,
 * counted by people, of whom more than `depth` are `depth`. Until the next call. */
int32_t within_steps(struct within *w, int32_t segment, uint32_t limit_ms,
                     const struct cover_step **out);

/* The segments of which the steps may have changed since the last call, each once, in no
 * order; until the next change. */
int32_t within_changed(struct within *w, const int32_t **segments);

/* What is done from here on is only tried: within_undo takes all of it back. Before it
 * within_changed has told all; meanwhile it tells what is tried. Costs cannot be. */
void within_try(struct within *w);
void within_undo(struct within *w);

/* Of all that is kept: the same for the same people at the same places. */
uint64_t within_hash(const struct within *w);
size_t within_bytes(const struct within *w);

#endif
