/* The three layers against what they mean, centimetre by centimetre. */
#include "tests/support/check_near.h"

#include <stdlib.h>
#include <string.h>

#include "geo/cover/span.h"
#include "tests/support/cover_model.h"

enum { TOWNS = 12 };

/* ------------------------------------------------------------------ the definition */

static uint32_t count_on(const struct cover_model_source *sources, int32_t segment, uint32_t at_cm)
{
    uint32_t count = 0;

    for (int32_t i = 0; i < COVER_MODEL_SOURCES; i++)
        for (int32_t p = 0; p < sources[i].count; p++)
            count += sources[i].pieces[p].segment == segment &&
                     sources[i].pieces[p].from_cm <= at_cm && at_cm < sources[i].pieces[p].to_cm;
    return count;
}

static uint8_t rule_of(const struct cover_model *m, int32_t segment, uint32_t bin)
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

static bool is_patrolled(const struct cover_model *m, int32_t segment, uint32_t bin)
{
    const struct visits_rule rule = COVER_MODEL_RULE[rule_of(m, segment, bin)];
    const uint32_t low_cm = bin * VISITS_BIN_CM;
    const uint32_t length_cm = m->network->length_cm[segment];
    const uint32_t high_cm =
        low_cm + VISITS_BIN_CM < length_cm ? low_cm + VISITS_BIN_CM : length_cm;
    static bool present[2 * COVER_MODEL_TIME_END];
    uint32_t dwell_s = 0;

    memset(present, 0, sizeof present);
    for (int32_t i = 0; i < m->pass_count; i++)
        if (m->passes[i].segment == segment && !m->passes[i].is_thin)
            mark_seconds(&m->passes[i], low_cm, high_cm, present);
    for (uint32_t s = m->now_s > rule.window_s ? m->now_s - rule.window_s : 0;
         s < 2 * COVER_MODEL_TIME_END; s++)
        dwell_s += present[s];
    return dwell_s >= rule.dwell_s;
}

static uint8_t state_at(const struct cover_model *m, int32_t segment, uint32_t at_cm,
                        bool patrolled)
{
    const uint32_t lookouts = count_on(m->lookouts, segment, at_cm);
    const uint32_t people = count_on(m->people, segment, at_cm);

    return (uint8_t)((lookouts > 0 ? COVER_LOOKOUT : 0) | (patrolled ? COVER_PATROL : 0) |
                     (people >= COVER_MODEL_REACH_K ? COVER_REACH : 0) |
                     (lookouts + people + (patrolled ? 1 : 0) == 1 ? COVER_ALONE : 0));
}

/* Every state of every lot, and every stretch, is looked at every few centimetres: at those
 * where anything can change and between. */
