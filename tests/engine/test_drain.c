/* Tests of engine/drain.c: what a node kept comes into the database once, and of nobody
 * who was not to be tracked when it was kept. */
#include "engine/drain.h"

#include <stdlib.h>

#include "engine/clock.h"
#include "engine/parcel.h"
#include "geo/base/buf.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/lossy.h"

static const unsigned char SPOOL[SPOOL_RECORD_ID] = "a spool........";
static const int64_t MINUTE_US = 60000000;

struct quay {
    struct database *d;
    struct lossy *wire;
    struct db *db;
    struct arena *arena;
    struct buf bytes; /* of the record in hand */
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void run(struct quay *q, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(q->d->db, sql, &f), &f);
}

static int set_up(void **state)
{
    struct quay *q = calloc(1, sizeof *q);
    struct fail f = { 0 };

    q->d = database_new(true);
    q->arena = arena_new();
    q->wire = lossy_open(q->d);
    run(q, "INSERT INTO vigil.person (person_id, display_name, on_duty, location_consent)"
           " SELECT i, 'person ' || i, i < 9, i <> 8 FROM generate_series(1, 10) AS i;"
           "INSERT INTO vigil.token (label, role, secret_hash, kind, expires_at)"
           " SELECT 'a', 'dispatcher', sha256(i::text::bytea), 'bearer', now() + interval '1 day' "
           "FROM generate_series(1, 5) i");
    q->db = db_open(lossy_address(q->wire), &f);
    must(q->db && db_become(q->db, DB_ENGINE, &f), &f);
    *state = q;
    return 0;
}

static int tear_down(void **state)
{
    struct quay *q = *state;

    db_close(q->db);
    lossy_close(q->wire);
    database_free(q->d);
    buf_free(&q->bytes);
    arena_free(q->arena);
    free(q);
    return 0;
}

static bool bring(struct quay *q, struct spool_record record, bool *refused, struct fail *f)
{
    return drain_record(q->db, SPOOL, &record, (struct drain_by){ 77, 8 }, q->arena, refused, f);
}

static struct live_fix fix(int64_t person_id, int64_t fix_us)
{
    return (struct live_fix){ .person_id = person_id,
                              .at = { 10, (int32_t)person_id },
                              .accuracy_dm = -1,
                              .speed_cms = 12,
                              .fix_us = fix_us,
                              .received_us = fix_us,
                              .flags = LIVE_NODE_LOCAL };
}

static struct spool_record of_fixes(struct quay *q, int64_t number, const struct live_fix *fixes,
                                    int32_t count, bool maybe_written)
{
    const struct parcel_fixes parcel = { fixes, count, maybe_written };

    buf_clear(&q->bytes);
    parcel_put_fixes(&q->bytes, &parcel);
    return (struct spool_record){ number, PARCEL_FIXES, q->bytes.bytes, q->bytes.size };
}

static void bring_fixes(struct quay *q, int64_t number, const struct live_fix *fixes, int32_t count,
                        bool maybe_written)
{
    struct fail f = { 0 };
    bool refused;

    must(bring(q, of_fixes(q, number, fixes, count, maybe_written), &refused, &f), &f);
    assert_false(refused);
}

static struct spool_record of_incident(struct quay *q, int64_t number, int64_t incident_id,
                                       const char *type, const char *key)
{
    const struct parcel_incident parcel = {
        .received_us = clock_wall_us() - MINUTE_US,
        .who = { .kind = INCIDENTS_STAFF, .token_id = 5, .org_id = 1, .request_id = "r" },
        .incident = { .incident_id = incident_id,
                      .type = type,
                      .place = { 11.97, 57.7 },
                      .address = "",
                      .note = "" },
        .key = key,
        .answer = { .status = 202,
                    .type = "application/json",
                    .location = arena_text(q->arena, "/v1/incidents/%lld", (long long)incident_id),
                    .bytes = "{}",
                    .size = 2 },
    };

    buf_clear(&q->bytes);
    parcel_put_incident(&q->bytes, &parcel);
    return (struct spool_record){ number, PARCEL_INCIDENT, q->bytes.bytes, q->bytes.size };
}

static int64_t count(struct quay *q, const char *what)
{
    return database_int(q->d, arena_text(q->arena, "SELECT count(*) FROM vigil.%s", what));
}

static int64_t number(struct quay *q)
{
    struct fail f = { 0 };
    int64_t n = -1;

    must(drain_number(q->db, SPOOL, &n, &f), &f);
    return n;
}

/* ---- fixes */

static void fixes_come_in_move_whom_they_are_of_and_the_nodes_are_told(void **state)
{
    struct quay *q = *state;
    const int64_t now_us = clock_wall_us();
    const struct live_fix fixes[] = { fix(1, now_us), fix(2, now_us - 5), fix(1, now_us - 9) };

    assert_int_equal(number(q), 0);
    bring_fixes(q, 1, fixes, 3, false);
    assert_int_equal(number(q), 1);
    assert_int_equal(count(q, "position_history WHERE accuracy_dm IS NULL AND speed_cms = 12"), 3);
    assert_int_equal(count(q, "position_history WHERE received_us = fix_us AND flags = 16"), 3);
    assert_int_equal(
        database_int(q->d, "SELECT fix_us FROM vigil.position_last WHERE person_id = 1"), now_us);
    assert_int_equal(count(q, "position_writer WHERE node_id = 77 AND writer = 8 AND number = 1"),
                     1);
}

