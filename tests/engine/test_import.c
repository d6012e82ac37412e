/* A town in an OSM file, made here, goes through osm2pgsql into PostGIS: what comes
 * out, what stays when it comes again, and what happens when it goes wrong. */
#include "tests/support/check_near.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/import.h"
#include "engine/program.h"
#include "tests/support/database.h"

enum { PATH_ROOM = 128 };

static char folder[PATH_ROOM];

/* Nodes 1 to 6 go east along one street, 111 m apart or so; 3 and 4 are one place.
 * At 5 stands a gate. 7 and 8 lie north and south of 2. 9 is not in the file. */
static const char NODES[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6' generator='test'>\n"
    "<node id='1' version='1' lat='34.2600000' lon='117.1800000'/>\n"
    "<node id='2' version='1' lat='34.2600000' lon='117.1810000'/>\n"
    "<node id='3' version='1' lat='34.2600000' lon='117.1820000'/>\n"
    "<node id='4' version='1' lat='34.2600000' lon='117.1820000'/>\n"
    "<node id='5' version='1' lat='34.2600000' lon='117.1830000'>"
    "<tag k='barrier' v='gate'/><tag k='access' v='private'/></node>\n"
    "<node id='6' version='1' lat='34.2600000' lon='117.1840000'/>\n"
    "<node id='7' version='1' lat='34.2610000' lon='117.1810000'/>\n"
    "<node id='8' version='1' lat='34.2590000' lon='117.1810000'/>\n"
    "<node id='20' version='1' lat='34.2605000' lon='117.1805000'>"
    "<tag k='place' v='suburb'/><tag k='name' v='云龙'/><tag k='name:en' v='Yunlong'/></node>\n"
    "<node id='21' version='1' lat='34.2606000' lon='117.1806000'>"
    "<tag k='amenity' v='police'/><tag k='name' v='派出所'/></node>\n"
    "<node id='31' version='1' lat='34.2620000' lon='117.1810000'/>\n"
    "<node id='32' version='1' lat='34.2620000' lon='117.1820000'/>\n"
    "<node id='33' version='1' lat='34.2630000' lon='117.1820000'/>\n"
    "<node id='34' version='1' lat='34.2630000' lon='117.1810000'/>\n";

static const char MAIN_STREET[] =
    "<way id='100' version='1'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/><nd ref='5'/>"
    "<nd ref='6'/><tag k='highway' v='primary'/><tag k='name' v='淮海路'/>"
    "<tag k='name:en' v='Huaihai Road'/><tag k='ref' v='G104'/><tag k='maxspeed' v='60'/></way>\n";
static const char SIDE_STREET[] =
    "<way id='101' version='1'><nd ref='7'/><nd ref='2'/><nd ref='8'/>"
    "<tag k='highway' v='residential'/><tag k='oneway' v='yes'/></way>\n";
static const char NO_STREETS[] =
    "<way id='102' version='1'><nd ref='31'/><nd ref='32'/><nd ref='33'/><nd ref='34'/>"
    "<nd ref='31'/><tag k='highway' v='pedestrian'/><tag k='area' v='yes'/></way>\n"
    "<way id='103' version='1'><nd ref='31'/><nd ref='33'/><tag k='highway' v='construction'/>"
    "</way>\n"
    "<way id='104' version='1'><nd ref='31'/><nd ref='32'/><nd ref='33'/><nd ref='34'/>"
    "<nd ref='31'/><tag k='building' v='yes'/></way>\n";
static const char LEAVING_STREET[] = /* its end lies beyond the extract */
    "<way id='105' version='1'><nd ref='6'/><nd ref='33'/><nd ref='9'/>"
    "<tag k='highway' v='service'/></way>\n";
static const char RESTRICTION[] =
    "<relation id='200' version='1'><member type='way' ref='101' role='from'/>"
    "<member type='node' ref='2' role='via'/><member type='way' ref='100' role='to'/>"
    "<tag k='type' v='restriction'/><tag k='restriction' v='no_left_turn'/></relation>\n";
static const char END[] = "</osm>\n";

static const char *const TOWN[] = { NODES,          MAIN_STREET, SIDE_STREET, NO_STREETS,
                                    LEAVING_STREET, RESTRICTION, END,         NULL };

static const char *write_file(struct database *d, const char *name, const char *const *parts)
{
    const char *path = arena_text(d->arena, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (; *parts; parts++)
        assert_true(fputs(*parts, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static bool import_with(struct database *d, const char *path, const struct import_watch *watch,
                        struct import_result *result, struct fail *f)
{
    const struct import_wish wish = { .path = path, .city_name = "徐州", .attribution = "test" };

    return import_run(d->db, &wish, watch, result, f);
}

static struct import_result import_town(struct database *d, const char *path)
{
    const struct import_watch nobody = { 0 };
    struct import_result result;
    struct fail f = { 0 };

    if (!import_with(d, path, &nobody, &result, &f))
        fail_msg("%s", f.text);
    return result;
}

static void check_refused(struct database *d, const char *path, enum fail_code code)
{
    const struct import_watch nobody = { 0 };
    struct import_result result;
    struct fail f = { 0 };

    assert_false(import_with(d, path, &nobody, &result, &f));
    if (f.code != code)
        fail_msg("%s: %s (%s)", path, fail_word(f.code), f.text);
}

/* Everything about the streets in service, in one text. */
static const char *streets(struct database *d)
{
    return database_text(d, "SELECT string_agg(segment_id || ':' || way_id || ':' || from_node || "
                            "'-' || to_node || '/' || ordinal, ' ' ORDER BY segment_id) "
                            "FROM vigil.segment WHERE valid_to IS NULL");
}

static void a_town_becomes_segments(void **state)
{
    struct database *d = *state;
    const struct import_result r = import_town(d, write_file(d, "town.osm", TOWN));

    assert_int_equal(r.street_count, 3);
    assert_int_equal(r.added_count, 6);
    assert_string_equal(
        database_text(d, "SELECT string_agg(way_id || ':' || from_node || '-' || to_node || '/' || "
                         "ordinal || ' ' || class || ' ' || access || ' ' || start_cm, ', ' "
                         "ORDER BY way_id, start_cm) FROM vigil.segment"),
        "100:1-2/0 2 63 0, 100:2-5/0 2 63 9210, 100:5-6/0 2 63 27630, "
        "101:7-2/0 5 23 0, 101:2-8/0 5 23 11093, 105:6-33/0 6 63 0");
    assert_string_equal(database_text(d, "SELECT concat_ws('|', name, name_zh, name_en, ref, "
                                         "maxspeed_kmh) FROM vigil.segment WHERE from_node = 1"),
                        "淮海路||Huaihai Road|G104|60");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.import WHERE current AND "
                                     "city_name = '徐州' AND segment_count = 6 AND "
                                     "length(file_sha256) = 64"),
                     1);
}

static void a_repeated_point_does_not_shift_the_coordinates(void **state)
{
    struct database *d = *state;

    import_town(d, write_file(d, "town.osm", TOWN));
    /* Nodes 2, 3, 4, 5, of which two are one place. */
    assert_string_equal(
        database_text(d, "SELECT ST_AsText(geom) FROM vigil.segment WHERE from_node = 2 AND "
                         "to_node = 5"),
        "LINESTRING(117.181 34.26,117.182 34.26,117.183 34.26)");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.segment WHERE abs(length_cm / "
                                     "100.0 - ST_Length(geom::geography)) > 0.0051"),
                     0);
}

static void what_is_beside_streets_comes_too(void **state)
{
    struct database *d = *state;

    import_town(d, write_file(d, "town.osm", TOWN));
    assert_string_equal(database_text(d, "SELECT kind || ' ' || (members -> 1 ->> 'role') || ' ' "
                                         "|| (members -> 1 ->> 'ref') FROM vigil.restriction"),
                        "no_left_turn via 2");
    assert_string_equal(database_text(d, "SELECT node_id || ' ' || kind FROM vigil.barrier"),
                        "5 gate");
    assert_string_equal(database_text(d, "SELECT kind FROM osm.building"), "yes");
    assert_string_equal(
        database_text(d, "SELECT name || ' ' || (tags ->> 'name:en') FROM osm.place"),
        "云龙 Yunlong");
    assert_string_equal(database_text(d, "SELECT string_agg(kind || ' ' || name_folded, ', ' ORDER "
                                         "BY kind DESC) FROM osm.name"),
                        "street 淮海路 huaihai road g104, poi 派出所, place 云龙 yunlong");
    assert_int_equal(database_int(d, "SELECT count(*) FROM osm.name n JOIN vigil.segment s USING "
                                     "(segment_id) WHERE s.name = n.name"),
                     1);
}

/* A bow-tie, and a wall to and fro: the one becomes what it covers, the other goes, and
 * both are told. */
static void shapes_that_are_not_valid_are_repaired_or_dropped_and_told(void **state)
{
    static const char WRONG[] =
        "<way id='110' version='1'><nd ref='31'/><nd ref='33'/><nd ref='32'/><nd ref='34'/>"
        "<nd ref='31'/><tag k='building' v='yes'/></way>\n"
        "<way id='111' version='1'><nd ref='31'/><nd ref='32'/><nd ref='33'/><nd ref='32'/>"
        "<nd ref='31'/><tag k='building' v='yes'/></way>\n";
    const char *const town[] = { NODES, MAIN_STREET, WRONG, END, NULL };
    struct database *d = *state;
    const struct import_result r = import_town(d, write_file(d, "wrong.osm", town));

    assert_int_equal(r.repaired_count, 1);
    assert_int_equal(r.dropped_count, 1);
    assert_int_equal(database_int(d, "SELECT count(*) FROM osm.building"), 1);
    assert_int_equal(database_int(d, "SELECT count(*) FROM osm.building WHERE ST_IsValid(geom) AND "
                                     "abs(ST_Area(geom) - 0.5e-6) < 1e-9"),
                     1);
}

/* What stands for one thing is joined; namesakes far apart stay apart. */
static void what_is_mapped_twice_is_found_once(void **state)
{
    static const char TWICE[] =
        "<node id='40' version='1' lat='34.2700' lon='117.1805'>"
        "<tag k='place' v='city'/><tag k='name' v='YUNLONG'/></node>\n"
        "<node id='41' version='1' lat='34.2705' lon='117.1800'>"
        "<tag k='place' v='quarter'/><tag k='name' v='Yunlong'/></node>\n"
        "<node id='42' version='1' lat='34.4000' lon='117.1800'>"
        "<tag k='place' v='village'/><tag k='name' v='Yunlong'/></node>\n"
        "<node id='43' version='1' lat='34.2599' lon='117.1800'>"
        "<tag k='public_transport' v='platform'/><tag k='name' v='Port'/></node>\n"
        "<node id='44' version='1' lat='34.2601' lon='117.1801'>"
        "<tag k='public_transport' v='stop_position'/><tag k='name' v='Port'/>"
        "<tag k='name:en' v='Harbour'/></node>\n"
        "<node id='45' version='1' lat='34.2700' lon='117.1801'>"
        "<tag k='shop' v='kiosk'/><tag k='name' v='Port'/></node>\n";
    const char *const town[] = { NODES, TWICE, MAIN_STREET, END, NULL };
    struct database *d = *state;

    import_town(d, write_file(d, "twice.osm", town));
    assert_string_equal(database_text(d, "SELECT string_agg(name || ' ' || weight, ', ' ORDER BY "
                                         "ST_Y(geom)) FROM osm.name WHERE kind = 'place'"),
                        "云龙 3, YUNLONG 5, Yunlong 3");
    assert_string_equal(database_text(d, "SELECT string_agg(name_folded, ', ' ORDER BY ST_Y(geom)) "
                                         "FROM osm.name WHERE name = 'Port'"),
                        "port harbour, port");
}

static void the_same_file_twice_keeps_every_segment_id(void **state)
{
    struct database *d = *state;
    const char *path = write_file(d, "town.osm", TOWN);

    import_town(d, path);
    const char *before = streets(d);
    const int64_t version =
        database_int(d, "SELECT version FROM vigil.layer_version WHERE layer = 'streets'");
    const struct import_result again = import_town(d, path);

    assert_string_equal(streets(d), before);
    assert_int_equal(again.kept_count, 6);
    assert_int_equal(again.added_count, 0);
    assert_int_equal(again.retired_count, 0);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.import WHERE current"), 1);
    assert_int_equal(
        database_int(d, "SELECT version FROM vigil.layer_version WHERE layer = 'streets'"),
        version + 1);
}

/* The two edges of each segment of two ways, from where to where. */
static const char *edges(struct database *d)
{
    return database_text(d,
                         "SELECT string_agg(edge_id || ':' || source || '>' || target, ' ' "
                         "ORDER BY edge_id) FROM vigil.edge JOIN vigil.segment USING (segment_id) "
                         "WHERE way_id IN (100, 101)");
}

static void edges_of_a_way_keep_their_ids_whatever_becomes_of_its_tags_and_of_others(void **state)
{
    static const char *const CHANGED[] = {
        NODES,
        "<way id='1' version='1'><nd ref='31'/><nd ref='7'/><tag k='highway' v='path'/></way>\n",
        "<way id='100' version='2'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/>"
        "<nd ref='5'/><nd ref='6'/><tag k='highway' v='secondary'/><tag k='oneway' v='yes'/>"
        "<tag k='name' v='新路'/></way>\n",
        SIDE_STREET,
        "<way id='300' version='1'><nd ref='32'/><nd ref='33'/><tag k='highway' "
        "v='steps'/></way>\n",
        END,
        NULL,
    };
    struct database *d = *state;

    import_town(d, write_file(d, "town.osm", TOWN));
    const char *before = edges(d);

    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.edge e JOIN vigil.segment g USING "
                                     "(segment_id) WHERE way_id IN (100, 101)"),
                     10);
    import_town(d, write_file(d, "changed.osm", CHANGED));
    assert_string_equal(edges(d), before);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.edge e JOIN vigil.segment g USING "
                                     "(segment_id) WHERE way_id = 100 AND car_ms IS NOT NULL AND "
                                     "NOT against"),
                     3);
    import_town(d, write_file(d, "town.osm", TOWN));
    assert_string_equal(edges(d), before);
}

