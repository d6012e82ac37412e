/* Tests of engine/proof.c: patrols of a squad on a made-up city. */
#include "tests/support/check_near.h"

#include "engine/proof.h"
#include "engine/streets.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 4 };

/* Organisation 2 with squad 5, led by person 11, with 12; patrol day 1 over the first row
 * of streets (400 m), which was from three hours ago to two hours ago; claim 1. */
static const char PATROL[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', 'C', 'County'), (3, 1, 'county', 'N', 'Neighbour');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, on_duty, location_consent)"
    " SELECT i, 'P' || i, 2, false, true FROM generate_series(11, 14) i;"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (5, 2, 'squad', 's', 's');"
    "INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role)"
    " VALUES (5, 11, 2, 'leader'), (5, 12, 2, 'member');"
    "INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm) VALUES (1, 2, 'b', 'b', "
    "40000);"
    "INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)"
    " SELECT 1, row_number() OVER (ORDER BY segment_id), segment_id, 2 FROM vigil.segment"
    " WHERE name = 'Row 0';"
    "INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min,"
    " length_min, cutoff_min, capacity, min_people, max_people, radius_m)"
    " VALUES (1, 2, 1, 'p', 127, 0, 60, 60, 1, 1, 8, 100);"
    "INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, "
    "seed)"
    " VALUES (1, 1, 2, date_trunc('month', now())::date, now() - interval '2 days',"
    " now() - interval '1 day', sha256('x'));"
    "INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during,"
    " cutoff_at, min_people, max_people, radius_m) VALUES (1, 1, 1, 1, 2, now()::date,"
    " tstzrange(now() - interval '3 hours', now() - interval '2 hours'),"
    " now() - interval '4 hours', 1, 8, 100);"
    "INSERT INTO vigil.patrol_place (day_id, place, org_id) VALUES (1, 1, 2);"
    "INSERT INTO vigil.claim (claim_id, day_id, place, org_id, squad_id, squad_org_id, month,"
    " during, state, fair) SELECT 1, 1, 1, 2, 5, 2, date_trunc('month', now())::date, during,"
    " 'started', true FROM vigil.patrol_day;";

static struct database *open_patrol(void **state)
{
    struct fail f = { 0 };

    assert_int_equal(database_setup(state), 0);
    struct database *d = *state;

    block_import(d, SIDE, BLOCK_PORTO);
    if (!db_script(d->db, PATROL, &f))
        fail_msg("%s", f.text);
    return d;
}

static int set_up(void **state)
{
    open_patrol(state);
    return 0;
}

static void run(struct database *d, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(d->db, sql, &f))
        fail_msg("%s", f.text);
}

static const struct network *streets_of(struct database *d)
{
    struct streets *streets = arena_take(d->arena, 1, sizeof *streets);
    struct fail f = { 0 };

    if (!streets_load(d->db, NULL, d->arena, streets, &f))
        fail_msg("%s", f.text);
    return &streets->network;
}

/* ------------------------------------------------------------------ reading */

static const char INTERVALS[] =
    "INSERT INTO vigil.proven (claim_id, org_id, squad_org_id, person_id, segment_id, from_cm,"
    " to_cm, in_at, out_at, evidence, planned)"
    " SELECT 1, 2, 2, person, (SELECT segment_id FROM vigil.segment WHERE name = 'Row 0'"
    "                          AND start_cm = 10000), low, high, to_timestamp(since),"
    " to_timestamp(till), 'positions', true"
    " FROM (VALUES (11, 0, 10000, 1000, 1080), (12, 0, 2500, 1010, 1030), (11, 500, 900, 900, 910))"
    " v (person, low, high, since, till)";

static void read(struct database *d, int64_t from_s, int64_t until_s,
                 const struct proof_interval **out, int32_t *count)
{
    struct fail f = { 0 };

    if (!proof_intervals(d->db, streets_of(d), from_s * 1000000, until_s * 1000000, d->arena, out,
                         count, &f))
        fail_msg("%s", f.text);
}

static void what_was_walked_in_a_time_is_told_in_order(void **state)
{
    struct database *d = *state;
    const struct proof_interval *got;
    int32_t count;

    run(d, INTERVALS);
    read(d, 1000, 1100, &got, &count);
    assert_int_equal(count, 2);
    assert_int_equal(got[0].person_id, 11);
    assert_int_equal(got[0].piece.from_cm, 0);
    assert_int_equal(got[0].piece.to_cm, 10000);
    assert_int_equal(got[0].from_us, 1000000000);
    assert_int_equal(got[0].until_us, 1080000000);
    assert_true(got[0].is_planned);
    assert_int_equal(got[1].person_id, 12);
    assert_int_equal(got[1].piece.to_cm, 2500);
    read(d, 0, 5000, &got, &count);
    assert_int_equal(count, 3);
    read(d, 1080, 5000, &got, &count);
    assert_int_equal(count, 0);
}

/* A way that a new import cuts in the middle of its second street. */
static void streets_that_were_cut_anew_carry_what_was_walked(void **state)
{
    struct database *d = *state;
    const struct proof_interval *got;
    int32_t count;

    run(d, INTERVALS);
    run(d,
        "UPDATE vigil.segment SET valid_to = now() WHERE name = 'Row 0' AND start_cm = 10000;"
        "INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm,"
        " class, access, name, geom, import_id)"
        " SELECT way_id, from_node + 100 * k, to_node + 100 * (1 - k), 0, start_cm + k * 4000,"
        " CASE k WHEN 0 THEN 4000 ELSE 6000 END, class, access, name,"
        " ST_LineSubstring(geom, k * 0.4, 0.4 + k * 0.6), import_id"
        " FROM vigil.segment, generate_series(0, 1) k WHERE name = 'Row 0' AND start_cm = 10000");
    read(d, 1000, 1100, &got, &count);
    assert_int_equal(count, 3);
    assert_int_equal(got[0].piece.to_cm, 4000);
    assert_int_equal(got[1].piece.to_cm, 2500);
    assert_int_equal(got[2].piece.from_cm, 0);
    assert_int_equal(got[2].piece.to_cm, 6000);
    assert_true(got[2].piece.segment > got[0].piece.segment);
}

static void whoever_is_erased_or_withdraws_is_not_known_by_where_she_walked(void **state)
{
    struct database *d = *state;

    run(d, INTERVALS);
    run(d, "UPDATE vigil.person SET location_consent = false WHERE person_id = 11;"
           "UPDATE vigil.person SET erased_at = now() WHERE person_id = 12");
    assert_int_equal(database_int(d, "SELECT count(person_id) FROM vigil.proven"), 0);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.proven"), 3);
}

static void a_neighbour_sees_nothing_of_it(void **state)
{
    struct database *d = *state;
    const struct proof_interval *got;
    int32_t count = -1;
    struct fail f = { 0 };

    run(d, INTERVALS);
    for (int64_t org_id = 1; org_id <= 3; org_id++) {
        struct db *reader = database_reader(d, org_id);

        assert_true(proof_intervals(reader, streets_of(d), 0, INT64_C(5000000000), d->arena, &got,
                                    &count, &f));
        assert_int_equal(count, org_id == 3 ? 0 : 3);
        db_close(reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_walked_in_a_time_is_told_in_order, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(streets_that_were_cut_anew_carry_what_was_walked, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(
            whoever_is_erased_or_withdraws_is_not_known_by_where_she_walked, set_up,
            database_teardown),
        cmocka_unit_test_setup_teardown(a_neighbour_sees_nothing_of_it, set_up, database_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
