#include "engine/replans.h"

#include <assert.h>
#include <string.h>

/* A lookout point as it would be. */
struct post {
    int32_t lookout;           /* place in the terrain; -1: a new one */
    struct views_lookout then; /* what it would see, and until when */
    struct weeks_shift *shifts;
    int32_t shift_count;
};

struct replan {
    const struct weeks_book *book;
    const struct weeks_shift *shifts; /* of all lookout points that are spoken of, by them */
    int32_t shift_count;
    struct arena *arena;
    struct post *posts; /* of one candidate */
    int32_t post_count;
};

static int64_t id_of(const struct weeks_book *b, int32_t lookout)
{
    return b->terrain->lookouts[lookout].lookout_point_id;
}

/* ------------------------------------------------------------------ what there is */

static bool read_shifts(struct weeks *w, struct replan *r,
                        const struct replans_candidate *candidates, int32_t count, struct fail *f)
{
    int32_t change_count = 0, id_count = 0;

    for (int32_t i = 0; i < count; i++)
        change_count += candidates[i].count;
    int64_t *ids = arena_take(r->arena, (size_t)change_count + 1, sizeof *ids);

    for (int32_t i = 0; i < count; i++)
        for (int32_t k = 0; k < candidates[i].count; k++)
            if (candidates[i].changes[k].kind != REPLANS_ADD)
                ids[id_count++] = id_of(r->book, candidates[i].changes[k].lookout);
    return id_count == 0 ||
           weeks_shifts(w, r->book, ids, id_count, r->arena, &r->shifts, &r->shift_count, f);
}

/* With room for `more` shifts that are new. */
static void take_shifts(const struct replan *r, struct post *post, int32_t more)
{
    const int64_t id = post->then.lookout_point_id;
    int32_t first = 0, end;

    while (first < r->shift_count && r->shifts[first].lookout_point_id < id)
        first++;
    for (end = first; end < r->shift_count && r->shifts[end].lookout_point_id == id; end++)
        ;
    post->shift_count = end - first;
    post->shifts =
        arena_take(r->arena, (size_t)post->shift_count + (size_t)more, sizeof *post->shifts);
    if (post->shift_count > 0)
        memcpy(post->shifts, &r->shifts[first], (size_t)post->shift_count * sizeof *post->shifts);
}

/* The lookout point that a change is about; one that is met again is as it was left. */
static struct post *post_of(struct replan *r, const struct replans_change *c, int32_t room)
{
    const bool is_new = c->kind == REPLANS_ADD;

    for (int32_t i = 0; i < r->post_count && !is_new; i++)
        if (r->posts[i].lookout == c->lookout)
            return &r->posts[i];
    struct post *post = &r->posts[r->post_count++];

    *post = (struct post){ .lookout = -1 };
    if (!is_new) {
        post->lookout = c->lookout;
        post->then = r->book->terrain->lookouts[c->lookout];
    }
    take_shifts(r, post, room);
    return post;
}

/* ------------------------------------------------------------------ what would be */

static void cancel(struct post *post, int64_t shift_id)
{
    int32_t kept = 0;

    for (int32_t i = 0; i < post->shift_count; i++)
        if (post->shifts[i].shift_id != shift_id)
            post->shifts[kept++] = post->shifts[i];
    post->shift_count = kept;
}

static void hold(struct post *post, int64_t shift_id, struct stint time)
{
    if (shift_id)
        cancel(post, shift_id);
    post->shifts[post->shift_count++] = (struct weeks_shift){ .shift_id = shift_id, .time = time };
}

static void open_up(struct post *post)
{
    post->then.is_active = true;
    post->then.until_s = INT64_MAX;
}

static void make(const struct replan *r, struct post *post, const struct replans_change *c)
{
    const struct stint always = { r->book->time.from_s, r->book->time.to_s };

    switch (c->kind) {
    case REPLANS_HOLD:
        hold(post, c->shift_id, c->time);
        break;
    case REPLANS_CANCEL:
        cancel(post, c->shift_id);
        break;
    case REPLANS_CLOSE:
        post->then.is_active = false;
        post->then.until_s = 0;
        break;
    case REPLANS_MOVE:
        post->then.seen = c->seen;
        break;
    case REPLANS_STAFF:
        open_up(post);
        hold(post, 0, always);
        break;
    case REPLANS_ADD:
        open_up(post);
        post->then.seen = c->seen;
        hold(post, 0, c->time);
        break;
    }
}

/* Ids of sources that no lookout point has are below 0. */
static struct otherwise_change change_of(const struct replan *r, int32_t i)
{
    const struct post *post = &r->posts[i];
    struct stint *shifts = arena_take(r->arena, (size_t)post->shift_count + 1, sizeof *shifts);
    struct otherwise_change change = { .source_id = post->lookout < 0
                                                        ? -1 - i
                                                        : post->then.lookout_point_id };

    for (int32_t k = 0; k < post->shift_count; k++)
        shifts[k] = post->shifts[k].time;
    change.count = week_sources_held(&post->then, &r->book->time, shifts, post->shift_count,
                                     r->arena, &change.slabs);
    return change;
}

static void try_one(struct replan *r, struct replans_candidate *c)
{
    struct otherwise_change *changes = arena_take(r->arena, (size_t)c->count + 1, sizeof *changes);

    r->posts = arena_take(r->arena, (size_t)c->count + 1, sizeof *r->posts);
    r->post_count = 0;
    for (int32_t i = 0; i < c->count; i++)
        make(r, post_of(r, &c->changes[i], c->count), &c->changes[i]);
    for (int32_t i = 0; i < r->post_count; i++)
        changes[i] = change_of(r, i);
    otherwise_try(r->book->table, r->book->terrain->plots, changes, r->post_count, r->arena,
                  &c->found);
}

bool replans_try(struct weeks *w, const struct weeks_book *b, struct replans_candidate *candidates,
                 int32_t count, struct arena *a, struct fail *f)
{
    struct replan r = { .book = b, .arena = a };

    assert(b->time.kind == WEEK_SOURCES_PLAN);
    if (!read_shifts(w, &r, candidates, count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        try_one(&r, &candidates[i]);
    return true;
}
