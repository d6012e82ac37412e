/* Tests of geo/cover/density.c: what lies near is spread by how far one walks, and nothing
 * of it is lost on a street without branches. */
#include "geo/cover/density.h"

#include <math.h>
#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/room.h"
#include "tests/support/town.h"

enum { SIDE = 4, BINS = 4 }; /* blocks of 100 m: four bins of 25 m a segment */

static const struct point HERE = { 118.0, 24.0 };

static const struct network *town(struct arena *a, uint8_t **counts)
{
    const struct network *n = town_blocks(SIDE, HERE, a);

    *counts = arena_take(a, (size_t)n->segment_count, 1);
    memset(*counts, 1, (size_t)n->segment_count);
    return n;
}

static struct density find(const struct network *n, const uint8_t *counts,
                           const struct density_event *events, int32_t count, uint32_t reach_cm,
                           struct arena *a)
{
    const struct density_wish wish = { n, counts, events, count, reach_cm };
    struct density out;

    assert_true(density_find(&wish, NULL, a, &out));
    return out;
}

static double whole(const struct network *n, const struct density *d)
{
    double mass = 0;

    for (int32_t bin = 0; bin < d->first[n->segment_count]; bin++)
        mass += d->mass_m[bin] * DENSITY_BIN_CM / 100;
    return mass;
}

static void on_one_street_the_whole_of_it_is_spread(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    uint8_t *counts;
    const struct network *n = town(a, &counts);
    const struct density_event event = { { 1, 5000 }, 2 };

    /* The row alone: no branches. */
    memset(counts + SIDE, 0, (size_t)(n->segment_count - SIDE));
    const struct density d = find(n, counts, &event, 1, 15000, a);

    check_near(whole(n, &d), 2, 0.03); /* a bin counts as its middle */
    assert_true(d.mass_m[d.first[1] + 1] > d.mass_m[d.first[1]]);
    check_near(d.mass_m[d.first[1] + 1], d.mass_m[d.first[1] + 2], 1e-12);
    assert_int_equal(d.first[SIDE], d.first[n->segment_count]); /* the others do not count */
}

/* Events add up, and each is worth what its distance says. */
static void a_bin_gets_what_its_walk_to_each_event_says(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    uint8_t *counts;
    const struct network *n = town(a, &counts);
    const struct density_event events[] = { { { 0, 2000 }, 1 }, { { SIDE + 1, 7000 }, 0.5 } };
    const struct density both = find(n, counts, events, 2, 20000, a);
    const struct density one = find(n, counts, &events[0], 1, 20000, a);
    const struct density other = find(n, counts, &events[1], 1, 20000, a);

    for (int32_t bin = 0; bin < both.first[n->segment_count]; bin++)
        check_near(both.mass_m[bin], one.mass_m[bin] + other.mass_m[bin], 1e-15);
    /* 80 m to the crossing and 12.5 m along the next street. */
    const double share = (80 + 12.5) / 200, rest = 1 - share * share;

    check_near(one.mass_m[one.first[1]], 15.0 / 16 / 200 * rest * rest, 1e-12);
    /* What is 200 m away and more gets nothing. */
    check_near(one.mass_m[one.first[3] + BINS - 1], 0, 0);
}

static void what_lies_where_nothing_counts_is_passed_over(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    uint8_t *counts;
    const struct network *n = town(a, &counts);
    const struct density_event event = { { 0, 2000 }, 1 };

    counts[0] = 0;
    const struct density d = find(n, counts, &event, 1, 20000, a);

    check_near(whole(n, &d), 0, 0);
}

static bool no_further(void *self, int32_t done)
{
    *(int32_t *)self = done;
    return done < 2;
}

static void it_ends_when_it_is_told_to(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    uint8_t *counts;
    const struct network *n = town(a, &counts);
    const struct density_event events[3] = { { { 0, 0 }, 1 }, { { 1, 0 }, 1 }, { { 2, 0 }, 1 } };
    const struct density_wish wish = { n, counts, events, 3, 20000 };
    int32_t done = 0;
    struct density out;

    assert_false(density_find(&wish, &(struct density_watch){ no_further, &done }, a, &out));
    assert_int_equal(done, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(on_one_street_the_whole_of_it_is_spread, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(a_bin_gets_what_its_walk_to_each_event_says, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(what_lies_where_nothing_counts_is_passed_over, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(it_ends_when_it_is_told_to, room_open, room_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
