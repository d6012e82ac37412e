#include "engine/matches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/metrics.h"

/* ------------------------------------------------------------------ gathering */

struct gathering {
    struct buf places, pieces;
};

static bool goes_on(const struct match_piece *last, const struct match_piece *next)
{
    return last->run == next->run && last->edge == next->edge && last->to_cm == next->from_cm;
}

static void gather_piece(struct gathering *g, const struct match_piece *piece)
{
    struct match_piece *last =
        g->pieces.size > 0 ? (struct match_piece *)(void *)(g->pieces.bytes + g->pieces.size) - 1
                           : NULL;

    if (last && goes_on(last, piece)) {
        last->to_cm = piece->to_cm;
        last->to_us = piece->to_us;
        last->confidence = fmin(last->confidence, piece->confidence);
    } else {
        buf_put(&g->pieces, piece, sizeof *piece);
    }
}

static void gather(struct gathering *g, const struct match_found *found)
{
    buf_put(&g->places, found->places, (size_t)found->place_count * sizeof *found->places);
    for (int32_t i = 0; i < found->piece_count; i++)
        gather_piece(g, &found->pieces[i]);
}

/* ------------------------------------------------------------------ the line of a run */

/* The drawn points of a piece, but for the place where it begins. */
static void draw_piece(const struct network *n, const struct match_piece *p, struct buf *points)
{
    const int32_t segment = p->edge >> 1;
    const int32_t first = n->first_shape[segment], last = n->first_shape[segment + 1] - 1;
    const double low = fmin(p->from_cm, p->to_cm), high = fmax(p->from_cm, p->to_cm);
    const struct point end = network_point(n, (struct spot){ segment, p->to_cm });
    double total_m = 0, gone_m = 0;

    for (int32_t i = first; i < last; i++)
        total_m += network_leg_m(n->shape[i], n->shape[i + 1]);
    for (int32_t k = first + 1; k < last; k++) {
        const int32_t i = p->edge & 1 ? first + last - k : k;
        const int32_t leg = p->edge & 1 ? i : i - 1;

        gone_m += network_leg_m(n->shape[leg], n->shape[leg + 1]);
        const double share = gone_m / total_m * n->length_cm[segment];
        const double along = p->edge & 1 ? n->length_cm[segment] - share : share;
        const struct point at = point_from_e7(n->shape[i]);

        if (along > low && along < high)
            buf_put(points, &at, sizeof at);
    }
    buf_put(points, &end, sizeof end);
}

static void draw_run(const struct matches *m, const struct match_place *place,
                     struct matches_run *run, struct arena *a)
{
    struct buf points = { 0 };
    const struct match_piece *pieces = m->pieces + run->first_piece;
    const struct spot begin = run->piece_count > 0
                                  ? (struct spot){ pieces[0].edge >> 1, pieces[0].from_cm }
                                  : place->spot;
    const struct point at = network_point(m->network, begin);

    buf_put(&points, &at, sizeof at);
    for (int32_t i = 0; i < run->piece_count; i++)
        draw_piece(m->network, &pieces[i], &points);
    run->point_count = (int32_t)(points.size / sizeof at);
    struct point *kept = arena_take(a, (size_t)run->point_count, sizeof *kept);

    memcpy(kept, points.bytes, points.size);
    run->points = kept;
    buf_free(&points);
}

/* The pieces of a run follow one another, and so do the runs. */
static int32_t find_pieces(const struct matches *m, int32_t run, int32_t begin,
                           struct matches_run *out)
{
    int32_t end = begin;

    for (; end < m->piece_count && m->pieces[end].run == run; end++)
        out->length_cm += llabs((long long)m->pieces[end].to_cm - m->pieces[end].from_cm);
    out->first_piece = begin;
    out->piece_count = end - begin;
    return end;
}

static void find_runs(struct matches *m, struct arena *a)
{
    struct matches_run *runs = arena_take(a, (size_t)m->place_count + 1, sizeof *runs);
    int32_t piece = 0;

    for (int32_t i = 0; i < m->place_count; i++) {
        const struct match_place *p = &m->places[i];

        if (p->spot.segment < 0)
            continue;
        if (m->run_count == 0 || p->run >= m->run_count) {
            struct matches_run *run = &runs[m->run_count++];

            run->from_us = p->at_us;
            piece = find_pieces(m, p->run, piece, run);
            draw_run(m, p, run, a);
        }
        runs[m->run_count - 1].to_us = p->at_us;
    }
    m->runs = runs;
}

static void *keep(struct buf *b, struct arena *a)
{
    void *kept = arena_take(a, b->size + 1, 1);

    if (b->size > 0)
        memcpy(kept, b->bytes, b->size);
    buf_free(b);
    return kept;
}

/* What the graph is made of does not change with the costs, and lives as long as the world. */
struct match_streets matches_streets(const struct world *w, enum mode mode)
{
    const struct graph *g = roads_base(traffic_read(w->traffic))->graph;

    traffic_read_end(w->traffic);
    return (struct match_streets){ { w->network, g, mode }, w->streets };
}

void matches_find(const struct match_streets *streets, const struct match_fix *fixes, int32_t count,
                  struct hop_room *room, struct arena *a, struct matches *out)
{
    const int64_t begin_ns = clock_steady_ns();
    struct match *m = match_new(streets, MATCH_LAG_MAX);
    struct gathering all = { 0 };
    struct match_found found;

    for (int32_t i = 0; i < count; i++) {
        match_add(m, room, &fixes[i], &found);
        gather(&all, &found);
    }
    match_end(m, room, &found);
    gather(&all, &found);
    match_free(m);
    metrics_observe_ns(METRIC_ROAD_MATCH_TIME, clock_steady_ns() - begin_ns);
    *out = (struct matches){
        .network = streets->streets.network,
        .place_count = (int32_t)(all.places.size / sizeof(struct match_place)),
        .piece_count = (int32_t)(all.pieces.size / sizeof(struct match_piece)),
    };
    out->places = keep(&all.places, a);
    out->pieces = keep(&all.pieces, a);
    find_runs(out, a);
}

const struct match_fix *matches_fixes(const struct track_fix *fixes, int32_t count, struct arena *a)
{
    struct match_fix *out = arena_take(a, (size_t)count + 1, sizeof *out);

    for (int32_t i = 0; i < count; i++)
        out[i] = (struct match_fix){ .at_us = fixes[i].fix_us,
                                     .at = point_from_e7(fixes[i].at),
                                     .accuracy_m = fixes[i].accuracy_dm / 10.0 };
    return out;
}
