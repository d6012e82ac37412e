#ifndef API_BACKLOG_H
#define API_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

/* What waits for the workers: first in, first out, bounded. Any thread. There are lanes:
 * what comes in bulk (positions) lets the rest pass, but for every eighth, and fills its
 * own lane only, so that a flood of it keeps nobody from reporting an incident; and what
 * memory answers has a worker of its own beside the others, so that it goes on while
 * all of them wait for the database. */
struct backlog_item {
    struct backlog_item *next;
};

enum backlog_lane { BACKLOG_FIRST, BACKLOG_MEMORY, BACKLOG_BULK, BACKLOG_LANES };

struct backlog;

/* At most so many items wait in each lane. */
struct backlog *backlog_new(int64_t most);
void backlog_free(struct backlog *b);

/* Puts an item in when there is room and the backlog is not shut. `before` is
 * called first, and before any worker can see the item. */
bool backlog_put(struct backlog *b, enum backlog_lane lane, struct backlog_item *item,
                 void (*before)(struct backlog_item *item));

/* Waits for an item; NULL when the backlog is shut and empty. */
struct backlog_item *backlog_take(struct backlog *b);
/* The same for whoever takes nothing but BACKLOG_MEMORY; one thread at most. */
struct backlog_item *backlog_take_memory(struct backlog *b);

/* Takes no more in and wakes everybody who waits. */
void backlog_shut(struct backlog *b);

#endif
