/* What can be reached, timed and against plain searches:
 *
 *   bench_reach net FILE|SIDE SEED SOURCES ROUNDS
 *   bench_reach city ADDRESS SEED PLACES [control]
 *
 * `net` sweeps over a graph of the DIMACS challenge (or a made-up one of SIDE x SIDE
 * junctions), from one node and from SOURCES together, and compares every cost with a
 * plain Dijkstra's. `city` asks what is reached around PLACES places of an imported city
 * and compares the metres of every street with those of an oracle that cuts each street
 * at every centimetre. CPU times of one thread. With `control` one street in ten is
 * slower for the engine alone: then the metres must differ. Exits 1 when something
 * differs. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/outline.h"
#include "geo/road/queue.h"
#include "geo/road/range.h"
#include "geo/road/sweep.h"
#include "tests/bench/dimacs.h"
#include "tests/support/town.h"

enum {
    FIVE_MINUTES_MS = 300000,
    MANY = 365,
    CHECKED = 20, /* of the sweeps: as many plain searches */
    CONTROL_EVERY = 10,
    PATROLS_MS = 60000, /* a minute, for many sources together */
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_reach: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_time(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return a < b ? -1 : a > b;
}

/* "NAME p50_ms p99_ms" for the bar to read. */
static void print_times(const char *name, double *taken_s, int32_t count)
{
    qsort(taken_s, (size_t)count, sizeof *taken_s, by_time);
    printf("%s %.3f %.3f\n", name, taken_s[count / 2] * 1e3, taken_s[count * 99 / 100] * 1e3);
}

/* ------------------------------------------------------------------ a plain search */

/* Dijkstra over whatever arcs there are, each state's offers in `cost`. */
struct plain_net {
    int32_t count;
    const int32_t *first; /* [count + 1] into arcs */
    const int32_t *arcs;
    const int32_t *head;     /* per arc */
    const uint32_t *cost_ms; /* per arc */
};

static void search_all(const struct plain_net *net, uint32_t *cost)
{
    struct queue q = { 0 };

    for (int32_t v = 0; v < net->count; v++)
        if (cost[v] < NETWORK_COST_NEVER)
            queue_put(&q, (struct queue_item){ .cost = cost[v], .what = v, .id = v });
    while (q.count > 0) {
        const struct queue_item top = queue_take(&q);

        if (cost[top.what] < top.cost)
            continue;
        for (int32_t i = net->first[top.what]; i < net->first[top.what + 1]; i++) {
            const int32_t arc = net->arcs[i];
            const int32_t head = net->head[arc];
            const uint32_t there = network_add(top.cost, net->cost_ms[arc]);

            if (there >= cost[head])
                continue;
            cost[head] = there;
            queue_put(&q, (struct queue_item){ .cost = there, .what = head, .id = head });
        }
    }
    queue_free(&q);
}

/* The arcs of a graph with what they cost a mode, onwards or back. */
static struct plain_net net_of(const struct network *n, const struct graph *g, enum mode mode,
                               bool is_back, struct arena *a)
{
    uint32_t *cost = arena_take(a, (size_t)g->arc_count + 1, sizeof *cost);

    for (int32_t arc = 0; arc < g->arc_count; arc++)
        cost[arc] =
            (g->arc_modes[arc] & 1u << mode) ? n->cost_ms[mode][g->edge[arc]] : NETWORK_COST_NEVER;
    return (struct plain_net){ .count = g->state_count,
                               .first = is_back ? g->first_in : g->first_out,
                               .arcs = is_back ? g->in_arc : g->out_arc,
                               .head = is_back ? g->tail : g->head,
                               .cost_ms = cost };
}

/* ------------------------------------------------------------------ a whole net */

struct net {
    struct arena *arena;
    const struct network *n;
    struct graph graph;
    struct hierarchy hierarchy;
    struct metric *metric;
    struct town_dice dice;
    struct sweep_room *room;
    int32_t *costs;
    uint32_t *plain_costs;
    int64_t compared, differ;
};

static void compare(struct net *net, const struct plain_net *plain, const struct sweep_wish *wish)
{
    for (int32_t v = 0; v < net->graph.state_count; v++)
        net->plain_costs[v] = NETWORK_COST_NEVER;
    for (int32_t i = 0; i < wish->start_count; i++)
        net->plain_costs[wish->starts[i].node] = 0;
    search_all(plain, net->plain_costs);
    for (int32_t v = 0; v < net->graph.state_count; v++) {
        const int32_t got = net->costs[net->hierarchy.rank_of[v]];

        net->compared++;
        net->differ += net->plain_costs[v] < (uint32_t)METRIC_NEVER
                           ? got != (int32_t)net->plain_costs[v]
                           : got < METRIC_NEVER;
    }
}

