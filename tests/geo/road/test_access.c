/* Tags of real streets, and who may use them. */
#include "tests/support/check_near.h"

#include <stdio.h>
#include <string.h>

#include "geo/road/access.h"

enum { TAG_MAX = 12, TEXT_MAX = 256 };

/* Reads "highway=service oneway=yes"; the words live in `text`. */
static int32_t read_tags(const char *line, char *text, struct access_tag *tags)
{
    int32_t count = 0;
    char *rest = text;
    char *word;

    assert_true(strlen(line) < TEXT_MAX);
    memcpy(text, line, strlen(line) + 1);
    while ((word = strsep(&rest, " ")) && *word) {
        char *value = strchr(word, '=');

        assert_non_null(value);
        assert_true(count < TAG_MAX);
        *value = '\0';
        tags[count++] = (struct access_tag){ word, value + 1 };
    }
    return count;
}

static bool read_line(const char *line, struct access *out)
{
    char text[TEXT_MAX];
    struct access_tag tags[TAG_MAX];
    const int32_t count = read_tags(line, text, tags);

    return access_read(tags, count, out);
}

/* Who may: f, b, c for foot, e-bike, car; '=' both ways, '>' forward, '<' back. */
static void write_bits(uint8_t bits, char out[8])
{
    static const char LETTERS[] = "fbc";
    size_t at = 0;

    for (int mode = 0; mode < 3; mode++) {
        const int both = bits >> (2 * mode) & 3;

        if (both == 0)
            continue;
        out[at++] = LETTERS[mode];
        out[at++] = both == 3 ? '=' : both == 1 ? '>' : '<';
    }
    out[at] = '\0';
}

static const struct {
    const char *tags, *who;
    enum street_class street_class;
} WHO_MAY[] = {
    { "highway=residential", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=living_street", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=unclassified", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=road", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=motorway", "c>", STREET_MOTORWAY },
    { "highway=motorway_link oneway=no", "c=", STREET_MOTORWAY },
    { "highway=trunk", "f=b=c=", STREET_TRUNK },
    { "highway=trunk motorroad=yes", "c=", STREET_TRUNK },
    { "highway=trunk motorroad=yes foot=yes", "f=c=", STREET_TRUNK },
    { "highway=primary_link", "f=b=c=", STREET_PRIMARY },
    { "highway=secondary oneway=yes", "f=b>c>", STREET_SECONDARY },
    { "highway=tertiary oneway=-1", "f=b<c<", STREET_TERTIARY },
    { "highway=tertiary oneway=reversible", "f=", STREET_TERTIARY },
    { "highway=residential junction=roundabout", "f=b>c>", STREET_RESIDENTIAL },
    { "highway=residential junction=circular oneway=no", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes oneway:bicycle=no", "f=b=c>", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway=opposite", "f=b=c>", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway:left=opposite_lane", "f=b=c>", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway:left=lane cycleway:left:oneway=-1", "f=b=c>",
      STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway:right=lane", "f=b>c>", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes bicycle:backward=yes", "f=b=c>", STREET_RESIDENTIAL },
    { "highway=residential motor_vehicle:backward=no", "f=b=c>", STREET_RESIDENTIAL },
    { "highway=residential vehicle:forward=no", "f=b<c<", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes oneway:motor_vehicle=no", "f=b>c=", STREET_RESIDENTIAL },
    { "highway=service access=private", "", STREET_SERVICE },
    { "highway=service access=no foot=yes", "f=", STREET_SERVICE },
    { "highway=service access=customers", "f=b=c=", STREET_SERVICE },
    { "highway=service access=no vehicle=destination", "b=c=", STREET_SERVICE },
    { "highway=service vehicle=no bicycle=yes", "f=b=", STREET_SERVICE },
    { "highway=residential motor_vehicle=no", "f=b=", STREET_RESIDENTIAL },
    { "highway=residential motor_vehicle=delivery", "f=b=", STREET_RESIDENTIAL },
    { "highway=residential motorcar=no", "f=b=", STREET_RESIDENTIAL },
    { "highway=residential bicycle=dismount", "f=c=", STREET_RESIDENTIAL },
    { "highway=primary bicycle=use_sidepath foot=no", "c=", STREET_PRIMARY },
    { "highway=residential foot=use_sidepath", "b=c=", STREET_RESIDENTIAL },
    { "highway=busway", "", STREET_SERVICE },
    { "highway=busway bicycle=yes", "b=", STREET_SERVICE },
    { "highway=track", "f=b=", STREET_TRACK },
    { "highway=track motor_vehicle=yes", "f=b=c=", STREET_TRACK },
    { "highway=track motor_vehicle=agricultural", "f=b=", STREET_TRACK },
    { "highway=pedestrian", "f=", STREET_PEDESTRIAN },
    { "highway=pedestrian bicycle=yes motor_vehicle=destination", "f=b=c=", STREET_PEDESTRIAN },
    { "highway=cycleway", "f=b=", STREET_CYCLEWAY },
    { "highway=cycleway foot=no oneway=yes", "b>", STREET_CYCLEWAY },
    { "highway=path", "f=b=", STREET_PATH },
    { "highway=footway", "f=", STREET_PATH },
    { "highway=footway access=yes", "f=", STREET_PATH },
    { "highway=footway bicycle=designated", "f=b=", STREET_PATH },
    { "highway=footway oneway=yes", "f=", STREET_PATH },
    { "highway=bridleway", "f=", STREET_PATH },
    { "highway=corridor", "f=", STREET_PATH },
    { "highway=steps", "f=", STREET_STEPS },
    { "highway=steps bicycle=yes motor_vehicle=yes", "f=", STREET_STEPS },
    { "highway=steps conveying=forward", "f>", STREET_STEPS },
    { "highway=footway oneway:foot=-1", "f<", STREET_PATH },
    { "route=ferry", "f=b=", STREET_FERRY },
    { "route=ferry motor_vehicle=yes foot=no", "b=c=", STREET_FERRY },
    { "highway=tertiary junction=roundabout oneway:bicycle=no", "f=b=c>", STREET_TERTIARY },
    { "highway=primary junction=circular", "f=b>c>", STREET_PRIMARY },
    { "highway=residential oneway=-1 cycleway=opposite_track", "f=b=c<", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway=opposite_share_busway", "f=b=c>",
      STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway:both=lane cycleway:both:oneway=no", "f=b=c>",
      STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway=opposite oneway:bicycle=yes", "f=b>c>",
      STREET_RESIDENTIAL },
    { "highway=residential oneway=yes cycleway=opposite bicycle=no", "f=c>", STREET_RESIDENTIAL },
    { "highway=residential oneway=yes electric_bicycle=no", "f=c>", STREET_RESIDENTIAL },
    { "highway=residential access=no", "", STREET_RESIDENTIAL },
    { "highway=residential access=permissive", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=residential access=destination", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=residential access=emergency", "", STREET_RESIDENTIAL },
    { "highway=residential access=private foot=permissive", "f=", STREET_RESIDENTIAL },
    { "highway=motorway bicycle=yes foot=yes", "f=b>c>", STREET_MOTORWAY },
    { "highway=cycleway oneway=yes oneway:bicycle=-1", "f=b<", STREET_CYCLEWAY },
    { "highway=path bicycle=no", "f=", STREET_PATH },
    { "highway=steps foot=no", "", STREET_STEPS },
    { "highway=steps ramp:bicycle=yes", "f=", STREET_STEPS },
    { "highway=steps conveying=backward", "f<", STREET_STEPS },
    { "highway=steps conveying=reversible", "", STREET_STEPS },
    { "route=ferry access=no", "", STREET_FERRY },
    { "route=ferry motorcar=yes oneway=yes", "f=b>c>", STREET_FERRY },
    { "route=ferry foot=designated bicycle=no", "f=", STREET_FERRY },
    { "highway=residential area=no", "f=b=c=", STREET_RESIDENTIAL },
    { "highway=residential access=unheard_of", "f=b=c=", STREET_RESIDENTIAL },
};

static void who_may_use_a_street_follows_from_its_tags(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WHO_MAY / sizeof WHO_MAY[0]; i++) {
        struct access got;
        char who[8];

        if (!read_line(WHO_MAY[i].tags, &got))
            fail_msg("no street: %s", WHO_MAY[i].tags);
        write_bits(got.bits, who);
        if (strcmp(who, WHO_MAY[i].who) != 0 || got.street_class != WHO_MAY[i].street_class)
            fail_msg("%s: %s class %d, wanted %s class %d", WHO_MAY[i].tags, who,
                     (int)got.street_class, WHO_MAY[i].who, (int)WHO_MAY[i].street_class);
    }
}

