#include "engine/week_store.h"

#include <string.h>

#include "engine/week_rows.h"
#include "geo/instant.h"

enum { BUSY_TRIES = 30 }; /* of two seconds each */

static const int64_t SECOND_US = 1000000;

/* A source as it was stored. */
struct stored {
    int64_t source_id;
    uint64_t mark;
};

/* A week on its way into its tables; everything in the arena. */
struct shelf {
    struct db *db;
    struct arena *arena;
    const struct weeks_book *book;
    struct week_rows rows;
    bool is_whole;            /* nothing of it is there yet */
    const struct stored *was; /* ascending */
    int32_t was_count;
    uint8_t *touched; /* per segment: 1 where its gaps are others than before */
    int32_t changed;  /* sources */
};

/* ------------------------------------------------------------------ the wish */

bool week_store_read(const struct input *wish, struct weeks_wish *out, struct fail *f)
{
    struct input_key keys[] = { { "of", true, NULL }, { "from", true, NULL } };
    const char *text;
    int64_t from_us;
    int32_t kind;

    if (!input_keys(wish, keys, 2, f) ||
        !input_word(keys[0].value, WEEK_SOURCES_KIND_WORDS, WEEK_SOURCES_KINDS, &kind, f) ||
        !input_text(keys[1].value, INSTANT_SIZE + 10, &text, f))
        return false;
    if (!instant_read(text, strlen(text), &from_us) || from_us % (SLAB_HOUR_S * SECOND_US) != 0) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "hours of coverage cannot begin at \"%.40s\"",
                 text);
        fail_allowed(f, "a moment at a whole hour, such as 2026-11-22T16:00:00Z");
        fail_value(f, text);
        return input_blame(keys[1].value, f);
    }
    *out = (struct weeks_wish){ .kind = (enum week_sources_kind)kind,
                                .from_s = from_us / SECOND_US,
                                .hour_count = WEEKS_HOURS_MAX,
                                .class = COVER_UNWATCHED };
    return true;
}

bool week_store_check(const struct input *wish, struct fail *f)
{
    struct weeks_wish unused;

    return week_store_read(wish, &unused, f);
}

/* ------------------------------------------------------------------ what it is counted on */

/* FNV-1a, of eight bytes at a time: compared, not defended. */
static uint64_t mark_more(uint64_t mark, int64_t value)
{
    return (mark ^ (uint64_t)value) * 1099511628211ULL;
}

/* By ids, because places may differ from one process to the next. */
static int64_t mark_ground(const struct terrain *t)
{
    const struct plots *p = t->plots;
    uint64_t mark = 14695981039346656037ULL;

    for (int32_t s = 0; s < p->segment_count; s++)
        for (int32_t i = p->first[s]; i < p->first[s + 1]; i++) {
            const struct plot *plot = &p->plots[i];
            const struct plots_lot *lot = &p->lots[plot->lot];

            mark = mark_more(mark, (int64_t)s << 32 | plot->to_cm);
            mark = mark_more(mark, plot->weight);
            mark = mark_more(mark, t->orgs[lot->org].id);
            mark = mark_more(mark,
                             lot->station == PLOTS_NO_STATION ? 0 : t->stations[lot->station].id);
            for (int32_t k = 0; k < PLOTS_PROFILES; k++)
                mark =
                    mark_more(mark, lot->cell[k] == PLOTS_NO_CELL ? 0 : t->cells[lot->cell[k]].id);
        }
    for (int32_t i = 0; i < p->org_count; i++) {
        mark = mark_more(mark, t->orgs[i].id);
        mark = mark_more(mark, i > 0 ? t->orgs[p->org_parent[i]].id : 0);
    }
    for (int32_t i = 0; i < p->cell_count; i++)
        mark = mark_more(mark_more(mark, t->cells[i].id), t->cells[i].org_id);
    for (int32_t i = 0; i < p->station_count; i++)
        mark = mark_more(mark_more(mark, t->stations[i].id), t->stations[i].org_id);
    return (int64_t)mark;
}

