#include "geo/road/crossing.h"

#include <assert.h>
#include <math.h>

#include "geo/plane.h"

/* The mean detour, and what it grows by: with the time between fixes, as fast as the mode
 * goes, since who is not seen for long went a way that is the less straight; and with what
 * the fixes are off. */
static const double DETOUR_M = 2, DETOUR_SIGMAS = 0.15;
static const double DETOUR_MPS[MODE_COUNT] = { 0.08, 0.25, 0.6 };
/* What turning round weighs, by mode: less often than once in a hundred steps. */
static const double TURN_WEIGHT[MODE_COUNT] = { 4, 5, 5 };
/* How far a fix may fall back along a street while she goes on or stands. */
static const double BACK_SIGMAS = 3;
/* Fixes so much further apart than they are off say half of how far it is. */
static const double APART_SIGMAS = 4;
/* Ways that are so much less likely than the best are given up; the others' weights are
 * right within e to the minus SLACK. */
static const double BEAM = 30, SLACK = 2;

/* The searches from the places of the first step, the likeliest first; each ends where a
 * longer way would be less likely than one that is known. */
struct search {
    const struct crossing *c;
    struct hop_room *room;
    const struct lattice_node *before;
    struct lattice_node *here;
    int32_t here_count;
    struct hop_place targets[LATTICE_NODES_MAX];
    struct plane plane;
    struct plane_place there[LATTICE_NODES_MAX]; /* of the places here */
    double detour_m, sigma_m;                    /* sigma of both fixes together */
    double fixes_m, fixes_count_for;
    double least; /* the best score here */
    uint32_t limit_cm;
    struct buf *links;
    int32_t link_count;
};

/* ------------------------------------------------------------------ weighing */

/* How far it is, straight. Places say so best when the fixes are hardly further apart than
 * they are off: what those say is noise then. Of fixes far apart the places may have been
 * drawn together along a wrong street, which the fixes show. */
static double straight_m(const struct search *s, const struct lattice_node *from, int32_t j)
{
    const struct plane_place a = plane_put(&s->plane, from->at);
    const double places_m = hypot(s->there[j].x - a.x, s->there[j].y - a.y);

    return places_m + s->fixes_count_for * (s->fixes_m - places_m);
}

/* How long a way from this place may be to be worth anything. */
static uint32_t limit_from(const struct search *s, const struct lattice_node *from)
{
    double most_m = 0;

    for (int32_t j = 0; j < s->here_count; j++) {
        const struct lattice_node *to = &s->here[j];
        const double left = fmin(to->score + SLACK, s->least + BEAM) - to->emission - from->score;

        if (left > 0)
            most_m = fmax(most_m, straight_m(s, from, j) + left * s->detour_m);
    }
    return (uint32_t)fmin(most_m * 100, s->limit_cm);
}

/* A place on the same street against its direction, for who turns round between junctions:
 * centimetres there, or HOP_NEVER. At a junction it is a turn like others, which hop knows
 * to be allowed or not. */
static uint32_t turned_cm(const struct search *s, struct hop_place from, struct hop_place to)
{
    const struct graph *g = s->c->streets->graph;
    const uint32_t length_cm = s->c->streets->network->length_cm[g->edge[from.arc] >> 1];

    if (g->edge[from.arc] != (g->edge[to.arc] ^ 1) || to.arc != g->first_arc[g->edge[to.arc]])
        return HOP_NEVER;
    const uint32_t to_cm = length_cm - to.gone_cm;
    const uint32_t least_cm = from.gone_cm < to_cm ? from.gone_cm : to_cm;
    const uint32_t turn_cm = from.gone_cm < to_cm ? to_cm : from.gone_cm;

    return turn_cm > 0 && turn_cm < length_cm ? turn_cm - least_cm : HOP_NEVER;
}

/* How many standard deviations a fix fell back along a street that was being gone. */
static double back_sigmas(const struct search *s, struct hop_place from, struct hop_place to)
{
    if (from.arc != to.arc || to.gone_cm >= from.gone_cm)
        return 0;
    return (from.gone_cm - to.gone_cm) / 100.0 / s->sigma_m;
}

static bool fell_back(const struct search *s, struct hop_place from, struct hop_place to)
{
    const double sigmas = back_sigmas(s, from, to);

    return sigmas > 0 && sigmas <= BACK_SIGMAS;
}

/* What it weighs to go from one place to another, of a way so long; LATTICE_LOST: never. */
static double weigh(const struct search *s, const struct lattice_node *from, int32_t j, uint32_t cm,
                    bool *turned)
{
    const struct lattice_node *to = &s->here[j];
    const uint32_t turned_here = turned_cm(s, from->place, to->place);
    const double sigmas = back_sigmas(s, from->place, to->place);
    double weight = LATTICE_LOST, turning = LATTICE_LOST;

    if (cm != HOP_NEVER)
        weight = fabs(cm / 100.0 - straight_m(s, from, j)) / s->detour_m;
    if (fell_back(s, from->place, to->place))
        weight = fmin(weight, sigmas * sigmas / 2);
    if (turned_here <= s->limit_cm)
        turning = fabs(turned_here / 100.0 - straight_m(s, from, j)) / s->detour_m +
                  TURN_WEIGHT[s->c->streets->mode];
    *turned = turning < weight;
    return fmin(weight, turning);
}