static void check_segment(const struct cover_model *m, const struct cover *c, int32_t segment,
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

static void check_all(const struct cover_model *m, const struct cover *c)
{
    struct arena *a = arena_new();
    struct cover_sums *lots = arena_take(a, (size_t)m->plots->lot_count, sizeof *lots);

    for (int32_t s = 0; s < m->network->segment_count; s++)
        check_segment(m, c, s, lots);
    assert_memory_equal(lots, cover_lots(c), (size_t)m->plots->lot_count * sizeof *lots);
    arena_free(a);
}

/* Told everything at once, the passes backwards. */
static uint64_t hash_anew(const struct cover_model *m)
{
    struct cover *c = cover_model_cover(m);
    uint64_t hash;

    cover_tick(c, m->now_s);
    for (int32_t i = m->pass_count - 1; i >= 0; i--)
        cover_visit(c, &m->passes[i]);
    for (int32_t i = COVER_MODEL_SOURCES - 1; i >= 0; i--) {
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
        struct cover_model m = cover_model_make(&dice, a);
        struct cover *c = cover_model_cover(&m);

        for (int32_t round = 0; round < COVER_MODEL_ROUNDS; round++) {
            cover_model_say(&dice, &m, c, a);
            if (round % 5 == 0)
                check_all(&m, c);
        }
        assert_int_equal(cover_hash(c), hash_anew(&m));
        cover_free(c);
        arena_free(a);
    }
}

/* ------------------------------------------------------------------ sums of places */

static void add_state(struct cover_sums *to, const struct cover_stretch *s)
{
    to->length_cm[s->state] += s->to_cm - s->from_cm;
    to->weight[s->state] += (int64_t)(s->to_cm - s->from_cm) * s->weight;
}

static bool is_below(const struct plots *p, int32_t org, int32_t above)
{
    while (org != above && org >= 0)
        org = p->org_parent[org];
    return org == above;
}

/* A place of one kind; the others are -1. */
struct place {
    int32_t cell, org, station;
};

static bool is_of(const struct plots *p, const struct plots_lot *lot, struct place place)
{
    if (place.org >= 0)
        return is_below(p, lot->org, place.org);
    if (place.station >= 0)
        return lot->station == place.station;
    return lot->cell[0] == place.cell || lot->cell[1] == place.cell;
}

/* By a walk of its own. */
static struct cover_place sum_place(const struct cover_model *m, const struct cover *c,
                                    struct place of)
{
    struct cover_place place = { 0 };

    for (int32_t s = 0; s < m->network->segment_count; s++) {
        struct cover_cursor cursor = { 0 };
        struct cover_stretch stretch;
        uint32_t gap_cm = 0;

        while (cover_next(c, s, &cursor, &stretch)) {
            const struct plots_lot *lot = &m->plots->lots[stretch.lot];
            const bool is_in = is_of(m->plots, lot, of);

            if (is_in)
                add_state(&place.sums, &stretch);
            gap_cm = is_in && !(stretch.state & (COVER_LOOKOUT | COVER_PATROL))
                         ? gap_cm + stretch.to_cm - stretch.from_cm
                         : 0;
            place.longest_cm = gap_cm > place.longest_cm ? gap_cm : place.longest_cm;
        }
    }
    return place;
}

static void cells_organisations_and_stations_have_the_sums_of_their_streets(void **state)
{
    (void)state;
    struct town_dice dice = { 62 };

    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        struct cover_model m = cover_model_make(&dice, a);
        struct cover *c = cover_model_cover(&m);
        struct cover_sums city;
        struct cover_roll roll;

        for (int32_t round = 0; round < COVER_MODEL_ROUNDS; round++)
            cover_model_say(&dice, &m, c, a);
        cover_roll(c, a, &roll);
        cover_city(c, &city);
        assert_memory_equal(&city, &roll.orgs[0].sums, sizeof city);
        for (int32_t i = 0; i < m.plots->cell_count; i++) {
            const struct cover_place place = sum_place(&m, c, (struct place){ i, -1, -1 });

            assert_memory_equal(&place.sums, &roll.cells[i].sums, sizeof place.sums);
            assert_int_equal(place.longest_cm, roll.cells[i].longest_cm);
        }
        for (int32_t i = 0; i < m.plots->org_count; i++) {
            const struct cover_place place = sum_place(&m, c, (struct place){ -1, i, -1 });

            assert_memory_equal(&place.sums, &roll.orgs[i].sums, sizeof place.sums);
            assert_int_equal(place.longest_cm, roll.orgs[i].longest_cm);
        }
        assert_true(m.plots->station_count > 1);
        for (int32_t i = 0; i < m.plots->station_count; i++) {
            const struct cover_place place = sum_place(&m, c, (struct place){ -1, -1, i });

            assert_memory_equal(&place.sums, &roll.stations[i].sums, sizeof place.sums);
            assert_int_equal(place.longest_cm, roll.stations[i].longest_cm);
        }
        cover_free(c);
        arena_free(a);
    }
}

