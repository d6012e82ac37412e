#ifndef ENGINE_PERSONAL_H
#define ENGINE_PERSONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Personal values (phone, identity number, emergency contact, address) leave the
 * process encrypted: XChaCha20-Poly1305 with a key that the database never sees, the
 * person and the field bound in as associated data, so that a value moved to another
 * row cannot be opened. A phone is found again by a keyed hash. Keys come from the
 * file that the setting personal_key_file names; it is made on first use when it is
 * not there. Any thread, after personal_open. */
struct personal;

enum personal_field {
    PERSONAL_PHONE,
    PERSONAL_IDENTITY,  /* number of the identity card */
    PERSONAL_EMERGENCY, /* contact: name and phone */
    PERSONAL_ADDRESS,
    PERSONAL_FIELDS
};

enum { PERSONAL_TEXT_MAX = 200 /* bytes */, PERSONAL_HASH_BYTES = 32 };

struct personal *personal_open(const char *key_file, struct fail *f);
void personal_close(struct personal *p);

/* A value sealed for the database: key id, nonce, ciphertext. In the arena. */
const void *personal_seal(const struct personal *p, int64_t person_id, enum personal_field field,
                          const char *text, struct arena *a, size_t *size);
/* And back; false with PERSONAL_UNREADABLE when it is not ours or was touched. */
bool personal_unseal(const struct personal *p, int64_t person_id, enum personal_field field,
                     const void *bytes, size_t size, struct arena *a, const char **text,
                     struct fail *f);

/* A phone number as it is compared: digits, with the country's +86 taken off. False
 * with PHONE_MALFORMED. */
bool personal_phone(const char *text, char out[24], struct fail *f);
/* The keyed hash of a normalised phone or identity number: equal for equal values,
 * useless without the key. */
void personal_hash(const struct personal *p, enum personal_field field, const char *text,
                   unsigned char out[PERSONAL_HASH_BYTES]);

/* 138****1234; of what is shorter than 7 characters, stars alone. */
const char *personal_mask(enum personal_field field, const char *text, struct arena *a);

#endif
