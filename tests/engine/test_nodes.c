/* Tests of engine/nodes.c: two processes on one database, as two of everything in one. */
#include "engine/nodes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/people.h"
#include "engine/relay.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

enum { PATIENCE_MS = 10000 };

/* One node: its people, how far they have been followed, and what an ear heard. */
struct side {
    struct live *live;
    struct nodes *nodes;
    struct db *db;
    pthread_mutex_t following; /* guards the two around it */
    struct people_mark mark;
    _Atomic int32_t heard, lost;
};

struct scene {
    struct database *d;
    struct side sides[2];
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static bool follow(void *self, struct fail *f)
{
    struct side *s = self;
    struct arena *a = arena_new();

    pthread_mutex_lock(&s->following);
    const bool is_good =
        people_follow(s->db, s->live, a, &s->mark, f) && people_follow_taken(s->db, s->live, a, f);

    pthread_mutex_unlock(&s->following);
    arena_free(a);
    return is_good;
}

static void count_heard(void *self, const struct live_fix *fixes, int32_t count)
{
    struct side *s = self;

    (void)fixes;
    s->heard += count;
}

static void count_lost(void *self)
{
    struct side *s = self;

    s->lost++;
}

static void side_open(struct side *s, const struct database *d, const char *name)
{
    struct fail f = { 0 };

    pthread_mutex_init(&s->following, NULL);
    s->live = live_new();
    s->db = db_open(d->address, &f);
    must(s->db && db_become(s->db, DB_ENGINE, &f), &f);
    s->nodes = nodes_open(d->address, name, s->live, &f);
    must(s->nodes && follow(s, &f), &f);
    nodes_add_ear(s->nodes, (struct nodes_ear){ s, count_heard, count_lost });
    must(nodes_start(s->nodes, follow, s, &f), &f);
}

static void side_close(struct side *s)
{
    nodes_close(s->nodes);
    db_close(s->db);
    live_free(s->live);
    pthread_mutex_destroy(&s->following);
    *s = (struct side){ 0 };
}

/* Persons 1 to 4, of whom 4 is off duty. */
static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);

    log_from(LOG_ERROR);
    s->d = database_new(true);
    database_text(s->d, "INSERT INTO vigil.person (person_id, display_name, on_duty,"
                        " location_consent) SELECT n, 'P' || n, n <> 4, true"
                        " FROM generate_series(1, 4) n");
    side_open(&s->sides[0], s->d, "one");
    side_open(&s->sides[1], s->d, "two");
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    for (int i = 0; i < 2; i++)
        if (s->sides[i].nodes)
            side_close(&s->sides[i]);
    database_free(s->d);
    free(s);
    return 0;
}

/* ------------------------------------------------------------------ what is waited for */

static bool soon(bool (*is_so)(const struct scene *s, int64_t wanted), const struct scene *s,
                 int64_t wanted)
{
    static const struct timespec A_LITTLE = { .tv_nsec = 5000000 };
    const int64_t until = clock_steady_us() + PATIENCE_MS * 1000LL;

    while (!is_so(s, wanted)) {
        if (clock_steady_us() > until)
            return false;
        nanosleep(&A_LITTLE, NULL);
    }
    return true;
}

/* When the second side has the person's fix of this moment; 0: none. */
static int64_t fix_of(const struct side *s, int64_t person_id)
{
    struct live_person p;

    live_read(s->live);
    const bool is_there = live_get(s->live, person_id, &p) && p.has_fix;

    live_read_end(s->live);
    return is_there ? p.fix.fix_us : 0;
}

static bool person_1_at(const struct scene *s, int64_t wanted)
{
    return fix_of(&s->sides[1], 1) == wanted;
}

static bool person_4_at(const struct scene *s, int64_t wanted)
{
    return fix_of(&s->sides[1], 4) == wanted;
}

static uint64_t hash_of(const struct side *s)
{
    live_read(s->live);
    const uint64_t hash = live_hash(s->live);

    live_read_end(s->live);
    return hash;
}

static bool hashes_are_equal(const struct scene *s, int64_t wanted)
{
    return (hash_of(&s->sides[0]) == hash_of(&s->sides[1])) == wanted;
}

