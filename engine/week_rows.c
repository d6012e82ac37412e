#include "engine/week_rows.h"

#include <assert.h>
#include <string.h>

#include "engine/pgwire.h"

enum {
    RANGE_LOWER_IN = 2, /* the flag of [lower, upper), of PostgreSQL's rangetypes.h */
    ARRAY_HEAD = 20,
    ARRAY_ITEM = 12,
};

static const int64_t SECOND_US = 1000000;
static const int64_t POSTGRES_BEGINS_S = 946684800; /* 2000-01-01 */

const char *const WEEK_ROWS_BY_WORDS[] = { "city", "org", "grid", "station" };

static struct buf *begin_row(const struct week_rows *r, struct week_rows_table *table,
                             int16_t columns)
{
    if (table->count++ == 0)
        pgwire_copy_begin(&table->bytes);
    pgwire_row(&table->bytes, columns);
    pgwire_int8(&table->bytes, r->week_id);
    return &table->bytes;
}

static void put_word(struct buf *b, const char *word)
{
    pgwire_bytes(b, word, (int32_t)strlen(word));
}

/* ------------------------------------------------------------------ sources */

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

void week_rows_source(struct week_rows *r, const struct week_sources_one *one, uint64_t mark,
                      const struct slab *slabs, int32_t count)
{
    const struct network *n = r->book->terrain->world->network;
    struct buf *b = begin_row(r, &r->sources, 4);

    put_word(b, WEEK_SOURCES_LAYER_WORDS[one->layer]);
    pgwire_int8(b, one->id);
    pgwire_int8(b, (int64_t)mark);
    for (int32_t i = 0; i < count; i++) {
        b = begin_row(r, &r->intervals, 7);
        pgwire_int8(b, one->org_id);
        pgwire_int8(b, n->segment_id[slabs[i].piece.segment]);
        put_range(b, slabs[i].piece.from_cm, slabs[i].piece.to_cm, 4);
        put_word(b, WEEK_SOURCES_LAYER_WORDS[one->layer]);
        pgwire_int8(b, one->id);
        put_range(b, postgres_us(slabs[i].from_s), postgres_us(slabs[i].to_s), 8);
    }
}

/* ------------------------------------------------------------------ gaps */

static void put_id(struct buf *b, const struct terrain_area *area)
{
    if (area)
        pgwire_int8(b, area->id);
    else
        pgwire_null(b);
}

static void put_gap(struct week_rows *r, const struct slab_hole *hole)
{
    const struct terrain *t = r->book->terrain;
    const struct plots_lot *lot = &t->plots->lots[hole->lot];
    const int64_t missing_s = weeks_missing_s(r->book, hole);
    int32_t cell = PLOTS_NO_CELL;

    if (missing_s <= 0)
        return;
    for (int32_t k = 0; k < PLOTS_PROFILES && cell == PLOTS_NO_CELL; k++)
        cell = lot->cell[k];
    struct buf *b = begin_row(r, &r->gaps, 8);

    pgwire_int8(b, t->orgs[lot->org].id);
    put_id(b, cell == PLOTS_NO_CELL ? NULL : &t->cells[cell]);
    pgwire_int8(b, t->world->network->segment_id[hole->piece.segment]);
    pgwire_int4(b, (int32_t)hole->piece.from_cm);
    pgwire_int4(b, (int32_t)hole->piece.to_cm);
    pgwire_int4(b, (int32_t)missing_s);
    put_id(b, lot->station == PLOTS_NO_STATION ? NULL : &t->stations[lot->station]);
}

void week_rows_gaps(struct week_rows *r, int32_t segment, struct arena *a)
{
    const struct slab_hole *holes;
    const int32_t count = slab_holes(r->book->table, segment, a, &holes);

    for (int32_t i = 0; i < count; i++)
        put_gap(r, &holes[i]);
}

/* ------------------------------------------------------------------ sums */

int32_t week_rows_areas(const struct terrain *t, enum week_rows_by by)
{
    switch (by) {
    case WEEK_ROWS_ORG:
        return t->plots->org_count;
    case WEEK_ROWS_GRID:
        return t->plots->cell_count;
    case WEEK_ROWS_STATION:
        return t->plots->station_count;
    case WEEK_ROWS_CITY:
    case WEEK_ROWS_BYS:
        break;
    }
    return 1;
}

static const struct terrain_area *areas_of(const struct terrain *t, enum week_rows_by by)
{
    return by == WEEK_ROWS_GRID ? t->cells : by == WEEK_ROWS_STATION ? t->stations : t->orgs;
}

int64_t week_rows_area_id(const struct terrain *t, enum week_rows_by by, int32_t place)
{
    return areas_of(t, by)[place].id;
}

static void put_hours(struct buf *b, const int64_t hours[WEEKS_HOURS_MAX])
{
    const struct db_value value = db_ints(hours, WEEKS_HOURS_MAX);

    pgwire_size(b, ARRAY_HEAD + WEEKS_HOURS_MAX * ARRAY_ITEM);
    pgwire_value(b, PGWIRE_INT8_ARRAY, &value);
}

void week_rows_sum(struct week_rows *r, enum week_rows_by by, int32_t place)
{
    const struct weeks_book *book = r->book;
    const struct terrain_area *area = &areas_of(book->terrain, by)[place];
    const struct weeks_area *size = by == WEEK_ROWS_GRID      ? &book->cell_areas[place]
                                    : by == WEEK_ROWS_STATION ? &book->station_areas[place]
                                                              : &book->org_areas[place];
    const struct slab_gap *gaps = (by == WEEK_ROWS_GRID      ? book->cells
                                   : by == WEEK_ROWS_STATION ? book->stations
                                                             : book->orgs) +
                                  (size_t)place * WEEKS_HOURS_MAX;
    int64_t length[WEEKS_HOURS_MAX], weight[WEEKS_HOURS_MAX];

    assert(book->hour_count == WEEKS_HOURS_MAX);
    for (int32_t h = 0; h < WEEKS_HOURS_MAX; h++) {
        length[h] = gaps[h].cm_s;
        weight[h] = gaps[h].weight_s;
    }
    struct buf *b = begin_row(r, &r->sums, 8);

    put_word(b, WEEK_ROWS_BY_WORDS[by]);
    pgwire_int8(b, area->id);
    pgwire_int8(b, area->org_id);
    pgwire_int8(b, size->length_cm);
    pgwire_int8(b, size->weight);
    put_hours(b, length);
    put_hours(b, weight);
}

/* ------------------------------------------------------------------ writing */

static bool load(struct db *db, const char *table, enum queries_id query, struct week_rows_table *t,
                 struct fail *f)
{
    if (t->count == 0)
        return true;
    pgwire_copy_end(&t->bytes);
    return db_load(db, table, query, &t->bytes, f);
}

bool week_rows_load(struct week_rows *r, struct db *db, struct fail *f)
{
    return load(db, "cover_source", QUERIES_COVER_SOURCE_COPY, &r->sources, f) &&
           load(db, "cover_interval", QUERIES_COVER_INTERVAL_COPY, &r->intervals, f) &&
           load(db, "cover_gap", QUERIES_COVER_GAP_COPY, &r->gaps, f) &&
           load(db, "cover_tally", QUERIES_COVER_TALLY_COPY, &r->sums, f);
}

void week_rows_free(struct week_rows *r)
{
    buf_free(&r->sources.bytes);
    buf_free(&r->intervals.bytes);
    buf_free(&r->gaps.bytes);
    buf_free(&r->sums.bytes);
}
