#include "engine/weeks.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "geo/base/buf.h"

enum {
    PATIENCE_S = 2, /* for others who have the books */
    LIMIT_MS = 60000,
    MINUTE_S = 60,
};

static const int64_t SECOND_US = 1000000;

struct book {
    struct weeks_book shown;
    struct slab_table *table; /* NULL: there is no book here */
    struct week_sources_one *sources;
    struct arena *rolled; /* of the sums */
    struct arena *laid;   /* of the areas */
    uint64_t used;
};

struct weeks {
    struct terrain_slot *terrains;
    int32_t reach_k;
    pthread_mutex_t lock; /* guards the rest */
    struct db *db;
    struct book books[WEEKS_BOOKS_MAX];
    uint64_t uses;
};

/* ------------------------------------------------------------------ reading a book */

int32_t weeks_known_s(const struct weeks_book *b, int32_t hour)
{
    const int64_t left_s = b->time.known_s - (b->time.from_s + (int64_t)hour * SLAB_HOUR_S);

    if (b->is_unknown[hour])
        return 0;
    return left_s <= 0 ? 0 : left_s < SLAB_HOUR_S ? (int32_t)left_s : SLAB_HOUR_S;
}

int64_t weeks_missing_s(const struct weeks_book *b, const struct slab_hole *hole)
{
    int64_t unknown_s = 0;

    /* What one alone covers is known where it is missing at all. */
    for (int32_t h = 0; b->class != COVER_THIN && h < b->hour_count; h++)
        unknown_s += SLAB_HOUR_S - weeks_known_s(b, h);
    return hole->gap_s - unknown_s;
}

/* ------------------------------------------------------------------ making one */

static void drop_book(struct book *b)
{
    slab_free(b->table);
    terrain_drop(b->shown.terrain);
    arena_free(b->rolled);
    arena_free(b->laid);
    free(b->sources);
    *b = (struct book){ 0 };
}

static void add_area(struct weeks_area *area, int64_t length_cm, uint32_t weight)
{
    area->length_cm += length_cm;
    area->weight += length_cm * weight;
}

static void measure(const struct plots *p, struct arena *a, struct weeks_book *shown)
{
    struct weeks_area *cells = arena_take(a, (size_t)p->cell_count + 1, sizeof *cells);
    struct weeks_area *orgs = arena_take(a, (size_t)p->org_count + 1, sizeof *orgs);
    struct weeks_area *stations = arena_take(a, (size_t)p->station_count + 1, sizeof *stations);

    for (int32_t s = 0; s < p->segment_count; s++) {
        uint32_t from_cm = 0;

        for (int32_t i = p->first[s]; i < p->first[s + 1]; i++) {
            const struct plot *plot = &p->plots[i];
            const struct plots_lot *lot = &p->lots[plot->lot];
            const int64_t length_cm = plot->to_cm - from_cm;

            for (int32_t k = 0; k < PLOTS_PROFILES; k++)
                if (lot->cell[k] != PLOTS_NO_CELL)
                    add_area(&cells[lot->cell[k]], length_cm, plot->weight);
            add_area(&orgs[lot->org], length_cm, plot->weight);
            if (lot->station != PLOTS_NO_STATION)
                add_area(&stations[lot->station], length_cm, plot->weight);
            from_cm = plot->to_cm;
        }
    }
    for (int32_t i = p->org_count - 1; i > 0; i--) { /* parents stand before their own */
        orgs[p->org_parent[i]].length_cm += orgs[i].length_cm;
        orgs[p->org_parent[i]].weight += orgs[i].weight;
    }
    shown->cell_areas = cells;
    shown->org_areas = orgs;
    shown->station_areas = stations;
}

static void start_book(struct book *b, const struct terrain *t, const struct weeks_wish *wish)
{
    drop_book(b);
    b->shown.terrain = terrain_hold_again(t);
    b->shown.class = wish->class;
    b->shown.time = (struct week_sources_time){ .kind = wish->kind,
                                                .from_s = wish->from_s,
                                                .with_reach = wish->class != COVER_UNWATCHED };
    b->shown.time.to_s = wish->from_s + (int64_t)wish->hour_count * SLAB_HOUR_S;
    b->shown.hour_count = wish->hour_count;
    b->table = slab_new(t->world->network, t->plots, wish->from_s, wish->hour_count,
                        wish->class == COVER_THIN ? SLAB_ALONE : SLAB_NONE);
    b->shown.table = b->table;
    b->laid = arena_new();
    measure(t->plots, b->laid, &b->shown);
}

static bool is_wished(const struct book *b, const struct weeks_wish *wish)
{
    return b->table && b->shown.time.kind == wish->kind && b->shown.time.from_s == wish->from_s &&
           b->shown.hour_count == wish->hour_count && b->shown.class == wish->class;
}

