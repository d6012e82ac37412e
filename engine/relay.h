#ifndef ENGINE_RELAY_H
#define ENGINE_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/live.h"
#include "geo/base/arena.h"

/* How positions travel from the node that took them to the others: as the texts of
 * notifications, which PostgreSQL hands out with the commit of the batch, in the order
 * of the commits. A batch may need several texts. Computes only.
 *
 * The batches of one writer are numbered from 1 without a gap, so that whoever listens
 * knows when she has missed one. */

enum {
    RELAY_TEXT_MAX = 7999, /* bytes of a notification: PostgreSQL's limit */
    RELAY_FIXES_MAX = 800, /* in one text */
    RELAY_PARTS_MAX = 100, /* texts of one batch */
};

/* Who sends, and which of her batches it is. */
struct relay_from {
    int64_t node_id;
    int32_t writer;
    int64_t number;
};

/* The texts of a batch, at least one, to be notified in the batch's own transaction;
 * returns how many. Fixes of nobody (person_id 0) are left out. What a fix knows of the
 * streets does not travel: each node has its own. At most POSITIONS_BATCH_MAX fixes. */
int32_t relay_pack(struct arena *a, const struct relay_from *from, const struct live_fix *fixes,
                   int32_t count, const char *const **texts);

/* One text as it was received. */
struct relay_text {
    struct relay_from from;
    int32_t part; /* 0 to part_count - 1 */
    int32_t part_count;
    struct live_fix *fixes;
    int32_t count;
};

/* False when it is not what relay_pack makes; then nothing of it is to be used. */
bool relay_unpack(const char *text, struct arena *a, struct relay_text *out);

/* What was last heard of each writer; begins zeroed. The writer that has been silent for
 * longest is forgotten when there are too many. */
enum { RELAY_WRITERS_MAX = 256 };

struct relay_order {
    int32_t count;
    uint64_t heard; /* texts */
    struct relay_last {
        struct relay_from from;
        int32_t part, part_count;
        uint64_t heard; /* when, counted in texts */
    } last[RELAY_WRITERS_MAX];
};

/* Notes the text as heard; false when something between the writer's last one and this
 * is missing. Whoever was never heard before may begin with any batch. */
bool relay_follows(struct relay_order *order, const struct relay_text *text);

#endif
