/* GeoJSON, level by level: no level calls itself, so the nesting of a document
 * never becomes nesting of calls. */
#include "geo/geojson.h"

#include <string.h>

/* Geometry types in the order of RFC 7946: three single, three multi. */
static const char *const GEOMETRIES[] = { "Point",      "LineString",      "Polygon",
                                          "MultiPoint", "MultiLineString", "MultiPolygon" };
enum { GEOMETRY_COUNT = 6, SINGLE_COUNT = 3, DECIMALS = 7 };

struct reader {
    struct figure_draft *draft;
    enum frame frame;
    struct fail *fail;
};

static bool blame(const struct reader *r, const struct input *v, bool ok)
{
    return ok || input_blame(v, r->fail);
}

static bool read_position(const struct reader *r, const struct input *v)
{
    double numbers[3] = { 0 };
    int32_t count;
    struct point p;

    if (!input_numbers(v, 2, 3, numbers, &count, r->fail))
        return false;
    p = (struct point){ .lon = numbers[0], .lat = numbers[1] };
    return blame(
        r, v, frame_to_wgs84(r->frame, p, &p, r->fail) && figure_draft_point(r->draft, p, r->fail));
}

/* Calls `each` with every item of the array. */
static bool read_list(const struct reader *r, const struct input *v, int32_t max,
                      bool (*each)(const struct reader *r, const struct input *item))
{
    int32_t count;

    if (!input_array(v, 1, max, &count, r->fail))
        return false;
    for (int32_t i = 0; i < count; i++)
        if (!each(r, input_item(v, i)))
            return false;
    return true;
}

static bool read_run(const struct reader *r, const struct input *v)
{
    return read_list(r, v, FIGURE_POINT_MAX, read_position) &&
           blame(r, v, figure_draft_end_run(r->draft, r->fail));
}

static bool read_area(const struct reader *r, const struct input *v)
{
    return read_list(r, v, FIGURE_RUN_MAX, read_run) &&
           blame(r, v, figure_draft_end_area(r->draft, r->fail));
}

static bool read_coordinates(const struct reader *r, const struct input *v, int32_t type)
{
    switch (type) {
    case 0:
        return read_position(r, v);
    case 1:
        return read_run(r, v);
    case 2:
        return read_area(r, v);
    case 3:
        return read_list(r, v, FIGURE_POINT_MAX, read_position);
    case 4:
        return read_list(r, v, FIGURE_RUN_MAX, read_run);
    default:
        return read_list(r, v, FIGURE_RUN_MAX, read_area);
    }
}

static bool malformed(const struct input *v, const char *why, const char *allowed, struct fail *f)
{
    fail_set(f, FAIL_INPUT, GEOJSON_MALFORMED, "the GeoJSON cannot be read: %s", why);
    fail_allowed(f, "%s", allowed);
    return input_blame(v, f);
}

enum { GEOMETRY_TYPE, GEOMETRY_COORDINATES, GEOMETRY_BBOX, GEOMETRY_FRAME, GEOMETRY_KEYS };

/* `frame` is NULL where the geometry must carry its own. */
static bool read_geometry(struct arena *a, const struct input *v, const enum frame *frame,
                          struct figure *out, struct fail *f)
{
    struct input_key keys[GEOMETRY_KEYS] = {
        [GEOMETRY_TYPE] = { "type", true, NULL },
        [GEOMETRY_COORDINATES] = { "coordinates", true, NULL },
        [GEOMETRY_BBOX] = { "bbox", false, NULL },
        [GEOMETRY_FRAME] = { "frame", false, NULL },
    };
    struct reader r = { .fail = f };
    int32_t type;

