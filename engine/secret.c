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
