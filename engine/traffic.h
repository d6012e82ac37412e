#ifndef ENGINE_TRAFFIC_H
#define ENGINE_TRAFFIC_H

#include "geo/base/fail.h"
#include "geo/road/roads.h"

/* The streets of one world as they can be used now, shared by all threads: many ask at a
 * time, one changes. Whoever asks waits for a change of costs, some milliseconds at most,
 * never for the labels. What they cost is engine/closures' to say. */
struct traffic;

/* On a network, which must outlive it, with the costs of its table of speeds. Takes
 * seconds for a large city. NULL with ORDER_FAILED or STREETS_TOO_MANY. */
struct traffic *traffic_new(const struct network *n, struct fail *f);
void traffic_free(struct traffic *t);

/* The roads may be read until traffic_read_end. Not nested on one thread. */
const struct roads *traffic_read(struct traffic *t);
void traffic_read_end(struct traffic *t);

/* Some edges, by mode, cost something else. Every later answer obeys it when this returns;
 * whoever asks waits for as long as the hierarchy takes, a millisecond for some streets. */
struct traffic_change {
    const struct roads_change *changes[MODE_COUNT];
    int32_t count[MODE_COUNT];
};
void traffic_change(struct traffic *t, const struct traffic_change *change);

/* All edges of all modes (2 x segment_count each). It is computed beside what is, and
 * nobody waits for more than the exchange. */
void traffic_price(struct traffic *t, const uint32_t *const cost_ms[MODE_COUNT]);

/* Brings the labels of a mode up to date after changes; until then the hierarchy answers,
 * as exactly. Whoever changes costs meanwhile waits for it. */
void traffic_label(struct traffic *t, enum mode mode);

size_t traffic_bytes(const struct traffic *t);

#endif
