/* The streets from the database and from their file. */
#include "engine/streets.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check_near.h"
#include "tests/support/database.h"

/* A square of 12 x 12 junctions with streets of every class, access and limit; some
 * retired ones that must not be seen. */
static const char CITY[] =
    "INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution, finished_at, "
    "current)"
    " VALUES ('a.osm', '', '徐州', '© OpenStreetMap contributors', now(), true);"
    "INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm, class,"
    "                           access, maxspeed_kmh, name, geom, import_id, valid_to)"
    " SELECT i, a, b, 0, 0, 1 + i * 7919 % 30000, i % 13, i * 31 % 64,"
    "        CASE WHEN i % 3 = 0 THEN i % 90 END, CASE WHEN i % 2 = 0 THEN '路 ' || i % 40 ELSE '' "
    "END,"
    "        ST_SetSRID(ST_MakeLine(ST_MakePoint(117 + a / 12 * 0.001, 34 + a % 12 * 0.001),"
    "                               ST_MakePoint(117 + b / 12 * 0.001, 34 + b % 12 * 0.001)), "
    "4326),"
    "        currval('vigil.import_import_id_seq'), CASE WHEN i % 17 = 0 THEN now() END"
    " FROM (SELECT row_number() OVER (ORDER BY a, step) AS i, a, a + step AS b"
    "       FROM generate_series(0, 131) AS a, (VALUES (1), (12)) AS s (step)) AS t";

static const char SPEEDS[] =
    "TRUNCATE vigil.speed;"
    "INSERT INTO vigil.speed SELECT class, mode, CASE WHEN class + length(mode) <> 14 THEN"
    " 0.7 + class * 3.3 + length(mode) * 1.37 END"
    " FROM generate_series(0, 12) AS class, unnest(ARRAY['foot', 'ebike', 'car']) AS mode";

static const char EDGES[] =
    "SELECT string_agg(edge_id || ' ' || source || ' ' || target || ' ' ||"
    " coalesce(foot_ms, 2147483647) || ' ' || coalesce(ebike_ms, 2147483647) || ' ' ||"
    " coalesce(car_ms, 2147483647), E'\\n' ORDER BY edge_id) FROM vigil.edge";

struct fixture {
    struct database *database;
    struct arena *arena; /* of the streets */
    char folder[64];
};

static void run(struct fixture *here, const char *sql)
{
    struct fail f;

    if (!db_script(here->database->db, sql, &f))
        fail_msg("%s", f.text);
}

static int set_up(void **state)
{
    struct database *d = database_new(true);
    struct fixture *here = arena_take(d->arena, 1, sizeof *here);

    here->database = d;
    here->arena = arena_new();
    snprintf(here->folder, sizeof here->folder, "/tmp/vigil-streets-XXXXXX");
    if (!mkdtemp(here->folder))
        return 1;
    *state = here;
    return 0;
}

static void clear_folder(const char *folder)
{
    DIR *all = opendir(folder);

    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    for (const struct dirent *one = readdir(all); one; one = readdir(all))
        unlinkat(dirfd(all), one->d_name, 0);
    closedir(all);
}

static int tear_down(void **state)
{
    struct fixture *here = *state;

    clear_folder(here->folder);
    rmdir(here->folder);
    arena_free(here->arena);
    database_free(here->database);
    return 0;
}

static struct streets load(struct fixture *here, const char *folder)
{
    struct streets s;
    struct fail f;

    if (!streets_load(here->database->db, folder, here->arena, &s, &f))
        fail_msg("%s", f.text);
    return s;
}

static const char *only_file(struct fixture *here)
{
    const char *path = NULL;
    DIR *all = opendir(here->folder);

    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    for (const struct dirent *one = readdir(all); one; one = readdir(all)) {
        if (one->d_name[0] == '.')
            continue;
        assert_null(path);
        path = arena_text(here->arena, "%s/%s", here->folder, one->d_name);
    }
    closedir(all);
    assert_non_null(path);
    return path;
}

