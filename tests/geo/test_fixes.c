/* Tests of geo/fixes.c: alone, and against a reader that builds a tree with
 * jansson. */
#include "geo/fixes.h"

#include <math.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/base/input.h"
#include "geo/frame.h"
#include "geo/instant.h"
#include "tests/support/check_near.h"

static const int64_t NOW_US = 1795331700000000; /* 2026-11-22T07:15:00Z */

#define NOW "\"fix_time\":\"2026-11-22T07:15:00Z\""

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

static bool read_text(const char *body, struct fixes *out, struct fail *f)
{
    return fixes_read(memory, body, strlen(body), NOW_US, out, f);
}

static void one_fix_is_a_body(void **state)
{
    struct fixes found;
    struct fail f;

    (void)state;
    assert_true(read_text(" {\"person_id\": 7, \"lon\": -8.6112345, \"lat\": 4.11496e1, "
                          "\"frame\": \"wgs84\", \"fix_time\": \"2026-11-22T15:15:00.5+08:00\", "
                          "\"accuracy_m\": 8.04, \"speed_mps\": 1.404}\r\n",
                          &found, &f));
    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].code, CODE_NONE);
    assert_int_equal(found.items[0].person_id, 7);
    assert_int_equal(found.items[0].at.lon, -86112345);
    assert_int_equal(found.items[0].at.lat, 411496000);
    assert_int_equal(found.items[0].fix_us, NOW_US + 500000);
    assert_int_equal(found.items[0].accuracy_dm, 80);
    assert_int_equal(found.items[0].speed_cms, 140);
}

static void a_rejected_item_names_the_key_and_what_is_allowed(void **state)
{
    static const struct {
        const char *item, *key, *allowed;
    } CASES[] = {
        { "{\"person_id\":1,\"at\":5}", "at",
          "person_id, lon, lat, frame, fix_time, accuracy_m, speed_mps, hired" },
        { "{\"person_id\":1,\"lon\":1,\"frame\":\"wgs84\"," NOW "}", "lat",
          "person_id, lon, lat, frame, fix_time; a device need not say the first and frame" },
        { "{\"person_id\":1,\"lon\":\"1\"}", "lon", "a number" },
        { "{\"person_id\":1.5}", "person_id", "a whole number" },
        { "{\"person_id\":0}", "person_id", "1 to 9007199254740991" },
        { "{\"person_id\":1,\"hired\":0}", "hired", "true or false" },
        { "{\"person_id\":1,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\",\"speed_mps\":501," NOW "}",
          "speed_mps", "0 to 500" },
        { "{\"person_id\":1,\"lon\":1,\"lat\":2,\"frame\":\"wgs\"," NOW "}", "frame",
          "wgs84, cgcs2000, gcj02, bd09" },
        { "{\"person_id\":1,\"fix_time\":\"noon\"}", "fix_time",
          "RFC 3339, such as 2026-11-22T15:15:00+08:00" },
        { "{\"person_id\":1,\"lon\":181,\"lat\":2,\"frame\":\"wgs84\"," NOW "}", NULL,
          "lon -180 to 180, lat -90 to 90" },
        { "null", NULL, "an object" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *body = arena_text(memory, "{\"positions\":[%s]}", CASES[i].item);
        struct fixes found;
        struct fail f;

        assert_true(read_text(body, &found, &f));
        const struct fixes_item *item = &found.items[0];

        assert_int_not_equal(item->code, CODE_NONE);
        assert_int_equal(!item->key, !CASES[i].key);
        if (item->key)
            assert_string_equal(item->key, CASES[i].key);
        assert_string_equal(fixes_allowed(item), CASES[i].allowed);
    }
}

static void a_body_that_was_cut_off_is_no_json(void **state)
{
    struct fixes found;
    struct fail f;

    (void)state;
    assert_false(read_text("{\"positions\":", &found, &f));
    assert_int_equal(f.code, CODE_JSON_MALFORMED);
}

static void a_bad_item_does_not_hold_up_the_others(void **state)
{
    struct fixes found;
    struct fail f;

    (void)state;
    assert_true(read_text("{\"positions\": ["
                          "{\"person_id\":1,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "},"
                          "{\"person_id\":2,\"lon\":1,\"lat\":92,\"frame\":\"wgs84\"," NOW "},"
                          "null,"
                          "{\"person_id\":3,\"lon\":1,\"lat\":2,\"frame\":\"cgcs2000\"," NOW "}]}",
                          &found, &f));
    assert_int_equal(found.count, 4);
    assert_int_equal(found.items[0].code, CODE_NONE);
    assert_int_equal(found.items[0].accuracy_dm, -1);
    assert_int_equal(found.items[0].speed_cms, -1);
    assert_int_equal(found.items[1].code, CODE_PLACE_OUT_OF_RANGE);
    assert_int_equal(found.items[2].code, CODE_VALUE_WRONG_TYPE);
    assert_int_equal(found.items[3].code, CODE_NONE);
    assert_int_equal(found.items[3].person_id, 3);
    assert_int_equal(found.items[0].frame, FRAME_WGS84);
    assert_int_equal(found.items[3].frame, FRAME_CGCS2000);
}

