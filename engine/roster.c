/* Slots never move while their person is known, so lists and tables name people
 * by slot. The grid has a fixed number of cells, laid around as a torus: people
 * who report from outside the city cannot make it grow, they only share lists. */
#include "engine/roster.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_START = 1024,
    CELL_SHIFT = 17,   /* a cell is 2^17 e-7 degrees wide, about a kilometre */
    CELLS_ACROSS = 256 /* cells that far apart share a list */
};

void *roster_memory(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory) {
        fprintf(stderr, "out of memory: %zu times %zu bytes\n", count, size);
        abort();
    }
    return memory;
}

static int32_t *table_new(uint32_t mask)
{
    const size_t count = (size_t)mask + 1;
    int32_t *table = roster_memory(count, sizeof *table);

    memset(table, 0xFF, count * sizeof *table); /* ROSTER_NOBODY everywhere */
    return table;
}

void roster_start(struct roster *r, uint64_t version)
{
    *r = (struct roster){ .slot_room = SLOTS_START,
                          .free_slot = ROSTER_NOBODY,
                          .table_mask = 2 * SLOTS_START - 1,
                          .version = version };
    r->slots = roster_memory(SLOTS_START, sizeof *r->slots);
    r->table = table_new(r->table_mask);
    r->cells = roster_memory((size_t)CELLS_ACROSS * CELLS_ACROSS, sizeof *r->cells);
    for (int32_t i = 0; i < CELLS_ACROSS * CELLS_ACROSS; i++)
        r->cells[i] = (struct roster_cell){ ROSTER_NOBODY, version };
}

void roster_end(struct roster *r)
{
    for (int32_t i = 0; i < r->slot_count; i++)
        free(r->slots[i].further);
    free(r->slots);
    free(r->table);
    free(r->cells);
}

/* ------------------------------------------------------------------ by id */

static uint32_t hash(int64_t person_id)
{
    const uint64_t h = (uint64_t)person_id * 0x9E3779B97F4A7C15u;

    return (uint32_t)(h >> 32);
}

int32_t roster_find(const struct roster *r, int64_t person_id)
{
    for (uint32_t i = hash(person_id);; i++) {
        const int32_t slot = r->table[i & r->table_mask];

        if (slot == ROSTER_NOBODY || r->slots[slot].person_id == person_id)
            return slot;
    }
}

static void enter(int32_t *table, uint32_t mask, int64_t person_id, int32_t slot)
{
    uint32_t i = hash(person_id);

    while (table[i & mask] != ROSTER_NOBODY)
        i++;
    table[i & mask] = slot;
}

/* Open addressing without tombstones: the run behind the gap is entered anew. */
static void leave_table(struct roster *r, int64_t person_id)
{
    uint32_t i = hash(person_id);

    while (r->slots[r->table[i & r->table_mask]].person_id != person_id)
        i++;
    r->table[i & r->table_mask] = ROSTER_NOBODY;
    for (i++; r->table[i & r->table_mask] != ROSTER_NOBODY; i++) {
        const int32_t moved = r->table[i & r->table_mask];

        r->table[i & r->table_mask] = ROSTER_NOBODY;
        enter(r->table, r->table_mask, r->slots[moved].person_id, moved);
    }
}

bool roster_has_room(const struct roster *r, int32_t more)
{
    return r->slot_room - r->slot_count >= more;
}

struct roster_room roster_grown(const struct roster *r)
{
    struct roster_room room = { .slot_room = 2 * r->slot_room,
                                .table_mask = 4 * (uint32_t)r->slot_room - 1 };

    room.slots = roster_memory((size_t)room.slot_room, sizeof *room.slots);
    room.table = table_new(room.table_mask);
    memcpy(room.slots, r->slots, (size_t)r->slot_count * sizeof *room.slots);
    for (int32_t i = 0; i < r->slot_count; i++)
        if (room.slots[i].person_id)
            enter(room.table, room.table_mask, room.slots[i].person_id, i);
    return room;
}

void roster_exchange(struct roster *r, struct roster_room *room)
{
    const struct roster_room old = { r->slots, r->slot_room, r->table, r->table_mask };

    r->slots = room->slots;
    r->slot_room = room->slot_room;
    r->table = room->table;
    r->table_mask = room->table_mask;
    *room = old;
}

