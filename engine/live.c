/* People by id (a hash of slots), by place (a grid of lists) and by street (the
 * crowd of geo/road).
 *
 * Two locks. `writing` lets one thread change things at a time, and whoever has
 * it may read everything without more ado; `lock` keeps readers out for the
 * moment of each change. What takes long (snapping, growing, a new city) is
 * done beside, under `writing` or under nothing, and only exchanged under
 * `lock`: that is how a reader's wait stays under a millisecond. */
#include "engine/live.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"

enum {
    CHUNK = 128, /* people changed in one go: some ten microseconds */
    SLOTS_START = 1024,
    NOBODY = -1,
    CELL_SHIFT = 17,   /* a cell is 2^17 e-7 degrees wide, about a kilometre */
    CELLS_ACROSS = 256 /* the grid is a torus: farther apart, cells share a list */
};

struct slot {
    int64_t person_id; /* 0: free */
    char *name;
    uint64_t skills;
    int64_t fix_us;
    int64_t received_us;
    struct point_e7 at;
    int32_t accuracy_dm;
    int32_t speed_cms;
    int32_t next; /* in the cell's list; in the list of free slots */
    int32_t before;
    uint8_t mode;
    bool on_duty;
    bool has_fix;
};

struct cell {
    int32_t first;
    uint64_t version;
};

/* Ids of people who changed while a new city is being settled. */
struct touched {
    int64_t *ids;
    size_t count;
    size_t room;
};

struct live {
    pthread_rwlock_t lock;   /* guards everything below against readers */
    pthread_mutex_t writing; /* held by whoever changes anything below */
    struct slot *slots;
    int32_t slot_room;
    int32_t slot_count; /* ever used */
    int32_t free_slot;
    int32_t person_count;
    int32_t placed_count;
    int32_t *table; /* slot by hash of the id, NOBODY when empty */
    uint32_t table_mask;
    struct cell *cells;
    uint64_t version;
    const struct world *world;
    struct crowd *crowd;
    bool settling;
    struct touched touched;
};

static void *room_for(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory) {
        fprintf(stderr, "out of memory: %zu times %zu bytes\n", count, size);
        abort();
    }
    return memory;
}

/* Versions begin at the time in microseconds: there are never a million changes
 * a second, so a process that starts later begins above all that were seen. */
struct live *live_new(void)
{
    struct live *l = room_for(1, sizeof *l);
    pthread_rwlockattr_t fair;

    /* A stream of readers must not keep the writer out for ever. */
    pthread_rwlockattr_init(&fair);
    pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&l->lock, &fair);
    pthread_rwlockattr_destroy(&fair);
    pthread_mutex_init(&l->writing, NULL);
    l->slot_room = SLOTS_START;
    l->slots = room_for(SLOTS_START, sizeof *l->slots);
    l->free_slot = NOBODY;
    l->table_mask = 2 * SLOTS_START - 1;
    l->table = room_for(2 * SLOTS_START, sizeof *l->table);
    memset(l->table, 0xFF, (size_t)2 * SLOTS_START * sizeof *l->table);
    l->cells = room_for((size_t)CELLS_ACROSS * CELLS_ACROSS, sizeof *l->cells);
    l->version = (uint64_t)clock_wall_us();
    for (int32_t i = 0; i < CELLS_ACROSS * CELLS_ACROSS; i++)
        l->cells[i] = (struct cell){ NOBODY, l->version };
    return l;
}

void live_free(struct live *l)
{
    if (!l)
        return;
    for (int32_t i = 0; i < l->slot_count; i++)
        free(l->slots[i].name);
    crowd_free(l->crowd);
    world_drop(l->world);
    free(l->touched.ids);
    free(l->slots);
    free(l->table);
    free(l->cells);
    pthread_rwlock_destroy(&l->lock);
    pthread_mutex_destroy(&l->writing);
    free(l);
}

/* ------------------------------------------------------------------ by id */

static uint32_t hash(int64_t person_id)
{
    uint64_t h = (uint64_t)person_id * 0x9E3779B97F4A7C15u;

    return (uint32_t)(h >> 32);
}

static int32_t find(const struct live *l, int64_t person_id)
{
    for (uint32_t i = hash(person_id);; i++) {
        const int32_t slot = l->table[i & l->table_mask];

        if (slot == NOBODY || l->slots[slot].person_id == person_id)
            return slot;
    }
}

