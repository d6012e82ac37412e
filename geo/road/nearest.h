#ifndef GEO_ROAD_NEAREST_H
#define GEO_ROAD_NEAREST_H

#include "geo/road/crowd.h"
#include "geo/road/roads.h"
#include "geo/road/snap.h"

/* The k people who can be at a place first, by road, each by her own mode:
 * exact, equal to a plain Dijkstra from every person, ties by id. Incremental
 * Dijkstra backwards from the place, one search a mode (Papadias et al., Query
 * Processing in Spatial Network Databases, VLDB 2003, section 5.2, "INE"),
 * with people on edges and partial edges at both ends. */
enum { NEAREST_K_MAX = 1000 };

struct nearest_wish {
    struct point place;
    int32_t k;
    uint32_t modes;      /* bit 1 << mode; 0 means every mode */
    uint64_t skills_all; /* only people who have all of these */
    uint32_t limit_ms;   /* nobody farther than this; 0 means no limit */
    bool unavailable;    /* those who are not available, too */
    /* By how much later than from where she stands someone may come, milliseconds; NULL:
     * nobody. It counts as if it were on the way, for the limit, too. Asked as accept. */
    uint32_t (*delay_ms)(const void *self, const struct crowd_person *person);
    /* Whom else to leave out; NULL: nobody. Asked about everyone who comes into
     * question, before she counts, in no particular order and perhaps twice; the
     * answer must be the same for the whole of a search. */
    bool (*accept)(const void *self, const struct crowd_person *person);
    const void *self;
};

struct nearest_hit {
    struct crowd_person person;
    uint32_t cost_ms;  /* by road, from where she stands */
    uint32_t delay_ms; /* may come on top */
    struct spot place; /* where the place lies on this person's streets */
};

struct nearest_answer {
    int32_t count;
    struct nearest_hit *hits; /* ascending by (cost_ms + delay_ms, person_id); in the arena */
    int32_t settled;          /* nodes settled, for metrics */
};

/* Scratch space of one thread, grown to the network on first use. */
struct nearest_room;
struct nearest_room *nearest_room_new(void);
void nearest_room_free(struct nearest_room *room);

/* False with NO_STREET_NEAR when no wanted mode has a street near the place. */
bool nearest_find(const struct roads *r, const struct snap_index *index, const struct crowd *c,
                  const struct nearest_wish *wish, struct nearest_room *room, struct arena *a,
                  struct nearest_answer *out, struct fail *f);

#endif
