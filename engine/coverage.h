#ifndef ENGINE_COVERAGE_H
#define ENGINE_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "engine/nodes.h"
#include "engine/terrain.h"
#include "engine/trail.h"
#include "geo/cover/cover.h"
#include "geo/cover/shares.h"

struct config;

/* Which streets are covered now: by lookout points that are staffed, by patrols that passed
 * lately, by people who can be there in time. A thread keeps it by looking, some times a
 * second, at what everybody else keeps: the terrain, the people in memory, the costs of the
 * streets, who has checked in, and where patrols walk. So nothing has to tell it anything,
 * every process comes to the same, and one that starts is right after its first look. It
 * lives through the absence of the database: lookout points then stay as they were.
 *
 * Times are seconds since COVERAGE_EPOCH_S, by the database's clock. */
#define COVERAGE_EPOCH_S INT64_C(1577836800) /* 2020-01-01T00:00:00Z */

enum {
    COVERAGE_LOOK_MS = 500,
    COVERAGE_SHARES = 3, /* limits beside reach_limit_s that figures name */
};
extern const int32_t COVERAGE_SHARES_S[COVERAGE_SHARES]; /* 60, 180, 300 */

struct coverage;

/* What it looks at; all of it must outlive it. */
struct coverage_sources {
    const struct config *config; /* reach_limit_s, reach_k */
    struct terrain_slot *terrains;
    struct live *live;
    struct trail *trail;
    struct nodes *nodes; /* of several processes the first one tells the events */
};

/* NULL when the database cannot be reached. */
struct coverage *coverage_open(const char *database, const struct coverage_sources *sources,
                               struct fail *f);
void coverage_close(struct coverage *c);

/* ------------------------------------------------------------------ reading */

/* What is covered, at one moment. */
struct coverage_view {
    const struct terrain *terrain; /* the cover is laid on its plots; its lookouts are those
                                    * that are looked at */
    const struct cover *cover;
    const struct shares *shares; /* by COVERAGE_SHARES_S; NULL: not known */
    bool is_reach_unknown;       /* of a moment: nobody knows who could have come */
    int64_t at_us;               /* of the last look, since 1970 */
    uint64_t version;            /* changes whenever anything else here does; across restarts */
};

/* Between these two it stays as it is: look briefly. False with NO_COVERAGE_YET before the
 * first look at a city, and then there is nothing to end. Any thread; not nested. */
bool coverage_read(struct coverage *c, struct coverage_view *out, struct fail *f);
void coverage_read_end(struct coverage *c);

/* Whether a lookout point is staffed; within reading. */
bool coverage_staffed(const struct coverage *c, int64_t lookout_point_id);

/* Waits for a look that begins after this call, five seconds at most; false when it took
 * longer. For tests, and for whoever has changed something and reads on. */
bool coverage_settle(struct coverage *c);

/* ------------------------------------------------------------------ and if? */

enum coverage_change_kind {
    COVERAGE_LOOKOUT, /* one sees these pieces; none: it is closed */
    COVERAGE_SEND,    /* somebody is sent away and cannot be sent any more */
    COVERAGE_POST,    /* somebody stands elsewhere and can be sent from there */
};

struct coverage_change {
    enum coverage_change_kind kind;
    int64_t id; /* the lookout point, or one of its own below 0 for a new one; the person */
    struct range_band seen;
    struct spot spot; /* of COVERAGE_POST, for her own mode */
};

/* What would change if all of them were so, one after the other. Laid on the plots of
 * `laid`; COVERAGE_MOVED_ON when the terrain has been laid anew since then. Whoever is not
 * among those who count changes nothing by being sent. In the arena. */
bool coverage_try(struct coverage *c, uint64_t laid, const struct coverage_change *changes,
                  int32_t count, struct arena *a, struct cover_trial *out, struct fail *f);

#endif
