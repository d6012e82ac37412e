/* Tests of engine/live.c and engine/roster.c. */
#include "engine/live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "engine/clock.h"
#include "engine/nearby.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { SIDE = 20 };

struct city {
    struct world_slot *slot;
    struct world *world;
    struct live *live;
};

static int set_up(void **state)
{
    struct city *c = calloc(1, sizeof *c);

    c->slot = world_slot_new();
    c->world = block_world(c->slot, SIDE, BLOCK_PORTO);
    c->live = live_new();
    live_age(c->live, (struct age_limits){ INT32_MAX, INT32_MAX });
    *state = c;
    return 0;
}

static int tear_down(void **state)
{
    struct city *c = *state;

    live_free(c->live);
    live_free(NULL);
    world_drop(c->world);
    world_slot_free(c->slot);
    free(c);
    return 0;
}

/* Some place within the blocks. */
static struct point_e7 somewhere(struct town_dice *dice, const struct world *w)
{
    const struct point_e7 from = point_to_e7(w->south_west);
    const struct point_e7 to = point_to_e7(w->north_east);

    return (struct point_e7){ from.lon + town_pick(dice, to.lon - from.lon),
                              from.lat + town_pick(dice, to.lat - from.lat) };
}

static void know(struct live *l, int64_t person_id, const char *name)
{
    const struct live_person p = { .person_id = person_id, .name = name, .on_duty = true };

    live_know(l, &p, 1);
}

static void move_to(struct live *l, int64_t person_id, struct point_e7 at, int64_t fix_us)
{
    const struct live_fix fix = { .person_id = person_id, .at = at, .fix_us = fix_us };

    live_move(l, &fix, 1);
}

static struct live_person get(struct live *l, int64_t person_id)
{
    struct live_person p = { 0 };

    live_read(l);
    live_get(l, person_id, &p);
    live_read_end(l);
    return p;
}

static void count_one(void *self, const struct live_person *person)
{
    (void)person;
    ++*(int *)self;
}

static int count_in(struct live *l, struct point_e7 south_west, struct point_e7 north_east)
{
    int count = 0;

    live_read(l);
    live_each_in_box(l, south_west, north_east, count_one, &count);
    live_read_end(l);
    return count;
}

static uint64_t version_in(struct live *l, struct point_e7 south_west, struct point_e7 north_east)
{
    live_read(l);
    const uint64_t version = live_box_version(l, south_west, north_east);

    live_read_end(l);
    return version;
}

/* ------------------------------------------------------------------ one by one */

static void nobody_moves_who_is_not_known(void **state)
{
    struct city *c = *state;

    move_to(c->live, 7, (struct point_e7){ 1, 2 }, 1);
    assert_int_equal(live_count(c->live), 0);
    assert_int_equal(live_placed_count(c->live), 0);
    know(c->live, 7, "\xe7\x8e\x8b\xe8\x8a\xb3");
    assert_int_equal(live_count(c->live), 1);
    assert_false(get(c->live, 7).has_fix);
    move_to(c->live, 7, (struct point_e7){ 1, 2 }, 1);
    assert_int_equal(live_placed_count(c->live), 1);
    assert_int_equal(get(c->live, 7).fix.at.lat, 2);
    assert_string_equal(get(c->live, 7).name, "\xe7\x8e\x8b\xe8\x8a\xb3");
}

static void an_older_fix_changes_nothing(void **state)
{
    struct city *c = *state;

    know(c->live, 7, "a");
    move_to(c->live, 7, (struct point_e7){ 10, 20 }, 100);
    move_to(c->live, 7, (struct point_e7){ 11, 21 }, 99);
    assert_int_equal(get(c->live, 7).fix.at.lon, 10);
    move_to(c->live, 7, (struct point_e7){ 12, 22 }, 100);
    assert_int_equal(get(c->live, 7).fix.at.lon, 12);

    struct live_person again = { .person_id = 7, .name = "b", .on_duty = true, .has_fix = true };

    again.fix = (struct live_fix){ .at = { 5, 5 }, .fix_us = 50 };
    live_know(c->live, &again, 1);
    assert_int_equal(get(c->live, 7).fix.at.lon, 12);
    assert_string_equal(get(c->live, 7).name, "b");
}

