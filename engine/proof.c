#include "engine/proof.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/log.h"
#include "engine/matches.h"
#include "engine/proving.h"
#include "engine/world.h"

/* ------------------------------------------------------------------ reading */

enum { WALK_MAX_S = 2 * 86400 }; /* a patrol day's length, and what may come before and after it */

static bool read_interval(const struct db_rows *rows, int32_t row, const struct network *n,
                          struct proof_interval *out)
{
    const int32_t segment = network_find(n, db_get_int(rows, row, 2));

    *out = (struct proof_interval){
        .claim_id = db_get_int(rows, row, 0),
        .person_id = db_get_int(rows, row, 1),
        .piece = { segment, (uint32_t)db_get_int(rows, row, 3),
                   (uint32_t)db_get_int(rows, row, 4) },
        .from_us = db_get_int(rows, row, 5),
        .until_us = db_get_int(rows, row, 6),
        .is_planned = db_get_bool(rows, row, 7),
    };
    return segment >= 0 && out->piece.to_cm <= n->length_cm[segment];
}

bool proof_intervals(struct db *db, const struct network *n, int64_t from_us, int64_t until_us,
                     struct arena *a, const struct proof_interval **out, int32_t *count,
                     struct fail *f)
{
    const struct db_value values[] = { db_int(from_us), db_int(until_us), db_int(WALK_MAX_S) };
    const struct db_rows *rows;
    int32_t kept = 0;

    if (!db_run(db, QUERIES_PROOF_INTERVALS, values, 3, a, &rows, f))
        return false;
    struct proof_interval *intervals = arena_take(a, (size_t)db_count(rows) + 1, sizeof *intervals);

    for (int32_t i = 0; i < db_count(rows); i++)
        if (read_interval(rows, i, n, &intervals[kept]))
            kept++;
    *out = intervals;
    *count = kept;
    return true;
}

static bool read_text(struct db *db, enum queries_id query, int64_t claim_id, struct arena *a,
                      const char **out, struct fail *f)
{
    const struct db_value value = db_int(claim_id);
    const struct db_rows *rows;

    if (!db_run(db, query, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, PROOF_MISSING, "claim %lld has not been proven yet",
                        (long long)claim_id);
    *out = db_get_text(rows, 0, 0);
    return true;
}

bool proof_json(struct db *db, int64_t claim_id, struct arena *a, const char **out, struct fail *f)
{
    return read_text(db, QUERIES_PROOF_GET, claim_id, a, out, f);
}

bool proof_geojson(struct db *db, int64_t claim_id, struct arena *a, const char **out,
                   struct fail *f)
{
    return read_text(db, QUERIES_PROOF_GEOJSON, claim_id, a, out, f);
}

/* ------------------------------------------------------------------ proving */

bool proof_once(const struct proof_round *round, int32_t *proven, struct fail *f)
{
    const struct db_value wait_s = db_int(config_int(round->config, CONFIG_PROOF_WAIT_S));
    struct bypass *bypass = bypass_new(round->world->network, MODE_FOOT);
    const struct proving_wish wish = {
        .db = round->db,
        .ids = round->ids,
        .streets = matches_streets(round->world, MODE_FOOT),
        .room = { round->hop, bypass },
        .credit_percent = config_int(round->config, CONFIG_PROOF_CREDIT_PERCENT),
    };
    struct arena *a = arena_new();
    const struct db_rows *rows;
    bool is_good = db_run(round->db, QUERIES_PROOF_DUE, &wait_s, 1, a, &rows, f);
    struct fail other;

    *proven = 0;
    for (int32_t i = 0, count = is_good ? db_count(rows) : 0; i < count; i++) {
        bool is_done;

        if (!proving_claim(&wish, db_get_int(rows, i, 0), &is_done, is_good ? f : &other))
            is_good = false;
        *proven += is_done;
    }
    arena_free(a);
    bypass_free(bypass);
    return is_good;
}

/* ------------------------------------------------------------------ the thread */

struct proof {
    struct world_slot *worlds;
    const struct config *config;
    struct ids *ids;
    struct db *db; /* the thread's own, as what follows */
    struct hop_room *hop;
    bool is_failing; /* and it was said */

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t woken;
    bool stopping;
    bool is_woken;
    bool has_thread;
    pthread_t thread;
};

/* False when it is time to stop. */
static bool rest(struct proof *p)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PROOF_LOOK_S;
    pthread_mutex_lock(&p->lock);
    while (!p->stopping && !p->is_woken && pthread_cond_timedwait(&p->woken, &p->lock, &until) == 0)
        ;
    const bool is_on = !p->stopping;

    p->is_woken = false;

    pthread_mutex_unlock(&p->lock);
    return is_on;
}

static void look(struct proof *p)
{
    const struct world *world = world_hold(p->worlds);
    const struct proof_round round = { p->db, world, p->config, p->ids, p->hop };
    struct fail why = { 0 };
    int32_t proven = 0;

    if (!world)
        return; /* no streets yet to prove anything on */
    const bool is_good = proof_once(&round, &proven, &why);

    world_drop(world);
    if (proven > 0)
        log_line(LOG_INFO, "patrols_proven", log_int("claims", proven));
    if (!is_good && !p->is_failing)
        log_line(LOG_WARNING, "proof_failed", log_text("code", fail_word(why.code)),
                 log_text("detail", why.text));
    p->is_failing = !is_good;
}

static void *keep_proving(void *self)
{
    struct proof *p = self;

    do
        look(p);
    while (rest(p));
    return NULL;
}

struct proof *proof_open(struct world_slot *worlds, const struct config *c, struct ids *ids,
                         struct fail *f)
{
    struct proof *p = calloc(1, sizeof *p);
    pthread_condattr_t steady;

    if (!p)
        abort();
    *p = (struct proof){ .worlds = worlds, .config = c, .ids = ids, .hop = hop_room_new() };
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&p->woken, &steady);
    pthread_condattr_destroy(&steady);
    p->db = db_open(config_text(c, CONFIG_DATABASE), f);
    if (p->db && db_become(p->db, DB_ENGINE, f) && db_limit(p->db, PROOF_LIMIT_MS, f)) {
        p->has_thread = pthread_create(&p->thread, NULL, keep_proving, p) == 0;
        if (p->has_thread)
            return p;
        fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the proof");
    }
    proof_close(p);
    return NULL;
}

void proof_wake(struct proof *p)
{
    pthread_mutex_lock(&p->lock);
    p->is_woken = true;
    pthread_cond_signal(&p->woken);
    pthread_mutex_unlock(&p->lock);
}

void proof_close(struct proof *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_signal(&p->woken);
    pthread_mutex_unlock(&p->lock);
    if (p->has_thread)
        pthread_join(p->thread, NULL);
    db_close(p->db);
    hop_room_free(p->hop);
    pthread_cond_destroy(&p->woken);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
