/* The nouns of the registry as a table. The queries of a noun name its fields in the
 * order in which they stand here. */
#include "engine/registry_kinds.h"

#include <assert.h>

/* "closed" is what closing makes of it, not something to be set. */
static const char *const STATES[] = { "proposed", "approved", "active", "suspended" };
static const char *const PROFILES[] = { "DB11-15", "CJT213-14", "CJT349-20", "free" };
static const char *const CELLS[] = { "square", "hexagon", "drawn" };
static const char *const SITES[] = { "shop", "office", "gate", "warehouse", "car_park", "other" };
/* The city itself is there from the beginning and alone of its kind. */
static const char *const DIVISIONS[] = { "county", "township", "village", "sector", "firm" };
static const char *const TRADES[] = { "shop",     "restaurant", "hotel",     "bank",
                                      "school",   "hospital",   "factory",   "logistics",
                                      "property", "security",   "transport", "entertainment",
                                      "other" };
static const char *const SQUADS[] = { "squad", "crew", "firm_team" };
static const char *const MODES[] = { "foot", "ebike", "car", "bus", "taxi" };

#define WORDS(list) .words = (list), .word_count = sizeof(list) / sizeof *(list)
#define TEXT(field, most)                                                                          \
    {                                                                                              \
        .name = (field), .max = (most), .text = ""                                                 \
    }
#define NEEDED(field, most)                                                                        \
    {                                                                                              \
        .name = (field), .required = true, .max = (most)                                           \
    }
#define OF_ORG                                                                                     \
    {                                                                                              \
        .name = "org_id", .type = REGISTRY_ID, .refers = REGISTRY_TO_ORG,                          \
    }

