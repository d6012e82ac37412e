/* The arrays of the steps, the places of a fix, and which of them are decided. That a fix is
 * off its street is normal in both directions. */
#include "geo/road/lattice.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "geo/road/crossing.h"

/* Metres. What a fix that does not say has for accuracy, and what is believed of one that
 * does: 68 of 100 within the accuracy is 1.5 standard deviations of each axis. */
static const double SIGMA_M = 12, SIGMA_LEAST_M = 4, SIGMA_MOST_M = 60, ACCURACY_SIGMAS = 1.515;
static const double REACH_SIGMAS = 4, REACH_LEAST_M = 90, REACH_MOST_M = 250;
/* Driveways and the aisles of car parks lie beside streets and carry little of what drives:
 * that a car is on one, when there is a street as well, has to be shown by this much. */
static const double SERVICE_WEIGHT = 20;
/* The fastest of each mode, metres a second, and what fixes may be off together. */
static const double FASTEST_MPS[MODE_COUNT] = { 7, 17, 50 };
static const double LIMIT_SIGMAS = 4, LIMIT_MORE_M = 40;
/* Whoever stayed at a step is not taken to have left it earlier than this before the next. */
static const int64_t LEAVING_US = 60 * INT64_C(1000000);

enum { SEGMENTS_MAX = 20 };

struct step {
    struct match_fix fix;
    int64_t stayed_us; /* she was there until then at least */
    int64_t left_us;   /* the step before */
    int32_t first_node, node_count;
    int32_t first_link, link_count; /* from the step before */
};

/* ------------------------------------------------------------------ the arrays */

static struct step *step_at(const struct lattice *l, int32_t step)
{
    return (struct step *)(void *)l->steps.bytes + step;
}

static struct lattice_node *nodes_of(const struct lattice *l, const struct step *s)
{
    return (struct lattice_node *)(void *)l->nodes.bytes + s->first_node;
}

void lattice_free(struct lattice *l)
{
    buf_free(&l->steps);
    buf_free(&l->nodes);
    buf_free(&l->links);
}

void lattice_clear(struct lattice *l)
{
    buf_clear(&l->steps);
    buf_clear(&l->nodes);
    buf_clear(&l->links);
}

int32_t lattice_count(const struct lattice *l)
{
    return (int32_t)(l->steps.size / sizeof(struct step));
}

struct lattice_node *lattice_nodes(const struct lattice *l, int32_t step, int32_t *count)
{
    *count = step_at(l, step)->node_count;
    return nodes_of(l, step_at(l, step));
}

const struct lattice_link *lattice_links(const struct lattice *l, int32_t step, int32_t *count)
{
    *count = step_at(l, step)->link_count;
    return (const struct lattice_link *)(const void *)l->links.bytes + step_at(l, step)->first_link;
}

const struct match_fix *lattice_fix(const struct lattice *l, int32_t step)
{
    return &step_at(l, step)->fix;
}

static void cut_front(struct buf *b, size_t bytes)
{
    if (bytes == 0)
        return;
    memmove(b->bytes, b->bytes + bytes, b->size - bytes);
    b->size -= bytes;
}

void lattice_drop(struct lattice *l, int32_t step)
{
    const int32_t node = step_at(l, step)->first_node;
    const struct step *kept = step_at(l, step);
    const int32_t link = kept->first_link + kept->link_count;

    if (step == 0)
        return;
    cut_front(&l->steps, (size_t)step * sizeof(struct step));
    cut_front(&l->nodes, (size_t)node * sizeof(struct lattice_node));
    cut_front(&l->links, (size_t)link * sizeof(struct lattice_link));
    for (int32_t i = 0; i < lattice_count(l); i++) {
        step_at(l, i)->first_node -= node;
        step_at(l, i)->first_link -= link;
    }
    step_at(l, 0)->first_link = 0;
    step_at(l, 0)->link_count = 0;
}

/* ------------------------------------------------------------------ measures */

double lattice_sigma_m(const struct match_fix *fix)
{
    if (fix->accuracy_m <= 0)
        return SIGMA_M;
    return fmin(fmax(fix->accuracy_m / ACCURACY_SIGMAS, SIGMA_LEAST_M), SIGMA_MOST_M);
}

double lattice_accuracy_m(double sigma_m)
{
    return sigma_m * ACCURACY_SIGMAS;
}

static double reach_m(const struct match_fix *fix)
{
    return fmin(fmax(REACH_SIGMAS * lattice_sigma_m(fix), REACH_LEAST_M), REACH_MOST_M);
}

