/* Tests of geo/plan/verdict.c and certificate.c, and of the seal around both. */
#include "geo/plan/verdict.h"

#include <string.h>

#include "engine/seal.h"
#include "geo/plan/certificate.h"
#include "geo/plan/dual.h"
#include "geo/plan/greedy.h"
#include "tests/support/check_near.h"
#include "tests/support/siting_town.h"

struct made {
    struct siting s;
    struct greedy g;
    int32_t sites[64];
    struct certificate_proof proof;
    struct buf question, numbers;
};

static void make(struct arena *a, struct made *m)
{
    const struct siting_town_wish wish = { 1, 2000, 200, 20, 2000, true, 5 };
    struct siting_question q;
    struct fail f;

    *m = (struct made){ 0 };
    siting_town(&wish, a, &q);
    bool *is_barred = arena_take(a, (size_t)q.site_count, sizeof *is_barred);

    is_barred[7] = true;
    q.is_barred = is_barred;
    q.pairs = (const struct siting_pair[]){ { 0, 1 } };
    q.pair_count = 1;
    assert_true(siting_take(&q, a, &m->s, &f));
    greedy_take(&m->s, a, &m->g);
    int32_t n = 0;

    for (int32_t i = 0; i < m->s.site_count; i++)
        for (int32_t k = 0; k < m->g.count; k++)
            if (m->g.sites[k] == i)
                m->sites[n++] = i;
    struct dual *d = dual_new(&m->s, m->sites, n);

    dual_run(d, 200, m->g.values[n - 1]);
    m->proof = (struct certificate_proof){ m->sites, n, m->g.values[n - 1], 0, NULL };
    m->proof.bound = dual_prices(d, a, &m->proof.prices);
    dual_free(d);
    certificate_question(&m->s, &m->question);
}

static bool reach(struct made *m, struct verdict *v, struct fail *f)
{
    struct arena *a = arena_new();

    buf_clear(&m->numbers);
    certificate_proof(&m->s, &m->proof, &m->numbers);
    const bool good = verdict_reach(m->question.bytes, m->question.size, m->numbers.bytes,
                                    m->numbers.size, a, v, f);

    arena_free(a);
    return good;
}

static void unmake(struct made *m)
{
    buf_free(&m->question);
    buf_free(&m->numbers);
}

static void a_true_certificate_is_counted_to_the_same_numbers(void **state)
{
    struct arena *a = arena_new();
    struct made m;
    struct verdict v;
    struct fail f;

    (void)state;
    make(a, &m);
    assert_true(reach(&m, &v, &f));
    assert_int_equal(v.value, m.proof.value);
    assert_int_equal(v.bound, m.proof.bound);
    assert_int_equal(v.weight, m.s.coverable);
    assert_int_equal(v.count, 20);
    assert_true(v.value <= v.bound / v.scale);
    unmake(&m);
    arena_free(a);
}

static void a_false_number_is_refused(void **state)
{
    struct arena *a = arena_new();
    struct made m;
    struct verdict v;
    struct fail f;

    (void)state;
    make(a, &m);
    m.proof.value++;
    assert_false(reach(&m, &v, &f));
    assert_int_equal(f.code, CODE_CERTIFICATE_FALSE);
    m.proof.value--;
    m.proof.bound--;
    assert_false(reach(&m, &v, &f));
    assert_int_equal(f.code, CODE_CERTIFICATE_FALSE);
    m.proof.bound++;

    int64_t *prices = arena_take(a, (size_t)m.s.class_count, sizeof *prices);

    memcpy(prices, m.proof.prices, (size_t)m.s.class_count * sizeof *prices);
    m.proof.prices = prices;
    prices[3] = m.s.weights[3] * CERTIFICATE_SCALE + 1;
    assert_false(reach(&m, &v, &f));
    assert_int_equal(f.code, CODE_CERTIFICATE_MALFORMED);
    unmake(&m);
    arena_free(a);
}

/* A choice of `count` sites that breaks a rule. */
static void check_rule(struct made *m, int32_t count, const char *word)
{
    struct verdict v;
    struct fail f;

    m->proof.count = count;
    assert_false(reach(m, &v, &f));
    assert_int_equal(f.code, CODE_CERTIFICATE_FALSE);
    assert_non_null(strstr(f.text, word));
}

static void a_broken_rule_is_named(void **state)
{
    struct arena *a = arena_new();
    struct made m;

    (void)state;
    make(a, &m);
    m.sites[0] = 7;
    check_rule(&m, 1, "barred");
    m.sites[0] = 0;
    m.sites[1] = 1;
    check_rule(&m, 2, "too close");
    for (int32_t i = 8, n = 0; n < 6; i++)
        if (m.s.groups[i] == m.s.groups[8])
            m.sites[n++] = i;
    check_rule(&m, 6, "group");
    for (int32_t n = 0; n < 21; n++)
        m.sites[n] = 10 + n;
    check_rule(&m, 21, "asked for");
    unmake(&m);
    arena_free(a);
}

static void a_cut_or_lengthened_certificate_is_refused(void **state)
{
    struct arena *a = arena_new();
    struct made m;
    struct verdict v;
    struct fail f;

    (void)state;
    make(a, &m);
    assert_true(reach(&m, &v, &f));
    for (size_t size = 0; size < m.numbers.size; size++)
        assert_false(
            verdict_reach(m.question.bytes, m.question.size, m.numbers.bytes, size, a, &v, &f));
    for (size_t size = 0; size < m.question.size; size += 1 + size / 50)
        assert_false(
            verdict_reach(m.question.bytes, size, m.numbers.bytes, m.numbers.size, a, &v, &f));
    buf_byte(&m.numbers, 0);
    assert_false(verdict_reach(m.question.bytes, m.question.size, m.numbers.bytes, m.numbers.size,
                               a, &v, &f));
    unmake(&m);
    arena_free(a);
}

static void a_seal_shows_every_changed_byte(void **state)
{
    struct buf question = { 0 }, proof = { 0 }, whole = { 0 };
    struct seal s;
    struct fail f;

    (void)state;
    buf_string(&question, "what is asked");
    buf_string(&proof, "what is answered");
    seal_close(&question, &proof, &whole);
    assert_true(seal_open(whole.bytes, whole.size, &s, &f));
    assert_int_equal(s.question_size, question.size);
    assert_memory_equal(s.question, question.bytes, question.size);
    assert_int_equal(s.proof_size, proof.size);
    assert_memory_equal(s.proof, proof.bytes, proof.size);
    for (size_t at = 0; at < whole.size; at++) {
        whole.bytes[at] = (char)(whole.bytes[at] ^ 1);
        assert_false(seal_open(whole.bytes, whole.size, &s, &f));
        whole.bytes[at] = (char)(whole.bytes[at] ^ 1);
        assert_false(seal_open(whole.bytes, at, &s, &f));
    }
    buf_free(&question);
    buf_free(&proof);
    buf_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_true_certificate_is_counted_to_the_same_numbers),
        cmocka_unit_test(a_false_number_is_refused),
        cmocka_unit_test(a_broken_rule_is_named),
        cmocka_unit_test(a_cut_or_lengthened_certificate_is_refused),
        cmocka_unit_test(a_seal_shows_every_changed_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
