#ifndef ENGINE_GAPS_H
#define ENGINE_GAPS_H

#include "engine/coverage.h"
#include "engine/sight.h"
#include "engine/weeks.h"
#include "geo/base/arena.h"
#include "geo/box.h"

/* The streets that are not covered, stretch by stretch: of now, or of hours that were worked
 * out. */
enum gaps_sort { GAPS_BY_METRE_HOURS, GAPS_BY_LENGTH, GAPS_BY_WEIGHT, GAPS_SORTS };

/* "metre_hours", "length", "weight". */
extern const char *const GAPS_SORT_WORDS[GAPS_SORTS];

enum {
    GAPS_FILE_MAX = 100000,  /* of one file */
    GAPS_DEPTH_MAX = 200000, /* offset and limit together */
};

struct gaps_wish {
    const bool *orgs;      /* by place in the terrain: whose streets */
    uint32_t classes;      /* bits 1 << enum cover_class; of hours that of the book */
    int32_t cell, station; /* of the terrain; -1: any */
    const char *street;    /* that is part of the name; NULL: any */
    const struct box *box; /* in which the middle of a gap lies; NULL: any */
    enum gaps_sort sort;   /* the most first, then by segment and place */
    int32_t offset, limit;
};

/* A stretch of one segment, in one lot, of one class: the first of those that hold of
 * what is missing (dark, unwatched, unreachable, thin). */
struct gaps_one {
    int32_t segment;
    uint32_t from_cm, to_cm;
    int32_t lot;
    enum cover_class class;
    int64_t weight; /* centimetre·thousandths */
    int64_t gap_s;  /* how long of the hours; -1: of now */
};

struct gaps_found {
    const struct gaps_one *items; /* those from offset on, at most limit */
    int32_t count;
    bool has_more;
    int64_t all_count; /* of those wished for, as the rest */
    int64_t length_cm;
    int64_t weight;
    int64_t cm_s;                          /* centimetre·seconds; of now 0 */
    int64_t missing_cm[COVER_CLASS_COUNT]; /* of now; each class with all that belongs to it */
};

/* Everything lives in the arena. The first within coverage_read, and at most so many
 * segments of a city as there are: it reads every street. */
void gaps_now(const struct coverage_view *v, const struct gaps_wish *wish, struct arena *a,
              struct gaps_found *out);
void gaps_book(const struct weeks_book *b, const struct gaps_wish *wish, struct arena *a,
               struct gaps_found *out);

/* Whether streets of a lot, and this street, are wished for. */
bool gaps_has_lot(const struct terrain *t, const struct gaps_wish *wish, int32_t lot);
bool gaps_has_street(const struct terrain *t, const struct gaps_wish *wish, int32_t segment);

/* The first of the grid cells of a lot that may be told; NULL: none. A street of hers may lie
 * in a cell of somebody else's, of which she is told nothing. */
const struct terrain_area *gaps_cell(const struct terrain *t, const struct sight *sight,
                                     int32_t lot);
/* Its station, on the same terms. */
const struct terrain_area *gaps_station(const struct terrain *t, const struct sight *sight,
                                        int32_t lot);

#endif
