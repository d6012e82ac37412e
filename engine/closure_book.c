/* Costs are never put back to what they were before: they are computed from the speeds, the
 * hour and everything in force, and where they differ from those that the roads have, the
 * roads are given them. So closures that overlap, and any order of openings, end right. */
#include "engine/closure_book.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/buf.h"

/* From so many changes on, one in so many edges, all costs anew are cheaper. */
enum { ANEW_FROM = 64 };

struct entry {
    struct closure_book_one one;
    bool is_told_right; /* listeners know whether it is in force */
    bool is_known;      /* its streets are */
    int32_t edge_count;
    int32_t *edges; /* on the heap */
};

struct closure_book {
    const char *zone;
    uint64_t world;    /* version of the one that this is about; 0: none yet */
    int64_t looked_us; /* the last look, by the database's clock */
    struct pace pace;
    struct buf entries;  /* struct entry, by id: in force or still to come */
    struct buf limits;   /* struct pace_limit, by edge: in force */
    struct arena *arena; /* of one look */
};

static struct entry *entry_at(const struct buf *entries, int32_t i)
{
    return (struct entry *)(void *)entries->bytes + i;
}

static int32_t entry_count(const struct buf *entries)
{
    return (int32_t)(entries->size / sizeof(struct entry));
}

static void entries_free(struct buf *entries)
{
    for (int32_t i = 0; i < entry_count(entries); i++)
        free(entry_at(entries, i)->edges);
    buf_free(entries);
}

struct closure_book *closure_book_new(const char *zone)
{
    struct closure_book *b = calloc(1, sizeof *b);

    if (!b)
        abort();
    b->zone = zone;
    b->arena = arena_new();
    return b;
}

void closure_book_free(struct closure_book *b)
{
    if (!b)
        return;
    entries_free(&b->entries);
    buf_free(&b->limits);
    arena_free(b->arena);
    free(b);
}

/* ------------------------------------------------------------------ reading */

static bool read_clock(struct closure_book *b, struct db *db, struct closure_book_look *look,
                       int32_t *hour, struct fail *f)
{
    const struct db_value zone = db_text(b->zone);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TRAFFIC_CLOCK, &zone, 1, b->arena, &rows, f))
        return false;
    look->now_us = db_get_int(rows, 0, 0);
    *hour = (int32_t)db_get_int(rows, 0, 1);
    look->next_us = db_get_int(rows, 0, 2);
    return true;
}

static enum mode mode_of(const char *word)
{
    enum mode mode = 0;

    while (mode < MODE_COUNT - 1 && strcmp(network_mode_word(mode), word) != 0)
        mode++;
    return mode;
}

static bool read_pace(struct closure_book *b, struct db *db, int32_t hour, struct pace *out,
                      struct fail *f)
{
    const struct db_value value = db_int(hour);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TRAFFIC_PACE, &value, 1, b->arena, &rows, f))
        return false;
    *out = (struct pace){ 0 };
    for (int32_t i = 0; i < db_count(rows); i++) {
        const int64_t class = db_get_int(rows, i, 0);
        const enum mode mode = mode_of(db_get_text(rows, i, 1));

        if (class < 0 || class >= STREET_CLASS_COUNT)
            continue;
        out->speeds.kmh[class][mode] = db_get_double(rows, i, 2);
        out->hour[class][mode] = (int32_t)db_get_int(rows, i, 3);
    }
    return true;
}

static bool in_force(const struct entry *e, int64_t now_us)
{
    return e->one.starts_us <= now_us && (e->one.ends_us == 0 || e->one.ends_us > now_us);
}

/* When something about it changes next; 0: never by itself. */
static int64_t turns_us(const struct entry *e, int64_t now_us)
{
    return e->one.starts_us > now_us ? e->one.starts_us
           : e->one.ends_us > now_us ? e->one.ends_us
                                     : 0;
}

static const char *told_at(const struct entry *e, int64_t now_us)
{
    if (e->one.starts_us > now_us)
        return "planned";
    return in_force(e, now_us) ? "active" : "over";
}

