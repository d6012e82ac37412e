/* A terrain is two things that are held apart: what it is laid on, which is dear to make
 * and seldom changes, and the lookout points. */
#include "engine/terrain.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/terrain_stations.h"
#include "engine/weights.h"
#include "geo/cover/field.h"
#include "geo/grid.h"
#include "geo/wkb.h"

enum {
    WAIT_MS = 100, /* longest that a new world or the end is not noticed */
    LOOK_MS = 2000,
    AWAY_MS = 50, /* between two tries; engine/reach sees to it that they are cheap */
    LIMIT_MS = 60000,
    SETTLE_MAX_MS = 5000,
    MARKS = 8,
    MARKS_LAID = 7, /* so many of them are of what it is laid on */
};

struct layout {
    atomic_int holders;
    struct arena *arena;
    uint64_t laid;
    int64_t marks[MARKS_LAID];
    const struct world *world;
    struct ground *ground;
    const struct plots *plots;
    uint8_t *counts, *walks; /* per segment, as window_s; one walks where it does not count, too */
    int32_t *window_s;
    struct range_band hot;
    int64_t weights_id;
    struct terrain_area *cells, *orgs;
    const struct terrain_area *stations;
};

struct terrain_share {
    atomic_int holders;
    struct arena *arena; /* in which the terrain itself lies */
    struct layout *layout;
    int64_t marks[MARKS];
};

struct terrain_slot {
    char *database;
    struct world_slot *worlds;

    struct db *listening; /* the thread's, as the next five */
    struct db *db;
    int64_t look_us; /* when it is time for the next look; steady clock */
    bool is_listening;
    bool is_heard;
    bool is_away; /* and it was said */

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t looked;
    const struct terrain *newest;
    bool stopping;
    int64_t wanted; /* looks that somebody waits for */
    int64_t looks;  /* the last of them that is over */
    pthread_t thread;
    bool has_thread;
};

/* ------------------------------------------------------------------ holding */

static void layout_drop(struct layout *l)
{
    if (!l || atomic_fetch_sub(&l->holders, 1) > 1)
        return;
    world_drop(l->world);
    ground_free(l->ground);
    arena_free(l->arena);
    free(l);
}

void terrain_drop(const struct terrain *t)
{
    if (!t || atomic_fetch_sub(&t->share->holders, 1) > 1)
        return;
    struct terrain_share *share = t->share;

    layout_drop(share->layout);
    arena_free(share->arena);
    free(share);
}

const struct terrain *terrain_hold_again(const struct terrain *t)
{
    atomic_fetch_add(&t->share->holders, 1);
    return t;
}

const struct terrain *terrain_hold(struct terrain_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    const struct terrain *t = slot->newest ? terrain_hold_again(slot->newest) : NULL;

    pthread_mutex_unlock(&slot->lock);
    return t;
}

int32_t terrain_org(const struct terrain *t, int64_t org_id)
{
    for (int32_t i = 0; i < t->plots->org_count; i++)
        if (t->orgs[i].id == org_id)
            return i;
    return -1;
}

