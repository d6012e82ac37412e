/* Tracks on the streets as the outside asks for them. */
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/matches.h"
#include "geo/frame.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"
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

static struct asking_answer send(const char *target, const char *body)
{
    asking_as(ROOM.worker, ROLE_VOLUNTEER, 1, 0);
    return asking_send(ROOM.worker, "POST", target, NULL, body);
}

/* East along row 2 a minute a block, then north along column 5, in the frame. */
static const char *way_round_a_corner(enum frame frame)
{
    const char *list = "";
    char time[INSTANT_SIZE];

    for (int i = 0; i <= 8; i++) {
        struct point p = { BLOCK_BEIJING.lon + (i < 4 ? 1.5 + i : 5.0) * 1e-3,
                           BLOCK_BEIJING.lat + (i < 4 ? 2.0 : i - 1.5) * 1e-3 };
        struct fail f;

        assert_true(frame_from_wgs84(frame, p, &p, &f));
        instant_write((INT64_C(1795000000) + 90 * i) * 1000000, time);
        list = arena_text(ROOM.d->arena,
                          "%s%s{\"lon\":%.8f,\"lat\":%.8f,\"frame\":\"%s\",\"fix_time\":\"%s\","
                          "\"accuracy_m\":8}",
                          list, i > 0 ? "," : "", p.lon, p.lat, frame_word(frame), time);
    }
    return arena_text(ROOM.d->arena, "{\"mode\":\"foot\",\"fixes\":[%s]}", list);
}

static void a_track_becomes_its_way_by_streets(void **state)
{
    struct asking_answer a = send("/v1/match", way_round_a_corner(FRAME_WGS84));
    const int32_t last = asking_count(&a, "/features/0/properties/pieces") - 1;

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_string_equal(a.type, "application/geo+json");
    assert_int_equal(asking_count(&a, "/features"), 1);
    assert_string_equal(asking_text(&a, "/features/0/geometry/type"), "LineString");
    assert_int_equal(asking_count(&a, "/fixes"), 9);
    assert_string_equal(asking_text(&a, "/fixes/0/verdict"), "placed");
    assert_string_equal(asking_text(&a, "/features/0/properties/pieces/0/name"), "Row 2");
    assert_string_equal(asking_text(&a, "/features/0/properties/pieces/0/direction"), "forward");
    check_near(asking_number(&a, "/features/0/properties/pieces/0/from_m"), 50, 0.5);
    check_near(asking_number(&a, "/features/0/properties/length_m"), 350 + 450, 1);
    assert_string_equal(
        asking_text(&a, arena_text(ROOM.d->arena, "/features/0/properties/pieces/%d/name", last)),
        "Column 5");
    assert_string_equal(asking_text(&a, "/features/0/properties/pieces/0/from"),
                        asking_text(&a, "/fixes/0/fix_time"));

    /* The same in another frame, and told in a third. */
    a = send("/v1/match?frame=bd09", way_round_a_corner(FRAME_GCJ02));
    asking_expect(&a, 200, NULL);
    assert_string_equal(asking_text(&a, "/frame"), "bd09");
    check_near(asking_number(&a, "/features/0/properties/length_m"), 350 + 450, 1);
    assert_true(asking_number(&a, "/fixes/0/lon") > BLOCK_BEIJING.lon + 0.01);
}

static void tracks_that_make_no_sense_are_refused(void **state)
{
    static const char FIX[] = "\"lon\":116.39,\"lat\":39.9,\"frame\":\"wgs84\"";
    const struct {
        const char *fixes, *code, *pointer;
    } WRONG[] = {
        { "[]", "value_out_of_range", "/fixes" },
        { "[7]", "value_wrong_type", "/fixes/0" },
        { arena_text(ROOM.d->arena, "[{%s}]", FIX), "key_missing", "/fixes/0/fix_time" },
        { arena_text(ROOM.d->arena, "[{%s,\"fix_time\":\"noon\"}]", FIX), "time_malformed",
          "/fixes/0/fix_time" },
        { arena_text(ROOM.d->arena,
                     "[{%s,\"fix_time\":\"2026-11-22T10:00:00Z\",\"accuracy_m\":-1}]", FIX),
          "value_out_of_range", "/fixes/0/accuracy_m" },
        { arena_text(ROOM.d->arena, "[{%s,\"fix_time\":\"2026-11-22T10:00:00Z\",\"who\":1}]", FIX),
          "key_unknown", "/fixes/0/who" },
        { "[{\"lon\":2.3,\"lat\":48.8,\"frame\":\"bd09\",\"fix_time\":\"2026-11-22T10:00:00Z\"}]",
          "frame_outside_china", "/fixes/0" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const struct asking_answer a =
            send("/v1/match",
                 arena_text(ROOM.d->arena, "{\"mode\":\"car\",\"fixes\":%s}", WRONG[i].fixes));

        asking_expect(&a, 422, WRONG[i].code);
        assert_string_equal(asking_text(&a, "/pointer"), WRONG[i].pointer);
    }
    struct asking_answer a = send("/v1/match", "{\"mode\":\"horse\",\"fixes\":[]}");

    asking_expect(&a, 422, NULL);
    assert_string_equal(asking_text(&a, "/pointer"), "/mode");
}

static void who_was_on_no_street_gets_no_way(void **state)
{
    const struct asking_answer a = send(
        "/v1/match", "{\"mode\":\"car\",\"fixes\":[{\"lon\":120,\"lat\":30,\"frame\":\"wgs84\","
                     "\"fix_time\":\"2026-11-22T10:00:00Z\"}]}");

    (void)state;
    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/features"), 0);
    assert_string_equal(asking_text(&a, "/fixes/0/verdict"), "off_road");
    assert_false(asking_has(&a, "/fixes/0/segment_id"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_track_becomes_its_way_by_streets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tracks_that_make_no_sense_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_on_no_street_gets_no_way, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
