/* Tests of engine/orgs.c: the tree in memory, against the tree in the database. */
#include "engine/orgs.h"

#include <math.h>
#include <stdlib.h>

#include "engine/config.h"
#include "engine/engine.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/town.h"

/* A county from 117 to 117.2 E and 34 to 34.2 N with a township and its village, a
 * second county without an area, a sector and a firm in it. */
static const char TREE[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
    " (10, 1, 'county', '320302', '东郊区', ST_Multi(ST_MakeEnvelope(117, 34, 117.2, 34.2, 4326))),"
    " (20, 1, 'county', '320303', '西郊区', NULL), (11, 10, 'township', '320302001', '河口镇', "
    "NULL),"
    " (12, 11, 'village', '320302001201', '河口村', NULL), (30, 1, 'sector', 'TAXI', '出租行业', "
    "NULL),"
    " (31, 30, 'firm', 'FIRM-1', '顺达出租', NULL);";

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void run(struct database *d, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(d->db, sql, &f), &f);
}

static const struct orgs *load(struct database *d)
{
    struct fail f = { 0 };
    const struct orgs *o = orgs_load(d->db, &f);

    must(o != NULL, &f);
    return o;
}

static void a_new_city_is_one_organisation(void **state)
{
    const struct orgs *o = load(*state);
    struct orgs_one one = { 0 };

    assert_int_equal(orgs_count(o), 1);
    assert_true(orgs_get(o, ORGS_CITY_ID, &one));
    assert_int_equal(one.parent_id, 0);
    assert_int_equal(one.kind, ORGS_CITY);
    assert_string_equal(one.code, "CITY");
    assert_true(orgs_within(o, ORGS_CITY_ID, ORGS_CITY_ID));
    assert_false(orgs_get(o, 2, &one));
    assert_false(orgs_within(o, ORGS_CITY_ID, 2));
    assert_false(orgs_within(o, 2, 2));
    assert_false(orgs_within(o, 0, 0));
    orgs_drop(o);
    orgs_drop(NULL);
}

static void within_is_at_or_below(void **state)
{
    run(*state, TREE);
    const struct orgs *o = load(*state);
    struct orgs_one one;

    assert_true(orgs_within(o, 10, 12));
    assert_true(orgs_within(o, 11, 12));
    assert_true(orgs_within(o, 12, 12));
    assert_false(orgs_within(o, 12, 11));
    assert_false(orgs_within(o, 20, 12));
    assert_false(orgs_within(o, 10, 31));
    assert_true(orgs_within(o, 30, 31));
    assert_true(orgs_get(o, 12, &one));
    assert_int_equal(one.parent_id, 11);
    assert_int_equal(one.kind, ORGS_VILLAGE);
    assert_string_equal(one.name, "河口村");
    orgs_drop(o);
}