static struct entry read_entry(const struct db_rows *rows, int32_t i, int64_t now_us)
{
    struct entry e = { .one = { .closure_id = db_get_int(rows, i, 0),
                                .modes = (uint32_t)db_get_int(rows, i, 1),
                                .factor = (int32_t)db_get_int(rows, i, 2),
                                .speed_mh = (int32_t)db_get_int(rows, i, 3),
                                .starts_us = db_get_int(rows, i, 4),
                                .ends_us = db_get_int(rows, i, 5) } };

    e.is_told_right = strcmp(db_get_text(rows, i, 6), told_at(&e, now_us)) == 0;
    return e;
}

static bool read_entries(struct closure_book *b, struct db *db, int64_t now_us, struct buf *out,
                         struct fail *f)
{
    const struct db_rows *rows;
    int32_t before = 0;

    if (!db_run(db, QUERIES_TRAFFIC_CLOSURES, NULL, 0, b->arena, &rows, f))
        return false;
    for (int32_t i = 0; i < db_count(rows); i++) {
        struct entry e = read_entry(rows, i, now_us);

        while (before < entry_count(&b->entries) &&
               entry_at(&b->entries, before)->one.closure_id < e.one.closure_id)
            before++;
        if (before < entry_count(&b->entries) &&
            entry_at(&b->entries, before)->one.closure_id == e.one.closure_id) {
            struct entry *known = entry_at(&b->entries, before);

            e.is_known = known->is_known;
            e.edge_count = known->edge_count;
            e.edges = known->edges;
            known->edges = NULL; /* moved; this cannot fail any more before it is kept */
        }
        buf_put(out, &e, sizeof e);
    }
    return true;
}

static int by_id(const void *key, const void *entry)
{
    const int64_t wanted = *(const int64_t *)key;
    const int64_t is = ((const struct entry *)entry)->one.closure_id;

    return (wanted > is) - (wanted < is);
}

static void add_edge(struct entry *e, int32_t edge)
{
    e->edges[e->edge_count++] = edge;
}

/* Rows of one closure stand together. */
static void read_edges(struct closure_book *b, const struct network *n, const struct db_rows *rows)
{
    struct entry *e = NULL;

    for (int32_t i = 0; i < db_count(rows); i++) {
        const int64_t id = db_get_int(rows, i, 0);
        const int32_t segment = network_find(n, db_get_int(rows, i, 1));
        const int64_t sides = db_get_int(rows, i, 2);

        if (!e || e->one.closure_id != id) {
            e = bsearch(&id, b->entries.bytes, (size_t)entry_count(&b->entries), sizeof *e, by_id);
            if (!e)
                continue;
            e->edges = malloc(2 * (size_t)(db_count(rows) - i) * sizeof *e->edges);
            if (!e->edges)
                abort();
        }
        if (segment >= 0 && sides & 1)
            add_edge(e, 2 * segment);
        if (segment >= 0 && sides & 2)
            add_edge(e, 2 * segment + 1);
    }
}

/* The streets of those that are new here. */
static bool learn_streets(struct closure_book *b, struct db *db, const struct network *n,
                          struct fail *f)
{
    const int32_t all = entry_count(&b->entries);
    int64_t *ids = arena_take(b->arena, (size_t)all + 1, sizeof *ids);
    const struct db_rows *rows;
    size_t count = 0;

    for (int32_t i = 0; i < all; i++)
        if (!entry_at(&b->entries, i)->is_known)
            ids[count++] = entry_at(&b->entries, i)->one.closure_id;
    if (count == 0)
        return true;
    const struct db_value value = db_ints(ids, count);

    if (!db_run(db, QUERIES_TRAFFIC_SEGMENTS, &value, 1, b->arena, &rows, f))
        return false;
    read_edges(b, n, rows);
    for (int32_t i = 0; i < all; i++)
        entry_at(&b->entries, i)->is_known = true;
    return true;
}

/* ------------------------------------------------------------------ what is in force */

static int by_edge(const void *one, const void *other)
{
    const int32_t a = ((const struct pace_limit *)one)->edge;
    const int32_t b = ((const struct pace_limit *)other)->edge;

    return (a > b) - (a < b);
}

static void add_limits(const struct entry *e, struct buf *limits)
{
    for (int32_t i = 0; i < e->edge_count; i++) {
        const struct pace_limit limit = {
            .edge = e->edges[i],
            .modes = e->one.modes,
            .kind = e->one.factor     ? PACE_FACTOR
                    : e->one.speed_mh ? PACE_SPEED
                                      : PACE_CLOSED,
            .value = e->one.factor ? e->one.factor : e->one.speed_mh,
        };

        buf_put(limits, &limit, sizeof limit);
    }
}