static void pieces_have_the_sums_of_their_own(void **state)
{
    (void)state;
    struct town_dice dice = { 63 };
    struct arena *a = arena_new();
    struct cover_model m = cover_model_make(&dice, a);
    struct cover *c = cover_model_cover(&m);
    struct range_piece *halves =
        arena_take(a, (size_t)m.network->segment_count * 2, sizeof *halves);
    struct cover_place whole;
    struct cover_sums city;

    for (int32_t round = 0; round < COVER_MODEL_ROUNDS; round++)
        cover_model_say(&dice, &m, c, a);
    for (int32_t s = 0; s < m.network->segment_count; s++) {
        const uint32_t length_cm = m.network->length_cm[s];

        halves[2 * s] = (struct range_piece){ s, 0, length_cm / 2 };
        halves[2 * s + 1] = (struct range_piece){ s, length_cm / 2, length_cm };
    }
    cover_sum(c, halves, 2 * m.network->segment_count, &whole);
    cover_city(c, &city);
    assert_memory_equal(&city, &whole.sums, sizeof city);
    cover_sum(c, halves, 0, &whole);
    for (int32_t i = 0; i < COVER_STATES; i++)
        assert_int_equal(whole.sums.length_cm[i], 0);
    cover_free(c);
    arena_free(a);
}

static void figures_tell_each_state_once(void **state)
{
    (void)state;
    int64_t by_state[COVER_STATES] = { 0 };
    struct cover_figure f;

    by_state[0] = 1;
    by_state[COVER_LOOKOUT | COVER_ALONE] = 10;
    by_state[COVER_PATROL | COVER_REACH] = 100;
    by_state[COVER_ALONE] = 1000; /* one person, where two are asked for */
    cover_figure(by_state, &f);
    assert_int_equal(f.length, 1111);
    assert_int_equal(f.lookout, 10);
    assert_int_equal(f.patrol, 100);
    assert_int_equal(f.reach, 100);
    assert_int_equal(f.missing[COVER_DARK], 1001);
    assert_int_equal(f.missing[COVER_UNWATCHED], 1001);
    assert_int_equal(f.missing[COVER_UNREACHABLE], 1011);
    assert_int_equal(f.missing[COVER_THIN], 1010);
    assert_string_equal(cover_class_word(COVER_THIN), "thin");
}

/* ------------------------------------------------------------------ people by segment */

/* What the people have of a segment, as steps. */
static int32_t steps_of(const struct cover *c, int32_t segment, struct cover_step *steps)
{
    struct cover_cursor cursor = { 0 };
    struct cover_stretch s;
    int32_t count = 0;

    while (cover_next(c, segment, &cursor, &s)) {
        if (s.people == 0)
            continue;
        if (count > 0 && steps[count - 1].to_cm == s.from_cm && steps[count - 1].people == s.people)
            steps[count - 1].to_cm = s.to_cm;
        else
            steps[count++] = (struct cover_step){ s.from_cm, s.to_cm, s.people };
    }
    return count;
}

static void people_told_by_segment_cover_like_people_told_one_by_one(void **state)
{
    (void)state;
    struct town_dice dice = { 64 };

    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        struct cover_model m = cover_model_make(&dice, a);
        struct cover *one = cover_model_cover(&m);
        struct cover *other = cover_model_cover(&m);
        struct cover_step *steps = arena_take(a, 1000, sizeof *steps);

        for (int32_t round = 0; round < 10; round++) {
            for (int32_t i = 0; i < 3; i++)
                cover_model_say_source(&dice, &m, one, false, a);
            for (int32_t s = 0; s < m.network->segment_count; s++)
                cover_reach(other, s, steps, steps_of(one, s, steps));
            assert_memory_equal(cover_lots(one), cover_lots(other),
                                (size_t)m.plots->lot_count * sizeof(struct cover_sums));
            for (int32_t s = 0; s < m.network->segment_count; s++) {
                struct cover_step *again = arena_take(a, 1000, sizeof *again);
                const int32_t count = steps_of(one, s, steps);

                assert_int_equal(count, steps_of(other, s, again));
                assert_memory_equal(steps, again, (size_t)count * sizeof *steps);
            }
        }
        cover_free(one);
        cover_free(other);
        arena_free(a);
    }
}

