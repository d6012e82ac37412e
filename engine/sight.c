/* Scope, of people in memory. */
#include "engine/sight.h"

bool sight_covers(const struct sight *s, int64_t org_id)
{
    return s->everyone || (s->org_id && s->orgs && orgs_within(s->orgs, s->org_id, org_id));
}

int64_t sight_org(const struct sight *s, const struct live_person *person)
{
    if (sight_covers(s, person->org_id))
        return person->org_id;
    for (int32_t i = 0; i < person->further_count; i++)
        if (sight_covers(s, person->further[i]))
            return person->further[i];
    return 0;
}

bool sight_sees(const struct sight *s, const struct live_person *person)
{
    return s->everyone || (s->person_id && s->person_id == person->person_id) ||
           sight_org(s, person) != 0;
}

bool sight_lent(const struct sight *s, const struct live_person *person)
{
    return s->org_id && s->orgs &&
           orgs_lends(s->orgs, person->org_id, s->org_id, point_from_e7(person->fix.at));
}
