#ifndef ENGINE_SECRET_H
#define ENGINE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Randomness and hashes that secrets are made of: the home of libsodium. Any
 * thread. */
enum { SECRET_HASH_BYTES = 32 };

/* Random bytes of the system's generator. */
void secret_random(void *out, size_t size);

/* SHA-256. */
void secret_hash(const void *bytes, size_t size, unsigned char out[SECRET_HASH_BYTES]);

/* Whether both are equal, in a time that does not depend on where they differ. */
bool secret_equal(const void *a, const void *b, size_t size);

/* Base64url without padding (RFC 4648 section 5). `text_size` counts the NUL and
 * must be enough. */
void secret_text(const void *bytes, size_t size, char *text, size_t text_size);
/* Exactly `size` bytes back; false for anything else. */
bool secret_bytes(const char *text, void *out, size_t size);

#endif