/* The one of this wish, or the one that nobody has asked for longest. */
static struct book *book_for(struct weeks *w, const struct weeks_wish *wish)
{
    struct book *oldest = &w->books[0];

    for (int32_t i = 0; i < WEEKS_BOOKS_MAX; i++) {
        struct book *b = &w->books[i];

        if (is_wished(b, wish))
            return b;
        if (b->used < oldest->used)
            oldest = b;
    }
    return oldest;
}

static bool is_of(const struct book *b, const struct weeks_wish *wish, const struct terrain *t)
{
    return is_wished(b, wish) && b->shown.terrain->laid == t->laid;
}

/* ------------------------------------------------------------------ bringing it up to date */

static bool counts(const struct book *b, enum week_sources_layer layer, const struct slab *slab,
                   int32_t reach_k)
{
    const bool is_few = layer == WEEK_SOURCES_REACH && slab->units < reach_k;

    switch (b->shown.class) {
    case COVER_UNREACHABLE:
        return layer == WEEK_SOURCES_REACH && !is_few;
    case COVER_DARK:
        return !is_few;
    case COVER_UNWATCHED:
    case COVER_THIN:
    case COVER_CLASS_COUNT:
        break;
    }
    return true;
}

/* What of a slab lies in hours that are known, each stretch of them for itself. */
static void put_known(const struct weeks_book *b, struct slab slab, struct buf *out)
{
    const int64_t from_s = slab.from_s, to_s = slab.to_s;

    for (int32_t h = 0; h < b->hour_count; h++) {
        const int64_t begin_s = b->time.from_s + (int64_t)h * SLAB_HOUR_S;

        while (h + 1 < b->hour_count && !b->is_unknown[h] && !b->is_unknown[h + 1])
            h++;
        const int64_t end_s = b->time.from_s + (int64_t)(h + 1) * SLAB_HOUR_S;

        slab.from_s = from_s > begin_s ? from_s : begin_s;
        slab.to_s = to_s < end_s ? to_s : end_s;
        if (!b->is_unknown[h] && slab.from_s < slab.to_s)
            buf_put(out, &slab, sizeof slab);
    }
}

static bool put(struct weeks *w, struct book *b, const struct week_sources_one *one, struct fail *f)
{
    struct arena *a = arena_new();
    struct buf counted = { 0 };
    const struct slab *slabs;
    int32_t count;
    const bool ok =
        week_sources_find(w->db, b->shown.terrain, &b->shown.time, one, a, &slabs, &count, f);

    if (ok && b->shown.class == COVER_UNWATCHED) {
        slab_put(b->table, one->source_id, slabs, count);
    } else if (ok) {
        for (int32_t i = 0; i < count; i++)
            if (counts(b, one->layer, &slabs[i], w->reach_k))
                put_known(&b->shown, slabs[i], &counted);
        slab_put(b->table, one->source_id, (const void *)counted.bytes,
                 (int32_t)(counted.size / sizeof *slabs));
    }
    buf_free(&counted);
    arena_free(a);
    return ok;
}

/* Both lists ascend: who is new or has changed is put, who is missing taken away. */
static bool compare(struct weeks *w, struct book *b, const struct week_sources *now, bool is_anew,
                    int32_t *changed, struct fail *f)
{
    const struct week_sources_one *was = b->sources;
    int32_t i = 0, k = 0;

    *changed = 0;
    while (i < b->shown.source_count || k < now->count) {
        const int64_t old_id = i < b->shown.source_count ? was[i].source_id : INT64_MAX;
        const int64_t new_id = k < now->count ? now->items[k].source_id : INT64_MAX;

        if (old_id < new_id) {
            slab_put(b->table, old_id, NULL, 0);
            (*changed)++;
        } else if (is_anew || new_id < old_id || was[i].mark != now->items[k].mark) {
            if (!put(w, b, &now->items[k], f))
                return false;
            (*changed)++;
        }
        i += old_id <= new_id;
        k += new_id <= old_id;
    }
    return true;
}

/* Of which hours nobody knows who could have come, where that counts; whether these are
 * others than before. */
static bool find_unknown(struct weeks_book *b, const struct week_sources *now)
{
    bool was[WEEKS_HOURS_MAX];

    memcpy(was, b->is_unknown, sizeof was);
    for (int32_t h = 0; h < b->hour_count; h++)
        b->is_unknown[h] = b->time.with_reach;
    for (int32_t i = 0; i < now->count; i++)
        if (now->items[i].layer == WEEK_SOURCES_REACH)
            b->is_unknown[(now->items[i].id - b->time.from_s) / SLAB_HOUR_S] = false;
    return memcmp(was, b->is_unknown, sizeof was) != 0;
}

