#ifndef ENGINE_NEARBY_H
#define ENGINE_NEARBY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/live.h"
#include "engine/sight.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/nearest.h"
#include "geo/road/range.h"
#include "geo/road/route.h"

/* Who can be there first, and the way from here to there: the searches of
 * geo/road over the city as it is now. */
struct nearby_person {
    int64_t person_id;
    const char *name;
    enum mode mode;
    enum able_crew crew;
    int64_t org_id;     /* by which she was found: her home where that may be seen, else another */
    bool is_lent;       /* by mutual aid */
    uint32_t bars;      /* why she cannot be sent, bits of engine/able; 0: she can */
    uint32_t cost_ms;   /* by road from where she reported to be */
    uint32_t spread_ms; /* by which she may come sooner or later: her fix is old */
    struct point at;    /* where she reported to be */
    struct live_fix fix;
    int64_t fix_age_us;
    /* From her street to the place: known when she was met on the way, else by nearby_route,
     * which also draws it when asked to. */
    bool has_way;
    struct route route;
    struct spot stands, place; /* on the streets of `world` */
};

struct nearby_answer {
    const struct world *world; /* the searched one, held; nearby_done drops it */
    int32_t count;
    struct nearby_person *people; /* ascending by (cost_ms + spread_ms, person_id): who is
                                   * certainly there first */
    int32_t settled;
    bool gave_up; /* it would take longer than wish->search.effort_most; nobody is told of */
};

/* Who may be found. All of it is asked before anyone counts, so the k nearest are those
 * of the people who may be. */
struct nearby_wish {
    /* Without accept and self; `only` are the holders of the credentials asked for. */
    struct nearest_wish search;
    /* Whoever is seen is found, and whom a rule of mutual aid lends at her place. */
    const struct sight *sight;
    uint32_t roles;          /* has any of these, bits of nearby_role; 0: whatever */
    struct nearest_ids orgs; /* belongs to any of these or below; none: whatever */
    int32_t age_min;
    int64_t fix_age_max_us; /* nobody who reported longer ago; 0: whenever */
    bool unavailable;       /* those seen who cannot be sent, too, but nobody who is lent */
};

/* The roles of a membership: the words of the bits 0 to NEARBY_ROLES - 1. */
enum { NEARBY_ROLES = 6 };
extern const char *const NEARBY_ROLE_WORDS[NEARBY_ROLES];

/* Everything of the answer lives in the arena until nearby_done. The people and
 * the streets fit each other, whatever is imported meanwhile. False with
 * NO_CITY_YET, or NO_STREET_NEAR. */
bool nearby_find(struct live *l, const struct nearby_wish *wish, struct nearest_room *room,
                 struct arena *a, struct nearby_answer *out, struct fail *f);

/* Who on duty holds all of these kinds of credentials, as far as `db` may see. */
bool nearby_holders(struct db *db, const char *const *types, int32_t count, struct arena *a,
                    struct nearest_ids *out, struct fail *f);

/* What the type of an incident asks of whom is sent. INCIDENT_TYPE_UNKNOWN. */
struct nearby_rule {
    bool volunteers_allowed;
    int32_t age_min;
};
bool nearby_rule(struct db *db, const char *type, struct arena *a, struct nearby_rule *out,
                 struct fail *f);

/* Fills the routes of the first `count_max` people: undrawn, of those that are not known yet,
 * and only what they cost and how long they are. */
void nearby_route(struct nearby_answer *answer, int32_t count_max, bool drawn,
                  struct route_room *room, struct arena *a);

void nearby_done(struct nearby_answer *answer);

/* Which streets can be reached in time, with the costs of now. */
void nearby_range(const struct world *w, const struct range_wish *wish, struct range_room *room,
                  struct arena *a, struct range *out);

#endif
