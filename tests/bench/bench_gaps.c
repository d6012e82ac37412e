/* The figures of `tools/bar gaps`: which streets lie outside of many areas, and outside of many
 * circles, by geo/cover and by GEOS; circles against chords in long doubles.
 *
 *   bench_gaps SEED SIDE AREAS FOLDER [control]
 *
 * The city is tests/support/gap_city.h's. Prints one line a figure: name, figure,
 * bar, verdict; those with a time have "-" as verdict. Writes into FOLDER what PostGIS needs to do
 * the same (streets, areas: number, WKT in metres; total: what is not covered, as the plane has
 * it). With `control` one area in a hundred is left out by us alone. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/cover/disc.h"
#include "geo/cover/field.h"
#include "geo/cover/span.h"
#include "tests/support/by_geos.h"
#include "tests/support/gap_city.h"
#include "tests/support/gap_list.h"

enum {
    CIRCLE_CORNERS = 32,
    CONTROL_EVERY = 100,
    ARGUMENTS = 5,
    RUNS = 5, /* of each timed thing; the middle one counts */
};

static const double TURN = 6.283185307179586;
static const double SLIVER_CM = 2; /* shorter gaps may be gone when they are rounded */

struct bench {
    struct arena *arena;
    struct gap_city city;
    bool is_control;
    const char *folder;
};