static struct buf limits_at(const struct closure_book *b, int64_t now_us)
{
    struct buf limits = { 0 };

    for (int32_t i = 0; i < entry_count(&b->entries); i++)
        if (in_force(entry_at(&b->entries, i), now_us))
            add_limits(entry_at(&b->entries, i), &limits);
    if (limits.size > 0)
        qsort(limits.bytes, limits.size / sizeof(struct pace_limit), sizeof(struct pace_limit),
              by_edge);
    return limits;
}

/* ------------------------------------------------------------------ costs */

static void note(struct buf *changes, const uint32_t *is, int32_t edge, uint32_t cost_ms)
{
    const struct roads_change change = { edge, cost_ms };

    if (is[edge] != cost_ms)
        buf_put(changes, &change, sizeof change);
}

/* A list of limits, gone through edge by edge. */
struct limits {
    const struct pace_limit *at;
    int32_t count;
};

static struct limits limits_of(const struct buf *limits)
{
    return (struct limits){ (const void *)limits->bytes,
                            (int32_t)(limits->size / sizeof(struct pace_limit)) };
}

/* Takes those of an edge from the head of a list that begins with it or later. */
static struct limits take_edge(struct limits *l, int32_t edge)
{
    struct limits its = { l->at, 0 };

    while (its.count < l->count && l->at[its.count].edge == edge)
        its.count++;
    l->at += its.count;
    l->count -= its.count;
    return its;
}

/* Only edges that some limit is or was about can have changed. */
static void compare_touched(const struct closure_book *b, const struct network *n,
                            const struct buf *now, const struct network *is,
                            struct buf changes[MODE_COUNT])
{
    struct limits old = limits_of(&b->limits), new = limits_of(now);

    while (old.count > 0 || new.count > 0) {
        const int32_t edge = new.count == 0 || (old.count > 0 && old.at[0].edge < new.at[0].edge)
                                 ? old.at[0].edge
                                 : new.at[0].edge;
        const struct limits its = take_edge(&new, edge);

        take_edge(&old, edge);
        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            note(&changes[mode], is->cost_ms[mode], edge,
                 pace_cost(n, &b->pace, mode, edge, its.at, its.count));
    }
}

static void compare_all(const struct network *n, uint32_t *const costs[MODE_COUNT],
                        const struct network *is, struct buf changes[MODE_COUNT])
{
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        for (int32_t edge = 0; edge < 2 * n->segment_count; edge++)
            note(&changes[mode], is->cost_ms[mode], edge, costs[mode][edge]);
}

static int32_t apply(const struct world *w, struct buf changes[MODE_COUNT],
                     uint32_t *const costs[MODE_COUNT])
{
    struct traffic_change change;
    int32_t count = 0;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        change.count[mode] = (int32_t)(changes[mode].size / sizeof(struct roads_change));
        change.changes[mode] = (const void *)changes[mode].bytes;
        count += change.count[mode];
    }
    if (costs && count > w->network->segment_count / ANEW_FROM) {
        const uint32_t *const all[MODE_COUNT] = { costs[MODE_FOOT], costs[MODE_EBIKE],
                                                  costs[MODE_CAR] };

        traffic_price(w->traffic, all);
    } else if (count > 0) {
        traffic_change(w->traffic, &change);
    }
    return count;
}

/* All costs when the hour or the speeds are others or much has changed, else those that
 * are concerned. */
static int32_t price(const struct closure_book *b, const struct world *w, const struct buf *now,
                     bool all_anew)
{
    const struct limits limits = limits_of(now);
    struct buf changes[MODE_COUNT] = { 0 };
    uint32_t *costs[MODE_COUNT];

    all_anew = all_anew || limits.count > w->network->segment_count / ANEW_FROM;
    for (enum mode mode = 0; mode < MODE_COUNT && all_anew; mode++) {
        costs[mode] =
            arena_take(b->arena, 2 * (size_t)w->network->segment_count + 1, sizeof *costs[mode]);
        pace_price(w->network, &b->pace, mode, limits.at, limits.count, costs[mode]);
    }
    const struct network *is = roads_network(traffic_read(w->traffic));

    if (all_anew)
        compare_all(w->network, costs, is, changes);
    else
        compare_touched(b, w->network, now, is, changes);
    traffic_read_end(w->traffic);
    const int32_t count = apply(w, changes, all_anew ? costs : NULL);

    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        buf_free(&changes[mode]);
    return count;
}

