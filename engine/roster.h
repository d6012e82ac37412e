#ifndef ENGINE_ROSTER_H
#define ENGINE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/point.h"

/* People by id (a hash of slots) and by place (a grid of lists): the tables of
 * engine/live, which sees to it that nobody reads while they are being changed. */
enum { ROSTER_NOBODY = -1 };

struct roster_slot {
    int64_t person_id; /* 0: free */
    char *name;        /* in one piece of memory with `further`, which begins it */
    uint64_t skills;
    int64_t fix_us;
    int64_t received_us;
    struct point_e7 at;
    int32_t accuracy_dm;
    int32_t speed_cms;
    int32_t next; /* in the cell's list; in the list of free slots */
    int32_t before;
    int64_t org_id;      /* her home */
    int64_t *further;    /* the other organisations, and behind them the name */
    int64_t incident_id; /* that has taken her; 0: she is free */
    uint64_t taken_turn; /* when that last changed, as engine/live counts */
    int16_t birth_year;
    uint8_t further_count;
    uint8_t bars; /* bits of engine/able that no other field tells */
    uint8_t roles;
    uint8_t crew;
    uint8_t mode;
    uint8_t flags; /* of the fix, and what is doubted since: bits of enum live_flag */
    bool on_duty;
    bool is_placed; /* has a fix, and stands in a cell */
};

struct roster_cell {
    int32_t first; /* slot, or ROSTER_NOBODY */
    uint64_t version;
};

struct roster {
    struct roster_slot *slots;
    int32_t slot_room;
    int32_t slot_count; /* ever used */
    int32_t free_slot;
    int32_t person_count;
    int32_t placed_count;
    int32_t *table; /* slot by hash of the id */
    uint32_t table_mask;
    struct roster_cell *cells;
    uint64_t version; /* of the newest change */
};

/* Versions count up from `version`. */
void roster_start(struct roster *r, uint64_t version);
void roster_end(struct roster *r);

/* The slot of a person, or ROSTER_NOBODY. */
int32_t roster_find(const struct roster *r, int64_t person_id);

/* Adds someone who is not there yet; there must be room. */
int32_t roster_add(struct roster *r, int64_t person_id);
void roster_remove(struct roster *r, int32_t slot);

/* Puts the person there, takes her from where she is, or marks that she changed
 * there. */
void roster_place(struct roster *r, int32_t slot, struct point_e7 at);
void roster_lift(struct roster *r, int32_t slot);
void roster_mark(struct roster *r, int32_t slot);

/* Larger tables with everyone in them, built without changing what readers read.
 * roster_exchange puts them in place; the old ones are then in `room`, to be
 * given back with roster_give_back. */
struct roster_room {
    struct roster_slot *slots;
    int32_t slot_room;
    int32_t *table;
    uint32_t table_mask;
};

bool roster_has_room(const struct roster *r, int32_t more);
struct roster_room roster_grown(const struct roster *r);
void roster_exchange(struct roster *r, struct roster_room *room);
void roster_give_back(struct roster_room *room);

/* The cells that touch a box, each once: number 0 to count - 1. Their lists may
 * hold people outside the box too. */
struct roster_cells {
    uint32_t west, south, across, up;
    uint32_t count;
};

struct roster_cells roster_cells_of(struct point_e7 south_west, struct point_e7 north_east);
const struct roster_cell *roster_cell(const struct roster *r, const struct roster_cells *cells,
                                      uint32_t number);

/* Zeroed memory; never NULL. */
__attribute__((returns_nonnull, malloc)) void *roster_memory(size_t count, size_t size);

#endif
