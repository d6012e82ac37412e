/* vigil gaps: which streets nobody watches, as a file, and whether the list is right. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/input.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"
#include "tools/vigil/http.h"

enum { WAIT_MS = 1000, PAGE = 1000, FILE_ROWS = 100000, TEXT_MAX = 400 };

/* Ends of stretches are whole centimetres in the list and not in GEOS. */
static const double DIFFERENCE_MAX_M = 5;

struct wishes {
    const char *url, *at, *from, *to, *kind, *class, *grid, *org, *format;
    bool verify;
};

struct asking {
    struct http *http;
    struct buf query; /* what all questions have in common: "/v1/gaps?…" */
    struct arena *arena;
    const char *body; /* of the last answer */
    size_t size;
    const char *next;
    bool is_there;
    struct fail why; /* when it is an error */
};

/* ------------------------------------------------------------------ asking */

static enum fail_kind kind_of(int32_t status)
{
    if (status == 0 || status == 429 || status == 503)
        return FAIL_BUSY;
    if (status == 404)
        return FAIL_MISSING;
    return status < 500 ? FAIL_INPUT : FAIL_BROKEN;
}

static const char *detail_of(struct asking *a, const struct http_answer *answer)
{
    struct fail unread;
    const struct input *json = input_parse(a->arena, answer->body, answer->body_size, &unread);
    const char *detail;

    return json && input_get(json, "detail") &&
                   input_text(input_get(json, "detail"), TEXT_MAX, &detail, &unread)
               ? detail
               : "";
}

static void take(void *self, const struct http_answer *answer)
{
    struct asking *a = self;

    a->is_there = true;
    a->why = (struct fail){ .kind = FAIL_NONE };
    if (answer->status == 0)
        fail_set(&a->why, FAIL_BUSY, HTTP_FAILED, "the server does not answer: %.200s",
                 answer->error);
    else if (answer->status != 200)
        fail_set(&a->why, kind_of(answer->status), HTTP_FAILED, "the server answers %d: %.200s",
                 answer->status, detail_of(a, answer));
    a->body = arena_copy(a->arena, answer->body, answer->body_size);
    a->size = answer->body_size;
    a->next = answer->next ? arena_text(a->arena, "%s", answer->next) : NULL;
}

/* The answer to the wish and `more` stays until the next question. */
static bool ask(struct asking *a, const char *more, struct fail *f)
{
    struct buf path = { 0 };

    buf_format(&path, "%s%s", buf_text(&a->query), more);
    arena_reset(a->arena);
    a->is_there = false;
    http_get(a->http, buf_text(&path), NULL);
    while (!a->is_there)
        http_work(a->http, WAIT_MS, take, a);
    buf_free(&path);
    if (a->why.kind == FAIL_NONE)
        return true;
    *f = a->why;
    return false;
}

/* ------------------------------------------------------------------ is it right? */

static double number(const struct input *object, const char *key)
{
    const struct input *value = object ? input_get(object, key) : NULL;
    struct fail unread;
    double out;

    return value && input_number(value, -1e12, 1e12, &out, &unread) ? out : (double)NAN;
}

static bool judge(const struct input *verified, struct fail *f)
{
    const struct input *worst = input_get(verified, "worst");
    const double list_m = number(verified, "list_m"), geos_m = number(verified, "geos_m");
    const double most_m = worst && !input_is_null(worst) ? number(worst, "difference_m") : 0;
    const double segment = worst && !input_is_null(worst) ? number(worst, "segment_id") : 0;

    fprintf(stderr,
            command_say("list %.2f m, GEOS %.2f m; not the same on %.2f m, most on segment %.0f: "
                        "%.2f m\n",
                        "清单 %.2f 米，GEOS %.2f 米；不一致 %.2f 米，最多在路段 %.0f：%.2f 米\n"),
            list_m, geos_m, number(verified, "difference_m"), segment, most_m);
    /* What is no number is not right either. */
    if (fabs(list_m - geos_m) <= DIFFERENCE_MAX_M && most_m <= DIFFERENCE_MAX_M)
        return true;
    fail_set(
        f, FAIL_BROKEN, GAPS_DIFFER,
        "the list has %.2f m of gaps and GEOS %.2f m, and they differ by %.2f m on segment %.0f",
        list_m, geos_m, most_m, segment);
    return fail_allowed(f, "%.0f m in all and on each segment", DIFFERENCE_MAX_M);
}

static bool verify(struct asking *a, struct fail *f)
{
    const struct input *json;

    if (!ask(a, "&verify=geos&limit=1", f))
        return false;
    json = input_parse(a->arena, a->body, a->size, f);
    if (!json)
        return false;
    if (!input_get(json, "verified"))
        return fail_set(f, FAIL_BROKEN, HTTP_FAILED, "the server says nothing of GEOS");
    return judge(input_get(json, "verified"), f);
}

/* ------------------------------------------------------------------ the list */

