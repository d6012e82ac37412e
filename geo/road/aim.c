/* The place's doors become rows like those of the labels: what it costs from each node
 * above the door to the place. The two ends of a street are neighbours, so one of them is
 * above the other, and one row says it for both doors. */
#include "geo/road/aim.h"

#include "geo/road/heap.h"
#include "geo/road/place.h"

#include <string.h>

enum {
    AT_ONCE = 512, /* people who are weighed against each other */
    EARLY = 24,    /* so many before her turn somebody's street is fetched */
    TOGETHER = 4,  /* people whose rows are fetched together */
    FETCHED = 128, /* numbers of a row that are fetched beforehand: half a kilobyte */
    LINE = 16,     /* numbers in a cache line */
    NONE = -1,
};

/* A row to the place from every node above `rank`, and the least of it down to each depth. */
struct chain {
    int32_t rank;
    int32_t depth;
    int32_t *row;
    int32_t *least;
};

/* People who are weighed against each other. Of the two ends of a street that are tied only
 * the lower is compared with the place: what is above both it and the place is so for the
 * higher one, too. */
struct rivals {
    struct spot spot[AT_ONCE];
    int32_t low[AT_ONCE];    /* the lower end, or the junction she stands on */
    int32_t depth[AT_ONCE];  /* how deep that meets the first chain */
    uint64_t order[AT_ONCE]; /* what it costs at least, and who */
};

/* By rank, while there are no labels: the cost to the place, at first only of ways that
 * never lead upwards. */
struct far {
    uint32_t round; /* 2 x the aim's: only down; one more: it is right */
    int32_t cost_ms;
};

struct aim {
    const struct roads *roads;
    const struct network *n;
    const struct graph *g;
    const struct hierarchy *h;
    const struct inward *in;
    const struct labels *labels; /* NULL: far */
    enum mode mode;
    struct chain *chains;
    int32_t chain_count;
    struct far *far;
    uint32_t round;
    int32_t *way; /* room for the nodes above one */
    struct rivals *rivals;
};

void aim_room_free(struct aim_room *room)
{
    buf_free(&room->far);
    buf_free(&room->rivals);
}

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* ------------------------------------------------------------------ by the labels */

static struct chain *chain_above(const struct aim *aim, int32_t rank)
{
    for (int32_t i = 0; i < aim->chain_count; i++)
        if (labels_meet_ranks(aim->labels, aim->chains[i].rank, rank) == aim->h->depth[rank])
            return &aim->chains[i];
    return NULL;
}

static struct chain *chain_new(struct aim *aim, int32_t rank, struct arena *a)
{
    const int32_t depth = aim->h->depth[rank];
    struct chain *c = &aim->chains[aim->chain_count++];

    *c = (struct chain){ .rank = rank,
                         .depth = depth,
                         .row = arena_take(a, (size_t)depth + 1, sizeof *c->row),
                         .least = arena_take(a, (size_t)depth + 1, sizeof *c->least) };
    for (int32_t i = 0; i <= depth; i++)
        c->row[i] = METRIC_NEVER;
    return c;
}

static void add_door(struct aim *aim, const struct place_door *door, struct arena *a)
{
    const int32_t rank = aim->h->rank_of[door->state];
    const int32_t *down = labels_down_row(aim->labels, rank);
    struct chain *c = chain_above(aim, rank);

    if (!c)
        c = chain_new(aim, rank, a);
    for (int32_t i = 0; i <= aim->h->depth[rank]; i++)
        c->row[i] = lesser(c->row[i], down[i] + (int32_t)door->cost_ms);
}

/* Deepest first, so that those above it join it. */
static void sort_doors(const struct aim *aim, struct place_door *doors, int32_t count)
{
    const int32_t *rank_of = aim->h->rank_of, *depth = aim->h->depth;

    for (int32_t i = 1; i < count; i++) {
        const struct place_door door = doors[i];
        int32_t at = i;

        for (; at > 0 && depth[rank_of[doors[at - 1].state]] < depth[rank_of[door.state]]; at--)
            doors[at] = doors[at - 1];
        doors[at] = door;
    }
}

