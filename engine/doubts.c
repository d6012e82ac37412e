/* The writers of positions ask here, each about its own people; the timer puts down what
 * came out. So nobody waits for the database, and nothing is held while it is asked but
 * the round itself: what a crash loses is found again from the next twenty fixes.
 *
 * Order of locks: a shelf, then live. The list of what was found has its own lock, under
 * which nothing else is taken. */
#include "engine/doubts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/feed.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/pgwire.h"
#include "geo/doubt.h"

enum {
    SHELVES = 64, /* people by hash: two writers seldom want the same */
    SHELF_FIRST = 16,
    FOUND_MAX = 1000, /* that wait to be written; more are found again */
};

/* A device that fits the frame it declares is left alone for a while. */
static const int64_t REST_US = 30LL * 60 * 1000000;

struct known {
    int64_t person_id;
    struct doubt_jumps jumps;
    struct doubt_clock clock;
    struct doubt_window window;
    enum frame declared; /* of her last fix */
    uint32_t doubted;    /* LIVE_FRAME, LIVE_CLOCK_SKEW */
    int64_t rest_until_us;
};

struct shelf {
    pthread_mutex_t lock; /* guards the rest, and the people */
    struct known **table; /* by hash, open addressing, at most half full */
    uint32_t size;        /* a power of two */
    uint32_t count;
};

/* Something to be put down. */
struct found {
    int64_t person_id;
    enum live_flag flag;
    bool is_over;
    enum frame declared;
    struct doubt_verdict verdict; /* of a frame */
    int64_t late_us;              /* of a clock */
};

/* A doubt that is open in the database. */
struct open_doubt {
    int64_t person_id;
    enum live_flag flag;
};

struct open_list {
    struct open_doubt *items; /* by person, then by flag */
    int32_t count;
};

struct doubts {
    struct live *live;
    atomic_int frames_left; /* that may be told before the next tick */
    struct shelf shelves[SHELVES];
    pthread_mutex_t lock; /* guards the two below */
    struct found *found;
    int32_t found_count;
    pthread_rwlock_t opening; /* guards what `open` is */
    struct open_list open;
    struct arena *arena; /* of one tick, whose alone the rest is */
    bool is_failing;     /* and it was said */
};

static void *memory(size_t count, size_t size)
{
    void *bytes = calloc(count, size);

    if (!bytes)
        abort();
    return bytes;
}

struct doubts *doubts_new(struct live *l)
{
    struct doubts *d = memory(1, sizeof *d);

    d->live = l;
    d->frames_left = DOUBTS_FRAMES_A_TICK;
    d->found = memory(FOUND_MAX, sizeof *d->found);
    d->arena = arena_new();
    pthread_mutex_init(&d->lock, NULL);
    pthread_rwlock_init(&d->opening, NULL);
    for (int32_t i = 0; i < SHELVES; i++) {
        pthread_mutex_init(&d->shelves[i].lock, NULL);
        d->shelves[i].size = SHELF_FIRST;
        d->shelves[i].table = memory(SHELF_FIRST, sizeof(struct known *));
    }
    return d;
}

void doubts_free(struct doubts *d)
{
    if (!d)
        return;
    for (int32_t i = 0; i < SHELVES; i++) {
        struct shelf *s = &d->shelves[i];

        for (uint32_t k = 0; k < s->size; k++)
            free(s->table[k]);
        free(s->table);
        pthread_mutex_destroy(&s->lock);
    }
    pthread_mutex_destroy(&d->lock);
    pthread_rwlock_destroy(&d->opening);
    arena_free(d->arena);
    free(d->open.items);
    free(d->found);
    free(d);
}

/* ------------------------------------------------------------------ the people */

static uint64_t hash_of(int64_t person_id)
{
    return (uint64_t)person_id * 0x9E3779B97F4A7C15u;
}

static struct shelf *shelf_of(struct doubts *d, int64_t person_id)
{
    return &d->shelves[hash_of(person_id) >> 58];
}

/* Where she is in the table, or would be. */
static struct known **place_of(const struct shelf *s, int64_t person_id)
{
    uint32_t i = (uint32_t)(hash_of(person_id) >> 20);

    while (s->table[i & (s->size - 1)] && s->table[i & (s->size - 1)]->person_id != person_id)
        i++;
    return &s->table[i & (s->size - 1)];
}

/* The same people in a table of another size. */
static void lay_anew(struct shelf *s, uint32_t size)
{
    const struct shelf old = { .table = s->table, .size = s->size };

    s->size = size;
    s->table = memory(size, sizeof(struct known *));
    for (uint32_t i = 0; i < old.size; i++)
        if (old.table[i])
            *place_of(s, old.table[i]->person_id) = old.table[i];
    free(old.table);
}

