/* Codes of grid cells, and cells laid over an area. */
#include "geo/grid.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "geo/crs.h"

/* How the digits of a code are shared out. */
static const struct {
    const char *word;
    int object, county, street, community, cell;
} PROFILES[GRID_PROFILE_COUNT] = {
    [GRID_PROFILE_DB11] = { "DB11-15", 0, 6, 3, 3, 3 },
    [GRID_PROFILE_CJT213] = { "CJT213-14", 0, 6, 3, 3, 2 },
    [GRID_PROFILE_CJT349] = { "CJT349-20", 6, 6, 3, 3, 2 },
    [GRID_PROFILE_FREE] = { "free", 0, 0, 0, 0, 4 },
};

/* The first two digits of a county's code (GB/T 2260). */
static const int8_t PROVINCES[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                    35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                    53, 54, 61, 62, 63, 64, 65, 71, 81, 82 };
static const char *const KINDS[GRID_KIND_COUNT] = { "square", "hexagon" };

enum { MERGED_FROM = 601, DIGIT_MAX = 20 };

const char *grid_profile_word(enum grid_profile profile)
{
    assert(profile < GRID_PROFILE_COUNT);
    return PROFILES[profile].word;
}

const char *grid_kind_word(enum grid_kind kind)
{
    assert(kind < GRID_KIND_COUNT);
    return KINDS[kind];
}

bool grid_profile_from_word(const char *word, enum grid_profile *out, struct fail *f)
{
    for (int i = 0; i < GRID_PROFILE_COUNT; i++) {
        if (strcmp(PROFILES[i].word, word) == 0) {
            *out = (enum grid_profile)i;
            return true;
        }
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "there is no code profile %.40s", word);
    fail_allowed(f, "DB11-15, CJT213-14, CJT349-20, free");
    return fail_value(f, word);
}

static int digit_count(enum grid_profile profile)
{
    return PROFILES[profile].object + PROFILES[profile].county + PROFILES[profile].street +
           PROFILES[profile].community + PROFILES[profile].cell;
}

static bool malformed(enum grid_profile profile, const char *text, const char *why, struct fail *f)
{
    fail_set(f, FAIL_INPUT, GRID_CODE_MALFORMED, "the code %.48s does not fit %s: %s", text,
             PROFILES[profile].word, why);
    if (profile == GRID_PROFILE_FREE)
        fail_allowed(f, "1 to %d bytes without blanks at the ends", GRID_CODE_MAX);
    else
        fail_allowed(f, "%d digits", digit_count(profile));
    return fail_value(f, text);
}

static bool free_code(const char *text, struct grid_code *out, struct fail *f)
{
    const size_t length = strnlen(text, GRID_CODE_MAX + 1);

    if (length == 0 || length > GRID_CODE_MAX)
        return malformed(GRID_PROFILE_FREE, text, "it must have 1 to 40 bytes", f);
    if (text[0] == ' ' || text[length - 1] == ' ')
        return malformed(GRID_PROFILE_FREE, text, "a blank at its end", f);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return malformed(GRID_PROFILE_FREE, text, "a control character", f);
    *out = (struct grid_code){ .profile = GRID_PROFILE_FREE };
    memcpy(out->text, text, length + 1);
    return true;
}

static int32_t take_digits(const char **at, int count)
{
    int32_t value = 0;

    for (; count > 0; count--)
        value = value * 10 + (*(*at)++ - '0');
    return value;
}

static bool is_county(int32_t county)
{
    for (size_t i = 0; i < sizeof PROVINCES; i++)
        if (PROVINCES[i] == county / 10000)
            return county % 100 != 0;
    return false;
}

bool grid_code_parse(enum grid_profile profile, const char *text, struct grid_code *out,
                     struct fail *f)
{
    const char *at = text;