static void offer(struct search *s, int32_t i, int32_t j, uint32_t cm)
{
    const struct lattice_node *from = &s->before[i];
    struct lattice_node *to = &s->here[j];
    bool turned;
    const double weight = weigh(s, from, j, cm, &turned);
    const double score = from->score + weight + to->emission;

    if (weight >= LATTICE_LOST || score > s->least + BEAM)
        return;
    const struct lattice_link link = { i, j, weight + to->emission };

    buf_put(s->links, &link, sizeof link);
    s->link_count++;
    if (score < to->score) {
        to->score = score;
        to->prev = i;
        to->turned = turned;
        s->least = fmin(s->least, score);
    }
}

static void cross_from(struct search *s, int32_t i)
{
    uint32_t lengths[LATTICE_NODES_MAX];
    const uint32_t limit_cm = limit_from(s, &s->before[i]);

    if (limit_cm == 0)
        return;
    hop_lengths(s->room, s->before[i].place, s->targets, s->here_count, limit_cm, lengths);
    for (int32_t j = 0; j < s->here_count; j++)
        offer(s, i, j, lengths[j]);
}

/* The places of the step before, the likeliest first. */
static int32_t rank(const struct lattice_node *nodes, int32_t count, int32_t *order)
{
    int32_t ranked = 0;

    for (int32_t i = 0; i < count; i++) {
        int32_t at = ranked;

        if (nodes[i].score >= LATTICE_LOST)
            continue;
        for (; at > 0 && nodes[i].score < nodes[order[at - 1]].score; at--)
            order[at] = order[at - 1];
        order[at] = i;
        ranked++;
    }
    return ranked;
}

/* Shares of all ways; what is not likely any more is given up. */
static void sum_up(struct search *s)
{
    struct lattice_link *links =
        (struct lattice_link *)(void *)(s->links->bytes + s->links->size) - s->link_count;
    double least = LATTICE_LOST, sum = 0;

    for (int32_t i = 0; i < s->link_count; i++)
        least = fmin(least, links[i].likely);
    for (int32_t i = 0; i < s->link_count; i++) {
        links[i].likely = exp(least - links[i].likely);
        s->here[links[i].to].before += s->before[links[i].from].before * links[i].likely;
    }
    for (int32_t j = 0; j < s->here_count; j++) {
        struct lattice_node *to = &s->here[j];

        sum += to->before;
        if (to->score > s->least + BEAM)
            to->score = LATTICE_LOST;
        else if (fell_back(s, s->before[to->prev].place, to->place)) {
            to->place = s->before[to->prev].place;
            to->at = s->before[to->prev].at;
        }
    }
    for (int32_t j = 0; j < s->here_count && sum > 0; j++)
        s->here[j].before /= sum;
}

/* ------------------------------------------------------------------ the whole */

static double detour_m(const struct crossing *c)
{
    return DETOUR_M + DETOUR_MPS[c->streets->mode] * (double)(c->to->at_us - c->left_us) / 1e6 +
           DETOUR_SIGMAS * (lattice_sigma_m(c->from) + lattice_sigma_m(c->to));
}

/* Turning round counts as the detour that is as rare. */
static void begin_hops(const struct crossing *c, struct hop_room *room)
{
    const double turn_m = detour_m(c) * TURN_WEIGHT[c->streets->mode];

    hop_begin(room, c->streets, c->to->at, c->reach_m, (uint32_t)(100 * turn_m));
}

static void measure(struct search *s)
{
    const struct crossing *c = s->c;

    s->plane = plane_at(c->to->at);
    s->detour_m = detour_m(c);
    s->sigma_m = hypot(lattice_sigma_m(c->from), lattice_sigma_m(c->to));
    s->limit_cm = lattice_limit_cm(c->streets->mode, c->from, c->to);
    const struct plane_place from = plane_put(&s->plane, c->from->at);

    s->fixes_m = hypot(from.x, from.y);
    const double far = pow(s->fixes_m / (APART_SIGMAS * s->sigma_m), 4);

    s->fixes_count_for = far / (1 + far);
    for (int32_t j = 0; j < s->here_count; j++) {
        s->targets[j] = s->here[j].place;
        s->there[j] = plane_put(&s->plane, s->here[j].at);
    }
}

int32_t crossing_go(const struct crossing *c, struct hop_room *room,
                    const struct lattice_node *before, int32_t before_count,
                    struct lattice_node *here, int32_t here_count, struct buf *links)
{
    struct search s = { .c = c,
                        .room = room,
                        .before = before,
                        .here = here,
                        .here_count = here_count,
                        .least = LATTICE_LOST,
                        .links = links };
    int32_t order[LATTICE_NODES_MAX];
    const int32_t ranked = rank(before, before_count, order);

    assert(ranked > 0);
    measure(&s);
    /* Better than the best before with the best here it does not get. */
    for (int32_t j = 0; j < here_count; j++)
        s.least = fmin(s.least, before[order[0]].score + here[j].emission);
    begin_hops(c, room);
    for (int32_t i = 0; i < ranked; i++)
        cross_from(&s, order[i]);
    if (s.link_count > 0)
        sum_up(&s);
    return s.link_count;
}

bool crossing_way(const struct crossing *c, struct hop_room *room, const struct lattice_node *from,
                  const struct lattice_node *to, struct buf *arcs)
{
    begin_hops(c, room);
    return hop_way(room, from->place, to->place, lattice_limit_cm(c->streets->mode, c->from, c->to),
                   arcs);
}
