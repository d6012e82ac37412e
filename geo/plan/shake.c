#include "geo/plan/shake.h"

#include <string.h>

#include "geo/plan/strand.h"

enum {
    CARRY_MAX = 3, /* visits that move together */
    WINDOW = 50,   /* places within which a shake exchanges two parts */
    BLUNTEST = 3,
    SHARPEST = 5,
    SHAKE_LEAST = 8 /* visits of a squad, for that */
};

/* What a step changes, so that it can be undone. */
struct undo {
    int32_t *visits;
    int32_t count;
    int64_t cost_ms;
    bool is_kept;
};

struct shake {
    struct strand_set *t;
    struct undo *undo; /* for each strand */
    int32_t *touched;
    int32_t touched_count;
    int32_t *queue; /* tasks that the descent looks at, a ring */
    bool *is_queued;
    int32_t queue_first, queue_count;
};

/* ------------------------------------------------------------------ what a plan is worth */

static const double LINEAR = 0.02; /* so that nobody walks for nothing while others decide */

static double weight(const struct strand_set *t, int64_t cost_ms)
{
    const double x = (double)cost_ms / (double)t->scale_ms;
    double power = x;

    for (int32_t i = 0; i < t->sharpness; i++)
        power *= power;
    return power + LINEAR * x;
}

/* How much better a strand is when it takes `cost_ms`; above 0 is better. */
static double gain(const struct strand_set *t, int32_t strand, int64_t cost_ms)
{
    return weight(t, t->strands[strand].cost_ms) - weight(t, cost_ms);
}

static const double WORTH_IT = 1e-9;

/* ------------------------------------------------------------------ undoing */

static void touch(struct shake *s, int32_t strand)
{
    struct undo *u = &s->undo[strand];
    const struct strand *now = &s->t->strands[strand];

    if (u->is_kept)
        return;
    u->is_kept = true;
    u->count = now->count;
    u->cost_ms = now->cost_ms;
    for (int32_t i = 0; i < now->count; i++)
        u->visits[i] = now->visits[i];
    s->touched[s->touched_count++] = strand;
}

static bool is_worse(const struct shake *s)
{
    double change = 0;

    for (int32_t i = 0; i < s->touched_count; i++)
        change += gain(s->t, s->touched[i], s->undo[s->touched[i]].cost_ms);
    return change > WORTH_IT; /* what it was would be better */
}

static void put_back(struct shake *s)
{
    for (int32_t i = 0; i < s->touched_count; i++) {
        const int32_t strand = s->touched[i];
        const struct undo *u = &s->undo[strand];
        struct strand *now = &s->t->strands[strand];
        int32_t same = 0;

        while (same < u->count && same < now->count && u->visits[same] == now->visits[same])
            same++;
        for (int32_t k = same; k < u->count; k++)
            now->visits[k] = u->visits[k];
        now->count = u->count;
        strand_settle(s->t, strand, same);
    }
}

static void forget(struct shake *s)
{
    for (int32_t i = 0; i < s->touched_count; i++)
        s->undo[s->touched[i]].is_kept = false;
    s->touched_count = 0;
}

/* ------------------------------------------------------------------ whom to look at */

static void look_at_task(struct shake *s, int32_t task)
{
    if (s->is_queued[task])
        return;
    s->is_queued[task] = true;
    s->queue[(s->queue_first + s->queue_count++) % s->t->wish->task_count] = task;
}

/* Those on either side of a gap. */
static void look_at(struct shake *s, int32_t strand, int32_t gap)
{
    const struct strand *r = &s->t->strands[strand];

    if (gap > 0 && gap <= r->count)
        look_at_task(s, tour_task_of(r->visits[gap - 1]));
    if (gap >= 0 && gap < r->count)
        look_at_task(s, tour_task_of(r->visits[gap]));
}

static int32_t look_next(struct shake *s)
{
    const int32_t task = s->queue[s->queue_first];

    s->queue_first = (s->queue_first + 1) % s->t->wish->task_count;
    s->queue_count--;
    s->is_queued[task] = false;
    return task;
}

/* ------------------------------------------------------------------ moves */

static int64_t leg_over(const struct strand_set *t, int32_t before, int32_t enter, int64_t inner,
                        int32_t leave, int32_t behind)
{
    return strand_leg(t, before, enter) + inner + strand_leg(t, leave, behind) -
           strand_leg(t, before, behind);
}

