#include "geo/plan/musters.h"

#include <stdlib.h>

/* Rounded towards the past. */
static int64_t round_down(int64_t s, int32_t step_s)
{
    const int64_t over = s % step_s;

    return s - (over < 0 ? over + step_s : over);
}

/* What the best muster point so far costs a person. */
struct best {
    int32_t muster, there_s, on_s;
};

static void look_at(const struct musters_ask *ask, int32_t muster, const int32_t *there_s,
                    struct best *best)
{
    const struct mobilise_ask *people = mobilise_ask(ask->plan);

    for (int32_t p = 0; p < people->person_count; p++) {
        const int32_t slot = mobilise_slot_of(ask->plan, p);
        const int32_t most_s = people->people[p].travel_max_s;

        if (slot < 0 || there_s[p] > most_s)
            continue;
        const int32_t on_s = ask->to_post(ask->self, muster, people->slots[slot].post);

        if (on_s > most_s - there_s[p] ||
            (best[p].muster >= 0 && best[p].there_s + best[p].on_s <= there_s[p] + on_s))
            continue;
        best[p] = (struct best){ muster, there_s[p], on_s };
    }
}

static struct musters_way way_of(const struct musters_ask *ask, int32_t person,
                                 const struct best *best)
{
    const int32_t slot = mobilise_slot_of(ask->plan, person);
    const int64_t starts_s = ask->shift_starts_s[mobilise_ask(ask->plan)->slots[slot].shift];
    struct musters_way out = { .person = person, .slot = slot, .muster = best->muster };

    if (out.muster < 0) {
        out.home_s = out.leave_s = starts_s - mobilise_travel_s(ask->plan, person);
    } else {
        out.leave_s = round_down(starts_s - best->on_s, ask->wave_s);
        out.home_s = out.leave_s - best->there_s;
    }
    return out;
}

static int by_wave(const void *left, const void *right)
{
    const struct musters_way *a = left;
    const struct musters_way *b = right;

    if ((a->muster < 0) != (b->muster < 0))
        return a->muster < 0 ? 1 : -1;
    if (a->leave_s != b->leave_s)
        return a->leave_s < b->leave_s ? -1 : 1;
    if (a->muster != b->muster)
        return a->muster < b->muster ? -1 : 1;
    return a->person < b->person ? -1 : a->person > b->person;
}

void musters_take(const struct musters_ask *ask, struct arena *a, struct musters *out)
{
    const int32_t person_count = mobilise_ask(ask->plan)->person_count;
    const size_t room = (size_t)person_count + 1;
    struct best *best = arena_take(a, room, sizeof *best);
    struct musters_way *ways = arena_take(a, room, sizeof *ways);
    struct musters_wave *waves = arena_take(a, room, sizeof *waves);
    int32_t *there_s = arena_take(a, room, sizeof *there_s);

    *out = (struct musters){ .ways = ways, .waves = waves };
    for (int32_t p = 0; p < person_count; p++)
        best[p].muster = -1;
    for (int32_t muster = 0; muster < ask->muster_count; muster++) {
        ask->to_muster(ask->self, muster, there_s);
        look_at(ask, muster, there_s, best);
    }
    for (int32_t p = 0; p < person_count; p++)
        if (mobilise_slot_of(ask->plan, p) >= 0)
            ways[out->way_count++] = way_of(ask, p, &best[p]);
    qsort(ways, (size_t)out->way_count, sizeof *ways, by_wave);
    for (int32_t i = 0; i < out->way_count && ways[i].muster >= 0; i++) {
        const struct musters_wave wave = { ways[i].muster, ways[i].leave_s, i, 0 };
        const int32_t last = out->wave_count - 1;

        if (last < 0 || waves[last].muster != wave.muster || waves[last].leave_s != wave.leave_s)
            waves[out->wave_count++] = wave;
        waves[out->wave_count - 1].count++;
    }
}
