#ifndef ENGINE_PRETEND_PEOPLE_H
#define ENGINE_PRETEND_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/ids.h"
#include "engine/personal.h"
#include "engine/pretend_tree.h"
#include "geo/base/fail.h"

/* The people of a made-up city: who they are, where they belong, what they can do, and
 * of those on duty where they stand. Person number n is the same for the same seed and
 * size, whoever makes her. They are made in chunks, each in a transaction of its own
 * that also remembers it, by PRETEND_PEOPLE_HANDS connections at a time; a run that
 * was cut off is gone on with. */
enum { PRETEND_PEOPLE_HANDS = 2, PRETEND_PEOPLE_CHUNK = 5000, PRETEND_PEOPLE_MAX = 2000000 };

struct pretend_people_wish {
    const char *database;
    const struct personal *personal;
    const struct pretend_tree *tree;
    int32_t people;
    int32_t on_duty; /* exactly, at most `people` */
    uint64_t seed;
    void (*progress)(void *self, int32_t done, int32_t of); /* chunks; any thread, one at a time */
    void *self;
};

bool pretend_people_make(const struct pretend_people_wish *wish, struct ids *ids, int32_t *made,
                         struct fail *f);

#endif