    if (!input_keys(v, keys, frame ? GEOMETRY_FRAME : GEOMETRY_KEYS, f) ||
        !input_word(keys[GEOMETRY_TYPE].value, GEOMETRIES, GEOMETRY_COUNT, &type, f))
        return false;
    if (frame)
        r.frame = *frame;
    else if (!frame_read_word(keys[GEOMETRY_FRAME].value, &r.frame, f))
        return keys[GEOMETRY_FRAME].value ? false : input_blame(v, f);
    r.draft = figure_draft_take(a, (enum figure_kind)(type % SINGLE_COUNT));
    if (!read_coordinates(&r, keys[GEOMETRY_COORDINATES].value, type))
        return false;
    *out = figure_draft_done(r.draft, type >= SINGLE_COUNT);
    return true;
}

static bool check_kind(const struct input *v, const struct figure *figure, enum figure_kind kind,
                       struct fail *f)
{
    if (figure->kind == kind)
        return true;
    fail_set(f, FAIL_INPUT, FIGURE_KIND, "the geometry must be a %s or %s and is a %s",
             GEOMETRIES[kind], GEOMETRIES[kind + SINGLE_COUNT], figure_word(figure));
    fail_allowed(f, "%s, %s", GEOMETRIES[kind], GEOMETRIES[kind + SINGLE_COUNT]);
    return input_blame(v, f);
}

bool geojson_read_figure(struct arena *a, const struct input *v, enum figure_kind kind,
                         struct figure *out, struct fail *f)
{
    struct figure figure;

    if (!read_geometry(a, v, NULL, &figure, f) || !check_kind(v, &figure, kind, f))
        return false;
    *out = figure;
    return true;
}

bool geojson_read_geometry(struct arena *a, const struct input *v, enum frame frame,
                           enum figure_kind kind, struct figure *out, struct fail *f)
{
    struct figure figure;

    if (!read_geometry(a, v, &frame, &figure, f) || !check_kind(v, &figure, kind, f))
        return false;
    *out = figure;
    return true;
}

/* ---- features */

enum {
    MEMBER_TYPE,
    MEMBER_BBOX,
    MEMBER_GEOMETRY,
    MEMBER_PROPERTIES,
    MEMBER_ID,
    MEMBER_FEATURES,
    MEMBER_FRAME,
    MEMBER_NAME,
    MEMBER_CRS,
    MEMBER_COUNT
};

static const char *const MEMBERS[MEMBER_COUNT] = { "type",       "bbox", "geometry",
                                                   "properties", "id",   "features",
                                                   "frame",      "name", "crs" };

/* Reads the members listed, none of which is required by the parser: what is
 * missing has a sentence of its own. */
static bool read_members(const struct input *v, const int *listed, int32_t count,
                         const struct input *found[MEMBER_COUNT], struct fail *f)
{
    struct input_key keys[MEMBER_COUNT];

    for (int32_t i = 0; i < count; i++)
        keys[i] = (struct input_key){ MEMBERS[listed[i]], false, NULL };
    if (!input_keys(v, keys, count, f))
        return false;
    for (int i = 0; i < MEMBER_COUNT; i++)
        found[i] = NULL;
    for (int32_t i = 0; i < count; i++)
        found[listed[i]] = keys[i].value;
    return true;
}

/* What GDAL writes for longitude and latitude. Any other system would be read
 * wrongly, so it is refused. */
bool geojson_crs(const struct input *crs, struct fail *f)
{
    static const char *const DEGREES[] = {
        "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",    "urn:ogc:def:crs:EPSG::4490", "EPSG:4490",
    };
    const struct input *properties =
        crs && input_is_object(crs) ? input_get(crs, "properties") : NULL;
    const struct input *name =
        properties && input_is_object(properties) ? input_get(properties, "name") : NULL;
    int32_t which;

    if (!crs || input_is_null(crs))
        return true;
    if (!name)
        return malformed(crs, "its crs has no name", "no crs; frame says what the coordinates are",
                         f);
    return input_word(name, DEGREES, sizeof DEGREES / sizeof *DEGREES, &which, f);
}

static bool read_feature(struct arena *a, const struct input *v,
                         const struct input *found[MEMBER_COUNT], enum frame frame,
                         struct geojson_feature *out, struct fail *f)
{
    const struct input *properties = found[MEMBER_PROPERTIES];
    struct figure *figure = NULL;

