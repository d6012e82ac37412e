#include "geo/plan/ascent.h"

/* Ends are numbered 2 * i and 2 * i + 1 for the i-th task that counts, so that the other
 * end of e is e ^ 1. */
struct ascent {
    int32_t end_count;
    const int32_t *legs; /* [a * end_count + b]: the cheaper of there and back */
    const int32_t *home; /* of each end: to the nearest place to set out from or end at */
    int64_t work_ms;     /* of all tasks */
    int32_t squad_count;
    int32_t *price;
    int32_t *degree;       /* legs of an end in the tree */
    int32_t *least, *from; /* Prim's: to the tree so far, and by whom; -1 from home */
    bool *is_in;
};

enum { PRICE_MAX = 1 << 28, STALE_ROUNDS = 30 };

static int32_t least_of(uint32_t a, uint32_t b)
{
    const uint32_t least = a < b ? a : b;

    return least < TOUR_COST_MAX ? (int32_t)least : TOUR_COST_MAX;
}

/* ------------------------------------------------------------------ the tables */

static int32_t home_of(const struct tour_wish *w, int32_t stop)
{
    int32_t best = TOUR_COST_MAX;

    for (int32_t k = 0; k < w->squad_count; k++) {
        const size_t start = (size_t)w->squads[k].start, end = (size_t)w->squads[k].end;
        const size_t all = (size_t)w->stop_count;
        const int32_t ms =
            least_of(w->cost_ms[start * all + (size_t)stop], w->cost_ms[(size_t)stop * all + end]);

        best = ms < best ? ms : best;
    }
    return best;
}

static void set_up(struct ascent *h, const struct tour_wish *w, const bool *is_left,
                   struct arena *a)
{
    int32_t *stops = arena_take(a, 2 * (size_t)w->task_count, sizeof *stops);
    int32_t n = 0;

    for (int32_t i = 0; i < w->task_count; i++) {
        if (is_left && is_left[i])
            continue;
        stops[n++] = w->tasks[i].from;
        stops[n++] = w->tasks[i].to;
        h->work_ms += least_of(w->tasks[i].there_ms, w->tasks[i].back_ms);
    }
    const size_t ends = (size_t)n, all = (size_t)w->stop_count;
    int32_t *legs = arena_take(a, ends * ends, sizeof *legs);
    int32_t *home = arena_take(a, ends, sizeof *home);

    for (size_t i = 0; i < ends; i++) {
        const size_t one = (size_t)stops[i];

        home[i] = home_of(w, stops[i]);
        for (size_t k = 0; k < ends; k++) {
            const size_t two = (size_t)stops[k];

            legs[i * ends + k] = least_of(w->cost_ms[one * all + two], w->cost_ms[two * all + one]);
        }
    }
    h->end_count = n;
    h->legs = legs;
    h->home = home;
    h->squad_count = w->squad_count;
    h->price = arena_take(a, ends, sizeof *h->price);
    h->degree = arena_take(a, ends, sizeof *h->degree);
    h->least = arena_take(a, ends, sizeof *h->least);
    h->from = arena_take(a, ends, sizeof *h->from);
    h->is_in = arena_take(a, ends, sizeof *h->is_in);
}

/* ------------------------------------------------------------------ a tree */

static void reach_from(struct ascent *h, int32_t end)
{
    const int32_t *leg = h->legs + (size_t)end * (size_t)h->end_count;
    const int32_t price = h->price[end];

    for (int32_t i = 0; i < h->end_count; i++) {
        const int32_t ms = leg[i] + price + h->price[i];
        const bool is_less = ms < h->least[i];

        h->least[i] = is_less ? ms : h->least[i];
        h->from[i] = is_less ? end : h->from[i];
    }
}

static int32_t nearest_out(const struct ascent *h)
{
    int32_t best = -1;

    for (int32_t i = 0; i < h->end_count; i++) {
        if (!h->is_in[i] && (best < 0 || h->least[i] < h->least[best]))
            best = i;
    }
    return best;
}

/* An end comes into the tree, and with it the other end of its task. */
static void join(struct ascent *h, int32_t end)
{
    h->is_in[end] = h->is_in[end ^ 1] = true;
    reach_from(h, end);
    reach_from(h, end ^ 1);
}

