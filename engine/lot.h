#ifndef ENGINE_LOT_H
#define ENGINE_LOT_H

#include <stdbool.h>
#include <stdint.h>

/* Whose turn it is when many ask for one day. Those who came while the window was
 * open are equal, however fast they clicked: who has the fewest days that month comes
 * first, and among equals the lot decides. Who came later comes after them, first
 * come first served. Pure; anyone can draw the lot again from the seed that is told
 * afterwards. */
enum { LOT_SEED_BYTES = 32 };

struct lot_entry {
    int64_t claim_id;
    int64_t squad_id;
    int64_t arrival; /* the order in which they came */
    int32_t held;    /* days of that month the squad has already */
    bool fair;       /* came while the window was open */
    bool busy;       /* the squad is on another beat then: it can only wait */
};

/* Into the order in which they are served. */
void lot_order(struct lot_entry *entries, int32_t count, const unsigned char seed[LOT_SEED_BYTES],
               int64_t day_id);

/* A squad's lot for a day: the first eight bytes of SHA-256 over the seed and the text
 * "<day_id>:<squad_id>". The smallest is first. */
uint64_t lot_draw(const unsigned char seed[LOT_SEED_BYTES], int64_t day_id, int64_t squad_id);

#endif
