/* Tests of engine/feed.c: telling, numbering, following. */
#include "engine/feed.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/orgs.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void tell(struct db *db, int64_t org_id, const char *data)
{
    struct fail f = { 0 };
    const struct feed_event event = { .kind = "incident", .org_id = org_id, .data = data };

    must(feed_tell(db, &event, &f), &f);
}

static void what_is_rolled_back_was_never_told(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    must(db_begin(d->db, &f), &f);
    tell(d->db, 1, "{}");
    db_rollback(d->db);
    assert_int_equal(database_int(d, "SELECT vigil.event_number(10)"), 0);
    must(db_begin(d->db, &f), &f);
    tell(d->db, 1, "{\"n\":1}");
    must(db_commit(d->db, &f), &f);
    assert_int_equal(database_int(d, "SELECT vigil.event_number(10)"), 1);
    assert_string_equal(database_text(d, "SELECT data FROM vigil.event WHERE number = 1"),
                        "{\"n\":1}");
}

static void numbers_follow_each_other_without_a_gap(void **state)
{
    struct database *d = *state;

    for (int i = 0; i < 25; i++)
        tell(d->db, 1 + i, "{}");
    while (database_int(d, "SELECT vigil.event_number(10)") > 0)
        ;
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.event"), 25);
    assert_int_equal(database_int(d, "SELECT max(number) FROM vigil.event"), 25);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.event WHERE org_id = number"), 25);
    assert_int_equal(database_int(d, "SELECT number FROM vigil.event_head"), 25);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.outbox"), 0);
}

static void a_late_commit_gets_a_late_number(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    struct db *other = db_open(d->address, &f);

    must(other && db_begin(other, &f), &f);
    tell(other, 1, "{\"who\":\"late\"}"); /* the smaller outbox id */
    tell(d->db, 1, "{\"who\":\"early\"}");
    assert_int_equal(database_int(d, "SELECT vigil.event_number(10)"), 1);
    must(db_commit(other, &f), &f);
    assert_int_equal(database_int(d, "SELECT vigil.event_number(10)"), 1);
    assert_string_equal(
        database_text(d, "SELECT string_agg(data, ' ' ORDER BY number) FROM vigil.event"),
        "{\"who\":\"early\"} {\"who\":\"late\"}");
    db_close(other);
}

static void what_reaches_whom(void **state)
{
    static const int64_t NAMED[] = { 7, 8 };
    static const struct row {
        const char *what;
        struct feed_listener who;
        int64_t org_id, firm_id;
        bool reaches;
    } ROWS[] = {
        { "her own organisation's", { FEED_STAFF, 10, 0 }, 10, 0, true },
        { "of one below her", { FEED_STAFF, 1, 0 }, 10, 0, true },
        { "of one above her", { FEED_STAFF, 10, 0 }, 1, 0, false },
        { "a neighbour's", { FEED_STAFF, 10, 0 }, 20, 0, false },
        { "a neighbour's that names her", { FEED_STAFF, 10, 7 }, 20, 0, true },
        { "of an organisation nobody knows", { FEED_STAFF, 1, 0 }, 99, 0, false },
        { "of an incident that a firm below her opened", { FEED_STAFF, 10, 0 }, 20, 11, false },
        { "her firm's own", { FEED_FIRM, 11, 0 }, 20, 11, true },
        { "another firm's", { FEED_FIRM, 11, 0 }, 11, 12, false },
        { "her firm's district, of no firm", { FEED_FIRM, 11, 0 }, 11, 0, false },
        { "a firm hears nothing for a name", { FEED_FIRM, 11, 7 }, 20, 0, false },
        { "names her", { FEED_OWN, 10, 8 }, 20, 0, true },
        { "names another", { FEED_OWN, 10, 9 }, 10, 0, false },
        { "names nobody she is", { FEED_OWN, 10, 0 }, 10, 0, false },
        { "nobody's, to staff", { FEED_STAFF, 10, 0 }, FEED_NOBODY, 0, true },
        { "nobody's, to a firm", { FEED_FIRM, 11, 0 }, FEED_NOBODY, 0, true },
        { "nobody's, to a volunteer", { FEED_OWN, 10, 9 }, FEED_NOBODY, 0, true },
    };
    struct database *d = *state;
    struct fail f = { 0 };

    database_text(d, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
                     " (10, 1, 'county', 'A', 'East'), (20, 1, 'county', 'B', 'West'),"
                     " (11, 10, 'firm', 'F1', 'One'), (12, 10, 'firm', 'F2', 'Two')");
    const struct orgs *orgs = orgs_load(d->db, &f);

    must(orgs != NULL, &f);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct feed_event event = { .kind = "incident",
                                          .org_id = ROWS[i].org_id,
                                          .firm_id = ROWS[i].firm_id,
                                          .people = NAMED,
                                          .people_count = 2,
                                          .data = "{}" };

        if (feed_reaches(orgs, &ROWS[i].who, &event) != ROWS[i].reaches)
            fail_msg("%s", ROWS[i].what);
    }
    orgs_drop(orgs);
}

