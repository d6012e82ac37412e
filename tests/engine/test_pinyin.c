/* Tests of engine/pinyin.c. */
#include "engine/pinyin.h"

#include <pthread.h>
#include <string.h>

#include "tests/support/check_near.h"

static void check(const char *name, const char *wanted)
{
    char got[PINYIN_SIZE];

    pinyin_initials(name, got);
    if (strcmp(got, wanted) != 0)
        fail_msg("%s gave %s, not %s", name, got, wanted);
}

static void names_have_initials(void **state)
{
    static const char *const CASES[][2] = {
        { "王小明", "wxm" },
        { "李娜", "ln" },
        { "欧阳修", "oyx" },
        { "诸葛亮", "zgl" },
        { "阿卜杜拉·买买提", "abdlmmt" },
        { "Anna Svensson", "as" },
        { "Åsa Öberg", "ao" },
        { "O'Neill Ørsted", "oo" },
        { "志愿者 12", "zyz1" },
        { "Åsa", "a" }, /* with a combining ring */
        { "王 Wei", "ww" },
        { "", "" },
        { "——", "" },
        { "𠮷田", "t" }, /* beyond the plane ICU was asked for */
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check(CASES[i][0], CASES[i][1]);
}

static void family_names_are_read_as_families_read_them(void **state)
{
    static const char *const CASES[][2] = {
        { "单田芳", "stf" }, { "曾国藩", "zgf" }, { "仇英", "qy" },    { "解缙", "xj" },
        { "查良镛", "zly" }, { "翟天临", "ztl" }, { "区小英", "oxy" }, { "万俟卨", "mqx" },
        { "尉迟恭", "ycg" }, { "单于", "cy" },    { "澹台明", "ttm" }, { "王单", "wd" },
        { "李解", "lj" },    { "覃小红", "qxh" }, { "乐嘉", "yj" },    { "种师道", "csd" },
        { "尉小龙", "wxl" }, { "万小利", "wxl" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check(CASES[i][0], CASES[i][1]);
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
    char long_name[1001];
    char got[PINYIN_SIZE];

    (void)state;
    check("\xff\xfe", "");
    check("a \xe4\xb8", "a");
    for (size_t i = 0; i < sizeof long_name - 1; i += 2)
        memcpy(long_name + i, "b ", 2);
    long_name[sizeof long_name - 1] = '\0';
    pinyin_initials(long_name, got);
    assert_int_equal(strlen(got), PINYIN_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_initials),
        cmocka_unit_test(family_names_are_read_as_families_read_them),
        cmocka_unit_test(bytes_that_are_no_text_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
