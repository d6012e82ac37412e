#ifndef ENGINE_PRESENCE_H
#define ENGINE_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Who is inside which fence, as one process knows it: the shadow of the open rows of
 * vigil.fence_visit. Only ids and times, no place. It does not lock. */
struct presence;

/* So many fences hold a person at one time; she is not noticed in more. */
enum { PRESENCE_FENCES_MAX = 64 };

struct presence_stay {
    int64_t fence_id;
    int64_t enter_us;
    bool has_dwelt; /* it was seen that she stayed long, and is or will be told */
};

struct presence *presence_new(void);
void presence_free(struct presence *p);

/* Her stays, in no order; the pointer holds until the next change. */
int32_t presence_of(const struct presence *p, int64_t person_id, const struct presence_stay **out);
/* Puts her in, or replaces what was known of this stay. False when she is in too many. */
bool presence_put(struct presence *p, int64_t person_id, const struct presence_stay *stay);
void presence_take_out(struct presence *p, int64_t person_id, int64_t fence_id);
void presence_forget(struct presence *p, int64_t person_id);
void presence_clear(struct presence *p);

int32_t presence_count(const struct presence *p); /* people who are in any */
/* Their ids, from the n-th slot on: fills `out` with at most `most` and returns where to
 * go on; 0 when all have been given. */
int32_t presence_people(const struct presence *p, int32_t from, int64_t *out, int32_t most,
                        int32_t *count);

#endif
