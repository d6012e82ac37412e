/* The figures of `tools/bar invalid` that need no server: thousands of areas that are not valid
 * are mended, and what they cover of a city's streets is compared with what their valid parts
 * cover, each taken alone.
 *
 *   bench_invalid SEED SIDE ROUNDS
 *
 * Prints one line a figure: name, figure, bar, verdict. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/cover/areas.h"
#include "geo/cover/field.h"
#include "geo/cover/span.h"
#include "tests/support/gap_city.h"
#include "tests/support/town.h"

enum { ARGUMENTS = 4, PARTS_MAX = 2, CORNERS = 24 };

static const double TURN = 6.283185307179586;
/* Both ends of a piece may round to the other side. */
enum { ROUNDED_CM = 1 };

struct bench {
    struct town_dice dice;
    struct arena *arena; /* of one round */
    struct gap_city city;
};

/* A wrong area, and the valid parts that it is made of. */
struct wrong {
    struct figure whole;
    struct figure parts[PARTS_MAX];
    int32_t part_count;
};

static double roll(struct bench *b, double from, double to)
{
    return from + (to - from) * (double)(town_roll(&b->dice) >> 11) / 9007199254740992.0;
}

static void must(bool done, const struct fail *f)
{
    if (done)
        return;
    fprintf(stderr, "bench_invalid: %s\n", f->text);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

/* Valid: corners in the order of their direction. */
static struct figure star(struct bench *b, struct point middle, double reach_m)
{
    struct point ring[CORNERS + 1];

    for (int i = 0; i < CORNERS; i++) {
        const double reach = roll(b, 0.5, 1) * reach_m;

        ring[i] = (struct point){ middle.lon + reach * cos(TURN * i / CORNERS),
                                  middle.lat + reach * sin(TURN * i / CORNERS) };
    }
    ring[CORNERS] = ring[0];
    return figure_ring(b->arena, ring, CORNERS + 1);
}

static struct figure triangle(struct bench *b, struct point one, struct point other,
                              struct point third)
{
    const struct point ring[] = { one, other, third, one };

    return figure_ring(b->arena, ring, 4);
}

static struct point somewhere(struct bench *b)
{
    const struct crs_xy at = b->city.middles[town_pick(&b->dice, b->city.area_count)];

    return (struct point){ at.x, at.y };
}

/* Two triangles that meet in the middle, drawn in one go. */
static struct wrong bow_tie(struct bench *b)
{
    const struct point m = somewhere(b);
    const double turn = roll(b, 0, TURN), narrow = roll(b, 0.2, 1.4);
    struct point corners[4];

    for (int i = 0; i < 4; i++) {
        const double at = turn + (i < 2 ? 0 : TURN / 2) + (i % 2 ? narrow : 0);
        const double reach = roll(b, 100, 600);

        corners[i] = (struct point){ m.lon + reach * cos(at), m.lat + reach * sin(at) };
    }
    /* The two long sides cross in the middle. */
    const struct point ring[] = { corners[0], corners[1], corners[3], corners[2], corners[0] };

    return (struct wrong){ .whole = figure_ring(b->arena, ring, 5),
                           .parts = { triangle(b, m, corners[0], corners[1]),
                                      triangle(b, m, corners[2], corners[3]) },
                           .part_count = 2 };
}

static struct figure together(struct bench *b, const struct figure *one, const struct figure *other,
                              bool as_hole)
{
    struct figure_draft *d = figure_draft_take(b->arena, FIGURE_AREAS);
    const struct figure *both[] = { one, other };
    struct fail f;

    for (int i = 0; i < 2; i++) {
        for (int32_t k = 0; k < both[i]->point_count; k++)
            must(figure_draft_point(d, both[i]->points[k], &f), &f);
        must(figure_draft_end_run(d, &f), &f);
        if (i == 1 || !as_hole)
            must(figure_draft_end_area(d, &f), &f);
    }
    return figure_draft_done(d, false);
}

static struct wrong overlapping(struct bench *b)
{
    const struct point m = somewhere(b);
    const double reach_m = roll(b, 100, 500);
    struct wrong w = { .part_count = 2 };

    w.parts[0] = star(b, m, reach_m);
    w.parts[1] = star(b, (struct point){ m.lon + roll(b, 0.2, 0.6) * reach_m, m.lat }, reach_m);
    w.whole = together(b, &w.parts[0], &w.parts[1], false);
    return w;
}

static struct wrong hole_outside(struct bench *b)
{
    const struct point m = somewhere(b);
    const double reach_m = roll(b, 100, 400);
    struct wrong w = { .part_count = 1 };

    w.parts[0] = star(b, m, reach_m);
    w.parts[1] = star(b, (struct point){ m.lon + 3 * reach_m, m.lat }, reach_m);
    w.whole = together(b, &w.parts[0], &w.parts[1], true);
    return w;
}

/* ------------------------------------------------------------------ what they cover */

static void pieces_in(const struct bench *b, const struct figure *area, struct range_band *out)
{
    field_find(field_take_flat(area, b->arena), b->city.ground, b->arena, out);
}

struct found {
    int32_t areas, repaired;
    int64_t covered_cm;
    int64_t lost_cm;  /* covered by a part, not by the mended whole, beyond rounding */
    int64_t naive_cm; /* the same when nobody mends it */
};

static int64_t lost_cm(struct bench *b, const struct range_band *truth, const struct figure *area)
{
    struct range_band has, lost;
    int64_t sum_cm = 0;

    pieces_in(b, area, &has);
    span_mix(SPAN_MINUS, truth, &has, b->arena, &lost);
    for (int32_t i = 0; i < lost.piece_count; i++)
        if (lost.pieces[i].to_cm - lost.pieces[i].from_cm > ROUNDED_CM)
            sum_cm += lost.pieces[i].to_cm - lost.pieces[i].from_cm;
    return sum_cm;
}

static void try_one(struct bench *b, const struct wrong *w, struct found *found)
{
    struct range_band truth = { 0 };
    struct figure mended;
    bool is_repaired = false;
    struct fail f;

    for (int32_t i = 0; i < w->part_count; i++) {
        struct range_band part, more;

        pieces_in(b, &w->parts[i], &part);
        span_mix(SPAN_OR, &truth, &part, b->arena, &more);
        truth = more;
    }
    must(areas_mend(&w->whole, b->arena, &mended, &is_repaired, &f), &f);
    found->areas++;
    found->repaired += is_repaired;
    found->covered_cm += truth.length_cm;
    found->lost_cm += lost_cm(b, &truth, &mended);
    found->naive_cm += lost_cm(b, &truth, &w->whole);
}

static const char *verdict(bool good)
{
    return good ? "ok" : "missed";
}

static int64_t try_kind(struct bench *b, const char *what, int32_t rounds,
                        struct wrong (*make)(struct bench *))
{
    struct found found = { 0 };

    for (int32_t i = 0; i < rounds; i++) {
        const struct wrong w = make(b);

        try_one(b, &w, &found);
        arena_reset(b->arena);
    }
    printf("%s: streets that are covered and look uncovered\t%.2f m of %.1f km, %d of %d repaired "
           "with notice\t0 m, all\t%s\n",
           what, (double)found.lost_cm / 100, (double)found.covered_cm / 1e5, found.repaired,
           found.areas, verdict(found.lost_cm == 0 && found.repaired == found.areas));
    return found.naive_cm;
}

/* What has no area left, or is no place at all. */
static void try_refused(struct bench *b, int32_t rounds)
{
    static const double NOWHERE[] = { (double)NAN, (double)INFINITY, -(double)INFINITY };
    int32_t refused = 0;

    for (int32_t i = 0; i < rounds; i++) {
        const struct point m = somewhere(b);
        struct point ring[CORNERS + 1];
        struct figure wrong = star(b, m, 100), mended;
        bool is_repaired;
        struct fail f = { 0 };

        memcpy(ring, wrong.points, sizeof ring);
        if (i % 4 < 3)
            ring[1 + town_pick(&b->dice, CORNERS - 2)].lon = NOWHERE[i % 4];
        for (int k = 0; k <= CORNERS && i % 4 == 3; k++) /* there and back on one line */
            ring[k] = (struct point){ m.lon + (k <= CORNERS / 2 ? k : CORNERS - k), m.lat };
        wrong = i % 8 == 7 ? (struct figure){ .kind = FIGURE_AREAS }
                           : figure_ring(b->arena, ring, CORNERS + 1);
        refused += !areas_mend(&wrong, b->arena, &mended, &is_repaired, &f) &&
                   f.kind == FAIL_INPUT && f.text[0];
        arena_reset(b->arena);
    }
    printf("not finite, empty or without an area: refused with the reason\t%d of %d\tall\t%s\n",
           refused, rounds, verdict(refused == rounds));
}

int main(int argc, char **argv)
{
    struct bench b = { .arena = arena_new() };
    struct arena *lasting = arena_new();
    int64_t naive_cm = 0;

    if (argc != ARGUMENTS) {
        fprintf(stderr, "bench_invalid SEED SIDE ROUNDS\n");
        return 2;
    }
    const int32_t rounds = atoi(argv[3]); // NOLINT(cert-err34-c): the bar's own figures

    b.dice.state = strtoull(argv[1], NULL, 10);
    gap_city_take(b.dice.state, atoi(argv[2]), 500, lasting, &b.city); // NOLINT(cert-err34-c)
    naive_cm += try_kind(&b, "bow-ties", rounds, bow_tie);
    naive_cm += try_kind(&b, "overlapping areas", rounds, overlapping);
    naive_cm += try_kind(&b, "holes outside their shell", rounds, hole_outside);
    try_refused(&b, rounds);
    printf("control: the same when nobody mends them\t%.1f km look uncovered\tnoticed\t%s\n",
           (double)naive_cm / 1e5, verdict(naive_cm > 0));
    arena_free(b.arena);
    arena_free(lasting);
    return 0;
}
