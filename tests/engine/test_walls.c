/* The database's own wall: what vigil_app sees and changes by the scope it carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/pgwire.h"
#include "engine/tokens.h"
#include "tests/support/database.h"

/* The city 1 with two counties, 2 and 3; 4 is a township of 2. Each has a station and a
 * person of its own number. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', '320301', 'Two'), (3, 1, 'county', '320302', 'Three'),"
    " (4, 2, 'township', '320301001', 'Four');"
    "INSERT INTO vigil.station (station_id, code, name, geom, org_id)"
    " SELECT n, 'S' || n, 'Station ' || n, 'SRID=4326;POINT(12 57)', n FROM generate_series(1, 4) "
    "n;"
    "INSERT INTO vigil.person (person_id, display_name, org_id)"
    " SELECT 10 + n, 'Person ' || n, n FROM generate_series(1, 4) n";

struct site {
    struct database *d;
    struct db *app;
    struct arena *a;
    int64_t org_id; /* who asks */
};

static void must(bool ok, const struct fail *f)
{
    if (!ok)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static int setup(void **state)
{
    struct site *s = calloc(1, sizeof *s);
    struct fail f = { 0 };

    s->d = database_new(true);
    s->a = s->d->arena;
    must(db_script(s->d->db, CITY, &f), &f);
    s->app = database_reader(s->d, 0);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct site *s = *state;

    db_close(s->app);
    database_free(s->d);
    free(s);
    return 0;
}

static void act_for(struct site *s, int64_t org_id, int64_t person_id)
{
    const struct db_scope scope = { .org_id = org_id, .person_id = person_id };

    s->org_id = org_id;
    db_scope(s->app, &scope);
}

/* Whether the scope shows this station or this person. */
static bool sees(struct site *s, enum queries_id query, int64_t id)
{
    const struct db_value values[] = { db_int(id), db_int(s->org_id) };
    const struct db_rows *rows;
    struct fail f = { 0 };

    must(db_run(s->app, query, values, query == QUERIES_PERSON_GET ? 2 : 1, s->a, &rows, &f), &f);
    return db_count(rows) == 1;
}

/* A bit for each of the four that is seen. */
static unsigned int stations(struct site *s)
{
    unsigned int seen = 0;

    for (unsigned int i = 1; i <= 4; i++)
        seen |= (unsigned int)sees(s, QUERIES_STATION_GET, i) << i;
    return seen;
}

static unsigned int people(struct site *s)
{
    unsigned int seen = 0;

    for (unsigned int i = 1; i <= 4; i++)
        seen |= (unsigned int)sees(s, QUERIES_PERSON_GET, 10 + i) << i;
    return seen;
}

static void an_organisation_sees_itself_and_what_is_below(void **state)
{
    static const struct {
        int64_t org_id;
        unsigned int seen;
    } CASES[] = { { 0, 0 },
                  { 1, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 },
                  { 2, 1 << 2 | 1 << 4 },
                  { 3, 1 << 3 },
                  { 4, 1 << 4 },
                  { 99, 0 } };
    struct site *s = *state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        act_for(s, CASES[i].org_id, 0);
        assert_int_equal(stations(s), CASES[i].seen);
        assert_int_equal(people(s), CASES[i].seen);
    }
}

static void a_person_without_an_organisation_sees_herself(void **state)
{
    struct site *s = *state;

    act_for(s, 0, 13);
    assert_int_equal(people(s), 1 << 3);
    assert_int_equal(stations(s), 0);
}

static void a_scope_ends_with_its_statement_and_its_transaction(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    act_for(s, 3, 0);
    assert_int_equal(stations(s), 1 << 3);
    must(db_begin(s->app, &f), &f);
    assert_int_equal(stations(s), 1 << 3);
    must(db_commit(s->app, &f), &f);
    act_for(s, 4, 0);
    assert_int_equal(stations(s), 1 << 4);
    must(db_begin(s->app, &f), &f);
    assert_int_equal(stations(s), 1 << 4);
    db_rollback(s->app);
    act_for(s, 0, 0);
    assert_int_equal(stations(s), 0);
}

static void a_script_has_no_scope_of_somebody_before(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    act_for(s, 1, 0);
    assert_int_equal(stations(s), 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4);
    must(db_script(s->app,
                   "DO $$ BEGIN IF EXISTS (SELECT FROM vigil.station) THEN"
                   " RAISE 'seen'; END IF; END $$",
                   &f),
         &f);
}

