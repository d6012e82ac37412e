/* Ids in blocks. The mutex is held while the database is asked, so that threads
 * that arrive at an empty block together reserve one new block and not many. */
#include "engine/ids.h"

#include <pthread.h>
#include <stdlib.h>

struct ids {
    pthread_mutex_t lock; /* guards next and left */
    int64_t next;
    int32_t left;
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

static bool reserve(struct ids *ids, struct db *db, struct fail *f)
{
    struct arena *a = arena_new();
    const struct db_rows *rows;
    const bool ok = db_run(db, QUERIES_ID_BLOCK, NULL, 0, a, &rows, f);

    if (ok) {
        ids->next = db_get_int(rows, 0, 0);
        ids->left = IDS_BLOCK;
    }
    arena_free(a);
    return ok;
}

bool ids_take(struct ids *ids, struct db *db, int64_t *id, struct fail *f)
{
    pthread_mutex_lock(&ids->lock);
    const bool ok = ids->left > 0 || reserve(ids, db, f);

    if (ok) {
        *id = ids->next++;
        ids->left--;
    }
    pthread_mutex_unlock(&ids->lock);
    return ok;
}

bool ids_stocked(struct ids *ids)
{
    pthread_mutex_lock(&ids->lock);
    const bool stocked = ids->left > 0;

    pthread_mutex_unlock(&ids->lock);
    return stocked;
}
