#ifndef ENGINE_TRAFFIC_H
#define ENGINE_TRAFFIC_H

#include "geo/base/fail.h"
#include "geo/road/roads.h"

/* The streets of one world as they can be used now, shared by all threads: many ask at a
 * time, one changes. Whoever asks waits for a change of costs, some milliseconds at most,
 * never for the labels. */
struct traffic;

/* On a network, which must outlive it, with the costs of its table of speeds. Takes
 * seconds for a large city. NULL with ORDER_FAILED or STREETS_TOO_MANY. */
struct traffic *traffic_new(const struct network *n, struct fail *f);
void traffic_free(struct traffic *t);

/* The roads may be read until traffic_read_end. Not nested on one thread. */
const struct roads *traffic_read(struct traffic *t);
void traffic_read_end(struct traffic *t);

/* Every later answer obeys the change when this returns; by mode, any edges. */
struct traffic_change {
    const struct roads_change *changes[MODE_COUNT];
    int32_t count[MODE_COUNT];
};
void traffic_change(struct traffic *t, const struct traffic_change *change);

size_t traffic_bytes(const struct traffic *t);

#endif
