#ifndef GEO_ROAD_ODD_H
#define GEO_ROAD_ODD_H

#include "geo/base/arena.h"
#include "geo/road/network.h"

/* Streets about which the map is probably wrong: somebody should look at them. */
enum odd_kind {
    ODD_FAST,  /* a posted limit above what such a street has anywhere */
    ODD_SLOW,  /* a posted limit at walking pace on a street for through traffic */
    ODD_LONG,  /* far between two junctions, and no ferry */
    ODD_DRAWN, /* drawn much longer or shorter than it says it is */
    ODD_KINDS,
};

enum {
    ODD_FAST_KMH = 90,          /* above it, on residential streets and all that are narrower */
    ODD_SLOW_KMH = 10,          /* below it, on tertiary streets and all that are wider */
    ODD_LONG_KM = 30,           /* above it */
    ODD_DRAWN_THOUSANDTHS = 20, /* the length and its drawing differ by more, */
    ODD_DRAWN_CM = 200,         /* and by more than this */
};

/* "fast", "slow", "long", "drawn". */
const char *odd_word(enum odd_kind kind);

struct odd {
    int32_t segment;
    enum odd_kind kind;
    double value; /* kilometres an hour, or metres: the length, or those of the drawing */
};

/* All of them, ascending by segment and kind, in the arena. */
int32_t odd_find(const struct network *n, struct arena *a, const struct odd **out);

#endif