static void the_database_shows_the_same_events(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    struct feed_missed missed;
    struct db *db = db_open(d->address, &f);
    const int64_t named[] = { 7 };
    const struct feed_event own = {
        .kind = "duty", .org_id = 20, .people = named, .people_count = 1, .data = "{}"
    };

    database_text(d, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
                     " (10, 1, 'county', 'A', 'East'), (20, 1, 'county', 'B', 'West')");
    must(db && db_become(db, DB_APP, &f), &f);
    tell(d->db, 10, "{}");
    tell(d->db, 20, "{}");
    must(feed_tell(d->db, &own, &f), &f);
    assert_int_equal(database_int(d, "SELECT vigil.event_number(10)"), 3);
    db_scope(db, &(struct db_scope){ .org_id = 10 });
    must(feed_replay(db, 0, 3, 10, d->arena, &missed, &f), &f);
    assert_int_equal(missed.count, 1);
    assert_int_equal(missed.items[0].number, 1);
    assert_true(missed.is_whole);
    db_scope(db, &(struct db_scope){ .person_id = 7 });
    must(feed_replay(db, 0, 3, 10, d->arena, &missed, &f), &f);
    assert_int_equal(missed.count, 1);
    assert_int_equal(missed.items[0].number, 3);
    assert_int_equal(missed.items[0].event.people_count, 1);
    assert_int_equal(missed.items[0].event.people[0], 7);
    db_scope(db, &(struct db_scope){ 0 });
    must(feed_replay(db, 0, 3, 10, d->arena, &missed, &f), &f);
    assert_int_equal(missed.count, 0);
    db_scope(db, &(struct db_scope){ .org_id = 1 });
    must(feed_replay(db, 0, 3, 2, d->arena, &missed, &f), &f);
    assert_int_equal(missed.count, 2);
    assert_false(missed.is_whole); /* there is a third */
    must(feed_replay(db, 4, 4, 2, d->arena, &missed, &f), &f);
    assert_false(missed.is_whole); /* a number that was never given */
    db_close(db);
}

static void what_is_old_is_forgotten_and_said_to_be(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    struct feed_missed missed;

    for (int i = 0; i < 5; i++)
        tell(d->db, 1, "{}");
    assert_int_equal(database_int(d, "SELECT vigil.event_number(10)"), 5);
    database_text(d, "UPDATE vigil.event SET told_at = now() - interval '8 days' WHERE number < 4");
    assert_int_equal(database_int(d, "SELECT vigil.event_forget(7)"), 3);
    assert_int_equal(database_int(d, "SELECT vigil.event_forget(7)"), 0);
    must(feed_replay(d->db, 2, 5, 10, d->arena, &missed, &f), &f);
    assert_false(missed.is_whole);
    must(feed_replay(d->db, 3, 5, 10, d->arena, &missed, &f), &f);
    assert_true(missed.is_whole);
    tell(d->db, 1, "{}");
    assert_int_equal(database_int(d, "SELECT vigil.event_number(10)"), 1);
    assert_int_equal(database_int(d, "SELECT max(number) FROM vigil.event"), 6);
}

/* ------------------------------------------------------------------ following */

struct reader {
    int64_t last, count;
    bool in_order;
};

