/* Boxes in degrees. */
#include "geo/box.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double METRES_PER_DEGREE = 110574.0; /* of latitude, where it is shortest */
static const double RADIANS = 3.14159265358979323846 / 180.0;

struct box box_empty(void)
{
    return (struct box){ .min = { INFINITY, INFINITY }, .max = { -INFINITY, -INFINITY } };
}

bool box_is_empty(struct box b)
{
    return b.min.lon > b.max.lon || b.min.lat > b.max.lat;
}

struct box box_with(struct box b, struct point p)
{
    return (struct box){
        .min = { fmin(b.min.lon, p.lon), fmin(b.min.lat, p.lat) },
        .max = { fmax(b.max.lon, p.lon), fmax(b.max.lat, p.lat) },
    };
}

bool box_holds(struct box b, struct point p)
{
    return p.lon >= b.min.lon && p.lon <= b.max.lon && p.lat >= b.min.lat && p.lat <= b.max.lat;
}

struct box box_common(struct box a, struct box b)
{
    return (struct box){
        .min = { fmax(a.min.lon, b.min.lon), fmax(a.min.lat, b.min.lat) },
        .max = { fmin(a.max.lon, b.max.lon), fmin(a.max.lat, b.max.lat) },
    };
}

bool box_meets(struct box a, struct box b)
{
    return !box_is_empty(box_common(a, b));
}

struct point box_middle(struct box b)
{
    return (struct point){ (b.min.lon + b.max.lon) / 2, (b.min.lat + b.max.lat) / 2 };
}

struct box box_grown(struct box b, double margin_m)
{
    if (box_is_empty(b))
        return b;
    const double north = margin_m / METRES_PER_DEGREE;
    const struct box tall = {
        .min = { b.min.lon, fmax(-90.0, b.min.lat - north) },
        .max = { b.max.lon, fmin(90.0, b.max.lat + north) },
    };
    /* A degree of longitude is shortest on the side nearer to a pole; at the pole
     * itself every longitude is near. */
    const double narrowest = cos(fmax(fabs(tall.min.lat), fabs(tall.max.lat)) * RADIANS);
    const double east = narrowest > 1e-6 ? north / narrowest : 360.0;

    return (struct box){
        .min = { fmax(-180.0, tall.min.lon - east), tall.min.lat },
        .max = { fmin(180.0, tall.max.lon + east), tall.max.lat },
    };
}

static bool malformed(const char *text, struct fail *f)
{
    fail_set(f, FAIL_INPUT, BOX_MALFORMED, "a box must be west,south,east,north in degrees: %.80s",
             text);
    fail_allowed(f, "west,south,east,north with west <= east and south <= north");
    return fail_value(f, text);
}

bool box_parse(const char *text, struct box *out, struct fail *f)
{
    double side[4];
    const char *at = text;

    for (int i = 0; i < 4; i++) {
        char *end;

        /* strtod takes blanks, "inf" and hexadecimal, which a box must not have. */
        if (*at != '-' && (*at < '0' || *at > '9'))
            return malformed(text, f);
        side[i] = strtod(at, &end);
        for (const char *c = at; c < end; c++)
            if ((*c < '0' || *c > '9') && *c != '-' && *c != '.')
                return malformed(text, f);
        if (end == at || *end != (i < 3 ? ',' : '\0'))
            return malformed(text, f);
        at = end + 1;
    }
    const struct box b = { .min = { side[0], side[1] }, .max = { side[2], side[3] } };

    if (!point_valid(b.min) || !point_valid(b.max)) {
        fail_set(f, FAIL_INPUT, PLACE_OUT_OF_RANGE,
                 "longitude must be -180 to 180 and latitude -90 to 90: %.80s", text);
        fail_allowed(f, "longitude -180 to 180, latitude -90 to 90");
        return fail_value(f, text);
    }
    if (box_is_empty(b))
        return malformed(text, f);
    *out = b;
    return true;
}
