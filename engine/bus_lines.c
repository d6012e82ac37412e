#include "engine/bus_lines.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/log.h"
#include "engine/rota.h"
#include "geo/base/buf.h"
#include "geo/base/emit.h"
#include "geo/bus_path.h"
#include "geo/wkb.h"

enum { CREWS_EVERY = 5 }; /* ticks: who is of which crew changes seldom */

struct line {
    const char *code;
    double near_m;
    double off_m;
    const struct bus_path *path;
};

/* As they were at one moment, by code; and crews, by person. */
struct lines {
    struct arena *arena;
    struct line *lines;
    int32_t count;
};

struct member {
    int64_t person_id;
    const char *code;
};

struct crews {
    struct arena *arena;
    struct member *members;
    int32_t count;
};

struct bus_lines {
    int64_t mark; /* the timer's, as the next three */
    int32_t ticks;
    bool is_loaded;
    bool is_failing; /* and it was said */

    pthread_mutex_t lock; /* guards the rest */
    struct lines lines;
    struct crews crews;
};

struct bus_lines *bus_lines_new(void)
{
    struct bus_lines *b = calloc(1, sizeof *b);

    if (!b)
        abort();
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

void bus_lines_free(struct bus_lines *b)
{
    if (!b)
        return;
    arena_free(b->lines.arena);
    arena_free(b->crews.arena);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

/* ------------------------------------------------------------------ a fix */

static int by_person(const void *key, const void *member)
{
    const int64_t wanted = *(const int64_t *)key;
    const int64_t is = ((const struct member *)member)->person_id;

    return (wanted > is) - (wanted < is);
}

static int by_code(const void *key, const void *line)
{
    return strcmp(key, ((const struct line *)line)->code);
}

/* The line that she drives on; NULL: she is of no crew, or nobody has drawn her line. */
static const struct line *line_of(const struct bus_lines *b, int64_t person_id)
{
    const struct member *m = b->crews.count ? bsearch(&person_id, b->crews.members,
                                                      (size_t)b->crews.count, sizeof *m, by_person)
                                            : NULL;

    if (!m || b->lines.count == 0)
        return NULL;
    return bsearch(m->code, b->lines.lines, (size_t)b->lines.count, sizeof(struct line), by_code);
}

/* A vague fix may be off by its accuracy, and says of no stop that it is there. */
static uint32_t flags_of(const struct line *line, const struct live_fix *fix)
{
    const struct point at = point_from_e7(fix->at);
    const double vague_m = fix->accuracy_dm > 0 ? fix->accuracy_dm / 10.0 : 0;
    uint32_t flags = 0;

    if (!bus_path_is_near(line->path, at, line->off_m + vague_m))
        flags |= LIVE_OFF_LINE;
    else if (vague_m <= line->near_m && bus_path_stop(line->path, at, line->near_m) >= 0)
        flags |= LIVE_AT_STOP;
    return flags;
}

static void judge(void *self, struct live_fix *fixes, int32_t count)
{
    struct bus_lines *b = self;

    pthread_mutex_lock(&b->lock);
    for (int32_t i = 0; b->crews.count > 0 && i < count; i++) {
        const struct line *line = line_of(b, fixes[i].person_id);

        if (line)
            fixes[i].flags |= flags_of(line, &fixes[i]);
    }
    pthread_mutex_unlock(&b->lock);
}

struct positions_stage bus_lines_stage(struct bus_lines *b)
{
    return (struct positions_stage){ .self = b, .judge = judge };
}

int32_t bus_lines_crew(struct bus_lines *b, const char *code, struct arena *a, int64_t **out)
{
    int32_t count = 0;

    pthread_mutex_lock(&b->lock);
    *out = arena_take(a, (size_t)b->crews.count + 1, sizeof **out);
    for (int32_t i = 0; i < b->crews.count; i++)
        if (strcmp(b->crews.members[i].code, code) == 0)
            (*out)[count++] = b->crews.members[i].person_id;
    pthread_mutex_unlock(&b->lock);
    return count;
}

/* ------------------------------------------------------------------ following */

static bool read_figure(const struct db_rows *rows, int32_t i, int32_t column, struct arena *a,
                        struct figure *out, struct fail *f)
{
    size_t size;
    const void *bytes = db_get_bytes(rows, i, column, &size);

    return wkb_read(a, bytes, size, out, f);
}

static bool load_lines(struct bus_lines *b, struct db *db, struct fail *f)
{
    struct lines next = { .arena = arena_new() };
    struct arena *scrap = arena_new();
    const struct db_rows *rows;
    bool ok = db_run(db, QUERIES_BUS_LINE_PATHS, NULL, 0, scrap, &rows, f);

    next.lines = arena_take(next.arena, ok ? (size_t)db_count(rows) + 1 : 1, sizeof *next.lines);
    for (int32_t i = 0; ok && i < db_count(rows); i++) {
        struct figure path, stops;
        const char *code = db_get_text(rows, i, 0);

        ok = read_figure(rows, i, 3, scrap, &path, f) && read_figure(rows, i, 4, scrap, &stops, f);
        if (ok)
            next.lines[next.count++] = (struct line){
                .code = arena_copy(next.arena, code, strlen(code)),
                .near_m = (double)db_get_int(rows, i, 1),
                .off_m = (double)db_get_int(rows, i, 2),
                .path = bus_path_take(next.arena, &path, &stops),
            };
    }
    arena_free(scrap);
    pthread_mutex_lock(&b->lock);
    const struct lines before = ok ? b->lines : next;

    if (ok)
        b->lines = next;
    pthread_mutex_unlock(&b->lock);
    arena_free(before.arena);
    return ok;
}

static bool load_crews(struct bus_lines *b, struct db *db, struct fail *f)
{
    struct crews next = { .arena = arena_new() };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_BUS_LINE_CREWS, NULL, 0, next.arena, &rows, f)) {
        arena_free(next.arena);
        return false;
    }
    next.count = db_count(rows);
    next.members = arena_take(next.arena, (size_t)next.count + 1, sizeof *next.members);
    for (int32_t i = 0; i < next.count; i++)
        next.members[i] = (struct member){ db_get_int(rows, i, 0), db_get_text(rows, i, 1) };
    pthread_mutex_lock(&b->lock);
    const struct crews before = b->crews;

