/* The roster says who there is and where on the map, the crowd who stands on which
 * street, the muster how many there are: each change goes through all of them. */
#include "engine/folk.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_FIRST = 128 };

void folk_start(struct folk *k, uint64_t version)
{
    *k = (struct folk){ .muster = muster_new(), .kin = kin_new() };
    roster_start(&k->people, version);
}

void folk_end(struct folk *k)
{
    roster_end(&k->people);
    muster_free(k->muster);
    kin_free(k->kin);
    crowd_free(k->crowd);
    world_drop(k->world);
    free(k->taken.ids);
    free(k->touched.ids);
}

/* ------------------------------------------------------------------ what she is */

static bool is_tracked(const struct roster_slot *s)
{
    return (s->on_duty || s->incident_id != 0) && !(s->bars & ABLE_BIT(ABLE_NO_CONSENT));
}

/* All that stands against sending her, but her age and that of her fix. */
static uint32_t bars_of(const struct roster_slot *s)
{
    return s->bars | (s->on_duty ? 0 : ABLE_BIT(ABLE_OFF_DUTY)) |
           (s->incident_id ? ABLE_BIT(ABLE_TAKEN) : 0) |
           (s->crew == ABLE_BUS ? ABLE_BIT(ABLE_EYES_ONLY) : 0) |
           (s->is_placed ? 0 : ABLE_BIT(ABLE_NO_POSITION)) |
           (s->is_placed && s->flags & LIVE_FRAME ? ABLE_BIT(ABLE_FRAME_IN_DOUBT) : 0);
}

static struct live_fix fix_of(const struct roster_slot *s)
{
    return (struct live_fix){ .person_id = s->person_id,
                              .at = s->at,
                              .accuracy_dm = s->accuracy_dm,
                              .speed_cms = s->speed_cms,
                              .fix_us = s->fix_us,
                              .received_us = s->received_us,
                              .flags = s->flags };
}

void folk_describe_her(const struct roster_slot *s, struct live_person *out)
{
    *out = (struct live_person){ .person_id = s->person_id,
                                 .name = s->name,
                                 .mode = (enum mode)s->mode,
                                 .crew = (enum able_crew)s->crew,
                                 .skills = s->skills,
                                 .on_duty = s->on_duty,
                                 .has_fix = s->is_placed,
                                 .org_id = s->org_id,
                                 .further = s->further,
                                 .further_count = s->further_count,
                                 .roles = s->roles,
                                 .birth_year = s->birth_year,
                                 .taken_incident_id = s->incident_id,
                                 .bars = bars_of(s) };
    if (s->is_placed)
        out->fix = fix_of(s);
}

void folk_describe(const struct folk *k, const struct roster_slot *s, struct live_person *out)
{
    struct crowd_person stand;

    folk_describe_her(s, out);
    if (s->is_placed && k->crowd && crowd_get(k->crowd, s->person_id, &stand)) {
        out->fix.snapped_in = k->world->version;
        out->fix.snapped_for = stand.mode;
        out->fix.on_street = true;
        out->fix.spot = stand.spot;
    }
}

/* ------------------------------------------------------------------ on the streets */

void folk_snap(const struct world *w, enum mode mode, struct live_fix *fix)
{
    struct snap snap;
    struct fail why;

    fix->snapped_in = w->version;
    fix->snapped_for = mode;
    fix->on_street = snap_to(w->streets, mode, point_from_e7(fix->at), &snap, &why);
    if (fix->on_street)
        fix->spot = snap.spot;
}

/* Her tag in the crowd is the number of her slot, which she keeps. */
void folk_stand(struct crowd *crowd, const struct roster_slot *s, int32_t slot,
                const struct live_fix *fix)
{
    if (!fix->on_street) {
        crowd_remove(crowd, s->person_id);
        return;
    }
    crowd_put(crowd, &(struct crowd_person){ .person_id = s->person_id,
                                             .spot = fix->spot,
                                             .mode = (enum mode)s->mode,
                                             .available = bars_of(s) == 0,
                                             .groups = s->roles,
                                             .skills = s->skills,
                                             .tag = slot });
}

/* The snap is trusted when it was made on these streets for this mode; a change
 * of either in between is rare enough to snap again under the lock. */
static void place_on_street(struct folk *k, int32_t slot, const struct live_fix *fix)
{
    const struct roster_slot *s = &k->people.slots[slot];
    struct live_fix snapped = *fix;

    if (!k->world)
        return;
    if (fix->snapped_in != k->world->version || fix->snapped_for != (enum mode)s->mode)
        folk_snap(k->world, (enum mode)s->mode, &snapped);
    folk_stand(k->crowd, s, slot, &snapped);
}

/* ------------------------------------------------------------------ changing */