static void a_jump_is_flagged_and_not_believed(void **state)
{
    struct city *c = *state;
    const struct live_fix far = {
        .person_id = 7, .at = { 90, 90 }, .fix_us = 200, .flags = LIVE_JUMP
    };
    const struct live_fix late = {
        .person_id = 7, .at = { 91, 91 }, .fix_us = 50, .flags = LIVE_JUMP
    };

    know(c->live, 7, "a");
    live_move(c->live, &far, 1);
    assert_false(get(c->live, 7).has_fix);
    move_to(c->live, 7, (struct point_e7){ 10, 20 }, 100);
    live_move(c->live, &late, 1);
    assert_int_equal(get(c->live, 7).fix.flags, 0);
    live_move(c->live, &far, 1);
    assert_int_equal(get(c->live, 7).fix.flags, LIVE_JUMP);
    assert_int_equal(get(c->live, 7).fix.at.lon, 10);
    assert_int_equal(get(c->live, 7).fix.fix_us, 100);
    move_to(c->live, 7, (struct point_e7){ 11, 21 }, 300);
    assert_int_equal(get(c->live, 7).fix.flags, 0);
    assert_int_equal(get(c->live, 7).fix.at.lon, 11);
}

static void whose_frame_is_doubted_is_shown_and_not_sent(void **state)
{
    struct city *c = *state;

    know(c->live, 7, "a");
    move_to(c->live, 7, (struct point_e7){ 10, 20 }, 100);
    live_doubt(c->live, 8, LIVE_FRAME, true);
    live_doubt(c->live, 7, LIVE_FRAME, true);
    assert_int_equal(get(c->live, 7).bars, ABLE_BIT(ABLE_FRAME_IN_DOUBT));
    assert_true(get(c->live, 7).has_fix);
    live_doubt(c->live, 7, LIVE_FRAME, false);
    assert_int_equal(get(c->live, 7).bars, 0);
}

static void who_is_forgotten_is_gone_everywhere(void **state)
{
    struct city *c = *state;
    const struct point at = c->world->centre;

    live_settle(c->live, c->world);
    know(c->live, 7, "a");
    know(c->live, 8, "b");
    move_to(c->live, 7, point_to_e7(at), 1);
    live_read(c->live);
    assert_int_equal(crowd_count(live_crowd(c->live)), 1);
    live_read_end(c->live);
    live_forget(c->live, 7);
    live_forget(c->live, 7);
    live_forget(c->live, 9);
    live_read(c->live);
    struct live_person p;

    assert_false(live_get(c->live, 7, &p));
    assert_true(live_get(c->live, 8, &p));
    assert_int_equal(crowd_count(live_crowd(c->live)), 0);
    live_read_end(c->live);
    assert_int_equal(live_count(c->live), 1);
    assert_int_equal(live_placed_count(c->live), 0);
    know(c->live, 9, "c"); /* takes the free slot */
    assert_false(get(c->live, 9).has_fix);
    assert_int_equal(live_count(c->live), 2);
}

static void a_new_mode_stands_on_its_own_streets(void **state)
{
    struct city *c = *state;
    struct live_person who = { .person_id = 7, .name = "a", .mode = MODE_FOOT, .on_duty = true };
    struct crowd_person stand;

    live_settle(c->live, c->world);
    live_know(c->live, &who, 1);
    move_to(c->live, 7, point_to_e7(c->world->centre), 1);
    who.mode = MODE_CAR;
    who.skills = 5;
    who.bars = ABLE_BIT(ABLE_HIRED);
    live_know(c->live, &who, 1);
    live_read(c->live);
    assert_true(crowd_get(live_crowd(c->live), 7, &stand));
    live_read_end(c->live);
    assert_int_equal(stand.mode, MODE_CAR);
    assert_int_equal(stand.skills, 5);
    assert_false(stand.available);
}

static void far_from_every_street_one_is_not_in_the_crowd(void **state)
{
    struct city *c = *state;

    live_settle(c->live, c->world);
    know(c->live, 7, "a");
    move_to(c->live, 7, point_to_e7(BLOCK_BEIJING), 1);
    assert_true(get(c->live, 7).has_fix);
    assert_false(get(c->live, 7).fix.on_street);
    move_to(c->live, 7, point_to_e7(c->world->centre), 2);
    assert_true(get(c->live, 7).fix.on_street);
    move_to(c->live, 7, point_to_e7(BLOCK_BEIJING), 3);
    assert_false(get(c->live, 7).fix.on_street);
}

