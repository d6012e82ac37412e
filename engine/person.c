/* Rows of vigil.person. Personal values are sealed with the person's id, so she has
 * one before she is written. */
#include "engine/person.h"

#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/identity.h"
#include "engine/pinyin.h"
#include "geo/instant.h"

const char *const PERSON_RECRUIT_WORDS[PERSON_RECRUITS] = { "long_term", "short_term", "reserve" };

static const char *const POINTERS[PERSONAL_FIELDS] = {
    [PERSONAL_PHONE] = "/phone",
    [PERSONAL_IDENTITY] = "/identity",
    [PERSONAL_EMERGENCY] = "/emergency",
    [PERSONAL_ADDRESS] = "/address",
};

/* ------------------------------------------------------------------ reading */

int32_t person_birth_max(void)
{
    char now[INSTANT_SIZE];

    instant_write(clock_wall_us(), now);
    return (int32_t)strtol(now, NULL, 10);
}

static enum person_recruit recruit_of(const char *word)
{
    int recruit = 0;

    while (recruit < PERSON_RECRUITS - 1 && strcmp(word, PERSON_RECRUIT_WORDS[recruit]) != 0)
        recruit++;
    return (enum person_recruit)recruit;
}

static struct person_sealed sealed_of(const struct db_rows *rows, int32_t i, int32_t column)
{
    struct person_sealed sealed = { 0 };

    if (!db_is_null(rows, i, column))
        sealed.bytes = db_get_bytes(rows, i, column, &sealed.size);
    return sealed;
}

static struct person person_of(const struct db_rows *rows, int32_t i)
{
    struct person p = { .person_id = db_get_int(rows, i, 0),
                        .version = db_get_int(rows, i, 1),
                        .org_id = db_get_int(rows, i, 2),
                        .name = db_get_text(rows, i, 3),
                        .line = db_get_text(rows, i, 5),
                        .is_hired = db_get_bool(rows, i, 6),
                        .skills = (uint64_t)db_get_int(rows, i, 7),
                        .recruit = recruit_of(db_get_text(rows, i, 8)),
                        .birth_year = db_is_null(rows, i, 9) ? 0 : (int32_t)db_get_int(rows, i, 9),
                        .on_duty = db_get_bool(rows, i, 10),
                        .location_consent = db_get_bool(rows, i, 11),
                        .hindrances = db_get_text(rows, i, 12),
                        .credential_until = db_get_text(rows, i, 13),
                        .valid_from = db_get_text(rows, i, 18) };

    able_mode_of(db_get_text(rows, i, 4), &p.mode, &p.crew);
    for (int32_t field = 0; field < PERSONAL_FIELDS; field++)
        p.sealed[field] = sealed_of(rows, i, 14 + field);
    return p;
}

static struct db_value yes_no_or_any(int32_t wanted)
{
    return wanted < 0 ? db_null() : db_bool(wanted > 0);
}

bool person_find(struct db *db, const struct person_wish *wish, struct arena *a,
                 struct person **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = {
        db_int(wish->org_id),
        db_int(wish->after_id),
        db_int(wish->limit),
        db_text(wish->typed),
        wish->ids ? db_ints(wish->ids, (size_t)wish->id_count) : db_null(),
        db_text(wish->mode),
        db_text(wish->recruit),
        yes_no_or_any(wish->on_duty),
        wish->skills ? db_int((int64_t)wish->skills) : db_null(),
        yes_no_or_any(wish->available),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PERSON_FIND, values, 10, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = person_of(rows, i);
    return true;
}

bool person_with_phone(struct db *db, const struct personal *keys, const char *phone,
                       struct arena *a, int64_t *person_id, struct fail *f)
{
    unsigned char hash[PERSONAL_HASH_BYTES];
    const struct db_rows *rows;

    personal_hash(keys, PERSONAL_PHONE, phone, hash);
    const struct db_value value = db_bytes(hash, sizeof hash);

    if (!db_run(db, QUERIES_PERSON_WITH_PHONE, &value, 1, a, &rows, f))
        return false;
    *person_id = db_count(rows) > 0 ? db_get_int(rows, 0, 0) : 0;
    return true;
}

static bool unknown(int64_t person_id, struct fail *f)
{
    return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person %lld",
                    (long long)person_id);
}

