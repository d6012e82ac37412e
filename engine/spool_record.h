#ifndef ENGINE_SPOOL_RECORD_H
#define ENGINE_SPOOL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"

/* What stands in a spool file: a head that says whose it is, then records. Numbers
 * are little-endian; the head of the file, the head of each record and its bytes
 * carry a CRC-32C, so that whatever a power cut or a bad disk leaves is either a whole
 * record or none. Pure. */
enum {
    SPOOL_RECORD_MAX = 256 * 1024, /* bytes of one record, without its head */
    SPOOL_RECORD_HEAD = 32,
    SPOOL_RECORD_FILE_HEAD = 64,
    SPOOL_RECORD_ID = 16,
};

/* Whose a file is. */
struct spool_record_owner {
    unsigned char spool[SPOOL_RECORD_ID]; /* drawn when the file was made */
    unsigned char city[SPOOL_RECORD_ID];  /* the database that it is to go to */
};

struct spool_record {
    int64_t number; /* from 1, rising; kept nowhere else in the file */
    uint32_t kind;  /* the owner's: nothing here knows it */
    const void *bytes;
    size_t size;
};

/* CRC-32C (Castagnoli), RFC 3720. */
uint32_t spool_record_sum(const void *bytes, size_t size);

void spool_record_put_owner(struct buf *out, const struct spool_record_owner *owner);
/* False when the bytes are not the head of a spool file of this version. */
bool spool_record_get_owner(const void *bytes, size_t size, struct spool_record_owner *out);

/* Adds a record of 0 to SPOOL_RECORD_MAX bytes. */
void spool_record_put(struct buf *out, const struct spool_record *record);

/* The first whole record that begins anywhere in the bytes, whatever stands before it:
 * where it begins and ends. Its bytes are those that were given. False when there is none. */
bool spool_record_find(const void *bytes, size_t size, struct spool_record *out, size_t *begin,
                       size_t *end);

#endif
