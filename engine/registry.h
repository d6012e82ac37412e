#ifndef ENGINE_REGISTRY_H
#define ENGINE_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"
#include "geo/box.h"
#include "geo/figure.h"
#include "geo/shape.h"

/* What stands in the city's books: stations, lookout points, grids, sites of firms,
 * organisations, squads, rules of mutual aid and hot spots. They differ in their fields and in
 * their shape; listing, reading, adding, changing and closing them is the same and is
 * here once, driven by a table (registry_kinds.c). */
enum registry_noun {
    REGISTRY_STATIONS,
    REGISTRY_LOOKOUT_POINTS,
    REGISTRY_GRIDS,
    REGISTRY_SITES,
    REGISTRY_ORGS,
    REGISTRY_SQUADS,
    REGISTRY_MUTUAL_AID,
    REGISTRY_HOT_SPOTS,
    REGISTRY_NOUNS
};

enum registry_type {
    REGISTRY_TEXT,
    REGISTRY_WORD,
    REGISTRY_INT,
    REGISTRY_ID,   /* of another row; 0: of none */
    REGISTRY_DATE, /* a text, 2026-11-22; NULL: none */
    REGISTRY_LIST, /* a text, the JSON of [{"item": …, "count": …}, …] */
};

enum registry_shape {
    REGISTRY_POINT,        /* a point named "place" */
    REGISTRY_AREA,         /* a MultiPolygon named "area" */
    REGISTRY_AREA_OR_NONE, /* the same, or none yet */
    REGISTRY_NONE
};

/* What a REGISTRY_ID is the id of. One of an organisation is filled with that of the
 * caller when it is not given, and must be open and within her scope. */
enum registry_to { REGISTRY_TO_NOTHING, REGISTRY_TO_ORG, REGISTRY_TO_STATION };

enum {
    REGISTRY_FIELDS_MAX = 12,
    REGISTRY_CODE_MAX = 40,            /* bytes */
    REGISTRY_CREDIT_CODE_MAX = 18,     /* GB 32100 */
    REGISTRY_LIST_MAX = 50,            /* items */
    REGISTRY_NAME_MAX = 200,           /* bytes: some 66 Chinese characters */
    REGISTRY_WORDS_MAX = 300,          /* bytes of a free text: an address, opening hours */
    REGISTRY_ADD_MAX = 20000,          /* rows in one transaction */
    REGISTRY_POINTS_MAX = 5000,        /* of one grid */
    REGISTRY_AREA_LEAST_M2 = 1,        /* an area that is smaller is a sliver */
    REGISTRY_PAGE_POINTS_MAX = 100000, /* some 4 MiB of JSON */
};

struct registry_field {
    const char *name;
    enum registry_type type;
    bool required;
    bool fixed; /* as it was added, for ever */
    enum registry_to refers;
    int64_t min, max; /* of a number; of a text, max bytes */
    const char *const *words;
    int32_t word_count;
    const char *text; /* what it is when it is not given */
    int64_t number;
};

struct registry_kind {
    const char *noun;    /* "station" */
    const char *path;    /* "/v1/stations" */
    const char *id_name; /* "station_id" */
    const char *layer;   /* the map layer that shows it */
    enum registry_shape shape;
    bool coded;     /* its first field is a code, which no two open ones have */
    bool by_kind;   /* a list can be narrowed to a kind, */
    bool by_parent; /* and to those right below another */
    int32_t field_count;
    struct registry_field fields[REGISTRY_FIELDS_MAX];
};

const struct registry_kind *registry_kind(enum registry_noun noun);

/* The place of a field in the table, or -1. */
int32_t registry_field_find(const struct registry_kind *kind, const char *name);

/* A text, or a number: the field's type says which. */
struct registry_value {
    const char *text;
    int64_t number;
};

/* One of them, in WGS 84. Texts and figure live where they were read. */
struct registry_item {
    int64_t id;
    int64_t version;        /* counted up by every change; what If-Match names */
    const char *valid_from; /* RFC 3339 */
    const char *valid_to;   /* NULL while it is open */
    struct figure figure;   /* FIGURE_POINTS of one, FIGURE_AREAS, or empty */
    struct registry_value values[REGISTRY_FIELDS_MAX];
};

/* An item with every field as it is when it is not given. */
struct registry_item registry_blank(enum registry_noun noun);
const char *registry_code(const struct registry_item *item);
/* The value of a field that the noun has. */
struct registry_value *registry_value(enum registry_noun noun, struct registry_item *item,
                                      const char *field);

/* What the single fields cannot say: a grid's code fits its profile, a shape is
 * valid (SHAPE_INVALID says where it crosses itself) and no sliver. The pointer of the failure
 * is that of the field in the noun's own object: "/code". */
bool registry_check(enum registry_noun noun, const struct registry_item *item, struct shape *s,
                    struct fail *f);

struct registry_filter {
    int64_t after_id; /* 0: from the first */
    int32_t limit;
    bool boxed;
    struct box box;
    const char *containing; /* in name or code, folded; NULL: all */
    int64_t org_id;         /* at or below this one; 0: all */
    const char *kind;       /* NULL: all */
    int64_t parent_id;      /* right below this one; 0: all */
};

struct registry_page {
    int32_t count;
    struct registry_item *items;
    bool more; /* after the last of them */
};

/* Open items by id, at most `limit`, fewer when they have many points together. */
bool registry_list(struct db *db, enum registry_noun noun, const struct registry_filter *filter,
                   struct arena *a, struct registry_page *page, struct fail *f);

/* NOT_FOUND: there is none with this id. */
bool registry_fail_missing(enum registry_noun noun, int64_t id, struct arena *a, struct fail *f);

/* One of them, open or closed; FAIL_MISSING with NOT_FOUND. */
bool registry_get(struct db *db, enum registry_noun noun, int64_t id, struct arena *a,
                  struct registry_item *item, struct fail *f);

/* The calls below run in a transaction of the caller, which rolls back when one
 * fails. The first of them makes the transaction the only writer of its noun
 * until it ends and counts the map layer up. */
bool registry_begin_writing(struct db *db, enum registry_noun noun, struct fail *f);

/* Whose code is taken: item_at[i] of items has the code of the open row id[i]. */
struct registry_taken {
    int32_t count;
    const int32_t *item_at;
    const int64_t *id;
};
bool registry_find_taken(struct db *db, enum registry_noun noun, const struct registry_item *items,
                         int32_t count, struct arena *a, struct registry_taken *out,
                         struct fail *f);

/* Writes new rows and gives each its id, version 1; items must be checked and
 * their codes free. */
bool registry_add(struct db *db, struct ids *ids, enum registry_noun noun,
                  struct registry_item *items, int32_t count, struct fail *f);

/* Writes item anew where item->version is still the row's version. VERSION_STALE,
 * NOT_FOUND, ALREADY_CLOSED or CODE_TAKEN. Afterwards item has its new version. */
bool registry_change(struct db *db, enum registry_noun noun, struct registry_item *item,
                     struct arena *a, struct fail *f);

/* Ends an item: it is served no more, its history stays. Closing what is closed
 * changes nothing. A version other than 0 must be the row's. */
bool registry_close(struct db *db, enum registry_noun noun, int64_t id, int64_t version,
                    struct arena *a, struct fail *f);

/* CODE_TAKEN of this item, which has the code of `taken_id`. */
bool registry_fail_taken(enum registry_noun noun, const struct registry_item *item,
                         int64_t taken_id, struct fail *f);

#endif