static const struct {
    const char *item;
    enum fail_code code;
} ITEMS[] = {
#define PLACE "\"person_id\":1,\"lon\":116.3,\"lat\":39.9,"
    { "{" PLACE "\"frame\":\"gcj02\"," NOW "}", CODE_NONE },
    { "{" PLACE "\"frame\":\"bd09\"," NOW ",\"speed_mps\":null}", CODE_NONE },
    { "{" PLACE NOW "}", CODE_FRAME_MISSING },
    { "{" PLACE "\"frame\":null," NOW "}", CODE_FRAME_MISSING },
    { "{" PLACE "\"frame\":\"WGS84\"," NOW "}", CODE_FRAME_UNKNOWN },
    { "{" PLACE "\"frame\":4326," NOW "}", CODE_VALUE_WRONG_TYPE },
    { "{\"person_id\":1,\"lon\":2.35,\"lat\":48.85,\"frame\":\"bd09\"," NOW "}",
      CODE_FRAME_OUTSIDE_CHINA },
    { "{\"person_id\":1,\"lon\":180.1,\"lat\":48.85,\"frame\":\"wgs84\"," NOW "}",
      CODE_PLACE_OUT_OF_RANGE },
    { "{\"person_id\":1,\"lon\":1e999,\"lat\":48.85,\"frame\":\"wgs84\"," NOW "}",
      CODE_PLACE_OUT_OF_RANGE },
    { "{\"person_id\":1,\"lon\":\"116.3\",\"lat\":48.85,\"frame\":\"wgs84\"," NOW "}",
      CODE_VALUE_WRONG_TYPE },
    { "{\"person_id\":1,\"lon\":null,\"lat\":48.85,\"frame\":\"wgs84\"," NOW "}",
      CODE_KEY_MISSING },
    { "{\"person_id\":1,\"lat\":48.85,\"frame\":\"wgs84\"," NOW "}", CODE_KEY_MISSING },
    { "{\"lon\":116.3,\"lat\":39.9,\"frame\":\"wgs84\"," NOW "}", CODE_KEY_MISSING },
    { "{" PLACE "\"frame\":\"wgs84\"}", CODE_KEY_MISSING },
    { "{}", CODE_KEY_MISSING },
    { "[]", CODE_VALUE_WRONG_TYPE },
    { "true", CODE_VALUE_WRONG_TYPE },
    { "{\"person_id\":0,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "}",
      CODE_VALUE_OUT_OF_RANGE },
    { "{\"person_id\":-1,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "}",
      CODE_VALUE_OUT_OF_RANGE },
    { "{\"person_id\":9007199254740991,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "}",
      CODE_NONE },
    { "{\"person_id\":9007199254740992,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "}",
      CODE_VALUE_OUT_OF_RANGE },
    { "{\"person_id\":1.0,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "}",
      CODE_VALUE_WRONG_TYPE },
    { "{\"person_id\":\"1\",\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "}",
      CODE_VALUE_WRONG_TYPE },
    { "{" PLACE "\"frame\":\"wgs84\"," NOW ",\"heading\":[{\"deg\":[1,{}]}]}", CODE_KEY_UNKNOWN },
    { "{" PLACE "\"frame\":\"wgs84\"," NOW ",\"lon\":116.3}", CODE_JSON_DUPLICATE_KEY },
    { "{" PLACE "\"frame\":\"wgs84\"," NOW ",\"accuracy_m\":-0.1}", CODE_VALUE_OUT_OF_RANGE },
    { "{" PLACE "\"frame\":\"wgs84\"," NOW ",\"accuracy_m\":100000}", CODE_NONE },
    { "{" PLACE "\"frame\":\"wgs84\"," NOW ",\"accuracy_m\":100001}", CODE_VALUE_OUT_OF_RANGE },
    { "{" PLACE "\"frame\":\"wgs84\"," NOW ",\"speed_mps\":501}", CODE_VALUE_OUT_OF_RANGE },
    { "{" PLACE "\"frame\":\"wgs84\"," NOW ",\"speed_mps\":false}", CODE_VALUE_WRONG_TYPE },
    { "{" PLACE "\"frame\":\"wgs84\",\"fix_time\":1795331700}", CODE_VALUE_WRONG_TYPE },
    { "{" PLACE "\"frame\":\"wgs84\",\"fix_time\":\"yesterday\"}", CODE_TIME_MALFORMED },
    { "{" PLACE "\"frame\":\"wgs84\",\"fix_time\":\"2026-11-21T07:15:00Z\"}", CODE_NONE },
    { "{" PLACE "\"frame\":\"wgs84\",\"fix_time\":\"2026-11-21T07:14:59.999Z\"}",
      CODE_FIX_TOO_OLD },
    { "{" PLACE "\"frame\":\"wgs84\",\"fix_time\":\"2026-11-22T07:20:00Z\"}", CODE_NONE },
    { "{" PLACE "\"frame\":\"wgs84\",\"fix_time\":\"2026-11-22T07:20:00.001Z\"}",
      CODE_FIX_IN_FUTURE },
