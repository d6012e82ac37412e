#include "engine/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct config *config;

static int setup(void **state)
{
    (void)state;
    config = config_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    config_free(config);
    return 0;
}

static bool read_text(const char *text, struct fail *f)
{
    return config_read(config, text, strlen(text), "vigil.conf", f);
}

enum { WORDS_MAX = 8 };

/* config_load with these words; what it leaves is in `left`. */
static bool load(const char *const *words, char *left[WORDS_MAX], int *count, struct fail *f)
{
    for (*count = 0; words[*count]; (*count)++)
        left[*count] = strdup(words[*count]);
    char *all[WORDS_MAX];
    const int total = *count;

    memcpy(all, left, sizeof all);
    const bool good = config_load(config, count, left, f);

    for (int i = 0; i < *count && good; i++)
        left[i] = strdup(left[i]);
    for (int i = 0; i < total; i++)
        free(all[i]);
    return good;
}

static void every_default_is_allowed(void **state)
{
    (void)state;
    for (int id = 0; id < CONFIG_COUNT; id++)
        assert_string_equal(config_text(config, (enum config_id)id),
                            config_default((enum config_id)id));
    assert_int_equal(config_int(config, CONFIG_LISTEN_PORT), 8080);
}

static void a_file_has_comments_blanks_and_settings(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_true(read_text("# a comment\n\n  workers =  8 \r\ndatabase = host=/run dbname=v\n"
                          "listen_port=0",
                          &f));
    assert_int_equal(config_int(config, CONFIG_WORKERS), 8);
    assert_string_equal(config_text(config, CONFIG_DATABASE), "host=/run dbname=v");
    assert_int_equal(config_int(config, CONFIG_LISTEN_PORT), 0);
}

