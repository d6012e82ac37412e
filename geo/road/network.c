/* The shape and cost of single places on the network. */
#include "geo/road/network.h"

#include <assert.h>
#include <math.h>

static const double RADIANS = 3.14159265358979323846 / 180.0;

/* WGS 84: the semi-major axis and the square of the eccentricity. */
static const double AXIS_M = 6378137.0;
static const double ECCENTRE = 6.69437999014e-3;

enum { METRES_A_KILOMETRE = 1000, MS_CM_A_METRE_AN_HOUR = 36000 };

const char *network_mode_word(enum mode mode)
{
    static const char *const WORDS[MODE_COUNT] = { "foot", "ebike", "car" };

    assert(mode < MODE_COUNT);
    return WORDS[mode];
}

const char *const NETWORK_CLASS_WORDS[STREET_CLASS_COUNT] = {
    [STREET_MOTORWAY] = "motorway",
    [STREET_TRUNK] = "trunk",
    [STREET_PRIMARY] = "primary",
    [STREET_SECONDARY] = "secondary",
    [STREET_TERTIARY] = "tertiary",
    [STREET_RESIDENTIAL] = "residential",
    [STREET_SERVICE] = "service",
    [STREET_TRACK] = "track",
    [STREET_PEDESTRIAN] = "pedestrian",
    [STREET_CYCLEWAY] = "cycleway",
    [STREET_PATH] = "path",
    [STREET_STEPS] = "steps",
    [STREET_FERRY] = "ferry",
};

const char *network_class_word(enum street_class class)
{
    assert(class < STREET_CLASS_COUNT);
    return NETWORK_CLASS_WORDS[class];
}

int64_t network_speed(const struct network *n, const struct network_speeds *speeds, enum mode mode,
                      int32_t segment)
{
    double kmh = speeds->kmh[n->street_class[segment]][mode];
    const uint8_t limit_kmh = n->maxspeed_kmh[segment];

    if (mode != MODE_FOOT && limit_kmh > 0 && limit_kmh < kmh)
        kmh = limit_kmh;
    return llrint(kmh * METRES_A_KILOMETRE);
}

/* One centimetre at one metre an hour takes 36,000 ms. */
uint32_t network_speed_ms(uint32_t length_cm, int64_t metres_an_hour)
{
    if (metres_an_hour <= 0)
        return NETWORK_COST_NEVER;
    const int64_t ms =
        ((int64_t)length_cm * MS_CM_A_METRE_AN_HOUR + metres_an_hour - 1) / metres_an_hour;

    return ms < (int64_t)NETWORK_COST_NEVER ? (uint32_t)ms : NETWORK_COST_NEVER;
}

void network_price(struct network *n, const struct network_speeds *speeds, struct arena *a)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        uint32_t *cost = arena_take(a, 2 * (size_t)n->segment_count, sizeof *cost);

        for (int32_t s = 0; s < n->segment_count; s++) {
            const uint32_t ms =
                network_speed_ms(n->length_cm[s], network_speed(n, speeds, mode, s));
            const int may = n->access[s] >> (2 * mode);
            uint32_t *two_ways = cost + 2 * (size_t)s;

            two_ways[0] = (may & 1) ? ms : NETWORK_COST_NEVER;
            two_ways[1] = (may & 2) ? ms : NETWORK_COST_NEVER;
        }
        n->cost_ms[mode] = cost;
    }
}

size_t network_bytes(const struct network *n)
{
    const size_t nodes = (size_t)n->node_count;
    const size_t segments = (size_t)n->segment_count;
    const size_t node = sizeof *n->node_id + sizeof *n->node_at + sizeof *n->first_out;
    const size_t segment = 2 * sizeof *n->out_edge + sizeof *n->segment_id + sizeof *n->way_id +
                           sizeof *n->from + sizeof *n->to + sizeof *n->length_cm +
                           sizeof *n->street_class + sizeof *n->access + sizeof *n->maxspeed_kmh +
                           sizeof *n->name_at + sizeof *n->first_shape;
    const size_t costs = (size_t)2 * MODE_COUNT * sizeof *n->cost_ms[0];

    return nodes * node + segments * (segment + costs) + (size_t)n->shape_count * sizeof *n->shape +
           (size_t)n->ban_count * (sizeof *n->first_ban_edge + sizeof *n->ban_modes) +
           (size_t)n->ban_edge_count * sizeof *n->ban_edge + hierarchy_bytes(&n->hierarchy) +
           (size_t)n->name_bytes;
}

uint32_t network_part_ms(const struct network *n, enum mode mode, int32_t edge, uint32_t part_cm)
{
    const uint64_t cost = n->cost_ms[mode][edge];
    const uint32_t length_cm = n->length_cm[edge >> 1];

    assert(part_cm <= length_cm);
    if (part_cm == 0)
        return 0;
    if (cost >= NETWORK_COST_NEVER)
        return NETWORK_COST_NEVER;
    return (uint32_t)(cost * part_cm / length_cm);
}

double network_leg_m(struct point_e7 a, struct point_e7 b)
{
    const double lat = ((double)a.lat + b.lat) / 2e7 * RADIANS;
    const double sine = sin(lat);
    const double bulge = 1 - ECCENTRE * sine * sine;
    const double east = ((double)b.lon - a.lon) / 1e7 * RADIANS * cos(lat) * AXIS_M / sqrt(bulge);
    const double north =
        ((double)b.lat - a.lat) / 1e7 * RADIANS * AXIS_M * (1 - ECCENTRE) / (bulge * sqrt(bulge));

    return sqrt(east * east + north * north);
}

struct point network_point(const struct network *n, struct spot spot)
{
    const struct point_e7 *shape = n->shape + n->first_shape[spot.segment];
    const int32_t last = n->first_shape[spot.segment + 1] - n->first_shape[spot.segment] - 1;
    double total_m = 0;

    assert(spot.along_cm <= n->length_cm[spot.segment]);
    for (int32_t i = 0; i < last; i++)
        total_m += network_leg_m(shape[i], shape[i + 1]);
    double left_m = total_m * spot.along_cm / n->length_cm[spot.segment];

    for (int32_t i = 0; i < last; i++) {
        const double leg_m = network_leg_m(shape[i], shape[i + 1]);

        if (left_m < leg_m) {
            const struct point a = point_from_e7(shape[i]);
            const struct point b = point_from_e7(shape[i + 1]);
            const double t = left_m / leg_m;

            return (struct point){ a.lon + t * (b.lon - a.lon), a.lat + t * (b.lat - a.lat) };
        }
        left_m -= leg_m;
    }
    return point_from_e7(shape[last]);
}

const char *network_name(const struct network *n, int32_t segment)
{
    return n->names + n->name_at[segment];
}

int32_t network_find(const struct network *n, int64_t segment_id)
{
    int32_t low = 0;
    int32_t high = n->segment_count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (n->segment_id[middle] < segment_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n->segment_count && n->segment_id[low] == segment_id ? low : -1;
}
