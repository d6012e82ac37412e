/* People as tables, in and out. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/engine.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

static struct asking_room ROOM;

static int set_up(void **state)
{
    struct fail f;
    const int result = asking_open_room(&ROOM, state);

    assert_true(db_script(ROOM.d->db,
                          "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
                          " (2, 1, 'county', '320311', 'A'), (3, 1, 'county', '320312', 'B'),"
                          " (4, 2, 'township', '320311001', 'AA')",
                          &f));
    assert_true(engine_follow(asking_engine(ROOM.asking), &f));
    asking_as(ROOM.worker, ROLE_MANAGER, 2, 0);
    return result;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct asking_answer send_table(const char *query, const char *key, const char *table)
{
    const char *headers = arena_text(ROOM.d->arena, "Content-Type: text/csv\n%s", key);

    return asking_send(ROOM.worker, "POST", arena_text(ROOM.d->arena, "/v1/people/import%s", query),
                       headers, table);
}

static struct asking_answer import(const char *table)
{
    return send_table("", asking_fresh_key(&ROOM), table);
}

static struct asking_answer preview(const char *table)
{
    return send_table("?dry_run=true", asking_fresh_key(&ROOM), table);
}

static struct asking_answer get(const char *target)
{
    return asking_send(ROOM.worker, "GET", target, NULL, NULL);
}

static int64_t people(void)
{
    return database_int(ROOM.d, "SELECT count(*) FROM vigil.person");
}

static const char MIXED[] =
    "name,org,phone,identity,birth_year,mode,skills,recruit\n"
    "王小明,320311001,138 0000 1234,320300199001011230,,ebike,aed;消防,长期\n"
    ",,,,,,,\n"
    ",,13900000000,,,,,\n"
    "b,320312,,,,,,\n"
    "c,,12,,,,,\n"
    "d,,,320300199001011231,,,,\n"
    "e,,,,1800,,,\n"
    "f,,,,,horse,,\n"
    "g,,,,,,juggling,\n"
    "h,,+8613800001234,,,,,\n"
    "i,,,,\n"
    "j,,,110101198001010037,1990,,,\n"
    "李娜,,,,,公交,,reserve\n";

static void every_bad_line_is_named_and_the_good_ones_let_in(void **state)
{
    static const struct {
        int32_t line;
        const char *column;
        const char *code;
    } ERRORS[] = {
        { 4, "name", "value_empty" },
        { 5, "org", "org_unknown" },
        { 6, "phone", "phone_malformed" },
        { 7, "identity", "identity_malformed" },
        { 8, "birth_year", "value_out_of_range" },
        { 9, "mode", "value_not_allowed" },
        { 10, "skills", "value_not_allowed" },
        { 11, "phone", "person_repeated" },
        { 12, NULL, "csv_cell_count" },
    };

    (void)state;
    struct asking_answer answer = preview(MIXED);

    asking_expect(&answer, 200, NULL);
    assert_int_equal(people(), 0);
    assert_int_equal(asking_int(&answer, "/lines"), 12);
    assert_int_equal(asking_int(&answer, "/accepted"), 2);
    assert_int_equal(asking_int(&answer, "/refused"), 10);
    for (int i = 0; i < (int)(sizeof ERRORS / sizeof *ERRORS); i++) {
        const char *at = arena_text(ROOM.d->arena, "/errors/%d", i);

        assert_int_equal(asking_int(&answer, arena_text(ROOM.d->arena, "%s/line", at)),
                         ERRORS[i].line);
        assert_string_equal(asking_text(&answer, arena_text(ROOM.d->arena, "%s/code", at)),
                            ERRORS[i].code);
        if (ERRORS[i].column)
            assert_string_equal(asking_text(&answer, arena_text(ROOM.d->arena, "%s/column", at)),
                                ERRORS[i].column);
    }
    assert_string_equal(asking_text(&answer, "/errors/2/value"), "12");
    answer = preview("name,birth_year\na,2099\n");
    assert_string_equal(asking_text(&answer, "/errors/0/code"), "value_out_of_range");
    answer = import(MIXED);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/accepted"), 2);
    assert_non_null(strstr(answer.body, "\"column\":\"phone\",\"value\":null"));
    assert_int_equal(people(), 2);
    answer = get("/v1/people?q=wxm");
    assert_int_equal(asking_int(&answer, "/items/0/org_id"), 4);
    assert_int_equal(asking_int(&answer, "/items/0/birth_year"), 1990);
    assert_string_equal(asking_text(&answer, "/items/0/phone"), "138****1234");
    assert_string_equal(asking_text(&answer, "/items/0/mode"), "ebike");
    assert_int_equal(asking_count(&answer, "/items/0/skills"), 2);
    answer = get("/v1/people?q=ln");
    assert_string_equal(asking_text(&answer, "/items/0/mode"), "bus");
    assert_string_equal(asking_text(&answer, "/items/0/recruit"), "reserve");
    assert_int_equal(asking_int(&answer, "/items/0/org_id"), 2);
}

static void a_table_that_is_sent_twice_is_let_in_once(void **state)
{
    const char *key = asking_fresh_key(&ROOM);

    (void)state;
    struct asking_answer answer = send_table("", key, "name\na\nb\n");

    asking_expect(&answer, 200, NULL);
    answer = send_table("", key, "name\na\nb\n");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/accepted"), 2);
    assert_int_equal(people(), 2);
    answer = import("name,phone\nc,13800001234\n");
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    answer = import("name,phone\nc,13800001234\nd,13800005678\n");
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    assert_string_equal(asking_text(&answer, "/errors/0/code"), "person_registered");
    assert_non_null(strstr(asking_text(&answer, "/errors/0/detail"), "is registered already"));
    assert_null(strstr(answer.body, "13800001234"));
    assert_int_equal(asking_int(&answer, "/errors/0/line"), 2);
    assert_int_equal(people(), 4);
}

/* Whoever is registered by others is refused in the same words. */
static void others_people_are_not_told_of(void **state)
{
    (void)state;
    struct asking_answer answer = import("name,phone\nc,13800001234\n");

    asking_as(ROOM.worker, ROLE_MANAGER, 3, 0);
    answer = preview("name,phone\nc,13800001234\n");
    assert_string_equal(asking_text(&answer, "/errors/0/code"), "person_registered");
    assert_string_equal(asking_text(&answer, "/errors/0/detail"),
                        "somebody with this phone number is registered already");
    answer = get("/v1/people/export");
    asking_expect(&answer, 200, NULL);
    assert_null(strstr(answer.body, "1234"));
    answer = get("/v1/people/export?org=2");
    asking_expect(&answer, 422, "org_unknown");
    answer = send_table("?org=2", asking_fresh_key(&ROOM), "name\na\n");
    asking_expect(&answer, 422, "org_unknown");
}

