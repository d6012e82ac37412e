/* A batch is five round trips: its number, the last positions (an UPDATE of arrays), the
 * history (COPY), the notifications, COMMIT.
 *
 * How many rows the UPDATE changed says whether everyone is tracked: only when it is
 * fewer than there are people is it asked who is missing, and what comes again, because
 * the process that committed it was killed before it could answer. The rows it changed
 * are locked until the commit, so whoever goes off duty meanwhile waits and is off duty
 * afterwards.
 *
 * When the answer to a COMMIT is lost, the batch may be written or not. The next try
 * begins with the same number and changes no row of position_writer when the first one
 * was committed. */
#include "engine/batches.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "engine/pgwire.h"
#include "engine/relay.h"
#include "geo/base/buf.h"

enum { COLUMNS = 8, CONTENDED_MAX = 5 };

struct batches {
    struct db *db;
    struct batches_by by;
    int64_t number_id; /* the node_id of its number: one of its own when there is no node */
    int64_t number;    /* of the last batch that is known to be committed */
    bool is_unsure;    /* one more may be */
    bool is_off;       /* that number is wrong */
    struct buf stream;
};

struct batches *batches_open(const char *database, struct batches_by by, struct fail *f)
{
    struct db *db = db_open(database, f);

    if (!db)
        return NULL;
    if (!db_become(db, DB_ENGINE, f)) {
        db_close(db);
        return NULL;
    }
    struct batches *b = calloc(1, sizeof *b);

    if (!b)
        abort();
    b->db = db;
    b->by = by;
    b->number_id = by.node_id ? by.node_id : -clock_wall_us();
    return b;
}

void batches_close(struct batches *b)
{
    if (!b)
        return;
    db_close(b->db);
    buf_free(&b->stream);
    free(b);
}

/* ------------------------------------------------------------------ what is written */

static int by_person_and_time(const void *left, const void *right)
{
    const struct live_fix *a = *(const struct live_fix *const *)left;
    const struct live_fix *b = *(const struct live_fix *const *)right;

    if (a->person_id != b->person_id)
        return a->person_id < b->person_id ? -1 : 1;
    if (a->fix_us != b->fix_us)
        return a->fix_us < b->fix_us ? -1 : 1;
    if (a->at.lon != b->at.lon)
        return a->at.lon < b->at.lon ? -1 : 1;
    return (a->at.lat > b->at.lat) - (a->at.lat < b->at.lat);
}

/* The people of a batch, and the newest believed fix of each who has one. */
struct people {
    int64_t *ids;
    int32_t count;
    const struct live_fix **newest;
    int32_t newest_count;
};

static struct people sort_out(const struct live_fix *fixes, int32_t count, struct arena *a)
{
    const struct live_fix **all = arena_take(a, (size_t)count + 1, sizeof(struct live_fix *));
    struct people p = { .ids = arena_take(a, (size_t)count + 1, sizeof *p.ids), .newest = all };
    int32_t known = 0;

    for (int32_t i = 0; i < count; i++)
        if (fixes[i].person_id)
            all[known++] = &fixes[i];
    qsort(all, (size_t)known, sizeof *all, by_person_and_time);
    for (int32_t i = 0; i < known; i++) {
        const struct live_fix *fix = all[i];
        const bool is_hers =
            p.newest_count > 0 && p.newest[p.newest_count - 1]->person_id == fix->person_id;

        if (p.count == 0 || p.ids[p.count - 1] != fix->person_id)
            p.ids[p.count++] = fix->person_id;
        if (!(fix->flags & LIVE_UNBELIEVED))
            p.newest[is_hers ? p.newest_count - 1 : p.newest_count++] = fix;
    }
    return p;
}

