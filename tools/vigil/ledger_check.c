/* What the database has is read whole, brought into the order of the ledger, and the two
 * are compared side by side. */
#include "tools/vigil/ledger_check.h"

#include <stdlib.h>

#include "geo/base/arena.h"
#include "geo/track.h"

/* A thing as it is stored. */
struct found {
    int64_t key, part, first, last; /* as in struct ledger_entry */
    bool is_packed;                 /* read out of a packed hour */
};

/* All that is there of one kind. */
struct store {
    struct found *items;
    int64_t count, room;
    int64_t from_us, until_us; /* the time of the ledger's positions */
    struct arena *arena;       /* of one packed hour */
};

static void keep(struct store *s, const struct found *item)
{
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 1024;
        s->items = realloc(s->items, (size_t)s->room * sizeof *s->items);
        if (!s->items)
            abort();
    }
    s->items[s->count++] = *item;
}

static bool keep_row(void *self, const struct db_rows *row, struct fail *f)
{
    const struct found item = { .key = db_get_int(row, 0, 0),
                                .part = db_get_int(row, 0, 1),
                                .first = db_get_int(row, 0, 2),
                                .last = db_get_int(row, 0, 3) };

    (void)f;
    keep(self, &item);
    return true;
}

static bool keep_hour(void *self, const struct db_rows *row, struct fail *f)
{
    struct store *s = self;
    struct track_fix *fixes;
    int32_t count;
    size_t size;
    const void *bytes = db_get_bytes(row, 0, 1, &size);

    if (!track_decode(s->arena, bytes, size, &fixes, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        const struct found item = { .key = db_get_int(row, 0, 0),
                                    .part = fixes[i].fix_us,
                                    .first = fixes[i].at.lon,
                                    .last = fixes[i].at.lat,
                                    .is_packed = true };

        if (item.part >= s->from_us && item.part <= s->until_us)
            keep(s, &item);
    }
    arena_reset(s->arena);
    return true;
}

/* Single fixes first: an hour that is packed meanwhile is then met twice, which
 * compare_one knows, and not missed. */
static bool read_positions(struct db *db, const struct ledger *l, struct store *s, struct fail *f)
{
    s->from_us = INT64_MAX;
    s->until_us = INT64_MIN;
    for (int64_t i = 0; i < l->counts[LEDGER_POSITION]; i++) {
        const int64_t fix_us = l->entries[LEDGER_POSITION][i].part;

        s->from_us = fix_us < s->from_us ? fix_us : s->from_us;
        s->until_us = fix_us > s->until_us ? fix_us : s->until_us;
    }
    const struct db_value values[] = { db_int(s->from_us), db_int(s->until_us) };

    return db_each(db, QUERIES_LEDGER_POSITIONS, values, 2, keep_row, s, f) &&
           db_each(db, QUERIES_LEDGER_TRACKS, values, 2, keep_hour, s, f);
}

static bool read_store(struct db *db, const struct ledger *l, enum ledger_kind kind,
                       struct store *s, struct fail *f)
{
    const struct db_value run = db_text(l->run);

    if (kind == LEDGER_POSITION)
        return read_positions(db, l, s, f);
    return db_each(db, kind == LEDGER_INCIDENT ? QUERIES_LEDGER_INCIDENTS : QUERIES_LEDGER_ORDERS,
                   &run, 1, keep_row, s, f);
}

static int by_key(const void *one, const void *other)
{
    const struct found *a = one;
    const struct found *b = other;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return a->is_packed - b->is_packed;
}

/* Where a stored thing stands to an entry: before, at, behind. */
static int side(const struct found *item, const struct ledger_entry *e)
{
    if (item->key != e->key)
        return item->key < e->key ? -1 : 1;
    return (item->part > e->part) - (item->part < e->part);
}

/* One entry and the `count` stored things that are it. */
static void compare_one(const struct ledger_entry *e, const struct found *items, int64_t count,
                        enum ledger_kind kind, struct ledger_check_figures *figures)
{
    const bool is_acknowledged = e->fate == LEDGER_STORED || e->fate == LEDGER_NODE_LOCAL;
    int64_t rows = count;

    while (rows > 1 && items[rows - 1].is_packed)
        rows--;
    figures->stored += e->fate == LEDGER_STORED;
    figures->node_local += e->fate == LEDGER_NODE_LOCAL;
    figures->refused += e->fate == LEDGER_REFUSED;
    figures->unknown += e->fate == LEDGER_UNKNOWN;
    figures->lost += is_acknowledged && rows == 0;
    figures->refused_stored += e->fate == LEDGER_REFUSED && rows > 0;
    figures->unknown_stored += e->fate == LEDGER_UNKNOWN && rows > 0;
    if (kind == LEDGER_POSITION && e->tries > 1)
        figures->twice_resent += rows > 1;
    else
        figures->twice += rows > 1;
    for (int64_t i = 0; is_acknowledged && i < rows; i++)
        figures->altered += items[i].first != e->first || items[i].last != e->last;
}

static void compare(const struct ledger *l, enum ledger_kind kind, const struct store *s,
                    struct ledger_check_figures *figures)
{
    int64_t at = 0;

    for (int64_t i = 0; i < l->counts[kind]; i++) {
        const struct ledger_entry *e = &l->entries[kind][i];

        for (; at < s->count && side(&s->items[at], e) < 0; at++)
            figures->strangers++;
        const int64_t first = at;

        while (at < s->count && side(&s->items[at], e) == 0)
            at++;
        compare_one(e, s->items + first, at - first, kind, figures);
    }
    figures->strangers += s->count - at;
}

bool ledger_check(struct db *db, const struct ledger *l,
                  struct ledger_check_figures out[LEDGER_KINDS], struct fail *f)
{
    if (!db_limit(db, 0, f))
        return false;
    for (int kind = 0; kind < LEDGER_KINDS; kind++) {
        struct store s = { .arena = arena_new() };
        const bool is_read =
            l->counts[kind] == 0 || read_store(db, l, (enum ledger_kind)kind, &s, f);

        out[kind] = (struct ledger_check_figures){ 0 };
        if (is_read && s.count > 1)
            qsort(s.items, (size_t)s.count, sizeof *s.items, by_key);
        if (is_read)
            compare(l, (enum ledger_kind)kind, &s, &out[kind]);
        free(s.items);
        arena_free(s.arena);
        if (!is_read)
            return false;
    }
    return true;
}

bool ledger_check_is_good(const struct ledger_check_figures *figures)
{
    return figures->lost == 0 && figures->altered == 0 && figures->twice == 0 &&
           figures->refused_stored == 0;
}
