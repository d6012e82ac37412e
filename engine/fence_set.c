/* Sorted by id to be found, and packed by place (geo/boxes). */
#include "engine/fence_set.h"

#include <stdlib.h>
#include <string.h>

#include "geo/base/arena.h"
#include "geo/boxes.h"
#include "geo/wkb.h"

enum { FIRST_ROOM = 256, NEAR_MAX = 256 };

struct fence_set {
    struct arena *arena;
    struct fence_set_one *fences; /* by id */
    int32_t count;
    int32_t room;
    bool calls_roll;
    const struct boxes *boxes;
};

/* ------------------------------------------------------------------ loading */

static enum fence_set_whom whom_of(const char *word)
{
    if (strcmp(word, "everyone") == 0)
        return FENCE_EVERYONE;
    return strcmp(word, "dispatched") == 0 ? FENCE_DISPATCHED : FENCE_LISTED;
}

static void add(struct fence_set *s, const struct fence_set_one *one)
{
    if (s->count == s->room) {
        struct fence_set_one *more =
            arena_take(s->arena, (size_t)(s->room ? 2 * s->room : FIRST_ROOM), sizeof *more);

        if (s->count)
            memcpy(more, s->fences, (size_t)s->count * sizeof *more);
        s->room = s->room ? 2 * s->room : FIRST_ROOM;
        s->fences = more;
    }
    s->fences[s->count++] = *one;
}

static bool read_one(void *self, const struct db_rows *row, struct fail *f)
{
    struct fence_set *s = self;
    struct arena *scrap = arena_new();
    struct figure figure;
    size_t size;
    const void *bytes = db_get_bytes(row, 0, 7, &size);
    const bool is_read = wkb_read(scrap, bytes, size, &figure, f);

    if (is_read) {
        const struct fence_set_one one = {
            .fence_id = db_get_int(row, 0, 0),
            .org_id = db_get_int(row, 0, 1),
            .incident_id = db_get_int(row, 0, 2),
            .whom = whom_of(db_get_text(row, 0, 3)),
            .margin_m = (double)db_get_int(row, 0, 4),
            .dwell_us = db_get_int(row, 0, 5) * 1000000,
            .shape = figure.kind == FIGURE_POINTS ? fence_take_circle(s->arena, figure.points[0],
                                                                      (double)db_get_int(row, 0, 6))
                                                  : fence_take_areas(s->arena, &figure),
        };

        add(s, &one);
        s->calls_roll = s->calls_roll || db_get_bool(row, 0, 8);
    }
    arena_free(scrap);
    return is_read;
}

struct fence_set *fence_set_load(struct db *db, struct fail *f)
{
    struct fence_set *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->arena = arena_new();
    if (!db_each(db, QUERIES_FENCE_SHAPES, NULL, 0, read_one, s, f)) {
        fence_set_free(s);
        return NULL;
    }
    struct box *boxes = arena_take(s->arena, (size_t)s->count + 1, sizeof *boxes);

    for (int32_t i = 0; i < s->count; i++)
        boxes[i] = fence_box(s->fences[i].shape);
    s->boxes = boxes_take(s->arena, boxes, s->count);
    return s;
}

void fence_set_free(struct fence_set *s)
{
    if (!s)
        return;
    arena_free(s->arena);
    free(s);
}

/* ------------------------------------------------------------------ asking */

int32_t fence_set_count(const struct fence_set *s)
{
    return s->count;
}

bool fence_set_calls_roll(const struct fence_set *s)
{
    return s->calls_roll;
}

static int by_id(const void *key, const void *one)
{
    const int64_t wanted = *(const int64_t *)key;
    const int64_t is = ((const struct fence_set_one *)one)->fence_id;

    return (wanted > is) - (wanted < is);
}

const struct fence_set_one *fence_set_find(const struct fence_set *s, int64_t fence_id)
{
    if (s->count == 0)
        return NULL;
    return bsearch(&fence_id, s->fences, (size_t)s->count, sizeof *s->fences, by_id);
}

int32_t fence_set_near(const struct fence_set *s, struct point from, struct point to,
                       const struct fence_set_one **out, int32_t most)
{
    int32_t found[NEAR_MAX];
    const struct box way = box_with(box_with(box_empty(), from), to);
    const int32_t count = boxes_meeting(s->boxes, way, found, most < NEAR_MAX ? most : NEAR_MAX);

    for (int32_t i = 0; i < count; i++)
        out[i] = &s->fences[found[i]];
    return count;
}

/* ------------------------------------------------------------------ lists */

struct entry {
    int64_t fence_id;
    int64_t person_id;
};

struct fence_set_list {
    struct arena *arena;
    struct entry *entries; /* in order */
    int32_t count;
};

struct fence_set_list *fence_set_list_load(struct db *db, struct fail *f)
{
    struct fence_set_list *l = calloc(1, sizeof *l);
    const struct db_rows *rows;

    if (!l)
        abort();
    l->arena = arena_new();
    if (!db_run(db, QUERIES_FENCE_LISTED, NULL, 0, l->arena, &rows, f)) {
        fence_set_list_free(l);
        return NULL;
    }
    l->count = db_count(rows);
    l->entries = arena_take(l->arena, (size_t)l->count + 1, sizeof *l->entries);
    for (int32_t i = 0; i < l->count; i++)
        l->entries[i] = (struct entry){ db_get_int(rows, i, 0), db_get_int(rows, i, 1) };
    return l;
}

void fence_set_list_free(struct fence_set_list *l)
{
    if (!l)
        return;
    arena_free(l->arena);
    free(l);
}

static int by_entry(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;

    if (a->fence_id != b->fence_id)
        return a->fence_id < b->fence_id ? -1 : 1;
    return (a->person_id > b->person_id) - (a->person_id < b->person_id);
}

bool fence_set_list_has(const struct fence_set_list *l, int64_t fence_id, int64_t person_id)
{
    const struct entry wanted = { fence_id, person_id };

    return l->count > 0 && bsearch(&wanted, l->entries, (size_t)l->count, sizeof wanted, by_entry);
}
