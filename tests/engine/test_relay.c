/* Batches as they travel between nodes: nothing is changed on the way, and what was not
 * made by relay_pack is refused whole. */
#include "tests/support/check_near.h"

#include <string.h>

#include "engine/relay.h"

static const struct relay_from FROM = { .node_id = 41, .writer = 3, .number = 123456789 };

static int open_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static void check_fix(const struct live_fix *got, const struct live_fix *want)
{
    assert_int_equal(got->person_id, want->person_id);
    assert_int_equal(got->at.lon, want->at.lon);
    assert_int_equal(got->at.lat, want->at.lat);
    assert_int_equal(got->accuracy_dm, want->accuracy_dm);
    assert_int_equal(got->speed_cms, want->speed_cms);
    assert_int_equal(got->fix_us, want->fix_us);
    assert_int_equal(got->received_us, want->received_us);
    assert_int_equal(got->flags, want->flags);
    assert_int_equal(got->snapped_in, 0);
}

/* A batch of an evening: people of a city, some seconds old. */
static struct live_fix *evening(struct arena *a, int32_t count)
{
    struct live_fix *fixes = arena_take(a, (size_t)count, sizeof *fixes);
    uint64_t seed = 7;

    for (int32_t i = 0; i < count; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const int32_t r = (int32_t)(seed >> 34);

        fixes[i] = (struct live_fix){
            .person_id = 1 + r % 600000,
            .at = { .lon = 1180000000 + r % 3000000, .lat = 340000000 + r % 2000001 },
            .accuracy_dm = r % 5 ? r % 500 : -1,
            .speed_cms = r % 3 ? r % 1500 : -1,
            .fix_us = 1790000000000000 + r % 10000000,
            .received_us = 1790000010000000 + r % 25000,
            .flags = (uint32_t)(r % 2),
        };
    }
    return fixes;
}

static void a_batch_arrives_as_it_was_sent(void **state)
{
    struct live_fix *fixes = evening(*state, 1000);
    const char *const *texts;
    const int32_t text_count = relay_pack(*state, &FROM, fixes, 1000, &texts);
    int32_t seen = 0;

    assert_in_range(text_count, 3, 6); /* some 240 positions in each at the least */
    for (int32_t i = 0; i < text_count; i++) {
        struct relay_text text;

        assert_in_range(strlen(texts[i]), 1, RELAY_TEXT_MAX);
        assert_true(relay_unpack(texts[i], *state, &text));
        assert_memory_equal(&text.from.node_id, &FROM.node_id, sizeof FROM.node_id);
        assert_int_equal(text.from.writer, FROM.writer);
        assert_int_equal(text.from.number, FROM.number);
        assert_int_equal(text.part, i);
        assert_int_equal(text.part_count, text_count);
        for (int32_t k = 0; k < text.count; k++)
            check_fix(&text.fixes[k], &fixes[seen++]);
    }
    assert_int_equal(seen, 1000);
}

static void the_widest_numbers_arrive_too(void **state)
{
    static const struct live_fix WIDE[] = {
        { .person_id = INT64_MAX,
          .at = { -1800000000, 900000000 },
          .accuracy_dm = INT32_MAX,
          .speed_cms = -1,
          .fix_us = 1,
          .received_us = INT64_MAX },
        { .person_id = 1,
          .at = { 1800000000, -900000000 },
          .accuracy_dm = -1,
          .speed_cms = INT32_MAX,
          .fix_us = INT64_MAX,
          .received_us = 1,
          .flags = UINT32_MAX },
        { .person_id = INT64_MAX, .fix_us = 1, .received_us = 1 },
    };
    const struct relay_from from = { INT64_MAX, INT32_MAX, INT64_MAX };
    const char *const *texts;
    struct relay_text text;

    assert_int_equal(relay_pack(*state, &from, WIDE, 3, &texts), 1);
    assert_true(relay_unpack(texts[0], *state, &text));
    assert_int_equal(text.count, 3);
    assert_int_equal(text.from.number, INT64_MAX);
    for (int i = 0; i < 3; i++)
        check_fix(&text.fixes[i], &WIDE[i]);
}

static void many_wide_fixes_go_into_more_texts(void **state)
{
    struct live_fix *fixes = arena_take(*state, 1000, sizeof *fixes);
    const char *const *texts;
    struct relay_text text;
    int32_t seen = 0;

    for (int32_t i = 0; i < 1000; i++)
        fixes[i] = (struct live_fix){ .person_id = i % 2 ? INT64_MAX : 1,
                                      .at = { i % 2 ? 1800000000 : -1800000000, 0 },
                                      .fix_us = i % 2 ? INT64_MAX : 1,
                                      .received_us = i % 2 ? 1 : INT64_MAX };
    const int32_t text_count = relay_pack(*state, &FROM, fixes, 1000, &texts);

    for (int32_t i = 0; i < text_count; i++) {
        assert_in_range(strlen(texts[i]), 1, RELAY_TEXT_MAX);
        assert_true(relay_unpack(texts[i], *state, &text));
        seen += text.count;
    }
    assert_int_equal(seen, 1000);
}

