/* The organisation tree, sites, squads and mutual aid over HTTP. */
#include <string.h>

#include "engine/engine.h"
#include "engine/orgs.h"
#include "tests/support/asking.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

/* County 10 with township 11 and village 12, county 20, firm 31 in sector 30; of them
 * 10 has an area. People 101 and 102 at the township, 103 at the village. */
static const char TREE[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
    " (10, 1, 'county', '320302', '东郊区', ST_Multi(ST_MakeEnvelope(117, 34, 117.2, 34.2, 4326))),"
    " (20, 1, 'county', '320303', '西郊区', NULL), (11, 10, 'township', '320302001', '河口镇', "
    "NULL),"
    " (12, 11, 'village', '320302001201', '河口村', NULL), (30, 1, 'sector', 'TAXI', '出租行业', "
    "NULL),"
    " (31, 30, 'firm', 'FIRM-1', '顺达出租', NULL);"
    "INSERT INTO vigil.person (person_id, display_name, org_id, on_duty) VALUES"
    " (101, '王芳', 11, true), (102, '李强', 11, false), (103, '张敏', 12, true);";

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

static struct asking_answer get(struct asking_room *room, const char *target)
{
    return asking_send(room->worker, "GET", target, NULL, NULL);
}

static struct asking_answer post(struct asking_room *room, const char *target, const char *body)
{
    return asking_send(room->worker, "POST", target, asking_fresh_key(room), body);
}

static struct asking_answer patch(struct asking_room *room, const char *target, const char *body)
{
    return asking_send(room->worker, "PATCH", target, "If-Match: *", body);
}

static struct asking_answer close_it(struct asking_room *room, const char *target)
{
    return asking_send(room->worker, "DELETE", target, NULL, NULL);
}

/* ------------------------------------------------------------------ the tree */

static void an_organisation_is_made_read_moved_and_closed(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer = post(room, "/v1/orgs",
                                       "{\"code\":\"320302002\",\"name\":\"新安镇\","
                                       "\"kind\":\"township\",\"parent_id\":10}");
    asking_expect(&answer, 201, NULL);
    const char *target =
        arena_text(room->d->arena, "/v1/orgs/%lld", (long long)asking_int(&answer, "/org_id"));

    answer = get(room, target);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/kind"), "township");
    assert_int_equal(asking_int(&answer, "/parent_id"), 10);
    assert_int_equal(asking_int(&answer, "/counts/all/people"), 0);
    assert_false(asking_has(&answer, "/area/type"));
    answer = patch(room, target, "{\"parent_id\":20,\"name\":\"新安街道\"}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/parent_id"), 20);
    assert_int_equal(asking_int(&answer, "/version"), 2);
    answer = close_it(room, target);
    asking_expect(&answer, 204, NULL);
    answer = get(room, target);
    asking_expect(&answer, 200, NULL);
    assert_true(asking_has(&answer, "/valid_to"));
    answer =
        post(room, "/v1/orgs",
             arena_text(room->d->arena,
                        "{\"code\":\"X\",\"name\":\"X\",\"kind\":\"village\",\"parent_id\":%s}",
                        strrchr(target, '/') + 1));
    asking_expect(&answer, 422, "reference_unknown");
}

static void a_move_below_oneself_is_refused_in_one_sentence(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer = patch(room, "/v1/orgs/10", "{\"parent_id\":12}");

    asking_expect(&answer, 422, "org_loop");
    assert_string_equal(asking_text(&answer, "/detail"),
                        "organisation 10 cannot stand below 12, which is below it");
    assert_string_equal(asking_text(&answer, "/pointer"), "/parent_id");
    answer = patch(room, "/v1/orgs/10", "{\"parent_id\":10}");
    asking_expect(&answer, 422, "org_loop");
    answer = patch(room, "/v1/orgs/1", "{\"parent_id\":10}");
    asking_expect(&answer, 422, "org_loop");
    answer = patch(room, "/v1/orgs/10", "{\"parent_id\":null}");
    asking_expect(&answer, 422, "value_wrong_type");
    answer = patch(room, "/v1/orgs/11", "{\"parent_id\":20}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(database_int(room->d, "SELECT count(*) FROM vigil.org_reach"
                                           " WHERE ancestor_id = 20 AND org_id IN (11, 12)"),
                     2);
}

