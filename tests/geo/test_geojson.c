/* geo/geojson.c: reading and writing GeoJSON that says its frame. */
#include "geo/geojson.h"

#include <string.h>

#include "geo/base/buf.h"
#include "tests/support/check_near.h"
#include "tests/support/room.h"

static bool read_text(struct arena *a, const char *json, struct geojson *out, struct fail *f)
{
    const struct input *v = input_parse(a, json, strlen(json), f);

    if (!v)
        fail_msg("%s: %s", f->text, json);
    return geojson_read(a, v, out, f);
}

static void a_collection_is_read_with_its_properties(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct geojson doc;
    struct fail f;
    const char *json =
        "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"name\":\"stations\",\"crs\":{"
        "\"type\":"
        "\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:OGC:1.3:CRS84\"}},\"features\":["
        "{\"type\":\"Feature\",\"id\":7,\"properties\":{\"code\":\"S1\"},\"geometry\":{\"type\":"
        "\"Point\",\"coordinates\":[117.2,34.26,12.5]}},"
        "{\"type\":\"Feature\",\"properties\":null,\"geometry\":null}]}";

    assert_true(read_text(a, json, &doc, &f));
    assert_int_equal(doc.frame, FRAME_WGS84);
    assert_int_equal(doc.feature_count, 2);
    assert_non_null(doc.features[0].id);
    assert_non_null(input_get(doc.features[0].properties, "code"));
    assert_int_equal(doc.features[0].figure->kind, FIGURE_POINTS);
    check_near(doc.features[0].figure->points[0].lon, 117.2, 0);
    check_near(doc.features[0].figure->points[0].lat, 34.26, 0);
    assert_null(doc.features[1].figure);
    assert_null(doc.features[1].properties);
}

static void every_geometry_is_read_and_written_back(void **state)
{
    static const char *const SAME[] = {
        "{\"type\":\"Point\",\"coordinates\":[1.5,2]}",
        "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4],[5,6]]}",
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[1,2],[2,2],"
        "[1,"
        "1]]]}",
        "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[-3,-4]]}",
        "{\"type\":\"MultiLineString\",\"coordinates\":[[[1,2],[3,4]],[[5,6],[7,8]]]}",
        "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,"
        "6],["
        "5,5]]]]}",
        "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2]]}",
    };
    struct arena *a = ((struct room *)*state)->arena;

    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        struct buf out = { 0 };
        struct emit e = emit_to(&out);
        struct geojson doc;
        struct fail f;
        const char *framed = arena_text(a, "{\"frame\":\"wgs84\",%s", SAME[i] + 1);

        if (!read_text(a, framed, &doc, &f))
            fail_msg("%s", f.text);
        geojson_write(&e, doc.features[0].figure);
        assert_string_equal(buf_text(&out), SAME[i]);
        buf_free(&out);
    }
}

static void rings_are_written_the_way_the_rfc_turns_them(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct buf out = { 0 };
    struct emit e = emit_to(&out);
    struct geojson doc;
    struct fail f;

    assert_true(
        read_text(a,
                  "{\"type\":\"Polygon\",\"frame\":\"wgs84\",\"coordinates\":[[[0,0],[0,9],[9,9],"
                  "[0,0]],[[1,2],[2,4],[1,4],[1,2]]]}",
                  &doc, &f));
    geojson_write(&e, doc.features[0].figure);
    assert_string_equal(
        buf_text(&out),
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[9,9],[0,9],[0,0]],[[1,2],[1,4],"
        "[2,4],[1,2]]]}");
    buf_free(&out);
}

static void another_frame_becomes_wgs84(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct geojson doc;
    struct fail f;

    assert_true(
        read_text(a,
                  "{\"type\":\"Feature\",\"frame\":\"gcj02\",\"properties\":{},\"geometry\":{"
                  "\"type\":\"Point\",\"coordinates\":[117.190773,34.259778]}}",
                  &doc, &f));
    assert_int_equal(doc.frame, FRAME_GCJ02);
    check_near(doc.features[0].figure->points[0].lon, 117.185, 1e-6);
    check_near(doc.features[0].figure->points[0].lat, 34.261, 1e-6);
}

