/* One search for all modes: the nodes of each mode are numbered one after the other
 * and share a queue, so the search ends as soon as nobody unseen, by whatever mode,
 * can be sooner.
 *
 * Two queues. `frontier` holds nodes with the cost from them to the place; settling a
 * node offers everyone on the segments that touch it, with the cost of the part of
 * the edge that lies between. `waiting` holds the people so offered, some of them
 * twice. Whoever is first in `waiting` is certain once her cost is *below* that of
 * every node of the frontier: a node of equal cost might still offer someone at
 * equal cost with a lower id. Whoever may come later than by road waits
 * with that time added: nobody unseen can be sooner than the frontier all the more. */
#include "geo/road/nearest.h"

#include <assert.h>
#include <string.h>

#include "geo/road/queue.h"

/* What is known of a node in one mode. Costs of an older round are forgotten. */
struct label {
    uint32_t round;
    uint32_t cost_ms;
};

struct nearest_room {
    struct arena *arena;
    struct buf labels; /* of nodes, mode after mode */
    uint32_t round;
    struct queue frontier;
    struct queue waiting;
};

struct nearest_room *nearest_room_new(void)
{
    struct arena *a = arena_new();
    struct nearest_room *room = arena_take(a, 1, sizeof *room);

    room->arena = a;
    return room;
}

void nearest_room_free(struct nearest_room *room)
{
    if (!room)
        return;
    buf_free(&room->labels);
    queue_free(&room->frontier);
    queue_free(&room->waiting);
    arena_free(room->arena);
}

/* Makes the room fit the network and everything in it unknown. */
static void begin_round(struct nearest_room *room, const struct network *n)
{
    const size_t bytes = MODE_COUNT * (size_t)n->node_count * sizeof(struct label);

    if (room->labels.size < bytes) {
        buf_reserve(&room->labels, bytes - room->labels.size);
        room->labels.size = bytes;
        memset(room->labels.bytes, 0, bytes);
        room->round = 0;
    }
    if (++room->round == 0) { /* after 2^32 rounds old ones would look new */
        memset(room->labels.bytes, 0, room->labels.size);
        room->round = 1;
    }
    queue_clear(&room->frontier);
    queue_clear(&room->waiting);
}

struct search {
    const struct network *n;
    const struct crowd *crowd;
    const struct nearest_wish *wish;
    struct nearest_room *room;
    struct spot place[MODE_COUNT];
    uint32_t modes; /* wanted, and with a street near the place */
    uint32_t limit_ms;
    struct nearest_answer *out;
};

static bool within(const struct search *s, uint32_t cost_ms)
{
    return cost_ms < NETWORK_COST_NEVER && cost_ms <= s->limit_ms;
}

static void reach(struct search *s, enum mode mode, int32_t node, uint32_t cost_ms)
{
    const int32_t state = (int32_t)mode * s->n->node_count + node;
    struct label *label = (struct label *)(void *)s->room->labels.bytes + state;

    if (!within(s, cost_ms) || (label->round == s->room->round && label->cost_ms <= cost_ms))
        return;
    *label = (struct label){ .round = s->room->round, .cost_ms = cost_ms };
    queue_put(&s->room->frontier,
              (struct queue_item){ .cost = cost_ms, .what = state, .id = state });
}

static bool wanted(const struct search *s, enum mode mode, const struct crowd_person *p)
{
    const struct nearest_wish *wish = s->wish;

    return p->mode == mode && (p->available || wish->unavailable) &&
           (p->skills & wish->skills_all) == wish->skills_all &&
           (!wish->accept || wish->accept(wish->self, p));
}

static uint32_t delay_of(const struct search *s, const struct crowd_person *p)
{
    return s->wish->delay_ms ? s->wish->delay_ms(s->wish->self, p) : 0;
}

static void offer(struct search *s, const struct crowd_person *p, uint32_t cost_ms)
{
    const uint32_t latest_ms = network_add(cost_ms, delay_of(s, p));

    if (within(s, latest_ms))
        queue_put(&s->room->waiting, (struct queue_item){ .cost = latest_ms, .id = p->person_id });
}

/* Everyone on the place's own segment who need not leave it. */
static void offer_neighbours(struct search *s, enum mode mode)
{
    const struct spot place = s->place[mode];
    struct crowd_person p;

    for (int32_t cursor = -1; crowd_next(s->crowd, place.segment, &cursor, &p);) {
        if (!wanted(s, mode, &p))
            continue;
        const bool onward = p.spot.along_cm <= place.along_cm;
        const uint32_t part =
            onward ? place.along_cm - p.spot.along_cm : p.spot.along_cm - place.along_cm;

        offer(s, &p, network_part_ms(s->n, mode, 2 * place.segment + (onward ? 0 : 1), part));
    }
}

