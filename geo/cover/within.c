/* Why few are enough: when K people are at a state sooner than somebody, they are sooner
 * (or as soon, with lower ids) everywhere she comes to over that state. So whoever is
 * among the first K of a state is among those of every state on her way to it, and these
 * states hang together: she can be followed from where she stands, both to bring her in and
 * to take her out. */
#include "geo/cover/within.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"
#include "geo/cover/standing.h"
#include "geo/road/place.h"
#include "geo/road/queue.h"

enum {
    NOBODY = STANDING_NOBODY,
    WORD_BITS = 64,
};

struct label {
    uint32_t cost_ms;
    int32_t slot; /* NOBODY: free, and all behind it */
};

/* What was there before something was tried, in the order of the changes. */
struct old_list {
    int32_t state;
    enum mode mode;
    struct label labels[WITHIN_DEPTH_MAX];
};
struct old_person {
    struct within_person person;
    bool was_put; /* else taken away */
};

struct within {
    struct network network; /* the streets with the costs of now */
    const struct graph *graph;
    struct within_options options;
    uint32_t *cost_ms[MODE_COUNT];
    struct label *labels[MODE_COUNT]; /* by state, `depth` each, the soonest first */

    struct standing standing;

    uint64_t *is_changed; /* bit a segment */
    struct buf changed;   /* segments */
    bool is_told;         /* `changed` is what was told last */

    uint32_t round; /* of the last roll call */
    bool is_trying;
    struct buf old_lists, old_people;

    struct queue queue;
    int32_t *affected; /* states, of somebody who goes */
    int32_t affected_count;
    struct tally tally;
};

static struct label *list_of(const struct within *w, enum mode mode, int32_t state)
{
    return w->labels[mode] + (size_t)state * (size_t)w->options.depth;
}

static bool is_before(const struct within *w, struct label a, struct label b)
{
    return a.cost_ms < b.cost_ms ||
           (a.cost_ms == b.cost_ms &&
            w->standing.people[a.slot].person_id < w->standing.people[b.slot].person_id);
}

/* Where the label would stand; depth when it does not belong there. */
static int32_t rank_of(const struct within *w, const struct label *list, struct label label)
{
    for (int32_t i = 0; i < w->options.depth; i++) {
        if (list[i].slot == NOBODY || is_before(w, label, list[i]))
            return i;
        if (list[i].slot == label.slot)
            break;
    }
    return w->options.depth;
}

static void touch(struct within *w, int32_t segment)
{
    const uint64_t bit = UINT64_C(1) << segment % WORD_BITS;

    if (w->is_told) {
        buf_clear(&w->changed);
        w->is_told = false;
    }
    if (w->is_changed[segment / WORD_BITS] & bit)
        return;
    w->is_changed[segment / WORD_BITS] |= bit;
    buf_put(&w->changed, &segment, sizeof segment);
}

static void note_list(struct within *w, enum mode mode, int32_t state)
{
    const struct graph *g = w->graph;

    if (w->is_trying) {
        struct old_list old = { .state = state, .mode = mode };

        memcpy(old.labels, list_of(w, mode, state), (size_t)w->options.depth * sizeof *old.labels);
        buf_put(&w->old_lists, &old, sizeof old);
    }
    for (int32_t i = g->first_out[state]; i < g->first_out[state + 1]; i++)
        if (g->arc_modes[g->out_arc[i]] & 1u << mode)
            touch(w, g->edge[g->out_arc[i]] >> 1);
}

/* False when it does not belong there, or not any more. */
static bool admit(struct within *w, enum mode mode, int32_t state, struct label label)
{
    struct label *list = list_of(w, mode, state);
    const int32_t rank = rank_of(w, list, label);
    int32_t end = rank; /* what she was there with before goes, or the last */

    if (rank == w->options.depth)
        return false;
    note_list(w, mode, state);
    while (end < w->options.depth - 1 && list[end].slot != NOBODY && list[end].slot != label.slot)
        end++;
    memmove(list + rank + 1, list + rank, (size_t)(end - rank) * sizeof *list);
    list[rank] = label;
    return true;
}

