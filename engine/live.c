/* People by id and by place (the roster), and by street (the crowd of geo/road).
 *
 * What takes long (snapping, growing, a new city) is done beside, within a claim of
 * the turns or without one, and readers are kept out only while it is exchanged:
 * that is how their wait stays under a millisecond. */
#include "engine/live.h"

#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/roster.h"
#include "engine/turns.h"

enum {
    CHUNK = 128, /* people changed in one go: some ten microseconds */
    PASSES_MAX = 4
};

/* Ids of people who changed while a new city is being settled. */
struct touched {
    int64_t *ids;
    size_t count;
    size_t room;
};

struct live {
    struct turns *turns; /* guards everything below */
    struct roster people;
    int32_t on_duty_count;
    int32_t available_count;
    const struct world *world;
    struct crowd *crowd; /* of those with a street near */
    bool settling;
    struct touched touched;
};

/* Versions begin at the time in microseconds: there are never a million changes
 * a second, so a process that starts later begins above all that were seen. */
struct live *live_new(void)
{
    struct live *l = roster_memory(1, sizeof *l);

    l->turns = turns_new();
    roster_start(&l->people, (uint64_t)clock_wall_us());
    return l;
}

void live_free(struct live *l)
{
    if (!l)
        return;
    roster_end(&l->people);
    crowd_free(l->crowd);
    world_drop(l->world);
    free(l->touched.ids);
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
    return l->world;
}

const struct crowd *live_crowd(const struct live *l)
{
    return l->crowd;
}

static void describe(const struct live *l, const struct roster_slot *s, struct live_person *out)
{
    struct crowd_person stand;

    *out = (struct live_person){ .person_id = s->person_id,
                                 .name = s->name,
                                 .mode = (enum mode)s->mode,
                                 .skills = s->skills,
                                 .on_duty = s->on_duty,
                                 .has_fix = s->is_placed };
    if (!s->is_placed)
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
    const int32_t slot = roster_find(&l->people, person_id);

    if (slot == ROSTER_NOBODY)
        return false;
    describe(l, &l->people.slots[slot], out);
    return true;
}

void live_each_in_box(const struct live *l, struct point_e7 south_west, struct point_e7 north_east,
                      void (*visit)(void *self, const struct live_person *person), void *self)
{
    const struct roster_cells cells = roster_cells_of(south_west, north_east);

    for (uint32_t i = 0; i < cells.count; i++) {
        int32_t slot = roster_cell(&l->people, &cells, i)->first;

        for (; slot != ROSTER_NOBODY; slot = l->people.slots[slot].next) {
            const struct roster_slot *s = &l->people.slots[slot];
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
    const struct roster_cells cells = roster_cells_of(south_west, north_east);
    uint64_t newest = 0;

    for (uint32_t i = 0; i < cells.count; i++) {
        const struct roster_cell *cell = roster_cell(&l->people, &cells, i);

        newest = cell->version > newest ? cell->version : newest;
    }
    return newest;
}

int32_t live_count(const struct live *l)
{
    return l->people.person_count;
}

int32_t live_placed_count(const struct live *l)
{
    return l->people.placed_count;
}

int32_t live_on_duty_count(const struct live *l)
{
    return l->on_duty_count;
}

int32_t live_available_count(const struct live *l)
{
    return l->available_count;
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

static void stand(struct crowd *crowd, const struct roster_slot *s, const struct live_fix *fix)
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
        const int32_t slot = roster_find(&l->people, fixes[i].person_id);

        fixes[i].snapped_in = 0;
        fixes[i].snapped_for =
            slot == ROSTER_NOBODY ? MODE_COUNT : (enum mode)l->people.slots[slot].mode;
    }
    live_read_end(l);
    for (int32_t i = 0; w && i < count; i++)
        if (fixes[i].snapped_for != MODE_COUNT)
            snap_fix(w, fixes[i].snapped_for, &fixes[i]);
    world_drop(w);
}

/* The snap is trusted when it was made on these streets for this mode; a change
 * of either in between is rare enough to snap again under the lock. */
static void place_on_street(struct live *l, const struct roster_slot *s, const struct live_fix *fix)
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
    turns_write(l->turns);
}

static void end_change(struct live *l)
{
    turns_write_end(l->turns);
}

static void touch(struct live *l, int64_t person_id)
{
    struct touched *t = &l->touched;

    if (!l->settling)
        return;
    if (t->count == t->room) {
        const size_t room = t->room ? 2 * t->room : CHUNK;
        int64_t *ids = roster_memory(room, sizeof *ids);

        if (t->count > 0)
            memcpy(ids, t->ids, t->count * sizeof *ids);
        free(t->ids);
        t->ids = ids;
        t->room = room;
    }
    t->ids[t->count++] = person_id;
}

/* Counts a person in (1) or out (-1); each change of her is between the two. */
static void count(struct live *l, const struct roster_slot *s, int32_t by)
{
    l->on_duty_count += s->on_duty ? by : 0;
    l->available_count += s->on_duty && s->is_placed ? by : 0;
}

static void move(struct live *l, int32_t slot, const struct live_fix *fix)
{
    struct roster_slot *s = &l->people.slots[slot];

    if (s->is_placed && fix->fix_us < s->fix_us)
        return;
    count(l, s, -1);
    roster_place(&l->people, slot, fix->at);
    count(l, s, 1);
    s->accuracy_dm = fix->accuracy_dm;
    s->speed_cms = fix->speed_cms;
    s->fix_us = fix->fix_us;
    s->received_us = fix->received_us;
    place_on_street(l, s, fix);
    touch(l, s->person_id);
}

