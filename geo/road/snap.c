/* A grid of square cells over the city, each with the legs (the straight pieces of
 * a segment's shape) that touch it. A search looks at the cells around the point
 * ring by ring and ends when no cell farther out can hold a nearer leg.
 *
 * Distances are measured in the plane that touches the earth at the point asked
 * for. That plane is an affine picture of longitude and latitude, so a straight leg
 * stays straight in it and the borders of the cells stay axis-parallel: the bound of
 * a ring is exact. */
#include "geo/road/snap.h"

#include <assert.h>
#include <math.h>

static const double RADIANS = 3.14159265358979323846 / 180.0;

/* WGS 84: the semi-major axis and the square of the eccentricity. */
static const double AXIS_M = 6378137.0;
static const double ECCENTRE = 6.69437999014e-3;

static const double ON_STREET_M = 0.01;

enum {
    CELL_LAT_E7 = 9000,                /* about 100 m */
    CELLS_A_LEG = 8,                   /* at most, on average, of cells and of entries */
    CELL_LON_E7_MAX = 20 * CELL_LAT_E7 /* near the poles degrees of longitude are short */
};

struct leg {
    int32_t segment;
    int32_t shape; /* from shape[shape] to shape[shape + 1] */
};

struct snap_index {
    struct arena *arena; /* holds everything here */
    const struct network *network;
    const uint8_t *passed_over; /* per segment, by mode; NULL: none */
    struct point_e7 south_west;
    double cell_lon_e7, cell_lat_e7;
    int32_t columns, rows;
    int32_t *first_leg; /* [columns * rows + 1] into legs, row by row from the south */
    struct leg *legs;
};

/* A rectangle of cells, both ends included. */
struct cells {
    int32_t west, east;
};

static int32_t clamp(int64_t value, int32_t most)
{
    return value < 0 ? 0 : value > most ? most : (int32_t)value;
}

static int32_t column_of(const struct snap_index *index, double lon_e7)
{
    const double cell = floor((lon_e7 - index->south_west.lon) / index->cell_lon_e7);

    return clamp((int64_t)cell, index->columns - 1);
}

static int32_t row_of(const struct snap_index *index, double lat_e7)
{
    const double cell = floor((lat_e7 - index->south_west.lat) / index->cell_lat_e7);

    return clamp((int64_t)cell, index->rows - 1);
}

/* The cells of one row that the leg from a (south) to b (north) touches, taken one
 * e7 wider on both sides so that rounding cannot lose one. */
static struct cells leg_columns(const struct snap_index *index, struct point_e7 a,
                                struct point_e7 b, int32_t row)
{
    const double south =
        fmax(a.lat, (double)index->south_west.lat + (double)row * index->cell_lat_e7 - 1);
    const double north =
        fmin(b.lat, (double)index->south_west.lat + ((double)row + 1) * index->cell_lat_e7 + 1);
    const double rise = (double)b.lat - a.lat;
    const double slope = rise > 0 ? ((double)b.lon - a.lon) / rise : 0;
    double one = a.lon + slope * (south - a.lat);
    double other = rise > 0 ? a.lon + slope * (north - a.lat) : b.lon;

    if (one > other) {
        const double swap = one;

        one = other;
        other = swap;
    }
    return (struct cells){ column_of(index, one - 1), column_of(index, other + 1) };
}

/* What is done with a leg: its entries are counted, counted cell by cell, or made. */
enum task { TASK_SUM, TASK_COUNT, TASK_ENTER };

static int64_t place_leg(struct snap_index *index, enum task task, struct leg leg)
{
    struct point_e7 a = index->network->shape[leg.shape];
    struct point_e7 b = index->network->shape[leg.shape + 1];
    int64_t sum = 0;

    if (a.lat > b.lat) {
        const struct point_e7 swap = a;

        a = b;
        b = swap;
    }
    const int32_t last = row_of(index, b.lat + 1.0);

    for (int32_t row = row_of(index, a.lat - 1.0); row <= last; row++) {
        const struct cells cells = leg_columns(index, a, b, row);
        const int64_t west = (int64_t)row * index->columns + cells.west;
        const int64_t east = (int64_t)row * index->columns + cells.east;

        sum += east - west + 1;
        for (int64_t cell = west; task == TASK_COUNT && cell <= east; cell++)
            index->first_leg[cell + 1]++;
        for (int64_t cell = west; task == TASK_ENTER && cell <= east; cell++)
            index->legs[index->first_leg[cell]++] = leg;
    }
    return sum;
}