static int by_person(const void *one, const void *other)
{
    const int64_t a = ((const struct open_doubt *)one)->person_id;
    const int64_t b = ((const struct open_doubt *)other)->person_id;

    return (a > b) - (a < b);
}

/* What the database said of her at the last tick. */
static uint32_t doubted_before(struct doubts *d, int64_t person_id)
{
    const struct open_doubt wanted = { .person_id = person_id };
    uint32_t flags = 0;

    pthread_rwlock_rdlock(&d->opening);
    const struct open_doubt *end = d->open.items + d->open.count;
    const struct open_doubt *at =
        d->open.count > 0
            ? bsearch(&wanted, d->open.items, (size_t)d->open.count, sizeof wanted, by_person)
            : NULL;

    while (at && at > d->open.items && at[-1].person_id == person_id)
        at--;
    for (; at && at < end && at->person_id == person_id; at++)
        flags |= at->flag;
    pthread_rwlock_unlock(&d->opening);
    return flags;
}

static struct doubt_fix fix_of(const struct live_fix *fix)
{
    return (struct doubt_fix){ fix->at, fix->accuracy_dm, fix->speed_cms, fix->fix_us };
}

/* Someone who is seen for the first time since the start is measured from where live has
 * her. */
static struct known *meet(struct doubts *d, struct shelf *s, const struct live_fix *fix)
{
    struct known **place = place_of(s, fix->person_id);
    struct known *k = *place;
    struct live_person person;

    if (k)
        return k;
    if (2 * (s->count + 1) > s->size) {
        lay_anew(s, 2 * s->size);
        place = place_of(s, fix->person_id);
    }
    k = *place = memory(1, sizeof *k);
    s->count++;
    *k = (struct known){ .person_id = fix->person_id,
                         .declared = fix->frame,
                         .doubted = doubted_before(d, fix->person_id) };
    live_read(d->live);
    if (live_get(d->live, fix->person_id, &person) && person.has_fix) {
        k->jumps.believed = fix_of(&person.fix);
        k->jumps.has_believed = true;
    }
    live_read_end(d->live);
    return k;
}

/* ------------------------------------------------------------------ judging */

static void note(struct doubts *d, struct known *k, const struct found *found)
{
    pthread_mutex_lock(&d->lock);
    const bool has_room = d->found_count < FOUND_MAX;

    if (has_room)
        d->found[d->found_count++] = *found;
    pthread_mutex_unlock(&d->lock);
    if (has_room)
        k->doubted =
            found->is_over ? k->doubted & ~(uint32_t)found->flag : k->doubted | found->flag;
}

/* One round of a writer: what is found out once for all of its fixes. */
struct round {
    struct doubts *doubts;
    const struct world *world; /* held once it is needed */
    int64_t now_us;            /* steady clock */
};

static const struct world *world_of(struct round *r)
{
    if (!r->world) {
        live_read(r->doubts->live);
        const struct world *w = live_world(r->doubts->live);

        r->world = w ? world_hold_again(w) : NULL;
        live_read_end(r->doubts->live);
    }
    return r->world;
}

/* The streets are asked when there are enough fixes and it is her turn. */
static void judge_frame(struct round *r, struct known *k, enum mode mode,
                        const struct live_fix *fix)
{
    const struct doubt_fix told = fix_of(fix);
    struct doubt_verdict v;

    if (r->now_us < k->rest_until_us || mode == MODE_COUNT ||
        !frame_in_china(point_from_e7(fix->at)) || !doubt_keep(&k->window, fix->frame, &told) ||
        k->window.count < DOUBT_FIXES || !world_of(r))
        return;
    if (atomic_fetch_sub(&r->doubts->frames_left, 1) <= 0)
        return;
    metrics_count(METRIC_FRAMES_EXAMINED, 1);
    if (doubt_frame(&k->window, r->world->streets, mode, &v)) {
        const bool is_doubted = k->doubted & LIVE_FRAME;

        k->rest_until_us = v.is_cleared ? r->now_us + REST_US : 0;
        if (v.is_doubted ? !is_doubted : v.is_cleared && is_doubted)
            note(r->doubts, k,
                 &(struct found){ .person_id = k->person_id,
                                  .flag = LIVE_FRAME,
                                  .is_over = v.is_cleared,
                                  .declared = fix->frame,
                                  .verdict = v });
    }
    k->window.count = k->window.next = 0;
}

static void judge_clock(struct round *r, struct known *k, const struct live_fix *fix)
{
    const bool is_doubted = k->doubted & LIVE_CLOCK_SKEW;
    int64_t late_us = 0;
    const enum doubt_clock_says says =
        doubt_clock(&k->clock, fix->fix_us, fix->received_us, &late_us);

    if (says == (is_doubted ? DOUBT_CLOCK_RIGHT : DOUBT_CLOCK_WRONG))
        note(r->doubts, k,
             &(struct found){ .person_id = k->person_id,
                              .flag = LIVE_CLOCK_SKEW,
                              .is_over = is_doubted,
                              .late_us = late_us });
}

