/* One row of values is made of each gap, and written in two ways. */
#include "api/gap_file.h"

#include "engine/csv.h"
#include "engine/geopackage.h"
#include "geo/road/outline.h"

enum { DEGREE_DIGITS = 7 };

/* After the line, in the order of schema/geopackages/gaps.sql. */
enum column {
    GAP_ID,
    SEGMENT_ID,
    STREET,
    STREET_CLASS,
    GRID_ID,
    GRID_CODE,
    STATION_ID,
    STATION,
    ORG_ID,
    FROM_M,
    TO_M,
    LENGTH_M,
    CLASS,
    HOURS,
    METRE_HOURS,
    WEIGHT,
    SQUAD_ID,
    SQUAD,
    WALK_S,
    FIX,
    FIX_LOOKOUT_POINT_ID,
    FIX_COST_MIN,
    FIX_GAIN_METRE_HOURS,
    COLUMNS
};

static const struct {
    const char *name;
    int digits; /* of a number that is not whole */
} HEAD[COLUMNS] = {
    [GAP_ID] = { "gap_id", 0 },
    [SEGMENT_ID] = { "segment_id", 0 },
    [STREET] = { "street", 0 },
    [STREET_CLASS] = { "street_class", 0 },
    [GRID_ID] = { "grid_id", 0 },
    [GRID_CODE] = { "grid_code", 0 },
    [STATION_ID] = { "station_id", 0 },
    [STATION] = { "station", 0 },
    [ORG_ID] = { "org_id", 0 },
    [FROM_M] = { "from_m", 2 },
    [TO_M] = { "to_m", 2 },
    [LENGTH_M] = { "length_m", 2 },
    [CLASS] = { "class", 0 },
    [HOURS] = { "hours", 4 },
    [METRE_HOURS] = { "metre_hours", 2 },
    [WEIGHT] = { "weight", 3 },
    [SQUAD_ID] = { "squad_id", 0 },
    [SQUAD] = { "squad", 0 },
    [WALK_S] = { "walk_s", 0 },
    [FIX] = { "fix", 0 },
    [FIX_LOOKOUT_POINT_ID] = { "fix_lookout_point_id", 0 },
    [FIX_COST_MIN] = { "fix_cost_min", 0 },
    [FIX_GAIN_METRE_HOURS] = { "fix_gain_metre_hours", 2 },
};

/* ------------------------------------------------------------------ values */

static struct geopackage_value of_int(int64_t whole)
{
    return (struct geopackage_value){ .kind = GEOPACKAGE_INTEGER, .whole = whole };
}

static struct geopackage_value of_real(double real)
{
    return (struct geopackage_value){ .kind = GEOPACKAGE_REAL, .real = real };
}

static struct geopackage_value of_text(const char *text)
{
    return (struct geopackage_value){ .kind = text ? GEOPACKAGE_TEXT : GEOPACKAGE_NULL,
                                      .text = text };
}

static void put_remedy(const struct remedies_one *one, struct geopackage_value *row)
{
    if (one->squad_id) {
        row[SQUAD_ID] = of_int(one->squad_id);
        row[SQUAD] = of_text(one->squad_name);
        row[WALK_S] = of_int(one->walk_s);
    }
    if (one->kind == REMEDIES_NONE)
        return;
    row[FIX] = of_text(REMEDIES_KIND_WORDS[one->kind]);
    if (one->lookout_point_id)
        row[FIX_LOOKOUT_POINT_ID] = of_int(one->lookout_point_id);
    row[FIX_COST_MIN] = of_int(one->cost_min);
    row[FIX_GAIN_METRE_HOURS] = of_real(one->gain_metre_hours);
}

static void put_place(const struct gap_file *file, const struct gaps_one *gap, struct arena *a,
                      struct geopackage_value *row)
{
    const struct network *n = file->terrain->world->network;
    const struct plots_lot *lot = &file->terrain->plots->lots[gap->lot];
    const struct terrain_area *cell = gaps_cell(file->terrain, &file->sight, gap->lot);
    const struct terrain_area *station = gaps_station(file->terrain, &file->sight, gap->lot);

    row[GAP_ID] = of_text(arena_text(a, "%lld-%u-%u", (long long)n->segment_id[gap->segment],
                                     gap->from_cm, gap->to_cm));
    row[SEGMENT_ID] = of_int(n->segment_id[gap->segment]);
    row[STREET] = of_text(network_name(n, gap->segment));
    row[STREET_CLASS] =
        of_text(network_class_word((enum street_class)n->street_class[gap->segment]));
    if (cell) {
        row[GRID_ID] = of_int(cell->id);
        row[GRID_CODE] = of_text(cell->code);
    }
    if (station) {
        row[STATION_ID] = of_int(station->id);
        row[STATION] = of_text(station->name);
    }
    row[ORG_ID] = of_int(file->terrain->orgs[lot->org].id);
    row[FROM_M] = of_real((double)gap->from_cm / 100);
    row[TO_M] = of_real((double)gap->to_cm / 100);
    row[LENGTH_M] = of_real((double)(gap->to_cm - gap->from_cm) / 100);
}

