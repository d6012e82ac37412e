/* Each rule about the tags of turn restrictions and barriers. */
#include "geo/road/rules.h"

#include "tests/support/check_near.h"

enum { F = 1, B = 2, C = 4, ALL = 7, PAIRS = 4 };

struct tags {
    struct access_tag tag[PAIRS];
};

static int32_t count_of(const struct tags *t)
{
    int32_t count = 0;

    while (count < PAIRS && t->tag[count].key)
        count++;
    return count;
}

static const struct {
    struct tags tags;
    enum rules_kind kind[MODE_COUNT]; /* foot, ebike, car */
} TURNS[] = {
    { { { { "restriction", "no_left_turn" } } }, { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction", "no_right_turn" } } }, { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction", "no_straight_on" } } }, { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction", "no_entry" } } }, { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction", "no_exit" } } }, { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction", "no_u_turn" } } }, { RULES_NOTHING, RULES_NO_BACK, RULES_NO_BACK } },
    { { { { "restriction", "only_left_turn" } } }, { RULES_NOTHING, RULES_ONLY, RULES_ONLY } },
    { { { { "restriction", "only_right_turn" } } }, { RULES_NOTHING, RULES_ONLY, RULES_ONLY } },
    { { { { "restriction", "only_straight_on" } } }, { RULES_NOTHING, RULES_ONLY, RULES_ONLY } },
    { { { { "restriction", "only_u_turn" } } }, { RULES_NOTHING, RULES_ONLY, RULES_ONLY } },
    { { { { "restriction", "no_left_turn;no_u_turn" } } }, { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction", "no_left_turning" } } }, { RULES_NOTHING } },
    { { { { "restriction", "" } } }, { RULES_NOTHING } },

    { { { { "restriction", "no_left_turn" }, { "except", "bicycle" } } },
      { RULES_NOTHING, RULES_NOTHING, RULES_NO } },
    { { { { "restriction", "no_left_turn" }, { "except", "psv; motorcar" } } },
      { RULES_NOTHING, RULES_NO, RULES_NOTHING } },
    { { { { "restriction", "no_left_turn" }, { "except", "motor_vehicle" } } },
      { RULES_NOTHING, RULES_NO, RULES_NOTHING } },
    { { { { "restriction", "no_left_turn" }, { "except", "vehicle" } } }, { RULES_NOTHING } },
    { { { { "restriction", "no_left_turn" }, { "except", "psv;emergency;motorcars" } } },
      { RULES_NOTHING, RULES_NO, RULES_NO } },

    { { { { "restriction:hgv", "no_left_turn" } } }, { RULES_NOTHING } },
    { { { { "restriction:bus", "only_left_turn" } } }, { RULES_NOTHING } },
    { { { { "restriction:motorcar", "no_left_turn" } } },
      { RULES_NOTHING, RULES_NOTHING, RULES_NO } },
    { { { { "restriction:motor_vehicle", "no_left_turn" } } },
      { RULES_NOTHING, RULES_NOTHING, RULES_NO } },
    { { { { "restriction:vehicle", "no_left_turn" } } }, { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction:bicycle", "only_left_turn" } } },
      { RULES_NOTHING, RULES_ONLY, RULES_NOTHING } },
    { { { { "restriction:electric_bicycle", "no_u_turn" } } },
      { RULES_NOTHING, RULES_NO_BACK, RULES_NOTHING } },
    { { { { "restriction:foot", "no_straight_on" } } },
      { RULES_NO, RULES_NOTHING, RULES_NOTHING } },
    { { { { "restriction:bicycle", "none" }, { "restriction", "no_left_turn" } } },
      { RULES_NOTHING, RULES_NOTHING, RULES_NO } },

    { { { { "restriction:conditional", "no_left_turn @ (Mo-Fr 07:00-09:00)" } } },
      { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction:motorcar:conditional", "no_u_turn@(22:00-06:00)" } } },
      { RULES_NOTHING, RULES_NOTHING, RULES_NO_BACK } },
    { { { { "restriction:conditional", "no_left_turn @ (weight > 7.5)" } } }, { RULES_NOTHING } },
    { { { { "restriction", "no_right_turn" }, { "restriction:conditional", "none @ (Su)" } } },
      { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "restriction", "no_right_turn" }, { "hour_on", "07:00" } } },
      { RULES_NOTHING, RULES_NO, RULES_NO } },
    { { { { "type", "restriction" } } }, { RULES_NOTHING } },
};

static void a_turn_restriction_says_what_is_forbidden_to_whom(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TURNS / sizeof TURNS[0]; i++) {
        struct rules_turn got;
        bool concerns = false;
        const bool says = rules_turn(TURNS[i].tags.tag, count_of(&TURNS[i].tags), &got);

        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            if (got.kind[mode] != TURNS[i].kind[mode])
                fail_msg("%s=%s: mode %d has %d", TURNS[i].tags.tag[0].key,
                         TURNS[i].tags.tag[0].value, (int)mode, (int)got.kind[mode]);
            concerns = concerns || got.kind[mode] != RULES_NOTHING;
        }
        assert_int_equal(says, concerns);
    }
}

