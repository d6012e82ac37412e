/* The connection: values there and back, failures as callers see them, and what
 * happens when the server goes away. */
#include "tests/support/check_near.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/db.h"
#include "engine/pgwire.h"
#include "engine/postgis.h"
#include "engine/sqlstate.h"
#include "tests/support/database.h"

static const char KILL_OTHERS[] =
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client "
    "backend'";

static bool record(struct database *d, int64_t number, const char *name, struct fail *f)
{
    const struct db_value values[] = { db_int(number), db_text(name), db_text("0") };

    return db_run(d->db, QUERIES_MIGRATION_RECORD, values, 3, NULL, NULL, f);
}

static int64_t recorded(struct database *d, const char *name)
{
    return database_int(
        d, arena_text(d->arena, "SELECT count(*) FROM vigil.migration WHERE name = '%s'", name));
}

static void values_travel_there_and_back_in_binary(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const struct db_rows *rows;
    const struct db_value text = db_text("平安 ü");

    assert_true(db_run(d->db, QUERIES_PING, NULL, 0, d->arena, &rows, &f));
    assert_int_equal(db_count(rows), 1);
    assert_int_equal(db_get_int(rows, 0, 0), 1);
    assert_true(db_run(d->db, QUERIES_CHECKSUM, &text, 1, d->arena, &rows, &f));
    assert_string_equal(
        db_get_text(rows, 0, 0),
        database_text(d, "SELECT encode(sha256(convert_to('平安 ü', 'UTF8')), 'hex')"));
}

static void a_null_text_is_null_and_an_empty_one_is_not(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const struct db_rows *rows;
    const struct db_value null = db_text(NULL);
    const struct db_value empty = db_text("");

    assert_true(db_run(d->db, QUERIES_CHECKSUM, &null, 1, d->arena, &rows, &f));
    assert_true(db_is_null(rows, 0, 0));
    assert_null(db_get_text(rows, 0, 0));
    assert_true(db_run(d->db, QUERIES_CHECKSUM, &empty, 1, d->arena, &rows, &f));
    assert_false(db_is_null(rows, 0, 0));
}

static void every_width_of_number_is_written_as_its_type_wants(void **state)
{
    struct buf b = { 0 };
    const struct db_value minus = db_int(-2);
    const struct db_value half = db_double(0.5);
    const int64_t many[] = { 7, -9007199254740991 };
    const struct db_value array = db_ints(many, 2);
    int32_t count;

    (void)state;
    pgwire_value(&b, PGWIRE_INT2, &minus);
    assert_int_equal(b.size, 2);
    assert_int_equal(pgwire_get_int(PGWIRE_INT2, b.bytes), -2);
    buf_clear(&b);
    pgwire_value(&b, PGWIRE_INT4, &minus);
    assert_int_equal(b.size, 4);
    assert_int_equal(pgwire_get_int(PGWIRE_INT4, b.bytes), -2);
    buf_clear(&b);
    pgwire_value(&b, PGWIRE_INT8, &minus);
    assert_int_equal(b.size, 8);
    assert_int_equal(pgwire_get_int(PGWIRE_INT8, b.bytes), -2);
    buf_clear(&b);
    pgwire_value(&b, PGWIRE_FLOAT4, &half);
    assert_int_equal(b.size, 4);
    check_near(pgwire_get_double(PGWIRE_FLOAT4, b.bytes), 0.5, 0);
    buf_clear(&b);
    pgwire_value(&b, PGWIRE_FLOAT8, &half);
    check_near(pgwire_get_double(PGWIRE_FLOAT8, b.bytes), 0.5, 0);
    buf_clear(&b);
    pgwire_value(&b, PGWIRE_INT8_ARRAY, &array);
    const void *items = pgwire_array_items(PGWIRE_INT8_ARRAY, b.bytes, &count);

    assert_int_equal(count, 2);
    assert_int_equal(pgwire_item(items, 0), 7);
    assert_int_equal(pgwire_item(items, 1), -9007199254740991);
    buf_free(&b);
}

static void what_is_there_already_is_a_conflict(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(record(d, 9001, "once", &f));
    assert_false(record(d, 9001, "twice", &f));
    assert_int_equal(f.kind, FAIL_CONFLICT);
    assert_int_equal(f.code, CODE_ALREADY_EXISTS);
    assert_non_null(strstr(f.text, "9001"));
    assert_string_equal(db_constraint(d->db), "migration_pkey");
    assert_int_equal(recorded(d, "once"), 1);
}