/* Another frame was declared for her device: its fixes come to lie elsewhere, which is
 * no jump, and what was doubted of the old one says nothing of the new. */
static void declare(struct round *r, struct known *k, enum frame declared)
{
    k->declared = declared;
    k->jumps = (struct doubt_jumps){ 0 };
    k->rest_until_us = 0;
    if (k->doubted & LIVE_FRAME)
        note(r->doubts, k,
             &(struct found){ .person_id = k->person_id, .flag = LIVE_FRAME, .is_over = true });
}

static void judge_one(struct round *r, struct live_fix *fix)
{
    struct shelf *s = shelf_of(r->doubts, fix->person_id);
    const enum mode mode = fix->snapped_in ? fix->snapped_for : MODE_COUNT;
    const struct doubt_fix told = fix_of(fix);

    pthread_mutex_lock(&s->lock);
    struct known *k = meet(r->doubts, s, fix);

    if (k->declared != fix->frame)
        declare(r, k, fix->frame);
    if (doubt_jump(&k->jumps, mode, &told)) {
        fix->flags |= LIVE_JUMP;
        metrics_count(METRIC_POSITION_JUMPS, 1);
    } else {
        judge_frame(r, k, mode, fix);
    }
    judge_clock(r, k, fix);
    fix->flags |= k->doubted;
    pthread_mutex_unlock(&s->lock);
}

static void judge(void *self, struct live_fix *fixes, int32_t count)
{
    struct round r = { .doubts = self, .now_us = clock_steady_us() };

    for (int32_t i = 0; i < count; i++)
        if (fixes[i].person_id)
            judge_one(&r, &fixes[i]);
    world_drop(r.world);
}

struct positions_stage doubts_stage(struct doubts *d)
{
    return (struct positions_stage){ .self = d, .judge = judge };
}

void doubts_heard(void *self, const struct live_fix *fixes, int32_t count)
{
    struct doubts *d = self;

    for (int32_t i = 0; i < count; i++) {
        struct shelf *s = shelf_of(d, fixes[i].person_id);

        if (fixes[i].flags & LIVE_UNBELIEVED)
            continue;
        pthread_mutex_lock(&s->lock);
        struct known *k = *place_of(s, fixes[i].person_id);

        if (k && k->jumps.has_believed && k->jumps.believed.fix_us < fixes[i].fix_us)
            k->jumps.believed = fix_of(&fixes[i]);
        pthread_mutex_unlock(&s->lock);
    }
}

/* ------------------------------------------------------------------ putting down */

static bool tell(struct db *db, const struct db_rows *rows, struct fail *f)
{
    if (db_count(rows) == 0)
        return true; /* known already, or she is gone */
    const struct feed_event event = {
        .kind = "alert",
        .org_id = db_get_int(rows, 0, 0),
        .data = db_get_text(rows, 0, 1),
    };

    return feed_tell(db, &event, f);
}

static bool put_down(struct doubts *d, struct db *db, const struct found *found, struct fail *f)
{
    const struct db_value frame[] = {
        db_int(found->person_id),
        db_text(frame_word(found->declared)),
        db_text(frame_word(found->verdict.likely)),
        db_double(found->verdict.declared_m),
        db_double(found->verdict.likely_m),
        db_int(DOUBT_FIXES),
    };
    const struct db_value clock[] = { db_int(found->person_id), db_int(found->late_us / 1000000),
                                      db_int(DOUBT_REQUESTS) };
    const struct db_value over[] = { db_int(found->person_id),
                                     db_text(found->flag == LIVE_FRAME ? "frame" : "clock_skew") };
    const struct db_rows *rows;

    if (found->is_over)
        return db_run(db, QUERIES_DOUBT_OVER, over, 2, d->arena, NULL, f);
    if (found->flag == LIVE_FRAME)
        return db_run(db, QUERIES_DOUBT_FRAME_ADD, frame, 6, d->arena, &rows, f) &&
               tell(db, rows, f);
    return db_run(db, QUERIES_DOUBT_CLOCK_ADD, clock, 3, d->arena, &rows, f) && tell(db, rows, f);
}

