/* Metre·seconds against a count of every second. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/cover/slab.h"
#include "tests/support/quilt.h"

enum { TOWNS = 12, NODES = 10, SEGMENTS = 14, SOURCES = 6, ROUNDS = 12, HOURS = 3, SLABS = 64 };

static const int64_t BEGIN_S = 1800000000;

struct source {
    struct slab slabs[SLABS];
    int32_t count;
};

static void some_slabs(struct town_dice *dice, const struct network *n, struct source *s,
                       struct arena *a)
{
    const struct range_piece *pieces;
    const int32_t count = quilt_pieces(dice, n, 3, a, &pieces);

    s->count = 0;
    if (town_pick(dice, 4) == 0)
        return;
    for (int32_t i = 0; i < count && s->count < SLABS; i++) {
        struct slab *slab = &s->slabs[s->count++];

        slab->piece = pieces[i];
        slab->from_s = BEGIN_S - 2000 + town_pick(dice, HOURS * SLAB_HOUR_S + 3000);
        slab->to_s = slab->from_s + town_pick(dice, 5000);
        slab->units = town_pick(dice, 3);
    }
}

/* Nothing covers a place, or one alone. */
static bool is_missing(const struct source *sources, enum slab_rule rule, int32_t segment,
                       uint32_t at_cm, int64_t at_s)
{
    int32_t units = 0;
    bool is_shared = false;

    for (int32_t i = 0; i < SOURCES; i++)
        for (int32_t k = 0; k < sources[i].count; k++) {
            const struct slab *s = &sources[i].slabs[k];
            const bool is_here = s->piece.segment == segment && s->piece.from_cm <= at_cm &&
                                 at_cm < s->piece.to_cm && s->from_s <= at_s && at_s < s->to_s;

            units += is_here ? s->units : 0;
            is_shared |= is_here && s->units == 0;
        }
    return units + is_shared == (rule == SLAB_ALONE ? 1 : 0);
}

/* A hole's missing seconds, looked at second by second at both of its ends. */
static void check_hole(const struct source *sources, enum slab_rule rule, const struct slab_hole *h)
{
    const uint32_t ends[] = { h->piece.from_cm, h->piece.to_cm - 1 };

    for (int32_t i = 0; i < 2; i++) {
        int64_t missing_s = 0;
        uint64_t hours = 0;

        for (int64_t s = 0; s < HOURS * SLAB_HOUR_S; s++)
            if (is_missing(sources, rule, h->piece.segment, ends[i], BEGIN_S + s)) {
                missing_s++;
                hours |= (uint64_t)1 << s / SLAB_HOUR_S;
            }
        assert_int_equal(h->gap_s, missing_s);
        assert_int_equal(h->hours[0], hours);
    }
}

/* What the holes of all streets say must be what is said of each lot; where there is no hole
 * nothing may be missing. */
static void check_table(const struct network *n, const struct plots *p,
                        const struct source *sources, enum slab_rule rule,
                        const struct slab_table *t)
{
    struct arena *a = arena_new();
    struct slab_gap *lots = arena_take(a, (size_t)p->lot_count, sizeof *lots);

    for (int32_t s = 0; s < n->segment_count; s++) {
        const struct slab_hole *holes;
        const int32_t count = slab_holes(t, s, a, &holes);
        uint32_t at_cm = 0;

        for (int32_t i = 0; i < count; i++) {
            const struct range_piece *piece = &holes[i].piece;

            check_hole(sources, rule, &holes[i]);
            if (piece->from_cm > at_cm)
                assert_false(is_missing(sources, rule, s, at_cm, BEGIN_S + 1));
            lots[holes[i].lot].cm_s += (piece->to_cm - piece->from_cm) * holes[i].gap_s;
            lots[holes[i].lot].weight_s +=
                (piece->to_cm - piece->from_cm) * holes[i].gap_s * holes[i].weight;
            at_cm = piece->to_cm;
        }
    }
    for (int32_t lot = 0; lot < p->lot_count; lot++) {
        struct slab_gap sum = { 0 };

        for (int32_t h = 0; h < HOURS; h++) {
            sum.cm_s += slab_lot(t, lot)[h].cm_s;
            sum.weight_s += slab_lot(t, lot)[h].weight_s;
        }
        assert_int_equal(sum.cm_s, lots[lot].cm_s);
        assert_int_equal(sum.weight_s, lots[lot].weight_s);
    }
    arena_free(a);
}

