/* Of all gaps only the first few are wanted, in some order: those that may be among them
 * are kept in a heap whose top is the last of them. */
#include "engine/gaps.h"

#include <assert.h>
#include <string.h>

#include "geo/base/buf.h"

const char *const GAPS_SORT_WORDS[GAPS_SORTS] = { "metre_hours", "length", "weight" };

struct gathering {
    const struct terrain *terrain;
    const struct gaps_wish *wish;
    int32_t most; /* one more than are shown, to know whether there are more */
    struct buf heap;
    struct gaps_found *out;
};

/* There is one in it at least. */
static struct gaps_one *heap_of(struct gathering *g)
{
    assert(g->heap.bytes);
    return (void *)g->heap.bytes;
}

static int64_t length_of(const struct gaps_one *gap)
{
    return (int64_t)gap->to_cm - gap->from_cm;
}

static int64_t rank_of(const struct gaps_one *gap, enum gaps_sort sort)
{
    switch (sort) {
    case GAPS_BY_METRE_HOURS:
        return length_of(gap) * (gap->gap_s < 0 ? 1 : gap->gap_s);
    case GAPS_BY_WEIGHT:
        return gap->weight;
    case GAPS_BY_LENGTH:
    case GAPS_SORTS:
        break;
    }
    return length_of(gap);
}

/* Whether one is listed before the other. */
static bool is_before(const struct gathering *g, const struct gaps_one *a, const struct gaps_one *b)
{
    const int64_t rank_a = rank_of(a, g->wish->sort), rank_b = rank_of(b, g->wish->sort);

    if (rank_a != rank_b)
        return rank_a > rank_b;
    return a->segment < b->segment || (a->segment == b->segment && a->from_cm < b->from_cm);
}

