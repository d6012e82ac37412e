/* Messages as the apps for Android and iOS post them in HTTP mode. */
#include "geo/owntracks.h"

#include "tests/support/check_near.h"

#include <string.h>

static const int64_t NOW_US = 1795331700000000; /* 2026-11-22T07:15:00Z */
static const struct fixes_sender SENDER = { .person_id = 7, .frame = FRAME_WGS84 };

static struct arena *memory;

static int set_up(void **state)
{
    (void)state;
    memory = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

static struct fixes from(const char *body)
{
    struct fixes found;
    struct fail f = { 0 };

    if (!owntracks_read(memory, body, strlen(body), NOW_US, &SENDER, &found, &f))
        fail_msg("%s: %s: %s", body, fail_word(f.code), f.text);
    return found;
}

/* 36 km/h are 10 m/s. */
static void speed_is_in_kilometres_an_hour(void **state)
{
    const struct fixes found = from(
        "{\"_type\":\"location\",\"BSSID\":\"c0:ff:ee:00:00:01\",\"SSID\":\"at home\","
        "\"acc\":14,\"alt\":43,\"batt\":81,\"bs\":1,\"conn\":\"m\",\"created_at\":1795331650,"
        "\"inregions\":[\"Office\"],\"inrids\":[\"a1b2c3\"],\"lat\":34.261,\"lon\":117.185,"
        "\"m\":2,\"t\":\"u\",\"tid\":\"wx\",\"topic\":\"owntracks/http/wx\",\"tst\":1795331640,"
        "\"vac\":3,\"vel\":36}");

    (void)state;
    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].code, CODE_NONE);
    assert_int_equal(found.items[0].person_id, 7);
    assert_int_equal(found.items[0].at.lon, 1171850000);
    assert_int_equal(found.items[0].at.lat, 342610000);
    assert_int_equal(found.items[0].fix_us, 1795331640000000);
    assert_int_equal(found.items[0].accuracy_dm, 140);
    assert_int_equal(found.items[0].speed_cms, 1000);
    assert_int_equal(found.items[0].hired, -1);
}

static void what_is_zero_is_left_out(void **state)
{
    const struct fixes still =
        from("{\"_type\":\"location\",\"lat\":34.261,\"lon\":117.185,\"tst\":1795331640}");
    const struct fixes unknown = from("{\"_type\":\"location\",\"lat\":34.261,\"lon\":117.185,"
                                      "\"tst\":1795331640,\"acc\":0,\"vel\":-1,\"cog\":-1}");

    (void)state;
    assert_int_equal(still.items[0].code, CODE_NONE);
    assert_int_equal(still.items[0].accuracy_dm, -1);
    assert_int_equal(still.items[0].speed_cms, -1);
    assert_int_equal(unknown.items[0].code, CODE_NONE);
    assert_int_equal(unknown.items[0].accuracy_dm, -1);
    assert_int_equal(unknown.items[0].speed_cms, -1);
}

static void other_messages_are_nothing_and_no_mistake(void **state)
{
    static const char *const OTHERS[] = {
        "",
        "{\"_type\":\"lwt\",\"tst\":1795331640}",
        "{\"_type\":\"status\",\"_id\":\"1\",\"android\":{\"hib\":0,\"bo\":1,\"loc\":0}}",
        "{\"_type\":\"transition\",\"lat\":34.2,\"lon\":117.1,\"event\":\"enter\"}",
        "{\"_type\":\"waypoints\",\"_creator\":\"app\",\"waypoints\":[]}",
        "{\"_type\":\"steps\",\"tst\":1795331640,\"steps\":10}",
        "{\"_type\":\"dump\",\"configuration\":{\"_type\":\"configuration\"}}",
        "{\"_type\":\"something of next year\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_int_equal(from(OTHERS[i]).count, 0);
}

static void what_cannot_be_taken_has_a_code(void **state)
{
    static const struct {
        const char *rest;
        enum fail_code code;
    } BAD[] = {
        { "\"lat\":34.2,\"lon\":117.1", CODE_KEY_MISSING },
        { "\"lat\":34.2,\"tst\":1795331640", CODE_KEY_MISSING },
        { "\"lat\":\"34.2\",\"lon\":117.1,\"tst\":1795331640", CODE_VALUE_WRONG_TYPE },
        { "\"lat\":34.2,\"lon\":117.1,\"tst\":1795331640,\"vel\":\"fast\"", CODE_VALUE_WRONG_TYPE },
        { "\"lat\":34.2,\"lon\":117.1,\"tst\":-1", CODE_TIME_MALFORMED },
        { "\"lat\":34.2,\"lon\":117.1,\"tst\":1e300", CODE_TIME_MALFORMED },
        { "\"lat\":34.2,\"lon\":217.1,\"tst\":1795331640", CODE_PLACE_OUT_OF_RANGE },
        { "\"lat\":34.2,\"lon\":117.1,\"tst\":1795331640,\"vel\":90000", CODE_VALUE_OUT_OF_RANGE },
        { "\"lat\":34.2,\"lon\":117.1,\"tst\":1795241640", CODE_FIX_TOO_OLD },
        { "\"lat\":34.2,\"lon\":117.1,\"tst\":1795332640", CODE_FIX_IN_FUTURE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct fixes found =
            from(arena_text(memory, "{\"_type\":\"location\",%s}", BAD[i].rest));

        assert_int_equal(found.count, 1);
        if (found.items[0].code != BAD[i].code)
            fail_msg("%s: %s", BAD[i].rest, fail_word(found.items[0].code));
    }
}

static void what_is_no_message_is_refused(void **state)
{
    static const struct {
        const char *body;
        enum fail_code code;
    } BAD[] = {
        { "{", CODE_JSON_MALFORMED },
        { "[]", CODE_KEY_MISSING },
        { "{\"lat\":34.2,\"lon\":117.1,\"tst\":1795331640}", CODE_KEY_MISSING },
        { "{\"_type\":7}", CODE_VALUE_WRONG_TYPE },
        { "{\"_type\":\"encrypted\",\"data\":\"uaSlKZgT\"}", CODE_POSITION_ENCRYPTED },
    };
    struct fixes found;

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct fail f = { 0 };

        assert_false(
            owntracks_read(memory, BAD[i].body, strlen(BAD[i].body), NOW_US, &SENDER, &found, &f));
        if (f.code != BAD[i].code)
            fail_msg("%s: %s", BAD[i].body, fail_word(f.code));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_is_in_kilometres_an_hour),
        cmocka_unit_test(what_is_zero_is_left_out),
        cmocka_unit_test(other_messages_are_nothing_and_no_mistake),
        cmocka_unit_test(what_cannot_be_taken_has_a_code),
        cmocka_unit_test(what_is_no_message_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