#undef PLACE
};

static void each_item_is_refused_with_its_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ITEMS / sizeof *ITEMS; i++) {
        const char *body = arena_text(memory, "{\"positions\":[%s]}", ITEMS[i].item);
        struct fixes found;
        struct fail f;

        assert_true(read_text(body, &found, &f));
        assert_int_equal(found.count, 1);
        if (found.items[0].code != ITEMS[i].code)
            fail_msg("%s is %s, want %s", ITEMS[i].item, fail_word(found.items[0].code),
                     fail_word(ITEMS[i].code));
    }
}

static void what_is_no_body_is_refused_whole(void **state)
{
    static const struct {
        const char *body;
        enum fail_code code;
    } CASES[] = {
        { "", CODE_JSON_MALFORMED },
        { "   ", CODE_JSON_MALFORMED },
        { "{", CODE_JSON_MALFORMED },
        { "{\"positions\":[{}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{}]", CODE_JSON_MALFORMED },
        { "{\"positions\":[{}]}x", CODE_JSON_MALFORMED },
        { "{\"positions\":[{}]}{}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{},]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[,{}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"a\":1,}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"a\" 1}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{a:1}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":01}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":1.}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":.5}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":+1}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":-}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":1e}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":NaN}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":0x10}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"lon\":nul}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"wgs84}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\\x\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\\ud800\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\\udc00\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\\u0000\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"a\nb\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\xff\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\xc0\xaf\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\xed\xa0\x80\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"frame\":\"\xf4\x90\x80\x80\"}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"x\":[1}]}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"x\":[1 2]}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"x\":{\"y\":1,}}]}", CODE_JSON_MALFORMED },
        { "{\"positions\":[{\"x\":[[[[[[[[[[[[[[]]]]]]]]]]]]]]}]}", CODE_JSON_DEEP },
        { "{\"positions\":[]}", CODE_VALUE_OUT_OF_RANGE },
        { "{\"positions\":{}}", CODE_VALUE_WRONG_TYPE },
        { "{\"positions\":null}", CODE_VALUE_WRONG_TYPE },
        { "{\"positions\":[{}],\"more\":1}", CODE_KEY_UNKNOWN },
        { "{\"positions\":[{}],\"positions\":[{}]}", CODE_JSON_DUPLICATE_KEY },
        { "[]", CODE_VALUE_WRONG_TYPE },
        { "7", CODE_VALUE_WRONG_TYPE },
        { "\"positions\"", CODE_VALUE_WRONG_TYPE },
        { "\xef\xbb\xbf{}", CODE_JSON_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct fixes found = { .count = 77 };
        struct fail f = { 0 };

        if (read_text(CASES[i].body, &found, &f) || f.code != CASES[i].code)
            fail_msg("%s is %s, want %s", CASES[i].body, fail_word(f.code),
                     fail_word(CASES[i].code));
        assert_int_equal(f.kind, FAIL_INPUT);
        assert_int_equal(found.count, 77);
    }
}

