/* Made-up networks. They go through the same draft as real ones. */
#include "tests/support/town.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/road/draft.h"

enum { GRID_STEP_E7 = 9000, BLOCK_CM = 10000 };

uint64_t town_roll(struct town_dice *dice)
{
    uint64_t x = dice->state += 0x9e3779b97f4a7c15u;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

int32_t town_pick(struct town_dice *dice, int32_t below)
{
    assert(below > 0);
    return (int32_t)(town_roll(dice) % (uint64_t)below);
}

struct network_speeds town_speeds(void)
{
    struct network_speeds speeds = { 0 };

    for (int32_t class = 0; class < STREET_CLASS_COUNT; class ++) {
        speeds.kmh[class][MODE_FOOT] = 4.32;
        speeds.kmh[class][MODE_EBIKE] = 15.12;
        speeds.kmh[class][MODE_CAR] = class <= STREET_PRIMARY ? 72 : 36;
    }
    return speeds;
}

static const struct network *finish(struct draft *d, struct arena *a)
{
    const struct network_speeds speeds = town_speeds();
    struct network *n = arena_take(a, 1, sizeof *n);
    struct fail f;
    const bool made = draft_finish(d, 1, a, n, &f);

    assert(made);
    draft_free(d);
    network_price(n, &speeds, a);
    return n;
}

static void add(struct draft *d, const struct draft_segment *s)
{
    struct fail f = { 0 };
    const bool accepted = draft_add(d, s, &f);

    if (!accepted)
        fprintf(stderr, "%s\n", f.text);
    assert(accepted);
}

static struct point_e7 junction(struct town_dice *dice, int32_t i)
{
    return (struct point_e7){ 1172000000 + i % 8 * GRID_STEP_E7 + town_pick(dice, GRID_STEP_E7),
                              343000000 + i / 8 * GRID_STEP_E7 + town_pick(dice, GRID_STEP_E7) };
}

const struct network *town_random(struct town_dice *dice, int32_t node_count, int32_t segment_count,
                                  bool coarse, struct arena *a)
{
    struct point_e7 *at = arena_take(a, (size_t)node_count, sizeof *at);
    struct draft *d = draft_new();
    int64_t segment_id = 0;

    for (int32_t i = 0; i < node_count; i++)
        at[i] = junction(dice, i);
    for (int32_t i = 0; i < segment_count; i++) {
        const int32_t from = town_pick(dice, node_count);
        const int32_t to = town_pick(dice, node_count);
        const struct point_e7 m = {
            at[from].lon + (at[to].lon - at[from].lon) / 2 + town_pick(dice, 5000),
            at[from].lat + (at[to].lat - at[from].lat) / 2 + town_pick(dice, 5000)
        };
        struct point_e7 shape[3] = { at[from], m, at[to] };
        const bool bent = from == to || town_pick(dice, 2) == 0;
        const int32_t length = coarse ? 1200 * (1 + town_pick(dice, 3))
                                      : 1 + town_pick(dice, town_pick(dice, 3) ? 20000 : 5);

        if (!bent)
            shape[1] = at[to];
        segment_id += 1 + town_pick(dice, 3);
        add(d, &(struct draft_segment){
                   .segment_id = segment_id,
                   .way_id = i / 3,
                   .from_node = 1000 + 7 * from,
                   .to_node = 1000 + 7 * to,
                   .length_cm = (uint32_t)length,
                   .street_class = town_pick(dice, STREET_CLASS_COUNT),
                   .access = town_pick(dice, 3) ? 63 : town_pick(dice, 64),
                   .maxspeed_kmh = town_pick(dice, 4) ? 0 : 5 * town_pick(dice, 20),
                   .name = town_pick(dice, 2) ? "Heping Lu" : "",
                   .shape = shape,
                   .shape_count = bent ? 3 : 2,
               });
    }
    return finish(d, a);
}

enum { BAN_MAX = 5 };

/* A way of two edges or more from a random one on; ends early in a dead end. */
static int32_t wander(struct town_dice *dice, const struct network *n, int32_t *edges)
{
    const int32_t wanted = 2 + (town_pick(dice, 3) ? 0 : town_pick(dice, BAN_MAX - 1));
    int32_t count = 0;

    edges[count++] = town_pick(dice, 2 * n->segment_count);
    while (count < wanted) {
        const int32_t v = network_head(n, edges[count - 1]);
        const int32_t out = n->first_out[v + 1] - n->first_out[v];

        edges[count++] = n->out_edge[n->first_out[v] + town_pick(dice, out)];
    }
    return count;
}

struct ban {
    int32_t count;
    int32_t edges[BAN_MAX];
    uint8_t modes;
};

static int by_edges(const void *one, const void *other)
{
    const struct ban *a = one, *b = other;

    for (int32_t i = 0; i < a->count && i < b->count; i++)
        if (a->edges[i] != b->edges[i])
            return a->edges[i] < b->edges[i] ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

const struct network *town_banned(struct town_dice *dice, const struct network *n,
                                  int32_t ban_count, struct arena *a)
{
    struct ban *bans = arena_take(a, (size_t)ban_count + 1, sizeof *bans);
    struct network *out = arena_take(a, 1, sizeof *out);
    int32_t *first = arena_take(a, (size_t)ban_count + 1, sizeof *first);
    int32_t *edges = arena_take(a, BAN_MAX * (size_t)ban_count + 1, sizeof *edges);
    uint8_t *modes = arena_take(a, (size_t)ban_count + 1, sizeof *modes);

    for (int32_t i = 0; i < ban_count; i++) {
        bans[i].count = wander(dice, n, bans[i].edges);
        bans[i].modes = (uint8_t)(town_pick(dice, 2) ? 7 : 1 + town_pick(dice, 7));
    }
    qsort(bans, (size_t)ban_count, sizeof *bans, by_edges);
    *out = *n;
    for (int32_t i = 0; i < ban_count; i++) {
        if (i > 0 && by_edges(&bans[i], &bans[i - 1]) == 0)
            continue;
        memcpy(edges + out->ban_edge_count, bans[i].edges, (size_t)bans[i].count * sizeof *edges);
        modes[out->ban_count] = bans[i].modes;
        out->ban_edge_count += bans[i].count;
        first[++out->ban_count] = out->ban_edge_count;
    }
    out->first_ban_edge = first;
    out->ban_edge = edges;
    out->ban_modes = modes;
    return out;
}

/* One block of a row, or of a column when `upward`. */
static void add_block(struct draft *d, struct point_e7 corner, int32_t side, bool upward,
                      int32_t line, int32_t block)
{
    const int32_t x = upward ? line : block;
    const int32_t y = upward ? block : line;
    const int32_t node = y * (side + 1) + x;
    char name[32];
    struct point_e7 ends[2] = { { corner.lon + x * GRID_STEP_E7, corner.lat + y * GRID_STEP_E7 } };

    ends[1] = ends[0];
    if (upward)
        ends[1].lat += GRID_STEP_E7;
    else
        ends[1].lon += GRID_STEP_E7;
    snprintf(name, sizeof name, "%s %d", upward ? "Column" : "Row", line);
    add(d, &(struct draft_segment){
               .segment_id = 1 + ((upward ? side + 1 : 0) + line) * (int64_t)side + block,
               .way_id = upward * 1000 + line,
               .from_node = node,
               .to_node = upward ? node + side + 1 : node + 1,
               .length_cm = BLOCK_CM,
               .street_class = STREET_RESIDENTIAL,
               .access = 63,
               .name = name,
               .shape = ends,
               .shape_count = 2,
           });
}

const struct network *town_blocks(int32_t side, struct point south_west, struct arena *a)
{
    const struct point_e7 corner = point_to_e7(south_west);
    struct draft *d = draft_new();

    for (int32_t line = 0; line <= side; line++)
        for (int32_t block = 0; block < side; block++)
            add_block(d, corner, side, false, line, block);
    for (int32_t line = 0; line <= side; line++)
        for (int32_t block = 0; block < side; block++)
            add_block(d, corner, side, true, line, block);
    return finish(d, a);
}

static void free_roads(void *roads)
{
    roads_free(roads);
}

struct roads *town_roads(const struct network *n, struct arena *a)
{
    struct graph *g = arena_take(a, 1, sizeof *g);
    struct hierarchy *h = arena_take(a, 1, sizeof *h);
    struct fail f = { 0 };

    graph_take(n, a, g);
    const bool is_made = roads_hierarchy_known(n, g, a, h, &f);

    assert(is_made);
    struct roads *roads = roads_new(&(struct roads_base){ n, g, h });

    arena_defer(a, free_roads, roads);
    return roads;
}

struct spot town_spot(struct town_dice *dice, const struct network *n)
{
    const int32_t segment = town_pick(dice, n->segment_count);
    const uint32_t length = n->length_cm[segment];
    const uint32_t along = (uint32_t)town_pick(dice, (int32_t)length + 1);

    switch (town_pick(dice, 8)) {
    case 0:
        return (struct spot){ segment, 0 };
    case 1:
        return (struct spot){ segment, length };
    default:
        return (struct spot){ segment, along };
    }
}