/* Whether she was there. */
static bool dismiss(struct within *w, enum mode mode, int32_t state, int32_t slot)
{
    struct label *list = list_of(w, mode, state);
    int32_t i = 0;

    while (i < w->options.depth && list[i].slot != slot)
        i++;
    if (i == w->options.depth)
        return false;
    note_list(w, mode, state);
    memmove(list + i, list + i + 1, (size_t)(w->options.depth - 1 - i) * sizeof *list);
    list[w->options.depth - 1] = (struct label){ .slot = NOBODY };
    return true;
}

/* ------------------------------------------------------------------ searching */

static void offer(struct within *w, enum mode mode, int32_t state, struct label label)
{
    if (label.cost_ms <= w->options.limit_ms &&
        rank_of(w, list_of(w, mode, state), label) < w->options.depth)
        queue_put(&w->queue, (struct queue_item){ label.cost_ms, state, label.slot });
}

static bool is_open(const struct within *w, enum mode mode, int32_t arc)
{
    return (w->graph->arc_modes[arc] & 1u << mode) != 0 &&
           w->cost_ms[mode][w->graph->edge[arc]] < NETWORK_COST_NEVER;
}

static void spread(struct within *w, enum mode mode)
{
    const struct graph *g = w->graph;

    while (w->queue.count > 0) {
        const struct queue_item top = queue_take(&w->queue);
        const int32_t slot = (int32_t)top.id;

        if (!admit(w, mode, top.what, (struct label){ top.cost, slot }))
            continue;
        for (int32_t i = g->first_out[top.what]; i < g->first_out[top.what + 1]; i++) {
            const int32_t arc = g->out_arc[i];

            if (is_open(w, mode, arc))
                offer(
                    w, mode, g->head[arc],
                    (struct label){ network_add(top.cost, w->cost_ms[mode][g->edge[arc]]), slot });
        }
    }
}

/* Into the queue, from where she stands. */
static void begin(struct within *w, int32_t slot)
{
    const struct standing_person *s = &w->standing.people[slot];
    struct place_door doors[PLACE_OUT_MAX];

    for (int32_t i = place_out(&w->network, w->graph, s->mode, s->spot, doors) - 1; i >= 0; i--)
        offer(w, s->mode, doors[i].state, (struct label){ doors[i].cost_ms, slot });
}

/* Who stands around a state and comes to it first of all. */
static void begin_around(struct within *w, enum mode mode, int32_t state)
{
    const struct network *n = &w->network;
    const int32_t node = w->graph->node_of[state];

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++)
        for (int32_t slot = w->standing.first_on[n->out_edge[i] >> 1]; slot != NOBODY;
             slot = w->standing.people[slot].next) {
            const struct standing_person *s = &w->standing.people[slot];
            struct place_door doors[PLACE_OUT_MAX];

            if (s->mode != mode)
                continue;
            for (int32_t k = place_out(n, w->graph, mode, s->spot, doors) - 1; k >= 0; k--)
                if (doors[k].state == state)
                    offer(w, mode, state, (struct label){ doors[k].cost_ms, slot });
        }
}

/* Who comes to a state over the states before it. */
static void begin_before(struct within *w, enum mode mode, int32_t state)
{
    const struct graph *g = w->graph;

    for (int32_t i = g->first_in[state]; i < g->first_in[state + 1]; i++) {
        const int32_t arc = g->in_arc[i];
        const struct label *list = list_of(w, mode, g->tail[arc]);

        if (!is_open(w, mode, arc))
            continue;
        for (int32_t k = 0; k < w->options.depth && list[k].slot != NOBODY; k++)
            offer(w, mode, state,
                  (struct label){ network_add(list[k].cost_ms, w->cost_ms[mode][g->edge[arc]]),
                                  list[k].slot });
    }
}

static void lose_at(struct within *w, enum mode mode, int32_t state, int32_t slot)
{
    if (dismiss(w, mode, state, slot))
        w->affected[w->affected_count++] = state;
}