static bool print_pages(struct asking *a, struct fail *f)
{
    char *more = NULL;
    bool ok = true, goes_on = true;

    while (ok && goes_on) {
        struct buf path = { 0 };
        const char *next = NULL;

        buf_format(&path, "&limit=%d%s%s", PAGE, more ? "&cursor=" : "", more ? more : "");
        ok = ask(a, buf_text(&path), f);
        buf_free(&path);
        free(more);
        more = NULL;
        if (!ok)
            break;
        const struct input *json = input_parse(a->arena, a->body, a->size, f);
        struct fail last;

        ok = json && printf("%s\n", a->body) > 0;
        goes_on = ok && input_get(json, "next") &&
                  input_text(input_get(json, "next"), TEXT_MAX, &next, &last);
        if (goes_on && !(more = strdup(next)))
            abort();
    }
    free(more);
    return ok;
}

static bool print_file(struct asking *a, const char *format, struct fail *f)
{
    struct buf more = { 0 };
    bool ok;

    buf_format(&more, "&format=%s&limit=%d", format, FILE_ROWS);
    ok = ask(a, buf_text(&more), f);
    buf_free(&more);
    if (!ok)
        return false;
    if (fwrite(a->body, 1, a->size, stdout) != a->size || fflush(stdout) != 0)
        return fail_set(f, FAIL_BROKEN, HTTP_FAILED, "the list cannot be written out");
    if (a->next)
        fputs(command_say("vigil: there are more than these 100,000\n",
                          "vigil：多于此处的 100,000 条\n"),
              stderr);
    return true;
}

/* ------------------------------------------------------------------ the wish */

static void put_value(struct buf *query, const char *key, const char *value)
{
    if (!value)
        return;
    buf_format(query, "%s%s=", query->bytes[query->size - 1] == '?' ? "" : "&", key);
    for (const char *c = value; *c; c++) {
        if (isalnum((unsigned char)*c) || strchr("-._~", *c))
            buf_byte(query, (unsigned char)*c);
        else
            buf_format(query, "%%%02X", (unsigned int)(unsigned char)*c);
    }
}

static bool read_wishes(int argc, char **argv, struct wishes *w, struct fail *f)
{
    const struct command_option options[] = {
        { .name = "at", .value = &w->at },       { .name = "from", .value = &w->from },
        { .name = "to", .value = &w->to },       { .name = "kind", .value = &w->kind },
        { .name = "class", .value = &w->class }, { .name = "grid", .value = &w->grid },
        { .name = "org", .value = &w->org },     { .name = "format", .value = &w->format },
        { .name = "url", .value = &w->url },     { .name = "verify", .given = &w->verify },
    };
    static const char *const FORMATS[] = { "json", "geojson", "csv", "gpkg" };
    struct command_line line;

    *w = (struct wishes){ .url = "http://127.0.0.1:8080", .format = "json" };
    if (!command_read(argc, argv, options, sizeof options / sizeof *options, 0, &line, f))
        return false;
    if (w->at && (w->from || w->to))
        return fail_set(f, FAIL_INPUT, OPERAND_COUNT, "--at is one hour, --from and --to are many");
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (strcmp(w->format, FORMATS[i]) == 0)
            return true;
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "--format cannot be %.40s", w->format);
    fail_allowed(f, "json, geojson, csv, gpkg");
    return fail_value(f, w->format);
}

static void put_wishes(const struct wishes *w, struct buf *query)
{
    buf_string(query, "/v1/gaps?");
    put_value(query, "at", w->at);
    put_value(query, "from", w->from);
    put_value(query, "to", w->to);
    put_value(query, "kind", w->kind);
    put_value(query, "class", w->class);
    put_value(query, "grid_id", w->grid);
    put_value(query, "org", w->org);
    put_value(query, "sort", "length");
}

static bool answer(struct asking *a, const struct wishes *w, struct fail *f)
{
    if (w->verify && !verify(a, f))
        return false;
    return strcmp(w->format, "json") == 0 ? print_pages(a, f) : print_file(a, w->format, f);
}

int gaps_command(int argc, char **argv)
{
    const char *token = getenv("VIGIL_TOKEN"); // NOLINT(concurrency-mt-unsafe): one thread
    struct asking a = { 0 };
    struct wishes wishes;
    struct fail f = { 0 };

    if (!read_wishes(argc, argv, &wishes, &f))
        return command_fail(&f);
    if (!token || !token[0]) {
        fail_set(&f, FAIL_INPUT, OPTION_WITHOUT_VALUE, "a token is needed: VIGIL_TOKEN");
        return command_fail(&f);
    }
    a.http = http_open(wishes.url, token, 1, &f);
    if (!a.http)
        return command_fail(&f);
    a.arena = arena_new();
    put_wishes(&wishes, &a.query);
    const bool ok = answer(&a, &wishes, &f);

    buf_free(&a.query);
    arena_free(a.arena);
    http_close(a.http);
    return ok ? COMMAND_DONE : command_fail(&f);
}
