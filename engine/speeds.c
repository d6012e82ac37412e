#include "engine/speeds.h"

#include <stdio.h>
#include <string.h>

static bool take_speed(const struct db_rows *rows, int32_t row, struct network_speeds *speeds,
                       struct fail *f)
{
    const int64_t street = db_get_int(rows, row, 0);
    const char *word = db_get_text(rows, row, 1);

    if (street < 0 || street >= STREET_CLASS_COUNT)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND,
                        "vigil.speed has the class %lld, not 0 to %d", (long long)street,
                        STREET_CLASS_COUNT - 1);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (strcmp(word, network_mode_word(mode)) == 0 && !db_is_null(rows, row, 2))
            speeds->kmh[street][mode] = db_get_double(rows, row, 2);
    return true;
}

bool speeds_read(struct db *db, struct arena *a, struct network_speeds *out, struct fail *f)
{
    struct network_speeds speeds = { 0 };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SPEED_LIST, NULL, 0, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND,
                        "vigil.speed has no speeds: nobody could move");
    for (int32_t row = 0; row < db_count(rows); row++)
        if (!take_speed(rows, row, &speeds, f))
            return false;
    *out = speeds;
    return true;
}

/* Whether a mode goes on a class of street is decided by the streets' tags and stays. */
static bool check_same(const struct network_speeds *now, const struct network_speeds *wanted,
                       struct fail *f)
{
    for (enum street_class street = 0; street < STREET_CLASS_COUNT; street++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            const bool goes = now->kmh[street][mode] > 0;
            char number[32];

            if (goes == (wanted->kmh[street][mode] > 0))
                continue;
            snprintf(number, sizeof number, "%.10g", wanted->kmh[street][mode]);
            fail_set(f, FAIL_INPUT, SPEED_NOT_ALLOWED,
                     goes ? "%s on %s goes at some speed: it cannot be kept out by none"
                          : "%s on %s does not go there: no speed lets it in",
                     network_mode_word(mode), network_class_word(street));
            fail_allowed(f, goes ? "a number" : "null");
            fail_at(f, "/speeds");
            return fail_value(f, goes ? "null" : number);
        }
    return true;
}

bool speeds_set(struct db *db, const struct network_speeds *speeds, struct arena *a,
                int32_t *changed, struct fail *f)
{
    int64_t classes[STREET_CLASS_COUNT * MODE_COUNT], modes[STREET_CLASS_COUNT * MODE_COUNT];
    double kmh[STREET_CLASS_COUNT * MODE_COUNT];
    struct network_speeds now;
    size_t count = 0;

    if (!speeds_read(db, a, &now, f) || !check_same(&now, speeds, f))
        return false;
    for (enum street_class street = 0; street < STREET_CLASS_COUNT; street++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            if (!(speeds->kmh[street][mode] > 0))
                continue;
            classes[count] = street;
            modes[count] = mode;
            kmh[count++] = speeds->kmh[street][mode];
        }
    const struct db_value values[] = { db_ints(classes, count), db_ints(modes, count),
                                       db_doubles(kmh, count) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_SPEED_SET, values, 3, a, &rows, f))
        return false;
    *changed = (int32_t)db_changed(rows);
    return true;
}
