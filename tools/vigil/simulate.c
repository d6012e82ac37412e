/* vigil simulate: people who walk, ride and drive along the streets of the
 * imported city and post where they are, as phones and their gateways would. It
 * sends as many fixes a second as it is told, in batches over a few connections,
 * and waits when the server asks it to. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "geo/base/emit.h"
#include "geo/base/input.h"
#include "geo/fixes.h"
#include "geo/frame.h"
#include "geo/instant.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"
#include "tools/vigil/http.h"
#include "tools/vigil/tally.h"
#include "tools/vigil/walkers.h"

enum {
    PEOPLE_MAX = 1000000,
    RATE_MAX = 200000,
    CONNECTIONS = 4,
    PARTS_A_SECOND = 4, /* batches, unless they would be too large */
    REPORT_EVERY_S = 5,
    LAG_MAX_S = 2, /* what is due longer than this is left out */
    BACK_OFF_MAX_S = 30,
    LAST_WORDS_S = 5, /* for answers that are still to come at the end */
    TOKEN_ROOM = 120
};

struct options {
    int64_t people, rate, seed, seconds;
    const char *url;
    bool all_frames;
    char token[TOKEN_ROOM];
};

/* A batch that was sent or is to be sent again. */
struct parcel {
    struct parcel *next;  /* spare, or to be sent again */
    struct parcel *older; /* made before it */
    struct buf body;
};

struct simulation {
    const struct options *options;
    struct arena *arena;
    struct walkers walkers;
    int32_t turn; /* whose fix is next */
    struct chance chance;
    struct http *http;
    struct parcel *newest;
    struct parcel *spare;
    struct parcel *again; /* put off by the server */
    int64_t quiet_until_us;
    int32_t back_off_s;
    struct tally tally;
    bool is_over;
    struct fail why; /* when it could not go on */
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* ------------------------------------------------------------------ the people */

static bool load(struct simulation *s, struct fail *f)
{
    struct db *db = command_city(f);

    if (!db)
        return false;
    const bool is_good =
        walkers_load(&s->walkers, db, NULL, s->options->people, &s->chance, s->arena, f);

    db_close(db);
    return is_good;
}

/* ------------------------------------------------------------------ a batch */

/* Everyone's frame by her turn, when all are wished for. */
static enum frame frame_of(const struct simulation *s, struct point at, struct point *told)
{
    const enum frame wanted =
        s->options->all_frames ? (enum frame)(s->turn % FRAME_COUNT) : FRAME_WGS84;
    struct fail unused;

    *told = at;
    return frame_from_wgs84(wanted, at, told, &unused) ? wanted : FRAME_WGS84;
}

static void write_fix(struct simulation *s, struct emit *e, int64_t wall_us, int64_t steady_us)
{
    const struct walkers_fix fix = walkers_measure(&s->walkers, s->turn, steady_us);
    char fix_time[INSTANT_SIZE];
    struct point told;
    const enum frame frame = frame_of(s, fix.at, &told);

    instant_write(wall_us, fix_time);
    emit_object(e);
    emit_key_int(e, "person_id", s->walkers.all[s->turn].person_id);
    emit_key_number(e, "lon", told.lon, 7);
    emit_key_number(e, "lat", told.lat, 7);
    emit_key_text(e, "frame", frame_word(frame));
    emit_key_text(e, "fix_time", fix_time);
    emit_key_number(e, "accuracy_m", fix.accuracy_m, 1);
    emit_key_number(e, "speed_mps", fix.speed_mps, 1);
    emit_end(e);
}

static struct parcel *parcel_new(struct simulation *s, int64_t count)
{
    struct parcel *parcel = s->spare;
    const int64_t wall_us = clock_wall_us();
    const int64_t steady_us = clock_steady_us();

    if (parcel) {
        s->spare = parcel->next;
    } else {
        parcel = arena_take(s->arena, 1, sizeof *parcel);
        parcel->older = s->newest;
        s->newest = parcel;
    }
    buf_clear(&parcel->body);

    struct emit e = emit_to(&parcel->body);

