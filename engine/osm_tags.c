#include "engine/osm_tags.h"

#include <string.h>

#include "geo/base/input.h"

enum { VALUE_MAX_BYTES = 1024 }; /* OpenStreetMap allows 255 characters */

bool osm_tags_read(struct arena *a, const char *json, struct access_tag *tags, int32_t *count,
                   struct fail *f)
{
    const struct input *all = json ? input_parse(a, json, strlen(json), f) : NULL;
    const struct input *value;
    struct fail odd = { 0 };
    void *cursor = NULL;
    const char *key;

    *count = 0;
    if (json && !all)
        return false;
    while (all && *count < OSM_TAGS_MAX && (key = input_next(all, &cursor, &value))) {
        struct access_tag *tag = &tags[*count];

        if (!input_text(value, VALUE_MAX_BYTES, &tag->value, &odd))
            continue;
        tag->key = key;
        (*count)++;
    }
    return true;
}
