/* What a proxy goes by: a node is ready from the city's coming to its own going, with the
 * database or without it. */
#include "tests/support/check_near.h"

#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/engine.h"
#include "geo/instant.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 3, PATIENCE_S = 20, NAP_MS = 20 };

static struct asking_room ROOM;

static int set_up(void **state)
{
    return asking_open_room(&ROOM, state);
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer readyz(void)
{
    return asking_send(ROOM.worker, "GET", "/readyz", "Authorization: ", NULL);
}

static void import_city(void)
{
    struct fail f = { 0 };

    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
}

/* A statement about the database, from another one of the cluster. */
static void say_beside(const char *before, const char *after)
{
    struct database beside = *ROOM.d;

    beside.address = arena_text(beside.arena, "%s dbname=postgres", ROOM.d->address);
    database_text(&beside, arena_text(beside.arena, "%s%s%s", before, ROOM.d->name, after));
}

/* Nobody new gets in, and whoever is in is put out. */
static void shut_database(void)
{
    say_beside("ALTER DATABASE ", " ALLOW_CONNECTIONS false");
    say_beside("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
               " WHERE datname = '",
               "'");
}

static void open_database(void)
{
    say_beside("ALTER DATABASE ", " ALLOW_CONNECTIONS true");
}

/* The first answer that says so; each until then is ready, too. */
static struct asking_answer await_database(const char *word)
{
    const int64_t until_us = clock_steady_us() + PATIENCE_S * INT64_C(1000000);

    for (;;) {
        const struct asking_answer answer = readyz();

        asking_expect(&answer, 200, NULL);
        assert_string_equal(asking_text(&answer, "/status"), "ready");
        if (strcmp(asking_text(&answer, "/database"), word) == 0)
            return answer;
        if (clock_steady_us() > until_us)
            fail_msg("the database does not become %s", word);
        nanosleep(&(struct timespec){ .tv_nsec = NAP_MS * 1000000L }, NULL);
    }
}

static void before_the_city_is_there_it_is_not_ready(void **state)
{
    (void)state;
    struct asking_answer answer = readyz();

    asking_expect(&answer, 503, "no_city_yet");
    import_city();
    answer = readyz();
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/database"), "ok");
    assert_false(asking_has(&answer, "/database_away_since"));
}

static void with_a_schema_that_is_not_ours_it_is_not_ready(void **state)
{
    (void)state;
    import_city();
    database_text(ROOM.d, "INSERT INTO vigil.migration (number, name, checksum)"
                          " VALUES (9999, '9999_later', '')");
    struct asking_answer answer = readyz();

    asking_expect(&answer, 503, "database_newer");
    database_text(ROOM.d, "DELETE FROM vigil.migration WHERE name = '9999_later'");
    answer = readyz();
    asking_expect(&answer, 200, NULL);
    database_text(ROOM.d, "INSERT INTO vigil.migration (number, name, checksum)"
                          " VALUES (9999, '9999_later', '')");
    answer = readyz(); /* a later node has come: this one serves on */
    asking_expect(&answer, 200, NULL);
}

static void without_the_database_it_is_ready_and_says_since_when(void **state)
{
    int64_t since_us;

    (void)state;
    import_city();
    await_database("ok");
    const int64_t before_us = clock_wall_us();

    shut_database();
    const struct asking_answer away = await_database("away");
    const char *since = asking_text(&away, "/database_away_since");

    assert_true(instant_read(since, strlen(since), &since_us));
    assert_true(since_us >= before_us - 1000 && since_us <= clock_wall_us());
    open_database();
    const struct asking_answer back = await_database("ok");

    assert_false(asking_has(&back, "/database_away_since"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(before_the_city_is_there_it_is_not_ready, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(with_a_schema_that_is_not_ours_it_is_not_ready, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_the_database_it_is_ready_and_says_since_when,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
