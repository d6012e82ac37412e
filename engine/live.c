/* People by id and by place (the roster), and by street (the crowd of geo/road).
 *
 * What takes long (snapping, growing, a new city) is done beside, within a claim of
 * the turns or without one, and readers are kept out only while it is exchanged:
 * that is how their wait stays under a millisecond. */
#include "engine/live.h"

#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/folk.h"
#include "engine/turns.h"

enum {
    CHUNK = 128, /* people changed in one go: some ten microseconds */
    PASSES_MAX = 4
};

struct live {
    struct age_limits ages;
    struct turns *turns; /* guards everything below */
    struct folk folk;
    uint64_t taken_turn; /* counts who is taken and let go */
};

/* Versions begin at the time in microseconds: there are never a million changes
 * a second, so a process that starts later begins above all that were seen. */
struct live *live_new(void)
{
    struct live *l = roster_memory(1, sizeof *l);

    l->ages = AGE_USUAL;
    l->turns = turns_new();
    folk_start(&l->folk, (uint64_t)clock_wall_us());
    return l;
}

void live_free(struct live *l)
{
    if (!l)
        return;
    folk_end(&l->folk);
    turns_free(l->turns);
    free(l);
}

/* ------------------------------------------------------------------ reading */

void live_read(struct live *l)
{
    turns_read(l->turns);
}

void live_read_end(struct live *l)
{
    turns_read_end(l->turns);
}

const struct world *live_world(const struct live *l)
{
    return l->folk.world;
}

const struct crowd *live_crowd(const struct live *l)
{
    return l->folk.crowd;
}

const struct kin *live_kin(const struct live *l)
{
    return l->folk.kin;
}

void live_met(const struct live *l, const struct crowd_person *person, struct live_person *out)
{
    folk_describe_her(&l->folk.people.slots[person->tag], out);
}

bool live_get(const struct live *l, int64_t person_id, struct live_person *out)
{
    const int32_t slot = roster_find(&l->folk.people, person_id);

    if (slot == ROSTER_NOBODY)
        return false;
    folk_describe(&l->folk, &l->folk.people.slots[slot], out);
    return true;
}

void live_each_in_box(const struct live *l, struct point_e7 south_west, struct point_e7 north_east,
                      void (*visit)(void *self, const struct live_person *person), void *self)
{
    const struct roster_cells cells = roster_cells_of(south_west, north_east);

    for (uint32_t i = 0; i < cells.count; i++) {
        int32_t slot = roster_cell(&l->folk.people, &cells, i)->first;

        for (; slot != ROSTER_NOBODY; slot = l->folk.people.slots[slot].next) {
            const struct roster_slot *s = &l->folk.people.slots[slot];
            struct live_person person;

            if (s->at.lon < south_west.lon || s->at.lon > north_east.lon ||
                s->at.lat < south_west.lat || s->at.lat > north_east.lat)
                continue;
            folk_describe(&l->folk, s, &person);
            visit(self, &person);
        }
    }
}

uint64_t live_box_version(const struct live *l, struct point_e7 south_west,
                          struct point_e7 north_east)
{
    const struct roster_cells cells = roster_cells_of(south_west, north_east);
    uint64_t newest = 0;

    for (uint32_t i = 0; i < cells.count; i++) {
        const struct roster_cell *cell = roster_cell(&l->folk.people, &cells, i);

        newest = cell->version > newest ? cell->version : newest;
    }
    return newest;
}

int32_t live_count(const struct live *l)
{
    return l->folk.people.person_count;
}

int32_t live_placed_count(const struct live *l)
{
    return l->folk.people.placed_count;
}

int32_t live_on_duty_count(const struct live *l)
{
    return muster_sum(l->folk.muster, NULL, NULL).on_duty;
}

int32_t live_available_count(const struct live *l)
{
    return muster_sum(l->folk.muster, NULL, NULL).available;
}

const struct muster *live_muster(const struct live *l)
{
    return l->folk.muster;
}

uint64_t live_hash(const struct live *l)
{
    return l->folk.hash;
}

bool live_tracks(const struct live *l, int64_t person_id)
{
    return folk_tracks(&l->folk, person_id);
}

/* ------------------------------------------------------------------ on the streets */

void live_snap(struct live *l, struct live_fix *fixes, int32_t count)
{
    const struct world *w;

    live_read(l);
    w = l->folk.world ? world_hold_again(l->folk.world) : NULL;
    for (int32_t i = 0; i < count; i++) {
        const int32_t slot = roster_find(&l->folk.people, fixes[i].person_id);

        fixes[i].snapped_in = 0;
        fixes[i].snapped_for =
            slot == ROSTER_NOBODY ? MODE_COUNT : (enum mode)l->folk.people.slots[slot].mode;
    }
    live_read_end(l);
    for (int32_t i = 0; w && i < count; i++)
        if (fixes[i].snapped_for != MODE_COUNT)
            folk_snap(w, fixes[i].snapped_for, &fixes[i]);
    world_drop(w);
}

