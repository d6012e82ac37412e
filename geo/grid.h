#ifndef GEO_GRID_H
#define GEO_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/figure.h"
#include "geo/shape.h"

/* Cells of a patrol grid and their codes. */

/* How a cell's code is built.
 *   DB11-15    county 6, street 3, community 3, cell 3 digits (Beijing)
 *   CJT213-14  county 6, street 3, community 3, cell 2 digits
 *   CJT349-20  object 6, then as CJT213-14; communities from 601 are merged ones
 *   free       1 to 40 bytes of the city's own choice */
enum grid_profile {
    GRID_PROFILE_DB11,
    GRID_PROFILE_CJT213,
    GRID_PROFILE_CJT349,
    GRID_PROFILE_FREE,
    GRID_PROFILE_COUNT
};

enum { GRID_CODE_MAX = 40 };

struct grid_code {
    enum grid_profile profile;
    char text[GRID_CODE_MAX + 1];
    /* 0 where the profile has none. */
    int32_t object;
    int32_t county;
    int32_t street;
    int32_t community;
    int32_t cell;
    bool merged_community;
};

const char *grid_profile_word(enum grid_profile profile);
bool grid_profile_from_word(const char *word, enum grid_profile *out, struct fail *f);

/* Takes a code apart; false with GRID_CODE_MALFORMED, which says what of it is
 * wrong. */
bool grid_code_parse(enum grid_profile profile, const char *text, struct grid_code *out,
                     struct fail *f);

enum grid_kind { GRID_KIND_SQUARE, GRID_KIND_HEXAGON, GRID_KIND_COUNT };

const char *grid_kind_word(enum grid_kind kind); /* "square", "hexagon" */

enum {
    GRID_SIDE_MIN_M = 20,
    GRID_SIDE_MAX_M = 20000,
    GRID_CELL_MAX = 20000,
};

struct grid_plan {
    enum grid_kind kind;
    double side_m; /* of the square or the hexagon */
    enum grid_profile profile;
    const char *prefix; /* the code before the cell's own number */
    int32_t first_cell; /* its number, from 1 */
};

struct grid_cell {
    char code[GRID_CODE_MAX + 1];
    struct figure area; /* a MultiPolygon: the cell within the area */
};

/* Lays cells over an area and cuts them to it, numbered from west to east and,
 * row by row, from north to south. Between cells there is neither gap nor
 * overlap; at the area's edge, what is under a ten-thousandth of a cell is left
 * out. False with VALUE_OUT_OF_RANGE (side), GRID_TOO_MANY (cells, or more
 * than the code has numbers), GRID_CODE_MALFORMED (prefix), SHAPE_INVALID. */
bool grid_lay(struct arena *a, const struct grid_plan *plan, const struct figure *area,
              const struct grid_cell **cells, int32_t *cell_count, struct fail *f);

#endif