static void a_thousand_items_are_taken_and_one_more_is_not(void **state)
{
    (void)state;
    for (int extra = 0; extra < 2; extra++) {
        struct buf body = { 0 };
        struct fixes found;
        struct fail f;

        buf_string(&body, "{\"positions\":[");
        for (int i = 0; i < FIXES_COUNT_MAX + extra; i++)
            buf_format(&body,
                       "%s{\"person_id\":%d,\"lon\":1,\"lat\":2,\"frame\":\"wgs84\"," NOW "}",
                       i > 0 ? "," : "", i + 1);
        buf_string(&body, "]}");
        assert_int_equal(fixes_read(memory, body.bytes, body.size, NOW_US, &found, &f), !extra);
        if (!extra) {
            assert_int_equal(found.count, FIXES_COUNT_MAX);
            for (int i = 0; i < FIXES_COUNT_MAX; i++)
                assert_int_equal(found.items[i].person_id, i + 1);
        } else {
            assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
            assert_string_equal(f.pointer, "/positions");
        }
        buf_free(&body);
    }
}

static void a_body_over_its_limit_is_refused_unread(void **state)
{
    char *body = arena_take(memory, FIXES_BODY_MAX + 1, 1);
    struct fixes found;
    struct fail f;

    (void)state;
    memset(body, ' ', FIXES_BODY_MAX + 1);
    assert_false(fixes_read(memory, body, FIXES_BODY_MAX + 1, NOW_US, &found, &f));
    assert_int_equal(f.code, CODE_VALUE_TOO_LONG);
}

/* ------------------------------------------------------------------ from an enrolled device */

static struct fixes_item from_device(const char *body)
{
    static const struct fixes_sender SENDER = { .person_id = 7, .frame = FRAME_GCJ02 };
    struct fixes found;
    struct fail f = { 0 };

    if (!fixes_read_from(memory, body, strlen(body), NOW_US, &SENDER, &found, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    assert_int_equal(found.count, 1);
    return found.items[0];
}

static void a_device_has_declared_whose_it_is_and_its_frame(void **state)
{
    const struct fixes_item bare =
        from_device("{\"lon\":117.190773,\"lat\":34.259778,\"fix_time\":\"2026-11-22T07:14:00Z\"}");
    const struct fixes_item named =
        from_device("{\"person_id\":8,\"lon\":117.190773,\"lat\":34.259778,\"frame\":\"gcj02\","
                    "\"fix_time\":\"2026-11-22T07:14:00Z\",\"hired\":true}");

    (void)state;
    assert_int_equal(bare.code, CODE_NONE);
    assert_int_equal(bare.person_id, 7);
    assert_int_equal(bare.hired, -1);
    check_near(bare.at.lon / 1e7, 117.185, 2e-6);
    check_near(bare.at.lat / 1e7, 34.261, 2e-6);
    assert_int_equal(named.code, CODE_NONE);
    assert_int_equal(named.person_id, 8); /* whom the sender sees is asked later */
    assert_int_equal(named.hired, 1);
}

static void another_frame_than_it_declared_is_refused(void **state)
{
    (void)state;
    assert_int_equal(from_device("{\"lon\":117.19,\"lat\":34.26,\"frame\":\"wgs84\","
                                 "\"fix_time\":\"2026-11-22T07:14:00Z\"}")
                         .code,
                     CODE_FRAME_DIFFERS);
    assert_int_equal(from_device("{\"lon\":117.19,\"lat\":34.26,\"frame\":\"gps\","
                                 "\"fix_time\":\"2026-11-22T07:14:00Z\"}")
                         .code,
                     CODE_FRAME_UNKNOWN);
    assert_int_equal(from_device("{\"lon\":117.19,\"lat\":34.26}").code, CODE_KEY_MISSING);
    assert_int_equal(from_device("{\"lon\":117.19,\"lat\":34.26,\"hired\":1,"
                                 "\"fix_time\":\"2026-11-22T07:14:00Z\"}")
                         .code,
                     CODE_VALUE_WRONG_TYPE);
}

/* ------------------------------------------------------------------ against a tree */

struct random {
    uint64_t state;
};

static uint32_t below(struct random *r, uint32_t limit)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->state >> 33) % limit;
}

static void random_value(struct random *r, struct buf *out, int depth);

