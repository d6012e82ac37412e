#ifndef ENGINE_OPENINGS_H
#define ENGINE_OPENINGS_H

#include "engine/jobs.h"

/* The job "area_gaps": what no lookout point sees of each grid cell and each district of an
 * organisation in one hour, by the plan or as it was, as polygons (geo/cover/areas). A
 * lookout point sees past the buildings of the current import; it counts when it is staffed
 * at any moment of the hour. For the map: streets are counted along themselves, never
 * by area. */
enum {
    OPENINGS_AREAS_MAX = 10000,
    OPENINGS_BYTES_MAX = JOBS_RESULT_MAX * 2 / 3, /* of what is drawn; the rest is told in
                                                     square metres alone */
};

/* The wish is that of a week: {"of": "plan" | "actual", "from": a whole hour}. */
bool openings_check(const struct input *wish, struct fail *f);
bool openings_run(struct job *job, const char **result, struct fail *f);

#endif
