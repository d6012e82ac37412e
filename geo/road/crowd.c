/* Slots of 24 bytes, of which a table by id finds one: open addressing with linear
 * probing, at most half full, where taking one out moves the followers up (Knuth, The Art
 * of Computer Programming 3, 6.4, algorithm R).
 *
 * Those on a segment stand in a row of their own, for which there is room for a power of
 * two; the smallest row is a cache line, and most segments need no larger one. Whoever
 * leaves is replaced by the last. Rows that are given up wait, by size, to be used again.
 * What all of a row have between them is worked out anew while the row is short, and on
 * average once for each time that as many left as there is room for: so it costs no more
 * than the leaving itself. */
#include "geo/road/crowd.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/base/pages.h"
#include "geo/road/traits.h"

enum { NOBODY = -1, TABLE_FIRST = 64, LINE = 64, ROW_FIRST = 2, ROWS = 25, SHORT = 8, AHEAD = 32 };

/* The traits of a person, as geo/road/traits counts them. */
enum {
    TRAIT_GROUP = 64,
    TRAIT_MODE = TRAIT_GROUP + CROWD_GROUPS,
    TRAIT_AVAILABLE = TRAIT_MODE + 4
};

struct slot {
    int64_t person_id;
    int32_t segment; /* NOBODY while free */
    int32_t at;      /* in the segment's row; while free, the next free one */
    int32_t tag;
    uint32_t along_cm : 27;
    uint32_t mode : 2;
};

static_assert(sizeof(struct slot) == 24, "memory per person is promised");
static_assert(sizeof(struct crowd_stand) == 16, "memory per person is promised");
static_assert(sizeof(struct crowd_segment) == 16, "memory per segment is promised");
static_assert(NETWORK_LENGTH_MAX_CM < 1 << 27, "along_cm must fit its bits");
static_assert(MODE_COUNT <= 3, "mode must fit its bits");
static_assert(CROWD_PEOPLE_MAX < 1 << 24, "slots must fit their bits");
static_assert((int)TRAIT_AVAILABLE < (int)TRAITS_MAX, "there must be room for all traits");

struct crowd {
    struct arena *arena; /* holds this and the segments */
    int32_t segment_count;
    struct crowd_segment *segments;
    struct crowd_stand *places; /* the rows */
    size_t place_count, place_room;
    uint32_t free_row[ROWS]; /* by size; the next one is in the first place; 0: none */
    uint32_t leavings;
    struct buf slots;
    int32_t slot_count;
    int32_t free_slot;
    int32_t count;
    struct buf table;    /* slots by id, NOBODY where free */
    uint32_t table_size; /* a power of two */
    struct traits traits;
};

static struct slot *slot_at(const struct crowd *c, int32_t slot)
{
    return (struct slot *)(void *)c->slots.bytes + slot;
}

static int32_t *table_of(const struct crowd *c)
{
    return (void *)c->table.bytes;
}

static void table_make(struct crowd *c, uint32_t size)
{
    const size_t bytes = size * sizeof(int32_t);

    c->table = (struct buf){ 0 };
    c->table_size = size;
    memset(buf_reserve(&c->table, bytes), 0xff, bytes);
    c->table.size = bytes;
}

static void places_reserve(struct crowd *c, size_t places)
{
    size_t room = c->place_room ? c->place_room : LINE;
    struct crowd_stand *moved;

    if (places <= c->place_room)
        return;
    while (room < places)
        room *= 2;
    moved = pages_large(aligned_alloc(LINE, room * sizeof *moved), room * sizeof *moved);
    if (!moved)
        abort();
    if (c->place_count > 0)
        memcpy(moved, c->places, c->place_count * sizeof *moved);
    free(c->places);
    c->places = moved;
    c->place_room = room;
}

struct crowd *crowd_new(const struct network *n)
{
    struct arena *a = arena_new();
    struct crowd *c = arena_take(a, 1, sizeof *c);