/* Both ends of the place's segment, with the part of it that is still to go. */
static void reach_ends(struct search *s, enum mode mode)
{
    const struct spot place = s->place[mode];
    const int32_t edge = 2 * place.segment;
    const uint32_t length_cm = s->n->length_cm[place.segment];

    reach(s, mode, s->n->from[place.segment], network_part_ms(s->n, mode, edge, place.along_cm));
    reach(s, mode, s->n->to[place.segment],
          network_part_ms(s->n, mode, edge + 1, length_cm - place.along_cm));
}

/* Everyone on the segment of `leaving`, an edge that leaves a node, who comes to
 * that node at `cost_ms` from the place. */
static void offer_people(struct search *s, enum mode mode, int32_t leaving, uint32_t cost_ms)
{
    const int32_t segment = leaving >> 1;
    struct crowd_person p;

    for (int32_t cursor = -1; crowd_next(s->crowd, segment, &cursor, &p);) {
        if (!wanted(s, mode, &p))
            continue;
        const uint32_t part =
            (leaving & 1) ? s->n->length_cm[segment] - p.spot.along_cm : p.spot.along_cm;

        offer(s, &p, network_add(cost_ms, network_part_ms(s->n, mode, leaving ^ 1, part)));
    }
}

static void settle(struct search *s)
{
    const struct queue_item top = queue_take(&s->room->frontier);
    const enum mode mode = (enum mode)(top.what / s->n->node_count);
    const int32_t node = top.what % s->n->node_count;
    const struct label *label = (struct label *)(void *)s->room->labels.bytes + top.what;

    if (label->cost_ms < top.cost)
        return; /* a better way here was taken out before */
    s->out->settled++;
    for (int32_t i = s->n->first_out[node]; i < s->n->first_out[node + 1]; i++) {
        const int32_t leaving = s->n->out_edge[i];

        offer_people(s, mode, leaving, top.cost);
        reach(s, mode, network_head(s->n, leaving),
              network_add(top.cost, s->n->cost_ms[mode][leaving ^ 1]));
    }
}

static bool already_hit(const struct nearest_answer *out, int64_t person_id)
{
    for (int32_t i = 0; i < out->count; i++)
        if (out->hits[i].person.person_id == person_id)
            return true;
    return false;
}

/* Counts those in who are certain by now. */
static void gather(struct search *s)
{
    const struct queue_item *next = queue_top(&s->room->frontier);

    for (const struct queue_item *top = queue_top(&s->room->waiting);
         top && s->out->count < s->wish->k && (!next || top->cost < next->cost);
         top = queue_top(&s->room->waiting)) {
        const struct queue_item item = queue_take(&s->room->waiting);
        struct nearest_hit *hit = &s->out->hits[s->out->count];

        if (already_hit(s->out, item.id))
            continue;
        const bool still_there = crowd_get(s->crowd, item.id, &hit->person);

        assert(still_there);
        hit->delay_ms = delay_of(s, &hit->person);
        hit->cost_ms = item.cost - hit->delay_ms;
        hit->place = s->place[hit->person.mode];
        s->out->count++;
    }
}

/* Keeps the wanted modes that have a street near. False when none has. */
static bool find_places(struct search *s, const struct snap_index *index, struct fail *f)
{
    const uint32_t modes = s->wish->modes ? s->wish->modes : (1u << MODE_COUNT) - 1;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct snap snap;

        if (!(modes & 1u << mode) || !snap_to(index, mode, s->wish->place, &snap, f))
            continue;
        s->place[mode] = snap.spot;
        s->modes |= 1u << mode;
    }
    return s->modes != 0 ||
           fail_set(f, FAIL_INPUT, NO_STREET_NEAR,
                    "no street within %d m of %.7f, %.7f for any of the modes asked for",
                    SNAP_REACH_M, s->wish->place.lon, s->wish->place.lat);
}

bool nearest_find(const struct roads *r, const struct snap_index *index, const struct crowd *c,
                  const struct nearest_wish *wish, struct nearest_room *room, struct arena *a,
                  struct nearest_answer *out, struct fail *f)
{
    const struct network *n = roads_network(r);
    struct nearest_answer answer = { 0 };
    struct search s = { .n = n,
                        .crowd = c,
                        .wish = wish,
                        .room = room,
                        .limit_ms = wish->limit_ms ? wish->limit_ms : NETWORK_COST_NEVER,
                        .out = &answer };

    assert(wish->k >= 1 && wish->k <= NEAREST_K_MAX && wish->modes < 1u << MODE_COUNT);
    if (!find_places(&s, index, f))
        return false;
    begin_round(room, n);
    answer.hits = arena_take(a, (size_t)wish->k, sizeof *answer.hits);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        if (!(s.modes & 1u << mode))
            continue;
        offer_neighbours(&s, mode);
        reach_ends(&s, mode);
    }
    for (gather(&s); answer.count < wish->k && queue_top(&room->frontier); gather(&s))
        settle(&s);
    *out = answer;
    return true;
}