    assert(profile < GRID_PROFILE_COUNT);
    if (profile == GRID_PROFILE_FREE)
        return free_code(text, out, f);
    if (strspn(text, "0123456789") != strnlen(text, DIGIT_MAX + 1))
        return malformed(profile, text, "it must be digits only", f);
    if (strnlen(text, DIGIT_MAX + 1) != (size_t)digit_count(profile))
        return malformed(profile, text, "the number of digits is wrong", f);

    struct grid_code code = { .profile = profile };

    code.object = take_digits(&at, PROFILES[profile].object);
    code.county = take_digits(&at, PROFILES[profile].county);
    code.street = take_digits(&at, PROFILES[profile].street);
    code.community = take_digits(&at, PROFILES[profile].community);
    code.cell = take_digits(&at, PROFILES[profile].cell);
    if (!is_county(code.county))
        return malformed(profile, text, "its county is none of GB/T 2260", f);
    if (code.street == 0)
        return malformed(profile, text, "its street is 000", f);
    if (code.community == 0)
        return malformed(profile, text, "its community is 000", f);
    if (code.cell == 0)
        return malformed(profile, text, "its cell is 0", f);
    code.merged_community = profile == GRID_PROFILE_CJT349 && code.community >= MERGED_FROM;
    memcpy(code.text, text, (size_t)digit_count(profile) + 1);
    *out = code;
    return true;
}

/* ---- laying */

enum {
    CORNERS_MAX = 7, /* of a hexagon, closed */
    /* Cells looked at: those of the area's whole box. */
    CANDIDATES_MAX = 500000,
};

static const double EARTH_M = 6371008.8;
/* Of a cell: what is smaller is left where a cell only touches the area. */
static const double SLIVER = 1e-4;

/* Corners lie on a lattice of whole numbers, so that cells which share a corner
 * share it to the last bit and there is neither gap nor overlap. */
struct lattice {
    double west; /* of the plane */
    double north;
    double x_step;
    double y_step;
    int32_t column_count;
    int32_t row_count;
};

struct layer {
    struct arena *arena;
    struct shape *shape;
    const struct shape_ready *ready;
    struct crs *crs;
    const struct grid_plan *plan;
    const struct figure *area;
    struct lattice lattice;
    struct figure *cells;
    int32_t cell_count;
    int32_t cell_max; /* numbers that the code has */
    struct fail *fail;
};

/* Square corners are one step apart. Hexagons stand on a corner: half their width
 * is a step to the east, half a side a step to the south, and each row lies three
 * steps under the one before. */
static int corners_of(enum grid_kind kind, int32_t column, int32_t row, int32_t at[CORNERS_MAX][2])
{
    static const int32_t SQUARE[5][2] = { { 0, 0 }, { 0, 1 }, { 1, 1 }, { 1, 0 }, { 0, 0 } };
    static const int32_t HEXAGON[7][2] = { { 0, -2 }, { -1, -1 }, { -1, 1 }, { 0, 2 },
                                           { 1, 1 },  { 1, -1 },  { 0, -2 } };
    const bool square = kind == GRID_KIND_SQUARE;
    const int count = square ? 5 : 7;
    const int32_t x = square ? column : 2 * column + (row & 1);
    const int32_t y = square ? row : 3 * row + 1;

    for (int i = 0; i < count; i++) {
        at[i][0] = x + (square ? SQUARE[i][0] : HEXAGON[i][0]);
        at[i][1] = y + (square ? SQUARE[i][1] : HEXAGON[i][1]);
    }
    return count;
}

static bool keep(struct layer *l, const struct figure *cell)
{
    if (l->cell_count == l->cell_max) {
        fail_set(
            l->fail, FAIL_INPUT, GRID_TOO_MANY,
            "the area needs more than %d cells of %g m, which is all that its codes can number",
            l->cell_max, l->plan->side_m);
        return fail_allowed(l->fail, "at most %d cells", l->cell_max);
    }
    l->cells[l->cell_count++] = figure_as_multi(cell);
    return true;
}

