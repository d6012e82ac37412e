/* Looking is cheap where little has changed, and needs nobody to tell what has: so there is
 * one way in which coverage comes to be right, at the start, after a closure, a new import
 * or an absence of the database as at any other moment. */
#include "engine/coverage.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/config.h"
#include "engine/covering.h"
#include "engine/feed.h"
#include "engine/figures.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/pgwire.h"
#include "engine/proof.h"
#include "engine/turnout.h"
#include "engine/turns.h"
#include "engine/walks.h"

enum {
    CITY_ORG = 1,
    LIMIT_MS = 20000,       /* of a statement */
    STAFFED_MS = 1000,      /* between two looks at who has checked in */
    WALKED_MS = 2000,       /* between two looks at the patrols under way */
    PROVEN_MS = 30000,      /* between two looks at what was proven */
    TOLD_MS = 1000,         /* between two events */
    SEGMENTS_AT_ONCE = 256, /* are brought up to date while readers wait */
    SETTLE_MAX_MS = 5000,
};

static const int64_t SECOND_US = 1000000;

const int32_t COVERAGE_SHARES_S[COVERAGE_SHARES] = { 60, 180, 300 };

struct coverage {
    char *database;
    struct coverage_sources sources;
    struct covering_rule rule;

    struct db *db; /* the thread's, as the next ten */
    struct arena *arena;
    struct buf staffed;           /* int64_t: as of the last look at the database */
    int64_t staffed_ms;           /* when that was; steady clock; 0: not yet */
    struct walks *walks;          /* on the streets of the stand */
    int64_t walked_ms, proven_ms; /* when these were looked at; steady clock; 0: not yet */
    int64_t ahead_us;             /* of the database's clock over ours */
    bool is_away;                 /* and it was said */
    int64_t told_ms;              /* when the last event was; steady clock */
    struct cover_sums told;

    pthread_mutex_t trying; /* guards `within`: the thread as it looks, or somebody who tries */
    struct within *within;
    uint64_t within_world; /* version of the world it is on */

    struct turns *turns; /* guards the next three; only who has `trying` claims them */
    struct covering stand;
    int64_t at_us;
    uint64_t version;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t woken, looked;
    bool stopping;
    int64_t wanted, looks; /* that somebody waits for, and the last of them that is over */
    pthread_t thread;
    bool has_thread;
};

/* ------------------------------------------------------------------ the database */

static bool look_staffed(struct coverage *c, struct fail *f)
{
    const struct db_rows *rows;
    int32_t count;

    if (!db_run(c->db, QUERIES_COVERAGE_STAFFED, NULL, 0, c->arena, &rows, f))
        return false;
    const void *ids = db_get_ints(rows, 0, 1, &count);

    c->ahead_us = db_get_int(rows, 0, 0) - clock_wall_us();
    buf_clear(&c->staffed);
    for (int32_t i = 0; i < count; i++) {
        const int64_t id = pgwire_item(ids, i);

        buf_put(&c->staffed, &id, sizeof id);
    }
    c->staffed_ms = clock_steady_us() / 1000;
    return true;
}

/* Said once when it begins and once when it is over. */
static void report(struct coverage *c, bool is_good, const struct fail *why)
{
    if (!is_good && !c->is_away)
        log_line(LOG_WARNING, "coverage_away", log_text("code", fail_word(why->code)),
                 log_text("detail", why->text));
    if (is_good && c->is_away)
        log_line(LOG_INFO, "coverage_again",
                 log_int("staffed", (int64_t)(c->staffed.size / sizeof(int64_t))));
    c->is_away = !is_good;
}

/* True also while the database is away: what was known stays. */
static bool look_database(struct coverage *c)
{
    struct fail why = { 0 };

    if (c->staffed_ms && clock_steady_us() / 1000 - c->staffed_ms < STAFFED_MS)
        return true;
    const bool is_good = look_staffed(c, &why);

    report(c, is_good, &why);
    return c->staffed_ms != 0;
}

/* ------------------------------------------------------------------ what covers */