static void random_number(struct random *r, struct buf *out)
{
    static const char *const NUMBERS[] = {
        "0", "-0", "1e5", "1E-3", "2.50", "12e+1", "0.1e-30", "-7", "1e22", "123456789012345678"
    };

    switch (below(r, 3)) {
    case 0:
        buf_string(out, NUMBERS[below(r, sizeof NUMBERS / sizeof *NUMBERS)]);
        break;
    case 1:
        buf_format(out, "%d", (int)below(r, 400) - 200);
        break;
    default:
        buf_format(out, "%.*f", (int)below(r, 20), ((double)below(r, 1000000) - 500000) / 1234.5);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): at most four levels. */
static void random_value(struct random *r, struct buf *out, int depth)
{
    static const char *const TEXTS[] = {
        "\"wgs84\"", "\"\"", "\"\xe5\x8c\x97\\u4eac\"", "\"a\\n\\\"\\ud83d\\ude00\"", "true", "null"
    };
    const uint32_t kind = below(r, depth > 3 ? 2 : 4);

    if (kind == 0) {
        random_number(r, out);
    } else if (kind == 1) {
        buf_string(out, TEXTS[below(r, sizeof TEXTS / sizeof *TEXTS)]);
    } else {
        const bool is_object = kind == 3;
        const uint32_t count = below(r, 3);

        buf_byte(out, is_object ? '{' : '[');
        for (uint32_t i = 0; i < count; i++) {
            if (i > 0)
                buf_string(out, " ,");
            if (is_object)
                buf_format(out, "\"k%u\":", i);
            random_value(r, out, depth + 1);
        }
        buf_byte(out, is_object ? '}' : ']');
    }
}

static void random_field(struct random *r, struct buf *out, const char *name)
{
    static const char *const FRAMES[] = { "wgs84", "cgcs2000", "gcj02", "bd09", "wgs" };

    buf_format(out, "%s\"%s\"%s:", below(r, 9) ? "" : "\n\t ", name, below(r, 9) ? "" : " ");
    if (below(r, 25) == 0)
        random_value(r, out, 0);
    else if (strcmp(name, "frame") == 0)
        buf_format(out, "\"%s\"", FRAMES[below(r, 5)]);
    else if (strcmp(name, "fix_time") == 0)
        buf_format(out, "\"2026-11-22T%02u:%02u:00Z\"", 6 + below(r, 2), below(r, 60));
    else if (strcmp(name, "person_id") == 0)
        buf_format(out, "%u", below(r, 1000));
    else if (strcmp(name, "hired") == 0)
        buf_string(out, below(r, 2) ? "true" : "false");
    else if (strcmp(name, "lat") == 0)
        buf_format(out, "%.*f", (int)below(r, 18), 20 + below(r, 1000000) / 50000.0);
    else
        buf_format(out, "%.*f", (int)below(r, 18), 80 + below(r, 1000000) / 20000.0);
}

static void random_item(struct random *r, struct buf *out)
{
    static const char *const NAMES[] = { "person_id", "lon",        "lat",       "frame",
                                         "fix_time",  "accuracy_m", "speed_mps", "hired" };
    bool is_first = true;

    if (below(r, 30) == 0) {
        random_value(r, out, 1);
        return;
    }
    buf_byte(out, '{');
    for (int i = 0; i < 8; i++) {
        if (below(r, i < 5 ? 30 : 2) == 0)
            continue;
        buf_string(out, is_first ? "" : ",");
        random_field(r, out, NAMES[i]);
        is_first = false;
    }
    if (below(r, 30) == 0) {
        buf_format(out, "%s\"other\":", is_first ? "" : ",");
        random_value(r, out, 1);
    }
    buf_byte(out, '}');
}

/* What the item should be, said in the plain way. CODE_COUNT: some code. */
static void expect(const struct input *v, struct fixes_item *out)
{
    struct input_key keys[] = { { "person_id", true, NULL },  { "lon", true, NULL },
                                { "lat", true, NULL },        { "frame", true, NULL },
                                { "fix_time", true, NULL },   { "accuracy_m", false, NULL },
                                { "speed_mps", false, NULL }, { "hired", false, NULL } };
    double accuracy_m = -0.1, speed_mps = -0.01;
    struct point p;
    const char *when;
    struct fail f;
    bool is_hired = false;

    *out = (struct fixes_item){ .code = CODE_COUNT, .hired = -1 };
    if (!input_keys(v, keys, 8, &f) ||
        !input_int(keys[0].value, 1, (1LL << 53) - 1, &out->person_id, &f) ||
        !input_number(keys[1].value, -180, 180, &p.lon, &f) ||
        !input_number(keys[2].value, -90, 90, &p.lat, &f) ||
        !frame_read_word(keys[3].value, &out->frame, &f) ||
        !input_text(keys[4].value, 64, &when, &f) ||
        !instant_read(when, strlen(when), &out->fix_us))
        return;
    if (keys[5].value && !input_number(keys[5].value, 0, FIXES_ACCURACY_MAX_M, &accuracy_m, &f))
        return;
    if (keys[6].value && !input_number(keys[6].value, 0, FIXES_SPEED_MAX_MPS, &speed_mps, &f))
        return;
    if (keys[7].value && !input_bool(keys[7].value, &is_hired, &f))
        return;
    if (keys[7].value)
        out->hired = is_hired;
    if (!frame_to_wgs84(out->frame, p, &p, &f) ||
        out->fix_us < NOW_US - FIXES_OLD_MAX_S * 1000000LL ||
        out->fix_us > NOW_US + FIXES_AHEAD_MAX_S * 1000000LL)
        return;
    out->code = CODE_NONE;
    out->at = point_to_e7(p);
    out->accuracy_dm = (int32_t)lround(accuracy_m * 10);
    out->speed_cms = (int32_t)lround(speed_mps * 100);
}

static void compare(const char *body, size_t size, int *read_count, int *taken_count)
{
    struct fixes found;
    struct fail ours = { 0 }, theirs = { 0 };
    const bool is_read = fixes_read(memory, body, size, NOW_US, &found, &ours);
    const struct input *tree = input_parse(memory, body, size, &theirs);
    const struct input *items = tree && input_is_object(tree) ? input_get(tree, "positions") : NULL;

    if (!tree) {
        /* Numbers beyond a double or an int64 end jansson; here they are out of range. */
        if (is_read && theirs.code != CODE_JSON_DUPLICATE_KEY && !strstr(theirs.text, "overflow") &&
            !strstr(theirs.text, "too big"))
            fail_msg("only jansson refuses %.*s: %s", (int)size, body, theirs.text);
        return;
    }
    if (!items)
        return;
    if (!is_read) {
        if (ours.code == CODE_JSON_MALFORMED || ours.code == CODE_JSON_DEEP)
            fail_msg("only we refuse %.*s: %s", (int)size, body, ours.text);
        return;
    }
    ++*read_count;
    for (int32_t i = 0; i < found.count; i++) {
        struct fixes_item want;

        expect(input_item(items, i), &want);
        if ((want.code == CODE_NONE) != (found.items[i].code == CODE_NONE))
            fail_msg("item %d of %.*s: %s", i, (int)size, body, fail_word(found.items[i].code));
        if (want.code != CODE_NONE)
            continue;
        ++*taken_count;
        assert_memory_equal(&want, &found.items[i], sizeof want);
    }
}

static void random_bodies_read_as_jansson_reads_them(void **state)
{
    struct random r = { 20261122 };
    int read_count = 0, taken_count = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct buf body = { 0 };
        const uint32_t count = 1 + below(&r, 4);

        buf_string(&body, "{\"positions\":[");
        for (uint32_t k = 0; k < count; k++) {
            buf_string(&body, k > 0 ? "," : "");
            random_item(&r, &body);
        }
        buf_string(&body, "]}");
        compare(body.bytes, body.size, &read_count, &taken_count);
        /* And with a few bytes changed. */
        for (uint32_t k = 1 + below(&r, 2); k > 0; k--)
            body.bytes[below(&r, (uint32_t)body.size)] =
                "{}[],:\"\\0123456789.eE+-tfnu \xc3\xa9"[below(&r, 29)];
        compare(body.bytes, body.size, &read_count, &taken_count);
        buf_free(&body);
        arena_reset(memory);
    }
    assert_true(read_count > 20000);
    assert_true(taken_count > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_fix_is_a_body),
        cmocka_unit_test(a_rejected_item_names_the_key_and_what_is_allowed),
        cmocka_unit_test(a_body_that_was_cut_off_is_no_json),
        cmocka_unit_test(a_bad_item_does_not_hold_up_the_others),
        cmocka_unit_test(each_item_is_refused_with_its_code),
        cmocka_unit_test(what_is_no_body_is_refused_whole),
        cmocka_unit_test(a_thousand_items_are_taken_and_one_more_is_not),
        cmocka_unit_test(a_body_over_its_limit_is_refused_unread),
        cmocka_unit_test(a_device_has_declared_whose_it_is_and_its_frame),
        cmocka_unit_test(another_frame_than_it_declared_is_refused),
        cmocka_unit_test(random_bodies_read_as_jansson_reads_them),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
