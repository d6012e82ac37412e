#include "tests/support/stroll.h"

#include <math.h>

static const double NOISE_M = 15, PI = 3.14159265358979323846;

enum { JUMP_IN = 20, SILENT_IN = 8, LIFT_IN = 25 };

double stroll_chance(struct stroll *s)
{
    return ((double)(town_roll(&s->dice) >> 11) + 0.5) / 9007199254740992.0;
}

struct spot stroll_begin(const struct network *n, int32_t edge)
{
    return (struct spot){ edge >> 1, edge & 1 ? n->length_cm[edge >> 1] : 0 };
}

static struct point moved(struct point p, double far_m, double angle)
{
    p.lat += far_m * cos(angle) / 111132.0;
    p.lon += far_m * sin(angle) / (111320.0 * cos(p.lat * PI / 180));
    return p;
}

static void add_fix(struct stroll *s, double at_s, struct spot spot)
{
    struct point p = network_point(s->n, spot);

    p = moved(p, NOISE_M * sqrt(-2 * log(stroll_chance(s))), 2 * PI * stroll_chance(s));
    if (town_pick(&s->dice, JUMP_IN) == 0)
        p = moved(p, 100 + 900 * stroll_chance(s), 2 * PI * stroll_chance(s));
    if (s->fix_count < STROLL_FIXES_MAX)
        s->fixes[s->fix_count++] = (struct track_fix){ .fix_us = (int64_t)(at_s * 1e6),
                                                       .at = point_to_e7(p),
                                                       .accuracy_dm = (int32_t)(NOISE_M * 15.15),
                                                       .speed_cms = -1 };
}

struct walker {
    double clock_s, next_s, mps;
    double ride_until_s; /* she rides until then */
    const struct stroll_manner *manner;
};

static void report(struct stroll *s, struct walker *w, struct spot spot)
{
    add_fix(s, w->next_s, spot);
    w->next_s += w->manner->silence_s > 0 && town_pick(&s->dice, SILENT_IN) == 0
                     ? w->manner->silence_s
                     : w->manner->every_s;
    if (w->manner->late_s > 0)
        w->next_s += w->manner->late_s * (2 * stroll_chance(s) - 1);
}

static void stand(struct stroll *s, struct walker *w, struct spot spot, double for_s)
{
    w->clock_s += for_s;
    while (w->next_s < w->clock_s)
        report(s, w, spot);
}

/* On along an edge from so many centimetres to as many as she comes in the time she has. */
static uint32_t go_on(struct stroll *s, struct walker *w, int32_t edge, uint32_t from_cm)
{
    const uint32_t cm = s->n->length_cm[edge >> 1];
    const bool is_riding = w->clock_s < w->ride_until_s;
    const double mps = is_riding ? w->manner->lift_kmh / 3.6 : w->mps;
    const double left_cm = is_riding ? (w->ride_until_s - w->clock_s) * mps * 100 + 1 : cm;
    const uint32_t to_cm = left_cm < cm - from_cm ? from_cm + (uint32_t)left_cm : cm;
    const double takes_s = (to_cm - from_cm) / 100.0 / mps;

    while (w->next_s < w->clock_s + takes_s) {
        const double share = (w->next_s - w->clock_s) / takes_s;
        const uint32_t gone = from_cm + (uint32_t)(share * (to_cm - from_cm));

        report(s, w, (struct spot){ edge >> 1, edge & 1 ? cm - gone : gone });
    }
    w->clock_s += takes_s;
    parts_of_streets_add(is_riding ? &s->ridden : &s->truth, edge >> 1,
                         edge & 1 ? cm - to_cm : from_cm, edge & 1 ? cm - from_cm : to_cm);
    return to_cm;
}

static void walk_edge(struct stroll *s, struct walker *w, int32_t edge)
{
    const uint32_t cm = s->n->length_cm[edge >> 1];

    if (w->manner->lift_kmh > 0 && w->clock_s > w->ride_until_s + 300 &&
        town_pick(&s->dice, LIFT_IN) == 0)
        w->ride_until_s = w->clock_s + STROLL_LIFT_S;
    for (uint32_t at_cm = 0; at_cm < cm;)
        at_cm = go_on(s, w, edge, at_cm);
    /* Somebody has a question; a light is red. */
    if (w->clock_s >= w->ride_until_s && town_pick(&s->dice, 12) == 0)
        stand(s, w, (struct spot){ edge >> 1, edge & 1 ? 0 : cm }, 180 * stroll_chance(s));
}

void stroll_walk(struct stroll *s, const int32_t *edges, int32_t count,
                 const struct stroll_manner *m)
{
    struct walker w = { .clock_s = 1000,
                        .next_s = 1000,
                        .mps = m->kmh > 0 ? m->kmh / 3.6 : 1 + 0.6 * stroll_chance(s),
                        .manner = m };

    s->fix_count = s->truth.count = s->ridden.count = 0;
    stand(s, &w, stroll_begin(s->n, edges[0]), 60 + 120 * stroll_chance(s));
    for (int32_t i = 0; i < count; i++)
        walk_edge(s, &w, edges[i]);
    stand(s, &w, stroll_begin(s->n, edges[count - 1] ^ 1), 60 + 120 * stroll_chance(s));
    parts_of_streets_tidy(&s->truth);
    parts_of_streets_tidy(&s->ridden);
}
