#include "geo/cover/walk.h"

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
    w->patrol_end_cm = visits_run(layers->visits, segment, at_cm, &w->is_patrolled);
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
        w->patrol_end_cm = visits_run(w->layers->visits, w->segment, at_cm, &w->is_patrolled);
    return true;
}
