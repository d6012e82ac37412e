/* The three layers against what they mean, centimetre by centimetre. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "geo/cover/cover.h"
#include "tests/support/quilt.h"

enum {
    TOWNS = 12,
    NODES = 12,
    SEGMENTS = 18,
    SOURCES = 8,
    ROUNDS = 60,
    REACH_K = 2,
    RULES = 3,
    TIME_END = 4000,
};

static const struct visits_rule RULE[RULES] = { { 600, 1 }, { 300, 1 }, { 900, 120 } };

/* What was said last. */
struct source {
    const struct range_piece *pieces;
    int32_t count;
};

struct model {
    const struct network *network;
    const struct plots *plots;
    struct visits_wish visits;
    struct source lookouts[SOURCES], people[SOURCES];
    struct visits_pass passes[ROUNDS];
    int32_t pass_count;
    uint32_t now_s;
};

static struct model make_model(struct town_dice *dice, struct arena *a)
{
    struct model m = { .network = town_random(dice, NODES, SEGMENTS, false, a) };
    uint8_t *rules = arena_take(a, SEGMENTS, 1);
    struct visits_spot *spot = arena_take(a, 1, sizeof *spot);

    m.plots = quilt_plots(dice, m.network, a);
    for (int32_t s = 0; s < m.network->segment_count; s++)
        rules[s] = (uint8_t)town_pick(dice, RULES);
    *spot = (struct visits_spot){ { 0, 0, m.network->length_cm[0] / 2 }, 2 };
    m.visits = (struct visits_wish){ .network = m.network,
                                     .rules = RULE,
                                     .rule_count = RULES,
                                     .segment_rule = rules,
                                     .spots = spot,
                                     .spot_count = 1 };
    return m;
}

static struct cover *make_cover(const struct model *m)
{
    const struct cover_wish wish = { m->plots, m->visits, REACH_K };

    return cover_new(&wish);
}

/* ------------------------------------------------------------------ the definition */

static uint32_t count_on(const struct source *sources, int32_t segment, uint32_t at_cm)
{
    uint32_t count = 0;

    for (int32_t i = 0; i < SOURCES; i++)
        for (int32_t p = 0; p < sources[i].count; p++)
            count += sources[i].pieces[p].segment == segment &&
                     sources[i].pieces[p].from_cm <= at_cm && at_cm < sources[i].pieces[p].to_cm;
    return count;
}

static uint8_t rule_of(const struct model *m, int32_t segment, uint32_t bin)
{
    const struct range_piece *spot = &m->visits.spots[0].piece;
    const uint32_t from_cm = bin * VISITS_BIN_CM;
    const uint32_t rest_cm = m->network->length_cm[segment] - from_cm;
    const uint32_t middle_cm = from_cm + (rest_cm < VISITS_BIN_CM ? rest_cm : VISITS_BIN_CM) / 2;

    return segment == spot->segment && spot->from_cm <= middle_cm && middle_cm < spot->to_cm
               ? m->visits.spots[0].rule
               : m->visits.segment_rule[segment];
}

/* The whole seconds of a pass in a bin. */
static void mark_seconds(const struct visits_pass *p, uint32_t low_cm, uint32_t high_cm,
                         bool *present)
{
    const bool is_back = p->from_cm > p->to_cm;
    const int64_t whole = is_back ? p->from_cm - p->to_cm : p->to_cm - p->from_cm;
    const int64_t first = is_back ? (int64_t)p->from_cm - high_cm : (int64_t)low_cm - p->from_cm;
    const int64_t last = is_back ? (int64_t)p->from_cm - low_cm : (int64_t)high_cm - p->from_cm;
    const int64_t in = first < 0 ? 0 : first;
    const int64_t out = last > whole ? whole : last;
    const int64_t taken_s = p->to_s - p->from_s;

    if (whole == 0 || in >= out)
        return;
    for (int64_t s = taken_s * in / whole; s < taken_s * out / whole; s++)
        present[p->from_s + s] = true;
}

static bool is_patrolled(const struct model *m, int32_t segment, uint32_t bin)
{
    const struct visits_rule rule = RULE[rule_of(m, segment, bin)];
    const uint32_t low_cm = bin * VISITS_BIN_CM;
    const uint32_t length_cm = m->network->length_cm[segment];
    const uint32_t high_cm =
        low_cm + VISITS_BIN_CM < length_cm ? low_cm + VISITS_BIN_CM : length_cm;
    static bool present[2 * TIME_END];
    uint32_t dwell_s = 0;

    memset(present, 0, sizeof present);
    for (int32_t i = 0; i < m->pass_count; i++)
        if (m->passes[i].segment == segment && !m->passes[i].is_thin)
            mark_seconds(&m->passes[i], low_cm, high_cm, present);
    for (uint32_t s = m->now_s > rule.window_s ? m->now_s - rule.window_s : 0; s < 2 * TIME_END;
         s++)
        dwell_s += present[s];
    return dwell_s >= rule.dwell_s;
}