static void a_barrier_stops_whom_it_is_there_to_stop(void **state)
{
    static const struct {
        struct tags tags;
        int stops;
    } CASES[] = {
        { { { { "barrier", "gate" } } }, 0 },
        { { { { "barrier", "lift_gate" } } }, 0 },
        { { { { "barrier", "swing_gate" } } }, 0 },
        { { { { "barrier", "cattle_grid" } } }, 0 },
        { { { { "barrier", "kerb" } } }, 0 },
        { { { { "barrier", "toll_booth" } } }, 0 },
        { { { { "barrier", "border_control" } } }, 0 },
        { { { { "barrier", "entrance" } } }, 0 },
        { { { { "barrier", "no" } } }, 0 },
        { { { { "barrier", "bollard" } } }, C },
        { { { { "barrier", "block" } } }, C },
        { { { { "barrier", "cycle_barrier" } } }, C },
        { { { { "barrier", "jersey_barrier" } } }, C },
        { { { { "barrier", "bus_trap" } } }, C },
        { { { { "barrier", "yes" } } }, C },
        { { { { "barrier", "stile" } } }, B | C },
        { { { { "barrier", "turnstile" } } }, B | C },
        { { { { "barrier", "kissing_gate" } } }, B | C },
        { { { { "barrier", "wall" } } }, ALL },
        { { { { "barrier", "fence" } } }, ALL },
        { { { { "highway", "crossing" } } }, 0 },

        { { { { "barrier", "gate" }, { "access", "private" } } }, ALL },
        { { { { "barrier", "gate" }, { "access", "no" }, { "foot", "yes" } } }, B | C },
        { { { { "barrier", "gate" }, { "access", "no" }, { "bicycle", "yes" } } }, F | C },
        { { { { "barrier", "gate" }, { "motor_vehicle", "no" } } }, C },
        { { { { "barrier", "gate" }, { "vehicle", "no" } } }, B | C },
        { { { { "barrier", "gate" }, { "locked", "yes" } } }, ALL },
        { { { { "barrier", "gate" }, { "locked", "yes" }, { "foot", "yes" } } }, B | C },
        { { { { "barrier", "gate" }, { "locked", "no" } } }, 0 },
        { { { { "barrier", "bollard" }, { "motor_vehicle", "yes" } } }, 0 },
        { { { { "barrier", "bollard" }, { "motorcar", "yes" } } }, 0 },
        { { { { "barrier", "bollard" }, { "bicycle", "no" } } }, B | C },
        { { { { "barrier", "bollard" }, { "access", "yes" } } }, C },
        { { { { "barrier", "wall" }, { "foot", "yes" } } }, B | C },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const int got = rules_barrier(CASES[i].tags.tag, count_of(&CASES[i].tags));

        if (got != CASES[i].stops)
            fail_msg("%s, %s=%s: %d are stopped", CASES[i].tags.tag[0].value,
                     CASES[i].tags.tag[1].key ? CASES[i].tags.tag[1].key : "",
                     CASES[i].tags.tag[1].key ? CASES[i].tags.tag[1].value : "", got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_restriction_says_what_is_forbidden_to_whom),
        cmocka_unit_test(a_barrier_stops_whom_it_is_there_to_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