static void make_chains(struct aim *aim, struct place_door *doors, int32_t count, struct arena *a)
{
    aim->chains = arena_take(a, (size_t)count + 1, sizeof *aim->chains);
    sort_doors(aim, doors, count);
    for (int32_t i = 0; i < count; i++)
        if (doors[i].cost_ms < METRIC_NEVER)
            add_door(aim, &doors[i], a);
    for (int32_t i = 0; i < aim->chain_count; i++) {
        const struct chain *c = &aim->chains[i];
        int32_t least = METRIC_NEVER;

        for (int32_t depth = 0; depth <= c->depth; depth++)
            c->least[depth] = least = lesser(least, c->row[depth]);
    }
}

/* ------------------------------------------------------------------ by the metric */

static struct far *far_of(const struct aim *aim, int32_t rank)
{
    struct far *f = &aim->far[rank];

    if (f->round < 2 * aim->round)
        *f = (struct far){ 2 * aim->round, METRIC_NEVER };
    return f;
}

/* From everything above a door straight down to it. */
static void look_up(const struct aim *aim, const struct place_door *door)
{
    const struct hierarchy *h = aim->h;
    const int32_t *down = metric_down(roads_metric(aim->roads, aim->mode));
    struct far *first = far_of(aim, h->rank_of[door->state]);

    first->cost_ms = lesser(first->cost_ms, (int32_t)door->cost_ms);
    for (int32_t rank = h->rank_of[door->state]; rank != NONE; rank = h->parent[rank]) {
        const int32_t cost_ms = far_of(aim, rank)->cost_ms;

        for (int32_t arc = h->up_first[rank]; arc < h->up_first[rank + 1]; arc++) {
            struct far *above = far_of(aim, h->head[arc]);

            if (down[arc] < METRIC_NEVER)
                above->cost_ms = lesser(above->cost_ms, cost_ms + down[arc]);
        }
    }
}

static void make_far(struct aim *aim, const struct place_door *doors, int32_t count,
                     struct aim_room *room, struct arena *a)
{
    const size_t bytes = (size_t)aim->h->node_count * sizeof(struct far);

    if (room->far.size < bytes || room->round >= UINT32_MAX / 4) {
        buf_clear(&room->far);
        memset(buf_reserve(&room->far, bytes), 0, bytes);
        room->far.size = bytes;
        room->round = 0;
    }
    aim->far = (void *)room->far.bytes;
    aim->round = ++room->round;
    aim->way = arena_take(a, (size_t)aim->h->height + 1, sizeof *aim->way);
    for (int32_t i = 0; i < count; i++)
        if (doors[i].cost_ms < METRIC_NEVER)
            look_up(aim, &doors[i]);
}

/* Whoever goes upwards first comes to something above her, so those come first. */
static int32_t far_ms(const struct aim *aim, int32_t rank)
{
    const struct hierarchy *h = aim->h;
    const int32_t *up = metric_up(roads_metric(aim->roads, aim->mode));
    int32_t count = 0;

    for (int32_t at = rank; at != NONE && far_of(aim, at)->round == 2 * aim->round;
         at = h->parent[at])
        aim->way[count++] = at;
    while (count > 0) {
        const int32_t at = aim->way[--count];
        struct far *f = far_of(aim, at);

        for (int32_t arc = h->up_first[at]; arc < h->up_first[at + 1]; arc++)
            f->cost_ms = lesser(f->cost_ms, up[arc] + aim->far[h->head[arc]].cost_ms);
        f->round++;
    }
    return aim->far[rank].cost_ms;
}

/* ------------------------------------------------------------------ people */

