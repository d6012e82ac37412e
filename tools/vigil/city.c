/* vigil city [--stations N] [--lookouts N] [--grid-side METRES] [--grid-kind KIND] [--seed N] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/pretend.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { DIGITS_MAX = 15 };

static bool read_whole(const char *name, const char *text, int64_t min, int64_t max, int64_t *out,
                       struct fail *f)
{
    const size_t length = strlen(text);
    const bool good = length > 0 && length <= DIGITS_MAX && strspn(text, "0123456789") == length;
    const int64_t number = good ? strtoll(text, NULL, 10) : 0;

    if (good && number >= min && number <= max) {
        *out = number;
        return true;
    }
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "--%s must be a whole number %lld to %lld: %.40s",
             name, (long long)min, (long long)max, text);
    fail_allowed(f, "%lld to %lld", (long long)min, (long long)max);
    return fail_value(f, text);
}

static bool read_kind(const char *text, enum grid_kind *out, struct fail *f)
{
    for (int32_t i = 0; i < GRID_KIND_COUNT; i++) {
        if (strcmp(text, grid_kind_word((enum grid_kind)i)) == 0) {
            *out = (enum grid_kind)i;
            return true;
        }
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "--grid-kind must be square or hexagon: %.40s",
             text);
    fail_allowed(f, "square, hexagon");
    return fail_value(f, text);
}

static bool read_wish(int argc, char **argv, struct pretend_wish *wish, struct fail *f)
{
    const char *stations = "40";
    const char *lookouts = "120";
    const char *side = "1000";
    const char *kind = "square";
    const char *seed = "1";
    const struct command_option options[] = {
        { .name = "stations", .value = &stations }, { .name = "lookouts", .value = &lookouts },
        { .name = "grid-side", .value = &side },    { .name = "grid-kind", .value = &kind },
        { .name = "seed", .value = &seed },
    };
    struct command_line line;
    int64_t station_count, lookout_count, side_m, seed_number;

    if (!command_read(argc, argv, options, sizeof options / sizeof *options, 0, &line, f) ||
        !read_whole("stations", stations, 0, PRETEND_COUNT_MAX, &station_count, f) ||
        !read_whole("lookouts", lookouts, 0, PRETEND_COUNT_MAX, &lookout_count, f) ||
        !read_whole("grid-side", side, 0, GRID_SIDE_MAX_M, &side_m, f) ||
        !read_whole("seed", seed, 0, INT64_MAX, &seed_number, f) ||
        !read_kind(kind, &wish->grid_kind, f))
        return false;
    wish->station_count = (int32_t)station_count;
    wish->lookout_count = (int32_t)lookout_count;
    wish->grid_side_m = (double)side_m;
    wish->seed = (uint64_t)seed_number;
    return true;
}

int city_command(int argc, char **argv)
{
    struct pretend_wish wish = { 0 };
    struct pretend_report report;
    struct fail f = { 0 };

    if (!read_wish(argc, argv, &wish, &f))
        return command_fail(&f);

    struct db *db = command_city(&f);

    if (!db)
        return command_fail(&f);

    struct ids *ids = ids_new();
    const bool good = pretend_city(db, ids, &wish, &report, &f);

    ids_free(ids);
    db_close(db);
    if (!good)
        return command_fail(&f);
    printf(command_say("added %d stations, %d lookout points, %d grids\n",
                       "已添加 %d 个服务站、%d 个瞭望点、%d 个网格\n"),
           report.station_count, report.lookout_count, report.grid_count);
    return COMMAND_DONE;
}
