#ifndef ENGINE_DEVICES_H
#define ENGINE_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/frame.h"

/* Phones, terminals and trackers: each says where one person is, in the format and the
 * frame that were declared when it was enrolled. What lets it in is "vgd_" and 128
 * random bits in base64url, told once; the database keeps the SHA-256 of them. It is
 * good for posting the device's own positions and for nothing else. */
enum devices_format { DEVICES_JSON, DEVICES_PACKED, DEVICES_OSMAND, DEVICES_OWNTRACKS };
enum { DEVICES_FORMATS = DEVICES_OWNTRACKS + 1 };
extern const char *const DEVICES_FORMAT_WORDS[DEVICES_FORMATS]; /* "json", … */

enum { DEVICES_NAME_MAX = 100 /* bytes */, DEVICES_LIST_MAX = 1001 };
enum { DEVICES_SECRET_BYTES = 16, DEVICES_SECRET_SIZE = 32 /* of its text, with the NUL */ };
enum { DEVICES_HASH_BYTES = 32 };

struct devices_one {
    int64_t device_id;
    int64_t version;
    int64_t org_id; /* where its person is at home */
    int64_t person_id;
    const char *name; /* what it is called: 1 to DEVICES_NAME_MAX bytes */
    enum devices_format format;
    enum frame frame;
    const char *valid_from; /* RFC 3339 */
    const char *rotated_at; /* since when its secret is good */
};

/* A secret that nobody had before: its text, and what the database keeps of it. */
void devices_secret(char text[DEVICES_SECRET_SIZE], unsigned char hash[DEVICES_HASH_BYTES]);
/* What a secret's text is known by; false when it is none. Pure. */
bool devices_hash(const char *text, unsigned char hash[DEVICES_HASH_BYTES]);
/* Whether a text could be a secret of a device rather than a token. Pure. */
bool devices_is_secret(const char *text);

/* Those below are within the caller's scope, and the first four within her
 * transaction. DEVICE_UNKNOWN when there is no such open device. */

/* Enrols d->name with d->device_id to d->person_id, who is at home in scope
 * (PERSON_UNKNOWN); the rest of *d is filled in. */
bool devices_add(struct db *db, struct devices_one *d, const unsigned char *hash, struct arena *a,
                 struct fail *f);
/* Writes name, format and frame when it still has d->version (0: whichever), else
 * VERSION_STALE. */
bool devices_change(struct db *db, struct devices_one *d, struct arena *a, struct fail *f);
/* Another secret; the one before ends. */
bool devices_rotate(struct db *db, struct devices_one *d, const unsigned char *hash,
                    struct arena *a, struct fail *f);
bool devices_close(struct db *db, const struct devices_one *d, struct arena *a, struct fail *f);

bool devices_get(struct db *db, int64_t device_id, struct arena *a, struct devices_one *out,
                 struct fail *f);
/* By id; person_id 0: everybody's. */
struct devices_wish {
    int64_t after_id;
    int64_t limit; /* at most DEVICES_LIST_MAX */
    int64_t person_id;
};
bool devices_list(struct db *db, const struct devices_wish *wish, struct arena *a,
                  struct devices_one **out, int32_t *count, struct fail *f);

/* The word of a format as the database has it; false when there is none. */
bool devices_format_of(const char *word, enum devices_format *out);

#endif
