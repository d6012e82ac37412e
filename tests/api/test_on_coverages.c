/* What is covered now, as the outside asks for it. */
#include "tests/support/check_near.h"

#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "geo/tile.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"
#include "tests/support/mvt_read.h"

enum { SIDE = 10, PATIENCE_S = 30 };

/* 80 m each way: a block is 85.3 m wide and 111 m high on the map, and both count as 100 m. */
static const double SEEN_M = 2 * (80 / 0.853 + 80 / 1.110);

static struct asking_room ROOM;

/* The city 1 with the counties 2, the western half of the blocks, and 3, the eastern one;
 * each has one cell and a lookout point that sees 80 m, at the crossings 2 and 8 blocks
 * east, 5 north. Who is to be there is signed up, one for each. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area)"
    " SELECT i, 1, 'county', '32030' || i, 'County ' || i,"
    "        ST_Multi(ST_MakeEnvelope(%.7f + (i - 2) * 0.0053 - 0.002, %.7f - 0.002,"
    "                                 %.7f + (i - 1) * 0.0053 + (i - 2) * 0.004, %.7f + 0.02, "
    "4326))"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom)"
    " SELECT i * 10, i, 'G' || i, 'free', 'drawn', area FROM vigil.org o, generate_series(2, 3) AS "
    "i"
    " WHERE o.org_id = i;"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, geom)"
    " SELECT i * 10, i, 'L' || i, 'L' || i, 'active', 80,"
    "        ST_Point(%.7f + 0.002 + (i - 2) * 0.006, %.7f + 0.005, 4326)"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.person (person_id, display_name, org_id, mode, location_consent, on_duty)"
    " SELECT i, 'Person ' || i, i - 99 + 0, 'foot', true, true FROM generate_series(101, 102) AS i;"
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at,"
    "                         joins, approval, radius_m)"
    " SELECT i, i, current_date, 'S', i * 10, tstzrange(now() - interval '1 hour',"
    "        now() + interval '5 hours'), now() - interval '2 hours', 'assigned', false, 100"
    " FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count)"
    " SELECT i, 'watch', i, 1, 4 FROM generate_series(2, 3) AS i;"
    "INSERT INTO vigil.signup (signup_id, org_id, shift_id, person_id, role, during, state)"
    " SELECT i, i, i, 99 + i, 'watch', tstzrange(now(), now()), 'approved'"
    " FROM generate_series(2, 3) AS i;";

/* Everything that was changed is known everywhere. */
static void settle(void)
{
    struct engine *e = asking_engine(ROOM.asking);
    struct fail f = { 0 };

    if (!engine_follow(e, &f))
        fail_msg("%s", f.text);
    assert_true(terrain_settle(engine_terrain(e)));
    assert_true(coverage_settle(engine_coverage(e)));
}

static int set_up(void **state)
{
    const struct point at = BLOCK_BEIJING;

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, at);
    database_run(ROOM.d,
                 arena_text(ROOM.d->arena, CITY, at.lon, at.lat, at.lon, at.lat, at.lon, at.lat));
    settle();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static void check_in(int64_t signup_id, bool is_there)
{
    database_run(ROOM.d, arena_text(ROOM.d->arena,
                                    "UPDATE vigil.signup SET state = '%s' WHERE signup_id = %lld",
                                    is_there ? "checked_in" : "approved", (long long)signup_id));
    settle();
}

/* Where somebody stands, so many thousandths of a block east and north. */
static void stand(int64_t person_id, int32_t east, int32_t north)
{
    const struct point at = { BLOCK_BEIJING.lon + east * 1e-6, BLOCK_BEIJING.lat + north * 1e-6 };
    const struct live_fix fix = { .person_id = person_id,
                                  .at = point_to_e7(at),
                                  .accuracy_dm = -1,
                                  .speed_cms = -1,
                                  .fix_us = clock_wall_us(),
                                  .received_us = clock_wall_us() };

    live_move(engine_live(asking_engine(ROOM.asking)), &fix, 1);
    settle();
}

