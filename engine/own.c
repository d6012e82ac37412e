#include "engine/own.h"

#include <assert.h>
#include <string.h>

#include "engine/identity.h"
#include "engine/pinyin.h"

/* Columns of person_own. */
enum { VALUES_FROM = 10 };

const char *own_field_word(enum personal_field field)
{
    static const char *const WORDS[PERSONAL_FIELDS] = { "phone", "identity", "emergency",
                                                        "address" };

    assert(field < PERSONAL_FIELDS);
    return WORDS[field];
}

static bool unknown(int64_t person_id, struct fail *f)
{
    return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person with the id %lld",
                    (long long)person_id);
}

bool own_read(struct db *db, const struct personal *p, int64_t person_id, struct arena *a,
              struct own_data *out, struct fail *f)
{
    const struct db_value value = db_int(person_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PERSON_OWN, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return unknown(person_id, f);
    struct own_data d = {
        .person_id = person_id,
        .version = db_get_int(rows, 0, 1),
        .org_id = db_get_int(rows, 0, 2),
        .name = db_get_text(rows, 0, 3),
        .mode = db_get_text(rows, 0, 4),
        .recruit = db_get_text(rows, 0, 5),
        .birth_year = (int32_t)db_get_int(rows, 0, 6),
        .on_duty = db_get_bool(rows, 0, 7),
        .location_consent = db_get_bool(rows, 0, 8),
        .valid_from = db_get_text(rows, 0, 9),
    };

    for (int field = 0; field < PERSONAL_FIELDS; field++) {
        size_t size = 0;

        if (db_is_null(rows, 0, VALUES_FROM + field))
            continue;
        const void *sealed = db_get_bytes(rows, 0, VALUES_FROM + field, &size);

        if (!personal_unseal(p, person_id, (enum personal_field)field, sealed, size, a,
                             &d.values[field], f))
            return false;
    }
    *out = d;
    return true;
}

bool own_tidy(enum personal_field field, const char *text, struct arena *a, const char **out,
              struct fail *f)
{
    char number[IDENTITY_SIZE];
    char phone[24];
    int32_t year;

    switch (field) {
    case PERSONAL_PHONE:
        if (!personal_phone(text, phone, f))
            return false;
        *out = arena_text(a, "%s", phone);
        return true;
    case PERSONAL_IDENTITY:
        if (!identity_read(text, number, &year, f))
            return false;
        *out = arena_text(a, "%s", number);
        return true;
    case PERSONAL_EMERGENCY:
    case PERSONAL_ADDRESS:
    case PERSONAL_FIELDS:
        break;
    }
    if (strlen(text) > PERSONAL_TEXT_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "%s must have 1 to %d bytes", own_field_word(field),
                 PERSONAL_TEXT_MAX);
        return fail_allowed(f, "1 to %d bytes", PERSONAL_TEXT_MAX);
    }
    *out = text;
    return true;
}

/* Of a card that tells the year, the year that was said must be it. */
bool own_year(struct own_data *d, struct fail *f)
{
    const char *text = d->values[PERSONAL_IDENTITY];
    char number[IDENTITY_SIZE];
    int32_t year = 0;

    if (text && !identity_read(text, number, &year, f))
        return false;
    if (year && d->birth_year && year != d->birth_year) {
        fail_set(f, FAIL_INPUT, BIRTH_YEAR_DIFFERS,
                 "the identity card says that she was born in %d, not in %d", year, d->birth_year);
        return fail_at(f, "/birth_year");
    }
    d->birth_year = year ? year : d->birth_year;
    return true;
}

bool own_twice(const struct db *db, struct fail *f)
{
    const char *rule = db_constraint(db);

    if (f->kind != FAIL_CONFLICT)
        return false;
    if (strcmp(rule, "person_phone") == 0)
        return fail_set(f, FAIL_CONFLICT, PERSON_REGISTERED,
                        "somebody with this phone number is registered already");
    if (strcmp(rule, "person_identity") == 0)
        return fail_set(f, FAIL_CONFLICT, PERSON_REGISTERED,
                        "somebody with this identity number is registered already");
    return false;
}

struct db_value own_sealed(const struct personal *p, const struct own_data *d,
                           enum personal_field field, struct arena *a)
{
    size_t size = 0;

    if (!d->values[field])
        return db_null();
    const void *bytes = personal_seal(p, d->person_id, field, d->values[field], a, &size);

    return db_bytes(bytes, size);
}

struct db_value own_hashed(const struct personal *p, const struct own_data *d,
                           enum personal_field field, struct arena *a)
{
    unsigned char *hash = arena_take(a, 1, PERSONAL_HASH_BYTES);

    if (!d->values[field])
        return db_null();
    personal_hash(p, field, d->values[field], hash);
    return db_bytes(hash, PERSONAL_HASH_BYTES);
}

bool own_change(struct db *db, const struct personal *p, struct own_data *d, struct arena *a,
                struct fail *f)
{
    char initials[PINYIN_SIZE];

    pinyin_initials(d->name, initials);
    const struct db_value values[] = {
        db_int(d->person_id),
        db_int(d->version),
        db_text(d->name),
        db_text(initials),
        db_text(d->mode),
        db_int(d->birth_year),
        own_sealed(p, d, PERSONAL_PHONE, a),
        own_hashed(p, d, PERSONAL_PHONE, a),
        own_sealed(p, d, PERSONAL_IDENTITY, a),
        own_hashed(p, d, PERSONAL_IDENTITY, a),
        own_sealed(p, d, PERSONAL_EMERGENCY, a),
        own_sealed(p, d, PERSONAL_ADDRESS, a),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PERSON_OWN_CHANGE, values, sizeof values / sizeof *values, a, &rows, f))
        return own_twice(db, f);
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_CONFLICT, VERSION_STALE,
                        "the data was changed meanwhile: version %lld is not the newest",
                        (long long)d->version);
    d->version = db_get_int(rows, 0, 0);
    return true;
}

bool own_orgs(struct db *db, struct arena *a, struct own_org **out, int32_t *count, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PERSON_OWN_ORGS, NULL, 0, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = (struct own_org){
            .org_id = db_get_int(rows, i, 0),
            .name = db_get_text(rows, i, 1),
            .role = db_get_text(rows, i, 2),
            .recruit = db_get_text(rows, i, 3),
            .valid_from = db_get_text(rows, i, 4),
            .valid_to = db_get_text(rows, i, 5),
        };
    return true;
}

bool own_records(struct db *db, int64_t person_id, struct arena *a, struct own_records **out,
                 int32_t *count, struct fail *f)
{
    const struct db_value value = db_int(person_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PERSON_OWN_RECORDS, &value, 1, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = (struct own_records){ db_get_text(rows, i, 0), db_get_text(rows, i, 1) };
    return true;
}