static void fill(const struct gap_file *file, int32_t i, struct arena *a,
                 struct geopackage_value *row)
{
    const struct gaps_one *gap = &file->gaps->items[i];

    for (int k = 0; k < COLUMNS; k++)
        row[k] = (struct geopackage_value){ .kind = GEOPACKAGE_NULL };
    put_place(file, gap, a, row);
    row[CLASS] = of_text(COVER_CLASS_WORDS[gap->class]);
    if (gap->gap_s >= 0) {
        row[HOURS] = of_real((double)gap->gap_s / 3600);
        row[METRE_HOURS] = of_real(row[HOURS].real * row[LENGTH_M].real);
    }
    row[WEIGHT] = of_real((double)gap->weight / 100 / 1000);
    if (file->remedies)
        put_remedy(&file->remedies[i], row);
}

bool gap_file_line(const struct gap_file *file, int32_t i, struct arena *a, struct figure *out,
                   struct fail *f)
{
    const struct gaps_one *gap = &file->gaps->items[i];
    const struct range_piece piece = { gap->segment, gap->from_cm, gap->to_cm };
    struct figure line;

    if (!outline_streets(file->terrain->world->network, &(struct range_band){ 0, 1, &piece }, a,
                         &line, f))
        return false;
    line.multi = false;
    return figure_from_wgs84(a, file->frame, &line, out, f);
}

/* ------------------------------------------------------------------ CSV */

static const char *cell_text(const struct geopackage_value *value, int digits, struct arena *a)
{
    switch (value->kind) {
    case GEOPACKAGE_INTEGER:
        return arena_text(a, "%lld", (long long)value->whole);
    case GEOPACKAGE_REAL:
        return arena_text(a, "%.*f", digits, value->real);
    case GEOPACKAGE_TEXT:
        return value->text;
    case GEOPACKAGE_NULL:
        break;
    }
    return "";
}

static const char *wkt(const struct figure *line, struct arena *a)
{
    struct buf text = { 0 };
    const char *kept;

    buf_string(&text, "LINESTRING (");
    for (int32_t i = 0; i < line->point_count; i++)
        buf_format(&text, "%s%.*f %.*f", i ? ", " : "", DEGREE_DIGITS, line->points[i].lon,
                   DEGREE_DIGITS, line->points[i].lat);
    buf_string(&text, ")");
    kept = arena_copy(a, text.bytes, text.size);
    buf_free(&text);
    return kept;
}

static bool csv_row(const struct gap_file *file, int32_t i, struct arena *own, struct buf *out,
                    struct fail *f)
{
    struct geopackage_value row[COLUMNS];
    const char *cells[COLUMNS + 1];
    struct figure line;

    if (!gap_file_line(file, i, own, &line, f))
        return false;
    fill(file, i, own, row);
    for (int k = 0; k < COLUMNS; k++)
        cells[k] = cell_text(&row[k], HEAD[k].digits, own);
    cells[COLUMNS] = wkt(&line, own);
    csv_write(out, cells, COLUMNS + 1);
    return true;
}

bool gap_file_csv(const struct gap_file *file, struct buf *out, struct fail *f)
{
    struct arena *own = arena_new();
    const char *cells[COLUMNS + 1] = { [COLUMNS] = "geometry" };
    bool ok = true;

    for (int k = 0; k < COLUMNS; k++)
        cells[k] = HEAD[k].name;
    csv_write_mark(out);
    csv_write(out, cells, COLUMNS + 1);
    for (int32_t i = 0; ok && i < file->gaps->count; i++) {
        ok = csv_row(file, i, own, out, f);
        arena_reset(own);
    }
    arena_free(own);
    return ok;
}

/* ------------------------------------------------------------------ GeoPackage */

static bool gpkg_row(const struct gap_file *file, int32_t i, struct arena *own,
                     struct geopackage *g, struct fail *f)
{
    struct geopackage_value row[COLUMNS];
    struct figure line;

    if (!gap_file_line(file, i, own, &line, f))
        return false;
    fill(file, i, own, row);
    return geopackage_add(g, &line, row, COLUMNS, f);
}

bool gap_file_gpkg(const struct gap_file *file, struct buf *out, struct fail *f)
{
    struct geopackage *g = geopackage_new(GEOPACKAGE_GAPS, f);
    struct arena *own = arena_new();
    bool ok = g != NULL;

    for (int32_t i = 0; ok && i < file->gaps->count; i++) {
        ok = gpkg_row(file, i, own, g, f);
        arena_reset(own);
    }
    ok = ok && geopackage_finish(g, file->at_us, out, f);
    geopackage_free(g);
    arena_free(own);
    return ok;
}
