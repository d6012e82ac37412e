#include "geo/road/traits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORD = 64,
    WORDS = TRAITS_BLOCK / WORD,  /* of a block */
    STRIDE = WORD * TRAITS_BLOCK, /* slots of one word of blocks */
};

void traits_free(struct traits *t)
{
    for (int i = 0; i < TRAITS_MAX; i++) {
        free(t->bits[i]);
        free(t->blocks[i]);
    }
    *t = (struct traits){ 0 };
}

static size_t bits_size(int32_t slots)
{
    return (size_t)slots / WORD * sizeof(uint64_t);
}

static size_t blocks_size(int32_t slots)
{
    return (size_t)slots / STRIDE * sizeof(uint64_t);
}

size_t traits_bytes(const struct traits *t)
{
    size_t bytes = 0;

    for (int i = 0; i < TRAITS_MAX; i++)
        bytes += t->bits[i] ? bits_size(t->slot_room) + blocks_size(t->slot_room) : 0;
    return bytes;
}

static void widen(uint64_t **words, size_t old_size, size_t size)
{
    uint64_t *more = calloc(1, size);

    if (!more)
        abort();
    if (old_size > 0)
        memcpy(more, *words, old_size);
    free(*words);
    *words = more;
}

void traits_reserve(struct traits *t, int32_t slots)
{
    const int32_t room = (slots + STRIDE - 1) / STRIDE * STRIDE;

    if (room <= t->slot_room)
        return;
    for (int i = 0; i < TRAITS_MAX; i++) {
        if (!t->bits[i])
            continue;
        widen(&t->bits[i], bits_size(t->slot_room), bits_size(room));
        widen(&t->blocks[i], blocks_size(t->slot_room), blocks_size(room));
    }
    t->slot_room = room;
}

static bool is_empty(const uint64_t *block)
{
    uint64_t any = 0;

    for (int i = 0; i < WORDS; i++)
        any |= block[i];
    return any == 0;
}

void traits_turn(struct traits *t, int32_t slot, int32_t trait)
{
    assert(slot < t->slot_room && trait < TRAITS_MAX);
    if (!t->bits[trait]) {
        widen(&t->bits[trait], 0, bits_size(t->slot_room));
        widen(&t->blocks[trait], 0, blocks_size(t->slot_room));
    }
    const int32_t block = slot / TRAITS_BLOCK;
    uint64_t *words = t->bits[trait] + (size_t)block * WORDS;
    const uint64_t bit = UINT64_C(1) << slot % WORD;
    uint64_t *word = words + slot / WORD % WORDS;
    uint64_t *blocks = t->blocks[trait] + block / WORD;

    *word ^= bit;
    t->count[trait] += (*word & bit) ? 1 : -1;
    if (*word & bit)
        *blocks |= UINT64_C(1) << block % WORD;
    else if (is_empty(words))
        *blocks &= ~(UINT64_C(1) << block % WORD);
}

/* Of the bitmaps of a wish, the words at one place as one. */
static uint64_t common(uint64_t *const *maps, const struct traits_wish *w, size_t at)
{
    uint64_t all = maps[w->all[0]][at];
    uint64_t any = 0;

    for (int32_t i = 1; i < w->all_count && all; i++)
        all &= maps[w->all[i]][at];
    if (!all || w->any_count == 0)
        return all;
    for (int32_t i = 0; i < w->any_count; i++)
        any |= maps[w->any[i]] ? maps[w->any[i]][at] : 0;
    return all & any;
}

static int32_t list_block(const struct traits *t, const struct traits_wish *w, int32_t block,
                          int32_t *slots)
{
    int32_t count = 0;

    for (int32_t i = 0; i < WORDS; i++)
        for (uint64_t left = common(t->bits, w, (size_t)block * WORDS + (size_t)i); left;
             left &= left - 1)
            slots[count++] = block * TRAITS_BLOCK + i * WORD + __builtin_ctzll(left);
    return count;
}

/* The rarest first: most words of it are empty, and the others are not looked at then. */
static void put_rarest_first(const struct traits *t, struct traits_wish *w)
{
    for (int32_t i = 1; i < w->all_count; i++)
        if (t->count[w->all[i]] < t->count[w->all[0]]) {
            const uint8_t rarest = w->all[i];

            w->all[i] = w->all[0];
            w->all[0] = rarest;
        }
}

int32_t traits_list(const struct traits *t, const struct traits_wish *wish, int32_t *from,
                    int32_t *slots, int32_t room)
{
    const int32_t end = t->slot_room / TRAITS_BLOCK;
    struct traits_wish w = *wish;
    int32_t count = 0;

    assert(w.all_count > 0);
    for (int32_t i = 0; i < w.all_count; i++)
        if (!t->bits[w.all[i]])
            return 0;
    put_rarest_first(t, &w);
    while (*from < end && room - count >= TRAITS_BLOCK) {
        const uint64_t left = common(t->blocks, &w, (size_t)(*from / WORD)) >> (*from % WORD);

        if (!left) {
            *from = (*from / WORD + 1) * WORD;
            continue;
        }
        *from += __builtin_ctzll(left);
        count += list_block(t, &w, (*from)++, slots + count);
    }
    return count;
}