    c->arena = a;
    c->segment_count = n->segment_count;
    c->segments = arena_take(a, (size_t)n->segment_count, sizeof *c->segments);
    c->free_slot = NOBODY;
    places_reserve(c, 1);
    c->place_count = 1 << ROW_FIRST; /* row 0 is nobody's */
    table_make(c, TABLE_FIRST);
    return c;
}

void crowd_free(struct crowd *c)
{
    if (!c)
        return;
    buf_free(&c->slots);
    buf_free(&c->table);
    free(c->places);
    traits_free(&c->traits);
    arena_free(c->arena);
}

/* The finisher of splitmix64 (Steele, Lea and Flood 2014): ids are often in a row. */
static uint32_t home_of(const struct crowd *c, int64_t person_id)
{
    uint64_t x = (uint64_t)person_id;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(x ^ (x >> 31)) & (c->table_size - 1);
}

/* Where the id is in the table, or the free place where it belongs. */
static uint32_t place_of(const struct crowd *c, int64_t person_id)
{
    const int32_t *table = table_of(c);
    uint32_t i = home_of(c, person_id);

    while (table[i] != NOBODY && slot_at(c, table[i])->person_id != person_id)
        i = (i + 1) & (c->table_size - 1);
    return i;
}

static void table_double(struct crowd *c)
{
    struct buf old = c->table;
    const int32_t *old_table = table_of(c);
    const uint32_t old_size = c->table_size;

    table_make(c, 2 * old_size);
    for (uint32_t i = 0; i < old_size; i++)
        if (old_table[i] != NOBODY)
            table_of(c)[place_of(c, slot_at(c, old_table[i])->person_id)] = old_table[i];
    buf_free(&old);
}

void crowd_reserve(struct crowd *c, int32_t people)
{
    const size_t rows = (size_t)(people < c->segment_count ? people : c->segment_count);

    assert(people >= 0 && people <= CROWD_PEOPLE_MAX);
    while (2 * (uint32_t)people > c->table_size)
        table_double(c);
    if (people > c->slot_count)
        buf_reserve(&c->slots, (size_t)(people - c->slot_count) * sizeof(struct slot));
    places_reserve(c, (rows << ROW_FIRST) + 2 * (size_t)people);
    traits_reserve(&c->traits, people);
}

static int32_t slot_new(struct crowd *c)
{
    const int32_t freed = c->free_slot;

    if (freed != NOBODY) {
        c->free_slot = slot_at(c, freed)->at;
        return freed;
    }
    assert(c->slot_count < CROWD_PEOPLE_MAX);
    buf_reserve(&c->slots, sizeof(struct slot));
    c->slots.size += sizeof(struct slot);
    traits_reserve(&c->traits, c->slot_count + 1);
    return c->slot_count++;
}

/* ------------------------------------------------------------------ rows */

static uint32_t row_new(struct crowd *c, uint32_t size)
{
    const uint32_t freed = c->free_row[size];
    const size_t first = c->place_count;

    assert(size < ROWS);
    if (freed) {
        c->free_row[size] = (uint32_t)c->places[freed].skills;
        return freed;
    }
    places_reserve(c, first + ((size_t)1 << size));
    c->place_count += (size_t)1 << size;
    return (uint32_t)first;
}

static void row_free(struct crowd *c, uint32_t first, uint32_t size)
{
    c->places[first].skills = c->free_row[size];
    c->free_row[size] = first;
}

/* A row of another size for those of a segment. */
static void row_change(struct crowd *c, struct crowd_segment *s, uint32_t size)
{
    const uint32_t old_first = s->first, old_size = s->room;
    const uint32_t first = size ? row_new(c, size) : 0;

    if (s->count > 0)
        memcpy(c->places + first, c->places + old_first, s->count * sizeof *c->places);
    if (old_size)
        row_free(c, old_first, old_size);
    s->first = first;
    s->room = size & 31u;
}

static void sum_up(const struct crowd *c, struct crowd_segment *s)
{
    uint64_t skills = 0;
    uint32_t modes = 0;

    for (uint32_t i = 0; i < s->count; i++) {
        skills |= c->places[s->first + i].skills;
        modes |= 1u << c->places[s->first + i].mode;
    }
    s->skills = skills;
    s->modes = modes & 7u;
}

