#include "geo/road/rules.h"

#include <string.h>

enum { FOOT = 1 << MODE_FOOT, EBIKE = 1 << MODE_EBIKE, CAR = 1 << MODE_CAR };
enum { EVERYBODY = FOOT | EBIKE | CAR };

static const char *get(const struct access_tag *tags, int32_t count, const char *key)
{
    for (int32_t i = 0; i < count; i++)
        if (strcmp(tags[i].key, key) == 0)
            return tags[i].value;
    return NULL;
}

/* ------------------------------------------------------------------ turns */

/* From the general to the particular, each with its form that holds under a condition. */
static const char *const TURN_KEYS[MODE_COUNT][5] = {
    [MODE_FOOT] = { "restriction:foot" },
    [MODE_EBIKE] = { "restriction", "restriction:vehicle", "restriction:bicycle",
                     "restriction:electric_bicycle" },
    [MODE_CAR] = { "restriction", "restriction:vehicle", "restriction:motor_vehicle",
                   "restriction:motorcar" },
};

static const char *const EXEMPT[MODE_COUNT][4] = {
    [MODE_FOOT] = { "foot" },
    [MODE_EBIKE] = { "vehicle", "bicycle", "electric_bicycle" },
    [MODE_CAR] = { "vehicle", "motor_vehicle", "motorcar" },
};

/* Whether the word stands in a list like "psv;bicycle". */
static bool lists(const char *list, const char *word)
{
    const size_t length = strlen(word);

    while (list && *list) {
        list += strspn(list, "; ,");
        const size_t item = strcspn(list, "; ,");

        if (item == length && strncmp(list, word, length) == 0)
            return true;
        list += item;
    }
    return false;
}

/* Of "no_left_turn @ (Mo-Fr 07:00-09:00)" and of "no_left_turn;no_u_turn" the first word. */
static enum rules_kind read_kind(const char *value)
{
    static const struct {
        const char *word;
        enum rules_kind kind;
    } KINDS[] = {
        { "no_left_turn", RULES_NO },
        { "no_right_turn", RULES_NO },
        { "no_straight_on", RULES_NO },
        { "no_entry", RULES_NO },
        { "no_exit", RULES_NO },
        { "no_u_turn", RULES_NO_BACK },
        { "only_left_turn", RULES_ONLY },
        { "only_right_turn", RULES_ONLY },
        { "only_straight_on", RULES_ONLY },
        { "only_u_turn", RULES_ONLY },
    };
    const size_t length = strcspn(value, "; @(");

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strlen(KINDS[i].word) == length && strncmp(value, KINDS[i].word, length) == 0)
            return KINDS[i].kind;
    return RULES_NOTHING;
}

/* What a condition must not speak of to concern a bicycle or a car of a usual size. */
static bool is_of_size(const char *value)
{
    static const char *const SIZES[] = { "weight", "height",  "length", "width",
                                         "axle",   "trailer", "hazmat", "hgv" };

    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        if (strstr(value, SIZES[i]))
            return true;
    return false;
}

static const char *get_conditional(const struct access_tag *tags, int32_t count, const char *key)
{
    static const char SUFFIX[] = ":conditional";
    const size_t length = strlen(key);

    for (int32_t i = 0; i < count; i++)
        if (strncmp(tags[i].key, key, length) == 0 && strcmp(tags[i].key + length, SUFFIX) == 0)
            return is_of_size(tags[i].value) ? NULL : tags[i].value;
    return NULL;
}

static enum rules_kind kind_for(const struct access_tag *tags, int32_t count, enum mode mode)
{
    const char *except = get(tags, count, "except");
    enum rules_kind kind = RULES_NOTHING;

    for (int i = 0; EXEMPT[mode][i]; i++)
        if (lists(except, EXEMPT[mode][i]))
            return RULES_NOTHING;
    for (int i = 0; TURN_KEYS[mode][i]; i++) {
        const char *value = get(tags, count, TURN_KEYS[mode][i]);

        if (!value)
            value = get_conditional(tags, count, TURN_KEYS[mode][i]);
        if (value)
            kind = read_kind(value);
    }
    return kind;
}

bool rules_turn(const struct access_tag *tags, int32_t tag_count, struct rules_turn *out)
{
    bool concerns = false;

    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        out->kind[mode] = kind_for(tags, tag_count, mode);
        concerns = concerns || out->kind[mode] != RULES_NOTHING;
    }
    return concerns;
}

/* ------------------------------------------------------------------ barriers */

static const struct {
    const char *kind;
    uint8_t lets;
} BARRIERS[] = {
    { "arch", EVERYBODY },
    { "border_control", EVERYBODY },
    { "bump_gate", EVERYBODY },
    { "cattle_grid", EVERYBODY },
    { "checkpoint", EVERYBODY },
    { "coupure", EVERYBODY },
    { "entrance", EVERYBODY },
    { "gate", EVERYBODY },
    { "hampshire_gate", EVERYBODY },
    { "height_restrictor", EVERYBODY },
    { "kerb", EVERYBODY },
    { "lift_gate", EVERYBODY },
    { "no", EVERYBODY },
    { "sally_port", EVERYBODY },
    { "sliding_beam", EVERYBODY },
    { "sliding_gate", EVERYBODY },
    { "swing_gate", EVERYBODY },
    { "toll_booth", EVERYBODY },
    { "width_restrictor", EVERYBODY },

    { "full-height_turnstile", FOOT },
    { "horse_stile", FOOT },
    { "kissing_gate", FOOT },
    { "stile", FOOT },
    { "turnstile", FOOT },
    { "wicket_gate", FOOT },

    { "cable_barrier", 0 },
    { "city_wall", 0 },
    { "ditch", 0 },
    { "fence", 0 },
    { "guard_rail", 0 },
    { "hedge", 0 },
    { "retaining_wall", 0 },
    { "wall", 0 },
};

/* bollard, block, cycle_barrier, chain, jersey_barrier, … and what nobody has heard of */
enum { ANY_OTHER = FOOT | EBIKE };

uint8_t rules_barrier(const struct access_tag *tags, int32_t tag_count)
{
    const char *kind = get(tags, tag_count, "barrier");
    const char *locked = get(tags, tag_count, "locked");
    uint8_t lets = ANY_OTHER;

    if (!kind)
        return 0;
    for (size_t i = 0; i < sizeof BARRIERS / sizeof BARRIERS[0]; i++)
        if (strcmp(kind, BARRIERS[i].kind) == 0)
            lets = BARRIERS[i].lets;
    if (locked && strcmp(locked, "yes") == 0)
        lets = 0;
    return (uint8_t)(EVERYBODY & ~(uint32_t)access_modes(tags, tag_count, lets));
}