/* Carries the visits at from..to of a strand to a gap of another, or of the same. */
static bool carry(struct shake *s, int32_t strand, int32_t from, int32_t to, int32_t other,
                  int32_t gap)
{
    struct strand_set *t = s->t;
    struct strand *r = &t->strands[strand], *q = &t->strands[other];
    const int32_t count = to - from + 1;
    int32_t part[CARRY_MAX];

    if (from < 0 || to >= r->count || (strand == other && gap >= from && gap <= to + 1))
        return false;
    const int32_t first = r->visits[from], last = r->visits[to];
    const int32_t before = strand_before(t, other, gap), behind = strand_behind(t, other, gap);
    const int64_t inner = strand_inner(t, strand, from, to);
    const int64_t without =
        count == r->count
            ? r->cost_ms
            : leg_over(t, strand_before(t, strand, from), strand_enter(t, first), inner,
                       strand_leave(t, last), strand_behind(t, strand, to + 1));
    const int64_t straight =
        leg_over(t, before, strand_enter(t, first), inner, strand_leave(t, last), behind);
    const int64_t turned =
        leg_over(t, before, strand_enter(t, last ^ 1), strand_turned(t, strand, from, to),
                 strand_leave(t, first ^ 1), behind);
    const bool is_turned = turned < straight;
    int64_t with = is_turned ? turned : straight;

    if (q->count == 0)
        with += strand_leg(t, before, behind); /* she does not go for nothing now */
    const double better =
        strand == other ? gain(t, strand, r->cost_ms - without + with)
                        : gain(t, strand, r->cost_ms - without) + gain(t, other, q->cost_ms + with);

    if (better <= WORTH_IT)
        return false;
    touch(s, strand);
    touch(s, other);
    for (int32_t i = 0; i < count; i++)
        part[i] = is_turned ? r->visits[to - i] ^ 1 : r->visits[from + i];
    memmove(r->visits + from, r->visits + to + 1, (size_t)(r->count - to - 1) * sizeof *r->visits);
    r->count -= count;
    if (strand == other && gap > to)
        gap -= count;
    memmove(q->visits + gap + count, q->visits + gap, (size_t)(q->count - gap) * sizeof *q->visits);
    memcpy(q->visits + gap, part, (size_t)count * sizeof *part);
    q->count += count;
    if (strand != other)
        strand_settle(t, strand, from);
    strand_settle(t, other, strand == other && from < gap ? from : gap);
    look_at(s, strand, from);
    look_at(s, other, gap);
    look_at(s, other, gap + count);
    return true;
}

/* Turns the visits at from..to of a strand round. */
static bool turn(struct shake *s, int32_t strand, int32_t from, int32_t to)
{
    struct strand_set *t = s->t;
    struct strand *r = &t->strands[strand];

    if (from > to || from < 0 || to >= r->count)
        return false;
    const int32_t before = strand_before(t, strand, from);
    const int32_t behind = strand_behind(t, strand, to + 1);
    const int64_t change =
        leg_over(t, before, strand_enter(t, r->visits[to] ^ 1), strand_turned(t, strand, from, to),
                 strand_leave(t, r->visits[from] ^ 1), behind) -
        leg_over(t, before, strand_enter(t, r->visits[from]), strand_inner(t, strand, from, to),
                 strand_leave(t, r->visits[to]), behind);

    if (gain(t, strand, r->cost_ms + change) <= WORTH_IT)
        return false;
    touch(s, strand);
    for (int32_t i = from, j = to; i <= j; i++, j--) {
        const int32_t v = r->visits[i];

        r->visits[i] = r->visits[j] ^ 1;
        r->visits[j] = v ^ 1;
    }
    strand_settle(t, strand, from);
    look_at(s, strand, from);
    look_at(s, strand, to + 1);
    return true;
}

/* A strand cut at a gap. */
struct cut {
    int32_t strand;
    int32_t gap;
};

/* What the squad of `head` takes that goes on, from its gap, with what is behind that of
 * `tail`. */
static int64_t joined(const struct strand_set *t, struct cut head, struct cut tail)
{
    const struct strand *r = &t->strands[head.strand], *q = &t->strands[tail.strand];
    const int32_t end = t->wish->squads[head.strand].end;
    const int32_t before = strand_before(t, head.strand, head.gap);
    int64_t cost = 0;

    if (head.gap == 0 && tail.gap == q->count)
        return 0;
    if (head.gap > 0)
        cost = strand_leg(t, strand_before(t, head.strand, 0), strand_enter(t, r->visits[0])) +
               r->ahead[head.gap - 1];
    if (tail.gap == q->count)
        return cost + strand_leg(t, before, end);
    return cost + strand_leg(t, before, strand_enter(t, q->visits[tail.gap])) +
           strand_inner(t, tail.strand, tail.gap, q->count - 1) +
           strand_leg(t, strand_leave(t, q->visits[q->count - 1]), end);
}

