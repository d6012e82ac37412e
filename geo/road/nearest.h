#ifndef GEO_ROAD_NEAREST_H
#define GEO_ROAD_NEAREST_H

#include "geo/road/crowd.h"
#include "geo/road/roads.h"
#include "geo/road/snap.h"

/* The k people who can be at a place first, by road, each by her own mode: exact, equal
 * to a plain Dijkstra from every person, ties by id; with people on edges and partial
 * edges at both ends.
 *
 * Found in one of two ways, whichever will probably take less. Where many pass the
 * filter, a Dijkstra backwards from the place meets them soon (geo/road/wave; Papadias et
 * al., Query Processing in Spatial Network Databases, VLDB 2003, section 5.2, "INE").
 * Where few do, they are listed, and the labels tell how far each of them is
 * (geo/road/aim). A search that takes longer than it was thought to goes on in the other
 * way, so it never takes much more than twice the better one. */
enum { NEAREST_K_MAX = 1000 };
#define NEAREST_UNMEASURED UINT32_MAX

enum nearest_way {
    NEAREST_CHEAPER, /* whichever will take less */
    NEAREST_WAVE,    /* for tests and bars: this one, */
    NEAREST_LIST,    /* or this */
};

/* Ids, ascending. */
struct nearest_ids {
    const int64_t *ids;
    int32_t count;
};

bool nearest_has(const struct nearest_ids *in, int64_t id);

struct nearest_wish {
    struct point place;
    int32_t k;
    uint32_t modes;                 /* bit 1 << mode; 0 means every mode */
    uint64_t skills_all;            /* only people who have all of these */
    uint32_t groups_any;            /* and any of these; 0: whatever */
    const struct nearest_ids *only; /* and are one of these; NULL: whoever */
    uint32_t limit_ms;              /* nobody farther than this; 0 means no limit */
    bool unavailable;               /* those who are not available, too */
    /* By how much later than from where she stands someone may come, milliseconds; NULL:
     * nobody. It counts as if it were on the way, for the limit, too. Asked as accept. */
    uint32_t (*delay_ms)(const void *self, const struct crowd_person *person);
    /* Whom else to leave out; NULL: nobody. Asked about everyone who comes into
     * question, before she counts, in no particular order and perhaps twice; the
     * answer must be the same for the whole of a search. What the crowd knows by itself
     * should be asked for above: those whom this leaves out are looked at one by one. */
    bool (*accept)(const void *self, const struct crowd_person *person);
    const void *self;
    enum nearest_way way;
    bool measures;        /* how long the ways are, as far as that is known without looking */
    uint32_t effort_most; /* gives up what will take longer than so many microseconds; 0: never */
};

struct nearest_hit {
    struct crowd_person person;
    uint32_t cost_ms;  /* by road, from where she stands */
    uint32_t delay_ms; /* may come on top */
    /* Of a way of that cost; NEAREST_UNMEASURED of whom the labels found, or unasked. */
    uint32_t length_cm;
    struct spot place; /* where the place lies on this person's streets */
};

struct nearest_answer {
    int32_t count;
    struct nearest_hit *hits; /* ascending by (cost_ms + delay_ms, person_id); in the arena */
    int32_t settled;          /* nodes settled, for metrics */
    int32_t listed;           /* people listed one by one, for metrics */
    bool gave_up;             /* and the hits are not to be believed */
};

/* Scratch space of one thread, grown to the network on first use. */
struct nearest_room;
struct nearest_room *nearest_room_new(void);
void nearest_room_free(struct nearest_room *room);

/* False with NO_STREET_NEAR when no wanted mode has a street near the place. */
bool nearest_find(const struct roads *r, const struct snap_index *index, const struct crowd *c,
                  const struct nearest_wish *wish, struct nearest_room *room, struct arena *a,
                  struct nearest_answer *out, struct fail *f);

/* The same for a place that is known on the streets of each wanted mode: wish->place is
 * not looked at, and every bit of wish->modes has its spot. */
void nearest_at(const struct roads *r, const struct crowd *c, const struct nearest_wish *wish,
                const struct spot spots[MODE_COUNT], struct nearest_room *room, struct arena *a,
                struct nearest_answer *out);

#endif
