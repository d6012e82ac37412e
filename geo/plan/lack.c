/* The people who could come to a slot are at other slots, or kept at home. Whoever is at another
 * slot could come if somebody could take her place there, and so on: what is found on this
 * way is the set of slots that want more than all who could come to any of them (Hall's
 * condition, turned around). */
#include "geo/plan/lack.h"

#include <string.h>

static const char *const WORDS[LACK_RULES] = { "org",    "skills", "free",  "rested",
                                               "travel", "floors", "wanted" };

const char *lack_word(enum lack_rule rule)
{
    return WORDS[rule];
}

/* The first rule that forbids it, or LACK_FLOORS. */
static enum lack_rule forbids(const struct mobilise *m, int32_t person,
                              const struct mobilise_slot *s, int32_t travel_s)
{
    const struct mobilise_person *p = &mobilise_ask(m)->people[person];
    const uint64_t shift = (uint64_t)1 << s->shift;

    if (s->org >= 0 && s->org != p->org)
        return LACK_ORG;
    if ((s->skills & ~p->skills) != 0)
        return LACK_SKILLS;
    if ((p->free & shift) == 0 || mobilise_has_declined(m, person))
        return LACK_FREE;
    if ((p->rested & shift) == 0)
        return LACK_RESTED;
    return travel_s > p->travel_max_s ? LACK_TRAVEL : LACK_FLOORS;
}

struct search {
    const struct mobilise *m;
    int32_t *queue; /* slots */
    bool *has_slot, *has_person, *has_home;
    int32_t *first, *of_home; /* the people of each home */
    int32_t *travel_s;
    int32_t travel_post;
};

static bool may_be_called(const struct mobilise *m, int32_t person)
{
    const int32_t home = mobilise_ask(m)->people[person].home;

    return home < 0 || mobilise_room(m, home) > 0;
}

/* Counts who is left after each rule, and who is too far only. */
static void count_people(struct search *s, struct lack *l)
{
    const struct mobilise_ask *ask = mobilise_ask(s->m);
    const struct mobilise_slot *slot = &ask->slots[l->slot];

    if (s->travel_post != slot->post)
        ask->travel(ask->self, slot->post, s->travel_s);
    s->travel_post = slot->post;
    for (int32_t p = 0; p < ask->person_count; p++) {
        const enum lack_rule rule = forbids(s->m, p, slot, s->travel_s[p]);

        for (int32_t i = 0; i < LACK_FLOORS && i < (int32_t)rule; i++)
            l->left[i]++;
        if (rule != LACK_TRAVEL || s->travel_s[p] == MOBILISE_NEVER_S ||
            mobilise_slot_of(s->m, p) >= 0 || !may_be_called(s->m, p))
            continue;
        const int32_t longer_s = s->travel_s[p] - ask->people[p].travel_max_s;

        if (l->longer_s < 0 || longer_s < l->longer_s) {
            l->longer_s = longer_s;
            l->longer_person = p;
        }
    }
}

static void add_slot(struct search *s, int32_t slot, struct lack *l)
{
    if (slot < 0 || s->has_slot[slot])
        return;
    s->has_slot[slot] = true;
    s->queue[l->rivals++] = slot;
    l->rivals_want += mobilise_ask(s->m)->slots[slot].people;
}

/* Somebody stays at home for the floor: whoever of the same home is out could do it for her. */
static void add_home(struct search *s, int32_t home, struct lack *l)
{
    l->rivals_kept++;
    if (s->has_home[home])
        return;
    s->has_home[home] = true;
    if (l->home < 0)
        l->home = home;
    for (int32_t i = s->first[home]; i < s->first[home + 1]; i++)
        add_slot(s, mobilise_slot_of(s->m, s->of_home[i]), l);
}

/* All slots from which people could be drawn, however many have to be moved for it. */
static void find_rivals(struct search *s, struct lack *l)
{
    const struct mobilise_ask *ask = mobilise_ask(s->m);

    memset(s->has_slot, 0, (size_t)ask->slot_count * sizeof *s->has_slot);
    memset(s->has_person, 0, (size_t)ask->person_count * sizeof *s->has_person);
    memset(s->has_home, 0, (size_t)ask->home_count * sizeof *s->has_home);
    add_slot(s, l->slot, l);
    for (int32_t at = 0; at < l->rivals; at++) {
        int32_t count;
        const int32_t *people = mobilise_candidates(s->m, s->queue[at], &count);

        for (int32_t i = 0; i < count; i++) {
            const int32_t p = people[i];

            if (s->has_person[p] || mobilise_has_declined(s->m, p))
                continue;
            s->has_person[p] = true;
            l->rivals_people++;
            if (mobilise_slot_of(s->m, p) >= 0)
                add_slot(s, mobilise_slot_of(s->m, p), l);
            else if (ask->people[p].home >= 0)
                add_home(s, ask->people[p].home, l);
        }
    }
}

static enum lack_rule reason(const struct lack *l, int32_t wanted)
{
    for (int32_t i = 0; i < LACK_FLOORS; i++)
        if (l->left[i] < wanted)
            return (enum lack_rule)i;
    return l->home >= 0 ? LACK_FLOORS : LACK_WANTED;
}

static void sort_homes(struct search *s, struct arena *a)
{
    const struct mobilise_ask *ask = mobilise_ask(s->m);
    int32_t *next = arena_take(a, (size_t)ask->home_count + 1, sizeof *next);

    s->first = arena_take(a, (size_t)ask->home_count + 2, sizeof *s->first);
    s->of_home = arena_take(a, (size_t)ask->person_count + 1, sizeof *s->of_home);
    for (int32_t p = 0; p < ask->person_count; p++)
        if (ask->people[p].home >= 0)
            s->first[ask->people[p].home + 1]++;
    for (int32_t h = 0; h < ask->home_count; h++)
        s->first[h + 1] += s->first[h];
    memcpy(next, s->first, (size_t)ask->home_count * sizeof *next);
    for (int32_t p = 0; p < ask->person_count; p++)
        if (ask->people[p].home >= 0)
            s->of_home[next[ask->people[p].home]++] = p;
}

int32_t lack_list(const struct mobilise *m, struct arena *a, const struct lack **out)
{
    const struct mobilise_ask *ask = mobilise_ask(m);
    const size_t people = (size_t)ask->person_count + 1;
    const size_t slots = (size_t)ask->slot_count + 1;
    struct search s = { .m = m,
                        .queue = arena_take(a, slots, sizeof *s.queue),
                        .has_slot = arena_take(a, slots, sizeof *s.has_slot),
                        .has_person = arena_take(a, people, sizeof *s.has_person),
                        .has_home = arena_take(a, (size_t)ask->home_count + 1, sizeof *s.has_home),
                        .travel_s = arena_take(a, people, sizeof *s.travel_s),
                        .travel_post = -1 };
    struct lack *all = arena_take(a, slots, sizeof *all);
    int32_t count = 0;

    sort_homes(&s, a);
    for (int32_t i = 0; i < ask->slot_count; i++) {
        struct lack *l = &all[count];

        if (mobilise_missing(m, i) == 0)
            continue;
        *l = (struct lack){ .slot = i,
                            .missing = mobilise_missing(m, i),
                            .longer_s = -1,
                            .longer_person = -1,
                            .home = -1 };
        count_people(&s, l);
        find_rivals(&s, l);
        l->why = reason(l, ask->slots[i].people);
        count++;
    }
    *out = all;
    return count;
}