static void enter(int32_t *table, uint32_t mask, int64_t person_id, int32_t slot)
{
    uint32_t i = hash(person_id);

    while (table[i & mask] != NOBODY)
        i++;
    table[i & mask] = slot;
}

/* Twice the room, built beside what the readers read. */
static void grow(struct live *l)
{
    const int32_t room = 2 * l->slot_room;
    const uint32_t mask = 2 * (uint32_t)room - 1;
    struct slot *slots = room_for((size_t)room, sizeof *slots);
    int32_t *table = room_for(2 * (size_t)room, sizeof *table);

    memcpy(slots, l->slots, (size_t)l->slot_count * sizeof *slots);
    memset(table, 0xFF, 2 * (size_t)room * sizeof *table);
    for (int32_t i = 0; i < l->slot_count; i++)
        if (slots[i].person_id)
            enter(table, mask, slots[i].person_id, i);

    struct slot *old_slots = l->slots;
    int32_t *old_table = l->table;

    pthread_rwlock_wrlock(&l->lock);
    l->slots = slots;
    l->slot_room = room;
    l->table = table;
    l->table_mask = mask;
    pthread_rwlock_unlock(&l->lock);
    free(old_slots);
    free(old_table);
}

/* Room for a whole chunk, so that no growth happens under `lock`. */
static void grow_for_chunk(struct live *l)
{
    while (l->slot_room - l->slot_count < CHUNK)
        grow(l);
}

static int32_t slot_new(struct live *l, int64_t person_id)
{
    int32_t slot = l->free_slot;

    if (slot != NOBODY) {
        l->free_slot = l->slots[slot].next;
    } else {
        assert(l->slot_count < l->slot_room);
        slot = l->slot_count++;
    }
    l->slots[slot] = (struct slot){ .person_id = person_id, .next = NOBODY, .before = NOBODY };
    enter(l->table, l->table_mask, person_id, slot);
    l->person_count++;
    return slot;
}

/* Open addressing without tombstones: the run behind the gap is entered anew. */
static void leave_table(struct live *l, int64_t person_id)
{
    uint32_t i = hash(person_id);

    while (l->slots[l->table[i & l->table_mask]].person_id != person_id)
        i++;
    l->table[i & l->table_mask] = NOBODY;
    for (i++; l->table[i & l->table_mask] != NOBODY; i++) {
        const int32_t moved = l->table[i & l->table_mask];

        l->table[i & l->table_mask] = NOBODY;
        enter(l->table, l->table_mask, l->slots[moved].person_id, moved);
    }
}

/* ------------------------------------------------------------------ by place */

/* Where a coordinate's cell is, counted from the south-western end of int32. */
static uint32_t cell_of(int32_t e7)
{
    return ((uint32_t)e7 ^ 0x80000000u) >> CELL_SHIFT;
}

static struct cell *cell_at(const struct live *l, uint32_t x, uint32_t y)
{
    return &l->cells[(y % CELLS_ACROSS) * CELLS_ACROSS + x % CELLS_ACROSS];
}

static struct cell *cell_around(const struct live *l, struct point_e7 p)
{
    return cell_at(l, cell_of(p.lon), cell_of(p.lat));
}

static void leave_cell(struct live *l, int32_t slot)
{
    struct slot *s = &l->slots[slot];
    struct cell *cell = cell_around(l, s->at);

    if (s->before == NOBODY)
        cell->first = s->next;
    else
        l->slots[s->before].next = s->next;
    if (s->next != NOBODY)
        l->slots[s->next].before = s->before;
    s->next = s->before = NOBODY;
    cell->version = ++l->version;
    l->placed_count--;
}

static void enter_cell(struct live *l, int32_t slot)
{
    struct slot *s = &l->slots[slot];
    struct cell *cell = cell_around(l, s->at);

    s->before = NOBODY;
    s->next = cell->first;
    if (s->next != NOBODY)
        l->slots[s->next].before = slot;
    cell->first = slot;
    cell->version = ++l->version;
    l->placed_count++;
}

struct cells {
    uint32_t west, south;
    uint32_t across, up; /* each at most once around the torus */
};