static const struct registry_kind KINDS[REGISTRY_NOUNS] = {
    [REGISTRY_STATIONS] = {
        .noun = "station", .path = "/v1/stations", .id_name = "station_id", .layer = "stations",
        .coded = true,
        .field_count = 6,
        .fields = {
            NEEDED("code", REGISTRY_CODE_MAX),
            NEEDED("name", REGISTRY_NAME_MAX),
            TEXT("address", REGISTRY_WORDS_MAX),
            TEXT("opening_hours", REGISTRY_WORDS_MAX),
            TEXT("phone", REGISTRY_CODE_MAX),
            OF_ORG,
        },
    },
    [REGISTRY_LOOKOUT_POINTS] = {
        .noun = "lookout point", .path = "/v1/lookout_points", .id_name = "lookout_point_id",
        .layer = "lookouts", .coded = true,
        .field_count = 7,
        .fields = {
            NEEDED("code", REGISTRY_CODE_MAX),
            NEEDED("name", REGISTRY_NAME_MAX),
            { .name = "state", .type = REGISTRY_WORD, .text = "proposed", WORDS(STATES) },
            { .name = "reach_m", .type = REGISTRY_INT, .min = 1, .max = 5000, .number = 100 },
            { .name = "min_staff", .type = REGISTRY_INT, .min = 0, .max = 100, .number = 1 },
            TEXT("hours", REGISTRY_WORDS_MAX),
            OF_ORG,
        },
    },
    [REGISTRY_GRIDS] = {
        .noun = "grid", .path = "/v1/grids", .id_name = "grid_id", .layer = "grids",
        .shape = REGISTRY_AREA, .coded = true,
        .field_count = 6,
        .fields = {
            NEEDED("code", REGISTRY_CODE_MAX),
            { .name = "profile", .type = REGISTRY_WORD, .text = "free", WORDS(PROFILES) },
            TEXT("name", REGISTRY_NAME_MAX),
            { .name = "kind", .type = REGISTRY_WORD, .text = "drawn", WORDS(CELLS) },
            TEXT("responsible", REGISTRY_NAME_MAX),
            OF_ORG,
        },
    },
    [REGISTRY_SITES] = {
        .noun = "site", .path = "/v1/sites", .id_name = "site_id", .layer = "sites", .coded = true,
        .field_count = 6,
        .fields = {
            NEEDED("code", REGISTRY_CODE_MAX),
            NEEDED("name", REGISTRY_NAME_MAX),
            { .name = "kind", .type = REGISTRY_WORD, .text = "other", WORDS(SITES) },
            TEXT("address", REGISTRY_WORDS_MAX),
            { .name = "camera_count", .type = REGISTRY_INT, .min = 0, .max = 10000 },
            OF_ORG,
        },
    },
    [REGISTRY_ORGS] = {
        .noun = "organisation", .path = "/v1/orgs", .id_name = "org_id", .layer = "orgs",
        .shape = REGISTRY_AREA_OR_NONE, .coded = true, .by_kind = true, .by_parent = true,
        .field_count = 8,
        .fields = {
            NEEDED("code", REGISTRY_CODE_MAX),
            NEEDED("name", REGISTRY_NAME_MAX),
            { .name = "kind", .type = REGISTRY_WORD, .required = true, .fixed = true, WORDS(DIVISIONS) },
            { .name = "parent_id", .type = REGISTRY_ID, .refers = REGISTRY_TO_ORG },
            { .name = "trade", .type = REGISTRY_WORD, .text = "", WORDS(TRADES) },
            TEXT("address", REGISTRY_WORDS_MAX),
            TEXT("duty_phone", REGISTRY_CODE_MAX),
            TEXT("credit_code", REGISTRY_CREDIT_CODE_MAX),
        },
    },
    [REGISTRY_SQUADS] = {
        .noun = "squad", .path = "/v1/squads", .id_name = "squad_id", .layer = "squads",
        .shape = REGISTRY_NONE, .coded = true, .by_kind = true,
        .field_count = 12,
        .fields = {
            NEEDED("code", REGISTRY_CODE_MAX),
            NEEDED("name", REGISTRY_NAME_MAX),
            { .name = "kind", .type = REGISTRY_WORD, .text = "squad", WORDS(SQUADS) },
            { .name = "mode", .type = REGISTRY_WORD, .text = "foot", WORDS(MODES) },
            TEXT("line", REGISTRY_CODE_MAX),
            TEXT("plate", REGISTRY_CODE_MAX),
            { .name = "station_id", .type = REGISTRY_ID, .refers = REGISTRY_TO_STATION },
            { .name = "equipment", .type = REGISTRY_LIST, .text = "[]" },
            TEXT("insurer", REGISTRY_NAME_MAX),
            TEXT("policy", REGISTRY_CODE_MAX),
            { .name = "insured_until", .type = REGISTRY_DATE },
            OF_ORG,
        },
    },
    [REGISTRY_MUTUAL_AID] = {
        .noun = "mutual aid rule", .path = "/v1/mutual_aid", .id_name = "rule_id", .layer = "orgs",
        .shape = REGISTRY_NONE,
        .field_count = 3,
        .fields = {
            { .name = "lender_id", .type = REGISTRY_ID, .refers = REGISTRY_TO_ORG, .required = true, .fixed = true },
            { .name = "borrower_id", .type = REGISTRY_ID, .refers = REGISTRY_TO_ORG, .required = true, .fixed = true },
            { .name = "reach_m", .type = REGISTRY_INT, .required = true, .min = 0, .max = 50000 },
        },
    },
    [REGISTRY_HOT_SPOTS] = {
        .noun = "hot spot", .path = "/v1/hot_spots", .id_name = "hot_spot_id", .layer = "hot_spots",
        .shape = REGISTRY_AREA, .coded = true,
        .field_count = 3,
        .fields = {
            NEEDED("code", REGISTRY_CODE_MAX),
            NEEDED("name", REGISTRY_NAME_MAX),
            OF_ORG,
        },
    },
};

const struct registry_kind *registry_kinds_of(enum registry_noun noun)
{
    assert(noun < REGISTRY_NOUNS);
    return &KINDS[noun];
}
