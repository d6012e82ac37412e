#include "tests/support/levy.h"

#include <math.h>

enum { SIDE_M = 30000, NEAR_M = 1200, PEOPLE_A_PLANE = 10800 };

static double some_m(struct town_dice *dice, int32_t below_m)
{
    return (double)town_pick(dice, below_m * 10) / 10;
}

/* As dense with many people as with 10,800 on 30 km. */
static int32_t side_m(const struct levy_wish *w)
{
    return w->people > PEOPLE_A_PLANE ? (int32_t)(SIDE_M * sqrt(w->people / (double)PEOPLE_A_PLANE))
                                      : SIDE_M;
}

static struct levy_place anywhere(struct town_dice *dice, const struct levy_wish *w)
{
    struct levy_place out;

    out.x_m = some_m(dice, side_m(w));
    out.y_m = some_m(dice, side_m(w));
    return out;
}

static struct levy_place near(struct town_dice *dice, struct levy_place p, int32_t within_m)
{
    p.x_m += some_m(dice, within_m) + some_m(dice, within_m) - within_m;
    p.y_m += some_m(dice, within_m) + some_m(dice, within_m) - within_m;
    return p;
}

int32_t levy_travel_s(const struct levy *l, int32_t person, int32_t post)
{
    const struct levy_place *p = &l->person_at[person];
    const struct levy_place *q = &l->post_at[post];

    return (int32_t)(hypot(p->x_m - q->x_m, p->y_m - q->y_m) / LEVY_METRES_A_SECOND);
}

static void travel(void *self, int32_t post, int32_t *out_s)
{
    const struct levy *l = self;

    for (int32_t p = 0; p < l->ask.person_count; p++)
        out_s[p] = levy_travel_s(l, p, post);
}

static uint64_t some_bits(struct town_dice *dice, int32_t count, int32_t percent)
{
    uint64_t out = 0;

    for (int32_t i = 0; i < count; i++)
        if (town_pick(dice, 100) < percent)
            out |= (uint64_t)1 << i;
    return out;
}

/* Organisations have the plane among them in strips. */
static int32_t org_at(const struct levy_wish *w, struct levy_place p)
{
    const int32_t strip = (int32_t)(p.x_m / side_m(w) * w->orgs);

    return strip < 0 ? 0 : strip < w->orgs ? strip : w->orgs - 1;
}

static void some_people(struct town_dice *dice, const struct levy_wish *w, struct levy *l,
                        struct arena *a)
{
    struct levy_place *homes = arena_take(a, (size_t)w->homes + 1, sizeof *homes);
    int32_t *members = arena_take(a, (size_t)w->homes + 1, sizeof *members);

    for (int32_t h = 0; h < w->homes; h++)
        homes[h] = town_pick(dice, 10) < 7
                       ? near(dice, l->post_at[town_pick(dice, w->posts)], NEAR_M)
                       : anywhere(dice, w);
    for (int32_t p = 0; p < w->people; p++) {
        const int32_t home = w->homes > 0 ? town_pick(dice, w->homes) : -1;
        const uint64_t all = ((uint64_t)1 << LEVY_SHIFTS) - 1;

        l->person_at[p] = home < 0 ? anywhere(dice, w) : near(dice, homes[home], NEAR_M / 2);
        l->people[p] = (struct mobilise_person){ .home = home,
                                                 .org = org_at(w, l->person_at[p]),
                                                 .skills = some_bits(dice, LEVY_SKILLS, 30),
                                                 .free = some_bits(dice, LEVY_SHIFTS, 50),
                                                 .rested = all,
                                                 .travel_max_s = w->travel_max_s };
        if (town_pick(dice, 5) == 0)
            l->people[p].rested &= ~((uint64_t)1 << town_pick(dice, LEVY_SHIFTS));
        if (home >= 0)
            members[home]++;
    }
    for (int32_t h = 0; h < w->homes; h++)
        l->keep[h] = (members[h] * w->kept_percent + 99) / 100;
}

struct levy *levy_take(struct town_dice *dice, const struct levy_wish *w, struct arena *a)
{
    struct levy *l = arena_take(a, 1, sizeof *l);

    l->people = arena_take(a, (size_t)w->people + 1, sizeof *l->people);
    l->slots = arena_take(a, (size_t)w->slots + 1, sizeof *l->slots);
    l->keep = arena_take(a, (size_t)w->homes + 1, sizeof *l->keep);
    l->person_at = arena_take(a, (size_t)w->people + 1, sizeof *l->person_at);
    l->post_at = arena_take(a, (size_t)w->posts + 1, sizeof *l->post_at);
    for (int32_t p = 0; p < w->posts; p++)
        l->post_at[p] = anywhere(dice, w);
    for (int32_t s = 0; s < w->slots; s++) {
        const int32_t post = s % w->posts;

        l->slots[s] = (struct mobilise_slot){
            .post = post,
            .shift = s / w->posts % LEVY_SHIFTS,
            .org = post % 3 == 0 ? org_at(w, l->post_at[post]) : -1,
            .skills = town_pick(dice, 10) == 0 ? (uint64_t)1 << town_pick(dice, LEVY_SKILLS) : 0,
            .people = w->wanted,
            .weight = 1 + town_pick(dice, 3),
        };
    }
    some_people(dice, w, l, a);
    l->ask = (struct mobilise_ask){ .people = l->people,
                                    .slots = l->slots,
                                    .keep = l->keep,
                                    .person_count = w->people,
                                    .slot_count = w->slots,
                                    .home_count = w->homes,
                                    .post_count = w->posts,
                                    .travel = travel,
                                    .self = l };
    return l;
}

bool levy_may(const struct levy *l, int32_t person, int32_t slot)
{
    const struct mobilise_person *p = &l->people[person];
    const struct mobilise_slot *s = &l->slots[slot];

    for (int32_t i = 0; i < LEVY_SKILLS; i++)
        if ((s->skills >> i & 1) && !(p->skills >> i & 1))
            return false;
    return (p->free >> s->shift & 1) && (p->rested >> s->shift & 1) &&
           (s->org == -1 || s->org == p->org) &&
           levy_travel_s(l, person, s->post) <= p->travel_max_s;
}
