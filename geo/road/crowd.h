#ifndef GEO_ROAD_CROWD_H
#define GEO_ROAD_CROWD_H

#include "geo/road/network.h"

/* People on the streets: who stands on which segment, and who of them has what, for
 * finding the nearest. A plain data structure: the caller sees to it that nobody reads
 * while it is being changed.
 *
 * Three views of the same people, each changed with every move. By id: a slot. By
 * segment: those who stand on it side by side in memory, each in 16 bytes that hold all
 * a search asks. By property: of each skill, group and mode, and of being available, a
 * bitmap of slots and a count, so that whoever has a rare combination is listed without
 * looking at the others, and how many pass a filter is known well enough beforehand.
 *
 * 24 bytes a person and 16 to 32 where she stands, 8 to 16 to find her by id, one bit for
 * each property that anybody has; 16 a segment. Room doubles as people come and is kept
 * when they go. */
struct crowd;

/* The caller checks before adding: crowd_count(c) < CROWD_PEOPLE_MAX. */
enum { CROWD_PEOPLE_MAX = 16 * 1000 * 1000, CROWD_GROUPS = 8 };

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
    uint8_t groups;  /* CROWD_GROUPS bits, of which a search asks for any */
    uint64_t skills; /* one bit each, of which it asks for all */
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

/* Her slot, or -1: it is hers until she is removed. */
int32_t crowd_find(const struct crowd *c, int64_t person_id);

/* Many who only change their places, one after the other: what the next ones need is
 * fetched meanwhile, so it is several times as fast. */
struct crowd_move {
    int32_t slot;
    struct spot spot;
};
void crowd_move(struct crowd *c, const struct crowd_move *moves, int32_t count);

/* Visits everyone on a segment. *cursor starts at -1; false after the last. */
bool crowd_next(const struct crowd *c, int32_t segment, int32_t *cursor, struct crowd_person *out);

/* ------------------------------------------------------------------ for searches */

/* Whom a search asks for. */
struct crowd_filter {
    uint64_t skills_all; /* who have all of these */
    uint32_t groups_any; /* and any of these; 0: whatever */
    bool unavailable;    /* those who are not available, too */
};

/* One of those on a segment. */
struct crowd_stand {
    uint64_t skills;
    uint32_t along_cm : 27;
    uint32_t mode : 2;
    uint32_t available : 1;
    uint32_t slot : 24;
    uint32_t groups : 8;
};

/* Those on a segment, until the next change. `skills` has all that any of them has, and
 * perhaps more; `modes` likewise. */
struct crowd_stands {
    uint64_t skills;
    const struct crowd_stand *stands;
    int32_t count;
    uint32_t modes; /* bit 1 << mode */
};

/* Of each segment; for crowd_on alone. */
struct crowd_segment {
    uint64_t skills;
    uint32_t first; /* into the places */
    uint32_t count : 24;
    uint32_t room : 5; /* the power of two for which there is room */
    uint32_t modes : 3;
};

struct crowd_view {
    const struct crowd_segment *segments;
    const struct crowd_stand *places;
};
struct crowd_view crowd_view(const struct crowd *c);

static inline struct crowd_stands crowd_on(const struct crowd_view *v, int32_t segment)
{
    const struct crowd_segment *s = &v->segments[segment];

    return (struct crowd_stands){ s->skills, v->places + s->first, (int32_t)s->count, s->modes };
}

static inline bool crowd_passes(const struct crowd_filter *f, const struct crowd_stand *s)
{
    return (s->available || f->unavailable) && (s->skills & f->skills_all) == f->skills_all &&
           (!f->groups_any || (s->groups & f->groups_any));
}

/* How many of a mode probably pass: exact for one property, else as if properties were
 * independent of each other. 0 only when it is nobody for certain. */
double crowd_expect(const struct crowd *c, const struct crowd_filter *f, enum mode mode);

/* The slots of those of a mode who pass, ascending, at most `room` of them. *from starts
 * at 0; 0 when there are no more. */
int32_t crowd_sift(const struct crowd *c, const struct crowd_filter *f, enum mode mode,
                   int32_t *from, int32_t *slots, int32_t room);

/* Who is in a slot. */
void crowd_at(const struct crowd *c, int32_t slot, struct crowd_person *out);
int64_t crowd_id(const struct crowd *c, int32_t slot);
/* Either will be asked of her soon: it comes meanwhile. */
void crowd_fetch(const struct crowd *c, int32_t slot);

/* Where those in some slots stand. */
void crowd_spots(const struct crowd *c, const int32_t *slots, int32_t count, struct spot *spots);

#endif