/* Who passed where. */
struct passed {
    const struct proof_interval *proven;
    int32_t proven_count;
    struct buf told; /* of patrols under way */
};

/* Whether so much time has gone since then; if so, it is then now. */
static bool is_time(int64_t *then_ms, int64_t every_ms)
{
    const int64_t now_ms = clock_steady_us() / 1000;
    const bool is_it = *then_ms == 0 || now_ms - *then_ms >= every_ms;

    if (is_it)
        *then_ms = now_ms;
    return is_it;
}

/* What is new since the last look, or anew all that still counts. What cannot be read now is
 * read the next time. */
static struct passed read_passed(struct coverage *c, const struct terrain *t, bool is_anew,
                                 int64_t now_us)
{
    const struct walks_room room = { c->db, c->sources.trail, c->arena, now_us };
    const int64_t from_us = now_us - covering_window_s(t) * SECOND_US;
    const struct walks_one *people;
    struct passed out = { .proven_count = 0 };
    struct fail why = { 0 };
    int32_t count;

    if (is_anew) {
        walks_free(c->walks);
        c->walks = walks_new(t->world);
        c->proven_ms = c->walked_ms = 0;
    }
    if (is_time(&c->proven_ms, PROVEN_MS) &&
        !proof_intervals(c->db, t->world->network, from_us, now_us, c->arena, &out.proven,
                         &out.proven_count, &why))
        c->proven_ms = 0;
    if (is_time(&c->walked_ms, WALKED_MS) &&
        (!walks_patrolling(c->db, c->arena, &people, &count, &why) ||
         !walks_look(c->walks, &room, people, count, &out.told, &why)))
        c->walked_ms = 0;
    return out;
}

/* The costs are copied, so that nobody waits for what is computed with them. */
static void put_people(struct coverage *c, const struct world *w, int64_t now_us)
{
    const struct within_options options = covering_depth(&c->rule);

    if (!c->within || c->within_world != w->version) {
        within_free(c->within);
        const struct roads *r = traffic_read(w->traffic);
        const struct roads_base *base = roads_base(r);

        traffic_read_end(w->traffic);
        c->within = within_new(base->network, base->graph, &options);
        c->within_world = w->version;
    }
    const struct roads *r = traffic_read(w->traffic);
    const bool is_new = within_price(c->within, roads_network(r)->cost_ms);

    traffic_read_end(w->traffic);
    if (is_new)
        within_compute(c->within);
    turnout_look(c->sources.live, w->version, c->within, now_us);
}

/* ------------------------------------------------------------------ a look */

/* Beside the stand that is seen, and on every street; then the two are exchanged. People are
 * on the streets of one stand at a time: nobody tries anything meanwhile. */
static void lay(struct coverage *c, const struct terrain *t, int64_t now_us)
{
    struct covering next = covering_start(t, &c->rule);
    struct covering old = c->stand;
    struct passed passed = read_passed(c, t, true, now_us);
    const int32_t *segments;

    covering_pass(&next, passed.proven, passed.proven_count, &passed.told);
    buf_free(&passed.told);
    pthread_mutex_lock(&c->trying);
    put_people(c, t->world, now_us);
    within_changed(c->within, &segments);
    for (int32_t i = 0; i < t->world->network->segment_count; i++)
        covering_reach(&next, &c->rule, c->within, i);
    covering_staff(&next, &c->staffed, true);
    cover_tick(next.cover, covering_second(now_us));
    turns_claim(c->turns);
    turns_write(c->turns);
    c->stand = next;
    c->at_us = now_us;
    c->version++;
    turns_write_end(c->turns);
    turns_release(c->turns);
    pthread_mutex_unlock(&c->trying);
    covering_end(&old);
}

/* Streets a few at a time; true when there were any. */
static bool put_changed(struct coverage *c)
{
    const int32_t *segments;
    const int32_t count = within_changed(c->within, &segments);

    for (int32_t i = 0; i < count;) {
        const int32_t end = count - i < SEGMENTS_AT_ONCE ? count : i + SEGMENTS_AT_ONCE;

        turns_write(c->turns);
        for (; i < end; i++)
            covering_reach(&c->stand, &c->rule, c->within, segments[i]);
        turns_write_end(c->turns);
    }
    return count > 0;
}

