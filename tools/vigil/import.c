/* vigil import FILE [--name CITY] [--attribution TEXT] */
#include "engine/import.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/clock.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { BAR_WIDTH = 24, NAME_MAX_BYTES = 200, US_PER_MS = 1000 };

static const char OPENSTREETMAP[] = "© OpenStreetMap contributors";

/* What a step is called, and the share of the whole that is done when it begins,
 * in percent: measured with a city of 50,000 ways. */
static const struct {
    const char *english, *chinese;
    int done;
} STEPS[IMPORT_STEP_COUNT] = {
    [IMPORT_LOOK] = { "looking at the file", "检查文件", 0 },
    [IMPORT_SORT] = { "sorting it", "排序", 4 },
    [IMPORT_READ] = { "reading it into PostGIS", "读入 PostGIS", 8 },
    [IMPORT_STREETS] = { "cutting streets into segments", "切分道路路段", 30 },
    [IMPORT_MERGE] = { "merging with the streets that were there", "与已有道路合并", 55 },
    [IMPORT_MAP] = { "replacing the base map", "更新底图", 75 },
    [IMPORT_NAMES] = { "collecting names", "整理地名", 85 },
    [IMPORT_FINISH] = { "tidying up", "清理", 95 },
};

/* Written by the signal handler. */
static volatile sig_atomic_t interrupted;
static struct db *volatile connection;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
    if (connection)
        db_interrupt(connection);
}

struct progress {
    bool terminal;
    int64_t started_us;
    int64_t step_us;
    enum import_step step; /* IMPORT_STEP_COUNT before the first */
};

static double seconds_since(int64_t us)
{
    return (double)(clock_steady_us() - us) / US_PER_MS / 1000;
}

static const char *step_name(enum import_step step)
{
    return command_say(STEPS[step].english, STEPS[step].chinese);
}

/* Off a terminal each step is one line when it is done. */
static void end_step(struct progress *p)
{
    if (p->step == IMPORT_STEP_COUNT)
        return;
    if (p->terminal)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "[%3d%%] %s (%.1f s)\n", STEPS[p->step].done, step_name(p->step),
                seconds_since(p->step_us));
}

static void draw(const struct progress *p)
{
    const int filled = STEPS[p->step].done * BAR_WIDTH / 100;
    char bar[BAR_WIDTH + 1];

    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)filled);
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r\033[K[%s] %3d%% %s (%.0f s)", bar, STEPS[p->step].done, step_name(p->step),
            seconds_since(p->started_us));
}

static void begins(void *self, enum import_step step)
{
    struct progress *p = self;

    end_step(p);
    p->step = step;
    p->step_us = clock_steady_us();
    if (p->terminal)
        draw(p);
}

static bool go_on(void *self)
{
    struct progress *p = self;

    if (p->terminal && p->step != IMPORT_STEP_COUNT)
        draw(p);
    return !interrupted;
}

/* The file's name without its folder and endings: "porto" of "…/porto.osm.pbf". */
static void name_of_file(const char *path, char name[NAME_MAX_BYTES])
{
    const char *slash = strrchr(path, '/');

    snprintf(name, NAME_MAX_BYTES, "%s", slash ? slash + 1 : path);
    char *dot = strchr(name + 1, '.');

    if (name[0] && dot)
        *dot = '\0';
}

static void watch_signals(void)
{
    struct sigaction action = { .sa_handler = interrupt };

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static bool import_file(const struct import_wish *wish, struct import_result *result,
                        struct fail *f)
{
    struct progress p = { .terminal = isatty(STDERR_FILENO) == 1,
                          .started_us = clock_steady_us(),
                          .step = IMPORT_STEP_COUNT };
    const struct import_watch watch = { .begins = begins, .go_on = go_on, .self = &p };
    struct db *db = command_database(f);
    bool good;

    if (!db)
        return false;
    connection = db;
    watch_signals();
    good = import_run(db, wish, &watch, result, f);
    connection = NULL;
    db_close(db);
    if (good || p.terminal)
        end_step(&p);
    if (good)
        fprintf(stderr,
                command_say(
                    "%s is in service after %.1f s: %d streets; segments: %lld kept, %lld "
                    "new, %lld gone\n",
                    "%s 已启用，用时 %.1f 秒：%d 条道路；路段：保留 %lld，新增 %lld，停用 %lld\n"),
                wish->city_name, seconds_since(p.started_us), result->street_count,
                (long long)result->kept_count, (long long)result->added_count,
                (long long)result->retired_count);
    if (good && result->repaired_count + result->dropped_count > 0)
        fprintf(stderr,
                command_say("of the base map %lld shapes that were not valid are repaired, %lld "
                            "more had no area left and are not there\n",
                            "底图中 %lld 个无效图形已修复，另有 %lld 个修复后无面积，未保留\n"),
                (long long)result->repaired_count, (long long)result->dropped_count);
    return good;
}

int import_command(int argc, char **argv)
{
    char name[NAME_MAX_BYTES];
    struct import_wish wish = { .attribution = OPENSTREETMAP };
    struct import_result result;
    const struct command_option options[] = { { .name = "name", .value = &wish.city_name },
                                              { .name = "attribution",
                                                .value = &wish.attribution } };
    struct command_line line;
    struct fail f = { 0 };

    if (!command_read(argc, argv, options, 2, 1, &line, &f))
        return command_fail(&f);
    if (line.operand_count == 0) {
        fail_set(&f, FAIL_INPUT, OPERAND_COUNT, "import needs the file to read");
        return command_fail(&f);
    }
    wish.path = line.operands[0];
    if (!wish.city_name) {
        name_of_file(wish.path, name);
        wish.city_name = name;
    }
    return import_file(&wish, &result, &f) ? COMMAND_DONE : command_fail(&f);
}
