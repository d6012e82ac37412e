/* The order of the steps is the order of what can go wrong: the file first, which
 * costs nothing, then the work aside, and only at the end the short transaction
 * that others notice. */
#include "engine/import.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/extract.h"
#include "engine/migrate.h"
#include "engine/segments.h"

/* Any number, as long as nobody else locks by it ("vigil" in ASCII, and 2). */
static const int64_t IMPORT_LOCK = 0x766967696c02;
enum { LOCK_PATIENCE_MS = 3000 };

struct work {
    struct db *db;
    const struct import_wish *wish;
    const struct import_watch *watch;
    struct extract *extract;
    int64_t started_us;
    struct import_result result;
};

static void begin(const struct work *w, enum import_step step)
{
    if (w->watch->begins)
        w->watch->begins(w->watch->self, step);
}

static bool run(const struct work *w, enum queries_id query, struct fail *f)
{
    return db_run(w->db, query, NULL, 0, NULL, NULL, f);
}

/* ---- aside */

static bool read_extract(struct work *w, struct fail *f)
{
    const struct extract_watch watch = { .go_on = w->watch->go_on, .self = w->watch->self };

    if (!extract_is_ready(w->extract)) {
        begin(w, IMPORT_SORT);
        if (!extract_sort(w->extract, &watch, f))
            return false;
    }
    begin(w, IMPORT_READ);
    return run(w, QUERIES_STAGING_DROP, f) && run(w, QUERIES_STAGING_SCHEMA, f) &&
           extract_load(w->extract, w->db, &watch, f);
}

static bool make_streets(struct work *w, struct fail *f)
{
    struct segments_made made;

    begin(w, IMPORT_STREETS);
    if (!segments_make(w->db, w->watch->go_on, w->watch->self, &made, f))
        return false;
    w->result.street_count = made.way_count;
    return true;
}

/* ---- in the transaction */

static bool add_import(struct work *w, struct arena *a, struct fail *f)
{
    const char *slash = strrchr(w->wish->path, '/');
    const struct db_value values[] = {
        db_text(slash ? slash + 1 : w->wish->path),
        db_text(extract_checksum(w->extract)),
        db_text(w->wish->city_name),
        db_text(w->wish->attribution),
        db_int(w->started_us),
    };
    const struct db_rows *rows;

    if (!db_run(w->db, QUERIES_IMPORT_ADD, values, sizeof values / sizeof values[0], a, &rows, f))
        return false;
    w->result.import_id = db_get_int(rows, 0, 0);
    return true;
}

/* Runs a statement about this import; `changed` may be NULL. */
static bool apply(struct work *w, enum queries_id query, struct arena *a, int64_t *changed,
                  struct fail *f)
{
    const struct db_value import = db_int(w->result.import_id);
    const struct db_rows *rows;

    if (!db_run(w->db, query, &import, 1, a, &rows, f))
        return false;
    if (changed)
        *changed = db_changed(rows);
    return true;
}

static bool merge_streets(struct work *w, struct arena *a, struct fail *f)
{
    struct import_result *r = &w->result;

    begin(w, IMPORT_MERGE);
    return add_import(w, a, f) && apply(w, QUERIES_IMPORT_SEGMENT_KEEP, a, &r->kept_count, f) &&
           apply(w, QUERIES_IMPORT_SEGMENT_ADD, a, &r->added_count, f) &&
           apply(w, QUERIES_IMPORT_SEGMENT_RETIRE, a, &r->retired_count, f) &&
           run(w, QUERIES_IMPORT_RESTRICTION_CLEAR, f) &&
           apply(w, QUERIES_IMPORT_RESTRICTION, a, NULL, f) &&
           run(w, QUERIES_IMPORT_BARRIER_CLEAR, f) && apply(w, QUERIES_IMPORT_BARRIER, a, NULL, f);
}

/* What is wrong with the map is told, not only repaired. */
static bool count_wrong(struct work *w, struct arena *a, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(w->db, QUERIES_IMPORT_WRONG, NULL, 0, a, &rows, f))
        return false;
    w->result.repaired_count = db_get_int(rows, 0, 0);
    w->result.dropped_count = db_get_int(rows, 0, 1);
    return true;
}