    if (properties && !input_is_object(properties))
        return malformed(properties, "properties must be an object", "an object or null", f);
    if (found[MEMBER_GEOMETRY]) {
        figure = arena_take(a, 1, sizeof *figure);
        if (!read_geometry(a, found[MEMBER_GEOMETRY], &frame, figure, f))
            return false;
    }
    *out = (struct geojson_feature){
        .at = v, .id = found[MEMBER_ID], .properties = properties, .figure = figure
    };
    return true;
}

static bool is_type(const struct input *v, const char *type)
{
    struct fail ignored;
    const char *text;

    return v && input_text(v, 40, &text, &ignored) && strcmp(text, type) == 0;
}

static bool read_list_feature(struct arena *a, const struct input *v, enum frame frame,
                              struct geojson_feature *out, struct fail *f)
{
    static const int LISTED[] = { MEMBER_TYPE, MEMBER_BBOX, MEMBER_GEOMETRY, MEMBER_PROPERTIES,
                                  MEMBER_ID };
    const struct input *found[MEMBER_COUNT];

    if (!read_members(v, LISTED, sizeof LISTED / sizeof *LISTED, found, f))
        return false;
    if (!is_type(found[MEMBER_TYPE], "Feature"))
        return malformed(v, "an item of features is not a Feature", "Feature", f);
    return read_feature(a, v, found, frame, out, f);
}

static bool read_top(const struct input *v, const struct input *found[MEMBER_COUNT],
                     enum frame *frame, struct fail *f)
{
    if (!frame_read_word(found[MEMBER_FRAME], frame, f))
        return found[MEMBER_FRAME] ? false : input_blame(v, f);
    return geojson_crs(found[MEMBER_CRS], f);
}

static bool read_collection(struct arena *a, const struct input *v, struct geojson *out,
                            struct fail *f)
{
    static const int LISTED[] = { MEMBER_TYPE,  MEMBER_BBOX, MEMBER_FEATURES,
                                  MEMBER_FRAME, MEMBER_NAME, MEMBER_CRS };
    const struct input *found[MEMBER_COUNT];
    enum frame frame;
    int32_t count;

    if (!read_members(v, LISTED, sizeof LISTED / sizeof *LISTED, found, f) ||
        !read_top(v, found, &frame, f))
        return false;
    if (!found[MEMBER_FEATURES])
        return malformed(v, "a FeatureCollection needs features", "an array of features", f);
    if (!input_array(found[MEMBER_FEATURES], 0, GEOJSON_FEATURE_MAX, &count, f))
        return false;
    struct geojson_feature *features = arena_take(a, (size_t)count, sizeof *features);

    for (int32_t i = 0; i < count; i++)
        if (!read_list_feature(a, input_item(found[MEMBER_FEATURES], i), frame, &features[i], f))
            return false;
    *out = (struct geojson){ frame, count, features };
    return true;
}

static bool read_single(struct arena *a, const struct input *v, struct geojson *out, struct fail *f)
{
    static const int LISTED[] = { MEMBER_TYPE, MEMBER_BBOX,  MEMBER_GEOMETRY, MEMBER_PROPERTIES,
                                  MEMBER_ID,   MEMBER_FRAME, MEMBER_NAME,     MEMBER_CRS };
    const struct input *found[MEMBER_COUNT];
    struct geojson_feature *feature = arena_take(a, 1, sizeof *feature);
    enum frame frame;

    if (!read_members(v, LISTED, sizeof LISTED / sizeof *LISTED, found, f) ||
        !read_top(v, found, &frame, f) || !read_feature(a, v, found, frame, feature, f))
        return false;
    *out = (struct geojson){ frame, 1, feature };
    return true;
}

static bool read_bare(struct arena *a, const struct input *v, struct geojson *out, struct fail *f)
{
    struct geojson_feature *feature = arena_take(a, 1, sizeof *feature);
    struct figure *figure = arena_take(a, 1, sizeof *figure);
    const struct input *frame_text = input_get(v, "frame");
    enum frame frame;

    if (!read_geometry(a, v, NULL, figure, f) || !frame_read_word(frame_text, &frame, f))
        return false;
    *feature = (struct geojson_feature){ .at = v, .figure = figure };
    *out = (struct geojson){ frame, 1, feature };
    return true;
}