static int64_t left_at_us(const struct step *before, int64_t now_us)
{
    const int64_t latest_us =
        before->stayed_us < now_us - LEAVING_US ? before->stayed_us : now_us - LEAVING_US;

    return latest_us > before->fix.at_us ? latest_us : before->fix.at_us;
}

void lattice_stay(struct lattice *l, int64_t at_us)
{
    step_at(l, lattice_count(l) - 1)->stayed_us = at_us;
}

int64_t lattice_left_us(const struct lattice *l, int32_t step)
{
    return step_at(l, step)->left_us;
}

uint32_t lattice_limit_cm(enum mode mode, const struct match_fix *from, const struct match_fix *to)
{
    const double m = FASTEST_MPS[mode] * (double)(to->at_us - from->at_us) / 1e6 +
                     LIMIT_SIGMAS * (lattice_sigma_m(from) + lattice_sigma_m(to)) + LIMIT_MORE_M;

    return (uint32_t)fmin(m * 100, NETWORK_LENGTH_MAX_CM);
}

struct spot lattice_spot(const struct hop_streets *s, struct hop_place place)
{
    const int32_t edge = s->graph->edge[place.arc];
    const uint32_t length_cm = s->network->length_cm[edge >> 1];

    return (struct spot){ edge >> 1, edge & 1 ? length_cm - place.gone_cm : place.gone_cm };
}

/* ------------------------------------------------------------------ places of a fix */

static int32_t add_edge(const struct hop_streets *s, const struct snap *snap, int32_t edge,
                        bool is_first, double emission, struct lattice_node *out, int32_t count)
{
    const struct graph *g = s->graph;
    const uint32_t length_cm = s->network->length_cm[snap->spot.segment];
    const struct point at = network_point(s->network, snap->spot);
    /* Whoever begins within an edge has no past. */
    const int32_t end = is_first ? g->first_arc[edge] + 1 : g->first_arc[edge + 1];

    for (int32_t arc = g->first_arc[edge]; arc < end && count < LATTICE_NODES_MAX; arc++)
        if (hop_open(s, arc))
            out[count++] = (struct lattice_node){
                .place = { arc, edge & 1 ? length_cm - snap->spot.along_cm : snap->spot.along_cm },
                .at = at,
                .off_m = snap->off_m,
                .emission = emission,
                .score = LATTICE_LOST,
                .prev = -1
            };
    return count;
}

static int32_t find_places(const struct match_streets *streets, const struct match_fix *fix,
                           bool is_first, struct lattice_node *out)
{
    const struct hop_streets *s = &streets->streets;
    const double sigma_m = lattice_sigma_m(fix);
    struct snap snaps[SEGMENTS_MAX];
    const int32_t snap_count =
        snap_within(streets->index, s->mode, fix->at, reach_m(fix), snaps, SEGMENTS_MAX);
    int32_t count = 0;

    for (int32_t i = 0; i < snap_count; i++) {
        const double sigmas = snaps[i].off_m / sigma_m;
        const bool is_service = s->mode == MODE_CAR &&
                                s->network->street_class[snaps[i].spot.segment] == STREET_SERVICE;
        const double emission = sigmas * sigmas / 2 + (is_service ? SERVICE_WEIGHT : 0);

        for (int32_t side = 0; side < 2; side++)
            count = add_edge(s, &snaps[i], 2 * snaps[i].spot.segment + side, is_first, emission,
                             out, count);
    }
    return count;
}

/* ------------------------------------------------------------------ steps */

/* Scores count from the best, so that they stay small however long the track is. */
static void level(struct lattice_node *nodes, int32_t count)
{
    double least = LATTICE_LOST;

    for (int32_t i = 0; i < count; i++)
        least = fmin(least, nodes[i].score);
    for (int32_t i = 0; i < count; i++)
        if (nodes[i].score < LATTICE_LOST)
            nodes[i].score -= least;
}

static void begin(struct lattice_node *nodes, int32_t count)
{
    double sum = 0;

    for (int32_t i = 0; i < count; i++) {
        nodes[i].score = nodes[i].emission;
        nodes[i].before = exp(-nodes[i].emission);
        sum += nodes[i].before;
    }
    for (int32_t i = 0; i < count && sum > 0; i++)
        nodes[i].before /= sum;
}

static struct crossing crossing_of(const struct match_streets *streets, const struct step *from,
                                   const struct step *to)
{
    return (struct crossing){ .streets = &streets->streets,
                              .from = &from->fix,
                              .to = &to->fix,
                              .left_us = to->left_us,
                              .reach_m = reach_m(&to->fix) };
}