/* Out of every list: from state to state that had her. */
static void lose(struct within *w, int32_t slot)
{
    const struct graph *g = w->graph;
    const struct standing_person s = w->standing.people[slot];
    struct place_door doors[PLACE_OUT_MAX];

    w->affected_count = 0;
    for (int32_t i = place_out(&w->network, g, s.mode, s.spot, doors) - 1; i >= 0; i--)
        lose_at(w, s.mode, doors[i].state, slot);
    for (int32_t next = 0; next < w->affected_count; next++) {
        const int32_t state = w->affected[next];

        for (int32_t i = g->first_out[state]; i < g->first_out[state + 1]; i++)
            if (is_open(w, s.mode, g->out_arc[i]))
                lose_at(w, s.mode, g->head[g->out_arc[i]], slot);
    }
}

static int32_t enter(struct within *w, const struct within_person *p)
{
    return standing_enter(&w->standing, p->person_id, p->mode, p->spot);
}

static void put(struct within *w, const struct within_person *person)
{
    const int32_t slot = enter(w, person);

    w->standing.people[slot].round = w->round;
    begin(w, slot);
    touch(w, person->spot.segment);
    spread(w, person->mode);
}

/* Where she is missing, whoever comes next takes her place: from around the states that
 * had her. */
static void take(struct within *w, int32_t slot)
{
    assert(w->standing.people);
    const struct standing_person s = w->standing.people[slot];

    lose(w, slot);
    standing_leave(&w->standing, slot);
    touch(w, s.spot.segment);
    for (int32_t i = 0; i < w->affected_count; i++) {
        begin_around(w, s.mode, w->affected[i]);
        begin_before(w, s.mode, w->affected[i]);
    }
    spread(w, s.mode);
}

void within_compute(struct within *w)
{
    const size_t labels = (size_t)w->graph->state_count * (size_t)w->options.depth;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        for (size_t i = 0; i < labels; i++)
            w->labels[mode][i] = (struct label){ .slot = NOBODY };
        for (int32_t slot = 0; slot < w->standing.room; slot++)
            if (w->standing.people[slot].person_id && w->standing.people[slot].mode == mode)
                begin(w, slot);
        spread(w, mode);
    }
    for (int32_t segment = 0; segment < w->network.segment_count; segment++)
        touch(w, segment);
}

static void *room_for(size_t count, size_t size)
{
    void *room = calloc(count + 1, size);

    if (!room)
        abort();
    return room;
}

struct within *within_new(const struct network *n, const struct graph *g,
                          const struct within_options *options)
{
    struct within *w = room_for(1, sizeof *w);
    const size_t edges = 2 * (size_t)n->segment_count;

    assert(options->depth >= 1 && options->depth <= WITHIN_DEPTH_MAX);
    assert(options->limit_ms <= WITHIN_LIMIT_MAX_MS);
    w->network = *n;
    w->graph = g;
    w->options = *options;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        w->cost_ms[mode] = room_for(edges, sizeof *w->cost_ms[mode]);
        memcpy(w->cost_ms[mode], n->cost_ms[mode], edges * sizeof *w->cost_ms[mode]);
        w->network.cost_ms[mode] = w->cost_ms[mode];
        w->labels[mode] =
            room_for((size_t)g->state_count * (size_t)options->depth, sizeof(struct label));
    }
    w->is_changed = room_for((size_t)n->segment_count / WORD_BITS + 1, sizeof *w->is_changed);
    w->affected = room_for((size_t)g->state_count, sizeof *w->affected);
    standing_start(&w->standing, n->segment_count);
    within_compute(w);
    return w;
}

void within_free(struct within *w)
{
    if (!w)
        return;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        free(w->cost_ms[mode]);
        free(w->labels[mode]);
    }
    standing_end(&w->standing);
    free(w->is_changed);
    buf_free(&w->changed);
    buf_free(&w->old_lists);
    buf_free(&w->old_people);
    queue_free(&w->queue);
    free(w->affected);
    tally_end(&w->tally);
    free(w);
}

bool within_price(struct within *w, const uint32_t *const cost_ms[MODE_COUNT])
{
    const size_t bytes = 2 * (size_t)w->network.segment_count * sizeof(uint32_t);
    bool is_new = false;

    assert(!w->is_trying);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (memcmp(w->cost_ms[mode], cost_ms[mode], bytes) != 0) {
            memcpy(w->cost_ms[mode], cost_ms[mode], bytes);
            is_new = true;
        }
    return is_new;
}

