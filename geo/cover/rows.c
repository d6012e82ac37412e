#include "geo/cover/rows.h"

#include <assert.h>
#include <string.h>

enum { POWER_FIRST = 2 };

void rows_free(struct rows *r)
{
    buf_free(&r->words);
    *r = (struct rows){ 0 };
}

static uint32_t *word_at(struct rows *r, uint32_t at)
{
    return (uint32_t *)(void *)r->words.bytes + at;
}

/* Nothing stands at 0, so that 0 can say that there is none. */
static uint32_t take(struct rows *r, uint32_t power)
{
    const size_t bytes = sizeof(uint32_t) << power;
    uint32_t at = r->free_row[power];

    if (at) {
        r->free_row[power] = *word_at(r, at);
        return at;
    }
    if (r->words.size == 0) {
        memset(buf_reserve(&r->words, sizeof(uint32_t)), 0, sizeof(uint32_t));
        r->words.size = sizeof(uint32_t);
    }
    at = (uint32_t)(r->words.size / sizeof(uint32_t));
    assert(r->words.size / sizeof(uint32_t) + (bytes / sizeof(uint32_t)) < UINT32_MAX);
    buf_reserve(&r->words, bytes);
    r->words.size += bytes;
    return at;
}

static void give(struct rows *r, struct row row)
{
    if (row.power == 0)
        return;
    *word_at(r, row.at) = r->free_row[row.power];
    r->free_row[row.power] = row.at;
}

void rows_fit(struct rows *r, struct row *row, uint32_t count)
{
    uint32_t power = POWER_FIRST;
    struct row other;

    while (power < ROWS_SIZES && 1U << power < count)
        power++;
    assert(power < ROWS_SIZES);
    if (count == 0) {
        give(r, *row);
        *row = (struct row){ 0 };
        return;
    }
    /* One size too large is kept: what comes and goes at the edge of a size stays where it is. */
    if (row->power == power || row->power == power + 1) {
        row->count = count & 0x7ffffff;
        return;
    }
    other = (struct row){ .at = take(r, power), .count = count & 0x7ffffff, .power = power & 31 };
    if (row->count > 0)
        memcpy(word_at(r, other.at), word_at(r, row->at),
               (row->count < count ? row->count : count) * sizeof(uint32_t));
    give(r, *row);
    *row = other;
}
