/* What would change, against a table that is told so from nothing, and a count of seconds. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/cover/otherwise.h"
#include "tests/support/quilt.h"

enum { TOWNS = 12, NODES = 10, SEGMENTS = 14, SOURCES = 6, TRIALS = 6, HOURS = 3, SLABS = 64 };

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
    }
}

static bool is_covered(const struct source *sources, int32_t segment, uint32_t at_cm, int64_t at_s)
{
    for (int32_t i = 0; i < SOURCES; i++)
        for (int32_t k = 0; k < sources[i].count; k++) {
            const struct slab *s = &sources[i].slabs[k];

            if (s->piece.segment == segment && s->piece.from_cm <= at_cm &&
                at_cm < s->piece.to_cm && s->from_s <= at_s && at_s < s->to_s)
                return true;
        }
    return false;
}

static struct slab_table *table_of(const struct network *n, const struct plots *p,
                                   const struct source *sources)
{
    struct slab_table *t = slab_new(n, p, BEGIN_S, HOURS, SLAB_NONE);

    for (int32_t i = 0; i < SOURCES; i++)
        slab_put(t, i, sources[i].slabs, sources[i].count);
    slab_settle(t);
    return t;
}

static void check_lots(const struct plots *p, const struct slab_table *before,
                       const struct slab_table *after, const struct otherwise *told)
{
    int32_t next = 0;

    for (int32_t lot = 0; lot < p->lot_count; lot++) {
        const struct slab_gap *was = slab_lot(before, lot), *is = slab_lot(after, lot);

        if (memcmp(was, is, HOURS * sizeof *was) == 0)
            continue;
        assert_true(next < told->lot_count);
        assert_int_equal(told->lots[next].lot, lot);
        for (int32_t h = 0; h < HOURS; h++) {
            assert_int_equal(told->lots[next].hours[h].cm_s, is[h].cm_s - was[h].cm_s);
            assert_int_equal(told->lots[next].hours[h].weight_s, is[h].weight_s - was[h].weight_s);
        }
        next++;
    }
    assert_int_equal(next, told->lot_count);
}

/* Of a place on a street, second by second. */
static void count_seconds(const struct source *was, const struct source *is, int32_t segment,
                          uint32_t at_cm, int64_t *lost_s, int64_t *gained_s)
{
    *lost_s = *gained_s = 0;
    for (int64_t s = BEGIN_S; s < BEGIN_S + (int64_t)HOURS * SLAB_HOUR_S; s++) {
        const bool before = is_covered(was, segment, at_cm, s);
        const bool after = is_covered(is, segment, at_cm, s);

        *lost_s += before && !after;
        *gained_s += after && !before;
    }
}

/* The pieces are right at both of their ends, and beside them nothing changes. */
static void check_pieces(const struct source *was, const struct source *is,
                         const struct otherwise *told)
{
    int64_t lost_s, gained_s;

    for (int32_t i = 0; i < told->piece_count; i++) {
        const struct otherwise_piece *one = &told->pieces[i];
        const struct range_piece *before = i > 0 ? &told->pieces[i - 1].piece : NULL;
        const int32_t segment = one->piece.segment;

        count_seconds(was, is, segment, one->piece.from_cm, &lost_s, &gained_s);
        assert_int_equal(lost_s, one->lost_s);
        assert_int_equal(gained_s, one->gained_s);
        count_seconds(was, is, segment, one->piece.to_cm - 1, &lost_s, &gained_s);
        assert_int_equal(lost_s, one->lost_s);
        assert_int_equal(gained_s, one->gained_s);
        assert_true(lost_s + gained_s > 0);
        if (before && before->segment == segment)
            assert_true(before->to_cm <= one->piece.from_cm);
        if (one->piece.from_cm == 0 ||
            (before && before->segment == segment && before->to_cm == one->piece.from_cm))
            continue;
        count_seconds(was, is, segment, one->piece.from_cm - 1, &lost_s, &gained_s);
        assert_int_equal(lost_s + gained_s, 0);
    }
}

static void what_would_change_is_what_a_recomputation_says(void **state)
{
    (void)state;
    struct town_dice dice = { 43 };

    for (int32_t town = 0; town < TOWNS; town++) {
        struct arena *a = arena_new();
        const struct network *n = town_random(&dice, NODES, SEGMENTS, false, a);
        const struct plots *p = quilt_plots(&dice, n, a);
        struct source was[SOURCES] = { 0 };

        for (int32_t i = 0; i < SOURCES - 1; i++) /* the last one is new in the trials */
            some_slabs(&dice, n, &was[i], a);
        struct slab_table *before = table_of(n, p, was);

        for (int32_t trial = 0; trial < TRIALS; trial++) {
            struct otherwise_change changes[SOURCES];
            struct source is[SOURCES];
            struct otherwise told;
            int32_t count = 0;

            memcpy(is, was, sizeof is);
            for (int32_t i = 0; i < SOURCES; i++) {
                if (town_pick(&dice, 2))
                    continue;
                some_slabs(&dice, n, &is[i], a);
                changes[count++] = (struct otherwise_change){ i, is[i].slabs, is[i].count };
            }
            struct slab_table *after = table_of(n, p, is);

            otherwise_try(before, p, changes, count, a, &told);
            check_lots(p, before, after, &told);
            check_pieces(was, is, &told);
            slab_free(after);
        }
        slab_free(before);
        arena_free(a);
    }
}

static void a_shift_that_begins_later_is_lost_here_and_gained_there(void **state)
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
    const struct slab was[] = { { { 0, 1000, 3000 }, BEGIN_S, BEGIN_S + 3600, 0 } };
    const struct slab is[] = { { { 0, 1000, 3000 }, BEGIN_S + 1800, BEGIN_S + 5400, 0 },
                               { { 1, 0, 5000 }, BEGIN_S, BEGIN_S + 7200, 0 } };
    const struct otherwise_change change = { 7, is, 2 }, same = { 7, was, 1 };
    struct otherwise told;

    slab_put(t, 7, was, 1);
    slab_settle(t);
    otherwise_try(t, p, &change, 1, a, &told);
    assert_int_equal(told.piece_count, 1); /* the other street does not count */
    assert_int_equal(told.pieces[0].lost_s, 1800);
    assert_int_equal(told.pieces[0].gained_s, 1800);
    assert_int_equal(told.pieces[0].piece.from_cm, 1000);
    assert_int_equal(told.pieces[0].piece.to_cm, 3000);
    assert_int_equal(told.lot_count, 1);
    assert_int_equal(told.lots[0].hours[0].cm_s, 2000 * 1800);
    assert_int_equal(told.lots[0].hours[0].weight_s, 2000 * 1800 * 500);
    assert_int_equal(told.lots[0].hours[1].cm_s, -2000 * 1800);
    otherwise_try(t, p, &same, 1, a, &told);
    assert_int_equal(told.piece_count, 0);
    assert_int_equal(told.lot_count, 0);
    otherwise_try(t, p, NULL, 0, a, &told);
    assert_int_equal(told.piece_count, 0);
    slab_free(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_would_change_is_what_a_recomputation_says),
        cmocka_unit_test(a_shift_that_begins_later_is_lost_here_and_gained_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