static void note_person(struct within *w, int64_t person_id, bool was_put)
{
    struct old_person old = { .was_put = was_put };

    if (!w->is_trying)
        return;
    within_get(w, person_id, &old.person);
    buf_put(&w->old_people, &old, sizeof old);
}

void within_remove(struct within *w, int64_t person_id)
{
    const int32_t slot = standing_find(&w->standing, person_id);

    if (slot == NOBODY)
        return;
    note_person(w, person_id, false);
    take(w, slot);
}

void within_put(struct within *w, const struct within_person *person)
{
    const int32_t slot = standing_find(&w->standing, person->person_id);
    struct standing_person *was = slot == NOBODY ? NULL : &w->standing.people[slot];

    if (was && was->mode == person->mode && was->spot.segment == person->spot.segment &&
        was->spot.along_cm == person->spot.along_cm) {
        was->round = w->round;
        return;
    }
    within_remove(w, person->person_id);
    put(w, person);
    note_person(w, person->person_id, true);
}

void within_fill(struct within *w, const struct within_person *people, int32_t count)
{
    assert(w->standing.count == 0 && !w->is_trying);
    for (int32_t i = 0; i < count; i++)
        if (standing_find(&w->standing, people[i].person_id) == NOBODY)
            enter(w, &people[i]);
    within_compute(w);
}

bool within_get(const struct within *w, int64_t person_id, struct within_person *out)
{
    const int32_t slot = standing_find(&w->standing, person_id);

    if (slot == NOBODY)
        return false;
    assert(w->standing.people);
    const struct standing_person *p = &w->standing.people[slot];

    *out = (struct within_person){ p->person_id, p->mode, p->spot };
    return true;
}

int32_t within_count(const struct within *w)
{
    return w->standing.count;
}

void within_roll_call(struct within *w)
{
    w->round++;
}

int32_t within_absent(struct within *w)
{
    int32_t absent = 0;

    for (int32_t slot = 0; slot < w->standing.room; slot++)
        if (w->standing.people[slot].person_id && w->standing.people[slot].round != w->round) {
            take(w, slot);
            absent++;
        }
    return absent;
}

/* ------------------------------------------------------------------ along a segment */

/* As far as floor(edge_ms x cm / length_cm) is no more than what time is left, of the
 * `room_cm` that there are. */
static uint32_t far_cm(const struct within *w, enum mode mode, int32_t edge, uint32_t left_ms,
                       uint32_t room_cm)
{
    const uint64_t edge_ms = w->cost_ms[mode][edge];
    const uint64_t length_cm = w->network.length_cm[edge >> 1];
    const uint64_t cm =
        edge_ms ? (((uint64_t)left_ms + 1) * length_cm - 1) / edge_ms : (uint64_t)room_cm;

    return cm < room_cm ? (uint32_t)cm : room_cm;
}

/* Who comes in by this edge. */
static void add_comers(struct within *w, int32_t edge, uint32_t limit_ms)
{
    const struct graph *g = w->graph;
    const uint32_t length_cm = w->network.length_cm[edge >> 1];

    for (int32_t arc = g->first_arc[edge]; arc < g->first_arc[edge + 1]; arc++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            const struct label *list = list_of(w, mode, g->tail[arc]);

            if (!is_open(w, mode, arc))
                continue;
            for (int32_t i = 0;
                 i < w->options.depth && list[i].slot != NOBODY && list[i].cost_ms <= limit_ms;
                 i++) {
                const uint32_t cm = far_cm(w, mode, edge, limit_ms - list[i].cost_ms, length_cm);

                tally_add(&w->tally, list[i].slot, (edge & 1) ? length_cm - cm : 0,
                          (edge & 1) ? length_cm : cm);
            }
        }
}

