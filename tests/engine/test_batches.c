/* Tests of engine/batches.c: a batch is written exactly once, and of nobody who is not
 * tracked. */
#include "engine/batches.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/clock.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/lossy.h"

struct desk {
    struct database *d;
    struct lossy *wire;
    struct batches *batches;
    struct arena *arena;
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void run(struct desk *k, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(k->d->db, sql, &f), &f);
}

static int set_up(void **state)
{
    struct desk *k = calloc(1, sizeof *k);
    struct fail f = { 0 };

    k->d = database_new(true);
    k->arena = arena_new();
    k->wire = lossy_open(k->d);
    run(k, "INSERT INTO vigil.person (person_id, display_name, on_duty, location_consent)"
           " SELECT i, 'person ' || i, i < 10, true FROM generate_series(1, 10) AS i");
    k->batches = batches_open(lossy_address(k->wire), (struct batches_by){ 77, 3 }, &f);
    must(k->batches != NULL, &f);
    *state = k;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *k = *state;

    batches_close(k->batches);
    batches_close(NULL);
    lossy_close(k->wire);
    database_free(k->d);
    arena_free(k->arena);
    free(k);
    return 0;
}

static struct live_fix fix(int64_t person_id, int64_t fix_us)
{
    return (struct live_fix){ .person_id = person_id,
                              .at = { 100 * (int32_t)fix_us, 7 },
                              .accuracy_dm = -1,
                              .speed_cms = 12,
                              .fix_us = fix_us,
                              .received_us = clock_wall_us() };
}

static enum batches_end write_one(struct desk *k, struct live_fix one, struct fail *f)
{
    enum fail_code code = CODE_NONE;
    const enum batches_end end = batches_write(k->batches, &one, 1, &code, k->arena, f);

    arena_reset(k->arena);
    return end;
}

static int64_t rows(struct desk *k)
{
    return database_int(k->d, "SELECT count(*) FROM vigil.position_history");
}

static int64_t number(struct desk *k)
{
    return database_int(k->d, "SELECT coalesce(sum(number), 0)::bigint FROM vigil.position_writer"
                              " WHERE node_id = 77 AND writer = 3");
}

static int64_t moment(struct desk *k, int64_t person_id)
{
    return database_int(k->d, arena_text(k->d->arena,
                                         "SELECT fix_us FROM vigil.position_last"
                                         " WHERE person_id = %lld",
                                         (long long)person_id));
}

/* ------------------------------------------------------------------ what is written */

static void a_batch_is_in_the_history_and_moves_whom_it_is_of(void **state)
{
    struct desk *k = *state;
    struct live_fix fixes[] = { fix(2, 5), fix(1, 9), fix(2, 4), fix(0, 1), fix(1, 8) };
    enum fail_code codes[5] = { 0 };
    struct fail f = { 0 };

    assert_int_equal(batches_write(k->batches, fixes, 5, codes, k->arena, &f), BATCHES_WRITTEN);
    assert_int_equal(rows(k), 4);
    assert_int_equal(moment(k, 1), 9);
    assert_int_equal(moment(k, 2), 5);
    assert_int_equal(number(k), 1);
    assert_int_equal(database_int(k->d, "SELECT count(*) FROM vigil.position_history"
                                        " WHERE accuracy_dm IS NULL AND speed_cms = 12"),
                     4);
    assert_int_equal(codes[0] | codes[1] | codes[2] | codes[3] | codes[4], CODE_NONE);
}

static void what_is_not_believed_is_kept_and_moves_nobody(void **state)
{
    struct desk *k = *state;
    struct live_fix jump = fix(1, 9);
    struct fail f = { 0 };

    jump.flags = LIVE_JUMP | LIVE_CLOCK_SKEW;
    assert_int_equal(write_one(k, jump, &f), BATCHES_WRITTEN);
    assert_int_equal(rows(k), 1);
    assert_int_equal(database_int(k->d, "SELECT flags FROM vigil.position_history"),
                     LIVE_JUMP | LIVE_CLOCK_SKEW);
    assert_int_equal(moment(k, 1), 0);
    jump.flags = LIVE_CLOCK_SKEW;
    assert_int_equal(write_one(k, jump, &f), BATCHES_WRITTEN);
    assert_int_equal(moment(k, 1), 9);
}

