#include "tests/support/cover_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "geo/road/range.h"

enum { CELL_M = 500, RULES = 3, TIMES_FIRST = 256 };

static const struct visits_rule RULE[RULES] = { { 1800, 1 }, { 3600, 1 }, { 3600, 20 } };

void cover_scene_give_up(const char *what, const char *why)
{
    fprintf(stderr, "cover_scene: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

double cover_scene_cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ times */

void cover_scene_take_time(struct cover_scene_times *t, double taken_s)
{
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : TIMES_FIRST;
        t->taken_s = realloc(t->taken_s, (size_t)t->room * sizeof *t->taken_s);
        if (!t->taken_s)
            abort();
    }
    t->taken_s[t->count++] = taken_s;
}

static int by_time(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return a < b ? -1 : a > b;
}

/* "NAME mean p99 worst count", in microseconds. */
void cover_scene_print(const char *name, struct cover_scene_times *t)
{
    double sum_s = 0;

    if (t->count == 0)
        return;
    qsort(t->taken_s, (size_t)t->count, sizeof *t->taken_s, by_time);
    for (int32_t i = 0; i < t->count; i++)
        sum_s += t->taken_s[i];
    printf("%s %.3f %.3f %.3f %d\n", name, sum_s / t->count * 1e6,
           t->taken_s[(int64_t)t->count * 99 / 100] * 1e6, t->taken_s[t->count - 1] * 1e6,
           t->count);
    free(t->taken_s);
}

/* ------------------------------------------------------------------ the scene */

static void open_network(struct cover_scene *s, const char *what)
{
    struct fail f = { 0 };
    char *end;
    const long side = strtol(what, &end, 10);

    if (!*end) {
        s->n = town_blocks((int32_t)side, (struct point){ 117.2, 34.3 }, s->arena);
    } else {
        struct db *db = db_open(what, &f);

        if (!db || !streets_load(db, NULL, s->arena, &s->streets, &f))
            cover_scene_give_up(what, f.text);
        db_close(db);
        s->n = &s->streets.network;
    }
}

/* Squares of a grid by one end of a segment and the other. */
struct squares {
    double west, south, east, north;
    int32_t columns, rows;
};

static struct squares cover_with_squares(const struct cover_scene *s)
{
    struct squares q = { 1e9, 1e9, -1e9, -1e9, 0, 0 };

    for (int32_t i = 0; i < ground_first(s->ground, s->n->segment_count); i++) {
        const struct ground_point *p = &ground_points(s->ground)[i];

        q.west = p->x < q.west ? p->x : q.west;
        q.east = p->x > q.east ? p->x : q.east;
        q.south = p->y < q.south ? p->y : q.south;
        q.north = p->y > q.north ? p->y : q.north;
    }
    q.columns = (int32_t)((q.east - q.west) / CELL_M) + 1;
    q.rows = (int32_t)((q.north - q.south) / CELL_M) + 1;
    return q;
}

static int32_t square_of(const struct squares *q, const struct ground_point *p)
{
    return (int32_t)((p->y - q->south) / CELL_M) * q->columns +
           (int32_t)((p->x - q->west) / CELL_M);
}

struct piece_list {
    struct buf pieces;
};

static void give_piece(struct piece_list *lists, int32_t i, struct range_piece p)
{
    if (p.from_cm < p.to_cm)
        buf_put(&lists[i].pieces, &p, sizeof p);
}

static void take_lists(struct plots_area *areas, struct piece_list *lists, int32_t count,
                       struct arena *a)
{
    for (int32_t i = 0; i < count; i++) {
        struct range_piece *pieces;

        areas[i].piece_count = (int32_t)(lists[i].pieces.size / sizeof *pieces);
        pieces = arena_take(a, (size_t)areas[i].piece_count, sizeof *pieces);
        if (lists[i].pieces.size > 0)
            memcpy(pieces, lists[i].pieces.bytes, lists[i].pieces.size);
        areas[i].pieces = pieces;
        buf_free(&lists[i].pieces);
    }
}

/* Here and there, of every street the nearest. */
static const struct catchment *lay_stations(struct cover_scene *s, const uint8_t *walks)
{
    struct catchment *out = arena_take(s->arena, 1, sizeof *out);
    struct spot places[COVER_SCENE_STATIONS];
    const struct catchment_wish wish = { s->n, walks, places, COVER_SCENE_STATIONS };

    for (int32_t i = 0; i < COVER_SCENE_STATIONS; i++)
        places[i] = town_spot(&s->dice, s->n);
    catchment_find(&wish, s->arena, out);
    return out;
}

/* Half of a segment is of the square of its one end. Organisations: the city, a county of
 * every four rows of squares, a village of every two squares of a row. */
static void lay_plots(struct cover_scene *s)
{
    const struct squares q = cover_with_squares(s);
    const int32_t cell_count = q.columns * q.rows;
    const int32_t counties = (q.rows + 3) / 4;
    const int32_t villages = (cell_count + 1) / 2;
    struct plots_area *cells = arena_take(s->arena, (size_t)cell_count, sizeof *cells);
    struct plots_area *orgs =
        arena_take(s->arena, 1 + (size_t)counties + (size_t)villages, sizeof *orgs);
    struct piece_list *lists = arena_take(s->arena, (size_t)cell_count, sizeof *lists);
    struct piece_list *village = arena_take(s->arena, (size_t)villages, sizeof *village);
    uint8_t *counts = arena_take(s->arena, (size_t)s->n->segment_count, 1);

    for (int32_t i = 0; i < s->n->segment_count; i++) {
        const struct ground_point *points = ground_points(s->ground);
        const int32_t from = square_of(&q, &points[ground_first(s->ground, i)]);
        const int32_t to = square_of(&q, &points[ground_first(s->ground, i + 1) - 1]);
        const uint32_t length_cm = s->n->length_cm[i];
        const uint32_t middle_cm = from == to ? length_cm : length_cm / 2;

        give_piece(lists, from, (struct range_piece){ i, 0, middle_cm });
        give_piece(lists, to, (struct range_piece){ i, middle_cm, length_cm });
        give_piece(village, from / 2, (struct range_piece){ i, 0, length_cm });
        counts[i] = network_usable(s->n, MODE_FOOT, i);
    }
    take_lists(cells, lists, cell_count, s->arena);
    take_lists(orgs + 1 + counties, village, villages, s->arena);
    orgs[0].org = -1;
    for (int32_t i = 0; i < villages; i++)
        orgs[1 + counties + i].org = 1 + 2 * i / q.columns / 4;
    s->plots_wish = (struct plots_wish){ .network = s->n,
                                         .counts = counts,
                                         .cells = cells,
                                         .cell_count = cell_count,
                                         .orgs = orgs,
                                         .org_count = 1 + counties + villages,
                                         .weight = 1000,
                                         .stations = lay_stations(s, counts),
                                         .station_count = COVER_SCENE_STATIONS };
    s->plots = plots_lay(&s->plots_wish, s->arena);
}

struct cover *cover_scene_cover(const struct cover_scene *s)
{
    const struct cover_wish wish = { .plots = s->plots, .visits = s->visits, .reach_k = 1 };

    return cover_new(&wish);
}

void cover_scene_keep(struct plain_source *source, const struct range_band *band)
{
    struct range_piece *pieces =
        realloc(source->pieces, ((size_t)band->piece_count + 1) * sizeof *pieces);

    if (!pieces)
        abort();
    if (band->piece_count > 0)
        memcpy(pieces, band->pieces, (size_t)band->piece_count * sizeof *pieces);
    source->pieces = pieces;
    source->count = band->piece_count;
}

/* What a lookout sees that stands somewhere, or where somebody can be; in the scratch. */
struct range_band cover_scene_see(struct cover_scene *s, struct spot spot, double reach_m)
{
    struct range_band band;

    disc_find(s->ground, network_point(s->n, spot), reach_m, s->scratch, &band);
    return band;
}

struct range_band cover_scene_reach(struct cover_scene *s, struct spot spot)
{
    const uint32_t limit_ms = COVER_SCENE_REACH_MS;
    const struct range_source source = { MODE_EBIKE, spot };
    struct range out;

    range_find(
        s->roads,
        &(struct range_wish){
            .sources = &source, .source_count = 1, .limits_ms = &limit_ms, .limit_count = 1 },
        s->room, s->scratch, &out);
    return out.bands[0];
}

double cover_scene_reach_m(struct cover_scene *s)
{
    return 120 + town_pick(&s->dice, 161);
}

void cover_scene_make(struct cover_scene *s, const char *what, uint64_t seed)
{
    uint8_t *rules;

    s->arena = arena_new();
    s->scratch = arena_new();
    s->dice.state = seed;
    open_network(s, what);
    s->ground = ground_new(s->n);
    lay_plots(s);
    rules = arena_take(s->arena, (size_t)s->n->segment_count, 1);
    for (int32_t i = 0; i < s->n->segment_count; i++)
        rules[i] = (uint8_t)town_pick(&s->dice, RULES);
    s->visits = (struct visits_wish){
        .network = s->n, .rules = RULE, .rule_count = RULES, .segment_rule = rules
    };
    s->cover = cover_scene_cover(s);
}

/* Where somebody stands becomes what is reached; the number of streets that are looked at. */
int32_t cover_scene_put_within(struct cover_scene *s, int32_t i)
{
    const int32_t *segments;
    int32_t count;

    within_put(s->within, &(struct within_person){ i + 1, MODE_EBIKE, s->at[i] });
    count = within_changed(s->within, &segments);
    for (int32_t k = 0; k < count; k++) {
        const struct cover_step *steps;
        const int32_t n = within_steps(s->within, segments[k], COVER_SCENE_REACH_MS, &steps);

        cover_reach(s->engine, segments[k], steps, n);
    }
    return count;
}

/* Half of the lookouts are staffed; whoever is there reaches what she can. */
void cover_scene_fill(struct cover_scene *s)
{
    s->roads = town_roads(s->n, s->arena);
    s->room = range_room_new();
    for (int32_t i = 0; i < COVER_SCENE_LOOKOUTS; i += 2) {
        const struct range_band band =
            cover_scene_see(s, town_spot(&s->dice, s->n), cover_scene_reach_m(s));

        cover_scene_keep(&s->lookouts[i], &band);
        cover_lookout(s->cover, i, band.pieces, band.piece_count);
        arena_reset(s->scratch);
    }
    for (int32_t i = 0; i < COVER_SCENE_PEOPLE; i++) {
        s->at[i] = town_spot(&s->dice, s->n);
        const struct range_band band = cover_scene_reach(s, s->at[i]);

        cover_scene_keep(&s->people[i], &band);
        cover_responder(s->cover, i, band.pieces, band.piece_count);
        arena_reset(s->scratch);
    }
    s->engine = cover_scene_cover(s);
    s->within =
        within_new(s->n, roads_base(s->roads)->graph,
                   &(struct within_options){ .depth = 2, .limit_ms = COVER_SCENE_REACH_MS });
    for (int32_t i = 0; i < COVER_SCENE_PEOPLE; i++)
        cover_scene_put_within(s, i);
}

/* ------------------------------------------------------------------ the same from nothing */

const struct cover_sums *cover_scene_lots(const struct cover_scene *s, struct arena *a)
{
    return plain_cover_lots(
        &(struct plain_cover){ .plots = s->plots,
                               .visits = &s->visits,
                               .reach_k = 1,
                               .lookouts = s->lookouts,
                               .people = s->people,
                               .lookout_count = COVER_SCENE_LOOKOUTS + COVER_SCENE_MORE,
                               .people_count = COVER_SCENE_PEOPLE,
                               .passes = (const void *)s->passes.bytes,
                               .pass_count = (int32_t)(s->passes.size / sizeof(struct visits_pass)),
                               .now_s = s->now_s },
        a);
}
