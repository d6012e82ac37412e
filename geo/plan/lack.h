#ifndef GEO_PLAN_LACK_H
#define GEO_PLAN_LACK_H

#include "geo/plan/mobilise.h"

/* Why places of a best plan stay empty, slot by slot: how many people each rule leaves, which
 * rule it is that leaves too few, and what would have to be otherwise for one place more to
 * be filled. */

/* The rules in the order in which they are looked at. */
enum lack_rule {
    LACK_ORG,    /* who is of the organisation that may come */
    LACK_SKILLS, /* of these, who knows what is needed */
    LACK_FREE,   /* of these, who has time, and has not declined */
    LACK_RESTED, /* of these, who has had and will have rest */
    LACK_TRAVEL, /* of these, who is near enough */
    LACK_FLOORS, /* there are enough, but they are kept at home */
    LACK_WANTED, /* there are enough, but they are at places that weigh as much or more */
    LACK_RULES
};

/* "org", "skills", and so on. */
const char *lack_word(enum lack_rule rule);

struct lack {
    int32_t slot, missing;
    enum lack_rule why;
    int32_t left[LACK_FLOORS]; /* how many people the rules up to this one leave */
    /* The nearest way out over distance: whoever is not needed elsewhere and is too far only,
     * would have to travel so much longer than she is asked to. Then one place more is
     * filled; -1 when there is nobody. */
    int32_t longer_s, longer_person;
    /* The nearest way out over a floor: if one person less were kept in this home, one place
     * more would be filled; -1 when no floor stands in the way. */
    int32_t home;
    /* All slots that compete for the same people, with this one: how many, what they want
     * together, how many people there are who can come to any of them, and how many of
     * these are kept at home. */
    int32_t rivals, rivals_want, rivals_people, rivals_kept;
};

/* Of every slot with missing people, in the order of slots. The plan must have been run to
 * its end. */
int32_t lack_list(const struct mobilise *m, struct arena *a, const struct lack **out);

#endif
