#include "engine/landmarks.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/log.h"
#include "geo/road/snap.h"

/* Everything that is exchanged when something has changed. */
struct shown {
    struct arena *arena;
    int64_t counted; /* by the database, at each change */
    uint64_t world_version;
    int32_t count;
    struct landmarks_one *all; /* ascending by kind and id */
};

struct landmarks {
    struct world_slot *worlds;
    pthread_mutex_t following; /* whoever follows does it alone */
    pthread_rwlock_t lock;     /* guards the next */
    struct shown *shown;       /* NULL until the first time */
};

struct landmarks *landmarks_new(struct world_slot *worlds)
{
    struct landmarks *l = calloc(1, sizeof *l);

    if (!l)
        abort();
    l->worlds = worlds;
    pthread_mutex_init(&l->following, NULL);
    pthread_rwlock_init(&l->lock, NULL);
    return l;
}

void landmarks_free(struct landmarks *l)
{
    if (!l)
        return;
    if (l->shown)
        arena_free(l->shown->arena);
    pthread_rwlock_destroy(&l->lock);
    pthread_mutex_destroy(&l->following);
    free(l);
}

/* ------------------------------------------------------------------ following */

static void snap_one(const struct world *w, struct landmarks_one *one)
{
    struct snap snap;
    struct fail f;

    one->modes = 0;
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (snap_to(w->streets, mode, one->at, &snap, &f)) {
            one->spots[mode] = snap.spot;
            one->modes |= 1u << mode;
        }
}

static struct shown *take_rows(struct arena *a, const struct db_rows *rows, const struct world *w)
{
    struct shown *s = arena_take(a, 1, sizeof *s);

    s->arena = a;
    s->world_version = w ? w->version : 0;
    s->count = db_count(rows);
    s->all = arena_take(a, (size_t)s->count + 1, sizeof *s->all);
    for (int32_t i = 0; i < s->count; i++) {
        s->all[i] = (struct landmarks_one){ .kind = (enum landmarks_kind)db_get_int(rows, i, 0),
                                            .id = db_get_int(rows, i, 1),
                                            .org_id = db_get_int(rows, i, 2),
                                            .at = { db_get_double(rows, i, 3),
                                                    db_get_double(rows, i, 4) } };
        if (w)
            snap_one(w, &s->all[i]);
    }
    return s;
}

/* The count is read before the rows: what changes in between is read once more. */
static bool follow(struct landmarks *l, struct db *db, const struct world *w, struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows;
    struct shown *old = l->shown, *next = NULL;

    if (!db_run(db, QUERIES_LANDMARK_VERSION, NULL, 0, a, &rows, f)) {
        arena_free(a);
        return false;
    }
    const int64_t counted = db_get_int(rows, 0, 0);

    if (old && old->counted == counted && old->world_version == (w ? w->version : 0)) {
        arena_free(a);
        return true;
    }
    if (db_run(db, QUERIES_LANDMARK_LIST, NULL, 0, a, &rows, f))
        next = take_rows(a, rows, w);
    if (!next) {
        arena_free(a);
        return false;
    }
    next->counted = counted;
    pthread_rwlock_wrlock(&l->lock);
    l->shown = next;
    pthread_rwlock_unlock(&l->lock);
    if (old)
        arena_free(old->arena);
    return true;
}

bool landmarks_follow(struct landmarks *l, struct db *db, struct fail *f)
{
    pthread_mutex_lock(&l->following);
    const struct world *w = world_hold(l->worlds);
    const bool ok = follow(l, db, w, f);

    world_drop(w);
    pthread_mutex_unlock(&l->following);
    return ok;
}

void landmarks_tick(void *self, struct db *db)
{
    struct fail f;

    if (!landmarks_follow(self, db, &f) && f.kind != FAIL_BUSY)
        log_line(LOG_WARNING, "landmarks_failed", log_text("code", fail_word(f.code)),
                 log_text("reason", f.text));
}

/* ------------------------------------------------------------------ reading */

void landmarks_read(struct landmarks *l)
{
    pthread_rwlock_rdlock(&l->lock);
}

void landmarks_read_end(struct landmarks *l)
{
    pthread_rwlock_unlock(&l->lock);
}

static bool is_before(const struct landmarks_one *one, enum landmarks_kind kind, int64_t id)
{
    return one->kind != kind ? one->kind < kind : one->id < id;
}

const struct landmarks_one *landmarks_find(const struct landmarks *l, enum landmarks_kind kind,
                                           int64_t id)
{
    const struct shown *s = l->shown;
    int32_t low = 0, high = s ? s->count : 0;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (is_before(&s->all[middle], kind, id))
            low = middle + 1;
        else
            high = middle;
    }
    return s && low < s->count && s->all[low].kind == kind && s->all[low].id == id ? &s->all[low]
                                                                                   : NULL;
}

uint64_t landmarks_version(const struct landmarks *l)
{
    return l->shown ? l->shown->world_version : 0;
}
