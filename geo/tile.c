/* Web Mercator (EPSG:3857) on the square that tiles cut into four and four. */
#include "geo/tile.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
static const double RADIANS = 3.14159265358979323846 / 180.0;
/* Where the square ends: atan(sinh(pi)). */
static const double LATITUDE_MAX = 85.05112877980659;
/* Below it a tile is so tall that the polynomial of tile_plane misses by more
 * than it promises: half a tile is h = pi / 2^z, and the first term left out is
 * at most h^6 / 6 of a radian. */
static const int32_t PLANE_ZOOM_MIN = 6;

static bool malformed(const char *text, struct fail *f)
{
    fail_set(f, FAIL_INPUT, TILE_MALFORMED, "a tile must be zoom/x/y.mvt: %.60s", text);
    fail_allowed(f, "zoom/x/y.mvt");
    return fail_value(f, text);
}

/* strtol takes signs and blanks that a path must not have; a leading zero would
 * give one tile two names. */
static const char *read_number(const char *text, int64_t *out)
{
    enum { DIGITS_MAX = 10 };
    int digits = 0;
    int64_t value = 0;

    for (; text[digits] >= '0' && text[digits] <= '9'; digits++) {
        if (digits == DIGITS_MAX)
            return NULL;
        value = value * 10 + (text[digits] - '0');
    }
    if (digits == 0 || (digits > 1 && text[0] == '0'))
        return NULL;
    *out = value;
    return text + digits;
}

static bool in_range(int64_t z, int64_t x, int64_t y, const char *text, struct tile *out,
                     struct fail *f)
{
    if (z > TILE_ZOOM_MAX) {
        fail_set(f, FAIL_INPUT, ZOOM_RANGE, "zoom must be 0 to %d: %.60s", TILE_ZOOM_MAX, text);
        fail_allowed(f, "0 to %d", TILE_ZOOM_MAX);
        return fail_value(f, text);
    }
    const int64_t side = INT64_C(1) << z;

    if (x >= side || y >= side) {
        fail_set(f, FAIL_INPUT, TILE_OUTSIDE, "at zoom %d x and y must be 0 to %d: %.60s", (int)z,
                 (int)side - 1, text);
        fail_allowed(f, "0 to %d", (int)side - 1);
        return fail_value(f, text);
    }
    *out = (struct tile){ (int32_t)z, (int32_t)x, (int32_t)y };
    return true;
}

bool tile_parse(const char *text, struct tile *out, struct fail *f)
{
    int64_t part[3];
    const char *at = text;

    for (int i = 0; i < 3; i++) {
        at = read_number(at, &part[i]);
        if (!at || (i < 2 && *at++ != '/'))
            return malformed(text, f);
    }
    if (strcmp(at, ".mvt") != 0)
        return malformed(text, f);
    return in_range(part[0], part[1], part[2], text, out, f);
}

bool tile_parse_pieces(const char *z, const char *x, const char *y, struct tile *out,
                       struct fail *f)
{
    int64_t part[3];
    const char *z_end = read_number(z, &part[0]);
    const char *x_end = read_number(x, &part[1]);
    const char *y_end = read_number(y, &part[2]);

    if (!z_end || *z_end)
        return malformed(z, f);
    if (!x_end || *x_end)
        return malformed(x, f);
    if (!y_end || (*y_end && strcmp(y_end, ".mvt") != 0))
        return malformed(y, f);
    return in_range(part[0], part[1], part[2], part[0] > TILE_ZOOM_MAX ? z : y, out, f);
}

static double side_count(int32_t zoom)
{
    return (double)(INT64_C(1) << zoom);
}

/* 0 at the north edge of the world, 1 at the south. */
static double down(double lat)
{
    const double limited = fmax(-LATITUDE_MAX, fmin(LATITUDE_MAX, lat));

    return 0.5 - asinh(tan(limited * RADIANS)) / (2.0 * PI);
}

static double latitude(double down_part)
{
    return atan(sinh(PI * (1.0 - 2.0 * down_part))) / RADIANS;
}

