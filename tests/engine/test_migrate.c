/* Migrations go forward, each whole or not at all; and what is in schema/ fits
 * the database that they make. */
#include "tests/support/check_near.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/db.h"
#include "engine/migrate.h"
#include "tests/support/database.h"

static const struct migrations_text FIRST_TWO[] = {
    { "0001_first", "CREATE TABLE first (n integer)" },
    { "0002_second", "CREATE TABLE second (n integer); INSERT INTO second VALUES (2)" },
    { NULL, NULL },
};

struct heard {
    int count;
    const char *last;
};

static void hear(void *self, const char *name)
{
    struct heard *h = self;

    h->count++;
    h->last = name;
}

static int empty_database(void **state)
{
    *state = database_new(false);
    return 0;
}

static void what_is_missing_is_applied_once_and_in_order(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    struct heard h = { 0 };

    assert_false(migrate_check(d->db, FIRST_TWO, &f));
    assert_int_equal(f.code, CODE_DATABASE_NOT_MIGRATED);
    assert_true(migrate_run(d->db, FIRST_TWO, hear, &h, &f));
    assert_int_equal(h.count, 2);
    assert_string_equal(h.last, "0002_second");
    assert_true(migrate_check(d->db, FIRST_TWO, &f));
    assert_true(migrate_run(d->db, FIRST_TWO, hear, &h, &f));
    assert_int_equal(h.count, 2);
    assert_int_equal(database_int(d, "SELECT count(*) FROM second"), 1);
}

static void a_migration_that_fails_leaves_nothing_behind(void **state)
{
    static const struct migrations_text BAD[] = {
        { "0001_good", "CREATE TABLE good (n integer)" },
        { "0002_bad", "CREATE TABLE bad (n integer); SELECT nonsense" },
        { "0003_never", "CREATE TABLE never (n integer)" },
        { NULL, NULL },
    };
    struct database *d = *state;
    struct fail f = { 0 };

    assert_false(migrate_run(d->db, BAD, NULL, NULL, &f));
    assert_int_equal(f.code, CODE_MIGRATION_FAILED);
    assert_non_null(strstr(f.text, "0002_bad"));
    assert_non_null(strstr(f.text, "nonsense"));
    assert_string_equal(database_text(d, "SELECT to_regclass('good')"), "good");
    assert_null(database_text(d, "SELECT to_regclass('bad')"));
    assert_null(database_text(d, "SELECT to_regclass('never')"));
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.migration"), 1);
}

static void an_edited_migration_is_refused(void **state)
{
    static const struct migrations_text EDITED[] = {
        { "0001_first", "CREATE TABLE first (n bigint)" },
        { NULL, NULL },
    };
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(migrate_run(d->db, FIRST_TWO, NULL, NULL, &f));
    assert_false(migrate_run(d->db, EDITED, NULL, NULL, &f));
    assert_int_equal(f.code, CODE_MIGRATION_EDITED);
    assert_non_null(strstr(f.text, "0001_first"));
    assert_false(migrate_check(d->db, EDITED, &f));
}

static void a_migration_before_an_applied_one_is_refused(void **state)
{
    static const struct migrations_text LATE[] = {
        { "0001_first", "CREATE TABLE first (n integer)" },
        { "0003_third", "CREATE TABLE third (n integer)" },
        { NULL, NULL },
    };
    static const struct migrations_text WITH_SECOND[] = {
        { "0001_first", "CREATE TABLE first (n integer)" },
        { "0002_second", "CREATE TABLE second (n integer)" },
        { "0003_third", "CREATE TABLE third (n integer)" },
        { NULL, NULL },
    };
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(migrate_run(d->db, LATE, NULL, NULL, &f));
    assert_false(migrate_run(d->db, WITH_SECOND, NULL, NULL, &f));
    assert_int_equal(f.code, CODE_MIGRATION_LATE);
    assert_null(database_text(d, "SELECT to_regclass('second')"));
}

/* The slow one holds the lock while the other waits for it. */
static void two_programs_that_migrate_at_once_take_turns(void **state)
{
    static const struct migrations_text SLOW[] = {
        { "0001_slow", "CREATE TABLE slow (n integer); SELECT pg_sleep(0.3)" },
        { NULL, NULL },
    };
    struct database *d = *state;
    struct fail f = { 0 };
    int status;
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct db *own = db_open(d->address, &f);

        _exit(own && migrate_run(own, SLOW, NULL, NULL, &f) ? 0 : 1);
    }
    const bool good = migrate_run(d->db, SLOW, NULL, NULL, &f);

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(good);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.migration"), 1);
}

