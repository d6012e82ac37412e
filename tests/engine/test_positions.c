/* Tests of engine/positions.c: what is accepted is committed, and nothing else. */
#include "engine/positions.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/people.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/town.h"

enum { BATCH_OF_TWO = 20 }; /* enough people for two writers */

static const struct sight EVERYONE = { .everyone = true };

struct post {
    struct database *d;
    struct live *live;
    struct positions *positions;
    struct people_mark mark;
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void run(struct post *p, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(p->d->db, sql, &f), &f);
}

static void open_with(struct post *p, struct positions_options options)
{
    struct fail f = { 0 };

    positions_close(p->positions);
    p->positions = positions_open(p->d->address, p->live, &options, &f);
    must(p->positions != NULL, &f);
}

/* People 1 to 100, of whom those from 91 on are off duty. */
static int set_up(void **state)
{
    struct post *p = calloc(1, sizeof *p);
    struct fail f = { 0 };

    p->d = database_new(true);
    p->live = live_new();
    run(p, "INSERT INTO vigil.person (person_id, display_name, on_duty, location_consent)"
           " SELECT i, 'person ' || i, i <= 90, true FROM generate_series(1, 100) AS i");
    must(people_follow(p->d->db, p->live, p->d->arena, &p->mark, &f), &f);
    open_with(p, POSITIONS_USUAL);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct post *p = *state;

    positions_close(p->positions);
    positions_close(NULL);
    live_free(p->live);
    database_free(p->d);
    free(p);
    return 0;
}

static struct fixes_item item(int64_t person_id, int32_t lon, int64_t fix_us)
{
    return (struct fixes_item){ .person_id = person_id,
                                .at = { lon, -lon },
                                .accuracy_dm = -1,
                                .speed_cms = 140,
                                .fix_us = fix_us };
}

static bool take(struct post *p, struct fixes_item *items, int32_t count, struct fail *f)
{
    struct fixes fixes = { .count = count, .items = items };
    struct arena *a = arena_new();
    const bool taken = positions_take(p->positions, &EVERYONE, &fixes, a, f);

    arena_free(a);
    return taken;
}

static int64_t rows(struct post *p)
{
    return database_int(p->d, "SELECT count(*) FROM vigil.position_history");
}

static struct live_fix seen(struct post *p, int64_t person_id)
{
    struct live_person person = { 0 };

    live_read(p->live);
    live_get(p->live, person_id, &person);
    live_read_end(p->live);
    return person.fix;
}

/* ------------------------------------------------------------------ taking */

static void what_is_accepted_is_committed_and_shown(void **state)
{
    struct post *p = *state;
    struct fixes_item items[] = { item(7, 1000, 50), item(8, 2000, 60) };
    struct fail f = { 0 };

    items[0].accuracy_dm = 83;
    const int64_t before = clock_wall_us();

    must(take(p, items, 2, &f), &f);
    assert_int_equal(items[0].code, CODE_NONE);
    assert_int_equal(rows(p), 2);
    assert_string_equal(database_text(p->d, "SELECT concat_ws(' ', lon_e7, lat_e7, accuracy_dm, "
                                            "speed_cms, fix_us) FROM vigil.position_last"
                                            " WHERE person_id = 7"),
                        "1000 -1000 83 140 50");
    assert_int_equal(database_int(p->d, "SELECT count(*) FROM vigil.position_last"
                                        " WHERE accuracy_dm IS NULL AND person_id = 8"),
                     1);
    const int64_t received =
        database_int(p->d, "SELECT min(received_us) FROM vigil.position_history");

    assert_true(received >= before && received <= clock_wall_us());
    assert_int_equal(seen(p, 7).at.lon, 1000);
    assert_int_equal(seen(p, 7).accuracy_dm, 83);
    assert_int_equal(seen(p, 8).fix_us, 60);
}