static struct cells cells_of(struct point_e7 south_west, struct point_e7 north_east)
{
    const uint32_t west = cell_of(south_west.lon);
    const uint32_t south = cell_of(south_west.lat);
    uint32_t across = 0;
    uint32_t up = 0;

    if (south_west.lon <= north_east.lon && south_west.lat <= north_east.lat) {
        across = cell_of(north_east.lon) - west + 1;
        up = cell_of(north_east.lat) - south + 1;
    }
    return (struct cells){ west, south, across < CELLS_ACROSS ? across : CELLS_ACROSS,
                           up < CELLS_ACROSS ? up : CELLS_ACROSS };
}

/* ------------------------------------------------------------------ reading */

void live_read(struct live *l)
{
    pthread_rwlock_rdlock(&l->lock);
}

void live_read_end(struct live *l)
{
    pthread_rwlock_unlock(&l->lock);
}

const struct world *live_world(const struct live *l)
{
    return l->world;
}

const struct crowd *live_crowd(const struct live *l)
{
    return l->crowd;
}

static void describe(const struct live *l, const struct slot *s, struct live_person *out)
{
    struct crowd_person stand;

    *out = (struct live_person){ .person_id = s->person_id,
                                 .name = s->name,
                                 .mode = (enum mode)s->mode,
                                 .skills = s->skills,
                                 .on_duty = s->on_duty,
                                 .has_fix = s->has_fix };
    if (!s->has_fix)
        return;
    out->fix = (struct live_fix){ .person_id = s->person_id,
                                  .at = s->at,
                                  .accuracy_dm = s->accuracy_dm,
                                  .speed_cms = s->speed_cms,
                                  .fix_us = s->fix_us,
                                  .received_us = s->received_us };
    if (l->crowd && crowd_get(l->crowd, s->person_id, &stand)) {
        out->fix.snapped_in = l->world->version;
        out->fix.snapped_for = stand.mode;
        out->fix.on_street = true;
        out->fix.spot = stand.spot;
    }
}

bool live_get(const struct live *l, int64_t person_id, struct live_person *out)
{
    const int32_t slot = find(l, person_id);

    if (slot == NOBODY)
        return false;
    describe(l, &l->slots[slot], out);
    return true;
}

void live_each_in_box(const struct live *l, struct point_e7 south_west, struct point_e7 north_east,
                      void (*visit)(void *self, const struct live_person *person), void *self)
{
    const struct cells box = cells_of(south_west, north_east);

    for (uint32_t i = 0; i < box.across * box.up; i++) {
        int32_t slot = cell_at(l, box.west + i % box.across, box.south + i / box.across)->first;

        for (; slot != NOBODY; slot = l->slots[slot].next) {
            const struct slot *s = &l->slots[slot];
            struct live_person person;

            if (s->at.lon < south_west.lon || s->at.lon > north_east.lon ||
                s->at.lat < south_west.lat || s->at.lat > north_east.lat)
                continue;
            describe(l, s, &person);
            visit(self, &person);
        }
    }
}

uint64_t live_box_version(const struct live *l, struct point_e7 south_west,
                          struct point_e7 north_east)
{
    const struct cells box = cells_of(south_west, north_east);
    uint64_t newest = 0;

    for (uint32_t i = 0; i < box.across * box.up; i++) {
        const struct cell *cell = cell_at(l, box.west + i % box.across, box.south + i / box.across);

        newest = cell->version > newest ? cell->version : newest;
    }
    return newest;
}

int32_t live_count(const struct live *l)
{
    return l->person_count;
}

int32_t live_placed_count(const struct live *l)
{
    return l->placed_count;
}

/* ------------------------------------------------------------------ on the streets */

static void snap_fix(const struct world *w, enum mode mode, struct live_fix *fix)
{
    struct snap snap;
    struct fail why;

    fix->snapped_in = w->version;
    fix->snapped_for = mode;
    fix->on_street = snap_to(w->streets, mode, point_from_e7(fix->at), &snap, &why);
    if (fix->on_street)
        fix->spot = snap.spot;
}

static void stand(struct crowd *crowd, const struct slot *s, const struct live_fix *fix)
{
    if (!fix->on_street) {
        crowd_remove(crowd, s->person_id);
        return;
    }
    crowd_put(crowd, &(struct crowd_person){ .person_id = s->person_id,
                                             .spot = fix->spot,
                                             .mode = (enum mode)s->mode,
                                             .available = s->on_duty,
                                             .skills = s->skills });
}

