/* Tiles and the cache of those that PostGIS made. */
#include "engine/tiles.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/cover_tiles.h"
#include "engine/db.h"
#include "engine/swarm.h"

enum {
    BUCKET_COUNT = 4096, /* a power of two */
    PATIENCE_MS = 5000,  /* of one statement; a waiter waits a little longer */
    WAIT_S = 6,
    THIN_MAX = 5,     /* zooms of detail that may be left out of a tile */
    ENTRY_COST = 160, /* bytes of book-keeping that a kept tile counts for */
};

/* Fowler, Noll and Vo's hash, 64 bits, variant 1a. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

struct key {
    const struct layer *layer;
    int64_t scope_id; /* whose; 0 of a layer that is everybody's */
    uint64_t version;
    struct tile at;
};

struct entry {
    struct key key;
    bool ready;      /* else some thread is making it */
    int32_t readers; /* threads that copy from it */
    char *bytes;
    size_t size;
    struct entry *next;          /* in the bucket */
    struct entry *newer, *older; /* by last use; ready entries only */
};

/* `lock` guards everything below it. */
struct tiles {
    size_t bytes_max;
    uint64_t *statement_hash; /* of each layer's statement: LAYER_ROW_COUNT */
    pthread_mutex_t lock;
    pthread_cond_t settled; /* an entry became ready or was given up */
    struct entry *buckets[BUCKET_COUNT];
    struct entry *newest, *oldest;
    struct tiles_count count;
    uint64_t known[LAYERS_COUNT]; /* the last versions read, by statement; 0: none */
};

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * HASH_PRIME;
    return hash;
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    return hash_bytes(hash, &number, sizeof number);
}

static uint64_t hash_tile(uint64_t hash, struct tile at)
{
    hash = hash_number(hash, (uint64_t)at.z);
    hash = hash_number(hash, (uint64_t)at.x);
    return hash_number(hash, (uint64_t)at.y);
}

static void *take(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory)
        abort();
    return memory;
}

struct tiles *tiles_new(size_t bytes_max)
{
    struct tiles *t = take(1, sizeof *t);
    pthread_condattr_t clock;

    t->bytes_max = bytes_max;
    t->statement_hash = take((size_t)LAYER_ROW_COUNT, sizeof *t->statement_hash);
    for (int32_t i = 0; i < LAYER_ROW_COUNT; i++)
        if (LAYER_ROWS[i].statement != LAYERS_COUNT) {
            const char *text = LAYERS_TEXTS[LAYER_ROWS[i].statement].text;

            t->statement_hash[i] = hash_bytes(HASH_START, text, strlen(text));
        }
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->settled, &clock);
    pthread_condattr_destroy(&clock);
    return t;
}

static void entry_free(struct entry *e)
{
    free(e->bytes);
    free(e);
}

void tiles_free(struct tiles *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < BUCKET_COUNT; i++)
        for (struct entry *e = t->buckets[i], *next; e; e = next) {
            next = e->next;
            entry_free(e);
        }
    pthread_cond_destroy(&t->settled);
    pthread_mutex_destroy(&t->lock);
    free(t->statement_hash);
    free(t);
}

struct tiles_count tiles_count(struct tiles *t)
{
    pthread_mutex_lock(&t->lock);
    const struct tiles_count count = t->count;
    pthread_mutex_unlock(&t->lock);
    return count;
}

/* ---- the kept tiles; the lock is held ---- */

static struct entry **bucket(struct tiles *t, const struct key *key)
{
    uint64_t hash = hash_number(HASH_START, (uint64_t)(key->layer - LAYER_ROWS));

    hash = hash_number(hash_number(hash, (uint64_t)key->scope_id), key->version);
    hash = hash_tile(hash, key->at);
    return &t->buckets[hash & (BUCKET_COUNT - 1)];
}

