/* The same wish sent twice is granted once. The effect here is a row in
 * vigil.layer_version, which counts how often it happened. */
#include "tests/support/check_near.h"

#include <pthread.h>
#include <string.h>

#include "engine/idempotency.h"
#include "tests/support/database.h"

static struct idempotency_ask ask_for(const char *key, const char *body)
{
    return (struct idempotency_ask){ 7, key, "POST /v1/stations", body, strlen(body) };
}

static bool happen(struct db *db, struct fail *f)
{
    const struct db_value layer = db_text("effect");

    return db_run(db, QUERIES_LAYER_CHANGED, &layer, 1, NULL, NULL, f);
}

/* How often the effect happened: the first time makes the version 2. */
static int64_t happened(struct database *d)
{
    return database_int(
        d, "SELECT coalesce(max(version) - 1, 0) FROM vigil.layer_version WHERE layer = 'effect'");
}

static bool carry_out(struct db *db, const struct idempotency_ask *ask, struct arena *a,
                      bool *again, struct idempotency_answer *answer, struct fail *f)
{
    if (!idempotency_begin(db, ask, a, again, answer, f))
        return false;
    if (*again)
        return true;
    if (!happen(db, f)) {
        db_rollback(db);
        return false;
    }
    *answer =
        (struct idempotency_answer){ 201, "application/json", "/v1/stations/1", "{\"n\":1}", 7 };
    return idempotency_finish(db, ask, answer, f);
}

static void the_stored_answer_is_given_again(void **state)
{
    struct database *d = *state;
    const struct idempotency_ask ask = ask_for("key-1", "{\"a\":1}");
    struct idempotency_answer answer;
    struct fail f = { 0 };
    bool again;

    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
    assert_false(again);
    for (int32_t i = 0; i < 3; i++) {
        memset(&answer, 0, sizeof answer);
        assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
        assert_true(again);
        assert_int_equal(answer.status, 201);
        assert_string_equal(answer.type, "application/json");
        assert_string_equal(answer.location, "/v1/stations/1");
        assert_int_equal(answer.size, 7);
        assert_memory_equal(answer.bytes, "{\"n\":1}", 7);
    }
    assert_int_equal(happened(d), 1);
}

static void the_same_key_for_another_wish_is_refused(void **state)
{
    struct database *d = *state;
    struct idempotency_ask ask = ask_for("key-2", "{\"a\":1}");
    struct idempotency_answer answer;
    struct fail f = { 0 };
    bool again;

    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));

    const struct idempotency_ask others[] = {
        { 7, "key-2", "POST /v1/stations", "{\"a\":2}", 7 },
        { 7, "key-2", "POST /v1/stations", "{\"a\":1} ", 8 },
        { 7, "key-2", "POST /v1/stations", "", 0 },
        { 7, "key-2", "POST /v1/grids", "{\"a\":1}", 7 },
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(carry_out(d->db, &others[i], d->arena, &again, &answer, &f));
        assert_int_equal(f.kind, FAIL_INPUT);
        assert_int_equal(f.code, CODE_IDEMPOTENCY_KEY_REUSED);
        assert_string_equal(f.value, "key-2");
    }
    assert_int_equal(happened(d), 1);
    /* The connection is out of its transaction and goes on working. */
    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
}

static void another_caller_may_use_the_same_key(void **state)
{
    struct database *d = *state;
    struct idempotency_ask ask = ask_for("key-3", "{}");
    struct idempotency_answer answer;
    struct fail f = { 0 };
    bool again;

    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
    ask.token_id = 8;
    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
    assert_false(again);
    assert_int_equal(happened(d), 2);
}

static void a_failed_effect_leaves_the_key_free(void **state)
{
    struct database *d = *state;
    const struct idempotency_ask ask = ask_for("key-4", "{}");
    struct idempotency_answer answer;
    struct fail f = { 0 };
    bool again;

    assert_true(idempotency_begin(d->db, &ask, d->arena, &again, &answer, &f));
    assert_false(again);
    assert_true(happen(d->db, &f));
    db_rollback(d->db);
    assert_int_equal(happened(d), 0);
    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
    assert_false(again);
    assert_int_equal(happened(d), 1);
}