static struct asking_answer ask(int64_t org_id, const char *target)
{
    asking_as(ROOM.worker, ROLE_PLANNER, org_id, 0);
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

static struct asking_answer try(int64_t org_id, const char *body)
{
    asking_as(ROOM.worker, ROLE_PLANNER, org_id, 0);
    return asking_send(ROOM.worker, "POST", "/v1/coverage/what-if", NULL, body);
}

static bool has_next(const struct asking_answer *answer)
{
    return strstr(answer->body, "\"next\":null") == NULL;
}

static double figure(int64_t org_id, const char *name)
{
    const struct asking_answer answer = ask(org_id, "/v1/coverage");

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/org_id"), org_id);
    return asking_number(&answer, arena_text(ROOM.d->arena, "/city/%s", name));
}

static double all_m(void)
{
    return (double)database_int(ROOM.d, "SELECT sum(length_cm) FROM vigil.segment") / 100;
}

static void a_lookout_point_covers_while_it_is_staffed(void **state)
{
    (void)state;
    check_near(figure(1, "length_m"), all_m(), 0.01);
    check_near(figure(1, "lookout_m"), 0, 0);
    check_near(figure(1, "dark_m"), all_m(), 0.01);
    check_in(2, true);
    check_near(figure(1, "lookout_m"), SEEN_M, 1);
    check_near(figure(1, "dark_m"), all_m() - figure(1, "lookout_m"), 0.011);
    check_near(figure(1, "thin_m"), figure(1, "lookout_m"), 0.01);
    check_near(figure(1, "covered_share"), figure(1, "lookout_m") / all_m(), 1e-6);
    check_in(3, true);
    check_near(figure(1, "lookout_m"), 2 * SEEN_M, 2);
    check_in(2, false);
    check_near(figure(1, "lookout_m"), SEEN_M, 1);
    database_run(ROOM.d,
                 "UPDATE vigil.lookout_point SET state = 'suspended' WHERE lookout_point_id = 30");
    settle();
    check_near(figure(1, "lookout_m"), 0, 0);
    database_run(ROOM.d,
                 "UPDATE vigil.lookout_point SET state = 'active' WHERE lookout_point_id = 30");
    check_in(3, false);
}

static void who_can_be_there_in_time_covers_until_she_is_taken(void **state)
{
    const int64_t persons[] = { 101 };

    (void)state;
    stand(101, 5000, 5000);
    const double reach_m = figure(1, "reach_m");

    assert_true(reach_m > 1000);
    check_near(figure(1, "unreachable_m"), all_m() - reach_m, 0.011);
    assert_true(figure(1, "reach_share/60") < figure(1, "reach_share/180"));
    assert_true(figure(1, "reach_share/180") < figure(1, "reach_share/300"));
    check_near(figure(1, "reach_share/180"), reach_m / all_m(), 1e-6);
    live_take(engine_live(asking_engine(ROOM.asking)), persons, 1, 7);
    assert_true(coverage_settle(engine_coverage(asking_engine(ROOM.asking))));
    check_near(figure(1, "reach_m"), 0, 0);
    live_release(engine_live(asking_engine(ROOM.asking)), persons, 1);
    assert_true(coverage_settle(engine_coverage(asking_engine(ROOM.asking))));
    check_near(figure(1, "reach_m"), reach_m, 0.01);
    stand(101, 0, 0);
    assert_true(figure(1, "reach_m") < reach_m);
}

static void each_sees_what_is_hers_and_below(void **state)
{
    (void)state;
    check_in(2, true);
    check_in(3, true);
    check_near(figure(2, "length_m") + figure(3, "length_m"), all_m(), 0.1);
    check_near(figure(2, "lookout_m"), SEEN_M, 1);
    struct asking_answer answer = ask(1, "/v1/coverage?by=grid");

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 2);
    check_near(asking_number(&answer, "/items/0/lookout_m"), SEEN_M, 1);
    assert_string_equal(asking_text(&answer, "/items/0/code"), "G2");
    answer = ask(2, "/v1/coverage?by=grid");
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_int_equal(asking_int(&answer, "/items/0/grid_id"), 20);
    answer = ask(2, "/v1/coverage?by=org");
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_int_equal(asking_int(&answer, "/items/0/org_id"), 2);
    answer = ask(1, "/v1/coverage?by=org&limit=2");
    assert_int_equal(asking_count(&answer, "/items"), 2);
    answer = ask(1, arena_text(ROOM.d->arena, "/v1/coverage?by=org&limit=2&cursor=%s",
                               asking_text(&answer, "/next")));
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_int_equal(asking_int(&answer, "/items/0/org_id"), 3);
    assert_false(has_next(&answer));
    answer = ask(3, "/v1/coverage?by=street&limit=1000");
    assert_true(asking_count(&answer, "/items") < 2 * SIDE * (SIDE + 1));
    answer = ask(2, "/v1/gaps?org=3");
    asking_expect(&answer, 404, "not_found");
    answer = ask(2, "/v1/gaps?grid_id=30");
    asking_expect(&answer, 404, "not_found");
    check_in(2, false);
    check_in(3, false);
}

