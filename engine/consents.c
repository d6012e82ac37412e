#include "engine/consents.h"

bool consents_texts(struct db *db, struct arena *a, struct consents_text **out, int32_t *count,
                    struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CONSENT_TEXT_LIST, NULL, 0, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = (struct consents_text){
            .purpose = db_get_text(rows, i, 0),
            .required = db_get_bool(rows, i, 1),
            .version = (int32_t)db_get_int(rows, i, 2),
            .title_zh = db_get_text(rows, i, 3),
            .title_en = db_get_text(rows, i, 4),
            .text_zh = db_get_text(rows, i, 5),
            .text_en = db_get_text(rows, i, 6),
        };
    return true;
}

bool consents_add(struct db *db, const struct consents_wish *wish, struct arena *a,
                  struct consents_row *row, int64_t *org_id, struct fail *f)
{
    const struct db_value values[] = {
        db_int(wish->person_id), db_text(wish->purpose), db_int(wish->version),
        db_text(wish->language), db_bool(wish->given),   db_int(wish->token_id),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CONSENT_ADD, values, sizeof values / sizeof *values, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_MISSING, CONSENT_UNKNOWN,
                 "there is no such text of the purpose %.40s, or nobody to agree to it",
                 wish->purpose);
        fail_allowed(f, "a purpose and a version of /v1/consent_texts");
        return fail_value(f, wish->purpose);
    }
    *row = (struct consents_row){
        .consent_id = db_get_int(rows, 0, 0),
        .purpose = wish->purpose,
        .version = (int32_t)db_get_int(rows, 0, 1),
        .language = wish->language,
        .given = wish->given,
        .at = db_get_text(rows, 0, 2),
    };
    *org_id = db_get_int(rows, 0, 3);
    return true;
}

bool consents_list(struct db *db, int64_t person_id, bool current, struct arena *a,
                   struct consents_row **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(person_id), db_bool(current) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CONSENT_LIST, values, 2, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = (struct consents_row){
            .consent_id = db_get_int(rows, i, 0),
            .purpose = db_get_text(rows, i, 1),
            .version = (int32_t)db_get_int(rows, i, 2),
            .language = db_get_text(rows, i, 3),
            .given = db_get_bool(rows, i, 4),
            .at = db_get_text(rows, i, 5),
        };
    return true;
}
