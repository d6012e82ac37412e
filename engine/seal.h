#ifndef ENGINE_SEAL_H
#define ENGINE_SEAL_H

#include "engine/secret.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* A question and a proof in one file, so that nobody changes a byte unseen: a first line, the
 * size of the question in decimal and a line's end, the question, the proof, and 32 bytes of
 * SHA-256 over the digest of all up to the question's end and the proof. The digest alone says
 * which question it is. */
enum { SEAL_BYTES_MAX = 1024 * 1024 * 1024 };

struct seal {
    const char *question, *proof;
    size_t question_size, proof_size;
    char digest[2 * SECRET_HASH_BYTES + 1]; /* of the question, in hexadecimal */
};

void seal_close(const struct buf *question, const struct buf *proof, struct buf *out);

/* Points into the bytes. False with CERTIFICATE_MALFORMED or CERTIFICATE_FALSE. */
bool seal_open(const char *bytes, size_t size, struct seal *out, struct fail *f);

#endif
