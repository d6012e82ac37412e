#ifndef ENGINE_ENDS_H
#define ENGINE_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/landmarks.h"
#include "engine/live.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* From where and to where a question about the way goes: places, and people, stations,
 * lookout points, sites and incidents by their ids, as spots on the streets. Nothing that
 * is known in memory is looked for on the streets again. */
enum ends_kind {
    ENDS_PLACE,
    ENDS_PERSON,
    ENDS_STATION,
    ENDS_LOOKOUT_POINT,
    ENDS_SITE,
    ENDS_INCIDENT,
    ENDS_KINDS
};

struct ends_wish {
    enum ends_kind kind;
    int64_t id;         /* of all but a place */
    struct point place; /* of a place, WGS 84 */
};

enum ends_state {
    ENDS_MISSING,  /* unknown, closed, or of somebody else: these look alike */
    ENDS_UNPLACED, /* a person who has no position now */
    ENDS_PLACED,
};

struct ends_one {
    enum ends_state state;
    struct point at;
    enum mode own_mode; /* a person's; MODE_COUNT: of anything else */
    uint32_t modes;     /* of those asked for, that have a street near: bits 1 << mode */
    /* A person's for another mode than hers: where she stands for her own, if that mode can
     * go everywhere from there. */
    struct spot spots[MODE_COUNT];
};

struct ends {
    const struct world *world; /* held, until ends_done */
    int32_t count;
    struct ends_one *all;
    int32_t unread; /* not in memory: ends_read may find them */
};

/* Who asks, and for which modes: spots of others are not looked for. Who goes by her own
 * mode comes to people of any other, so that without a mode all are looked for. */
struct ends_asker {
    struct live *live;
    struct landmarks *landmarks;
    const struct sight *sight;
    uint32_t modes; /* bits 1 << mode; 0: each person goes by her own */
};

/* What is known in memory; everything lives in the arena. False with NO_CITY_YET. */
bool ends_find(const struct ends_asker *asker, const struct ends_wish *wishes, int32_t count,
               struct arena *a, struct ends *out, struct fail *f);

/* Then, where `unread` is not 0, what `db` sees of the rest: incidents, and what was added
 * a moment ago. */
bool ends_read(const struct ends_asker *asker, struct db *db, const struct ends_wish *wishes,
               struct arena *a, struct ends *ends, struct fail *f);

void ends_done(struct ends *ends);

#endif