static bool note(void *self, const struct feed_item *item)
{
    struct reader *r = self;

    r->in_order = r->in_order && item->number == r->last + 1;
    r->last = item->number;
    r->count++;
    return true;
}

static void wait_for(struct feed *feed, int64_t number)
{
    const int64_t until = clock_steady_us() + 20000000;

    while (feed_newest(feed).after != number) {
        if (clock_steady_us() > until)
            fail_msg("the feed stands at %lld, not at %lld", (long long)feed_newest(feed).after,
                     (long long)number);
        usleep(2000);
    }
}

static struct feed *open_feed(const struct database *d)
{
    struct fail f = { 0 };
    struct feed *feed = feed_open(d->address, &f);

    log_from(LOG_ERROR);
    must(feed != NULL, &f);
    return feed;
}

static void *tell_some(void *self)
{
    struct fail f = { 0 };
    const struct database *d = self;
    struct db *db = db_open(d->address, &f);

    for (int i = 0; db && i < 200; i++)
        tell(db, 1, "{}");
    db_close(db);
    return NULL;
}

static void two_processes_read_the_same_in_the_same_order(void **state)
{
    struct database *d = *state;
    struct feed *feeds[] = { open_feed(d), open_feed(d) };
    struct feed_place places[] = { feed_newest(feeds[0]), feed_newest(feeds[1]) };
    pthread_t tellers[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&tellers[i], NULL, tell_some, d);
    for (int i = 0; i < 3; i++)
        pthread_join(tellers[i], NULL);
    for (int i = 0; i < 2; i++) {
        struct reader r = { .in_order = true };

        wait_for(feeds[i], 600);
        assert_true(feed_read(feeds[i], &places[i], note, &r));
        assert_int_equal(r.count, 600);
        assert_true(r.in_order);
        assert_true(feed_read(feeds[i], &places[i], note, &r));
        assert_int_equal(r.count, 600); /* each once */
    }
    feed_close(feeds[0]); /* whoever gave the numbers: the other goes on */
    tell(d->db, 1, "{}");
    wait_for(feeds[1], 601);
    feed_close(feeds[1]);
}

static void only_the_newest_stay_in_memory(void **state)
{
    struct database *d = *state;
    struct feed *feed = open_feed(d);
    struct feed_place from_start = feed_newest(feed);
    struct reader r = { .in_order = true };
    char sql[160];

    snprintf(sql, sizeof sql,
             "INSERT INTO vigil.outbox (kind, org_id, data) SELECT 'duty', 1, '{}'"
             " FROM generate_series(1, %d)",
             FEED_RING_MAX + 10);
    database_text(d, sql);
    wait_for(feed, FEED_RING_MAX + 10);
    assert_false(feed_read(feed, &from_start, note, &r));
    assert_int_equal(r.count, 0);
    struct feed_place later = { 10, from_start.life };

    r.last = 10;
    assert_true(feed_read(feed, &later, note, &r));
    assert_int_equal(r.count, FEED_RING_MAX);
    assert_true(r.in_order);
    feed_close(feed);
}

static void a_database_put_back_begins_anew(void **state)
{
    struct database *d = *state;
    struct feed *feed = open_feed(d);
    struct reader r = { .in_order = true };

    tell(d->db, 1, "{}");
    tell(d->db, 1, "{}");
    wait_for(feed, 2);
    struct feed_place place = feed_newest(feed);

    place.after = 5; /* of another process, ahead: waits */
    assert_true(feed_read(feed, &place, note, &r));
    database_text(d, "WITH gone AS (DELETE FROM vigil.event WHERE number > 1)"
                     " UPDATE vigil.event_head SET number = 1");
    wait_for(feed, 1);
    assert_false(feed_read(feed, &place, note, &r));
    tell(d->db, 1, "{}");
    wait_for(feed, 2);
    feed_close(feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_rolled_back_was_never_told, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(numbers_follow_each_other_without_a_gap, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_late_commit_gets_a_late_number, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(what_reaches_whom, database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(the_database_shows_the_same_events, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(what_is_old_is_forgotten_and_said_to_be, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(two_processes_read_the_same_in_the_same_order,
                                        database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(only_the_newest_stay_in_memory, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_database_put_back_begins_anew, database_setup,
                                        database_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