/* Its node_id is 0 when it is not listed. */
static struct nodes_one one_of(const struct scene *s, int side, int64_t node_id)
{
    const struct nodes_one *all;
    const int32_t count = nodes_list(s->sides[side].nodes, s->d->arena, &all);

    for (int32_t i = 0; i < count; i++)
        if (all[i].node_id == node_id)
            return all[i];
    return (struct nodes_one){ .name = "" };
}

static int64_t resyncs_of(const struct scene *s, int side)
{
    return one_of(s, side, nodes_id(s->sides[side].nodes)).resync_count;
}

static bool second_is_fresh(const struct scene *s, int64_t unused)
{
    int64_t since;

    (void)unused;
    return !nodes_stale(s->sides[1].nodes, &since);
}

static bool second_read_again(const struct scene *s, int64_t wanted)
{
    return resyncs_of(s, 1) >= wanted && second_is_fresh(s, 0);
}

/* ------------------------------------------------------------------ what is told */

static struct live_fix fix(int64_t person_id, int64_t fix_us)
{
    return (struct live_fix){ .person_id = person_id,
                              .at = { 120000000 + (int32_t)person_id, 577000000 },
                              .accuracy_dm = -1,
                              .speed_cms = -1,
                              .fix_us = fix_us,
                              .received_us = fix_us };
}

/* What the first side's writer does with a batch: commits it with its texts, then shows it. */
static void write_batch(struct scene *s, int64_t number, struct live_fix *fixes, int32_t count)
{
    const struct relay_from from = { nodes_id(s->sides[0].nodes), 0, number };
    const char *const *texts;
    const int32_t text_count = relay_pack(s->d->arena, &from, fixes, count, &texts);
    struct fail f = { 0 };

    must(db_begin(s->d->db, &f), &f);
    for (int32_t i = 0; i < text_count; i++)
        must(db_script(
                 s->d->db,
                 arena_text(s->d->arena, "SELECT pg_notify('vigil_position', '%s')", texts[i]), &f),
             &f);
    for (int32_t i = 0; i < count; i++)
        must(db_script(s->d->db,
                       arena_text(s->d->arena,
                                  "UPDATE vigil.position_last SET lon_e7 = %d, lat_e7 = %d, "
                                  "fix_us = %lld, received_us = %lld WHERE person_id = %lld",
                                  fixes[i].at.lon, fixes[i].at.lat, (long long)fixes[i].fix_us,
                                  (long long)fixes[i].fix_us, (long long)fixes[i].person_id),
                       &f),
             &f);
    must(db_commit(s->d->db, &f), &f);
    live_move(s->sides[0].live, fixes, count);
}

static void write_one(struct scene *s, int64_t number, int64_t person_id, int64_t fix_us)
{
    struct live_fix one = fix(person_id, fix_us);

    write_batch(s, number, &one, 1);
}

/* ------------------------------------------------------------------ the tests */

static void what_one_node_commits_every_node_knows(void **state)
{
    struct scene *s = *state;

    write_one(s, 1, 1, 1000);
    assert_true(soon(person_1_at, s, 1000));
    write_one(s, 2, 2, 1500);
    write_one(s, 3, 1, 2000);
    assert_true(soon(person_1_at, s, 2000));
    assert_int_equal(hash_of(&s->sides[0]), hash_of(&s->sides[1]));
    assert_int_not_equal(hash_of(&s->sides[0]), 0);
    assert_int_equal(s->sides[1].heard, 3);
    assert_int_equal(s->sides[0].heard, 0); /* its own came from its own writer */
    assert_int_equal(resyncs_of(s, 1), 0);
}

static void a_batch_of_many_texts_arrives_whole(void **state)
{
    struct scene *s = *state;
    struct live_fix *fixes = arena_take(s->d->arena, 1000, sizeof *fixes);

    for (int32_t i = 0; i < 1000; i++)
        fixes[i] = fix(1 + i % 3, 1000 + i);
    write_batch(s, 1, fixes, 1000);
    assert_true(soon(person_1_at, s, 1999));
    assert_int_equal(s->sides[1].heard, 1000);
    assert_int_equal(resyncs_of(s, 1), 0);
}

