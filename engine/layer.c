/* The layers of the map: see the header for what a layer is. */
#include "engine/layer.h"

#include <string.h>

const struct layer LAYER_ROWS[] = {
    { "streets",
      5,
      15,
      LAYER_FROM_IMPORT,
      LAYERS_STREETS,
      { { "streets", "class name name_zh name_en oneway" } },
      "Streets by class, with their names" },
    { "water",
      5,
      15,
      LAYER_FROM_IMPORT,
      LAYERS_WATER,
      { { "water", "kind name" } },
      "Lakes, rivers and the sea" },
    { "green",
      8,
      15,
      LAYER_FROM_IMPORT,
      LAYERS_GREEN,
      { { "green", "kind name" } },
      "Parks, woods and meadows" },
    { "buildings",
      13,
      15,
      LAYER_FROM_IMPORT,
      LAYERS_BUILDINGS,
      { { "buildings", "name" } },
      "Outlines of buildings" },
    { "places",
      5,
      15,
      LAYER_FROM_IMPORT,
      LAYERS_PLACES,
      { { "places", "kind name name_zh name_en rank" } },
      "Names of towns and quarters" },
    { "boundaries",
      5,
      15,
      LAYER_FROM_IMPORT,
      LAYERS_BOUNDARIES,
      { { "boundaries", "level name" } },
      "Lines between administrative areas" },
    { "stations",
      5,
      16,
      LAYER_FROM_TABLE,
      LAYERS_STATIONS,
      { { "stations", "code name" } },
      "Stations" },
    { "lookouts",
      8,
      16,
      LAYER_FROM_TABLE,
      LAYERS_LOOKOUTS,
      { { "lookouts", "code name state reach_m" } },
      "Lookout points and their state" },
    { "grids",
      8,
      16,
      LAYER_FROM_TABLE,
      LAYERS_GRIDS,
      { { "grids", "code name kind responsible" }, { "grid_labels", "code name" } },
      "Patrol grids, and a point for the label of each" },
    { "people",
      5,
      16,
      LAYER_FROM_LIVE,
      LAYERS_COUNT,
      { { "people", "mode available fix_s" }, { "people_cells", "count available" } },
      "Where everyone was last; below zoom 13 counted in cells" },
    { "gaps",
      10,
      16,
      LAYER_FROM_COVER,
      LAYERS_COUNT,
      { { "gaps", "class street" } },
      "Streets that are not covered now, by what is missing" },
    { "coverage",
      10,
      16,
      LAYER_FROM_COVER,
      LAYERS_COUNT,
      { { "coverage", "layer street" } },
      "Streets that are covered now, by lookout points, patrols and people who can come" },
};

const int32_t LAYER_ROW_COUNT = (int32_t)(sizeof LAYER_ROWS / sizeof LAYER_ROWS[0]);

static const struct layer *find(const char *name, size_t length)
{
    for (int32_t i = 0; i < LAYER_ROW_COUNT; i++)
        if (strlen(LAYER_ROWS[i].name) == length && memcmp(LAYER_ROWS[i].name, name, length) == 0)
            return &LAYER_ROWS[i];
    return NULL;
}

static bool unknown(const char *name, size_t length, struct fail *f)
{
    char allowed[sizeof f->allowed] = "";
    char value[64];
    const size_t kept = length < sizeof value - 1 ? length : sizeof value - 1;

    memcpy(value, name, kept);
    value[kept] = '\0';
    for (int32_t i = 0; i < LAYER_ROW_COUNT; i++) {
        strncat(allowed, i == 0 ? "" : ", ", sizeof allowed - strlen(allowed) - 1);
        strncat(allowed, LAYER_ROWS[i].name, sizeof allowed - strlen(allowed) - 1);
    }
    fail_set(f, FAIL_MISSING, LAYER_UNKNOWN, "there is no map layer \"%s\"", value);
    fail_value(f, value);
    return fail_allowed(f, "%s", allowed);
}

static bool has(const struct layer_set *set, const struct layer *layer)
{
    for (int32_t i = 0; i < set->count; i++)
        if (set->items[i] == layer)
            return true;
    return false;
}

/* A name repeated a thousand times must not make a thousand times the work, so
 * that the names are counted before they are merged. */
bool layer_parse(const char *names, struct layer_set *out, struct fail *f)
{
    struct layer_set set = { .count = 0 };
    int32_t asked = 0;

    for (const char *at = names;; at++) {
        const size_t length = strcspn(at, ",");
        const struct layer *found = find(at, length);

        if (!found)
            return unknown(at, length, f);
        if (++asked > LAYER_SET_MAX) {
            fail_set(f, FAIL_INPUT, LAYERS_TOO_MANY, "more than %d layers in one tile",
                     LAYER_SET_MAX);
            return fail_allowed(f, "1 to %d names", LAYER_SET_MAX);
        }
        if (!has(&set, found))
            set.items[set.count++] = found;
        at += length;
        if (*at == '\0')
            break;
    }
    *out = set;
    return true;
}

bool layer_in_memory(const struct layer *layer)
{
    return layer->source == LAYER_FROM_LIVE || layer->source == LAYER_FROM_COVER;
}

bool layer_needs_database(const struct layer_set *set)
{
    for (int32_t i = 0; i < set->count; i++)
        if (!layer_in_memory(set->items[i]))
            return true;
    return false;
}

int32_t layer_zoom_min(const struct layer_set *set)
{
    int32_t least = set->items[0]->zoom_min;

    for (int32_t i = 1; i < set->count; i++)
        if (set->items[i]->zoom_min < least)
            least = set->items[i]->zoom_min;
    return least;
}

int32_t layer_zoom_max(const struct layer_set *set)
{
    int32_t most = set->items[0]->zoom_max;

    for (int32_t i = 1; i < set->count; i++)
        if (set->items[i]->zoom_max > most)
            most = set->items[i]->zoom_max;
    return most;
}
