#include "engine/reached.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/able.h"
#include "engine/log.h"
#include "engine/traffic.h"
#include "engine/world.h"
#include "geo/base/buf.h"
#include "geo/cover/within.h"
#include "geo/road/roads.h"
#include "geo/road/snap.h"

enum { LIMIT_MS = 120000, DEPTH_LEAST = 2 };

static const int64_t SECOND_US = 1000000;

struct reached {
    struct world_slot *worlds;
    const struct config *config;
    struct db *db;   /* the thread's own */
    bool is_failing; /* and it was said */

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t woken;
    bool stopping;
    bool has_thread;
    pthread_t thread;
};

/* ------------------------------------------------------------------ one hour */

/* Who could be sent, on the streets; whoever was near none is left out. */
static bool read_people(struct db *db, const struct world *w, const struct config *c, int64_t at_s,
                        struct arena *a, struct within_person **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(at_s * SECOND_US),
                                       db_int(config_int(c, CONFIG_FIX_LIMIT_S) * SECOND_US) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_REACH_PEOPLE, values, 2, a, &rows, f))
        return false;
    struct within_person *people = arena_take(a, (size_t)db_count(rows) + 1, sizeof *people);

    *count = 0;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const struct point_e7 at = { (int32_t)db_get_int(rows, i, 2),
                                     (int32_t)db_get_int(rows, i, 3) };
        enum able_crew crew;
        enum mode mode;
        struct snap snap;
        struct fail far;

        if (able_mode_of(db_get_text(rows, i, 1), &mode, &crew) &&
            snap_to(w->streets, mode, point_from_e7(at), &snap, &far))
            people[(*count)++] = (struct within_person){ db_get_int(rows, i, 0), mode, snap.spot };
    }
    *out = people;
    return true;
}

/* As the streets are now: it is not long ago. */
static struct within *fill(const struct world *w, const struct config *c,
                           const struct within_person *people, int32_t count)
{
    const int32_t k = (int32_t)config_int(c, CONFIG_REACH_K);
    const struct within_options options = {
        .depth = k < DEPTH_LEAST ? DEPTH_LEAST : k,
        .limit_ms = (uint32_t)config_int(c, CONFIG_REACH_LIMIT_S) * 1000,
    };
    const struct roads *r = traffic_read(w->traffic);
    const struct roads_base *base = roads_base(r);

    traffic_read_end(w->traffic);
    struct within *within = within_new(base->network, base->graph, &options);

    r = traffic_read(w->traffic);
    const bool is_new = within_price(within, roads_network(r)->cost_ms);

    traffic_read_end(w->traffic);
    if (is_new)
        within_compute(within);
    within_fill(within, people, count);
    return within;
}

/* The stretches of all segments, a column each. */
struct columns {
    struct buf segment_ids, from_cm, to_cm, counts; /* int64_t */
    size_t count;
};

static void put_int(struct buf *column, int64_t value)
{
    buf_put(column, &value, sizeof value);
}

static void put_steps(struct columns *out, int64_t segment_id, const struct cover_step *steps,
                      int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        put_int(&out->segment_ids, segment_id);
        put_int(&out->from_cm, steps[i].from_cm);
        put_int(&out->to_cm, steps[i].to_cm);
        put_int(&out->counts, steps[i].people);
        out->count++;
    }
}

static void free_columns(struct columns *c)
{
    buf_free(&c->segment_ids);
    buf_free(&c->from_cm);
    buf_free(&c->to_cm);
    buf_free(&c->counts);
}

static struct db_value ints_of(const struct buf *column, size_t count)
{
    static const int64_t NONE[1];

    return db_ints(count > 0 ? (const void *)column->bytes : NONE, count);
}

static bool write_hour(struct db *db, const struct network *n, const struct config *c, int64_t at_s,
                       int32_t people, const struct columns *found, struct fail *f)
{
    const struct db_value values[] = { db_int(at_s),
                                       db_int(n->import_id),
                                       db_int(config_int(c, CONFIG_REACH_LIMIT_S)),
                                       db_int(people),
                                       ints_of(&found->segment_ids, found->count),
                                       ints_of(&found->from_cm, found->count),
                                       ints_of(&found->to_cm, found->count),
                                       ints_of(&found->counts, found->count) };

    return db_run(db, QUERIES_REACH_KEEP, values, 8, NULL, NULL, f);
}

bool reached_keep(struct db *db, const struct world *w, const struct config *c, int64_t at_s,
                  struct fail *f)
{
    const struct network *n = w->network;
    struct arena *a = arena_new();
    struct within_person *people;
    struct columns found = { .count = 0 };
    int32_t count;
    bool ok = read_people(db, w, c, at_s, a, &people, &count, f);