static void gaps_are_the_stretches_that_nothing_covers(void **state)
{
    struct asking_answer answer;
    double sum_m = 0;

    (void)state;
    check_in(2, true);
    answer = ask(1, "/v1/gaps?class=unwatched&sort=length&limit=1000");
    asking_expect(&answer, 200, NULL);
    const int32_t count = asking_count(&answer, "/items");

    assert_int_equal(asking_int(&answer, "/totals/count"), count);
    for (int32_t i = 0; i < count; i++)
        sum_m += asking_number(&answer, arena_text(ROOM.d->arena, "/items/%d/length_m", i));
    check_near(sum_m, asking_number(&answer, "/totals/length_m"), 0.01 * count);
    check_near(sum_m, all_m() - figure(1, "lookout_m"), 0.01 * count);
    answer = ask(1, "/v1/gaps?class=unwatched&sort=length&limit=3&format=geojson&frame=gcj02");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/type"), "FeatureCollection");
    assert_string_equal(asking_text(&answer, "/frame"), "gcj02");
    assert_int_equal(asking_count(&answer, "/features"), 3);
    assert_string_equal(asking_text(&answer, "/features/0/properties/class"), "unwatched");
    answer = ask(1, "/v1/gaps?grid_id=20&street=Row%205&limit=1000");
    assert_true(asking_count(&answer, "/items") > 0);
    assert_string_equal(asking_text(&answer, "/items/0/street"), "Row 5");
    assert_string_equal(asking_text(&answer, "/items/0/grid_code"), "G2");
    database_run(ROOM.d,
                 "UPDATE vigil.grid SET org_id = 3, version = version + 1 WHERE grid_id = 20");
    settle();
    answer = ask(2, "/v1/gaps?limit=1000");
    assert_null(strstr(answer.body, "\"G2\""));
    database_run(ROOM.d,
                 "UPDATE vigil.grid SET org_id = 2, version = version + 1 WHERE grid_id = 20");
    settle();
    answer = ask(1, "/v1/gaps?kind=plan");
    asking_expect(&answer, 200, NULL);
    assert_true(asking_number(&answer, "/totals/metre_hours") > 0);
    check_in(2, false);
}