void folk_ids_add(struct folk_ids *t, int64_t person_id)
{
    if (t->count == t->room) {
        const size_t room = t->room ? 2 * t->room : LIST_FIRST;
        int64_t *ids = roster_memory(room, sizeof *ids);

        if (t->count > 0)
            memcpy(ids, t->ids, t->count * sizeof *ids);
        free(t->ids);
        t->ids = ids;
        t->room = room;
    }
    t->ids[t->count++] = person_id;
}

/* Some thousand at the most are taken at a time: looking for one is soon done. */
static void strike(struct folk_ids *t, int64_t person_id)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->ids[i] == person_id)
            t->ids[i--] = t->ids[--t->count];
}

static void touch(struct folk *k, int64_t person_id)
{
    if (k->settling)
        folk_ids_add(&k->touched, person_id);
}

/* The finisher of MurmurHash3: every bit of the one depends on every bit of the other. */
static uint64_t mixed(uint64_t value)
{
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCDu;
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53u;
    return value ^ value >> 33;
}

static uint64_t hash_of(const struct roster_slot *s)
{
    const uint64_t at = (uint64_t)(uint32_t)s->at.lon << 32 | (uint32_t)s->at.lat;

    return mixed(mixed(mixed((uint64_t)s->person_id) ^ (uint64_t)s->fix_us) ^ at);
}

/* Counts a person in (1) or out (-1); each change of her is between the two. */
static void count(struct folk *k, int32_t slot, int32_t by)
{
    const struct roster_slot *s = &k->people.slots[slot];

    if (s->is_placed)
        k->hash += by > 0 ? hash_of(s) : 0 - hash_of(s);
    muster_add(k->muster, s->org_id,
               (struct muster_count){ .known = by,
                                      .placed = s->is_placed ? by : 0,
                                      .on_duty = s->on_duty ? by : 0,
                                      .available = bars_of(s) == 0 ? by : 0 });
}

/* Of two fixes of one moment the one further east, or north, counts: so that whoever
 * hears of both comes to the same, in whatever order. The database does it likewise. */
static bool is_newer(const struct live_fix *fix, const struct roster_slot *s)
{
    if (!s->is_placed || fix->fix_us != s->fix_us)
        return !s->is_placed || fix->fix_us > s->fix_us;
    return fix->at.lon != s->at.lon ? fix->at.lon > s->at.lon : fix->at.lat > s->at.lat;
}

/* Between two counts. */
static void move(struct folk *k, int32_t slot, const struct live_fix *fix)
{
    struct roster_slot *s = &k->people.slots[slot];

    if (!is_tracked(s) || !is_newer(fix, s))
        return;
    roster_place(&k->people, slot, fix->at);
    s->accuracy_dm = fix->accuracy_dm;
    s->speed_cms = fix->speed_cms;
    s->fix_us = fix->fix_us;
    s->received_us = fix->received_us;
    s->flags = (uint8_t)fix->flags;
    place_on_street(k, slot, fix);
    touch(k, s->person_id);
}

/* Between two counts, after something else than her place has changed: she is shown
 * anew where she is, or not any more. */
static void renew(struct folk *k, int32_t slot)
{
    const struct roster_slot *s = &k->people.slots[slot];
    struct live_fix same = { .person_id = s->person_id, .at = s->at };
    struct crowd_person stands;

    if (!s->is_placed)
        return;
    if (is_tracked(s)) {
        if (k->crowd && crowd_get(k->crowd, s->person_id, &stands)) {
            same.snapped_in = k->world->version;
            same.snapped_for = stands.mode;
            same.on_street = true;
            same.spot = stands.spot;
        }
        place_on_street(k, slot, &same);
        roster_mark(&k->people, slot);
    } else {
        if (k->crowd)
            crowd_remove(k->crowd, s->person_id);
        roster_lift(&k->people, slot);
    }
    touch(k, s->person_id);
}

/* Her name and her organisations change together, so they are in one piece: half a
 * million pieces less. */
static void keep_words(struct roster_slot *s, const struct live_person *p)
{
    const int32_t count = p->further_count < LIVE_FURTHER_MAX ? p->further_count : LIVE_FURTHER_MAX;
    const size_t ids_size = (size_t)count * sizeof *s->further;
    const size_t name_size = strlen(p->name) + 1;
    char *piece = roster_memory(ids_size + name_size, 1);

    if (count > 0)
        memcpy(piece, p->further, ids_size);
    free(s->further);
    s->further = (int64_t *)(void *)piece;
    s->further_count = (uint8_t)count;
    s->name = memcpy(piece + ids_size, p->name, name_size);
}

static void take_over(struct roster_slot *s, const struct live_person *p)
{
    const uint32_t told =
        ABLE_BIT(ABLE_NO_CONSENT) | ABLE_BIT(ABLE_CREDENTIAL_EXPIRED) | ABLE_BIT(ABLE_HIRED);

    keep_words(s, p);
    s->org_id = p->org_id;
    s->mode = (uint8_t)p->mode;
    s->crew = (uint8_t)p->crew;
    s->skills = p->skills;
    s->roles = (uint8_t)p->roles;
    s->birth_year = p->birth_year;
    s->bars = (uint8_t)(p->bars & told);
    s->on_duty = p->on_duty;
}

