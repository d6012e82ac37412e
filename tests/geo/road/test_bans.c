/* Restrictions and barriers on two junctions:
 *
 *            13             15
 *             |3             |5
 *   11 --1-- 100 --2-- 8 -- 200 --7-- 17     way 2 is cut at 8, where way 8 comes in
 *             |4       |8    |6
 *            14        18   16
 *
 * Ways lead away from 100, and from 200 but for way 2. */
#include "geo/road/bans.h"

#include <string.h>

#include "geo/base/buf.h"
#include "geo/road/draft.h"
#include "tests/support/check_near.h"

enum { F = 1, B = 2, C = 4, ALL_ACCESS = 63 };

struct street {
    int64_t way_id, from, to;
    int32_t access;
};

static const struct street STREETS[] = {
    { 1, 100, 11, ALL_ACCESS }, { 2, 100, 8, ALL_ACCESS },  { 2, 8, 200, ALL_ACCESS },
    { 3, 100, 13, ALL_ACCESS }, { 4, 100, 14, ALL_ACCESS }, { 5, 200, 15, ALL_ACCESS },
    { 6, 200, 16, ALL_ACCESS }, { 7, 200, 17, ALL_ACCESS }, { 8, 8, 18, ALL_ACCESS },
};

enum { STREET_COUNT = sizeof STREETS / sizeof STREETS[0] };

static struct point_e7 place_of(int64_t node)
{
    return (struct point_e7){ 1172000000 + (int32_t)node * 100, 343000000 };
}

static void add_streets(struct draft *d, const struct street *streets, int32_t count)
{
    struct fail f;

    for (int32_t i = 0; i < count; i++) {
        const struct point_e7 shape[] = { place_of(streets[i].from), place_of(streets[i].to) };

        assert_true(draft_add(d,
                              &(struct draft_segment){ .segment_id = i + 1,
                                                       .way_id = streets[i].way_id,
                                                       .from_node = streets[i].from,
                                                       .to_node = streets[i].to,
                                                       .length_cm = 1000,
                                                       .street_class = STREET_RESIDENTIAL,
                                                       .access = streets[i].access,
                                                       .name = "",
                                                       .shape = shape,
                                                       .shape_count = 2 },
                              &f));
    }
}

static struct network finish(struct draft *d, struct arena *a)
{
    struct network n;
    struct fail f;

    assert_true(draft_finish(d, 1, a, &n, &f));
    draft_free(d);
    return n;
}

struct relation {
    enum rules_kind vehicles; /* e-bike and car */
    int64_t via_node;
    int64_t from[3], via[3], to[3];
};

static int32_t ids(const int64_t *list)
{
    int32_t count = 0;

    while (count < 3 && list[count])
        count++;
    return count;
}

static struct network with(const struct relation *r, struct arena *a)
{
    struct draft *d = draft_new();

    add_streets(d, STREETS, STREET_COUNT);
    draft_restriction(
        d, &(struct bans_restriction){ .turn = { { RULES_NOTHING, r->vehicles, r->vehicles } },
                                       .via_node = r->via_node,
                                       .from = r->from,
                                       .from_count = ids(r->from),
                                       .via = r->via,
                                       .via_count = ids(r->via),
                                       .to = r->to,
                                       .to_count = ids(r->to) });
    return finish(d, a);
}

/* "2.1 6": the bans of the network, each as segment (".1": towards the middle) by segment. */
static const char *said(const struct network *n, struct arena *a)
{
    struct buf text = { 0 };
    const char *kept;

    for (int32_t i = 0; i < n->ban_count; i++) {
        buf_string(&text, i > 0 ? ", " : "");
        for (int32_t k = n->first_ban_edge[i]; k < n->first_ban_edge[i + 1]; k++)
            buf_format(&text, "%s%d%s", k > n->first_ban_edge[i] ? " " : "", n->ban_edge[k] / 2,
                       n->ban_edge[k] % 2 ? "<" : ">");
    }
    kept = arena_text(a, "%s", buf_text(&text));
    buf_free(&text);
    return kept;
}