/* The engine's edges in the words of EDGES. */
static const char *edges_of(const struct network *n)
{
    static struct buf text;

    buf_clear(&text);
    for (int32_t edge = 0; edge < 2 * n->segment_count; edge++)
        buf_format(&text, "%s%lld %lld %lld %u %u %u", edge > 0 ? "\n" : "",
                   2 * (long long)n->segment_id[edge / 2] + edge % 2,
                   (long long)n->node_id[network_tail(n, edge)],
                   (long long)n->node_id[network_head(n, edge)], n->cost_ms[MODE_FOOT][edge],
                   n->cost_ms[MODE_EBIKE][edge], n->cost_ms[MODE_CAR][edge]);
    return buf_text(&text);
}

static void before_the_first_import_there_is_no_city(void **state)
{
    struct fixture *here = *state;
    struct streets s;
    struct fail f;

    assert_false(streets_load(here->database->db, NULL, here->arena, &s, &f));
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(f.code, CODE_NO_CITY_YET);
}

static void costs_are_those_of_the_view_for_sql_users(void **state)
{
    struct fixture *here = *state;

    run(here, CITY);
    run(here, SPEEDS);
    const struct streets s = load(here, NULL);

    assert_in_range(s.network.segment_count, 200, 260);
    assert_string_equal(s.city_name, "徐州");
    assert_string_equal(edges_of(&s.network), database_text(here->database, EDGES));
    check_near(s.south_west.lon, 117, 1e-9);
    check_near(s.north_east.lat, 34.011, 1e-9);
}

static void a_large_city_may_take_longer_than_a_request(void **state)
{
    struct fixture *here = *state;
    struct fail f;

    run(here, CITY);
    run(here, "ALTER TABLE vigil.segment RENAME TO segment_all;"
              "CREATE VIEW vigil.segment AS SELECT * FROM vigil.segment_all"
              " WHERE pg_sleep(0.008) IS NOT NULL");
    assert_true(db_limit(here->database->db, 1000, &f));
    assert_in_range(load(here, NULL).network.segment_count, 200, 260);
    /* And the limit is that of requests again. */
    run(here, "DO $$ BEGIN ASSERT current_setting('statement_timeout') = '30s'; END $$");
}

static void the_file_gives_what_the_database_gave(void **state)
{
    struct fixture *here = *state;

    run(here, CITY);
    run(here, SPEEDS);
    const struct streets first = load(here, here->folder);
    const struct streets second = load(here, here->folder);

    assert_int_equal(first.origin, STREETS_READ);
    assert_int_equal(second.origin, STREETS_MAPPED);
    assert_string_equal(second.reason, "");
    const char *one = arena_text(here->arena, "%s", edges_of(&first.network));

    assert_string_equal(edges_of(&second.network), one);
    assert_string_equal(network_name(&first.network, 1), network_name(&second.network, 1));
    const struct hierarchy *h = &first.network.hierarchy;

    assert_true(h->node_count >= first.network.node_count);
    assert_int_equal(second.network.hierarchy.node_count, h->node_count);
    assert_int_equal(second.network.hierarchy.arc_count, h->arc_count);
    assert_memory_equal(second.network.hierarchy.node_of, h->node_of,
                        (size_t)h->node_count * sizeof *h->node_of);
    assert_memory_equal(second.network.hierarchy.head, h->head,
                        (size_t)h->arc_count * sizeof *h->head);

    /* Speeds are no part of it. */
    run(here, "UPDATE vigil.speed SET kmh = kmh * 2");
    const struct streets faster = load(here, here->folder);

    assert_int_equal(faster.origin, STREETS_MAPPED);
    assert_string_equal(edges_of(&faster.network), database_text(here->database, EDGES));
    assert_string_not_equal(edges_of(&faster.network), one);
}