/* Two strands exchange what they do from a gap on. */
static bool cross(struct shake *s, int32_t strand, int32_t gap, int32_t other, int32_t from)
{
    struct strand_set *t = s->t;
    struct strand *r = &t->strands[strand], *q = &t->strands[other];
    const struct cut one = { strand, gap }, two = { other, from };

    if (gain(t, strand, joined(t, one, two)) + gain(t, other, joined(t, two, one)) <= WORTH_IT)
        return false;
    touch(s, strand);
    touch(s, other);
    const int32_t mine = r->count - gap, theirs = q->count - from;
    const int32_t both = mine < theirs ? mine : theirs;

    for (int32_t i = 0; i < both; i++) {
        const int32_t v = r->visits[gap + i];

        r->visits[gap + i] = q->visits[from + i];
        q->visits[from + i] = v;
    }
    for (int32_t i = both; i < theirs; i++)
        r->visits[gap + i] = q->visits[from + i];
    for (int32_t i = both; i < mine; i++)
        q->visits[from + i] = r->visits[gap + i];
    r->count = gap + theirs;
    q->count = from + mine;
    strand_settle(t, strand, gap);
    strand_settle(t, other, from);
    look_at(s, strand, gap);
    look_at(s, other, from);
    return true;
}

/* ------------------------------------------------------------------ the descent */

/* A task, with up to two before or behind it, to a gap. */
static bool carry_to(struct shake *s, int32_t task, int32_t other, int32_t gap)
{
    const int32_t strand = s->t->strand_of[task], place = s->t->place_of[task];

    for (int32_t length = 0; length < CARRY_MAX; length++) {
        if (carry(s, strand, place, place + length, other, gap) ||
            (length > 0 && carry(s, strand, place - length, place, other, gap)))
            return true;
    }
    return false;
}

static bool carry_beside(struct shake *s, int32_t task, int32_t near)
{
    const int32_t other = s->t->strand_of[near], gap = s->t->place_of[near];

    return carry_to(s, task, other, gap) || carry_to(s, task, other, gap + 1);
}

/* To the beginning or the end of what a squad does. */
static bool carry_home(struct shake *s, int32_t task, int32_t squad)
{
    return carry_to(s, task, squad, 0) || carry_to(s, task, squad, s->t->strands[squad].count);
}

static bool turn_towards(struct shake *s, int32_t task, int32_t near)
{
    const struct strand_set *t = s->t;
    const int32_t strand = t->strand_of[task], i = t->place_of[task];
    const int32_t other = t->strand_of[near], j = t->place_of[near];

    if (strand != other)
        return cross(s, strand, i + 1, other, j) || cross(s, strand, i, other, j + 1);
    return i < j ? turn(s, strand, i + 1, j) || turn(s, strand, i, j - 1)
                 : turn(s, strand, j + 1, i) || turn(s, strand, j, i - 1);
}

static bool better_at(struct shake *s, int32_t task)
{
    const int32_t *near = s->t->near + (size_t)task * STRAND_NEAR;
    const int32_t *homes = s->t->homes + (size_t)task * STRAND_HOMES;

    if (turn(s, s->t->strand_of[task], s->t->place_of[task], s->t->place_of[task]))
        return true;
    for (int32_t i = 0; i < STRAND_NEAR && near[i] >= 0; i++) {
        if (carry_beside(s, task, near[i]) || turn_towards(s, task, near[i]))
            return true;
    }
    for (int32_t i = 0; i < STRAND_HOMES && homes[i] >= 0 && s->t->wish->squad_count > 1; i++) {
        if (carry_home(s, task, homes[i]))
            return true;
    }
    return false;
}

static void descend(struct shake *s)
{
    while (s->queue_count > 0) {
        const int32_t task = look_next(s);

        if (better_at(s, task))
            look_at_task(s, task);
    }
}

/* ------------------------------------------------------------------ the shake */

static int32_t draw(struct strand_set *t, int32_t below) /* xorshift64*, Marsaglia, Vigna */
{
    t->chance ^= t->chance >> 12;
    t->chance ^= t->chance << 25;
    t->chance ^= t->chance >> 27;
    return (int32_t)((t->chance * 0x2545F4914F6CDD1DU >> 33) % (uint64_t)below);
}

