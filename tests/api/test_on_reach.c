/* What can be reached, as the outside asks for it. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "geo/frame.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 10 };

static struct asking_room ROOM;

/* Blocks in Beijing, where every frame is at home. */
static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer ask(const char *query, const char *body)
{
    asking_as(ROOM.worker, ROLE_DISPATCHER, 1, 0);
    return asking_send(ROOM.worker, "POST", arena_text(ROOM.d->arena, "/v1/reach%s", query), NULL,
                       body);
}

/* The crossing so many blocks east and north of the south-west. */
static const char *crossing(int32_t east, int32_t north)
{
    return arena_text(ROOM.d->arena, "{\"place\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}}",
                      BLOCK_BEIJING.lon + east * 0.001, BLOCK_BEIJING.lat + north * 0.001);
}

/* Seconds for so many thousandths of a block. */
static double walk_s(int32_t thousandths)
{
    return (double)database_int(ROOM.d, "SELECT min(foot_ms) FROM vigil.edge") * thousandths / 1e6;
}

static double block_m(void)
{
    return (double)database_int(ROOM.d, "SELECT max(length_cm) FROM vigil.segment") / 100;
}

static void from_a_crossing_it_goes_four_ways(void **state)
{
    const struct asking_answer answer =
        ask("", arena_text(ROOM.d->arena,
                           "{\"sources\":[%s],\"mode\":\"foot\",\"limits_s\":[%.3f,%.3f],"
                           "\"streets\":true}",
                           crossing(4, 4), walk_s(250), walk_s(1500)));

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/mode"), "foot");
    assert_string_equal(asking_text(&answer, "/direction"), "from");
    assert_string_equal(asking_text(&answer, "/frame"), "wgs84");
    assert_int_equal(asking_count(&answer, "/limits"), 2);
    check_near(asking_number(&answer, "/limits/0/limit_s"), walk_s(250), 0.001);
    check_near(asking_number(&answer, "/limits/0/length_m"), block_m(), block_m() / 50);
    assert_int_equal(asking_count(&answer, "/limits/0/pieces"), 4);
    assert_int_equal(asking_count(&answer, "/limits/0/streets/coordinates"), 4);
    assert_string_equal(asking_text(&answer, "/limits/0/streets/type"), "MultiLineString");
    check_near(asking_number(&answer, "/limits/0/pieces/0/to_m") -
                   asking_number(&answer, "/limits/0/pieces/0/from_m"),
               block_m() / 4, block_m() / 100);
    /* Half a block further on from four crossings, three ways each. */
    check_near(asking_number(&answer, "/limits/1/length_m"), 10 * block_m(), block_m() / 5);
    assert_string_equal(asking_text(&answer, "/limits/1/outline/type"), "MultiPolygon");
    assert_int_equal(asking_count(&answer, "/limits/1/outline/coordinates"), 1);
    assert_true(asking_count(&answer, "/limits/1/outline/coordinates/0/0") > 40);
}

static void only_what_is_asked_for_is_drawn(void **state)
{
    const char *body = arena_text(ROOM.d->arena,
                                  "{\"sources\":[%s],\"mode\":\"car\",\"limits_s\":[10],"
                                  "\"outline\":false}",
                                  crossing(1, 1));
    const struct asking_answer answer = ask("", body);

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_non_null(strstr(answer.body, "\"outline\":null"));
    assert_non_null(strstr(answer.body, "\"streets\":null"));
    assert_false(asking_has(&answer, "/limits/0/pieces"));
    assert_true(asking_number(&answer, "/limits/0/length_m") > 0);
}

static void many_sources_reach_together_what_each_of_them_reaches(void **state)
{
    const struct asking_answer answer =
        ask("", arena_text(ROOM.d->arena,
                           "{\"sources\":[%s,%s,%s],\"mode\":\"foot\",\"limits_s\":[%.3f],"
                           "\"direction\":\"towards\"}",
                           crossing(1, 1), crossing(8, 8), crossing(8, 8), walk_s(500)));

    (void)state;
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/direction"), "towards");
    check_near(asking_number(&answer, "/limits/0/length_m"), 4 * block_m(), block_m() / 25);
    assert_int_equal(asking_count(&answer, "/limits/0/outline/coordinates"), 2);
}