struct aim *aim_take(const struct roads *r, enum mode mode, struct spot place,
                     struct aim_room *room, struct arena *a)
{
    const struct roads_base *base = roads_base(r);
    struct aim *aim = arena_take(a, 1, sizeof *aim);
    struct place_door doors[PLACE_IN_MAX];

    aim->roads = r;
    aim->n = roads_network(r);
    aim->g = base->graph;
    aim->h = base->hierarchy;
    aim->in = roads_inward(r, mode);
    aim->labels = roads_labels(r, mode);
    aim->mode = mode;
    aim->rivals = (void *)buf_reserve(&room->rivals, sizeof *aim->rivals);
    const int32_t count = place_in(aim->n, aim->g, mode, place, doors);

    if (aim->labels)
        make_chains(aim, doors, count, a);
    else
        make_far(aim, doors, count, room, a);
    return aim;
}

/* The lower end of the street where each stands. */
static void find_low(const struct aim *aim, struct rivals *r, int32_t count)
{
    const struct inward_ends *ends = aim->in->ends;

    for (int32_t i = 0; i < count && i < EARLY; i++)
        __builtin_prefetch(&ends[r->spot[i].segment]);
    for (int32_t i = 0; i < count; i++) {
        const struct spot spot = r->spot[i];
        const struct inward_ends *e = &ends[spot.segment];

        if (i + EARLY < count)
            __builtin_prefetch(&ends[r->spot[i + EARLY].segment]);
        r->low[i] = lesser(e->rank[0], e->rank[1]);
        if (spot.along_cm == 0 || spot.along_cm == e->length_cm)
            r->low[i] = aim->h->rank_of[place_junction(aim->n, spot)];
    }
}

/* What it costs at least from a rank to the place; `depth` is where it meets the first
 * chain. */
static int32_t bound_of(const struct aim *aim, int32_t rank, int32_t depth)
{
    int32_t bound = METRIC_NEVER;

    for (int32_t i = 0; i < aim->chain_count; i++) {
        const struct chain *c = &aim->chains[i];

        if (i > 0)
            depth = labels_meet_ranks(aim->labels, rank, c->rank);
        if (depth >= 0)
            bound = lesser(bound, c->least[depth]);
    }
    return bound;
}

static bool stands_within(const struct inward_ends *e, struct spot spot)
{
    return spot.along_cm > 0 && spot.along_cm < e->length_cm;
}

/* What it costs somebody at least. */
static int32_t least_of(const struct aim *aim, const struct rivals *r, int32_t i)
{
    const struct inward_ends *e = &aim->in->ends[r->spot[i].segment];
    const int32_t least = bound_of(aim, r->low[i], r->depth[i]);

    if (e->are_tied || !stands_within(e, r->spot[i]))
        return least;
    const int32_t high = e->rank[0] == r->low[i] ? e->rank[1] : e->rank[0];

    return lesser(least,
                  bound_of(aim, high, labels_meet_ranks(aim->labels, high, aim->chains[0].rank)));
}

/* Puts those who may be near enough in order of what it costs them at least; their count. */
static int32_t put_in_order(const struct aim *aim, int32_t count, uint32_t bound_ms)
{
    struct rivals *r = aim->rivals;
    int32_t kept = 0;

    if (aim->labels)
        labels_meet_many(aim->labels, aim->chains[0].rank, r->low, count, r->depth);
    for (int32_t i = 0; i < count; i++) {
        const int32_t least = aim->labels ? least_of(aim, r, i) : 0;

        if (least < METRIC_NEVER && (uint32_t)least <= bound_ms)
            r->order[kept++] = (uint64_t)(uint32_t)least << 32 | (uint32_t)i;
    }
    heap_make(r->order, kept);
    return kept;
}

static void fetch_row(const struct aim *aim, int32_t rank, int32_t depth)
{
    if (!aim->labels)
        return;
    const int32_t *row = labels_up_row(aim->labels, rank);

    for (int32_t i = 0; i < FETCHED && i <= depth; i += LINE)
        __builtin_prefetch(row + i);
}