static void sweep_from(struct net *net, int32_t sources, int32_t rounds, const char *name)
{
    struct sweep_start *starts = arena_take(net->arena, (size_t)sources, sizeof *starts);
    double *taken_s = arena_take(net->arena, (size_t)rounds, sizeof *taken_s);
    const struct plain_net plain[] = {
        net_of(net->n, &net->graph, MODE_CAR, false, net->arena),
        net_of(net->n, &net->graph, MODE_CAR, true, net->arena),
    };

    for (int32_t round = 0; round < rounds; round++) {
        const struct sweep_wish wish = { .hierarchy = &net->hierarchy,
                                         .metric = net->metric,
                                         .is_towards = round % 2 == 1,
                                         .starts = starts,
                                         .start_count = sources };

        for (int32_t i = 0; i < sources; i++)
            starts[i] = (struct sweep_start){ town_pick(&net->dice, net->graph.state_count), 0 };
        const double begin_s = cpu_s();

        sweep_costs(&wish, net->room, net->costs);
        taken_s[round] = cpu_s() - begin_s;
        if (round < CHECKED)
            compare(net, &plain[wish.is_towards], &wish);
    }
    print_times(name, taken_s, rounds);
}

static int run_net(const char *file, uint64_t seed, int32_t sources, int32_t rounds)
{
    struct net net = { .arena = arena_new(), .dice = { seed }, .room = sweep_room_new() };
    const int32_t side = (int32_t)strtol(file, NULL, 10);
    struct fail f;

    net.n =
        side > 0 ? dimacs_made_up(side, seed, net.arena) : dimacs_network(file, seed, net.arena);
    if (!net.n)
        give_up(file, "there is no such graph");
    graph_take(net.n, net.arena, &net.graph);
    if (!roads_hierarchy(&net.graph, net.arena, &net.hierarchy, &f))
        give_up(file, f.text);
    const struct hierarchy_edges edges = { .node_count = net.graph.state_count,
                                           .edge_count = net.graph.arc_count,
                                           .from = net.graph.tail,
                                           .to = net.graph.head };

    net.metric = metric_new(&net.hierarchy, &edges);
    metric_price(net.metric, net_of(net.n, &net.graph, MODE_CAR, false, net.arena).cost_ms);
    net.costs = arena_take(net.arena, (size_t)net.graph.state_count, sizeof *net.costs);
    net.plain_costs = arena_take(net.arena, (size_t)net.graph.state_count, sizeof *net.costs);
    printf("net %d %d\n", net.graph.state_count, net.hierarchy.arc_count);
    sweep_from(&net, 1, rounds, "one");
    sweep_from(&net, sources, rounds, "many");
    printf("costs %lld %lld\n", (long long)(net.compared - net.differ), (long long)net.compared);
    metric_free(net.metric);
    sweep_room_free(net.room);
    arena_free(net.arena);
    return net.differ > 0;
}

/* ------------------------------------------------------------------ a city */

struct city {
    struct arena *arena;
    struct streets streets;
    const struct network *n;
    struct roads *roads;
    struct range_room *room;
    struct town_dice dice;
    int64_t streets_compared, streets_differ, most_cm;
};

static void open_city(struct city *c, const char *address)
{
    struct fail f;
    struct db *db = db_open(address, &f);

    if (!db || !streets_load(db, NULL, c->arena, &c->streets, &f))
        give_up(address, f.text);
    db_close(db);
    c->n = &c->streets.network;
    c->roads = town_roads(c->n, c->arena);
    c->room = range_room_new();
    printf("city %d %d %d\n", c->n->node_count, roads_base(c->roads)->graph->state_count,
           c->n->segment_count);
}

static struct spot usable_spot(struct city *c, enum mode mode)
{
    struct spot spot = town_spot(&c->dice, c->n);

    while (!network_usable(c->n, mode, spot.segment))
        spot = town_spot(&c->dice, c->n);
    return spot;
}

/* What one source can reach of a segment: every centimetre of it is asked. */
struct cut {
    const struct network *n;
    const struct graph *g;
    const uint32_t *cost; /* of states */
    enum mode mode;
    bool is_towards;
    uint32_t limit_ms;
    struct spot source;
};

static uint64_t part_of(const struct cut *c, int32_t edge, uint64_t cm)
{
    const uint64_t whole = c->n->cost_ms[c->mode][edge];

    if (cm == 0)
        return 0;
    return whole >= NETWORK_COST_NEVER ? NETWORK_COST_NEVER
                                       : whole * cm / c->n->length_cm[edge >> 1];
}