bool person_get(struct db *db, int64_t org_id, int64_t person_id, struct arena *a,
                struct person *out, struct fail *f)
{
    const struct db_value values[] = { db_int(person_id), db_int(org_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PERSON_GET, values, 2, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return unknown(person_id, f);
    *out = person_of(rows, 0);
    return true;
}

bool person_unseal(const struct personal *keys, const struct person *p, enum personal_field field,
                   struct arena *a, const char **text, struct fail *f)
{
    const struct person_sealed *sealed = &p->sealed[field];

    *text = NULL;
    return !sealed->bytes ||
           personal_unseal(keys, p->person_id, field, sealed->bytes, sealed->size, a, text, f);
}

/* ------------------------------------------------------------------ writing */

static bool read_identity(struct person_said *said, struct person *p, struct arena *a,
                          struct fail *f)
{
    char number[IDENTITY_SIZE];
    int32_t year;

    if (!identity_read(said->text[PERSONAL_IDENTITY], number, &year, f))
        return fail_at(f, POINTERS[PERSONAL_IDENTITY]);
    if (year != 0 && p->birth_year != 0 && p->birth_year != year) {
        fail_set(f, FAIL_INPUT, BIRTH_YEAR_DIFFERS,
                 "the identity card says that she was born in %d, not in %d", year, p->birth_year);
        fail_allowed(f, "%d", year);
        return fail_at(f, "/birth_year");
    }
    if (year != 0)
        p->birth_year = year;
    said->text[PERSONAL_IDENTITY] = arena_copy(a, number, strlen(number));
    return true;
}

bool person_read_said(struct person_said *said, struct person *p, struct arena *a, struct fail *f)
{
    const char *phone = said->text[PERSONAL_PHONE];
    const char *identity = said->text[PERSONAL_IDENTITY];
    char digits[24];

    if (phone && phone[0]) {
        if (!personal_phone(phone, digits, f))
            return fail_at(f, POINTERS[PERSONAL_PHONE]);
        said->text[PERSONAL_PHONE] = arena_copy(a, digits, strlen(digits));
    }
    return !identity || !identity[0] || read_identity(said, p, a, f);
}

/* What the row keeps of the personal values, and the hashes of two of them. */
struct kept {
    unsigned char hash[PERSONAL_FIELDS][PERSONAL_HASH_BYTES];
};

static void seal(const struct personal *keys, struct person *p, const struct person_said *said,
                 struct kept *kept, struct arena *a)
{
    for (int32_t field = 0; field < PERSONAL_FIELDS; field++) {
        const char *text = said->text[field];
        struct person_sealed *sealed = &p->sealed[field];

        if (!text)
            continue;
        *sealed = (struct person_sealed){ 0 };
        if (!text[0])
            continue;
        sealed->bytes =
            personal_seal(keys, p->person_id, (enum personal_field)field, text, a, &sealed->size);
        personal_hash(keys, (enum personal_field)field, text, kept->hash[field]);
    }
}

static struct db_value sealed_value(const struct person *p, enum personal_field field)
{
    return p->sealed[field].bytes ? db_bytes(p->sealed[field].bytes, p->sealed[field].size)
                                  : db_null();
}

static struct db_value hash_value(const struct person_said *said, const struct kept *kept,
                                  enum personal_field field)
{
    return said->text[field] && said->text[field][0]
               ? db_bytes(kept->hash[field], PERSONAL_HASH_BYTES)
               : db_null();
}

enum { ROW_VALUES = 17, CHANGE_VALUES = 20 };

static void fill_row(const struct person *p, const struct person_said *said,
                     const struct kept *kept, struct arena *a, struct db_value values[ROW_VALUES])
{
    char *initials = arena_take(a, PINYIN_SIZE, 1);

    pinyin_initials(p->name, initials);
    const struct db_value row[ROW_VALUES] = {
        db_int(p->person_id),
        db_int(p->org_id),
        db_text(p->name),
        db_text(initials),
        db_text(able_mode_word(p->mode, p->crew)),
        db_text(p->line),
        db_bool(p->is_hired),
        db_int((int64_t)p->skills),
        db_text(PERSON_RECRUIT_WORDS[p->recruit]),
        p->birth_year ? db_int(p->birth_year) : db_null(),
        db_bool(p->on_duty),
        sealed_value(p, PERSONAL_PHONE),
        hash_value(said, kept, PERSONAL_PHONE),
        sealed_value(p, PERSONAL_IDENTITY),
        hash_value(said, kept, PERSONAL_IDENTITY),
        sealed_value(p, PERSONAL_EMERGENCY),
        sealed_value(p, PERSONAL_ADDRESS),
    };

    memcpy(values, row, sizeof row);
}

bool person_fail_registered(enum personal_field field, struct fail *f)
{
    fail_set(f, FAIL_CONFLICT, PERSON_REGISTERED, "somebody with this %s is registered already",
             field == PERSONAL_IDENTITY ? "identity number" : "phone number");
    return fail_at(f, POINTERS[field]);
}

/* A number that is taken is told as that and no more: whose it is may be none of the
 * caller's business. */
static bool run_write(struct db *db, enum queries_id query, const struct db_value *values,
                      int32_t count, struct arena *a, const struct db_rows **rows, struct fail *f)
{
    if (db_run(db, query, values, count, a, rows, f))
        return true;
    if (strcmp(db_constraint(db), "person_phone") == 0)
        return person_fail_registered(PERSONAL_PHONE, f);
    if (strcmp(db_constraint(db), "person_identity") == 0)
        return person_fail_registered(PERSONAL_IDENTITY, f);
    return false;
}

static bool read_again(struct db *db, struct person *p, struct arena *a, struct fail *f)
{
    return person_get(db, p->org_id, p->person_id, a, p, f);
}

bool person_add(struct db *db, const struct personal *keys, struct person *p,
                const struct person_said *said, struct arena *a, struct fail *f)
{
    struct db_value values[ROW_VALUES];
    struct kept kept;
    const struct db_rows *rows;

    seal(keys, p, said, &kept, a);
    fill_row(p, said, &kept, a, values);
    return run_write(db, QUERIES_PERSON_ADD, values, ROW_VALUES, a, &rows, f) &&
           read_again(db, p, a, f);
}

bool person_change(struct db *db, const struct personal *keys, struct person *p,
                   const struct person_said *said, struct arena *a, struct fail *f)
{
    struct db_value values[CHANGE_VALUES];
    struct kept kept;
    const struct db_rows *rows;

    seal(keys, p, said, &kept, a);
    fill_row(p, said, &kept, a, values);
    values[17] = db_int(p->version);
    values[18] = db_bool(said->text[PERSONAL_PHONE] != NULL);
    values[19] = db_bool(said->text[PERSONAL_IDENTITY] != NULL);
    if (!run_write(db, QUERIES_PERSON_CHANGE, values, CHANGE_VALUES, a, &rows, f))
        return false;
    if (db_changed(rows) == 0)
        return fail_set(f, FAIL_CONFLICT, VERSION_STALE, "person %lld is no longer at version %lld",
                        (long long)p->person_id, (long long)p->version);
    return read_again(db, p, a, f);
}

bool person_close(struct db *db, int64_t person_id, int64_t version, struct arena *a,
                  struct fail *f)
{
    const struct db_value values[] = { db_int(person_id), db_int(version) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PERSON_CLOSE, values, 2, a, &rows, f))
        return false;
    if (db_changed(rows) == 0)
        return fail_set(f, FAIL_CONFLICT, VERSION_STALE, "person %lld is no longer at version %lld",
                        (long long)person_id, (long long)version);
    return true;
}
