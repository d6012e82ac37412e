/* The defaults by class follow the OpenStreetMap wiki's table "OSM tags for
 * routing/Access restrictions" where it is worldwide; the precedence of keys,
 * from the general to the particular, is that of its page "Key:access". */
#include "geo/road/access.h"

#include <stdlib.h>
#include <string.h>

enum { FOOT = 1, EBIKE = 2, CAR = 4 };

static const struct {
    const char *highway;
    enum street_class street_class;
    int modes; /* who may go there when no other tag speaks of it */
} STREETS[] = {
    { "motorway", STREET_MOTORWAY, CAR },
    { "motorway_link", STREET_MOTORWAY, CAR },
    { "trunk", STREET_TRUNK, FOOT | EBIKE | CAR },
    { "trunk_link", STREET_TRUNK, FOOT | EBIKE | CAR },
    { "primary", STREET_PRIMARY, FOOT | EBIKE | CAR },
    { "primary_link", STREET_PRIMARY, FOOT | EBIKE | CAR },
    { "secondary", STREET_SECONDARY, FOOT | EBIKE | CAR },
    { "secondary_link", STREET_SECONDARY, FOOT | EBIKE | CAR },
    { "tertiary", STREET_TERTIARY, FOOT | EBIKE | CAR },
    { "tertiary_link", STREET_TERTIARY, FOOT | EBIKE | CAR },
    { "residential", STREET_RESIDENTIAL, FOOT | EBIKE | CAR },
    { "unclassified", STREET_RESIDENTIAL, FOOT | EBIKE | CAR },
    { "living_street", STREET_RESIDENTIAL, FOOT | EBIKE | CAR },
    { "road", STREET_RESIDENTIAL, FOOT | EBIKE | CAR },
    { "service", STREET_SERVICE, FOOT | EBIKE | CAR },
    { "busway", STREET_SERVICE, 0 },
    { "track", STREET_TRACK, FOOT | EBIKE },
    { "pedestrian", STREET_PEDESTRIAN, FOOT },
    { "cycleway", STREET_CYCLEWAY, FOOT | EBIKE },
    { "path", STREET_PATH, FOOT | EBIKE },
    { "footway", STREET_PATH, FOOT },
    { "bridleway", STREET_PATH, FOOT },
    { "corridor", STREET_PATH, FOOT },
    { "steps", STREET_STEPS, FOOT },
};

static const struct {
    enum mode mode;
    int bit;
    const char *keys[5]; /* from the general to the particular */
} MODES[] = {
    { MODE_FOOT, FOOT, { "access", "foot" } },
    { MODE_EBIKE, EBIKE, { "access", "vehicle", "bicycle", "electric_bicycle" } },
    { MODE_CAR, CAR, { "access", "vehicle", "motor_vehicle", "motorcar" } },
};

enum { MODE_ROWS = sizeof MODES / sizeof MODES[0] };

struct reader {
    const struct access_tag *tags;
    int32_t count;
};

static const char *get(const struct reader *r, const char *key)
{
    for (int32_t i = 0; i < r->count; i++)
        if (strcmp(r->tags[i].key, key) == 0)
            return r->tags[i].value;
    return NULL;
}

/* The value of `key` with `suffix` behind it. */
static const char *get_with(const struct reader *r, const char *key, const char *suffix)
{
    const size_t length = strlen(key);

    for (int32_t i = 0; i < r->count; i++)
        if (strncmp(r->tags[i].key, key, length) == 0 &&
            strcmp(r->tags[i].key + length, suffix) == 0)
            return r->tags[i].value;
    return NULL;
}

static bool is(const char *value, const char *word)
{
    return value && strcmp(value, word) == 0;
}

static bool among(const char *value, const char *const *words)
{
    for (; value && *words; words++)
        if (strcmp(value, *words) == 0)
            return true;
    return false;
}

/* ---- what it is */