static void each_kind_becomes_its_bans(void **state)
{
    static const struct {
        const char *what;
        struct relation relation;
        const char *bans; /* segment, > along its way and < against */
    } CASES[] = {
        { "a turn", { RULES_NO, 100, { 1 }, { 0 }, { 3 } }, "0< 3>" },
        { "back", { RULES_NO_BACK, 100, { 1 }, { 0 }, { 1 } }, "0< 0>" },
        { "back into another way", { RULES_NO_BACK, 100, { 1 }, { 0 }, { 3 } }, "0< 3>" },
        { "back on a way that passes by",
          { RULES_NO_BACK, 8, { 2 }, { 0 }, { 2 } },
          "1> 1<, 2< 2>" },
        { "no entry from several", { RULES_NO, 100, { 1, 4 }, { 0 }, { 3 } }, "0< 3>, 4< 3>" },
        { "no exit to several", { RULES_NO, 100, { 1 }, { 0 }, { 3, 4 } }, "0< 3>, 0< 4>" },
        { "only", { RULES_ONLY, 100, { 1 }, { 0 }, { 2 } }, "0< 0>, 0< 3>, 0< 4>" },
        { "only one of two", { RULES_ONLY, 100, { 1 }, { 0 }, { 2, 3 } }, "0< 0>, 0< 4>" },
        { "only back", { RULES_ONLY, 100, { 1 }, { 0 }, { 1 } }, "0< 1>, 0< 3>, 0< 4>" },
        { "over a way", { RULES_NO, 0, { 1 }, { 2 }, { 5 } }, "0< 1> 2> 5>" },
        { "back over a way", { RULES_NO_BACK, 0, { 4 }, { 2 }, { 6 } }, "4< 1> 2> 6>" },
        { "only over a way",
          { RULES_ONLY, 0, { 1 }, { 2 }, { 7 } },
          "0< 1> 2> 2<, 0< 1> 2> 5>, 0< 1> 2> 6>" },
        { "over two ways", { RULES_NO, 0, { 1 }, { 2, 5 }, { 6 } }, "" },
        { "onto what turns off from the middle of a via way",
          { RULES_NO, 0, { 3 }, { 2 }, { 8 } },
          "3< 1> 8>" },
        { "from a way that is not there", { RULES_NO, 100, { 99 }, { 0 }, { 3 } }, "" },
        { "over a node that is not there", { RULES_NO, 101, { 1 }, { 0 }, { 3 } }, "" },
        { "over a way that is not there", { RULES_NO, 0, { 1 }, { 99 }, { 5 } }, "" },
        { "only to a way that is not there", { RULES_ONLY, 100, { 1 }, { 0 }, { 99 } }, "" },
        { "only to two, of which one is missing",
          { RULES_ONLY, 100, { 1 }, { 0 }, { 2, 99 } },
          "" },
        { "from a way that does not come there", { RULES_NO, 100, { 5 }, { 0 }, { 3 } }, "" },
        { "from a way that passes by", { RULES_NO, 8, { 2 }, { 0 }, { 8 } }, "" },
        { "to a way that passes by", { RULES_NO, 8, { 8 }, { 0 }, { 2 } }, "" },
        { "over nothing", { RULES_NO, 0, { 1 }, { 0 }, { 3 } }, "" },
        { "nothing", { RULES_NOTHING, 100, { 1 }, { 0 }, { 3 } }, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct arena *a = arena_new();
        const struct network n = with(&CASES[i].relation, a);
        const char *got = said(&n, a);

        if (strcmp(got, CASES[i].bans) != 0)
            fail_msg("%s: %s, not %s", CASES[i].what, got, CASES[i].bans);
        for (int32_t b = 0; b < n.ban_count; b++)
            assert_int_equal(n.ban_modes[b], B | C);
        arena_free(a);
    }
}

/* Two ways that lead the same way, one of them closed to cars: for cars it is clear which
 * is meant. */
static void what_is_closed_to_a_mode_is_not_meant_for_it(void **state)
{
    static const struct street FORK[] = {
        { 1, 11, 100, 4 + 16 + 1 }, /* one-way towards 100 */
        { 1, 100, 12, 4 + 16 + 1 }, /* and on */
        { 2, 100, 13, ALL_ACCESS },
        { 3, 100, 14, ALL_ACCESS & ~16 }, /* cars only against */
    };
    struct arena *a = arena_new();
    struct draft *d = draft_new();
    const int64_t from[] = { 1 }, to[] = { 2, 3 };

    (void)state;
    add_streets(d, FORK, 4);
    draft_restriction(d,
                      &(struct bans_restriction){ .turn = { { RULES_NOTHING, RULES_NO, RULES_NO } },
                                                  .via_node = 100,
                                                  .from = from,
                                                  .from_count = 1,
                                                  .to = to,
                                                  .to_count = 2 });
    const struct network n = finish(d, a);

    assert_string_equal(said(&n, a), "0> 2>, 0> 3>");
    assert_int_equal(n.ban_modes[0], B | C);
    assert_int_equal(n.ban_modes[1], B);
    arena_free(a);
}

static void of_a_barrier_there_is_only_the_way_back(void **state)
{
    struct arena *a = arena_new();
    struct draft *d = draft_new();

    (void)state;
    add_streets(d, STREETS, STREET_COUNT);
    draft_barrier(d, &(struct bans_barrier){ .node_id = 8, .modes = C });
    draft_barrier(d, &(struct bans_barrier){ .node_id = 13, .modes = F | B | C });
    draft_barrier(d, &(struct bans_barrier){ .node_id = 4711, .modes = F | B | C });
    const struct network n = finish(d, a);

    assert_string_equal(said(&n, a), "1> 2>, 1> 8>, 2< 1<, 2< 8>, 8< 1<, 8< 2>");
    for (int32_t b = 0; b < n.ban_count; b++)
        assert_int_equal(n.ban_modes[b], C);
    arena_free(a);
}

static void equal_bans_are_one_for_all_their_modes(void **state)
{
    struct arena *a = arena_new();
    struct draft *d = draft_new();
    const int64_t from[] = { 1 }, to[] = { 3 };

    (void)state;
    add_streets(d, STREETS, STREET_COUNT);
    for (int32_t i = 0; i < 3; i++)
        draft_restriction(
            d, &(struct bans_restriction){
                   .turn = { { i == 0 ? RULES_NO : RULES_NOTHING, i == 1 ? RULES_NO : RULES_NOTHING,
                               i == 2 ? RULES_NO_BACK : RULES_NOTHING } },
                   .via_node = 100,
                   .from = from,
                   .from_count = 1,
                   .to = to,
                   .to_count = 1 });
    const struct network n = finish(d, a);

    assert_string_equal(said(&n, a), "0< 3>");
    assert_int_equal(n.ban_modes[0], F | B | C);
    arena_free(a);
}

static void what_has_too_many_ways_is_left_aside(void **state)
{
    int64_t many[BANS_WAYS_MAX + 1];
    struct arena *a = arena_new();
    struct draft *d = draft_new();

    (void)state;
    for (int32_t i = 0; i <= BANS_WAYS_MAX; i++)
        many[i] = 1;
    add_streets(d, STREETS, STREET_COUNT);
    draft_restriction(d, &(struct bans_restriction){ .turn = { { RULES_NO, RULES_NO, RULES_NO } },
                                                     .via_node = 100,
                                                     .from = many,
                                                     .from_count = BANS_WAYS_MAX + 1,
                                                     .to = many,
                                                     .to_count = 1 });
    const struct network n = finish(d, a);

    assert_int_equal(n.ban_count, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_becomes_its_bans),
        cmocka_unit_test(what_is_closed_to_a_mode_is_not_meant_for_it),
        cmocka_unit_test(of_a_barrier_there_is_only_the_way_back),
        cmocka_unit_test(equal_bans_are_one_for_all_their_modes),
        cmocka_unit_test(what_has_too_many_ways_is_left_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
