/* Mobilisations as files: what is read, what is refused and where, and how people come there. */
#include "tests/support/check_near.h"

#include <string.h>

#include "geo/plan/musters.h"
#include "geo/plan/people_file.h"

/* A degree of longitude on the equator is 111,195 m: 1,000 s at this speed. */
#define HEAD                                                                                       \
    "{\"speed_mps\": 40, \"detour\": 1, \"rest_s\": 3600, \"travel_max_s\": 4000,"                 \
    "\"skills\": [\"b\", \"a\"], \"homes\": [{\"home_id\": \"h\", \"keep\": 1}],"                  \
    "\"musters\": [{\"muster_id\": \"m\", \"at\": [0.5, 0]}],"                                     \
    "\"shifts\": [{\"shift_id\": \"s\", \"starts_at\": \"2026-11-24T08:00:00Z\","                  \
    "\"ends_at\": \"2026-11-24T16:00:00Z\"}],"
#define POSTS                                                                                      \
    "\"posts\": [{\"post_id\": \"p\", \"at\": [1, 0], \"slots\": [{\"shift_id\": \"s\","           \
    "\"people\": 3, \"skills\": [\"a\"], \"weight\": 7}]}],"

static bool reads(struct arena *a, const char *text, const struct people_file **out, struct fail *f)
{
    return people_file_read(a, text, strlen(text), out, f);
}

static void a_file_is_what_it_says(void **state)
{
    struct arena *a = arena_new();
    struct fail f = { 0 };
    const struct people_file *file;

    (void)state;
    assert_true(reads(a,
                      HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0], "
                                 "\"home_id\": \"h\", \"skills\": [\"a\"], \"org_id\": \"x\"},"
                                 "{\"person_id\": \"2\", \"at\": [0, 0], \"shifts\": [],"
                                 "\"travel_max_s\": 60, \"declined\": true}]}",
                      &file, &f));
    assert_int_equal(file->ask.person_count, 2);
    assert_int_equal(file->ask.people[0].home, 0);
    assert_int_equal(file->ask.people[0].skills, 2);
    assert_int_equal(file->ask.people[0].travel_max_s, 4000);
    assert_true(file->ask.people[0].free & 1);
    assert_int_equal(file->ask.people[1].home, -1);
    assert_int_equal(file->ask.people[1].free, 0);
    assert_int_equal(file->ask.people[1].travel_max_s, 60);
    assert_false(file->has_declined[0]);
    assert_true(file->has_declined[1]);
    assert_int_equal(file->ask.keep[0], 1);
    assert_int_equal(file->ask.slot_count, 1);
    assert_int_equal(file->ask.slots[0].people, 3);
    assert_int_equal(file->ask.slots[0].weight, 7);
    assert_int_equal(file->ask.slots[0].skills, 2);
    assert_int_equal(file->ask.slots[0].org, -1);
    assert_int_equal(people_file_travel_s(file, file->person_at[0], file->post_at[0]), 2780);
    arena_free(a);
}

/* Busy from 6 to `to`, with an hour's rest before a shift at 8. */
static bool is_rested(const char *to)
{
    struct arena *a = arena_new();
    struct fail f = { 0 };
    const struct people_file *file;
    const char *text = arena_text(a,
                                  HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0],"
                                             "\"busy\": [{\"from\": \"2026-11-24T06:00:00Z\","
                                             "\"to\": \"%s\"}]}]}",
                                  to);

    assert_true(reads(a, text, &file, &f));
    const bool out = file->ask.people[0].rested & 1;

    arena_free(a);
    return out;
}

