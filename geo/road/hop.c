/* Dijkstra by length, which ends when all targets are reached, the limit is, or nothing
 * that is left can lead to one: the straight line to the circle that holds them is never
 * longer than the way. */
#include "geo/road/hop.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "geo/plane.h"
#include "geo/road/queue.h"

/* By how much a straight line in the plane may be longer than the same on the earth. */
static const double STRAIGHT = 0.995;
static const double STRAIGHT_OFF_M = 0.5;

/* What is known of a state. What is of an older round is forgotten. */
struct label {
    uint32_t round;
    uint32_t cm;
    int32_t arc; /* by which it was come to; -1: the search began there */
};

struct hop_room {
    struct arena *arena;
    struct hop_streets streets;
    struct plane plane; /* around the goal */
    double goal_m;
    uint32_t turn_cm;
    struct buf labels;
    uint32_t round;
    struct queue queue;
};

struct hop_room *hop_room_new(void)
{
    struct arena *a = arena_new();
    struct hop_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    return room;
}

void hop_room_free(struct hop_room *room)
{
    if (!room)
        return;
    buf_free(&room->labels);
    queue_free(&room->queue);
    arena_free(room->arena);
}

void hop_begin(struct hop_room *room, const struct hop_streets *streets, struct point goal,
               double goal_m, uint32_t turn_cm)
{
    const size_t bytes = (size_t)streets->graph->state_count * sizeof(struct label);

    if (room->labels.size < bytes) {
        buf_reserve(&room->labels, bytes - room->labels.size);
        room->labels.size = bytes;
        memset(room->labels.bytes, 0, bytes);
        room->round = 0;
    }
    room->streets = *streets;
    room->plane = plane_at(goal);
    room->goal_m = goal_m;
    room->turn_cm = turn_cm;
}

static struct label *label_of(struct hop_room *room, int32_t state)
{
    return (struct label *)(void *)room->labels.bytes + state;
}

static void begin_round(struct hop_room *room)
{
    if (++room->round == 0) { /* after 2^32 rounds old ones would look new */
        memset(room->labels.bytes, 0, room->labels.size);
        room->round = 1;
    }
    queue_clear(&room->queue);
}

static uint32_t length_of(const struct hop_room *room, int32_t arc)
{
    return room->streets.network->length_cm[room->streets.graph->edge[arc] >> 1];
}

/* Whether a way that is so long at the state can still end within the limit. */
static bool is_promising(const struct hop_room *room, int32_t state, uint64_t cm, uint32_t limit_cm)
{
    const struct hop_streets *s = &room->streets;
    const struct point_e7 at = s->network->node_at[s->graph->node_of[state]];
    const struct plane_place p = plane_put(&room->plane, point_from_e7(at));
    const double left_m = sqrt(p.x * p.x + p.y * p.y) * STRAIGHT - STRAIGHT_OFF_M - room->goal_m;

    return cm <= limit_cm && (left_m <= 0 || (double)cm + left_m * 100 <= limit_cm);
}

static void reach(struct hop_room *room, int32_t arc, int32_t state, uint64_t cm, uint32_t limit_cm)
{
    struct label *label = label_of(room, state);

    if ((label->round == room->round && label->cm <= cm) ||
        !is_promising(room, state, cm, limit_cm))
        return;
    *label = (struct label){ room->round, (uint32_t)cm, arc };
    queue_put(&room->queue,
              (struct queue_item){ .cost = (uint32_t)cm, .what = state, .id = state });
}

/* What turning round costs where one arc follows another. A shortest way does so at its
 * ends only: anywhere else it was there before. */
static uint32_t turning_cm(const struct hop_room *room, int32_t arc, int32_t next)
{
    const int32_t *edge = room->streets.graph->edge;

    return edge[arc] == (edge[next] ^ 1) ? room->turn_cm : 0;
}

/* How many of the targets' tails this state is. */
static int32_t tails_at(const struct hop_room *room, const struct hop_place *to, int32_t count,
                        int32_t state)
{
    int32_t here = 0;

    for (int32_t i = 0; i < count; i++)
        here += room->streets.graph->tail[to[i].arc] == state;
    return here;
}

static void search(struct hop_room *room, struct hop_place from, const struct hop_place *to,
                   int32_t count, uint32_t limit_cm)
{
    const struct graph *g = room->streets.graph;
    int32_t left = count;

    begin_round(room);
    reach(room, -1, g->head[from.arc], length_of(room, from.arc) - from.gone_cm, limit_cm);
    while (left > 0 && queue_top(&room->queue)) {
        const struct queue_item top = queue_take(&room->queue);

        if (label_of(room, top.what)->cm < top.cost)
            continue; /* a shorter way here was taken out before */
        left -= tails_at(room, to, count, top.what);
        const int32_t by = label_of(room, top.what)->arc;

        for (int32_t i = g->first_out[top.what]; i < g->first_out[top.what + 1]; i++) {
            const int32_t arc = g->out_arc[i];

            if (hop_open(&room->streets, arc))
                reach(room, arc, g->head[arc],
                      (uint64_t)top.cost + length_of(room, arc) +
                          turning_cm(room, by < 0 ? from.arc : by, arc),
                      limit_cm);
        }
    }
}

static bool is_onward(struct hop_place from, struct hop_place to)
{
    return from.arc == to.arc && from.gone_cm <= to.gone_cm;
}

void hop_lengths(struct hop_room *room, struct hop_place from, const struct hop_place *to,
                 int32_t count, uint32_t limit_cm, uint32_t *lengths)
{
    assert(count <= HOP_TARGETS_MAX);
    search(room, from, to, count, limit_cm);
    for (int32_t i = 0; i < count; i++) {
        const struct label *tail = label_of(room, room->streets.graph->tail[to[i].arc]);
        uint64_t cm = HOP_NEVER;

        if (is_onward(from, to[i]))
            cm = to[i].gone_cm - from.gone_cm;
        else if (tail->round == room->round)
            cm = (uint64_t)tail->cm + to[i].gone_cm +
                 turning_cm(room, tail->arc < 0 ? from.arc : tail->arc, to[i].arc);
        lengths[i] = cm <= limit_cm ? (uint32_t)cm : HOP_NEVER;
    }
}

bool hop_way(struct hop_room *room, struct hop_place from, struct hop_place to, uint32_t limit_cm,
             struct buf *arcs)
{
    const struct graph *g = room->streets.graph;
    const size_t begin = arcs->size;
    uint32_t cm;

    hop_lengths(room, from, &to, 1, limit_cm, &cm);
    if (cm == HOP_NEVER || is_onward(from, to))
        return cm != HOP_NEVER;
    for (int32_t arc = label_of(room, g->tail[to.arc])->arc; arc >= 0;
         arc = label_of(room, g->tail[arc])->arc)
        buf_put(arcs, &arc, sizeof arc);

    int32_t *way = (void *)(arcs->bytes + begin);

    for (size_t i = 0, j = (arcs->size - begin) / sizeof *way; i + 1 < j; i++) {
        const int32_t swap = way[i];

        way[i] = way[--j];
        way[j] = swap;
    }
    return true;
}
