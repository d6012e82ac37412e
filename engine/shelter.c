#include "engine/shelter.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/incident_types.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/reach.h"
#include "engine/spool.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"

enum { AGAIN_MS = 250, PATH_MAX_BYTES = 1100, FIXES_SHARE = 8 };

struct shelter {
    const char *folder;
    int64_t size_max;   /* bytes of the file */
    struct drain_by by; /* tells the other nodes */
    struct ids *ids;
    unsigned char city[SPOOL_RECORD_ID];
    struct db *db;
    struct arena *arena; /* of one record */
    struct idempotency_memory *memory;
    int32_t spool_count; /* the first is where this process adds */
    struct spool *spools[SHELTER_FILES_MAX];
    pthread_t thread;
    bool has_thread;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t woken;
    bool is_stopping;
    bool is_keeping; /* and it was said */
    int32_t type_count;
    char types[SHELTER_TYPES_MAX][INCIDENT_TYPES_WORD_MAX + 1];
};

/* ---- keeping */

bool shelter_is_for(const struct fail *f)
{
    return f->code == CODE_DATABASE_AWAY || f->code == CODE_DISK_FULL;
}

static void show(struct shelter *s)
{
    int64_t size = 0;

    for (int32_t i = 0; i < s->spool_count; i++)
        size += spool_size(s->spools[i]) - SPOOL_RECORD_FILE_HEAD;
    metrics_set(METRIC_SPOOL_RECORDS, shelter_waiting(s));
    metrics_set(METRIC_SPOOL_BYTES, size);
}

/* Said once when it begins; the end is said by whoever brings in the last one. */
static void begin_keeping(struct shelter *s)
{
    pthread_mutex_lock(&s->lock);
    const bool is_news = !s->is_keeping;

    s->is_keeping = true;
    pthread_cond_signal(&s->woken);
    pthread_mutex_unlock(&s->lock);
    if (is_news)
        log_line(LOG_WARNING, "spool_keeping", log_int("size_max", s->size_max));
}

static bool keep(struct shelter *s, enum parcel_kind kind, const struct buf *bytes,
                 int64_t size_most, struct fail *f)
{
    if (!spool_add(s->spools[0], kind, bytes->bytes, bytes->size, size_most, f))
        return false;
    begin_keeping(s);
    show(s);
    return true;
}

bool shelter_keep_fixes(struct shelter *s, const struct live_fix *fixes, int32_t count,
                        bool maybe_written, struct fail *f)
{
    const struct parcel_fixes parcel = { fixes, count, maybe_written };
    const int64_t most = s->size_max - s->size_max / FIXES_SHARE;
    struct buf bytes = { 0 };

    parcel_put_fixes(&bytes, &parcel);
    const bool kept = keep(s, PARCEL_FIXES, &bytes, most, f);

    buf_free(&bytes);
    if (kept)
        metrics_count(METRIC_SPOOL_POSITIONS, count);
    return kept;
}

static bool keep_fixes(void *self, const struct live_fix *fixes, int32_t count, bool maybe_written,
                       struct fail *f)
{
    return shelter_keep_fixes(self, fixes, count, maybe_written, f);
}

struct positions_refuge shelter_refuge(struct shelter *s)
{
    return (struct positions_refuge){ .self = s, .keep = keep_fixes };
}

bool shelter_keep_incident(struct shelter *s, const struct parcel_incident *incident,
                           struct fail *f)
{
    struct buf bytes = { 0 };

    parcel_put_incident(&bytes, incident);
    const bool kept = keep(s, PARCEL_INCIDENT, &bytes, s->size_max, f);

    buf_free(&bytes);
    if (kept)
        metrics_count(METRIC_SPOOL_INCIDENTS, 1);
    return kept;
}

struct idempotency_memory *shelter_memory(struct shelter *s)
{
    return s->memory;
}

int64_t shelter_waiting(struct shelter *s)
{
    int64_t waiting = 0;

    for (int32_t i = 0; i < s->spool_count; i++)
        waiting += spool_waiting(s->spools[i]);
    return waiting;
}

/* ---- what is asked for without the database */

static bool follow(struct shelter *s, struct db *db, struct fail *f)
{
    struct arena *a = arena_new();
    struct incident_types_type *types;
    int32_t count;
    const bool good = incident_types_list(db, a, &types, &count, f);

    if (good) {
        pthread_mutex_lock(&s->lock);
        s->type_count = count < SHELTER_TYPES_MAX ? count : SHELTER_TYPES_MAX;
        for (int32_t i = 0; i < s->type_count; i++)
            snprintf(s->types[i], sizeof s->types[i], "%s", types[i].type);
        pthread_mutex_unlock(&s->lock);
    }
    arena_free(a);
    return good && ids_top_up(s->ids, db, f);
}

/* What goes wrong here goes wrong at the engine's own look, too, which says it. */
void shelter_tick(void *shelter, struct db *db)
{
    struct fail unsaid;

    (void)follow(shelter, db, &unsaid);
}

