/* One timer for what is slow to change: it looks every two seconds instead of listening,
 * since a notification may be lost, a look is not. */
#include "engine/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/bus_lines.h"
#include "engine/cadence.h"
#include "engine/chain.h"
#include "engine/clock.h"
#include "engine/closures.h"
#include "engine/config.h"
#include "engine/coverage.h"
#include "engine/dispatches.h"
#include "engine/doubts.h"
#include "engine/feed.h"
#include "engine/fences.h"
#include "engine/follower.h"
#include "engine/ids.h"
#include "engine/job_kinds.h"
#include "engine/keyring.h"
#include "engine/landmarks.h"
#include "engine/metrics.h"
#include "engine/nodes.h"
#include "engine/orgs.h"
#include "engine/personal.h"
#include "engine/positions.h"
#include "engine/proof.h"
#include "engine/reach.h"
#include "engine/reached.h"
#include "engine/recall.h"
#include "engine/shelter.h"
#include "engine/terrain.h"
#include "engine/tiles.h"
#include "engine/trail.h"
#include "engine/upkeep.h"
#include "engine/watch.h"
#include "engine/week_keep.h"
#include "engine/weeks.h"

/* Who is taken is looked at every beat, all else every fourth. */
enum { BEAT_MS = 500, LOOK_EVERY = 4 };

struct hook {
    void (*tick)(void *self, struct db *db);
    void *self;
};

struct engine {
    const struct config *config;
    struct world_slot *worlds;
    struct live *live;
    struct positions *positions;
    struct trail *trail;
    struct upkeep *upkeep;
    struct proof *proof;
    struct reached *reached;
    struct ids *ids;
    struct keyring *keyring;
    struct cadence *cadence;
    struct tiles *tiles;
    struct watch *watch;
    struct doubts *doubts;
    struct feed *feed;
    struct nodes *nodes;
    struct reach *reach;
    struct fences *fences;
    struct bus_lines *bus_lines;
    struct closures *closures;
    struct coverage *coverage;
    struct landmarks *landmarks;
    struct terrain_slot *terrain;
    struct weeks *weeks;
    struct week_keep *week_keep;
    struct jobs *jobs;
    struct shelter *shelter; /* NULL when there is no folder for it */

    struct follower *follower;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t woken;
    bool stopping;
    pthread_t timer;
    bool has_timer;
    struct personal *personal; /* NULL until it is needed */
    int32_t hook_count;
    struct hook hooks[ENGINE_HOOK_MAX];
};

/* ------------------------------------------------------------------ following */

bool engine_follow(struct engine *e, struct fail *f)
{
    return follower_look(e->follower, f);
}

/* What other processes have done to people; for the thread of nodes. */
static bool follow_people(void *self, struct fail *f)
{
    const struct engine *e = self;

    return follower_people(e->follower, f);
}

static void run_hooks(void *self, struct db *db)
{
    struct engine *e = self;
    struct hook hooks[ENGINE_HOOK_MAX];
    int32_t count;

    pthread_mutex_lock(&e->lock);
    count = e->hook_count;
    memcpy(hooks, e->hooks, sizeof hooks);
    pthread_mutex_unlock(&e->lock);
    for (int32_t i = 0; i < count; i++)
        hooks[i].tick(hooks[i].self, db);
}

static void tick_once(struct engine *e)
{
    follower_tick(e->follower, run_hooks, e);
    live_read(e->live);
    metrics_set(METRIC_PEOPLE, live_count(e->live));
    metrics_set(METRIC_PEOPLE_PLACED, live_placed_count(e->live));
    live_read_end(e->live);
}