static void a_record_comes_in_once_however_often_it_is_brought(void **state)
{
    struct quay *q = *state;
    const struct live_fix one = fix(1, clock_wall_us());

    bring_fixes(q, 7, &one, 1, false);
    bring_fixes(q, 7, &one, 1, false);
    bring_fixes(q, 6, &one, 1, false);
    assert_int_equal(number(q), 7);
    assert_int_equal(count(q, "position_history"), 1);
}

static void a_commit_whose_answer_was_lost_is_not_done_again(void **state)
{
    struct quay *q = *state;
    const struct live_fix one = fix(1, clock_wall_us());
    struct spool_record record = of_fixes(q, 1, &one, 1, false);
    struct fail f = { 0 };
    bool refused;

    lossy_lose(q->wire, false);
    assert_false(bring(q, record, &refused, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_true(lossy_has_lost(q->wire));
    must(bring(q, record, &refused, &f), &f);
    assert_int_equal(count(q, "position_history"), 1);
    record = of_incident(q, 2, 900, "fire", "key");
    lossy_lose(q->wire, false);
    assert_false(bring(q, record, &refused, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    must(bring(q, record, &refused, &f), &f);
    assert_int_equal(count(q, "incident"), 1);
    assert_int_equal(number(q), 2);
    assert_int_equal(count(q, "spool_refused"), 0);
}

/* The try before this node took them may have been committed: then nothing is added. */
static void fixes_that_may_be_there_are_looked_for(void **state)
{
    struct quay *q = *state;
    const int64_t now_us = clock_wall_us();
    const struct live_fix fixes[] = { fix(1, now_us), fix(2, now_us), fix(3, now_us) };

    bring_fixes(q, 1, fixes, 2, false);
    bring_fixes(q, 2, fixes, 3, true);
    assert_int_equal(count(q, "position_history"), 3);
}

/* Its sender heard nothing, and sent it to another process. */
static void what_is_her_last_position_is_not_added(void **state)
{
    struct quay *q = *state;
    struct live_fix one = fix(1, clock_wall_us());

    bring_fixes(q, 1, &one, 1, false);
    one.received_us += MINUTE_US;
    bring_fixes(q, 2, &one, 1, false);
    assert_int_equal(count(q, "position_history"), 1);
    one.fix_us++;
    bring_fixes(q, 3, &one, 1, false);
    assert_int_equal(count(q, "position_history"), 2);
}

static void who_was_off_duty_when_it_came_is_left_out(void **state)
{
    struct quay *q = *state;
    const int64_t now_us = clock_wall_us();
    struct live_fix fixes[] = { fix(1, now_us - MINUTE_US), fix(2, now_us - MINUTE_US),
                                fix(9, now_us - MINUTE_US), fix(8, now_us - MINUTE_US),
                                fix(3, now_us - 60 * MINUTE_US) };

    run(q, "UPDATE vigil.person SET on_duty = false WHERE person_id IN (2, 3);"
           "UPDATE vigil.person SET on_duty = true WHERE person_id IN (3, 9);"
           "UPDATE vigil.duty SET at = now() - interval '90 minutes'"
           " WHERE person_id = 3 AND NOT on_duty;"
           "UPDATE vigil.duty SET at = now() - interval '30 minutes'"
           " WHERE person_id = 3 AND on_duty");
    fixes[4].received_us = now_us; /* taken off duty, sent later */
    bring_fixes(q, 1, fixes, 5, false);
    assert_int_equal(count(q, "position_history"), 2); /* she went off duty afterwards */
    assert_int_equal(count(q, "position_history WHERE person_id IN (1, 2)"), 2);
    assert_int_equal(count(q, "position_last WHERE fix_us > 0"), 1);
    assert_int_equal(number(q), 1);
}

static void an_older_or_doubtful_fix_moves_nobody(void **state)
{
    struct quay *q = *state;
    const int64_t now_us = clock_wall_us();
    struct live_fix fixes[] = { fix(1, now_us), fix(1, now_us - 7), fix(2, now_us) };

    fixes[2].flags |= LIVE_JUMP;
    bring_fixes(q, 1, &fixes[0], 1, false);
    bring_fixes(q, 2, &fixes[1], 2, false);
    assert_int_equal(count(q, "position_history"), 3);
    assert_int_equal(
        database_int(q->d, "SELECT fix_us FROM vigil.position_last WHERE person_id = 1"), now_us);
    assert_int_equal(
        database_int(q->d, "SELECT fix_us FROM vigil.position_last WHERE person_id = 2"), 0);
}

/* ---- incidents */

static void an_incident_comes_in_with_its_number_time_and_answer(void **state)
{
    struct quay *q = *state;
    struct fail f = { 0 };
    bool refused;

    must(bring(q, of_incident(q, 1, 900, "fire", "key"), &refused, &f), &f);
    assert_false(refused);
    assert_int_equal(count(q, "incident WHERE incident_id = 900 AND type = 'fire'"
                              " AND t0 < now() - interval '50 seconds' AND by_token_id = 5"),
                     1);
    assert_int_equal(count(q, "idempotency WHERE token_id = 5 AND key = 'key' AND status = 202"
                              " AND location = '/v1/incidents/900'"),
                     1);
}

static void an_incident_that_was_committed_after_all_is_not_added(void **state)
{
    struct quay *q = *state;
    struct fail f = { 0 };
    bool refused;

    must(bring(q, of_incident(q, 1, 900, "fire", "key"), &refused, &f), &f);
    must(bring(q, of_incident(q, 2, 900, "fire", "key"), &refused, &f), &f);
    assert_false(refused);
    assert_int_equal(count(q, "incident"), 1);
    assert_int_equal(number(q), 2);
}

static void what_was_reported_elsewhere_under_the_same_key_is_joined(void **state)
{
    struct quay *q = *state;
    struct fail f = { 0 };
    bool refused;

    must(bring(q, of_incident(q, 1, 900, "fire", "key"), &refused, &f), &f);
    must(bring(q, of_incident(q, 2, 901, "fire", "key"), &refused, &f), &f);
    assert_false(refused);
    assert_int_equal(count(q, "incident WHERE incident_id = 901 AND state = 'merged'"
                              " AND merged_into = 900"),
                     1);
    assert_int_equal(count(q, "incident WHERE incident_id = 900 AND state = 'reported'"), 1);
}

/* ---- refusals */

static void what_cannot_be_carried_out_is_laid_aside_and_the_next_comes_in(void **state)
{
    struct quay *q = *state;
    const struct spool_record torn = { 1, PARCEL_FIXES, "xyz", 3 };
    const struct spool_record strange = { 2, 99, "", 0 };
    const struct live_fix one = fix(1, clock_wall_us());
    struct fail f = { 0 };
    bool refused;

    must(bring(q, torn, &refused, &f), &f);
    assert_true(refused);
    must(bring(q, strange, &refused, &f), &f);
    assert_true(refused);
    must(bring(q, of_incident(q, 3, 900, "dragon", "key"), &refused, &f), &f);
    assert_true(refused);
    bring_fixes(q, 4, &one, 1, false);
    assert_int_equal(number(q), 4);
    assert_int_equal(count(q, "spool_refused"), 3);
    assert_int_equal(count(q, "spool_refused WHERE number = 1 AND kind = 1 AND record = 'xyz'"
                              " AND reason LIKE 'parcel_malformed: %'"),
                     1);
    assert_int_equal(count(q, "incident") + count(q, "idempotency"), 0);
    must(bring(q, torn, &refused, &f), &f);
    assert_int_equal(count(q, "spool_refused"), 3);
}

static void a_database_that_is_away_takes_and_refuses_nothing(void **state)
{
    struct quay *q = *state;
    const struct live_fix one = fix(1, clock_wall_us());
    const struct spool_record record = of_fixes(q, 1, &one, 1, false);
    struct fail f = { 0 };
    bool refused;

    lossy_shut(q->wire, true);
    assert_false(bring(q, record, &refused, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_false(refused);
    lossy_shut(q->wire, false);
    must(bring(q, record, &refused, &f), &f);
    assert_int_equal(count(q, "position_history"), 1);
    assert_int_equal(count(q, "spool_refused"), 0);
}

static void every_database_has_its_own_name_for_its_spools(void **state)
{
    struct quay *q = *state;
    unsigned char one[SPOOL_RECORD_ID];
    unsigned char again[SPOOL_RECORD_ID];
    struct fail f = { 0 };

    must(drain_city(q->db, one, &f) && drain_city(q->db, again, &f), &f);
    assert_memory_equal(one, again, SPOOL_RECORD_ID);
}

#define AT_THE_QUAY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_THE_QUAY(fixes_come_in_move_whom_they_are_of_and_the_nodes_are_told),
        AT_THE_QUAY(a_record_comes_in_once_however_often_it_is_brought),
        AT_THE_QUAY(a_commit_whose_answer_was_lost_is_not_done_again),
        AT_THE_QUAY(fixes_that_may_be_there_are_looked_for),
        AT_THE_QUAY(what_is_her_last_position_is_not_added),
        AT_THE_QUAY(who_was_off_duty_when_it_came_is_left_out),
        AT_THE_QUAY(an_older_or_doubtful_fix_moves_nobody),
        AT_THE_QUAY(an_incident_comes_in_with_its_number_time_and_answer),
        AT_THE_QUAY(an_incident_that_was_committed_after_all_is_not_added),
        AT_THE_QUAY(what_was_reported_elsewhere_under_the_same_key_is_joined),
        AT_THE_QUAY(what_cannot_be_carried_out_is_laid_aside_and_the_next_comes_in),
        AT_THE_QUAY(a_database_that_is_away_takes_and_refuses_nothing),
        AT_THE_QUAY(every_database_has_its_own_name_for_its_spools),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