static void what_is_no_street_is_left_out(void **state)
{
    static const char *const CASES[] = {
        "",
        "building=yes",
        "highway=pedestrian area=yes",
        "highway=platform",
        "highway=construction construction=primary",
        "highway=proposed proposed=motorway",
        "highway=raceway",
        "highway=rest_area",
        "highway=services",
        "highway=bus_stop",
        "highway=elevator",
        "highway=abandoned",
        "highway=no",
        "highway=platform route=ferry",
        "route=bus",
        "Highway=residential",
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct access got = { .maxspeed_kmh = 77 };

        if (read_line(CASES[i], &got))
            fail_msg("a street: %s", CASES[i]);
        assert_int_equal(got.maxspeed_kmh, 77);
    }
}

static void a_speed_limit_is_read_in_kilometres_and_miles(void **state)
{
    static const struct {
        const char *value;
        int kmh;
    } CASES[] = {
        { "50", 50 },      { "50_km/h", 50 }, { "30mph", 48 }, { "5", 5 },
        { "150", 150 },    { "50;30", 50 },   { "walk", 6 },   { "none", 0 },
        { "CN:urban", 0 }, { "4", 0 },        { "151", 0 },    { "-50", 0 },
        { "+50", 0 },      { "0", 0 },        { "", 0 },       { "99999999999999999999", 0 },
        { "100mph", 0 },   { "10knots", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct access_tag tags[] = { { "highway", "primary" },
                                           { "maxspeed", CASES[i].value } };
        struct access got;

        assert_true(access_read(tags, 2, &got));
        if (got.maxspeed_kmh != CASES[i].kmh)
            fail_msg("maxspeed=%s: %d, wanted %d", CASES[i].value, got.maxspeed_kmh, CASES[i].kmh);
    }
}

static void blanks_may_stand_before_miles(void **state)
{
    const struct access_tag tags[] = { { "highway", "primary" }, { "maxspeed", "30 mph" } };
    struct access got;

    (void)state;
    assert_true(access_read(tags, 2, &got));
    assert_int_equal(got.maxspeed_kmh, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_use_a_street_follows_from_its_tags),
        cmocka_unit_test(what_is_no_street_is_left_out),
        cmocka_unit_test(a_speed_limit_is_read_in_kilometres_and_miles),
        cmocka_unit_test(blanks_may_stand_before_miles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