static void fixes_that_were_refused_do_not_travel(void **state)
{
    struct live_fix *fixes = evening(*state, 3);
    const char *const *texts;
    struct relay_text text;

    fixes[0].person_id = fixes[2].person_id = 0;
    assert_int_equal(relay_pack(*state, &FROM, fixes, 3, &texts), 1);
    assert_true(relay_unpack(texts[0], *state, &text));
    assert_int_equal(text.count, 1);
    check_fix(&text.fixes[0], &fixes[1]);
}

static void a_batch_of_nothing_still_carries_its_number(void **state)
{
    const char *const *texts;
    struct relay_text text;

    assert_int_equal(relay_pack(*state, &FROM, NULL, 0, &texts), 1);
    assert_true(relay_unpack(texts[0], *state, &text));
    assert_int_equal(text.count, 0);
    assert_int_equal(text.from.number, FROM.number);
}

static void what_is_cut_or_longer_is_refused(void **state)
{
    struct live_fix *fixes = evening(*state, 20);
    const char *const *texts;
    struct relay_text text = { .count = 77 };

    relay_pack(*state, &FROM, fixes, 20, &texts);
    for (size_t length = 0; length < strlen(texts[0]); length++)
        assert_false(relay_unpack(arena_copy(*state, texts[0], length), *state, &text));
    assert_false(relay_unpack(arena_text(*state, "%sAAAA", texts[0]), *state, &text));
    assert_int_equal(text.count, 77);
}

static void what_is_no_batch_is_refused(void **state)
{
    static const char *const NONE[] = {
        "",
        "A",
        "AAAA",
        "====",
        "AQ==",
        "hello, this is text!!",
        "Ag==",
        "AQEBAQEB",
        "AQ=A",
        "AQAAAQABAA==",         /* node 0 */
        "AQEAAAABAA==",         /* number 0 */
        "AQEAAQEBAA==",         /* part 1 of 1 */
        "AgEAAQABAA==",         /* format 2 */
        "AQEAAQABoQY=",         /* 801 fixes */
        "AQEAAQABAQEAAAAAAgIA", /* a person whose id is below 1 */
    };
    struct relay_text text;

    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        assert_false(relay_unpack(NONE[i], *state, &text));
    /* The same with nothing wrong. */
    assert_true(relay_unpack("AQEAAQABAA==", *state, &text));
    assert_true(relay_unpack("AQEAAQABAQIAAAAAAgIA", *state, &text));
}

static void what_is_missing_of_a_writer_is_noticed(void **state)
{
    static const struct row {
        struct relay_from from;
        int32_t part, part_count;
        bool follows;
    } ROWS[] = {
        { { 1, 0, 7 }, 0, 1, true },                                /* never heard before */
        { { 1, 0, 8 }, 0, 2, true },   { { 1, 1, 1 }, 0, 1, true }, /* another writer, in between */
        { { 2, 0, 5 }, 0, 1, true },                                /* and another node */
        { { 1, 0, 8 }, 1, 2, true },   { { 1, 0, 10 }, 0, 2, false }, /* 9 is missing */
        { { 1, 0, 11 }, 0, 1, false },                                /* the second part of 10 is */
        { { 1, 0, 12 }, 0, 3, true },  { { 1, 0, 12 }, 2, 3, false },
        { { 1, 0, 13 }, 0, 1, true },  { { 1, 0, 13 }, 0, 1, false }, /* a second time */
        { { 1, 0, 14 }, 1, 2, false }, /* its first part is missing */
        { { 1, 1, 2 }, 0, 1, true },   { { 3, 0, 1 }, 1, 2, false },
    };
    struct relay_order *order = arena_take(*state, 1, sizeof *order);

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct relay_text text = { .from = ROWS[i].from,
                                         .part = ROWS[i].part,
                                         .part_count = ROWS[i].part_count };

        if (relay_follows(order, &text) != ROWS[i].follows)
            fail_msg("row %zu", i);
    }
}

static void the_writer_that_was_silent_for_longest_is_forgotten(void **state)
{
    struct relay_order *order = arena_take(*state, 1, sizeof *order);
    struct relay_text text = { .part_count = 1 };

    for (int64_t node = 1; node <= 2 * RELAY_WRITERS_MAX; node++) {
        text.from = (struct relay_from){ node, 0, 1 };
        assert_true(relay_follows(order, &text));
    }
    assert_int_equal(order->count, RELAY_WRITERS_MAX);
    text.from = (struct relay_from){ RELAY_WRITERS_MAX + 1, 0, 3 };
    assert_false(relay_follows(order, &text)); /* still remembered */
    text.from = (struct relay_from){ 1, 0, 3 };
    assert_true(relay_follows(order, &text)); /* forgotten */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_arrives_as_it_was_sent),
        cmocka_unit_test(the_widest_numbers_arrive_too),
        cmocka_unit_test(many_wide_fixes_go_into_more_texts),
        cmocka_unit_test(fixes_that_were_refused_do_not_travel),
        cmocka_unit_test(a_batch_of_nothing_still_carries_its_number),
        cmocka_unit_test(what_is_cut_or_longer_is_refused),
        cmocka_unit_test(what_is_no_batch_is_refused),
        cmocka_unit_test(what_is_missing_of_a_writer_is_noticed),
        cmocka_unit_test(the_writer_that_was_silent_for_longest_is_forgotten),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
