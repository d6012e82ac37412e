#include "geo/plan/tour.h"

#include <string.h>

#include "geo/plan/strand.h"

/* ------------------------------------------------------------------ a first plan */

static bool check(const struct tour_wish *w, struct fail *f)
{
    if (w->task_count < 1 || w->task_count > TOUR_TASKS_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%d streets and places cannot be gone round",
                 w->task_count);
        return fail_allowed(f, "1 to %d", TOUR_TASKS_MAX);
    }
    if (w->squad_count < 1 || w->squad_count > TOUR_SQUADS_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%d squads cannot share rounds",
                 w->squad_count);
        return fail_allowed(f, "1 to %d", TOUR_SQUADS_MAX);
    }
    return true;
}

/* The cheaper way of doing a task between two stops. */
static int32_t best_way(const struct strand_set *t, int32_t task, int32_t before, int32_t behind,
                        int64_t *cost)
{
    int32_t best = 2 * task;

    for (int32_t v = 2 * task; v <= 2 * task + 1; v++) {
        const int64_t ms = strand_leg(t, before, strand_enter(t, v)) + strand_work(t, v) +
                           strand_leg(t, strand_leave(t, v), behind);

        if (v == 2 * task || ms < *cost) {
            *cost = ms;
            best = v;
        }
    }
    return best;
}

/* Whether a squad gets to a task, and from it to her end. */
static bool can_do(const struct strand_set *t, int32_t task, int32_t squad)
{
    int64_t cost;
    const struct tour_squad *s = &t->wish->squads[squad];

    best_way(t, task, s->start, s->end, &cost);
    return cost < TOUR_COST_MAX;
}

static int64_t apart(const struct strand_set *t, int32_t a, int32_t b)
{
    int64_t least = TOUR_COST_MAX;

    for (int way = 0; way < 4; way++) {
        const int32_t one = strand_enter(t, 2 * a + (way & 1));
        const int32_t two = strand_enter(t, 2 * b + (way >> 1));
        const int64_t there = strand_leg(t, one, two), back = strand_leg(t, two, one);

        least = there < least ? there : least;
        least = back < least ? back : least;
    }
    return least;
}

/* A short list of what is nearest, nearest first, ties by number. */
struct nearest {
    int32_t room, count;
    int32_t *what; /* -1 behind the last */
    int64_t away[STRAND_NEAR > STRAND_HOMES ? STRAND_NEAR : STRAND_HOMES];
};

static void offer(struct nearest *n, int32_t what, int64_t ms)
{
    if (ms >= TOUR_COST_MAX || (n->count == n->room && ms >= n->away[n->count - 1]))
        return;
    int32_t i = n->count < n->room ? n->count++ : n->count - 1;

    for (; i > 0 && n->away[i - 1] > ms; i--) {
        n->away[i] = n->away[i - 1];
        n->what[i] = n->what[i - 1];
    }
    n->away[i] = ms;
    n->what[i] = what;
}

static void close_list(struct nearest *n)
{
    for (int32_t i = n->count; i < n->room; i++)
        n->what[i] = -1;
}

/* What is near to a task: others that are in the plan, and squads that set out there. */
static void find_near(struct strand_set *t, int32_t task)
{
    struct nearest tasks = { STRAND_NEAR, 0, t->near + (size_t)task * STRAND_NEAR, { 0 } };
    struct nearest homes = { STRAND_HOMES, 0, t->homes + (size_t)task * STRAND_HOMES, { 0 } };

    for (int32_t other = 0; other < t->wish->task_count; other++) {
        if (other != task && t->strand_of[other] >= 0)
            offer(&tasks, other, apart(t, task, other));
    }
    for (int32_t k = 0; k < t->wish->squad_count; k++) {
        int64_t ms;

        best_way(t, task, t->wish->squads[k].start, t->wish->squads[k].end, &ms);
        offer(&homes, k, ms);
    }
    close_list(&tasks);
    close_list(&homes);
}

/* Gives the squad the task that costs her least to go on to; false when none is left that
 * she can do. */
static bool take_next(struct strand_set *t, int32_t squad, const bool *open)
{
    struct strand *s = &t->strands[squad];
    const int32_t from = strand_before(t, squad, s->count);
    int64_t least = 0;
    int32_t best = -1;

    for (int32_t task = 0; task < t->wish->task_count; task++) {
        if (!open[task] || t->strand_of[task] >= 0 || !can_do(t, task, squad))
            continue;
        for (int32_t v = 2 * task; v <= 2 * task + 1; v++) {
            const int64_t ms = strand_leg(t, from, strand_enter(t, v)) +
                               (strand_work(t, v) >= TOUR_COST_MAX ? TOUR_COST_MAX : 0);

            if (best < 0 || ms < least) {
                least = ms;
                best = v;
            }
        }
    }
    if (best < 0)
        return false;
    s->visits[s->count++] = best;
    strand_settle(t, squad, s->count - 1);
    return true;
}

static int32_t least_busy(const struct strand_set *t, const bool *is_done)
{
    int32_t best = -1;

    for (int32_t k = 0; k < t->wish->squad_count; k++) {
        if (!is_done[k] && (best < 0 || t->strands[k].cost_ms < t->strands[best].cost_ms))
            best = k;
    }
    return best;
}