static bool same(const struct key *a, const struct key *b)
{
    return a->layer == b->layer && a->scope_id == b->scope_id && a->version == b->version &&
           a->at.z == b->at.z && a->at.x == b->at.x && a->at.y == b->at.y;
}

static struct entry *find(struct tiles *t, const struct key *key)
{
    for (struct entry *e = *bucket(t, key); e; e = e->next)
        if (same(&e->key, key))
            return e;
    return NULL;
}

static void leave_order(struct tiles *t, struct entry *e)
{
    *(e->newer ? &e->newer->older : &t->newest) = e->older;
    *(e->older ? &e->older->newer : &t->oldest) = e->newer;
    e->newer = e->older = NULL;
}

static void enter_order(struct tiles *t, struct entry *e)
{
    e->older = t->newest;
    *(t->newest ? &t->newest->newer : &t->oldest) = e;
    t->newest = e;
}

static void leave_bucket(struct tiles *t, struct entry *e)
{
    struct entry **at = bucket(t, &e->key);

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
}

static void make_room(struct tiles *t)
{
    struct entry *e = t->oldest;

    while (e && (size_t)t->count.bytes > t->bytes_max) {
        struct entry *newer = e->newer;

        if (e->readers == 0) {
            leave_order(t, e);
            leave_bucket(t, e);
            t->count.kept--;
            t->count.bytes -= (int64_t)(e->size + ENTRY_COST);
            entry_free(e);
        }
        e = newer;
    }
}

/* ---- one tile of one layer ---- */

/* The tile as kept, with a reader counted, or a new entry for the caller to fill
 * (*mine). NULL with TILE_BUSY when another thread takes too long over it. */
static struct entry *claim(struct tiles *t, const struct key *key, bool *mine, struct fail *f)
{
    struct timespec until;
    struct entry *e;
    int waited = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_S;
    *mine = false;
    pthread_mutex_lock(&t->lock);
    while ((e = find(t, key)) && !e->ready && waited == 0)
        waited = pthread_cond_timedwait(&t->settled, &t->lock, &until);
    if (!e) {
        e = take(1, sizeof *e);
        e->key = *key;
        e->next = *bucket(t, key);
        *bucket(t, key) = e;
        *mine = true;
        t->count.made++;
    } else if (e->ready) {
        e->readers++;
        leave_order(t, e);
        enter_order(t, e);
        t->count.found++;
    } else {
        e = NULL;
    }
    pthread_mutex_unlock(&t->lock);
    if (!e)
        fail_set(f, FAIL_BUSY, TILE_BUSY, "the tile %d/%d/%d of %s is still being made", key->at.z,
                 key->at.x, key->at.y, key->layer->name);
    return e;
}

static void release(struct tiles *t, struct entry *e)
{
    pthread_mutex_lock(&t->lock);
    e->readers--;
    make_room(t);
    pthread_mutex_unlock(&t->lock);
}

static void keep(struct tiles *t, struct entry *e, const void *bytes, size_t size)
{
    char *copy = size > 0 ? take(1, size) : NULL;

    if (size > 0)
        memcpy(copy, bytes, size);
    pthread_mutex_lock(&t->lock);
    e->bytes = copy;
    e->size = size;
    e->ready = true;
    t->count.kept++;
    t->count.bytes += (int64_t)(size + ENTRY_COST);
    enter_order(t, e);
    make_room(t);
    pthread_cond_broadcast(&t->settled);
    pthread_mutex_unlock(&t->lock);
}

static void give_up(struct tiles *t, struct entry *e)
{
    pthread_mutex_lock(&t->lock);
    leave_bucket(t, e);
    pthread_cond_broadcast(&t->settled);
    pthread_mutex_unlock(&t->lock);
    entry_free(e);
}

static bool away(struct fail *f)
{
    return fail_set(f, FAIL_BUSY, DATABASE_AWAY, "the database cannot be reached now");
}

