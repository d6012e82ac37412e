#ifndef API_GAP_FILE_H
#define API_GAP_FILE_H

#include "engine/gaps.h"
#include "engine/remedies.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"

/* A list of gaps as a file: a row for each, with the same values as the JSON has. */
struct gap_file {
    struct sight sight; /* whose it is told */
    const struct terrain *terrain;
    const struct gaps_found *gaps;
    const struct remedies_one *remedies; /* of each gap; NULL: not known */
    int64_t at_us;                       /* when it was so */
    enum frame frame;                    /* of the lines; a GeoPackage is in WGS 84 always */
};

/* With a byte-order mark, the lines as WKT. */
bool gap_file_csv(const struct gap_file *file, struct buf *out, struct fail *f);
bool gap_file_gpkg(const struct gap_file *file, struct buf *out, struct fail *f);

/* The line of one of them, in the file's frame; in an arena of its own. */
bool gap_file_line(const struct gap_file *file, int32_t i, struct arena *a, struct figure *out,
                   struct fail *f);

#endif