static int64_t place_all(struct snap_index *index, enum task task)
{
    const struct network *n = index->network;
    int64_t sum = 0;

    for (int32_t s = 0; s < n->segment_count; s++)
        for (int32_t i = n->first_shape[s]; i < n->first_shape[s + 1] - 1; i++)
            sum += place_leg(index, task, (struct leg){ .segment = s, .shape = i });
    return sum;
}

static struct point_e7 corners(const struct network *n, struct point_e7 *high)
{
    struct point_e7 low = n->shape[0];

    *high = low;
    for (int32_t i = 1; i < n->shape_count; i++) {
        const struct point_e7 p = n->shape[i];

        low.lon = p.lon < low.lon ? p.lon : low.lon;
        low.lat = p.lat < low.lat ? p.lat : low.lat;
        high->lon = p.lon > high->lon ? p.lon : high->lon;
        high->lat = p.lat > high->lat ? p.lat : high->lat;
    }
    return low;
}

/* Cells of about 100 m, doubled until the grid is no larger than the streets
 * deserve: a country of few and long ones gets large cells. */
static void lay_grid(struct snap_index *index)
{
    struct point_e7 high;
    const struct point_e7 low = corners(index->network, &high);
    const int64_t width = (int64_t)high.lon - low.lon;
    const int64_t height = (int64_t)high.lat - low.lat;
    const double shrink = cos(((double)low.lat + high.lat) / 2e7 * RADIANS);
    const int64_t most = (int64_t)CELLS_A_LEG * index->network->shape_count + CELLS_A_LEG;
    int64_t cell_lat = CELL_LAT_E7;
    int64_t cell_lon = (int64_t)fmin(CELL_LAT_E7 / fmax(shrink, 1e-3), CELL_LON_E7_MAX);

    index->south_west = low;
    for (;; cell_lat *= 2, cell_lon *= 2) {
        if ((width / cell_lon + 1) * (height / cell_lat + 1) > most)
            continue;
        index->cell_lat_e7 = (double)cell_lat;
        index->cell_lon_e7 = (double)cell_lon;
        index->columns = (int32_t)(width / cell_lon) + 1;
        index->rows = (int32_t)(height / cell_lat) + 1;
        if (place_all(index, TASK_SUM) <= most)
            return;
    }
}

struct snap_index *snap_index_new(const struct network *n)
{
    struct arena *a = arena_new();
    struct snap_index *index = arena_take(a, 1, sizeof *index);

    index->arena = a;
    index->network = n;
    lay_grid(index);

    const size_t cells = (size_t)index->columns * (size_t)index->rows;

    index->first_leg = arena_take(a, cells + 1, sizeof *index->first_leg);
    place_all(index, TASK_COUNT);
    for (size_t i = 0; i < cells; i++)
        index->first_leg[i + 1] += index->first_leg[i];
    index->legs = arena_take(a, (size_t)index->first_leg[cells], sizeof *index->legs);
    place_all(index, TASK_ENTER);
    /* Each start has moved on to the next cell's: move them back. */
    for (size_t i = cells; i > 0; i--)
        index->first_leg[i] = index->first_leg[i - 1];
    index->first_leg[0] = 0;
    return index;
}

void snap_index_free(struct snap_index *index)
{
    if (index)
        arena_free(index->arena);
}

void snap_index_pass_over(struct snap_index *index, const uint8_t *modes)
{
    index->passed_over = modes;
}

size_t snap_index_bytes(const struct snap_index *index)
{
    return arena_used(index->arena);
}

/* The point asked for with its plane: metres east and north an e7. Legs count that run
 * so much along (east, north) at least: a cosine, or 0 for all. */
struct look {
    const struct snap_index *index;
    enum mode mode;
    bool is_choosy; /* streets to be passed over do not count */
    double along, along_east, along_north;
    double lon_e7, lat_e7;
    double east_m, north_m;
};