static void of_two_fixes_of_one_moment_every_node_keeps_the_same(void **state)
{
    struct scene *s = *state;
    struct live_fix west = fix(1, 5000);
    struct live_fix east = west;

    east.at.lon++;
    live_move(s->sides[0].live, &west, 1);
    live_move(s->sides[0].live, &east, 1);
    live_move(s->sides[1].live, &east, 1);
    live_move(s->sides[1].live, &west, 1);
    assert_int_equal(hash_of(&s->sides[0]), hash_of(&s->sides[1]));
    assert_int_not_equal(hash_of(&s->sides[0]), 0);
    live_forget(s->sides[0].live, 1);
    assert_int_equal(hash_of(&s->sides[0]), 0);
}

static void who_goes_off_duty_anywhere_is_gone_everywhere(void **state)
{
    struct scene *s = *state;
    const int64_t began = clock_steady_us();

    write_one(s, 1, 1, 1000);
    assert_true(soon(person_1_at, s, 1000));
    database_text(s->d, "UPDATE vigil.person SET on_duty = false WHERE person_id = 1");
    assert_true(soon(person_1_at, s, 0));
    database_text(s->d, "UPDATE vigil.person SET on_duty = true WHERE person_id = 1");
    write_one(s, 2, 1, 2000);
    assert_true(soon(person_1_at, s, 2000));
    database_text(s->d, "UPDATE vigil.person SET location_consent = false WHERE person_id = 1");
    assert_true(soon(person_1_at, s, 0));
    assert_true(clock_steady_us() - began < PATIENCE_MS * 1000LL);
}

/* The first fix of someone of whom this node does not know yet that she is on duty. */
static void the_first_fix_of_a_new_duty_is_not_lost(void **state)
{
    struct scene *s = *state;
    struct fail f = { 0 };

    for (int64_t i = 1; i <= 10; i++) {
        must(db_script(s->d->db, "UPDATE vigil.person SET on_duty = true WHERE person_id = 4", &f),
             &f);
        must(follow(&s->sides[0], &f), &f);
        write_one(s, i, 4, i * 1000);
        assert_true(soon(person_4_at, s, i * 1000));
        must(db_script(s->d->db, "UPDATE vigil.person SET on_duty = false WHERE person_id = 4", &f),
             &f);
        must(follow(&s->sides[0], &f), &f);
        assert_true(soon(person_4_at, s, 0));
    }
    assert_true(soon(hashes_are_equal, s, true));
    assert_int_equal(resyncs_of(s, 1), 0);
}

/* She has been taken by an order, which no notification tells. */
static void someone_taken_while_off_duty_is_shown_at_once(void **state)
{
    struct scene *s = *state;

    database_text(s->d, "INSERT INTO vigil.position_last (person_id, lon_e7, lat_e7, fix_us,"
                        " received_us) VALUES (4, 0, 0, 0, 0) ON CONFLICT DO NOTHING");
    database_text(s->d, "ALTER TABLE vigil.person DISABLE TRIGGER person_told");
    database_text(s->d, "UPDATE vigil.person SET on_duty = true WHERE person_id = 4");
    write_one(s, 1, 4, 7000);
    assert_true(soon(person_4_at, s, 7000));
}

static void after_a_gap_everything_is_read_again(void **state)
{
    struct scene *s = *state;

    write_one(s, 1, 1, 1000);
    assert_true(soon(person_1_at, s, 1000));
    /* Batch 2 never arrives, but it was committed. */
    database_text(s->d, "UPDATE vigil.position_last SET fix_us = 3000, lon_e7 = 5, lat_e7 = 6"
                        " WHERE person_id = 1");
    write_one(s, 3, 2, 4000);
    assert_true(soon(person_1_at, s, 3000));
    assert_true(soon(second_read_again, s, 1));
    assert_int_equal(s->sides[1].lost, 1);
    write_one(s, 4, 1, 5000);
    assert_true(soon(person_1_at, s, 5000));
    assert_int_equal(resyncs_of(s, 1), 1);
    assert_int_equal(s->sides[1].lost, 1);
}

static void what_cannot_be_read_is_a_gap(void **state)
{
    struct scene *s = *state;

    database_text(s->d, "UPDATE vigil.position_last SET fix_us = 3000 WHERE person_id = 1");
    database_text(s->d, "SELECT pg_notify('vigil_position', 'nonsense')");
    assert_true(soon(person_1_at, s, 3000));
    assert_true(soon(second_read_again, s, 1));
}

