/* Ids: each is given once, whoever asks. */
#include "tests/support/check_near.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/ids.h"
#include "tests/support/database.h"

static void ids_are_given_once_and_blocks_are_reserved_when_needed(void **state)
{
    struct database *d = *state;
    struct ids *ids = ids_new();
    struct fail f = { 0 };
    int64_t last = 0;

    for (int32_t i = 0; i < 2 * IDS_BLOCK + 1; i++) {
        int64_t id;

        assert_int_equal(ids_stocked(ids), i % IDS_BLOCK != 0);
        assert_true(ids_take(ids, d->db, &id, &f));
        assert_true(id > last && id < INT64_C(1) << 53);
        last = id;
    }
    assert_int_equal(database_int(d, "SELECT last_value FROM vigil.id_block"), last);
    ids_free(ids);
}

static void two_nodes_never_give_the_same_id(void **state)
{
    struct database *d = *state;
    struct ids *one = ids_new();
    struct ids *other = ids_new();
    struct fail f = { 0 };
    int64_t a, b;

    assert_true(ids_take(one, d->db, &a, &f));
    assert_true(ids_take(other, d->db, &b, &f));
    assert_true(b >= a + IDS_BLOCK);
    ids_free(one);
    ids_free(other);
    ids_free(NULL);
}

enum { TAKERS = 4, TAKES = 3000 };

struct taker {
    struct ids *ids;
    const char *address;
    int64_t taken[TAKES];
    bool ok;
};

static void *take_many(void *self)
{
    struct taker *t = self;
    struct fail f = { 0 };
    struct db *db = db_open(t->address, &f);

    t->ok = db != NULL;
    for (int32_t i = 0; t->ok && i < TAKES; i++)
        t->ok = ids_take(t->ids, db, &t->taken[i], &f);
    db_close(db);
    return NULL;
}

static int by_value(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one;
    const int64_t b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

static void threads_that_share_a_stock_never_get_the_same_id(void **state)
{
    struct database *d = *state;
    struct ids *ids = ids_new();
    struct taker *takers = calloc(TAKERS, sizeof *takers);
    int64_t *all = calloc((size_t)TAKERS * TAKES, sizeof *all);
    pthread_t threads[TAKERS];

    for (int32_t i = 0; i < TAKERS; i++) {
        takers[i].ids = ids;
        takers[i].address = d->address;
        assert_int_equal(pthread_create(&threads[i], NULL, take_many, &takers[i]), 0);
    }
    for (int32_t i = 0; i < TAKERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(takers[i].ok);
        for (int32_t k = 0; k < TAKES; k++)
            all[i * TAKES + k] = takers[i].taken[k];
    }
    qsort(all, (size_t)TAKERS * TAKES, sizeof *all, by_value);
    for (int32_t i = 1; i < TAKERS * TAKES; i++)
        assert_true(all[i] > all[i - 1]);
    assert_int_equal(all[TAKERS * TAKES - 1] - all[0], TAKERS * TAKES - 1);
    free(all);
    free(takers);
    ids_free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ids_are_given_once_and_blocks_are_reserved_when_needed,
                                        database_setup, database_teardown),
        cmocka_unit_test_setup_teardown(two_nodes_never_give_the_same_id, database_setup,
                                        database_teardown),
        cmocka_unit_test_setup_teardown(threads_that_share_a_stock_never_get_the_same_id,
                                        database_setup, database_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