/* What it costs at the end of an edge that its part counts from. */
static uint64_t end_of(const struct cut *c, int32_t edge)
{
    uint32_t best = NETWORK_COST_NEVER;

    if (c->is_towards)
        return c->cost[graph_arrival(c->g, edge)];
    for (int32_t arc = c->g->first_arc[edge]; arc < c->g->first_arc[edge + 1]; arc++)
        if (c->g->arc_modes[arc] & 1u << c->mode && c->cost[c->g->tail[arc]] < best)
            best = c->cost[c->g->tail[arc]];
    return best;
}

static bool is_reached(const struct cut *c, int32_t segment, const uint64_t *ends, uint64_t cm)
{
    const uint64_t rest = c->n->length_cm[segment] - cm;

    /* Onward the way there is from the low end; towards a source the low end lies at the
     * end of the edge that leads back. */
    if (ends[0] + part_of(c, 2 * segment + c->is_towards, cm) <= c->limit_ms ||
        ends[1] + part_of(c, 2 * segment + !c->is_towards, rest) <= c->limit_ms)
        return true;
    if (c->source.segment != segment)
        return false;
    const bool is_above = cm >= c->source.along_cm;
    const uint64_t away = is_above ? cm - c->source.along_cm : c->source.along_cm - cm;

    return part_of(c, 2 * segment + (is_above == c->is_towards), away) <= c->limit_ms;
}

/* Metres between neighbouring centimetres that are both reached. */
static int64_t cut_up(const struct cut *c, int32_t segment)
{
    const uint64_t ends[] = { end_of(c, 2 * segment + c->is_towards),
                              end_of(c, 2 * segment + !c->is_towards) };
    int64_t reached_cm = 0;
    bool before = false;

    if (ends[0] > c->limit_ms && ends[1] > c->limit_ms && c->source.segment != segment)
        return 0;
    for (uint64_t cm = 0; cm <= c->n->length_cm[segment]; cm++) {
        const bool here = is_reached(c, segment, ends, cm);

        reached_cm += here && before;
        before = here;
    }
    return reached_cm;
}

static void compare_streets(struct city *c, const struct cut *cut, const struct range_band *band)
{
    int32_t next = 0;

    for (int32_t segment = 0; segment < c->n->segment_count; segment++) {
        const int64_t want_cm = cut_up(cut, segment);
        int64_t got_cm = 0;

        for (; next < band->piece_count && band->pieces[next].segment == segment; next++)
            got_cm += band->pieces[next].to_cm - band->pieces[next].from_cm;
        const int64_t off_cm = llabs(got_cm - want_cm);

        c->streets_compared += want_cm > 0 || got_cm > 0;
        c->streets_differ += off_cm > 0;
        c->most_cm = off_cm > c->most_cm ? off_cm : c->most_cm;
    }
}

static void check_place(struct city *c, enum mode mode, bool is_towards)
{
    struct arena *a = arena_new();
    const struct graph *g = roads_base(c->roads)->graph;
    const struct plain_net net = net_of(c->n, g, mode, is_towards, a);
    const uint32_t limit_ms = FIVE_MINUTES_MS;
    const struct range_source source = { mode, usable_spot(c, mode) };
    struct place_door doors[PLACE_IN_MAX];
    uint32_t *cost = arena_take(a, (size_t)g->state_count, sizeof *cost);
    struct range r;

    range_find(c->roads,
               &(struct range_wish){ .sources = &source,
                                     .source_count = 1,
                                     .is_towards = is_towards,
                                     .limits_ms = &limit_ms,
                                     .limit_count = 1 },
               c->room, a, &r);
    for (int32_t v = 0; v < g->state_count; v++)
        cost[v] = NETWORK_COST_NEVER;
    const int32_t door_count = is_towards ? place_in(c->n, g, mode, source.spot, doors)
                                          : place_out(c->n, g, mode, source.spot, doors);

    for (int32_t i = 0; i < door_count; i++)
        if (doors[i].cost_ms < cost[doors[i].state])
            cost[doors[i].state] = doors[i].cost_ms;
    search_all(&net, cost);
    compare_streets(c,
                    &(struct cut){ .n = c->n,
                                   .g = g,
                                   .cost = cost,
                                   .mode = mode,
                                   .is_towards = is_towards,
                                   .limit_ms = limit_ms,
                                   .source = source.spot },
                    &r.bands[0]);
    arena_free(a);
}

/* What a question takes, for one mode, some limit and some sources. */
struct question {
    const char *name;
    enum mode mode;
    uint32_t limit_ms;
    int32_t sources;
    enum range_way way;
};

