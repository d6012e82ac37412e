/* Tests of engine/folk.c by way of engine/live: whoever comes, moves, is taken, goes off
 * duty or takes back her consent is counted and found as she is, whatever came before. */
#include "engine/folk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/block.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 10, IDS = 60, ORGS = 5, ROUNDS = 40000 };

struct scene {
    struct world_slot *slot;
    struct world *world;
    struct live *live;
    struct town_dice dice;
    struct live_person people[IDS + 1]; /* as they should be known; person_id 0: not */
    uint64_t turn;                      /* before a look at who is taken */
};

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof *s);

    s->slot = world_slot_new();
    s->world = block_world(s->slot, SIDE, BLOCK_PORTO);
    s->live = live_new();
    live_age(s->live, (struct age_limits){ INT32_MAX, INT32_MAX });
    s->dice = (struct town_dice){ 20261122 };
    live_settle(s->live, s->world);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    live_free(s->live);
    world_publish(s->slot, s->world);
    world_slot_free(s->slot);
    free(s);
    return 0;
}

/* ------------------------------------------------------------------ the model */

static bool is_tracked(const struct live_person *p)
{
    return (p->on_duty || p->taken_incident_id) && !(p->bars & ABLE_BIT(ABLE_NO_CONSENT));
}

static uint32_t bars_of(const struct live_person *p)
{
    return p->bars | (p->on_duty ? 0 : ABLE_BIT(ABLE_OFF_DUTY)) |
           (p->taken_incident_id ? ABLE_BIT(ABLE_TAKEN) : 0) |
           (p->crew == ABLE_BUS ? ABLE_BIT(ABLE_EYES_ONLY) : 0) |
           (p->has_fix ? 0 : ABLE_BIT(ABLE_NO_POSITION)) |
           (p->has_fix && p->fix.flags & LIVE_FRAME ? ABLE_BIT(ABLE_FRAME_IN_DOUBT) : 0);
}

static void lose_track(struct live_person *p)
{
    p->has_fix = p->has_fix && is_tracked(p);
}

static struct point_e7 somewhere(struct scene *s)
{
    const struct world *w = s->world;

    return (struct point_e7){
        point_to_e7(w->south_west).lon + town_pick(&s->dice, 90000),
        point_to_e7(w->south_west).lat + town_pick(&s->dice, 90000),
    };
}

static void comes(struct scene *s, struct live_person *p, int64_t id)
{
    const struct live_person before = *p;

    *p = (struct live_person){ .person_id = id,
                               .name = "someone",
                               .mode = (enum mode)town_pick(&s->dice, MODE_COUNT),
                               .crew = (enum able_crew)town_pick(&s->dice, 3),
                               .on_duty = town_pick(&s->dice, 4) > 0,
                               .org_id = 1 + town_pick(&s->dice, ORGS),
                               .bars = town_pick(&s->dice, 3) ? 0 : ABLE_BIT(ABLE_NO_CONSENT) };
    live_know(s->live, p, 1);
    p->has_fix = before.has_fix;
    p->fix = before.fix;
    p->taken_incident_id = before.taken_incident_id;
    lose_track(p);
}

static void moves(struct scene *s, struct live_person *p, int64_t id, int64_t now)
{
    static const uint32_t FLAGS[] = { 0, 0, 0, LIVE_JUMP, LIVE_FRAME, LIVE_JUMP | LIVE_FRAME };
    const struct live_fix fix = {
        .person_id = id, .at = somewhere(s), .fix_us = now, .flags = FLAGS[town_pick(&s->dice, 6)]
    };

    live_move(s->live, &fix, 1);
    if (!p->person_id || !is_tracked(p))
        return;
    if (fix.flags & LIVE_JUMP) {
        p->fix.flags |= p->has_fix ? fix.flags : 0;
        return;
    }
    p->has_fix = true;
    p->fix = fix;
}

static void is_doubted(struct scene *s, struct live_person *p, int64_t id)
{
    const bool is_on = town_pick(&s->dice, 2) == 0;

    live_doubt(s->live, id, LIVE_FRAME, is_on);
    if (p->person_id)
        p->fix.flags = is_on ? p->fix.flags | LIVE_FRAME : p->fix.flags & ~(uint32_t)LIVE_FRAME;
}