static void a_bad_line_is_named_with_its_number(void **state)
{
    static const struct {
        const char *text, *said;
        enum fail_code code;
    } CASES[] = {
        { "\nworkers = none\n", "vigil.conf:2", CODE_SETTING_NOT_ALLOWED },
        { "workers = 0", "workers cannot be \"0\"", CODE_SETTING_NOT_ALLOWED },
        { "workers = 65", "65", CODE_SETTING_NOT_ALLOWED },
        { "workers = 4x", "4x", CODE_SETTING_NOT_ALLOWED },
        { "workers = +4", "+4", CODE_SETTING_NOT_ALLOWED },
        { "workers = ", "workers", CODE_SETTING_NOT_ALLOWED },
        { "workers = 99999999999999999999", "9999", CODE_SETTING_NOT_ALLOWED },
        { "log_level = loud", "loud", CODE_SETTING_NOT_ALLOWED },
        { "city_time_zone = Mars/Base", "Mars/Base", CODE_SETTING_NOT_ALLOWED },
        { "city_time_zone = ../zoneinfo/UTC", "../", CODE_SETTING_NOT_ALLOWED },
        { "city_time_zone = Asia/Shanghai Town", "Town", CODE_SETTING_NOT_ALLOWED },
        { "database = ", "database", CODE_SETTING_NOT_ALLOWED },
        { "database = a\tb", "database", CODE_SETTING_NOT_ALLOWED },
        { "colour = red", "colour", CODE_SETTING_UNKNOWN },
        { "workers", "vigil.conf:1", CODE_SETTING_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct fail f = { 0 };

        if (read_text(CASES[i].text, &f))
            fail_msg("%s was taken", CASES[i].text);
        assert_int_equal(f.code, CASES[i].code);
        if (!strstr(f.text, CASES[i].said))
            fail_msg("%s: %s", CASES[i].text, f.text);
        assert_true(f.allowed[0] != '\0');
    }
    assert_int_equal(config_int(config, CONFIG_WORKERS), 4); /* as it was */
}

static void a_huge_file_is_refused(void **state)
{
    const size_t size = 100 * 1000;
    char *text = malloc(size);
    struct fail f = { 0 };

    (void)state;
    memset(text, '\n', size);
    assert_false(config_read(config, text, size, "vigil.conf", &f));
    free(text);
}

static void flags_win_over_environment_and_environment_over_file(void **state)
{
    char path[] = "/tmp/test_config_XXXXXX";
    const int fd = mkstemp(path);
    struct fail f = { 0 };

    (void)state;
    static const char TEXT[] = "workers = 5\nio_threads = 5\nqueue_length = 5\n";

    assert_int_equal(write(fd, TEXT, sizeof TEXT - 1), sizeof TEXT - 1);
    close(fd);
    setenv("VIGIL_IO_THREADS", "6", 1);
    setenv("VIGIL_QUEUE_LENGTH", "6", 1);
    char file_flag[64];

    snprintf(file_flag, sizeof file_flag, "--config=%s", path);
    const char *const words[] = { "vigild", "--queue_length",      "7", file_flag,
                                  "left",   "--max_connections=9", NULL };
    char *left[WORDS_MAX] = { 0 };
    int count = 0;
    const bool good = load(words, left, &count, &f);

    unlink(path);
    unsetenv("VIGIL_IO_THREADS");
    unsetenv("VIGIL_QUEUE_LENGTH");
    if (!good)
        fail_msg("%s", f.text);
    assert_int_equal(config_int(config, CONFIG_WORKERS), 5);
    assert_int_equal(config_int(config, CONFIG_IO_THREADS), 6);
    assert_int_equal(config_int(config, CONFIG_QUEUE_LENGTH), 7);
    assert_int_equal(config_int(config, CONFIG_MAX_CONNECTIONS), 9);
    assert_int_equal(count, 2);
    assert_string_equal(left[1], "left");
    free(left[0]);
    free(left[1]);
}

static void a_flag_needs_a_value_and_a_file_must_be_there(void **state)
{
    struct fail f = { 0 };

    (void)state;
    const char *const without[] = { "vigild", "--workers", NULL };
    const char *const missing[] = { "vigild", "--config", "/nowhere/vigil.conf", NULL };
    const char *const wrong[] = { "vigild", "--listen_port", "70000", NULL };
    char *left[WORDS_MAX];
    int count;

    assert_false(load(without, left, &count, &f));
    assert_int_equal(f.code, CODE_SETTING_MALFORMED);
    assert_false(load(missing, left, &count, &f));
    assert_int_equal(f.code, CODE_FILE_UNREADABLE);
    assert_non_null(strstr(f.text, "/nowhere/vigil.conf"));
    assert_false(load(wrong, left, &count, &f));
    assert_string_equal(f.allowed, "0 to 65535");
}

static void the_database_may_be_named_in_a_file_of_its_own(void **state)
{
    char path[] = "/tmp/test_config_XXXXXX";
    const int fd = mkstemp(path);
    struct fail f = { 0 };

    (void)state;
    assert_int_equal(write(fd, "dbname=secret\n", 14), 14);
    close(fd);
    const char *const words[] = { "vigild", "--database_file", path, NULL };
    char *left[WORDS_MAX] = { 0 };
    int count = 0;
    const bool good = load(words, left, &count, &f);

    unlink(path);
    assert_true(good);
    assert_string_equal(config_text(config, CONFIG_DATABASE), "dbname=secret");
    free(left[0]);
}

static void what_is_printed_is_read_again_and_keeps_passwords(void **state)
{
    struct buf text = { 0 };
    struct config *another = config_new();
    struct fail f = { 0 };

    (void)state;
    assert_true(config_set(config, "workers", "9", "test", &f));
    assert_true(config_set(config, "database", "dbname=v password=hush", "test", &f));
    config_print(config, &text);
    assert_null(strstr(buf_text(&text), "hush"));
    assert_true(config_read(another, text.bytes, text.size, "printed", &f));
    assert_int_equal(config_int(another, CONFIG_WORKERS), 9);
    config_free(another);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_default_is_allowed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_has_comments_blanks_and_settings, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bad_line_is_named_with_its_number, setup, teardown),
        cmocka_unit_test_setup_teardown(a_huge_file_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(flags_win_over_environment_and_environment_over_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_flag_needs_a_value_and_a_file_must_be_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_database_may_be_named_in_a_file_of_its_own, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_printed_is_read_again_and_keeps_passwords, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
