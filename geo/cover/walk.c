#include "geo/cover/walk.h"

#include <assert.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void pass_steps(struct sheet_row *row, uint32_t at_cm)
{
    while (row->count > 0 && row->steps->from_cm <= at_cm) {
        row->depth = row->steps->depth;
        row->steps++;
        row->count--;
    }
}

/* Up to where it stays as it is from at_cm on. */
static void find_patrols(struct walk *w, uint32_t at_cm)
{
    const struct walk_layers *l = w->layers;

    if (!l->patrols) {
        w->patrol_end_cm = visits_run(l->visits, w->segment, at_cm, &w->is_patrolled);
        return;
    }
    struct sheet_row row = sheet_row(l->patrols, w->segment);

    pass_steps(&row, at_cm);
    w->is_patrolled = row.depth > 0;
    w->patrol_end_cm = row.count > 0 ? row.steps->from_cm : UINT32_MAX;
}

bool walk_start(struct walk *w, const struct walk_layers *layers, int32_t segment, uint32_t at_cm)
{
    const struct plots *p = layers->plots;

    w->layers = layers;
    w->segment = segment;
    w->at_cm = at_cm;
    w->plot = p->plots + p->first[segment];
    w->plots_end = p->plots + p->first[segment + 1];
    while (w->plot < w->plots_end && w->plot->to_cm <= at_cm)
        w->plot++;
    if (w->plot == w->plots_end)
        return false;
    w->lookouts = sheet_row(layers->lookouts, segment);
    w->people = sheet_row(layers->people, segment);
    pass_steps(&w->lookouts, at_cm);
    pass_steps(&w->people, at_cm);
    find_patrols(w, at_cm);
    return true;
}

static uint32_t row_end(const struct sheet_row *row, uint32_t end_cm)
{
    return row->count > 0 ? least(end_cm, row->steps->from_cm) : end_cm;
}

struct cover_stretch walk_told(const struct walk *w, uint32_t end_cm)
{
    const uint32_t to_cm = least(least(end_cm, w->plot->to_cm), w->patrol_end_cm);

    return (struct cover_stretch){
        .from_cm = w->at_cm,
        .to_cm = row_end(&w->lookouts, row_end(&w->people, to_cm)),
        .lot = w->plot->lot,
        .weight = w->plot->weight,
        .lookouts = w->lookouts.depth,
        .people = w->people.depth,
        .state = walk_state(w->layers, w->lookouts.depth, w->is_patrolled, w->people.depth),
    };
}

bool walk_on(struct walk *w, uint32_t at_cm)
{
    w->at_cm = at_cm;
    if (w->plot->to_cm <= at_cm && ++w->plot == w->plots_end)
        return false;
    pass_steps(&w->lookouts, at_cm);
    pass_steps(&w->people, at_cm);
    if (w->patrol_end_cm <= at_cm)
        find_patrols(w, at_cm);
    return true;
}

/* ------------------------------------------------------------------ the longest gaps */

/* How long the gap is that a walk is in, in each place that has it. */
struct gap {
    int32_t org[PLOTS_LEVELS]; /* of the stretch before, and those above it */
    uint32_t org_cm[PLOTS_LEVELS];
    int32_t cell[PLOTS_PROFILES];
    uint32_t cell_cm[PLOTS_PROFILES];
    int32_t station;
    uint32_t station_cm;
};

static const struct gap NO_GAP = {
    .org = { -1, -1, -1, -1, -1, -1, -1, -1 },
    .cell = { PLOTS_NO_CELL, PLOTS_NO_CELL, PLOTS_NO_CELL, PLOTS_NO_CELL },
    .station = PLOTS_NO_STATION,
};

static_assert(PLOTS_LEVELS == 8 && PLOTS_PROFILES == 4, "all of NO_GAP is filled");

static void lengthen(uint32_t *longest_cm, uint32_t cm)
{
    *longest_cm = *longest_cm > cm ? *longest_cm : cm;
}

/* The gap goes on for so many centimetres of a lot. */
static void measure_gap(const struct plots *p, struct cover_roll *out, struct gap *gap,
                        const struct plots_lot *lot, uint32_t cm)
{
    for (int32_t level = p->org_level[lot->org] + 1; level < PLOTS_LEVELS; level++)
        gap->org[level] = -1;
    for (int32_t org = lot->org; org >= 0; org = p->org_parent[org]) {
        const int32_t level = p->org_level[org];

        gap->org_cm[level] = cm + (gap->org[level] == org ? gap->org_cm[level] : 0);
        gap->org[level] = org;
        lengthen(&out->orgs[org].longest_cm, gap->org_cm[level]);
    }
    for (int32_t i = 0; i < PLOTS_PROFILES; i++) {
        gap->cell_cm[i] = cm + (gap->cell[i] == lot->cell[i] ? gap->cell_cm[i] : 0);
        gap->cell[i] = lot->cell[i];
        if (lot->cell[i] != PLOTS_NO_CELL)
            lengthen(&out->cells[lot->cell[i]].longest_cm, gap->cell_cm[i]);
    }
    gap->station_cm = cm + (gap->station == lot->station ? gap->station_cm : 0);
    gap->station = lot->station;
    if (lot->station != PLOTS_NO_STATION)
        lengthen(&out->stations[lot->station].longest_cm, gap->station_cm);
}

/* What follows on in one lot is measured at once. */
static void measure_segment(const struct walk_layers *l, int32_t segment, struct cover_roll *out)
{
    const struct plots *p = l->plots;
    struct gap gap = NO_GAP;
    struct cover_stretch s;
    int32_t lot = 0;
    uint32_t open_cm = 0; /* of the lot, not measured yet */
    struct walk w;

    if (!walk_start(&w, l, segment, 0))
        return;
    do {
        s = walk_told(&w, UINT32_MAX);
        const bool is_gap = cover_is(COVER_UNWATCHED, s.state);

        if (open_cm > 0 && (!is_gap || s.lot != lot)) {
            measure_gap(p, out, &gap, &p->lots[lot], open_cm);
            open_cm = 0;
            if (!is_gap)
                gap = NO_GAP;
        }
        lot = s.lot;
        open_cm += is_gap ? s.to_cm - s.from_cm : 0;
    } while (walk_on(&w, s.to_cm));
    if (open_cm > 0)
        measure_gap(p, out, &gap, &p->lots[lot], open_cm);
}

void walk_gaps(const struct walk_layers *l, struct cover_roll *out)
{
    for (int32_t segment = 0; segment < l->plots->segment_count; segment++)
        measure_segment(l, segment, out);
}