static void what_is_not_empty_is_not_closed(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer = close_it(room, "/v1/orgs/11");

    asking_expect(&answer, 409, "org_not_empty");
    assert_string_equal(asking_text(&answer, "/detail"),
                        "organisation 11 still has 1 organisation and 2 people");
    answer = close_it(room, "/v1/orgs/1");
    asking_expect(&answer, 409, "org_not_empty");
    answer = close_it(room, "/v1/orgs/31");
    asking_expect(&answer, 204, NULL);
    answer = close_it(room, "/v1/orgs/30");
    asking_expect(&answer, 204, NULL);
    answer = close_it(room, "/v1/orgs/999");
    asking_expect(&answer, 404, "not_found");
}

static int64_t count_of(struct asking_room *room, int64_t org_id, const char *pointer)
{
    struct asking_answer answer =
        get(room, arena_text(room->d->arena, "/v1/orgs/%lld", (long long)org_id));

    asking_expect(&answer, 200, NULL);
    return asking_int(&answer, pointer);
}

static void counts_are_ones_own_and_the_sum_of_the_children(void **state)
{
    struct asking_room *room = *state;

    assert_int_equal(count_of(room, 1, "/counts/all/people"), 3);
    assert_int_equal(count_of(room, 10, "/counts/all/people"), 3);
    assert_int_equal(count_of(room, 10, "/counts/own/people"), 0);
    assert_int_equal(count_of(room, 11, "/counts/own/people"), 2);
    assert_int_equal(count_of(room, 11, "/counts/all/people"), 3);
    assert_int_equal(count_of(room, 11, "/counts/all/on_duty"), 2);
    assert_int_equal(count_of(room, 12, "/counts/all/people"), 1);
    assert_int_equal(count_of(room, 20, "/counts/all/people"), 0);
    assert_int_equal(count_of(room, 1, "/counts/own/children"), 3);
    assert_int_equal(count_of(room, 1, "/counts/all/children"), 6);
}

static void lists_are_narrowed_by_parent_kind_and_branch(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer = get(room, "/v1/orgs?parent=10");

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = get(room, "/v1/orgs?org=10");
    assert_int_equal(asking_count(&answer, "/items"), 3);
    answer = get(room, "/v1/orgs?kind=firm");
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = get(room, "/v1/orgs?kind=state");
    asking_expect(&answer, 422, "value_not_allowed");
    answer = get(room, "/v1/orgs?q=%E6%B2%B3%E5%8F%A3&limit=1");
    assert_int_equal(asking_int(&answer, "/items/0/org_id"), 11);
    assert_true(asking_has(&answer, "/next"));
}

static void an_area_is_drawn_checked_and_taken_away(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer =
        patch(room, "/v1/orgs/20",
              "{\"area\":{\"frame\":\"wgs84\",\"type\":\"Polygon\",\"coordinates\":"
              "[[[116.8,34],[117,34],[117,34.2],[116.8,34]]]}}");

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/area/type"), "MultiPolygon");
    answer = patch(room, "/v1/orgs/20",
                   "{\"area\":{\"frame\":\"wgs84\",\"type\":\"Polygon\",\"coordinates\":"
                   "[[[1,1],[2,2],[2,1],[1,2],[1,1]]]}}");
    asking_expect(&answer, 422, "shape_invalid");
    answer = get(room, "/v1/orgs?bbox=116.85,34.01,116.9,34.02&frame=wgs84&format=geojson");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/features"), 1);
    answer = patch(room, "/v1/orgs/20", "{\"area\":null}");
    asking_expect(&answer, 200, NULL);
    assert_false(asking_has(&answer, "/area/type"));
}

static void wrong_organisations_are_refused(void **state)
{
    static const struct {
        const char *body, *code;
    } CASES[] = {
        { "{\"code\":\"320302\",\"name\":\"n\",\"kind\":\"county\"}", "code_taken" },
        { "{\"code\":\"Y\",\"name\":\"n\",\"kind\":\"city\"}", "value_not_allowed" },
        { "{\"code\":\"Y\",\"name\":\"n\"}", "key_missing" },
        { "{\"code\":\"Y\",\"name\":\"n\",\"kind\":\"county\",\"parent_id\":77}",
          "reference_unknown" },
        { "{\"code\":\"Y\",\"name\":\"n\",\"kind\":\"county\",\"trade\":\"bank\"}",
          "value_not_allowed" },
        { "{\"code\":\"Y\",\"name\":\"n\",\"kind\":\"firm\",\"credit_code\":"
          "\"1234567890123456789\"}",
          "value_too_long" },
    };
    struct asking_room *room = *state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct asking_answer answer = post(room, "/v1/orgs", CASES[i].body);

        asking_expect(&answer, strcmp(CASES[i].code, "code_taken") == 0 ? 409 : 422, CASES[i].code);
    }
    struct asking_answer answer = patch(room, "/v1/orgs/10", "{\"kind\":\"township\"}");

    asking_expect(&answer, 422, "key_unknown");
}

