#ifndef ENGINE_TURNS_H
#define ENGINE_TURNS_H

#include <stdbool.h>
#include <stdint.h>

/* Who may look and who may change, in turns, so that neither can keep the other
 * waiting for ever (phase-fair: Brandenburg and Anderson, Reader-Writer
 * Synchronization for Shared-Memory Multiprocessor Real-Time Systems, 2009).
 *
 * Changing takes two steps. Whoever has claimed the turns is the only one who
 * changes things, in the order of asking, and may read everything; readers go on.
 * Then turns_write keeps readers out for a moment, as often as it needs. A reader
 * waits for one such moment at most, a writer for those who read when it came.
 * None of this may be nested on one thread, save write within claim. */
struct turns;

struct turns *turns_new(void);
void turns_free(struct turns *t);

void turns_read(struct turns *t);
void turns_read_end(struct turns *t);

void turns_claim(struct turns *t);
void turns_release(struct turns *t);

/* Only within a claim. */
void turns_write(struct turns *t);
void turns_write_end(struct turns *t);

#endif
