#include "engine/secret.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Without randomness nothing here may go on. */
static void start(void)
{
    if (sodium_init() < 0) {
        fprintf(stderr, "libsodium does not start\n");
        abort();
    }
}

void secret_random(void *out, size_t size)
{
    pthread_once(&once, start);
    randombytes_buf(out, size);
}

void secret_hash(const void *bytes, size_t size, unsigned char out[SECRET_HASH_BYTES])
{
    _Static_assert(crypto_hash_sha256_BYTES == SECRET_HASH_BYTES, "the size of SHA-256");
    pthread_once(&once, start);
    crypto_hash_sha256(out, bytes, size);
}

void secret_keyed_hash(const unsigned char key[SECRET_KEY_BYTES], const void *bytes, size_t size,
                       unsigned char out[SECRET_HASH_BYTES])
{
    pthread_once(&once, start);
    (void)crypto_generichash(out, SECRET_HASH_BYTES, bytes, size, key, SECRET_KEY_BYTES);
}

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES
};
_Static_assert(NONCE_BYTES + TAG_BYTES == SECRET_SEAL_BYTES, "a nonce and a tag");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == SECRET_KEY_BYTES, "a key's size");

void secret_seal(const unsigned char key[SECRET_KEY_BYTES], const void *bound, size_t bound_size,
                 const void *text, size_t size, void *out)
{
    unsigned char *nonce = out;

    secret_random(nonce, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_BYTES, NULL, text, size, bound,
                                                     bound_size, NULL, nonce, key);
}

bool secret_open(const unsigned char key[SECRET_KEY_BYTES], const void *bound, size_t bound_size,
                 const void *sealed, size_t size, void *out)
{
    const unsigned char *nonce = sealed;

    pthread_once(&once, start);
    return size >= SECRET_SEAL_BYTES && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                            out, NULL, NULL, nonce + NONCE_BYTES,
                                            size - NONCE_BYTES, bound, bound_size, nonce, key) == 0;
}

void secret_wipe(void *bytes, size_t size)
{
    sodium_memzero(bytes, size);
}

bool secret_equal(const void *a, const void *b, size_t size)
{
    pthread_once(&once, start);
    return sodium_memcmp(a, b, size) == 0;
}

void secret_text(const void *bytes, size_t size, char *text, size_t text_size)
{
    pthread_once(&once, start);
    sodium_bin2base64(text, text_size, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool secret_bytes(const char *text, void *out, size_t size)
{
    size_t used = 0;

    pthread_once(&once, start);
    return sodium_base642bin(out, size, text, strlen(text), NULL, &used, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           used == size;
}

bool secret_base64(const char *text, void *out, size_t room, size_t *size)
{
    pthread_once(&once, start);
    return sodium_base642bin(out, room, text, strlen(text), NULL, size, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0;
}