void live_age(struct live *l, struct age_limits limits)
{
    l->ages = limits;
}

const struct age_limits *live_ages(const struct live *l)
{
    return &l->ages;
}

/* ------------------------------------------------------------------ changing */

static void begin_change(struct live *l)
{
    turns_write(l->turns);
}

static void end_change(struct live *l)
{
    turns_write_end(l->turns);
}

void live_move(struct live *l, const struct live_fix *fixes, int32_t count)
{
    turns_claim(l->turns);
    for (int32_t at = 0; at < count; at += CHUNK) {
        begin_change(l);
        for (int32_t i = at; i < count && i < at + CHUNK; i++)
            folk_move(&l->folk, &fixes[i]);

        end_change(l);
    }
    turns_release(l->turns);
}

static void reserve(const struct live *l, struct crowd *crowd)
{
    const int32_t room = l->folk.people.slot_room;

    crowd_reserve(crowd, room < CROWD_PEOPLE_MAX ? room : CROWD_PEOPLE_MAX);
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
        if (people[i].has_fix && l->folk.world)
            folk_snap(l->folk.world, people[i].mode, &fixes[i]);
    }
}

/* Room for a whole chunk, built beside what the readers read. */
static void make_room(struct live *l)
{
    while (!roster_has_room(&l->folk.people, CHUNK)) {
        struct roster_room room = roster_grown(&l->folk.people);

        begin_change(l);
        roster_exchange(&l->folk.people, &room);
        /* The one moment that may be long, each time the people have doubled: a
         * crowd cannot be enlarged beside itself. */
        if (l->folk.crowd)
            reserve(l, l->folk.crowd);
        end_change(l);
        roster_give_back(&room);
    }
}

void live_know(struct live *l, const struct live_person *people, int32_t count)
{
    struct live_fix fixes[CHUNK];

    turns_claim(l->turns);
    for (int32_t at = 0; at < count; at += CHUNK) {
        const int32_t part = count - at < CHUNK ? count - at : CHUNK;

        make_room(l);
        snap_known(l, people + at, part, fixes);
        begin_change(l);
        for (int32_t i = 0; i < part; i++)
            folk_know(&l->folk, &people[at + i], &fixes[i]);
        end_change(l);
    }
    turns_release(l->turns);
}

void live_forget(struct live *l, int64_t person_id)
{
    turns_claim(l->turns);
    begin_change(l);
    folk_forget(&l->folk, person_id);
    end_change(l);
    turns_release(l->turns);
}

/* ------------------------------------------------------------------ who can be sent */

void live_take(struct live *l, const int64_t *person_ids, int32_t count, int64_t incident_id)
{
    turns_claim(l->turns);
    for (int32_t at = 0; at < count; at += CHUNK) {
        begin_change(l);
        l->taken_turn++;
        for (int32_t i = at; i < count && i < at + CHUNK; i++) {
            const int32_t slot = roster_find(&l->folk.people, person_ids[i]);

            if (slot == ROSTER_NOBODY)
                continue;
            l->folk.people.slots[slot].taken_turn = l->taken_turn;
            folk_take(&l->folk, slot, incident_id);
        }
        end_change(l);
    }
    turns_release(l->turns);
}

void live_release(struct live *l, const int64_t *person_ids, int32_t count)
{
    live_take(l, person_ids, count, 0);
}

uint64_t live_taken_turn(struct live *l)
{
    live_read(l);
    const uint64_t turn = l->taken_turn;

    live_read_end(l);
    return turn;
}

/* Puts right who is taken, but for those who changed after the turn. */
static void put_right(struct live *l, uint64_t turn, int64_t person_id, int64_t incident_id)
{
    const int32_t slot = roster_find(&l->folk.people, person_id);

    if (slot == ROSTER_NOBODY || l->folk.people.slots[slot].taken_turn > turn ||
        l->folk.people.slots[slot].incident_id == incident_id)
        return;
    begin_change(l);
    folk_take(&l->folk, slot, incident_id);
    end_change(l);
}