static bool replace_map(struct work *w, struct arena *a, struct fail *f)
{
    static const enum queries_id LAYERS[] = { QUERIES_IMPORT_WATER, QUERIES_IMPORT_GREEN,
                                              QUERIES_IMPORT_BUILDING, QUERIES_IMPORT_PLACE,
                                              QUERIES_IMPORT_BOUNDARY };

    begin(w, IMPORT_MAP);
    if (!count_wrong(w, a, f))
        return false;
    for (size_t i = 0; i < sizeof LAYERS / sizeof LAYERS[0]; i++)
        if (!run(w, LAYERS[i], f))
            return false;
    begin(w, IMPORT_NAMES);
    return run(w, QUERIES_IMPORT_NAME, f);
}

static bool put_in_place(struct work *w, struct arena *a, struct fail *f)
{
    if (!db_begin(w->db, f))
        return false;
    if (merge_streets(w, a, f) && replace_map(w, a, f) && run(w, QUERIES_IMPORT_LEAVE, f) &&
        apply(w, QUERIES_IMPORT_ENTER, a, NULL, f) && run(w, QUERIES_IMPORT_LAYERS, f) &&
        db_commit(w->db, f))
        return true;
    db_rollback(w->db);
    return false;
}

/* ---- the whole */

static bool import_locked(struct work *w, struct arena *a, struct fail *f)
{
    struct fail ignored = { 0 };
    bool good;

    if (!db_limit(w->db, 0, f)) /* a large city takes its time */
        return false;
    good = read_extract(w, f) && make_streets(w, f) && put_in_place(w, a, f);
    /* The city is in service from here on, whatever the tidying up says. */
    if (good)
        begin(w, IMPORT_FINISH);
    (void)run(w, QUERIES_STAGING_DROP, &ignored);
    if (good)
        (void)run(w, QUERIES_IMPORT_ANALYZE, &ignored);
    return good;
}

/* Waits a moment: the connection of an import that was just killed takes that
 * long to be noticed. */
static bool take_lock(struct work *w, struct fail *f)
{
    const struct db_value lock = db_int(IMPORT_LOCK);

    if (!db_limit(w->db, LOCK_PATIENCE_MS, f))
        return false;
    if (db_run(w->db, QUERIES_LOCK_WAIT, &lock, 1, NULL, NULL, f))
        return true;
    if (f->code == CODE_DATABASE_SLOW)
        fail_set(f, FAIL_CONFLICT, IMPORT_RUNNING,
                 "another import into this database is under way: wait until it has ended");
    return false;
}

static bool import_in(struct work *w, struct arena *a, struct fail *f)
{
    const struct db_value lock = db_int(IMPORT_LOCK);
    struct fail ignored = { 0 };
    bool good = migrate_check(w->db, MIGRATIONS_TEXTS, f) && take_lock(w, f);

    if (good) {
        good = import_locked(w, a, f);
        (void)db_run(w->db, QUERIES_LOCK_RELEASE, &lock, 1, NULL, NULL, &ignored);
    }
    (void)db_limit(w->db, DB_LIMIT_MS, &ignored);
    return good;
}

bool import_run(struct db *db, const struct import_wish *wish, const struct import_watch *watch,
                struct import_result *result, struct fail *f)
{
    const struct extract_watch extract_watch = { .go_on = watch->go_on, .self = watch->self };
    struct work w = { .db = db, .wish = wish, .watch = watch, .started_us = clock_wall_us() };
    struct arena *a = arena_new();
    bool good;

    begin(&w, IMPORT_LOOK);
    w.extract = extract_open(wish->path, &extract_watch, f);
    good = w.extract && import_in(&w, a, f);
    extract_close(w.extract);
    arena_free(a);
    /* A statement that the user's interrupt ended did not take too long. */
    if (!good && watch->go_on && !watch->go_on(watch->self))
        fail_set(f, FAIL_BUSY, INTERRUPTED, "the city that was in service before is still there");
    if (good)
        *result = w.result;
    return good;
}
