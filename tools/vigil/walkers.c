#include "tools/vigil/walkers.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/db.h"

static enum mode mode_of(const char *word)
{
    int mode = 0;

    while (mode < MODE_COUNT - 1 && strcmp(word, network_mode_word((enum mode)mode)) != 0)
        mode++;
    return (enum mode)mode;
}

static bool start(struct walkers *w, const struct db_rows *rows, struct chance *chance,
                  struct arena *a, struct fail *f)
{
    const int32_t found = db_count(rows);
    const int64_t now = clock_steady_us();

    w->count = 0;
    w->all = arena_take(a, (size_t)found + 1, sizeof *w->all);
    for (int32_t i = 0; i < found; i++) {
        struct walkers_one *one = &w->all[w->count];
        const struct chance hers = { chance_roll(chance) };

        one->person_id = db_get_int(rows, i, 0);
        w->count += stroll_start(&one->stroll, &w->streets.network,
                                 mode_of(db_get_text(rows, i, 1)), hers, now);
    }
    return w->count > 0 || fail_set(f, FAIL_MISSING, NO_PEOPLE,
                                    "nobody is on duty: make people first with vigil people");
}

bool walkers_load(struct walkers *w, struct db *db, const char *cache_dir, int64_t most,
                  struct chance *chance, struct arena *a, struct fail *f)
{
    const struct db_value limit = db_int(most);
    const struct db_rows *rows;

    return streets_load(db, cache_dir, a, &w->streets, f) &&
           db_run(db, QUERIES_PEOPLE_ON_DUTY, &limit, 1, a, &rows, f) &&
           start(w, rows, chance, a, f);
}

/* Some metres off, more between houses than elsewhere. */
struct walkers_fix walkers_measure(struct walkers *w, int32_t index, int64_t steady_us)
{
    static const double DEGREE_M = 111320.0;
    struct stroll *stroll = &w->all[index].stroll;

    stroll_on(stroll, &w->streets.network, steady_us);
    struct walkers_fix fix = { .at = stroll_place(stroll, &w->streets.network),
                               .accuracy_m = 3 + 12 * chance_part(&stroll->chance),
                               .speed_mps = stroll_speed_mps(stroll, &w->streets.network) };

    fix.at.lon += chance_normal(&stroll->chance) * fix.accuracy_m / 2 / (DEGREE_M * 0.7);
    fix.at.lat += chance_normal(&stroll->chance) * fix.accuracy_m / 2 / DEGREE_M;
    return fix;
}