static bool is_same(const struct cover_sums *a, const struct cover_sums *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void bring(struct coverage *c, const struct terrain *t, int64_t now_us)
{
    const struct terrain *old = NULL;
    const bool is_other = c->stand.terrain->version != t->version;
    struct cover_sums before, after;
    struct passed passed = read_passed(c, t, false, now_us);

    pthread_mutex_lock(&c->trying);
    put_people(c, t->world, now_us);
    turns_claim(c->turns);
    cover_city(c->stand.cover, &before);
    bool is_new = put_changed(c);

    turns_write(c->turns);
    if (is_other) {
        old = c->stand.terrain;
        c->stand.terrain = terrain_hold_again(t);
    }
    is_new |= covering_staff(&c->stand, &c->staffed, is_other);
    covering_pass(&c->stand, passed.proven, passed.proven_count, &passed.told);
    cover_tick(c->stand.cover, covering_second(now_us));
    cover_city(c->stand.cover, &after);
    c->at_us = now_us;
    c->version += is_new || is_other || !is_same(&before, &after);
    turns_write_end(c->turns);
    turns_release(c->turns);
    pthread_mutex_unlock(&c->trying);
    terrain_drop(old);
    buf_free(&passed.told);
}

/* ------------------------------------------------------------------ telling */

/* Of several processes the one that came first: they all see the same. */
static bool is_first(const struct coverage *c)
{
    const struct nodes_one *all;
    const int32_t count = nodes_list(c->sources.nodes, c->arena, &all);

    for (int32_t i = 0; i < count; i++)
        if (!all[i].is_silent)
            return all[i].is_self;
    return true;
}

static void write_event(const struct coverage_view *v, const struct figures *figures,
                        struct buf *out)
{
    struct emit e = emit_to(out);

    emit_object(&e);
    emit_key_int(&e, "version", (int64_t)v->version);
    emit_key(&e, "city");
    emit_object(&e);
    figures_write(&e, figures);
    emit_end(&e);
    emit_end(&e);
}

/* When the city's figures are others than those that were told last; what cannot be told
 * now is told with what comes next. */
static void tell(struct coverage *c)
{
    const int64_t now_ms = clock_steady_us() / 1000;
    struct coverage_view v = { .terrain = c->stand.terrain,
                               .cover = c->stand.cover,
                               .shares = c->stand.shares,
                               .at_us = c->at_us,
                               .version = c->version };
    struct cover_sums sums;
    struct figures figures;
    struct buf data = { 0 };
    struct fail unsaid;

    cover_city(c->stand.cover, &sums);
    if (now_ms - c->told_ms < TOLD_MS || is_same(&sums, &c->told) || !is_first(c))
        return;
    figures_below(&v, 0, &figures);
    write_event(&v, &figures, &data);
    if (db_begin(c->db, &unsaid) &&
        feed_tell(
            c->db,
            &(struct feed_event){ .kind = "coverage", .org_id = CITY_ORG, .data = buf_text(&data) },
            &unsaid) &&
        db_commit(c->db, &unsaid)) {
        c->told = sums;
        c->told_ms = now_ms;
    }
    db_rollback(c->db);
    buf_free(&data);
}

static void measure(const struct coverage *c, int64_t began_us)
{
    struct cover_sums sums;
    struct cover_figure m;

    cover_city(c->stand.cover, &sums);
    cover_figure(sums.length_cm, &m);
    metrics_set(METRIC_COVERAGE_LENGTH, m.length / 100);
    metrics_set(METRIC_COVERAGE_DARK, m.missing[COVER_DARK] / 100);
    metrics_set(METRIC_COVERAGE_UNWATCHED, m.missing[COVER_UNWATCHED] / 100);
    metrics_set(METRIC_COVERAGE_UNREACHABLE, m.missing[COVER_UNREACHABLE] / 100);
    metrics_set(METRIC_COVERAGE_THIN, m.missing[COVER_THIN] / 100);
    metrics_set(METRIC_COVERAGE_PEOPLE, within_count(c->within));
    metrics_set(METRIC_COVERAGE_BYTES,
                (int64_t)(cover_bytes(c->stand.cover) + shares_bytes(c->stand.shares) +
                          within_bytes(c->within)));
    metrics_observe_us(METRIC_COVERAGE_TIME, clock_steady_us() - began_us);
}

/* ------------------------------------------------------------------ the thread */

static void look(struct coverage *c)
{
    const int64_t began_us = clock_steady_us();
    const struct terrain *t = terrain_hold(c->sources.terrains);

    if (t && look_database(c)) {
        const int64_t now_us = clock_wall_us() + c->ahead_us;

        if (!c->stand.terrain || c->stand.terrain->laid != t->laid)
            lay(c, t, now_us);
        else
            bring(c, t, now_us);
        measure(c, began_us);
        tell(c);
    }
    terrain_drop(t);
    arena_reset(c->arena);
}

/* Until it is time, or somebody waits; false at the end. */
static bool wait_on(struct coverage *c)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += COVERAGE_LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (!c->stopping && c->wanted == c->looks &&
           pthread_cond_timedwait(&c->woken, &c->lock, &until) == 0)
        ;
    return !c->stopping;
}

