/* First the cost of every state within the longest limit, then street by street. What is
 * reached of a segment are *rays*: from each of its ends, and from each source on it, as
 * far along as the time is enough for. So the pieces of every limit come from one search. */
#include "geo/road/range.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/road/queue.h"
#include "geo/road/sweep.h"

enum { WORD_BITS = 64 };

/* What is known of a state. Costs of an older round are forgotten. */
struct label {
    uint32_t round;
    uint32_t cost_ms;
};

struct range_room {
    struct arena *arena;
    struct buf labels; /* of states */
    uint32_t round;
    struct queue frontier;
    struct buf touched; /* uint64_t: a bit a segment; all zero between two questions */
    struct buf costs;   /* int32_t: of ranks, when all are swept */
    struct sweep_room *sweep;
    struct buf rays;                     /* struct ray: of one segment */
    struct buf spans;                    /* struct range_piece: of one segment */
    struct buf pieces[RANGE_LIMITS_MAX]; /* struct range_piece */
};

/* From a place on a segment along one of its edges, or against it when it is the sources
 * that are to be reached. */
struct ray {
    uint32_t at_cm;
    bool is_onward; /* to higher measures */
    uint32_t begin_ms;
    uint32_t edge_ms; /* for the whole length */
};

struct search {
    const struct roads *roads;
    const struct network *n;
    const struct graph *g;
    const struct range_wish *wish;
    struct range_room *room;
    enum mode mode;
    uint32_t limit_ms;    /* the longest */
    const int32_t *costs; /* by rank, when all are swept */
    uint64_t *touched;
    struct range *out;
};

struct range_room *range_room_new(void)
{
    struct arena *a = arena_new();
    struct range_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    room->sweep = sweep_room_new();
    return room;
}

void range_room_free(struct range_room *room)
{
    if (!room)
        return;
    buf_free(&room->labels);
    queue_free(&room->frontier);
    buf_free(&room->touched);
    buf_free(&room->costs);
    sweep_room_free(room->sweep);
    buf_free(&room->rays);
    buf_free(&room->spans);
    for (int32_t i = 0; i < RANGE_LIMITS_MAX; i++)
        buf_free(&room->pieces[i]);
    arena_free(room->arena);
}

static struct label *label_of(const struct search *s, int32_t state)
{
    return (struct label *)(void *)s->room->labels.bytes + state;
}

/* ------------------------------------------------------------------ states one by one */

static void begin_round(struct search *s)
{
    struct range_room *room = s->room;

    buf_zeroed(&room->labels, (size_t)s->g->state_count * sizeof(struct label));
    if (++room->round == 0) { /* after 2^32 rounds old ones would look new */
        memset(room->labels.bytes, 0, room->labels.size);
        room->round = 1;
    }
    queue_clear(&room->frontier);
}

static void offer(struct search *s, int32_t state, uint32_t cost_ms)
{
    struct label *label = label_of(s, state);

    if (cost_ms > s->limit_ms || (label->round == s->room->round && label->cost_ms <= cost_ms))
        return;
    *label = (struct label){ .round = s->room->round, .cost_ms = cost_ms };
    queue_put(&s->room->frontier, (struct queue_item){ .cost = cost_ms, .what = state });
}

static void touch(struct search *s, int32_t segment)
{
    s->touched[segment / WORD_BITS] |= UINT64_C(1) << segment % WORD_BITS;
}

/* Most of the time of a search goes by waiting for memory: what is asked of the state that
 * is probably the next is fetched meanwhile. */
static void look_ahead(const struct search *s, const int32_t *first, const int32_t *arcs,
                       const int32_t *far)
{
    const struct queue_item *next = queue_top(&s->room->frontier);

    for (int32_t i = next ? first[next->what] : 0; next && i < first[next->what + 1]; i++) {
        __builtin_prefetch(&s->g->edge[arcs[i]]);
        __builtin_prefetch(&s->g->arc_modes[arcs[i]]);
        __builtin_prefetch(&far[arcs[i]]);
    }
}