/* Some hundred organisations under random others, moved about, some closed. */
static void within_is_what_the_database_says(void **state)
{
    struct database *d = *state;

    run(d, "SELECT setseed(0.25);"
           "DO $$ BEGIN FOR i IN 2..120 LOOP INSERT INTO vigil.org (org_id, parent_id, kind, code, "
           "name)"
           " VALUES (i * 7919, CASE WHEN i < 6 THEN 1 ELSE (2 + floor(random() * (i - 2)))::int * "
           "7919 END,"
           " 'sector', 'C' || i, 'n'); END LOOP;"
           " FOR i IN 1..60 LOOP BEGIN UPDATE vigil.org SET parent_id ="
           " (2 + floor(random() * 119))::int * 7919 WHERE org_id = (2 + floor(random() * "
           "119))::int * 7919;"
           " EXCEPTION WHEN check_violation THEN NULL; END; END LOOP; END $$;"
           "UPDATE vigil.org SET valid_to = now() WHERE org_id % 5 = 0;");
    const struct orgs *o = load(d);
    int64_t pairs = 0;

    assert_int_equal(orgs_count(o), 120);
    for (int64_t a = 1; a <= 120; a++)
        for (int64_t b = 1; b <= 120; b++)
            pairs += orgs_within(o, a == 1 ? 1 : a * 7919, b == 1 ? 1 : b * 7919);
    assert_int_equal(pairs, database_int(d, "SELECT count(*) FROM vigil.org_reach"));
    for (int64_t a = 1; a <= 120; a++) {
        const int64_t id = a == 1 ? 1 : a * 7919;
        int32_t first;
        const int32_t below = orgs_below(o, id, &first);

        pairs -= below;
        for (int32_t i = 0; i < below; i++)
            assert_true(orgs_within(o, id, orgs_at(o, first + i)));
    }
    assert_int_equal(pairs, 0);
    for (int64_t b = 2; b <= 120; b++) {
        const char *sql = arena_text(d->arena,
                                     "SELECT ancestor_id FROM vigil.org_reach WHERE org_id = %lld"
                                     " AND depth = 1",
                                     (long long)b * 7919);

        assert_true(orgs_within(o, database_int(d, sql), b * 7919));
    }
    orgs_drop(o);
}

static void held_trees_live_until_they_are_dropped(void **state)
{
    const struct orgs *o = load(*state);
    const struct orgs *again = orgs_hold(o);
    struct orgs_one one;

    assert_ptr_equal(o, again);
    orgs_drop(o);
    assert_true(orgs_get(again, 1, &one));
    orgs_drop(again);
}

static void a_rule_lends_up_to_its_reach(void **state)
{
    static const struct {
        int64_t lender, borrower;
        struct point at;
        bool lent;
    } CASES[] = {
        { 20, 10, { 117.1, 34.1 }, true },      /* inside */
        { 20, 10, { 116.98, 34.1 }, true },     /* 1.8 km west of it */
        { 20, 10, { 116.97, 34.1 }, false },    /* 2.8 km */
        { 20, 10, { 117.1, 34.217 }, true },    /* 1.9 km north of it */
        { 20, 10, { 117.1, 34.219 }, false },   /* 2.1 km */
        { 20, 10, { 117.214, 34.214 }, false }, /* within the box, off the corner by 2.02 km */
        { 20, 10, { 117.213, 34.213 }, true },
        { 20, 11, { 117.1, 34.1 }, true }, /* for those below the borrower */
        { 20, 12, { 116.98, 34.1 }, true },
        { 20, 1, { 117.1, 34.1 }, false },  /* not for who is above it */
        { 31, 10, { 117.1, 34.1 }, true },  /* of those below the lender */
        { 10, 20, { 117.1, 34.1 }, false }, /* one way only */
        { 12, 10, { 117.1, 34.1 }, false },
        { 99, 10, { 117.1, 34.1 }, false },
        { 20, 99, { 117.1, 34.1 }, false },
    };

    run(*state, TREE);
    run(*state, "INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m) VALUES"
                " (1, 20, 10, 2000), (2, 30, 10, 0), (3, 10, 20, 2000)");
    const struct orgs *o = load(*state);

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (orgs_lends(o, CASES[i].lender, CASES[i].borrower, CASES[i].at) != CASES[i].lent)
            fail_msg("case %zu", i);
    assert_true(orgs_borrows(o, 10));
    assert_true(orgs_borrows(o, 12));
    assert_false(orgs_borrows(o, 1));
    assert_false(orgs_borrows(o, 20));
    orgs_drop(o);
}

static void a_closed_rule_lends_nobody(void **state)
{
    run(*state, TREE);
    run(*state,
        "INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m, valid_to) VALUES"
        " (1, 20, 10, 2000, now())");
    const struct orgs *o = load(*state);

    assert_false(orgs_borrows(o, 10));
    assert_false(orgs_lends(o, 20, 10, (struct point){ 117.1, 34.1 }));
    orgs_drop(o);
}

