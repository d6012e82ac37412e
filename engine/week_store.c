#include "engine/week_store.h"

#include <string.h>

#include "engine/engine.h"
#include "engine/pgwire.h"
#include "engine/weeks.h"
#include "geo/instant.h"

enum {
    RANGE_LOWER_IN = 2, /* the flag of [lower, upper), of PostgreSQL's rangetypes.h */
    ARRAY_HEAD = 20,
    ARRAY_ITEM = 12,
    BUSY_TRIES = 30, /* of two seconds each */
};

static const int64_t SECOND_US = 1000000;
static const int64_t POSTGRES_BEGINS_S = 946684800; /* 2000-01-01 */

/* Rows on their way into a table. */
struct rows {
    struct buf bytes;
    int32_t count;
};

struct shelf {
    const struct weeks_book *book;
    int64_t week_id;
    struct rows intervals, gaps, tallies;
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
    *out =
        (struct weeks_wish){ (enum week_sources_kind)kind, from_us / SECOND_US, WEEKS_HOURS_MAX };
    return true;
}

bool week_store_check(const struct input *wish, struct fail *f)
{
    struct weeks_wish unused;

    return week_store_read(wish, &unused, f);
}

/* ------------------------------------------------------------------ rows */

static void begin_row(struct rows *r, int64_t week_id, int16_t columns)
{
    if (r->count++ == 0)
        pgwire_copy_begin(&r->bytes);
    pgwire_row(&r->bytes, columns);
    pgwire_int8(&r->bytes, week_id);
}

static void put_word(struct buf *b, const char *word)
{
    pgwire_bytes(b, word, (int32_t)strlen(word));
}

static void put_raw(struct buf *b, uint64_t value, int32_t bytes)
{
    for (int32_t i = bytes - 1; i >= 0; i--)
        buf_byte(b, (unsigned char)(value >> (8 * i)));
}

/* int4range and tstzrange, as range_send lays them out. */
static void put_range(struct buf *b, int64_t from, int64_t to, int32_t bytes)
{
    pgwire_size(b, 1 + 2 * (4 + bytes));
    buf_byte(b, RANGE_LOWER_IN);
    put_raw(b, (uint64_t)bytes, 4);
    put_raw(b, (uint64_t)from, bytes);
    put_raw(b, (uint64_t)bytes, 4);
    put_raw(b, (uint64_t)to, bytes);
}

static int64_t postgres_us(int64_t seconds)
{
    return (seconds - POSTGRES_BEGINS_S) * SECOND_US;
}

static void put_intervals(struct shelf *shelf, const struct week_sources_one *one,
                          const struct slab *slabs, int32_t count)
{
    const struct network *n = shelf->book->terrain->world->network;
    struct buf *b = &shelf->intervals.bytes;

    for (int32_t i = 0; i < count; i++) {
        begin_row(&shelf->intervals, shelf->week_id, 7);
        pgwire_int8(b, one->org_id);
        pgwire_int8(b, n->segment_id[slabs[i].piece.segment]);
        put_range(b, slabs[i].piece.from_cm, slabs[i].piece.to_cm, 4);
        put_word(b, WEEK_SOURCES_LAYER_WORDS[one->layer]);
        pgwire_int8(b, one->id);
        put_range(b, postgres_us(slabs[i].from_s), postgres_us(slabs[i].to_s), 8);
    }
}

static bool gather_intervals(struct job *job, struct shelf *shelf, struct fail *f)
{
    const struct weeks_book *book = shelf->book;
    struct week_sources sources;

    if (!week_sources_read(job->db, book->terrain, &book->time, job->arena, &sources, f))
        return false;
    for (int32_t i = 0; i < sources.count; i++) {
        struct arena *a = arena_new();
        const struct slab *slabs;
        const int32_t count =
            week_sources_slabs(book->terrain, &book->time, &sources.items[i], a, &slabs);

        put_intervals(shelf, &sources.items[i], slabs, count);
        arena_free(a);
        if (shelf->intervals.count > WEEK_STORE_ROWS_MAX)
            return fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE,
                            "more than %d intervals cover the week", WEEK_STORE_ROWS_MAX);
    }
    return true;
}