    emit_object(&e);
    emit_key(&e, "positions");
    emit_array(&e);
    for (int64_t i = 0; i < count; i++) {
        write_fix(s, &e, wall_us, steady_us);
        s->turn = (s->turn + 1) % s->walkers.count;
    }
    emit_end(&e);
    emit_end(&e);
    return parcel;
}

static void set_aside(struct parcel **list, struct parcel *parcel)
{
    parcel->next = *list;
    *list = parcel;
}

/* ------------------------------------------------------------------ answers */

static void count_answer(struct simulation *s, const struct http_answer *answer)
{
    struct arena *a = arena_new();
    struct fail unused;
    const struct input *v = input_parse(a, answer->body, answer->body_size, &unused);
    const struct input *rejected = v ? input_get(v, "rejected") : NULL;
    int64_t accepted = 0;
    int32_t count = 0;

    if (v && input_get(v, "accepted"))
        input_int(input_get(v, "accepted"), 0, FIXES_COUNT_MAX, &accepted, &unused);
    if (rejected)
        input_array(rejected, 0, FIXES_COUNT_MAX, &count, &unused);
    for (int32_t i = 0; i < count; i++) {
        const struct input *code = input_get(input_item(rejected, i), "code");
        const char *word = "?";

        if (code)
            input_text(code, TALLY_WORD - 1, &word, &unused);
        tally_reject(&s->tally, word);
    }
    s->tally.accepted += accepted;
    tally_time(&s->tally, answer->took_us);
    arena_free(a);
}

/* The server is away or has too much to do: nothing is sent for the time it asked
 * for, longer each time, and not by all at the same moment. */
static void put_off(struct simulation *s, struct parcel *parcel, const struct http_answer *answer)
{
    const int32_t asked = answer->retry_after_s > 0 ? answer->retry_after_s : 1;
    const int64_t now = clock_steady_us();

    set_aside(&s->again, parcel);
    s->tally.retries++;
    if (now < s->quiet_until_us)
        return;
    s->back_off_s = s->back_off_s < BACK_OFF_MAX_S / 2 ? 2 * s->back_off_s : BACK_OFF_MAX_S;
    s->back_off_s = s->back_off_s < asked ? asked : s->back_off_s;
    s->quiet_until_us =
        now + (int64_t)(s->back_off_s * 1e6 * (0.75 + 0.5 * chance_part(&s->chance)));
    fprintf(stderr, command_say("vigil: put off for %d s: %s\n", "vigil：推迟 %d 秒：%s\n"),
            s->back_off_s,
            answer->status == 0 ? answer->error
                                : command_say("the server asked for it", "服务器要求"));
}

static void take_answer(void *self, const struct http_answer *answer)
{
    struct simulation *s = self;
    struct parcel *parcel = answer->tag;

    if (answer->status == 200) {
        s->back_off_s = 0;
        count_answer(s, answer);
        set_aside(&s->spare, parcel);
    } else if (answer->status == 0 || answer->status == 429 || answer->status == 503) {
        put_off(s, parcel, answer);
    } else {
        s->is_over = true;
        fail_set(&s->why, FAIL_BROKEN, HTTP_FAILED, "the server answered %d: %.200s",
                 answer->status, answer->body);
        set_aside(&s->spare, parcel);
    }
}

/* ------------------------------------------------------------------ the loop */

struct pace {
    int64_t began_us;
    int64_t sent;
    int64_t batch;
    int64_t reported_us;
    int64_t reported;
};

static void report(struct simulation *s, struct pace *p)
{
    const int64_t now = clock_steady_us();
    const double seconds = (double)(now - p->reported_us) / 1e6;

    if (seconds < REPORT_EVERY_S)
        return;
    printf(command_say("%7.0f s  %9.1f accepted/s  %lld rejected  p50 %.1f ms  p99 %.1f ms\n",
                       "%7.0f 秒  每秒接受 %9.1f  拒绝 %lld  p50 %.1f 毫秒  p99 %.1f 毫秒\n"),
           (double)(now - p->began_us) / 1e6, (double)(s->tally.accepted - p->reported) / seconds,
           (long long)s->tally.rejected, tally_ms(&s->tally, 0.5), tally_ms(&s->tally, 0.99));
    fflush(stdout);
    p->reported_us = now;
    p->reported = s->tally.accepted;
}

static void send_parcel(struct simulation *s, struct parcel *parcel)
{
    http_post(s->http, "/v1/positions", &parcel->body, parcel);
}

/* Sends what is due and free to go; gives how long to wait for the next. */
static int32_t send_due(struct simulation *s, struct pace *p)
{
    const int64_t rate = s->options->rate;

    for (;;) {
        const int64_t now = clock_steady_us();
        int64_t due = (int64_t)((double)(now - p->began_us) * (double)rate / 1e6) - p->sent;

        if (now < s->quiet_until_us || http_idle(s->http) == 0)
            return 20;
        if (s->again) {
            struct parcel *parcel = s->again;

            s->again = parcel->next;
            send_parcel(s, parcel);
            continue;
        }
        if (due > rate * LAG_MAX_S) {
            s->tally.left_out += due - rate * LAG_MAX_S;
            p->sent += due - rate * LAG_MAX_S;
            due = rate * LAG_MAX_S;
        }
        if (due < p->batch)
            return (int32_t)((p->batch - due) * 1000 / rate) + 1;
        send_parcel(s, parcel_new(s, p->batch));
        p->sent += p->batch;
    }
}

static int64_t batch_size(const struct simulation *s)
{
    const int64_t size = s->options->rate / PARTS_A_SECOND;

    return size < 1 ? 1 : size > FIXES_COUNT_MAX ? FIXES_COUNT_MAX : size;
}

static void run(struct simulation *s)
{
    const int64_t now = clock_steady_us();
    struct pace p = { .began_us = now, .reported_us = now, .batch = batch_size(s) };

    while (!interrupted && !s->is_over &&
           (s->options->seconds == 0 || clock_steady_us() - now < s->options->seconds * 1000000)) {
        const int32_t wait_ms = send_due(s, &p);

        http_work(s->http, wait_ms < 200 ? wait_ms : 200, take_answer, s);
        report(s, &p);
    }
    const int64_t ended = clock_steady_us();

    while (http_idle(s->http) < CONNECTIONS && clock_steady_us() - ended < LAST_WORDS_S * 1000000LL)
        http_work(s->http, 100, take_answer, s);

    const double seconds = (double)(clock_steady_us() - now) / 1e6;

    printf(command_say("%.1f s: %lld accepted (%.1f/s), %lld rejected, p50 %.1f ms, p99 %.1f ms, "
                       "%lld put off, %lld left out\n",
                       "%.1f 秒：接受 %lld（每秒 %.1f），拒绝 %lld，p50 %.1f 毫秒，p99 %.1f 毫秒，"
                       "推迟 %lld，略去 %lld\n"),
           seconds, (long long)s->tally.accepted, (double)s->tally.accepted / seconds,
           (long long)s->tally.rejected, tally_ms(&s->tally, 0.5), tally_ms(&s->tally, 0.99),
           (long long)s->tally.retries, (long long)s->tally.left_out);
    for (int32_t i = 0; i < s->tally.why_count; i++)
        printf("  %s: %lld\n", s->tally.whys[i].word, (long long)s->tally.whys[i].count);
}

/* ------------------------------------------------------------------ arguments */

static bool read_token(const char *path, char token[TOKEN_ROOM], struct fail *f)
{
    /* The arguments are read before any thread is started. */
    const char *given = getenv("VIGIL_TOKEN"); // NOLINT(concurrency-mt-unsafe)
    FILE *file = path ? fopen(path, "re") : NULL;
    size_t size = 0;

    if (path && !file)
        return fail_set(f, FAIL_INPUT, FILE_UNREADABLE, "the token file cannot be read: %.200s",
                        path);
    if (file) {
        size = fread(token, 1, TOKEN_ROOM - 1, file);
        fclose(file);
    } else if (given) {
        size = strnlen(given, TOKEN_ROOM - 1);
        memcpy(token, given, size);
    }
    token[size] = '\0';
    token[strcspn(token, " \r\n")] = '\0';
    return token[0] || fail_set(f, FAIL_INPUT, OPTION_WITHOUT_VALUE,
                                "a token is needed: --token-file FILE, or VIGIL_TOKEN");
}

static bool check_url(const char *url, struct fail *f)
{
    if (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "--url must begin with http:// or https://: %.200s",
             url);
    return fail_value(f, url);
}

static bool read_options(int argc, char **argv, struct options *o, struct fail *f)
{
    const char *people = "1000", *rate = NULL, *seed = "1", *seconds = "0", *token_file = NULL;
    const struct command_option known[] = {
        { .name = "people", .value = &people },
        { .name = "rate", .value = &rate },
        { .name = "seed", .value = &seed },
        { .name = "for", .value = &seconds },
        { .name = "url", .value = &o->url },
        { .name = "token-file", .value = &token_file },
        { .name = "frames", .given = &o->all_frames },
    };
    struct command_line line;

    *o = (struct options){ .url = "http://127.0.0.1:8080" };
    if (!command_read(argc, argv, known, sizeof known / sizeof *known, 0, &line, f) ||
        !command_number("people", people, 1, PEOPLE_MAX, &o->people, f) ||
        !command_number("seed", seed, 0, INT64_MAX, &o->seed, f) ||
        !command_number("for", seconds, 0, 7LL * 86400, &o->seconds, f) || !check_url(o->url, f) ||
        !read_token(token_file, o->token, f))
        return false;
    if (rate)
        return command_number("rate", rate, 1, RATE_MAX, &o->rate, f);
    o->rate = o->people / 10 > 0 ? o->people / 10 : 1; /* everyone each ten seconds */
    return true;
}

int simulate_command(int argc, char **argv)
{
    const struct sigaction stop = { .sa_handler = interrupt };
    struct options options;
    struct simulation s = { .options = &options };
    struct fail f = { 0 };

    if (!read_options(argc, argv, &options, &f))
        return command_fail(&f);
    s.arena = arena_new();
    s.chance = (struct chance){ (uint64_t)options.seed };
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    if (!load(&s, &f) || !(s.http = http_open(options.url, options.token, CONNECTIONS, &f))) {
        arena_free(s.arena);
        return command_fail(&f);
    }
    fprintf(stderr,
            command_say("%d people on the streets of %s, %lld fixes/s to %s\n",
                        "%d 人在%s的街道上，每秒 %lld 个定位发往 %s\n"),
            s.walkers.count, s.walkers.streets.city_name, (long long)options.rate, options.url);
    run(&s);
    http_close(s.http);
    for (struct parcel *p = s.newest; p; p = p->older)
        buf_free(&p->body);
    arena_free(s.arena);
    if (s.is_over)
        return command_fail(&s.why);
    /* Nothing but refusals: whoever waits for this command should know. */
    return s.tally.accepted == 0 && s.tally.retries > 0 ? COMMAND_LATER : COMMAND_DONE;
}