static void pages_follow_one_another(void **state)
{
    struct asking_answer answer = ask(1, "/v1/gaps?sort=length&limit=1000");
    const int32_t all = asking_count(&answer, "/items");
    const char *last =
        arena_text(ROOM.d->arena, "%s",
                   asking_text(&answer, arena_text(ROOM.d->arena, "/items/%d/gap_id", all - 1)));
    const char *target = "/v1/gaps?sort=length&limit=7";
    int32_t seen = 0;

    (void)state;
    for (;;) {
        answer = ask(1, target);
        asking_expect(&answer, 200, NULL);
        seen += asking_count(&answer, "/items");
        if (!has_next(&answer))
            break;
        target = arena_text(ROOM.d->arena, "/v1/gaps?sort=length&limit=7&cursor=%s",
                            asking_text(&answer, "/next"));
    }
    assert_int_equal(seen, all);
    assert_string_equal(asking_text(&answer, arena_text(ROOM.d->arena, "/items/%d/gap_id",
                                                        asking_count(&answer, "/items") - 1)),
                        last);
}

static void what_is_tried_is_what_would_be(void **state)
{
    const char *place = arena_text(ROOM.d->arena, "{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"}",
                                   BLOCK_BEIJING.lon + 0.003, BLOCK_BEIJING.lat + 0.003);
    struct asking_answer answer;

    (void)state;
    check_in(2, true);
    stand(101, 5000, 5000);
    const double before_m = figure(1, "dark_m");

    answer = try(1, arena_text(ROOM.d->arena,
                               "{\"candidates\":["
                               "[{\"close_lookout\":{\"lookout_point_id\":20}}],"
                               "[{\"staff_lookout\":{\"lookout_point_id\":30}}],"
                               "[{\"add_lookout\":{\"place\":%s,\"reach_m\":80}}],"
                               "[{\"move_lookout\":{\"lookout_point_id\":20,\"place\":%s}}],"
                               "[{\"send\":{\"person_id\":101}}],"
                               "[{\"send\":{\"person_id\":101,\"to\":{\"place\":%s},"
                               "\"stays_free\":true}}]]}",
                               place, place, place));
    asking_expect(&answer, 200, NULL);
    check_near(asking_number(&answer, "/before/dark_m"), before_m, 0.01);
    check_near(asking_number(&answer, "/candidates/0/after/lookout_m"), 0, 0);
    check_near(asking_number(&answer, "/candidates/0/change_m/unwatched"), SEEN_M, 1);
    assert_int_equal(asking_int(&answer, "/candidates/0/grids/0/grid_id"), 20);
    assert_int_equal(asking_count(&answer, "/candidates/0/lost/coordinates"), 4);
    assert_int_equal(asking_count(&answer, "/candidates/0/gained/coordinates"), 0);
    check_near(asking_number(&answer, "/candidates/1/after/lookout_m"), 2 * SEEN_M, 2);
    check_near(asking_number(&answer, "/candidates/2/change_m/unwatched"), -SEEN_M, 1);
    check_near(asking_number(&answer, "/candidates/3/after/lookout_m"), SEEN_M, 1);
    check_near(asking_number(&answer, "/candidates/4/after/reach_m"), 0, 0);
    const double moved_m = asking_number(&answer, "/candidates/5/after/reach_m");

    assert_true(moved_m > 1000);
    check_near(figure(1, "dark_m"), before_m, 0); /* and nothing has changed */
    stand(101, 3000, 3000);
    check_near(figure(1, "reach_m"), moved_m, 1);
    answer = try(2, "{\"candidates\":[[{\"close_lookout\":{\"lookout_point_id\":30}}]]}");
    asking_expect(&answer, 404, "not_found");
    answer = try(3, "{\"candidates\":[[{\"send\":{\"person_id\":101}}]]}");
    asking_expect(&answer, 404, "not_found");
    answer = try(1, "{\"candidates\":[[{}]]}");
    asking_expect(&answer, 422, "key_missing");
    answer = try(1, "{\"candidates\":[]}");
    assert_int_equal(answer.status, 422);
    check_in(2, false);
}

