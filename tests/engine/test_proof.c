/* Tests of engine/proof.c: patrols of a squad on a made-up city. */
#include "tests/support/check_near.h"

#include "engine/city.h"
#include "engine/proof.h"
#include "engine/proving.h"
#include "engine/streets.h"
#include "geo/road/hop.h"
#include "tests/support/database.h"
#include "tests/support/patrol_town.h"

static int set_up(void **state)
{
    assert_int_equal(database_setup(state), 0);
    patrol_town(*state);
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

/* ------------------------------------------------------------------ proving */

static void finish(struct database *d)
{
    run(d, "UPDATE vigil.claim SET state = 'finished'");
}

/* How many claims were proven. */
static int32_t prove(struct database *d)
{
    struct world_slot *slot = world_slot_new();
    struct arena *a = arena_new();
    struct streets streets;
    struct ids *ids = ids_new();
    struct config *config = config_new();
    struct fail f = { 0 };
    int32_t proven = -1;

    if (!streets_load(d->db, NULL, a, &streets, &f))
        fail_msg("%s", f.text);
    struct world *world = city_world(slot, &streets, a, &f);
    const struct proof_round round = { d->db, world, config, ids, hop_room_new() };

    if (!world || !proof_once(&round, &proven, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    hop_room_free(round.hop);
    world_drop(world);
    world_slot_free(slot);
    config_free(config);
    ids_free(ids);
    return proven;
}

static const char *said(struct database *d, const char *what, const char *of)
{
    return database_text(d, arena_text(d->arena, "SELECT %s::text FROM vigil.%s", what, of));
}

static void a_finished_patrol_is_proven_and_credited(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 34, 1); /* the whole row: a block is 111 m on the map */
    assert_int_equal(prove(d), 0);
    finish(d);
    assert_int_equal(prove(d), 1);
    assert_string_equal(said(d, "state", "claim"), "credited");
    assert_in_range(database_int(d, "SELECT walked_cm FROM vigil.proof"), 34000, 40000);
    assert_int_equal(database_int(d, "SELECT beat_cm FROM vigil.proof"), 40000);
    assert_string_equal(said(d, "verdict", "proof_track WHERE person_id = 11"), "proven");
    assert_string_equal(said(d, "reason", "proof_track WHERE person_id = 12"),
                        "proof_no_positions");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.proven WHERE person_id = 11"
                                     " AND planned AND evidence = 'positions' AND in_at >="
                                     " (SELECT lower(during) FROM vigil.patrol_day)"),
                     database_int(d, "SELECT count(*) FROM vigil.proven"));
    /* It is told, and not done again. */
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.outbox WHERE kind = 'claim'"
                                     " AND data LIKE '%\"verified\"%'"),
                     1);
    assert_int_equal(prove(d), 0);
}

static void less_than_enough_waits_for_somebody_to_credit_it(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 20, 1);
    finish(d);
    assert_int_equal(prove(d), 1);
    assert_string_equal(said(d, "state", "claim"), "verified");
    assert_in_range(database_int(d, "SELECT walked_cm FROM vigil.proof"), 18000, 24000);
}

static void what_two_walked_counts_once(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 20, 1);
    patrol_town_walk(d, 12, 5, 100, 1.2, 20, 2);
    finish(d);
    prove(d);
    assert_in_range(database_int(d, "SELECT walked_cm FROM vigil.proof"), 28000, 34000);
    assert_in_range(database_int(d, "SELECT sum(walked_cm) FROM vigil.proof_track"), 40000, 47000);
}

/* 120 m are walked in the pause; before and after it she has 108 m and 168 m. */
static void what_is_walked_in_a_pause_is_not_proven(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 34, 1);
    run(d, "UPDATE vigil.claim SET paused = tstzmultirange(tstzrange("
           "lower(during) + interval '395 seconds', lower(during) + interval '495 seconds'))");
    finish(d);
    assert_int_equal(prove(d), 1);
    assert_in_range(database_int(d, "SELECT walked_cm FROM vigil.proof"), 24000, 28000);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.proven, vigil.claim c WHERE "
                                     "tstzrange(in_at, out_at) && range_merge(c.paused)"),
                     0);
}

static void a_pause_lasts_from_its_step_to_the_next(void **state)
{
    struct database *d = *state;

    run(d, "UPDATE vigil.claim SET state = 'paused'");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.claim WHERE isempty(paused) AND "
                                     "paused_at <= now()"),
                     1);
    run(d, "UPDATE vigil.claim SET state = 'started'");
    run(d, "UPDATE vigil.claim SET state = 'paused'");
    run(d, "UPDATE vigil.claim SET state = 'finished'");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.claim, unnest(paused) WHERE "
                                     "paused_at IS NULL"),
                     2);
}

static void whoever_rode_is_refused_with_the_reason(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 4.2, 10, 1);
    finish(d);
    prove(d);
    assert_string_equal(said(d, "verdict", "proof_track WHERE person_id = 11"), "refused");
    assert_string_equal(said(d, "reason", "proof_track WHERE person_id = 11"), "proof_ridden");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.proven"), 0);
    assert_int_equal(database_int(d, "SELECT walked_cm FROM vigil.proof"), 0);
}

