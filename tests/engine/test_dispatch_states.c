/* Tests of engine/dispatch_states.c: the walks that DOMAIN draws, what is refused,
 * and what holds on every walk. */
#include "engine/dispatch_states.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

enum { NOW = 1000, DUE = 2000 };

static bool step(enum dispatch_states_state *at, enum dispatch_states_event event,
                 enum dispatch_states_actor actor, int64_t now_us, struct fail *f)
{
    struct dispatch_states_effect effect;

    *f = (struct fail){ 0 };
    if (!dispatch_states_next(*at, event, actor, now_us, DUE, &effect, f))
        return false;
    assert_int_equal(effect.is_nothing, effect.state == *at);
    *at = effect.state;
    return true;
}

static void she_is_seen_to_accept_to_come_and_to_be_done(void **state)
{
    static const struct {
        enum dispatch_states_event event;
        enum dispatch_states_state then;
    } WALK[] = {
        { DISPATCH_STATES_SEE, DISPATCH_STATES_SEEN },
        { DISPATCH_STATES_ACCEPT, DISPATCH_STATES_ACCEPTED },
        { DISPATCH_STATES_SET_OUT, DISPATCH_STATES_ENROUTE },
        { DISPATCH_STATES_ARRIVE, DISPATCH_STATES_ON_SCENE },
        { DISPATCH_STATES_WORK, DISPATCH_STATES_WORKING },
        { DISPATCH_STATES_CLEAR, DISPATCH_STATES_CLEARED },
    };
    enum dispatch_states_state at = DISPATCH_STATES_OFFERED;
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof WALK / sizeof *WALK; i++) {
        assert_true(step(&at, WALK[i].event, DISPATCH_STATES_HERSELF, NOW, &f));
        assert_int_equal(at, WALK[i].then);
        assert_true(step(&at, WALK[i].event, DISPATCH_STATES_HERSELF, NOW, &f)); /* sent twice */
        assert_int_equal(at, WALK[i].then);
    }
}

static void the_ways_out_are_taken_where_they_are(void **state)
{
    static const struct {
        enum dispatch_states_state from;
        enum dispatch_states_event event;
        enum dispatch_states_actor actor;
        enum dispatch_states_state then;
    } CASES[] = {
        { DISPATCH_STATES_OFFERED, DISPATCH_STATES_DECLINE, DISPATCH_STATES_HERSELF,
          DISPATCH_STATES_DECLINED },
        { DISPATCH_STATES_ENROUTE, DISPATCH_STATES_WITHDRAW, DISPATCH_STATES_HERSELF,
          DISPATCH_STATES_WITHDRAWN },
        { DISPATCH_STATES_ON_SCENE, DISPATCH_STATES_STAND_DOWN, DISPATCH_STATES_STAFF,
          DISPATCH_STATES_STOOD_DOWN },
        { DISPATCH_STATES_ACCEPTED, DISPATCH_STATES_REASSIGN, DISPATCH_STATES_STAFF,
          DISPATCH_STATES_REASSIGNED },
        { DISPATCH_STATES_ENROUTE, DISPATCH_STATES_FAIL, DISPATCH_STATES_STAFF,
          DISPATCH_STATES_FAILED },
        { DISPATCH_STATES_ENROUTE, DISPATCH_STATES_ARRIVE, DISPATCH_STATES_GEOFENCE,
          DISPATCH_STATES_ON_SCENE },
        /* Over the radio: she is there, and nothing was said before. */
        { DISPATCH_STATES_OFFERED, DISPATCH_STATES_ARRIVE, DISPATCH_STATES_STAFF,
          DISPATCH_STATES_ON_SCENE },
    };
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum dispatch_states_state at = CASES[i].from;

        assert_true(step(&at, CASES[i].event, CASES[i].actor, NOW, &f));
        assert_int_equal(at, CASES[i].then);
    }
}