/* ------------------------------------------------------------------ scope */

static void a_manager_sees_and_changes_her_own_branch_only(void **state)
{
    struct asking_room *room = *state;

    asking_as(room->worker, ROLE_MANAGER, 10, 0);
    struct asking_answer answer = get(room, "/v1/orgs");

    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 3);
    assert_false(asking_has(&answer, "/items/0/parent_id"));
    answer = get(room, "/v1/orgs?org=20");
    assert_int_equal(asking_count(&answer, "/items"), 0);
    answer = get(room, "/v1/orgs/20");
    asking_expect(&answer, 404, "not_found");
    answer = patch(room, "/v1/orgs/20", "{\"name\":\"x\"}");
    asking_expect(&answer, 404, "not_found");
    answer = close_it(room, "/v1/orgs/20");
    asking_expect(&answer, 404, "not_found");
    answer = patch(room, "/v1/orgs/11", "{\"parent_id\":20}");
    asking_expect(&answer, 422, "reference_unknown");
    /* What is another's and what nobody has sound alike. */
    assert_string_equal(asking_text(&answer, "/detail"), "there is no open organisation 20");
    answer = patch(room, "/v1/orgs/11", "{\"parent_id\":99}");
    asking_expect(&answer, 422, "reference_unknown");
    assert_string_equal(asking_text(&answer, "/detail"), "there is no open organisation 99");
    answer = patch(room, "/v1/orgs/10", "{\"name\":\"东郊新区\"}");
    asking_expect(&answer, 200, NULL);
    answer = post(room, "/v1/orgs", "{\"code\":\"N\",\"name\":\"北片\",\"kind\":\"village\"}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/parent_id"), 10);
    answer = post(room, "/v1/stations",
                  "{\"code\":\"S1\",\"name\":\"站\",\"place\":{\"lon\":117,\"lat\":34,"
                  "\"frame\":\"wgs84\"}}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/org_id"), 10);
    answer =
        post(room, "/v1/stations",
             "{\"code\":\"S2\",\"name\":\"站\",\"org_id\":20,\"place\":{\"lon\":117,\"lat\":34,"
             "\"frame\":\"wgs84\"}}");
    asking_expect(&answer, 422, "reference_unknown");
    asking_as(room->worker, ROLE_ADMIN, 20, 0);
    answer = get(room, "/v1/stations");
    assert_int_equal(asking_count(&answer, "/items"), 0);
}

/* ------------------------------------------------------------------ mutual aid */

static void aid_is_between_neighbours_with_an_area(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer =
        post(room, "/v1/mutual_aid", "{\"lender_id\":20,\"borrower_id\":10,\"reach_m\":2000}");

    asking_expect(&answer, 201, NULL);
    const char *target = arena_text(room->d->arena, "/v1/mutual_aid/%lld",
                                    (long long)asking_int(&answer, "/rule_id"));
    const struct orgs *o = engine_orgs(asking_engine(room->asking));

    assert_true(orgs_lends(o, 20, 12, (struct point){ 116.99, 34.1 }));
    orgs_drop(o);
    answer = post(room, "/v1/mutual_aid", "{\"lender_id\":20,\"borrower_id\":10,\"reach_m\":9}");
    asking_expect(&answer, 409, "already_there");
    assert_non_null(strstr(asking_text(&answer, "/detail"), "says this already"));
    answer = post(room, "/v1/mutual_aid", "{\"lender_id\":10,\"borrower_id\":20,\"reach_m\":9}");
    asking_expect(&answer, 422, "area_missing");
    answer = post(room, "/v1/mutual_aid", "{\"lender_id\":10,\"borrower_id\":11,\"reach_m\":9}");
    asking_expect(&answer, 422, "value_not_allowed");
    answer = post(room, "/v1/mutual_aid", "{\"lender_id\":10,\"borrower_id\":10,\"reach_m\":9}");
    asking_expect(&answer, 422, "value_not_allowed");
    answer =
        post(room, "/v1/mutual_aid", "{\"lender_id\":20,\"borrower_id\":10,\"reach_m\":50001}");
    asking_expect(&answer, 422, "value_out_of_range");
    answer = patch(room, target, "{\"reach_m\":500}");
    asking_expect(&answer, 200, NULL);
    asking_as(room->worker, ROLE_ADMIN, 20, 0);
    answer = get(room, target);
    asking_expect(&answer, 200, NULL);
    answer = get(room, "/v1/mutual_aid");
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = close_it(room, target);
    asking_expect(&answer, 404, "not_found");
    answer = patch(room, target, "{\"reach_m\":50000}");
    asking_expect(&answer, 422, "reference_unknown");
    asking_as(room->worker, ROLE_ADMIN, 30, 0);
    answer = get(room, target);
    asking_expect(&answer, 404, "not_found");
    asking_as(room->worker, ROLE_ADMIN, 1, 0);
    answer = close_it(room, target);
    asking_expect(&answer, 204, NULL);
    o = engine_orgs(asking_engine(room->asking));
    assert_false(orgs_lends(o, 20, 12, (struct point){ 117.1, 34.1 }));
    orgs_drop(o);
}