    b->crews = next;
    pthread_mutex_unlock(&b->lock);
    arena_free(before.arena);
    return true;
}

bool bus_lines_follow(struct bus_lines *b, struct db *db, struct fail *f)
{
    const struct db_value since = db_int(b->mark);
    struct arena *a = arena_new();
    const struct db_rows *rows;
    bool ok = db_run(db, QUERIES_BUS_LINE_CHANGED, &since, 1, a, &rows, f);
    const bool is_changed = ok && db_get_bool(rows, 0, 0);
    const int64_t next_mark = ok ? db_get_int(rows, 0, 1) : b->mark;

    ok = ok && ((b->is_loaded && !is_changed) || load_lines(b, db, f)) &&
         ((b->is_loaded && !is_changed && b->ticks % CREWS_EVERY) || load_crews(b, db, f));
    arena_free(a);
    b->ticks++;
    if (ok) {
        b->mark = next_mark;
        b->is_loaded = true;
    }
    return ok;
}

void bus_lines_tick(void *self, struct db *db)
{
    struct bus_lines *b = self;
    struct fail f = { 0 };
    const bool ok = bus_lines_follow(b, db, &f);

    if (!ok && !b->is_failing)
        log_line(LOG_WARNING, "bus_lines_failed", log_text("code", fail_word(f.code)),
                 log_text("detail", f.text));
    b->is_failing = !ok;
}

/* ------------------------------------------------------------------ keeping lines */

static struct db_value written(struct buf *out, const struct figure *figure)
{
    if (!figure)
        return db_null();
    const struct figure multi = figure_as_multi(figure);

    wkb_write(out, &multi);
    return db_bytes(out->bytes, out->size);
}