static int by_id(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one;
    const int64_t b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

void live_taken_are(struct live *l, uint64_t turn, const struct live_taking *takings, int32_t count)
{
    struct folk_ids now = { 0 };
    struct folk_ids before = { 0 };

    for (int32_t i = 0; i < count; i++)
        folk_ids_add(&now, takings[i].person_id);
    if (now.count > 0)
        qsort(now.ids, now.count, sizeof *now.ids, by_id);
    turns_claim(l->turns);
    for (size_t i = 0; i < l->folk.taken.count; i++)
        folk_ids_add(&before, l->folk.taken.ids[i]);
    for (int32_t i = 0; i < count; i++)
        put_right(l, turn, takings[i].person_id, takings[i].incident_id);
    for (size_t i = 0; i < before.count; i++)
        if (now.count == 0 || !bsearch(&before.ids[i], now.ids, now.count, sizeof *now.ids, by_id))
            put_right(l, turn, before.ids[i], 0);
    turns_release(l->turns);
    free(before.ids);
    free(now.ids);
}

void live_consent(struct live *l, int64_t person_id, bool is_given)
{
    turns_claim(l->turns);
    begin_change(l);

    const int32_t slot = roster_find(&l->folk.people, person_id);

    if (slot != ROSTER_NOBODY)
        folk_consent(&l->folk, slot, is_given);
    end_change(l);
    turns_release(l->turns);
}

void live_doubt(struct live *l, int64_t person_id, enum live_flag flag, bool is_doubted)
{
    turns_claim(l->turns);
    begin_change(l);

    const int32_t slot = roster_find(&l->folk.people, person_id);

    if (slot != ROSTER_NOBODY)
        folk_doubt(&l->folk, slot, flag, is_doubted);
    end_change(l);
    turns_release(l->turns);
}

void live_duty(struct live *l, int64_t person_id, bool on_duty, enum mode mode, enum able_crew crew,
               bool is_hired)
{
    turns_claim(l->turns);
    begin_change(l);

    const int32_t slot = roster_find(&l->folk.people, person_id);

    if (slot != ROSTER_NOBODY)
        folk_duty(&l->folk, slot, on_duty, mode, crew, is_hired);
    end_change(l);
    turns_release(l->turns);
}

/* ------------------------------------------------------------------ another city */

/* What a chunk of people is like now; a slot without an id is of someone who is
 * gone, or has no fix. */
static void copy_slots(struct live *l, const int64_t *ids, size_t count, struct roster_slot *out,
                       int32_t *numbers)
{
    live_read(l);
    for (size_t i = 0; i < count; i++) {
        const int32_t slot = roster_find(&l->folk.people, ids[i]);

        out[i] = (struct roster_slot){ 0 };
        numbers[i] = slot;
        if (slot != ROSTER_NOBODY && l->folk.people.slots[slot].is_placed)
            out[i] = l->folk.people.slots[slot];
    }
    live_read_end(l);
}

/* Puts people, as they are now, onto the streets of the coming world. */
static void settle_some(struct live *l, const struct world *w, struct crowd *crowd,
                        const int64_t *ids, size_t count)
{
    struct roster_slot slots[CHUNK];
    int32_t numbers[CHUNK];

    copy_slots(l, ids, count, slots, numbers);
    for (size_t i = 0; i < count; i++) {
        struct live_fix fix = { .at = slots[i].at };

        if (!slots[i].person_id) {
            crowd_remove(crowd, ids[i]);
            continue;
        }
        folk_snap(w, (enum mode)slots[i].mode, &fix);
        folk_stand(crowd, &slots[i], numbers[i], &fix);
    }
}

/* Takes the list of whoever changed since it was last taken. When it is short, or
 * people move faster than they can be followed, the claim is kept: then nobody can
 * be added any more, and who wants to change something waits for the end. */
static bool take_touched(struct live *l, int pass, struct folk_ids *out)
{
    size_t kept = 0;

    turns_claim(l->turns);
    *out = l->folk.touched;
    l->folk.touched = (struct folk_ids){ 0 };

    const bool is_last = out->count <= CHUNK || pass == PASSES_MAX;

    if (!is_last)
        turns_release(l->turns);
    if (out->count > 1)
        qsort(out->ids, out->count, sizeof *out->ids, by_id);
    for (size_t i = 0; i < out->count; i++)
        if (i == 0 || out->ids[i] != out->ids[kept - 1])
            out->ids[kept++] = out->ids[i];
    out->count = kept;
    return is_last;
}

static void start_settling(struct live *l, struct crowd *crowd, struct folk_ids *everyone)
{
    turns_claim(l->turns);
    reserve(l, crowd);
    l->folk.settling = true;
    everyone->ids = roster_memory((size_t)l->folk.people.person_count + 1, sizeof *everyone->ids);
    for (int32_t i = 0; i < l->folk.people.slot_count; i++)
        if (l->folk.people.slots[i].person_id)
            everyone->ids[everyone->count++] = l->folk.people.slots[i].person_id;
    turns_release(l->turns);
}

void live_settle(struct live *l, const struct world *w)
{
    struct crowd *crowd = crowd_new(w->network);
    struct folk_ids batch = { 0 };
    bool is_last = false;

    start_settling(l, crowd, &batch);
    for (int pass = 1;; pass++) {
        for (size_t i = 0; i < batch.count; i += CHUNK)
            settle_some(l, w, crowd, batch.ids + i,
                        batch.count - i < CHUNK ? batch.count - i : CHUNK);
        free(batch.ids);
        if (is_last)
            break;
        is_last = take_touched(l, pass, &batch);
    }
    struct crowd *old_crowd = l->folk.crowd;
    const struct world *old_world = l->folk.world;

    l->folk.settling = false;
    begin_change(l);
    l->folk.crowd = crowd;
    l->folk.world = world_hold_again(w);
    end_change(l);
    turns_release(l->turns);
    crowd_free(old_crowd);
    world_drop(old_world);
}