static void what_is_elsewhere_is_neither_changed_nor_closed(void **state)
{
    struct site *s = *state;
    const struct db_value value = db_int(3);
    const struct db_rows *rows;
    struct fail f = { 0 };

    act_for(s, 2, 0);
    must(db_run(s->app, QUERIES_STATION_CLOSE, &value, 1, s->a, &rows, &f), &f);
    assert_int_equal(db_changed(rows), 0);
    assert_int_equal(
        database_int(s->d, "SELECT count(*) FROM vigil.station WHERE valid_to IS NULL"), 4);
}

static void nothing_is_put_where_one_may_not_look(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    act_for(s, 2, 0);
    must(db_begin(s->app, &f), &f);
    assert_false(db_script(s->app, "UPDATE vigil.station SET org_id = 3 WHERE station_id = 2", &f));
    assert_int_equal(f.code, CODE_OUT_OF_SCOPE);
    assert_int_equal(f.kind, FAIL_MISSING);
    db_rollback(s->app);
    must(db_begin(s->app, &f), &f);
    assert_false(db_script(s->app,
                           "INSERT INTO vigil.station (station_id, code, name, geom, org_id)"
                           " VALUES (9, 'S9', 'Nine', 'SRID=4326;POINT(12 57)', 3)",
                           &f));
    assert_int_equal(f.code, CODE_OUT_OF_SCOPE);
    db_rollback(s->app);
    must(db_begin(s->app, &f), &f);
    must(db_script(s->app,
                   "INSERT INTO vigil.station (station_id, code, name, geom, org_id)"
                   " VALUES (9, 'S9', 'Nine', 'SRID=4326;POINT(12 57)', 4)",
                   &f),
         &f);
    must(db_commit(s->app, &f), &f);
}

/* COPY does not know policies; db_load goes through them like a plain insert. */
static void many_rows_at_once_are_checked_like_one(void **state)
{
    struct site *s = *state;
    struct buf rows = { 0 };
    struct fail f = { 0 };

    pgwire_copy_begin(&rows);
    pgwire_row(&rows, 7);
    pgwire_int8(&rows, 77);
    pgwire_bytes(&rows, "Load", 4);
    pgwire_bytes(&rows, "foot", 4);
    pgwire_int8(&rows, 0);
    pgwire_bytes(&rows, "\1", 1);
    pgwire_bytes(&rows, "\1", 1);
    pgwire_bytes(&rows, "l", 1);
    pgwire_copy_end(&rows);
    act_for(s, 2, 0); /* the home of the row is the city */
    assert_false(db_load(s->app, "person", QUERIES_PEOPLE_COPY, &rows, &f));
    assert_int_equal(f.code, CODE_OUT_OF_SCOPE);
    act_for(s, 1, 0);
    must(db_load(s->app, "person", QUERIES_PEOPLE_COPY, &rows, &f), &f);
    assert_true(sees(s, QUERIES_PERSON_GET, 77));
    assert_false(db_load(s->app, "person", QUERIES_PEOPLE_COPY, &rows, &f));
    assert_int_equal(f.code, CODE_ALREADY_EXISTS);
    buf_free(&rows);
}

static void the_tree_grows_below_oneself_only(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    act_for(s, 2, 0);
    must(db_begin(s->app, &f), &f);
    must(db_script(s->app,
                   "INSERT INTO vigil.org (org_id, parent_id, kind, code, name)"
                   " VALUES (5, 4, 'village', '5', 'Five') RETURNING org_id",
                   &f),
         &f);
    must(db_commit(s->app, &f), &f);
    assert_int_equal(database_int(s->d, "SELECT count(*) FROM vigil.org_reach WHERE org_id = 5"),
                     4);
    static const char *const REFUSED[] = {
        ("INSERT INTO vigil.org (org_id, parent_id, kind, code, name)"
         " VALUES (6, 3, 'township', '6', 'Six')"),
        "UPDATE vigil.org SET parent_id = 3 WHERE org_id = 4",
        "UPDATE vigil.org SET parent_id = 3 WHERE org_id = 2",
    };

    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        must(db_begin(s->app, &f), &f);
        assert_false(db_script(s->app, REFUSED[i], &f));
        assert_int_equal(f.code, CODE_OUT_OF_SCOPE);
        db_rollback(s->app);
    }
    must(db_begin(s->app, &f), &f);
    must(db_script(s->app, "UPDATE vigil.org SET name = 'Second' WHERE org_id = 2", &f), &f);
    must(db_script(s->app, "UPDATE vigil.org SET parent_id = 2 WHERE org_id = 5", &f), &f);
    must(db_commit(s->app, &f), &f);
    assert_int_equal(database_int(s->d, "SELECT depth FROM vigil.org_reach"
                                        " WHERE ancestor_id = 1 AND org_id = 5"),
                     2);
}