static bool run_statement(const struct tiles_reader *r, const struct key *key, const void **bytes,
                          size_t *size, struct fail *f)
{
    const struct db_rows *rows;

    *size = 0;
    for (int32_t thin = 0; thin <= THIN_MAX; thin++) {
        const struct db_value values[] = { db_int(key->at.z), db_int(key->at.x), db_int(key->at.y),
                                           db_int(thin) };

        if (!db_run_layer(r->db, key->layer->statement, values, 4, r->arena, &rows, f))
            return false;
        if (db_count(rows) == 1 && !db_is_null(rows, 0, 0))
            *bytes = db_get_bytes(rows, 0, 0, size);
        if (*size <= TILES_TILE_MAX)
            return true;
    }
    return fail_set(f, FAIL_BROKEN, TILE_TOO_LARGE, "the tile %d/%d/%d of %s has %zu bytes",
                    key->at.z, key->at.x, key->at.y, key->layer->name, *size);
}

/* In a transaction, because the patience is to end with it. */
static bool make(const struct tiles_reader *r, const struct key *key, const void **bytes,
                 size_t *size, struct fail *f)
{
    const struct db_value patience = db_int(PATIENCE_MS);

    if (!r->db)
        return away(f);
    if (!db_begin(r->db, f))
        return false;
    if (!db_run(r->db, QUERIES_TILE_PATIENCE, &patience, 1, r->arena, NULL, f) ||
        !run_statement(r, key, bytes, size, f)) {
        db_rollback(r->db);
        return false;
    }
    return db_commit(r->db, f);
}

static bool write_kept(struct tiles *t, const struct tiles_reader *r, const struct key *key,
                       struct buf *out, struct fail *f)
{
    const void *bytes = NULL;
    size_t size = 0;
    bool mine;
    struct entry *e = claim(t, key, &mine, f);

    if (!e)
        return false;
    if (!mine) {
        buf_put(out, e->bytes, e->size);
        release(t, e);
        return true;
    }
    if (!make(r, key, &bytes, &size, f)) {
        give_up(t, e);
        return false;
    }
    buf_put(out, bytes, size);
    keep(t, e, bytes, size);
    return true;
}

static void write_memory(const struct tiles_reader *r, const struct layer *layer, struct tile at,
                         struct buf *out)
{
    if (layer->source == LAYER_FROM_LIVE)
        swarm_encode(r->live, r->sight, at, r->arena, out);
    else
        cover_tiles_encode(r->coverage, r->sight,
                           strcmp(layer->name, "gaps") == 0 ? COVER_TILES_GAPS : COVER_TILES_LAYERS,
                           at, r->arena, out);
}

/* Whose rows a layer shows decides what its tiles are. */
static int64_t scope_of(const struct layer *layer, const struct tiles_reader *r)
{
    return layer->source == LAYER_FROM_TABLE ? r->sight->org_id : 0;
}

bool tiles_write(struct tiles *t, const struct tiles_reader *r, const struct layer_set *set,
                 struct tile at, const struct tiles_stamp *stamp, struct buf *out, struct fail *f)
{
    for (int32_t i = 0; i < set->count; i++) {
        const struct layer *layer = set->items[i];
        const struct key key = { layer, scope_of(layer, r), stamp->versions[i], at };

        if (at.z < layer->zoom_min || at.z > layer->zoom_max)
            continue;
        if (layer_in_memory(layer))
            write_memory(r, layer, at, out);
        else if (!write_kept(t, r, &key, out, f))
            return false;
    }
    return true;
}

/* ---- versions ---- */

static const char *version_name(const struct layer *layer)
{
    return layer->source == LAYER_FROM_IMPORT ? "import" : layer->name;
}

/* 0 for a layer that nobody has changed yet. */
static int64_t row_value(const struct db_rows *rows, const char *name)
{
    for (int32_t i = 0; i < db_count(rows); i++)
        if (strcmp(db_get_text(rows, i, 0), name) == 0)
            return db_get_int(rows, i, 1);
    return 0;
}

