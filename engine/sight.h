#ifndef ENGINE_SIGHT_H
#define ENGINE_SIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/live.h"
#include "engine/orgs.h"

/* Whom of the people in memory someone may see: the wall in front of everything that
 * is answered without the database. It is asked about each person as she is written
 * out. Zero sees nobody. */
struct sight {
    const struct orgs *orgs; /* readable as long as this is used */
    int64_t org_id;          /* acts for this organisation and all below it; 0: for none */
    int64_t person_id;       /* is this person, and sees herself; 0: is nobody */
    bool everyone;           /* the process itself */
};

/* Whether an organisation is hers or below hers. */
bool sight_covers(const struct sight *s, int64_t org_id);

/* Whether she is at home or a member in an organisation that is covered, or the one
 * who asks. */
bool sight_sees(const struct sight *s, const struct live_person *person);

/* The first of her organisations that is covered; 0: none. What an answer names. */
int64_t sight_org(const struct sight *s, const struct live_person *person);

/* Whether a rule of mutual aid lends her where she stands; person->fix.at is read. */
bool sight_lent(const struct sight *s, const struct live_person *person);

#endif