/* ------------------------------------------------------------------ what is told */

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static double middle_of(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

__attribute__((format(printf, 4, 5))) static void tell(const char *name, const char *bar,
                                                       const char *verdict, const char *format, ...)
{
    va_list arguments;

    printf("%s\t", name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\t%s\t%s\n", bar, verdict);
}

static const char *verdict(bool good)
{
    return good ? "ok" : "missed";
}

/* ------------------------------------------------------------------ gaps by geo/cover */

/* What is not covered, segment by segment. */
struct gaps {
    int64_t length_cm;
    int32_t *first; /* [segment_count + 1] into spans */
    struct span *spans;
};

/* Pieces of all areas become gaps of all segments. */
static void complete(const struct network *n, const struct range_piece *pieces, int32_t count,
                     struct arena *a, struct gaps *out)
{
    int32_t *first = arena_take(a, (size_t)n->segment_count + 2, sizeof *first);
    struct span *covered = arena_take(a, (size_t)count, sizeof *covered);
    int32_t gap_count = 0;

    for (int32_t i = 0; i < count; i++)
        first[pieces[i].segment + 2]++;
    for (int32_t s = 0; s < n->segment_count; s++)
        first[s + 2] += first[s + 1];
    for (int32_t i = 0; i < count; i++)
        covered[first[pieces[i].segment + 1]++] =
            (struct span){ pieces[i].from_cm, pieces[i].to_cm };
    *out = (struct gaps){
        .first = arena_take(a, (size_t)n->segment_count + 1, sizeof *out->first),
        .spans = arena_take(a, (size_t)n->segment_count + (size_t)count, sizeof *out->spans),
    };
    for (int32_t s = 0; s < n->segment_count; s++) {
        const struct span whole = { 0, n->length_cm[s] };
        const int32_t tidy = span_tidy(covered + first[s], first[s + 1] - first[s]);
        const int32_t left =
            span_minus(&whole, 1, covered + first[s], tidy, out->spans + gap_count);

        out->length_cm += span_length_cm(out->spans + gap_count, left);
        gap_count += left;
        out->first[s + 1] = gap_count;
    }
}

static void add_pieces(struct range_piece **pieces, int32_t *count, int32_t *room,
                       const struct range_band *band)
{
    while (*count + band->piece_count > *room) {
        *room = *room > 0 ? 2 * *room : 65536;
        *pieces = realloc(*pieces, (size_t)*room * sizeof **pieces);
        if (!*pieces)
            abort();
    }
    if (band->piece_count == 0)
        return;
    assert(*pieces);
    memcpy(*pieces + *count, band->pieces, (size_t)band->piece_count * sizeof **pieces);
    *count += band->piece_count;
}

static bool is_left_out(const struct bench *b, int32_t area)
{
    return b->is_control && area % CONTROL_EVERY == 0;
}

/* The gaps from the areas as figures, or from the circles; how much time it took. */
static double find_gaps(const struct bench *b, bool is_circles, struct arena *a, struct gaps *out)
{
    struct arena *scratch = arena_new();
    struct range_piece *pieces = NULL;
    int32_t count = 0, room = 0;
    const double began_ms = cpu_ms();

    for (int32_t i = 0; i < b->city.area_count; i++) {
        struct range_band band;

        if (is_left_out(b, i))
            continue;
        if (is_circles)
            disc_find(b->city.ground, gauss_back(ground_plane(b->city.ground), b->city.middles[i]),
                      b->city.reach_m[i], scratch, &band);
        else
            field_find(field_take_flat(&b->city.areas[i], scratch), b->city.ground, scratch, &band);
        add_pieces(&pieces, &count, &room, &band);
        arena_reset(scratch);
    }
    complete(&b->city.network, pieces, count, a, out);

    const double took_ms = cpu_ms() - began_ms;

    free(pieces);
    arena_free(scratch);
    return took_ms;
}

/* ------------------------------------------------------------------ before rounding */

static void add_runs(const struct ground_runs *runs, struct gap_list *all)
{
    for (int32_t i = 0; i < runs->count; i++)
        gap_list_add(&all[runs->items[i].segment], runs->items[i].from_cm, runs->items[i].to_cm);
}

static struct gap_list *new_lists(const struct bench *b)
{
    struct gap_list *all = calloc((size_t)b->city.network.segment_count, sizeof *all);

    if (!all)
        abort();
    return all;
}

static void free_lists(const struct bench *b, struct gap_list *all)
{
    for (int32_t s = 0; s < b->city.network.segment_count; s++)
        free(all[s].items);
    free(all);
}

/* The gaps as they are before anything is rounded. */
static struct gap_list *exact_gaps(const struct bench *b, bool is_circles)
{
    struct gap_list *all = new_lists(b);
    struct arena *scratch = arena_new();

    for (int32_t i = 0; i < b->city.area_count; i++) {
        struct ground_runs runs = { .arena = scratch };

        if (is_left_out(b, i))
            continue;
        if (is_circles)
            disc_runs(b->city.ground, b->city.middles[i], b->city.reach_m[i], &runs);
        else
            field_runs(field_take_flat(&b->city.areas[i], scratch), b->city.ground, &runs);
        add_runs(&runs, all);
        arena_reset(scratch);
    }
    for (int32_t s = 0; s < b->city.network.segment_count; s++)
        gap_list_invert(&all[s], b->city.network.length_cm[s]);
    arena_free(scratch);
    return all;
}

/* ------------------------------------------------------------------ the same by others */

static struct figure *streets_of(const struct bench *b)
{
    struct figure *streets =
        arena_take(b->arena, (size_t)b->city.network.segment_count, sizeof *streets);

    for (int32_t s = 0; s < b->city.network.segment_count; s++) {
        const struct ground_point *p =
            ground_points(b->city.ground) + ground_first(b->city.ground, s);
        const int32_t count = ground_first(b->city.ground, s + 1) - ground_first(b->city.ground, s);
        struct point *points = arena_take(b->arena, (size_t)count, sizeof *points);

        for (int32_t i = 0; i < count; i++)
            points[i] = (struct point){ p[i].x, p[i].y };
        streets[s] = figure_line(b->arena, points, count);
    }
    return streets;
}

/* How far along the segment the point of it lies that is nearest. */
static double along_of(const struct bench *b, int32_t segment, struct point at)
{
    const struct ground_point *p =
        ground_points(b->city.ground) + ground_first(b->city.ground, segment);
    const struct ground_point *last =
        ground_points(b->city.ground) + ground_first(b->city.ground, segment + 1) - 1;
    double nearest = INFINITY, along_cm = 0;

    for (; p < last; p++) {
        const double dx = p[1].x - p->x, dy = p[1].y - p->y;
        const double square = fmax(dx * dx + dy * dy, 1e-30);
        const double t = fmin(1, fmax(0, ((at.lon - p->x) * dx + (at.lat - p->y) * dy) / square));
        const double off = hypot(at.lon - p->x - t * dx, at.lat - p->y - t * dy);

        if (off < nearest) {
            nearest = off;
            along_cm = p->along_cm + t * (p[1].along_cm - p->along_cm);
        }
    }
    return along_cm;
}

static struct gap_list *geos_gaps(const struct bench *b, const struct figure *left)
{
    struct gap_list *all = new_lists(b);

    for (int32_t s = 0; s < b->city.network.segment_count; s++) {
        for (int32_t run = 0; run < left[s].run_count; run++) {
            const double one = along_of(b, s, left[s].points[left[s].first_point[run]]);
            const double other = along_of(b, s, left[s].points[left[s].first_point[run + 1] - 1]);

            gap_list_add(&all[s], fmin(one, other), fmax(one, other));
        }
        gap_list_tidy(&all[s]);
    }
    return all;
}

/* The chord of a leg in a circle, in long doubles, by another formula than geo/cover's: the
 * foot of the perpendicular and half the chord. */
static bool chord(const struct ground_point *p, struct crs_xy middle, double reach_m, double *from,
                  double *to)
{
    const long double dx = (long double)p[1].x - p->x, dy = (long double)p[1].y - p->y;
    const long double length = sqrtl(dx * dx + dy * dy);
    const long double ux = dx / length, uy = dy / length;
    const long double rx = middle.x - (long double)p->x, ry = middle.y - (long double)p->y;
    const long double foot = rx * ux + ry * uy, off = rx * uy - ry * ux;
    const long double square = (long double)reach_m * reach_m - off * off;

    if (!(length > 0) || square <= 0)
        return false;
    const long double half = sqrtl(square);
    const long double first = fmaxl(0, foot - half), last = fminl(length, foot + half);

    *from = (double)(first / length);
    *to = (double)(last / length);
    return first < last;
}

static struct gap_list *chord_gaps(const struct bench *b)
{
    struct gap_list *all = new_lists(b);

    for (int32_t s = 0; s < b->city.network.segment_count; s++) {
        const struct ground_point *p =
            ground_points(b->city.ground) + ground_first(b->city.ground, s);
        const struct ground_point *last =
            ground_points(b->city.ground) + ground_first(b->city.ground, s + 1) - 1;

        for (; p < last; p++) {
            const double cm = p[1].along_cm - p->along_cm;

            for (int32_t i = 0; i < b->city.area_count; i++) {
                const double most = b->city.reach_m[i] + GROUND_LEG_MAX_M + 1;
                double from, to;

                if (fabs(b->city.middles[i].x - p->x) < most &&
                    fabs(b->city.middles[i].y - p->y) < most &&
                    chord(p, b->city.middles[i], b->city.reach_m[i], &from, &to))
                    gap_list_add(&all[s], p->along_cm + from * cm, p->along_cm + to * cm);
            }
        }
        gap_list_invert(&all[s], b->city.network.length_cm[s]);
    }
    return all;
}

/* ------------------------------------------------------------------ comparing */

struct judged {
    double ours_m, theirs_m;
    double apart_m;    /* in one of both only, before rounding */
    double rounded_m;  /* ours after rounding */
    double end_off_cm; /* the farthest end, after rounding */
    int64_t ends;
};

/* Each end of theirs has one of ours: gaps shorter than a sliver may have gone, and so may
 * what parts two gaps; there the street does hardly more than touch. */
static void judge_ends(const struct gap_list *theirs, const struct span *ours, int32_t count,
                       struct judged *j)
{
    struct gap_list rounded = { 0 };

    for (int32_t i = 0; i < count; i++)
        gap_list_add(&rounded, ours[i].from_cm, ours[i].to_cm);
    for (int32_t i = 0; i < theirs->count; i++) {
        const struct gap_list_item *gap = &theirs->items[i];
        const bool is_sliver = gap->to_cm - gap->from_cm < SLIVER_CM;
        const bool follows = i > 0 && gap->from_cm - gap[-1].to_cm < SLIVER_CM;
        const bool is_followed = i + 1 < theirs->count && gap[1].from_cm - gap->to_cm < SLIVER_CM;

        if (!is_sliver && !follows) {
            j->end_off_cm = fmax(j->end_off_cm, gap_list_nearest_cm(&rounded, gap->from_cm));
            j->ends++;
        }
        if (!is_sliver && !is_followed) {
            j->end_off_cm = fmax(j->end_off_cm, gap_list_nearest_cm(&rounded, gap->to_cm));
            j->ends++;
        }
    }
    free(rounded.items);
}

static struct judged judge(const struct bench *b, const struct gap_list *ours,
                           const struct gap_list *theirs, const struct gaps *rounded)
{
    struct judged j = { .rounded_m = (double)rounded->length_cm / 100 };

    for (int32_t s = 0; s < b->city.network.segment_count; s++) {
        const double one = gap_list_cm(&ours[s]), other = gap_list_cm(&theirs[s]);

        j.ours_m += one / 100;
        j.theirs_m += other / 100;
        j.apart_m += (one + other - 2 * gap_list_common_cm(&ours[s], &theirs[s])) / 100;
        judge_ends(&theirs[s], rounded->spans + rounded->first[s],
                   rounded->first[s + 1] - rounded->first[s], &j);
    }
    return j;
}

/* ------------------------------------------------------------------ for PostGIS */

static FILE *open_file(const char *folder, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    if (!file) {
        perror(path);
        exit(2); // NOLINT(concurrency-mt-unsafe): one thread
    }
    return file;
}

static void write_run(FILE *file, const struct figure *figure, int32_t run)
{
    for (int32_t i = figure->first_point[run]; i < figure->first_point[run + 1]; i++)
        fprintf(file, "%s%.17g %.17g", i > figure->first_point[run] ? "," : "(",
                figure->points[i].lon, figure->points[i].lat);
    fputc(')', file);
}

static void write_all(const struct bench *b, const struct figure *streets, double total_m)
{
    FILE *file = open_file(b->folder, "total");

    fprintf(file, "%.3f\n", total_m);
    fclose(file);
    file = open_file(b->folder, "streets");

    for (int32_t s = 0; s < b->city.network.segment_count; s++) {
        fprintf(file, "%d\t%u\tLINESTRING", s, b->city.network.length_cm[s]);
        write_run(file, &streets[s], 0);
        fputc('\n', file);
    }
    fclose(file);
    file = open_file(b->folder, "areas");
    for (int32_t i = 0; i < b->city.area_count; i++) {
        fprintf(file, "%d\tPOLYGON(", i);
        for (int32_t run = 0; run < b->city.areas[i].run_count; run++) {
            fputs(run > 0 ? "," : "", file);
            write_run(file, &b->city.areas[i], run);
        }
        fputs(")\n", file);
    }
    fclose(file);
}

/* ------------------------------------------------------------------ the figures */

static void tell_judged(const char *what, const char *whom, const struct judged *j)
{
    char name[120];

    snprintf(name, sizeof name, "%s: in one of both only, before rounding", what);
    tell(name, "≤ 0.01 m", verdict(j->apart_m <= 0.01), "%.6f m (%.3f km, %s %.3f km)", j->apart_m,
         j->ours_m / 1000, whom, j->theirs_m / 1000);
    snprintf(name, sizeof name, "%s: total after rounding", what);
    tell(name, "within 5 m", verdict(fabs(j->rounded_m - j->theirs_m) <= 5), "%+.3f m of %.3f km",
         j->rounded_m - j->theirs_m, j->theirs_m / 1000);
    snprintf(name, sizeof name, "%s: the farthest of all ends after rounding", what);
    tell(name, "≤ 1 cm", verdict(j->ends > 0 && j->end_off_cm <= 1), "%.3f cm of %" PRId64 " ends",
         j->end_off_cm, j->ends);
}

static void compare_areas(struct bench *b)
{
    struct figure *left = arena_take(b->arena, (size_t)b->city.network.segment_count, sizeof *left);
    double ours_ms[RUNS], theirs_ms[RUNS];
    struct figure *streets = streets_of(b);
    struct gaps gaps;

    for (int i = 0; i < RUNS; i++) {
        ours_ms[i] = find_gaps(b, false, b->arena, &gaps);
        theirs_ms[i] = by_geos_gaps(streets, b->city.network.segment_count, b->city.areas,
                                    b->city.area_count, b->arena, left);
    }
    const double ours = middle_of(ours_ms, RUNS), theirs = middle_of(theirs_ms, RUNS);
    struct gap_list *mine = exact_gaps(b, false), *other = geos_gaps(b, left);
    const struct judged j = judge(b, mine, other, &gaps);

    tell_judged("areas", "GEOS", &j);
    if (!b->is_control)
        write_all(b, streets, j.rounded_m);
    tell("areas: processor time", "≤ 150 ms", ours <= 150 ? "in time" : "late", "%.1f ms", ours);
    tell("areas: GEOS, STRtree and prepared, the same", "slower", verdict(theirs > ours),
         "%.1f ms, %.1f times as long", theirs, theirs / ours);
    free_lists(b, mine);
    free_lists(b, other);
}

static void compare_circles(struct bench *b)
{
    double ours_ms[RUNS];
    struct gaps gaps;

    for (int i = 0; i < RUNS; i++)
        ours_ms[i] = find_gaps(b, true, b->arena, &gaps);
    const double ours = middle_of(ours_ms, RUNS);
    struct gap_list *mine = exact_gaps(b, true), *other = chord_gaps(b);
    const struct judged j = judge(b, mine, other, &gaps);

    tell_judged("circles", "by chords", &j);
    tell("circles: processor time", "≤ 30 ms", ours <= 30 ? "in time" : "late", "%.1f ms", ours);
    free_lists(b, mine);
    free_lists(b, other);
}

/* What a circle drawn with 8 pieces a quadrant, as ST_Buffer draws it, makes of the gaps. */
static void tell_polygonised(struct bench *b)
{
    struct arena *scratch = arena_new();
    struct gap_list *all = new_lists(b), *true_ones = exact_gaps(b, true);
    double drawn_m = 0, true_m = 0;

    for (int32_t i = 0; i < b->city.area_count; i++) {
        struct point ring[CIRCLE_CORNERS + 1];
        struct ground_runs runs = { .arena = scratch };

        for (int k = 0; k <= CIRCLE_CORNERS; k++)
            ring[k] = (struct point){
                b->city.middles[i].x +
                    b->city.reach_m[i] * cos(TURN * (k % CIRCLE_CORNERS) / CIRCLE_CORNERS),
                b->city.middles[i].y +
                    b->city.reach_m[i] * sin(TURN * (k % CIRCLE_CORNERS) / CIRCLE_CORNERS),
            };
        const struct figure drawn = figure_ring(scratch, ring, CIRCLE_CORNERS + 1);

        field_runs(field_take_flat(&drawn, scratch), b->city.ground, &runs);
        add_runs(&runs, all);
        arena_reset(scratch);
    }
    for (int32_t s = 0; s < b->city.network.segment_count; s++) {
        gap_list_invert(&all[s], b->city.network.length_cm[s]);
        drawn_m += gap_list_cm(&all[s]) / 100;
        true_m += gap_list_cm(&true_ones[s]) / 100;
    }
    tell("control: circles drawn with 8 pieces a quadrant invent gaps", "noticed",
         verdict(drawn_m > true_m + 5), "%.0f m, %.2f %%", drawn_m - true_m,
         100 * (drawn_m - true_m) / true_m);
    free_lists(b, all);
    free_lists(b, true_ones);
    arena_free(scratch);
}

int main(int argc, char **argv)
{
    struct bench b = { .arena = arena_new() };

    if (argc < ARGUMENTS) {
        fprintf(stderr, "bench_gaps SEED SIDE AREAS FOLDER [control]\n");
        return 2;
    }
    gap_city_take(strtoull(argv[1], NULL, 10), atoi(argv[2]), // NOLINT(cert-err34-c)
                  atoi(argv[3]), b.arena, &b.city);           // NOLINT(cert-err34-c)
    b.folder = argv[4];
    b.is_control = argc > ARGUMENTS && strcmp(argv[ARGUMENTS], "control") == 0;
    compare_areas(&b);
    if (!b.is_control) {
        compare_circles(&b);
        tell_polygonised(&b);
    }
    arena_free(b.arena);
    return 0;
}