/* Whichever order two nodes bring them in. */
static void of_one_moment_the_same_place_wins_on_every_way(void **state)
{
    struct desk *k = *state;
    struct live_fix west = fix(1, 9);
    struct live_fix east = fix(1, 9);
    struct fail f = { 0 };

    east.at.lon = west.at.lon + 1;
    assert_int_equal(write_one(k, east, &f), BATCHES_WRITTEN);
    assert_int_equal(write_one(k, west, &f), BATCHES_WRITTEN);
    assert_int_equal(
        database_int(k->d, "SELECT lon_e7 FROM vigil.position_last WHERE person_id = 1"),
        east.at.lon);
    assert_int_equal(rows(k), 2);
}

static void whoever_is_not_tracked_is_left_out_alone(void **state)
{
    struct desk *k = *state;
    struct live_fix fixes[] = { fix(1, 5), fix(10, 5), fix(99, 5), fix(2, 5), fix(3, 5) };
    enum fail_code codes[5] = { 0 };
    struct fail f = { 0 };

    run(k, "UPDATE vigil.person SET location_consent = false WHERE person_id = 3");
    assert_int_equal(batches_write(k->batches, fixes, 5, codes, k->arena, &f), BATCHES_WRITTEN);
    assert_int_equal(codes[0], CODE_NONE);
    assert_int_equal(codes[1], CODE_OFF_DUTY);
    assert_int_equal(codes[2], CODE_PERSON_UNKNOWN);
    assert_int_equal(codes[3], CODE_NONE);
    assert_int_equal(codes[4], CODE_CONSENT_MISSING);
    assert_int_equal(fixes[1].person_id | fixes[2].person_id | fixes[4].person_id, 0);
    assert_int_equal(rows(k), 2);
}

static void the_numbers_of_what_was_committed_have_no_gap(void **state)
{
    struct desk *k = *state;
    struct fail f = { 0 };

    assert_int_equal(write_one(k, fix(1, 5), &f), BATCHES_WRITTEN);
    run(k, "ALTER TABLE vigil.position_last RENAME TO position_gone");
    assert_int_equal(write_one(k, fix(1, 6), &f), BATCHES_NOT);
    assert_int_equal(f.kind, FAIL_BROKEN);
    run(k, "ALTER TABLE vigil.position_gone RENAME TO position_last");
    assert_int_equal(write_one(k, fix(1, 7), &f), BATCHES_WRITTEN);
    assert_int_equal(number(k), 2);
    assert_int_equal(rows(k), 2);
}

/* ------------------------------------------------------------------ exactly once */

static void a_commit_whose_answer_is_lost_is_not_done_again(void **state)
{
    struct desk *k = *state;
    struct fail f = { 0 };

    assert_int_equal(write_one(k, fix(1, 5), &f), BATCHES_WRITTEN);
    lossy_lose(k->wire, false);
    assert_int_equal(write_one(k, fix(1, 6), &f), BATCHES_WRITTEN);
    assert_true(lossy_has_lost(k->wire));
    assert_int_equal(rows(k), 2);
    assert_int_equal(number(k), 2);
    assert_int_equal(write_one(k, fix(1, 7), &f), BATCHES_WRITTEN);
    assert_int_equal(rows(k), 3);
    assert_int_equal(number(k), 3);
}

/* When nobody can be asked, the next batch asks before it takes a number, and is not
 * taken for the one before. */
static void a_commit_that_stays_unknown_takes_nothing_from_the_next(void **state)
{
    struct desk *k = *state;
    struct fail f = { 0 };

    lossy_lose(k->wire, true);
    assert_int_equal(write_one(k, fix(1, 5), &f), BATCHES_UNKNOWN);
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_int_equal(write_one(k, fix(2, 6), &f), BATCHES_NOT);
    lossy_shut(k->wire, false);
    assert_int_equal(write_one(k, fix(3, 7), &f), BATCHES_WRITTEN);
    assert_int_equal(rows(k), 2); /* of the first, which was committed, and the third */
    assert_int_equal(number(k), 2);
    assert_int_equal(moment(k, 3), 7);
}