/* ------------------------------------------------------------------ what is stored */

/* The week's row: its id, import, ground and the second up to which it is known. */
static bool read_week(struct db *db, const struct weeks_wish *wish, struct arena *a,
                      const struct db_rows **rows, struct fail *f)
{
    const struct db_value values[] = { db_text(WEEK_SOURCES_KIND_WORDS[wish->kind]),
                                       db_int(wish->from_s) };

    return db_run(db, QUERIES_WEEK_STORED, values, 2, a, rows, f);
}

static bool stands_on(const struct db_rows *week, const struct terrain *t)
{
    return db_count(week) > 0 && db_get_int(week, 0, 1) == t->world->network->import_id &&
           db_get_int(week, 0, 2) == mark_ground(t);
}

static bool read_marks(struct db *db, int64_t week_id, struct arena *a, const struct stored **out,
                       int32_t *count, struct fail *f)
{
    const struct db_rows *rows[WEEK_SOURCES_LAYERS];
    int32_t sum = 0;

    for (int32_t k = 0; k < WEEK_SOURCES_LAYERS; k++) {
        const struct db_value values[] = { db_int(week_id), db_text(WEEK_SOURCES_LAYER_WORDS[k]) };

        if (!db_run(db, QUERIES_WEEK_MARKS, values, 2, a, &rows[k], f))
            return false;
        sum += db_count(rows[k]);
    }
    struct stored *marks = arena_take(a, (size_t)sum + 1, sizeof *marks);

    *count = 0;
    for (int32_t k = 0; k < WEEK_SOURCES_LAYERS; k++)
        for (int32_t i = 0; i < db_count(rows[k]); i++)
            marks[(*count)++] = (struct stored){ week_sources_id((enum week_sources_layer)k,
                                                                 db_get_int(rows[k], i, 0)),
                                                 (uint64_t)db_get_int(rows[k], i, 1) };
    *out = marks;
    return true;
}

bool week_store_stale(struct db *db, const struct terrain *t, const struct weeks_wish *wish,
                      struct arena *a, bool *is_stale, struct fail *f)
{
    struct week_sources_time time = { .kind = wish->kind,
                                      .from_s = wish->from_s,
                                      .to_s =
                                          wish->from_s + (int64_t)wish->hour_count * SLAB_HOUR_S };
    const struct db_rows *week;
    const struct stored *was;
    struct week_sources now;
    int32_t count;

    if (!read_week(db, wish, a, &week, f))
        return false;
    *is_stale = !stands_on(week, t);
    if (*is_stale)
        return true;
    time.known_s = db_get_int(week, 0, 3);
    if (!read_marks(db, db_get_int(week, 0, 0), a, &was, &count, f) ||
        !week_sources_read(db, t, &time, a, &now, f))
        return false;
    *is_stale = now.count != count;
    for (int32_t i = 0; i < count && !*is_stale; i++)
        *is_stale = now.items[i].source_id != was[i].source_id || now.items[i].mark != was[i].mark;
    return true;
}

/* ------------------------------------------------------------------ what has changed */

static bool begin_whole(struct shelf *shelf, struct fail *f)
{
    const struct weeks_book *book = shelf->book;
    const struct db_value values[] = { db_text(WEEK_SOURCES_KIND_WORDS[book->time.kind]),
                                       db_int(book->time.from_s),
                                       db_int(book->terrain->world->network->import_id),
                                       db_int(book->time.known_s),
                                       db_int(mark_ground(book->terrain)) };
    const struct db_rows *rows;

    if (!db_run(shelf->db, QUERIES_WEEK_DROP, values, 2, NULL, NULL, f) ||
        !db_run(shelf->db, QUERIES_WEEK_ADD, values, 5, shelf->arena, &rows, f))
        return false;
    shelf->is_whole = true;
    shelf->rows.week_id = db_get_int(rows, 0, 0);
    return true;
}

