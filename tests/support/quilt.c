#include "tests/support/quilt.h"

#include <string.h>

enum { CELLS = 12, ORGS = 7, STATIONS = 5, WHOLE_ONE_IN = 3, UNCOUNTED_ONE_IN = 8, WEIGHT = 1000 };

static uint32_t some_cm(struct town_dice *dice, uint32_t low_cm, uint32_t high_cm)
{
    return low_cm + (uint32_t)town_pick(dice, (int32_t)(high_cm - low_cm + 1));
}

int32_t quilt_pieces(struct town_dice *dice, const struct network *n, int32_t one_in,
                     struct arena *a, const struct range_piece **pieces)
{
    struct range_piece *out = arena_take(a, (size_t)n->segment_count * 2, sizeof *out);
    int32_t count = 0;

    for (int32_t s = 0; s < n->segment_count; s++) {
        const uint32_t length_cm = n->length_cm[s];
        uint32_t at_cm = 0;

        if (town_pick(dice, one_in) > 0)
            continue;
        if (town_pick(dice, WHOLE_ONE_IN) == 0) {
            out[count++] = (struct range_piece){ s, 0, length_cm };
            continue;
        }
        for (int32_t i = 0; i <= town_pick(dice, 2); i++) {
            const uint32_t from_cm = some_cm(dice, at_cm, length_cm);
            const uint32_t to_cm = some_cm(dice, from_cm, length_cm);

            if (from_cm < to_cm)
                out[count++] = (struct range_piece){ s, from_cm, to_cm };
            at_cm = to_cm;
        }
    }
    *pieces = out;
    return count;
}

static const struct catchment *lay_stations(struct town_dice *dice, const struct network *n,
                                            struct arena *a)
{
    struct catchment *out = arena_take(a, 1, sizeof *out);
    uint8_t *walks = arena_take(a, (size_t)n->segment_count, 1);
    struct spot places[STATIONS];
    const struct catchment_wish wish = { n, walks, places, STATIONS };

    memset(walks, 1, (size_t)n->segment_count);
    for (int32_t i = 0; i < STATIONS; i++)
        places[i] = town_spot(dice, n);
    catchment_find(&wish, a, out);
    return out;
}

const struct plots *quilt_plots(struct town_dice *dice, const struct network *n, struct arena *a)
{
    struct plots_area *cells = arena_take(a, CELLS, sizeof *cells);
    struct plots_area *orgs = arena_take(a, ORGS, sizeof *orgs);
    uint8_t *counts = arena_take(a, (size_t)n->segment_count, sizeof *counts);
    const struct range_piece *heavy;
    const int32_t weight_count = quilt_pieces(dice, n, 5, a, &heavy);
    struct plots_weight *weights = arena_take(a, (size_t)weight_count, sizeof *weights);
    struct plots_wish wish = { .network = n,
                               .counts = counts,
                               .cells = cells,
                               .cell_count = CELLS,
                               .orgs = orgs,
                               .org_count = ORGS,
                               .weights = weights,
                               .weight_count = weight_count,
                               .weight = WEIGHT,
                               .stations = lay_stations(dice, n, a),
                               .station_count = STATIONS };

    for (int32_t i = 0; i < CELLS; i++) {
        cells[i].profile = i % 2;
        cells[i].org = town_pick(dice, ORGS);
        cells[i].piece_count = quilt_pieces(dice, n, 6, a, &cells[i].pieces);
    }
    orgs[0].org = -1;
    for (int32_t i = 1; i < ORGS; i++) {
        orgs[i].org = (i - 1) / 2;
        orgs[i].piece_count = quilt_pieces(dice, n, 4, a, &orgs[i].pieces);
    }
    for (int32_t i = 0; i < weight_count; i++)
        weights[i] = (struct plots_weight){ heavy[i], (uint32_t)town_pick(dice, 9 * WEIGHT) };
    for (int32_t s = 0; s < n->segment_count; s++)
        counts[s] = town_pick(dice, UNCOUNTED_ONE_IN) > 0;
    return plots_lay(&wish, a);
}
