/* Tags come from anybody: whatever they say, the answer stays within its bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "geo/road/access.h"

enum { TAG_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is lines of key=value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct access_tag tags[TAG_MAX];
    struct access got = { .maxspeed_kmh = -1 };
    int32_t count = 0;
    char *text = malloc(size + 1);

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    char *rest = text;
    char *line;

    while (count < TAG_MAX && (line = strsep(&rest, "\n"))) {
        char *value = strchr(line, '=');

        if (!value)
            continue;
        *value = '\0';
        tags[count++] = (struct access_tag){ line, value + 1 };
    }
    if (access_read(tags, count, &got)) {
        assert(got.street_class < STREET_CLASS_COUNT);
        assert((got.bits & ~(unsigned)ACCESS_ALL) == 0);
        assert(got.maxspeed_kmh == 0 || (got.maxspeed_kmh >= ACCESS_SPEED_MIN_KMH &&
                                         got.maxspeed_kmh <= ACCESS_SPEED_MAX_KMH));
    } else {
        assert(got.maxspeed_kmh == -1);
    }
    free(text);
    return 0;
}