/* Alone with the week; what is stored of it is left as it is where it still holds. */
static bool begin(struct shelf *shelf, bool is_whole, struct fail *f)
{
    const struct weeks_book *book = shelf->book;
    const struct network *n = book->terrain->world->network;
    const struct weeks_wish wish = { book->time.kind, book->time.from_s, book->hour_count,
                                     book->class };
    const struct db_value values[] = { db_text(WEEK_SOURCES_KIND_WORDS[wish.kind]),
                                       db_int(wish.from_s) };
    const struct db_rows *week;

    shelf->touched = arena_take(shelf->arena, (size_t)n->segment_count + 1, 1);
    if (!db_run(shelf->db, QUERIES_WEEK_LOCK, values, 2, NULL, NULL, f) ||
        !read_week(shelf->db, &wish, shelf->arena, &week, f))
        return false;
    if (is_whole || !stands_on(week, book->terrain)) {
        memset(shelf->touched, 1, (size_t)n->segment_count);
        return begin_whole(shelf, f);
    }
    if (db_get_int(week, 0, 3) != book->time.known_s) /* every gap of it is longer now */
        memset(shelf->touched, 1, (size_t)n->segment_count);
    shelf->rows.week_id = db_get_int(week, 0, 0);
    return read_marks(shelf->db, shelf->rows.week_id, shelf->arena, &shelf->was, &shelf->was_count,
                      f);
}

static bool let_go(struct shelf *shelf, enum week_sources_layer layer, const int64_t *ids,
                   int32_t count, struct fail *f)
{
    const struct network *n = shelf->book->terrain->world->network;
    const struct db_value values[] = { db_int(shelf->rows.week_id),
                                       db_text(WEEK_SOURCES_LAYER_WORDS[layer]),
                                       db_ints(ids, (size_t)count) };
    const struct db_rows *rows;

    if (count == 0)
        return true;
    if (!db_run(shelf->db, QUERIES_WEEK_LET_GO, values, 3, shelf->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        const int32_t segment = network_find(n, db_get_int(rows, i, 0));

        if (segment >= 0)
            shelf->touched[segment] = 1;
    }
    return true;
}

static uint64_t mark_of(const struct stored *marks, int32_t count, int64_t source_id,
                        bool *is_there)
{
    int32_t low = 0, high = count;

    while (low < high) {
        const int32_t middle = low + (high - low) / 2;

        if (marks[middle].source_id < source_id)
            low = middle + 1;
        else
            high = middle;
    }
    *is_there = low < count && marks[low].source_id == source_id;
    return *is_there ? marks[low].mark : 0;
}

/* Those that are no more, or others than they were. */
static bool let_changed_go(struct shelf *shelf, const struct stored *now, int32_t now_count,
                           struct fail *f)
{
    int64_t *ids = arena_take(shelf->arena, (size_t)shelf->was_count + 1, sizeof *ids);
    int32_t i = 0;

    for (int32_t k = 0; k < WEEK_SOURCES_LAYERS; k++) {
        const int64_t end = week_sources_id((enum week_sources_layer)(k + 1), 0);
        const int64_t begin = week_sources_id((enum week_sources_layer)k, 0);
        int32_t count = 0;
        bool is_there;

        for (; i < shelf->was_count && shelf->was[i].source_id < end; i++)
            if (mark_of(now, now_count, shelf->was[i].source_id, &is_there) != shelf->was[i].mark ||
                !is_there)
                ids[count++] = shelf->was[i].source_id - begin;
        shelf->changed += count;
        if (!let_go(shelf, (enum week_sources_layer)k, ids, count, f))
            return false;
    }
    return true;
}

static void put_source(struct shelf *shelf, const struct week_sources_one *one, uint64_t mark)
{
    struct arena *a = arena_new();
    const struct slab *slabs;
    const int32_t count =
        week_sources_slabs(shelf->book->terrain, &shelf->book->time, one, a, &slabs);

    /* One that has changed since the book was made is put as it is now, without a mark that
     * would say so: the next look writes it again, and the gaps with it. */
    week_rows_source(&shelf->rows, one, one->mark == mark ? mark : 0, slabs, count);
    for (int32_t i = 0; i < count; i++)
        shelf->touched[slabs[i].piece.segment] = 1;
    arena_free(a);
}

static bool put_sources(struct shelf *shelf, struct fail *f)
{
    const struct weeks_book *book = shelf->book;
    struct stored *now = arena_take(shelf->arena, (size_t)book->source_count + 1, sizeof *now);
    struct week_sources sources;
    bool was_there, is_there;

    for (int32_t i = 0; i < book->source_count; i++)
        now[i] = (struct stored){ book->sources[i].source_id, book->sources[i].mark };
    if (!let_changed_go(shelf, now, book->source_count, f) ||
        !week_sources_read(shelf->db, book->terrain, &book->time, shelf->arena, &sources, f))
        return false;
    for (int32_t i = 0; i < sources.count; i++) {
        const struct week_sources_one *one = &sources.items[i];
        const uint64_t was = mark_of(shelf->was, shelf->was_count, one->source_id, &was_there);
        const uint64_t mark = mark_of(now, book->source_count, one->source_id, &is_there);

        if (!is_there || (was_there && was == mark))
            continue;
        put_source(shelf, one, mark);
        shelf->changed += !was_there;
        if (shelf->rows.intervals.count > WEEK_ROWS_MAX)
            return fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE,
                            "more than %d intervals cover the week", WEEK_ROWS_MAX);
    }
    return true;
}

