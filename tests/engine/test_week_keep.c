/* Weeks of coverage that keep themselves: written where something has changed, and then the
 * same, row by row, as one that is written whole. */
#include "tests/support/check_near.h"

#include <stdarg.h>
#include <string.h>

#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "engine/week_keep.h"
#include "engine/week_store.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 6 };

static struct asking_room ROOM;
static struct config *SETTINGS;

/* Two lookout points far from one another, each alone in a cell; a county around the first. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
    " (2, 1, 'county', '110101', 'East', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326)));"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, state, reach_m, "
    "min_staff, geom) VALUES"
    " (7, 2, 'L7', 'Seven', 'active', 50, 0, 'SRID=4326;POINT(116.393 39.903)'),"
    " (8, 1, 'L8', 'Eight', 'active', 50, 0, 'SRID=4326;POINT(116.391 39.901)');"
    "INSERT INTO vigil.grid (grid_id, org_id, code, profile, kind, geom) VALUES"
    " (70, 2, 'G70', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3925, 39.9025, 116.3935, "
    "39.9035, 4326))),"
    " (71, 1, 'G71', 'free', 'square', ST_Multi(ST_MakeEnvelope(116.3905, 39.9005, 116.3915, "
    "39.9015, 4326)));"
    /* On the coming Monday of the city. */
    "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, "
    "joins, approval, radius_m)"
    " SELECT 900 + n, 1, m, 'Shift', 7 + n, tstzrange(m + interval '8 hours', m + interval '10 "
    "hours'), m, 'members', false, 100"
    " FROM generate_series(0, 1) n, (SELECT date_trunc('week', now()) + interval '8 days' AS m) d;";