static bool cut(struct layer *l, const struct figure *whole)
{
    struct figure part;
    bool within;
    bool meets;

    if (!shape_ready_intersects(l->ready, whole, &meets, l->fail))
        return false;
    if (!meets)
        return true;
    if (!shape_ready_contains(l->ready, whole, &within, l->fail))
        return false;
    if (within) {
        part = figure_ring(l->arena, whole->points, whole->point_count);
        return keep(l, &part);
    }
    if (!shape_intersection(l->shape, l->area, whole, &part, l->fail))
        return false;
    return crs_area_m2(&part) < SLIVER * l->plan->side_m * l->plan->side_m || keep(l, &part);
}

static bool lay_cell(struct layer *l, int32_t column, int32_t row)
{
    int32_t lattice[CORNERS_MAX][2];
    struct point corners[CORNERS_MAX];
    const int count = corners_of(l->plan->kind, column, row, lattice);
    const int32_t runs[2] = { 0, 1 };
    const int32_t points[2] = { 0, count };
    const struct figure whole = { .kind = FIGURE_AREAS,
                                  .point_count = count,
                                  .run_count = 1,
                                  .area_count = 1,
                                  .points = corners,
                                  .first_point = points,
                                  .first_run = runs };

    for (int i = 0; i < count; i++) {
        const struct crs_xy xy = { l->lattice.west + lattice[i][0] * l->lattice.x_step,
                                   l->lattice.north - lattice[i][1] * l->lattice.y_step };

        if (!crs_inverse(l->crs, xy, &corners[i], l->fail))
            return false;
    }
    return cut(l, &whole);
}

static bool too_many(double columns, double rows, double side_m, struct fail *f)
{
    fail_set(f, FAIL_INPUT, GRID_TOO_MANY,
             "cells of %g m over this area are %.0f by %.0f, more than can be laid at once", side_m,
             columns, rows);
    return fail_allowed(f, "at most %d cells; a longer side gives fewer", GRID_CELL_MAX);
}

struct extent {
    double west, east, south, north;
};

/* An edge that is straight in degrees is curved in the plane, so it is followed
 * in steps of 100 m, on which the curve is under a millimetre. */
static bool follow(struct layer *l, struct point from, struct point to, struct extent *e)
{
    enum { STEP_M = 100, STEPS_MAX = 1000 };
    const int32_t steps = (int32_t)fmin(STEPS_MAX, ceil(point_distance_m(from, to) / STEP_M) + 1.0);

    for (int32_t step = 0; step <= steps; step++) {
        const double part = (double)step / steps;
        const struct point p = { from.lon + (to.lon - from.lon) * part,
                                 from.lat + (to.lat - from.lat) * part };
        struct crs_xy xy;

        if (!crs_forward(l->crs, p, &xy, l->fail))
            return false;
        e->west = fmin(e->west, xy.x);
        e->east = fmax(e->east, xy.x);
        e->south = fmin(e->south, xy.y);
        e->north = fmax(e->north, xy.y);
    }
    return true;
}

static bool measure_area(struct layer *l, struct extent *e)
{
    *e = (struct extent){ INFINITY, -INFINITY, INFINITY, -INFINITY };
    for (int32_t i = 0; i + 1 < l->area->point_count; i++)
        if (!follow(l, l->area->points[i], l->area->points[i + 1], e))
            return false;
    return true;
}

static bool measure(struct layer *l)
{
    const double side = l->plan->side_m;
    const bool square = l->plan->kind == GRID_KIND_SQUARE;
    struct extent e;

    if (!measure_area(l, &e))
        return false;
    /* A cell's edge is straight in degrees too, and bows by side^2 / 8R in the
     * plane at 45 degrees: with twice that around it, the area is within. */
    const double margin = side * side / (4.0 * EARTH_M);
    const double x_step = square ? side : side * sqrt(3.0) / 2.0;
    const double y_step = square ? side : side / 2.0;
    const double x = (e.east - e.west + 2.0 * margin) / x_step;
    const double y = (e.north - e.south + 2.0 * margin) / y_step;
    /* Hexagon k of a row reaches from step 2k - 1 or 2k, row k from 3k - 1. */
    const double columns = square ? ceil(x) : ceil((x + 1.0) / 2.0);
    const double rows = square ? ceil(y) : ceil((y + 1.0) / 3.0);

    if (columns * rows > CANDIDATES_MAX)
        return too_many(columns, rows, side, l->fail);
    l->lattice = (struct lattice){ .west = e.west - margin,
                                   .north = e.north + margin,
                                   .x_step = x_step,
                                   .y_step = y_step,
                                   .column_count = (int32_t)columns,
                                   .row_count = (int32_t)rows };
    return true;
}