/* What its slabs were made of goes with the arena in which it was read. */
static void keep_sources(struct book *b, const struct week_sources *now)
{
    const size_t size = (size_t)now->count * sizeof *b->sources;

    free(b->sources);
    b->sources = malloc(size + 1);
    if (!b->sources)
        abort();
    memcpy(b->sources, now->items, size);
    for (int32_t i = 0; i < now->count; i++) {
        b->sources[i].stints = NULL;
        b->sources[i].legs = NULL;
        b->sources[i].proven = NULL;
        b->sources[i].stint_count = b->sources[i].leg_count = b->sources[i].proven_count = 0;
    }
    b->shown.sources = b->sources;
    b->shown.source_count = now->count;
}

/* After what is known everything looks uncovered; that is taken off again. */
static void forget_unknown(const struct weeks_book *b, struct slab_gap *gaps,
                           const struct weeks_area *areas, int32_t count)
{
    for (int32_t h = 0; h < b->hour_count; h++) {
        const int64_t unknown_s = b->class == COVER_THIN ? 0 : SLAB_HOUR_S - weeks_known_s(b, h);

        for (int32_t i = 0; unknown_s > 0 && i < count; i++) {
            gaps[i * b->hour_count + h].cm_s -= areas[i].length_cm * unknown_s;
            gaps[i * b->hour_count + h].weight_s -= areas[i].weight * unknown_s;
        }
    }
}

static struct slab_gap *copy_gaps(const struct slab_gap *gaps, size_t count, struct arena *a)
{
    struct slab_gap *copy = arena_take(a, count + 1, sizeof *copy);

    memcpy(copy, gaps, count * sizeof *copy);
    return copy;
}

static void roll(struct book *b)
{
    const struct plots *p = b->shown.terrain->plots;
    const size_t hours = (size_t)b->shown.hour_count;
    struct slab_roll rolled;

    arena_free(b->rolled);
    b->rolled = arena_new();
    slab_roll(b->table, b->rolled, &rolled);
    struct slab_gap *cells = copy_gaps(rolled.cells, (size_t)p->cell_count * hours, b->rolled);
    struct slab_gap *orgs = copy_gaps(rolled.orgs, (size_t)p->org_count * hours, b->rolled);
    struct slab_gap *stations =
        copy_gaps(rolled.stations, (size_t)p->station_count * hours, b->rolled);

    forget_unknown(&b->shown, cells, b->shown.cell_areas, p->cell_count);
    forget_unknown(&b->shown, orgs, b->shown.org_areas, p->org_count);
    forget_unknown(&b->shown, stations, b->shown.station_areas, p->station_count);
    b->shown.cells = cells;
    b->shown.orgs = orgs;
    b->shown.stations = stations;
}

static bool read_now(struct db *db, struct arena *a, int64_t *now_us, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_WEEK_NOW, NULL, 0, a, &rows, f))
        return false;
    *now_us = db_get_int(rows, 0, 0);
    return true;
}

/* What is known of an actual time changes with every minute. */
static void set_known(struct weeks_book *b, int64_t now_us)
{
    const int64_t minute_s = now_us / SECOND_US / MINUTE_S * MINUTE_S;

    b->time.known_s = b->time.to_s;
    if (b->time.kind == WEEK_SOURCES_ACTUAL && minute_s < b->time.to_s)
        b->time.known_s = minute_s > b->time.from_s ? minute_s : b->time.from_s;
    b->data_us = now_us;
}

static bool bring(struct weeks *w, struct book *b, const struct terrain *t, struct arena *a,
                  struct fail *f)
{
    const int64_t began_us = clock_steady_us();
    struct week_sources now;
    int64_t now_us;

    if (t != b->shown.terrain) {
        terrain_drop(b->shown.terrain);
        b->shown.terrain = terrain_hold_again(t);
    }
    if (!read_now(w->db, a, &now_us, f))
        return false;
    const int64_t known_s = b->shown.time.known_s;

    set_known(&b->shown, now_us);
    if (!week_sources_read(w->db, t, &b->shown.time, a, &now, f))
        return false;
    const bool is_anew = find_unknown(&b->shown, &now);
    int32_t changed;

    if (!compare(w, b, &now, is_anew, &changed, f))
        return false;
    const int32_t settled = slab_settle(b->table);

