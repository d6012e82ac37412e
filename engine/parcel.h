#ifndef ENGINE_PARCEL_H
#define ENGINE_PARCEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/idempotency.h"
#include "engine/incidents.h"
#include "engine/live.h"
#include "engine/secret.h"
#include "geo/base/arena.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* What waits in a spool for the database, as bytes: a batch of fixes, or an incident
 * with the answer that its sender was given. Numbers are little-endian, texts and bytes
 * have their length before them. Pure. */
enum parcel_kind { PARCEL_FIXES = 1, PARCEL_INCIDENT = 2 };

enum {
    PARCEL_FIXES_MAX = 1000,
    PARCEL_TEXT_MAX = 64 * 1024, /* bytes of one text */
};

struct parcel_fixes {
    const struct live_fix *fixes;
    int32_t count;
    bool maybe_written; /* the answer to a commit was lost: they may be there already */
};

/* Without those of nobody. */
void parcel_put_fixes(struct buf *out, const struct parcel_fixes *fixes);

struct parcel_incident {
    int64_t received_us; /* when it was taken, microseconds since 1970 */
    struct incidents_who who;
    struct incidents_incident incident; /* what incidents_add reads of it */
    const char *key;                    /* of its sender, and what was asked under it */
    unsigned char asked[SECRET_HASH_BYTES];
    struct idempotency_answer answer;
};

void parcel_put_incident(struct buf *out, const struct parcel_incident *p);

/* And back; what is read lives in the arena. False with PARCEL_MALFORMED. */
bool parcel_get_fixes(const void *bytes, size_t size, struct arena *a, struct parcel_fixes *out,
                      struct fail *f);
bool parcel_get_incident(const void *bytes, size_t size, struct arena *a,
                         struct parcel_incident *out, struct fail *f);

#endif