static struct box box_of(struct tile t, double margin)
{
    const double side = side_count(t.z);
    const double west = fmax(0.0, (t.x - margin) / side);
    const double east = fmin(1.0, (t.x + 1 + margin) / side);
    const double north = fmax(0.0, (t.y - margin) / side);
    const double south = fmin(1.0, (t.y + 1 + margin) / side);

    return (struct box){
        .min = { west * 360.0 - 180.0, latitude(south) },
        .max = { east * 360.0 - 180.0, latitude(north) },
    };
}

struct box tile_box(struct tile t)
{
    return box_of(t, 0.0);
}

struct box tile_box_buffered(struct tile t)
{
    return box_of(t, (double)TILE_BUFFER / TILE_EXTENT);
}

static int32_t index_at(double part, double side)
{
    return (int32_t)fmax(0.0, fmin(side - 1.0, floor(part * side)));
}

struct tile tile_at(struct point p, int32_t zoom)
{
    const double side = side_count(zoom);

    return (struct tile){
        .z = zoom,
        .x = index_at((p.lon + 180.0) / 360.0, side),
        .y = index_at(down(p.lat), side),
    };
}

struct tile_xy tile_xy(struct tile t, struct point p)
{
    const double side = side_count(t.z);

    return (struct tile_xy){
        .x = ((p.lon + 180.0) / 360.0 * side - t.x) * TILE_EXTENT,
        .y = (down(p.lat) * side - t.y) * TILE_EXTENT,
    };
}

struct point tile_point(struct tile t, struct tile_xy xy)
{
    const double side = side_count(t.z);

    return (struct point){
        .lon = (t.x + xy.x / TILE_EXTENT) / side * 360.0 - 180.0,
        .lat = latitude((t.y + xy.y / TILE_EXTENT) / side),
    };
}

/* The Taylor series of asinh(tan(latitude)) around the tile's middle: its first
 * derivative is the secant, and the others follow. */
struct tile_plane tile_plane(struct tile t)
{
    const double side = side_count(t.z);
    const double middle = latitude((t.y + 0.5) / side);
    const double tangent = tan(middle * RADIANS);
    const double secant = 1.0 / cos(middle * RADIANS);
    const double tangent_2 = tangent * tangent;
    const double secant_2 = secant * secant;
    const double units = -side * TILE_EXTENT / (2.0 * PI);
    const double of_series[] = {
        secant,
        secant * tangent / 2.0,
        secant * (tangent_2 + secant_2) / 6.0,
        secant * tangent * (tangent_2 + 5.0 * secant_2) / 24.0,
        secant * (tangent_2 * tangent_2 + 18.0 * secant_2 * tangent_2 + 5.0 * secant_2 * secant_2) /
            120.0,
    };
    struct tile_plane plane = {
        .west = t.x / side * 360.0 - 180.0,
        .x_per_degree = side * TILE_EXTENT / 360.0,
        .middle = middle,
        .tile = t,
        .exact = t.z < PLANE_ZOOM_MIN,
    };
    double power = 1.0;

    plane.y_terms[0] = TILE_EXTENT / 2.0;
    for (size_t i = 0; i < sizeof of_series / sizeof *of_series; i++) {
        power *= RADIANS;
        plane.y_terms[i + 1] = of_series[i] * units * power;
    }
    return plane;
}

struct tile_xy tile_plane_xy(const struct tile_plane *plane, struct point p)
{
    if (plane->exact)
        return tile_xy(plane->tile, p);
    const double *k = plane->y_terms;
    const double north = p.lat - plane->middle;

    /* Far from the tile the series means nothing, and what it gives there must
     * still lie outside. */
    if (fabs(north) * plane->x_per_degree > 2.0 * TILE_EXTENT)
        return tile_xy(plane->tile, p);
    return (struct tile_xy){
        .x = (p.lon - plane->west) * plane->x_per_degree,
        .y =
            k[0] + north * (k[1] + north * (k[2] + north * (k[3] + north * (k[4] + north * k[5])))),
    };
}
