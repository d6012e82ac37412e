#ifndef API_THROTTLE_H
#define API_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"

/* How often one address may ask what anybody may ask: a bucket of THROTTLE_BURST
 * requests for each, which fills by THROTTLE_PER_S a second. A room full of people
 * behind one address can enrol; a program that tries codes cannot. IPv6 counts by its
 * first half. Programs on this machine are not
 * limited; a proxy on it speaks for the last address that it names in X-Forwarded-For.
 * Any thread. */
enum { THROTTLE_BURST = 60, THROTTLE_PER_S = 1, THROTTLE_SLOTS = 8192 };

struct throttle;
struct throttle *throttle_new(void);
void throttle_free(struct throttle *t);

/* Takes one from the bucket of whoever asks: false with TOO_MANY_REQUESTS (429) and
 * Retry-After in the answer when it is empty. NULL never says no. */
bool throttle_pass(struct throttle *t, const struct request *r, struct reply *out, struct fail *f);

/* The same for an address at a moment of the steady clock. Pure but for the buckets. */
bool throttle_take(struct throttle *t, uint64_t address, int64_t now_us);

#endif