static void time_question(struct city *c, const struct question *q, int32_t rounds)
{
    struct arena *a = arena_new();
    struct range_source *sources = arena_take(a, (size_t)q->sources, sizeof *sources);
    double *taken_s = arena_take(a, (size_t)rounds, sizeof *taken_s);
    double *drawn_s = arena_take(a, (size_t)rounds, sizeof *drawn_s);
    struct arena *scratch = arena_new();
    int64_t settled = 0, length_cm = 0;

    for (int32_t round = 0; round < rounds; round++) {
        struct range r;
        struct figure area;
        struct fail f;

        for (int32_t i = 0; i < q->sources; i++)
            sources[i] = (struct range_source){ q->mode, usable_spot(c, q->mode) };
        arena_reset(scratch);
        const double begin_s = cpu_s();

        range_find(c->roads,
                   &(struct range_wish){ .sources = sources,
                                         .source_count = q->sources,
                                         .limits_ms = &q->limit_ms,
                                         .limit_count = 1,
                                         .way = q->way },
                   c->room, scratch, &r);
        taken_s[round] = cpu_s() - begin_s;
        if (!outline_areas(c->n, &r, 1, scratch, &area, &f))
            give_up("the outline", f.text);
        drawn_s[round] = cpu_s() - begin_s - taken_s[round];
        settled += r.settled;
        length_cm += r.bands[0].length_cm;
    }
    printf("%s_reaches %lld %.1f\n", q->name, (long long)(settled / rounds),
           (double)length_cm / rounds / 1e5);
    print_times(q->name, taken_s, rounds);
    printf("outline_");
    print_times(q->name, drawn_s, rounds);
    arena_free(scratch);
    arena_free(a);
}

/* The engine alone believes one street in ten to be a fifth slower. */
static void spoil(struct city *c)
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        for (int32_t edge = 0; edge < 2 * c->n->segment_count; edge += CONTROL_EVERY) {
            const uint32_t cost_ms = c->n->cost_ms[mode][edge];
            const struct roads_change change = { edge, cost_ms + cost_ms / 5 + 1 };

            if (cost_ms < NETWORK_COST_NEVER)
                roads_change(c->roads, mode, &change, 1);
        }
}

static int run_city(const char *address, uint64_t seed, int32_t places, bool is_control)
{
    static const struct question QUESTIONS[] = {
        { "foot_5_min", MODE_FOOT, FIVE_MINUTES_MS, 1, RANGE_QUICKEST },
        { "foot_15_min", MODE_FOOT, 3 * FIVE_MINUTES_MS, 1, RANGE_QUICKEST },
        { "foot_1_min_365", MODE_FOOT, PATROLS_MS, MANY, RANGE_QUICKEST },
        { "car_5_min_search", MODE_CAR, FIVE_MINUTES_MS, 1, RANGE_SEARCH },
        { "car_5_min_sweep", MODE_CAR, FIVE_MINUTES_MS, 1, RANGE_SWEEP },
        { "car_5_min", MODE_CAR, FIVE_MINUTES_MS, 1, RANGE_QUICKEST },
        { "car_60_min", MODE_CAR, RANGE_LIMIT_MAX_MS, 1, RANGE_QUICKEST },
    };
    struct city c = { .arena = arena_new(), .dice = { seed } };

    open_city(&c, address);
    if (is_control)
        spoil(&c);
    for (int32_t i = 0; i < places; i++)
        check_place(&c, (enum mode)(i % MODE_COUNT), i / MODE_COUNT % 2 == 1);
    printf("streets %lld %lld %lld\n", (long long)(c.streets_compared - c.streets_differ),
           (long long)c.streets_compared, (long long)c.most_cm);
    for (size_t i = 0; !is_control && i < sizeof QUESTIONS / sizeof *QUESTIONS; i++)
        time_question(&c, &QUESTIONS[i], i == 0 ? 1000 : 100);
    range_room_free(c.room);
    arena_free(c.arena);
    return c.most_cm > 1;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "net") == 0)
        return run_net(argv[2], strtoull(argv[3], NULL, 10), (int32_t)strtol(argv[4], NULL, 10),
                       (int32_t)strtol(argv[5], NULL, 10));
    if (argc >= 5 && strcmp(argv[1], "city") == 0)
        return run_city(argv[2], strtoull(argv[3], NULL, 10), (int32_t)strtol(argv[4], NULL, 10),
                        argc > 5 && strcmp(argv[5], "control") == 0);
    give_up("usage", "bench_reach net FILE|SIDE SEED SOURCES ROUNDS | city ADDRESS SEED PLACES");
}
