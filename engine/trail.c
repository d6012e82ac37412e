/* People by id in stripes, each with a lock of its own that is held for one person at a
 * time. A ring grows as she needs it: most report once a minute. */
#include "engine/trail.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "geo/fixes.h"

enum { STRIPES = TRAIL_SWEEPS, CHAINS = 8192, ROOM_FIRST = 4 };

static const int64_t SECOND_US = 1000000;

struct walker {
    struct walker *next;
    int64_t person_id;
    int64_t heard_us;   /* when the newest was received */
    int64_t dropped_us; /* the latest time of a fix that had to go; 0: none */
    struct track_fix *ring;
    int32_t room, first, count;
};

struct stripe {
    pthread_mutex_t lock; /* guards the rest */
    int32_t count;
    struct walker *chains[CHAINS];
};

struct trail {
    _Atomic int64_t known_us; /* whatever was received after is here */
    _Atomic uint32_t swept;
    struct stripe stripes[STRIPES];
};

static void *must_have(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

struct trail *trail_new(int64_t now_us)
{
    struct trail *t = must_have(calloc(1, sizeof *t));

    t->known_us = now_us;
    for (int i = 0; i < STRIPES; i++)
        pthread_mutex_init(&t->stripes[i].lock, NULL);
    return t;
}

static void walker_free(struct walker *w)
{
    free(w->ring);
    free(w);
}

void trail_free(struct trail *t)
{
    if (!t)
        return;
    for (int i = 0; i < STRIPES; i++) {
        for (int chain = 0; chain < CHAINS; chain++) {
            for (struct walker *w = t->stripes[i].chains[chain], *next; w; w = next) {
                next = w->next;
                walker_free(w);
            }
        }
        pthread_mutex_destroy(&t->stripes[i].lock);
    }
    free(t);
}

/* ------------------------------------------------------------------ finding */

static uint64_t mixed(int64_t person_id)
{
    return (uint64_t)person_id * 0x9E3779B97F4A7C15u;
}

static struct stripe *stripe_of(struct trail *t, int64_t person_id)
{
    return &t->stripes[mixed(person_id) >> 60];
}

static struct walker **chain_of(struct stripe *s, int64_t person_id)
{
    return &s->chains[mixed(person_id) >> 40 & (CHAINS - 1)];
}

/* Under the stripe's lock; NULL when she is not there. */
static struct walker *find(struct stripe *s, int64_t person_id)
{
    struct walker *w = *chain_of(s, person_id);

    while (w && w->person_id != person_id)
        w = w->next;
    return w;
}

static struct walker *find_or_make(struct stripe *s, int64_t person_id)
{
    struct walker *w = find(s, person_id);

    if (w)
        return w;
    w = must_have(calloc(1, sizeof *w));
    w->person_id = person_id;
    w->next = *chain_of(s, person_id);
    *chain_of(s, person_id) = w;
    s->count++;
    return w;
}

/* ------------------------------------------------------------------ remembering */

static struct track_fix *at(const struct walker *w, int32_t i)
{
    return &w->ring[(w->first + i) % w->room];
}

static void grow(struct walker *w)
{
    const int32_t room = w->room ? 2 * w->room : ROOM_FIRST;
    struct track_fix *ring = must_have(calloc((size_t)room, sizeof *ring));

    for (int32_t i = 0; i < w->count; i++)
        ring[i] = *at(w, i);
    free(w->ring);
    w->ring = ring;
    w->room = room;
    w->first = 0;
}

static bool is_there(const struct walker *w, int64_t fix_us)
{
    for (int32_t i = w->count; i-- > 0;)
        if (at(w, i)->fix_us == fix_us)
            return true;
    return false;
}

static void remember(struct walker *w, const struct live_fix *fix)
{
    if (fix->received_us > w->heard_us)
        w->heard_us = fix->received_us;
    if (is_there(w, fix->fix_us))
        return;
    if (w->count == w->room && w->room < TRAIL_FIX_MAX)
        grow(w);
    if (w->count == w->room) {
        if (at(w, 0)->fix_us > w->dropped_us)
            w->dropped_us = at(w, 0)->fix_us;
        w->first = (w->first + 1) % w->room;
        w->count--;
    }
    *at(w, w->count++) = (struct track_fix){
        .fix_us = fix->fix_us,
        .at = fix->at,
        .accuracy_dm = fix->accuracy_dm,
        .speed_cms = fix->speed_cms,
        .flags = fix->flags,
    };
}

void trail_passed(void *self, const struct live_fix *fixes, int32_t count)
{
    struct trail *t = self;

    for (int32_t i = 0; i < count; i++) {
        if (fixes[i].person_id == 0)
            continue;
        struct stripe *s = stripe_of(t, fixes[i].person_id);

        pthread_mutex_lock(&s->lock);
        remember(find_or_make(s, fixes[i].person_id), &fixes[i]);
        pthread_mutex_unlock(&s->lock);
    }
}

static bool is_known(struct stripe *s, const struct live_fix *fix)
{
    const struct walker *w = find(s, fix->person_id);

    for (int32_t i = w ? w->count : 0; i-- > 0;) {
        const struct track_fix *known = at(w, i);

        if (known->fix_us == fix->fix_us && known->at.lon == fix->at.lon &&
            known->at.lat == fix->at.lat)
            return !(known->flags & LIVE_NODE_LOCAL); /* that one may not be committed yet */
    }
    return false;
}

static void judge(void *self, struct live_fix *fixes, int32_t count)
{
    struct trail *t = self;

    for (int32_t i = 0; i < count; i++) {
        if (fixes[i].person_id == 0)
            continue;
        struct stripe *s = stripe_of(t, fixes[i].person_id);

        pthread_mutex_lock(&s->lock);
        fixes[i].is_repeat = is_known(s, &fixes[i]);
        pthread_mutex_unlock(&s->lock);
    }
}

struct positions_stage trail_stage(struct trail *t)
{
    return (struct positions_stage){ .self = t, .judge = judge, .passed = trail_passed };
}

void trail_lost(struct trail *t, int64_t now_us)
{
    t->known_us = now_us;
}

/* ------------------------------------------------------------------ reading */

/* A fix may be received some minutes before its own time: whatever is later than this
 * was received when we listened, and is not so old that she was forgotten with it. */
static int64_t whole_after_us(const struct trail *t, int64_t now_us)
{
    const int64_t heard = t->known_us;
    const int64_t kept = now_us - TRAIL_KEEP_S * SECOND_US;

    return (heard > kept ? heard : kept) + FIXES_AHEAD_MAX_S * SECOND_US;
}

bool trail_read(struct trail *t, int64_t person_id, int64_t since_us, int64_t until_us,
                int64_t now_us, struct arena *a, struct track_fix **out, int32_t *count)
{
    struct stripe *s = stripe_of(t, person_id);
    bool is_whole = since_us > whole_after_us(t, now_us);

    *out = arena_take(a, TRAIL_FIX_MAX, sizeof **out);
    *count = 0;
    pthread_mutex_lock(&s->lock);
    const struct walker *w = find(s, person_id);

    for (int32_t i = 0; w && i < w->count; i++)
        if (at(w, i)->fix_us >= since_us && at(w, i)->fix_us <= until_us)
            (*out)[(*count)++] = *at(w, i);
    if (w && w->dropped_us >= since_us)
        is_whole = false;
    pthread_mutex_unlock(&s->lock);
    *count = track_sort(*out, *count);
    return is_whole;
}

/* ------------------------------------------------------------------ forgetting */

static bool is_over(const struct walker *w, const struct live *l, int64_t now_us)
{
    struct live_person person;

    return now_us - w->heard_us > TRAIL_KEEP_S * SECOND_US || !live_get(l, w->person_id, &person) ||
           person.bars & ABLE_BIT(ABLE_NO_CONSENT);
}

void trail_sweep(struct trail *t, struct live *l, int64_t now_us)
{
    struct stripe *s = &t->stripes[t->swept++ % STRIPES];

    live_read(l);
    pthread_mutex_lock(&s->lock);
    for (int chain = 0; chain < CHAINS; chain++) {
        for (struct walker **link = &s->chains[chain]; *link;) {
            struct walker *w = *link;

            if (!is_over(w, l, now_us)) {
                link = &w->next;
                continue;
            }
            *link = w->next;
            walker_free(w);
            s->count--;
        }
    }
    pthread_mutex_unlock(&s->lock);
    live_read_end(l);
}

int32_t trail_count(struct trail *t)
{
    int32_t count = 0;

    for (int i = 0; i < STRIPES; i++) {
        pthread_mutex_lock(&t->stripes[i].lock);
        count += t->stripes[i].count;
        pthread_mutex_unlock(&t->stripes[i].lock);
    }
    return count;
}
