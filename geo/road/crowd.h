#ifndef GEO_ROAD_CROWD_H
#define GEO_ROAD_CROWD_H

#include "geo/road/network.h"

/* People on the streets: who stands on which segment, for finding the nearest.
 * A plain data structure: the caller sees to it that nobody reads while it is
 * being changed. 40 bytes a person, 8 to 16 more to find her by id, 4 a segment;
 * room doubles as people come and is kept when they go. */
struct crowd;

/* The caller checks before adding: crowd_count(c) < CROWD_PEOPLE_MAX. */
enum { CROWD_PEOPLE_MAX = 16 * 1000 * 1000 };

/* Stands on this network for life: a new network gets a new crowd. Slots are
 * numbered from 0 and reused; a person is known by the id. */
struct crowd *crowd_new(const struct network *n);
void crowd_free(struct crowd *c);

/* Room for that many people at once, so that crowd_put need not make it: making
 * it for half a million takes some milliseconds. */
void crowd_reserve(struct crowd *c, int32_t people);

struct crowd_person {
    int64_t person_id;
    struct spot spot;
    enum mode mode;
    bool available;  /* the others are found by nearest_find only when they are asked for */
    uint64_t skills; /* one bit each */
    int32_t tag;     /* the caller's own number for her, given back as it is */
};

/* Adds the person or moves her: O(1). */
void crowd_put(struct crowd *c, const struct crowd_person *person);
/* Takes the person away; unknown ids are ignored. */
void crowd_remove(struct crowd *c, int64_t person_id);
bool crowd_get(const struct crowd *c, int64_t person_id, struct crowd_person *out);
int32_t crowd_count(const struct crowd *c);
/* Memory held, for metrics. */
size_t crowd_bytes(const struct crowd *c);

/* Visits everyone on a segment. *cursor starts at -1; false after the last. */
bool crowd_next(const struct crowd *c, int32_t segment, int32_t *cursor, struct crowd_person *out);

#endif
