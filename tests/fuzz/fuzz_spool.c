/* A spool file as a disk may give it back: any bytes, and whole records among them. What
 * is found is whole and stands where it is said to; what was written is found. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/spool_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Returns how many there are. */
static int32_t walk(const struct buf *file)
{
    struct spool_record record;
    size_t at = 0;
    size_t begin = 0;
    size_t end = 0;
    int32_t count = 0;

    while (spool_record_find(file->bytes + at, file->size - at, &record, &begin, &end)) {
        assert(begin < end && end <= file->size - at);
        assert(record.number > 0 && record.size == end - begin - SPOOL_RECORD_HEAD);
        assert(record.bytes == file->bytes + at + begin + SPOOL_RECORD_HEAD);
        at += end;
        count++;
    }
    return count;
}

/* Whatever these bytes say as a head is signed as if we had written it. */
static void sign(uint8_t *head)
{
    const uint32_t sum = spool_record_sum(head, SPOOL_RECORD_HEAD - sizeof sum);

    for (size_t i = 0; i < sizeof sum; i++)
        head[SPOOL_RECORD_HEAD - sizeof sum + i] = (uint8_t)(sum >> 8 * i);
}

/* Rubbish, a record, rubbish that is signed as a head, a record. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t half = size / 2 < SPOOL_RECORD_MAX ? size / 2 : SPOOL_RECORD_MAX;
    const struct spool_record first = { 1, 7, data, half };
    const struct spool_record second = { INT64_MAX, UINT32_MAX, data + half, size - half };
    struct spool_record_owner owner;
    struct spool_record_owner again;
    struct buf file = { 0 };
    uint8_t head[SPOOL_RECORD_HEAD] = { 0x53, 0x47, 0x56, 0xA7 };

    if (size - half > SPOOL_RECORD_MAX)
        return 0;
    if (size >= sizeof head)
        memcpy(head + 4, data + size - sizeof head + 4, sizeof head - 4);
    sign(head);
    buf_put(&file, data, size);
    walk(&file);
    spool_record_put(&file, &first);
    buf_put(&file, head, sizeof head);
    spool_record_put(&file, &second);
    assert(walk(&file) >= 1);
    buf_clear(&file);
    spool_record_put(&file, &first);
    spool_record_put(&file, &second);
    assert(walk(&file) == 2);
    buf_clear(&file);
    if (spool_record_get_owner(data, size, &owner)) {
        spool_record_put_owner(&file, &owner);
        assert(spool_record_get_owner(file.bytes, file.size, &again));
        assert(memcmp(&owner, &again, sizeof owner) == 0);
    }
    buf_free(&file);
    return 0;
}
