#include "engine/cadence.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct cadence {
    int32_t idle_s, patrol_s, dispatched_s;
    pthread_rwlock_t lock; /* the rest */
    int64_t *patrolling;   /* person ids, ascending */
    int32_t count;
};

struct cadence *cadence_new(const struct config *c)
{
    struct cadence *made = calloc(1, sizeof *made);

    if (!made)
        abort();
    made->idle_s = (int32_t)config_int(c, CONFIG_REPORT_IDLE_S);
    made->patrol_s = (int32_t)config_int(c, CONFIG_REPORT_PATROL_S);
    made->dispatched_s = (int32_t)config_int(c, CONFIG_REPORT_DISPATCHED_S);
    pthread_rwlock_init(&made->lock, NULL);
    return made;
}

void cadence_free(struct cadence *c)
{
    if (!c)
        return;
    pthread_rwlock_destroy(&c->lock);
    free(c->patrolling);
    free(c);
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

static bool is_patrolling(struct cadence *c, int64_t person_id)
{
    pthread_rwlock_rdlock(&c->lock);
    const bool found = c->count > 0 && bsearch(&person_id, c->patrolling, (size_t)c->count,
                                               sizeof person_id, compare_ids) != NULL;

    pthread_rwlock_unlock(&c->lock);
    return found;
}

int32_t cadence_idle_s(const struct cadence *c)
{
    return c->idle_s;
}

int32_t cadence_report_s(struct cadence *c, const struct live_person *person)
{
    if (person->bars & ABLE_BIT(ABLE_NO_CONSENT))
        return 0;
    if (person->taken_incident_id)
        return c->dispatched_s;
    if (!person->on_duty)
        return 0;
    return person->crew != ABLE_OWN || is_patrolling(c, person->person_id) ? c->patrol_s
                                                                           : c->idle_s;
}

void cadence_tick(void *self, struct db *db)
{
    struct cadence *c = self;
    struct arena *a = arena_new();
    const struct db_rows *rows;
    struct fail later;

    if (db_run(db, QUERIES_CADENCE_PATROLLING, NULL, 0, a, &rows, &later)) {
        const int32_t count = db_count(rows);
        int64_t *ids = malloc(((size_t)count + 1) * sizeof *ids);

        if (!ids)
            abort();
        for (int32_t i = 0; i < count; i++)
            ids[i] = db_get_int(rows, i, 0);
        pthread_rwlock_wrlock(&c->lock);
        int64_t *old = c->patrolling;

        c->patrolling = ids;
        c->count = count;
        pthread_rwlock_unlock(&c->lock);
        free(old);
    }
    arena_free(a);
}
