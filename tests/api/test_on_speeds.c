/* How fast one goes, as the city reads and changes it. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/closures.h"
#include "engine/engine.h"
#include "engine/speeds.h"
#include "geo/base/buf.h"
#include "geo/base/emit.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

enum { SIDE = 4 };

static struct asking_room ROOM;

static int set_up(void **state)
{
    struct fail f = { 0 };

    if (asking_open_room(&ROOM, state))
        return -1;
    block_import(ROOM.d, SIDE, BLOCK_BEIJING);
    if (!db_script(ROOM.d->db,
                   "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
                   " (2, 1, 'county', '320301', 'Two')",
                   &f) ||
        !engine_follow(asking_engine(ROOM.asking), &f))
        fail_msg("%s", f.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return asking_close_room(&ROOM);
}

static struct network_speeds now(void)
{
    struct network_speeds speeds;
    struct fail f = { 0 };

    if (!speeds_read(ROOM.d->db, ROOM.d->arena, &speeds, &f))
        fail_msg("%s", f.text);
    return speeds;
}

/* The table as it is sent; `left_out` of the 39 pairs at its end are not. */
static const char *table(const struct network_speeds *speeds, int32_t left_out)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);
    const int32_t pairs = STREET_CLASS_COUNT * MODE_COUNT - left_out;

    emit_object(&e);
    emit_key(&e, "speeds");
    emit_array(&e);
    for (int32_t i = 0; i < pairs; i++) {
        const double kmh = speeds->kmh[i / MODE_COUNT][i % MODE_COUNT];

        emit_object(&e);
        emit_key_text(&e, "class", network_class_word((enum street_class)(i / MODE_COUNT)));
        emit_key_text(&e, "mode", network_mode_word((enum mode)(i % MODE_COUNT)));
        emit_key(&e, "kmh");
        if (kmh > 0)
            emit_number(&e, kmh, 3);
        else
            emit_null(&e);
        emit_end(&e);
    }
    emit_end(&e);
    emit_end(&e);
    const char *kept = arena_text(ROOM.d->arena, "%s", buf_text(&text));

    buf_free(&text);
    return kept;
}

static struct asking_answer put(enum role role, int64_t org_id, const char *body)
{
    asking_as(ROOM.worker, role, org_id, 0);
    return asking_send(ROOM.worker, "PUT", "/v1/speeds", NULL, body);
}

static int64_t audited(void)
{
    return database_int(ROOM.d, "SELECT count(*) FROM vigil.audit WHERE action = 'speeds_changed'");
}

static void everyone_may_know_them(void **state)
{
    (void)state;
    asking_as(ROOM.worker, ROLE_PARTNER, 2, 0);
    struct asking_answer a = asking_send(ROOM.worker, "GET", "/v1/speeds", NULL, NULL);

    asking_expect(&a, 200, NULL);
    assert_int_equal(asking_count(&a, "/speeds"), STREET_CLASS_COUNT * MODE_COUNT);
    assert_string_equal(asking_text(&a, "/speeds/2/class"), "motorway");
    assert_string_equal(asking_text(&a, "/speeds/2/mode"), "car");
    check_near(asking_number(&a, "/speeds/2/kmh"), 90, 0);
    assert_non_null(strstr(a.body, "{\"class\":\"motorway\",\"mode\":\"ebike\",\"kmh\":null}"));
}

static void the_city_changes_them_and_says_so(void **state)
{
    struct network_speeds speeds = now();
    const int64_t before = audited();

    (void)state;
    speeds.kmh[STREET_RESIDENTIAL][MODE_CAR] = 20.5;
    speeds.kmh[STREET_STEPS][MODE_FOOT] = 1.8;
    struct asking_answer a = put(ROLE_ADMIN, 1, table(&speeds, 0));

    asking_expect(&a, 200, NULL);
    check_near(now().kmh[STREET_RESIDENTIAL][MODE_CAR], 20.5, 0);
    check_near(now().kmh[STREET_STEPS][MODE_FOOT], 1.8, 0);
    check_near(now().kmh[STREET_MOTORWAY][MODE_CAR], 90, 0);
    assert_int_equal(audited(), before + 1);
    assert_string_equal(
        database_text(ROOM.d, "SELECT detail FROM vigil.audit WHERE action = 'speeds_changed'"
                              " ORDER BY audit_id DESC LIMIT 1"),
        "{\"residential car\":[25,20.5],\"steps foot\":[2.16,1.8]}");
    /* What is said again changes nothing. */
    a = put(ROLE_ADMIN, 1, table(&speeds, 0));
    asking_expect(&a, 200, NULL);
    assert_int_equal(audited(), before + 1);
}