static void settle(struct search *s)
{
    const struct graph *g = s->g;
    const bool is_towards = s->wish->is_towards;
    const int32_t *first = is_towards ? g->first_in : g->first_out;
    const int32_t *arcs = is_towards ? g->in_arc : g->out_arc;
    const int32_t *far = is_towards ? g->tail : g->head;
    const struct queue_item top = queue_take(&s->room->frontier);

    if (label_of(s, top.what)->cost_ms < top.cost)
        return; /* a better way here was taken out before */
    s->out->settled++;
    look_ahead(s, first, arcs, far);
    for (int32_t i = first[top.what]; i < first[top.what + 1]; i++) {
        const int32_t arc = arcs[i];
        const uint32_t edge_ms = s->n->cost_ms[s->mode][g->edge[arc]];

        if (!(g->arc_modes[arc] & 1u << s->mode) || edge_ms >= NETWORK_COST_NEVER)
            continue;
        touch(s, g->edge[arc] >> 1);
        offer(s, far[arc], network_add(top.cost, edge_ms));
    }
}

/* ------------------------------------------------------------------ where it begins */

static int32_t doors_of(const struct search *s, struct spot spot, struct place_door *doors)
{
    return s->wish->is_towards ? place_in(s->n, s->g, s->mode, spot, doors)
                               : place_out(s->n, s->g, s->mode, spot, doors);
}

static void begin(struct search *s)
{
    struct place_door doors[PLACE_IN_MAX];

    begin_round(s);
    for (int32_t i = 0; i < s->wish->source_count; i++) {
        const struct range_source *source = &s->wish->sources[i];

        if (source->mode != s->mode)
            continue;
        touch(s, source->spot.segment);
        for (int32_t k = doors_of(s, source->spot, doors) - 1; k >= 0; k--)
            offer(s, doors[k].state, doors[k].cost_ms);
    }
}

/* What the search began with is begun with again. */
static void sweep(struct search *s)
{
    const struct hierarchy *h = roads_base(s->roads)->hierarchy;
    struct place_door doors[PLACE_IN_MAX];
    struct buf starts = { 0 };

    for (int32_t i = 0; i < s->wish->source_count; i++) {
        const struct range_source *source = &s->wish->sources[i];

        if (source->mode != s->mode)
            continue;
        for (int32_t k = doors_of(s, source->spot, doors) - 1; k >= 0; k--) {
            const struct sweep_start start = { doors[k].state, (int32_t)doors[k].cost_ms };

            if (doors[k].cost_ms <= s->limit_ms)
                buf_put(&starts, &start, sizeof start);
        }
    }
    buf_zeroed(&s->room->costs, (size_t)h->node_count * sizeof(int32_t));
    sweep_costs(
        &(struct sweep_wish){ .hierarchy = h,
                              .metric = roads_metric(s->roads, s->mode),
                              .is_towards = s->wish->is_towards,
                              .starts = (const void *)starts.bytes,
                              .start_count = (int32_t)(starts.size / sizeof(struct sweep_start)) },
        s->room->sweep, (void *)s->room->costs.bytes);
    buf_free(&starts);
    s->costs = (const void *)s->room->costs.bytes;
    s->out->is_swept = true;
    for (int32_t segment = 0; segment < s->n->segment_count; segment++)
        touch(s, segment);
}

static uint32_t cost_of(const struct search *s, int32_t state)
{
    if (s->costs) {
        const int32_t cost = s->costs[roads_base(s->roads)->hierarchy->rank_of[state]];

        return cost < METRIC_NEVER ? (uint32_t)cost : NETWORK_COST_NEVER;
    }
    const struct label *label = label_of(s, state);

    return label->round == s->room->round ? label->cost_ms : NETWORK_COST_NEVER;
}

/* ------------------------------------------------------------------ street by street */

static void add_ray(const struct search *s, struct ray ray)
{
    if (ray.begin_ms <= s->limit_ms && ray.edge_ms < NETWORK_COST_NEVER)
        buf_put(&s->room->rays, &ray, sizeof ray);
}

/* Onto the edge, from whatever state may go on by it; or off it, where it leads to. */
static uint32_t end_cost(const struct search *s, int32_t edge)
{
    uint32_t best_ms = NETWORK_COST_NEVER;

    if (s->wish->is_towards)
        return cost_of(s, graph_arrival(s->g, edge));
    for (int32_t arc = s->g->first_arc[edge]; arc < s->g->first_arc[edge + 1]; arc++) {
        const uint32_t cost_ms = cost_of(s, s->g->tail[arc]);

        if ((s->g->arc_modes[arc] & 1u << s->mode) && cost_ms < best_ms)
            best_ms = cost_ms;
    }
    return best_ms;
}

/* From both ends. Towards the sources, what lies before the end of edge 2g is there soon:
 * the ray goes back from where the edge leads to. */