static void follow(void)
{
    struct fail f = { 0 };

    if (!engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    assert_true(terrain_settle(engine_terrain(asking_engine(ROOM.asking))));
}

static int set_up(void **state)
{
    SETTINGS = config_new();
    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    database_run(ROOM.d, CITY);
    follow();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    config_free(SETTINGS);
    return asking_close_room(&ROOM);
}

static int32_t look(void)
{
    struct engine *e = asking_engine(ROOM.asking);
    const struct week_keep_round round = { ROOM.d->db, SETTINGS, engine_terrain(e),
                                           engine_weeks(e) };
    struct fail f = { 0 };
    int32_t written;

    if (!week_keep_once(&round, &written, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    return written;
}

/* All rows but the numbers of the weeks; and when each week was worked out. */
static const char *all_rows(void)
{
    return database_text(
        ROOM.d, "SELECT md5(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\")) FROM ("
                " SELECT format('%s %s %s', w.kind, w.starts_at, to_jsonb(x) - 'week_id') AS line"
                " FROM vigil.cover_interval x JOIN vigil.cover_week w USING (week_id)"
                " UNION ALL SELECT format('%s %s %s', w.kind, w.starts_at, to_jsonb(x) - 'week_id')"
                " FROM vigil.cover_gap x JOIN vigil.cover_week w USING (week_id)"
                " UNION ALL SELECT format('%s %s %s', w.kind, w.starts_at, to_jsonb(x) - 'week_id')"
                " FROM vigil.cover_tally x JOIN vigil.cover_week w USING (week_id)"
                " UNION ALL SELECT format('%s %s %s', w.kind, w.starts_at, to_jsonb(x) - 'week_id')"
                " FROM vigil.cover_source x JOIN vigil.cover_week w USING (week_id)) l");
}

static int64_t count(const char *from)
{
    return database_int(ROOM.d, arena_text(ROOM.d->arena, "SELECT count(*) FROM %s", from));
}

/* Of plans alone: what has been is known for longer with every minute. */
static void only_plans(void)
{
    database_run(ROOM.d, "DELETE FROM vigil.cover_week WHERE kind = 'actual'");
}

static void a_week_that_was_mended_has_the_rows_of_one_that_was_made(void)
{
    only_plans();
    const char *mended = all_rows();

    database_run(ROOM.d, "DELETE FROM vigil.cover_week");
    look();
    only_plans();
    assert_string_equal(all_rows(), mended);
}

static void this_week_and_the_next_are_kept_and_what_was_of_the_last(void **state)
{
    (void)state;
    assert_int_equal(look(), 4);
    assert_int_equal(count("vigil.cover_week WHERE kind = 'plan' AND starts_at > now()"), 1);
    assert_int_equal(count("vigil.cover_week WHERE kind = 'plan' AND starts_at <= now()"), 1);
    assert_int_equal(count("vigil.cover_week WHERE kind = 'actual' AND starts_at <= now()"), 2);
    assert_int_equal(count("vigil.cover_source"), 2);
    assert_int_equal(look(), 0);
    assert_int_equal(count("vigil.cover_week WHERE extract(isodow FROM starts_at AT TIME ZONE "
                           "'Asia/Shanghai') <> 1 OR (starts_at AT TIME ZONE "
                           "'Asia/Shanghai')::time <> '0:00'"),
                     0);
}

static void a_city_that_wants_nothing_kept_has_nothing_kept(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_true(config_set(SETTINGS, "coverage_weeks", "0", "test", &f));
    assert_int_equal(look(), 0);
    assert_int_equal(count("vigil.cover_week"), 0);
}

static void an_edited_shift_is_written_where_it_counts_alone(void **state)
{
    (void)state;
    look();
    database_run(
        ROOM.d,
        "CREATE TABLE kept AS SELECT x.ctid AS place, x.week_id, x.segment_id FROM "
        "vigil.cover_gap x;"
        "UPDATE vigil.shift SET during = tstzrange(lower(during), upper(during) + interval '1 "
        "hour') WHERE shift_id = 900");
    assert_int_equal(look(), 1);
    assert_int_equal(look(), 0);
    const int64_t left = database_int(ROOM.d, "SELECT count(*) FROM kept k JOIN vigil.cover_gap x "
                                              "ON x.ctid = k.place AND x.week_id = k.week_id");

    assert_true(left < count("kept"));
    assert_true(left > count("kept") * 8 / 10);
    database_run(ROOM.d, "DROP TABLE kept");
    a_week_that_was_mended_has_the_rows_of_one_that_was_made();
}

static void what_is_cancelled_added_or_closed_is_followed(void **state)
{
    (void)state;
    look();
    database_run(ROOM.d, "UPDATE vigil.shift SET state = 'cancelled' WHERE shift_id = 900");
    assert_int_equal(look(), 1);
    assert_int_equal(count("vigil.cover_source"), 1);
    database_run(
        ROOM.d,
        "INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, "
        "cutoff_at, "
        "joins, approval, radius_m) SELECT 910, 1, day, 'More', 7, tstzrange(upper(during), "
        "upper(during) + interval '1 hour'), cutoff_at, 'members', false, 100 FROM vigil.shift "
        "WHERE shift_id = 901");
    assert_int_equal(look(), 1);
    assert_int_equal(count("vigil.cover_source"), 2);
    database_run(ROOM.d, "UPDATE vigil.lookout_point SET reach_m = 150 WHERE lookout_point_id = 7");
    follow();
    assert_int_equal(look(), 1);
    database_run(ROOM.d,
                 "UPDATE vigil.lookout_point SET state = 'suspended' WHERE lookout_point_id = 8");
    follow();
    assert_int_equal(look(), 1);
    assert_int_equal(count("vigil.cover_source"), 1);
    a_week_that_was_mended_has_the_rows_of_one_that_was_made();
}

static void other_cells_and_another_import_are_carried_over(void **state)
{
    (void)state;
    look();
    database_run(ROOM.d, "UPDATE vigil.grid SET valid_to = now() WHERE grid_id = 71");
    follow();
    assert_int_equal(look(), 4);
    assert_int_equal(count("vigil.cover_tally WHERE by = 'grid' AND area_id = 71"), 0);
    block_import(ROOM.d, SIDE + 1, BLOCK_BEIJING);
    follow();
    assert_int_equal(look(), 4);
    assert_int_equal(count("vigil.cover_week w JOIN vigil.import i USING (import_id) WHERE NOT "
                           "i.current"),
                     0);
    assert_int_equal(count("vigil.cover_gap x JOIN vigil.segment g USING (segment_id) WHERE "
                           "g.valid_to IS NOT NULL"),
                     0);
    a_week_that_was_mended_has_the_rows_of_one_that_was_made();
}

static void what_was_goes_on_at_night_and_when_it_turns_out_otherwise(void **state)
{
    (void)state;
    look();
    database_run(
        ROOM.d, "UPDATE vigil.cover_week SET known_to = starts_at + interval '1 hour' WHERE kind = "
                "'actual'");
    assert_int_equal(look() >= 1, true); /* of the last week at least the nights are over */
    assert_int_equal(count("vigil.cover_week WHERE kind = 'actual' AND known_to < least(now() - "
                           "interval '25 hours', starts_at + interval '7 days')"),
                     0);
}

static void a_plan_that_a_job_has_stored_is_kept_as_well(void **state)
{
    (void)state;
    look();
    database_run(
        ROOM.d,
        "INSERT INTO vigil.cover_week (kind, starts_at, import_id, known_to) SELECT 'plan', "
        "date_trunc('hour', now()) + interval '30 days', import_id, now() + interval '37 days' "
        "FROM vigil.import WHERE current");
    assert_int_equal(look(), 1);
    assert_true(count("vigil.cover_gap x JOIN vigil.cover_week w USING (week_id) WHERE w.starts_at "
                      "> now() + interval '20 days'") > 0);
}

/* ------------------------------------------------------------------ two processes */

/* What one of them says, but for the moment when it looked. */
static const char *told(struct asking_worker *w, const char *target, const char *what)
{
    const struct asking_answer a = asking_send(w, "GET", target, NULL, NULL);

    asking_expect(&a, 200, NULL);
    const char *from = strstr(a.body, what);

    if (!from)
        fail_msg("no %s in %s", what, a.body);
    return arena_text(ROOM.d->arena, "%s", from);
}

static void settle_both(struct asking *other)
{
    struct engine *const both[] = { asking_engine(ROOM.asking), asking_engine(other) };

    for (int i = 0; i < 2; i++) {
        assert_true(terrain_settle(engine_terrain(both[i])));
        assert_true(coverage_settle(engine_coverage(both[i])));
    }
}

static void both_tell_the_same(struct asking_worker *other)
{
    const char *from =
        database_text(ROOM.d, "SELECT to_char(date_trunc('week', now() AT TIME ZONE 'UTC') + "
                              "interval '8 days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    const char *to =
        database_text(ROOM.d, "SELECT to_char(date_trunc('week', now() AT TIME ZONE 'UTC') + "
                              "interval '9 days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    const char *const asked[][2] = {
        { arena_text(ROOM.d->arena, "/v1/coverage/hours?from=%s&to=%s", from, to), "\"hours\":" },
        { "/v1/gaps", "\"items\":" },
        { arena_text(ROOM.d->arena, "/v1/gaps?kind=plan&from=%s&to=%s", from, to), "\"items\":" },
    };

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        assert_string_equal(told(ROOM.worker, asked[i][0], asked[i][1]),
                            told(other, asked[i][0], asked[i][1]));
}

static void what_is_changed_at_one_process_is_told_by_another(void **state)
{
    struct asking *other = asking_new(ROOM.d);
    struct asking_worker *worker = asking_worker_new(other);
    struct fail f = { 0 };

    (void)state;
    assert_true(engine_follow(asking_engine(other), &f));
    settle_both(other);
    both_tell_the_same(worker);
    const struct asking_answer a = asking_send(ROOM.worker, "PATCH", "/v1/lookout_points/7",
                                               "If-Match: \"1\"", "{\"reach_m\":150}");

    asking_expect(&a, 200, NULL);
    settle_both(other);
    both_tell_the_same(worker);
    assert_int_equal(look(), 4);
    asking_worker_free(worker);
    asking_free(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(this_week_and_the_next_are_kept_and_what_was_of_the_last),
        TEST(a_city_that_wants_nothing_kept_has_nothing_kept),
        TEST(an_edited_shift_is_written_where_it_counts_alone),
        TEST(what_is_cancelled_added_or_closed_is_followed),
        TEST(other_cells_and_another_import_are_carried_over),
        TEST(what_was_goes_on_at_night_and_when_it_turns_out_otherwise),
        TEST(what_is_changed_at_one_process_is_told_by_another),
        TEST(a_plan_that_a_job_has_stored_is_kept_as_well),
    };

    return cmocka_run_group_tests(tests, database_setup, database_teardown);
}