static void a_street_that_is_gone_is_retired_and_not_deleted(void **state)
{
    static const char *const WITHOUT_SIDE_STREET[] = { NODES, MAIN_STREET, END, NULL };
    struct database *d = *state;

    import_town(d, write_file(d, "town.osm", TOWN));
    const int64_t gate =
        database_int(d, "SELECT segment_id FROM vigil.segment WHERE from_node = 5");
    const struct import_result r = import_town(d, write_file(d, "less.osm", WITHOUT_SIDE_STREET));

    /* The main street is no longer cut at node 2: 1-5 is new, 5-6 is what it was. */
    assert_int_equal(r.kept_count, 1);
    assert_int_equal(r.added_count, 1);
    assert_int_equal(r.retired_count, 5);
    assert_int_equal(database_int(d, "SELECT segment_id FROM vigil.segment WHERE from_node = 5 "
                                     "AND valid_to IS NULL"),
                     gate);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.segment WHERE way_id = 101 AND "
                                     "valid_to IS NOT NULL"),
                     2);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.restriction"), 0);
    assert_int_equal(database_int(d, "SELECT count(*) FROM osm.building"), 0);
}

static void an_unsorted_file_is_sorted_first(void **state)
{
    static const char HEAD[] = "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>\n";
    const char *const backwards[] = {
        HEAD, RESTRICTION, SIDE_STREET, MAIN_STREET, strstr(NODES, "<node"), END, NULL
    };
    struct database *d = *state;
    const struct import_result r = import_town(d, write_file(d, "backwards", backwards));

    assert_int_equal(r.street_count, 2);
    assert_int_equal(r.added_count, 5);
}