static bool read_known(struct tiles *t, const struct tiles_reader *r, struct fail *f)
{
    const struct db_rows *rows;
    uint64_t known[LAYERS_COUNT] = { 0 };

    if (!r->db)
        return away(f);
    if (!db_run(r->db, QUERIES_TILE_VERSIONS, NULL, 0, r->arena, &rows, f))
        return false;
    const uint64_t database = hash_number(HASH_START, (uint64_t)row_value(rows, "database"));

    const uint64_t tree = (uint64_t)row_value(rows, "tree");

    for (int32_t i = 0; i < LAYER_ROW_COUNT; i++) {
        const struct layer *layer = &LAYER_ROWS[i];
        const int64_t version = row_value(rows, version_name(layer));

        if (layer_in_memory(layer) || (layer->source == LAYER_FROM_IMPORT && version == 0))
            continue;
        known[layer->statement] =
            hash_number(hash_number(database, t->statement_hash[i]), (uint64_t)version);
        if (layer->source == LAYER_FROM_TABLE)
            known[layer->statement] = hash_number(known[layer->statement], tree);
    }
    pthread_mutex_lock(&t->lock);
    memcpy(t->known, known, sizeof known);
    pthread_mutex_unlock(&t->lock);
    return true;
}

/* While the database is away, the versions last read stand. */
static bool stamp_kept(struct tiles *t, const struct tiles_reader *r, const struct layer_set *set,
                       struct tiles_stamp *out, struct fail *f)
{
    const bool fresh = read_known(t, r, f);

    if (!fresh && f->code != CODE_DATABASE_AWAY)
        return false;
    for (int32_t i = 0; i < set->count; i++) {
        if (layer_in_memory(set->items[i]))
            continue;
        pthread_mutex_lock(&t->lock);
        out->versions[i] = t->known[set->items[i]->statement];
        pthread_mutex_unlock(&t->lock);
        if (out->versions[i] == 0 && fresh)
            return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
        if (out->versions[i] == 0)
            return false;
    }
    return true;
}

static bool in_range(const struct layer_set *set, struct tile at, struct fail *f)
{
    for (int32_t i = 0; i < set->count; i++)
        if (at.z >= set->items[i]->zoom_min && at.z <= set->items[i]->zoom_max)
            return true;
    fail_set(f, FAIL_MISSING, TILE_OUTSIDE, "%s has no tiles at zoom %d", set->items[0]->name,
             at.z);
    return fail_allowed(f, "zoom %d to %d", layer_zoom_min(set), layer_zoom_max(set));
}

bool tiles_stamp(struct tiles *t, const struct tiles_reader *r, const struct layer_set *set,
                 struct tile at, struct tiles_stamp *out, struct fail *f)
{
    struct tiles_stamp stamp = { { 0 }, "" };
    uint64_t hash = hash_tile(HASH_START, at);

    assert(set->count > 0);
    if (!in_range(set, at, f))
        return false;
    if (layer_needs_database(set) && !stamp_kept(t, r, set, &stamp, f))
        return false;
    for (int32_t i = 0; i < set->count; i++) {
        if (layer_in_memory(set->items[i])) {
            stamp.versions[i] = set->items[i]->source == LAYER_FROM_LIVE
                                    ? swarm_version(r->live, at)
                                    : cover_tiles_version(r->coverage);
            hash = hash_number(hash, (uint64_t)r->sight->org_id);
            hash = hash_number(hash, (uint64_t)r->sight->person_id);
        }
        hash = hash_number(hash, (uint64_t)(set->items[i] - LAYER_ROWS));
        hash = hash_number(hash, (uint64_t)scope_of(set->items[i], r));
        hash = hash_number(hash, stamp.versions[i]);
    }
    snprintf(stamp.tag, sizeof stamp.tag, "%016llx", (unsigned long long)hash);
    *out = stamp;
    return true;
}