static void close_crs(void *crs)
{
    crs_close(crs);
}

static bool prepare(struct layer *l)
{
    if (!shape_check(l->shape, l->area, l->fail) ||
        !shape_prepare(l->shape, l->area, &l->ready, l->fail))
        return false;
    l->crs = crs_open_city(box_middle(figure_box(l->area)), l->fail);
    if (!l->crs)
        return false;
    arena_defer(l->arena, close_crs, l->crs);
    return measure(l);
}

static const char *code_of(struct arena *a, const struct grid_plan *plan, int32_t cell)
{
    return arena_text(a, "%s%0*d", plan->prefix, PROFILES[plan->profile].cell, cell);
}

static bool check_plan(struct arena *a, const struct grid_plan *plan, const struct figure *area,
                       int32_t *cell_max, struct fail *f)
{
    struct grid_code parsed;
    int32_t numbers = 1;

    if (!(plan->side_m >= GRID_SIDE_MIN_M && plan->side_m <= GRID_SIDE_MAX_M)) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "the side of a cell must be %d to %d m: %g",
                 GRID_SIDE_MIN_M, GRID_SIDE_MAX_M, plan->side_m);
        return fail_allowed(f, "%d to %d", GRID_SIDE_MIN_M, GRID_SIDE_MAX_M);
    }
    if (area->kind != FIGURE_AREAS || area->area_count == 0) {
        fail_set(f, FAIL_INPUT, FIGURE_KIND, "a grid is laid over a Polygon or MultiPolygon");
        return fail_allowed(f, "Polygon, MultiPolygon");
    }
    for (int i = 0; i < PROFILES[plan->profile].cell; i++)
        numbers *= 10;
    if (plan->first_cell < 1 || plan->first_cell >= numbers) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "the first cell must be 1 to %d: %d",
                 numbers - 1, plan->first_cell);
        return fail_allowed(f, "1 to %d", numbers - 1);
    }
    *cell_max =
        numbers - plan->first_cell < GRID_CELL_MAX ? numbers - plan->first_cell : GRID_CELL_MAX;
    return grid_code_parse(plan->profile, code_of(a, plan, plan->first_cell), &parsed, f);
}

static const struct grid_cell *number_cells(struct layer *l)
{
    struct grid_cell *cells = arena_take(l->arena, (size_t)l->cell_count, sizeof *cells);

    for (int32_t i = 0; i < l->cell_count; i++) {
        const char *code = code_of(l->arena, l->plan, l->plan->first_cell + i);

        memcpy(cells[i].code, code, strlen(code) + 1);
        cells[i].area = l->cells[i];
    }
    return cells;
}

bool grid_lay(struct arena *a, const struct grid_plan *plan, const struct figure *area,
              const struct grid_cell **cells, int32_t *cell_count, struct fail *f)
{
    struct layer l = { .arena = a, .plan = plan, .area = area, .fail = f };

    if (!check_plan(a, plan, area, &l.cell_max, f))
        return false;
    l.shape = shape_take(a);
    l.cells = arena_take(a, (size_t)l.cell_max, sizeof *l.cells);
    if (!prepare(&l))
        return false;
    for (int32_t row = 0; row < l.lattice.row_count; row++)
        for (int32_t column = 0; column < l.lattice.column_count; column++)
            if (!lay_cell(&l, column, row))
                return false;
    *cells = number_cells(&l);
    *cell_count = l.cell_count;
    return true;
}
