/* The shifts of gcj02 and bd09. The formulas are not published by those who made
 * them; these are the ones in common use since 2013 (Krasovsky 1940 ellipsoid, a
 * polynomial and sines around 105 E 35 N; for bd09 a turn and a stretch), and the
 * tests hold them against places measured in all three frames. */
#include "geo/frame.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *const WORDS[FRAME_COUNT] = { "wgs84", "cgcs2000", "gcj02", "bd09" };
static const char *const ALLOWED = "wgs84, cgcs2000, gcj02, bd09";

static const double PI = 3.14159265358979323846;
static const double AXIS_M = 6378245.0;                      /* Krasovsky 1940 */
static const double ECCENTRICITY_2 = 0.00669342162296594323; /* squared */
static const double BD09_WAVE = 3.14159265358979323846 * 3000.0 / 180.0;

static const struct {
    double west, south, east, north;
} CHINA = { 72.004, 0.8293, 137.8347, 55.8271 };

/* The inverse stops when a step is under 1e-11 degree, about a micrometre. Both
 * shifts change by under 2 % of a step, so six rounds do; the limit is for the
 * kink of the formula at 105 E. */
enum { ROUNDS_MAX = 30 };
static const double STEP_DONE = 1e-11;
/* What rounding may put beside the rectangle's edge. */
static const double EDGE = 1e-9;

const char *frame_word(enum frame frame)
{
    assert(frame < FRAME_COUNT);
    return WORDS[frame];
}

static bool frame_missing(struct fail *f)
{
    fail_set(f, FAIL_INPUT, FRAME_MISSING, "every coordinate must say its frame: %s", ALLOWED);
    return fail_allowed(f, "%s", ALLOWED);
}

bool frame_from_word(const char *word, enum frame *out, struct fail *f)
{
    if (!word || !*word)
        return frame_missing(f);
    for (int i = 0; i < FRAME_COUNT; i++) {
        if (strcmp(WORDS[i], word) == 0) {
            *out = (enum frame)i;
            return true;
        }
    }
    fail_set(f, FAIL_INPUT, FRAME_UNKNOWN, "there is no frame %.40s; there are %s", word, ALLOWED);
    fail_allowed(f, "%s", ALLOWED);
    return fail_value(f, word);
}

static bool in_rectangle(struct point p, double margin)
{
    return p.lon >= CHINA.west - margin && p.lon <= CHINA.east + margin &&
           p.lat >= CHINA.south - margin && p.lat <= CHINA.north + margin;
}

bool frame_in_china(struct point p)
{
    return in_rectangle(p, 0.0);
}

/* Metres to the north. */
static double shift_north(double x, double y)
{
    return -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x)) +
           (20.0 * sin(6.0 * x * PI) + 20.0 * sin(2.0 * x * PI)) * 2.0 / 3.0 +
           (20.0 * sin(y * PI) + 40.0 * sin(y / 3.0 * PI)) * 2.0 / 3.0 +
           (160.0 * sin(y / 12.0 * PI) + 320.0 * sin(y * PI / 30.0)) * 2.0 / 3.0;
}

/* Metres to the east. */
static double shift_east(double x, double y)
{
    return 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x)) +
           (20.0 * sin(6.0 * x * PI) + 20.0 * sin(2.0 * x * PI)) * 2.0 / 3.0 +
           (20.0 * sin(x * PI) + 40.0 * sin(x / 3.0 * PI)) * 2.0 / 3.0 +
           (150.0 * sin(x / 12.0 * PI) + 300.0 * sin(x / 30.0 * PI)) * 2.0 / 3.0;
}

static struct point shift_to_gcj02(struct point p)
{
    const double x = p.lon - 105.0;
    const double y = p.lat - 35.0;
    const double angle = p.lat / 180.0 * PI;
    const double w = 1.0 - ECCENTRICITY_2 * sin(angle) * sin(angle);
    const double north_m = AXIS_M * (1.0 - ECCENTRICITY_2) / (w * sqrt(w)); /* of a radian */
    const double east_m = AXIS_M / sqrt(w) * cos(angle);

    return (struct point){
        .lon = p.lon + shift_east(x, y) * 180.0 / (east_m * PI),
        .lat = p.lat + shift_north(x, y) * 180.0 / (north_m * PI),
    };
}

static struct point shift_to_bd09(struct point p)
{
    const double far = sqrt(p.lon * p.lon + p.lat * p.lat) + 0.00002 * sin(p.lat * BD09_WAVE);
    const double turn = atan2(p.lat, p.lon) + 0.000003 * cos(p.lon * BD09_WAVE);

    return (struct point){
        .lon = far * cos(turn) + 0.0065,
        .lat = far * sin(turn) + 0.006,
    };
}

