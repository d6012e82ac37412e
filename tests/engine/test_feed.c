/* Tests of engine/feed.c: telling. */
#include "engine/feed.h"

#include <stdlib.h>
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_rolled_back_was_never_told, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(numbers_follow_each_other_without_a_gap, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_late_commit_gets_a_late_number, database_setup,
                                        database_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
