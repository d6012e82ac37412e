/* Tests of engine/engine.c: a process comes up, follows the database and goes. */
#include "engine/engine.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/config.h"
#include "engine/ids.h"
#include "engine/positions.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

enum { PATIENCE_S = 30 };

struct house {
    struct database *d;
    struct config *config;
    struct engine *engine;
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void run(struct house *h, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(h->d->db, sql, &f), &f);
}

static void start(struct house *h)
{
    struct fail f = { 0 };

    h->engine = engine_open(h->config, &f);
    must(h->engine != NULL, &f);
}

static void follow(struct house *h)
{
    struct fail f = { 0 };

    must(engine_follow(h->engine, &f), &f);
}

static int set_up(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    struct fail f = { 0 };

    h->d = database_new(true);
    h->config = config_new();
    must(config_set(h->config, "database", h->d->address, "test", &f), &f);
    must(config_set(h->config, "allow_unsafe_database", "1", "test", &f), &f);
    must(config_set(h->config, "cache_dir", "/nonexistent/vigil", "test", &f), &f);
    run(h, "INSERT INTO vigil.person (person_id, display_name, location_consent)"
           " SELECT i, 'person ' || i, true FROM generate_series(1, 500) AS i");
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    struct house *h = *state;

    engine_close(h->engine);
    engine_close(NULL);
    config_free(h->config);
    database_free(h->d);
    free(h);
    return 0;
}

/* Everyone reports from a place of her own within the southern half of the blocks. */
static void everyone_reports(struct house *h, struct point south_west)
{
    struct arena *a = arena_new();
    struct fixes fixes = { .count = 500 };
    struct fail f = { 0 };

    fixes.items = arena_take(a, 500, sizeof *fixes.items);
    for (int32_t i = 0; i < 500; i++) {
        const int32_t row = i / 100;
        const struct point at = { south_west.lon + i % 10 * 0.001 + 0.0003,
                                  south_west.lat + row * 0.001 };

        fixes.items[i] = (struct fixes_item){ .person_id = i + 1,
                                              .at = point_to_e7(at),
                                              .accuracy_dm = -1,
                                              .speed_cms = -1,
                                              .fix_us = clock_wall_us() };
    }
    must(positions_take(engine_positions(h->engine), &(struct sight){ .everyone = true }, &fixes, a,
                        &f),
         &f);
    for (int32_t i = 0; i < 500; i++)
        assert_int_equal(fixes.items[i].code, CODE_NONE);
    arena_free(a);
}

static int32_t on_streets(struct house *h)
{
    struct live *l = engine_live(h->engine);

    live_read(l);
    const int32_t count = live_crowd(l) ? crowd_count(live_crowd(l)) : 0;

    live_read_end(l);
    return count;
}

static void before_the_first_import_it_serves_what_needs_no_streets(void **state)
{
    struct house *h = *state;
    struct fail f = { 0 };
    int64_t id;

    start(h);
    assert_null(engine_hold(h->engine));
    assert_null(engine_hold_city(h->engine, &f));
    assert_int_equal(f.code, CODE_NO_CITY_YET);
    assert_int_equal(f.kind, FAIL_BUSY);
    everyone_reports(h, BLOCK_PORTO);
    assert_int_equal(live_placed_count(engine_live(h->engine)), 500);
    assert_int_equal(on_streets(h), 0);
    assert_ptr_equal(engine_config(h->engine), h->config);
    assert_non_null(engine_tiles(h->engine));
    must(ids_take(engine_ids(h->engine), h->d->db, &id, &f), &f);
}

static void a_new_import_is_followed_and_people_stand_on_its_streets(void **state)
{
    struct house *h = *state;
    struct live_person before, after;

    start(h);
    everyone_reports(h, BLOCK_PORTO);
    block_import(h->d, 10, BLOCK_PORTO);
    follow(h);
    const struct world *first = engine_hold(h->engine);

    assert_non_null(first);
    assert_string_equal(first->city_name, "Blocks");
    assert_int_equal(first->network->segment_count, 2 * 10 * 11);
    check_near(first->centre.lon, BLOCK_PORTO.lon + 0.005, 1e-6);
    assert_int_equal(on_streets(h), 500);
    follow(h); /* nothing is new */
    const struct world *same = engine_hold(h->engine);

    assert_ptr_equal(same, first);
    world_drop(same);
    live_read(engine_live(h->engine));
    live_get(engine_live(h->engine), 7, &before);
    live_read_end(engine_live(h->engine));

    block_import(h->d, 12, BLOCK_PORTO);
    follow(h);
    const struct world *second = engine_hold(h->engine);

    assert_true(second->version > first->version);
    assert_int_equal(second->network->segment_count, 2 * 12 * 13);
    assert_int_equal(on_streets(h), 500);
    live_read(engine_live(h->engine));
    live_get(engine_live(h->engine), 7, &after);
    assert_ptr_equal(live_world(engine_live(h->engine)), second);
    live_read_end(engine_live(h->engine));
    assert_int_not_equal(before.fix.snapped_in, after.fix.snapped_in);
    const struct point was = network_point(first->network, before.fix.spot);
    const struct point is = network_point(second->network, after.fix.spot);

    check_near(point_distance_m(was, is), 0, 0.05);
    world_drop(first);
    world_drop(second);
}