static void more_people_than_there_was_room_for_are_all_there(void **state)
{
    struct city *c = *state;
    struct town_dice dice = { 3 };
    enum { MANY = 5000 };

    live_settle(c->live, c->world);
    for (int i = 1; i <= MANY; i++) {
        know(c->live, i, "a");
        move_to(c->live, i, somewhere(&dice, c->world), 1);
        if (i % 3 == 0)
            live_forget(c->live, i - 1);
    }
    for (int i = 1; i <= MANY; i++)
        assert_int_equal(get(c->live, i).fix.on_street, i % 3 != 2 || i == MANY);
    assert_int_equal(crowd_count(live_crowd(c->live)), live_count(c->live));
}

/* ------------------------------------------------------------------ boxes */

static void a_box_gives_exactly_who_is_in_it(void **state)
{
    struct city *c = *state;
    enum { PEOPLE = 3000, BOXES = 300 };
    struct town_dice dice = { 7 };
    struct point_e7 at[PEOPLE];

    for (int i = 0; i < PEOPLE; i++) {
        at[i] = town_pick(&dice, 4) ? somewhere(&dice, c->world)
                                    : (struct point_e7){ town_pick(&dice, INT32_MAX) - 1000000000,
                                                         town_pick(&dice, 1800000000) - 900000000 };
        know(c->live, i + 1, "a");
        move_to(c->live, i + 1, at[i], 1);
    }
    for (int i = 0; i < BOXES; i++) {
        struct point_e7 a = at[town_pick(&dice, PEOPLE)], b = at[town_pick(&dice, PEOPLE)];
        const struct point_e7 south_west = { a.lon < b.lon ? a.lon : b.lon,
                                             a.lat < b.lat ? a.lat : b.lat };
        const struct point_e7 north_east = { a.lon < b.lon ? b.lon : a.lon,
                                             a.lat < b.lat ? b.lat : a.lat };
        int want = 0;

        for (int k = 0; k < PEOPLE; k++)
            want += at[k].lon >= south_west.lon && at[k].lon <= north_east.lon &&
                    at[k].lat >= south_west.lat && at[k].lat <= north_east.lat;
        assert_true(want >= 1);
        assert_int_equal(count_in(c->live, south_west, north_east), want);
        if (south_west.lon != north_east.lon)
            /* NOLINTNEXTLINE(readability-suspicious-call-argument): turned round. */
            assert_int_equal(count_in(c->live, north_east, south_west), 0);
    }
}

static void a_box_has_a_new_version_when_it_looks_different(void **state)
{
    struct city *c = *state;
    const struct point_e7 south_west = { 1000000, 1000000 }, north_east = { 1100000, 1100000 };
    const struct point_e7 inside = { 1050000, 1050000 }, far = { 90000000, 90000000 };
    const uint64_t empty = version_in(c->live, south_west, north_east);
    struct live_person off = { .person_id = 7, .name = "a" };

    know(c->live, 7, "a");
    know(c->live, 8, "b");
    move_to(c->live, 8, far, 1);
    assert_int_equal(version_in(c->live, south_west, north_east), empty);
    move_to(c->live, 7, inside, 1);
    const uint64_t came = version_in(c->live, south_west, north_east);

    assert_true(came > empty);
    move_to(c->live, 8, (struct point_e7){ 91000000, 91000000 }, 2);
    assert_int_equal(version_in(c->live, south_west, north_east), came);
    live_know(c->live, &off, 1);
    const uint64_t went_off = version_in(c->live, south_west, north_east);

    assert_true(went_off > came);
    know(c->live, 7, "a");
    move_to(c->live, 7, inside, 2);
    const uint64_t came_again = version_in(c->live, south_west, north_east);

    assert_true(came_again > went_off);
    move_to(c->live, 7, far, 3);
    assert_true(version_in(c->live, south_west, north_east) > came_again);
    assert_true(version_in(c->live, (struct point_e7){ -1800000000, -900000000 },
                           (struct point_e7){ 1800000000, 900000000 }) > went_off);
}

/* ------------------------------------------------------------------ another city */

/* Who is found near the first, the last by the limit; her spread in seconds. */
static int32_t find(struct city *c, bool unavailable, struct nearby_person found[3],
                    struct arena *a)
{
    struct nearest_room *room = nearest_room_new();
    const struct nearby_wish wish = {
        .search = { .place = point_from_e7(point_to_e7(c->world->south_west)), .k = 3 },
        .sight = &(struct sight){ .everyone = true },
        .unavailable = unavailable,
    };
    struct nearby_answer answer;
    struct fail f;

