/* Phones that walk, ride and drive through a city, honest ones and ones that send another
 * frame than they declare, and what geo/doubt says of them:
 *
 *   bench_doubt ADDRESS SEED PHONES [moved] [aside | careless]
 *
 * Prints tab-separated lines "name figure" and nothing else. `moved`: the streets of the
 * database are first moved to Beijing's latitude, for a city outside China. Two controls:
 * with `aside` everyone goes some hundred metres beside the streets, so that nothing can
 * be told; with `careless` they do and the frame that fits best is believed, too.
 *
 * A phone's fixes lie beside the street it follows as those of phones do: an error that
 * drifts and one that does not, together 3 to 15 m, sometimes four times as much; the
 * accuracy it states is wrong by up to 40 %. Now and then it goes through yards for
 * five fixes, 20 to 60 m beside any street. It is asked about as engine/doubts does: after every
 * twentieth moving fix, three times unless it is cleared. It is not followed to where another frame
 * would lie beyond the streets that are known: there it would be told too easily; one that comes
 * there before it was asked about is drawn anew. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/doubt.h"
#include "tests/support/town.h"

enum {
    FIXES_MAX = 1000, /* that a phone sends: one that stands never moves enough */
    WINDOWS = 3,
    TRIES_MAX = 4000, /* to draw one phone */
    YARD_EVERY = 100, /* so seldom someone leaves the streets, for so many fixes */
    YARD_FIXES = 5,
    FAR_EVERY = 50,
    STRAIGHT_OF_10 = 6, /* so often someone goes straight on */
};

static const double RADIANS = 3.14159265358979323846 / 180;
static const double ASIDE_M = 330;
static const struct point BEIJING = { 116.4, 39.9 };

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    struct snap_index *index;
    struct point south_west, north_east;
    double aside_m;
    bool is_careless;
    int32_t drawn, redrawn, asked;
    double asked_s; /* CPU */
};

struct phone {
    enum mode mode;
    double step_m;   /* from fix to fix */
    double spread_m; /* of its errors */
    double stated_m;
    double beside_m; /* through yards, for */
    int32_t yard_fixes;
    enum frame sent, declared;
    double drift_east_m, drift_north_m;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_doubt: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double uniform(struct bench *b, double from, double to)
{
    return from + (to - from) * (double)(town_roll(&b->dice) >> 11) / 9007199254740992.0;
}

/* Normal, of deviation 1: Box and Muller. */
static double normal(struct bench *b)
{
    return sqrt(-2 * log(uniform(b, 1e-12, 1))) * cos(uniform(b, 0, 360 * RADIANS));
}

static struct point beside(struct point p, double east_m, double north_m)
{
    return (struct point){ p.lon + east_m / (111320 * cos(p.lat * RADIANS)),
                           p.lat + north_m / 111200 };
}

/* ------------------------------------------------------------------ going */

/* A place and where it leads: `gone_cm` along an edge. */
struct going {
    int32_t edge;
    double gone_cm;
};

static struct point place_of(const struct bench *b, const struct going *g)
{
    const uint32_t length = b->n->length_cm[g->edge >> 1];
    const uint32_t gone = (uint32_t)fmin(g->gone_cm, length);