/* From a rank to the place. */
static int32_t cost_from(const struct aim *aim, int32_t rank)
{
    int32_t best = METRIC_NEVER;

    if (!aim->labels)
        return far_ms(aim, rank);
    const int32_t *up = labels_up_row(aim->labels, rank);

    for (int32_t i = 0; i < aim->chain_count; i++) {
        const struct chain *c = &aim->chains[i];
        const int32_t depth = labels_meet_ranks(aim->labels, rank, c->rank);

        if (depth >= 0)
            best = lesser(best, labels_least(aim->labels, up, c->row, depth));
    }
    return best;
}

/* By one end, which is out_ms away and at least least_ms from the place; what it costs
 * from there, or least_ms when that is not looked at. */
static int32_t offer_by(const struct aim *aim, int32_t slot, int32_t rank, uint32_t out_ms,
                        int32_t least_ms, struct podium *podium)
{
    if (network_add(out_ms, (uint32_t)least_ms) > podium->bound_ms)
        return least_ms;
    const int32_t there_ms = cost_from(aim, rank);

    if (there_ms < METRIC_NEVER)
        podium_offer(podium, slot, network_add(out_ms, (uint32_t)there_ms), NEAREST_UNMEASURED);
    return there_ms;
}

/* From one end it cannot be nearer than from the other by more than it costs to come from
 * there to here. */
static void weigh(const struct aim *aim, int32_t slot, int32_t i, int32_t least_ms,
                  struct podium *podium)
{
    const struct spot spot = aim->rivals->spot[i];
    const struct inward_ends *e = &aim->in->ends[spot.segment];
    const int32_t edge = 2 * spot.segment;
    const uint32_t whole_ms = aim->n->cost_ms[aim->mode][edge + 1];

    if (!stands_within(e, spot)) {
        offer_by(aim, slot, aim->rivals->low[i], 0, least_ms, podium);
        return;
    }
    const int32_t onward_ms = offer_by(
        aim, slot, e->rank[0],
        network_part_ms(aim->n, aim->mode, edge, e->length_cm - spot.along_cm), least_ms, podium);

    if (e->are_free && whole_ms < METRIC_NEVER && onward_ms - (int32_t)whole_ms > least_ms)
        least_ms = onward_ms - (int32_t)whole_ms;
    offer_by(aim, slot, e->rank[1], network_part_ms(aim->n, aim->mode, edge + 1, spot.along_cm),
             least_ms, podium);
}

static void offer_some(const struct aim *aim, const int32_t *slots, int32_t count,
                       struct podium *podium)
{
    struct rivals *r = aim->rivals;

    crowd_spots(podium->crowd, slots, count, r->spot);
    find_low(aim, r, count);
    int32_t left = put_in_order(aim, count, podium->bound_ms);

    while (left > 0 && r->order[0] >> 32 <= podium->bound_ms) {
        int32_t next[TOGETHER], least_ms[TOGETHER];
        int32_t taken = 0;

        while (taken < TOGETHER && left > 0) {
            const uint64_t top = heap_take(r->order, &left);
            const int32_t i = (int32_t)(uint32_t)top;

            fetch_row(aim, aim->in->ends[r->spot[i].segment].rank[0], r->depth[i]);
            fetch_row(aim, aim->in->ends[r->spot[i].segment].rank[1], r->depth[i]);
            least_ms[taken] = (int32_t)(top >> 32);
            next[taken++] = i;
        }
        for (int32_t i = 0; i < taken; i++)
            weigh(aim, slots[next[i]], next[i], least_ms[i], podium);
    }
}

void aim_offer(struct aim *aim, const int32_t *slots, int32_t count, struct podium *podium)
{
    if (aim->labels && aim->chain_count == 0)
        return; /* nobody comes in */
    for (int32_t at = 0; at < count; at += AT_ONCE)
        offer_some(aim, slots + at, count - at < AT_ONCE ? count - at : AT_ONCE, podium);
}