static uint8_t state_at(const struct model *m, int32_t segment, uint32_t at_cm, bool patrolled)
{
    const uint32_t lookouts = count_on(m->lookouts, segment, at_cm);
    const uint32_t people = count_on(m->people, segment, at_cm);

    return (uint8_t)((lookouts > 0 ? COVER_LOOKOUT : 0) | (patrolled ? COVER_PATROL : 0) |
                     (people >= REACH_K ? COVER_REACH : 0) |
                     (lookouts + people + (patrolled ? 1 : 0) == 1 ? COVER_ALONE : 0));
}

/* Every state of every lot, and every stretch, is looked at every few centimetres: at those
 * where anything can change and between. */
static void check_segment(const struct model *m, const struct cover *c, int32_t segment,
                          struct cover_sums *lots)
{
    struct cover_cursor cursor = { 0 };
    struct cover_stretch s;
    uint32_t at_cm = 0;
    struct cover_stretch before = { .state = UINT8_MAX };

    while (cover_next(c, segment, &cursor, &s)) {
        const uint32_t places[] = { s.from_cm, s.from_cm + (s.to_cm - s.from_cm) / 2, s.to_cm - 1 };

        assert_int_equal(s.from_cm, at_cm);
        assert_true(s.from_cm < s.to_cm);
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            const bool patrolled = is_patrolled(m, segment, places[i] / VISITS_BIN_CM);

            assert_int_equal(s.lookouts, count_on(m->lookouts, segment, places[i]));
            assert_int_equal(s.people, count_on(m->people, segment, places[i]));
            assert_int_equal(s.state, state_at(m, segment, places[i], patrolled));
        }
        assert_false(before.state == s.state && before.lot == s.lot && before.weight == s.weight &&
                     before.lookouts == s.lookouts && before.people == s.people);
        lots[s.lot].length_cm[s.state] += s.to_cm - s.from_cm;
        lots[s.lot].weight[s.state] += (int64_t)(s.to_cm - s.from_cm) * s.weight;
        before = s;
        at_cm = s.to_cm;
    }
    assert_int_equal(at_cm, m->plots->first[segment] < m->plots->first[segment + 1]
                                ? m->network->length_cm[segment]
                                : 0);
}

static void check_all(const struct model *m, const struct cover *c)
{
    struct arena *a = arena_new();
    struct cover_sums *lots = arena_take(a, (size_t)m->plots->lot_count, sizeof *lots);

    for (int32_t s = 0; s < m->network->segment_count; s++)
        check_segment(m, c, s, lots);
    assert_memory_equal(lots, cover_lots(c), (size_t)m->plots->lot_count * sizeof *lots);
    arena_free(a);
}

/* ------------------------------------------------------------------ changes */

static void say_source(struct town_dice *dice, struct model *m, struct cover *c, bool is_lookout,
                       struct arena *a)
{
    const int32_t i = town_pick(dice, SOURCES);
    struct source *s = is_lookout ? &m->lookouts[i] : &m->people[i];

    s->count = town_pick(dice, 4) == 0 ? 0 : quilt_pieces(dice, m->network, 2, a, &s->pieces);
    if (is_lookout)
        cover_lookout(c, i * 100, s->pieces, s->count);
    else
        cover_responder(c, i * 100, s->pieces, s->count);
}

static void say_pass(struct town_dice *dice, struct model *m, struct cover *c)
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

static void say_something(struct town_dice *dice, struct model *m, struct cover *c, struct arena *a)
{
    switch (town_pick(dice, 5)) {
    case 0:
        say_source(dice, m, c, true, a);
        break;
    case 1:
        say_source(dice, m, c, false, a);
        break;
    case 2:
        m->now_s += (uint32_t)town_pick(dice, 90);
        cover_tick(c, m->now_s);
        break;
    default:
        if (m->pass_count < ROUNDS)
            say_pass(dice, m, c);
    }
}

/* Told everything at once, the passes backwards. */
static uint64_t hash_anew(const struct model *m)
{
    struct cover *c = make_cover(m);
    uint64_t hash;

    cover_tick(c, m->now_s);
    for (int32_t i = m->pass_count - 1; i >= 0; i--)
        cover_visit(c, &m->passes[i]);
    for (int32_t i = SOURCES - 1; i >= 0; i--) {
        cover_responder(c, i * 100, m->people[i].pieces, m->people[i].count);
        cover_lookout(c, i * 100, m->lookouts[i].pieces, m->lookouts[i].count);
    }
    hash = cover_hash(c);
    cover_free(c);
    return hash;
}

static void every_stretch_and_sum_is_what_the_layers_mean(void **state)
{
    (void)state;
    struct town_dice dice = { 61 };

    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        struct model m = make_model(&dice, a);
        struct cover *c = make_cover(&m);

        for (int32_t round = 0; round < ROUNDS; round++) {
            say_something(&dice, &m, c, a);
            if (round % 5 == 0)
                check_all(&m, c);
        }
        assert_int_equal(cover_hash(c), hash_anew(&m));
        cover_free(c);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stretch_and_sum_is_what_the_layers_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