/* ------------------------------------------------------------------ sites and squads */

static void a_site_belongs_to_a_firm(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer =
        post(room, "/v1/sites",
             "{\"code\":\"F1-1\",\"name\":\"车场\",\"kind\":\"car_park\",\"camera_count\":12,"
             "\"org_id\":31,\"place\":{\"lon\":117.1,\"lat\":34.1,\"frame\":\"wgs84\"}}");

    asking_expect(&answer, 201, NULL);
    answer = post(room, "/v1/sites",
                  "{\"code\":\"F1-2\",\"name\":\"车场\",\"org_id\":10,"
                  "\"place\":{\"lon\":117.1,\"lat\":34.1,\"frame\":\"wgs84\"}}");
    asking_expect(&answer, 422, "value_not_allowed");
    asking_as(room->worker, ROLE_PARTNER, 31, 0);
    answer = get(room, "/v1/sites");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/items/0/camera_count"), 12);
    answer = get(room, "/v1/orgs/31");
    asking_expect(&answer, 200, NULL);
    answer = get(room, "/v1/orgs/30");
    asking_expect(&answer, 404, "not_found");
}

static void a_squad_has_members_equipment_and_insurance(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer =
        post(room, "/v1/squads",
             "{\"code\":\"A1\",\"name\":\"护河一队\",\"org_id\":11,\"equipment\":"
             "[{\"item\":\"反光背心\",\"count\":8},{\"item\":\"AED\",\"count\":1}],"
             "\"insurer\":\"平安\",\"policy\":\"P-1\",\"insured_until\":\"2028-02-29\"}");
    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_text(&answer, "/equipment/1/item"), "AED");
    assert_string_equal(asking_text(&answer, "/insured_until"), "2028-02-29");
    assert_string_equal(asking_text(&answer, "/kind"), "squad");
    const char *target =
        arena_text(room->d->arena, "/v1/squads/%lld", (long long)asking_int(&answer, "/squad_id"));
    const char *members = arena_text(room->d->arena, "%s/members", target);

    answer = post(room, members, "{\"person_id\":101,\"role\":\"leader\"}");
    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_text(&answer, "/name"), "王芳");
    answer = post(room, members, "{\"person_id\":101}");
    asking_expect(&answer, 409, "already_there");
    assert_non_null(strstr(asking_text(&answer, "/detail"), "person 101 is in squad"));
    answer = post(room, members, "{\"person_id\":102}");
    asking_expect(&answer, 201, NULL);
    answer = post(room, members, "{\"person_id\":999}");
    asking_expect(&answer, 422, "person_unknown");
    answer = post(room, members, "{\"person_id\":103,\"role\":\"king\"}");
    asking_expect(&answer, 422, "value_not_allowed");
    answer = get(room, members);
    assert_int_equal(asking_count(&answer, "/items"), 2);
    assert_string_equal(asking_text(&answer, "/items/0/role"), "leader");
    answer = close_it(room, arena_text(room->d->arena, "%s/102", members));
    asking_expect(&answer, 204, NULL);
    answer = close_it(room, arena_text(room->d->arena, "%s/102", members));
    asking_expect(&answer, 404, "not_found");
    asking_as(room->worker, ROLE_MANAGER, 20, 0);
    answer = get(room, members);
    asking_expect(&answer, 404, "not_found");
    answer = post(room, members, "{\"person_id\":103}");
    asking_expect(&answer, 404, "not_found");
    asking_as(room->worker, ROLE_ADMIN, 1, 0);
    answer = patch(room, target, "{\"org_id\":20,\"equipment\":null,\"insured_until\":null}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/equipment"), 0);
    assert_int_equal(database_int(room->d, "SELECT org_id FROM vigil.squad_member"
                                           " WHERE valid_to IS NULL"),
                     20);
    answer = close_it(room, target);
    asking_expect(&answer, 204, NULL);
    assert_int_equal(database_int(room->d, "SELECT count(*) FROM vigil.squad_member"
                                           " WHERE valid_to IS NULL"),
                     0);
}

