/* Times: what is read can be written, and then reads as the same millisecond. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "geo/instant.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[INSTANT_SIZE];
    int64_t us = -1;
    int64_t again = -1;

    if (!instant_read((const char *)bytes, size, &us)) {
        assert(us == -1);
        return 0;
    }
    assert(us >= 0);
    instant_write(us, text);
    assert(instant_read(text, strlen(text), &again));
    assert(again == us / 1000 * 1000);
    return 0;
}