static void link_up(struct crowd *c, int32_t segment, const struct crowd_stand *stand)
{
    struct crowd_segment *s = &c->segments[segment];
    struct slot *slot = slot_at(c, (int32_t)stand->slot);

    if (!s->room)
        row_change(c, s, ROW_FIRST);
    else if (s->count == UINT32_C(1) << s->room)
        row_change(c, s, s->room + 1u);
    slot->segment = segment;
    slot->at = (int32_t)s->count;
    slot->along_cm = stand->along_cm;
    slot->mode = stand->mode;
    c->places[s->first + s->count++] = *stand;
    s->skills |= stand->skills;
    s->modes = (s->modes | 1u << stand->mode) & 7u;
}

static void unlink_from(struct crowd *c, int32_t segment, int32_t at)
{
    struct crowd_segment *s = &c->segments[segment];
    struct crowd_stand *row = c->places + s->first;

    s->count--;
    if ((uint32_t)at < s->count) {
        row[at] = row[s->count];
        slot_at(c, (int32_t)row[at].slot)->at = at;
    }
    c->leavings++;
    if (s->count == 0)
        row_change(c, s, 0);
    else if (s->room > ROW_FIRST && s->count <= UINT32_C(1) << (s->room - 2))
        row_change(c, s, s->room - 1u);
    if (s->count <= SHORT || (c->leavings & ((UINT32_C(1) << s->room) - 1)) == 0)
        sum_up(c, s);
}

static struct crowd_stand *stand_of(const struct crowd *c, int32_t slot)
{
    const struct slot *s = slot_at(c, slot);

    return c->places + c->segments[s->segment].first + s->at;
}

/* ------------------------------------------------------------------ traits */

static void turn_all(struct traits *t, int32_t slot, int32_t first, uint64_t bits)
{
    for (; bits; bits &= bits - 1)
        traits_turn(t, slot, first + __builtin_ctzll(bits));
}

static uint64_t kinds_of(const struct crowd_stand *s)
{
    return (uint64_t)s->groups | (uint64_t)1 << (TRAIT_MODE - TRAIT_GROUP + (int32_t)s->mode) |
           (uint64_t)s->available << (TRAIT_AVAILABLE - TRAIT_GROUP);
}

/* From what one has to what she has then; NULL: from nothing, to nothing. */
static void turn_from(struct crowd *c, int32_t slot, const struct crowd_stand *from,
                      const struct crowd_stand *to)
{
    const uint64_t skills = (from ? from->skills : 0) ^ (to ? to->skills : 0);
    const uint64_t kinds = (from ? kinds_of(from) : 0) ^ (to ? kinds_of(to) : 0);

    turn_all(&c->traits, slot, 0, skills);
    turn_all(&c->traits, slot, TRAIT_GROUP, kinds);
}

/* ------------------------------------------------------------------ changing */

void crowd_put(struct crowd *c, const struct crowd_person *person)
{
    assert(person->spot.segment >= 0 && person->spot.segment < c->segment_count);
    assert(person->spot.along_cm <= NETWORK_LENGTH_MAX_CM && person->mode < MODE_COUNT);

    uint32_t place = place_of(c, person->person_id);
    int32_t slot = table_of(c)[place];
    struct crowd_stand stand = { .skills = person->skills,
                                 .along_cm = person->spot.along_cm & ((1u << 27) - 1),
                                 .mode = person->mode & 3u,
                                 .available = person->available,
                                 .groups = person->groups };

    if (slot == NOBODY) {
        if (2 * ((uint32_t)c->count + 1) > c->table_size) {
            table_double(c);
            place = place_of(c, person->person_id);
        }
        slot = slot_new(c);
        table_of(c)[place] = slot;
        c->count++;
        turn_from(c, slot, NULL, &stand);
    } else {
        turn_from(c, slot, stand_of(c, slot), &stand);
        unlink_from(c, slot_at(c, slot)->segment, slot_at(c, slot)->at);
    }
    stand.slot = (uint32_t)slot & ((1u << 24) - 1);
    slot_at(c, slot)->person_id = person->person_id;
    slot_at(c, slot)->tag = person->tag;
    link_up(c, person->spot.segment, &stand);
}