/* The place that `shift` brings to p: what is still missing is added again and
 * again. */
static struct point undo(struct point (*shift)(struct point), struct point p)
{
    struct point guess = p;

    for (int i = 0; i < ROUNDS_MAX; i++) {
        const struct point there = shift(guess);
        const double east = p.lon - there.lon;
        const double north = p.lat - there.lat;

        guess.lon += east;
        guess.lat += north;
        if (fabs(east) < STEP_DONE && fabs(north) < STEP_DONE)
            break;
    }
    return guess;
}

static bool out_of_range(struct point p, struct fail *f)
{
    fail_set(f, FAIL_INPUT, PLACE_OUT_OF_RANGE,
             "longitude must be -180 to 180 and latitude -90 to 90: %.9g, %.9g", p.lon, p.lat);
    return fail_allowed(f, "longitude -180 to 180, latitude -90 to 90");
}

static bool outside_china(struct point p, struct fail *f)
{
    fail_set(f, FAIL_INPUT, FRAME_OUTSIDE_CHINA,
             "bd09 is only defined in the rectangle around China: %.9g, %.9g", p.lon, p.lat);
    return fail_allowed(f, "longitude %.7g to %.7g, latitude %.7g to %.7g", CHINA.west, CHINA.east,
                        CHINA.south, CHINA.north);
}

/* The rectangle is asked about the WGS 84 place, so that what went out through
 * the shift comes back through it. A gcj02 place far outside is spared the
 * formula, which means nothing there. */
static struct point gcj02_to_wgs84(struct point p)
{
    if (!in_rectangle(p, 0.05))
        return p;
    const struct point inside = undo(shift_to_gcj02, p);

    return in_rectangle(inside, EDGE) ? inside : p;
}

static bool bd09_to_wgs84(struct point p, struct point *out, struct fail *f)
{
    if (!in_rectangle(p, 0.05))
        return outside_china(p, f);
    const struct point inside = undo(shift_to_gcj02, undo(shift_to_bd09, p));

    if (!in_rectangle(inside, EDGE))
        return outside_china(p, f);
    *out = inside;
    return true;
}

bool frame_to_wgs84(enum frame frame, struct point p, struct point *out, struct fail *f)
{
    if (!point_valid(p))
        return out_of_range(p, f);
    switch (frame) {
    case FRAME_WGS84:
    case FRAME_CGCS2000:
        *out = p;
        return true;
    case FRAME_GCJ02:
        *out = gcj02_to_wgs84(p);
        return true;
    case FRAME_BD09:
        return bd09_to_wgs84(p, out, f);
    case FRAME_COUNT:
        break;
    }
    assert(!"a frame that is none");
    return false;
}

bool frame_from_wgs84(enum frame frame, struct point p, struct point *out, struct fail *f)
{
    if (!point_valid(p))
        return out_of_range(p, f);
    switch (frame) {
    case FRAME_WGS84:
    case FRAME_CGCS2000:
        *out = p;
        return true;
    case FRAME_GCJ02:
        *out = frame_in_china(p) ? shift_to_gcj02(p) : p;
        return true;
    case FRAME_BD09:
        if (!frame_in_china(p))
            return outside_china(p, f);
        *out = shift_to_bd09(shift_to_gcj02(p));
        return true;
    case FRAME_COUNT:
        break;
    }
    assert(!"a frame that is none");
    return false;
}

bool frame_read_word(const struct input *v, enum frame *out, struct fail *f)
{
    const char *word;

    if (!v)
        return frame_missing(f);
    if (!input_text(v, 40, &word, f))
        return false;
    return frame_from_word(word, out, f) || input_blame(v, f);
}

/* The range of one coordinate, but with the code that all places share. */
static bool read_degrees(const struct input *v, double limit, double *out, struct fail *f)
{
    if (input_number(v, -limit, limit, out, f))
        return true;
    if (f->code == CODE_VALUE_OUT_OF_RANGE)
        f->code = CODE_PLACE_OUT_OF_RANGE;
    return false;
}

bool frame_read_place(const struct input *v, struct point *out, struct fail *f)
{
    struct input_key keys[] = { { "lon", true, NULL },
                                { "lat", true, NULL },
                                { "frame", false, NULL } };
    enum frame frame = FRAME_WGS84;
    struct point p;

    if (!input_keys(v, keys, 3, f))
        return false;
    if (!keys[2].value) {
        frame_missing(f);
        return input_blame(v, f);
    }
    if (!read_degrees(keys[0].value, 180.0, &p.lon, f) ||
        !read_degrees(keys[1].value, 90.0, &p.lat, f) || !frame_read_word(keys[2].value, &frame, f))
        return false;
    return frame_to_wgs84(frame, p, out, f) || input_blame(v, f);
}
