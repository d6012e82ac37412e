/* Memory by the block. Pieces are cut from the newest block; what does not fit
 * gets a block of its own, so no piece ever moves. */
#include "geo/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/pages.h"

enum { BLOCK_SIZE = 64 * 1024, ALONE_SIZE = BLOCK_SIZE / 4 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct duty {
    struct duty *next;
    void (*done)(void *thing);
    void *thing;
};

struct arena {
    struct block *blocks; /* the one at hand, then the full ones */
    struct block *first;  /* kept for reuse */
    struct duty *duties;
    size_t used;
};

_Noreturn static void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "out of memory: %zu times %zu bytes\n", count, size);
    abort();
}

static void *take_from_system(size_t size)
{
    void *memory = calloc(1, size);

    if (!memory)
        out_of_memory(1, size);
    return pages_large(memory, size);
}

static struct block *block_new(size_t size, struct block *next)
{
    struct block *b = take_from_system(sizeof *b + size);

    b->size = size;
    b->next = next;
    return b;
}

/* For one large piece, behind the block at hand, whose rest stays in use. */
static struct block *block_behind(struct block *b, size_t size)
{
    b->next = block_new(size, b->next);
    return b->next;
}

static struct block *block_before(struct arena *a)
{
    a->blocks = block_new(BLOCK_SIZE, a->blocks);
    return a->blocks;
}

struct arena *arena_new(void)
{
    struct arena *a = take_from_system(sizeof *a);

    a->first = block_new(BLOCK_SIZE, NULL);
    a->blocks = a->first;
    return a;
}

void *arena_take(struct arena *a, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    size_t need;

    if (__builtin_mul_overflow(count, size, &need) || need > SIZE_MAX / 2)
        out_of_memory(count, size);
    need = (need + align - 1) / align * align;

    struct block *b = a->blocks;

    if (b->size - b->used < need)
        b = need > ALONE_SIZE ? block_behind(b, need) : block_before(a);
    void *piece = b->bytes + b->used;

    b->used += need;
    a->used += need;
    return piece;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

char *arena_copy(struct arena *a, const void *bytes, size_t length)
{
    char *copy = arena_take(a, length + 1, 1);

    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_text(struct arena *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int length = vsnprintf(NULL, 0, format, args);

    va_end(args);
    if (length < 0)
        return arena_copy(a, "", 0);
    char *text = arena_take(a, (size_t)length + 1, 1);

    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *a, void (*done)(void *thing), void *thing)
{
    struct duty *d = arena_take(a, 1, sizeof *d);

    *d = (struct duty){ .next = a->duties, .done = done, .thing = thing };
    a->duties = d;
}

static void do_duties(struct arena *a)
{
    while (a->duties) {
        const struct duty *d = a->duties;

        a->duties = d->next;
        d->done(d->thing);
    }
}

static void free_blocks(struct block *b, const struct block *kept)
{
    while (b) {
        struct block *next = b->next;

        if (b != kept)
            free(b);
        b = next;
    }
}

void arena_reset(struct arena *a)
{
    do_duties(a);
    free_blocks(a->blocks, a->first);
    memset(a->first->bytes, 0, a->first->used);
    a->first->used = 0;
    a->first->next = NULL;
    a->blocks = a->first;
    a->used = 0;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    do_duties(a);
    free_blocks(a->blocks, NULL);
    free(a);
}