static void share_out(struct strand_set *t, struct arena *a)
{
    const int32_t tasks = t->wish->task_count, squads = t->wish->squad_count;
    bool *open = arena_take(a, (size_t)tasks, sizeof *open);
    bool *is_done = arena_take(a, (size_t)squads, sizeof *is_done);
    int64_t total = 0;

    for (int32_t task = 0; task < tasks; task++) {
        for (int32_t k = 0; k < squads && !open[task]; k++)
            open[task] = can_do(t, task, k);
    }
    for (int32_t k; (k = least_busy(t, is_done)) >= 0;)
        is_done[k] = !take_next(t, k, open);
    for (int32_t k = 0; k < squads; k++)
        total += t->strands[k].cost_ms;
    t->scale_ms = total / squads + 1;
}

bool tour_begin(const struct tour_wish *wish, struct arena *a, struct strand_set **out,
                struct fail *f)
{
    if (!check(wish, f))
        return false;
    const size_t tasks = (size_t)wish->task_count;
    struct strand_set *t = arena_take(a, 1, sizeof *t);

    t->wish = wish;
    t->chance = wish->seed * 2 + 1;
    t->strands = arena_take(a, (size_t)wish->squad_count, sizeof *t->strands);
    t->strand_of = arena_take(a, tasks, sizeof *t->strand_of);
    t->place_of = arena_take(a, tasks, sizeof *t->place_of);
    t->near = arena_take(a, tasks * STRAND_NEAR, sizeof *t->near);
    t->homes = arena_take(a, tasks * STRAND_HOMES, sizeof *t->homes);
    for (size_t i = 0; i < tasks; i++)
        t->strand_of[i] = -1;
    for (int32_t k = 0; k < wish->squad_count; k++) {
        t->strands[k].visits = arena_take(a, tasks, sizeof(int32_t));
        t->strands[k].ahead = arena_take(a, tasks, sizeof(int64_t));
        t->strands[k].behind = arena_take(a, tasks, sizeof(int64_t));
    }
    share_out(t, a);
    for (int32_t task = 0; task < wish->task_count; task++) {
        if (t->strand_of[task] >= 0)
            find_near(t, task);
    }
    *out = t;
    return true;
}

/* ------------------------------------------------------------------ what it is */

/* A copy of one squad's visits, of which those are taken out that do not fit her limit:
 * each time the one that frees most time. */
struct trimmed {
    int32_t count;
    int32_t *visits;
    int64_t cost_ms;
};

static int64_t freed(const struct strand_set *t, const struct trimmed *r, int32_t squad, int32_t i)
{
    const struct tour_squad *s = &t->wish->squads[squad];
    const int32_t before = i > 0 ? strand_leave(t, r->visits[i - 1]) : s->start;
    const int32_t behind = i + 1 < r->count ? strand_enter(t, r->visits[i + 1]) : s->end;
    const int32_t v = r->visits[i];
    const int64_t on = r->count == 1 ? 0 : strand_leg(t, before, behind);

    return strand_leg(t, before, strand_enter(t, v)) + strand_work(t, v) +
           strand_leg(t, strand_leave(t, v), behind) - on;
}

static void trim(const struct strand_set *t, struct trimmed *r, int32_t squad, bool *left)
{
    const int64_t limit = t->wish->squads[squad].limit_ms;

    while (r->count > 0 && limit > 0 && r->cost_ms > limit) {
        int32_t worst = 0;
        int64_t most = freed(t, r, squad, 0);

        for (int32_t i = 1; i < r->count; i++) {
            const int64_t ms = freed(t, r, squad, i);

            if (ms > most) {
                most = ms;
                worst = i;
            }
        }
        left[tour_task_of(r->visits[worst])] = true;
        r->cost_ms -= most;
        r->count--;
        memmove(r->visits + worst, r->visits + worst + 1,
                (size_t)(r->count - worst) * sizeof *r->visits);
    }
}

void tour_tell(const struct strand_set *t, struct arena *a, struct tour_plan *out)
{
    const int32_t tasks = t->wish->task_count, squads = t->wish->squad_count;
    struct tour_round *rounds = arena_take(a, (size_t)squads, sizeof *rounds);
    int32_t *left = arena_take(a, (size_t)tasks, sizeof *left);
    bool *is_left = arena_take(a, (size_t)tasks, sizeof *is_left);

    *out = (struct tour_plan){ .rounds = rounds, .left = left };
    for (int32_t k = 0; k < squads; k++) {
        const struct strand *s = &t->strands[k];
        struct trimmed r = { .count = s->count, .cost_ms = s->cost_ms };

        r.visits = arena_take(a, (size_t)s->count + 1, sizeof *r.visits);
        for (int32_t i = 0; i < s->count; i++)
            r.visits[i] = s->visits[i];
        trim(t, &r, k, is_left);
        out->is_short_of_time |= r.count < s->count;
        rounds[k] = (struct tour_round){ r.cost_ms, r.count, r.visits };
        out->total_ms += r.cost_ms;
        out->longest_ms = r.cost_ms > out->longest_ms ? r.cost_ms : out->longest_ms;
    }
    for (int32_t task = 0; task < tasks; task++) {
        if (is_left[task] || t->strand_of[task] < 0)
            left[out->left_count++] = task;
    }
}