bool shelter_knows_type(struct shelter *s, const char *type)
{
    bool found = false;

    pthread_mutex_lock(&s->lock);
    for (int32_t i = 0; i < s->type_count && !found; i++)
        found = strcmp(s->types[i], type) == 0;
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* ---- bringing in */

static bool bring_in(struct shelter *s, struct spool *spool, int64_t *count, struct fail *f)
{
    struct spool_record record;
    bool refused = false;
    bool good = true;

    while (good && spool_first(spool, s->arena, &record)) {
        good = drain_record(s->db, spool_id(spool), &record, s->by, s->arena, &refused, f);
        if (good) {
            spool_forget(spool, record.number);
            metrics_count(refused ? METRIC_SPOOL_REFUSED : METRIC_SPOOL_BROUGHT, 1);
            ++*count;
        }
        arena_reset(s->arena);
    }
    return good;
}

static bool bring_all_in(struct shelter *s, struct fail *f)
{
    const int64_t began = clock_steady_us();
    int64_t count = 0;
    bool good = true;

    for (int32_t i = 0; i < s->spool_count && good; i++)
        good = bring_in(s, s->spools[i], &count, f);
    show(s);
    if (!good || shelter_waiting(s) > 0)
        return good;
    pthread_mutex_lock(&s->lock);
    s->is_keeping = false;
    pthread_mutex_unlock(&s->lock);
    if (count > 0)
        log_line(LOG_INFO, "spool_empty", log_int("records", count),
                 log_int("took_ms", (clock_steady_us() - began) / 1000));
    return true;
}

/* Under the lock: until somebody keeps something, or a little. */
static void rest(struct shelter *s)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += AGAIN_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&s->woken, &s->lock, &until);
}

static void *bring_on(void *self)
{
    struct shelter *s = self;

    pthread_mutex_lock(&s->lock);
    while (!s->is_stopping) {
        struct fail why = { 0 };

        rest(s);
        pthread_mutex_unlock(&s->lock);
        if (shelter_waiting(s) > 0 && !reach_is_away() && !bring_all_in(s, &why) &&
            !shelter_is_for(&why))
            log_line(LOG_WARNING, "spool_waits", log_text("code", fail_word(why.code)),
                     log_text("detail", why.text));
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- opening */

static bool make_folder(const char *folder, struct fail *f)
{
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return true;
    fail_set(f, FAIL_BROKEN, SPOOL_UNUSABLE, "the folder %.200s cannot be made: %s", folder,
             strerrordesc_np(errno));
    return fail_value(f, folder);
}

/* One file. A file of another process or another database is passed over; one that is
 * damaged at its head is left to somebody who can look at it. */
static bool open_file(struct shelter *s, int32_t number, struct fail *f)
{
    char path[PATH_MAX_BYTES];
    struct spool *spool;
    int64_t gone;

    snprintf(path, sizeof path, "%s/spool-%d", s->folder, number);
    if (s->spool_count > 0) {
        struct stat there;

        if (stat(path, &there) != 0)
            return true; /* only what was left behind is wanted */
    }
    spool = spool_open(path, s->city, s->size_max, f);
    if (!spool) {
        if (f->code == CODE_SPOOL_UNUSABLE)
            return false;
        if (f->code != CODE_SPOOL_TAKEN)
            log_line(LOG_ERROR, "spool_passed_over", log_text("code", fail_word(f->code)),
                     log_text("detail", f->text));
        return true;
    }
    s->spools[s->spool_count++] = spool;
    if (spool_damaged(spool) > 0)
        log_line(LOG_ERROR, "spool_damaged", log_text("path", path),
                 log_int("bytes", spool_damaged(spool)));
    if (!drain_number(s->db, spool_id(spool), &gone, f))
        return false;
    spool_forget(spool, gone);
    return true;
}

static bool open_files(struct shelter *s, struct fail *f)
{
    if (!make_folder(s->folder, f))
        return false;
    for (int32_t i = 1; i <= SHELTER_FILES_MAX; i++)
        if (!open_file(s, i, f))
            return false;
    if (s->spool_count > 0)
        return true;
    fail_set(f, FAIL_BROKEN, SPOOL_UNUSABLE, "all %d spools in %.200s belong to others",
             SHELTER_FILES_MAX, s->folder);
    return fail_value(f, s->folder);
}

static bool start(struct shelter *s, const char *database, struct fail *f)
{
    struct fail later = { 0 };

    s->db = db_open(database, f);
    if (!s->db || !db_become(s->db, DB_ENGINE, f) || !drain_city(s->db, s->city, f) ||
        !open_files(s, f) || !follow(s, s->db, f))
        return false;
    if (!bring_all_in(s, &later))
        log_line(LOG_WARNING, "spool_waits", log_text("code", fail_word(later.code)),
                 log_text("detail", later.text));
    s->is_keeping = shelter_waiting(s) > 0;
    s->has_thread = pthread_create(&s->thread, NULL, bring_on, s) == 0;
    return s->has_thread ||
           fail_set(f, FAIL_BROKEN, THREAD_REFUSED, "the system gives no thread for the spool");
}

bool shelter_open(const struct config *c, int64_t node_id, struct ids *ids, struct shelter **out,
                  struct fail *f)
{
    struct shelter *s;

    *out = NULL;
    if (!config_text(c, CONFIG_SPOOL_DIR)[0])
        return true;
    s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->folder = config_text(c, CONFIG_SPOOL_DIR);
    s->size_max = config_int(c, CONFIG_SPOOL_MAX_MB) << 20;
    s->by = (struct drain_by){ .node_id = node_id, .writer = POSITIONS_WRITER_MAX };
    s->ids = ids;
    s->arena = arena_new();
    s->memory = idempotency_memory_new();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->woken, NULL);
    if (start(s, config_text(c, CONFIG_DATABASE), f)) {
        *out = s;
        return true;
    }
    shelter_close(s);
    return false;
}

void shelter_close(struct shelter *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->is_stopping = true;
    pthread_cond_signal(&s->woken);
    pthread_mutex_unlock(&s->lock);
    if (s->has_thread)
        pthread_join(s->thread, NULL);
    for (int32_t i = 0; i < s->spool_count; i++)
        spool_close(s->spools[i]);
    pthread_cond_destroy(&s->woken);
    pthread_mutex_destroy(&s->lock);
    idempotency_memory_free(s->memory);
    db_close(s->db);
    arena_free(s->arena);
    free(s);
}
