/* Tests of engine/reach.c: it is noticed when the database is away and when it is back,
 * and nobody waits for it meanwhile. */
#include "engine/reach.h"

#include <pthread.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/lossy.h"

enum { LONG_MS = 30000 };

/* Whether it became so in time. */
static bool becomes(bool is_away)
{
    const int64_t until_us = clock_steady_us() + LONG_MS * 1000;

    while (reach_is_away() != is_away && clock_steady_us() < until_us)
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    return reach_is_away() == is_away;
}

static void a_database_that_goes_is_away_until_it_is_back(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    struct reach *r = reach_open(d->address, &f);
    const uint32_t times = reach_times();

    assert_non_null(r);
    assert_false(reach_is_away());
    for (uint32_t i = 1; i <= 2; i++) {
        const int64_t before_us = clock_wall_us();

        database_shut(d, true);
        assert_true(becomes(true));
        assert_true(reach_away_since_us() >= before_us);
        assert_int_equal(reach_times(), times + i - 1);
        database_shut(d, false);
        assert_true(becomes(false));
        assert_int_equal(reach_away_since_us(), 0);
        assert_int_equal(reach_times(), times + i);
    }
    reach_close(r);
}

/* Nothing ends, nothing is refused: only no answer comes. */
static void a_database_that_says_nothing_is_away(void **state)
{
    struct database *d = *state;
    struct lossy *wire = lossy_open(d);
    struct fail f = { 0 };
    struct reach *r = reach_open(lossy_address(wire), &f);

    assert_non_null(r);
    lossy_hush(wire, true);
    assert_true(becomes(true));
    lossy_hush(wire, false);
    assert_true(becomes(false));
    reach_close(r);
    lossy_close(wire);
}

/* The connection itself is as good as ever: it is not even tried. */
static void whoever_asks_meanwhile_is_told_at_once(void **state)
{
    struct database *d = *state;
    struct lossy *wire = lossy_open(d);
    struct fail f = { 0 };
    struct reach *r = reach_open(lossy_address(wire), &f);

    assert_non_null(r);
    lossy_shut(wire, true);
    assert_true(becomes(true));
    assert_false(db_script(d->db, "SELECT 1", &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_int_equal(f.kind, FAIL_BUSY);
    lossy_shut(wire, false);
    assert_true(becomes(false));
    assert_true(db_script(d->db, "SELECT 1", &f));
    reach_close(r);
    lossy_close(wire);
}

struct sleeper {
    struct db *db;
    struct fail f;
    bool is_good;
};

static void *sleep_on(void *self)
{
    struct sleeper *s = self;

    s->is_good = db_script(s->db, "SELECT pg_sleep(600)", &s->f);
    return NULL;
}

static void whoever_waits_for_an_answer_is_let_go(void **state)
{
    struct database *d = *state;
    struct lossy *wire = lossy_open(d);
    struct sleeper s = { .db = d->db };
    pthread_t thread;
    struct fail f = { 0 };
    struct reach *r = reach_open(lossy_address(wire), &f);

    assert_non_null(r);
    assert_int_equal(pthread_create(&thread, NULL, sleep_on, &s), 0);
    while (database_int(d, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                           " AND query = 'SELECT pg_sleep(600)'") == 0)
        continue;
    lossy_shut(wire, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(s.is_good);
    assert_int_equal(s.f.code, CODE_DATABASE_AWAY);
    reach_close(r);
    lossy_close(wire);
}

static void without_one_the_database_counts_as_there(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    database_shut(d, true);
    assert_null(reach_open(d->address, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_false(reach_is_away());
    database_shut(d, false);

    struct reach *r = reach_open(d->address, &f);

    assert_non_null(r);
    database_shut(d, true);
    assert_true(becomes(true));
    reach_close(r);
    assert_false(reach_is_away());
    database_shut(d, false);
    reach_close(NULL);
}

#define IN_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, database_setup, database_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_DATABASE(a_database_that_goes_is_away_until_it_is_back),
        IN_A_DATABASE(a_database_that_says_nothing_is_away),
        IN_A_DATABASE(whoever_asks_meanwhile_is_told_at_once),
        IN_A_DATABASE(whoever_waits_for_an_answer_is_let_go),
        IN_A_DATABASE(without_one_the_database_counts_as_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
