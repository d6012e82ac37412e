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
static int32_t read_lines(char *text, struct access_tag *tags)
{
    int32_t count = 0;
    char *line;

    while (count < TAG_MAX && (line = strsep(&text, "\n"))) {
        char *value = strchr(line, '=');

        if (!value)
            continue;
        *value = '\0';
        tags[count++] = (struct access_tag){ line, value + 1 };
    }
    return count;
}

static void check(const struct access *got)
{
    assert(got->street_class < STREET_CLASS_COUNT);
    assert((got->bits & ~(unsigned)ACCESS_ALL) == 0);
    assert(got->maxspeed_kmh == 0 || (got->maxspeed_kmh >= ACCESS_SPEED_MIN_KMH &&
                                      got->maxspeed_kmh <= ACCESS_SPEED_MAX_KMH));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct access_tag tags[TAG_MAX];
    struct access got = { .maxspeed_kmh = -1 };
    char *text = malloc(size + 1);

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (access_read(tags, read_lines(text, tags), &got))
        check(&got);
    else
        assert(got.maxspeed_kmh == -1);
    free(text);
    return 0;
}