static void add_ends(const struct search *s, int32_t segment)
{
    const uint32_t *edge_ms = s->n->cost_ms[s->mode] + 2 * (size_t)segment;
    const int32_t is_towards = s->wish->is_towards;

    for (int32_t i = 0; i < 2; i++) {
        const bool is_onward = i == is_towards;

        if (edge_ms[i] < NETWORK_COST_NEVER)
            add_ray(s, (struct ray){ .at_cm = is_onward ? 0 : s->n->length_cm[segment],
                                     .is_onward = is_onward,
                                     .begin_ms = end_cost(s, 2 * segment + i),
                                     .edge_ms = edge_ms[i] });
    }
}

static void add_source(const struct search *s, struct spot spot)
{
    const uint32_t *edge_ms = s->n->cost_ms[s->mode] + 2 * (size_t)spot.segment;
    const int32_t is_towards = s->wish->is_towards;

    for (int32_t i = 0; i < 2; i++)
        add_ray(s, (struct ray){ .at_cm = spot.along_cm,
                                 .is_onward = i == is_towards,
                                 .edge_ms = edge_ms[i] });
}

/* As far as floor(edge_ms x cm / length_cm) is no more than what time is left. */
static bool reach_along(const struct search *s, const struct ray *ray, int32_t segment,
                        uint32_t limit_ms, struct range_piece *out)
{
    const uint32_t length_cm = s->n->length_cm[segment];
    const uint32_t room_cm = ray->is_onward ? length_cm - ray->at_cm : ray->at_cm;

    if (ray->begin_ms > limit_ms)
        return false;
    const uint64_t left_ms = (uint64_t)limit_ms - ray->begin_ms + 1;
    const uint64_t far_cm = ray->edge_ms == 0 ? room_cm : (left_ms * length_cm - 1) / ray->edge_ms;
    const uint32_t cm = far_cm < room_cm ? (uint32_t)far_cm : room_cm;

    *out = (struct range_piece){ .segment = segment,
                                 .from_cm = ray->is_onward ? ray->at_cm : ray->at_cm - cm,
                                 .to_cm = ray->is_onward ? ray->at_cm + cm : ray->at_cm };
    return cm > 0;
}

static int by_place(const void *one, const void *other)
{
    const struct range_piece *a = one;
    const struct range_piece *b = other;

    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return (a->from_cm > b->from_cm) - (a->from_cm < b->from_cm);
}

/* Sorts the pieces and joins those between which no centimetre is left out; how many are
 * left. */
static int32_t join(struct range_piece *pieces, int32_t count)
{
    int32_t kept = 0;

    if (count > 1)
        qsort(pieces, (size_t)count, sizeof *pieces, by_place);
    for (int32_t i = 0; i < count; i++) {
        struct range_piece *last = kept > 0 ? &pieces[kept - 1] : NULL;

        if (!last || last->segment != pieces[i].segment || pieces[i].from_cm > last->to_cm + 1)
            pieces[kept++] = pieces[i];
        else if (pieces[i].to_cm > last->to_cm)
            last->to_cm = pieces[i].to_cm;
    }
    return kept;
}

/* Whether one of the rays alone goes from end to end: most streets are reached so, and what
 * else comes to them need not be joined. */
static bool is_whole(const struct ray *rays, int32_t count, uint32_t length_cm, uint32_t limit_ms)
{
    for (int32_t i = 0; i < count; i++)
        if (rays[i].at_cm == (rays[i].is_onward ? 0 : length_cm) &&
            network_add(rays[i].begin_ms, rays[i].edge_ms) <= limit_ms)
            return true;
    return false;
}

static void gather(const struct search *s, int32_t segment)
{
    struct range_room *room = s->room;
    const struct ray *rays = (const void *)room->rays.bytes;
    const int32_t ray_count = (int32_t)(room->rays.size / sizeof *rays);

    const uint32_t length_cm = s->n->length_cm[segment];

    for (int32_t i = 0; i < s->wish->limit_count; i++) {
        if (is_whole(rays, ray_count, length_cm, s->wish->limits_ms[i])) {
            const struct range_piece whole = { segment, 0, length_cm };

            buf_put(&room->pieces[i], &whole, sizeof whole);
            continue;
        }
        buf_clear(&room->spans);
        for (int32_t k = 0; k < ray_count; k++) {
            struct range_piece piece;

            if (reach_along(s, &rays[k], segment, s->wish->limits_ms[i], &piece))
                buf_put(&room->spans, &piece, sizeof piece);
        }
        struct range_piece *spans = (void *)room->spans.bytes;
        const int32_t kept = join(spans, (int32_t)(room->spans.size / sizeof *spans));

        if (kept > 0)
            buf_put(&room->pieces[i], spans, (size_t)kept * sizeof *spans);
    }
}