static void what_is_no_extract_is_refused_and_changes_nothing(void **state)
{
    static const char *const TEXT[] = { "this is no map\n", NULL };
    static const char *const EMPTY[] = { "", NULL };
    static const char *const OTHER_XML[] = { "<?xml version='1.0'?><html></html>", NULL };
    static const char *const CUT[] = { NODES, MAIN_STREET, NULL };
    static const char *const ROADLESS[] = { NODES, NO_STREETS, END, NULL };
    static const char *const WAYLESS[] = { NODES, END, NULL };
    struct database *d = *state;

    import_town(d, write_file(d, "town.osm", TOWN));
    const char *before = streets(d);

    check_refused(d, "/nonexistent/town.osm.pbf", CODE_EXTRACT_MISSING);
    check_refused(d, folder, CODE_EXTRACT_UNREADABLE);
    check_refused(d, write_file(d, "text.osm.pbf", TEXT), CODE_EXTRACT_UNREADABLE);
    check_refused(d, write_file(d, "empty.osm.pbf", EMPTY), CODE_EXTRACT_UNREADABLE);
    check_refused(d, write_file(d, "other.osm", OTHER_XML), CODE_EXTRACT_UNREADABLE);
    check_refused(d, write_file(d, "cut.osm", CUT), CODE_EXTRACT_UNREADABLE);
    check_refused(d, write_file(d, "roadless.osm", ROADLESS), CODE_EXTRACT_WITHOUT_ROADS);
    check_refused(d, write_file(d, "wayless.osm", WAYLESS), CODE_EXTRACT_WITHOUT_ROADS);
    assert_string_equal(streets(d), before);
    assert_null(database_text(d, "SELECT to_regnamespace('vigil_staging')"));
}

