/* Requests as the apps send them: the addresses of OsmAnd are those that its
 * LiveMonitoringHelper makes, those of the Traccar Client those of its ProtocolFormatter
 * for Android and iOS, the JSON that of its location template. */
#include "geo/osmand.h"

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

/* "a=1&b=2" without anything encoded. */
static int32_t pairs_of(const char *text, struct osmand_pair *out, int32_t most)
{
    char *rest = arena_text(memory, "%s", text);
    int32_t count = 0;

    while (rest && *rest && count < most) {
        char *next = strchr(rest, '&');

        if (next)
            *next++ = '\0';
        char *value = strchr(rest, '=');

        if (value)
            *value++ = '\0';
        out[count++] = (struct osmand_pair){ rest, value ? value : "" };
        rest = next;
    }
    return count;
}

static struct fixes_item from(const char *query)
{
    struct osmand_pair pairs[32];
    struct fixes found;
    struct fail f = { 0 };
    const int32_t count = pairs_of(query, pairs, 32);

    if (!osmand_read(memory, pairs, count, NOW_US, &SENDER, &found, &f))
        fail_msg("%s: %s: %s", query, fail_word(f.code), f.text);
    assert_int_equal(found.count, 1);
    return found.items[0];
}

static struct fixes from_json(const char *body)
{
    struct fixes found;
    struct fail f = { 0 };

    if (!osmand_read_json(memory, body, strlen(body), NOW_US, &SENDER, &found, &f))
        fail_msg("%s: %s: %s", body, fail_word(f.code), f.text);
    return found;
}

static void check(const struct fixes_item *item, int64_t fix_us, int32_t accuracy_dm,
                  int32_t speed_cms)
{
    assert_int_equal(item->code, CODE_NONE);
    assert_int_equal(item->person_id, 7);
    assert_int_equal(item->fix_us, fix_us);
    assert_int_equal(item->accuracy_dm, accuracy_dm);
    assert_int_equal(item->speed_cms, speed_cms);
    assert_int_equal(item->hired, -1);
}

/* ------------------------------------------------------------------ parameters */

/* {3} is Location.getAccuracy() in metres, whatever it is called; {5} metres a second;
 * {2} milliseconds. */
static void osmand_speaks_in_metres_a_second(void **state)
{
    const struct fixes_item hdop =
        from("id=vgd_x&lat=34.261&lon=117.185&timestamp=1795331640123&hdop=12.5&altitude=43.0"
             "&speed=1.5&bearing=270.0");
    const struct fixes_item named =
        from("id=vgd_x&lat=34.261&lon=117.185&timestamp=1795331640123&accuracy=8.0&speed=0.0");
    const struct fixes_item bare = from("id=vgd_x&lat=34.261&lon=117.185&timestamp=1795331640123");

    (void)state;
    check(&hdop, 1795331640123000, 125, 150);
    assert_int_equal(hdop.at.lon, 1171850000);
    assert_int_equal(hdop.at.lat, 342610000);
    check(&named, 1795331640123000, 80, 0);
    check(&bare, 1795331640123000, -1, -1);
}

/* 5.83 knots are 3 m/s. */
static void the_traccar_client_speaks_in_knots(void **state)
{
    const struct fixes_item android =
        from("id=vgd_x&timestamp=1795331640&lat=34.261&lon=117.185&speed=5.831532&bearing=90.0"
             "&altitude=43.0&accuracy=14.25&batt=81.0");
    const struct fixes_item of_gps =
        from("id=vgd_x&timestamp=1795331640&lat=34.261&lon=117.185&speed=0.0&bearing=0.0"
             "&altitude=43.0&accuracy=0.0&batt=81.0&mock=true");
    const struct fixes_item ios =
        from("deviceid=vgd_x&timestamp=1795331640&lat=34.261000&lon=117.185000&speed=5.83152"
             "&bearing=-1.0&altitude=43.0&batt=81.0");

    (void)state;
    check(&android, 1795331640000000, 143, 300);
    check(&of_gps, 1795331640000000, -1, 0);
    check(&ios, 1795331640000000, -1, 300);
}

/* As Traccar's description of the protocol has it. */
static void a_time_in_words_goes_with_knots(void **state)
{
    const struct fixes_item item =
        from("id=x&lat=34.261&lon=117.185&timestamp=2026-11-22T07:14:00.000Z&speed=10&hdop=1.2");

    (void)state;
    check(&item, 1795331640000000, -1, 514);
}