static int by_segment(const void *one, const void *other)
{
    const struct spot *a = one;
    const struct spot *b = other;

    return (a->segment > b->segment) - (a->segment < b->segment);
}

/* The sources of the mode by segment. */
static struct spot *sorted_spots(const struct search *s, struct arena *a, int32_t *count)
{
    struct spot *spots = arena_take(a, (size_t)s->wish->source_count + 1, sizeof *spots);

    *count = 0;
    for (int32_t i = 0; i < s->wish->source_count; i++)
        if (s->wish->sources[i].mode == s->mode)
            spots[(*count)++] = s->wish->sources[i].spot;
    qsort(spots, (size_t)*count, sizeof *spots, by_segment);
    return spots;
}

/* The touched segments, ascending. */
static void look_along(struct search *s, struct arena *a)
{
    int32_t spot_count, next = 0;
    const struct spot *spots = sorted_spots(s, a, &spot_count);

    for (int32_t word = 0; word <= s->n->segment_count / WORD_BITS; word++) {
        for (uint64_t left = s->touched[word]; left; left &= left - 1) {
            const int32_t segment = word * WORD_BITS + __builtin_ctzll(left);

            buf_clear(&s->room->rays);
            add_ends(s, segment);
            for (; next < spot_count && spots[next].segment == segment; next++)
                add_source(s, spots[next]);
            gather(s, segment);
        }
        s->touched[word] = 0;
    }
}

/* ------------------------------------------------------------------ all of it */

/* So many states are searched one by one before all are swept. */
static int64_t patience(const struct search *s)
{
    switch (s->wish->way) {
    case RANGE_SEARCH:
        return INT64_MAX;
    case RANGE_SWEEP:
        return 0;
    case RANGE_QUICKEST:
        break;
    }
    return s->g->state_count / RANGE_SEARCH_SHARE;
}

static void search_mode(struct search *s, struct arena *a)
{
    const int32_t settled_before = s->out->settled;

    s->costs = NULL;
    begin(s);
    while (s->room->frontier.count > 0 && s->out->settled - settled_before < patience(s))
        settle(s);
    if (s->room->frontier.count > 0)
        sweep(s);
    look_along(s, a);
}

static void finish_band(struct search *s, int32_t i, bool is_mixed, struct arena *a)
{
    struct buf *found = &s->room->pieces[i];
    struct range_piece *pieces = (void *)found->bytes;
    int32_t count = (int32_t)(found->size / sizeof *pieces);
    struct range_band *band = &s->out->bands[i];

    if (is_mixed)
        count = join(pieces, count);
    struct range_piece *kept = arena_take(a, (size_t)count + 1, sizeof *kept);

    if (count > 0)
        memcpy(kept, pieces, (size_t)count * sizeof *kept);
    *band = (struct range_band){ .piece_count = count, .pieces = kept };
    for (int32_t k = 0; k < count; k++)
        band->length_cm += kept[k].to_cm - kept[k].from_cm;
}

void range_find(const struct roads *r, const struct range_wish *wish, struct range_room *room,
                struct arena *a, struct range *out)
{
    struct search s = { .roads = r,
                        .n = roads_network(r),
                        .g = roads_base(r)->graph,
                        .wish = wish,
                        .room = room,
                        .limit_ms = wish->limits_ms[wish->limit_count - 1],
                        .out = out };
    uint32_t modes = 0;

    assert(wish->limit_count >= 1 && wish->limit_count <= RANGE_LIMITS_MAX);
    assert(s.limit_ms <= RANGE_LIMIT_MAX_MS);
    *out = (struct range){ 0 };
    for (int32_t i = 0; i < wish->source_count; i++)
        modes |= 1u << wish->sources[i].mode;
    for (int32_t i = 0; i < wish->limit_count; i++)
        buf_clear(&room->pieces[i]);
    buf_zeroed(&room->touched, ((size_t)s.n->segment_count / WORD_BITS + 1) * sizeof(uint64_t));
    s.touched = (void *)room->touched.bytes;
    for (s.mode = 0; s.mode < MODE_COUNT; s.mode++)
        if (modes & 1u << s.mode)
            search_mode(&s, a);
    for (int32_t i = 0; i < wish->limit_count; i++)
        finish_band(&s, i, (modes & (modes - 1)) != 0, a);
}