static void put_gap(struct shelf *shelf, const struct slab_hole *hole)
{
    const struct terrain *t = shelf->book->terrain;
    const struct plots_lot *lot = &t->plots->lots[hole->lot];
    const int64_t missing_s = weeks_missing_s(shelf->book, hole);
    struct buf *b = &shelf->gaps.bytes;
    int32_t cell = PLOTS_NO_CELL;

    if (missing_s <= 0)
        return;
    for (int32_t k = 0; k < PLOTS_PROFILES && cell == PLOTS_NO_CELL; k++)
        cell = lot->cell[k];
    begin_row(&shelf->gaps, shelf->week_id, 7);
    pgwire_int8(b, t->orgs[lot->org].id);
    if (cell == PLOTS_NO_CELL)
        pgwire_null(b);
    else
        pgwire_int8(b, t->cells[cell].id);
    pgwire_int8(b, t->world->network->segment_id[hole->piece.segment]);
    pgwire_int4(b, (int32_t)hole->piece.from_cm);
    pgwire_int4(b, (int32_t)hole->piece.to_cm);
    pgwire_int4(b, (int32_t)missing_s);
}

static void gather_gaps(struct shelf *shelf)
{
    const struct network *n = shelf->book->terrain->world->network;
    struct arena *a = arena_new();

    for (int32_t s = 0; s < n->segment_count; s++) {
        const struct slab_hole *holes;
        const int32_t count = slab_holes(shelf->book->table, s, a, &holes);

        for (int32_t i = 0; i < count; i++)
            put_gap(shelf, &holes[i]);
        arena_reset(a);
    }
    arena_free(a);
}

static void put_hours(struct buf *b, const int64_t hours[WEEKS_HOURS_MAX])
{
    const struct db_value value = db_ints(hours, WEEKS_HOURS_MAX);

    pgwire_size(b, ARRAY_HEAD + WEEKS_HOURS_MAX * ARRAY_ITEM);
    pgwire_value(b, PGWIRE_INT8_ARRAY, &value);
}

static void put_tally(struct shelf *shelf, const char *by, const struct terrain_area *area,
                      const struct weeks_area *size, const struct slab_gap *gaps)
{
    struct buf *b = &shelf->tallies.bytes;
    int64_t length[WEEKS_HOURS_MAX], weight[WEEKS_HOURS_MAX];

    for (int32_t h = 0; h < WEEKS_HOURS_MAX; h++) {
        length[h] = gaps[h].cm_s;
        weight[h] = gaps[h].weight_s;
    }
    begin_row(&shelf->tallies, shelf->week_id, 8);
    put_word(b, by);
    pgwire_int8(b, area->id);
    pgwire_int8(b, area->org_id);
    pgwire_int8(b, size->length_cm);
    pgwire_int8(b, size->weight);
    put_hours(b, length);
    put_hours(b, weight);
}

static void gather_tallies(struct shelf *shelf)
{
    const struct weeks_book *book = shelf->book;
    const struct terrain *t = book->terrain;
    const struct terrain_area city = { t->orgs[0].id, t->orgs[0].id, NULL, NULL };

    put_tally(shelf, "city", &city, &book->org_areas[0], book->orgs);
    for (int32_t i = 0; i < t->plots->org_count; i++)
        put_tally(shelf, "org", &t->orgs[i], &book->org_areas[i],
                  book->orgs + (size_t)i * WEEKS_HOURS_MAX);
    for (int32_t i = 0; i < t->plots->cell_count; i++)
        put_tally(shelf, "grid", &t->cells[i], &book->cell_areas[i],
                  book->cells + (size_t)i * WEEKS_HOURS_MAX);
    for (int32_t i = 0; i < t->plots->station_count; i++)
        put_tally(shelf, "station", &t->stations[i], &book->station_areas[i],
                  book->stations + (size_t)i * WEEKS_HOURS_MAX);
}