/* ------------------------------------------------------------------ a look */

static void forget(struct closure_book *b, const struct world *w)
{
    entries_free(&b->entries);
    buf_clear(&b->limits);
    b->world = w->version;
}

static bool same_limits(const struct buf *one, const struct buf *other)
{
    return one->size == other->size &&
           (one->size == 0 || memcmp(one->bytes, other->bytes, one->size) == 0);
}

static bool same_pace(const struct pace *one, const struct pace *other)
{
    for (int32_t c = 0; c < STREET_CLASS_COUNT; c++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++)
            if (one->speeds.kmh[c][mode] < other->speeds.kmh[c][mode] ||
                one->speeds.kmh[c][mode] > other->speeds.kmh[c][mode] ||
                one->hour[c][mode] != other->hour[c][mode])
                return false;
    return true;
}

/* What has been read becomes what is known, and costs. */
static void settle(struct closure_book *b, const struct world *w, const struct pace *pace,
                   bool all_anew, struct closure_book_look *look)
{
    struct buf now = limits_at(b, look->now_us);

    all_anew = all_anew || !same_pace(&b->pace, pace);
    look->is_news = all_anew || !same_limits(&b->limits, &now);
    b->pace = *pace;
    b->looked_us = look->now_us;
    look->changed_count = look->is_news ? price(b, w, &now, all_anew) : 0;
    buf_free(&b->limits);
    b->limits = now;
    for (int32_t i = 0; i < entry_count(&b->entries); i++) {
        const int64_t turns = turns_us(entry_at(&b->entries, i), look->now_us);

        if (turns > 0 && turns < look->next_us)
            look->next_us = turns;
    }
}

static bool tell(struct closure_book *b, struct db *db, struct fail *f)
{
    bool is_told = true;

    for (int32_t i = 0; i < entry_count(&b->entries); i++)
        is_told = is_told && entry_at(&b->entries, i)->is_told_right;
    return is_told || db_run(db, QUERIES_CLOSURE_TURN, NULL, 0, b->arena, NULL, f);
}

static bool look_at(struct closure_book *b, struct db *db, const struct world *w,
                    struct closure_book_look *look, struct fail *f)
{
    const bool is_new_world = b->world != w->version;
    struct buf entries = { 0 };
    struct pace pace;
    int32_t hour;

    if (is_new_world)
        forget(b, w);
    if (!read_clock(b, db, look, &hour, f) || !read_pace(b, db, hour, &pace, f) ||
        !read_entries(b, db, look->now_us, &entries, f))
        return false;
    entries_free(&b->entries);
    b->entries = entries;
    if (!learn_streets(b, db, w->network, f))
        return false;
    settle(b, w, &pace, is_new_world, look);
    return tell(b, db, f);
}

bool closure_book_bring(struct closure_book *b, struct db *db, const struct world *w,
                        struct closure_book_look *look, struct fail *f)
{
    const bool ok = look_at(b, db, w, look, f);

    if (!ok)
        b->world = 0; /* what was read halfway is not built upon */
    arena_reset(b->arena);
    return ok;
}

int32_t closure_book_list(const struct closure_book *b, struct arena *a,
                          const struct closure_book_one **out)
{
    const int32_t all = entry_count(&b->entries);
    struct closure_book_one *list = arena_take(a, (size_t)all + 1, sizeof *list);
    int32_t count = 0;

    for (int32_t i = 0; i < all; i++) {
        const struct entry *e = entry_at(&b->entries, i);

        if (!in_force(e, b->looked_us))
            continue;
        int32_t *segments = arena_take(a, (size_t)e->edge_count + 1, sizeof *segments);

        list[count] = e->one;
        list[count].segments = segments;
        for (int32_t k = 0; k < e->edge_count; k++)
            if (k == 0 || e->edges[k] >> 1 != e->edges[k - 1] >> 1)
                segments[list[count].segment_count++] = e->edges[k] >> 1;
        count++;
    }
    *out = list;
    return count;
}
