#ifndef GEO_COVER_STANDING_H
#define GEO_COVER_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/road/network.h"

/* Who stands on which segment: by id, and side by side. The tables of geo/cover/within. */
enum { STANDING_NOBODY = -1 };

struct standing_person {
    int64_t person_id; /* 0: the slot is free, and `next` the next free one */
    struct spot spot;
    enum mode mode;
    int32_t before, next; /* on the same segment; or STANDING_NOBODY */
    uint32_t round;       /* the caller's */
};

struct standing {
    struct standing_person *people; /* by slot */
    int32_t room, count, free_slot;
    int32_t segment_count;
    int32_t *first_on; /* by segment: the first who stands there */
    int32_t *table;    /* slots by a hash of the id */
    uint32_t table_mask;
};

void standing_start(struct standing *s, int32_t segment_count);
void standing_end(struct standing *s);

/* Her slot, or STANDING_NOBODY. */
int32_t standing_find(const struct standing *s, int64_t person_id);

/* Somebody who is not there yet; her slot. It is the one that was left last: who undoes
 * what was done, backwards, gives everybody the slot she had. */
int32_t standing_enter(struct standing *s, int64_t person_id, enum mode mode, struct spot spot);
void standing_leave(struct standing *s, int32_t slot);

size_t standing_bytes(const struct standing *s);

#endif
