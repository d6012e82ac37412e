/* One connection, one lock: whoever follows has both. */
#include "engine/follower.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/city.h"
#include "engine/clock.h"
#include "engine/closures.h"
#include "engine/config.h"
#include "engine/db.h"
#include "engine/keyring.h"
#include "engine/log.h"
#include "engine/orgs.h"
#include "engine/people.h"
#include "engine/streets.h"

static const int64_t AHEAD_EVERY_US = 600LL * 1000000; /* partitions are made for 48 hours */

struct follower {
    struct follower_shadow shadow;

    pthread_mutex_t following; /* guards the next seven: one thread follows at a time */
    struct db *db;
    struct arena *arena; /* of one look */
    int64_t import_id;   /* of the newest world */
    struct people_mark people_mark;
    int64_t orgs_mark; /* version of the newest tree */
    int64_t ahead_us;  /* when partitions were last made; steady clock */
    bool is_away;      /* the last look failed, and it was said */

    pthread_mutex_t lock;    /* guards the rest */
    const struct orgs *orgs; /* the newest */
};

/* Built beside the old city, which serves until the people are on the new streets. */
static bool load_city(struct follower *fr, struct fail *f)
{
    const int64_t began = clock_steady_us();
    struct arena *a = arena_new();
    struct streets streets;
    const struct db_rows *layers;

    const bool is_read =
        streets_load(fr->db, config_text(fr->shadow.config, CONFIG_CACHE_DIR), a, &streets, f) &&
        db_run(fr->db, QUERIES_CITY_LAYERS, NULL, 0, a, &layers, f);
    struct world *w = is_read ? city_world(fr->shadow.worlds, &streets, a, f) : NULL;

    if (!w) {
        arena_free(a);
        return false;
    }
    w->layers = db_get_text(layers, 0, 0);
    if (!closures_enter(fr->db, config_text(fr->shadow.config, CONFIG_CITY_TIME_ZONE), w, f)) {
        world_drop(w);
        return false;
    }
    live_settle(fr->shadow.live, w);
    world_publish(fr->shadow.worlds, w);
    fr->import_id = streets.import_id;
    log_line(LOG_INFO, "city_loaded", log_int("import_id", streets.import_id),
             log_int("segments", streets.network.segment_count),
             log_int("nodes", streets.network.node_count),
             log_text("from", streets_origin_word(streets.origin)),
             log_text("reason", streets.reason),
             log_int("took_ms", (clock_steady_us() - began) / 1000));
    return true;
}

static bool follow_import(struct follower *fr, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(fr->db, QUERIES_IMPORT_CURRENT, NULL, 0, fr->arena, &rows, f))
        return false;
    if (db_count(rows) == 0 || db_get_int(rows, 0, 0) == fr->import_id)
        return true;
    return load_city(fr, f);
}

/* The version is read first: a change between the two looks is loaded twice, never
 * missed. */
static bool follow_orgs(struct follower *fr, struct fail *f)
{
    const struct db_rows *rows;
    const struct orgs *newest;

    if (!db_run(fr->db, QUERIES_ORG_TREE_VERSION, NULL, 0, fr->arena, &rows, f))
        return false;
    if (fr->orgs_mark == db_get_int(rows, 0, 0))
        return true;
    newest = orgs_load(fr->db, f);
    if (!newest)
        return false;
    fr->orgs_mark = db_get_int(rows, 0, 0);
    pthread_mutex_lock(&fr->lock);
    const struct orgs *old = fr->orgs;

    fr->orgs = newest;
    pthread_mutex_unlock(&fr->lock);
    orgs_drop(old);
    return true;
}

static bool make_partitions(struct follower *fr, struct fail *f)
{
    const int64_t now_us = clock_steady_us();
    const struct db_rows *rows;

    if (fr->ahead_us && now_us - fr->ahead_us < AHEAD_EVERY_US)
        return true;
    if (!db_run(fr->db, QUERIES_POSITION_HISTORY_AHEAD, NULL, 0, fr->arena, &rows, f))
        return false;
    fr->ahead_us = now_us;
    if (db_get_int(rows, 0, 0) > 0)
        log_line(LOG_INFO, "partitions_made", log_int("count", db_get_int(rows, 0, 0)));
    return true;
}