void roster_give_back(struct roster_room *room)
{
    free(room->slots);
    free(room->table);
}

int32_t roster_add(struct roster *r, int64_t person_id)
{
    int32_t slot = r->free_slot;

    if (slot != ROSTER_NOBODY) {
        r->free_slot = r->slots[slot].next;
    } else {
        assert(r->slot_count < r->slot_room);
        slot = r->slot_count++;
    }
    r->slots[slot] = (struct roster_slot){ .person_id = person_id,
                                           .next = ROSTER_NOBODY,
                                           .before = ROSTER_NOBODY };
    enter(r->table, r->table_mask, person_id, slot);
    r->person_count++;
    return slot;
}

/* ------------------------------------------------------------------ by place */

/* Where a coordinate's cell is, counted from the south-western end of int32. */
static uint32_t cell_of(int32_t e7)
{
    return ((uint32_t)e7 ^ 0x80000000u) >> CELL_SHIFT;
}

static struct roster_cell *cell_at(const struct roster *r, uint32_t x, uint32_t y)
{
    return &r->cells[(y % CELLS_ACROSS) * CELLS_ACROSS + x % CELLS_ACROSS];
}

static struct roster_cell *cell_around(const struct roster *r, struct point_e7 p)
{
    return cell_at(r, cell_of(p.lon), cell_of(p.lat));
}

static void leave_cell(struct roster *r, int32_t slot)
{
    struct roster_slot *s = &r->slots[slot];
    struct roster_cell *cell = cell_around(r, s->at);

    if (s->before == ROSTER_NOBODY)
        cell->first = s->next;
    else
        r->slots[s->before].next = s->next;
    if (s->next != ROSTER_NOBODY)
        r->slots[s->next].before = s->before;
    s->next = s->before = ROSTER_NOBODY;
    cell->version = ++r->version;
    r->placed_count--;
}

void roster_place(struct roster *r, int32_t slot, struct point_e7 at)
{
    struct roster_slot *s = &r->slots[slot];

    if (s->is_placed)
        leave_cell(r, slot);
    s->is_placed = true;
    s->at = at;

    struct roster_cell *cell = cell_around(r, at);

    s->next = cell->first;
    if (s->next != ROSTER_NOBODY)
        r->slots[s->next].before = slot;
    cell->first = slot;
    cell->version = ++r->version;
    r->placed_count++;
}

void roster_lift(struct roster *r, int32_t slot)
{
    if (r->slots[slot].is_placed)
        leave_cell(r, slot);
    r->slots[slot].is_placed = false;
}

void roster_mark(struct roster *r, int32_t slot)
{
    if (r->slots[slot].is_placed)
        cell_around(r, r->slots[slot].at)->version = ++r->version;
}

void roster_remove(struct roster *r, int32_t slot)
{
    struct roster_slot *s = &r->slots[slot];

    roster_lift(r, slot);
    leave_table(r, s->person_id);
    free(s->further);
    *s = (struct roster_slot){ .next = r->free_slot, .before = ROSTER_NOBODY };
    r->free_slot = slot;
    r->person_count--;
}

struct roster_cells roster_cells_of(struct point_e7 south_west, struct point_e7 north_east)
{
    struct roster_cells cells = { .west = cell_of(south_west.lon),
                                  .south = cell_of(south_west.lat) };

    if (south_west.lon > north_east.lon || south_west.lat > north_east.lat)
        return cells;
    cells.across = cell_of(north_east.lon) - cells.west + 1;
    cells.up = cell_of(north_east.lat) - cells.south + 1;
    if (cells.across > CELLS_ACROSS)
        cells.across = CELLS_ACROSS;
    if (cells.up > CELLS_ACROSS)
        cells.up = CELLS_ACROSS;
    cells.count = cells.across * cells.up;
    return cells;
}

const struct roster_cell *roster_cell(const struct roster *r, const struct roster_cells *cells,
                                      uint32_t number)
{
    return cell_at(r, cells->west + number % cells->across, cells->south + number / cells->across);
}
