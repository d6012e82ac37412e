/* The organisation tree as a table: what goes in comes out, and each bad line is named. */
#include <string.h>

#include "engine/engine.h"
#include "tests/support/asking.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

static const char TREE[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (10, 1, 'county', '320302', '东郊区'), (20, 1, 'county', '320303', '西郊区');";

static int open_room(void **state)
{
    static struct asking_room room;
    struct fail f = { 0 };
    const int opened = asking_open_room(&room, state);

    if (opened != 0)
        return opened;
    if (!db_script(room.d->db, TREE, &f) || !engine_follow(asking_engine(room.asking), &f))
        fail_msg("%s", f.text);
    return 0;
}

static int close_room(void **state)
{
    return asking_close_room(*state);
}

static struct asking_answer import(struct asking_room *room, const char *target, const char *body)
{
    const char *headers = arena_text(room->d->arena, "%s\nContent-Type: text/csv; charset=utf-8",
                                     asking_fresh_key(room));

    return asking_send(room->worker, "POST", target, headers, body);
}

static int64_t orgs(struct asking_room *room)
{
    return database_int(room->d, "SELECT count(*) FROM vigil.org WHERE valid_to IS NULL");
}

static void lines_in_any_order_make_a_tree(void **state)
{
    static const char TABLE[] = "\xEF\xBB\xBF"
                                "name,code,kind,parent_code\r\n"
                                "河口村,V1,村,T1\r\n"
                                "河口镇,T1,township,320302\r\n"
                                "\"水上, 分会\",W,sector,\r\n";
    struct asking_room *room = *state;
    struct asking_answer answer = import(room, "/v1/orgs/import?dry_run=true", TABLE);

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 3);
    assert_int_equal(orgs(room), 3);
    answer = import(room, "/v1/orgs/import", TABLE);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 3);
    assert_int_equal(asking_int(&answer, "/refused"), 0);
    assert_string_equal(asking_text(&answer, "/encoding"), "utf-8");
    assert_int_equal(orgs(room), 6);
    assert_string_equal(database_text(room->d,
                                      "SELECT string_agg(a.code, '/' ORDER BY r.depth DESC)"
                                      " FROM vigil.org_reach r JOIN vigil.org o USING (org_id)"
                                      " JOIN vigil.org a ON a.org_id = r.ancestor_id"
                                      " WHERE o.code = 'V1'"),
                        "CITY/320302/T1/V1");
    assert_string_equal(database_text(room->d, "SELECT name FROM vigil.org WHERE code = 'W'"),
                        "水上, 分会");
}

static void each_bad_line_is_named_and_the_good_ones_go_in(void **state)
{
    static const char TABLE[] = "code,name,kind,parent_code,trade\n"
                                "A,甲,township,320302,\n" /* 2: good */
                                "B,,township,320302,\n"   /* 3: no name */
                                "C,丙,kingdom,320302,\n"  /* 4 */
                                "A,又,township,320302,\n" /* 5: twice */
                                "320303,丁,county,,\n"    /* 6: taken */
                                "E,戊,village,NONE,\n"    /* 7: no such parent */
                                "F,己,village,G,\n"       /* 8 and 9: a ring */
                                "G,庚,village,F,\n"
                                "H,辛,village,B2,\n"          /* 10: below 11, which is wrong */
                                "B2,壬,village,320302,bank\n" /* 11: no firm */
                                "I,癸,township,320303,\n"     /* 12: below one that is there */
                                "J,子,village,320302,,x\n";   /* 13: a cell too many */
    static const struct {
        int64_t line;
        const char *code;
    } WRONG[] = {
        { 3, "value_empty" },     { 4, "value_not_allowed" }, { 5, "code_repeated" },
        { 6, "code_taken" },      { 7, "reference_unknown" }, { 8, "org_loop" },
        { 9, "org_loop" },        { 10, "parent_refused" },   { 11, "value_not_allowed" },
        { 13, "csv_cell_count" },
    };
    struct asking_room *room = *state;
    struct asking_answer answer = import(room, "/v1/orgs/import", TABLE);

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 2);
    assert_int_equal(asking_count(&answer, "/errors"), sizeof WRONG / sizeof *WRONG);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const char *at = arena_text(room->d->arena, "/errors/%zu", i);

        assert_int_equal(asking_int(&answer, arena_text(room->d->arena, "%s/line", at)),
                         WRONG[i].line);
        assert_string_equal(asking_text(&answer, arena_text(room->d->arena, "%s/code", at)),
                            WRONG[i].code);
    }
    assert_int_equal(database_int(room->d, "SELECT parent_id FROM vigil.org WHERE code = 'I'"), 20);
}