static void a_database_from_a_newer_program_is_refused(void **state)
{
    static const struct migrations_text OLDER[] = {
        { "0001_first", "CREATE TABLE first (n integer)" },
        { NULL, NULL },
    };
    struct database *d = *state;
    struct fail f = { 0 };

    assert_true(migrate_run(d->db, FIRST_TWO, NULL, NULL, &f));
    assert_false(migrate_run(d->db, OLDER, NULL, NULL, &f));
    assert_int_equal(f.code, CODE_DATABASE_NEWER);
    assert_non_null(strstr(f.text, "0002_second"));
}

static void the_projects_migrations_apply_to_an_empty_database(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    struct heard h = { 0 };

    if (!migrate_run(d->db, MIGRATIONS_TEXTS, hear, &h, &f))
        fail_msg("%s", f.text);
    assert_int_equal(h.count, MIGRATIONS_COUNT);
    assert_true(migrate_check(d->db, MIGRATIONS_TEXTS, &f));
}

/* What osm2pgsql makes during an import, by schema/osm.lua. */
static const char STAGING[] =
    "CREATE TABLE vigil_staging.way (way_id bigint, nodes bigint[], tags jsonb);"
    "CREATE TABLE vigil_staging.planet_osm_nodes (id bigint, lat integer, lon integer);"
    "CREATE TABLE vigil_staging.restriction (relation_id bigint, kind text, tags jsonb, members "
    "jsonb);"
    "CREATE TABLE vigil_staging.barrier (node_id bigint, kind text, tags jsonb, geom geometry);"
    "CREATE TABLE vigil_staging.place (osm_id bigint, kind text, tags jsonb, geom geometry);"
    "CREATE TABLE vigil_staging.interest (osm_id bigint, kind text, tags jsonb, geom geometry);"
    "CREATE TABLE vigil_staging.water (osm_id bigint, kind text, name text, geom geometry);"
    "CREATE TABLE vigil_staging.green (osm_id bigint, kind text, name text, geom geometry);"
    "CREATE TABLE vigil_staging.building (osm_id bigint, kind text, name text, geom geometry);"
    "CREATE TABLE vigil_staging.boundary (osm_id bigint, kind text, admin_level integer, name text,"
    "                                     geom geometry)";

static void every_query_and_layer_can_be_prepared(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    int failures = 0;

    assert_true(migrate_run(d->db, MIGRATIONS_TEXTS, NULL, NULL, &f));
    assert_true(db_run(d->db, QUERIES_STAGING_SCHEMA, NULL, 0, NULL, NULL, &f));
    assert_true(db_script(d->db, STAGING, &f));
    assert_true(db_run(d->db, QUERIES_STAGING_SEGMENT, NULL, 0, NULL, NULL, &f));
    for (int i = 0; i < (int)QUERIES_COUNT; i++)
        if (!db_prepare(d->db, (enum queries_id)i, &f)) {
            print_error("query %s: %s\n", QUERIES_TEXTS[i].name, f.text);
            failures++;
        }
    for (int i = 0; i < (int)LAYERS_COUNT; i++)
        if (!db_prepare_layer(d->db, (enum layers_id)i, &f)) {
            print_error("layer %s: %s\n", LAYERS_TEXTS[i].name, f.text);
            failures++;
        }
    assert_int_equal(failures, 0);
    assert_true(QUERIES_COUNT > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_missing_is_applied_once_and_in_order,
                                        empty_database, database_teardown),
        cmocka_unit_test_setup_teardown(a_migration_that_fails_leaves_nothing_behind,
                                        empty_database, database_teardown),
        cmocka_unit_test_setup_teardown(an_edited_migration_is_refused, empty_database,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_migration_before_an_applied_one_is_refused,
                                        empty_database, database_teardown),
        cmocka_unit_test_setup_teardown(two_programs_that_migrate_at_once_take_turns,
                                        empty_database, database_teardown),
        cmocka_unit_test_setup_teardown(a_database_from_a_newer_program_is_refused, empty_database,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(the_projects_migrations_apply_to_an_empty_database,
                                        empty_database, database_teardown),
        cmocka_unit_test_setup_teardown(every_query_and_layer_can_be_prepared, empty_database,
                                        database_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
