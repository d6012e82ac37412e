/* vigil city [--stations N] [--lookouts N] [--grid-side METRES] [--grid-kind KIND] [--seed N]
 * vigil city --size small|demo|full [--people N] [--on-duty N] [--grid-side METRES] … */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/personal.h"
#include "engine/pretend.h"
#include "engine/pretend_people.h"
#include "engine/pretend_roster.h"
#include "engine/pretend_tree.h"
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

/* What was asked for; `size` NULL: places alone, of no organisation but the city. */
struct city_wish {
    struct pretend_wish places;
    const struct pretend_tree_size *size;
    int32_t people, on_duty;
};

static bool read_size(const char *word, const char *people, const char *on_duty,
                      struct city_wish *wish, struct fail *f)
{
    int64_t people_count, on_duty_count;

    wish->size = word ? pretend_tree_size(word) : NULL;
    if (word && !wish->size) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "--size must be small, demo or full: %.40s",
                 word);
        fail_allowed(f, "small, demo, full");
        return fail_value(f, word);
    }
    if (!word && (people || on_duty))
        return fail_set(f, FAIL_INPUT, OPTION_UNKNOWN,
                        "--people and --on-duty go with --size; without it: vigil people");
    if (!word)
        return true;
    wish->people = wish->size->people;
    wish->on_duty = wish->size->on_duty;
    if (people) {
        if (!read_whole("people", people, 1, PRETEND_PEOPLE_MAX, &people_count, f))
            return false;
        wish->on_duty = (int32_t)(people_count * wish->size->on_duty / wish->size->people);
        wish->people = (int32_t)people_count;
    }
    if (on_duty) {
        if (!read_whole("on-duty", on_duty, 0, wish->people, &on_duty_count, f))
            return false;
        wish->on_duty = (int32_t)on_duty_count;
    }
    return true;
}

static bool read_wish(int argc, char **argv, struct city_wish *wish, struct fail *f)
{
    const char *stations = "40";
    const char *lookouts = "120";
    const char *side = "1000";
    const char *kind = "square";
    const char *seed = "1";
    const char *size = NULL;
    const char *people = NULL;
    const char *on_duty = NULL;
    const struct command_option options[] = {
        { .name = "stations", .value = &stations }, { .name = "lookouts", .value = &lookouts },
        { .name = "grid-side", .value = &side },    { .name = "grid-kind", .value = &kind },
        { .name = "seed", .value = &seed },         { .name = "size", .value = &size },
        { .name = "people", .value = &people },     { .name = "on-duty", .value = &on_duty },
    };
    struct command_line line;
    int64_t station_count, lookout_count, side_m, seed_number;

    if (!command_read(argc, argv, options, sizeof options / sizeof *options, 0, &line, f) ||
        !read_whole("stations", stations, 0, PRETEND_COUNT_MAX, &station_count, f) ||
        !read_whole("lookouts", lookouts, 0, PRETEND_COUNT_MAX, &lookout_count, f) ||
        !read_whole("grid-side", side, 0, GRID_SIDE_MAX_M, &side_m, f) ||
        !read_whole("seed", seed, 0, INT64_MAX, &seed_number, f) ||
        !read_kind(kind, &wish->places.grid_kind, f) || !read_size(size, people, on_duty, wish, f))
        return false;
    wish->places.station_count = wish->size ? 0 : (int32_t)station_count;
    wish->places.lookout_count = wish->size ? 0 : (int32_t)lookout_count;
    wish->places.grid_side_m = (double)side_m;
    wish->places.seed = (uint64_t)seed_number;
    return true;
}

/* ------------------------------------------------------------------ a whole city */

static int64_t township_at(const void *self, struct point at)
{
    return pretend_tree_find(self, at)->org_id;
}

static void show_progress(void *self, int32_t done, int32_t of)
{
    (void)self;
    if (done * 100 / of != (done - 1) * 100 / of)
        fprintf(stderr, "[%3d%%] %s\n", done * 100 / of, command_say("people", "人员"));
}

