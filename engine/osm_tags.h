#ifndef ENGINE_OSM_TAGS_H
#define ENGINE_OSM_TAGS_H

#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/road/access.h"

/* The tags of an OpenStreetMap object as PostgreSQL gives them: a JSON object of texts.
 * What is too long or has control characters says nothing about a street and is not among
 * them, nor is what comes after the first OSM_TAGS_MAX. */
enum { OSM_TAGS_MAX = 256 };

/* `tags` has room for OSM_TAGS_MAX; the texts live in the arena. `json` may be NULL: no
 * tags. False with what is wrong with the JSON. */
bool osm_tags_read(struct arena *a, const char *json, struct access_tag *tags, int32_t *count,
                   struct fail *f);

#endif
