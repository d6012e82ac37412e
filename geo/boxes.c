/* Sort-tile-recursive packing (Leutenegger, Lopez, Edgington 1997): boxes are put into
 * strips from west to east, each strip from south to north, and every FAN neighbours
 * share a box on the level above, up to one. */
#include "geo/boxes.h"

#include <math.h>
#include <stdlib.h>

enum { FAN = 16, LEVELS_MAX = 9 }; /* 16^8 boxes are more than an int32_t counts */

struct leaf {
    struct box box;
    struct point middle;
    int32_t at;
};

struct boxes {
    int32_t level_count;
    int32_t counts[LEVELS_MAX];
    const struct box *levels[LEVELS_MAX]; /* 0: the boxes themselves, packed */
    const int32_t *at;                    /* of the packed ones, where they were given */
};

static int by_value(double one, double other)
{
    return (one > other) - (one < other);
}

static int from_west(const void *one, const void *other)
{
    return by_value(((const struct leaf *)one)->middle.lon,
                    ((const struct leaf *)other)->middle.lon);
}

static int from_south(const void *one, const void *other)
{
    return by_value(((const struct leaf *)one)->middle.lat,
                    ((const struct leaf *)other)->middle.lat);
}

static void pack(struct leaf *leaves, int32_t count)
{
    const int32_t strips = (int32_t)ceil(sqrt(ceil((double)count / FAN)));
    const int32_t in_strip = (int32_t)ceil((double)count / strips / FAN) * FAN;

    qsort(leaves, (size_t)count, sizeof *leaves, from_west);
    for (int32_t i = 0; i < count; i += in_strip)
        qsort(leaves + i, (size_t)(count - i < in_strip ? count - i : in_strip), sizeof *leaves,
              from_south);
}

static struct box both(struct box a, struct box b)
{
    return box_with(box_with(a, b.min), b.max);
}

static void add_level(struct arena *a, struct boxes *b)
{
    const int32_t below = b->counts[b->level_count - 1];
    const struct box *parts = b->levels[b->level_count - 1];
    const int32_t count = (below + FAN - 1) / FAN;
    struct box *level = arena_take(a, (size_t)count, sizeof *level);

    for (int32_t i = 0; i < below; i++)
        level[i / FAN] = i % FAN ? both(level[i / FAN], parts[i]) : parts[i];
    b->levels[b->level_count] = level;
    b->counts[b->level_count++] = count;
}

const struct boxes *boxes_take(struct arena *a, const struct box *given, int32_t count)
{
    struct boxes *b = arena_take(a, 1, sizeof *b);
    struct leaf *leaves = arena_take(a, (size_t)count + 1, sizeof *leaves);
    struct box *packed = arena_take(a, (size_t)count + 1, sizeof *packed);
    int32_t *at = arena_take(a, (size_t)count + 1, sizeof *at);

    if (count == 0)
        return b;
    for (int32_t i = 0; i < count; i++)
        leaves[i] = (struct leaf){ given[i], box_middle(given[i]), i };
    pack(leaves, count);
    for (int32_t i = 0; i < count; i++) {
        packed[i] = leaves[i].box;
        at[i] = leaves[i].at;
    }
    b->at = at;
    b->levels[0] = packed;
    b->counts[0] = count;
    b->level_count = 1;
    while (b->counts[b->level_count - 1] > FAN)
        add_level(a, b);
    return b;
}

int32_t boxes_meeting(const struct boxes *b, struct box with, int32_t *out, int32_t most)
{
    /* On each level the nodes [next, end) of one parent are still to be looked at. */
    int32_t next[LEVELS_MAX], end[LEVELS_MAX];
    int32_t level = b->level_count - 1;
    int32_t found = 0;

    if (level < 0)
        return 0;
    next[level] = 0;
    end[level] = b->counts[level];
    while (level < b->level_count && found < most) {
        if (next[level] == end[level]) {
            level++;
            continue;
        }
        const int32_t node = next[level]++;

        if (!box_meets(b->levels[level][node], with))
            continue;
        if (level == 0) {
            out[found++] = b->at[node];
            continue;
        }
        level--;
        next[level] = node * FAN;
        end[level] = b->counts[level] - node * FAN < FAN ? b->counts[level] : (node + 1) * FAN;
    }
    return found;
}