static void somebody_else_under_the_same_name_is_noticed(void **state)
{
    struct desk *k = *state;
    struct fail f = { 0 };

    assert_int_equal(write_one(k, fix(1, 5), &f), BATCHES_WRITTEN);
    run(k, "UPDATE vigil.position_writer SET number = 5 WHERE node_id = 77");
    assert_int_equal(write_one(k, fix(1, 6), &f), BATCHES_NOT);
    assert_int_equal(f.code, CODE_DATABASE_FAILED);
    assert_int_equal(write_one(k, fix(1, 7), &f), BATCHES_WRITTEN);
    assert_int_equal(number(k), 6);
    assert_int_equal(rows(k), 2);
}

/* ------------------------------------------------------------------ others meanwhile */

struct writing {
    struct desk *desk;
    struct live_fix fix;
    enum fail_code code;
    enum batches_end end;
    struct fail fail;
};

static void *write_on(void *self)
{
    struct writing *w = self;

    w->end = batches_write(w->desk->batches, &w->fix, 1, &w->code, w->desk->arena, &w->fail);
    return NULL;
}

static void until_somebody_waits(struct desk *k)
{
    const int64_t until_us = clock_steady_us() + 10 * 1000000;

    while (database_int(k->d, "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                              " WHERE NOT l.granted AND a.datname = current_database()") == 0)
        assert_true(clock_steady_us() < until_us);
}

/* The change is made on a connection of its own and committed while the batch waits for
 * it. */
static void during(struct desk *k, const char *change, struct writing *w)
{
    struct fail f = { 0 };
    struct db *other = db_open(k->d->address, &f);
    pthread_t thread;

    must(other != NULL, &f);
    must(db_begin(other, &f) && db_script(other, change, &f), &f);
    assert_int_equal(pthread_create(&thread, NULL, write_on, w), 0);
    until_somebody_waits(k);
    must(db_commit(other, &f), &f);
    pthread_join(thread, NULL);
    db_close(other);
}

static void whoever_goes_off_duty_meanwhile_is_not_written(void **state)
{
    struct desk *k = *state;
    struct writing w = { .desk = k, .fix = fix(4, 5) };

    during(k, "UPDATE vigil.person SET on_duty = false WHERE person_id = 4", &w);
    assert_int_equal(w.end, BATCHES_WRITTEN);
    assert_int_equal(w.code, CODE_OFF_DUTY);
    assert_int_equal(rows(k), 0);
    assert_int_equal(database_int(k->d, "SELECT count(*) FROM vigil.position_last"
                                        " WHERE person_id = 4"),
                     0);
}

/* Two who wait for each other: the database ends one of them, here the batch, which is
 * written all the same. */
static void a_batch_that_meets_others_crosswise_is_tried_again(void **state)
{
    struct desk *k = *state;
    struct live_fix fixes[] = { fix(4, 5), fix(5, 5) };
    enum fail_code codes[2] = { 0 };
    struct fail f = { 0 };

    run(k, "CREATE SEQUENCE public.tries; GRANT USAGE ON SEQUENCE public.tries TO vigil_engine;"
           "CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
           " IF nextval('public.tries') < 3 THEN RAISE deadlock_detected; END IF;"
           " RETURN NEW; END $$;"
           "CREATE TRIGGER meet BEFORE UPDATE ON vigil.position_last"
           " FOR EACH ROW EXECUTE FUNCTION meet()");
    assert_int_equal(batches_write(k->batches, fixes, 2, codes, k->arena, &f), BATCHES_WRITTEN);
    assert_int_equal(rows(k), 2);
    assert_int_equal(number(k), 1);
}

/* ------------------------------------------------------------------ who is tracked */

static int64_t is_tracked(struct desk *k, int64_t person_id)
{
    return database_int(k->d, arena_text(k->d->arena,
                                         "SELECT count(*) FROM vigil.position_last"
                                         " WHERE person_id = %lld",
                                         (long long)person_id));
}

static void a_row_stands_exactly_while_somebody_is_tracked(void **state)
{
    static const struct {
        const char *change;
        int64_t tracked;
    } STEPS[] = {
        { "SELECT 1", 1 },
        { "UPDATE vigil.person SET on_duty = false WHERE person_id = 1", 0 },
        { "UPDATE vigil.person SET on_duty = true WHERE person_id = 1", 1 },
        { "UPDATE vigil.person SET location_consent = false WHERE person_id = 1", 0 },
        { "UPDATE vigil.person SET on_duty = false WHERE person_id = 1", 0 },
        { "UPDATE vigil.person SET location_consent = true WHERE person_id = 1", 0 },
        { "UPDATE vigil.person SET on_duty = true WHERE person_id = 1", 1 },
        { "UPDATE vigil.person SET display_name = 'x' WHERE person_id = 1", 1 },
        { "UPDATE vigil.person SET valid_to = now() WHERE person_id = 1", 0 },
    };
    struct desk *k = *state;

    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        run(k, STEPS[i].change);
        assert_int_equal(is_tracked(k, 1), STEPS[i].tracked);
    }
    assert_int_equal(is_tracked(k, 10), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void what_comes_again_is_in_the_history_once(void **state)
{
    struct desk *k = *state;
    struct live_fix twice[] = { fix(1, 9), fix(2, 9), fix(2, 8) };
    enum fail_code codes[3] = { 0 };
    struct fail f = { 0 };

    assert_int_equal(write_one(k, fix(1, 9), &f), BATCHES_WRITTEN);
    assert_int_equal(batches_write(k->batches, twice, 3, codes, k->arena, &f), BATCHES_WRITTEN);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(codes[i], CODE_NONE);
        assert_true(twice[i].person_id != 0);
    }
    assert_int_equal(rows(k), 3);
    assert_int_equal(write_one(k, fix(1, 9), &f), BATCHES_WRITTEN);
    assert_int_equal(rows(k), 3);
    assert_int_equal(write_one(k, fix(1, 7), &f), BATCHES_WRITTEN); /* older, and new */
    assert_int_equal(rows(k), 4);
}

static void what_was_gathered_off_duty_stays_out_when_it_comes_on_duty(void **state)
{
    struct desk *k = *state;
    const int64_t now_us = clock_wall_us();
    const int64_t minute_us = 60 * 1000000LL;
    enum fail_code codes[4] = { CODE_NONE };
    struct live_fix fixes[4];
    struct fail f = { 0 };

    /* On duty since the beginning, off it between twenty and ten minutes ago. */
    run(k, "INSERT INTO vigil.duty (person_id, org_id, at, on_duty, mode) VALUES"
           " (1, 1, now() - interval '20 min', false, 'foot'),"
           " (1, 1, now() - interval '10 min', true, 'foot')");
    for (int i = 0; i < 4; i++)
        fixes[i] = fix(1, now_us - (25 - 10 * i) * minute_us); /* 25, 15 and 5 minutes ago */
    fixes[3] = fix(2, now_us - 15 * minute_us);
    assert_int_equal(batches_write(k->batches, fixes, 4, codes, k->arena, &f), BATCHES_WRITTEN);
    assert_int_equal(codes[0], CODE_NONE);
    assert_int_equal(codes[1], CODE_OFF_DUTY);
    assert_int_equal(codes[2], CODE_NONE);
    assert_int_equal(codes[3], CODE_NONE);
    assert_int_equal(fixes[1].person_id, 0);
    assert_int_equal(rows(k), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_is_in_the_history_and_moves_whom_it_is_of),
        TEST(what_is_not_believed_is_kept_and_moves_nobody),
        TEST(of_one_moment_the_same_place_wins_on_every_way),
        TEST(whoever_is_not_tracked_is_left_out_alone),
        TEST(the_numbers_of_what_was_committed_have_no_gap),
        TEST(a_commit_whose_answer_is_lost_is_not_done_again),
        TEST(a_commit_that_stays_unknown_takes_nothing_from_the_next),
        TEST(somebody_else_under_the_same_name_is_noticed),
        TEST(whoever_goes_off_duty_meanwhile_is_not_written),
        TEST(a_batch_that_meets_others_crosswise_is_tried_again),
        TEST(a_row_stands_exactly_while_somebody_is_tracked),
        TEST(what_comes_again_is_in_the_history_once),
        cmocka_unit_test_setup_teardown(what_was_gathered_off_duty_stays_out_when_it_comes_on_duty,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