/* ------------------------------------------------------------------ gaps and sums */

static bool put_gaps(struct shelf *shelf, struct fail *f)
{
    const struct network *n = shelf->book->terrain->world->network;
    int64_t *ids = arena_take(shelf->arena, (size_t)n->segment_count + 1, sizeof *ids);
    struct arena *a = arena_new();
    int32_t count = 0;

    for (int32_t s = 0; s < n->segment_count; s++) {
        if (!shelf->touched[s])
            continue;
        ids[count++] = n->segment_id[s];
        week_rows_gaps(&shelf->rows, s, a);
        arena_reset(a);
    }
    arena_free(a);
    const struct db_value values[] = { db_int(shelf->rows.week_id), db_ints(ids, (size_t)count),
                                       db_int(shelf->book->time.known_s) };

    return shelf->is_whole || db_run(shelf->db, QUERIES_WEEK_CLEAR_GAPS, values, 3, NULL, NULL, f);
}

/* Which areas have streets that are touched: an organisation with all above it. */
static void touch_areas(const struct shelf *shelf, uint8_t *const touched[WEEK_ROWS_BYS])
{
    const struct plots *p = shelf->book->terrain->plots;

    for (int32_t s = 0; s < p->segment_count; s++)
        for (int32_t i = p->first[s]; shelf->touched[s] && i < p->first[s + 1]; i++) {
            const struct plots_lot *lot = &p->lots[p->plots[i].lot];

            for (int32_t k = 0; k < PLOTS_PROFILES; k++)
                if (lot->cell[k] != PLOTS_NO_CELL)
                    touched[WEEK_ROWS_GRID][lot->cell[k]] = 1;
            if (lot->station != PLOTS_NO_STATION)
                touched[WEEK_ROWS_STATION][lot->station] = 1;
            for (int32_t org = lot->org; org >= 0; org = p->org_parent[org])
                touched[WEEK_ROWS_ORG][org] = 1;
            touched[WEEK_ROWS_CITY][0] = 1;
        }
}