/* The stretches where one cover is patrolled, tidy. */
static int32_t patrols_of(const struct cover *c, int32_t segment_count, struct range_piece *pieces)
{
    int32_t count = 0;

    for (int32_t segment = 0; segment < segment_count; segment++) {
        struct cover_cursor cursor = { 0 };
        struct cover_stretch s;

        while (cover_next(c, segment, &cursor, &s))
            if (s.state & COVER_PATROL)
                pieces[count++] = (struct range_piece){ segment, s.from_cm, s.to_cm };
    }
    return span_tidy_pieces(pieces, count);
}

static void a_moment_that_is_told_its_patrols_is_like_one_that_saw_the_visits(void **state)
{
    (void)state;
    struct town_dice dice = { 65 };

    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        struct cover_model m = cover_model_make(&dice, a);
        struct cover *seen = cover_model_cover(&m);
        struct cover *told = cover_new(&(struct cover_wish){ .plots = m.plots,
                                                             .visits = { .network = m.network },
                                                             .reach_k = COVER_MODEL_REACH_K,
                                                             .is_moment = true });
        struct range_piece *pieces = arena_take(a, 10000, sizeof *pieces);

        for (int32_t round = 0; round < COVER_MODEL_ROUNDS; round++) {
            cover_model_say(&dice, &m, seen, a);
            for (int32_t i = 0; i < COVER_MODEL_SOURCES; i++) {
                cover_lookout(told, 100 * i, m.lookouts[i].pieces, m.lookouts[i].count);
                cover_responder(told, 100 * i, m.people[i].pieces, m.people[i].count);
            }
            cover_patrolled(told, pieces, patrols_of(seen, m.network->segment_count, pieces));
            assert_memory_equal(cover_lots(seen), cover_lots(told),
                                (size_t)m.plots->lot_count * sizeof(struct cover_sums));
        }
        cover_free(seen);
        cover_free(told);
        arena_free(a);
    }
}

/* ------------------------------------------------------------------ and if? */

static void some_changes(struct town_dice *dice, const struct cover_model *m,
                         struct cover_change *changes, int32_t count, struct arena *a)
{
    for (int32_t i = 0; i < count; i++) {
        struct cover_change *change = &changes[i];

        *change =
            (struct cover_change){ .kind = town_pick(dice, 2) == 0 ? COVER_OF_LOOKOUT
                                                                   : COVER_OF_RESPONDER,
                                   .source_id = 100 * town_pick(dice, COVER_MODEL_SOURCES + 2) };
        if (town_pick(dice, 3) > 0)
            change->count = quilt_pieces(dice, m->network, 3, a, &change->pieces);
    }
}

static void make_so(struct cover *c, const struct cover_change *changes, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        if (changes[i].kind == COVER_OF_LOOKOUT)
            cover_lookout(c, changes[i].source_id, changes[i].pieces, changes[i].count);
        else
            cover_responder(c, changes[i].source_id, changes[i].pieces, changes[i].count);
    }
}

static void check_cells(const struct cover_model *m, const struct cover_trial *t,
                        const struct cover_roll *before, const struct cover_roll *after)
{
    int32_t told = 0;

    for (int32_t i = 0; i < m->plots->cell_count; i++) {
        struct cover_figure was;
        struct cover_figure is;
        bool differs = false;

        cover_figure(before->cells[i].sums.length_cm, &was);
        cover_figure(after->cells[i].sums.length_cm, &is);
        for (int32_t class = 0; class < COVER_CLASS_COUNT; class ++)
            differs |= was.missing[class] != is.missing[class];
        if (!differs)
            continue;
        assert_true(told < t->cell_count);
        assert_int_equal(t->cells[told].cell, i);
        for (int32_t class = 0; class < COVER_CLASS_COUNT; class ++)
            assert_int_equal(t->cells[told].change_cm[class],
                             is.missing[class] - was.missing[class]);
        told++;
    }
    assert_int_equal(told, t->cell_count);
}

