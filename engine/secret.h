#ifndef ENGINE_SECRET_H
#define ENGINE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Randomness, hashes and sealed boxes that secrets are made of: the home of
 * libsodium. Any thread. */
enum { SECRET_HASH_BYTES = 32, SECRET_KEY_BYTES = 32 };
/* What a sealed text is longer than the text: a nonce before it, a tag behind it. */
enum { SECRET_SEAL_BYTES = 24 + 16 };

/* Random bytes of the system's generator. */
void secret_random(void *out, size_t size);

/* SHA-256. */
void secret_hash(const void *bytes, size_t size, unsigned char out[SECRET_HASH_BYTES]);

/* BLAKE2b under a key: equal for equal bytes, and of no use to who lacks the key. */
void secret_keyed_hash(const unsigned char key[SECRET_KEY_BYTES], const void *bytes, size_t size,
                       unsigned char out[SECRET_HASH_BYTES]);

/* XChaCha20-Poly1305 with a random nonce: `size` + SECRET_SEAL_BYTES bytes into `out`.
 * `bound` is not kept in it, but must be the same when it is opened. */
void secret_seal(const unsigned char key[SECRET_KEY_BYTES], const void *bound, size_t bound_size,
                 const void *text, size_t size, void *out);
/* And back: `size` - SECRET_SEAL_BYTES bytes into `out`; false when the key or what was
 * bound is another, or a byte was touched. */
bool secret_open(const unsigned char key[SECRET_KEY_BYTES], const void *bound, size_t bound_size,
                 const void *sealed, size_t size, void *out);

/* Zeroes in a way that no compiler leaves out. */
void secret_wipe(void *bytes, size_t size);

/* Whether both are equal, in a time that does not depend on where they differ. */
bool secret_equal(const void *a, const void *b, size_t size);

/* Base64url without padding (RFC 4648 section 5). `text_size` counts the NUL and
 * must be enough. */
void secret_text(const void *bytes, size_t size, char *text, size_t text_size);
/* Exactly `size` bytes back; false for anything else. */
bool secret_bytes(const char *text, void *out, size_t size);
/* Plain base64 with padding (section 4): at most `room` bytes back. */
bool secret_base64(const char *text, void *out, size_t room, size_t *size);

#endif
