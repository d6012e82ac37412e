/* Tests of engine/people.c: rows, and following them. */
#include "engine/people.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/database.h"

struct town_hall {
    struct database *d;
    struct live *live;
    struct people_mark mark;
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void run(struct town_hall *t, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(t->d->db, sql, &f), &f);
}

static void follow(struct town_hall *t)
{
    struct fail f = { 0 };

    must(people_follow(t->d->db, t->live, t->d->arena, &t->mark, &f), &f);
}

static struct live_person seen(struct town_hall *t, int64_t person_id)
{
    struct live_person person = { 0 };

    live_read(t->live);
    live_get(t->live, person_id, &person);
    live_read_end(t->live);
    return person;
}

static int set_up(void **state)
{
    struct town_hall *t = calloc(1, sizeof *t);

    t->d = database_new(true);
    t->live = live_new();
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct town_hall *t = *state;

    live_free(t->live);
    database_free(t->d);
    free(t);
    return 0;
}

static void the_database_knows_the_same_skills(void **state)
{
    struct town_hall *t = *state;
    int32_t known = 0;

    for (int32_t bit = 0; bit < 63; bit++) {
        const char *word = people_skill_word(bit);
        const char *sql =
            arena_text(t->d->arena, "SELECT word FROM vigil.skill WHERE skill_bit = %d", (int)bit);
        uint64_t back;
        struct fail f;

        if (!word) {
            assert_null(database_text(t->d, sql));
            continue;
        }
        known++;
        assert_string_equal(database_text(t->d, sql), word);
        assert_true(people_skill(word, &back, &f));
        assert_true(back == 1ULL << bit);
    }
    assert_true(known >= 10);
    struct fail f;
    uint64_t bit;

    assert_null(people_skill_word(-1));
    assert_false(people_skill("flying", &bit, &f));
    assert_int_equal(f.code, CODE_VALUE_NOT_ALLOWED);
    assert_non_null(strstr(f.allowed, "first_aid"));
}

static void everyone_is_read_at_first_with_where_she_was(void **state)
{
    struct town_hall *t = *state;

    run(t, "INSERT INTO vigil.person (person_id, display_name, mode, skills, on_duty, valid_to,"
           "                          location_consent)"
           " SELECT i, '志愿者 ' || i, (ARRAY['foot', 'ebike', 'car'])[1 + i % 3], i, i % 2 = 0,"
           "        CASE WHEN i % 100 = 0 THEN now() END, true FROM generate_series(1, 1000) AS i;"
           "INSERT INTO vigil.position_last VALUES (8, 10, -20, NULL, 30, 40, 50),"
           " (9, 10, -20, NULL, 30, 40, 50) ON CONFLICT (person_id) DO UPDATE SET lon_e7 = 10,"
           " lat_e7 = -20, speed_cms = 30, fix_us = 40, received_us = 50");
    follow(t);
    assert_int_equal(live_count(t->live), 990);
    assert_int_equal(live_placed_count(t->live), 1);
    assert_string_equal(seen(t, 7).name, "志愿者 7");
    assert_int_equal(seen(t, 7).mode, MODE_EBIKE);
    assert_int_equal(seen(t, 7).skills, 7);
    assert_false(seen(t, 7).on_duty);
    assert_int_equal(seen(t, 8).fix.at.lat, -20);
    assert_int_equal(seen(t, 8).fix.accuracy_dm, -1);
    assert_int_equal(seen(t, 8).fix.speed_cms, 30);
    assert_int_equal(seen(t, 8).fix.received_us, 50);
    assert_true(seen(t, 8).on_duty);
    assert_false(seen(t, 9).has_fix); /* off duty: where she was is nobody's business */
    assert_int_equal(seen(t, 8).mode, MODE_CAR);
}

static void it_is_known_where_everyone_belongs_and_what_stands_against_sending_her(void **state)
{
    struct town_hall *t = *state;

    run(t,
        "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
        " (2, 1, 'county', '2', 'Two'), (3, 1, 'county', '3', 'Three');"
        "INSERT INTO vigil.person (person_id, display_name, org_id, mode, hired, birth_year,"
        "                          location_consent)"
        " VALUES (1, 'a', 2, 'taxi', true, 1999, true), (2, 'b', 2, 'bus', true, NULL, false);"
        "INSERT INTO vigil.membership (membership_id, person_id, org_id, role, valid_to)"
        " VALUES (1, 1, 3, 'leader', NULL), (2, 1, 3, 'driver', NULL), (3, 1, 2, 'member', NULL),"
        "        (4, 1, 1, 'contact', now())");
    for (int again = 0; again < 2; again++) { /* first everyone, then as changed */
        follow(t);
        assert_int_equal(seen(t, 1).org_id, 2);
        assert_int_equal(seen(t, 1).further_count, 1);
        live_read(t->live);
        struct live_person p;

        assert_true(live_get(t->live, 1, &p));
        assert_int_equal(p.further[0], 3);
        live_read_end(t->live);
        assert_int_equal(p.roles, 1 | 2 | 16);
        assert_int_equal(p.birth_year, 1999);
        assert_int_equal(p.mode, MODE_CAR);
        assert_int_equal(p.crew, ABLE_TAXI);
        assert_int_equal(p.bars, ABLE_BIT(ABLE_HIRED) | ABLE_BIT(ABLE_NO_POSITION));
        assert_int_equal(seen(t, 2).bars, ABLE_BIT(ABLE_NO_CONSENT) | ABLE_BIT(ABLE_EYES_ONLY) |
                                              ABLE_BIT(ABLE_NO_POSITION));
        run(t, "UPDATE vigil.person SET version = version + 1");
    }
    run(t, "UPDATE vigil.membership SET valid_to = now() WHERE membership_id < 3");
    follow(t);
    assert_int_equal(seen(t, 1).further_count, 0);
    assert_int_equal(seen(t, 1).roles, 1);
}

