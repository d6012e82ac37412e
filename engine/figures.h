#ifndef ENGINE_FIGURES_H
#define ENGINE_FIGURES_H

#include "engine/coverage.h"
#include "geo/base/arena.h"
#include "geo/base/emit.h"

/* What is told of the coverage of a place: of the city, an organisation with all below it,
 * a grid cell, a station or a street. */
struct figures {
    struct cover_figure length_cm;
    struct cover_figure weight; /* centimetres times thousandths */
    int64_t longest_cm;         /* unwatched without a break; -1: not known */
    bool is_reach_unknown;      /* of a past moment, or a plan: reached, dark, … are not told */
    bool has_shares;
    int64_t share_cm[COVERAGE_SHARES]; /* reached within COVERAGE_SHARES_S */
};

/* Of an organisation with all below it, by its place in the terrain: of 0 the city; of none
 * nothing. Reads no street, so that the longest gap is not known. */
void figures_below(const struct coverage_view *v, int32_t org, struct figures *out);

/* Of every cell, organisation and station, by their places in the terrain: reads every street. In
 * the arena. */
struct figures_roll {
    const struct figures *cells;
    const struct figures *orgs;
    const struct figures *stations;
};
void figures_roll(const struct coverage_view *v, struct arena *a, struct figures_roll *out);

/* Of sums alone, without shares; and without the longest gap. */
void figures_of(const struct cover_place *place, struct figures *out);
void figures_of_sums(const struct cover_sums *sums, struct figures *out);

/* As members of an object that is open: length_m, lookout_m, … */
void figures_write(struct emit *e, const struct figures *f);

#endif