static void lay_out(const struct people *p, struct arena *a, struct db_value values[COLUMNS])
{
    const size_t count = (size_t)p->newest_count;
    int64_t *columns[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        columns[i] = arena_take(a, count + 1, sizeof **columns);
    for (size_t row = 0; row < count; row++) {
        const struct live_fix *fix = p->newest[row];

        columns[0][row] = fix->person_id;
        columns[1][row] = fix->at.lon;
        columns[2][row] = fix->at.lat;
        columns[3][row] = fix->accuracy_dm;
        columns[4][row] = fix->speed_cms;
        columns[5][row] = fix->fix_us;
        columns[6][row] = fix->received_us;
        columns[7][row] = fix->flags;
    }
    for (int i = 0; i < COLUMNS; i++)
        values[i] = db_ints(columns[i], count);
}

static void put_known(struct buf *b, int32_t value)
{
    if (value < 0)
        pgwire_null(b);
    else
        pgwire_int4(b, value);
}

static void put_history(struct buf *b, const struct live_fix *fixes, int32_t count)
{
    buf_clear(b);
    pgwire_copy_begin(b);
    for (int32_t i = 0; i < count; i++) {
        const struct live_fix *fix = &fixes[i];

        if (!fix->person_id)
            continue;
        pgwire_row(b, COLUMNS);
        pgwire_int8(b, fix->person_id);
        pgwire_int4(b, fix->at.lon);
        pgwire_int4(b, fix->at.lat);
        put_known(b, fix->accuracy_dm);
        put_known(b, fix->speed_cms);
        pgwire_int8(b, fix->fix_us);
        pgwire_int8(b, fix->received_us);
        pgwire_int4(b, (int32_t)fix->flags);
    }
    pgwire_copy_end(b);
}

/* ------------------------------------------------------------------ one try */

/* Why the database leaves out the fixes of a person, as position_untracked says it. What
 * comes again is left out of the history, but told accepted: it is there. */
enum { COMES_AGAIN = 3 };
static const enum fail_code REASONS[] = { CODE_PERSON_UNKNOWN, CODE_CONSENT_MISSING,
                                          CODE_OFF_DUTY, [COMES_AGAIN] = CODE_NONE };

/* One batch on its way. */
struct batch {
    struct live_fix *fixes;
    int32_t count;
    struct people people;
    const struct db_rows *untracked; /* NULL: there is none */
    struct arena *arena;
    bool is_written;
};

static enum fail_code reason_of(const struct db_rows *untracked, int64_t person_id)
{
    for (int32_t i = 0; i < db_count(untracked); i++)
        if (db_get_int(untracked, i, 0) == person_id)
            return REASONS[db_get_int(untracked, i, 1)];
    return CODE_NONE;
}

static bool take_number(struct batches *b, struct batch *batch, struct fail *f)
{
    const struct db_value values[] = { db_int(b->number_id), db_int(b->by.writer),
                                       db_int(b->number + 1) };
    const struct db_rows *rows;

    if (!db_run(b->db, QUERIES_POSITION_NUMBER, values, 3, batch->arena, &rows, f))
        return false;
    batch->is_written = db_changed(rows) == 0;
    if (!batch->is_written || b->is_unsure)
        return true;
    b->is_off = true;
    return fail_set(f, FAIL_BROKEN, DATABASE_FAILED, "somebody else writes as node %lld, writer %d",
                    (long long)b->number_id, b->by.writer);
}

/* Asks what stands against those whose last position did not change. */
static bool look_at_rest(struct batches *b, struct batch *batch, struct fail *f)
{
    enum { ID, TIME, LON, LAT, ASKED };
    const struct people *p = &batch->people;
    int64_t *columns[ASKED];
    struct db_value values[ASKED];

    for (int i = 0; i < ASKED; i++)
        columns[i] = arena_take(batch->arena, (size_t)p->count + 1, sizeof **columns);
    for (int32_t i = 0, k = 0; i < p->count; i++) {
        const bool has_one = k < p->newest_count && p->newest[k]->person_id == p->ids[i];

        columns[ID][i] = p->ids[i];
        columns[TIME][i] = has_one ? p->newest[k]->fix_us : -1;
        columns[LON][i] = has_one ? p->newest[k]->at.lon : -1;
        columns[LAT][i] = has_one ? p->newest[k]->at.lat : -1;
        k += has_one;
    }
    for (int i = 0; i < ASKED; i++)
        values[i] = db_ints(columns[i], (size_t)p->count);
    return db_run(b->db, QUERIES_POSITION_UNTRACKED, values, ASKED, batch->arena, &batch->untracked,
                  f);
}

static bool move(struct batches *b, struct batch *batch, struct fail *f)
{
    const struct people *p = &batch->people;
    struct db_value values[COLUMNS];
    const struct db_rows *rows;

    lay_out(p, batch->arena, values);
    batch->untracked = NULL;
    if (!db_run(b->db, QUERIES_POSITION_MOVE, values, COLUMNS, batch->arena, &rows, f))
        return false;
    return db_changed(rows) == p->count || look_at_rest(b, batch, f);
}

static const struct live_fix *newest_of(const struct people *p, int64_t person_id)
{
    for (int32_t i = 0; i < p->newest_count; i++)
        if (p->newest[i]->person_id == person_id)
            return p->newest[i];
    return NULL;
}

static bool is_same(const struct live_fix *one, const struct live_fix *other)
{
    return one && one->fix_us == other->fix_us && one->at.lon == other->at.lon &&
           one->at.lat == other->at.lat;
}

/* The fixes that are to be written, in a copy: should this try fail, the next one wants
 * them all. */
static struct live_fix *wanted(const struct batch *batch)
{
    const int32_t left_out = batch->untracked ? db_count(batch->untracked) : 0;
    struct live_fix *fixes = arena_take(batch->arena, (size_t)batch->count, sizeof *fixes);

    memcpy(fixes, batch->fixes, (size_t)batch->count * sizeof *fixes);
    for (int32_t i = 0; i < batch->count; i++)
        if (fixes[i].is_repeat)
            fixes[i].person_id = 0;
    for (int32_t row = 0; row < left_out; row++) {
        const int64_t person_id = db_get_int(batch->untracked, row, 0);
        const bool comes_again = db_get_int(batch->untracked, row, 1) == COMES_AGAIN;
        const struct live_fix *last = newest_of(&batch->people, person_id);

        for (int32_t i = 0; i < batch->count; i++)
            if (fixes[i].person_id == person_id && (!comes_again || is_same(last, &fixes[i])))
                fixes[i].person_id = 0;
    }
    return fixes;
}

static bool notify(struct batches *b, const struct batch *batch, const struct live_fix *fixes,
                   struct fail *f)
{
    const struct relay_from from = { b->by.node_id, b->by.writer, b->number + 1 };
    const char *const *texts;
    struct buf lines = { 0 };

    if (!b->by.node_id)
        return true;
    const int32_t count = relay_pack(batch->arena, &from, fixes, batch->count, &texts);

    for (int32_t i = 0; i < count; i++) {
        if (i > 0)
            buf_byte(&lines, '\n');
        buf_string(&lines, texts[i]);
    }
    const struct db_value value = db_text(buf_text(&lines));
    const bool is_good = db_run(b->db, QUERIES_POSITION_NOTIFY, &value, 1, NULL, NULL, f);

    buf_free(&lines);
    return is_good;
}

static bool write_all(struct batches *b, struct batch *batch, struct fail *f)
{
    if (!take_number(b, batch, f))
        return false;
    if (batch->is_written)
        return true;
    if (!move(b, batch, f))
        return false;
    const struct live_fix *fixes = wanted(batch);

    put_history(&b->stream, fixes, batch->count);
    return db_copy(b->db, QUERIES_POSITION_HISTORY, &b->stream, f) && notify(b, batch, fixes, f);
}

static bool try_once(struct batches *b, struct batch *batch, struct fail *f)
{
    if (!db_begin(b->db, f))
        return false;
    if (!write_all(b, batch, f)) {
        db_rollback(b->db);
        return false;
    }
    /* The try before this one may have written it: then the number's row was locked, and the
     * commit waits for the standbys that the other one may not have waited for. */
    b->is_unsure = true;
    if (!db_commit(b->db, f))
        return false;
    b->is_unsure = false;
    return true;
}

/* Before a new batch: whether the one before, whose end was never learnt, was committed. */
static bool settle_number(struct batches *b, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(b->number_id), db_int(b->by.writer) };
    const struct db_rows *rows;

    if (!b->is_unsure && !b->is_off)
        return true;
    if (!db_run(b->db, QUERIES_POSITION_NUMBER_GET, values, 2, a, &rows, f))
        return false;
    b->number = db_count(rows) > 0 ? db_get_int(rows, 0, 0) : 0;
    b->is_unsure = false;
    b->is_off = false;
    return true;
}

