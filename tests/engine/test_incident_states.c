/* Tests of engine/incident_states.c: the walks that DOMAIN draws, what is refused,
 * and what holds on every walk. */
#include "engine/incident_states.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/town.h"

static struct incident_states_effect go(enum incident_states_state from,
                                        enum incident_states_event event)
{
    struct incident_states_effect effect = { 0 };
    struct fail f = { 0 };

    if (!incident_states_next(from, event, INCIDENT_STATES_STAFF, &effect, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    return effect;
}

static void an_incident_goes_from_report_to_its_close(void **state)
{
    static const struct {
        enum incident_states_event event;
        enum incident_states_state then;
        uint32_t what;
    } WALK[] = {
        { INCIDENT_STATES_VERIFY, INCIDENT_STATES_VERIFIED, 0 },
        { INCIDENT_STATES_OPENING, INCIDENT_STATES_OPEN, INCIDENT_STATES_STAMP_T1 },
        { INCIDENT_STATES_HANDLE, INCIDENT_STATES_HANDLED, INCIDENT_STATES_STAMP_T6 },
        { INCIDENT_STATES_GIVE_FEEDBACK, INCIDENT_STATES_FEEDBACK, 0 },
        { INCIDENT_STATES_CLOSE, INCIDENT_STATES_CLOSED,
          INCIDENT_STATES_STAMP_T7 | INCIDENT_STATES_STAND_DOWN | INCIDENT_STATES_DISPOSITION },
        { INCIDENT_STATES_REOPEN, INCIDENT_STATES_REOPENED, INCIDENT_STATES_UNSTAMP },
        { INCIDENT_STATES_HANDLE, INCIDENT_STATES_HANDLED, INCIDENT_STATES_STAMP_T6 },
    };
    enum incident_states_state at = INCIDENT_STATES_REPORTED;

    (void)state;
    for (size_t i = 0; i < sizeof WALK / sizeof *WALK; i++) {
        const struct incident_states_effect effect = go(at, WALK[i].event);

        assert_int_equal(effect.state, WALK[i].then);
        assert_int_equal(effect.what, WALK[i].what);
        assert_false(effect.is_nothing);
        at = effect.state;
    }
}

static void what_is_so_already_is_nothing_to_do(void **state)
{
    static const struct {
        enum incident_states_state at;
        enum incident_states_event event;
    } CASES[] = {
        { INCIDENT_STATES_VERIFIED, INCIDENT_STATES_VERIFY },
        { INCIDENT_STATES_OPEN, INCIDENT_STATES_OPENING },
        { INCIDENT_STATES_HANDLED, INCIDENT_STATES_HANDLE },
        { INCIDENT_STATES_CLOSED, INCIDENT_STATES_CLOSE },
        { INCIDENT_STATES_CANCELLED, INCIDENT_STATES_CANCEL },
        { INCIDENT_STATES_MERGED, INCIDENT_STATES_MERGE },
        { INCIDENT_STATES_REOPENED, INCIDENT_STATES_REOPEN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct incident_states_effect effect = go(CASES[i].at, CASES[i].event);

        assert_true(effect.is_nothing);
        assert_int_equal(effect.state, CASES[i].at);
        assert_int_equal(effect.what, 0);
    }
}

static void what_cannot_be_is_refused_and_says_what_can(void **state)
{
    static const struct {
        enum incident_states_state at;
        enum incident_states_event event;
        const char *allowed;
    } CASES[] = {
        { INCIDENT_STATES_REPORTED, INCIDENT_STATES_CLOSE, "verify, open, cancel, merge" },
        { INCIDENT_STATES_REPORTED, INCIDENT_STATES_HANDLE, "verify" },
        { INCIDENT_STATES_OPEN, INCIDENT_STATES_CLOSE, "handled" },
        { INCIDENT_STATES_CANCELLED, INCIDENT_STATES_SEND, "reopen" },
        { INCIDENT_STATES_CLOSED, INCIDENT_STATES_CANCEL, "reopen, send" },
        { INCIDENT_STATES_MERGED, INCIDENT_STATES_REOPEN, "nothing more" },
        { INCIDENT_STATES_HANDLED, INCIDENT_STATES_CANCEL, "feedback, close, reopen" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct incident_states_effect effect;
        struct fail f = { 0 };

        assert_false(
            incident_states_next(CASES[i].at, CASES[i].event, INCIDENT_STATES_STAFF, &effect, &f));
        assert_int_equal(f.code, CODE_INCIDENT_STATE);
        assert_int_equal(f.kind, FAIL_CONFLICT);
        assert_string_equal(f.value, incident_states_word(CASES[i].at));
        if (!strstr(f.allowed, CASES[i].allowed))
            fail_msg("\"%s\" does not say \"%s\"", f.allowed, CASES[i].allowed);
    }
}

static void sending_somebody_to_a_closed_incident_opens_it_again(void **state)
{
    (void)state;
    assert_int_equal(go(INCIDENT_STATES_CLOSED, INCIDENT_STATES_SEND).state,
                     INCIDENT_STATES_REOPENED);
    assert_int_equal(go(INCIDENT_STATES_HANDLED, INCIDENT_STATES_SEND).state,
                     INCIDENT_STATES_REOPENED);
    assert_int_equal(go(INCIDENT_STATES_REPORTED, INCIDENT_STATES_SEND).state,
                     INCIDENT_STATES_OPEN);
    assert_int_equal(go(INCIDENT_STATES_OPEN, INCIDENT_STATES_SEND).state, INCIDENT_STATES_OPEN);
}

static void a_firm_takes_back_only_what_nobody_has_looked_at(void **state)
{
    (void)state;
    for (int at = 0; at < INCIDENT_STATES_COUNT; at++) {
        for (int event = 0; event < INCIDENT_STATES_EVENTS; event++) {
            struct incident_states_effect effect;
            struct fail f = { 0 };
            const bool may = incident_states_next((enum incident_states_state)at,
                                                  (enum incident_states_event)event,
                                                  INCIDENT_STATES_PARTNER, &effect, &f);

            assert_int_equal(
                may, event == INCIDENT_STATES_CANCEL &&
                         (at == INCIDENT_STATES_REPORTED || at == INCIDENT_STATES_CANCELLED));
        }
    }
}

/* Whatever is done in whatever order. */
static void every_walk_keeps_the_rules(void **state)
{
    struct town_dice dice = { 7 };
    enum incident_states_state at = INCIDENT_STATES_REPORTED;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        const enum incident_states_event event =
            (enum incident_states_event)town_pick(&dice, INCIDENT_STATES_EVENTS);
        struct incident_states_effect effect;
        struct fail f = { 0 };

        if (!incident_states_next(at, event, INCIDENT_STATES_STAFF, &effect, &f)) {
            assert_int_equal(f.code, CODE_INCIDENT_STATE);
            continue;
        }
        const bool was_over = incident_states_is_over(at);
        const bool is_over = incident_states_is_over(effect.state);

        if (was_over && !is_over)
            assert_true(event == INCIDENT_STATES_REOPEN || event == INCIDENT_STATES_SEND);
        if (!was_over && is_over) /* nobody is left standing on what is over */
            assert_true(effect.what & (INCIDENT_STATES_STAND_DOWN | INCIDENT_STATES_MOVE_PEOPLE));
        if (effect.state == INCIDENT_STATES_CLOSED && !effect.is_nothing)
            assert_true(effect.what & INCIDENT_STATES_DISPOSITION);
        at = effect.state == INCIDENT_STATES_MERGED ? INCIDENT_STATES_REPORTED : effect.state;
    }
}

static void words_go_there_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < INCIDENT_STATES_COUNT; i++) {
        enum incident_states_state back;

        assert_true(incident_states_of(incident_states_word((enum incident_states_state)i), &back));
        assert_int_equal(back, i);
    }
    for (int i = 0; i < INCIDENT_STATES_EVENTS; i++) {
        enum incident_states_event back;

        assert_true(incident_states_event_of(
            incident_states_event_word((enum incident_states_event)i), &back));
        assert_int_equal(back, i);
    }
    enum incident_states_state none;

    assert_false(incident_states_of("assigned", &none)); /* derived, never written */
}

static void how_far_people_have_come_is_shown_while_it_is_open(void **state)
{
    (void)state;
    assert_string_equal(incident_states_shown(INCIDENT_STATES_OPEN, NULL), "open");
    assert_string_equal(incident_states_shown(INCIDENT_STATES_OPEN, "enroute"), "enroute");
    assert_string_equal(incident_states_shown(INCIDENT_STATES_REOPENED, "assigned"), "assigned");
    assert_string_equal(incident_states_shown(INCIDENT_STATES_CLOSED, "on_scene"), "closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_goes_from_report_to_its_close),
        cmocka_unit_test(what_is_so_already_is_nothing_to_do),
        cmocka_unit_test(what_cannot_be_is_refused_and_says_what_can),
        cmocka_unit_test(sending_somebody_to_a_closed_incident_opens_it_again),
        cmocka_unit_test(a_firm_takes_back_only_what_nobody_has_looked_at),
        cmocka_unit_test(every_walk_keeps_the_rules),
        cmocka_unit_test(words_go_there_and_back),
        cmocka_unit_test(how_far_people_have_come_is_shown_while_it_is_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