static void it_is_drawn_in_the_frame_that_is_asked_for(void **state)
{
    static const char *const FIRST[] = { "/limits/0/streets/coordinates/0/0",
                                         "/limits/0/outline/coordinates/0/0/0" };
    const char *body = arena_text(ROOM.d->arena,
                                  "{\"sources\":[%s],\"mode\":\"foot\",\"limits_s\":[60],"
                                  "\"streets\":true}",
                                  crossing(5, 5));
    struct point plain[2];
    struct asking_answer answer = ask("", body);

    (void)state;
    for (int i = 0; i < 2; i++)
        plain[i] = (struct point){
            asking_number(&answer, arena_text(ROOM.d->arena, "%s/0", FIRST[i])),
            asking_number(&answer, arena_text(ROOM.d->arena, "%s/1", FIRST[i])),
        };
    answer = ask("?frame=gcj02", body);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/frame"), "gcj02");
    for (int i = 0; i < 2; i++) {
        struct point want;
        struct fail f;

        assert_true(frame_from_wgs84(FRAME_GCJ02, plain[i], &want, &f));
        check_near(asking_number(&answer, arena_text(ROOM.d->arena, "%s/0", FIRST[i])), want.lon,
                   2e-7);
        check_near(asking_number(&answer, arena_text(ROOM.d->arena, "%s/1", FIRST[i])), want.lat,
                   2e-7);
    }
}

static void wishes_that_make_no_sense_are_refused(void **state)
{
#define HERE                                                                                       \
    "{\"sources\":[{\"place\":{\"lon\":116.392,\"lat\":39.902,\"frame\":\"wgs84\"}}],"             \
    "\"mode\":\"foot\""
    static const struct {
        const char *body;
        int32_t status;
        const char *code;
        const char *pointer;
    } CASES[] = {
        { "{}", 422, "key_missing", NULL },
        { HERE "}", 422, "key_missing", NULL },
        { HERE ",\"limits_s\":[]}", 422, "value_out_of_range", "/limits_s" },
        { HERE ",\"limits_s\":[0]}", 422, "value_out_of_range", "/limits_s/0" },
        { HERE ",\"limits_s\":[60,60]}", 422, "value_out_of_range", "/limits_s/1" },
        { HERE ",\"limits_s\":[60,3601]}", 422, "value_out_of_range", "/limits_s/1" },
        { HERE ",\"limits_s\":[1,2,3,4,5,6,7,8,9,10,11]}", 422, "value_out_of_range", "/limits_s" },
        { HERE ",\"limits_s\":[60],\"direction\":\"away\"}", 422, "value_not_allowed",
          "/direction" },
        { HERE ",\"limits_s\":[60],\"streets\":1}", 422, "value_wrong_type", "/streets" },
        { HERE ",\"limits_s\":[60],\"fast\":true}", 422, "key_unknown", NULL },
        { "{\"sources\":[],\"mode\":\"foot\",\"limits_s\":[60]}", 422, "value_out_of_range",
          "/sources" },
        { "{\"sources\":[{}],\"mode\":\"foot\",\"limits_s\":[60]}", 422, NULL, NULL },
        { "{\"sources\":[{\"place\":{\"lon\":2.3,\"lat\":48.8,\"frame\":\"wgs84\"}}],"
          "\"mode\":\"foot\",\"limits_s\":[60]}",
          422, "no_street_near", NULL },
        { HERE ",\"limits_s\":[60],\"mode\":\"horse\"}", 400, "json_duplicate_key", NULL },
    };
#undef HERE

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = ask("", CASES[i].body);

        asking_expect(&answer, CASES[i].status, CASES[i].code);
        if (CASES[i].pointer)
            assert_string_equal(asking_text(&answer, "/pointer"), CASES[i].pointer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_a_crossing_it_goes_four_ways),
        cmocka_unit_test(only_what_is_asked_for_is_drawn),
        cmocka_unit_test(many_sources_reach_together_what_each_of_them_reaches),
        cmocka_unit_test(it_is_drawn_in_the_frame_that_is_asked_for),
        cmocka_unit_test(wishes_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