static void what_cannot_be_taken_has_a_code(void **state)
{
    static const struct {
        const char *query;
        enum fail_code code;
    } BAD[] = {
        { "lat=34.2&lon=117.1&timestamp=1795331640&valid=false", CODE_FIX_INVALID },
        { "lat=34.2&lon=117.1&timestamp=1795331640&valid=0", CODE_FIX_INVALID },
        { "lat=34.2&lon=117.1&timestamp=1795331640&valid=1", CODE_NONE },
        { "lat=34.2&lon=117.1&timestamp=yesterday", CODE_TIME_MALFORMED },
        { "lat=34.2&lon=117.1&timestamp=-5", CODE_TIME_MALFORMED },
        { "lat=34.2&lon=117.1&timestamp=1795331640123456", CODE_TIME_MALFORMED },
        { "lat=34.2&lon=117.1&timestamp=1795331640123&hdop=x", CODE_VALUE_WRONG_TYPE },
        { "lat=nan&lon=117.1&timestamp=1795331640", CODE_VALUE_WRONG_TYPE },
        { "lat=0x22&lon=117.1&timestamp=1795331640", CODE_VALUE_WRONG_TYPE },
        { "lat=1e999&lon=117.1&timestamp=1795331640", CODE_VALUE_WRONG_TYPE },
        { "lat=34,2&lon=117.1&timestamp=1795331640", CODE_VALUE_WRONG_TYPE },
        { "lat={0}&lon={1}&timestamp={2}", CODE_TIME_MALFORMED },
        { "lat=&lon=&timestamp=1795331640", CODE_VALUE_WRONG_TYPE },
        { "lat=91&lon=117.1&timestamp=1795331640", CODE_PLACE_OUT_OF_RANGE },
        { "lat=34.2&lon=117.1&timestamp=1795331640&speed=1000000", CODE_VALUE_OUT_OF_RANGE },
        { "lat=34.2&lon=117.1&timestamp=1795331640&accuracy=200000", CODE_VALUE_OUT_OF_RANGE },
        { "lat=34.2&lon=117.1&timestamp=1795241640", CODE_FIX_TOO_OLD },
        { "lat=34.2&lon=117.1&timestamp=1795332640", CODE_FIX_IN_FUTURE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct fixes_item item = from(BAD[i].query);

        if (item.code != BAD[i].code)
            fail_msg("%s: %s", BAD[i].query, fail_word(item.code));
    }
}

static void without_place_or_time_it_is_no_position(void **state)
{
    static const char *const BAD[] = { "", "id=x", "lat=1&lon=2", "lat=1&timestamp=1795331640",
                                       "lon=1&timestamp=1795331640" };
    struct osmand_pair pairs[32];
    struct fixes found;
    struct fail f;

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const int32_t count = pairs_of(BAD[i], pairs, 32);

        f = (struct fail){ 0 };
        assert_false(osmand_read(memory, pairs, count, NOW_US, &SENDER, &found, &f));
        assert_int_equal(f.code, CODE_KEY_MISSING);
    }
}

/* ------------------------------------------------------------------ JSON */

static const char LOCATION[] =
    "{\"location\":{\"timestamp\":\"2026-11-22T07:14:00.250Z\",\"coords\":{\"latitude\":34.261,"
    "\"longitude\":117.185,\"accuracy\":8.4,\"speed\":1.4,\"heading\":90.5,\"altitude\":43.1},"
    "\"is_moving\":true,\"odometer\":1234.5,\"event\":\"motionchange\",\"battery\":{\"level\":0.81,"
    "\"is_charging\":false},\"activity\":{\"type\":\"walking\"},\"extras\":{},"
    "\"_\":\"&id=vgd_x&lat=34.261&lon=117.185&timestamp=2026-11-22T07:14:00.250Z&\"},"
    "\"device_id\":\"vgd_AAECAwQFBgcICQoLDA0ODw\"}";

static void the_newer_traccar_client_sends_json_in_metres_a_second(void **state)
{
    const struct fixes found = from_json(LOCATION);

    (void)state;
    assert_int_equal(found.count, 1);
    check(&found.items[0], 1795331640250000, 84, 140);
    assert_int_equal(found.items[0].at.lon, 1171850000);
}

static void what_it_does_not_know_is_minus_one(void **state)
{
    const struct fixes found =
        from_json("{\"device_id\":\"x\",\"location\":{\"timestamp\":\"2026-11-22T07:14:00.000Z\","
                  "\"coords\":{\"latitude\":34.261,\"longitude\":117.185,\"accuracy\":-1,"
                  "\"speed\":-1,\"heading\":-1}}}");

    (void)state;
    check(&found.items[0], 1795331640000000, -1, -1);
}

