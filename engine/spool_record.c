/* The head of a record has a sum of its own, so that a damaged length is known before
 * anything is read by it, and a search through damage costs one small sum for each
 * place that looks like a record. */
#include "engine/spool_record.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

static const char MAGIC[16] = "vigil spool 1\n";
static const uint32_t MARK = 0xA7564753; /* begins a record */

/* Offsets in the head of a record, and in that of the file. */
enum { AT_MARK = 0, AT_KIND = 4, AT_NUMBER = 8, AT_SIZE = 16, AT_SUM = 20, AT_HEAD_SUM = 28 };
enum { AT_SPOOL = 16, AT_CITY = 32, AT_FILE_SUM = 60 };

uint32_t spool_record_sum(const void *bytes, size_t size)
{
    static const uint32_t POLYNOMIAL = 0x82F63B78; /* bits reversed */
    /* Of each half of a byte: sixteen steps are looked up, not worked out. */
    uint32_t table[16];
    uint32_t sum = 0xFFFFFFFF;
    const unsigned char *at = bytes;

    for (uint32_t i = 0; i < 16; i++) {
        table[i] = i;
        for (int bit = 0; bit < 4; bit++)
            table[i] = table[i] & 1 ? table[i] >> 1 ^ POLYNOMIAL : table[i] >> 1;
    }
    for (size_t i = 0; i < size; i++) {
        sum ^= at[i];
        sum = sum >> 4 ^ table[sum & 15];
        sum = sum >> 4 ^ table[sum & 15];
    }
    return ~sum;
}

static void put_u32(unsigned char *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

static uint32_t get_u32(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static void put_u64(unsigned char *at, uint64_t value)
{
    value = htole64(value);
    memcpy(at, &value, sizeof value);
}

static uint64_t get_u64(const unsigned char *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

void spool_record_put_owner(struct buf *out, const struct spool_record_owner *owner)
{
    unsigned char head[SPOOL_RECORD_FILE_HEAD] = { 0 };

    memcpy(head, MAGIC, sizeof MAGIC);
    memcpy(head + AT_SPOOL, owner->spool, SPOOL_RECORD_ID);
    memcpy(head + AT_CITY, owner->city, SPOOL_RECORD_ID);
    put_u32(head + AT_FILE_SUM, spool_record_sum(head, AT_FILE_SUM));
    buf_put(out, head, sizeof head);
}

bool spool_record_get_owner(const void *bytes, size_t size, struct spool_record_owner *out)
{
    const unsigned char *head = bytes;

    if (size < SPOOL_RECORD_FILE_HEAD || memcmp(head, MAGIC, sizeof MAGIC) != 0 ||
        get_u32(head + AT_FILE_SUM) != spool_record_sum(head, AT_FILE_SUM))
        return false;
    memcpy(out->spool, head + AT_SPOOL, SPOOL_RECORD_ID);
    memcpy(out->city, head + AT_CITY, SPOOL_RECORD_ID);
    return true;
}

void spool_record_put(struct buf *out, const struct spool_record *record)
{
    unsigned char head[SPOOL_RECORD_HEAD] = { 0 };

    assert(record->size <= SPOOL_RECORD_MAX && record->number > 0);
    put_u32(head + AT_MARK, MARK);
    put_u32(head + AT_KIND, record->kind);
    put_u64(head + AT_NUMBER, (uint64_t)record->number);
    put_u32(head + AT_SIZE, (uint32_t)record->size);
    put_u32(head + AT_SUM, spool_record_sum(record->bytes, record->size));
    put_u32(head + AT_HEAD_SUM, spool_record_sum(head, AT_HEAD_SUM));
    buf_put(out, head, sizeof head);
    buf_put(out, record->bytes, record->size);
}

static bool is_whole(const unsigned char *head, size_t room)
{
    if (room < SPOOL_RECORD_HEAD || get_u32(head) != MARK ||
        get_u32(head + AT_HEAD_SUM) != spool_record_sum(head, AT_HEAD_SUM))
        return false;
    const size_t size = get_u32(head + AT_SIZE);
    const uint64_t number = get_u64(head + AT_NUMBER);

    return size <= SPOOL_RECORD_MAX && size <= room - SPOOL_RECORD_HEAD && number > 0 &&
           number <= INT64_MAX &&
           get_u32(head + AT_SUM) == spool_record_sum(head + SPOOL_RECORD_HEAD, size);
}

bool spool_record_find(const void *bytes, size_t size, struct spool_record *out, size_t *begin,
                       size_t *end)
{
    const unsigned char *all = bytes;

    for (size_t at = 0; at + SPOOL_RECORD_HEAD <= size; at++) {
        const unsigned char *head = all + at;

        if (!is_whole(head, size - at))
            continue;
        *out = (struct spool_record){
            .number = (int64_t)get_u64(head + AT_NUMBER),
            .kind = get_u32(head + AT_KIND),
            .bytes = head + SPOOL_RECORD_HEAD,
            .size = get_u32(head + AT_SIZE),
        };
        *begin = at;
        *end = at + SPOOL_RECORD_HEAD + out->size;
        return true;
    }
    return false;
}
