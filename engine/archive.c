/* A slice of an hour's people is read in their order, packed in memory and written in one
 * transaction, together with the count of slices done: so work that was cut off is gone on
 * with, and two processes take turns. The slices are there because at the peak an hour has
 * 72 million fixes, which nobody should sort at once, and because a transaction that takes
 * minutes would keep the last positions' pages from being swept. */
#include "engine/archive.h"

#include <stdlib.h>

#include "engine/pgwire.h"
#include "geo/track.h"

enum {
    AT_ONCE_MAX = 10 * TRACK_FIX_MAX, /* fixes of one person held to be packed */
    COLUMNS = 7,
};

static bool may_go_on(const struct archive_patience *wait)
{
    return !wait->go_on || wait->go_on(wait->self);
}

/* ------------------------------------------------------------------ packing */

/* Fixes of one person after another on their way into rows. */
struct packer {
    int64_t hour_us;
    bool coarse;
    int64_t person_id; /* 0: nobody yet */
    int32_t part;      /* the next of hers */
    struct track_fix *fixes;
    int32_t count;
    int64_t read_count; /* over all people */
    struct buf rows;    /* of COPY */
    struct buf bytes;   /* of one row, to be used again */
};

static void packer_open(struct packer *p, int64_t hour_us, bool coarse)
{
    *p = (struct packer){ .hour_us = hour_us, .coarse = coarse };
    p->fixes = malloc(AT_ONCE_MAX * sizeof *p->fixes);
    if (!p->fixes)
        abort();
    pgwire_copy_begin(&p->rows);
}

static void packer_close(struct packer *p)
{
    free(p->fixes);
    buf_free(&p->rows);
    buf_free(&p->bytes);
}

static void pack_row(struct packer *p, const struct track_fix *fixes, int32_t count)
{
    buf_clear(&p->bytes);
    track_encode(&p->bytes, fixes, count);
    pgwire_row(&p->rows, COLUMNS);
    pgwire_int8(&p->rows, p->person_id);
    pgwire_int8(&p->rows, p->hour_us);
    pgwire_int4(&p->rows, p->part++);
    pgwire_int8(&p->rows, fixes[0].fix_us);
    pgwire_int8(&p->rows, fixes[count - 1].fix_us);
    pgwire_int4(&p->rows, count);
    pgwire_bytes(&p->rows, p->bytes.bytes, (int32_t)p->bytes.size);
}

static int32_t at_most(int32_t count, int32_t most)
{
    return count < most ? count : most;
}

/* What is held of her becomes rows. */
static void pack_held(struct packer *p)
{
    p->count = track_sort(p->fixes, p->count);
    if (p->coarse)
        p->count = track_coarsen(p->fixes, p->count);
    for (int32_t done = 0; done < p->count; done += TRACK_FIX_MAX)
        pack_row(p, &p->fixes[done], at_most(p->count - done, TRACK_FIX_MAX));
    p->count = 0;
}

static void pack_fix(struct packer *p, int64_t person_id, int32_t part, const struct track_fix *fix)
{
    if (person_id != p->person_id || p->count == AT_ONCE_MAX)
        pack_held(p);
    if (person_id != p->person_id) {
        p->person_id = person_id;
        p->part = part;
    }
    p->fixes[p->count++] = *fix;
}

static bool take_single(void *self, const struct db_rows *row, struct fail *f)
{
    struct packer *p = self;
    const struct track_fix fix = {
        .fix_us = db_get_int(row, 0, 1),
        .at = { (int32_t)db_get_int(row, 0, 2), (int32_t)db_get_int(row, 0, 3) },
        .accuracy_dm = (int32_t)db_get_int(row, 0, 4),
        .speed_cms = (int32_t)db_get_int(row, 0, 5),
        .flags = (uint32_t)db_get_int(row, 0, 6),
    };

    (void)f;
    p->read_count++;
    pack_fix(p, db_get_int(row, 0, 0), (int32_t)db_get_int(row, 0, 7), &fix);
    return true;
}

/* All that was packed, within the transaction. */
static bool write_rows(struct db *db, struct packer *p, struct fail *f)
{
    pack_held(p);
    pgwire_copy_end(&p->rows);
    return db_load(db, "track_hour", QUERIES_TRACK_HOUR_COPY, &p->rows, f);
}

struct hour {
    int64_t hour_us;
    int64_t slice, slices;
    bool coarse;
};

/* What came too late for its partition is taken out of where it lies; what is in the
 * partition goes with it in the end. */
static bool read_slice(struct db *db, const struct hour *h, struct packer *p, struct fail *f)
{
    const struct db_value values[] = { db_int(h->hour_us), db_int(h->slice), db_int(h->slices) };

    if (h->slice == 0 && !db_each(db, QUERIES_TRACK_LATE, values, 1, take_single, p, f))
        return false;
    p->read_count = 0; /* only what is in the partition is counted again */
    return db_each(db, QUERIES_TRACK_RAW, values, 3, take_single, p, f);
}