static void rest_is_kept_to_the_second(void **state)
{
    (void)state;
    assert_true(is_rested("2026-11-24T07:00:00Z"));
    assert_false(is_rested("2026-11-24T07:00:01Z"));
    assert_false(is_rested("2026-11-30T07:00:00Z"));
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
    static const struct {
        const char *text;
        enum fail_code code;
        const char *pointer;
    } CASES[] = {
        { "{", CODE_JSON_MALFORMED, "" },
        { "{\"shifts\": [], \"posts\": []}", CODE_KEY_MISSING, "/people" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\"}]}", CODE_KEY_MISSING, "/people/0/at" },
        { HEAD POSTS "\"people\": [{\"at\": [0, 0]}]}", CODE_VALUE_WRONG_TYPE, "/people/0" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0]},"
                     "{\"person_id\": \"1\", \"at\": [0, 0]}]}",
          CODE_PLAN_MALFORMED, "/people" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 91]}]}",
          CODE_PLACE_OUT_OF_RANGE, "/people/0/at" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0], \"home_id\": \"x\"}]}",
          CODE_PLAN_MALFORMED, "/people/0/home_id" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0],"
                     "\"skills\": [\"a\", \"z\"]}]}",
          CODE_PLAN_MALFORMED, "/people/0/skills/1" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0],"
                     "\"travel_max_s\": 14401}]}",
          CODE_VALUE_OUT_OF_RANGE, "/people/0/travel_max_s" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0], \"busy\":"
                     "[{\"from\": \"2026-11-24T06:00:00Z\", \"to\": \"2026-11-24T06:00:00Z\"}]}]}",
          CODE_PLAN_MALFORMED, "/people/0/busy/0/to" },
        { HEAD POSTS "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0], \"busy\":"
                     "[{\"from\": \"today\", \"to\": \"2026-11-24T06:00:00Z\"}]}]}",
          CODE_TIME_MALFORMED, "/people/0/busy/0/from" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena *a = arena_new();
        struct fail f = { 0 };
        const struct people_file *file;

        assert_false(reads(a, CASES[i].text, &file, &f));
        assert_string_equal(fail_word(f.code), fail_word(CASES[i].code));
        assert_string_equal(f.pointer, CASES[i].pointer);
        arena_free(a);
    }
}

/* ------------------------------------------------------------------ musters */

static void to_muster(void *self, int32_t muster, int32_t *out_s)
{
    const struct people_file *p = self;

    for (int32_t i = 0; i < p->ask.person_count; i++)
        out_s[i] = people_file_travel_s(p, p->person_at[i], p->muster_at[muster]);
}

static int32_t to_post(void *self, int32_t muster, int32_t post)
{
    const struct people_file *p = self;

    return people_file_travel_s(p, p->muster_at[muster], p->post_at[post]);
}

/* The muster point is half way, 1,390 s from either end: whoever comes by it leaves it at a
 * whole quarter of an hour that leaves her time enough. Person 3 lives beyond the post. */
static void people_leave_a_muster_point_together(void **state)
{
    struct arena *a = arena_new();
    struct fail f = { 0 };
    const struct people_file *file;
    const int64_t starts_s[] = { 36000 };
    struct musters got;

    (void)state;
    assert_true(reads(a,
                      HEAD POSTS
                      "\"people\": [{\"person_id\": \"1\", \"at\": [0, 0], \"skills\": [\"a\"]},"
                      "{\"person_id\": \"2\", \"at\": [0.2, 0], \"skills\": [\"a\"]},"
                      "{\"person_id\": \"3\", \"at\": [1.9, 0], \"skills\": [\"a\"]}]}",
                      &file, &f));
    struct mobilise *m = mobilise_new(&file->ask, &f);
    const struct musters_ask ask = { .plan = m,
                                     .muster_count = file->muster_count,
                                     .shift_starts_s = starts_s,
                                     .wave_s = 900,
                                     .to_muster = to_muster,
                                     .to_post = to_post,
                                     .self = file->ask.self };

    assert_non_null(m);
    mobilise_run(m, NULL, NULL);
    assert_int_equal(mobilise_figures(m).filled, 3);
    musters_take(&ask, a, &got);
    assert_int_equal(got.way_count, 3);
    assert_int_equal(got.wave_count, 1);
    assert_int_equal(got.waves[0].count, 2);
    assert_int_equal(got.waves[0].leave_s, 34200);
    assert_int_equal(got.ways[0].person, 0);
    assert_int_equal(got.ways[0].home_s, 34200 - 1390);
    assert_int_equal(got.ways[1].person, 1);
    assert_int_equal(got.ways[1].muster, 0);
    assert_int_equal(got.ways[2].person, 2);
    assert_int_equal(got.ways[2].muster, -1);
    assert_int_equal(got.ways[2].home_s, 36000 - mobilise_travel_s(m, 2));
    mobilise_free(m);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_what_it_says),
        cmocka_unit_test(rest_is_kept_to_the_second),
        cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(people_leave_a_muster_point_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
