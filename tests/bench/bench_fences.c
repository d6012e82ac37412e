/* The figures of `tools/bar fences`: whether what the boxes leave over is all there is to
 * see, what a point test would miss, and what a fix costs. Prints one line a figure:
 * name, figure, bar, verdict. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/boxes.h"
#include "geo/fence.h"

enum {
    SIDE = 100, /* squares in a row and in a column, 120 m each */
    SQUARES = SIDE * SIDE,
    LARGE = 20, /* areas of FENCE_POINTS_MAX points each, with bays, some kilometres wide */
    FENCES = SQUARES + LARGE,
    PEOPLE = 60000,
    NEAR_MAX = 128,
    COST_NS = 10000,
};

static const struct point CORNER = { 117.1, 34.2 };
static const double CELL_DEG = 0.0011;
static const double TURN = 6.283185307179586;

static struct arena *arena;
static const struct fence *fences[FENCES];
static const struct boxes *boxes;
static uint64_t random_state;

/* splitmix64 (Steele, Lea and Flood, 2014). */
static double next_part(void)
{
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (double)(z >> 11) / (double)(UINT64_C(1) << 53);
}

static struct point somewhere(void)
{
    return (struct point){ CORNER.lon + next_part() * CELL_DEG * SIDE,
                           CORNER.lat + next_part() * CELL_DEG * SIDE };
}

/* Some hundred metres on: a minute of walking or driving. */
static struct point next_of(struct point p)
{
    const double turn = next_part() * TURN, step = next_part() * 0.004;

    return (struct point){ p.lon + step * cos(turn), p.lat + step * sin(turn) };
}

static const struct fence *square(int at)
{
    const double west = CORNER.lon + at % SIDE * CELL_DEG,
                 south = CORNER.lat + at / SIDE * CELL_DEG;
    const struct point ring[] = { { west, south },
                                  { west + CELL_DEG, south },
                                  { west + CELL_DEG, south + CELL_DEG },
                                  { west, south + CELL_DEG },
                                  { west, south } };
    const struct figure figure = figure_ring(arena, ring, 5);

    return fence_take_areas(arena, &figure);
}

static const struct fence *large(void)
{
    static struct point ring[FENCE_POINTS_MAX];
    const struct point middle = somewhere();

    for (int i = 0; i < FENCE_POINTS_MAX - 1; i++) {
        const double turn = TURN * i / (FENCE_POINTS_MAX - 1);
        const double reach = 0.0125 + 0.002 * sin(5 * turn) + 0.0005 * sin(60 * turn);

        ring[i] = (struct point){ middle.lon + reach * cos(turn), middle.lat + reach * sin(turn) };
    }
    ring[FENCE_POINTS_MAX - 1] = ring[0];
    const struct figure figure = figure_ring(arena, ring, FENCE_POINTS_MAX);

    return fence_take_areas(arena, &figure);
}

static void build(void)
{
    struct box *all;

    arena = arena_new();
    all = arena_take(arena, FENCES, sizeof *all);
    for (int i = 0; i < FENCES; i++) {
        fences[i] = i < SQUARES ? square(i) : large();
        all[i] = fence_box(fences[i]);
    }
    boxes = boxes_take(arena, all, FENCES);
}

/* What one step from place to place comes to: visits begun and ended. */
static void see(const struct fence *fence, const struct fence_fix *from, const struct fence_fix *to,
                int64_t *crossings)
{
    const struct fence_step step = fence_follow(fence, fence_holds(fence, from->at), 0, from, to);

    *crossings += step.enters + step.leaves;
}

static int64_t by_boxes(const struct fence_fix *from, const struct fence_fix *to)
{
    const struct box way = box_with(box_with(box_empty(), from->at), to->at);
    int32_t near[NEAR_MAX];
    const int32_t count = boxes_meeting(boxes, way, near, NEAR_MAX);
    int64_t crossings = 0;

    for (int32_t i = 0; i < count; i++)
        see(fences[near[i]], from, to, &crossings);
    return crossings;
}

static int64_t by_all(const struct fence_fix *from, const struct fence_fix *to)
{
    int64_t crossings = 0;

    for (int i = 0; i < FENCES; i++)
        see(fences[i], from, to, &crossings);
    return crossings;
}

/* Places alone: comes or goes between two of them. */
static int64_t by_points(const struct fence_fix *from, const struct fence_fix *to)
{
    int64_t crossings = 0;

    for (int i = 0; i < FENCES; i++)
        crossings += fence_holds(fences[i], from->at) != fence_holds(fences[i], to->at);
    return crossings;
}

static int64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static bool report(const char *name, const char *figure, const char *bar, bool ok)
{
    printf("%s\t%s\t%s\t%s\n", name, figure, bar, ok ? "ok" : "missed");
    return ok;
}

static bool compare(int steps)
{
    int64_t seen = 0, there = 0, points = 0;
    char figure[96];

    for (int i = 0; i < steps; i++) {
        const struct fence_fix from = { somewhere(), 0 };
        const struct fence_fix to = { next_of(from.at), 60000000 };

        seen += by_boxes(&from, &to);
        there += by_all(&from, &to);
        points += by_points(&from, &to);
    }
    snprintf(figure, sizeof figure, "%" PRId64 " of %" PRId64, seen, there);
    const bool good = report("crossings seen", figure, "all", seen == there && there > 0);

    snprintf(figure, sizeof figure, "%d %%", (int)(100 * (there - points) / (there ? there : 1)));
    return report("missed by a point test (control)", figure, "some", points < there) && good;
}

static bool cost(int rounds)
{
    static struct fence_fix people[PEOPLE];
    int64_t crossings = 0;
    char figure[96], bar[32];

    for (int i = 0; i < PEOPLE; i++)
        people[i] = (struct fence_fix){ somewhere(), 0 };
    const int64_t began = cpu_ns();

    for (int k = 0; k < rounds; k++) {
        for (int i = 0; i < PEOPLE; i++) {
            struct point p = next_of(people[i].at);

            p.lon = fmin(fmax(p.lon, CORNER.lon), CORNER.lon + SIDE * CELL_DEG);
            p.lat = fmin(fmax(p.lat, CORNER.lat), CORNER.lat + SIDE * CELL_DEG);
            const struct fence_fix to = { p, people[i].fix_us + 60000000 };

            crossings += by_boxes(&people[i], &to);
            people[i] = to;
        }
    }
    const int64_t each = (cpu_ns() - began) / ((int64_t)rounds * PEOPLE);

    snprintf(figure, sizeof figure, "%" PRId64 " ns CPU, %" PRId64 " crossings", each, crossings);
    snprintf(bar, sizeof bar, "≤ %d ns", COST_NS);
    return report("a fix among 10,020 fences", figure, bar, each <= COST_NS);
}

int main(int argc, char **argv)
{
    const bool is_short = argc > 2 && strcmp(argv[2], "--short") == 0;

    random_state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    build();
    const bool good = compare(is_short ? 500 : 5000);
    const bool quick = cost(is_short ? 3 : 20);

    arena_free(arena);
    return good && quick ? 0 : 1;
}