void live_snap(struct live *l, struct live_fix *fixes, int32_t count)
{
    const struct world *w;

    live_read(l);
    w = l->world ? world_hold_again(l->world) : NULL;
    for (int32_t i = 0; i < count; i++) {
        const int32_t slot = find(l, fixes[i].person_id);

        fixes[i].snapped_in = 0;
        fixes[i].snapped_for = slot == NOBODY ? MODE_COUNT : (enum mode)l->slots[slot].mode;
    }
    live_read_end(l);
    for (int32_t i = 0; w && i < count; i++)
        if (fixes[i].snapped_for != MODE_COUNT)
            snap_fix(w, fixes[i].snapped_for, &fixes[i]);
    world_drop(w);
}

/* The snap is trusted when it was made on these streets for this mode; a change
 * of either in between is rare enough to snap again under the lock. */
static void place_on_street(struct live *l, const struct slot *s, const struct live_fix *fix)
{
    struct live_fix snapped = *fix;

    if (!l->world)
        return;
    if (fix->snapped_in != l->world->version || fix->snapped_for != (enum mode)s->mode)
        snap_fix(l->world, (enum mode)s->mode, &snapped);
    stand(l->crowd, s, &snapped);
}

/* ------------------------------------------------------------------ changing */

static void begin_change(struct live *l)
{
    pthread_rwlock_wrlock(&l->lock);
}

static void end_change(struct live *l)
{
    pthread_rwlock_unlock(&l->lock);
}

static void touch(struct live *l, int64_t person_id)
{
    struct touched *t = &l->touched;

    if (!l->settling)
        return;
    if (t->count == t->room) {
        const size_t room = t->room ? 2 * t->room : CHUNK;
        int64_t *ids = room_for(room, sizeof *ids);

        if (t->count > 0)
            memcpy(ids, t->ids, t->count * sizeof *ids);
        free(t->ids);
        t->ids = ids;
        t->room = room;
    }
    t->ids[t->count++] = person_id;
}

static void move(struct live *l, int32_t slot, const struct live_fix *fix)
{
    struct slot *s = &l->slots[slot];

    if (s->has_fix && fix->fix_us < s->fix_us)
        return;
    if (s->has_fix)
        leave_cell(l, slot);
    s->has_fix = true;
    s->at = fix->at;
    s->accuracy_dm = fix->accuracy_dm;
    s->speed_cms = fix->speed_cms;
    s->fix_us = fix->fix_us;
    s->received_us = fix->received_us;
    enter_cell(l, slot);
    place_on_street(l, s, fix);
    touch(l, s->person_id);
}

void live_move(struct live *l, const struct live_fix *fixes, int32_t count)
{
    pthread_mutex_lock(&l->writing);
    for (int32_t at = 0; at < count; at += CHUNK) {
        begin_change(l);
        for (int32_t i = at; i < count && i < at + CHUNK; i++) {
            const int32_t slot = find(l, fixes[i].person_id);

            if (slot != NOBODY)
                move(l, slot, &fixes[i]);
        }
        end_change(l);
    }
    pthread_mutex_unlock(&l->writing);
}

static char *name_copy(const char *name)
{
    const size_t size = strlen(name) + 1;

    return memcpy(room_for(size, 1), name, size);
}

static void know(struct live *l, const struct live_person *p, const struct live_fix *fix)
{
    int32_t slot = find(l, p->person_id);

    if (slot == NOBODY)
        slot = slot_new(l, p->person_id);

    struct slot *s = &l->slots[slot];
    const bool is_moved = p->has_fix && !(s->has_fix && fix->fix_us < s->fix_us);
    char *name = name_copy(p->name);

    free(s->name);
    s->name = name;
    s->mode = (uint8_t)p->mode;
    s->skills = p->skills;
    s->on_duty = p->on_duty;
    if (is_moved) {
        move(l, slot, fix);
    } else if (s->has_fix) {
        struct live_fix same = { .person_id = s->person_id, .at = s->at };

        place_on_street(l, s, &same);
        cell_around(l, s->at)->version = ++l->version;
        touch(l, s->person_id);
    }
}