    keep_sources(b, &now);
    if (changed > 0 || !b->rolled || known_s != b->shown.time.known_s)
        roll(b);
    if (changed > 0) {
        metrics_observe_us(METRIC_WEEK_TIME, clock_steady_us() - began_us);
        log_line(LOG_INFO, "hours_scored",
                 log_text("kind", WEEK_SOURCES_KIND_WORDS[b->shown.time.kind]),
                 log_int("hours", b->shown.hour_count), log_int("sources", now.count),
                 log_int("changed", changed), log_int("segments", settled),
                 log_int("bytes", (int64_t)slab_bytes(b->table)),
                 log_int("took_ms", (clock_steady_us() - began_us) / 1000));
    }
    return true;
}

/* ------------------------------------------------------------------ taking */

static bool lock_books(struct weeks *w, struct fail *f)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    if (pthread_mutex_timedlock(&w->lock, &until) == 0)
        return true;
    return fail_set(f, FAIL_BUSY, WEEKS_BUSY, "other hours are being worked out");
}

static const struct terrain *hold_terrain(struct weeks *w, struct fail *f)
{
    const struct terrain *t = terrain_hold(w->terrains);

    if (!t)
        fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    return t;
}

bool weeks_take(struct weeks *w, const struct weeks_wish *wish, const struct weeks_book **out,
                struct fail *f)
{
    assert(wish->hour_count >= 1 && wish->hour_count <= WEEKS_HOURS_MAX);
    if (!lock_books(w, f))
        return false;
    const struct terrain *t = hold_terrain(w, f);
    struct book *b = book_for(w, wish);
    struct arena *a = arena_new();
    bool ok = t != NULL;

    if (ok && !is_of(b, wish, t))
        start_book(b, t, wish);
    ok = ok && bring(w, b, t, a, f);
    if (!ok && b->table)
        drop_book(b); /* nobody knows what of it holds */
    arena_free(a);
    terrain_drop(t);
    if (!ok) {
        pthread_mutex_unlock(&w->lock);
        return false;
    }
    b->used = ++w->uses;
    *out = &b->shown;
    return true;
}

void weeks_give(struct weeks *w)
{
    pthread_mutex_unlock(&w->lock);
}

bool weeks_read(struct weeks *w, const struct week_sources_time *time, struct arena *a,
                struct weeks_reading *out, struct fail *f)
{
    if (!lock_books(w, f))
        return false;
    const struct terrain *t = hold_terrain(w, f);
    const bool ok = t && read_now(w->db, a, &out->data_us, f) &&
                    week_sources_read(w->db, t, time, a, &out->sources, f);

    pthread_mutex_unlock(&w->lock);
    if (!ok) {
        terrain_drop(t);
        return false;
    }
    out->terrain = t;
    return true;
}

bool weeks_shifts(struct weeks *w, const struct weeks_book *b, const int64_t *lookout_point_ids,
                  int32_t count, struct arena *a, const struct weeks_shift **out,
                  int32_t *shift_count, struct fail *f)
{
    const struct db_value values[] = { db_int(b->time.from_s), db_int(b->time.to_s),
                                       db_ints(lookout_point_ids, (size_t)count) };
    const struct db_rows *rows;

    if (!db_run(w->db, QUERIES_WEEK_SHIFTS_AT, values, 3, a, &rows, f))
        return false;
    struct weeks_shift *shifts = arena_take(a, (size_t)db_count(rows) + 1, sizeof *shifts);

    for (int32_t i = 0; i < db_count(rows); i++)
        shifts[i] = (struct weeks_shift){ db_get_int(rows, i, 1),
                                          db_get_int(rows, i, 0),
                                          { db_get_int(rows, i, 2), db_get_int(rows, i, 3) } };
    *out = shifts;
    *shift_count = db_count(rows);
    return true;
}

bool weeks_slabs(struct weeks *w, const struct terrain *t, const struct week_sources_time *time,
                 const struct week_sources_one *one, struct arena *a, const struct slab **out,
                 int32_t *count, struct fail *f)
{
    if (!lock_books(w, f))
        return false;
    const bool ok = week_sources_find(w->db, t, time, one, a, out, count, f);

    pthread_mutex_unlock(&w->lock);
    return ok;
}

struct weeks *weeks_open(const char *database, struct terrain_slot *terrains, int32_t reach_k,
                         struct fail *f)
{
    struct weeks *w = calloc(1, sizeof *w);

    if (!w)
        abort();
    w->terrains = terrains;
    w->reach_k = reach_k;
    pthread_mutex_init(&w->lock, NULL);
    w->db = db_open(database, f);
    if (w->db && db_become(w->db, DB_ENGINE, f) && db_limit(w->db, LIMIT_MS, f))
        return w;
    weeks_close(w);
    return NULL;
}

void weeks_close(struct weeks *w)
{
    if (!w)
        return;
    for (int32_t i = 0; i < WEEKS_BOOKS_MAX; i++)
        drop_book(&w->books[i]);
    db_close(w->db);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