static void sink(struct gathering *g, int32_t count, struct gaps_one gap)
{
    struct gaps_one *heap = heap_of(g);
    int32_t i = 0;

    for (;;) {
        int32_t child = 2 * i + 1;

        if (child + 1 < count && is_before(g, &heap[child], &heap[child + 1]))
            child++;
        if (child >= count || !is_before(g, &gap, &heap[child]))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = gap;
}

static void keep(struct gathering *g, const struct gaps_one *gap)
{
    const int32_t count = (int32_t)(g->heap.size / sizeof *gap);
    int32_t i = count;

    if (count == g->most) {
        if (is_before(g, gap, &heap_of(g)[0]))
            sink(g, count, *gap);
        return;
    }
    buf_put(&g->heap, gap, sizeof *gap);
    struct gaps_one *heap = heap_of(g);

    while (i > 0 && is_before(g, &heap[(i - 1) / 2], gap)) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = *gap;
}

/* The last of the heap is taken off and put behind all others until they are in order. */
static void finish(struct gathering *g, struct arena *a)
{
    const int32_t count = (int32_t)(g->heap.size / sizeof(struct gaps_one));
    struct gaps_one *heap = count > 0 ? heap_of(g) : NULL;
    const int32_t offset = g->wish->offset < count ? g->wish->offset : count;
    const int32_t shown = count - offset < g->wish->limit ? count - offset : g->wish->limit;
    struct gaps_one *items = arena_take(a, (size_t)shown + 1, sizeof *items);

    for (int32_t left = count; left > 1; left--) {
        const struct gaps_one top = heap[0];

        sink(g, left - 1, heap[left - 1]);
        heap[left - 1] = top;
    }
    if (heap && shown > 0)
        memcpy(items, heap + offset, (size_t)shown * sizeof *items);
    g->out->items = items;
    g->out->count = shown;
    g->out->has_more = count > offset + shown;
    buf_free(&g->heap);
}

/* ------------------------------------------------------------------ which are wished for */

static bool is_in_box(const struct gathering *g, const struct gaps_one *gap)
{
    const struct spot middle = { gap->segment, gap->from_cm + (gap->to_cm - gap->from_cm) / 2 };

    return !g->wish->box ||
           box_holds(*g->wish->box, network_point(g->terrain->world->network, middle));
}

bool gaps_has_lot(const struct terrain *t, const struct gaps_wish *wish, int32_t lot)
{
    const struct plots_lot *l = &t->plots->lots[lot];

    if (!wish->orgs[l->org] || (wish->station >= 0 && l->station != wish->station))
        return false;
    for (int32_t i = 0; i < PLOTS_PROFILES && wish->cell >= 0; i++)
        if (l->cell[i] == wish->cell)
            return true;
    return wish->cell < 0;
}

static bool is_in_lot(const struct gathering *g, int32_t lot)
{
    return gaps_has_lot(g->terrain, g->wish, lot);
}

bool gaps_has_street(const struct terrain *t, const struct gaps_wish *wish, int32_t segment)
{
    return !wish->street || strstr(network_name(t->world->network, segment), wish->street) != NULL;
}

static void take(struct gathering *g, const struct gaps_one *gap)
{
    if (!is_in_box(g, gap))
        return;
    g->out->all_count++;
    g->out->length_cm += length_of(gap);
    g->out->weight += gap->weight;
    g->out->cm_s += gap->gap_s < 0 ? 0 : length_of(gap) * gap->gap_s;
    keep(g, gap);
}

static struct gathering start(const struct terrain *t, const struct gaps_wish *wish,
                              struct gaps_found *out)
{
    *out = (struct gaps_found){ 0 };
    return (struct gathering){
        .terrain = t, .wish = wish, .most = wish->offset + wish->limit + 1, .out = out
    };
}

/* ------------------------------------------------------------------ of now */

/* The first class that is wished for and holds; COVER_CLASS_COUNT: none. */
static enum cover_class class_of(uint32_t classes, int32_t state)
{
    for (enum cover_class class = 0; class < COVER_CLASS_COUNT; class ++)
        if ((classes & 1u << class) && cover_is(class, state))
            return class;
    return COVER_CLASS_COUNT;
}

static void add_missing(struct gathering *g, const struct cover_stretch *s)
{
    for (enum cover_class class = 0; class < COVER_CLASS_COUNT; class ++)
        if (cover_is(class, s->state))
            g->out->missing_cm[class] += (int64_t)s->to_cm - s->from_cm;
}

/* What follows on in the same lot and of the same class is one gap. */
static void along(struct gathering *g, const struct cover *c, int32_t segment)
{
    struct gaps_one run = { .class = COVER_CLASS_COUNT };
    struct cover_cursor cursor = { 0 };
    struct cover_stretch s;

    while (cover_next(c, segment, &cursor, &s)) {
        const enum cover_class class =
            is_in_lot(g, s.lot) ? class_of(g->wish->classes, s.state) : COVER_CLASS_COUNT;
        const int64_t weight = (int64_t)(s.to_cm - s.from_cm) * s.weight;

        if (is_in_lot(g, s.lot))
            add_missing(g, &s);
        if (class == run.class && s.lot == run.lot) {
            run.to_cm = s.to_cm;
            run.weight += weight;
            continue;
        }
        if (run.class < COVER_CLASS_COUNT)
            take(g, &run);
        run = (struct gaps_one){ segment, s.from_cm, s.to_cm, s.lot, class, weight, -1 };
    }
    if (run.class < COVER_CLASS_COUNT)
        take(g, &run);
}

void gaps_now(const struct coverage_view *v, const struct gaps_wish *wish, struct arena *a,
              struct gaps_found *out)
{
    struct gathering g = start(v->terrain, wish, out);

    for (int32_t i = 0; i < v->terrain->world->network->segment_count; i++)
        if (v->terrain->counts[i] && gaps_has_street(g.terrain, wish, i))
            along(&g, v->cover, i);
    finish(&g, a);
}

/* ------------------------------------------------------------------ of hours */

void gaps_book(const struct weeks_book *b, const struct gaps_wish *wish, struct arena *a,
               struct gaps_found *out)
{
    struct gathering g = start(b->terrain, wish, out);
    struct arena *own = arena_new();

    for (int32_t i = 0; i < b->terrain->world->network->segment_count; i++) {
        const struct slab_hole *holes = NULL;
        const int32_t count = b->terrain->counts[i] && gaps_has_street(g.terrain, wish, i)
                                  ? slab_holes(b->table, i, own, &holes)
                                  : 0;

        for (int32_t k = 0; k < count; k++) {
            const struct range_piece *p = &holes[k].piece;
            const int64_t gap_s = weeks_missing_s(b, &holes[k]);

            if (gap_s > 0 && is_in_lot(&g, holes[k].lot))
                take(&g, &(struct gaps_one){ i, p->from_cm, p->to_cm, holes[k].lot, b->class,
                                             (int64_t)(p->to_cm - p->from_cm) * holes[k].weight,
                                             gap_s });
        }
        arena_reset(own);
    }
    arena_free(own);
    finish(&g, a);
}

const struct terrain_area *gaps_cell(const struct terrain *t, const struct sight *sight,
                                     int32_t lot)
{
    for (int32_t i = 0; i < PLOTS_PROFILES; i++) {
        const int32_t place = t->plots->lots[lot].cell[i];

        assert(place == PLOTS_NO_CELL || t->cells);
        if (place != PLOTS_NO_CELL && sight_covers(sight, t->cells[place].org_id))
            return &t->cells[place];
    }
    return NULL;
}

const struct terrain_area *gaps_station(const struct terrain *t, const struct sight *sight,
                                        int32_t lot)
{
    const int32_t place = t->plots->lots[lot].station;

    return place != PLOTS_NO_STATION && sight_covers(sight, t->stations[place].org_id)
               ? &t->stations[place]
               : NULL;
}