static bool follow_people(struct follower *fr, struct fail *f)
{
    const struct follower_shadow *s = &fr->shadow;

    return people_follow(fr->db, s->live, fr->arena, &fr->people_mark, f) &&
           people_follow_taken(fr->db, s->live, fr->arena, f) &&
           keyring_follow(s->keyring, fr->db, fr->arena, f);
}

static bool look(struct follower *fr, struct fail *f)
{
    const bool is_good = follow_import(fr, f) && follow_orgs(fr, f) && follow_people(fr, f) &&
                         make_partitions(fr, f);

    arena_reset(fr->arena);
    return is_good;
}

/* Said once when it begins and once when it is over. */
static void report(struct follower *fr, bool is_good, const struct fail *why)
{
    const bool is_news = fr->is_away == is_good;

    fr->is_away = !is_good;
    if (is_news && !is_good)
        log_line(LOG_WARNING, "following_failed", log_text("code", fail_word(why->code)),
                 log_text("detail", why->text));
    if (is_news && is_good)
        log_line(LOG_INFO, "following_again", log_int("import_id", fr->import_id));
}

bool follower_look(struct follower *fr, struct fail *f)
{
    pthread_mutex_lock(&fr->following);
    const bool is_good = look(fr, f);

    pthread_mutex_unlock(&fr->following);
    return is_good;
}

void follower_tick(struct follower *fr, void (*then)(void *self, struct db *db), void *self)
{
    struct fail why = { 0 };

    pthread_mutex_lock(&fr->following);
    const bool is_good = look(fr, &why);

    report(fr, is_good, &why);
    if (is_good)
        then(self, fr->db);
    pthread_mutex_unlock(&fr->following);
}

bool follower_people(struct follower *fr, struct fail *f)
{
    pthread_mutex_lock(&fr->following);
    const bool is_good = follow_people(fr, f);

    arena_reset(fr->arena);
    pthread_mutex_unlock(&fr->following);
    return is_good;
}

void follower_taken(struct follower *fr)
{
    struct fail unsaid;

    pthread_mutex_lock(&fr->following);
    people_follow_taken(fr->db, fr->shadow.live, fr->arena, &unsaid);
    arena_reset(fr->arena);
    pthread_mutex_unlock(&fr->following);
}

/* ------------------------------------------------------------------ opening */

struct follower *follower_new(const struct follower_shadow *shadow)
{
    struct follower *fr = calloc(1, sizeof *fr);

    if (!fr)
        abort();
    fr->shadow = *shadow;
    fr->arena = arena_new();
    pthread_mutex_init(&fr->following, NULL);
    pthread_mutex_init(&fr->lock, NULL);
    return fr;
}

void follower_free(struct follower *fr)
{
    if (!fr)
        return;
    db_close(fr->db);
    orgs_drop(fr->orgs);
    arena_free(fr->arena);
    pthread_mutex_destroy(&fr->following);
    pthread_mutex_destroy(&fr->lock);
    free(fr);
}

bool follower_open(struct follower *fr, struct fail *f)
{
    const struct config *c = fr->shadow.config;

    fr->db = db_open(config_text(c, CONFIG_DATABASE), f);
    return fr->db && db_become(fr->db, DB_APP, f) && db_become(fr->db, DB_ENGINE, f) &&
           (config_int(c, CONFIG_ALLOW_UNSAFE_DATABASE) || db_check_safe(fr->db, f));
}

struct db *follower_db(struct follower *fr)
{
    return fr->db;
}

const struct orgs *follower_orgs(struct follower *fr)
{
    pthread_mutex_lock(&fr->lock);
    const struct orgs *newest = orgs_hold(fr->orgs);

    pthread_mutex_unlock(&fr->lock);
    return newest;
}