static void *keep_on(void *self)
{
    struct coverage *c = self;

    pthread_mutex_lock(&c->lock);
    while (wait_on(c)) {
        const int64_t wish = c->wanted;

        if (wish > c->looks)
            c->staffed_ms = c->walked_ms = c->proven_ms =
                0; /* whoever waits has changed something */
        pthread_mutex_unlock(&c->lock);
        look(c);
        pthread_mutex_lock(&c->lock);
        c->looks = wish;
        pthread_cond_broadcast(&c->looked);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static bool start(struct coverage *c, struct fail *f)
{
    c->db = db_open(c->database, f);
    if (!c->db || !db_become(c->db, DB_ENGINE, f) || !db_limit(c->db, LIMIT_MS, f))
        return false;
    c->has_thread = pthread_create(&c->thread, NULL, keep_on, c) == 0;
    return c->has_thread ||
           fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for coverage");
}

struct coverage *coverage_open(const char *database, const struct coverage_sources *sources,
                               struct fail *f)
{
    struct coverage *c = calloc(1, sizeof *c);
    pthread_condattr_t steady;

    if (!c || !(c->database = strdup(database)))
        abort();
    c->sources = *sources;
    c->rule.reach_ms = (uint32_t)config_int(sources->config, CONFIG_REACH_LIMIT_S) * 1000;
    c->rule.reach_k = (uint32_t)config_int(sources->config, CONFIG_REACH_K);
    c->arena = arena_new();
    c->turns = turns_new();
    c->version = (uint64_t)clock_wall_us();
    pthread_mutex_init(&c->trying, NULL);
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&c->woken, &steady);
    pthread_cond_init(&c->looked, &steady);
    pthread_condattr_destroy(&steady);
    if (start(c, f))
        return c;
    coverage_close(c);
    return NULL;
}

void coverage_close(struct coverage *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_cond_signal(&c->woken);
    pthread_mutex_unlock(&c->lock);
    if (c->has_thread)
        pthread_join(c->thread, NULL);
    db_close(c->db);
    within_free(c->within);
    walks_free(c->walks);
    covering_end(&c->stand);
    buf_free(&c->staffed);
    turns_free(c->turns);
    arena_free(c->arena);
    pthread_cond_destroy(&c->woken);
    pthread_cond_destroy(&c->looked);
    pthread_mutex_destroy(&c->trying);
    pthread_mutex_destroy(&c->lock);
    free(c->database);
    free(c);
}

/* ------------------------------------------------------------------ asking */

bool coverage_read(struct coverage *c, struct coverage_view *out, struct fail *f)
{
    turns_read(c->turns);
    if (c->stand.terrain) {
        *out = (struct coverage_view){ .terrain = c->stand.terrain,
                                       .cover = c->stand.cover,
                                       .shares = c->stand.shares,
                                       .at_us = c->at_us,
                                       .version = c->version };
        return true;
    }
    turns_read_end(c->turns);
    return fail_set(f, FAIL_BUSY, NO_COVERAGE_YET,
                    "what is covered has not been worked out yet; it follows the first import");
}

void coverage_read_end(struct coverage *c)
{
    turns_read_end(c->turns);
}

bool coverage_staffed(const struct coverage *c, int64_t lookout_point_id)
{
    return covering_is_staffed(&c->stand, lookout_point_id);
}

bool coverage_settle(struct coverage *c)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SETTLE_MAX_MS / 1000;
    pthread_mutex_lock(&c->lock);
    const int64_t mine = c->wanted = c->wanted + 1;

    pthread_cond_signal(&c->woken);
    while (c->looks < mine && pthread_cond_timedwait(&c->looked, &c->lock, &until) == 0)
        ;
    const bool is_reached = c->looks >= mine;

    pthread_mutex_unlock(&c->lock);
    return is_reached;
}

