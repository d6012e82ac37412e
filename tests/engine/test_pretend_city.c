/* A made-up city of the small size on a lattice of streets: what there is of
 * everything, that it is made once, and that the same seed makes the same people. */
#include <stdlib.h>

#include "engine/pretend_people.h"
#include "engine/pretend_roster.h"
#include "engine/pretend_tree.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

struct city {
    struct database *d;
    struct ids *ids;
    struct personal *keys;
    struct pretend_tree tree;
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static int set_up(void **state)
{
    struct city *c = calloc(1, sizeof *c);
    struct fail f = { 0 };

    c->d = database_new(true);
    block_import(c->d, 20, BLOCK_PORTO);
    must(db_become(c->d->db, DB_ENGINE, &f), &f);
    c->ids = ids_new();
    c->keys = personal_open(c->d->key_file, &f);
    must(c->keys != NULL, &f);
    *state = c;
    return 0;
}

static int tear_down(void **state)
{
    struct city *c = *state;

    personal_close(c->keys);
    ids_free(c->ids);
    database_free(c->d);
    free(c);
    return 0;
}

static void make_tree(struct city *c, const char *word)
{
    struct fail f = { 0 };

    must(db_begin(c->d->db, &f), &f);
    must(pretend_tree_make(c->d->db, c->ids, pretend_tree_size(word), c->d->arena, &c->tree, &f),
         &f);
    must(db_commit(c->d->db, &f), &f);
}

static int32_t make_people(struct city *c, int32_t people, int32_t on_duty)
{
    const struct pretend_people_wish wish = {
        .database = c->d->address,
        .personal = c->keys,
        .tree = &c->tree,
        .people = people,
        .on_duty = on_duty,
        .seed = 7,
    };
    struct fail f = { 0 };
    int32_t made;

    must(pretend_people_make(&wish, c->ids, &made, &f), &f);
    return made;
}

static int64_t count(struct city *c, const char *from)
{
    return database_int(c->d, arena_text(c->d->arena, "SELECT count(*) FROM vigil.%s", from));
}

static void there_are_three_sizes(void **state)
{
    (void)state;
    assert_int_equal(pretend_tree_size("full")->people, 600000);
    assert_int_equal(pretend_tree_size("full")->stations, 1843);
    assert_int_equal(pretend_tree_size("full")->buses + pretend_tree_size("full")->taxis, 1325);
    assert_int_equal(pretend_tree_size("full")->urban * pretend_tree_size("full")->lookouts, 365);
    assert_non_null(pretend_tree_size("small"));
    assert_null(pretend_tree_size("huge"));
    assert_null(pretend_tree_size(""));
}

static void everything_is_there_once(void **state)
{
    struct city *c = *state;

    for (int i = 0; i < 2; i++) {
        make_tree(c, "small");
        assert_int_equal(count(c, "org"), c->tree.org_count);
        assert_int_equal(count(c, "org WHERE kind = 'township'"), 6);
        assert_int_equal(count(c, "org WHERE kind = 'village'"), 18);
        assert_int_equal(count(c, "org WHERE kind = 'firm' AND trade <> ''"), 6);
        assert_int_equal(count(c, "site"), 6);
        assert_int_equal(count(c, "station"), 20);
        assert_int_equal(count(c, "lookout_point"), 10);
        assert_int_equal(count(c, "squad WHERE kind = 'squad'"), 4);
        assert_int_equal(count(c, "squad WHERE kind = 'crew'"), 16);
        assert_int_equal(count(c, "mutual_aid"), 2);
    }
    assert_int_equal(count(c, "station WHERE org_id = 1"), 0);
    assert_int_equal(count(c, "lookout_point l JOIN vigil.org o USING (org_id)"
                              " WHERE o.name LIKE '%街道' AND ST_Covers(o.area, l.geom)"),
                     10);
}

/* In square metres; the hull is what city_hull.sql says. */
static void counties_and_townships_part_the_city(void **state)
{
    struct city *c = *state;

    make_tree(c, "small");
    assert_int_equal(
        database_int(
            c->d,
            "WITH hull AS (SELECT ST_ConcaveHull(ST_Collect(ST_StartPoint(geom)), 0.1) AS area"
            " FROM vigil.segment)"
            " SELECT round(abs(ST_Area(hull.area::geography) - sum(ST_Area(o.area::geography))))"
            " FROM hull, vigil.org o WHERE o.kind = 'county' GROUP BY hull.area"),
        0);
    assert_int_equal(
        database_int(
            c->d,
            "SELECT round(coalesce(sum(ST_Area(ST_Intersection(a.area, b.area)::geography)), 0))"
            " FROM vigil.org a JOIN vigil.org b ON a.org_id < b.org_id AND a.kind = b.kind"),
        0);
    assert_int_equal(
        database_int(c->d,
                     "SELECT count(*) FROM vigil.org t JOIN vigil.org c ON c.org_id = t.parent_id"
                     " WHERE t.kind = 'township'"
                     " AND ST_Area(ST_Difference(t.area, c.area)::geography) > 1"),
        0);
}

static void people_are_made_once_and_as_many_are_on_duty(void **state)
{
    struct city *c = *state;

    make_tree(c, "small");
    assert_int_equal(make_people(c, 6000, 700), 6000);
    assert_int_equal(make_people(c, 6000, 700), 0);
    assert_int_equal(count(c, "person"), 6000);
    assert_int_equal(count(c, "person WHERE on_duty"), 700);
    assert_int_equal(count(c, "position_last JOIN vigil.person USING (person_id) WHERE on_duty"),
                     700);
    assert_int_equal(count(c, "person WHERE octet_length(phone_hash) = 32 AND location_consent"),
                     6000);
    assert_int_equal(count(c, "person JOIN vigil.org USING (org_id) WHERE kind = 'firm'"), 30);
    assert_int_equal(count(c, "person WHERE mode IN ('bus', 'taxi')"), 16);
    assert_int_equal(count(c, "squad_member"), 30 + 16 + 40);
    assert_int_equal(count(c, "squad_member WHERE role = 'leader'"), 4);
    assert_true(count(c, "membership") > 500);
    assert_true(count(c, "credential") > 500);
    assert_int_equal(count(c, "person p WHERE credential_until IS DISTINCT FROM"
                              " (SELECT min((expires + 1)::timestamp AT TIME ZONE 'UTC')"
                              "  FROM vigil.credential x WHERE x.person_id = p.person_id)"),
                     0);
    assert_true(
        count(c, "org o WHERE EXISTS (SELECT FROM vigil.person p WHERE p.org_id = o.org_id)") > 25);
    assert_int_equal(count(c, "person WHERE name_initials = ''"), 0);
}

static void every_lookout_point_has_its_evenings(void **state)
{
    struct city *c = *state;
    struct fail f = { 0 };

    make_tree(c, "small");
    make_people(c, 2000, 200);
    for (int i = 0; i < 2; i++) {
        must(pretend_roster_make(c->d->db, c->ids, &c->tree, "Asia/Shanghai", c->d->arena, &f), &f);
        assert_int_equal(count(c, "shift"), 70);
        assert_int_equal(count(c, "signup"), 140);
    }
    assert_int_equal(
        database_int(
            c->d, "SELECT min(extract(hour FROM lower(during) AT TIME ZONE 'Asia/Shanghai'))::int"
                  " FROM vigil.shift"),
        20);
}

static const char *everyone(struct city *c)
{
    return database_text(
        c->d,
        "SELECT md5(string_agg(concat_ws('|', display_name, p.mode, skills, on_duty, birth_year,"
        " recruit, o.code, encode(phone_hash, 'hex')), '~' ORDER BY phone_hash))"
        " FROM vigil.person p JOIN vigil.org o USING (org_id)");
}

static void the_same_seed_makes_the_same_people(void **state)
{
    struct city *c = *state;

    make_tree(c, "small");
    make_people(c, 1500, 150);
    const char *first = everyone(c);

    database_text(c->d, "DELETE FROM vigil.position_last");
    database_text(c->d, "DELETE FROM vigil.person");
    database_text(c->d, "DELETE FROM vigil.pretended");
    make_people(c, 1500, 150);
    assert_string_equal(everyone(c), first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_three_sizes),
        TEST(everything_is_there_once),
        TEST(counties_and_townships_part_the_city),
        TEST(people_are_made_once_and_as_many_are_on_duty),
        TEST(every_lookout_point_has_its_evenings),
        TEST(the_same_seed_makes_the_same_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