static void what_is_no_table_is_refused_and_nothing_is_changed(void **state)
{
    const struct network_speeds before = now();
    struct network_speeds speeds = before;
    struct asking_answer a;

    (void)state;
    speeds.kmh[STREET_PRIMARY][MODE_CAR] = 44;
    a = put(ROLE_ADMIN, 1, table(&speeds, 1));
    asking_expect(&a, 422, "value_out_of_range");
    speeds.kmh[STREET_PRIMARY][MODE_CAR] = 0;
    a = put(ROLE_ADMIN, 1, table(&speeds, 0));
    asking_expect(&a, 422, "speed_not_allowed");
    speeds = before;
    speeds.kmh[STREET_STEPS][MODE_CAR] = 5;
    a = put(ROLE_ADMIN, 1, table(&speeds, 0));
    asking_expect(&a, 422, "speed_not_allowed");
    speeds = before;
    speeds.kmh[STREET_PRIMARY][MODE_CAR] = 151;
    a = put(ROLE_ADMIN, 1, table(&speeds, 0));
    asking_expect(&a, 422, "value_out_of_range");
    speeds.kmh[STREET_PRIMARY][MODE_CAR] = 0.4;
    a = put(ROLE_ADMIN, 1, table(&speeds, 0));
    asking_expect(&a, 422, "value_out_of_range");
    a = put(ROLE_ADMIN, 1, "{\"speeds\":[]}");
    asking_expect(&a, 422, NULL);
    /* In place of the last pair one that is none, and one that was there before. */
    const char *whole = table(&before, 0);
    const int kept = (int)(strstr(whole, "{\"class\":\"ferry\",\"mode\":\"car\"") - whole);

    a = put(ROLE_ADMIN, 1,
            arena_text(ROOM.d->arena, "%.*s{\"class\":\"ferry\",\"mode\":\"ship\",\"kmh\":10}]}",
                       kept, whole));
    asking_expect(&a, 422, "value_not_allowed");
    a = put(ROLE_ADMIN, 1,
            arena_text(ROOM.d->arena, "%.*s{\"class\":\"ferry\",\"mode\":\"foot\",\"kmh\":10}]}",
                       kept, whole));
    asking_expect(&a, 422, "speed_repeated");
    for (enum street_class street = 0; street < STREET_CLASS_COUNT; street++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            check_near(now().kmh[street][mode], before.kmh[street][mode], 0);
}

static void only_who_acts_for_the_whole_city_may_change_them(void **state)
{
    struct network_speeds speeds = now();
    const int64_t before = audited();
    struct asking_answer a;

    (void)state;
    speeds.kmh[STREET_PRIMARY][MODE_CAR] += 1;
    a = put(ROLE_PLANNER, 1, table(&speeds, 0));
    asking_expect(&a, 403, NULL);
    a = put(ROLE_ADMIN, 2, table(&speeds, 0));
    asking_expect(&a, 404, "out_of_scope");
    assert_int_equal(audited(), before);
    check_near(now().kmh[STREET_PRIMARY][MODE_CAR], speeds.kmh[STREET_PRIMARY][MODE_CAR] - 1, 0);
}

/* By car along three blocks of residential streets. */
static double drive_s(void)
{
    asking_as(ROOM.worker, ROLE_DISPATCHER, 1, 0);
    const struct asking_answer a = asking_send(
        ROOM.worker, "POST", "/v1/route", NULL,
        arena_text(ROOM.d->arena,
                   "{\"from\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"},"
                   "\"to\":{\"lon\":%.7f,\"lat\":%.7f,\"frame\":\"wgs84\"},\"mode\":\"car\"}",
                   BLOCK_BEIJING.lon, BLOCK_BEIJING.lat, BLOCK_BEIJING.lon + 0.003,
                   BLOCK_BEIJING.lat));

    asking_expect(&a, 200, NULL);
    return asking_number(&a, "/duration_s");
}

static void settle(void)
{
    assert_true(closures_settle(engine_closures(asking_engine(ROOM.asking))));
}

static void every_later_answer_obeys_them(void **state)
{
    struct network_speeds speeds = now();
    struct fail f = { 0 };

    (void)state;
    speeds.kmh[STREET_RESIDENTIAL][MODE_CAR] = 36;
    struct asking_answer a = put(ROLE_ADMIN, 1, table(&speeds, 0));

    asking_expect(&a, 200, NULL);
    settle();
    check_near(drive_s(), 30, 0);
    /* An administrator beside the engine. */
    if (!db_script(ROOM.d->db, "UPDATE vigil.speed SET kmh = 18 WHERE class = 5 AND mode = 'car'",
                   &f))
        fail_msg("%s", f.text);
    settle();
    check_near(drive_s(), 60, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyone_may_know_them),
        cmocka_unit_test(the_city_changes_them_and_says_so),
        cmocka_unit_test(what_is_no_table_is_refused_and_nothing_is_changed),
        cmocka_unit_test(every_later_answer_obeys_them),
        cmocka_unit_test(only_who_acts_for_the_whole_city_may_change_them),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