/* ------------------------------------------------------------------ trying */

/* What her going or coming changes, street by street, as changes of the cover. */
static void try_people(struct coverage *c, const struct coverage_change *changes, int32_t count,
                       struct arena *a, struct buf *out)
{
    const int32_t *segments;
    struct within_person her;

    within_try(c->within);
    for (int32_t i = 0; i < count; i++) {
        if (changes[i].kind == COVERAGE_LOOKOUT || !within_get(c->within, changes[i].id, &her))
            continue;
        her.spot = changes[i].spot;
        if (changes[i].kind == COVERAGE_SEND)
            within_remove(c->within, her.person_id);
        else
            within_put(c->within, &her);
    }
    const int32_t changed = within_changed(c->within, &segments);

    for (int32_t i = 0; i < changed; i++) {
        const struct cover_step *steps;
        const int32_t step_count = within_steps(c->within, segments[i], c->rule.reach_ms, &steps);
        struct cover_step *kept = arena_take(a, (size_t)step_count + 1, sizeof *kept);

        if (step_count)
            memcpy(kept, steps, (size_t)step_count * sizeof *kept);
        buf_put(out,
                &(struct cover_change){ .kind = COVER_OF_REACH,
                                        .segment = segments[i],
                                        .steps = kept,
                                        .count = step_count },
                sizeof(struct cover_change));
    }
    within_undo(c->within);
}

static void try_lookouts(const struct coverage_change *changes, int32_t count, struct buf *out)
{
    for (int32_t i = 0; i < count; i++)
        if (changes[i].kind == COVERAGE_LOOKOUT)
            buf_put(out,
                    &(struct cover_change){ .kind = COVER_OF_LOOKOUT,
                                            .source_id = changes[i].id,
                                            .pieces = changes[i].seen.pieces,
                                            .count = changes[i].seen.piece_count },
                    sizeof(struct cover_change));
}

bool coverage_try(struct coverage *c, uint64_t laid, const struct coverage_change *changes,
                  int32_t count, struct arena *a, struct cover_trial *out, struct fail *f)
{
    struct buf all = { 0 };

    pthread_mutex_lock(&c->trying);
    const bool fits = c->stand.terrain && c->stand.terrain->laid == laid;

    if (fits) {
        try_people(c, changes, count, a, &all);
        try_lookouts(changes, count, &all);
        turns_claim(c->turns);
        turns_write(c->turns);
        cover_try(c->stand.cover, (const void *)all.bytes,
                  (int32_t)(all.size / sizeof(struct cover_change)), a, out);
        turns_write_end(c->turns);
        turns_release(c->turns);
    }
    pthread_mutex_unlock(&c->trying);
    buf_free(&all);
    return fits || fail_set(f, FAIL_BUSY, COVERAGE_MOVED_ON,
                            "the streets that count have just become others; ask again");
}