/* Each piece is from one stretch's state to another's. */
static void check_pieces(const struct cover_trial *t, const struct cover *c, bool is_after)
{
    for (int32_t i = 0; i < t->piece_count; i++) {
        const struct cover_trial_piece *p = &t->pieces[i];
        struct cover_place place;

        assert_int_not_equal(p->before, p->after);
        cover_sum(c, &p->piece, 1, &place);
        assert_int_equal(place.sums.length_cm[is_after ? p->after : p->before],
                         p->piece.to_cm - p->piece.from_cm);
    }
}

static void what_is_tried_is_what_would_be_and_nothing_is_changed_by_it(void **state)
{
    (void)state;
    struct town_dice dice = { 65 };

    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        struct cover_model m = cover_model_make(&dice, a);
        struct cover *c = cover_model_cover(&m);

        for (int32_t round = 0; round < COVER_MODEL_ROUNDS; round++) {
            struct cover_change changes[4];
            const int32_t count = town_pick(&dice, 5);
            struct cover_roll before;
            struct cover_roll after;
            struct cover_trial t;
            uint64_t hash;

            cover_model_say(&dice, &m, c, a);
            hash = cover_hash(c);
            some_changes(&dice, &m, changes, count, a);
            cover_try(c, changes, count, a, &t);
            assert_int_equal(cover_hash(c), hash);
            cover_roll(c, a, &before);
            check_pieces(&t, c, false);
            make_so(c, changes, count);
            cover_roll(c, a, &after);
            check_pieces(&t, c, true);
            assert_memory_equal(&t.before, &before.orgs[0].sums, sizeof t.before);
            assert_memory_equal(&t.after, &after.orgs[0].sums, sizeof t.after);
            check_cells(&m, &t, &before, &after);
        }
        cover_free(c);
        arena_free(a);
    }
}

static void reach_can_be_tried_by_segment(void **state)
{
    (void)state;
    struct town_dice dice = { 66 };
    struct arena *a = arena_new();
    struct cover_model m = cover_model_make(&dice, a);
    struct cover *c = cover_model_cover(&m);
    struct cover_change changes[COVER_MODEL_SEGMENTS];
    int32_t count = 0;
    struct cover_trial t;
    struct cover_sums city;
    uint64_t hash;

    for (int32_t s = 0; s < m.network->segment_count; s++) {
        const uint32_t length_cm = m.network->length_cm[s];
        const struct cover_step steps[] = { { 0, length_cm / 2, 1 },
                                            { length_cm / 2, length_cm, 3 } };

        if (length_cm < 2)
            continue;
        struct cover_step *kept = arena_take(a, 1, sizeof *kept);

        *kept = (struct cover_step){ length_cm / 2, length_cm, 2 };
        cover_reach(c, s, steps, 2);
        changes[count++] = (struct cover_change){
            .kind = COVER_OF_REACH, .segment = s, .steps = kept, .count = s % 2
        };
    }
    hash = cover_hash(c);
    cover_try(c, changes, count, a, &t);
    assert_int_equal(cover_hash(c), hash);
    for (int32_t i = 0; i < count; i++)
        cover_reach(c, changes[i].segment, changes[i].steps, changes[i].count);
    cover_city(c, &city);
    assert_memory_equal(&city, &t.after, sizeof city);
    assert_true(t.piece_count > 0);
    cover_free(c);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stretch_and_sum_is_what_the_layers_mean),
        cmocka_unit_test(cells_organisations_and_stations_have_the_sums_of_their_streets),
        cmocka_unit_test(pieces_have_the_sums_of_their_own),
        cmocka_unit_test(figures_tell_each_state_once),
        cmocka_unit_test(people_told_by_segment_cover_like_people_told_one_by_one),
        cmocka_unit_test(a_moment_that_is_told_its_patrols_is_like_one_that_saw_the_visits),
        cmocka_unit_test(what_is_tried_is_what_would_be_and_nothing_is_changed_by_it),
        cmocka_unit_test(reach_can_be_tried_by_segment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