/* The cheapest tree of the ends without home, with prices; fills the degrees. */
static int64_t tree_of_ends(struct ascent *h)
{
    int64_t sum = 0;

    for (int32_t i = 0; i < h->end_count; i++) {
        h->is_in[i] = false;
        h->degree[i] = 0;
        h->least[i] = INT32_MAX;
    }
    join(h, 0);
    for (int32_t next; (next = nearest_out(h)) >= 0;) {
        sum += h->least[next];
        h->degree[next]++;
        h->degree[h->from[next]]++;
        join(h, next);
    }
    return sum;
}

/* One squad: a tree without home, and home by its two cheapest legs. */
static int64_t ways_home(struct ascent *h)
{
    int32_t first = -1, second = -1;

    for (int32_t i = 0; i < h->end_count; i++) {
        const int32_t ms = h->home[i] + h->price[i];

        if (first < 0 || ms < h->home[first] + h->price[first]) {
            second = first;
            first = i;
        } else if (second < 0 || ms < h->home[second] + h->price[second]) {
            second = i;
        }
    }
    h->degree[first]++;
    h->degree[second]++;
    return (int64_t)h->home[first] + h->price[first] + h->home[second] + h->price[second];
}

/* Several squads: home is part of the tree. */
static int64_t tree_with_home(struct ascent *h)
{
    int64_t sum = 0;

    for (int32_t i = 0; i < h->end_count; i++) {
        h->is_in[i] = false;
        h->degree[i] = 0;
        h->least[i] = h->home[i] + h->price[i];
        h->from[i] = -1;
    }
    for (int32_t next; (next = nearest_out(h)) >= 0;) {
        sum += h->least[next];
        h->degree[next]++;
        if (h->from[next] >= 0)
            h->degree[h->from[next]]++;
        join(h, next);
    }
    return sum;
}

/* Beyond the tree every squad that goes has one more leg from or to home: the cheapest, at
 * least one, and all those that prices make cheaper than nothing. */
static int64_t further_ways_home(struct ascent *h)
{
    int64_t sum = 0;

    for (int32_t k = 0; k < h->squad_count; k++) {
        int32_t best = -1;

        for (int32_t i = 0; i < h->end_count; i++) {
            if (!h->is_in[i])
                continue;
            if (best < 0 || h->home[i] + h->price[i] < h->home[best] + h->price[best])
                best = i;
        }
        if (best < 0 || (k > 0 && h->home[best] + h->price[best] >= 0))
            break;
        sum += (int64_t)h->home[best] + h->price[best];
        h->degree[best]++;
        h->is_in[best] = false; /* each end once */
    }
    return sum;
}

static int64_t relaxed(struct ascent *h)
{
    int64_t sum = h->work_ms;

    sum += h->squad_count == 1 ? tree_of_ends(h) + ways_home(h)
                               : tree_with_home(h) + further_ways_home(h);
    for (int32_t i = 0; i < h->end_count; i++)
        sum -= h->price[i];
    return sum;
}

/* ------------------------------------------------------------------ the ascent */

/* Dearer, who has too many legs; cheaper, who has none. False when all have one. */
static bool reprice(struct ascent *h, double stride)
{
    int64_t wrong = 0;

    for (int32_t i = 0; i < h->end_count; i++) {
        const int64_t off = h->degree[i] - 1;

        wrong += off * off;
    }
    for (int32_t i = 0; i < h->end_count && wrong > 0; i++) {
        const double price = h->price[i] + stride * (h->degree[i] - 1) / (double)wrong;

        h->price[i] = price > PRICE_MAX    ? PRICE_MAX
                      : price < -PRICE_MAX ? -PRICE_MAX
                                           : (int32_t)price;
    }
    return wrong > 0;
}

int64_t ascent_bound(const struct tour_wish *wish, const bool *is_left, int64_t near_ms,
                     int32_t rounds, struct arena *a)
{
    struct ascent h = { 0 };
    double pace = 2;
    int64_t best = 0;
    int32_t stale = 0;

    set_up(&h, wish, is_left, a);
    for (int32_t i = 0; i < rounds && h.end_count > 0; i++) {
        const int64_t bound = relaxed(&h);

        stale = bound > best ? 0 : stale + 1;
        best = bound > best ? bound : best;
        if (stale >= STALE_ROUNDS) {
            pace /= 2;
            stale = 0;
        }
        if (!reprice(&h, pace * (double)(near_ms - bound)))
            break;
    }
    return best;
}