static void add_standers(struct within *w, int32_t segment, uint32_t limit_ms)
{
    const uint32_t length_cm = w->network.length_cm[segment];

    for (int32_t slot = w->standing.first_on[segment]; slot != NOBODY;
         slot = w->standing.people[slot].next) {
        const struct standing_person *s = &w->standing.people[slot];
        const uint32_t at_cm = s->spot.along_cm;

        for (int32_t edge = 2 * segment; edge <= 2 * segment + 1; edge++) {
            if (w->cost_ms[s->mode][edge] >= NETWORK_COST_NEVER)
                continue;
            const uint32_t cm =
                far_cm(w, s->mode, edge, limit_ms, (edge & 1) ? at_cm : length_cm - at_cm);

            tally_add(&w->tally, slot, (edge & 1) ? at_cm - cm : at_cm,
                      (edge & 1) ? at_cm : at_cm + cm);
        }
    }
}

int32_t within_steps(struct within *w, int32_t segment, uint32_t limit_ms,
                     const struct cover_step **out)
{
    assert(limit_ms <= w->options.limit_ms);
    tally_clear(&w->tally);
    for (int32_t edge = 2 * segment; edge <= 2 * segment + 1; edge++)
        add_comers(w, edge, limit_ms);
    add_standers(w, segment, limit_ms);
    return tally_steps(&w->tally, w->network.length_cm[segment], (uint32_t)w->options.depth, out);
}

int32_t within_changed(struct within *w, const int32_t **segments)
{
    const int32_t count = w->is_told ? 0 : (int32_t)(w->changed.size / sizeof(int32_t));
    const int32_t *all = (const void *)w->changed.bytes;

    for (int32_t i = 0; i < count; i++)
        w->is_changed[all[i] / WORD_BITS] &= ~(UINT64_C(1) << all[i] % WORD_BITS);
    w->is_told = true;
    *segments = all;
    return count;
}

/* ------------------------------------------------------------------ trying */

void within_try(struct within *w)
{
    const int32_t *segments;

    assert(!w->is_trying && (w->is_told || w->changed.size == 0));
    within_changed(w, &segments);
    w->is_trying = true;
}

void within_undo(struct within *w)
{
    const struct old_list *lists = (const void *)w->old_lists.bytes;
    const struct old_person *people = (const void *)w->old_people.bytes;
    const int32_t *segments;

    assert(w->is_trying);
    for (size_t i = w->old_people.size / sizeof *people; i-- > 0;)
        if (people[i].was_put)
            standing_leave(&w->standing, standing_find(&w->standing, people[i].person.person_id));
        else
            enter(w, &people[i].person);
    for (size_t i = w->old_lists.size / sizeof *lists; i-- > 0;)
        memcpy(list_of(w, lists[i].mode, lists[i].state), lists[i].labels,
               (size_t)w->options.depth * sizeof *lists[i].labels);
    buf_clear(&w->old_people);
    buf_clear(&w->old_lists);
    w->is_trying = false;
    within_changed(w, &segments);
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 29;
}

uint64_t within_hash(const struct within *w)
{
    uint64_t sum = 0, people = 0;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        for (size_t i = 0; i < (size_t)w->graph->state_count * (size_t)w->options.depth; i++) {
            const struct label l = w->labels[mode][i];

            sum = mix(sum, l.slot == NOBODY
                               ? 0
                               : mix(l.cost_ms, (uint64_t)w->standing.people[l.slot].person_id));
        }
    for (int32_t slot = 0; slot < w->standing.room; slot++) {
        const struct standing_person *s = &w->standing.people[slot];

        if (s->person_id) /* in whatever slots they are */
            people += mix(mix(mix((uint64_t)s->person_id, s->mode), (uint64_t)s->spot.segment),
                          s->spot.along_cm);
    }
    return mix(sum, people);
}

size_t within_bytes(const struct within *w)
{
    const size_t segments = (size_t)w->network.segment_count;
    const size_t labels =
        (size_t)w->graph->state_count * (size_t)w->options.depth * sizeof(struct label);

    return MODE_COUNT * (labels + 2 * segments * sizeof(uint32_t)) + standing_bytes(&w->standing) +
           segments / 8 + w->changed.room + w->queue.heap.room + w->old_lists.room;
}
