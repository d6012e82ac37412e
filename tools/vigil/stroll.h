#ifndef TOOLS_VIGIL_STROLL_H
#define TOOLS_VIGIL_STROLL_H

#include "geo/road/network.h"
#include "geo/road/snap.h"
#include "tools/vigil/chance.h"

/* One made-up person under way on the streets: she follows a street, turns at
 * junctions, seldom turns back, and stands still now and then. */
struct stroll {
    enum mode mode;
    int32_t edge;        /* where she is */
    double done;         /* of the edge, 0 to 1 */
    double speed;        /* of the mode's: 0.7 to 1.2 */
    int64_t standing_us; /* until then; steady time */
    int64_t at_us;       /* the moment that this is true of */
    struct chance chance;
};

/* Somewhere on a street that the mode may use; false when there is none. */
bool stroll_start(struct stroll *w, const struct network *n, enum mode mode, struct chance chance,
                  int64_t now_us);

/* Moves her on to this moment. */
void stroll_on(struct stroll *w, const struct network *n, int64_t now_us);

/* Where she is, and metres a second. */
struct point stroll_place(const struct stroll *w, const struct network *n);
double stroll_speed_mps(const struct stroll *w, const struct network *n);

#endif
