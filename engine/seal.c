#include "engine/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char FIRST_LINE[] = "vigil certificate\n";

enum { DIGITS_MAX = 10, BOTH = 2 };

static void hash_rest(const unsigned char digest[SECRET_HASH_BYTES], const char *proof, size_t size,
                      unsigned char out[SECRET_HASH_BYTES])
{
    unsigned char both[BOTH][SECRET_HASH_BYTES];

    memcpy(both[0], digest, SECRET_HASH_BYTES);
    secret_hash(proof, size, both[1]);
    secret_hash(both, sizeof both, out);
}

void seal_close(const struct buf *question, const struct buf *proof, struct buf *out)
{
    unsigned char digest[SECRET_HASH_BYTES], whole[SECRET_HASH_BYTES];
    const size_t begin = out->size;

    buf_string(out, FIRST_LINE);
    buf_format(out, "%zu\n", question->size);
    buf_put(out, question->bytes, question->size);
    secret_hash(out->bytes + begin, out->size - begin, digest);
    hash_rest(digest, proof->bytes, proof->size, whole);
    buf_put(out, proof->bytes, proof->size);
    buf_put(out, whole, sizeof whole);
}

/* The size of the question, and where it begins; 0 when there is none that can be. */
static size_t read_size(const char *bytes, size_t size, size_t *begin)
{
    size_t at = sizeof FIRST_LINE - 1, number = 0;

    if (size < at || memcmp(bytes, FIRST_LINE, at) != 0)
        return 0;
    for (int n = 0; at < size && n < DIGITS_MAX && bytes[at] >= '0' && bytes[at] <= '9'; n++)
        number = 10 * number + (size_t)(bytes[at++] - '0');
    if (at == size || bytes[at++] != '\n' || size - at < SECRET_HASH_BYTES ||
        number > size - at - SECRET_HASH_BYTES)
        return 0;
    *begin = at;
    return number;
}

bool seal_open(const char *bytes, size_t size, struct seal *out, struct fail *f)
{
    unsigned char digest[SECRET_HASH_BYTES], whole[SECRET_HASH_BYTES];
    size_t begin = 0;
    const size_t question_size = read_size(bytes, size, &begin);

    if (!question_size)
        return fail_set(f, FAIL_INPUT, CERTIFICATE_MALFORMED,
                        "this is no certificate, or not a whole one");
    const char *proof = bytes + begin + question_size;
    const size_t proof_size = size - begin - question_size - SECRET_HASH_BYTES;

    secret_hash(bytes, begin + question_size, digest);
    hash_rest(digest, proof, proof_size, whole);
    if (memcmp(whole, proof + proof_size, sizeof whole) != 0)
        return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE,
                        "the seal is broken: a byte was changed after it was written");
    *out = (struct seal){ bytes + begin, proof, question_size, proof_size, "" };
    for (int n = 0; n < SECRET_HASH_BYTES; n++)
        snprintf(out->digest + BOTH * n, BOTH + 1, "%02x", digest[n]);
    return true;
}
