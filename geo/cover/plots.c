/* All pieces are sorted by segment first; then each segment is cut at every end of every
 * piece on it, and of each stretch it is asked who holds it. Few pieces lie on a segment, so
 * looking through all of them for each stretch is cheaper than being clever. */
#include "geo/cover/plots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

/* A piece of an area. Of several on a metre the one with the lowest rank holds. */
struct holding {
    uint32_t from_cm, to_cm;
    int32_t profile; /* OF_ORG: of an organisation */
    int32_t rank;
    int32_t area; /* a cell or an organisation */
};

enum { OF_ORG = PLOTS_PROFILES, KINDS = PLOTS_PROFILES + 1, TABLE_FIRST = 1024, NONE = -1 };

struct laying {
    const struct plots_wish *wish;
    struct holding *holdings; /* by segment */
    int32_t *first;           /* [segment_count + 1] into them */
    int32_t *parent, *level;  /* of organisations */
    struct buf cuts;          /* uint32_t, of the segment at hand */
    struct buf plots;         /* struct plot */
    struct buf lots;          /* struct plots_lot */
    int32_t *table;           /* lots by what is in them */
    uint32_t table_size;
    int32_t weight;  /* the first weight that does not lie before */
    int32_t station; /* the first piece of a station that does not */
};

/* ------------------------------------------------------------------ lots */

static struct plots_lot *lot_at(const struct laying *l, int32_t lot)
{
    return (struct plots_lot *)(void *)l->lots.bytes + lot;
}

static uint32_t seek(const struct laying *l, const struct plots_lot *lot)
{
    const uint32_t mask = l->table_size - 1;
    uint64_t h = (uint64_t)lot->org + 1;
    uint32_t i;

    for (int32_t p = 0; p < PLOTS_PROFILES; p++)
        h = (h ^ (uint64_t)(lot->cell[p] + 1)) * 0x9e3779b97f4a7c15U;
    h = (h ^ (uint64_t)(lot->station + 1)) * 0x9e3779b97f4a7c15U;
    i = (uint32_t)(h >> 32) & mask;
    while (l->table[i] != NONE && memcmp(lot_at(l, l->table[i]), lot, sizeof *lot) != 0)
        i = (i + 1) & mask;
    return i;
}

static void widen(struct laying *l)
{
    const int32_t count = (int32_t)(l->lots.size / sizeof(struct plots_lot));

    free(l->table);
    l->table_size = l->table_size ? 2 * l->table_size : TABLE_FIRST;
    l->table = malloc(l->table_size * sizeof *l->table);
    if (!l->table)
        abort();
    memset(l->table, 0xff, l->table_size * sizeof *l->table);
    for (int32_t lot = 0; lot < count; lot++)
        l->table[seek(l, lot_at(l, lot))] = lot;
}

static int32_t lot_of(struct laying *l, const struct plots_lot *lot)
{
    const int32_t count = (int32_t)(l->lots.size / sizeof *lot);
    uint32_t i;

    if (2 * ((uint32_t)count + 1) > l->table_size)
        widen(l);
    i = seek(l, lot);
    if (l->table[i] == NONE) {
        buf_put(&l->lots, lot, sizeof *lot);
        l->table[i] = count;
    }
    return l->table[i];
}

/* ------------------------------------------------------------------ a segment */

static void cut(struct laying *l, uint32_t at_cm)
{
    buf_put(&l->cuts, &at_cm, sizeof at_cm);
}