static const char *names_json(const struct bus_lines_one *one, struct arena *a)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);

    if (!one->stops)
        return NULL;
    emit_array(&e);
    for (int32_t i = 0; i < one->stops->point_count; i++)
        emit_text(&e, one->stop_names[i]);
    emit_end(&e);
    const char *kept = arena_copy(a, text.bytes, text.size);

    buf_free(&text);
    return kept;
}

static bool fail_org(const struct bus_lines_one *one, struct arena *a, struct fail *f)
{
    fail_set(f, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no organisation %lld here",
             (long long)one->org_id);
    fail_allowed(f, "an open one in your scope");
    fail_at(f, "/org_id");
    return fail_value(f, arena_text(a, "%lld", (long long)one->org_id));
}

static bool fail_code_taken(const struct bus_lines_one *one, struct fail *f)
{
    fail_set(f, FAIL_CONFLICT, CODE_TAKEN, "another bus line has the code %.40s", one->code);
    fail_at(f, "/code");
    return fail_value(f, one->code);
}

bool bus_lines_add(struct db *db, const struct bus_lines_one *one, struct arena *a, struct fail *f)
{
    const struct db_value org[] = { db_int(one->org_id), db_null(), db_null(), db_null(),
                                    db_null() };
    struct buf path = { 0 }, stops = { 0 };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_FENCE_STANDS, org, 5, a, &rows, f))
        return false;
    if (!db_get_bool(rows, 0, 0))
        return fail_org(one, a, f);
    const struct db_value values[] = { db_int(one->bus_line_id),    db_int(one->org_id),
                                       db_text(one->code),          db_text(one->name),
                                       written(&path, one->path),   written(&stops, one->stops),
                                       db_text(names_json(one, a)), db_int(one->near_m),
                                       db_int(one->off_m) };
    const bool ok = db_run(db, QUERIES_BUS_LINE_ADD, values, 9, a, &rows, f);

    buf_free(&path);
    buf_free(&stops);
    return ok && (db_changed(rows) > 0 || fail_code_taken(one, f));
}

bool bus_lines_get(struct db *db, int64_t bus_line_id, struct arena *a, struct bus_lines_one *out,
                   struct fail *f)
{
    const struct db_value id = db_int(bus_line_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_BUS_LINE_GET, &id, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return rota_missing(ROTA_BUS_LINES, bus_line_id, a, f);
    *out = (struct bus_lines_one){ .bus_line_id = bus_line_id,
                                   .version = db_get_int(rows, 0, 0),
                                   .org_id = db_get_int(rows, 0, 1),
                                   .code = db_get_text(rows, 0, 2),
                                   .name = db_get_text(rows, 0, 3),
                                   .near_m = db_get_int(rows, 0, 4),
                                   .off_m = db_get_int(rows, 0, 5) };
    return true;
}

bool bus_lines_change(struct db *db, const struct bus_lines_one *one, struct arena *a,
                      struct fail *f)
{
    struct buf path = { 0 }, stops = { 0 };
    const struct db_value values[] = { db_int(one->bus_line_id),    db_int(one->version),
                                       db_text(one->name),          db_int(one->near_m),
                                       db_int(one->off_m),          written(&path, one->path),
                                       written(&stops, one->stops), db_text(names_json(one, a)) };
    const struct db_rows *rows;
    const bool ok = db_run(db, QUERIES_BUS_LINE_CHANGE, values, 8, a, &rows, f);

    buf_free(&path);
    buf_free(&stops);
    if (!ok || db_changed(rows) > 0)
        return ok;
    fail_set(f, FAIL_CONFLICT, VERSION_STALE, "bus line %lld is not at version %lld any more",
             (long long)one->bus_line_id, (long long)one->version);
    return fail_value(f, arena_text(a, "%lld", (long long)one->version));
}

bool bus_lines_close(struct db *db, int64_t bus_line_id, struct arena *a, struct fail *f)
{
    const struct db_value id = db_int(bus_line_id);

    return db_run(db, QUERIES_BUS_LINE_CLOSE, &id, 1, a, NULL, f);
}
