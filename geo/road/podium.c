/* Two rows, in order: k is small, and most who are offered are beyond the bound. */
#include "geo/road/podium.h"

#include <string.h>

void podium_start(struct podium *p, const struct crowd *c, const struct nearest_wish *wish,
                  struct arena *a)
{
    const uint32_t farthest_ms = NETWORK_COST_NEVER - 1;

    *p = (struct podium){ .crowd = c, .wish = wish };
    p->limit_ms = wish->limit_ms && wish->limit_ms < farthest_ms ? wish->limit_ms : farthest_ms;
    p->bound_ms = p->limit_ms;
    p->late_ms = arena_take(a, (size_t)wish->k, sizeof *p->late_ms);
    p->delay_ms = arena_take(a, (size_t)wish->k, sizeof *p->delay_ms);
    p->length_cm = arena_take(a, (size_t)wish->k, sizeof *p->length_cm);
    p->slots = arena_take(a, (size_t)wish->k, sizeof *p->slots);
}

static bool is_wanted(const struct podium *p, int32_t slot, uint32_t *delay_ms)
{
    const struct nearest_wish *w = p->wish;
    struct crowd_person person;

    *delay_ms = 0;
    if (w->only && !nearest_has(w->only, crowd_id(p->crowd, slot)))
        return false;
    if (!w->accept && !w->delay_ms)
        return true;
    crowd_at(p->crowd, slot, &person);
    if (w->accept && !w->accept(w->self, &person))
        return false;
    if (w->delay_ms)
        *delay_ms = w->delay_ms(w->self, &person);
    return true;
}

/* Where in the row, or -1. */
static int32_t place_of(const struct podium *p, int32_t slot)
{
    for (int32_t i = 0; i < p->count; i++)
        if (p->slots[i] == slot)
            return i;
    return -1;
}

static bool is_before(const struct podium *p, int32_t slot, uint32_t late_ms, int32_t i)
{
    return late_ms < p->late_ms[i] ||
           (late_ms == p->late_ms[i] && crowd_id(p->crowd, slot) < crowd_id(p->crowd, p->slots[i]));
}

static void copy_down(struct podium *p, int32_t to, int32_t from)
{
    p->late_ms[to] = p->late_ms[from];
    p->delay_ms[to] = p->delay_ms[from];
    p->length_cm[to] = p->length_cm[from];
    p->slots[to] = p->slots[from];
}

/* Puts her where she belongs above place `i`, which is free, moving the others down; where
 * that is. */
static int32_t put(struct podium *p, int32_t i, int32_t slot, uint32_t late_ms, uint32_t delay_ms)
{
    for (; i > 0 && is_before(p, slot, late_ms, i - 1); i--)
        copy_down(p, i, i - 1);
    p->late_ms[i] = late_ms;
    p->delay_ms[i] = delay_ms;
    p->slots[i] = slot;
    crowd_fetch(p->crowd, slot);
    return i;
}

void podium_offer(struct podium *p, int32_t slot, uint32_t cost_ms, uint32_t length_cm)
{
    const bool is_full = p->count == p->wish->k;
    uint32_t delay_ms, late_ms;

    if (cost_ms > p->bound_ms || (is_full && !is_before(p, slot, cost_ms, p->count - 1)))
        return;
    const int32_t before = place_of(p, slot);
    int32_t at;

    if (before >= 0) {
        late_ms = network_add(cost_ms, p->delay_ms[before]);
        if (late_ms >= p->late_ms[before])
            return;
        at = put(p, before, slot, late_ms, p->delay_ms[before]);
    } else {
        if (!is_wanted(p, slot, &delay_ms))
            return;
        late_ms = network_add(cost_ms, delay_ms);
        if (late_ms > p->limit_ms || (is_full && !is_before(p, slot, late_ms, p->count - 1)))
            return;
        at = put(p, is_full ? p->count - 1 : p->count++, slot, late_ms, delay_ms);
    }
    p->length_cm[at] = length_cm;
    if (p->count == p->wish->k)
        p->bound_ms = p->late_ms[p->count - 1];
}