static void an_older_fix_is_kept_but_is_not_the_last(void **state)
{
    struct post *p = *state;
    struct fixes_item items[] = { item(7, 1, 100), item(7, 3, 300), item(7, 2, 200) };
    struct fixes_item late = item(7, 9, 250);
    struct fixes_item same = item(7, 4, 300);
    struct fixes_item later = item(7, 5, 301);
    struct fail f = { 0 };

    must(take(p, items, 3, &f), &f);
    must(take(p, &late, 1, &f), &f);
    assert_int_equal(rows(p), 4);
    assert_int_equal(
        database_int(p->d, "SELECT lon_e7 FROM vigil.position_last WHERE person_id = 7"), 3);
    assert_int_equal(seen(p, 7).at.lon, 3);
    /* A second one of the same moment is a repeat. */
    must(take(p, &same, 1, &f), &f);
    assert_int_equal(same.code, CODE_NONE);
    assert_int_equal(rows(p), 4);
    assert_int_equal(
        database_int(p->d, "SELECT lon_e7 FROM vigil.position_last WHERE person_id = 7"), 3);
    assert_int_equal(seen(p, 7).at.lon, 3);
    must(take(p, &later, 1, &f), &f);
    assert_int_equal(seen(p, 7).at.lon, 5);
}

static void strangers_and_people_off_duty_are_rejected_alone(void **state)
{
    struct post *p = *state;
    struct fixes_item items[] = { item(7, 1, 100), item(101, 2, 100), item(95, 3, 100),
                                  item(8, 4, 100) };
    struct fail f = { 0 };

    items[3].code = CODE_FIX_TOO_OLD; /* as the scanner left it */
    must(take(p, items, 4, &f), &f);
    assert_int_equal(items[0].code, CODE_NONE);
    assert_int_equal(items[1].code, CODE_PERSON_UNKNOWN);
    assert_int_equal(items[2].code, CODE_OFF_DUTY);
    assert_int_equal(items[3].code, CODE_FIX_TOO_OLD);
    assert_int_equal(rows(p), 1);
    items[0] = item(101, 1, 100);
    must(take(p, items, 4, &f), &f);
    assert_int_equal(rows(p), 1);
}

static void above_the_limit_nothing_is_taken(void **state)
{
    struct post *p = *state;
    struct fixes_item items[6];
    struct fail f = { 0 };

    open_with(p, (struct positions_options){ .writer_count = 2, .queue_max = 5 });
    for (int i = 0; i < 6; i++)
        items[i] = item(i + 1, i, 100);
    assert_false(take(p, items, 6, &f));
    assert_int_equal(f.code, CODE_TOO_MANY_POSITIONS);
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(rows(p), 0);
    must(take(p, items, 5, &f), &f);
    assert_int_equal(rows(p), 5);
}

/* ------------------------------------------------------------------ trouble */

static const char CUT_OFF[] = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                              " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                              " AND query LIKE '%position%' AND backend_type = 'client backend'";

static void a_connection_that_broke_is_made_again(void **state)
{
    struct post *p = *state;
    struct fixes_item one = item(7, 1, 100);
    struct fixes_item next = item(7, 2, 200);
    struct fail f = { 0 };

    must(take(p, &one, 1, &f), &f);
    assert_true(database_int(p->d, CUT_OFF) >= 0);
    must(take(p, &next, 1, &f), &f);
    assert_int_equal(seen(p, 7).at.lon, 2);
    assert_int_equal(rows(p), 2);
}

/* A check that waits for the commit: the first time it ends the connection there,
 * every time after it agrees. */
static void a_connection_that_breaks_in_the_commit_is_made_again(void **state)
{
    struct post *p = *state;
    struct fixes_item it = item(7, 1, 100);
    struct fail f = { 0 };

    run(p, "CREATE SEQUENCE tries;"
           "CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
           " IF nextval('tries') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid());"
           " PERFORM pg_sleep(10); END IF; RETURN NULL; END $$;"
           "CREATE CONSTRAINT TRIGGER cut AFTER UPDATE ON vigil.position_last"
           " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut_off()");
    must(take(p, &it, 1, &f), &f);
    assert_int_equal(database_int(p->d, "SELECT last_value FROM tries"), 2);
    assert_int_equal(rows(p), 1);
    assert_int_equal(seen(p, 7).at.lon, 1);
}