struct stop {
    enum import_step at;
    bool reached;
    bool kill;
};

static void reach(void *self, enum import_step step)
{
    struct stop *s = self;

    if (step != s->at)
        return;
    s->reached = true;
    if (s->kill)
        raise(SIGKILL);
}

static bool until_reached(void *self)
{
    const struct stop *s = self;

    return !s->reached;
}

static void an_interrupted_import_leaves_the_old_city(void **state)
{
    static const char *const OTHER[] = { NODES, SIDE_STREET, END, NULL };
    struct database *d = *state;

    import_town(d, write_file(d, "town.osm", TOWN));
    const char *before = streets(d);
    const char *other = write_file(d, "other.osm", OTHER);

    for (int step = IMPORT_LOOK; step <= (int)IMPORT_STREETS; step++) {
        struct stop s = { .at = (enum import_step)step };
        const struct import_watch watch = { reach, until_reached, &s };
        struct import_result result;
        struct fail f = { 0 };

        if (step == IMPORT_SORT)
            continue;
        assert_false(import_with(d, other, &watch, &result, &f));
        assert_int_equal(f.code, CODE_INTERRUPTED);
        assert_string_equal(streets(d), before);
        assert_null(database_text(d, "SELECT to_regnamespace('vigil_staging')"));
    }
}