/* Snapped beforehand for the mode they come with; place_on_street does it again
 * where that has become wrong. */
static void snap_known(const struct live *l, const struct live_person *people, int32_t count,
                       struct live_fix *fixes)
{
    for (int32_t i = 0; i < count; i++) {
        fixes[i] = people[i].fix;
        fixes[i].person_id = people[i].person_id;
        fixes[i].snapped_in = 0;
        if (people[i].has_fix && l->world)
            snap_fix(l->world, people[i].mode, &fixes[i]);
    }
}

void live_know(struct live *l, const struct live_person *people, int32_t count)
{
    struct live_fix fixes[CHUNK];

    pthread_mutex_lock(&l->writing);
    for (int32_t at = 0; at < count; at += CHUNK) {
        const int32_t part = count - at < CHUNK ? count - at : CHUNK;

        grow_for_chunk(l);
        snap_known(l, people + at, part, fixes);
        begin_change(l);
        for (int32_t i = 0; i < part; i++)
            know(l, &people[at + i], &fixes[i]);
        end_change(l);
    }
    pthread_mutex_unlock(&l->writing);
}

void live_forget(struct live *l, int64_t person_id)
{
    pthread_mutex_lock(&l->writing);
    begin_change(l);

    const int32_t slot = find(l, person_id);

    if (slot != NOBODY) {
        struct slot *s = &l->slots[slot];

        if (s->has_fix)
            leave_cell(l, slot);
        if (l->crowd)
            crowd_remove(l->crowd, person_id);
        touch(l, person_id);
        leave_table(l, person_id);
        free(s->name);
        *s = (struct slot){ .next = l->free_slot, .before = NOBODY };
        l->free_slot = slot;
        l->person_count--;
    }
    end_change(l);
    pthread_mutex_unlock(&l->writing);
}

/* ------------------------------------------------------------------ another city */

/* Puts one person, as she is now, onto the streets of the coming world. */
static void settle_one(struct live *l, const struct world *w, struct crowd *crowd,
                       int64_t person_id)
{
    struct slot s = { 0 };
    struct live_fix fix = { 0 };

    live_read(l);
    const int32_t slot = find(l, person_id);

    if (slot != NOBODY)
        s = l->slots[slot];
    live_read_end(l);
    if (slot == NOBODY || !s.has_fix) {
        crowd_remove(crowd, person_id);
        return;
    }
    fix.at = s.at;
    snap_fix(w, (enum mode)s.mode, &fix);
    stand(crowd, &s, &fix);
}

/* Takes the list of whoever changed since it was last taken; when it is short,
 * `writing` stays held, so that nobody can be added any more. */
static bool take_touched(struct live *l, struct touched *out)
{
    pthread_mutex_lock(&l->writing);
    *out = l->touched;
    l->touched = (struct touched){ 0 };

    const bool is_last = out->count <= CHUNK;

    if (!is_last)
        pthread_mutex_unlock(&l->writing);
    return is_last;
}

static void start_settling(struct live *l, struct touched *everyone)
{
    pthread_mutex_lock(&l->writing);
    l->settling = true;
    everyone->ids = room_for((size_t)l->person_count + 1, sizeof *everyone->ids);
    for (int32_t i = 0; i < l->slot_count; i++)
        if (l->slots[i].person_id)
            everyone->ids[everyone->count++] = l->slots[i].person_id;
    pthread_mutex_unlock(&l->writing);
}

void live_settle(struct live *l, const struct world *w)
{
    struct crowd *crowd = crowd_new(w->network);
    struct touched batch = { 0 };
    bool is_last = false;

    start_settling(l, &batch);
    for (;;) {
        for (size_t i = 0; i < batch.count; i++)
            settle_one(l, w, crowd, batch.ids[i]);
        free(batch.ids);
        if (is_last)
            break;
        is_last = take_touched(l, &batch);
    }
    struct crowd *old_crowd = l->crowd;
    const struct world *old_world = l->world;

    l->settling = false;
    begin_change(l);
    l->crowd = crowd;
    l->world = world_hold_again(w);
    end_change(l);
    pthread_mutex_unlock(&l->writing);
    crowd_free(old_crowd);
    world_drop(old_world);
}