static void is_taken(struct scene *s, struct live_person *p, int64_t id, int64_t incident_id)
{
    if (incident_id)
        live_take(s->live, &id, 1, incident_id);
    else
        live_release(s->live, &id, 1);
    if (p->person_id)
        p->taken_incident_id = incident_id;
    lose_track(p);
}

static void changes_duty(struct scene *s, struct live_person *p, int64_t id)
{
    const bool on_duty = town_pick(&s->dice, 2) == 0;
    const bool is_hired = town_pick(&s->dice, 3) == 0;

    live_duty(s->live, id, on_duty, MODE_CAR, ABLE_TAXI, is_hired);
    if (!p->person_id)
        return;
    p->on_duty = on_duty;
    p->mode = MODE_CAR;
    p->crew = ABLE_TAXI;
    p->bars = (p->bars & ~ABLE_BIT(ABLE_HIRED)) | (is_hired ? ABLE_BIT(ABLE_HIRED) : 0);
    lose_track(p);
}

static void agrees(struct scene *s, struct live_person *p, int64_t id)
{
    const bool is_given = town_pick(&s->dice, 2) == 0;

    live_consent(s->live, id, is_given);
    if (!p->person_id)
        return;
    p->bars = (p->bars & ~ABLE_BIT(ABLE_NO_CONSENT)) | (is_given ? 0 : ABLE_BIT(ABLE_NO_CONSENT));
    lose_track(p);
}

static void something_happens(struct scene *s, int64_t round)
{
    const int64_t id = 1 + town_pick(&s->dice, IDS);
    struct live_person *p = &s->people[id];

    switch (town_pick(&s->dice, 9)) {
    case 0:
        comes(s, p, id);
        break;
    case 1:
        is_taken(s, p, id, 1 + town_pick(&s->dice, 3));
        break;
    case 2:
        is_taken(s, p, id, 0);
        break;
    case 3:
        changes_duty(s, p, id);
        break;
    case 4:
        agrees(s, p, id);
        break;
    case 5:
        is_doubted(s, p, id);
        break;
    case 6:
        if (town_pick(&s->dice, 4) == 0) {
            live_forget(s->live, id);
            *p = (struct live_person){ 0 };
        }
        break;
    default:
        moves(s, p, id, round + 1);
    }
}

/* ------------------------------------------------------------------ comparing */

static bool is_org(const void *self, int64_t org_id)
{
    return org_id == *(const int64_t *)self;
}

static void check_counts(struct scene *s)
{
    struct muster_count sum = { 0 };

    for (int64_t org_id = 1; org_id <= ORGS; org_id++) {
        struct muster_count want = { 0 };

        for (int64_t id = 1; id <= IDS; id++) {
            const struct live_person *p = &s->people[id];

            if (!p->person_id || p->org_id != org_id)
                continue;
            want.known++;
            want.placed += p->has_fix;
            want.on_duty += p->on_duty;
            want.available += bars_of(p) == 0;
        }
        const struct muster_count got = muster_sum(live_muster(s->live), is_org, &org_id);

        assert_memory_equal(&got, &want, sizeof got);
        sum.known += want.known;
        sum.available += want.available;
    }
    assert_int_equal(muster_sum(live_muster(s->live), NULL, NULL).known, sum.known);
    assert_int_equal(live_available_count(s->live), sum.available);
}

static void check_person(struct scene *s, int64_t id)
{
    const struct live_person *want = &s->people[id];
    struct crowd_person stands;
    struct live_person got, met;

    assert_int_equal(live_get(s->live, id, &got), want->person_id != 0);
    assert_int_equal(crowd_get(live_crowd(s->live), id, &stands), want->has_fix);
    if (!want->person_id)
        return;
    assert_int_equal(got.bars, bars_of(want));
    assert_int_equal(got.taken_incident_id, want->taken_incident_id);
    assert_int_equal(got.has_fix, want->has_fix);
    if (!want->has_fix)
        return;
    assert_int_equal(got.fix.at.lon, want->fix.at.lon);
    assert_int_equal(got.fix.flags, want->fix.flags);
    assert_int_equal(stands.mode, want->mode);
    assert_int_equal(stands.available, bars_of(want) == 0);
    live_met(s->live, &stands, &met);
    assert_int_equal(met.person_id, id);
    assert_int_equal(met.bars, got.bars);
    assert_int_equal(met.fix.at.lat, want->fix.at.lat);
    assert_int_equal(met.fix.fix_us, want->fix.fix_us);
}