/* The nearest spot seen so far. */
struct best {
    double off2_m2; /* the square of the distance */
    struct leg leg; /* segment -1 while there is none */
    double share;   /* of the leg, from its first point */
    double cross;   /* left of the leg when positive */
};

/* How far along the leg the foot of the perpendicular is, and how far away. Ends
 * are taken exactly, so that legs which share one are equally far from whoever is
 * nearest to it and the lower segment wins. */
static void consider(const struct look *at, struct leg leg, struct best *best)
{
    const struct point_e7 *ends = at->index->network->shape + leg.shape;
    const double ax = (ends[0].lon - at->lon_e7) * at->east_m;
    const double ay = (ends[0].lat - at->lat_e7) * at->north_m;
    const double bx = (ends[1].lon - at->lon_e7) * at->east_m;
    const double by = (ends[1].lat - at->lat_e7) * at->north_m;
    const double dx = bx - ax;
    const double dy = by - ay;
    const double square = dx * dx + dy * dy;

    if (at->along > 0 &&
        fabs(dx * at->along_east + dy * at->along_north) < at->along * sqrt(square))
        return;
    const double share = square > 0 ? -(ax * dx + ay * dy) / square : 0;
    double x = ax + share * dx;
    double y = ay + share * dy;

    if (share <= 0) {
        x = ax;
        y = ay;
    } else if (share >= 1) {
        x = bx;
        y = by;
    }
    const double off2_m2 = x * x + y * y;

    if (off2_m2 > best->off2_m2)
        return;
    const bool nearer = off2_m2 < best->off2_m2 || best->leg.segment < 0;

    if (nearer || leg.segment < best->leg.segment ||
        (leg.segment == best->leg.segment && leg.shape < best->leg.shape))
        *best = (struct best){ .off2_m2 = off2_m2,
                               .leg = leg,
                               .share = fmin(fmax(share, 0), 1),
                               .cross = ax * dy - ay * dx };
}

static bool is_passed_over(const struct snap_index *index, enum mode mode, int32_t segment)
{
    return index->passed_over && (index->passed_over[segment] >> mode & 1);
}

static void consider_cell(const struct look *at, int32_t column, int32_t row, struct best *best)
{
    const struct snap_index *index = at->index;
    const int64_t cell = (int64_t)row * index->columns + column;

    for (int32_t i = index->first_leg[cell]; i < index->first_leg[cell + 1]; i++) {
        const struct leg leg = index->legs[i];

        if (network_usable(index->network, at->mode, leg.segment) &&
            !(at->is_choosy && is_passed_over(index, at->mode, leg.segment)))
            consider(at, leg, best);
    }
}

/* The cells at `ring` steps from the middle one, as far as they exist. */
static void consider_ring(const struct look *at, int32_t column, int32_t row, int32_t ring,
                          struct best *best)
{
    const struct snap_index *index = at->index;
    const int32_t west = clamp((int64_t)column - ring, index->columns - 1);
    const int32_t east = clamp((int64_t)column + ring, index->columns - 1);
    const int32_t south = clamp((int64_t)row - ring, index->rows - 1);
    const int32_t north = clamp((int64_t)row + ring, index->rows - 1);

    for (int32_t r = south; r <= north; r++) {
        const bool whole = r == row - ring || r == row + ring;

        if (whole) {
            for (int32_t c = west; c <= east; c++)
                consider_cell(at, c, r, best);
            continue;
        }
        if (column - ring >= 0)
            consider_cell(at, column - ring, r, best);
        if (column + ring < index->columns)
            consider_cell(at, column + ring, r, best);
    }
}

/* Nothing outside the rings up to this one is nearer than this. Only sides with
 * cells beyond them count; without any the whole grid has been seen. */
static double beyond_m(const struct look *at, int32_t column, int32_t row, int32_t ring)
{
    const struct snap_index *index = at->index;
    const double west = index->south_west.lon + ((double)column - ring) * index->cell_lon_e7;
    const double east = index->south_west.lon + ((double)column + ring + 1) * index->cell_lon_e7;
    const double south = index->south_west.lat + ((double)row - ring) * index->cell_lat_e7;
    const double north = index->south_west.lat + ((double)row + ring + 1) * index->cell_lat_e7;
    double least_m = INFINITY;

    if (column - ring > 0)
        least_m = fmin(least_m, (at->lon_e7 - west) * at->east_m);
    if (column + ring < index->columns - 1)
        least_m = fmin(least_m, (east - at->lon_e7) * at->east_m);
    if (row - ring > 0)
        least_m = fmin(least_m, (at->lat_e7 - south) * at->north_m);
    if (row + ring < index->rows - 1)
        least_m = fmin(least_m, (north - at->lat_e7) * at->north_m);
    return fmax(least_m, 0);
}