static void each_error_class_tells_the_caller_what_to_do(void **state)
{
    static const struct {
        const char *state, *constraint;
        enum fail_kind kind;
        enum fail_code code;
    } CASES[] = {
        { "23505", "k", FAIL_CONFLICT, CODE_ALREADY_EXISTS },
        { "23P01", "k", FAIL_CONFLICT, CODE_ALREADY_EXISTS },
        { "23503", "k", FAIL_INPUT, CODE_REFERENCE_UNKNOWN },
        { "23514", "grid_geom_check", FAIL_INPUT, CODE_SHAPE_REFUSED },
        { "23514", "speed_kmh_check", FAIL_INPUT, CODE_RULE_BROKEN },
        { "23502", "", FAIL_BROKEN, CODE_DATABASE_FAILED },
        { "08006", "", FAIL_BUSY, CODE_DATABASE_AWAY },
        { "57P01", "", FAIL_BUSY, CODE_DATABASE_AWAY },
        { "53300", "", FAIL_BUSY, CODE_DATABASE_AWAY },
        { "25006", "", FAIL_BUSY, CODE_DATABASE_AWAY },
        { "53100", "", FAIL_BUSY, CODE_DISK_FULL },
        { "40001", "", FAIL_BUSY, CODE_DATABASE_CONTENDED },
        { "40P01", "", FAIL_BUSY, CODE_DATABASE_CONTENDED },
        { "55P03", "", FAIL_BUSY, CODE_DATABASE_CONTENDED },
        { "57014", "", FAIL_BUSY, CODE_DATABASE_SLOW },
        { "42601", "", FAIL_BROKEN, CODE_DATABASE_FAILED },
        { "", "", FAIL_BROKEN, CODE_DATABASE_FAILED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct sqlstate s = { .what = "q",
                                    .state = CASES[i].state,
                                    .message = "m",
                                    .detail = "d",
                                    .constraint = CASES[i].constraint };
        struct fail f = { 0 };

        assert_false(sqlstate_fail(&s, &f));
        assert_int_equal(f.kind, CASES[i].kind);
        assert_int_equal(f.code, CASES[i].code);
    }
}

static void an_old_server_or_a_missing_postgis_is_named(void **state)
{
    static const struct {
        int server;
        const char *postgis;
        enum fail_code code;
    } CASES[] = {
        { 150020, "3.3.2", CODE_NONE },        { 140000, "3.1.0", CODE_NONE },
        { 170001, "4.0.0", CODE_NONE },        { 130010, "3.3.2", CODE_POSTGRESQL_OLD },
        { 150020, "", CODE_POSTGIS_MISSING },  { 150020, "3.0.9", CODE_POSTGIS_OLD },
        { 150020, "2.5.1", CODE_POSTGIS_OLD }, { 150020, "new", CODE_POSTGIS_OLD },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fail f = { 0 };

        assert_int_equal(postgis_check(CASES[i].server, CASES[i].postgis, &f),
                         CASES[i].code == CODE_NONE);
        assert_int_equal(f.code, CASES[i].code);
    }
}

static void a_transaction_holds_together(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(db_begin(d->db, &f));
    assert_true(record(d, 9002, "undone", &f));
    db_rollback(d->db);
    assert_int_equal(recorded(d, "undone"), 0);
    assert_true(db_begin(d->db, &f));
    assert_true(record(d, 9002, "kept", &f));
    assert_true(db_commit(d->db, &f));
    db_rollback(d->db); /* safe at any time */
    assert_int_equal(recorded(d, "kept"), 1);
}

static void a_commit_after_a_failed_statement_fails(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(db_begin(d->db, &f));
    assert_true(record(d, 9003, "half", &f));
    assert_false(record(d, 9003, "half", &f));
    assert_false(db_commit(d->db, &f));
    assert_int_equal(f.kind, FAIL_BROKEN);
    db_rollback(d->db);
    assert_int_equal(recorded(d, "half"), 0);
}

static void a_connection_lost_while_idle_is_opened_again(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const struct db_rows *rows;

    assert_true(database_int(d, KILL_OTHERS) >=
                1); /* one of an earlier case may be on its way out */
    assert_true(db_run(d->db, QUERIES_PING, NULL, 0, d->arena, &rows, &f));
    assert_int_equal(db_get_int(rows, 0, 0), 1);
}

static void a_connection_lost_in_a_transaction_stays_lost_until_the_roll_back(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(db_begin(d->db, &f));
    assert_true(record(d, 9004, "lost", &f));
    database_int(d, KILL_OTHERS);
    assert_false(record(d, 9005, "lost", &f));
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_false(db_run(d->db, QUERIES_PING, NULL, 0, NULL, NULL, &f));
    assert_false(db_commit(d->db, &f));
    db_rollback(d->db);
    assert_true(db_run(d->db, QUERIES_PING, NULL, 0, NULL, NULL, &f));
    assert_int_equal(recorded(d, "lost"), 0);
}

/* Of two rows, the deferred check of the first ends the connection in the middle of
 * the commit, and that of the second refuses the commit. */
static void a_commit_that_fails_ends_the_transaction(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(
        db_script(d->db,
                  "CREATE TABLE fate (n int);"
                  "CREATE FUNCTION meet_fate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                  " IF NEW.n = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid());"
                  " PERFORM pg_sleep(10); END IF;"
                  " RAISE EXCEPTION 'fate'; END $$;"
                  "CREATE CONSTRAINT TRIGGER fate AFTER INSERT ON fate"
                  " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meet_fate()",
                  &f));
    assert_true(db_begin(d->db, &f));
    assert_true(db_script(d->db, "INSERT INTO fate VALUES (1)", &f));
    assert_false(db_commit(d->db, &f));
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_true(db_begin(d->db, &f));
    assert_true(db_script(d->db, "INSERT INTO fate VALUES (2)", &f));
    assert_false(db_commit(d->db, &f));
    assert_int_equal(f.code, CODE_DATABASE_FAILED);
    assert_true(db_begin(d->db, &f));
    assert_true(record(d, 9006, "after", &f));
    assert_true(db_commit(d->db, &f));
    assert_int_equal(recorded(d, "after"), 1);
    assert_int_equal(database_int(d, "SELECT count(*) FROM fate"), 0);
}