/* PostGIS measures on the ellipsoid, with a hole and a second part in the area. */
static void reach_is_what_postgis_measures(void **state)
{
    static const char AREA[] = "ST_GeomFromText('MULTIPOLYGON(((117 34,117.3 34.02,117.25 "
                               "34.3,117.1 34.18,117.02 34.28,117 34),"
                               "(117.1 34.05,117.2 34.06,117.15 34.12,117.1 34.05)),((117.4 "
                               "34.1,117.45 34.1,117.42 34.15,117.4 34.1)))',"
                               " 4326)";
    struct database *d = *state;
    struct town_dice dice = { 7 };
    int32_t near = 0;

    run(d, TREE);
    run(d, arena_text(d->arena,
                      "UPDATE vigil.org SET area = %s WHERE org_id = 10;"
                      "INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m)"
                      " VALUES (1, 20, 10, 3000)",
                      AREA));
    const struct orgs *o = load(d);

    for (int i = 0; i < 300; i++) {
        const struct point at = { 116.9 + town_pick(&dice, 60000) / 100000.0,
                                  33.9 + town_pick(&dice, 50000) / 100000.0 };
        const char *metres = database_text(
            d, arena_text(d->arena,
                          "SELECT ST_Distance(%s::geography, ST_MakePoint(%.6f, %.6f)::geography)",
                          AREA, at.lon, at.lat));
        const double distance_m = strtod(metres, NULL);

        if (fabs(distance_m - 3000) < 3)
            continue; /* too close to the limit to be judged */
        assert_int_equal(orgs_lends(o, 20, 10, at), distance_m < 3000);
        near += distance_m < 3000 && distance_m > 0;
    }
    assert_true(near > 30);
    orgs_drop(o);
}

static void words_of_kinds_are_read_back(void **state)
{
    enum orgs_kind kind;

    (void)state;
    for (int i = 0; i < ORGS_KINDS; i++) {
        assert_true(orgs_kind_of(orgs_kind_word((enum orgs_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(orgs_kind_of("state", &kind));
    assert_false(orgs_kind_of("", &kind));
}

static void the_engine_follows_the_tree(void **state)
{
    struct database *d = *state;
    struct config *config = config_new();
    struct fail f = { 0 };

    must(config_set(config, "database", d->address, "test", &f), &f);
    must(config_set(config, "allow_unsafe_database", "1", "test", &f), &f);
    must(config_set(config, "cache_dir", "/nonexistent/vigil", "test", &f), &f);
    struct engine *e = engine_open(config, &f);

    must(e != NULL, &f);
    const struct orgs *before = engine_orgs(e);

    run(d, TREE);
    must(engine_follow(e, &f), &f);
    const struct orgs *after = engine_orgs(e);

    assert_int_equal(orgs_count(before), 1);
    assert_int_equal(orgs_count(after), 7);
    orgs_drop(before);
    must(engine_follow(e, &f), &f);
    const struct orgs *same = engine_orgs(e);

    assert_ptr_equal(same, after);
    orgs_drop(after);
    orgs_drop(same);
    run(d, "INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m) VALUES (1, 20, "
           "10, 0)");
    must(engine_follow(e, &f), &f);
    after = engine_orgs(e);
    assert_true(orgs_lends(after, 20, 10, (struct point){ 117.1, 34.1 }));
    orgs_drop(after);
    engine_close(e);
    config_free(config);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, database_setup, database_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_city_is_one_organisation),
        TEST(within_is_at_or_below),
        TEST(within_is_what_the_database_says),
        TEST(held_trees_live_until_they_are_dropped),
        TEST(a_rule_lends_up_to_its_reach),
        TEST(a_closed_rule_lends_nobody),
        TEST(reach_is_what_postgis_measures),
        TEST(the_engine_follows_the_tree),
        cmocka_unit_test(words_of_kinds_are_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
