/* vigil load: offers a server positions, incidents, orders and questions at given rates
 * and keeps a ledger of what it acknowledged; vigil load --check compares the ledger with
 * the database. Figures go to stdout as NAME=VALUE lines, for the bars; words to stderr. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"
#include "tools/vigil/lanes.h"
#include "tools/vigil/ledger.h"
#include "tools/vigil/ledger_check.h"
#include "tools/vigil/offer.h"
#include "tools/vigil/usage.h"
#include "tools/vigil/walkers.h"

enum {
    PEOPLE_MAX = 1000000,
    RATE_MAX = 200000,
    BATCH_MAX = 1000,
    SECONDS_MAX = 86400,
    LOOK_EVERY_US = 1000000,
    STAFF_LANES = 8,
    TOKEN_MAX = 200
};

/* As they are on the command line. */
struct wishes {
    const char *url, *ledger, *check, *watch, *cache_dir;
    const char *numbers[12];
};

enum {
    FOR,
    PEOPLE,
    SEED,
    RATE,
    SINGLES,
    BATCH,
    INCIDENTS,
    ORDERS,
    NEAREST,
    LANES,
    PATIENCE,
    GRACE
};

static const struct {
    const char *name;
    const char *otherwise;
    int64_t least, most;
} NUMBERS[] = {
    [FOR] = { "for", "10", 1, SECONDS_MAX },
    [PEOPLE] = { "people", "60000", 1, PEOPLE_MAX },
    [SEED] = { "seed", "1", 0, INT64_MAX },
    [RATE] = { "rate", "0", 0, RATE_MAX },
    [SINGLES] = { "singles", "0", 0, RATE_MAX },
    [BATCH] = { "batch", "250", 1, BATCH_MAX },
    [INCIDENTS] = { "incidents", "0", 0, RATE_MAX },
    [ORDERS] = { "orders", "0", 0, RATE_MAX },
    [NEAREST] = { "nearest", "0", 0, RATE_MAX },
    [LANES] = { "connections", "64", 1, LANES_MAX / 4 },
    [PATIENCE] = { "patience", "10000", 100, 600000 },
    [GRACE] = { "grace", "60", 0, SECONDS_MAX },
};
enum { NUMBER_COUNT = sizeof NUMBERS / sizeof NUMBERS[0] };

struct load {
    int64_t numbers[NUMBER_COUNT];
    struct offer_plan plan;
    char run[LEDGER_RUN_MAX];
    struct arena *arena;
    struct walkers walkers;
    struct chance chance;
    struct usage usage;
    struct offer *offer;
    int64_t began_us;
};

/* Once: nothing new is offered. Twice: nothing is waited for either. */
static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted++;
}

/* ------------------------------------------------------------------ figures */

static void print_stream(const struct offer *o, enum offer_kind kind)
{
    const struct offer_figures *g = offer_figures(o, kind);
    const char *word = offer_word(kind);
    const struct {
        const char *name;
        int64_t value;
    } COUNTS[] = {
        { "offered", g->offered },       { "accepted", g->accepted },
        { "node_local", g->node_local }, { "rejected", g->rejected },
        { "too_many", g->too_many },     { "away", g->away },
        { "refused", g->refused },       { "broken", g->broken },
        { "unanswered", g->unanswered }, { "unconnected", g->unconnected },
        { "left_out", g->left_out },     { "gap_ms", g->gap_us / 1000 },
    };

    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        printf("%s_%s=%" PRId64 "\n", word, COUNTS[i].name, COUNTS[i].value);
    printf("%s_p50_ms=%.1f\n%s_p99_ms=%.1f\n%s_max_ms=%.1f\n%s_due_p99_ms=%.1f\n", word,
           tally_ms(&g->answers, 0.5), word, tally_ms(&g->answers, 0.99), word,
           tally_ms(&g->answers, 1), word, tally_ms(&g->waits, 0.99));
    if (g->first_bad[0])
        fprintf(stderr, "vigil: %s: %s\n", word, g->first_bad);
}

static void print_figures(const struct load *l, double seconds)
{
    printf("seconds=%.2f\n", seconds);
    for (int kind = 0; kind < OFFER_KINDS; kind++)
        if (l->plan.rates[kind] > 0)
            print_stream(l->offer, (enum offer_kind)kind);
    for (int32_t i = 0; i < l->usage.count; i++) {
        const struct usage_watched *w = &l->usage.watched[i];

        printf("%s_cores=%.3f\n%s_peak_mib=%" PRId64 "\n", w->name,
               (w->cpu_s - w->began_s) / seconds, w->name, w->peak_kib / 1024);
    }
}

