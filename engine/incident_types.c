#include "engine/incident_types.h"

#include <string.h>

static struct incident_types_type type_of(const struct db_rows *rows, int32_t i)
{
    return (struct incident_types_type){
        .type = db_get_text(rows, i, 0),
        .name_zh = db_get_text(rows, i, 1),
        .name_en = db_get_text(rows, i, 2),
        .priority = (int32_t)db_get_int(rows, i, 3),
        .volunteer_allowed = db_get_bool(rows, i, 4),
        .min_age = (int32_t)db_get_int(rows, i, 5),
        .version = db_get_int(rows, i, 6),
    };
}

bool incident_types_list(struct db *db, struct arena *a, struct incident_types_type **out,
                         int32_t *count, struct fail *f)
{
    const struct db_value all = db_null();
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_TYPE_LIST, &all, 1, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = type_of(rows, i);
    return true;
}

bool incident_types_get(struct db *db, const char *type, struct arena *a,
                        struct incident_types_type *out, struct fail *f)
{
    const struct db_value value = db_text(type);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_TYPE_LIST, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_MISSING, INCIDENT_TYPE_UNKNOWN, "there is no incident type \"%.40s\"",
                 type);
        fail_allowed(f, "a type of /v1/incident_types");
        return fail_value(f, type);
    }
    *out = type_of(rows, 0);
    return true;
}

static bool check_word(const char *word, struct fail *f)
{
    const size_t length = strlen(word);

    if (word[0] >= 'a' && word[0] <= 'z' && length <= INCIDENT_TYPES_WORD_MAX &&
        strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") == length)
        return true;
    fail_set(f, FAIL_INPUT, CODE_MALFORMED, "a type cannot be called \"%.60s\"", word);
    fail_allowed(f, "a-z, 0-9 and _, beginning with a letter, at most %d", INCIDENT_TYPES_WORD_MAX);
    fail_at(f, "/type");
    return fail_value(f, word);
}

bool incident_types_add(struct db *db, struct incident_types_type *type, struct arena *a,
                        struct fail *f)
{
    const struct db_value values[] = {
        db_text(type->type),    db_text(type->name_zh),           db_text(type->name_en),
        db_int(type->priority), db_bool(type->volunteer_allowed), db_int(type->min_age),
    };
    const struct db_rows *rows;

    if (!check_word(type->type, f) ||
        !db_run(db, QUERIES_INCIDENT_TYPE_ADD, values, 6, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_CONFLICT, INCIDENT_TYPE_TAKEN, "there is an incident type \"%s\" already",
                 type->type);
        fail_at(f, "/type");
        return fail_value(f, type->type);
    }
    type->version = db_get_int(rows, 0, 0);
    return true;
}

bool incident_types_change(struct db *db, struct incident_types_type *type, struct arena *a,
                           struct fail *f)
{
    const struct db_value values[] = {
        db_text(type->type),
        db_text(type->name_zh),
        db_text(type->name_en),
        db_int(type->priority),
        db_bool(type->volunteer_allowed),
        db_int(type->min_age),
        type->version ? db_int(type->version) : db_null(),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_INCIDENT_TYPE_CHANGE, values, 7, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_CONFLICT, VERSION_STALE,
                        "incident type %s is no longer at version %lld", type->type,
                        (long long)type->version);
    type->version = db_get_int(rows, 0, 0);
    return true;
}