static bool pack_claimed(struct db *db, const struct hour *h, struct fail *f)
{
    struct packer p;

    packer_open(&p, h->hour_us, h->coarse);
    bool good = read_slice(db, h, &p, f) && write_rows(db, &p, f);
    const struct db_value done[] = { db_int(h->hour_us), db_int(p.read_count) };

    good = good && db_run(db, QUERIES_TRACK_DONE, done, 2, NULL, NULL, f);
    packer_close(&p);
    return good;
}

/* Somebody else may have packed it meanwhile; that is as good. */
static bool pack_slice(struct db *db, const struct hour *h, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(h->hour_us), db_int(h->slice) };
    const struct db_rows *rows;

    if (!db_begin(db, f))
        return false;
    if (db_run(db, QUERIES_TRACK_CLAIM, values, 2, a, &rows, f) &&
        (db_count(rows) == 0 || pack_claimed(db, h, f)) && db_commit(db, f))
        return true;
    db_rollback(db);
    return false;
}

static bool pack_hour(struct db *db, int64_t hour_us, const struct archive_patience *wait,
                      struct arena *a, int64_t *hours, struct fail *f)
{
    const struct db_value value = db_int(hour_us);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TRACK_OPEN, &value, 1, a, &rows, f))
        return false;
    struct hour h = { .hour_us = hour_us,
                      .slices = db_get_int(rows, 0, 0),
                      .slice = db_get_int(rows, 0, 1),
                      .coarse = db_get_bool(rows, 0, 2) };

    for (; h.slice < h.slices; h.slice++)
        if (!may_go_on(wait) || !pack_slice(db, &h, a, f))
            return !may_go_on(wait);
    if (!db_run(db, QUERIES_TRACK_CLOSE, &value, 1, a, &rows, f))
        return false;
    *hours += db_get_bool(rows, 0, 0);
    return true;
}

bool archive_pack(struct db *db, int64_t grace_s, const struct archive_patience *wait,
                  int64_t *hours, struct fail *f)
{
    const struct db_value grace = db_int(grace_s * 1000000);
    struct arena *a = arena_new();
    const struct db_rows *rows;
    bool good = db_run(db, QUERIES_TRACK_DUE, &grace, 1, a, &rows, f);

    for (int32_t i = 0; good && i < db_count(rows) && may_go_on(wait); i++)
        good = pack_hour(db, db_get_int(rows, i, 0), wait, a, hours, f);
    arena_free(a);
    return good;
}

/* ------------------------------------------------------------------ coarse */

static bool take_packed(void *self, const struct db_rows *row, struct fail *f)
{
    struct packer *p = self;
    struct arena *a = arena_new();
    struct track_fix *fixes;
    size_t size;
    int32_t count;
    const void *bytes = db_get_bytes(row, 0, 1, &size);
    const bool good = track_decode(a, bytes, size, &fixes, &count, f);

    for (int32_t i = 0; good && i < count; i++)
        pack_fix(p, db_get_int(row, 0, 0), 0, &fixes[i]);
    arena_free(a);
    return good;
}

/* Coarse, an hour of a whole city is some megabytes: it is read whole, emptied, and
 * written again. */
static bool coarsen_claimed(struct db *db, const struct db_value *hour, struct fail *f)
{
    struct packer p;

    packer_open(&p, hour->integer, true);
    const bool good = db_each(db, QUERIES_TRACK_HOUR_ROWS, hour, 1, take_packed, &p, f) &&
                      db_run(db, QUERIES_TRACK_EMPTY, hour, 1, NULL, NULL, f) &&
                      write_rows(db, &p, f);

    packer_close(&p);
    return good;
}

static bool coarsen_hour(struct db *db, int64_t hour_us, struct arena *a, int64_t *hours,
                         struct fail *f)
{
    const struct db_value hour = db_int(hour_us);
    const struct db_rows *rows;

    if (!db_begin(db, f))
        return false;
    if (db_run(db, QUERIES_TRACK_COARSE_CLAIM, &hour, 1, a, &rows, f) &&
        (db_count(rows) == 0 || coarsen_claimed(db, &hour, f)) && db_commit(db, f)) {
        *hours += db_count(rows);
        return true;
    }
    db_rollback(db);
    return false;
}