enum lattice_step lattice_add(struct lattice *l, struct hop_room *room,
                              const struct match_streets *streets, const struct match_fix *fix)
{
    struct lattice_node here[LATTICE_NODES_MAX];
    const int32_t last = lattice_count(l) - 1;
    const int32_t count = find_places(streets, fix, last < 0, here);
    struct step step = { .fix = *fix,
                         .stayed_us = fix->at_us,
                         .left_us = fix->at_us,
                         .first_node = (int32_t)(l->nodes.size / sizeof *here),
                         .node_count = count,
                         .first_link = (int32_t)(l->links.size / sizeof(struct lattice_link)) };

    if (count == 0)
        return LATTICE_NO_STREET;
    if (last < 0) {
        begin(here, count);
    } else {
        const struct step *before = step_at(l, last);

        step.left_us = left_at_us(before, fix->at_us);
        const struct crossing c = crossing_of(streets, before, &step);

        step.link_count =
            crossing_go(&c, room, nodes_of(l, before), before->node_count, here, count, &l->links);
        if (step.link_count == 0)
            return LATTICE_NO_WAY;
    }
    level(here, count);
    buf_put(&l->nodes, here, (size_t)count * sizeof *here);
    buf_put(&l->steps, &step, sizeof step);
    return LATTICE_TAKEN;
}

void lattice_way(const struct lattice *l, struct hop_room *room,
                 const struct match_streets *streets, int32_t step, int32_t node, struct buf *arcs)
{
    const struct step *here = step_at(l, step);
    const struct step *before = step_at(l, step - 1);
    const struct lattice_node *to = &nodes_of(l, here)[node];
    const struct lattice_node *from = &nodes_of(l, before)[to->prev];

    if (to->turned)
        return;
    const struct crossing c = crossing_of(streets, before, here);
    const bool is_there = crossing_way(&c, room, from, to, arcs);

    assert(is_there);
}

/* ------------------------------------------------------------------ what is decided */

static uint64_t bit(int32_t i)
{
    return (uint64_t)1 << i;
}

static uint64_t alive_at(const struct lattice *l, int32_t step)
{
    const struct step *s = step_at(l, step);
    uint64_t alive = 0;

    for (int32_t i = 0; i < s->node_count; i++)
        if (nodes_of(l, s)[i].score < LATTICE_LOST)
            alive |= bit(i);
    return alive;
}

int32_t lattice_decided(const struct lattice *l)
{
    int32_t step = lattice_count(l) - 1;

    if (step < 0)
        return -1;
    for (uint64_t alive = alive_at(l, step); step >= 0; step--) {
        const struct step *s = step_at(l, step);
        uint64_t earlier = 0;

        if ((alive & (alive - 1)) == 0)
            return step;
        for (int32_t i = 0; i < s->node_count; i++)
            if ((alive & bit(i)) && nodes_of(l, s)[i].prev >= 0)
                earlier |= bit(nodes_of(l, s)[i].prev);
        alive = earlier;
    }
    return -1;
}

int32_t lattice_best(const struct lattice *l, int32_t step)
{
    const int32_t last = lattice_count(l) - 1;
    const struct step *s = step_at(l, last);
    int32_t best = 0;

    for (int32_t i = 1; i < s->node_count; i++)
        if (nodes_of(l, s)[i].score < nodes_of(l, s)[best].score)
            best = i;
    for (int32_t i = last; i > step; i--)
        best = nodes_of(l, step_at(l, i))[best].prev;
    return best;
}

void lattice_settle(struct lattice *l, int32_t step, int32_t node)
{
    uint64_t alive = bit(node);

    for (int32_t i = step; i < lattice_count(l); i++) {
        const struct step *s = step_at(l, i);
        uint64_t here = 0;

        for (int32_t j = 0; j < s->node_count; j++) {
            struct lattice_node *at = &nodes_of(l, s)[j];
            const bool stays = i == step ? j == node : at->prev >= 0 && (alive & bit(at->prev));

            if (!stays)
                at->score = LATTICE_LOST;
            else
                here |= bit(j);
        }
        alive = here;
    }
}

void lattice_trace(const struct lattice *l, int32_t step, int32_t node, int32_t *nodes)
{
    for (int32_t i = step; i >= 0; i--) {
        nodes[i] = node;
        node = nodes_of(l, step_at(l, i))[node].prev;
    }
}