static void a_token_is_checked_before_anybodys_scope_is_known(void **state)
{
    const struct tokens_wish wish = { TOKENS_ENTER, "test", "manager", 3, 300, 13 };
    static const struct tokens_wish_list ALL = { .limit = 10 };
    struct site *s = *state;
    char code[TOKENS_TEXT_SIZE];
    char session[TOKENS_TEXT_SIZE];
    struct tokens_row row, *rows;
    struct fail f = { 0 };
    int64_t token_id;
    int32_t count;

    must(tokens_create(s->d->db, &wish, s->a, code, &token_id, &f), &f);
    act_for(s, 0, 0);
    must(tokens_enter(s->app, code, s->a, session, &row, &f), &f);
    must(tokens_check(s->app, session, TOKENS_SESSION, s->a, &row, &f), &f);
    assert_int_equal(row.org_id, 3);
    assert_int_equal(row.person_id, 13);
    must(tokens_list(s->app, &ALL, s->a, &rows, &count, &f), &f);
    assert_int_equal(count, 0);
    act_for(s, 2, 0);
    must(tokens_list(s->app, &ALL, s->a, &rows, &count, &f), &f);
    assert_int_equal(count, 0);
    assert_false(tokens_revoke(s->app, token_id, s->a, &f));
    assert_int_equal(f.code, CODE_TOKEN_UNKNOWN);
    act_for(s, 3, 0);
    must(tokens_list(s->app, &ALL, s->a, &rows, &count, &f), &f);
    assert_int_equal(count, 2);
    assert_false(tokens_create(s->app,
                               &(struct tokens_wish){ TOKENS_BEARER, "up", "admin", 1, 300, 0 },
                               s->a, code, &token_id, &f));
    assert_int_equal(f.code, CODE_OUT_OF_SCOPE);
}

static void a_role_that_owns_tables_is_no_wall(void **state)
{
    struct site *s = *state;
    struct fail f = { 0 };

    must(db_script(s->d->db, "ALTER TABLE vigil.speed OWNER TO vigil_app", &f), &f);
    assert_false(db_become(s->app, DB_APP, &f));
    assert_int_equal(f.code, CODE_ROLE_UNSAFE);
    assert_non_null(strstr(f.text, "vigil.speed"));
}

static void an_index_serves_behind_the_wall(void **state)
{
    struct site *s = *state;

    assert_int_equal(database_int(s->d, "SELECT count(*) FROM pg_proc WHERE proleakproof AND"
                                        " proname IN ('textlike', 'geometry_overlaps')"
                                        " AND pronargs = 2"),
                     2);
}

/* Every table that says whose its rows are is behind the wall, whoever adds one. */
static void every_table_with_an_organisation_is_walled(void **state)
{
    struct site *s = *state;
    const char *open = database_text(
        s->d, "SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_namespace n ON n.oid = "
              "c.relnamespace WHERE n.nspname = 'vigil' AND c.relkind IN ('r', 'p') AND NOT "
              "c.relispartition AND c.relname <> 'org_reach' AND NOT (c.relrowsecurity AND "
              "c.relforcerowsecurity) AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = "
              "c.oid AND a.attname IN ('org_id', 'person_id', 'token_id')) AND "
              "(has_table_privilege('vigil_app', c.oid, 'SELECT') OR "
              "has_any_column_privilege('vigil_app', c.oid, 'SELECT'))");

    if (open)
        fail_msg("not behind row level security: %s", open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(an_organisation_sees_itself_and_what_is_below),
        TEST(a_person_without_an_organisation_sees_herself),
        TEST(a_scope_ends_with_its_statement_and_its_transaction),
        TEST(a_script_has_no_scope_of_somebody_before),
        TEST(what_is_elsewhere_is_neither_changed_nor_closed),
        TEST(nothing_is_put_where_one_may_not_look),
        TEST(many_rows_at_once_are_checked_like_one),
        TEST(the_tree_grows_below_oneself_only),
        TEST(a_token_is_checked_before_anybodys_scope_is_known),
        TEST(a_role_that_owns_tables_is_no_wall),
        TEST(an_index_serves_behind_the_wall),
        TEST(every_table_with_an_organisation_is_walled),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