static void move(struct crowd *c, int32_t slot, struct spot spot)
{
    struct slot *s = slot_at(c, slot);
    struct crowd_stand stand = *stand_of(c, slot);

    assert(spot.segment >= 0 && spot.segment < c->segment_count);
    assert(spot.along_cm <= NETWORK_LENGTH_MAX_CM);
    stand.along_cm = spot.along_cm & ((1u << 27) - 1);
    if (s->segment == spot.segment) {
        s->along_cm = stand.along_cm;
        *stand_of(c, slot) = stand;
        return;
    }
    unlink_from(c, s->segment, s->at);
    link_up(c, spot.segment, &stand);
}

/* What AHEAD moves need is fetched at once, one kind after the other: the segments, the
 * rows, and whoever stands last in a row that somebody leaves. */
static void move_some(struct crowd *c, const struct crowd_move *moves, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        __builtin_prefetch(&c->segments[slot_at(c, moves[i].slot)->segment], 1);
        __builtin_prefetch(&c->segments[moves[i].spot.segment], 1);
    }
    for (int32_t i = 0; i < count; i++) {
        const struct slot *slot = slot_at(c, moves[i].slot);
        const struct crowd_segment *from = &c->segments[slot->segment];
        const struct crowd_segment *to = &c->segments[moves[i].spot.segment];

        __builtin_prefetch(&c->places[from->first + (uint32_t)slot->at], 1);
        __builtin_prefetch(&c->places[from->first + from->count - 1], 1);
        __builtin_prefetch(&c->places[to->first + to->count], 1);
    }
    for (int32_t i = 0; i < count; i++) {
        const struct crowd_segment *from = &c->segments[slot_at(c, moves[i].slot)->segment];

        __builtin_prefetch(slot_at(c, (int32_t)c->places[from->first + from->count - 1].slot), 1);
    }
    for (int32_t i = 0; i < count; i++)
        move(c, moves[i].slot, moves[i].spot);
}

void crowd_move(struct crowd *c, const struct crowd_move *moves, int32_t count)
{
    for (int32_t i = 0; i < count && i < AHEAD; i++)
        __builtin_prefetch(slot_at(c, moves[i].slot), 1);
    for (int32_t at = 0; at < count; at += AHEAD) {
        for (int32_t i = at + AHEAD; i < count && i < at + 2 * AHEAD; i++)
            __builtin_prefetch(slot_at(c, moves[i].slot), 1);
        move_some(c, moves + at, count - at < AHEAD ? count - at : AHEAD);
    }
}

/* Frees a place of the table and moves up those who only stood behind it because
 * it was taken. */
static void table_clear(struct crowd *c, uint32_t hole)
{
    const uint32_t mask = c->table_size - 1;
    int32_t *table = table_of(c);

    for (uint32_t i = (hole + 1) & mask; table[i] != NOBODY; i = (i + 1) & mask) {
        const uint32_t home = home_of(c, slot_at(c, table[i])->person_id);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            table[hole] = table[i];
            hole = i;
        }
    }
    table[hole] = NOBODY;
}

void crowd_remove(struct crowd *c, int64_t person_id)
{
    const uint32_t place = place_of(c, person_id);
    const int32_t slot = table_of(c)[place];

    if (slot == NOBODY)
        return;
    turn_from(c, slot, stand_of(c, slot), NULL);
    unlink_from(c, slot_at(c, slot)->segment, slot_at(c, slot)->at);
    table_clear(c, place);
    slot_at(c, slot)->segment = NOBODY;
    slot_at(c, slot)->at = c->free_slot;
    c->free_slot = slot;
    c->count--;
}

/* ------------------------------------------------------------------ reading */

int32_t crowd_find(const struct crowd *c, int64_t person_id)
{
    return table_of(c)[place_of(c, person_id)];
}