#define LISTENERS                                                                                  \
    "pg_stat_activity WHERE query LIKE '%LISTEN vigil_position%' AND datname = current_database()" \
    " AND pid <> pg_backend_pid()"

static bool listeners_are(const struct scene *s, int64_t wanted)
{
    return database_int(s->d, "SELECT count(*) FROM " LISTENERS) == wanted;
}

static void after_a_lost_connection_everything_is_read_again(void **state)
{
    struct scene *s = *state;

    for (int64_t i = 1; i <= 3; i++) {
        assert_true(soon(listeners_are, s, 2));
        database_text(s->d, "SELECT count(pg_terminate_backend(pid)) FROM " LISTENERS);
        write_one(s, i, 1, i * 1000);
        assert_true(soon(person_1_at, s, i * 1000));
        assert_true(soon(second_read_again, s, i));
        assert_true(soon(hashes_are_equal, s, true));
    }
}

static bool second_is_stale(const struct scene *s, int64_t after)
{
    int64_t since;

    return nodes_stale(s->sides[1].nodes, &since) && since >= after;
}

/* Someone else holds the table that the beats go into: nothing is heard, though every
 * connection is open. */
static void when_nothing_is_heard_answers_are_stale_until_it_is(void **state)
{
    struct scene *s = *state;
    struct fail f = { 0 };
    struct db *holder = db_open(s->d->address, &f);
    const int64_t began = clock_wall_us() - 2 * NODES_BEAT_MS * 1000LL;
    int64_t since;

    must(holder != NULL, &f);
    assert_false(nodes_stale(s->sides[1].nodes, &since));
    must(db_begin(holder, &f), &f);
    must(db_script(holder, "LOCK TABLE vigil.node IN EXCLUSIVE MODE", &f), &f); /* no beats */
    assert_true(soon(second_is_stale, s, began));
    must(db_commit(holder, &f), &f);
    db_close(holder);
    assert_true(soon(second_is_fresh, s, 0));
}

static void nodes_know_each_other(void **state)
{
    struct scene *s = *state;
    const int64_t ids[] = { nodes_id(s->sides[0].nodes), nodes_id(s->sides[1].nodes) };
    const int64_t until = clock_steady_us() + PATIENCE_MS * 1000LL;
    struct nodes_one other;

    assert_true(ids[0] > 0 && ids[0] < ids[1]);
    do
        other = one_of(s, 0, ids[1]);
    while (!other.node_id && clock_steady_us() < until);
    assert_string_equal(other.name, "two");
    assert_false(other.is_self || other.is_silent);
    assert_true(one_of(s, 0, ids[0]).is_self);
    side_close(&s->sides[1]);
    assert_int_equal(database_int(s->d, "SELECT count(*) FROM vigil.node"), 1);
    side_open(&s->sides[1], s->d, "two");
    assert_true(nodes_id(s->sides[1].nodes) > ids[1]); /* another life, another number */
}

static void who_was_taken_for_gone_comes_back(void **state)
{
    struct scene *s = *state;
    const int64_t until = clock_steady_us() + PATIENCE_MS * 1000LL;

    database_text(s->d, "DELETE FROM vigil.node");
    while (database_int(s->d, "SELECT count(*) FROM vigil.node") < 2 && clock_steady_us() < until)
        ;
    for (int i = 0; i < 2; i++)
        assert_string_equal(
            database_text(s->d, arena_text(s->d->arena,
                                           "SELECT name FROM vigil.node WHERE node_id = %lld",
                                           (long long)nodes_id(s->sides[i].nodes))),
            i == 0 ? "one" : "two");
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        EACH(what_one_node_commits_every_node_knows),
        EACH(a_batch_of_many_texts_arrives_whole),
        EACH(of_two_fixes_of_one_moment_every_node_keeps_the_same),
        EACH(who_goes_off_duty_anywhere_is_gone_everywhere),
        EACH(the_first_fix_of_a_new_duty_is_not_lost),
        EACH(someone_taken_while_off_duty_is_shown_at_once),
        EACH(after_a_gap_everything_is_read_again),
        EACH(what_cannot_be_read_is_a_gap),
        EACH(after_a_lost_connection_everything_is_read_again),
        EACH(when_nothing_is_heard_answers_are_stale_until_it_is),
        EACH(nodes_know_each_other),
        EACH(who_was_taken_for_gone_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
