#ifndef GEO_BASE_ARENA_H
#define GEO_BASE_ARENA_H

#include <stddef.h>

/* Memory that is given out piece by piece and taken back all at once.
 *
 * Every request has one arena, and so does every snapshot of the world. What
 * comes from an arena lives exactly as long as the arena: nothing taken from
 * it is ever freed alone. An arena belongs to one thread at a time. */
struct arena;

/* Never NULL: when the machine is out of memory the process ends, because
 * everything worth keeping is in the database and the service manager starts
 * us again. arena_free(NULL) does nothing. */
struct arena *arena_new(void);
void arena_free(struct arena *a);

/* Takes back everything given out but keeps the first block for reuse. */
void arena_reset(struct arena *a);

/* Bytes given out since the last reset, for limits and metrics. */
size_t arena_used(const struct arena *a);

/* Room for `count` things of `size` bytes each, zeroed. Never NULL. */
__attribute__((returns_nonnull, malloc)) void *arena_take(struct arena *a, size_t count,
                                                          size_t size);

/* A copy of `length` bytes, with a terminating NUL added. Never NULL. */
__attribute__((returns_nonnull)) char *arena_copy(struct arena *a, const void *bytes,
                                                  size_t length);

/* A formatted text. Never NULL. */
__attribute__((returns_nonnull, format(printf, 2, 3))) char *arena_text(struct arena *a,
                                                                        const char *format, ...);

/* Calls done(thing) when the arena is reset or freed, last in first out, while
 * all that was taken from it still stands. This is how a PGresult or a
 * GEOSGeometry gets an owner. */
void arena_defer(struct arena *a, void (*done)(void *thing), void *thing);

#endif
