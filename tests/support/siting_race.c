#include "tests/support/siting_race.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/seal.h"
#include "geo/plan/certificate.h"

enum { KICKS = 200, STEPS = 4, SHARE_FOR_SETTLING = 98 };

struct run {
    const struct siting *s;
    const struct greedy *greedy;
    double seconds;
    uint64_t seed;
    _Atomic int64_t value, bound; /* in whole units, rounded down */
    struct swap *swap;
    struct dual *dual;
    double search_s, bound_s;
};

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *search(void *self)
{
    struct run *r = self;
    const double begun = now(CLOCK_THREAD_CPUTIME_ID);
    double spent = 0;

    r->swap = swap_new(r->s, r->greedy->sites, r->greedy->count, r->seed);
    while (spent < r->seconds * SHARE_FOR_SETTLING / 100 &&
           atomic_load(&r->value) < atomic_load(&r->bound)) {
        const double left = 1 - spent / r->seconds;

        swap_kick(r->swap, KICKS, left * left);
        atomic_store(&r->value, swap_value(r->swap));
        spent = now(CLOCK_THREAD_CPUTIME_ID) - begun;
    }
    if (r->seconds > 0)
        swap_finish(r->swap);
    r->search_s = now(CLOCK_THREAD_CPUTIME_ID) - begun;
    return NULL;
}

static void *bound(void *self)
{
    struct run *r = self;
    const double begun = now(CLOCK_THREAD_CPUTIME_ID);

    r->dual = dual_new(r->s, r->greedy->sites, r->greedy->count);
    for (bool goes_on = true; goes_on && now(CLOCK_THREAD_CPUTIME_ID) - begun < r->seconds;) {
        goes_on = dual_run(r->dual, STEPS, atomic_load(&r->value));
        atomic_store(&r->bound, (int64_t)dual_bound(r->dual));
    }
    r->bound_s = now(CLOCK_THREAD_CPUTIME_ID) - begun;
    return NULL;
}

void siting_race(const struct siting *s, const struct greedy *g, double seconds, uint64_t seed,
                 struct arena *a, struct siting_race *out)
{
    struct run r = { .s = s, .greedy = g, .seconds = seconds, .seed = seed };
    const double begun = now(CLOCK_MONOTONIC);
    pthread_t threads[2];

    atomic_store(&r.value, g->values[g->count - 1]);
    atomic_store(&r.bound, INT64_MAX);
    if (pthread_create(&threads[0], NULL, search, &r) ||
        pthread_create(&threads[1], NULL, bound, &r))
        abort();
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    *out = (struct siting_race){ .search_s = r.search_s,
                                 .bound_s = r.bound_s,
                                 .wall_s = now(CLOCK_MONOTONIC) - begun,
                                 .value = swap_value(r.swap),
                                 .kicks = swap_kicks(r.swap),
                                 .steps = dual_steps(r.dual) };
    swap_sites(r.swap, a, &out->sites, &out->count);
    out->bound = dual_prices(r.dual, a, &out->prices);
    swap_free(r.swap);
    dual_free(r.dual);
}

bool siting_race_certify(const struct siting *s, const struct siting_race *r, const char *path)
{
    struct buf question = { 0 }, numbers = { 0 }, sealed = { 0 };
    FILE *file = fopen(path, "wb");

    if (!file)
        return false;
    certificate_question(s, &question);
    certificate_proof(
        s, &(struct certificate_proof){ r->sites, r->count, r->value, r->bound, r->prices },
        &numbers);
    seal_close(&question, &numbers, &sealed);
    const bool is_whole = fwrite(sealed.bytes, 1, sealed.size, file) == sealed.size;

    buf_free(&question);
    buf_free(&numbers);
    buf_free(&sealed);
    return fclose(file) == 0 && is_whole;
}