static void wrong_squads_are_refused(void **state)
{
    static const char *const CASES[][2] = {
        { "\"mode\":\"bus\"", "value_not_allowed" },
        { "\"line\":\"12\"", "value_not_allowed" },
        { "\"mode\":\"boat\"", "value_not_allowed" },
        { "\"insured_until\":\"2027-02-29\"", "date_malformed" },
        { "\"insured_until\":\"2027-2-28\"", "date_malformed" },
        { "\"insured_until\":\"\"", "value_empty" },
        { "\"equipment\":[{\"item\":\"x\"}]", "key_missing" },
        { "\"equipment\":[{\"item\":\"x\",\"count\":0}]", "value_out_of_range" },
        { "\"equipment\":{}", "value_wrong_type" },
        { "\"station_id\":5", "reference_unknown" },
        { "\"org_id\":5", "reference_unknown" },
        { "\"org_id\":0", "value_out_of_range" },
    };
    struct asking_room *room = *state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct asking_answer answer =
            post(room, "/v1/squads",
                 arena_text(room->d->arena, "{\"code\":\"C\",\"name\":\"n\",%s}", CASES[i][0]));

        asking_expect(&answer, 422, CASES[i][1]);
    }
    struct asking_answer answer =
        post(room, "/v1/squads",
             "{\"code\":\"B-12-1\",\"name\":\"12路一班\",\"kind\":\"crew\","
             "\"mode\":\"bus\",\"line\":\"12\",\"plate\":\"苏C12345\"}");

    asking_expect(&answer, 201, NULL);
    answer = get(room, "/v1/squads?kind=crew");
    assert_int_equal(asking_count(&answer, "/items"), 1);
    answer = get(room, "/v1/squads?kind=squad");
    assert_int_equal(asking_count(&answer, "/items"), 0);
}

static void every_change_is_in_the_audit(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer =
        post(room, "/v1/squads", "{\"code\":\"A\",\"name\":\"a\",\"org_id\":11}");
    const char *target =
        arena_text(room->d->arena, "/v1/squads/%lld", (long long)asking_int(&answer, "/squad_id"));

    asking_expect(&answer, 201, NULL);
    patch(room, "/v1/orgs/10", "{\"name\":\"b\"}");
    post(room, arena_text(room->d->arena, "%s/members", target), "{\"person_id\":101}");
    close_it(room, arena_text(room->d->arena, "%s/members/101", target));
    close_it(room, target);
    answer = close_it(room, "/v1/orgs/11"); /* refused, so nothing was done */
    asking_expect(&answer, 409, NULL);
    assert_string_equal(
        database_text(room->d, "SELECT string_agg(action || '@' || org_id, ' ' ORDER BY audit_id)"
                               " FROM vigil.audit"),
        "squad_created@11 organisation_changed@10 squad_joined@11 squad_left@11 squad_closed@11");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_organisation_is_made_read_moved_and_closed),
        TEST(a_move_below_oneself_is_refused_in_one_sentence),
        TEST(what_is_not_empty_is_not_closed),
        TEST(counts_are_ones_own_and_the_sum_of_the_children),
        TEST(lists_are_narrowed_by_parent_kind_and_branch),
        TEST(an_area_is_drawn_checked_and_taken_away),
        TEST(wrong_organisations_are_refused),
        TEST(a_manager_sees_and_changes_her_own_branch_only),
        TEST(aid_is_between_neighbours_with_an_area),
        TEST(a_site_belongs_to_a_firm),
        TEST(a_squad_has_members_equipment_and_insurance),
        TEST(wrong_squads_are_refused),
        TEST(every_change_is_in_the_audit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