/* In a process of its own: waits until somebody waits for a lock, and ends them. */
static void end_whoever_waits(struct database *d)
{
    static const char WAITING[] =
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'";

    for (int i = 0; i < 1000; i++) {
        if (database_int(d, WAITING) > 0)
            _exit(0);
        usleep(10000);
    }
    _exit(1);
}

static void a_connection_lost_under_way_fails_that_statement_only(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const struct db_value key = db_int(78);
    struct db *other = db_open(d->address, &f);
    int status;

    assert_non_null(other);
    assert_true(db_run(other, QUERIES_LOCK_WAIT, &key, 1, NULL, NULL, &f));
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        end_whoever_waits(d);
    assert_false(db_run(d->db, QUERIES_LOCK_WAIT, &key, 1, NULL, NULL, &f));
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(db_run(d->db, QUERIES_PING, NULL, 0, NULL, NULL, &f));
    db_close(other);
}

static void an_address_where_nobody_listens_is_database_away(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_null(db_open("host=/nonexistent port=1 dbname=x", &f));
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(f.code, CODE_DATABASE_AWAY);
}

static void a_statement_over_its_limit_is_ended(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const struct db_value key = db_int(77);
    struct db *other = db_open(d->address, &f);

    assert_non_null(other);
    assert_true(db_run(other, QUERIES_LOCK_WAIT, &key, 1, NULL, NULL, &f));
    assert_true(db_limit(d->db, 50, &f));
    assert_false(db_run(d->db, QUERIES_LOCK_WAIT, &key, 1, NULL, NULL, &f));
    assert_int_equal(f.code, CODE_DATABASE_SLOW);
    assert_true(db_limit(d->db, DB_LIMIT_MS, &f));
    db_close(other);
}

static bool count_to_three(void *self, const struct db_rows *row, struct fail *f)
{
    int *seen = self;

    assert_int_equal(db_count(row), 1);
    if (++*seen == 3)
        return fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "three is enough");
    return true;
}

static void rows_come_one_by_one_and_may_be_stopped(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    int seen = 0;

    for (int64_t i = 9100; i < 9110; i++)
        assert_true(record(d, i, "many", &f));
    assert_false(db_each(d->db, QUERIES_MIGRATION_LIST, NULL, 0, count_to_three, &seen, &f));
    assert_int_equal(seen, 3);
    assert_int_equal(f.code, CODE_VALUE_NOT_ALLOWED);
    assert_true(db_run(d->db, QUERIES_PING, NULL, 0, NULL, NULL, &f));
}

static void a_script_that_fails_changes_nothing(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };

    assert_false(db_script(d->db, "CREATE TABLE half (n int); SELECT nonsense;", &f));
    assert_int_equal(f.kind, FAIL_BROKEN);
    assert_non_null(strstr(f.text, "nonsense"));
    assert_null(database_text(d, "SELECT to_regclass('half')"));
}

static void the_connection_can_be_handed_to_another_program(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    char **lines = db_environment(d->db, d->arena, &f);
    bool named = false;

    assert_non_null(lines);
    for (; *lines; lines++)
        named = named || strcmp(*lines, arena_text(d->arena, "PGDATABASE=%s", d->name)) == 0;
    assert_true(named);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_travel_there_and_back_in_binary),
        cmocka_unit_test(a_null_text_is_null_and_an_empty_one_is_not),
        cmocka_unit_test(every_width_of_number_is_written_as_its_type_wants),
        cmocka_unit_test(what_is_there_already_is_a_conflict),
        cmocka_unit_test(each_error_class_tells_the_caller_what_to_do),
        cmocka_unit_test(an_old_server_or_a_missing_postgis_is_named),
        cmocka_unit_test(a_transaction_holds_together),
        cmocka_unit_test(a_commit_after_a_failed_statement_fails),
        cmocka_unit_test(a_commit_that_fails_ends_the_transaction),
        cmocka_unit_test(a_connection_lost_while_idle_is_opened_again),
        cmocka_unit_test(a_connection_lost_in_a_transaction_stays_lost_until_the_roll_back),
        cmocka_unit_test(a_connection_lost_under_way_fails_that_statement_only),
        cmocka_unit_test(an_address_where_nobody_listens_is_database_away),
        cmocka_unit_test(a_statement_over_its_limit_is_ended),
        cmocka_unit_test(rows_come_one_by_one_and_may_be_stopped),
        cmocka_unit_test(a_script_that_fails_changes_nothing),
        cmocka_unit_test(the_connection_can_be_handed_to_another_program),
    };

    return cmocka_run_group_tests(tests, database_setup, database_teardown);
}