/* Nobody writes anything at the moment when it does. */
static void a_credential_runs_out_by_itself(void **state)
{
    struct town_hall *t = *state;
    const uint32_t expired = ABLE_BIT(ABLE_CREDENTIAL_EXPIRED);

    run(t, "INSERT INTO vigil.person (person_id, display_name, location_consent, credential_until)"
           " VALUES (1, 'a', true, now() + interval '200 milliseconds')");
    follow(t);
    assert_false(seen(t, 1).bars & expired);
    run(t, "SELECT pg_sleep(0.25)");
    follow(t);
    assert_true(seen(t, 1).bars & expired);
}

static void who_is_taken_is_followed(void **state)
{
    struct town_hall *t = *state;
    struct fail f = { 0 };
    const int64_t two = 2;

    run(t, "INSERT INTO vigil.person (person_id, display_name, location_consent)"
           " VALUES (1, 'a', true), (2, 'b', true);"
           "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom)"
           " VALUES (5, 1, 'help', 2, 'SRID=4326;POINT(116.39 39.9)');"
           "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
           " VALUES (6, 5, 1, now() + interval '1 hour');"
           "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
           "expires_at)"
           " VALUES (6, 1, 5, 1, now() + interval '1 hour')");
    follow(t); /* at the start, with everyone */
    assert_int_equal(seen(t, 1).taken_incident_id, 5);
    assert_int_equal(seen(t, 2).taken_incident_id, 0);
    live_take(t->live, &two, 1, 99); /* another's: the database knows nothing of it */
    run(t, "UPDATE vigil.dispatch_person SET state = 'declined'");
    must(people_follow_taken(t->d->db, t->live, t->d->arena, &f), &f);
    assert_int_equal(seen(t, 1).taken_incident_id, 0);
    assert_int_equal(seen(t, 2).taken_incident_id, 0);
}

static void later_only_changes_are_read(void **state)
{
    struct town_hall *t = *state;

    run(t, "INSERT INTO vigil.person (person_id, display_name) VALUES (1, 'a'), (2, 'b')");
    follow(t);
    run(t, "UPDATE vigil.person SET display_name = 'c', on_duty = false WHERE person_id = 1");
    run(t, "INSERT INTO vigil.person (person_id, display_name) VALUES (3, 'd')");
    follow(t);
    assert_string_equal(seen(t, 1).name, "c");
    assert_false(seen(t, 1).on_duty);
    assert_string_equal(seen(t, 3).name, "d");
    run(t, "UPDATE vigil.person SET valid_to = now() WHERE person_id = 2");
    follow(t);
    assert_int_equal(live_count(t->live), 2);
    assert_int_equal(seen(t, 2).person_id, 0);
    follow(t);
    assert_int_equal(live_count(t->live), 2);
}

/* A transaction that began early and ends late must not slip through. */
static void a_late_commit_is_seen(void **state)
{
    struct town_hall *t = *state;
    struct fail f = { 0 };
    struct db *slow = db_open(t->d->address, &f);

    must(slow && db_begin(slow, &f), &f);
    must(db_script(slow, "INSERT INTO vigil.person (person_id, display_name) VALUES (1, 'late')",
                   &f),
         &f);
    run(t, "INSERT INTO vigil.person (person_id, display_name) VALUES (2, 'soon')");
    follow(t);
    assert_int_equal(live_count(t->live), 1);
    must(db_commit(slow, &f), &f);
    follow(t);
    assert_int_equal(live_count(t->live), 2);
    assert_string_equal(seen(t, 1).name, "late");
    db_close(slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_database_knows_the_same_skills, set_up, tear_down),
        cmocka_unit_test_setup_teardown(everyone_is_read_at_first_with_where_she_was, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            it_is_known_where_everyone_belongs_and_what_stands_against_sending_her, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(a_credential_runs_out_by_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_taken_is_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(later_only_changes_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_late_commit_is_seen, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