static void what_cannot_be_is_refused_with_its_reason(void **state)
{
    static const struct {
        enum dispatch_states_state at;
        enum dispatch_states_event event;
        enum dispatch_states_actor actor;
        enum fail_code code;
    } CASES[] = {
        { DISPATCH_STATES_STOOD_DOWN, DISPATCH_STATES_ACCEPT, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_FILLED },
        { DISPATCH_STATES_STOOD_DOWN, DISPATCH_STATES_SET_OUT, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_FILLED },
        { DISPATCH_STATES_EXPIRED, DISPATCH_STATES_ACCEPT, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_LATE },
        { DISPATCH_STATES_CLEARED, DISPATCH_STATES_WITHDRAW, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_OVER },
        { DISPATCH_STATES_DECLINED, DISPATCH_STATES_ACCEPT, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_OVER },
        { DISPATCH_STATES_ACCEPTED, DISPATCH_STATES_DECLINE, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_STATE },
        { DISPATCH_STATES_OFFERED, DISPATCH_STATES_CLEAR, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_STATE },
        { DISPATCH_STATES_OFFERED, DISPATCH_STATES_STAND_DOWN, DISPATCH_STATES_HERSELF,
          CODE_DISPATCH_STATE },
        { DISPATCH_STATES_OFFERED, DISPATCH_STATES_EXPIRE, DISPATCH_STATES_STAFF,
          CODE_DISPATCH_STATE },
        { DISPATCH_STATES_ENROUTE, DISPATCH_STATES_CLEAR, DISPATCH_STATES_GEOFENCE,
          CODE_DISPATCH_STATE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum dispatch_states_state at = CASES[i].at;
        struct fail f;

        assert_false(step(&at, CASES[i].event, CASES[i].actor, NOW, &f));
        assert_int_equal(f.code, CASES[i].code);
        assert_int_equal(f.kind, FAIL_CONFLICT);
        assert_true(f.allowed[0] != '\0');
    }
}

static void an_answer_counts_up_to_the_deadline(void **state)
{
    enum dispatch_states_state at = DISPATCH_STATES_SEEN;
    struct fail f;

    (void)state;
    assert_true(step(&at, DISPATCH_STATES_EXPIRE, DISPATCH_STATES_TIMER, DUE - 1, &f));
    assert_int_equal(at, DISPATCH_STATES_SEEN);
    assert_false(step(&at, DISPATCH_STATES_ACCEPT, DISPATCH_STATES_HERSELF, DUE, &f));
    assert_int_equal(f.code, CODE_DISPATCH_LATE);
    assert_true(step(&at, DISPATCH_STATES_ACCEPT, DISPATCH_STATES_HERSELF, DUE - 1, &f));
    assert_true(step(&at, DISPATCH_STATES_EXPIRE, DISPATCH_STATES_TIMER, DUE + 1, &f));
    assert_int_equal(at, DISPATCH_STATES_ACCEPTED); /* the timer came late */
    at = DISPATCH_STATES_SEEN;
    assert_true(step(&at, DISPATCH_STATES_EXPIRE, DISPATCH_STATES_TIMER, DUE, &f));
    assert_int_equal(at, DISPATCH_STATES_EXPIRED);
    at = DISPATCH_STATES_OFFERED; /* a dispatcher who has her on the phone is not bound by it */
    assert_true(step(&at, DISPATCH_STATES_ACCEPT, DISPATCH_STATES_STAFF, DUE + 1, &f));
}

/* Whatever is said by whomever in whatever order. */
static void every_walk_keeps_the_rules(void **state)
{
    struct town_dice dice = { 11 };
    enum dispatch_states_state at = DISPATCH_STATES_OFFERED;

    (void)state;
    for (int i = 0; i < 300000; i++) {
        const enum dispatch_states_state before = at;
        const enum dispatch_states_event event =
            (enum dispatch_states_event)town_pick(&dice, DISPATCH_STATES_EVENTS);
        const enum dispatch_states_actor actor =
            (enum dispatch_states_actor)town_pick(&dice, DISPATCH_STATES_ACTORS);
        struct fail f;

        if (!step(&at, event, actor, town_pick(&dice, 2 * DUE), &f)) {
            assert_int_equal(at, before);
            continue;
        }
        if (!dispatch_states_is_active(before))
            assert_int_equal(at, before); /* what is over stays over */
        else
            assert_true(at >= before); /* nobody goes back */
        if (at == DISPATCH_STATES_EXPIRED && before != at)
            assert_int_equal(actor, DISPATCH_STATES_TIMER);
        if (actor == DISPATCH_STATES_GEOFENCE && at != before)
            assert_int_equal(at, DISPATCH_STATES_ON_SCENE);
        if (!dispatch_states_is_active(at) && town_pick(&dice, 40) == 0)
            at = DISPATCH_STATES_OFFERED;
    }
}

static void an_order_is_as_far_as_the_first_of_its_people(void **state)
{
    static const struct {
        enum dispatch_states_state people[3];
        enum dispatch_states_state all;
    } CASES[] = {
        { { DISPATCH_STATES_OFFERED, DISPATCH_STATES_ENROUTE, DISPATCH_STATES_SEEN },
          DISPATCH_STATES_ENROUTE },
        { { DISPATCH_STATES_CLEARED, DISPATCH_STATES_SEEN, DISPATCH_STATES_DECLINED },
          DISPATCH_STATES_SEEN },
        { { DISPATCH_STATES_DECLINED, DISPATCH_STATES_CLEARED, DISPATCH_STATES_EXPIRED },
          DISPATCH_STATES_CLEARED },
        { { DISPATCH_STATES_DECLINED, DISPATCH_STATES_EXPIRED, DISPATCH_STATES_DECLINED },
          DISPATCH_STATES_EXPIRED },
        { { DISPATCH_STATES_DECLINED, DISPATCH_STATES_DECLINED, DISPATCH_STATES_DECLINED },
          DISPATCH_STATES_DECLINED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(dispatch_states_of_all(CASES[i].people, 3), CASES[i].all);
}

static void words_go_there_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < DISPATCH_STATES_COUNT; i++) {
        enum dispatch_states_state back;

        assert_true(dispatch_states_of(dispatch_states_word((enum dispatch_states_state)i), &back));
        assert_int_equal(back, i);
    }
    for (int i = 0; i < DISPATCH_STATES_EVENTS; i++) {
        enum dispatch_states_event back;

        assert_true(dispatch_states_event_of(
            dispatch_states_event_word((enum dispatch_states_event)i), &back));
        assert_int_equal(back, i);
    }
    assert_string_equal(dispatch_states_actor_word(DISPATCH_STATES_STAFF), "staff");
    assert_int_equal(dispatch_states_window_s(1), 30);
    assert_int_equal(dispatch_states_window_s(3), 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(she_is_seen_to_accept_to_come_and_to_be_done),
        cmocka_unit_test(the_ways_out_are_taken_where_they_are),
        cmocka_unit_test(what_cannot_be_is_refused_with_its_reason),
        cmocka_unit_test(an_answer_counts_up_to_the_deadline),
        cmocka_unit_test(every_walk_keeps_the_rules),
        cmocka_unit_test(an_order_is_as_far_as_the_first_of_its_people),
        cmocka_unit_test(words_go_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