/* Imports in a process of its own, which dies at the step. */
static void import_and_die(struct database *d, const char *path, enum import_step at)
{
    const pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        struct fail f = { 0 };
        struct import_result result;
        struct stop s = { .at = at, .kill = true };
        const struct import_watch watch = { reach, NULL, &s };
        struct database own = { .db = db_open(d->address, &f) };

        if (own.db)
            (void)import_with(&own, path, &watch, &result, &f);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void a_killed_import_leaves_the_old_city_and_the_next_one_works(void **state)
{
    static const char *const OTHER[] = { NODES, SIDE_STREET, END, NULL };
    static const enum import_step STEPS[] = { IMPORT_STREETS, IMPORT_MAP, IMPORT_NAMES };
    struct database *d = *state;
    const char *town = write_file(d, "town.osm", TOWN);

    import_town(d, town);
    const char *before = streets(d);
    const char *other = write_file(d, "other.osm", OTHER);

    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        import_and_die(d, other, STEPS[i]);
        assert_string_equal(streets(d), before);
        assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.import WHERE current"), 1);
    }
    /* The dead one's lock goes with its connection. */
    const struct import_result r = import_town(d, town);

    assert_int_equal(r.kept_count, 6);
    assert_string_equal(streets(d), before);
    assert_null(database_text(d, "SELECT to_regnamespace('vigil_staging')"));
}