static bool find_class(const struct reader *r, struct access *out, int *modes)
{
    const char *highway = get(r, "highway");

    if (is(get(r, "area"), "yes"))
        return false;
    for (size_t i = 0; highway && i < sizeof STREETS / sizeof STREETS[0]; i++)
        if (strcmp(highway, STREETS[i].highway) == 0) {
            out->street_class = STREETS[i].street_class;
            *modes = STREETS[i].modes;
            return true;
        }
    if (highway || !is(get(r, "route"), "ferry"))
        return false;
    out->street_class = STREET_FERRY;
    *modes = FOOT | EBIKE;
    return true;
}

/* ---- who may use it */

enum say { SAY_NOTHING, SAY_YES, SAY_NO };

/* "private" is a no: an ordinary volunteer may not pass. Of what only visitors
 * or customers may use, a responder is one. */
static enum say read_permission(const char *value)
{
    static const char *const YES[] = { "yes",    "designated", "permissive",  "official",
                                       "public", "customers",  "destination", "residents",
                                       "permit", NULL };
    static const char *const NO[] = { "no",         "private",      "agricultural",
                                      "forestry",   "military",     "emergency",
                                      "delivery",   "use_sidepath", "dismount",
                                      "restricted", "employees",    "psv",
                                      "bus",        "construction", NULL };

    if (among(value, YES))
        return SAY_YES;
    return among(value, NO) ? SAY_NO : SAY_NOTHING;
}

/* Whether this mode may, in the end, when `start` is what was known before. The
 * general keys can only forbid, or undo what a more general one forbade: access=yes
 * on a footpath does not invite cars. A particular key can also allow. */
static bool permit(const struct reader *r, int row, const char *suffix, bool start)
{
    bool allowed = start;

    for (int i = 0; MODES[row].keys[i]; i++) {
        const char *key = MODES[row].keys[i];
        const bool general = is(key, "access") || is(key, "vehicle");
        const enum say say = read_permission(get_with(r, key, suffix));

        if (say == SAY_NO)
            allowed = false;
        else if (say == SAY_YES)
            allowed = general ? start : true;
    }
    return allowed;
}

/* ---- in which direction */

enum { NEITHER = 0, FORWARD = 1, BACK = 2, BOTH = 3 };

/* What a oneway tag says, or `before` when it is missing or says something else.
 * Where the direction changes with the hour nobody can rely on either. */
static int read_oneway(const char *value, int before)
{
    static const char *const YES[] = { "yes", "true", "1", "forward", NULL };
    static const char *const REVERSE[] = { "-1", "reverse", "backward", NULL };
    static const char *const NO[] = { "no", "false", "0", NULL };
    static const char *const CHANGING[] = { "reversible", "alternating", NULL };

    if (among(value, YES))
        return FORWARD;
    if (among(value, REVERSE))
        return BACK;
    if (among(value, NO))
        return BOTH;
    return among(value, CHANGING) ? NEITHER : before;
}

/* Roundabouts and motorways are one-way without being told. */
static int vehicle_direction(const struct reader *r, const struct access *street)
{
    static const char *const ROUND[] = { "roundabout", "circular", NULL };
    const bool one_way =
        among(get(r, "junction"), ROUND) || street->street_class == STREET_MOTORWAY;

    return read_oneway(get(r, "oneway:vehicle"),
                       read_oneway(get(r, "oneway"), one_way ? FORWARD : BOTH));
}

/* A lane against the stream, in the tagging of any year. */
static bool has_contraflow(const struct reader *r)
{
    static const char *const PLACES[] = { "cycleway", "cycleway:left", "cycleway:right",
                                          "cycleway:both", NULL };
    static const char *const BACKWARDS[] = { "no", "-1", NULL };

    for (const char *const *place = PLACES; *place; place++) {
        const char *lane = get(r, *place);

        if (lane && strncmp(lane, "opposite", strlen("opposite")) == 0)
            return true;
        if (lane && !is(lane, "no") && among(get_with(r, *place, ":oneway"), BACKWARDS))
            return true;
    }
    return false;
}