/* The same from nothing, the sources backwards. */
static void check_anew(const struct network *n, const struct plots *p, const struct source *sources,
                       enum slab_rule rule, const struct slab_table *t)
{
    struct slab_table *fresh = slab_new(n, p, BEGIN_S, HOURS, rule);

    for (int32_t i = SOURCES - 1; i >= 0; i--)
        slab_put(fresh, i, sources[i].slabs, sources[i].count);
    slab_settle(fresh);
    for (int32_t lot = 0; lot < p->lot_count; lot++)
        assert_memory_equal(slab_lot(t, lot), slab_lot(fresh, lot),
                            HOURS * sizeof(struct slab_gap));
    slab_free(fresh);
}

static void check_towns(enum slab_rule rule)
{
    struct town_dice dice = { 71 };

    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n = town_random(&dice, NODES, SEGMENTS, false, a);
        const struct plots *p = quilt_plots(&dice, n, a);
        struct slab_table *t = slab_new(n, p, BEGIN_S, HOURS, rule);
        struct source sources[SOURCES] = { 0 };

        for (int32_t round = 0; round < ROUNDS; round++) {
            const int32_t i = town_pick(&dice, SOURCES);

            some_slabs(&dice, n, &sources[i], a);
            slab_put(t, i, sources[i].slabs, sources[i].count);
            if (round % 2)
                continue;
            slab_settle(t);
            check_anew(n, p, sources, rule, t);
        }
        slab_settle(t);
        check_table(n, p, sources, rule, t);
        slab_free(t);
        arena_free(a);
    }
}

static void every_hour_misses_what_no_slab_covers(void **state)
{
    (void)state;
    check_towns(SLAB_NONE);
}

static void what_one_alone_covers_is_told_by_the_hour(void **state)
{
    (void)state;
    check_towns(SLAB_ALONE);
}

static void an_hour_is_exact_to_the_second(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct network *n = town_blocks(1, (struct point){ 117.2, 34.3 }, a);
    const uint8_t counts[] = { 1, 0, 1, 1 };
    const struct plots_area city = { .org = -1 };
    const struct plots_wish wish = {
        .network = n, .counts = counts, .orgs = &city, .org_count = 1, .weight = 500
    };
    const struct plots *p = plots_lay(&wish, a);
    struct slab_table *t = slab_new(n, p, BEGIN_S, 2, SLAB_NONE);
    const struct slab slabs[] = { { { 0, 1000, 3000 }, BEGIN_S + 3000, BEGIN_S + 4000, 0 },
                                  { { 0, 2000, 4000 }, BEGIN_S + 3500, BEGIN_S + 9000, 0 },
                                  { { 1, 0, 5000 }, BEGIN_S, BEGIN_S + 7200, 0 } };
    int64_t length_cm = 0;
    struct slab_roll roll;

    for (int32_t s = 0; s < n->segment_count; s++)
        length_cm += counts[s] ? n->length_cm[s] : 0;
    slab_put(t, 7, slabs, 3);
    assert_int_equal(slab_settle(t), 2);
    slab_roll(t, a, &roll);
    /* In the first hour 10 m for 600 s, 10 m for 600 s by either, 10 m for 100 s. */
    assert_int_equal(roll.orgs[0].cm_s, length_cm * 3600 - 1000 * (600 + 600 + 100));
    /* In the second 10 m for 400 s, 20 m for all of it. */
    assert_int_equal(roll.orgs[1].cm_s, length_cm * 3600 - 1000 * 400 - 2000 * 3600);
    assert_int_equal(roll.orgs[1].weight_s, roll.orgs[1].cm_s * 500);
    slab_put(t, 7, NULL, 0);
    slab_put(t, 8, NULL, 0);
    slab_settle(t);
    assert_int_equal(slab_lot(t, 0)[0].cm_s, length_cm * 3600);
    assert_int_equal(slab_lot(t, 0)[1].cm_s, length_cm * 3600);
    slab_free(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hour_misses_what_no_slab_covers),
        cmocka_unit_test(what_one_alone_covers_is_told_by_the_hour),
        cmocka_unit_test(an_hour_is_exact_to_the_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
