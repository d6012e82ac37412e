#ifndef GEO_COVER_SHEET_H
#define GEO_COVER_SHEET_H

#include "geo/road/range.h"

/* How many lie on each centimetre of street: one layer of what covers. Every source (a
 * lookout, a person) has pieces of streets, and the sheet knows for each segment how many
 * sources lie where, as steps. What it holds is told by the pieces of all sources alone, not
 * by the order in which they came. Belongs to one thread while it changes.
 *
 * 16 bytes a segment, 8 a step; of a source 4 bytes a whole segment and 12 any other piece. */
struct sheet;

/* The network must outlive the sheet. */
struct sheet *sheet_new(const struct network *n);
void sheet_free(struct sheet *s);
size_t sheet_bytes(const struct sheet *s);

/* Where the depth has changed, and by how much; never by 0. */
struct sheet_change {
    struct range_piece piece;
    int32_t by;
};

/* Replaces the pieces of a source, ascending and disjoint; none takes it away. Returns how
 * many changes there were; they stand until the next call on the sheet. */
int32_t sheet_put(struct sheet *s, int64_t source_id, const struct range_piece *pieces,
                  int32_t count, const struct sheet_change **changes);

/* The pieces a source has now, in the arena. */
int32_t sheet_pieces(const struct sheet *s, int64_t source_id, struct arena *a,
                     const struct range_piece **pieces);

/* From here on up to the next step or the segment's end. */
struct sheet_step {
    uint32_t from_cm;
    uint32_t depth;
};

/* Says how many lie on a segment, for whoever counts without sources: the steps ascend;
 * before the first nobody lies. A sheet is filled in one of the two ways. */
int32_t sheet_level(struct sheet *s, int32_t segment, const struct sheet_step *steps, int32_t count,
                    const struct sheet_change **changes);

/* The steps of a segment: no two that follow each other have the same depth. `depth` is what
 * lies before the first. Until the next change. */
struct sheet_row {
    uint32_t depth;
    int32_t count;
    const struct sheet_step *steps;
};
struct sheet_row sheet_row(const struct sheet *s, int32_t segment);

/* The same for the same sources, or the same depths, however they came. */
uint64_t sheet_hash(const struct sheet *s);

#endif
