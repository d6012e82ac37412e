/* geo/base/input.c: JSON coming in, and what is said of what is wrong. */
#include "geo/base/input.h"

#include <string.h>

#include "tests/support/check_near.h"
#include "tests/support/room.h"

static const struct input *parse(void **state, const char *json)
{
    struct fail f;
    const struct input *v = input_parse(((struct room *)*state)->arena, json, strlen(json), &f);

    if (!v)
        fail_msg("%s: %s", json, f.text);
    return v;
}

static void documents_that_are_not_json_are_refused(void **state)
{
    static const struct {
        const char *json;
        enum fail_code code;
    } WRONG[] = {
        { "", CODE_JSON_MALFORMED },
        { " ", CODE_JSON_MALFORMED },
        { "{", CODE_JSON_MALFORMED },
        { "{\"a\":1,}", CODE_JSON_MALFORMED },
        { "[1] 2", CODE_JSON_MALFORMED },
        { "[01]", CODE_JSON_MALFORMED },
        { "[NaN]", CODE_JSON_MALFORMED },
        { "[1e400]", CODE_JSON_MALFORMED },
        { "[123456789012345678901234567890]", CODE_JSON_MALFORMED },
        { "{'a':1}", CODE_JSON_MALFORMED },
        { "[\"\xFF\"]", CODE_JSON_MALFORMED },
        { "[\"\\ud800\"]", CODE_JSON_MALFORMED },
        { "[\"\\u0000\"]", CODE_JSON_MALFORMED },
        { "\xEF\xBB\xBF{}", CODE_JSON_MALFORMED },
        { "]]]]]]]]]]]]]]]]]]]]]]]][[[[[[[[[[[[[[[[[[[[[[[[", CODE_JSON_MALFORMED },
        { "{\"a\":1,\"b\":2,\"a\":3}", CODE_JSON_DUPLICATE_KEY },
        { "{\"a\":1,\"\\u0061\":3}", CODE_JSON_DUPLICATE_KEY },
        { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", CODE_JSON_DEEP },
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct fail f = { 0 };

        if (input_parse(((struct room *)*state)->arena, WRONG[i].json, strlen(WRONG[i].json), &f))
            fail_msg("was read: %s", WRONG[i].json);
        assert_string_equal(fail_word(f.code), fail_word(WRONG[i].code));
        assert_int_equal(f.kind, FAIL_INPUT);
    }
}

static void a_malformed_document_says_line_and_column(void **state)
{
    const char *json = "{\n  \"a\": 1,\n  \"b\" 2\n}";
    struct fail f;

    assert_null(input_parse(((struct room *)*state)->arena, json, strlen(json), &f));
    assert_non_null(strstr(f.text, "line 3"));
}

static void sixteen_levels_are_allowed_and_brackets_in_text_are_none(void **state)
{
    parse(state, "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]");
    parse(state, "[\"[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[{{{{{{{{\\\\\",[1]]");
    parse(state, "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]");
}

/* `count` ones in a list. */
static const struct input *parse_ones(struct arena *a, size_t count, struct fail *f)
{
    char *json = arena_take(a, 2 * count + 1, 1);

    for (size_t i = 0; i < count; i++) {
        json[2 * i] = ',';
        json[2 * i + 1] = '1';
    }
    json[0] = '[';
    json[2 * count] = ']';
    return input_parse(a, json, 2 * count + 1, f);
}

static void values_are_counted_before_they_are_kept(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    struct fail f = { 0 };

    assert_non_null(parse_ones(a, INPUT_VALUES_MAX - 1, &f)); /* and the list itself */
    assert_null(parse_ones(a, INPUT_VALUES_MAX, &f));
    assert_int_equal(f.kind, FAIL_INPUT);
    assert_int_equal(f.code, CODE_JSON_TOO_MANY);
    assert_non_null(strstr(f.allowed, "1500000"));
}

static void commas_in_text_are_no_values(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const size_t size = INPUT_VALUES_MAX + 10;
    char *json = arena_take(a, size, 1);
    struct fail f = { 0 };

    memset(json, ',', size);
    json[0] = json[size - 1] = '"';
    assert_non_null(input_parse(a, json, size, &f));
}

static void keys_are_found_and_null_is_absent(void **state)
{
    struct input_key keys[] = { { "a", true, NULL }, { "b", false, NULL }, { "c", false, NULL } };
    const struct input *v = parse(state, "{\"b\":null,\"a\":5}");
    struct fail f;
    int64_t number;

    assert_true(input_keys(v, keys, 3, &f));
    assert_true(input_int(keys[0].value, 0, 9, &number, &f));
    assert_int_equal(number, 5);
    assert_null(keys[1].value);
    assert_null(keys[2].value);
    assert_null(input_get(v, "b"));
    assert_null(input_get(v, "zz"));
}

static void keys_that_are_unknown_or_missing_are_named(void **state)
{
    static const struct {
        const char *json;
        enum fail_code code;
        const char *pointer, *value;
    } WRONG[] = {
        { "{\"a\":1,\"x/y~z\":2}", CODE_KEY_UNKNOWN, "/x~1y~0z", "x/y~z" },
        { "{\"b\":1}", CODE_KEY_MISSING, "/a", "a" },
        { "{\"a\":null}", CODE_KEY_MISSING, "/a", "a" },
        { "[]", CODE_VALUE_WRONG_TYPE, "", "[]" },
        { "null", CODE_VALUE_WRONG_TYPE, "", "null" },
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct input_key keys[] = { { "a", true, NULL }, { "b", false, NULL } };
        struct fail f;

        assert_false(input_keys(parse(state, WRONG[i].json), keys, 2, &f));
        assert_string_equal(fail_word(f.code), fail_word(WRONG[i].code));
        assert_string_equal(f.pointer, WRONG[i].pointer);
        assert_string_equal(f.value, WRONG[i].value);
        assert_string_equal(f.allowed, i < 3 ? "a, b" : "an object");
    }
}

static void values_know_where_they_stand(void **state)
{
    const struct input *v = parse(state, "{\"a/b\":[{\"c~\":[10,20,30]}]}");
    const struct input *list = input_get(input_item(input_get(v, "a/b"), 0), "c~");
    struct fail f = { 0 };

    assert_false(input_blame(input_item(list, 2), &f));
    assert_string_equal(f.pointer, "/a~1b/0/c~0/2");
    assert_string_equal(f.value, "30");
    input_blame(v, &f);
    assert_string_equal(f.pointer, "");
}

static void a_large_value_is_shown_from_its_beginning(void **state)
{
    struct arena *a = ((struct room *)*state)->arena;
    const char *json = arena_text(a, "[\"%0100000d\",117.19]", 7);
    const struct input *v = parse(state, json);
    struct fail f = { 0 };

    input_blame(v, &f);
    assert_int_equal(strlen(f.value), sizeof f.value - 1);
    assert_memory_equal(f.value, "[\"0000", 6);
    input_blame(input_item(v, 1), &f);
    assert_string_equal(f.value, "117.19");
}

static void numbers_are_held_to_their_limits(void **state)
{
    const struct input *v = parse(state, "[1.5,-3,4000000000,\"7\",1e10,9007199254740993,true]");
    struct fail f;
    double number = 77;
    int64_t whole = 77;

    assert_true(input_number(input_item(v, 0), 1, 2, &number, &f));
    check_near(number, 1.5, 0);
    assert_true(input_number(input_item(v, 1), -3, 2, &number, &f));
    assert_false(input_number(input_item(v, 0), 2, 3, &number, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_string_equal(f.allowed, "2 to 3");
    assert_string_equal(f.pointer, "/0");
    check_near(number, -3, 0);
    assert_false(input_number(input_item(v, 3), 0, 9, &number, &f));
    assert_int_equal(f.code, CODE_VALUE_WRONG_TYPE);
    assert_true(input_int(input_item(v, 5), 0, INT64_MAX, &whole, &f));
    assert_true(whole == INT64_C(9007199254740993));
    assert_false(input_int(input_item(v, 0), 0, 9, &whole, &f));
    assert_int_equal(f.code, CODE_VALUE_WRONG_TYPE);
    assert_false(input_int(input_item(v, 2), 0, 9, &whole, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_false(input_int(input_item(v, 6), 0, 9, &whole, &f));
}

static void lists_of_numbers_are_read_at_once(void **state)
{
    const struct input *v = parse(state, "[[1,2.5],[1,\"2\"],[1,2,3,4],7]");
    double numbers[3] = { 0 };
    struct fail f;
    int32_t count = 0;

    assert_true(input_numbers(input_item(v, 0), 1, 3, numbers, &count, &f));
    assert_int_equal(count, 2);
    check_near(numbers[1], 2.5, 0);
    assert_false(input_numbers(input_item(v, 1), 1, 3, numbers, &count, &f));
    assert_string_equal(f.pointer, "/1/1");
    assert_false(input_numbers(input_item(v, 2), 1, 3, numbers, &count, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_false(input_numbers(input_item(v, 3), 1, 3, numbers, &count, &f));
    assert_int_equal(f.code, CODE_VALUE_WRONG_TYPE);
}

static void texts_are_held_to_their_limits(void **state)
{
    const struct input *v = parse(state, "[\"abc\",\"\",\"abcd\",\"a\\nb\",\"路\",7]");
    const char *text = NULL;
    struct fail f;

    assert_true(input_text(input_item(v, 0), 3, &text, &f));
    assert_string_equal(text, "abc");
    assert_true(input_text(input_item(v, 4), 3, &text, &f));
    assert_false(input_text(input_item(v, 1), 3, &text, &f));
    assert_int_equal(f.code, CODE_VALUE_EMPTY);
    assert_false(input_text(input_item(v, 2), 3, &text, &f));
    assert_int_equal(f.code, CODE_VALUE_TOO_LONG);
    assert_false(input_text(input_item(v, 3), 3, &text, &f));
    assert_int_equal(f.code, CODE_VALUE_NOT_ALLOWED);
    assert_false(input_text(input_item(v, 5), 3, &text, &f));
    assert_int_equal(f.code, CODE_VALUE_WRONG_TYPE);
    assert_string_equal(text, "路");
}

static void words_bools_and_arrays_are_checked(void **state)
{
    static const char *const MODES[] = { "foot", "ebike", "car" };
    const struct input *v = parse(state, "[\"car\",\"train\",true,0,[1,2,3],{}]");
    struct fail f;
    int32_t which = 77;
    bool yes = false;

    assert_true(input_word(input_item(v, 0), MODES, 3, &which, &f));
    assert_int_equal(which, 2);
    assert_false(input_word(input_item(v, 1), MODES, 3, &which, &f));
    assert_int_equal(f.code, CODE_VALUE_NOT_ALLOWED);
    assert_string_equal(f.allowed, "foot, ebike, car");
    assert_string_equal(f.value, "\"train\"");
    assert_true(input_bool(input_item(v, 2), &yes, &f));
    assert_true(yes);
    assert_false(input_bool(input_item(v, 3), &yes, &f));
    assert_true(input_array(input_item(v, 4), 3, 3, &which, &f));
    assert_int_equal(which, 3);
    assert_false(input_array(input_item(v, 4), 4, 9, &which, &f));
    assert_int_equal(f.code, CODE_VALUE_OUT_OF_RANGE);
    assert_false(input_array(input_item(v, 4), 0, 2, &which, &f));
    assert_false(input_array(input_item(v, 5), 0, 2, &which, &f));
    assert_int_equal(f.code, CODE_VALUE_WRONG_TYPE);
}

static void keys_are_visited_in_the_order_they_stood(void **state)
{
    const struct input *v = parse(state, "{\"z\":1,\"a\":2,\"m\":null}");
    const struct input *value;
    void *cursor = NULL;

    assert_string_equal(input_next(v, &cursor, &value), "z");
    assert_true(input_is_number(value));
    assert_string_equal(input_next(v, &cursor, &value), "a");
    assert_string_equal(input_next(v, &cursor, &value), "m");
    assert_false(input_is_number(value));
    assert_null(input_next(v, &cursor, &value));
    assert_string_equal(input_dump(((struct room *)*state)->arena, v),
                        "{\"z\":1,\"a\":2,\"m\":null}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_that_are_not_json_are_refused),
        cmocka_unit_test(a_malformed_document_says_line_and_column),
        cmocka_unit_test(sixteen_levels_are_allowed_and_brackets_in_text_are_none),
        cmocka_unit_test(values_are_counted_before_they_are_kept),
        cmocka_unit_test(commas_in_text_are_no_values),
        cmocka_unit_test(keys_are_found_and_null_is_absent),
        cmocka_unit_test(keys_that_are_unknown_or_missing_are_named),
        cmocka_unit_test(values_know_where_they_stand),
        cmocka_unit_test(a_large_value_is_shown_from_its_beginning),
        cmocka_unit_test(numbers_are_held_to_their_limits),
        cmocka_unit_test(lists_of_numbers_are_read_at_once),
        cmocka_unit_test(texts_are_held_to_their_limits),
        cmocka_unit_test(words_bools_and_arrays_are_checked),
        cmocka_unit_test(keys_are_visited_in_the_order_they_stood),
    };

    return cmocka_run_group_tests(tests, room_open, room_close);
}
