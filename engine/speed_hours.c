#include "engine/speed_hours.h"

#include <string.h>

#include "engine/pgwire.h"

static enum mode mode_of(const char *word)
{
    enum mode mode = 0;

    while (mode < MODE_COUNT - 1 && strcmp(network_mode_word(mode), word) != 0)
        mode++;
    return mode;
}

bool speed_hours_list(struct db *db, struct arena *a, const struct speed_hours **out,
                      int32_t *count, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SPEED_HOUR_LIST, NULL, 0, a, &rows, f))
        return false;
    struct speed_hours *list = arena_take(a, (size_t)db_count(rows) + 1, sizeof *list);

    for (int32_t i = 0; i < db_count(rows); i++) {
        int32_t hours;
        const void *factors = db_get_ints(rows, i, 2, &hours);

        list[i].street_class = (enum street_class)db_get_int(rows, i, 0);
        list[i].mode = mode_of(db_get_text(rows, i, 1));
        for (int32_t hour = 0; hour < hours && hour < SPEED_HOURS; hour++)
            list[i].factors[hour] = pgwire_item(factors, hour);
    }
    *out = list;
    *count = db_count(rows);
    return true;
}

bool speed_hours_put(struct db *db, const struct speed_hours *one, struct fail *f)
{
    const struct db_value values[] = { db_int(one->street_class),
                                       db_text(network_mode_word(one->mode)),
                                       db_ints(one->factors, SPEED_HOURS) };

    return db_run(db, QUERIES_SPEED_HOUR_PUT, values, 3, NULL, NULL, f);
}