static int by_place(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

static const struct plots_weight *weight_at(const struct laying *l, int32_t i, int32_t segment)
{
    const struct plots_weight *w = &l->wish->weights[i];

    return i < l->wish->weight_count && w->piece.segment == segment ? w : NULL;
}

static uint32_t weigh(const struct laying *l, int32_t segment, uint32_t at_cm)
{
    const struct plots_weight *w;

    for (int32_t i = l->weight; (w = weight_at(l, i, segment)); i++)
        if (w->piece.from_cm <= at_cm && at_cm < w->piece.to_cm)
            return w->weight;
    return l->wish->weight;
}

static const struct catchment_piece *station_at(const struct laying *l, int32_t i, int32_t segment)
{
    const struct catchment *all = l->wish->stations;
    const struct catchment_piece *p = all ? &all->pieces[i] : NULL;

    return p && i < all->count && p->piece.segment == segment ? p : NULL;
}

static int32_t nearest_station(const struct laying *l, int32_t segment, uint32_t at_cm)
{
    const struct catchment_piece *p;

    for (int32_t i = l->station; (p = station_at(l, i, segment)); i++)
        if (p->piece.from_cm <= at_cm && at_cm < p->piece.to_cm)
            return p->place;
    return PLOTS_NO_STATION;
}

/* Who holds the metre at a place. */
static struct plots_lot hold(const struct laying *l, int32_t segment, uint32_t at_cm)
{
    const struct holding *best[KINDS] = { NULL };
    struct plots_lot lot = { .org = NONE, .station = nearest_station(l, segment, at_cm) };

    for (int32_t i = l->first[segment]; i < l->first[segment + 1]; i++) {
        const struct holding *h = &l->holdings[i];

        if (h->from_cm <= at_cm && at_cm < h->to_cm &&
            (!best[h->profile] || h->rank < best[h->profile]->rank))
            best[h->profile] = h;
    }
    if (best[OF_ORG])
        lot.org = best[OF_ORG]->area;
    for (int32_t p = 0; p < PLOTS_PROFILES; p++) {
        lot.cell[p] = best[p] ? best[p]->area : PLOTS_NO_CELL;
        if (best[p] && lot.org == NONE)
            lot.org = l->wish->cells[best[p]->area].org;
    }
    if (lot.org == NONE)
        lot.org = 0;
    return lot;
}

static void put_plot(struct laying *l, bool is_first, struct plot plot)
{
    struct plot *before =
        is_first ? NULL : (struct plot *)(void *)(l->plots.bytes + l->plots.size) - 1;

    if (before && before->lot == plot.lot && before->weight == plot.weight)
        before->to_cm = plot.to_cm;
    else
        buf_put(&l->plots, &plot, sizeof plot);
}

static void lay_segment(struct laying *l, int32_t segment)
{
    const uint32_t length_cm = l->wish->network->length_cm[segment];
    const struct catchment_piece *station;
    const struct plots_weight *w;
    uint32_t from_cm = 0;
    const uint32_t *cuts;

    buf_clear(&l->cuts);
    cut(l, length_cm);
    for (int32_t i = l->first[segment]; i < l->first[segment + 1]; i++) {
        cut(l, l->holdings[i].from_cm);
        cut(l, l->holdings[i].to_cm);
    }
    for (int32_t i = l->weight; (w = weight_at(l, i, segment)); i++) {
        cut(l, w->piece.from_cm);
        cut(l, w->piece.to_cm);
    }
    for (int32_t i = l->station; (station = station_at(l, i, segment)); i++)
        cut(l, station->piece.to_cm);
    qsort(l->cuts.bytes, l->cuts.size / sizeof *cuts, sizeof *cuts, by_place);
    cuts = (const void *)l->cuts.bytes;
    for (size_t i = 0; i < l->cuts.size / sizeof *cuts; i++) {
        if (cuts[i] <= from_cm)
            continue;
        const struct plots_lot lot = hold(l, segment, from_cm);

        put_plot(l, from_cm == 0,
                 (struct plot){ cuts[i], lot_of(l, &lot), weigh(l, segment, from_cm) });
        from_cm = cuts[i];
    }
}

/* ------------------------------------------------------------------ all of them */

/* From the area `from` on. */
static void count_pieces(struct laying *l, const struct plots_area *areas, int32_t from,
                         int32_t count)
{
    for (int32_t i = from; i < count; i++)
        for (int32_t p = 0; p < areas[i].piece_count; p++)
            l->first[areas[i].pieces[p].segment + 1]++;
}

/* Moves first[s] up to where the next one begins. */
static void sort_pieces(struct laying *l, const struct plots_area *areas, int32_t from,
                        int32_t count)
{
    const bool is_orgs = areas == l->wish->orgs;

    for (int32_t i = from; i < count; i++) {
        struct holding h = { .profile = is_orgs ? OF_ORG : areas[i].profile,
                             .rank = is_orgs ? PLOTS_LEVELS - l->level[i] : i,
                             .area = i };

        for (int32_t p = 0; p < areas[i].piece_count; p++) {
            h.from_cm = areas[i].pieces[p].from_cm;
            h.to_cm = areas[i].pieces[p].to_cm;
            l->holdings[l->first[areas[i].pieces[p].segment]++] = h;
        }
    }
}

static void sort_holdings(struct laying *l, struct arena *a)
{
    const struct plots_wish *w = l->wish;
    const int32_t count = w->network->segment_count;

    l->first = arena_take(a, (size_t)count + 1, sizeof *l->first);
    count_pieces(l, w->cells, 0, w->cell_count);
    count_pieces(l, w->orgs, 1, w->org_count);
    for (int32_t s = 0; s < count; s++)
        l->first[s + 1] += l->first[s];
    l->holdings = arena_take(a, (size_t)l->first[count], sizeof *l->holdings);
    sort_pieces(l, w->cells, 0, w->cell_count);
    sort_pieces(l, w->orgs, 1, w->org_count);
    memmove(l->first + 1, l->first, (size_t)count * sizeof *l->first);
    l->first[0] = 0;
}

static void take_orgs(struct laying *l, struct arena *a)
{
    const struct plots_wish *w = l->wish;

    assert(w->org_count > 0);
    l->parent = arena_take(a, (size_t)w->org_count, sizeof *l->parent);
    l->level = arena_take(a, (size_t)w->org_count, sizeof *l->level);
    l->parent[0] = NONE;
    for (int32_t i = 1; i < w->org_count; i++) {
        l->parent[i] = w->orgs[i].org;
        assert(l->parent[i] >= 0 && l->parent[i] < i);
        l->level[i] = l->level[l->parent[i]] + 1;
        assert(l->level[i] < PLOTS_LEVELS);
    }
}

static void check_cells(const struct plots_wish *w)
{
    for (int32_t i = 0; i < w->cell_count; i++) {
        assert(w->cells[i].profile >= 0 && w->cells[i].profile < PLOTS_PROFILES);
        assert(w->cells[i].org >= 0 && w->cells[i].org < w->org_count);
    }
}

static void *keep(struct arena *a, struct buf *b, size_t size)
{
    void *copy = arena_take(a, b->size / size, size);

    if (b->size > 0)
        memcpy(copy, b->bytes, b->size);
    buf_free(b);
    return copy;
}

const struct plots *plots_lay(const struct plots_wish *wish, struct arena *a)
{
    const int32_t count = wish->network->segment_count;
    struct arena *scratch = arena_new();
    struct laying l = { .wish = wish };
    struct plots *out = arena_take(a, 1, sizeof *out);
    int32_t *first = arena_take(a, (size_t)count + 1, sizeof *first);

    take_orgs(&l, a);
    check_cells(wish);
    sort_holdings(&l, scratch);
    for (int32_t s = 0; s < count; s++) {
        while (l.weight < wish->weight_count && wish->weights[l.weight].piece.segment < s)
            l.weight++;
        while (wish->stations && l.station < wish->stations->count &&
               wish->stations->pieces[l.station].piece.segment < s)
            l.station++;
        if (wish->counts[s])
            lay_segment(&l, s);
        first[s + 1] = (int32_t)(l.plots.size / sizeof(struct plot));
    }
    out->segment_count = count;
    out->lot_count = (int32_t)(l.lots.size / sizeof(struct plots_lot));
    out->cell_count = wish->cell_count;
    out->org_count = wish->org_count;
    out->station_count = wish->station_count;
    out->first = first;
    out->org_parent = l.parent;
    out->org_level = l.level;
    out->plots = keep(a, &l.plots, sizeof(struct plot));
    out->lots = keep(a, &l.lots, sizeof(struct plots_lot));
    buf_free(&l.cuts);
    free(l.table);
    arena_free(scratch);
    return out;
}