static bool put_sums(struct shelf *shelf, struct fail *f)
{
    const struct terrain *t = shelf->book->terrain;
    uint8_t *touched[WEEK_ROWS_BYS];

    for (int32_t by = 0; by < WEEK_ROWS_BYS; by++) {
        const int32_t areas = week_rows_areas(t, (enum week_rows_by)by);

        touched[by] = arena_take(shelf->arena, (size_t)areas + 1, 1);
        memset(touched[by], shelf->is_whole, (size_t)areas);
    }
    touch_areas(shelf, touched);
    for (int32_t by = 0; by < WEEK_ROWS_BYS; by++) {
        const int32_t areas = week_rows_areas(t, (enum week_rows_by)by);
        int64_t *ids = arena_take(shelf->arena, (size_t)areas + 1, sizeof *ids);
        int32_t count = 0;

        for (int32_t i = 0; i < areas; i++) {
            if (!touched[by][i])
                continue;
            ids[count++] = week_rows_area_id(t, (enum week_rows_by)by, i);
            week_rows_sum(&shelf->rows, (enum week_rows_by)by, i);
        }
        const struct db_value values[] = { db_int(shelf->rows.week_id),
                                           db_text(WEEK_ROWS_BY_WORDS[by]),
                                           db_ints(ids, (size_t)count) };

        if (!shelf->is_whole && count > 0 &&
            !db_run(shelf->db, QUERIES_WEEK_CLEAR_SUMS, values, 3, NULL, NULL, f))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------ writing */

bool week_store_write(struct db *db, struct weeks *weeks, const struct weeks_book *book,
                      bool is_whole, struct arena *a, struct week_store_done *done, struct fail *f)
{
    struct shelf shelf = { .db = db, .arena = a, .book = book, .rows = { .book = book } };
    bool ok = db_begin(db, f) && begin(&shelf, is_whole, f) && put_sources(&shelf, f) &&
              put_gaps(&shelf, f) && put_sums(&shelf, f);

    *done = (struct week_store_done){ shelf.rows.week_id, shelf.is_whole, shelf.changed,
                                      shelf.rows.intervals.count, shelf.rows.gaps.count };
    weeks_give(weeks);
    ok = ok && week_rows_load(&shelf.rows, db, f) && db_commit(db, f);
    if (!ok)
        db_rollback(db);
    week_rows_free(&shelf.rows);
    return ok;
}

/* ------------------------------------------------------------------ the job */

static bool take_book(struct job *job, const struct weeks_wish *wish, const struct weeks_book **out,
                      struct fail *f)
{
    for (int32_t i = 1;; i++) {
        if (!jobs_step(job, 0.1, "scoring", f))
            return false;
        if (weeks_take(job->means.weeks, wish, out, f))
            return true;
        if (f->code != CODE_WEEKS_BUSY || i == BUSY_TRIES)
            return false;
    }
}

static const char *result_of(const struct weeks_wish *wish, const struct week_store_done *done,
                             struct arena *a)
{
    char from[INSTANT_SIZE];

    instant_write(wish->from_s * SECOND_US, from);
    return arena_text(
        a, "{\"week_id\":%lld,\"of\":\"%s\",\"from\":\"%s\",\"intervals\":%d,\"gaps\":%d}",
        (long long)done->week_id, WEEK_SOURCES_KIND_WORDS[wish->kind], from, done->intervals,
        done->gaps);
}

/* All in one transaction: who reads sees the old week whole or the new one. */
bool week_store_run(struct job *job, const char **result, struct fail *f)
{
    struct weeks *weeks = job->means.weeks;
    const struct weeks_book *book;
    struct week_store_done done;
    struct weeks_wish wish;

    if (!week_store_read(job->wish, &wish, f) || !take_book(job, &wish, &book, f))
        return false;
    if (!jobs_step(job, 0.5, "writing", f)) {
        weeks_give(weeks);
        return false;
    }
    if (!week_store_write(job->db, weeks, book, true, job->arena, &done, f))
        return false;
    *result = result_of(&wish, &done, job->arena);
    return true;
}