static void *tick_on(void *self)
{
    struct engine *e = self;
    int32_t beat = 0;

    pthread_mutex_lock(&e->lock);
    while (!e->stopping) {
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += BEAT_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_timedwait(&e->woken, &e->lock, &until) == 0)
            continue;
        pthread_mutex_unlock(&e->lock);
        if (++beat % LOOK_EVERY == 0)
            tick_once(e);
        else
            follower_taken(e->follower);
        pthread_mutex_lock(&e->lock);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

void engine_every_tick(struct engine *e, void (*tick)(void *self, struct db *db), void *self)
{
    pthread_mutex_lock(&e->lock);
    if (e->hook_count == ENGINE_HOOK_MAX)
        abort();
    e->hooks[e->hook_count++] = (struct hook){ tick, self };
    pthread_mutex_unlock(&e->lock);
}

/* ------------------------------------------------------------------ opening */

static struct engine *engine_new(const struct config *c)
{
    struct engine *e = calloc(1, sizeof *e);
    pthread_condattr_t steady;

    if (!e)
        abort();
    e->config = c;
    e->worlds = world_slot_new();
    e->live = live_new();
    const int32_t fresh_s = (int32_t)config_int(c, CONFIG_FIX_FRESH_S);
    const int32_t limit_s = (int32_t)config_int(c, CONFIG_FIX_LIMIT_S);

    live_age(e->live, (struct age_limits){ fresh_s, limit_s > fresh_s ? limit_s : fresh_s });
    e->trail = trail_new(clock_wall_us());
    e->ids = ids_new();
    e->keyring = keyring_new();
    e->follower = follower_new(&(struct follower_shadow){ c, e->worlds, e->live, e->keyring });
    e->cadence = cadence_new(c);
    e->watch = watch_new(e->ids);
    e->bus_lines = bus_lines_new();
    e->landmarks = landmarks_new(e->worlds);
    e->doubts = doubts_new(e->live);
    e->tiles = tiles_new((size_t)config_int(c, CONFIG_TILE_CACHE_BYTES));
    pthread_mutex_init(&e->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&e->woken, &steady);
    pthread_condattr_destroy(&steady);
    return e;
}

static struct positions *open_positions(const struct engine *e, const char *database,
                                        struct fail *f)
{
    const struct positions_options options = {
        .writer_count = (int32_t)config_int(e->config, CONFIG_POSITION_WRITERS),
        .queue_max = (int32_t)config_int(e->config, CONFIG_POSITION_QUEUE),
        .node_id = nodes_id(e->nodes),
    };

    return positions_open(database, e->live, &options, f);
}

/* Its name among the nodes. */
static const char *name_of(const struct config *c, char port[24])
{
    const char *name = config_text(c, CONFIG_NODE);

    snprintf(port, 24, "%lld", (long long)config_int(c, CONFIG_LISTEN_PORT));
    return name[0] ? name : port;
}

static void lose_trail(void *trail)
{
    trail_lost(trail, clock_wall_us());
}

static void sweep_trail(void *self, struct db *db)
{
    const struct engine *e = self;
    int64_t since_us;

    (void)db;
    if (nodes_stale(e->nodes, &since_us))
        lose_trail(e->trail);
    trail_sweep(e->trail, e->live, clock_wall_us());
}

static const struct orgs *newest_orgs(void *self)
{
    return engine_orgs(self);
}

/* Lines before fences: what a stage flags the next ones see. */
static bool watch_places(struct engine *e, const char *database, struct fail *f)
{
    e->fences = fences_open(database, e->live, newest_orgs, e, f);
    if (!e->fences || !bus_lines_follow(e->bus_lines, follower_db(e->follower), f))
        return false;
    positions_add_stage(e->positions, bus_lines_stage(e->bus_lines));
    positions_add_stage(e->positions, fences_stage(e->fences));
    engine_every_tick(e, bus_lines_tick, e->bus_lines);
    return true;
}

static bool open_coverage(struct engine *e, const char *database, struct fail *f)
{
    e->terrain = terrain_open(database, e->worlds, f);
    e->weeks = e->terrain ? weeks_open(database, e->terrain,
                                       (int32_t)config_int(e->config, CONFIG_REACH_K), f)
                          : NULL;
    const struct jobs_means means = { e->terrain, e->weeks, e->ids };

    e->jobs = e->weeks ? jobs_open(database, (int32_t)config_int(e->config, CONFIG_PLANNERS),
                                   JOB_KINDS, JOB_KINDS_COUNT, &means, f)
                       : NULL;
    e->week_keep = e->jobs ? week_keep_open(e->config, e->terrain, e->weeks, f) : NULL;
    if (!e->week_keep)
        return false;
    e->coverage = coverage_open(database,
                                &(struct coverage_sources){ .config = e->config,
                                                            .terrains = e->terrain,
                                                            .live = e->live,
                                                            .trail = e->trail,
                                                            .nodes = e->nodes },
                                f);
    return e->coverage != NULL;
}

static bool start(struct engine *e, struct fail *f)
{
    char port[24];
    const char *database = config_text(e->config, CONFIG_DATABASE);

    if (!follower_open(e->follower, f))
        return false;
    /* Listens before it reads, so that nothing falls between the two. */
    e->nodes = nodes_open(database, name_of(e->config, port), e->live, f);
    if (!e->nodes || !shelter_open(e->config, nodes_id(e->nodes), e->ids, &e->shelter, f) ||
        !follower_look(e->follower, f))
        return false;
    e->closures =
        closures_open(database, config_text(e->config, CONFIG_CITY_TIME_ZONE), e->worlds, f);
    e->reach = e->closures ? reach_open(database, f) : NULL;
    e->positions = e->reach ? open_positions(e, database, f) : NULL;
    if (!e->positions)
        return false;
    positions_add_stage(e->positions, trail_stage(e->trail));
    nodes_add_ear(e->nodes, (struct nodes_ear){
                                .self = e->trail, .heard = trail_passed, .lost = lose_trail });
    engine_every_tick(e, sweep_trail, e);
    if (!recall_trail(follower_db(e->follower), e->trail, f) || !watch_places(e, database, f))
        return false;
    if (e->shelter) {
        positions_set_refuge(e->positions, shelter_refuge(e->shelter));
        engine_every_tick(e, shelter_tick, e->shelter);
    }
    engine_every_tick(e, chain_tick, NULL);
    engine_every_tick(e, cadence_tick, e->cadence);
    engine_every_tick(e, dispatches_tick, e->live);
    engine_every_tick(e, watch_tick, e->watch);
    engine_every_tick(e, doubts_tick, e->doubts);
    engine_every_tick(e, landmarks_tick, e->landmarks);
    positions_add_stage(e->positions, doubts_stage(e->doubts));
    nodes_add_ear(e->nodes, (struct nodes_ear){ .self = e->doubts, .heard = doubts_heard });
    doubts_tick(e->doubts, follower_db(e->follower));
    e->feed = feed_open(database, f);
    e->upkeep = e->feed ? upkeep_open(e->config, f) : NULL;
    e->proof = e->upkeep ? proof_open(e->worlds, e->config, e->ids, f) : NULL;
    e->reached = e->proof ? reached_open(e->worlds, e->config, f) : NULL;
    if (!e->reached || !nodes_start(e->nodes, follow_people, e, f))
        return false;
    if (!open_coverage(e, database, f))
        return false;
    e->has_timer = pthread_create(&e->timer, NULL, tick_on, e) == 0;
    return e->has_timer ||
           fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the timer");
}

struct engine *engine_open(const struct config *c, struct fail *f)
{
    struct engine *e = engine_new(c);

    if (start(e, f))
        return e;
    engine_close(e);
    return NULL;
}

void engine_close(struct engine *e)
{
    if (!e)
        return;
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    pthread_cond_signal(&e->woken);
    pthread_mutex_unlock(&e->lock);
    if (e->has_timer)
        pthread_join(e->timer, NULL);
    coverage_close(e->coverage);
    jobs_close(e->jobs);
    week_keep_close(e->week_keep);
    weeks_close(e->weeks);
    terrain_close(e->terrain);
    nodes_stop(e->nodes);
    reached_close(e->reached);
    proof_close(e->proof);
    upkeep_close(e->upkeep);
    feed_close(e->feed);
    positions_close(e->positions);
    nodes_close(e->nodes);
    fences_close(e->fences);
    closures_close(e->closures);
    shelter_close(e->shelter);
    personal_close(e->personal);
    reach_close(e->reach);
    follower_free(e->follower);
    watch_free(e->watch);
    bus_lines_free(e->bus_lines);
    landmarks_free(e->landmarks);
    doubts_free(e->doubts);
    tiles_free(e->tiles);
    ids_free(e->ids);
    keyring_free(e->keyring);
    cadence_free(e->cadence);
    trail_free(e->trail);
    live_free(e->live);
    world_slot_free(e->worlds);
    pthread_cond_destroy(&e->woken);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

/* ------------------------------------------------------------------ handing out */

const struct world *engine_hold(struct engine *e)
{
    return world_hold(e->worlds);
}

const struct world *engine_hold_city(struct engine *e, struct fail *f)
{
    const struct world *w = world_hold(e->worlds);

    if (!w)
        fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    return w;
}

const struct orgs *engine_orgs(struct engine *e)
{
    return follower_orgs(e->follower);
}

struct live *engine_live(struct engine *e)
{
    return e->live;
}

struct positions *engine_positions(struct engine *e)
{
    return e->positions;
}

struct trail *engine_trail(struct engine *e)
{
    return e->trail;
}

struct shelter *engine_shelter(struct engine *e)
{
    return e->shelter;
}

struct ids *engine_ids(struct engine *e)
{
    return e->ids;
}

struct keyring *engine_keyring(struct engine *e)
{
    return e->keyring;
}

struct cadence *engine_cadence(struct engine *e)
{
    return e->cadence;
}

struct tiles *engine_tiles(struct engine *e)
{
    return e->tiles;
}

struct nodes *engine_nodes(struct engine *e)
{
    return e->nodes;
}

struct proof *engine_proof(struct engine *e)
{
    return e->proof;
}

struct landmarks *engine_landmarks(struct engine *e)
{
    return e->landmarks;
}

struct bus_lines *engine_bus_lines(struct engine *e)
{
    return e->bus_lines;
}

struct weeks *engine_weeks(struct engine *e)
{
    return e->weeks;
}

struct closures *engine_closures(struct engine *e)
{
    return e->closures;
}

struct terrain_slot *engine_terrain(struct engine *e)
{
    return e->terrain;
}

struct coverage *engine_coverage(struct engine *e)
{
    return e->coverage;
}

struct feed *engine_feed(struct engine *e)
{
    return e->feed;
}

const struct config *engine_config(const struct engine *e)
{
    return e->config;
}

const struct personal *engine_personal(struct engine *e, struct fail *f)
{
    pthread_mutex_lock(&e->lock);
    if (!e->personal)
        e->personal = personal_open(config_text(e->config, CONFIG_PERSONAL_KEY_FILE), f);
    const struct personal *p = e->personal;

    pthread_mutex_unlock(&e->lock);
    return p;
}