static void a_restart_knows_what_was_accepted(void **state)
{
    struct house *h = *state;
    struct live_person p;

    block_import(h->d, 10, BLOCK_PORTO);
    start(h);
    everyone_reports(h, BLOCK_PORTO);
    engine_close(h->engine);
    start(h);
    assert_int_equal(on_streets(h), 500);
    live_read(engine_live(h->engine));
    assert_true(live_get(engine_live(h->engine), 123, &p));
    live_read_end(engine_live(h->engine));
    assert_int_equal(p.fix.at.lon, point_to_e7((struct point){ BLOCK_PORTO.lon + 0.0023, 0 }).lon);
}

static void partitions_are_made_ahead(void **state)
{
    struct house *h = *state;

    start(h);
    assert_true(database_int(h->d, "SELECT count(*) FROM pg_inherits"
                                   " WHERE inhparent = 'vigil.position_history'::regclass") >= 49);
    everyone_reports(h, BLOCK_PORTO);
    assert_int_equal(database_int(h->d, "SELECT count(*) FROM vigil.position_history"), 500);
    assert_int_equal(database_int(h->d, "SELECT count(*) FROM vigil.position_history_default"), 0);
}

static atomic_int ticks;

static void count_tick(void *self, struct db *db)
{
    atomic_fetch_add(&ticks, self == NULL && db != NULL);
}

/* Without engine_follow: the timer looks by itself. */
static void the_timer_follows_by_itself(void **state)
{
    struct house *h = *state;
    const int64_t deadline = clock_steady_us() + PATIENCE_S * 1000000LL;
    const struct world *w = NULL;

    start(h);
    engine_every_tick(h->engine, count_tick, NULL);
    block_import(h->d, 4, BLOCK_PORTO);
    run(h, "INSERT INTO vigil.person (person_id, display_name) VALUES (1000, 'new')");
    while ((!w || atomic_load(&ticks) == 0 || live_count(engine_live(h->engine)) < 501) &&
           clock_steady_us() < deadline) {
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
        world_drop(w);
        w = engine_hold(h->engine);
    }
    assert_non_null(w);
    assert_true(atomic_load(&ticks) > 0);
    assert_int_equal(live_count(engine_live(h->engine)), 501);
    world_drop(w);
}

static bool is_taken(struct house *h, int64_t person_id)
{
    struct live_person p = { 0 };

    live_read(engine_live(h->engine));
    live_get(engine_live(h->engine), person_id, &p);
    live_read_end(engine_live(h->engine));
    return p.taken_incident_id != 0;
}

/* An order that another process gave, and its end: looked for at every beat. */
static void who_is_taken_is_followed_by_itself(void **state)
{
    struct house *h = *state;
    const int64_t deadline = clock_steady_us() + PATIENCE_S * 1000000LL;

    start(h);
    run(h, "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
           " VALUES (5, 1, 'help', 2, 'SRID=4326;POINT(116.39 39.9)');"
           "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
           " VALUES (6, 5, 1, now() + interval '1 hour');"
           "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id,"
           "                                   expires_at)"
           " VALUES (6, 7, 5, 1, now() + interval '1 hour')");
    while (!is_taken(h, 7) && clock_steady_us() < deadline)
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    assert_true(is_taken(h, 7));
    run(h, "UPDATE vigil.dispatch_person SET state = 'declined'");
    while (is_taken(h, 7) && clock_steady_us() < deadline)
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    assert_false(is_taken(h, 7));
}

static void a_database_that_cannot_be_reached_is_said(void **state)
{
    struct house *h = *state;
    struct fail f = { 0 };

    must(config_set(h->config, "database", "host=/nonexistent dbname=none", "test", &f), &f);
    assert_null(engine_open(h->config, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
}

/* The cluster of the tests does without fsync. */
static void a_database_that_loses_what_it_has_committed_is_refused(void **state)
{
    struct house *h = *state;
    struct fail f = { 0 };

    must(config_set(h->config, "allow_unsafe_database", "0", "test", &f), &f);
    assert_null(engine_open(h->config, &f));
    assert_int_equal(f.code, CODE_DATABASE_UNSAFE);
    assert_string_equal(f.value, "fsync = off");
    assert_string_equal(f.allowed, "fsync = on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(before_the_first_import_it_serves_what_needs_no_streets,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_import_is_followed_and_people_stand_on_its_streets,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_restart_knows_what_was_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(partitions_are_made_ahead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_timer_follows_by_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_taken_is_followed_by_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_that_loses_what_it_has_committed_is_refused,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_that_cannot_be_reached_is_said, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