/* ------------------------------------------------------------------ writing */

/* A connection that broke while nobody used it is noticed by the first statement after;
 * two who wait for each other are told apart by the database, which ends one of them. */
static bool is_worth_a_try(const struct fail *f, int tries)
{
    return f->code == CODE_DATABASE_AWAY
               ? tries == 0
               : f->code == CODE_DATABASE_CONTENDED && tries < CONTENDED_MAX;
}

/* Of the fixes that come so late after they were taken, those from a time off duty are
 * refused: before the batch, because what was does not change. */
static bool refuse_late(struct batches *b, struct live_fix *fixes, int32_t count,
                        enum fail_code *codes, struct arena *a, struct fail *f)
{
    int64_t *ids = arena_take(a, (size_t)count + 1, sizeof *ids);
    int64_t *times = arena_take(a, (size_t)count + 1, sizeof *times);
    int32_t *which = arena_take(a, (size_t)count + 1, sizeof *which);
    const struct db_rows *rows;
    size_t late = 0;

    for (int32_t i = 0; i < count; i++) {
        if (!fixes[i].person_id || fixes[i].received_us - fixes[i].fix_us <= BATCHES_LATE_US)
            continue;
        ids[late] = fixes[i].person_id;
        times[late] = fixes[i].fix_us;
        which[late++] = i;
    }
    if (late == 0)
        return true;
    const struct db_value values[] = { db_ints(ids, late), db_ints(times, late) };

