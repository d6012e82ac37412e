#include "tests/support/cover_model.h"

enum { NODES = 12 };

const struct visits_rule COVER_MODEL_RULE[COVER_MODEL_RULES] = { { 600, 1 },
                                                                 { 300, 1 },
                                                                 { 900, 120 } };

struct cover_model cover_model_make(struct town_dice *dice, struct arena *a)
{
    struct cover_model m = { .network = town_random(dice, NODES, COVER_MODEL_SEGMENTS, false, a) };
    uint8_t *rules = arena_take(a, COVER_MODEL_SEGMENTS, 1);
    struct visits_spot *spot = arena_take(a, 1, sizeof *spot);

    m.plots = quilt_plots(dice, m.network, a);
    for (int32_t s = 0; s < m.network->segment_count; s++)
        rules[s] = (uint8_t)town_pick(dice, COVER_MODEL_RULES);
    *spot = (struct visits_spot){ { 0, 0, m.network->length_cm[0] / 2 }, 2 };
    m.visits = (struct visits_wish){ .network = m.network,
                                     .rules = COVER_MODEL_RULE,
                                     .rule_count = COVER_MODEL_RULES,
                                     .segment_rule = rules,
                                     .spots = spot,
                                     .spot_count = 1 };
    return m;
}

struct cover *cover_model_cover(const struct cover_model *m)
{
    const struct cover_wish wish = { .plots = m->plots,
                                     .visits = m->visits,
                                     .reach_k = COVER_MODEL_REACH_K };

    return cover_new(&wish);
}

void cover_model_say_source(struct town_dice *dice, struct cover_model *m, struct cover *c,
                            bool is_lookout, struct arena *a)
{
    const int32_t i = town_pick(dice, COVER_MODEL_SOURCES);
    struct cover_model_source *s = is_lookout ? &m->lookouts[i] : &m->people[i];

    s->count = town_pick(dice, 4) == 0 ? 0 : quilt_pieces(dice, m->network, 2, a, &s->pieces);
    if (is_lookout)
        cover_lookout(c, i * 100, s->pieces, s->count);
    else
        cover_responder(c, i * 100, s->pieces, s->count);
}

static void say_pass(struct town_dice *dice, struct cover_model *m, struct cover *c)
{
    struct visits_pass *p = &m->passes[m->pass_count];
    const uint32_t late_s = (uint32_t)town_pick(dice, 1500);
    const uint32_t taken_s = (uint32_t)town_pick(dice, 600);

    p->segment = town_pick(dice, m->network->segment_count);
    p->from_cm = town_spot(dice, m->network).along_cm % (m->network->length_cm[p->segment] + 1);
    p->to_cm = town_spot(dice, m->network).along_cm % (m->network->length_cm[p->segment] + 1);
    p->from_s = m->now_s > late_s ? m->now_s - late_s : 0;
    p->to_s = p->from_s + taken_s < m->now_s ? p->from_s + taken_s : m->now_s;
    p->is_thin = town_pick(dice, 6) == 0;
    if (p->from_cm == p->to_cm)
        return; /* standing has a test of its own */
    cover_visit(c, p);
    m->pass_count++;
}

void cover_model_say(struct town_dice *dice, struct cover_model *m, struct cover *c,
                     struct arena *a)
{
    switch (town_pick(dice, 5)) {
    case 0:
        cover_model_say_source(dice, m, c, true, a);
        break;
    case 1:
        cover_model_say_source(dice, m, c, false, a);
        break;
    case 2:
        m->now_s += (uint32_t)town_pick(dice, 90);
        cover_tick(c, m->now_s);
        break;
    default:
        if (m->pass_count < COVER_MODEL_ROUNDS)
            say_pass(dice, m, c);
    }
}