/* All or none of what was found up to now; those of none wait for the next time. */
static bool put_all_down(struct doubts *d, struct db *db, struct fail *f)
{
    pthread_mutex_lock(&d->lock);
    const int32_t count = d->found_count;
    struct found *found = arena_take(d->arena, (size_t)count + 1, sizeof *found);

    if (count > 0)
        memcpy(found, d->found, (size_t)count * sizeof *found);
    pthread_mutex_unlock(&d->lock);
    if (count == 0)
        return true;
    if (!db_begin(db, f))
        return false;
    for (int32_t i = 0; i < count; i++) {
        if (!put_down(d, db, &found[i], f)) {
            db_rollback(db);
            return false;
        }
    }
    if (!db_commit(db, f))
        return false;
    pthread_mutex_lock(&d->lock);
    d->found_count -= count;
    memmove(d->found, d->found + count, (size_t)d->found_count * sizeof *d->found);
    pthread_mutex_unlock(&d->lock);
    return true;
}

/* ------------------------------------------------------------------ following */

/* She is doubted, or no longer: since somebody said so, or another node. */
static void follow_one(struct doubts *d, const struct open_doubt *doubt, bool is_doubted)
{
    struct shelf *s = shelf_of(d, doubt->person_id);

    pthread_mutex_lock(&s->lock);
    struct known *k = *place_of(s, doubt->person_id);

    if (k && ((k->doubted & doubt->flag) != 0) != is_doubted) {
        k->doubted = is_doubted ? k->doubted | doubt->flag : k->doubted & ~(uint32_t)doubt->flag;
        k->rest_until_us = 0;
        k->window.count = k->window.next = 0;
        k->clock = (struct doubt_clock){ 0 };
    }
    pthread_mutex_unlock(&s->lock);
    live_doubt(d->live, doubt->person_id, doubt->flag, is_doubted);
}

static int by_person_and_flag(const struct open_doubt *a, const struct open_doubt *b)
{
    if (a->person_id != b->person_id)
        return a->person_id < b->person_id ? -1 : 1;
    return (a->flag > b->flag) - (a->flag < b->flag);
}

static bool read_open(struct doubts *d, struct db *db, struct open_list *out, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DOUBT_OPEN, NULL, 0, d->arena, &rows, f))
        return false;
    *out = (struct open_list){ memory((size_t)db_count(rows) + 1, sizeof *out->items),
                               db_count(rows) };
    for (int32_t i = 0; i < out->count; i++)
        out->items[i] =
            (struct open_doubt){ .person_id = db_get_int(rows, i, 0),
                                 .flag = db_get_bool(rows, i, 1) ? LIVE_FRAME : LIVE_CLOCK_SKEW };
    return true;
}

/* Both lists are in the same order; what is in one alone has changed. */
static bool follow_open(struct doubts *d, struct db *db, struct fail *f)
{
    struct open_list now;
    int32_t o = 0, n = 0;

    if (!read_open(d, db, &now, f))
        return false;
    pthread_rwlock_wrlock(&d->opening);
    const struct open_list old = d->open;

    d->open = now;
    pthread_rwlock_unlock(&d->opening);
    while (o < old.count || n < now.count) {
        const int order = o == old.count   ? 1
                          : n == now.count ? -1
                                           : by_person_and_flag(&old.items[o], &now.items[n]);

        if (order < 0)
            follow_one(d, &old.items[o], false);
        if (order > 0)
            follow_one(d, &now.items[n], true);
        o += order <= 0;
        n += order >= 0;
    }
    free(old.items);
    return true;
}

/* ------------------------------------------------------------------ forgetting */

static bool is_tracked(const struct live *l, int64_t person_id)
{
    struct live_person p;

    return live_get(l, person_id, &p) && (p.on_duty || p.taken_incident_id) &&
           !(p.bars & ABLE_BIT(ABLE_NO_CONSENT));
}

static void forget_some(struct doubts *d, struct shelf *s)
{
    uint32_t gone = 0;

    pthread_mutex_lock(&s->lock);
    live_read(d->live);
    for (uint32_t i = 0; i < s->size; i++) {
        if (!s->table[i] || is_tracked(d->live, s->table[i]->person_id))
            continue;
        free(s->table[i]);
        s->table[i] = NULL;
        gone++;
    }
    live_read_end(d->live);
    s->count -= gone;
    if (gone > 0)
        lay_anew(s, s->size);
    pthread_mutex_unlock(&s->lock);
}

bool doubts_once(struct doubts *d, struct db *db, struct fail *f)
{
    for (int32_t i = 0; i < SHELVES; i++)
        forget_some(d, &d->shelves[i]);
    atomic_store(&d->frames_left, DOUBTS_FRAMES_A_TICK);
    const bool ok = put_all_down(d, db, f) && follow_open(d, db, f);

    arena_reset(d->arena);
    return ok;
}

void doubts_tick(void *self, struct db *db)
{
    struct doubts *d = self;
    struct fail f = { 0 };
    const bool ok = doubts_once(d, db, &f);

    if (!ok && !d->is_failing)
        log_line(LOG_WARNING, "doubts_failed", log_text("code", fail_word(f.code)),
                 log_text("detail", f.text));
    d->is_failing = !ok;
}