static void join(struct folk *k, int32_t slot)
{
    const struct roster_slot *s = &k->people.slots[slot];

    kin_join(k->kin, s->org_id, s->person_id);
    for (int32_t i = 0; i < s->further_count; i++)
        kin_join(k->kin, s->further[i], s->person_id);
}

static void leave(struct folk *k, int32_t slot)
{
    const struct roster_slot *s = &k->people.slots[slot];

    kin_leave(k->kin, s->org_id, s->person_id);
    for (int32_t i = 0; i < s->further_count; i++)
        kin_leave(k->kin, s->further[i], s->person_id);
}

void folk_know(struct folk *k, const struct live_person *p, const struct live_fix *fix)
{
    int32_t slot = roster_find(&k->people, p->person_id);

    if (slot == ROSTER_NOBODY) {
        slot = roster_add(&k->people, p->person_id);
        k->people.slots[slot].incident_id = p->taken_incident_id;
        if (p->taken_incident_id)
            folk_ids_add(&k->taken, p->person_id);
    } else {
        count(k, slot, -1);
        leave(k, slot);
    }
    struct roster_slot *s = &k->people.slots[slot];

    take_over(s, p);
    join(k, slot);
    if (p->has_fix && is_tracked(s) && is_newer(fix, s))
        move(k, slot, fix);
    else
        renew(k, slot);
    count(k, slot, 1);
}

void folk_take(struct folk *k, int32_t slot, int64_t incident_id)
{
    struct roster_slot *s = &k->people.slots[slot];

    if (s->incident_id == incident_id)
        return;
    count(k, slot, -1);
    if (incident_id == 0)
        strike(&k->taken, s->person_id);
    else if (s->incident_id == 0)
        folk_ids_add(&k->taken, s->person_id);
    s->incident_id = incident_id;
    renew(k, slot);
    count(k, slot, 1);
}

/* Sets or clears one of the bars that are told. */
static void bar(struct roster_slot *s, enum able_bar bar, bool is_set)
{
    const uint32_t without = s->bars & ~ABLE_BIT(bar);

    s->bars = (uint8_t)(is_set ? without | ABLE_BIT(bar) : without);
}

void folk_consent(struct folk *k, int32_t slot, bool is_given)
{
    count(k, slot, -1);
    bar(&k->people.slots[slot], ABLE_NO_CONSENT, !is_given);
    renew(k, slot);
    count(k, slot, 1);
}

/* Between two counts: she is not where the fix says, and may not be where she was. */
static void doubt_fix(struct folk *k, int32_t slot, const struct live_fix *fix)
{
    struct roster_slot *s = &k->people.slots[slot];

    if (!s->is_placed || fix->fix_us < s->fix_us)
        return;
    s->flags |= (uint8_t)fix->flags;
    renew(k, slot);
}

void folk_doubt(struct folk *k, int32_t slot, enum live_flag flag, bool is_doubted)
{
    struct roster_slot *s = &k->people.slots[slot];

    count(k, slot, -1);
    s->flags = (uint8_t)(is_doubted ? s->flags | flag : s->flags & ~(uint32_t)flag);
    renew(k, slot);
    count(k, slot, 1);
}

void folk_duty(struct folk *k, int32_t slot, bool on_duty, enum mode mode, enum able_crew crew,
               bool is_hired)
{
    struct roster_slot *s = &k->people.slots[slot];

    count(k, slot, -1);
    s->on_duty = on_duty;
    s->mode = (uint8_t)mode;
    s->crew = (uint8_t)crew;
    bar(s, ABLE_HIRED, is_hired);
    renew(k, slot);
    count(k, slot, 1);
}

void folk_move(struct folk *k, const struct live_fix *fix)
{
    const int32_t slot = roster_find(&k->people, fix->person_id);

    if (slot == ROSTER_NOBODY)
        return;
    count(k, slot, -1);
    if (fix->flags & LIVE_UNBELIEVED)
        doubt_fix(k, slot, fix);
    else
        move(k, slot, fix);
    count(k, slot, 1);
}

bool folk_tracks(const struct folk *k, int64_t person_id)
{
    const int32_t slot = roster_find(&k->people, person_id);

    return slot != ROSTER_NOBODY && is_tracked(&k->people.slots[slot]);
}

void folk_forget(struct folk *k, int64_t person_id)
{
    const int32_t slot = roster_find(&k->people, person_id);

    if (slot == ROSTER_NOBODY)
        return;
    if (k->crowd)
        crowd_remove(k->crowd, person_id);
    touch(k, person_id);
    count(k, slot, -1);
    leave(k, slot);
    strike(&k->taken, person_id);
    roster_remove(&k->people, slot);
}