static void who_is_erased_meanwhile_costs_nobody_else_a_fix(void **state)
{
    struct post *p = *state;
    struct fixes_item items[] = { item(7, 1, 100), item(8, 2, 100), item(9, 3, 100) };
    struct fail f = { 0 };

    run(p, "DELETE FROM vigil.position_last WHERE person_id = 9;"
           "DELETE FROM vigil.person WHERE person_id = 9");
    must(take(p, items, 3, &f), &f);
    assert_int_equal(items[0].code, CODE_NONE);
    assert_int_equal(items[1].code, CODE_NONE);
    assert_int_equal(items[2].code, CODE_PERSON_UNKNOWN);
    assert_int_equal(rows(p), 2);
    assert_int_equal(seen(p, 7).at.lon, 1);
    assert_int_equal(seen(p, 9).at.lon, 0);
}

/* What this process has not learnt yet. */
static void the_database_has_the_last_word_on_who_is_tracked(void **state)
{
    struct post *p = *state;
    struct fixes_item items[] = { item(5, 1, 100), item(6, 2, 100), item(7, 3, 100),
                                  item(8, 4, 100), item(7, 5, 101) };
    struct fail f = { 0 };

    run(p, "UPDATE vigil.person SET on_duty = false WHERE person_id = 5;"
           "UPDATE vigil.person SET location_consent = false WHERE person_id = 6;"
           "UPDATE vigil.person SET valid_to = now() WHERE person_id = 7");
    must(take(p, items, 5, &f), &f);
    assert_int_equal(items[0].code, CODE_OFF_DUTY);
    assert_int_equal(items[1].code, CODE_CONSENT_MISSING);
    assert_int_equal(items[2].code, CODE_PERSON_UNKNOWN);
    assert_int_equal(items[3].code, CODE_NONE);
    assert_int_equal(items[4].code, CODE_PERSON_UNKNOWN);
    assert_int_equal(rows(p), 1);
    assert_int_equal(seen(p, 5).at.lon, 0);
    assert_int_equal(seen(p, 8).at.lon, 4);
}

static void what_cannot_be_written_whole_is_not_written_at_all(void **state)
{
    struct post *p = *state;
    struct fixes_item it = item(7, 1, 100);
    struct fail f = { 0 };

    /* The last positions are moved first, and are still there. */
    run(p, "ALTER TABLE vigil.position_history RENAME TO position_gone");
    assert_false(take(p, &it, 1, &f));
    assert_int_equal(f.kind, FAIL_BROKEN);
    assert_int_equal(
        database_int(p->d, "SELECT fix_us FROM vigil.position_last WHERE person_id = 7"), 0);
    assert_int_equal(seen(p, 7).fix_us, 0);
    run(p, "ALTER TABLE vigil.position_gone RENAME TO position_history");
    must(take(p, &it, 1, &f), &f);
    assert_int_equal(rows(p), 1);
    assert_int_equal(seen(p, 7).at.lon, 1);
}

/* From another database: nobody can lock the one she is in. */
static void let_connect(struct post *p, bool allowed)
{
    struct fail f = { 0 };
    struct db *next = db_open(arena_text(p->d->arena, "%s dbname=postgres", p->d->address), &f);

    must(next != NULL, &f);
    must(db_script(next,
                   arena_text(p->d->arena,
                              "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS %s;"
                              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                              " WHERE datname = '%s' AND pid <> pg_backend_pid()",
                              p->d->name, allowed ? "true" : "false", p->d->name),
                   &f),
         &f);
    db_close(next);
}