void crowd_at(const struct crowd *c, int32_t slot, struct crowd_person *out)
{
    const struct slot *s = slot_at(c, slot);
    const struct crowd_stand *stand = stand_of(c, slot);

    *out = (struct crowd_person){
        .person_id = s->person_id,
        .spot = { .segment = s->segment, .along_cm = s->along_cm },
        .mode = (enum mode)s->mode,
        .available = stand->available,
        .groups = (uint8_t)stand->groups,
        .skills = stand->skills,
        .tag = s->tag,
    };
}

int64_t crowd_id(const struct crowd *c, int32_t slot)
{
    return slot_at(c, slot)->person_id;
}

void crowd_fetch(const struct crowd *c, int32_t slot)
{
    __builtin_prefetch(slot_at(c, slot));
}

void crowd_spots(const struct crowd *c, const int32_t *slots, int32_t count, struct spot *spots)
{
    for (int32_t i = 0; i < count && i < AHEAD; i++)
        __builtin_prefetch(slot_at(c, slots[i]));
    for (int32_t i = 0; i < count; i++) {
        const struct slot *s = slot_at(c, slots[i]);

        if (i + AHEAD < count)
            __builtin_prefetch(slot_at(c, slots[i + AHEAD]));
        spots[i] = (struct spot){ s->segment, s->along_cm };
    }
}

bool crowd_get(const struct crowd *c, int64_t person_id, struct crowd_person *out)
{
    const int32_t slot = crowd_find(c, person_id);

    if (slot == NOBODY)
        return false;
    crowd_at(c, slot, out);
    return true;
}

int32_t crowd_count(const struct crowd *c)
{
    return c->count;
}

size_t crowd_bytes(const struct crowd *c)
{
    return (size_t)c->segment_count * sizeof *c->segments + c->place_room * sizeof *c->places +
           c->slots.room + c->table.room + traits_bytes(&c->traits);
}

bool crowd_next(const struct crowd *c, int32_t segment, int32_t *cursor, struct crowd_person *out)
{
    const struct crowd_segment *s = &c->segments[segment];
    const int32_t next = *cursor + 1;

    if ((uint32_t)next >= s->count)
        return false;
    *cursor = next;
    crowd_at(c, (int32_t)c->places[s->first + (uint32_t)next].slot, out);
    return true;
}

struct crowd_view crowd_view(const struct crowd *c)
{
    return (struct crowd_view){ c->segments, c->places };
}

/* ------------------------------------------------------------------ who passes */

double crowd_expect(const struct crowd *c, const struct crowd_filter *f, enum mode mode)
{
    const int32_t *has = c->traits.count;
    const int32_t of_mode = has[TRAIT_MODE + (int32_t)mode];
    double people = of_mode;
    double any = 0;

    if (of_mode == 0)
        return 0;
    if (!f->unavailable)
        people *= (double)has[TRAIT_AVAILABLE] / c->count;
    for (uint64_t left = f->skills_all; left; left &= left - 1)
        people *= (double)has[__builtin_ctzll(left)] / c->count;
    for (uint32_t left = f->groups_any; left; left &= left - 1)
        any += (double)has[TRAIT_GROUP + __builtin_ctz(left)] / c->count;
    return f->groups_any && any < 1 ? people * any : people;
}

int32_t crowd_sift(const struct crowd *c, const struct crowd_filter *f, enum mode mode,
                   int32_t *from, int32_t *slots, int32_t room)
{
    struct traits_wish w = { .all_count = 1, .all = { (uint8_t)(TRAIT_MODE + (int32_t)mode) } };

    for (uint64_t left = f->skills_all; left; left &= left - 1)
        w.all[w.all_count++] = (uint8_t)__builtin_ctzll(left);
    if (!f->unavailable && c->traits.count[TRAIT_AVAILABLE] < c->count)
        w.all[w.all_count++] = TRAIT_AVAILABLE;
    for (uint32_t left = f->groups_any; left; left &= left - 1)
        w.any[w.any_count++] = (uint8_t)(TRAIT_GROUP + __builtin_ctz(left));
    return traits_list(&c->traits, &w, from, slots, room);
}
