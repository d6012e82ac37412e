/* Tests of geo/plan/sites_file.c and demand.c. */
#include "geo/plan/sites_file.h"

#include <string.h>

#include "geo/cover/disc.h"
#include "geo/cover/span.h"
#include "geo/plan/demand.h"
#include "tests/support/check_near.h"
#include "tests/support/town.h"

#define SITES                                                                                      \
    "\"sites\":[{\"site_id\":\"a\",\"at\":[117.2,34.2]},"                                          \
    "{\"site_id\":\"b\",\"at\":[117.201,34.2],\"radius_m\":50,\"stands\":true}]"
#define DEMAND                                                                                     \
    "\"demand\":[{\"at\":[117.2,34.2],\"weight\":5},{\"at\":[117.201,34.2],\"weight\":3}]"

static void a_file_becomes_the_question_it_asks(void **state)
{
    static const char TEXT[] =
        "{\"points\":2,\"radius_m\":100,\"distance_m\":93," DEMAND "," SITES "}";
    struct arena *a = arena_new();
    struct sites_file file;
    struct fail f;

    (void)state;
    assert_true(sites_file_read(a, TEXT, sizeof TEXT - 1, &file, &f));
    assert_int_equal(file.question.count, 2);
    assert_int_equal(file.question.site_count, 2);
    assert_int_equal(file.question.first[1], 2); /* 92.2 m are within 100 m */
    assert_int_equal(file.question.first[2], 3); /* and not within 50 m */
    assert_int_equal(file.question.pair_count, 1);
    assert_true(file.question.is_fixed[1]);
    assert_string_equal(file.site_ids[1], "b");
    arena_free(a);
}

static void files_that_ask_nothing_sensible_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum fail_code code;
    } CASES[] = {
        { "{", CODE_JSON_MALFORMED },
        { "{\"points\":1,\"share_percent\":5,\"radius_m\":1," DEMAND "," SITES "}",
          CODE_PLAN_MALFORMED },
        { "{\"radius_m\":1," DEMAND "," SITES "}", CODE_PLAN_MALFORMED },
        { "{\"points\":1," DEMAND "," SITES "}", CODE_PLAN_MALFORMED },
        { "{\"points\":0,\"radius_m\":1," DEMAND "," SITES "}", CODE_VALUE_OUT_OF_RANGE },
        { "{\"points\":1,\"radius_m\":1,\"groups\":[{\"group_id\":\"x\",\"quota\":1}]," DEMAND
          "," SITES "}",
          CODE_PLAN_MALFORMED },
        { "{\"points\":1,\"radius_m\":1," DEMAND ",\"sites\":[{\"site_id\":\"a\",\"at\":[200,0]}]}",
          CODE_PLACE_OUT_OF_RANGE },
        { "{\"points\":1,\"radius_m\":1," DEMAND ",\"sites\":[{\"site_id\":\"a\",\"at\":[2,0]},"
          "{\"site_id\":\"a\",\"at\":[2,0]}]}",
          CODE_PLAN_MALFORMED },
        { "{\"points\":1,\"radius_m\":1," DEMAND ",\"sites\":[{\"site_id\":\"a\",\"at\":[2,0],"
          "\"group_id\":\"x\"}]}",
          CODE_PLAN_MALFORMED },
    };
    (void)state;

    for (size_t n = 0; n < sizeof CASES / sizeof *CASES; n++) {
        struct arena *a = arena_new();
        struct sites_file file;
        struct fail f = { 0 };

        assert_false(sites_file_read(a, CASES[n].text, strlen(CASES[n].text), &file, &f));
        assert_int_equal(f.code, CASES[n].code);
        arena_free(a);
    }
}

/* Some sites on the blocks of a made-up town, and the centimetres that each choice of two sees. */
static void streets_are_worth_their_centimetres(void **state)
{
    enum { COUNT = 12, RADIUS_M = 180 };
    struct arena *a = arena_new();
    struct town_dice dice = { 4 };
    const struct network *n = town_blocks(6, (struct point){ 117.2, 34.3 }, a);
    struct ground *ground = ground_new(n);
    uint8_t *counts = arena_take(a, (size_t)n->segment_count, sizeof *counts);
    struct range_band seen[COUNT];
    struct siting_question q = { .count = 2, .share_count = 1, .shares = { 1 } };
    struct siting s;
    struct fail f;

    (void)state;
    memset(counts, 1, (size_t)n->segment_count);
    const struct plots_area city = { .org = -1 };
    const struct plots_wish plots = {
        .network = n, .counts = counts, .orgs = &city, .org_count = 1, .weight = 1500
    };

    for (int32_t i = 0; i < COUNT; i++)
        disc_find(ground, network_point(n, town_spot(&dice, n)), RADIUS_M, a, &seen[i]);
    for (int32_t weighed = 0; weighed < 2; weighed++) {
        const struct demand_wish wish = { n, plots_lay(&plots, a), weighed, seen, COUNT };

        assert_true(demand_take(&wish, a, &q, &f));
        assert_true(siting_take(&q, a, &s, &f));
        for (int32_t i = 0; i + 1 < COUNT; i++) {
            struct range_band both;
            int64_t length_cm = 0;

            span_mix(SPAN_OR, &seen[i], &seen[i + 1], a, &both);
            for (int32_t k = 0; k < both.piece_count; k++)
                length_cm += both.pieces[k].to_cm - both.pieces[k].from_cm;
            assert_int_equal(siting_value(&s, (const int32_t[]){ i, i + 1 }, 2, a),
                             length_cm * (weighed ? 1500 : 1));
        }
    }
    ground_free(ground);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_becomes_the_question_it_asks),
        cmocka_unit_test(files_that_ask_nothing_sensible_are_refused),
        cmocka_unit_test(streets_are_worth_their_centimetres),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