/* ------------------------------------------------------------------ writing */

static bool load(struct db *db, const char *table, enum queries_id query, struct rows *r,
                 struct fail *f)
{
    if (r->count == 0)
        return true;
    pgwire_copy_end(&r->bytes);
    return db_load(db, table, query, &r->bytes, f);
}

static bool open_week(struct job *job, const struct weeks_book *book, int64_t *week_id,
                      struct fail *f)
{
    const struct db_value values[] = { db_text(WEEK_SOURCES_KIND_WORDS[book->time.kind]),
                                       db_int(book->time.from_s),
                                       db_int(book->terrain->world->network->import_id),
                                       db_int(book->time.known_s) };
    const struct db_rows *rows;

    if (!db_run(job->db, QUERIES_WEEK_DROP, values, 2, NULL, NULL, f) ||
        !db_run(job->db, QUERIES_WEEK_ADD, values, 4, job->arena, &rows, f))
        return false;
    *week_id = db_get_int(rows, 0, 0);
    return true;
}

static const char *result_of(const struct shelf *shelf, struct arena *a)
{
    char from[INSTANT_SIZE];

    instant_write(shelf->book->time.from_s * SECOND_US, from);
    return arena_text(
        a, "{\"week_id\":%lld,\"of\":\"%s\",\"from\":\"%s\",\"intervals\":%d,\"gaps\":%d}",
        (long long)shelf->week_id, WEEK_SOURCES_KIND_WORDS[shelf->book->time.kind], from,
        shelf->intervals.count, shelf->gaps.count);
}

/* What is to be written, while the book is at hand. */
static bool fill(struct job *job, struct shelf *shelf, const char **result, struct fail *f)
{
    if (!open_week(job, shelf->book, &shelf->week_id, f) || !gather_intervals(job, shelf, f))
        return false;
    gather_gaps(shelf);
    gather_tallies(shelf);
    *result = result_of(shelf, job->arena);
    return true;
}

static bool load_all(struct db *db, struct shelf *shelf, struct fail *f)
{
    return load(db, "cover_interval", QUERIES_COVER_INTERVAL_COPY, &shelf->intervals, f) &&
           load(db, "cover_gap", QUERIES_COVER_GAP_COPY, &shelf->gaps, f) &&
           load(db, "cover_tally", QUERIES_COVER_TALLY_COPY, &shelf->tallies, f) &&
           db_commit(db, f);
}

static bool take_book(struct job *job, const struct weeks_wish *wish, const struct weeks_book **out,
                      struct fail *f)
{
    for (int32_t i = 1;; i++) {
        if (!jobs_step(job, 0.1, "scoring", f))
            return false;
        if (weeks_take(engine_weeks(job->engine), wish, out, f))
            return true;
        if (f->code != CODE_WEEKS_BUSY || i == BUSY_TRIES)
            return false;
    }
}

/* All in one transaction: who reads sees the old week whole or the new one. */
bool week_store_run(struct job *job, const char **result, struct fail *f)
{
    struct shelf shelf = { 0 };
    struct weeks_wish wish;

    if (!week_store_read(job->wish, &wish, f) || !take_book(job, &wish, &shelf.book, f))
        return false;
    bool ok =
        jobs_step(job, 0.5, "writing", f) && db_begin(job->db, f) && fill(job, &shelf, result, f);

    weeks_give(engine_weeks(job->engine));
    ok = ok && load_all(job->db, &shelf, f);
    if (!ok)
        db_rollback(job->db);
    buf_free(&shelf.intervals.bytes);
    buf_free(&shelf.gaps.bytes);
    buf_free(&shelf.tallies.bytes);
    return ok;
}