static void gb18030_is_read(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer =
        import(room, "/v1/orgs/import", "code,name,kind\nN1,\xB1\xB1\xC6\xAC,township\n");

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/encoding"), "gb18030");
    assert_string_equal(database_text(room->d, "SELECT name FROM vigil.org WHERE code = 'N1'"),
                        "北片");
}

static void what_is_no_table_is_refused(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer = import(room, "/v1/orgs/import", "code,name\nA,b\n");

    asking_expect(&answer, 422, "column_missing");
    answer = import(room, "/v1/orgs/import", "code,name,kind,colour\nA,b,county,red\n");
    asking_expect(&answer, 422, "column_unknown");
    answer = asking_send(
        room->worker, "POST", "/v1/orgs/import",
        arena_text(room->d->arena, "%s\nContent-Type: application/json", asking_fresh_key(room)),
        "{}");
    asking_expect(&answer, 415, "content_type");
    assert_int_equal(orgs(room), 3);
}

static void what_is_exported_can_be_imported_again(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer =
        import(room, "/v1/orgs/import",
               "code,name,kind,parent_code,trade,address\n"
               "T,\"a \"\"b\"\"\",township,320302,,\nF,=1+1,firm,T,bank,\"x, y\"\n");

    asking_expect(&answer, 200, NULL);
    answer = asking_send(room->worker, "GET", "/v1/orgs/export", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    const char *table = arena_copy(room->d->arena, answer.body, answer.size);

    assert_non_null(strstr(table, "F,\"'=1+1\",firm,T,bank,\"x, y\""));
    database_text(room->d, "DELETE FROM vigil.org_reach WHERE org_id > 1");
    database_text(room->d, "DELETE FROM vigil.org WHERE org_id > 1");
    assert_int_equal(orgs(room), 1);
    answer = import(room, "/v1/orgs/import", table);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 4);
    answer = asking_send(room->worker, "GET", "/v1/orgs/export", NULL, NULL);
    assert_string_equal(answer.body, table);
}

static void a_manager_imports_and_exports_her_own_branch(void **state)
{
    struct asking_room *room = *state;

    asking_as(room->worker, ROLE_MANAGER, 10, 0);
    struct asking_answer answer = import(room, "/v1/orgs/import",
                                         "code,name,kind,parent_code\nT,镇,township,\n"
                                         "U,镇,township,320303\nW,镇,township,320302\n");

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/added"), 2);
    assert_int_equal(asking_int(&answer, "/errors/0/line"), 3);
    assert_string_equal(asking_text(&answer, "/errors/0/code"), "reference_unknown");
    assert_int_equal(database_int(room->d, "SELECT count(*) FROM vigil.org WHERE parent_id = 10"),
                     2);
    answer = asking_send(room->worker, "GET", "/v1/orgs/export", NULL, NULL);
    assert_null(strstr(answer.body, "西郊"));
    assert_non_null(strstr(answer.body, "320302,东郊区,county,,"));
    answer = asking_send(room->worker, "GET", "/v1/orgs/export?org=20", NULL, NULL);
    assert_null(strstr(answer.body, "西郊"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_in_any_order_make_a_tree),
        TEST(each_bad_line_is_named_and_the_good_ones_go_in),
        TEST(gb18030_is_read),
        TEST(what_is_no_table_is_refused),
        TEST(what_is_exported_can_be_imported_again),
        TEST(a_manager_imports_and_exports_her_own_branch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