/* No street is nearer than the grid itself. Near a pole, where a degree of longitude
 * is next to nothing, the rings alone would not tell before all cells were seen. */
static bool is_out_of_reach(const struct look *at)
{
    const struct snap_index *index = at->index;
    const double west = index->south_west.lon;
    const double south = index->south_west.lat;
    const double east = west + index->columns * index->cell_lon_e7;
    const double north = south + index->rows * index->cell_lat_e7;
    const double aside = fmax(west - at->lon_e7, at->lon_e7 - east);
    const double along = fmax(south - at->lat_e7, at->lat_e7 - north);

    return aside * at->east_m > SNAP_REACH_M || along * at->north_m > SNAP_REACH_M;
}

/* Centimetres along the segment in way direction: the drawn metres up to the spot
 * over all drawn metres, scaled to the length. */
static uint32_t along_cm(const struct network *n, struct leg leg, double share)
{
    double before_m = 0;
    double total_m = 0;

    for (int32_t i = n->first_shape[leg.segment]; i < n->first_shape[leg.segment + 1] - 1; i++) {
        const double leg_m = network_leg_m(n->shape[i], n->shape[i + 1]);

        if (i < leg.shape)
            before_m += leg_m;
        else if (i == leg.shape)
            before_m += share * leg_m;
        total_m += leg_m;
    }
    const uint32_t length_cm = n->length_cm[leg.segment];

    if (total_m <= 0)
        return 0;
    const double along = round(before_m / total_m * length_cm);

    return along < length_cm ? (uint32_t)along : length_cm;
}

static enum snap_side side_of(double off_m, double cross)
{
    if (off_m < ON_STREET_M)
        return SNAP_ON;
    return cross > 0 ? SNAP_LEFT : SNAP_RIGHT;
}

static struct look look_at(const struct snap_index *index, enum mode mode, struct point p)
{
    assert(point_valid(p));
    const double sine = sin(p.lat * RADIANS);
    const double bulge = 1 - ECCENTRE * sine * sine;

    return (struct look){
        .index = index,
        .mode = mode,
        .lon_e7 = p.lon * 1e7,
        .lat_e7 = p.lat * 1e7,
        .east_m = AXIS_M / sqrt(bulge) * cos(p.lat * RADIANS) * RADIANS / 1e7,
        .north_m = AXIS_M * (1 - ECCENTRE) / (bulge * sqrt(bulge)) * RADIANS / 1e7,
    };
}

static struct best find_best(const struct look *at, double reach_m)
{
    const int32_t column = column_of(at->index, at->lon_e7);
    const int32_t row = row_of(at->index, at->lat_e7);
    const bool reachable = !is_out_of_reach(at);
    struct best best = { .off2_m2 = reach_m * reach_m, .leg = { .segment = -1 } };

    for (int32_t ring = 0; reachable; ring++) {
        consider_ring(at, column, row, ring, &best);
        const double least_m = beyond_m(at, column, row, ring);

        if (least_m * least_m > best.off2_m2)
            break;
    }
    return best;
}

double snap_off_m(const struct snap_index *index, enum mode mode, struct point p,
                  struct snap_course course, double reach_m)
{
    struct look at = look_at(index, mode, p);

    if (course.within_deg < 90) {
        at.along = cos(course.within_deg * RADIANS);
        at.along_east = sin(course.bearing_deg * RADIANS);
        at.along_north = cos(course.bearing_deg * RADIANS);
    }
    return sqrt(find_best(&at, reach_m).off2_m2);
}