/* Of areas by id. */
static int32_t find(const struct terrain_area *areas, int32_t count, int64_t id)
{
    int32_t low = 0, high = count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (areas[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && areas[low].id == id ? low : -1;
}

int32_t terrain_cell(const struct terrain *t, int64_t grid_id)
{
    return find(t->cells, t->plots->cell_count, grid_id);
}

int32_t terrain_station(const struct terrain *t, int64_t station_id)
{
    return find(t->stations, t->plots->station_count, station_id);
}

int32_t terrain_lookout(const struct terrain *t, int64_t lookout_point_id)
{
    int32_t low = 0, high = t->lookout_count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (t->lookouts[middle].lookout_point_id < lookout_point_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->lookout_count && t->lookouts[low].lookout_point_id == lookout_point_id ? low
                                                                                           : -1;
}

/* ------------------------------------------------------------------ laying */

static bool is_walked(const struct network *n, int32_t segment)
{
    return n->access[segment] & (1 << (2 * MODE_FOOT) | 1 << (2 * MODE_FOOT + 1));
}

static bool read_classes(struct db *db, struct layout *l, struct fail *f)
{
    const struct network *n = l->world->network;
    int32_t window_s[STREET_CLASS_COUNT] = { 0 };
    bool counts[STREET_CLASS_COUNT] = { 0 };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TERRAIN_CLASSES, NULL, 0, l->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const int64_t class = db_get_int(rows, i, 0);

        counts[class] = db_get_bool(rows, i, 1);
        window_s[class] = (int32_t)db_get_int(rows, i, 2);
    }
    l->counts = arena_take(l->arena, (size_t)n->segment_count + 1, sizeof *l->counts);
    l->walks = arena_take(l->arena, (size_t)n->segment_count + 1, sizeof *l->walks);
    l->window_s = arena_take(l->arena, (size_t)n->segment_count + 1, sizeof *l->window_s);
    for (int32_t s = 0; s < n->segment_count; s++) {
        l->walks[s] = is_walked(n, s);
        l->counts[s] = counts[n->street_class[s]] && l->walks[s];
        l->window_s[s] = window_s[n->street_class[s]];
    }
    return true;
}

/* The streets in an area; none where it is not drawn. The pieces go into `a`. */
static bool read_pieces(const struct db_rows *rows, int32_t i, int32_t column,
                        const struct ground *g, struct arena *a, struct plots_area *out,
                        struct fail *f)
{
    struct figure figure;
    struct range_band band;
    size_t size;

    if (db_is_null(rows, i, column))
        return true;
    const void *bytes = db_get_bytes(rows, i, column, &size);

    if (!wkb_read(a, bytes, size, &figure, f))
        return false;
    field_find(field_take(g, &figure, a), g, a, &band);
    out->pieces = band.pieces;
    out->piece_count = band.piece_count;
    return true;
}

static struct terrain_area read_area(const struct db_rows *rows, int32_t i, int32_t owner,
                                     int32_t code, struct arena *a)
{
    const char *word = db_get_text(rows, i, code), *name = db_get_text(rows, i, code + 1);

    return (struct terrain_area){ db_get_int(rows, i, 0), db_get_int(rows, i, owner),
                                  arena_copy(a, word, strlen(word)),
                                  arena_copy(a, name, strlen(name)) };
}

static int32_t place_of(const struct terrain_area *areas, int32_t count, int64_t id)
{
    for (int32_t i = 0; i < count; i++)
        if (areas[i].id == id)
            return i;
    return -1;
}

/* What is needed to lay the plots goes with `own`; the words stay with the layout. */
static bool read_orgs(struct db *db, struct layout *l, struct plots_wish *wish, struct arena *own,
                      struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TERRAIN_ORGS, NULL, 0, own, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    struct plots_area *areas = arena_take(own, (size_t)count + 1, sizeof *areas);

    l->orgs = arena_take(l->arena, (size_t)count + 1, sizeof *l->orgs);
    for (int32_t i = 0; i < count; i++) {
        l->orgs[i] = read_area(rows, i, 0, 2, l->arena);
        /* The parent of one that stands under a closed one is the city's business. */
        const int32_t parent = place_of(l->orgs, i, db_get_int(rows, i, 1));

        areas[i].org = i == 0 ? -1 : parent < 0 ? 0 : parent;
        if (i > 0 && !read_pieces(rows, i, 4, l->ground, own, &areas[i], f))
            return false;
    }
    wish->orgs = areas;
    wish->org_count = count;
    return true;
}

static bool read_cells(struct db *db, struct layout *l, struct plots_wish *wish, struct arena *own,
                       struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TERRAIN_CELLS, NULL, 0, own, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    struct plots_area *areas = arena_take(own, (size_t)count + 1, sizeof *areas);

    l->cells = arena_take(l->arena, (size_t)count + 1, sizeof *l->cells);
    for (int32_t i = 0; i < count; i++) {
        enum grid_profile profile;

        l->cells[i] = read_area(rows, i, 1, 2, l->arena);
        if (!grid_profile_from_word(db_get_text(rows, i, 4), &profile, f) ||
            !read_pieces(rows, i, 5, l->ground, own, &areas[i], f))
            return false;
        const int32_t org = place_of(l->orgs, wish->org_count, l->cells[i].org_id);

        areas[i].profile = (int32_t)profile;
        areas[i].org = org < 0 ? 0 : org;
    }
    wish->cells = areas;
    wish->cell_count = count;
    return true;
}

static bool lay(struct db *db, struct layout *l, struct fail *f)
{
    struct arena *own = arena_new();
    struct plots_wish wish = { .network = l->world->network };
    struct terrain_stations stations;
    struct weights weights;
    bool ok;

    l->ground = l->ground ? l->ground : ground_new(l->world->network);
    ok = read_classes(db, l, f) && read_orgs(db, l, &wish, own, f) &&
         read_cells(db, l, &wish, own, f) &&
         terrain_stations_read(db, l->world, l->walks, l->arena, own, &stations, f) &&
         weights_read(db, l->world->network, own, &weights, f) &&
         weights_hot_streets(db, l->ground, l->arena, &l->hot, f);
    if (ok) {
        l->weights_id = weights.version_id;
        wish.weight = weights.rest;
        wish.weights = weights.pieces;
        wish.weight_count = weights.count;
        wish.counts = l->counts;
        wish.stations = &stations.catchment;
        wish.station_count = stations.count;
        l->stations = stations.areas;
        l->plots = plots_lay(&wish, l->arena);
    }
    arena_free(own);
    return ok;
}

static struct layout *layout_new(const struct world *w, const int64_t marks[MARKS], uint64_t laid)
{
    struct layout *l = calloc(1, sizeof *l);

    if (!l)
        abort();
    atomic_init(&l->holders, 1);
    l->arena = arena_new();
    l->laid = laid;
    memcpy(l->marks, marks, sizeof l->marks);
    l->world = world_hold_again(w);
    return l;
}

/* The layout of these marks, held once for the caller: the last one's if it can be. */
static struct layout *layout_for(struct terrain_slot *slot, const struct world *w,
                                 const int64_t marks[MARKS], struct fail *f)
{
    struct layout *last = slot->newest ? slot->newest->share->layout : NULL;

    if (last && last->world->version == w->version &&
        memcmp(last->marks, marks, sizeof last->marks) == 0) {
        atomic_fetch_add(&last->holders, 1);
        return last;
    }
    const int64_t began_us = clock_steady_us();
    struct layout *l = layout_new(w, marks, last ? last->laid + 1 : 1);

    if (!lay(slot->db, l, f)) {
        layout_drop(l);
        return NULL;
    }
    log_line(LOG_INFO, "terrain_laid", log_int("cells", l->plots->cell_count),
             log_int("organisations", l->plots->org_count),
             log_int("stations", l->plots->station_count), log_int("lots", l->plots->lot_count),
             log_int("took_ms", (clock_steady_us() - began_us) / 1000));
    return l;
}

/* ------------------------------------------------------------------ looking */

static void publish(struct terrain_slot *slot, struct terrain *t)
{
    pthread_mutex_lock(&slot->lock);
    const struct terrain *before = slot->newest;

    t->version = before ? before->version + 1 : 1;
    slot->newest = t;
    pthread_mutex_unlock(&slot->lock);
    terrain_drop(before);
}

static bool make(struct terrain_slot *slot, struct layout *l, const int64_t marks[MARKS],
                 struct fail *f)
{
    struct arena *a = arena_new();
    struct terrain *t = arena_take(a, 1, sizeof *t);
    const int64_t began_us = clock_steady_us();
    int32_t made;

    if (!views_bring(slot->db, l->ground, a, &t->lookouts, &t->lookout_count, &made, f)) {
        arena_free(a);
        return false;
    }
    t->share = calloc(1, sizeof *t->share);
    if (!t->share)
        abort();
    atomic_init(&t->share->holders, 1);
    t->share->arena = a;
    t->share->layout = l;
    memcpy(t->share->marks, marks, sizeof t->share->marks);
    t->laid = l->laid;
    t->world = l->world;
    t->ground = l->ground;
    t->plots = l->plots;
    t->counts = l->counts;
    t->window_s = l->window_s;
    t->hot = l->hot;
    t->weights_id = l->weights_id;
    t->cells = l->cells;
    t->orgs = l->orgs;
    t->stations = l->stations;
    publish(slot, t);
    log_line(LOG_INFO, "terrain_changed", log_int("lookouts", t->lookout_count),
             log_int("views_made", made),
             log_int("took_ms", (clock_steady_us() - began_us) / 1000));
    return true;
}

static bool read_marks(struct db *db, int64_t marks[MARKS], struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows;
    const bool ok = db_run(db, QUERIES_TERRAIN_MARKS, NULL, 0, a, &rows, f);

    for (int32_t i = 0; ok && i < MARKS; i++)
        marks[i] = db_is_null(rows, 0, i) ? 0 : db_get_int(rows, 0, i);
    arena_free(a);
    return ok;
}

/* Only the thread itself exchanges the newest, and so it may read it. */
static bool look(struct terrain_slot *slot, const struct world *w, struct fail *f)
{
    int64_t marks[MARKS];

    slot->is_heard = false;
    slot->look_us = clock_steady_us() + LOOK_MS * 1000LL;
    if (!read_marks(slot->db, marks, f))
        return false;
    if (marks[0] != w->network->import_id)
        return true; /* the world of this import is on its way */
    if (slot->newest && slot->newest->world->version == w->version &&
        memcmp(slot->newest->share->marks, marks, sizeof marks) == 0)
        return true;
    struct layout *l = layout_for(slot, w, marks, f);

    if (!l)
        return false;
    if (make(slot, l, marks, f))
        return true;
    layout_drop(l);
    return false;
}

static bool is_new(const struct terrain_slot *slot, const struct world *w)
{
    return !slot->newest || slot->newest->world->version != w->version;
}

static bool look_if_due(struct terrain_slot *slot, const struct world *w, int64_t wish,
                        struct fail *f)
{
    if (!slot->is_heard && wish == slot->looks && !is_new(slot, w) &&
        clock_steady_us() < slot->look_us)
        return true;
    if (!look(slot, w, f))
        return false;
    pthread_mutex_lock(&slot->lock);
    slot->looks = wish;
    pthread_cond_broadcast(&slot->looked);
    pthread_mutex_unlock(&slot->lock);
    return true;
}

/* The world is held after the wish is read: who waits wants the one of then. */
static bool follow(struct terrain_slot *slot, struct fail *f)
{
    pthread_mutex_lock(&slot->lock);
    const int64_t wish = slot->wanted;

    pthread_mutex_unlock(&slot->lock);
    const struct world *w = world_hold(slot->worlds);
    const bool ok = !w || look_if_due(slot, w, wish, f);

    slot->is_heard = slot->is_heard && w; /* the first world is looked at anyway */
    world_drop(w);
    return ok;
}

/* ------------------------------------------------------------------ the thread */

static void hear_one(void *self, const char *channel, const char *said)
{
    struct terrain_slot *slot = self;

    (void)channel;
    (void)said;
    slot->is_heard = true;
}

static bool listen_anew(struct terrain_slot *slot, struct fail *f)
{
    db_close(slot->listening);
    slot->listening = db_open(slot->database, f);
    slot->is_listening = slot->listening && db_become(slot->listening, DB_ENGINE, f) &&
                         db_run(slot->listening, QUERIES_TERRAIN_LISTEN, NULL, 0, NULL, NULL, f);
    slot->is_heard = true; /* whatever was said meanwhile */
    return slot->is_listening;
}

static bool go_round(struct terrain_slot *slot, struct fail *f)
{
    if (!slot->is_listening && !listen_anew(slot, f))
        return false;
    slot->is_listening = db_hear(slot->listening, slot->is_heard ? 0 : WAIT_MS, hear_one, slot, f);
    return slot->is_listening && follow(slot, f);
}

static bool is_stopping(struct terrain_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    const bool stopping = slot->stopping;

    pthread_mutex_unlock(&slot->lock);
    return stopping;
}

static void *keep_on(void *self)
{
    static const struct timespec AWAY = { .tv_nsec = AWAY_MS * 1000000L };
    struct terrain_slot *slot = self;

    while (!is_stopping(slot)) {
        struct fail why = { 0 };
        const bool is_good = go_round(slot, &why);

        if (!is_good && !slot->is_away)
            log_line(LOG_WARNING, "terrain_away", log_text("code", fail_word(why.code)),
                     log_text("detail", why.text));
        slot->is_away = !is_good;
        if (!is_good) {
            slot->is_heard = true;
            nanosleep(&AWAY, NULL);
        }
    }
    return NULL;
}

static bool start(struct terrain_slot *slot, struct fail *f)
{
    slot->db = db_open(slot->database, f);
    if (!slot->db || !db_become(slot->db, DB_ENGINE, f) || !db_limit(slot->db, LIMIT_MS, f) ||
        !listen_anew(slot, f))
        return false;
    slot->has_thread = pthread_create(&slot->thread, NULL, keep_on, slot) == 0;
    return slot->has_thread ||
           fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the terrain");
}

struct terrain_slot *terrain_open(const char *database, struct world_slot *worlds, struct fail *f)
{
    struct terrain_slot *slot = calloc(1, sizeof *slot);
    pthread_condattr_t steady;

    if (!slot || !(slot->database = strdup(database)))
        abort();
    slot->worlds = worlds;
    pthread_mutex_init(&slot->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&slot->looked, &steady);
    pthread_condattr_destroy(&steady);
    if (start(slot, f))
        return slot;
    terrain_close(slot);
    return NULL;
}

void terrain_close(struct terrain_slot *slot)
{
    if (!slot)
        return;
    pthread_mutex_lock(&slot->lock);
    slot->stopping = true;
    pthread_mutex_unlock(&slot->lock);
    if (slot->has_thread)
        pthread_join(slot->thread, NULL);
    db_close(slot->listening);
    db_close(slot->db);
    terrain_drop(slot->newest);
    pthread_cond_destroy(&slot->looked);
    pthread_mutex_destroy(&slot->lock);
    free(slot->database);
    free(slot);
}

bool terrain_settle(struct terrain_slot *slot)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SETTLE_MAX_MS / 1000;
    pthread_mutex_lock(&slot->lock);
    const int64_t mine = slot->wanted = slot->wanted + 1;

    while (slot->looks < mine && pthread_cond_timedwait(&slot->looked, &slot->lock, &until) == 0)
        ;
    const bool is_looked = slot->looks >= mine;

    pthread_mutex_unlock(&slot->lock);
    return is_looked;
}
