/* People on segments, against a plain table of everyone. */
#include "geo/road/crowd.h"

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { IDS = 200, ROUNDS = 40000 };

struct known {
    bool here;
    struct crowd_person person;
};

static void check_same(const struct crowd_person *got, const struct crowd_person *want)
{
    assert_int_equal(got->person_id, want->person_id);
    assert_int_equal(got->spot.segment, want->spot.segment);
    assert_int_equal(got->spot.along_cm, want->spot.along_cm);
    assert_int_equal(got->mode, want->mode);
    assert_int_equal(got->available, want->available);
    assert_int_equal(got->skills, want->skills);
}

static void check_all(const struct crowd *c, const struct network *n, const struct known *known)
{
    int32_t count = 0;
    int32_t seen = 0;

    for (int32_t id = 0; id < IDS; id++) {
        struct crowd_person got;

        assert_true(crowd_get(c, known[id].person.person_id, &got) == known[id].here);
        if (!known[id].here)
            continue;
        check_same(&got, &known[id].person);
        count++;
    }
    assert_int_equal(crowd_count(c), count);
    for (int32_t s = 0; s < n->segment_count; s++) {
        struct crowd_person got;

        for (int32_t cursor = -1; crowd_next(c, s, &cursor, &got); seen++)
            assert_int_equal(got.spot.segment, s);
    }
    assert_int_equal(seen, count);
}

/* Many at once, some of them twice. */
static void move_some(struct town_dice *dice, const struct network *n, struct crowd *c,
                      struct known *known)
{
    struct crowd_move moves[3 * IDS];
    int32_t count = 0;

    for (int32_t i = 0; i < 3 * IDS; i++) {
        struct known *one = &known[town_pick(dice, IDS)];

        if (!one->here)
            continue;
        one->person.spot = town_spot(dice, n);
        moves[count++] =
            (struct crowd_move){ crowd_find(c, one->person.person_id), one->person.spot };
    }
    crowd_move(c, moves, count);
}

static void people_come_move_and_go(void **state)
{
    struct arena *a = arena_new();
    struct town_dice dice = { 11 };
    const struct network *n = town_random(&dice, 8, 12, false, a);
    struct crowd *c = crowd_new(n);
    static struct known known[IDS] = { 0 };

    (void)state;
    for (int32_t id = 0; id < IDS; id++)
        known[id].person.person_id = (int64_t)id << 32;
    for (int32_t round = 0; round < ROUNDS; round++) {
        struct known *one = &known[town_pick(&dice, IDS)];

        if (town_pick(&dice, 3) == 0) {
            crowd_remove(c, one->person.person_id);
            one->here = false;
        } else {
            const struct crowd_person person = { .person_id = one->person.person_id,
                                                 .spot = town_spot(&dice, n),
                                                 .mode = (enum mode)town_pick(&dice, MODE_COUNT),
                                                 .available = town_pick(&dice, 2) == 0,
                                                 .skills = town_roll(&dice) };

            crowd_put(c, &person);
            one->here = true;
            one->person = person;
        }
        if (round % 500 == 0) {
            move_some(&dice, n, c, known);
            check_all(c, n, known);
        }
    }
    check_all(c, n, known);
    crowd_free(c);
    arena_free(a);
}

static void unknown_ids_are_ignored(void **state)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    struct crowd *c = crowd_new(n);
    struct crowd_person got;

    (void)state;
    crowd_remove(c, 5);
    assert_false(crowd_get(c, 5, &got));
    assert_int_equal(crowd_count(c), 0);
    crowd_free(c);
    arena_free(a);
}

static void a_person_takes_the_memory_that_is_promised(void **state)
{
    enum { PEOPLE = 100000 }; /* almost as many as there is room for then */
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    struct crowd *c = crowd_new(n);
    const size_t empty = crowd_bytes(c);

    (void)state;
    for (int64_t id = 1; id <= PEOPLE; id++)
        crowd_put(c, &(struct crowd_person){ .person_id = id, .spot = { (int32_t)(id % 4), 1 } });
    assert_in_range((crowd_bytes(c) - empty) / PEOPLE, 48, 96);
    crowd_free(c);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_come_move_and_go),
        cmocka_unit_test(unknown_ids_are_ignored),
        cmocka_unit_test(a_person_takes_the_memory_that_is_promised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