bool geojson_read(struct arena *a, const struct input *v, struct geojson *out, struct fail *f)
{
    static const char *const ALLOWED =
        "FeatureCollection, Feature, Point, LineString, Polygon, MultiPoint, MultiLineString, "
        "MultiPolygon";

    if (!input_is_object(v))
        return malformed(v, "it must be an object", ALLOWED, f);
    const struct input *type = input_get(v, "type");

    if (is_type(type, "FeatureCollection"))
        return read_collection(a, v, out, f);
    if (is_type(type, "Feature"))
        return read_single(a, v, out, f);
    for (int32_t i = 0; i < GEOMETRY_COUNT; i++)
        if (is_type(type, GEOMETRIES[i]))
            return read_bare(a, v, out, f);
    return malformed(type ? type : v, "its type is none that is read here", ALLOWED, f);
}

/* ---- writing */

void geojson_write_position(struct emit *e, struct point p)
{
    emit_array(e);
    emit_number(e, p.lon, DECIMALS);
    emit_number(e, p.lat, DECIMALS);
    emit_end(e);
}

/* Positive for counter-clockwise. */
static double turn_of(const struct point *points, int32_t count)
{
    double area = 0.0;

    for (int32_t i = 0; i + 1 < count; i++)
        area += (points[i].lon - points[0].lon) * (points[i + 1].lat - points[0].lat) -
                (points[i + 1].lon - points[0].lon) * (points[i].lat - points[0].lat);
    return area;
}

static void write_run(struct emit *e, const struct figure *figure, int32_t run, bool backwards)
{
    const int32_t from = figure->first_point[run];
    const int32_t to = figure->first_point[run + 1];

    emit_array(e);
    for (int32_t i = from; i < to; i++)
        geojson_write_position(e, figure->points[backwards ? to - 1 - (i - from) : i]);
    emit_end(e);
}

static void write_area(struct emit *e, const struct figure *figure, int32_t area)
{
    const int32_t outline = figure->first_run[area];

    emit_array(e);
    for (int32_t run = outline; run < figure->first_run[area + 1]; run++) {
        const int32_t from = figure->first_point[run];
        const int32_t count = figure->first_point[run + 1] - from;
        const double turn = turn_of(figure->points + from, count);

        write_run(e, figure, run, run == outline ? turn < 0.0 : turn > 0.0);
    }
    emit_end(e);
}

static void write_pieces(struct emit *e, const struct figure *figure)
{
    switch (figure->kind) {
    case FIGURE_POINTS:
        for (int32_t i = 0; i < figure->point_count; i++)
            geojson_write_position(e, figure->points[i]);
        return;
    case FIGURE_LINES:
        for (int32_t run = 0; run < figure->run_count; run++)
            write_run(e, figure, run, false);
        return;
    case FIGURE_AREAS:
        for (int32_t area = 0; area < figure->area_count; area++)
            write_area(e, figure, area);
    }
}

void geojson_write(struct emit *e, const struct figure *figure)
{
    const bool as_list = figure->multi || figure->point_count == 0;

    emit_object(e);
    emit_key_text(e, "type", figure_word(figure));
    emit_key(e, "coordinates");
    if (as_list)
        emit_array(e);
    write_pieces(e, figure);
    if (as_list)
        emit_end(e);
    emit_end(e);
}

void geojson_write_path(struct emit *e, const struct point *points, int32_t count)
{
    emit_key(e, "geometry");
    emit_object(e);
    emit_key_text(e, "type", count == 1 ? "Point" : "LineString");
    emit_key(e, "coordinates");
    if (count != 1)
        emit_array(e);
    for (int32_t i = 0; i < count; i++)
        geojson_write_position(e, points[i]);
    if (count != 1)
        emit_end(e);
    emit_end(e);
}