    assert_true(nearby_find(c->live, &wish, room, a, &answer, &f));
    for (int32_t i = 0; i < answer.count; i++)
        found[i] = answer.people[i];
    nearby_done(&answer);
    nearest_room_free(room);
    return answer.count;
}

static void an_old_fix_counts_by_what_can_be_reached_since(void **state)
{
    struct city *c = *state;
    const struct point_e7 corner = point_to_e7(c->world->south_west);
    const struct point_e7 beside = { corner.lon + 10000, corner.lat };
    const int64_t now_us = clock_wall_us();
    struct arena *a = arena_new();
    struct nearby_person found[3];

    live_settle(c->live, c->world);
    live_age(c->live, (struct age_limits){ 60, 3600 });
    for (int64_t id = 1; id <= 3; id++)
        know(c->live, id, "a");
    move_to(c->live, 1, corner, now_us - 1000 * 1000000LL); /* there, 16 minutes ago */
    move_to(c->live, 2, beside, now_us);                    /* about 100 m away, now */
    move_to(c->live, 3, corner, now_us - 3700 * 1000000LL); /* there, an hour ago */
    assert_int_equal(find(c, false, found, a), 2);
    assert_int_equal(found[0].person_id, 2);
    assert_int_equal(found[0].spread_ms, 0);
    assert_int_equal(found[1].person_id, 1);
    assert_int_equal(found[1].cost_ms, 0);
    assert_in_range(found[1].spread_ms, 940000, 999000);
    assert_int_equal(find(c, true, found, a), 3);
    assert_int_equal(found[2].person_id, 3);
    assert_int_equal(found[2].bars, ABLE_BIT(ABLE_STALE));
    arena_free(a);
}

static void everyone_is_put_onto_the_streets_of_another_city(void **state)
{
    struct city *c = *state;
    struct town_dice dice = { 9 };
    struct world *finer = block_world(c->slot, 2 * SIDE, BLOCK_PORTO);
    enum { PEOPLE = 1000 };

    for (int i = 1; i <= PEOPLE; i++) {
        know(c->live, i, "a");
        move_to(c->live, i, somewhere(&dice, c->world), 1);
    }
    assert_null(live_crowd(c->live));
    live_settle(c->live, c->world);
    assert_int_equal(crowd_count(live_crowd(c->live)), PEOPLE);
    live_settle(c->live, finer);
    live_read(c->live);
    assert_ptr_equal(live_world(c->live), finer);
    assert_int_equal(crowd_count(live_crowd(c->live)), PEOPLE);
    for (int i = 1; i <= PEOPLE; i++) {
        struct live_person p;
        struct snap snap;
        struct fail f;

        assert_true(live_get(c->live, i, &p));
        assert_true(p.fix.on_street);
        assert_true(snap_to(finer->streets, p.mode, point_from_e7(p.fix.at), &snap, &f));
        assert_int_equal(p.fix.spot.segment, snap.spot.segment);
        assert_int_equal(p.fix.spot.along_cm, snap.spot.along_cm);
    }
    live_read_end(c->live);
    world_drop(finer);
}

/* ------------------------------------------------------------------ all at once */

enum { CROWD = 2000, MOVERS = 2, SEEKERS = 2, SETTLES = 12 };

struct bustle {
    struct city *city;
    atomic_bool over;
    atomic_int wrong;
    atomic_int found;
};

static void *move_on(void *self)
{
    struct bustle *b = self;
    struct town_dice dice = { 100 };
    int64_t fix_us = 1;

    while (!atomic_load(&b->over)) {
        struct live_fix fixes[200];

        for (int i = 0; i < 200; i++)
            fixes[i] = (struct live_fix){ .person_id = 1 + town_pick(&dice, CROWD),
                                          .at = somewhere(&dice, b->city->world),
                                          .fix_us = ++fix_us };
        live_snap(b->city->live, fixes, 200);
        live_move(b->city->live, fixes, 200);
    }
    return NULL;
}

/* Orders, duty and consents, as handlers bring them. */
static void *take_and_free(void *self)
{
    struct bustle *b = self;
    struct town_dice dice = { 5 };

    while (!atomic_load(&b->over)) {
        const int64_t id = 1 + town_pick(&dice, CROWD);
        const struct live_taking taking = { id, 9 };
        const uint64_t turn = live_taken_turn(b->city->live);

        live_take(b->city->live, &id, 1, 8);
        live_taken_are(b->city->live, turn, &taking, 1);
        live_duty(b->city->live, id, town_pick(&dice, 4) > 0,
                  (enum mode)town_pick(&dice, MODE_COUNT), ABLE_OWN, false);
        live_consent(b->city->live, id, town_pick(&dice, 4) > 0);
        live_release(b->city->live, &id, 1);
    }
    return NULL;
}