static void gb18030_and_a_mark_are_read(void **state)
{
    static const char GB[] =
        "\xd0\xd5\xc3\xfb,\xca\xd6\xbb\xfa\xba\xc5\r\n\xc0\xee\xc4\xc8,13900001234\r\n";

    (void)state;
    struct asking_answer answer = import(GB);

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/encoding"), "gb18030");
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    answer = import("\xef\xbb\xbf姓名,手机号\r\n王芳,13900005678\r\n");
    assert_string_equal(asking_text(&answer, "/encoding"), "utf-8");
    assert_int_equal(asking_int(&answer, "/accepted"), 1);
    answer = get("/v1/people?q=%E6%9D%8E%E5%A8%9C");
    assert_int_equal(asking_count(&answer, "/items"), 1);
}

static void what_is_no_table_of_people_is_refused_whole(void **state)
{
    static const struct {
        const char *table;
        const char *code;
    } CASES[] = {
        { "phone\n1\n", "column_missing" },
        { "name,colour\na,b\n", "column_unknown" },
        { "name,姓名\na,b\n", "column_repeated" },
        { "name\n\"a\nb\n", "csv_quote_open" },
        { "\n", "csv_empty" },
        { "\xff\xfe\n", "csv_encoding" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = import(CASES[i].table);

        asking_expect(&answer, 422, CASES[i].code);
    }
    assert_int_equal(people(), 0);
    const struct asking_answer answer = asking_send(
        ROOM.worker, "POST", "/v1/people/import",
        arena_text(ROOM.d->arena, "Content-Type: application/json\n%s", asking_fresh_key(&ROOM)),
        "{}");

    asking_expect(&answer, 415, "content_type");
}

static void thousands_come_in_at_once(void **state)
{
    struct buf table = { 0 };

    (void)state;
    buf_string(&table, "name,phone\n");
    for (int i = 0; i < 5000; i++)
        buf_format(&table, "志愿者%d,139%08d\n", i, i);
    struct asking_answer answer = import(buf_text(&table));

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/accepted"), 5000);
    assert_int_equal(people(), 5000);
    answer = import(buf_text(&table));
    assert_int_equal(asking_int(&answer, "/accepted"), 0);
    assert_int_equal(asking_int(&answer, "/refused"), 5000);
    assert_int_equal(asking_count(&answer, "/errors"), 1000);
    assert_int_equal(people(), 5000);
    buf_free(&table);
}

static void a_table_goes_out_masked_and_for_a_purpose_in_the_clear(void **state)
{
    (void)state;
    struct asking_answer answer =
        import("name,org,phone,skills,address\n=1+1,320311001,13800001234,aed;fire,@home\n");

    asking_expect(&answer, 200, NULL);
    answer = get("/v1/people/export");
    asking_expect(&answer, 200, NULL);
    assert_non_null(strstr(answer.type, "text/csv"));
    assert_non_null(
        strstr(answer.body, "\"'=1+1\",320311001,138****1234,,,foot,,aed;fire,long_term,,"));
    assert_null(strstr(answer.body, "13800001234"));
    assert_null(strstr(answer.body, "@home"));
    answer = get("/v1/people/export?purpose=yearly%20check");
    assert_non_null(strstr(
        answer.body, "\"'=1+1\",320311001,13800001234,,,foot,,aed;fire,long_term,,\"'@home\""));
    assert_string_equal(
        database_text(
            ROOM.d,
            "SELECT string_agg(coalesce(purpose, '-') || ' ' || detail, ',' ORDER BY audit_id)"
            " FROM vigil.audit WHERE action = 'people_exported'"),
        "- {\"people\":1,\"masked\":true},yearly check {\"people\":1,\"masked\":false}");
    answer = get("/v1/people/export?purpose=");
    asking_expect(&answer, 422, NULL);
    assert_int_equal(
        database_int(ROOM.d, "SELECT count(*) FROM vigil.audit WHERE action = 'people_exported'"),
        2);
    answer = get("/v1/people/export?mode=bus");
    assert_null(strstr(answer.body, "1+1"));
    asking_as(ROOM.worker, ROLE_DISPATCHER, 2, 0);
    answer = get("/v1/people/export?purpose=x");
    asking_expect(&answer, 403, "role_not_allowed");
}

static void an_export_comes_in_parts_that_can_be_let_in_elsewhere(void **state)
{
    (void)state;
    struct asking_answer answer =
        import("name,phone\na,13800000001\nb,13800000002\nc,13800000003\n");

    answer = get("/v1/people/export?limit=2&purpose=move");
    assert_non_null(strstr(answer.body, "13800000002"));
    assert_null(strstr(answer.body, "13800000003"));
    const char *table = arena_text(ROOM.d->arena, "%.*s", (int)answer.size, answer.body);
    const char *next = arena_text(ROOM.d->arena, "/v1/people/export?limit=2&purpose=move&cursor=%s",
                                  asking_header(&answer, "Vigil-Next"));

    answer = get(next);
    assert_non_null(strstr(answer.body, "13800000003"));
    assert_null(asking_header(&answer, "Vigil-Next"));
    struct fail f;

    assert_true(db_script(ROOM.d->db, "DELETE FROM vigil.person", &f));
    answer = import(table);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/accepted"), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_bad_line_is_named_and_the_good_ones_let_in),
        TEST(a_table_that_is_sent_twice_is_let_in_once),
        TEST(others_people_are_not_told_of),
        TEST(gb18030_and_a_mark_are_read),
        TEST(what_is_no_table_of_people_is_refused_whole),
        TEST(thousands_come_in_at_once),
        TEST(a_table_goes_out_masked_and_for_a_purpose_in_the_clear),
        TEST(an_export_comes_in_parts_that_can_be_let_in_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