/* One line of how it goes. */
static void report(const struct load *l, double seconds)
{
    const struct offer_figures *batches = offer_figures(l->offer, OFFER_BATCHES);
    const struct offer_figures *singles = offer_figures(l->offer, OFFER_SINGLES);

    fprintf(stderr,
            command_say("%6.1f s: %" PRId64 " positions accepted, p99 %.0f ms, %" PRId64
                        " told 429; %" PRId64 " incidents, %" PRId64 " orders, %" PRId64
                        " answers to nearest\n",
                        "%6.1f 秒：接受位置 %" PRId64 "，p99 %.0f 毫秒，429 拒绝 %" PRId64
                        "；事件 %" PRId64 "，派单 %" PRId64 "，最近人员查询 %" PRId64 "\n"),
            seconds, batches->accepted + singles->accepted, tally_ms(&batches->answers, 0.99),
            batches->too_many + singles->too_many,
            offer_figures(l->offer, OFFER_INCIDENTS)->accepted,
            offer_figures(l->offer, OFFER_ORDERS)->accepted,
            offer_figures(l->offer, OFFER_NEAREST)->accepted);
}

/* ------------------------------------------------------------------ the run */

static void look(struct load *l, int64_t *looked_us)
{
    const int64_t now_us = clock_steady_us();

    if (now_us - *looked_us < LOOK_EVERY_US)
        return;
    *looked_us = now_us;
    usage_look(&l->usage);
    if (l->plan.ledger)
        fflush(l->plan.ledger);
    if ((now_us - l->began_us) / 1000000 % 5 == 0)
        report(l, (double)(now_us - l->began_us) / 1e6);
}

static void run(struct load *l)
{
    const int64_t until_us = l->began_us + l->numbers[FOR] * 1000000;
    int64_t looked_us = l->began_us;

    while (!interrupted && clock_steady_us() < until_us) {
        offer_work(l->offer);
        look(l, &looked_us);
    }
    const int64_t stopped_us = clock_steady_us();
    const double seconds = (double)(stopped_us - l->began_us) / 1e6;

    usage_look(&l->usage);
    offer_stop(l->offer);
    while (interrupted < 2 && offer_under_way(l->offer) > 0 &&
           clock_steady_us() < stopped_us + l->numbers[GRACE] * 1000000)
        offer_work(l->offer);
    print_figures(l, seconds);
}

static bool prepare(struct load *l, const struct wishes *w, struct fail *f)
{
    struct db *db = command_city(f);

    if (!db)
        return false;
    const bool is_good =
        walkers_load(&l->walkers, db, w->cache_dir, l->numbers[PEOPLE], &l->chance, l->arena, f) &&
        usage_open(&l->usage, w->watch, f);

    db_close(db);
    if (!is_good)
        return false;
    l->plan.ledger = w->ledger ? fopen(w->ledger, "we") : NULL;
    if (w->ledger && !l->plan.ledger) {
        fail_set(f, FAIL_INPUT, FILE_UNREADABLE, "no ledger can be written to %.200s", w->ledger);
        return fail_value(f, w->ledger);
    }
    if (l->plan.ledger)
        ledger_begin(l->plan.ledger, l->run);
    l->offer = offer_open(&l->plan, &l->walkers, &l->chance, f);
    return l->offer != NULL;
}

static int load_it(struct load *l, const struct wishes *w)
{
    const struct sigaction stop = { .sa_handler = interrupt };
    struct fail f = { 0 };
    int status = COMMAND_DONE;

    l->arena = arena_new();
    l->chance = (struct chance){ (uint64_t)l->numbers[SEED] };
    if (prepare(l, w, &f)) {
        sigaction(SIGINT, &stop, NULL);
        sigaction(SIGTERM, &stop, NULL);
        l->began_us = clock_steady_us();
        run(l);
    } else {
        status = command_fail(&f);
    }
    offer_close(l->offer);
    if (l->plan.ledger && fclose(l->plan.ledger) != 0 && status == COMMAND_DONE) {
        fail_set(&f, FAIL_BROKEN, FILE_UNREADABLE, "the ledger could not be written to its end");
        status = command_fail(&f);
    }
    arena_free(l->arena);
    return status;
}

/* ------------------------------------------------------------------ the check */

static void print_check(const char *word, const struct ledger_check_figures *g)
{
    const struct {
        const char *name;
        int64_t value;
    } COUNTS[] = {
        { "acknowledged", g->stored + g->node_local },
        { "node_local", g->node_local },
        { "refused", g->refused },
        { "unknown", g->unknown },
        { "lost", g->lost },
        { "altered", g->altered },
        { "twice", g->twice },
        { "twice_resent", g->twice_resent },
        { "refused_stored", g->refused_stored },
        { "unknown_stored", g->unknown_stored },
        { "strangers", g->strangers },
    };

    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        printf("%s_%s=%" PRId64 "\n", word, COUNTS[i].name, COUNTS[i].value);
}