static void *come_and_go(void *self)
{
    struct bustle *b = self;
    struct town_dice dice = { 55 };

    while (!atomic_load(&b->over)) {
        const int64_t person_id = CROWD + 1 + town_pick(&dice, CROWD);

        if (town_pick(&dice, 3))
            know(b->city->live, person_id, "someone");
        else
            live_forget(b->city->live, person_id);
    }
    return NULL;
}

/* What is found must hold together: ids that are known, spots on streets of the
 * world that was searched, costs that ascend. */
static void *seek_on(void *self)
{
    struct bustle *b = self;
    struct nearest_room *room = nearest_room_new();
    struct route_room *way = route_room_new();
    struct arena *a = arena_new();
    struct town_dice dice = { 77 };

    while (!atomic_load(&b->over)) {
        const struct nearby_wish wish = {
            .search = { .place = point_from_e7(somewhere(&dice, b->city->world)), .k = 5 },
            .sight = &(struct sight){ .everyone = true },
        };
        struct nearby_answer answer;
        struct fail f;

        if (!nearby_find(b->city->live, &wish, room, a, &answer, &f)) {
            atomic_fetch_add(&b->wrong, f.code != CODE_NO_CITY_YET);
            continue;
        }
        nearby_route(&answer, 5, true, way, a);
        for (int32_t i = 0; i < answer.count && i < 5; i++)
            atomic_fetch_add(&b->wrong, !answer.people[i].has_way);
        for (int32_t i = 0; i < answer.count; i++) {
            const struct nearby_person *p = &answer.people[i];

            atomic_fetch_add(&b->wrong,
                             p->person_id < 1 || p->person_id > CROWD || !p->name[0] ||
                                 p->stands.segment >= answer.world->network->segment_count ||
                                 p->route.cost_ms != p->cost_ms ||
                                 (i > 0 && p->cost_ms < answer.people[i - 1].cost_ms));
        }
        atomic_fetch_add(&b->found, answer.count);
        nearby_done(&answer);
        arena_reset(a);
    }
    arena_free(a);
    route_room_free(way);
    nearest_room_free(room);
    return NULL;
}

static void everything_may_happen_at_once(void **state)
{
    struct city *c = *state;
    struct bustle b = { .city = c };
    pthread_t threads[MOVERS + SEEKERS + 2];

    for (int i = 1; i <= CROWD; i++)
        know(c->live, i, "someone");
    for (int i = 0; i < MOVERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, move_on, &b), 0);
    for (int i = 0; i < SEEKERS; i++)
        assert_int_equal(pthread_create(&threads[MOVERS + i], NULL, seek_on, &b), 0);
    assert_int_equal(pthread_create(&threads[MOVERS + SEEKERS], NULL, come_and_go, &b), 0);
    assert_int_equal(pthread_create(&threads[MOVERS + SEEKERS + 1], NULL, take_and_free, &b), 0);
    /* Until enough was found on enough cities; the test's own time limit ends what hangs. */
    for (int i = 0; i < SETTLES || atomic_load(&b.found) < 500; i++) {
        struct world *w = block_world(c->slot, SIDE + i % 5, BLOCK_PORTO);

        live_settle(c->live, w);
        world_publish(c->slot, w);
    }
    atomic_store(&b.over, true);
    for (int i = 0; i < MOVERS + SEEKERS + 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(b.wrong, 0);
    assert_int_equal(live_placed_count(c->live) <= CROWD, 1);
    /* No change was lost between two cities: everyone with a fix stands on a street. */
    assert_int_equal(crowd_count(live_crowd(c->live)), live_placed_count(c->live));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_moves_who_is_not_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_fix_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_jump_is_flagged_and_not_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whose_frame_is_doubted_is_shown_and_not_sent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_old_fix_counts_by_what_can_be_reached_since, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_is_forgotten_is_gone_everywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_mode_stands_on_its_own_streets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(far_from_every_street_one_is_not_in_the_crowd, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(more_people_than_there_was_room_for_are_all_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_box_gives_exactly_who_is_in_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_box_has_a_new_version_when_it_looks_different, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(everyone_is_put_onto_the_streets_of_another_city, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(everything_may_happen_at_once, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
