#include "engine/keyring.h"

#include "tests/support/check_near.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static struct keyring *KEYS;

static int set_up(void **state)
{
    (void)state;
    KEYS = keyring_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keyring_free(KEYS);
    return 0;
}

/* A hash of its own for each number; neighbours share their first bytes, so that chains
 * grow. */
static const unsigned char *hash_of(int64_t number, unsigned char out[DEVICES_HASH_BYTES])
{
    memset(out, 0, DEVICES_HASH_BYTES);
    out[0] = (unsigned char)(number % 7);
    memcpy(out + 8, &number, sizeof number);
    return out;
}

static void put(int64_t device_id, int64_t number)
{
    const struct keyring_device d = { .device_id = device_id, .person_id = 10 * device_id };
    unsigned char hash[DEVICES_HASH_BYTES];

    keyring_put(KEYS, hash_of(number, hash), &d);
}

/* The device that the hash of this number opens, 0 for none. */
static int64_t opens(int64_t number)
{
    unsigned char hash[DEVICES_HASH_BYTES];
    struct keyring_device d;

    if (!keyring_find(KEYS, hash_of(number, hash), &d))
        return 0;
    assert_int_equal(d.person_id, 10 * d.device_id);
    return d.device_id;
}

static void a_secret_opens_what_it_was_given_for(void **state)
{
    (void)state;
    assert_int_equal(opens(1), 0);
    put(5, 1);
    assert_int_equal(opens(1), 5);
    put(5, 2); /* another secret */
    assert_int_equal(opens(1), 0);
    assert_int_equal(opens(2), 5);
    keyring_drop(KEYS, 5);
    keyring_drop(KEYS, 5);
    assert_int_equal(opens(2), 0);
    assert_int_equal(keyring_count(KEYS), 0);
}

static void what_changes_without_a_secret_keeps_it(void **state)
{
    const struct keyring_device d = {
        .device_id = 5, .person_id = 50, .format = DEVICES_PACKED, .frame = FRAME_BD09
    };
    unsigned char hash[DEVICES_HASH_BYTES];
    struct keyring_device found;

    (void)state;
    keyring_put(KEYS, NULL, &d); /* of a device that is not known */
    assert_int_equal(keyring_count(KEYS), 0);
    put(5, 1);
    keyring_put(KEYS, NULL, &d);
    assert_true(keyring_find(KEYS, hash_of(1, hash), &found));
    assert_int_equal(found.format, DEVICES_PACKED);
    assert_int_equal(found.frame, FRAME_BD09);
}

static void thousands_are_told_apart(void **state)
{
    enum { COUNT = 5000 };

    (void)state;
    for (int64_t i = 1; i <= COUNT; i++)
        put(i, i);
    for (int64_t i = 1; i <= COUNT; i += 3)
        keyring_drop(KEYS, i);
    for (int64_t i = 2; i <= COUNT; i += 3)
        put(i, COUNT + i);
    for (int64_t i = 1; i <= COUNT; i++) {
        assert_int_equal(opens(i), i % 3 == 0 ? i : 0);
        assert_int_equal(opens(COUNT + i), i % 3 == 2 ? i : 0);
    }
    for (int64_t i = 1; i <= COUNT; i++)
        put(i, 2 * COUNT + i);
    assert_int_equal(keyring_count(KEYS), COUNT);
    for (int64_t i = 1; i <= COUNT; i++)
        assert_int_equal(opens(2 * COUNT + i), i);
}

static void a_device_is_told_what_it_was_not_told_last(void **state)
{
    (void)state;
    assert_false(keyring_tell(KEYS, 5, 300));
    put(5, 1);
    assert_true(keyring_tell(KEYS, 5, 300));
    assert_false(keyring_tell(KEYS, 5, 300));
    assert_true(keyring_tell(KEYS, 5, 10));
    assert_true(keyring_tell(KEYS, 5, 300));
}

static void *look(void *self)
{
    (void)self;
    for (int i = 0; i < 20000; i++) {
        const int64_t found = opens(i % 100);

        assert(found == 0 || found == i % 100);
        keyring_tell(KEYS, i % 100, i % 3);
    }
    return NULL;
}

static void readers_see_whole_devices_while_others_come_and_go(void **state)
{
    pthread_t threads[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look, NULL), 0);
    for (int64_t i = 0; i < 20000; i++) {
        if (i % 2)
            put(1 + i % 99, 1 + i % 99);
        else
            keyring_drop(KEYS, 1 + i % 50);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

static void a_secret_is_known_by_its_text(void **state)
{
    static const char *const NONE[] = { "",
                                        "vgd_",
                                        "vgl_7_AAECAwQFBgcICQoLDA0ODw",
                                        "vgd_AAECAwQFBgcICQoLDA0OD",
                                        "vgd_AAECAwQFBgcICQoLDA0ODw==",
                                        "vgd_AAECAwQFBgcICQoLDA0ODwA",
                                        "vgd_AAECAwQFBgcICQoLDA0OD!",
                                        "AAECAwQFBgcICQoLDA0ODw" };
    unsigned char one[DEVICES_HASH_BYTES], other[DEVICES_HASH_BYTES];
    char first[DEVICES_SECRET_SIZE], second[DEVICES_SECRET_SIZE];

    (void)state;
    devices_secret(first, one);
    devices_secret(second, other);
    assert_string_not_equal(first, second);
    assert_true(devices_is_secret(first));
    assert_true(devices_hash(first, other));
    assert_memory_equal(one, other, sizeof one);
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        if (devices_hash(NONE[i], one))
            fail_msg("%s is a secret", NONE[i]);
}

#define KEYS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYS_TEST(a_secret_opens_what_it_was_given_for),
        KEYS_TEST(what_changes_without_a_secret_keeps_it),
        KEYS_TEST(thousands_are_told_apart),
        KEYS_TEST(a_device_is_told_what_it_was_not_told_last),
        KEYS_TEST(readers_see_whole_devices_while_others_come_and_go),
        cmocka_unit_test(a_secret_is_known_by_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