/* Exchanges two neighbouring parts within a window: a double bridge of near cuts. */
static void exchange(struct shake *s, int32_t strand, int32_t around)
{
    struct strand_set *t = s->t;
    struct strand *r = &t->strands[strand];
    const int32_t width = r->count < WINDOW ? r->count : WINDOW;
    int32_t low = around - width / 2, part[WINDOW];

    low = low < 0 ? 0 : low;
    low = low > r->count - width ? r->count - width : low;
    const int32_t second = low + 1 + draw(t, width - 1); /* a part before it, one behind it */
    const int32_t first = low + draw(t, second - low);
    const int32_t end = second + 1 + draw(t, low + width - second);
    const int32_t one = second - first, two = end - second;

    touch(s, strand);
    memcpy(part, r->visits + first, (size_t)one * sizeof *part);
    memmove(r->visits + first, r->visits + second, (size_t)two * sizeof *part);
    memcpy(r->visits + first + two, part, (size_t)one * sizeof *part);
    strand_settle(t, strand, first);
    look_at(s, strand, first);
    look_at(s, strand, first + two);
    look_at(s, strand, end);
}

/* Lets another squad have a task, beside one that is near to it. */
static void give_away(struct shake *s, int32_t task, int32_t near)
{
    struct strand_set *t = s->t;
    const int32_t strand = t->strand_of[task], place = t->place_of[task];
    const int32_t other = t->strand_of[near], gap = t->place_of[near] + draw(t, 2);
    struct strand *r = &t->strands[strand], *q = &t->strands[other];
    const int32_t visit = r->visits[place];

    touch(s, strand);
    touch(s, other);
    memmove(r->visits + place, r->visits + place + 1,
            (size_t)(r->count - place - 1) * sizeof *r->visits);
    r->count--;
    memmove(q->visits + gap + 1, q->visits + gap, (size_t)(q->count - gap) * sizeof *q->visits);
    q->visits[gap] = visit;
    q->count++;
    strand_settle(t, strand, place);
    strand_settle(t, other, gap);
    look_at(s, strand, place);
    look_at(s, other, gap);
    look_at(s, other, gap + 1);
}

static void step(struct shake *s)
{
    struct strand_set *t = s->t;
    const int32_t task = draw(t, t->wish->task_count), strand = t->strand_of[task];
    const int32_t near =
        strand < 0 ? -1 : t->near[(size_t)task * STRAND_NEAR + (size_t)draw(t, STRAND_NEAR)];

    if (strand < 0)
        return;
    if (near >= 0 && t->strand_of[near] != strand)
        give_away(s, task, near);
    else if (t->strands[strand].count >= SHAKE_LEAST)
        exchange(s, strand, t->place_of[task]);
    else
        return;
    descend(s);
    if (is_worse(s))
        put_back(s);
    forget(s);
}

/* One squad wants the least time; several want first little, then even times. */
static int32_t sharpness_at(const struct strand_set *t, int32_t step, int32_t steps)
{
    if (t->wish->squad_count == 1)
        return 0;
    return BLUNTEST + (int32_t)((int64_t)step * (SHARPEST - BLUNTEST + 1) / steps);
}

static void look_at_all(struct shake *s)
{
    int64_t total = 0;

    for (int32_t k = 0; k < s->t->wish->squad_count; k++)
        total += s->t->strands[k].cost_ms;
    s->t->scale_ms = total / s->t->wish->squad_count + 1;
    for (int32_t task = 0; task < s->t->wish->task_count; task++) {
        if (s->t->strand_of[task] >= 0)
            look_at_task(s, task);
    }
    descend(s);
    forget(s);
}

void shake_tour(struct strand_set *t, int32_t steps, struct arena *a)
{
    const size_t tasks = (size_t)t->wish->task_count, squads = (size_t)t->wish->squad_count;
    struct shake s = { .t = t,
                       .undo = arena_take(a, squads, sizeof *s.undo),
                       .touched = arena_take(a, squads, sizeof *s.touched),
                       .queue = arena_take(a, tasks, sizeof *s.queue),
                       .is_queued = arena_take(a, tasks, sizeof *s.is_queued) };

    for (size_t k = 0; k < squads; k++)
        s.undo[k].visits = arena_take(a, tasks, sizeof *s.undo[k].visits);
    for (int32_t i = 0; i < steps; i++) {
        const int32_t sharpness = sharpness_at(t, i, steps);

        if (i == 0 || sharpness != t->sharpness) {
            t->sharpness = sharpness;
            look_at_all(&s);
        }
        step(&s);
    }
}