static void whatever_happens_everyone_is_known_as_she_is(void **state)
{
    struct scene *s = *state;

    for (int64_t round = 0; round < ROUNDS; round++) {
        something_happens(s, round);
        if (round % 50 != 0)
            continue;
        live_read(s->live);
        check_counts(s);
        for (int64_t id = 1; id <= IDS; id++)
            check_person(s, id);
        live_read_end(s->live);
    }
}

/* ------------------------------------------------------------------ who is taken */

static int64_t taken_by(struct scene *s, int64_t id)
{
    struct live_person p = { 0 };

    live_read(s->live);
    live_get(s->live, id, &p);
    live_read_end(s->live);
    return p.taken_incident_id;
}

static void known(struct scene *s, int64_t id)
{
    const struct live_person p = { .person_id = id, .name = "a", .on_duty = true };

    live_know(s->live, &p, 1);
}

/* What was read before somebody was taken or let go must not undo it. */
static void an_old_look_does_not_undo_what_came_after(void **state)
{
    struct scene *s = *state;
    const int64_t ids[] = { 1, 2 };
    const struct live_taking looked[] = { { 2, 7 } };

    known(s, 1);
    known(s, 2);
    known(s, 3);
    live_take(s->live, &ids[1], 1, 7);
    const uint64_t turn = live_taken_turn(s->live);

    live_take(s->live, &ids[0], 1, 8);
    live_release(s->live, &ids[1], 1);
    live_taken_are(s->live, turn, looked, 1);
    assert_int_equal(taken_by(s, 1), 8);
    assert_int_equal(taken_by(s, 2), 0);
    live_taken_are(s->live, live_taken_turn(s->live), looked, 1);
    assert_int_equal(taken_by(s, 1), 0);
    assert_int_equal(taken_by(s, 2), 7);
    live_taken_are(s->live, live_taken_turn(s->live), NULL, 0);
    assert_int_equal(taken_by(s, 2), 0);
}

static void strangers_who_are_taken_are_ignored(void **state)
{
    struct scene *s = *state;
    const int64_t id = 99;
    const struct live_taking taking = { 98, 1 };

    live_take(s->live, &id, 1, 5);
    live_taken_are(s->live, live_taken_turn(s->live), &taking, 1);
    known(s, 98);
    assert_int_equal(taken_by(s, 98), 0);
    live_taken_are(s->live, live_taken_turn(s->live), &taking, 1);
    assert_int_equal(taken_by(s, 98), 1);
}

/* ------------------------------------------------------------------ memory */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = true };
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { IS_SANITIZED = true };
#    else
enum { IS_SANITIZED = false };
#    endif
#else
enum { IS_SANITIZED = false };
#endif

/* Of this process, that is really there. */
static int64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %lld", &pages), 1); /* NOLINT: two numbers of the kernel's */
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* engine/README.md says how much: what a city of 600,000 takes is known before. */
static void a_person_takes_the_memory_that_is_promised(void **state)
{
    struct scene *s = *state;
    enum { PEOPLE = 600000, PROMISED = 220, ON_DUTY_EVERY = 10 };
    const int64_t before = resident_bytes();
    const int64_t further = 2;

    for (int64_t id = 1; id <= PEOPLE; id++) {
        const struct live_person p = { .person_id = id,
                                       .name = "\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e",
                                       .on_duty = id % ON_DUTY_EVERY == 0,
                                       .org_id = 1 + id % 2000,
                                       .further = &further,
                                       .further_count = 1,
                                       .has_fix = id % ON_DUTY_EVERY == 0,
                                       .fix = { .at = point_to_e7(s->world->centre) } };

        live_know(s->live, &p, 1);
    }
    const int64_t bytes = resident_bytes() - before;

    printf("%lld bytes a person, a slot has %zu\n", (long long)bytes / PEOPLE,
           sizeof(struct roster_slot));
    assert_in_range(sizeof(struct roster_slot), 1, 112);
    if (!IS_SANITIZED)
        assert_in_range(bytes / PEOPLE, 100, PROMISED);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(whatever_happens_everyone_is_known_as_she_is),
        SCENE_TEST(an_old_look_does_not_undo_what_came_after),
        SCENE_TEST(strangers_who_are_taken_are_ignored),
        SCENE_TEST(a_person_takes_the_memory_that_is_promised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