/* A city of another size or seed would have its people over again. */
static bool is_same_city(struct db *db, const char *what, struct arena *a, bool *is_there,
                         struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PRETEND_CITY, NULL, 0, a, &rows, f))
        return false;
    *is_there = db_count(rows) > 0;
    if (!*is_there || strcmp(db_get_text(rows, 0, 0), what) == 0)
        return true;
    return fail_set(f, FAIL_CONFLICT, ALREADY_EXISTS,
                    "another made-up city is here already: \"%s\", not \"%s\"",
                    db_get_text(rows, 0, 0), what);
}

static bool make_tree(struct db *db, struct ids *ids, const struct city_wish *wish, struct arena *a,
                      struct pretend_tree *tree, struct fail *f)
{
    const char *what =
        arena_text(a, "city %s, seed %llu, %d people, %d on duty", wish->size->word,
                   (unsigned long long)wish->places.seed, wish->people, wish->on_duty);
    const struct db_value note = db_text(what);
    bool is_there;

    if (!db_begin(db, f))
        return false;
    if (is_same_city(db, what, a, &is_there, f) &&
        pretend_tree_make(db, ids, wish->size, a, tree, f) &&
        (is_there || db_run(db, QUERIES_PRETEND_NOTE, &note, 1, a, NULL, f)) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

/* The server's settings: where its keys are, which time it is there. */
static struct config *read_settings(struct fail *f)
{
    char program[] = "vigil";
    char *arguments[] = { program, NULL };
    int count = 1;
    struct config *config = config_new();

    if (config_load(config, &count, arguments, f))
        return config;
    config_free(config);
    return NULL;
}

static bool make_people(const struct city_wish *wish, const struct pretend_tree *tree,
                        const struct config *settings, struct ids *ids, int32_t *made,
                        struct fail *f)
{
    struct personal *keys = personal_open(config_text(settings, CONFIG_PERSONAL_KEY_FILE), f);
    const struct pretend_people_wish people = {
        .database = command_database_address(),
        .personal = keys,
        .tree = tree,
        .people = wish->people,
        .on_duty = wish->on_duty,
        .seed = wish->places.seed,
        .progress = show_progress,
    };
    const bool is_good = keys && pretend_people_make(&people, ids, made, f);

    personal_close(keys);
    return is_good;
}

static bool make_city(struct db *db, struct ids *ids, struct city_wish *wish, struct arena *a,
                      struct fail *f)
{
    struct pretend_tree *tree = arena_take(a, 1, sizeof *tree);
    struct pretend_report report;
    struct config *settings = read_settings(f);
    int32_t made = 0;

    wish->places.org_at = township_at;
    wish->places.self = tree;
    const bool is_good =
        settings && db_limit(db, 0, f) && make_tree(db, ids, wish, a, tree, f) &&
        pretend_city(db, ids, &wish->places, &report, f) &&
        make_people(wish, tree, settings, ids, &made, f) &&
        pretend_roster_make(db, ids, tree, config_text(settings, CONFIG_CITY_TIME_ZONE), a, f);

    config_free(settings);
    if (is_good)
        printf(command_say("%d organisations, %d stations, %d lookout points; %d people added\n",
                           "%d 个组织、%d 个服务站、%d 个瞭望点；新增 %d 人\n"),
               tree->org_count, tree->station_count, tree->lookout_count, made);
    return is_good;
}

static bool make_places(struct db *db, struct ids *ids, const struct city_wish *wish,
                        struct fail *f)
{
    struct pretend_report report;

    if (!pretend_city(db, ids, &wish->places, &report, f))
        return false;
    printf(command_say("added %d stations, %d lookout points, %d grids\n",
                       "已添加 %d 个服务站、%d 个瞭望点、%d 个网格\n"),
           report.station_count, report.lookout_count, report.grid_count);
    return true;
}

int city_command(int argc, char **argv)
{
    struct city_wish wish = { 0 };
    struct fail f = { 0 };

    if (!read_wish(argc, argv, &wish, &f))
        return command_fail(&f);

    struct db *db = command_city(&f);

    if (!db)
        return command_fail(&f);

    struct ids *ids = ids_new();
    struct arena *a = arena_new();
    const bool is_good =
        wish.size ? make_city(db, ids, &wish, a, &f) : make_places(db, ids, &wish, &f);

    arena_free(a);
    ids_free(ids);
    db_close(db);
    return is_good ? COMMAND_DONE : command_fail(&f);
}