static void what_cannot_be_read_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *json;
        enum fail_code code;
        const char *pointer;
    } WRONG[] = {
        { "{\"type\":\"Point\",\"coordinates\":[1,2]}", CODE_FRAME_MISSING, "" },
        { "{\"type\":\"FeatureCollection\",\"features\":[]}", CODE_FRAME_MISSING, "" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"utm\",\"features\":[]}", CODE_FRAME_UNKNOWN,
          "/frame" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\"}", CODE_GEOJSON_MALFORMED, "" },
        { "{\"type\":\"Circle\",\"frame\":\"wgs84\"}", CODE_GEOJSON_MALFORMED, "/type" },
        { "{\"type\":\"GeometryCollection\",\"frame\":\"wgs84\",\"geometries\":[]}",
          CODE_GEOJSON_MALFORMED, "/type" },
        { "{\"frame\":\"wgs84\"}", CODE_GEOJSON_MALFORMED, "" },
        { "[]", CODE_GEOJSON_MALFORMED, "" },
        { "{\"type\":\"Point\",\"frame\":\"wgs84\",\"coordinates\":[1]}", CODE_VALUE_OUT_OF_RANGE,
          "/coordinates" },
        { "{\"type\":\"Point\",\"frame\":\"wgs84\",\"coordinates\":[1,2,3,4]}",
          CODE_VALUE_OUT_OF_RANGE, "/coordinates" },
        { "{\"type\":\"Point\",\"frame\":\"wgs84\",\"coordinates\":[1,\"2\"]}",
          CODE_VALUE_WRONG_TYPE, "/coordinates/1" },
        { "{\"type\":\"Point\",\"frame\":\"wgs84\",\"coordinates\":[1,91]}",
          CODE_PLACE_OUT_OF_RANGE, "/coordinates" },
        { "{\"type\":\"Point\",\"frame\":\"wgs84\",\"colour\":1,\"coordinates\":[1,2]}",
          CODE_KEY_UNKNOWN, "/colour" },
        { "{\"type\":\"LineString\",\"frame\":\"wgs84\",\"coordinates\":[[1,2]]}",
          CODE_FIGURE_MALFORMED, "/coordinates" },
        { "{\"type\":\"Polygon\",\"frame\":\"wgs84\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,1]]]}",
          CODE_FIGURE_MALFORMED, "/coordinates/0" },
        { "{\"type\":\"Polygon\",\"frame\":\"wgs84\",\"coordinates\":[[[0,0],[1,0],[0,0]]]}",
          CODE_FIGURE_MALFORMED, "/coordinates/0" },
        { "{\"type\":\"Polygon\",\"frame\":\"wgs84\",\"coordinates\":[]}", CODE_VALUE_OUT_OF_RANGE,
          "/coordinates" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"features\":[{\"type\":\"Feature\","
          "\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2],\"frame\":"
          "\"gcj02\"}}"
          "]}",
          CODE_KEY_UNKNOWN, "/features/0/geometry/frame" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"features\":[{\"type\":\"Point\","
          "\"geometry\":null}]}",
          CODE_GEOJSON_MALFORMED, "/features/0" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"features\":[{\"type\":\"Feature\","
          "\"properties\":4,\"geometry\":null}]}",
          CODE_GEOJSON_MALFORMED, "/features/0/properties" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"features\":[],\"crs\":{\"type\":"
          "\"name\",\"properties\":{\"name\":\"EPSG:3857\"}}}",
          CODE_VALUE_NOT_ALLOWED, "/crs/properties/name" },
        { "{\"type\":\"FeatureCollection\",\"frame\":\"wgs84\",\"features\":[],\"crs\":3}",
          CODE_GEOJSON_MALFORMED, "/crs" },
    };
    struct arena *a = ((struct room *)*state)->arena;

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct geojson doc = { 0 };
        struct fail f = { 0 };

        if (read_text(a, WRONG[i].json, &doc, &f))
            fail_msg("was read: %s", WRONG[i].json);
        if (f.code != WRONG[i].code || strcmp(f.pointer, WRONG[i].pointer) != 0)
            fail_msg("%s at %s (%s): %s", fail_word(f.code), f.pointer, f.text, WRONG[i].json);
        assert_int_equal(f.kind, FAIL_INPUT);
        assert_int_equal(doc.feature_count, 0);
    }
}

static void a_geometry_of_another_kind_is_refused(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const char *json =
        "{\"type\":\"LineString\",\"frame\":\"wgs84\",\"coordinates\":[[1,2],[3,4]]}";
    const char *unframed = "{\"type\":\"Point\",\"coordinates\":[1,2]}";
    struct figure figure;
    struct fail f;

    assert_false(
        geojson_read_figure(a, input_parse(a, json, strlen(json), &f), FIGURE_AREAS, &figure, &f));
    assert_int_equal(f.code, CODE_FIGURE_KIND);
    assert_string_equal(f.allowed, "Polygon, MultiPolygon");
    assert_true(
        geojson_read_figure(a, input_parse(a, json, strlen(json), &f), FIGURE_LINES, &figure, &f));
    assert_false(geojson_read_figure(a, input_parse(a, unframed, strlen(unframed), &f),
                                     FIGURE_POINTS, &figure, &f));
    assert_int_equal(f.code, CODE_FRAME_MISSING);
    assert_true(geojson_read_geometry(a, input_parse(a, unframed, strlen(unframed), &f),
                                      FRAME_WGS84, FIGURE_POINTS, &figure, &f));
    assert_false(geojson_read_geometry(a, input_parse(a, json, strlen(json), &f), FRAME_WGS84,
                                       FIGURE_LINES, &figure, &f));
    assert_int_equal(f.code, CODE_KEY_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_collection_is_read_with_its_properties),
        cmocka_unit_test(every_geometry_is_read_and_written_back),
        cmocka_unit_test(rings_are_written_the_way_the_rfc_turns_them),
        cmocka_unit_test(another_frame_becomes_wgs84),
        cmocka_unit_test(what_cannot_be_read_is_refused_with_its_place),
        cmocka_unit_test(a_geometry_of_another_kind_is_refused),
    };

    return cmocka_run_group_tests(tests, room_open, room_close);
}
