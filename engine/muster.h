#ifndef ENGINE_MUSTER_H
#define ENGINE_MUSTER_H

#include <stdbool.h>
#include <stdint.h>

/* How many people each organisation has: kept as people change, so that a count is
 * not a walk over everyone. Each person counts once, at her home organisation; so the
 * counts of a parent are the sum of its children's and its own. */
struct muster_count {
    int32_t known;
    int32_t placed; /* with a fix */
    int32_t on_duty;
    int32_t available; /* can be sent, but for her age */
};

struct muster;

struct muster *muster_new(void);
void muster_free(struct muster *m);

/* Adds, or takes away what is negative. */
void muster_add(struct muster *m, int64_t org_id, struct muster_count by);

/* The sum over the organisations for which `counts` says so; NULL: over all. */
struct muster_count muster_sum(const struct muster *m,
                               bool (*counts)(const void *self, int64_t org_id), const void *self);

#endif
