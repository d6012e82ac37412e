/* A state of a mode is one number: mode x states + rank. The frontier is a heap of the cost
 * with the state below it. What is found again at less cost is put in again, and the older
 * entry is passed over. */
#include "geo/road/wave.h"

#include <string.h>

#include "geo/road/heap.h"

/* What is known of a state. Costs of an older round are forgotten. */
struct label {
    uint32_t round;
    uint32_t cost_ms;
};

void wave_room_free(struct wave_room *room)
{
    buf_free(&room->labels);
    buf_free(&room->lengths);
    buf_free(&room->heap);
}

/* Makes the room fit the states and everything in it unknown. */
static void begin_round(struct wave_room *room, int32_t state_count)
{
    const size_t bytes = MODE_COUNT * (size_t)state_count * sizeof(struct label);

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
    buf_clear(&room->heap);
}

/* ------------------------------------------------------------------ the frontier */

static uint64_t *heap_of(const struct wave *w)
{
    return (void *)w->room->heap.bytes;
}

static void put(struct wave *w, uint64_t item)
{
    struct buf *b = &w->room->heap;
    const size_t size = ((size_t)w->heap_count + 1) * sizeof item;

    if (b->room < size)
        buf_reserve(b, size);
    heap_put(heap_of(w), &w->heap_count, item);
}

/* ------------------------------------------------------------------ searching */

void wave_start(struct wave *w, const struct roads *r, const struct crowd_filter *filter,
                struct podium *podium, struct wave_room *room)
{
    *w = (struct wave){ .view = crowd_view(podium->crowd),
                        .filter = *filter,
                        .podium = podium,
                        .room = room,
                        .state_count = roads_base(r)->graph->state_count };
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        w->in[mode] = roads_inward(r, mode);
    begin_round(room, w->state_count);
    if (podium->wish->measures)
        w->lengths = (void *)buf_reserve(&room->lengths,
                                         MODE_COUNT * (size_t)w->state_count * sizeof *w->lengths);
}

void wave_seed(struct wave *w, enum mode mode, int32_t rank, uint32_t cost_ms, uint32_t length_cm)
{
    const uint32_t state = (uint32_t)mode * (uint32_t)w->state_count + (uint32_t)rank;
    struct label *label = (struct label *)(void *)w->room->labels.bytes + state;

    if (cost_ms > w->podium->bound_ms ||
        (label->round == w->room->round && label->cost_ms <= cost_ms))
        return;
    *label = (struct label){ .round = w->room->round, .cost_ms = cost_ms };
    if (w->lengths)
        w->lengths[state] = length_cm;
    put(w, (uint64_t)cost_ms << 32 | state);
}

/* floor(cost of the edge x rest / length), as network_part_ms. */
static uint32_t part_ms(const struct inward_arc *arc, uint32_t rest_cm)
{
    if (rest_cm == 0)
        return 0;
    if (arc->cost_ms >= NETWORK_COST_NEVER)
        return NETWORK_COST_NEVER;
    return (uint32_t)((uint64_t)arc->cost_ms * rest_cm / arc->length_cm);
}

/* Everyone on the segment of an edge who comes by it to where it arrives. */
static void offer_people(const struct wave *w, enum mode mode, const struct inward_arc *arc,
                         uint32_t cost_ms, uint32_t length_cm)
{
    const struct crowd_stands on = crowd_on(&w->view, (int32_t)(arc->edge >> 1));
    const uint64_t skills_all = w->filter.skills_all;

    if (on.count == 0 || (on.skills & skills_all) != skills_all || !(on.modes & 1u << mode))
        return;
    for (int32_t i = 0; i < on.count; i++) {
        const struct crowd_stand *s = &on.stands[i];

        if (s->mode != mode || !crowd_passes(&w->filter, s))
            continue;
        const uint32_t rest_cm = (arc->edge & 1) ? s->along_cm : arc->length_cm - s->along_cm;
        const uint32_t there_ms = network_add(cost_ms, part_ms(arc, rest_cm));

        if (there_ms <= w->podium->bound_ms)
            podium_offer(w->podium, (int32_t)s->slot, there_ms, length_cm + rest_cm);
    }
}

/* Most of the time of a search that soon ends is waiting for memory, so what an arc needs
 * is fetched for all arcs at once: of its segment, and of the state behind it. */
static void fetch(const struct wave *w, enum mode mode, const struct inward_arc *arc)
{
    const struct label *labels = (const void *)w->room->labels.bytes;
    const size_t state = (size_t)mode * (size_t)w->state_count + (size_t)arc->tail;

    __builtin_prefetch(&w->view.segments[arc->edge >> 1]);
    __builtin_prefetch(&labels[state], 1);
    if (w->lengths)
        __builtin_prefetch(&w->lengths[state], 1);
    __builtin_prefetch(&w->in[mode]->first[arc->tail]);
}

static void fetch_people(const struct wave *w, const struct inward_arc *arc)
{
    const struct crowd_stands on = crowd_on(&w->view, (int32_t)(arc->edge >> 1));

    if ((on.skills & w->filter.skills_all) == w->filter.skills_all)
        __builtin_prefetch(on.stands);
}

/* The arcs of the state that will probably be settled after this one. */
static void fetch_next(const struct wave *w)
{
    if (w->heap_count == 0)
        return;
    const uint32_t state = (uint32_t)heap_of(w)[0];
    const struct inward *in = w->in[state / (uint32_t)w->state_count];

    __builtin_prefetch(&in->arcs[in->first[state % (uint32_t)w->state_count]]);
}

static void settle(struct wave *w, enum mode mode, int32_t rank, uint32_t cost_ms)
{
    const struct inward *in = w->in[mode];

    const int32_t first = in->first[rank], end = in->first[rank + 1];
    const size_t state = (size_t)mode * (size_t)w->state_count + (size_t)rank;
    const uint32_t length_cm = w->lengths ? w->lengths[state] : 0;

    w->settled++;
    for (int32_t i = first; i < end; i++)
        fetch(w, mode, &in->arcs[i]);
    for (int32_t i = first; i < end; i++)
        fetch_people(w, &in->arcs[i]);
    for (int32_t i = first; i < end; i++) {
        const struct inward_arc *arc = &in->arcs[i];

        if (arc->arrives)
            offer_people(w, mode, arc, cost_ms, length_cm);
        if (arc->cost_ms < NETWORK_COST_NEVER)
            wave_seed(w, mode, arc->tail, network_add(cost_ms, arc->cost_ms),
                      length_cm + arc->length_cm);
    }
}

/* A state of the same cost as the last of k may still lead to somebody of a lower id. */
bool wave_run(struct wave *w, int64_t settle_max)
{
    const struct label *labels = (const void *)w->room->labels.bytes;

    for (int64_t left = settle_max; w->heap_count > 0; left--) {
        if (heap_of(w)[0] >> 32 > w->podium->bound_ms)
            return true;
        if (left <= 0)
            return false;
        const uint64_t top = heap_take(heap_of(w), &w->heap_count);
        const uint32_t state = (uint32_t)top;
        const uint32_t cost_ms = (uint32_t)(top >> 32);

        fetch_next(w);
        if (labels[state].cost_ms == cost_ms)
            settle(w, (enum mode)(state / (uint32_t)w->state_count),
                   (int32_t)(state % (uint32_t)w->state_count), cost_ms);
    }
    return true;
}