static int direction_of(const struct reader *r, enum mode mode, const struct access *street)
{
    const int vehicle = vehicle_direction(r, street);

    switch (mode) {
    case MODE_FOOT: /* oneway is for vehicles; moving stairs are for feet */
        return read_oneway(get(r, "oneway:foot"), read_oneway(get(r, "conveying"), BOTH));
    case MODE_EBIKE:
        return read_oneway(get(r, "oneway:bicycle"), has_contraflow(r) ? BOTH : vehicle);
    case MODE_CAR:
        return read_oneway(get(r, "oneway:motorcar"),
                           read_oneway(get(r, "oneway:motor_vehicle"), vehicle));
    case MODE_COUNT:
        break;
    }
    return NEITHER;
}

static uint8_t read_bits(const struct reader *r, int modes, const struct access *street)
{
    unsigned bits = 0;

    for (int row = 0; row < MODE_ROWS; row++) {
        const bool allowed = permit(r, row, "", (modes & MODES[row].bit) != 0);
        const int direction = direction_of(r, MODES[row].mode, street);
        /* bicycle:backward=yes opens a one-way street; it does not open a forbidden one. */
        const bool forward = allowed && permit(r, row, ":forward", (direction & FORWARD) != 0);
        const bool back = allowed && permit(r, row, ":backward", (direction & BACK) != 0);

        bits |= (forward ? 1U : 0U) << (2 * MODES[row].mode);
        bits |= (back ? 2U : 0U) << (2 * MODES[row].mode);
    }
    /* No tag makes stairs fit for wheels. */
    if (street->street_class == STREET_STEPS)
        bits &= ACCESS_FOOT_FORWARD | ACCESS_FOOT_BACK;
    return (uint8_t)bits;
}

/* ---- how fast */

/* "50", "50 km/h", "30 mph", "walk"; of "50;30" the first. What is no number
 * ("CN:urban", "none") leaves it to the class. */
static int16_t read_maxspeed(const char *value)
{
    enum { WALK_KMH = 6, DIGITS_MAX = 3 };
    const double mile_km = 1.609344;
    char *end;

    if (is(value, "walk"))
        return WALK_KMH;
    if (!value || strspn(value, "0123456789") == 0 || strspn(value, "0123456789") > DIGITS_MAX)
        return 0;

    long speed = strtol(value, &end, 10);

    end += strspn(end, " ");
    if (strncmp(end, "mph", 3) == 0)
        speed = (long)((double)speed * mile_km + 0.5);
    else if (strncmp(end, "knots", strlen("knots")) == 0)
        return 0;
    if (speed < ACCESS_SPEED_MIN_KMH || speed > ACCESS_SPEED_MAX_KMH)
        return 0;
    return (int16_t)speed;
}

bool access_read(const struct access_tag *tags, int32_t tag_count, struct access *out)
{
    const struct reader r = { .tags = tags, .count = tag_count };
    struct access street = { 0 };
    int modes;

    if (!find_class(&r, &street, &modes))
        return false;
    if (is(get(&r, "motorroad"), "yes"))
        modes &= CAR;
    street.bits = read_bits(&r, modes, &street);
    street.maxspeed_kmh = read_maxspeed(get(&r, "maxspeed"));
    *out = street;
    return true;
}

uint8_t access_modes(const struct access_tag *tags, int32_t tag_count, uint8_t modes)
{
    const struct reader r = { .tags = tags, .count = tag_count };
    unsigned may = 0;

    for (int row = 0; row < MODE_ROWS; row++)
        may |=
            permit(&r, row, "", (modes & 1u << MODES[row].mode) != 0) ? 1u << MODES[row].mode : 0;
    return (uint8_t)may;
}
