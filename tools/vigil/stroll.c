/* Time passes edge by edge; what an edge costs the mode is what it takes. */
#include "tools/vigil/stroll.h"

enum {
    TRIES = 1000,      /* to find a street for the mode */
    EDGES_MAX = 500,   /* in one step: a ring of tiny edges must not hold us up */
    STAND_ONE_IN = 12, /* junctions */
    STAND_MAX_S = 90,
    LATE_MAX_US = 60000000, /* longer pauses of the program are not made up for */
};

static uint32_t cost_of(const struct stroll *w, const struct network *n, int32_t edge)
{
    return n->cost_ms[w->mode][edge];
}

bool stroll_start(struct stroll *w, const struct network *n, enum mode mode, struct chance chance,
                  int64_t now_us)
{
    *w = (struct stroll){ .mode = mode, .at_us = now_us, .chance = chance };
    w->speed = 0.7 + 0.5 * chance_part(&w->chance);
    w->done = chance_part(&w->chance);
    for (int i = 0; i < TRIES; i++) {
        w->edge = chance_pick(&w->chance, 2 * n->segment_count);
        if (cost_of(w, n, w->edge) < NETWORK_COST_NEVER)
            return true;
    }
    return false;
}

/* Any way on but back; back only where there is no other. A street that keeps its
 * name is twice as likely. */
static void turn(struct stroll *w, const struct network *n)
{
    const int32_t node = network_head(n, w->edge);
    const int32_t back = w->edge ^ 1;
    const char *name = network_name(n, w->edge >> 1);
    int32_t chosen = back;
    int32_t chances = 0;

    for (int32_t i = n->first_out[node]; i < n->first_out[node + 1]; i++) {
        const int32_t edge = n->out_edge[i];
        int32_t weight = 1 + (network_name(n, edge >> 1) == name);

        if (edge == back || cost_of(w, n, edge) == NETWORK_COST_NEVER)
            continue;
        chances += weight;
        if (chance_pick(&w->chance, chances) < weight)
            chosen = edge;
    }
    if (cost_of(w, n, chosen) == NETWORK_COST_NEVER) {
        /* The end of a one-way street that leads nowhere: begin elsewhere. */
        stroll_start(w, n, w->mode, w->chance, w->at_us);
        return;
    }
    w->edge = chosen;
    w->done = 0;
    if (chance_pick(&w->chance, STAND_ONE_IN) == 0)
        w->standing_us = w->at_us + 1000000LL * chance_pick(&w->chance, STAND_MAX_S);
}

void stroll_on(struct stroll *w, const struct network *n, int64_t now_us)
{
    if (now_us - w->at_us > LATE_MAX_US)
        w->at_us = now_us - LATE_MAX_US;
    for (int i = 0; i < EDGES_MAX && w->at_us < now_us; i++) {
        if (w->standing_us > w->at_us) {
            w->at_us = w->standing_us < now_us ? w->standing_us : now_us;
            continue;
        }
        const double whole_us = cost_of(w, n, w->edge) * 1000.0 / w->speed;
        const double left_us = (1 - w->done) * whole_us;
        const double passed = (double)(now_us - w->at_us);

        if (passed < left_us) {
            w->done += passed / whole_us;
            break;
        }
        w->at_us += (int64_t)left_us + 1;
        turn(w, n);
    }
    w->at_us = now_us;
}

struct point stroll_place(const struct stroll *w, const struct network *n)
{
    const int32_t segment = w->edge >> 1;
    const uint32_t length = n->length_cm[segment];
    const uint32_t along = (uint32_t)(w->done * length);

    return network_point(n, (struct spot){ segment, w->edge & 1 ? length - along : along });
}

double stroll_speed_mps(const struct stroll *w, const struct network *n)
{
    const double seconds = cost_of(w, n, w->edge) / 1000.0;

    if (w->standing_us > w->at_us || !(seconds > 0))
        return 0;
    return n->length_cm[w->edge >> 1] / 100.0 / seconds * w->speed;
}
