#ifndef GEO_ROAD_TRAITS_H
#define GEO_ROAD_TRAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who has what: for each trait a bitmap of slots, a bit for each TRAITS_BLOCK slots of
 * which any has it, and how many have it. So whoever has several of them at once is
 * listed by going through the few blocks in which all of them occur. The index of
 * geo/road/crowd; starts as { 0 }, ends with traits_free. */
enum { TRAITS_MAX = 80, TRAITS_BLOCK = 512 };

struct traits {
    int32_t slot_room; /* a multiple of 64 blocks */
    uint64_t *bits[TRAITS_MAX];
    uint64_t *blocks[TRAITS_MAX];
    int32_t count[TRAITS_MAX];
};

void traits_free(struct traits *t);
size_t traits_bytes(const struct traits *t);

/* Room for that many slots at least; it never becomes less. */
void traits_reserve(struct traits *t, int32_t slots);

/* The slot has the trait from now on, or no longer; it changes with each call. */
void traits_turn(struct traits *t, int32_t slot, int32_t trait);

/* Who has all of some traits, at least one, and any of others unless there are none. */
struct traits_wish {
    int32_t all_count, any_count;
    uint8_t all[TRAITS_MAX], any[TRAITS_MAX];
};

/* The slots that have them, ascending, at most `room`, which is TRAITS_BLOCK or more.
 * *from starts at 0; 0 when there are no more. */
int32_t traits_list(const struct traits *t, const struct traits_wish *wish, int32_t *from,
                    int32_t *slots, int32_t room);

#endif
