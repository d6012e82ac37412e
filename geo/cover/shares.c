#include "geo/cover/shares.h"

#include <assert.h>
#include <stdlib.h>

struct shares {
    const struct plots *plots;
    int32_t limit_count;
    uint32_t reach_k;
    uint32_t *reached_cm[SHARES_LIMITS_MAX]; /* by plot */
    int64_t *lots_cm[SHARES_LIMITS_MAX];     /* by lot */
};

static size_t plot_count(const struct shares *s)
{
    return (size_t)s->plots->first[s->plots->segment_count];
}

static void *room_for(size_t count, size_t size)
{
    void *room = calloc(count + 1, size);

    if (!room)
        abort();
    return room;
}

struct shares *shares_new(const struct plots *plots, int32_t limit_count, uint32_t reach_k)
{
    struct shares *s = room_for(1, sizeof *s);

    assert(limit_count >= 1 && limit_count <= SHARES_LIMITS_MAX);
    s->plots = plots;
    s->limit_count = limit_count;
    s->reach_k = reach_k;
    for (int32_t i = 0; i < limit_count; i++) {
        s->reached_cm[i] = room_for(plot_count(s), sizeof *s->reached_cm[i]);
        s->lots_cm[i] = room_for((size_t)plots->lot_count, sizeof *s->lots_cm[i]);
    }
    return s;
}

void shares_free(struct shares *s)
{
    if (!s)
        return;
    for (int32_t i = 0; i < s->limit_count; i++) {
        free(s->reached_cm[i]);
        free(s->lots_cm[i]);
    }
    free(s);
}

size_t shares_bytes(const struct shares *s)
{
    return (size_t)s->limit_count *
           (plot_count(s) * sizeof(uint32_t) + (size_t)s->plots->lot_count * sizeof(int64_t));
}

/* Of the part between two places; *next is the first step that may reach into it. */
static uint32_t reached(const struct shares *s, uint32_t from_cm, uint32_t to_cm,
                        const struct cover_step *steps, int32_t count, int32_t *next)
{
    uint32_t sum_cm = 0;

    for (int32_t i = *next; i < count && steps[i].from_cm < to_cm; i++) {
        const uint32_t begin_cm = steps[i].from_cm > from_cm ? steps[i].from_cm : from_cm;
        const uint32_t end_cm = steps[i].to_cm < to_cm ? steps[i].to_cm : to_cm;

        if (steps[i].people >= s->reach_k && begin_cm < end_cm)
            sum_cm += end_cm - begin_cm;
        if (steps[i].to_cm <= to_cm)
            *next = i + 1;
    }
    return sum_cm;
}

void shares_put(struct shares *s, int32_t segment, int32_t limit, const struct cover_step *steps,
                int32_t count)
{
    const struct plots *p = s->plots;
    uint32_t from_cm = 0;
    int32_t next = 0;

    for (int32_t i = p->first[segment]; i < p->first[segment + 1]; i++) {
        const uint32_t now_cm = reached(s, from_cm, p->plots[i].to_cm, steps, count, &next);

        s->lots_cm[limit][p->plots[i].lot] += (int64_t)now_cm - s->reached_cm[limit][i];
        s->reached_cm[limit][i] = now_cm;
        from_cm = p->plots[i].to_cm;
    }
}

int64_t shares_lot(const struct shares *s, int32_t limit, int32_t lot)
{
    return s->lots_cm[limit][lot];
}