/* A ledger with nothing acknowledged proves nothing. */
static int check(const char *path)
{
    static const char *const WORDS[LEDGER_KINDS] = { "positions", "incidents", "orders" };
    struct ledger_check_figures figures[LEDGER_KINDS];
    struct ledger ledger = { 0 };
    struct fail f = { 0 };
    struct db *db = command_city(&f);
    const bool is_read =
        db && ledger_read(&ledger, path, &f) && ledger_check(db, &ledger, figures, &f);
    int64_t acknowledged = 0;
    bool is_good = true;

    db_close(db);
    ledger_free(&ledger);
    if (!is_read)
        return command_fail(&f);
    for (int kind = 0; kind < LEDGER_KINDS; kind++) {
        print_check(WORDS[kind], &figures[kind]);
        acknowledged += figures[kind].stored + figures[kind].node_local;
        is_good &= ledger_check_is_good(&figures[kind]);
    }
    return is_good && acknowledged > 0 ? COMMAND_DONE : COMMAND_FAILED;
}

/* ------------------------------------------------------------------ arguments */

static const char *token_of(const char *name)
{
    /* The arguments are read before any thread is started. */
    const char *text = getenv(name); // NOLINT(concurrency-mt-unsafe)

    return text && strlen(text) < TOKEN_MAX ? text : "";
}

static bool read_plan(struct load *l, const struct wishes *w, struct fail *f)
{
    struct offer_plan *p = &l->plan;
    const int32_t lanes = (int32_t)l->numbers[LANES];

    if (l->numbers[SINGLES] > l->numbers[RATE]) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE,
                 "--singles is a part of --rate, %lld: %lld is more", (long long)l->numbers[RATE],
                 (long long)l->numbers[SINGLES]);
        return fail_value(f, w->numbers[SINGLES]);
    }
    snprintf(l->run, sizeof l->run, "load-%lld", (long long)clock_wall_us());
    *p = (struct offer_plan){
        .urls = w->url,
        .token = token_of("VIGIL_TOKEN"),
        .gateway_token = token_of("VIGIL_GATEWAY_TOKEN"),
        .run = l->run,
        .rates = { l->numbers[RATE] - l->numbers[SINGLES], l->numbers[SINGLES],
                   l->numbers[INCIDENTS], l->numbers[ORDERS], l->numbers[NEAREST] },
        .lanes = { lanes, lanes, STAFF_LANES, STAFF_LANES, STAFF_LANES },
        .batch = (int32_t)l->numbers[BATCH],
        .patience_ms = (int32_t)l->numbers[PATIENCE],
    };
    if (l->numbers[RATE] + l->numbers[INCIDENTS] + l->numbers[NEAREST] == 0)
        return fail_set(f, FAIL_INPUT, OPTION_WITHOUT_VALUE,
                        "nothing is to be offered: --rate, --incidents or --nearest is needed");
    if ((l->numbers[RATE] > 0 && !p->gateway_token[0]) ||
        (l->numbers[RATE] < l->numbers[RATE] + l->numbers[INCIDENTS] + l->numbers[NEAREST] &&
         !p->token[0]))
        return fail_set(f, FAIL_INPUT, OPTION_WITHOUT_VALUE,
                        "tokens are needed: VIGIL_GATEWAY_TOKEN for positions, VIGIL_TOKEN of a "
                        "dispatcher for the rest");
    return true;
}

static bool read_wishes(int argc, char **argv, struct wishes *w, struct load *l, struct fail *f)
{
    struct command_option known[NUMBER_COUNT + 5] = {
        { .name = "url", .value = &w->url },
        { .name = "ledger", .value = &w->ledger },
        { .name = "check", .value = &w->check },
        { .name = "watch", .value = &w->watch },
        { .name = "cache-dir", .value = &w->cache_dir },
    };
    struct command_line line;

    *w = (struct wishes){ .url = "http://127.0.0.1:8080" };
    for (int i = 0; i < NUMBER_COUNT; i++) {
        w->numbers[i] = NUMBERS[i].otherwise;
        known[5 + i] = (struct command_option){ .name = NUMBERS[i].name, .value = &w->numbers[i] };
    }
    if (!command_read(argc, argv, known, NUMBER_COUNT + 5, 0, &line, f))
        return false;
    for (int i = 0; i < NUMBER_COUNT; i++)
        if (!command_number(NUMBERS[i].name, w->numbers[i], NUMBERS[i].least, NUMBERS[i].most,
                            &l->numbers[i], f))
            return false;
    return w->check || read_plan(l, w, f);
}

int load_command(int argc, char **argv)
{
    struct wishes wishes;
    struct load l = { 0 };
    struct fail f = { 0 };

    if (!read_wishes(argc, argv, &wishes, &l, &f))
        return command_fail(&f);
    return wishes.check ? check(wishes.check) : load_it(&l, &wishes);
}