static void what_cannot_be_is_refused(void **state)
{
    static const char *const WRONG[][2] = {
        { "/v1/coverage?by=moon", "value_not_allowed" },
        { "/v1/coverage?at=tomorrow", "time_malformed" },
        { "/v1/gaps?class=grey", "value_not_allowed" },
        { "/v1/gaps?sort=colour", "value_not_allowed" },
        { "/v1/gaps?from=2026-11-22T16:30:00Z", "time_malformed" },
        { "/v1/gaps?from=yesterday", "time_malformed" },
        { "/v1/gaps?from=2026-11-22T16:00:00Z&to=2026-12-22T16:00:00Z", "value_out_of_range" },
        { "/v1/gaps?class=thin&kind=plan", "value_not_allowed" },
        { "/v1/gaps?cursor=made-up", "cursor_malformed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const struct asking_answer answer = ask(1, WRONG[i][0]);

        asking_expect(&answer, 422, WRONG[i][1]);
    }
}

/* Lines of a tile around the whole town for which the key has this word. */
static int32_t line_count(int64_t org_id, const char *layer, int32_t zoom, const char *key,
                          const char *word)
{
    const struct tile at =
        tile_at((struct point){ BLOCK_BEIJING.lon + 0.005, BLOCK_BEIJING.lat + 0.005 }, zoom);
    const struct asking_answer answer =
        ask(org_id, arena_text(ROOM.d->arena, "/tiles/%s/%d/%d/%d.mvt", layer, at.z, at.x, at.y));
    struct mvt_read_tile tile;
    int32_t count = 0;

    asking_expect(&answer, 200, NULL);
    const char *wrong = mvt_read(ROOM.d->arena, answer.body, answer.size, &tile);

    if (wrong)
        fail_msg("%s", wrong);
    for (int32_t i = 0; i < tile.layer_count; i++)
        for (int32_t k = 0; k < tile.layers[i].feature_count; k++) {
            const struct mvt_read_layer *l = &tile.layers[i];

            if (strcmp(mvt_read_tag(l, &l->features[k], key)->text, word) == 0)
                count += l->features[k].part_count;
        }
    return count;
}

static void the_map_shows_each_what_is_hers(void **state)
{
    (void)state;
    check_in(2, true);
    assert_int_equal(line_count(1, "coverage", 14, "layer", "lookout"), 4);
    assert_int_equal(line_count(2, "coverage", 14, "layer", "lookout"), 4);
    assert_int_equal(line_count(3, "coverage", 14, "layer", "lookout"), 0);
    assert_int_equal(line_count(1, "coverage", 11, "layer", "lookout"), 4);
    assert_true(line_count(3, "gaps", 14, "class", "dark") +
                    line_count(3, "gaps", 14, "class", "unwatched") >
                0);
    check_in(2, false);
    assert_int_equal(line_count(1, "coverage", 14, "layer", "lookout"), 0);
    const double length_m = figure(2, "length_m");
    const struct asking_answer answer = ask(2, "/v1/city");

    check_near(asking_number(&answer, "/coverage/length_m"), length_m, 0.01);
}

/* What others hear of it. */
static void a_change_is_told_to_the_city(void **state)
{
    const int64_t before =
        database_int(ROOM.d, "SELECT count(*) FROM vigil.event WHERE kind = 'coverage'");
    const int64_t deadline_us = clock_steady_us() + PATIENCE_S * 1000000LL;

    (void)state;
    check_in(3, true);
    while (clock_steady_us() < deadline_us &&
           database_int(ROOM.d, "SELECT count(*) FROM vigil.event WHERE kind = 'coverage'") ==
               before)
        nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    assert_true(database_int(ROOM.d, "SELECT count(*) FROM vigil.event WHERE kind = 'coverage'") >
                before);
    check_in(3, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lookout_point_covers_while_it_is_staffed),
        cmocka_unit_test(who_can_be_there_in_time_covers_until_she_is_taken),
        cmocka_unit_test(each_sees_what_is_hers_and_below),
        cmocka_unit_test(gaps_are_the_stretches_that_nothing_covers),
        cmocka_unit_test(pages_follow_one_another),
        cmocka_unit_test(what_is_tried_is_what_would_be),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(the_map_shows_each_what_is_hers),
        cmocka_unit_test(a_change_is_told_to_the_city),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
