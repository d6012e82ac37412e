/* Ids in blocks. The mutex is held while the database is asked, so that threads
 * that arrive at an empty block together reserve one new block and not many. */
#include "engine/ids.h"

#include <pthread.h>
#include <stdlib.h>

struct ids {
    pthread_mutex_t lock; /* guards the rest */
    int64_t next;
    int32_t left;
    int64_t spare[IDS_SPARE_MAX]; /* first ids of further blocks */
    int32_t spare_count;
};

struct ids *ids_new(void)
{
    struct ids *ids = calloc(1, sizeof *ids);

    if (!ids)
        abort(); /* as everywhere: out of memory ends the process */
    pthread_mutex_init(&ids->lock, NULL);
    return ids;
}

void ids_free(struct ids *ids)
{
    if (!ids)
        return;
    pthread_mutex_destroy(&ids->lock);
    free(ids);
}

static bool reserve(struct db *db, int64_t *first, struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows;
    const bool ok = db_run(db, QUERIES_ID_BLOCK, NULL, 0, a, &rows, f);

    if (ok)
        *first = db_get_int(rows, 0, 0);
    arena_free(a);
    return ok;
}

/* Under the lock. */
static bool take_known(struct ids *ids, int64_t *id)
{
    if (ids->left == 0 && ids->spare_count > 0) {
        ids->next = ids->spare[--ids->spare_count];
        ids->left = IDS_BLOCK;
    }
    if (ids->left == 0)
        return false;
    *id = ids->next++;
    ids->left--;
    return true;
}

bool ids_take(struct ids *ids, struct db *db, int64_t *id, struct fail *f)
{
    pthread_mutex_lock(&ids->lock);
    bool ok = take_known(ids, id);

    if (!ok && reserve(db, &ids->next, f)) {
        ids->left = IDS_BLOCK;
        ok = take_known(ids, id);
    }
    pthread_mutex_unlock(&ids->lock);
    return ok;
}

bool ids_take_spare(struct ids *ids, int64_t *id)
{
    pthread_mutex_lock(&ids->lock);
    const bool ok = take_known(ids, id);

    pthread_mutex_unlock(&ids->lock);
    return ok;
}

static bool is_full(struct ids *ids)
{
    pthread_mutex_lock(&ids->lock);
    const bool full = ids->spare_count == IDS_SPARE_MAX;

    pthread_mutex_unlock(&ids->lock);
    return full;
}

/* Nobody waits for this with the lock held. A block for which there is no room any more
 * is not used. */
bool ids_top_up(struct ids *ids, struct db *db, struct fail *f)
{
    int64_t first;

    while (!is_full(ids)) {
        if (!reserve(db, &first, f))
            return false;
        pthread_mutex_lock(&ids->lock);
        if (ids->spare_count < IDS_SPARE_MAX)
            ids->spare[ids->spare_count++] = first;
        pthread_mutex_unlock(&ids->lock);
    }
    return true;
}

bool ids_stocked(struct ids *ids)
{
    pthread_mutex_lock(&ids->lock);
    const bool stocked = ids->left > 0 || ids->spare_count > 0;

    pthread_mutex_unlock(&ids->lock);
    return stocked;
}
