/* Both languages can say everything that there is to say. */
#include "api/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/config.h"
#include "engine/metrics.h"
#include "geo/base/input.h"
#include "schema/catalogue.h"

static void expect(const char *kind, const char *word)
{
    char key[128];

    snprintf(key, sizeof key, "%s.%s", kind, word);
    for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++)
        if (!words_find((enum words_language)language, key))
            fail_msg("%s is not in api/console/words/%s.json", key, language ? "zh" : "en");
}

static void every_fail_code_is_in_both_catalogues(void **state)
{
    (void)state;
    for (int code = CODE_NONE + 1; code < CODE_COUNT; code++)
        expect("code", fail_word((enum fail_code)code));
}

static void every_setting_and_every_metric_is_in_both_catalogues(void **state)
{
    (void)state;
    for (int id = 0; id < CONFIG_COUNT; id++)
        expect("setting", config_name((enum config_id)id));
    for (int id = 0; id < METRIC_COUNT; id++)
        expect("metric", metrics_word((enum metrics_id)id));
}

static const struct input *read_catalogue(struct arena *a, int i)
{
    struct fail f = { 0 };
    const char *text = CATALOGUE_TEXTS[i].text;
    const struct input *root = input_parse(a, text, strlen(text), &f);

    if (!root)
        fail_msg("%s: %s", CATALOGUE_TEXTS[i].name, f.text);
    return root;
}

static void both_catalogues_have_the_same_keys_in_order(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (int i = 0; i < CATALOGUE_COUNT; i++) {
        const struct input *mine = read_catalogue(a, i);
        const struct input *others = read_catalogue(a, CATALOGUE_COUNT - 1 - i);
        const struct input *value;
        void *cursor = NULL;
        const char *last = "";

        for (const char *key; (key = input_next(mine, &cursor, &value)); last = key) {
            if (strcmp(last, key) >= 0)
                fail_msg("%s: %s stands after %s", CATALOGUE_TEXTS[i].name, key, last);
            if (!input_get(others, key))
                fail_msg("%s is only in %s", key, CATALOGUE_TEXTS[i].name);
            assert_true(input_is_text(value));
        }
        assert_true(last[0] != '\0');
    }
    arena_free(a);
}

static void the_terminal_says_its_language(void **state)
{
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_int_equal(words_terminal(), WORDS_ZH);
    setenv("LC_ALL", "C", 1);
    assert_int_equal(words_terminal(), WORDS_EN);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "zh_TW", 1);
    assert_int_equal(words_terminal(), WORDS_ZH);
    unsetenv("LANG");
    assert_int_equal(words_terminal(), WORDS_EN);
}

static void a_complaint_names_value_and_what_is_allowed(void **state)
{
    char said[500] = { 0 };
    FILE *to = fmemopen(said, sizeof said - 1, "w");
    struct fail f;

    (void)state;
    setenv("LC_ALL", "C", 1);
    fail_set(&f, FAIL_INPUT, SETTING_NOT_ALLOWED, "--workers: workers cannot be \"0\"");
    fail_allowed(&f, "1 to 64");
    words_complain(to, "vigild", &f);
    fclose(to);
    assert_non_null(strstr(said, "vigild: A setting has a value that is not allowed."));
    assert_non_null(strstr(said, "workers cannot be \"0\""));
    assert_non_null(strstr(said, "allowed: 1 to 64"));
}

static void a_key_without_a_sentence_speaks_for_itself(void **state)
{
    (void)state;
    assert_null(words_find(WORDS_EN, "code.there_is_no_such_code"));
    assert_string_equal(words_text(WORDS_ZH, "code.there_is_no_such_code"),
                        "code.there_is_no_such_code");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fail_code_is_in_both_catalogues),
        cmocka_unit_test(every_setting_and_every_metric_is_in_both_catalogues),
        cmocka_unit_test(both_catalogues_have_the_same_keys_in_order),
        cmocka_unit_test(the_terminal_says_its_language),
        cmocka_unit_test(a_complaint_names_value_and_what_is_allowed),
        cmocka_unit_test(a_key_without_a_sentence_speaks_for_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