void live_move(struct live *l, const struct live_fix *fixes, int32_t count)
{
    turns_claim(l->turns);
    for (int32_t at = 0; at < count; at += CHUNK) {
        begin_change(l);
        for (int32_t i = at; i < count && i < at + CHUNK; i++) {
            const int32_t slot = roster_find(&l->people, fixes[i].person_id);

            if (slot != ROSTER_NOBODY)
                move(l, slot, &fixes[i]);
        }
        end_change(l);
    }
    turns_release(l->turns);
}

static void reserve(const struct live *l, struct crowd *crowd)
{
    const int32_t room = l->people.slot_room;

    crowd_reserve(crowd, room < CROWD_PEOPLE_MAX ? room : CROWD_PEOPLE_MAX);
}

static char *name_copy(const char *name)
{
    const size_t size = strlen(name) + 1;

    return memcpy(roster_memory(size, 1), name, size);
}

static void know(struct live *l, const struct live_person *p, const struct live_fix *fix)
{
    int32_t slot = roster_find(&l->people, p->person_id);

    if (slot == ROSTER_NOBODY)
        slot = roster_add(&l->people, p->person_id);

    struct roster_slot *s = &l->people.slots[slot];
    const bool is_moved = p->has_fix && !(s->is_placed && fix->fix_us < s->fix_us);
    char *name = name_copy(p->name);

    free(s->name);
    s->name = name;
    s->mode = (uint8_t)p->mode;
    s->skills = p->skills;
    count(l, s, -1);
    s->on_duty = p->on_duty;
    count(l, s, 1);
    if (is_moved) {
        move(l, slot, fix);
    } else if (s->is_placed) {
        struct live_fix same = { .person_id = s->person_id, .at = s->at };

        place_on_street(l, s, &same);
        roster_mark(&l->people, slot);
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

/* Room for a whole chunk, built beside what the readers read. */
static void make_room(struct live *l)
{
    while (!roster_has_room(&l->people, CHUNK)) {
        struct roster_room room = roster_grown(&l->people);

        begin_change(l);
        roster_exchange(&l->people, &room);
        /* The one moment that may be long, each time the people have doubled: a
         * crowd cannot be enlarged beside itself. */
        if (l->crowd)
            reserve(l, l->crowd);
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
            know(l, &people[at + i], &fixes[i]);
        end_change(l);
    }
    turns_release(l->turns);
}

void live_forget(struct live *l, int64_t person_id)
{
    turns_claim(l->turns);
    begin_change(l);

    const int32_t slot = roster_find(&l->people, person_id);

    if (slot != ROSTER_NOBODY) {
        if (l->crowd)
            crowd_remove(l->crowd, person_id);
        touch(l, person_id);
        count(l, &l->people.slots[slot], -1);
        roster_remove(&l->people, slot);
    }
    end_change(l);
    turns_release(l->turns);
}

/* ------------------------------------------------------------------ another city */

/* What a chunk of people is like now; a slot without an id is of someone who is
 * gone, or has no fix. */
static void copy_slots(struct live *l, const int64_t *ids, size_t count, struct roster_slot *out)
{
    live_read(l);
    for (size_t i = 0; i < count; i++) {
        const int32_t slot = roster_find(&l->people, ids[i]);

        out[i] = (struct roster_slot){ 0 };
        if (slot != ROSTER_NOBODY && l->people.slots[slot].is_placed)
            out[i] = l->people.slots[slot];
    }
    live_read_end(l);
}

/* Puts people, as they are now, onto the streets of the coming world. */
static void settle_some(struct live *l, const struct world *w, struct crowd *crowd,
                        const int64_t *ids, size_t count)
{
    struct roster_slot slots[CHUNK];

    copy_slots(l, ids, count, slots);
    for (size_t i = 0; i < count; i++) {
        struct live_fix fix = { .at = slots[i].at };

        if (!slots[i].person_id) {
            crowd_remove(crowd, ids[i]);
            continue;
        }
        snap_fix(w, (enum mode)slots[i].mode, &fix);
        stand(crowd, &slots[i], &fix);
    }
}

static int by_id(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one;
    const int64_t b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

/* Takes the list of whoever changed since it was last taken. When it is short, or
 * people move faster than they can be followed, the claim is kept: then nobody can
 * be added any more, and who wants to change something waits for the end. */
static bool take_touched(struct live *l, int pass, struct touched *out)
{
    size_t kept = 0;

    turns_claim(l->turns);
    *out = l->touched;
    l->touched = (struct touched){ 0 };

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

static void start_settling(struct live *l, struct crowd *crowd, struct touched *everyone)
{
    turns_claim(l->turns);
    reserve(l, crowd);
    l->settling = true;
    everyone->ids = roster_memory((size_t)l->people.person_count + 1, sizeof *everyone->ids);
    for (int32_t i = 0; i < l->people.slot_count; i++)
        if (l->people.slots[i].person_id)
            everyone->ids[everyone->count++] = l->people.slots[i].person_id;
    turns_release(l->turns);
}

void live_settle(struct live *l, const struct world *w)
{
    struct crowd *crowd = crowd_new(w->network);
    struct touched batch = { 0 };
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
    struct crowd *old_crowd = l->crowd;
    const struct world *old_world = l->world;

    l->settling = false;
    begin_change(l);
    l->crowd = crowd;
    l->world = world_hold_again(w);
    end_change(l);
    turns_release(l->turns);
    crowd_free(old_crowd);
    world_drop(old_world);
}
