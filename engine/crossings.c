#include "engine/crossings.h"

#include <assert.h>
#include <stdlib.h>

enum { COLUMNS = 5 };

struct crossings {
    int32_t first;
    int32_t count;
    struct crossing ring[CROSSINGS_MAX];
};

struct crossings *crossings_new(void)
{
    struct crossings *c = calloc(1, sizeof *c);

    if (!c)
        abort();
    return c;
}

void crossings_free(struct crossings *c)
{
    free(c);
}

bool crossings_add(struct crossings *c, const struct crossing *one)
{
    if (c->count == CROSSINGS_MAX)
        return false;
    c->ring[(c->first + c->count++) % CROSSINGS_MAX] = *one;
    return true;
}

int32_t crossings_count(const struct crossings *c)
{
    return c->count;
}

const struct crossing *crossings_at(const struct crossings *c, int32_t i)
{
    assert(i < c->count);
    return &c->ring[(c->first + i) % CROSSINGS_MAX];
}

static bool is_among(const struct crossing *one, const struct crossing *others, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (others[i].person_id == one->person_id && others[i].fence_id == one->fence_id)
            return true;
    return false;
}

int32_t crossings_head(const struct crossings *c, struct crossing out[CROSSINGS_BATCH_MAX])
{
    int32_t count = 0;

    while (count < CROSSINGS_BATCH_MAX && count < c->count &&
           !is_among(crossings_at(c, count), out, count)) {
        out[count] = *crossings_at(c, count);
        count++;
    }
    return count;
}

void crossings_drop(struct crossings *c, int32_t count)
{
    assert(count <= c->count);
    c->first = (c->first + count) % CROSSINGS_MAX;
    c->count -= count;
}

bool crossings_write(struct db *db, const struct crossing *head, int32_t count, struct arena *a,
                     int64_t *told, struct fail *f)
{
    int64_t columns[COLUMNS][CROSSINGS_BATCH_MAX];
    struct db_value values[COLUMNS];
    const struct db_rows *rows;

    for (int32_t i = 0; i < count; i++) {
        columns[0][i] = head[i].fence_id;
        columns[1][i] = head[i].person_id;
        columns[2][i] = head[i].enter_us;
        columns[3][i] = head[i].leave_us;
        columns[4][i] = head[i].dwell_us;
    }
    for (int i = 0; i < COLUMNS; i++)
        values[i] = db_ints(columns[i], (size_t)count);
    if (!db_run(db, QUERIES_FENCE_CROSS, values, COLUMNS, a, &rows, f))
        return false;
    *told = db_get_int(rows, 0, 0);
    return true;
}