static void several_may_come_at_once(void **state)
{
    const struct fixes found = from_json(
        "{\"device_id\":\"x\",\"location\":["
        "{\"timestamp\":\"2026-11-22T07:14:00Z\",\"coords\":{\"latitude\":34.2,\"longitude\":117.1}"
        "},"
        "{\"timestamp\":\"now\",\"coords\":{\"latitude\":34.2,\"longitude\":117.1}},"
        "{\"timestamp\":\"2026-11-22T07:14:00Z\",\"coords\":{\"latitude\":\"34\",\"longitude\":1}},"
        "{\"timestamp\":\"2026-11-22T07:14:00Z\",\"coords\":{\"latitude\":34.2}},"
        "{\"timestamp\":\"2026-11-22T07:14:00Z\"},7,"
        "{\"timestamp\":\"2026-11-22T07:14:10Z\",\"coords\":{\"latitude\":34.2,\"longitude\":117.1}"
        "}"
        "]}");
    static const enum fail_code CODES[] = {
        CODE_NONE,        CODE_TIME_MALFORMED, CODE_VALUE_WRONG_TYPE,
        CODE_KEY_MISSING, CODE_KEY_MISSING,    CODE_KEY_MISSING,
        CODE_NONE
    };

    (void)state;
    assert_int_equal(found.count, 7);
    for (int32_t i = 0; i < 7; i++)
        if (found.items[i].code != CODES[i])
            fail_msg("item %d: %s", i, fail_word(found.items[i].code));
}

static void what_is_no_location_is_refused(void **state)
{
    static const char *const BAD[] = { "[]",
                                       "{}",
                                       "{\"device_id\":\"x\"}",
                                       "{\"location\":[]}",
                                       "{\"location\":{}",
                                       "{\"location\":null}" };
    struct fixes found;
    struct fail f = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (osmand_read_json(memory, BAD[i], strlen(BAD[i]), NOW_US, &SENDER, &found, &f))
            fail_msg("%s was read", BAD[i]);
}

/* ------------------------------------------------------------------ whose it is */

static void the_id_is_found_wherever_it_stands(void **state)
{
    struct osmand_pair pairs[4];
    char id[OSMAND_ID_SIZE];

    (void)state;
    assert_true(osmand_id(pairs, pairs_of("lat=1&id=abc", pairs, 4), id));
    assert_string_equal(id, "abc");
    assert_true(osmand_id(pairs, pairs_of("deviceid=def&lat=1", pairs, 4), id));
    assert_string_equal(id, "def");
    assert_false(osmand_id(pairs, pairs_of("lat=1", pairs, 4), id));
    assert_false(osmand_id(
        pairs,
        pairs_of("id=0123456789012345678901234567890123456789012345678901234567890123", pairs, 4),
        id));
    assert_true(osmand_id_json(memory, LOCATION, strlen(LOCATION), id));
    assert_string_equal(id, "vgd_AAECAwQFBgcICQoLDA0ODw");
}

static void a_body_without_an_id_has_none(void **state)
{
    static const char *const BAD[] = { "",
                                       "[",
                                       "{",
                                       "{}",
                                       "{\"device_id\":7}",
                                       "{\"location\":{\"device_id\":\"x\"}}",
                                       "{\"a\":1 \"device_id\":\"x\"}",
                                       "device_id=x" };
    char id[OSMAND_ID_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (osmand_id_json(memory, BAD[i], strlen(BAD[i]), id))
            fail_msg("%s has an id", BAD[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(osmand_speaks_in_metres_a_second),
        cmocka_unit_test(the_traccar_client_speaks_in_knots),
        cmocka_unit_test(a_time_in_words_goes_with_knots),
        cmocka_unit_test(what_cannot_be_taken_has_a_code),
        cmocka_unit_test(without_place_or_time_it_is_no_position),
        cmocka_unit_test(the_newer_traccar_client_sends_json_in_metres_a_second),
        cmocka_unit_test(what_it_does_not_know_is_minus_one),
        cmocka_unit_test(several_may_come_at_once),
        cmocka_unit_test(what_is_no_location_is_refused),
        cmocka_unit_test(the_id_is_found_wherever_it_stands),
        cmocka_unit_test(a_body_without_an_id_has_none),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
