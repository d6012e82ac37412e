#include "geo/plan/strand.h"

int32_t strand_before(const struct strand_set *t, int32_t strand, int32_t gap)
{
    return gap > 0 ? strand_leave(t, t->strands[strand].visits[gap - 1])
                   : t->wish->squads[strand].start;
}

int32_t strand_behind(const struct strand_set *t, int32_t strand, int32_t gap)
{
    return gap < t->strands[strand].count ? strand_enter(t, t->strands[strand].visits[gap])
                                          : t->wish->squads[strand].end;
}

int64_t strand_inner(const struct strand_set *t, int32_t strand, int32_t from, int32_t to)
{
    const struct strand *s = &t->strands[strand];

    return s->ahead[to] - s->ahead[from] + strand_work(t, s->visits[from]);
}

int64_t strand_turned(const struct strand_set *t, int32_t strand, int32_t from, int32_t to)
{
    const struct strand *s = &t->strands[strand];

    return s->behind[to] - s->behind[from] + strand_work(t, s->visits[from] ^ 1);
}

void strand_settle(struct strand_set *t, int32_t strand, int32_t from)
{
    struct strand *s = &t->strands[strand];

    for (int32_t i = from; i < s->count; i++) {
        const int32_t v = s->visits[i];

        s->ahead[i] = strand_work(t, v);
        s->behind[i] = strand_work(t, v ^ 1);
        if (i > 0) {
            const int32_t last = s->visits[i - 1];

            s->ahead[i] +=
                s->ahead[i - 1] + strand_leg(t, strand_leave(t, last), strand_enter(t, v));
            s->behind[i] +=
                s->behind[i - 1] + strand_leg(t, strand_leave(t, v ^ 1), strand_enter(t, last ^ 1));
        }
        t->strand_of[v >> 1] = strand;
        t->place_of[v >> 1] = i;
    }
    s->cost_ms = s->count == 0
                     ? 0
                     : strand_leg(t, t->wish->squads[strand].start, strand_enter(t, s->visits[0])) +
                           s->ahead[s->count - 1] +
                           strand_leg(t, strand_leave(t, s->visits[s->count - 1]),
                                      t->wish->squads[strand].end);
}