static void a_key_is_forgotten_after_a_day(void **state)
{
    struct database *d = *state;
    const struct idempotency_ask ask = ask_for("key-5", "{}");
    const struct idempotency_ask other = ask_for("key-5", "{\"other\":1}");
    const struct idempotency_ask third = ask_for("key-6", "{}");
    struct idempotency_answer answer;
    struct fail f = { 0 };
    bool again;

    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
    database_int(d, "WITH u AS (UPDATE vigil.idempotency SET created_at = now() - "
                    "interval '23 hours 59 minutes' RETURNING 1) SELECT count(*) FROM u");
    assert_true(carry_out(d->db, &ask, d->arena, &again, &answer, &f));
    assert_true(again);
    database_int(d, "WITH u AS (UPDATE vigil.idempotency SET created_at = now() - "
                    "interval '24 hours 1 minute' RETURNING 1) SELECT count(*) FROM u");
    assert_true(carry_out(d->db, &other, d->arena, &again, &answer, &f));
    assert_false(again);
    database_int(d, "WITH u AS (UPDATE vigil.idempotency SET created_at = now() - "
                    "interval '25 hours' RETURNING 1) SELECT count(*) FROM u");
    assert_true(carry_out(d->db, &third, d->arena, &again, &answer, &f));
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.idempotency"), 1);
}

static void keys_of_the_wrong_form_are_refused(void **state)
{
    static const char LONG[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const char *const KEYS[] = { "", " ", "a b", "a\tb", "平安", "a\x7F", LONG };
    struct fail f = { 0 };

    (void)state;
    assert_int_equal(strlen(LONG), IDEMPOTENCY_KEY_MAX + 1);
    assert_true(idempotency_check(LONG + 1, &f));
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        assert_false(idempotency_check(KEYS[i], &f));
        assert_int_equal(f.code, CODE_IDEMPOTENCY_KEY_MALFORMED);
    }
    assert_false(idempotency_check(NULL, &f));
    assert_int_equal(f.code, CODE_IDEMPOTENCY_KEY_MISSING);
}

enum { RACERS = 8 };

struct racer {
    const char *address;
    bool ok;
    bool again;
    int32_t status;
};

static void *race(void *self)
{
    struct racer *r = self;
    const struct idempotency_ask ask = ask_for("raced", "{}");
    struct idempotency_answer answer = { 0 };
    struct arena *a = arena_new();
    struct fail f = { 0 };
    struct db *db = db_open(r->address, &f);

    r->ok = db && carry_out(db, &ask, a, &r->again, &answer, &f);
    r->status = answer.status;
    db_close(db);
    arena_free(a);
    return NULL;
}

static void of_many_at_once_one_acts_and_all_get_its_answer(void **state)
{
    struct database *d = *state;
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    int32_t first_count = 0;

    for (int32_t i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){ .address = d->address };
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int32_t i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(racers[i].ok);
        assert_int_equal(racers[i].status, 201);
        first_count += !racers[i].again;
    }
    assert_int_equal(first_count, 1);
    assert_int_equal(happened(d), 1);
}

#define WITH_DATABASE(test) cmocka_unit_test_setup_teardown(test, database_setup, database_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DATABASE(the_stored_answer_is_given_again),
        WITH_DATABASE(the_same_key_for_another_wish_is_refused),
        WITH_DATABASE(another_caller_may_use_the_same_key),
        WITH_DATABASE(a_failed_effect_leaves_the_key_free),
        WITH_DATABASE(a_key_is_forgotten_after_a_day),
        cmocka_unit_test(keys_of_the_wrong_form_are_refused),
        WITH_DATABASE(of_many_at_once_one_acts_and_all_get_its_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
