#ifndef TESTS_SUPPORT_STROLL_H
#define TESTS_SUPPORT_STROLL_H

#include "geo/track.h"
#include "tests/support/parts_of_streets.h"
#include "tests/support/town.h"

/* Somebody who walks along streets and stands about, and what her phone says of it: fixes
 * that are off by 15 m (standard deviation, east and north each), one in twenty 100 m to
 * 1 km elsewhere. */

/* How the phones report. */
struct stroll_manner {
    const char *name;
    double every_s, silence_s; /* one in eight fixes comes after silence_s */
    double kmh;                /* 0: on foot */
    double lift_kmh;           /* so fast for STROLL_LIFT_S, now and then; 0: never */
    double late_s;             /* each comes up to so much late, or early */
};

enum { STROLL_FIXES_MAX = 20000, STROLL_LIFT_S = 80 };

struct stroll {
    const struct network *n;
    struct town_dice dice;
    struct track_fix *fixes; /* the caller's: STROLL_FIXES_MAX */
    int32_t fix_count;
    struct parts_of_streets truth, ridden; /* walked; and ridden, of a manner with lifts */
};

/* Above 0, below 1. */
double stroll_chance(struct stroll *s);

/* Where an edge begins. */
struct spot stroll_begin(const struct network *n, int32_t edge);

/* Walks all of these edges, which are joined, once: fills what is told above anew. */
void stroll_walk(struct stroll *s, const int32_t *edges, int32_t count,
                 const struct stroll_manner *m);

#endif
