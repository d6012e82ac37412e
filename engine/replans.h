#ifndef ENGINE_REPLANS_H
#define ENGINE_REPLANS_H

#include "engine/weeks.h"
#include "geo/cover/otherwise.h"

/* And if the plan were another? What of some planned hours would change if shifts were held
 * at other times, were cancelled or new, and lookout points came, went or moved; nothing is
 * changed. It comes to what a book of those hours says once all of it has been done. */
enum replans_kind {
    REPLANS_HOLD,   /* a shift is held from then to then; shift_id 0: a new one */
    REPLANS_CANCEL, /* a shift is not held */
    REPLANS_CLOSE,  /* a lookout point sees nothing */
    REPLANS_MOVE,   /* during its shifts it sees what it would from elsewhere */
    REPLANS_STAFF,  /* somebody is there all the time, though it be suspended */
    REPLANS_ADD,    /* a new lookout point with somebody there from then to then */
};

struct replans_change {
    enum replans_kind kind;
    int32_t lookout;        /* place in the terrain, of all but REPLANS_ADD */
    int64_t shift_id;       /* of that lookout point */
    struct stint time;      /* of REPLANS_HOLD and REPLANS_ADD */
    struct range_band seen; /* of REPLANS_MOVE and REPLANS_ADD */
};

/* One after the other; the places are of the terrain of the book. */
struct replans_candidate {
    const struct replans_change *changes;
    int32_t count;
    struct otherwise found; /* what would change */
};

/* The book is a plan and taken. Each candidate by itself; all in the arena. */
bool replans_try(struct weeks *w, const struct weeks_book *b, struct replans_candidate *candidates,
                 int32_t count, struct arena *a, struct fail *f);

#endif
