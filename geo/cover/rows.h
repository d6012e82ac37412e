#ifndef GEO_COVER_ROWS_H
#define GEO_COVER_ROWS_H

#include "geo/base/buf.h"

/* Many short rows of words that grow and shrink, in one block of memory. There is room for a
 * power of two in each; rows that are given up wait, by size, to be used again. Starts at
 * { 0 } and ends with rows_free. */
enum { ROWS_SIZES = 28 };

struct rows {
    struct buf words;
    uint32_t free_row[ROWS_SIZES]; /* the next one is in the first word; 0: none */
};

/* A row of which `count` words are used. Starts at { 0 }. */
struct row {
    uint32_t at;
    uint32_t count : 27;
    uint32_t power : 5; /* room for 2^power words; 0: none at all */
};

void rows_free(struct rows *r);

/* The words of a row, until the next rows_fit of any row; of an empty one some address. */
static inline uint32_t *rows_words(const struct rows *r, struct row row)
{
    static uint32_t nothing[1];

    return row.count > 0 ? (uint32_t *)(void *)r->words.bytes + row.at : nothing;
}

/* Makes room for count words, of which those that were there stay, and sets the count. */
void rows_fit(struct rows *r, struct row *row, uint32_t count);

#endif
