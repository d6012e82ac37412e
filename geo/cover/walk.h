#ifndef GEO_COVER_WALK_H
#define GEO_COVER_WALK_H

#include "geo/cover/cover.h"
#include "geo/cover/sheet.h"

/* Along a segment, stretch by stretch: a stretch is what lies between two places where any of
 * the layers or the plot changes. */
struct walk_layers {
    const struct plots *plots;
    struct sheet *lookouts;
    struct sheet *people;
    struct visits *visits; /* NULL: patrols are told */
    struct sheet *patrols; /* NULL: they follow from visits */
    uint32_t reach_k;
};

/* What the layers say from at_cm on. */
struct walk {
    const struct walk_layers *layers;
    int32_t segment;
    uint32_t at_cm;
    const struct plot *plot, *plots_end;
    struct sheet_row lookouts, people; /* the steps that are still to come */
    bool is_patrolled;
    uint32_t patrol_end_cm;
};

/* False where the segment does not count or ends. */
bool walk_start(struct walk *w, const struct walk_layers *layers, int32_t segment, uint32_t at_cm);

/* The stretch at hand, at most up to end_cm. */
struct cover_stretch walk_told(const struct walk *w, uint32_t end_cm);

/* Behind the stretch; false at the end of the segment. */
bool walk_on(struct walk *w, uint32_t at_cm);

/* How long a place is unwatched without a break at most: of each place of the roll. */
void walk_gaps(const struct walk_layers *layers, struct cover_roll *out);

/* The state of what so many lie on. */
static inline uint8_t walk_state(const struct walk_layers *l, uint32_t lookouts, bool is_patrolled,
                                 uint32_t people)
{
    return (uint8_t)((lookouts > 0 ? COVER_LOOKOUT : 0) | (is_patrolled ? COVER_PATROL : 0) |
                     (people >= l->reach_k ? COVER_REACH : 0) |
                     (lookouts + is_patrolled + people == 1 ? COVER_ALONE : 0));
}

#endif