bool archive_coarsen(struct db *db, int64_t after_h, const struct archive_patience *wait,
                     int64_t *hours, struct fail *f)
{
    const struct db_value after = db_int(after_h);
    struct arena *a = arena_new();
    const struct db_rows *rows;
    bool good = db_run(db, QUERIES_TRACK_COARSE_DUE, &after, 1, a, &rows, f);

    for (int32_t i = 0; good && i < db_count(rows) && may_go_on(wait); i++)
        good = coarsen_hour(db, db_get_int(rows, i, 0), a, hours, f);
    arena_free(a);
    return good;
}

/* ------------------------------------------------------------------ an incident's */

struct copy {
    int64_t dispatch_id, person_id, incident_id, org_id, from_us, until_us;
};

static bool put_part(struct db *db, const struct copy *c, int32_t part,
                     const struct track_fix *fixes, int32_t count, struct fail *f)
{
    struct buf bytes = { 0 };

    if (count > 0)
        track_encode(&bytes, fixes, count);
    const struct db_value values[] = {
        db_int(c->dispatch_id),
        db_int(c->person_id),
        db_int(part),
        db_int(c->incident_id),
        db_int(c->org_id),
        db_int(c->from_us),
        db_int(c->until_us),
        db_int(count),
        db_bytes(count > 0 ? bytes.bytes : "", bytes.size),
    };
    const bool good =
        db_run(db, QUERIES_TRACK_COPY_PUT, values, sizeof values / sizeof *values, NULL, NULL, f);

    buf_free(&bytes);
    return good;
}

/* The fixes of that time out of packed hours, each once. */
static bool gather(const struct db_rows *rows, const struct copy *c, struct arena *a,
                   struct track_fix **out, int32_t *count, struct fail *f)
{
    struct track_fix **parts = arena_take(a, (size_t)db_count(rows) + 1, sizeof *parts);
    int32_t *counts = arena_take(a, (size_t)db_count(rows) + 1, sizeof *counts);
    size_t all = 0, size;

    for (int32_t i = 0; i < db_count(rows); i++) {
        const void *bytes = db_get_bytes(rows, i, 0, &size);

        if (!track_decode(a, bytes, size, &parts[i], &counts[i], f))
            return false;
        all += (size_t)counts[i];
    }
    *out = arena_take(a, all + 1, sizeof **out);
    *count = 0;
    for (int32_t i = 0; i < db_count(rows); i++)
        for (int32_t k = 0; k < counts[i]; k++)
            if (parts[i][k].fix_us >= c->from_us && parts[i][k].fix_us <= c->until_us)
                (*out)[(*count)++] = parts[i][k];
    *count = track_sort(*out, *count);
    return true;
}

static bool copy_taken(struct db *db, const struct copy *c, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(c->person_id), db_int(c->from_us),
                                       db_int(c->until_us) };
    const struct db_rows *rows;
    struct track_fix *fixes;
    int32_t count, part = 0, done = 0;

    if (!db_run(db, QUERIES_TRACK_COPY_ROWS, values, 3, a, &rows, f) ||
        !gather(rows, c, a, &fixes, &count, f))
        return false;
    do {
        const int32_t some = at_most(count - done, TRACK_FIX_MAX);

        if (!put_part(db, c, part++, &fixes[done], some, f))
            return false;
        done += some;
    } while (done < count);
    return true;
}

static bool copy_one(struct db *db, int64_t dispatch_id, int64_t person_id, int64_t *tracks,
                     struct fail *f)
{
    const struct db_value values[] = { db_int(dispatch_id), db_int(person_id) };
    struct arena *a = arena_new();
    const struct db_rows *rows;
    struct copy c = { dispatch_id, person_id, 0, 0, 0, 0 };
    bool good = db_begin(db, f);

    if (!good) {
        arena_free(a);
        return false;
    }
    good = db_run(db, QUERIES_TRACK_COPY_TAKE, values, 2, a, &rows, f);
    if (good && db_count(rows) > 0) {
        c.incident_id = db_get_int(rows, 0, 0);
        c.org_id = db_get_int(rows, 0, 1);
        c.from_us = db_get_int(rows, 0, 2);
        c.until_us = db_get_int(rows, 0, 3);
        good = copy_taken(db, &c, a, f);
        ++*tracks;
    }
    good = good && db_commit(db, f);
    if (!good)
        db_rollback(db);
    arena_free(a);
    return good;
}

bool archive_copy(struct db *db, const struct archive_patience *wait, int64_t *tracks,
                  struct fail *f)
{
    const struct db_rows *rows;
    struct arena *a = arena_new();
    bool good;

    do {
        good = db_run(db, QUERIES_TRACK_COPY_DUE, NULL, 0, a, &rows, f);
        for (int32_t i = 0; good && i < db_count(rows) && may_go_on(wait); i++)
            good = copy_one(db, db_get_int(rows, i, 0), db_get_int(rows, i, 1), tracks, f);
    } while (good && db_count(rows) > 0 && may_go_on(wait));
    arena_free(a);
    return good;
}