static void two_imports_at_once_are_refused(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    const struct db_value lock = db_int(0x766967696c02);
    struct db *other = db_open(d->address, &f);

    assert_non_null(other);
    assert_true(db_run(other, QUERIES_LOCK_WAIT, &lock, 1, NULL, NULL, &f));
    check_refused(d, write_file(d, "town.osm", TOWN), CODE_IMPORT_RUNNING);
    db_close(other);
}

static void an_unmigrated_database_is_named(void **state)
{
    struct database *d = *state;
    struct database *empty = database_new(false);

    check_refused(empty, write_file(d, "town.osm", TOWN), CODE_DATABASE_NOT_MIGRATED);
    database_free(empty);
}

/* Puts a folder first on $PATH in which osm2pgsql is this script, or nothing else
 * at all when `script` is NULL. */
static void with_programs(struct database *d, const char *script, enum fail_code code)
{
    const char *path = getenv("PATH"); // NOLINT(concurrency-mt-unsafe): one thread
    char *old = strdup(path ? path : "");
    const char *town = write_file(d, "town.osm", TOWN);

    assert_non_null(old);
    if (script) {
        const char *const parts[] = { "#!/bin/sh\n", script, NULL };
        const char *program = write_file(d, "osm2pgsql", parts);

        assert_int_equal(chmod(program, 0700), 0);
        setenv("PATH", arena_text(d->arena, "%s:%s", folder, old),
               1); // NOLINT(concurrency-mt-unsafe)
    } else {
        setenv("PATH", "/nonexistent", 1); // NOLINT(concurrency-mt-unsafe)
    }
    check_refused(d, town, code);
    setenv("PATH", old, 1); // NOLINT(concurrency-mt-unsafe)
    free(old);
}

static void a_missing_program_is_named(void **state)
{
    with_programs(*state, NULL, CODE_PROGRAM_MISSING);
}

static void a_full_disk_is_named(void **state)
{
    with_programs(*state, "echo 'could not extend file: No space left on device' >&2; exit 1\n",
                  CODE_DISK_FULL);
}

static void another_failure_of_osm2pgsql_is_passed_on(void **state)
{
    with_programs(*state, "echo 'something odd' >&2; exit 3\n", CODE_IMPORT_FAILED);
}

static void why_a_program_failed_is_found(void **state)
{
    static const struct {
        const char *said, *reason;
    } CASES[] = {
        { "", "" },
        { "\n\n", "" },
        { "first\nsecond\rthird line\n \n", "third line" },
        { "reading\nERROR: no table\n\tat line 3\n", "ERROR: no table" },
        { "error: one\nERROR: two\nthe end", "ERROR: two" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf said = { 0 };

        buf_string(&said, CASES[i].said);
        assert_string_equal(program_reason(&said), CASES[i].reason);
        buf_free(&said);
    }
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/vigil-import-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const RM[] = { "rm", "-rf", "--", folder, NULL };
    const struct program p = { .arguments = RM, .package = "coreutils" };
    struct buf out = { 0 };
    struct buf said = { 0 };
    struct fail f = { 0 };
    int status = 1;

    (void)state;
    (void)program_run(&p, &out, &said, &status, &f);
    buf_free(&out);
    buf_free(&said);
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_town_becomes_segments, database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(a_repeated_point_does_not_shift_the_coordinates,
                                        database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(what_is_beside_streets_comes_too, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(shapes_that_are_not_valid_are_repaired_or_dropped_and_told,
                                        database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(what_is_mapped_twice_is_found_once, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(
            edges_of_a_way_keep_their_ids_whatever_becomes_of_its_tags_and_of_others,
            database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(the_same_file_twice_keeps_every_segment_id, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_street_that_is_gone_is_retired_and_not_deleted,
                                        database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(an_unsorted_file_is_sorted_first, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_extract_is_refused_and_changes_nothing,
                                        database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(an_interrupted_import_leaves_the_old_city, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_killed_import_leaves_the_old_city_and_the_next_one_works,
                                        database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(two_imports_at_once_are_refused, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(an_unmigrated_database_is_named, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_missing_program_is_named, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_is_named, database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(another_failure_of_osm2pgsql_is_passed_on, database_setup,
                                        database_teardown),
        cmocka_unit_test(why_a_program_failed_is_found),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