/* Where it was looked for is said in the frame in which it was looked for. */
static bool fail_no_street(enum mode mode, struct point p, struct fail *f)
{
    char place[POINT_TEXT_SIZE];

    point_write(p, place);
    fail_set(f, FAIL_INPUT, NO_STREET_NEAR, "no street for %s within %d m of %s (wgs84)",
             network_mode_word(mode), SNAP_REACH_M, place);
    fail_allowed(f, "a place at most %d m from a street that %s may use", SNAP_REACH_M,
                 network_mode_word(mode));
    return fail_value(f, place);
}

bool snap_to(const struct snap_index *index, enum mode mode, struct point p, struct snap *out,
             struct fail *f)
{
    struct look at = look_at(index, mode, p);
    struct best best = find_best(&at, SNAP_REACH_M);

    if (best.leg.segment < 0)
        return fail_no_street(mode, p, f);
    if (is_passed_over(index, mode, best.leg.segment)) {
        at.is_choosy = true;
        const struct best other = find_best(&at, sqrt(best.off2_m2) + SNAP_FURTHER_M);

        best = other.leg.segment >= 0 ? other : best;
    }
    out->spot.segment = best.leg.segment;
    out->spot.along_cm = along_cm(index->network, best.leg, best.share);
    out->off_m = sqrt(best.off2_m2);
    out->side = side_of(out->off_m, best.cross);
    return true;
}

/* ------------------------------------------------------------------ all around */

/* The nearest so far, the nearest first. A segment stands here once: whoever was pushed
 * out by nearer ones comes back with a leg that is nearer still. */
struct around {
    struct best best[SNAP_WITHIN_MAX];
    int32_t count, most;
};

static bool is_nearer(const struct best *one, const struct best *other)
{
    if (one->off2_m2 < other->off2_m2 || other->off2_m2 < one->off2_m2)
        return one->off2_m2 < other->off2_m2;
    return one->leg.segment < other->leg.segment;
}

static void gather(struct around *all, const struct best *met)
{
    int32_t at = 0;

    while (at < all->count && all->best[at].leg.segment != met->leg.segment)
        at++;
    if (at < all->count && !(met->off2_m2 < all->best[at].off2_m2))
        return;
    if (at == all->count && at == all->most) {
        if (!is_nearer(met, &all->best[at - 1]))
            return;
        at--;
    } else if (at == all->count) {
        all->count++;
    }
    for (; at > 0 && is_nearer(met, &all->best[at - 1]); at--)
        all->best[at] = all->best[at - 1];
    all->best[at] = *met;
}

static void gather_cell(const struct look *at, int64_t cell, double reach_m, struct around *all)
{
    const struct snap_index *index = at->index;

    for (int32_t i = index->first_leg[cell]; i < index->first_leg[cell + 1]; i++) {
        struct best best = { .off2_m2 = reach_m * reach_m, .leg = { .segment = -1 } };

        if (!network_usable(index->network, at->mode, index->legs[i].segment))
            continue;
        consider(at, index->legs[i], &best);
        if (best.leg.segment >= 0)
            gather(all, &best);
    }
}

int32_t snap_within(const struct snap_index *index, enum mode mode, struct point p, double reach_m,
                    struct snap *out, int32_t count_max)
{
    const struct look at = look_at(index, mode, p);
    const int32_t west = column_of(index, at.lon_e7 - reach_m / at.east_m);
    const int32_t east = column_of(index, at.lon_e7 + reach_m / at.east_m);
    const int32_t south = row_of(index, at.lat_e7 - reach_m / at.north_m);
    const int32_t north = row_of(index, at.lat_e7 + reach_m / at.north_m);
    struct around all = { .most = count_max };

    assert(reach_m > 0 && reach_m <= SNAP_REACH_M && count_max > 0 && count_max <= SNAP_WITHIN_MAX);
    if (is_out_of_reach(&at))
        return 0;
    for (int32_t row = south; row <= north; row++)
        for (int32_t column = west; column <= east; column++)
            gather_cell(&at, (int64_t)row * index->columns + column, reach_m, &all);
    for (int32_t i = 0; i < all.count; i++) {
        const struct best *best = &all.best[i];

        out[i].spot.segment = best->leg.segment;
        out[i].spot.along_cm = along_cm(index->network, best->leg, best->share);
        out[i].off_m = sqrt(best->off2_m2);
        out[i].side = side_of(out[i].off_m, best->cross);
    }
    return all.count;
}
