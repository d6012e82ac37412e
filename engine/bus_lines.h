#ifndef ENGINE_BUS_LINES_H
#define ENGINE_BUS_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/live.h"
#include "engine/positions.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/figure.h"

/* Lines of buses, and the crews that drive along on them. A bus sees only what it passes
 * slowly: it counts as eyes at or near its stops (LIVE_AT_STOP) and nowhere else; away
 * from its path it is flagged (LIVE_OFF_LINE), and stays believed. A crew's line is the
 * code of the person, or of the bus crew that she is of. A taxi has no line: whether a
 * fare has it is said by its crew or its terminal (engine/duty), and then it is not sent.
 *
 * As a stage of positions it flags the fixes of crews before they are written; what lines
 * there are it reads from the database about every two seconds. */
struct bus_lines;

struct bus_lines *bus_lines_new(void);
void bus_lines_free(struct bus_lines *b);

struct positions_stage bus_lines_stage(struct bus_lines *b);
/* For engine_every_tick. */
void bus_lines_tick(void *self, struct db *db);
/* The same, saying whether it could be done. */
bool bus_lines_follow(struct bus_lines *b, struct db *db, struct fail *f);

/* Whose crew drives on the line of this code: their ids, in order. */
int32_t bus_lines_crew(struct bus_lines *b, const char *code, struct arena *a, int64_t **out);

/* ------------------------------------------------------------------ keeping lines */

enum {
    BUS_LINES_CODE_MAX = 40,     /* bytes */
    BUS_LINES_NAME_MAX = 200,    /* bytes, of a line and of a stop */
    BUS_LINES_POINTS_MAX = 5000, /* of a path */
    BUS_LINES_STOPS_MAX = 300,
    BUS_LINES_NEAR_MIN = 10, /* metres */
    BUS_LINES_NEAR_MAX = 500,
    BUS_LINES_NEAR_USUAL = 60,
    BUS_LINES_OFF_MIN = 20,
    BUS_LINES_OFF_MAX = 2000,
    BUS_LINES_OFF_USUAL = 150,
};

struct bus_lines_one {
    int64_t bus_line_id;
    int64_t org_id;
    int64_t version;
    const char *code;
    const char *name;
    const struct figure *path;  /* lines; NULL in a change: as it was */
    const struct figure *stops; /* points, with as many names; NULL likewise */
    const char *const *stop_names;
    int64_t near_m; /* that close is at a stop */
    int64_t off_m;  /* further from the path is off the line */
};

/* Within the caller's transaction and scope. REFERENCE_UNKNOWN of the organisation,
 * CODE_TAKEN in the whole city. */
bool bus_lines_add(struct db *db, const struct bus_lines_one *one, struct arena *a, struct fail *f);
/* An open one, for a change; without its course. NOT_FOUND. */
bool bus_lines_get(struct db *db, int64_t bus_line_id, struct arena *a, struct bus_lines_one *out,
                   struct fail *f);
/* Writes it where one->version is still the row's, or 0. VERSION_STALE. */
bool bus_lines_change(struct db *db, const struct bus_lines_one *one, struct arena *a,
                      struct fail *f);
bool bus_lines_close(struct db *db, int64_t bus_line_id, struct arena *a, struct fail *f);

#endif
