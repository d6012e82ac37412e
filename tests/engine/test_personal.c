#include "engine/personal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct keys {
    struct arena *arena;
    char folder[64];
    char file[80];
    struct personal *personal;
};

static int set_up(void **state)
{
    struct keys *k = calloc(1, sizeof *k);
    struct fail f = { 0 };

    k->arena = arena_new();
    snprintf(k->folder, sizeof k->folder, "/tmp/vigil-personal-XXXXXX");
    assert_non_null(mkdtemp(k->folder));
    snprintf(k->file, sizeof k->file, "%s/personal.key", k->folder);
    k->personal = personal_open(k->file, &f);
    if (!k->personal)
        fail_msg("%s", f.text);
    *state = k;
    return 0;
}

static int tear_down(void **state)
{
    struct keys *k = *state;

    personal_close(k->personal);
    unlink(k->file);
    assert_int_equal(rmdir(k->folder), 0); /* nothing else was left in it */
    arena_free(k->arena);
    free(k);
    return 0;
}

static void write_file(const struct keys *k, const char *mode, const char *text)
{
    FILE *file = fopen(k->file, mode);

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void refused(const struct keys *k, const char *part)
{
    struct fail f = { 0 };

    assert_null(personal_open(k->file, &f));
    assert_int_equal(f.code, CODE_KEY_FILE_UNUSABLE);
    if (!strstr(f.text, part))
        fail_msg("\"%s\" does not say \"%s\"", f.text, part);
}

static void the_file_is_made_for_its_owner_alone_and_used_again(void **state)
{
    struct keys *k = *state;
    struct stat about;
    const char *text = NULL;
    struct fail f = { 0 };
    size_t size;

    assert_int_equal(stat(k->file, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    const void *sealed =
        personal_seal(k->personal, 7, PERSONAL_PHONE, "13800138000", k->arena, &size);
    struct personal *again = personal_open(k->file, &f);

    assert_non_null(again);
    assert_true(personal_unseal(again, 7, PERSONAL_PHONE, sealed, size, k->arena, &text, &f));
    assert_string_equal(text, "13800138000");
    personal_close(again);
}

static void a_file_that_others_may_read_or_that_is_damaged_is_refused(void **state)
{
    struct keys *k = *state;

    chmod(k->file, 0640);
    refused(k, "chmod 600");
    chmod(k->file, 0600);
    write_file(k, "a", "seal short\n");
    refused(k, "seal KEY");
    write_file(k, "w", "");
    refused(k, "seal KEY");
    write_file(k, "w", "seal AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    refused(k, "hash KEY");
    for (int i = 0; i < 100; i++)
        write_file(k, "a", "seal AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    refused(k, "too large");
    unlink(k->file);
    mkdir(k->file, 0700);
    refused(k, "no file");
    rmdir(k->file);
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    struct fail f = { 0 };

    (void)state;
    assert_null(personal_open("/nowhere/at/all/personal.key", &f));
    assert_int_equal(f.code, CODE_KEY_FILE_UNUSABLE);
    assert_non_null(strstr(f.text, "/nowhere/at/all/personal.key"));
}

static void a_value_opens_for_its_person_and_field_alone(void **state)
{
    struct keys *k = *state;
    const char *text = NULL;
    struct fail f = { 0 };
    size_t size;
    const void *sealed =
        personal_seal(k->personal, 7, PERSONAL_ADDRESS, "云龙区和平路 1 号", k->arena, &size);

    assert_true(
        personal_unseal(k->personal, 7, PERSONAL_ADDRESS, sealed, size, k->arena, &text, &f));
    assert_string_equal(text, "云龙区和平路 1 号");
    assert_false(
        personal_unseal(k->personal, 8, PERSONAL_ADDRESS, sealed, size, k->arena, &text, &f));
    assert_int_equal(f.code, CODE_PERSONAL_UNREADABLE);
    assert_false(
        personal_unseal(k->personal, 7, PERSONAL_PHONE, sealed, size, k->arena, &text, &f));
}

static void a_touched_byte_anywhere_is_noticed(void **state)
{
    struct keys *k = *state;
    const char *text = NULL;
    size_t size;
    const void *sealed =
        personal_seal(k->personal, 7, PERSONAL_PHONE, "13800138000", k->arena, &size);

    for (size_t i = 0; i < size; i++) {
        unsigned char *touched = (unsigned char *)arena_copy(k->arena, sealed, size);
        struct fail f = { 0 };

        touched[i] ^= 0x20;
        assert_false(
            personal_unseal(k->personal, 7, PERSONAL_PHONE, touched, size, k->arena, &text, &f));
        assert_false(
            personal_unseal(k->personal, 7, PERSONAL_PHONE, sealed, i, k->arena, &text, &f));
    }
}

static void equal_texts_are_sealed_differently_and_hashed_alike(void **state)
{
    struct keys *k = *state;
    unsigned char one[PERSONAL_HASH_BYTES], two[PERSONAL_HASH_BYTES];
    size_t size;
    const void *a = personal_seal(k->personal, 7, PERSONAL_PHONE, "13800138000", k->arena, &size);
    const void *b = personal_seal(k->personal, 7, PERSONAL_PHONE, "13800138000", k->arena, &size);

    assert_memory_not_equal(a, b, size);
    personal_hash(k->personal, PERSONAL_PHONE, "13800138000", one);
    personal_hash(k->personal, PERSONAL_PHONE, "13800138000", two);
    assert_memory_equal(one, two, sizeof one);
    personal_hash(k->personal, PERSONAL_IDENTITY, "13800138000", two);
    assert_memory_not_equal(one, two, sizeof one);
}

static void a_new_key_seals_and_the_old_one_still_opens(void **state)
{
    struct keys *k = *state;
    unsigned char before[PERSONAL_HASH_BYTES], after[PERSONAL_HASH_BYTES];
    const char *text = NULL;
    struct fail f = { 0 };
    size_t size;
    const void *old = personal_seal(k->personal, 7, PERSONAL_PHONE, "13800138000", k->arena, &size);

    write_file(k, "a", "# since the audit\nseal AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    struct personal *newer = personal_open(k->file, &f);

    assert_non_null(newer);
    assert_true(personal_unseal(newer, 7, PERSONAL_PHONE, old, size, k->arena, &text, &f));
    const void *fresh = personal_seal(newer, 7, PERSONAL_PHONE, "13800138000", k->arena, &size);

    assert_false(personal_unseal(k->personal, 7, PERSONAL_PHONE, fresh, size, k->arena, &text, &f));
    assert_non_null(strstr(f.text, "which the key file does not have"));
    personal_hash(k->personal, PERSONAL_PHONE, "1", before);
    personal_hash(newer, PERSONAL_PHONE, "1", after);
    assert_memory_equal(before, after, sizeof before);
    personal_close(newer);
}

static void a_phone_is_compared_by_its_digits(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: refused */
    } CASES[] = {
        { "13800138000", "13800138000" },
        { "+86 138-0013-8000", "13800138000" },
        { "0086 13800138000", "13800138000" },
        { "86 138 0013 8000", "13800138000" },
        { "(0516) 8370 1234", "051683701234" },
        { "+46 31 123 45 67", "+46311234567" },
        { "0046311234567", "+46311234567" },
        { "8612345678", "8612345678" }, /* no mobile: a number of its own */
        { "", NULL },
        { "123456", NULL },
        { "1234567890123456", NULL },
        { "138001380001380013800013800138000", NULL },
        { "1380013800o", NULL },
        { "13800138000;", NULL },
        { "１３８００１３８０００", NULL },
        { "++8613800138000", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char got[24] = "";
        struct fail f = { 0 };

        if (personal_phone(CASES[i].text, got, &f) != (CASES[i].want != NULL))
            fail_msg("%s: %s", CASES[i].text, got);
        if (CASES[i].want)
            assert_string_equal(got, CASES[i].want);
        else
            assert_int_equal(f.code, CODE_PHONE_MALFORMED);
    }
}

static void a_mask_tells_apart_and_no_more(void **state)
{
    static const struct {
        enum personal_field field;
        const char *text, *want;
    } CASES[] = {
        { PERSONAL_PHONE, "13800131234", "138****1234" },
        { PERSONAL_PHONE, "1234567", "****67" },
        { PERSONAL_PHONE, "123456", "****" },
        { PERSONAL_PHONE, "", "****" },
        { PERSONAL_IDENTITY, "320301199001011237", "320****1237" },
        { PERSONAL_EMERGENCY, "王小明 13800138000", "王****" },
        { PERSONAL_EMERGENCY, "", "****" },
        { PERSONAL_ADDRESS, "云龙区和平路 1 号", "****" },
    };
    struct keys *k = *state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(personal_mask(CASES[i].field, CASES[i].text, k->arena), CASES[i].want);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(the_file_is_made_for_its_owner_alone_and_used_again),
        CASE(a_file_that_others_may_read_or_that_is_damaged_is_refused),
        CASE(a_folder_that_is_not_there_is_said),
        CASE(a_value_opens_for_its_person_and_field_alone),
        CASE(a_touched_byte_anywhere_is_noticed),
        CASE(equal_texts_are_sealed_differently_and_hashed_alike),
        CASE(a_new_key_seals_and_the_old_one_still_opens),
        CASE(a_phone_is_compared_by_its_digits),
        CASE(a_mask_tells_apart_and_no_more),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