static void while_the_database_is_away_nothing_is_taken(void **state)
{
    struct post *p = *state;
    struct fixes_item it = item(7, 1, 100);
    struct fail f = { 0 };

    let_connect(p, false);
    assert_false(take(p, &it, 1, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(it.code, CODE_NONE);
    assert_int_equal(seen(p, 7).fix_us, 0);
    let_connect(p, true);
    must(take(p, &it, 1, &f), &f);
    assert_int_equal(rows(p), 1);
    assert_int_equal(seen(p, 7).at.lon, 1);
}

/* ------------------------------------------------------------------ the refuge */

struct refuge {
    bool is_open;
    int32_t kept;
    uint32_t flags;
};

static bool keep(void *self, const struct live_fix *fixes, int32_t count, bool maybe_written,
                 struct fail *f)
{
    struct refuge *r = self;

    assert_false(maybe_written);
    if (!r->is_open)
        return fail_set(f, FAIL_BUSY, DISK_FULL, "the refuge is full");
    r->kept += count;
    for (int32_t i = 0; i < count; i++)
        r->flags |= fixes[i].flags;
    return true;
}

struct told {
    atomic_int times;
    enum positions_end end;
    struct fail why;
};

static void note(void *self, enum positions_end end, const struct fail *why)
{
    struct told *t = self;

    t->end = end;
    if (why)
        t->why = *why;
    atomic_fetch_add(&t->times, 1);
}

/* Sends, and waits until somebody was told. */
static void send(struct post *p, struct fixes_item *one, struct told *told)
{
    struct fixes fixes = { .count = 1, .items = one };
    struct arena *a = arena_new();
    struct fail f = { 0 };

    must(positions_send(p->positions, &EVERYONE, &fixes, a, (struct positions_done){ note, told },
                        &f),
         &f);
    while (told->times == 0)
        sched_yield();
    arena_free(a);
}

static void what_the_database_cannot_take_finds_a_refuge(void **state)
{
    struct post *p = *state;
    struct refuge refuge = { .is_open = true };
    struct fixes_item first = item(7, 1, 100);
    struct fixes_item second = item(7, 2, 200);
    struct fixes_item again = item(7, 1, 100);
    struct fixes_item once_more = item(7, 1, 100);
    struct told told[4] = { 0 };

    positions_set_refuge(p->positions, (struct positions_refuge){ &refuge, keep });
    let_connect(p, false);
    send(p, &first, &told[0]);
    assert_int_equal(told[0].end, POSITIONS_NODE_LOCAL);
    assert_int_equal(refuge.kept, 1);
    assert_int_equal(refuge.flags, LIVE_NODE_LOCAL);
    assert_int_equal(seen(p, 7).at.lon, 1);
    send(p, &again, &told[3]);
    assert_int_equal(told[3].end, POSITIONS_NODE_LOCAL);
    assert_int_equal(refuge.kept, 1);
    refuge.is_open = false;
    send(p, &second, &told[1]);
    assert_int_equal(told[1].end, POSITIONS_FAILED);
    assert_int_equal(told[1].why.code, CODE_DISK_FULL);
    assert_int_equal(seen(p, 7).at.lon, 1);
    let_connect(p, true);
    send(p, &once_more, &told[2]); /* it will come in from the refuge */
    assert_int_equal(told[2].end, POSITIONS_NODE_LOCAL);
    assert_int_equal(refuge.kept, 1);
    assert_int_equal(database_int(p->d, "SELECT count(*) FROM vigil.position_history"), 0);
}

/* ------------------------------------------------------------------ who is told */

static void whoever_sends_is_told_once(void **state)
{
    struct post *p = *state;
    struct fixes_item good = item(7, 1, 100);
    struct fixes_item stranger = item(101, 1, 100);
    struct fixes_item repeat = item(7, 1, 100);
    struct told told[3] = { 0 };

    send(p, &good, &told[0]);
    send(p, &stranger, &told[1]);
    send(p, &repeat, &told[2]);
    positions_close(p->positions);
    p->positions = NULL;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(told[i].times, 1);
        assert_int_equal(told[i].end, POSITIONS_COMMITTED);
    }
    assert_int_equal(stranger.code, CODE_PERSON_UNKNOWN);
    assert_int_equal(repeat.code, CODE_NONE);
    assert_int_equal(rows(p), 1);
}

/* A batch of one writer fails, that of another is written. */
static void what_goes_to_two_writers_fails_when_one_of_them_does(void **state)
{
    struct post *p = *state;
    struct fixes_item items[BATCH_OF_TWO];
    struct fail f = { 0 };

    open_with(p, (struct positions_options){ .writer_count = 2, .queue_max = 100 });
    run(p, "CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
           " IF NEW.person_id = 1 THEN RAISE disk_full; END IF; RETURN NEW; END $$;"
           "CREATE TRIGGER odd BEFORE UPDATE ON vigil.position_last"
           " FOR EACH ROW EXECUTE FUNCTION odd()");
    for (int i = 0; i < BATCH_OF_TWO; i++)
        items[i] = item(i + 1, 5, 100);
    assert_false(take(p, items, BATCH_OF_TWO, &f));
    assert_int_equal(f.code, CODE_DISK_FULL);
    const int64_t written = rows(p);

    assert_true(written > 0 && written < BATCH_OF_TWO);
    assert_int_equal(seen(p, 1).fix_us, 0);
    run(p, "DROP TRIGGER odd ON vigil.position_last");
    must(take(p, items, BATCH_OF_TWO, &f), &f); /* again: nothing is there twice */
    assert_int_equal(rows(p), BATCH_OF_TWO);
}

static void a_full_queue_is_known_before_anything_is_read(void **state)
{
    struct post *p = *state;
    struct fail f = { 0 };

    assert_true(positions_have_room(p->positions, &f));
    open_with(p, (struct positions_options){ .writer_count = 1, .queue_max = 0 });
    assert_false(positions_have_room(p->positions, &f));
    assert_int_equal(f.code, CODE_TOO_MANY_POSITIONS);
}

/* ------------------------------------------------------------------ many at once */

enum { SENDERS = 6, BATCHES = 40, BATCH = 50, PEOPLE = 90 };

struct sender {
    struct post *post;
    pthread_t thread;
    uint64_t seed;
    int64_t newest[PEOPLE + 1];
    atomic_int *failed;
};

static atomic_llong moment;

static void *send_on(void *self)
{
    struct sender *s = self;
    struct town_dice dice = { s->seed };

    for (int i = 0; i < BATCHES; i++) {
        struct fixes_item items[BATCH];
        struct fail f;

        for (int k = 0; k < BATCH; k++) {
            const int64_t person_id = 1 + town_pick(&dice, PEOPLE);
            const int64_t fix_us = atomic_fetch_add(&moment, 1) + 1;

            items[k] = item(person_id, (int32_t)fix_us, fix_us);
            if (fix_us > s->newest[person_id])
                s->newest[person_id] = fix_us;
        }
        if (!take(s->post, items, BATCH, &f))
            atomic_fetch_add(s->failed, 1);
    }
    return NULL;
}

static void of_many_senders_the_newest_fix_wins(void **state)
{
    struct post *p = *state;
    struct sender *senders = calloc(SENDERS, sizeof *senders);
    atomic_int failed = 0;

    open_with(p, (struct positions_options){ .writer_count = 3, .queue_max = 100000 });
    for (int i = 0; i < SENDERS; i++) {
        senders[i].post = p;
        senders[i].seed = (uint64_t)i + 1;
        senders[i].failed = &failed;
        assert_int_equal(pthread_create(&senders[i].thread, NULL, send_on, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++)
        pthread_join(senders[i].thread, NULL);
    assert_int_equal(failed, 0);
    assert_int_equal(rows(p), SENDERS * BATCHES * BATCH);
    assert_int_equal(database_int(p->d, "SELECT count(*) FROM vigil.position_last AS l WHERE fix_us"
                                        " <> (SELECT max(fix_us) FROM vigil.position_history AS h"
                                        " WHERE h.person_id = l.person_id)"),
                     0);
    for (int person_id = 1; person_id <= PEOPLE; person_id++) {
        int64_t newest = 0;

        for (int i = 0; i < SENDERS; i++)
            if (senders[i].newest[person_id] > newest)
                newest = senders[i].newest[person_id];
        assert_int_equal(seen(p, person_id).fix_us, newest);
    }
    free(senders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_accepted_is_committed_and_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_fix_is_kept_but_is_not_the_last, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(strangers_and_people_off_duty_are_rejected_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(above_the_limit_nothing_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_connection_that_broke_is_made_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_connection_that_breaks_in_the_commit_is_made_again,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_erased_meanwhile_costs_nobody_else_a_fix, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_database_has_the_last_word_on_who_is_tracked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_whole_is_not_written_at_all, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(while_the_database_is_away_nothing_is_taken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_the_database_cannot_take_finds_a_refuge, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(whoever_sends_is_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_goes_to_two_writers_fails_when_one_of_them_does,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_queue_is_known_before_anything_is_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(of_many_senders_the_newest_fix_wins, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