    if (!db_run(b->db, QUERIES_POSITION_LATE, values, 2, a, &rows, f))
        return false;
    for (int32_t row = 0; row < db_count(rows); row++) {
        const int32_t i = which[db_get_int(rows, row, 0) - 1];

        fixes[i].person_id = 0;
        codes[i] = CODE_OFF_DUTY;
    }
    return true;
}

static void refuse(struct batch *batch, enum fail_code *codes)
{
    if (!batch->untracked || db_count(batch->untracked) == 0)
        return;
    for (int32_t i = 0; i < batch->count; i++) {
        const enum fail_code why = reason_of(batch->untracked, batch->fixes[i].person_id);

        if (why == CODE_NONE)
            continue;
        batch->fixes[i].person_id = 0;
        codes[i] = why;
    }
}

enum batches_end batches_write(struct batches *b, struct live_fix *fixes, int32_t count,
                               enum fail_code *codes, struct arena *a, struct fail *f)
{
    struct batch batch = { .fixes = fixes, .count = count, .arena = a };
    int tries = 0;

    while (!refuse_late(b, fixes, count, codes, a, f))
        if (!is_worth_a_try(f, tries++))
            return BATCHES_NOT;
    batch.people = sort_out(fixes, count, a);
    if (batch.people.count == 0)
        return BATCHES_WRITTEN;
    while (!settle_number(b, a, f))
        if (!is_worth_a_try(f, tries++))
            return BATCHES_NOT;
    while (!try_once(b, &batch, f))
        if (!is_worth_a_try(f, tries++))
            return b->is_unsure ? BATCHES_UNKNOWN : BATCHES_NOT;
    b->number++;
    refuse(&batch, codes);
    return BATCHES_WRITTEN;
}