static void a_damaged_file_is_made_anew(void **state)
{
    struct fixture *here = *state;

    run(here, CITY);
    run(here, SPEEDS);
    load(here, here->folder);
    const char *path = only_file(here);
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    for (int kind = 0; kind < 3; kind++) {
        FILE *file = fopen(path, "r+b");

        assert_non_null(file);
        if (kind == 0)
            fputc('x', file);
        else if (kind == 1)
            assert_int_equal(ftruncate(fileno(file), about.st_size / 2), 0);
        else
            assert_int_equal(ftruncate(fileno(file), 0), 0);
        fclose(file);
        const struct streets s = load(here, here->folder);

        assert_int_equal(s.origin, STREETS_REMADE);
        assert_true(strlen(s.reason) > 10);
        assert_int_equal(load(here, here->folder).origin, STREETS_MAPPED);
    }
}

static void a_new_import_gets_a_new_file(void **state)
{
    struct fixture *here = *state;

    run(here, CITY);
    run(here, SPEEDS);
    load(here, here->folder);
    const char *old = only_file(here);

    run(here, "UPDATE vigil.import SET current = false");
    run(here, "INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution, current)"
              " VALUES ('b.osm', '', 'B', '', true);"
              "DELETE FROM vigil.segment WHERE segment_id > 100");
    const struct streets s = load(here, here->folder);

    assert_int_equal(s.origin, STREETS_READ);
    assert_in_range(s.network.segment_count, 80, 100);
    assert_string_not_equal(only_file(here), old);
}

/* As when a demo is reset: the ids begin anew, the files are still there. */
static void another_database_with_the_same_ids_is_told_apart(void **state)
{
    struct fixture *here = *state;

    run(here, CITY);
    run(here, SPEEDS);
    load(here, here->folder);
    run(here, "UPDATE vigil.import SET started_at = started_at + interval '1 second'");
    const struct streets s = load(here, here->folder);

    assert_int_equal(s.origin, STREETS_REMADE);
    assert_non_null(strstr(s.reason, "another import"));
}

static void without_a_place_for_files_there_is_a_city_all_the_same(void **state)
{
    struct fixture *here = *state;

    run(here, CITY);
    run(here, SPEEDS);
    const struct streets s = load(here, "/proc/no/such/folder");

    assert_int_equal(s.origin, STREETS_UNCACHED);
    assert_non_null(strstr(s.reason, "cannot be written"));
    assert_true(s.network.segment_count > 0);
}

static void rows_that_cannot_be_right_are_refused(void **state)
{
    struct fixture *here = *state;
    static const char *const WRONG[] = {
        "UPDATE vigil.segment SET class = 13 WHERE segment_id = 3",
        "UPDATE vigil.segment SET class = 3, access = 64 WHERE segment_id = 3",
        "UPDATE vigil.segment SET access = 1, maxspeed_kmh = -3 WHERE segment_id = 3",
        "DELETE FROM vigil.speed",
    };
    struct streets s;
    struct fail f;

    run(here, CITY);
    run(here, SPEEDS);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        run(here, WRONG[i]);
        assert_false(streets_load(here->database->db, NULL, here->arena, &s, &f));
        assert_int_equal(f.code, CODE_STREETS_UNSOUND);
        if (i == 2)
            run(here, "UPDATE vigil.segment SET maxspeed_kmh = NULL");
    }
}

static void a_city_without_streets_is_refused(void **state)
{
    struct fixture *here = *state;
    struct streets s;
    struct fail f;

    run(here, CITY);
    run(here, SPEEDS);
    run(here, "DELETE FROM vigil.segment");
    assert_false(streets_load(here->database->db, here->folder, here->arena, &s, &f));
    assert_int_equal(f.code, CODE_NO_STREETS);
}

#define WITH_CITY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CITY(before_the_first_import_there_is_no_city),
        WITH_CITY(costs_are_those_of_the_view_for_sql_users),
        WITH_CITY(a_large_city_may_take_longer_than_a_request),
        WITH_CITY(the_file_gives_what_the_database_gave),
        WITH_CITY(a_damaged_file_is_made_anew),
        WITH_CITY(a_new_import_gets_a_new_file),
        WITH_CITY(another_database_with_the_same_ids_is_told_apart),
        WITH_CITY(without_a_place_for_files_there_is_a_city_all_the_same),
        WITH_CITY(rows_that_cannot_be_right_are_refused),
        WITH_CITY(a_city_without_streets_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
