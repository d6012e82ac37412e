#ifndef GEO_PLAN_CHOSEN_H
#define GEO_PLAN_CHOSEN_H

#include "geo/plan/siting.h"

/* A choice of sites that is changed in place, with what every change of one site would bring.
 * Putting in or taking out costs the links of the classes whose worth changes; asking for the
 * best swap costs the classes of the one site. It belongs to one thread. */
enum { CHOSEN_NONE = -1 };

/* The chosen sites of a group, and the one of them that is worth least. */
struct chosen_party {
    int32_t first; /* linked by next and before */
    int32_t count;
    int32_t weakest;
    int64_t known_at; /* the change after which weakest was found */
};

struct chosen {
    const struct siting *s;
    int32_t *times; /* of classes: how many chosen sites cover it */
    uint32_t *sum;  /* and the sum of their numbers: with one of them, which */
    int64_t *gain, *loss;
    bool *is_open;
    int32_t *blocked;             /* of sites: how many chosen ones are too close */
    struct chosen_party *parties; /* of groups; the last one is of all */
    int32_t *next, *before;
    int32_t *open, *open_at;
    int32_t open_count;
    int64_t value, change;
    int64_t *saved; /* scratch of a search for a partner */
    int32_t *touched;
    int32_t touched_count;
};

/* Begins with nothing chosen. Everything lives in the arena. */
void chosen_begin(struct chosen *c, const struct siting *s, struct arena *a);

void chosen_put(struct chosen *c, int32_t site);
void chosen_drop(struct chosen *c, int32_t site);

/* Which chosen site goes best for this one, if that gains anything; else CHOSEN_NONE. */
int32_t chosen_partner(struct chosen *c, int32_t in);

/* Whether the rules let it be put in as things are. */
bool chosen_has_room(const struct chosen *c, int32_t site);

#endif
