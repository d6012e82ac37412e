/* Ways that the engine finds in a city with turn restrictions, for tests/bench/turns.mjs to
 * judge:
 *
 *   bench_turns ADDRESS SEED PAIRS [control]
 *
 * For each mode so many pairs of places, three in four of them a few streets from one
 * another, so that the turns in between decide. Writes a tab-separated line each: mode,
 * segment and centimetres of both places, cost, whether the way begins and ends within
 * its first and last edge, and the edges, all by the database's numbers; "-" for the
 * cost when there is no way. With `control` the engine knows of no forbidden turn. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/db.h"
#include "engine/streets.h"
#include "geo/road/leg.h"
#include "geo/road/place.h"
#include "tests/support/town.h"

enum { ARGUMENTS = 4, STEPS_MAX = 8 };

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_turns: %s: %s\n", what, why);
    exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

struct bench {
    struct arena *arena;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    const struct roads *roads;
    struct leg_room *room;
    int32_t *distance_room;
};

/* Somewhere on a street that a few turns lead to, whatever they are. */
static struct spot near(struct bench *b, struct spot from)
{
    const struct network *n = b->n;
    int32_t edge = 2 * from.segment + town_pick(&b->dice, 2);

    for (int32_t steps = town_pick(&b->dice, STEPS_MAX); steps >= 0; steps--) {
        const int32_t v = network_head(n, edge);

        edge = n->out_edge[n->first_out[v] +
                           town_pick(&b->dice, n->first_out[v + 1] - n->first_out[v])];
    }
    struct spot to = { edge >> 1, 0 };

    to.along_cm = (uint32_t)town_pick(&b->dice, (int32_t)n->length_cm[to.segment] + 1);
    return to;
}

static void write_way(const struct bench *b, const struct leg *leg)
{
    printf("\t%d\t%d\t", leg->from_within, leg->to_within);
    for (int32_t i = 0; i < leg->edge_count; i++)
        printf("%s%" PRId64, i > 0 ? "," : "",
               2 * b->n->segment_id[leg->edges[i] >> 1] + (leg->edges[i] & 1));
}

static void ask(struct bench *b, enum mode mode, struct arena *a)
{
    const struct spot from = town_spot(&b->dice, b->n);
    const struct spot to = town_pick(&b->dice, 4) ? near(b, from) : town_spot(&b->dice, b->n);
    const uint32_t cost_ms = place_distance(b->roads, mode, from, to, b->distance_room);
    struct leg leg;

    printf("%s\t%" PRId64 "\t%u\t%" PRId64 "\t%u", network_mode_word(mode),
           b->n->segment_id[from.segment], from.along_cm, b->n->segment_id[to.segment],
           to.along_cm);
    if (!leg_find(b->roads, mode, from, to, NETWORK_COST_NEVER, b->room, a, &leg)) {
        if (cost_ms != NETWORK_COST_NEVER)
            give_up("leg_find", "finds no way where place_distance has a cost");
        printf("\t-");
    } else {
        if (cost_ms != leg.cost_ms)
            give_up("leg_find", "has another cost than place_distance");
        printf("\t%u", leg.cost_ms);
        write_way(b, &leg);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENTS)
        give_up("usage", "bench_turns ADDRESS SEED PAIRS [control]");
    struct bench b = { .arena = arena_new(),
                       .dice = { strtoull(argv[2], NULL, 10) },
                       .room = leg_room_new() };
    const int32_t pairs = (int32_t)strtol(argv[3], NULL, 10);
    struct arena *a = arena_new();
    struct fail f;
    struct db *db = db_open(argv[1], &f);

    if (!db || !streets_load(db, NULL, b.arena, &b.streets, &f))
        give_up(argv[1], f.text);
    db_close(db);
    fprintf(stderr, "%d bans", b.streets.network.ban_count);
    if (argc > ARGUMENTS && strcmp(argv[ARGUMENTS], "control") == 0)
        b.streets.network.ban_count = 0;
    b.n = &b.streets.network;
    b.roads = town_roads(b.n, b.arena);

    const struct roads_base *base = roads_base(b.roads);

    fprintf(stderr, ", %d junctions, %d states\n", base->graph->node_count,
            base->graph->state_count);
    b.distance_room =
        arena_take(b.arena, 2 * (size_t)base->hierarchy->height, sizeof *b.distance_room);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        for (int32_t i = 0; i < pairs; i++) {
            arena_reset(a);
            ask(&b, mode, a);
        }
    leg_room_free(b.room);
    arena_free(a);
    arena_free(b.arena);
    return 0;
}