/* One phone's positions under two names: the second is refused. The same on another day. */
static void a_track_that_was_sent_before_is_refused_and_says_whose(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 34, 1);
    patrol_town_walk(d, 12, 9, 0, 1.2, 34, 1);
    finish(d);
    prove(d);
    assert_string_equal(said(d, "verdict", "proof_track WHERE person_id = 11"), "proven");
    assert_string_equal(said(d, "reason", "proof_track WHERE person_id = 12"), "proof_repeated");
    assert_int_equal(
        database_int(d, "SELECT like_claim FROM vigil.proof_track WHERE person_id = 12"), 1);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.proven WHERE person_id = 12"), 0);
    run(d,
        "INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during,"
        " cutoff_at, min_people, max_people, radius_m) SELECT 2, 1, 1, 1, 2, day + 1, during,"
        " cutoff_at, 1, 8, 100 FROM vigil.patrol_day;"
        "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name)"
        " VALUES (6, 2, 'squad', 't', 't');"
        "INSERT INTO vigil.patrol_place (day_id, place, org_id) VALUES (2, 1, 2);"
        "INSERT INTO vigil.claim (claim_id, day_id, place, org_id, squad_id, squad_org_id, month,"
        " during, state, fair) SELECT 2, 2, 1, 2, 6, 2, month, during, 'started', true"
        " FROM vigil.claim;"
        "INSERT INTO vigil.signup (signup_id, org_id, claim_id, person_id, role, during, state)"
        " VALUES (13, 2, 2, 13, 'member', 'empty', 'checked_in');"
        "INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at)"
        " SELECT 13, 13, 2, 13, 'in', 'hand', lower(during) FROM vigil.claim WHERE claim_id = 2");
    run(d, "INSERT INTO vigil.position_history SELECT 13, lon_e7, lat_e7, accuracy_dm, speed_cms,"
           " fix_us + 1200000000, received_us + 1200000000, flags FROM vigil.position_history"
           " WHERE person_id = 11;"
           "UPDATE vigil.claim SET state = 'finished' WHERE claim_id = 2");
    assert_int_equal(prove(d), 1);
    assert_string_equal(said(d, "reason", "proof_track WHERE person_id = 13"), "proof_repeated");
    assert_string_equal(said(d, "state", "claim WHERE claim_id = 2"), "verified");
}

static void what_comes_later_counts_when_it_is_proven_again(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 20, 1);
    finish(d);
    prove(d);
    patrol_town_walk(d, 12, 5, 200, 1.2, 18, 2);
    assert_int_equal(prove(d), 0);
    run(d, "UPDATE vigil.claim SET proof_wanted = true");
    assert_int_equal(prove(d), 1);
    assert_in_range(database_int(d, "SELECT walked_cm FROM vigil.proof"), 34000, 40000);
    assert_string_equal(said(d, "state", "claim"), "credited");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.proof_track"), 2);
    assert_int_equal(prove(d), 0);
}

static void only_the_time_that_she_was_there_counts(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 34, 1);
    run(d, "INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at)"
           " SELECT 90, 11, 2, 11, 'out', 'hand', lower(during) + interval '7 min 50 s'"
           " FROM vigil.patrol_day");
    finish(d);
    prove(d);
    assert_in_range(database_int(d, "SELECT walked_cm FROM vigil.proof"), 15000, 21000);
}

static void whoever_does_not_agree_is_not_looked_at(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    patrol_town_walk(d, 11, 5, 0, 1.2, 34, 1);
    run(d, "UPDATE vigil.person SET location_consent = false WHERE person_id = 11");
    finish(d);
    prove(d);
    assert_string_equal(said(d, "reason", "proof_track WHERE person_id = 11"), "proof_not_agreed");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.proven"), 0);
    assert_int_equal(database_int(d, "SELECT fixes FROM vigil.proof_track WHERE person_id = 11"),
                     0);
}

/* One at 150 m that is passed, one at 390 m that is not. */
static void checkpoints_are_passed_or_not(void **state)
{
    struct database *d = *state;

    patrol_town_check_in(d);
    run(d, "INSERT INTO vigil.beat_checkpoint (beat_id, position, org_id, name, segment_id, at_cm)"
           " SELECT 1, k, 2, 'K' || k, (SELECT segment_id FROM vigil.segment WHERE name = 'Row 0'"
           " AND start_cm = CASE k WHEN 1 THEN 10000 ELSE 30000 END),"
           " CASE k WHEN 1 THEN 5000 ELSE 9000 END FROM generate_series(1, 2) k");
    patrol_town_walk(d, 11, 5, 0, 1.2, 20, 1);
    finish(d);
    prove(d);
    assert_int_equal(
        database_int(d, "SELECT ((checkpoints -> 0 ->> 'reached_us')::bigint > 0"
                        " AND (checkpoints -> 1 ->> 'reached_us')::bigint = 0"
                        " AND checkpoints -> 0 ->> 'name' = 'K1'"
                        " AND (checkpoints -> 0 ->> 'stayed_s')::int BETWEEN 20 AND 80)::int"
                        " FROM vigil.proof"),
        1);
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
        cmocka_unit_test_setup_teardown(a_finished_patrol_is_proven_and_credited, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(less_than_enough_waits_for_somebody_to_credit_it, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(what_two_walked_counts_once, set_up, database_teardown),
        cmocka_unit_test_setup_teardown(what_is_walked_in_a_pause_is_not_proven, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_pause_lasts_from_its_step_to_the_next, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(whoever_rode_is_refused_with_the_reason, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_track_that_was_sent_before_is_refused_and_says_whose,
                                        set_up, database_teardown),
        cmocka_unit_test_setup_teardown(what_comes_later_counts_when_it_is_proven_again, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(only_the_time_that_she_was_there_counts, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(whoever_does_not_agree_is_not_looked_at, set_up,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(checkpoints_are_passed_or_not, set_up, database_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