    if (ok) {
        struct within *within = fill(w, c, people, count);

        for (int32_t s = 0; s < n->segment_count; s++) {
            const struct cover_step *steps;
            const int32_t step_count = within_steps(
                within, s, (uint32_t)config_int(c, CONFIG_REACH_LIMIT_S) * 1000, &steps);

            put_steps(&found, n->segment_id[s], steps, step_count);
        }
        within_free(within);
        ok = write_hour(db, n, c, at_s, count, &found, f);
    }
    if (ok)
        log_line(LOG_INFO, "reach_kept", log_int("people", count),
                 log_int("stretches", (int64_t)found.count));
    free_columns(&found);
    arena_free(a);
    return ok;
}

/* ------------------------------------------------------------------ reading */

bool reached_hours(struct db *db, int64_t from_s, int64_t to_s, struct arena *a,
                   const struct reached_hour **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(from_s - from_s % SLAB_HOUR_S), db_int(to_s) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_REACH_HOURS, values, 2, a, &rows, f))
        return false;
    struct reached_hour *hours = arena_take(a, (size_t)db_count(rows) + 1, sizeof *hours);

    *count = db_count(rows);
    for (int32_t i = 0; i < *count; i++)
        hours[i] =
            (struct reached_hour){ db_get_int(rows, i, 0), (uint64_t)db_get_int(rows, i, 1) };
    *out = hours;
    return true;
}

bool reached_slabs(struct db *db, const struct network *n, int64_t at_s, struct arena *a,
                   const struct slab **out, int32_t *count, struct fail *f)
{
    const struct db_value value = db_int(at_s);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_REACH_PIECES, &value, 1, a, &rows, f))
        return false;
    struct slab *slabs = arena_take(a, (size_t)db_count(rows) + 1, sizeof *slabs);

    *count = 0;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const int32_t segment = network_find(n, db_get_int(rows, i, 0));

        if (segment >= 0) /* else of an import that is on its way */
            slabs[(*count)++] = (struct slab){ .piece = { segment, (uint32_t)db_get_int(rows, i, 1),
                                                          (uint32_t)db_get_int(rows, i, 2) },
                                               .from_s = at_s,
                                               .to_s = at_s + SLAB_HOUR_S,
                                               .units = (int32_t)db_get_int(rows, i, 3) };
    }
    *out = slabs;
    return true;
}

/* ------------------------------------------------------------------ the thread */

static bool keep_due(struct reached *r, const struct world *w, struct fail *f)
{
    const struct db_value values[] = { db_int(REACHED_WAIT_S), db_int(REACHED_LATE_S) };
    struct arena *a = arena_new();
    const struct db_rows *rows;
    bool ok = db_run(r->db, QUERIES_REACH_DUE, values, 2, a, &rows, f);

    if (ok && db_count(rows) > 0)
        ok = reached_keep(r->db, w, r->config, db_get_int(rows, 0, 0), f);
    arena_free(a);
    return ok;
}

static void look(struct reached *r)
{
    const struct world *w = world_hold(r->worlds);
    struct fail why = { 0 };

    if (!w)
        return; /* no streets yet on which anybody could come */
    const bool is_good = keep_due(r, w, &why);

    world_drop(w);
    if (!is_good && !r->is_failing)
        log_line(LOG_WARNING, "reach_not_kept", log_text("code", fail_word(why.code)),
                 log_text("detail", why.text));
    r->is_failing = !is_good;
}

/* False when it is time to stop. */
static bool rest(struct reached *r)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += REACHED_LOOK_S;
    pthread_mutex_lock(&r->lock);
    while (!r->stopping && pthread_cond_timedwait(&r->woken, &r->lock, &until) == 0)
        ;
    const bool is_on = !r->stopping;

    pthread_mutex_unlock(&r->lock);
    return is_on;
}

static void *keep_on(void *self)
{
    struct reached *r = self;

    do
        look(r);
    while (rest(r));
    return NULL;
}

struct reached *reached_open(struct world_slot *worlds, const struct config *c, struct fail *f)
{
    struct reached *r = calloc(1, sizeof *r);
    pthread_condattr_t steady;

    if (!r)
        abort();
    r->worlds = worlds;
    r->config = c;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&r->woken, &steady);
    pthread_condattr_destroy(&steady);
    r->db = db_open(config_text(c, CONFIG_DATABASE), f);
    if (r->db && db_become(r->db, DB_ENGINE, f) && db_limit(r->db, LIMIT_MS, f)) {
        r->has_thread = pthread_create(&r->thread, NULL, keep_on, r) == 0;
        if (r->has_thread)
            return r;
        fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for past hours");
    }
    reached_close(r);
    return NULL;
}

void reached_close(struct reached *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_signal(&r->woken);
    pthread_mutex_unlock(&r->lock);
    if (r->has_thread)
        pthread_join(r->thread, NULL);
    db_close(r->db);
    pthread_cond_destroy(&r->woken);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