    return network_point(b->n, (struct spot){ g->edge >> 1, g->edge & 1 ? length - gone : gone });
}

static double heading(const struct bench *b, int32_t edge)
{
    return point_bearing_deg(point_from_e7(b->n->node_at[network_tail(b->n, edge)]),
                             point_from_e7(b->n->node_at[network_head(b->n, edge)]));
}

/* The next edge at the end of this one: mostly the straightest, never back but at a dead
 * end; -1 when there is none. */
static int32_t next_edge(struct bench *b, enum mode mode, int32_t edge)
{
    const int32_t node = network_head(b->n, edge);
    const bool goes_straight = town_pick(&b->dice, 10) < STRAIGHT_OF_10;
    int32_t next = -1, seen = 0;
    double least_deg = 360;

    for (int32_t i = b->n->first_out[node]; i < b->n->first_out[node + 1]; i++) {
        const int32_t out = b->n->out_edge[i];
        const double turn_deg = fabs(remainder(heading(b, out) - heading(b, edge), 360));

        if (out == (edge ^ 1) || b->n->cost_ms[mode][out] == NETWORK_COST_NEVER)
            continue;
        seen++;
        if (goes_straight ? turn_deg < least_deg : town_pick(&b->dice, seen) == 0) {
            least_deg = turn_deg;
            next = out;
        }
    }
    if (next < 0 && b->n->cost_ms[mode][edge ^ 1] < NETWORK_COST_NEVER)
        next = edge ^ 1;
    return next;
}

static bool go_on(struct bench *b, enum mode mode, double way_m, struct going *g)
{
    g->gone_cm += way_m * 100;
    while (g->gone_cm > b->n->length_cm[g->edge >> 1]) {
        g->gone_cm -= b->n->length_cm[g->edge >> 1];
        g->edge = next_edge(b, mode, g->edge);
        if (g->edge < 0)
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------ phones */

static void draw_manners(struct bench *b, struct phone *p)
{
    static const double METRES_A_SECOND[MODE_COUNT] = { 1.3, 4.5, 9 };
    const int32_t lot = town_pick(&b->dice, 10);
    const double every_s = town_pick(&b->dice, 2) ? 10 : town_pick(&b->dice, 2) ? 30 : 60;

    p->mode = lot < 5 ? MODE_FOOT : lot < 7 ? MODE_EBIKE : MODE_CAR;
    p->step_m = fmax(101, METRES_A_SECOND[p->mode] * every_s);
    p->spread_m = uniform(b, 3, 15);
    p->stated_m = p->spread_m * uniform(b, 0.6, 1.4);
}

/* The place that the phone measures, going along `edge`. */
static struct point measured(struct bench *b, struct phone *p, const struct going *g)
{
    const double bearing = heading(b, g->edge) * RADIANS;
    const double far = town_pick(&b->dice, FAR_EVERY) ? 1 : 4;
    double east_m, north_m;

    if (town_pick(&b->dice, YARD_EVERY) == 0) {
        p->beside_m = uniform(b, 20, 60);
        p->yard_fixes = YARD_FIXES;
    } else if (p->yard_fixes > 0 && --p->yard_fixes == 0) {
        p->beside_m = 0;
    }
    p->drift_east_m = 0.8 * p->drift_east_m + 0.36 * p->spread_m * normal(b);
    p->drift_north_m = 0.8 * p->drift_north_m + 0.36 * p->spread_m * normal(b);
    east_m = far * (p->drift_east_m + 0.4 * p->spread_m * normal(b));
    north_m = far * (p->drift_north_m + 0.4 * p->spread_m * normal(b));
    return beside(place_of(b, g), b->aside_m + east_m + p->beside_m * cos(bearing),
                  b->aside_m + north_m - p->beside_m * sin(bearing));
}

/* Whether every frame puts what was sent among the streets that are known. */
static bool lies_among_streets(const struct bench *b, struct point sent)
{
    static const enum frame FRAMES[] = { FRAME_WGS84, FRAME_GCJ02, FRAME_BD09 };

    for (int i = 0; i < 3; i++) {
        struct point at;
        struct fail f;

        if (!frame_to_wgs84(FRAMES[i], sent, &at, &f) || at.lon < b->south_west.lon ||
            at.lon > b->north_east.lon || at.lat < b->south_west.lat || at.lat > b->north_east.lat)
            return false;
    }
    return true;
}

static bool begin(struct bench *b, const struct phone *p, struct going *g)
{
    *g = (struct going){ .edge = town_pick(&b->dice, 2 * b->n->segment_count) };
    return b->n->cost_ms[p->mode][g->edge] < NETWORK_COST_NEVER;
}

/* The next fix of a phone; false when its way ends, or leads out of the streets that are
 * known. */
static bool next_fix(struct bench *b, struct phone *p, struct going *g, struct doubt_fix *out)
{
    struct point sent, told;
    struct fail f;

    if (!frame_from_wgs84(p->sent, measured(b, p, g), &sent, &f) ||
        !frame_to_wgs84(p->declared, sent, &told, &f) || !lies_among_streets(b, sent) ||
        !go_on(b, p->mode, p->step_m, g))
        return false;
    *out = (struct doubt_fix){ .at = point_to_e7(told),
                               .accuracy_dm = (int32_t)(p->stated_m * 10),
                               .speed_cms = -1 };
    return true;
}

/* ------------------------------------------------------------------ asking */

/* What came of a phone: how often it was asked about, whether it was doubted at its first
 * twenty moving fixes, or at any, and whether the frame that it sends was named. */
struct outcome {
    int32_t windows;
    bool first, any, named;
};

/* False when it has not told anything. */
static bool ask_one(struct bench *b, struct phone *p, struct outcome *out)
{
    struct doubt_window w = { 0 };
    struct doubt_verdict v = { 0 };
    struct doubt_fix fix;
    struct going g;

    *out = (struct outcome){ 0 };
    if (!begin(b, p, &g))
        return false;
    for (int32_t i = 0; i < FIXES_MAX && out->windows < WINDOWS && !v.is_cleared; i++) {
        if (!next_fix(b, p, &g, &fix))
            break;
        if (!doubt_keep(&w, p->declared, &fix) || w.count < DOUBT_FIXES)
            continue;
        const double begin_s = cpu_s();
        const bool is_told = doubt_frame(&w, b->index, p->mode, &v);

        b->asked_s += cpu_s() - begin_s;
        b->asked++;
        const bool is_doubted =
            is_told && (v.is_doubted || (b->is_careless && v.likely != p->declared));

        out->first |= out->windows == 0 && is_doubted;
        out->any |= is_doubted;
        out->named |= is_doubted && v.likely == p->sent;
        out->windows++;
        w = (struct doubt_window){ 0 };
    }
    return out->windows > 0;
}

static struct outcome ask(struct bench *b, enum frame sent, enum frame declared)
{
    for (int32_t tries = 0; tries < TRIES_MAX; tries++) {
        struct phone p = { .sent = sent, .declared = declared };
        struct outcome out;

        draw_manners(b, &p);
        b->drawn++;
        if (ask_one(b, &p, &out))
            return out;
        b->redrawn++;
    }
    give_up("phones", "the streets are too few to go along");
    return (struct outcome){ 0 };
}

static void ask_honest(struct bench *b, int32_t phones)
{
    static const enum frame FRAMES[] = { FRAME_WGS84, FRAME_GCJ02, FRAME_BD09, FRAME_CGCS2000 };
    int32_t falsely = 0;

    for (int32_t i = 0; i < phones; i++)
        falsely += ask(b, FRAMES[i % 4], FRAMES[i % 4]).any;
    printf("falsely\t%d\nhonest\t%d\n", falsely, phones);
}

static void ask_wrong(struct bench *b, int32_t phones)
{
    static const enum frame PAIRS[][2] = {
        { FRAME_WGS84, FRAME_GCJ02 }, { FRAME_GCJ02, FRAME_WGS84 }, { FRAME_WGS84, FRAME_BD09 },
        { FRAME_BD09, FRAME_WGS84 },  { FRAME_GCJ02, FRAME_BD09 },  { FRAME_BD09, FRAME_GCJ02 },
    };
    int32_t caught = 0, named = 0;

    for (int32_t i = 0; i < phones; i++) {
        const struct outcome out = ask(b, PAIRS[i % 6][0], PAIRS[i % 6][1]);

        caught += out.first;
        named += out.first && out.named;
    }
    printf("caught\t%d\nnamed\t%d\nwrong\t%d\n", caught, named, phones);
}

/* ------------------------------------------------------------------ the city */

/* The network is ours alone, in memory: its points may be moved. */
static void move_city(struct bench *b, struct point by, double stretch)
{
    struct point_e7 *shape = (struct point_e7 *)(void *)(uintptr_t)b->n->shape;
    struct point_e7 *nodes = (struct point_e7 *)(void *)(uintptr_t)b->n->node_at;
    const double west = b->streets.south_west.lon;

    for (int32_t i = 0; i < b->n->shape_count + b->n->node_count; i++) {
        struct point_e7 *at = i < b->n->shape_count ? &shape[i] : &nodes[i - b->n->shape_count];
        const struct point p = point_from_e7(*at);

        *at =
            point_to_e7((struct point){ west + (p.lon - west) * stretch + by.lon, p.lat + by.lat });
    }
}

static void measure_city(struct bench *b)
{
    b->south_west = (struct point){ 180, 90 };
    b->north_east = (struct point){ -180, -90 };
    for (int32_t i = 0; i < b->n->shape_count; i++) {
        const struct point p = point_from_e7(b->n->shape[i]);

        b->south_west.lon = fmin(b->south_west.lon, p.lon);
        b->south_west.lat = fmin(b->south_west.lat, p.lat);
        b->north_east.lon = fmax(b->north_east.lon, p.lon);
        b->north_east.lat = fmax(b->north_east.lat, p.lat);
    }
}

int main(int argc, char **argv)
{
    struct fail f = { 0 };

    if (argc < 4)
        give_up("usage", "bench_doubt ADDRESS SEED PHONES [moved] [aside | careless]");
    struct bench b = { .arena = arena_new(), .dice = { strtoull(argv[2], NULL, 10) } };
    const int32_t phones = (int32_t)strtol(argv[3], NULL, 10);
    struct db *db = db_open(argv[1], &f);

    if (!db || !streets_load(db, NULL, b.arena, &b.streets, &f))
        give_up(argv[1], f.text);
    db_close(db);
    b.n = &b.streets.network;
    if (argc > 4 && strcmp(argv[4], "moved") == 0) {
        const struct point from = b.streets.south_west;

        move_city(&b, (struct point){ BEIJING.lon - from.lon, BEIJING.lat - from.lat },
                  cos(from.lat * RADIANS) / cos(BEIJING.lat * RADIANS));
    }
    measure_city(&b);
    b.index = snap_index_new(b.n);
    b.is_careless = strcmp(argv[argc - 1], "careless") == 0;
    b.aside_m = b.is_careless || strcmp(argv[argc - 1], "aside") == 0 ? ASIDE_M : 0;
    ask_wrong(&b, phones / 4);
    ask_honest(&b, phones);
    printf("redrawn\t%.1f %%\nsegments\t%d\ncpu_us\t%.0f\n", 100.0 * b.redrawn / b.drawn,
           b.n->segment_count, b.asked_s * 1e6 / b.asked);
    snap_index_free(b.index);
    arena_free(b.arena);
    return 0;
}
