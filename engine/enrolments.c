#include "engine/enrolments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/consents.h"
#include "engine/pinyin.h"

enum { CODE_BYTES = 16, CLAIM_BYTES = 32 };

/* ------------------------------------------------------------------ codes */

bool enrolments_code_add(struct db *db, struct ids *ids, int64_t life_s, struct enrolments_code *c,
                         struct arena *a, struct fail *f)
{
    unsigned char random[CODE_BYTES];
    char *code = arena_take(a, ENROLMENTS_CODE_SIZE, 1);
    const struct db_rows *rows;

    secret_random(random, sizeof random);
    secret_text(random, sizeof random, code, ENROLMENTS_CODE_SIZE);
    if (!ids_take(ids, db, &c->code_id, f))
        return false;
    const struct db_value values[] = { db_int(c->code_id), db_text(code),       db_int(c->org_id),
                                       db_text(c->label),  db_int(c->uses_max), db_int(life_s) };

    if (!db_run(db, QUERIES_ENROLMENT_CODE_ADD, values, 6, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_MISSING, ORG_UNKNOWN,
                 "there is no organisation %lld for which you may enrol people",
                 (long long)c->org_id);
        return fail_allowed(f, "what a manager manages; where somebody is leader, organiser or "
                               "grid worker");
    }
    c->code = code;
    c->uses = 0;
    c->is_usable = true;
    c->expires_at = db_get_text(rows, 0, 0);
    c->valid_from = db_get_text(rows, 0, 1);
    return true;
}

static bool read_codes(struct db *db, int64_t after_id, int64_t limit, int64_t code_id,
                       struct arena *a, struct enrolments_code **out, int32_t *count,
                       struct fail *f)
{
    const struct db_value values[] = { db_int(after_id), db_int(limit), db_int(code_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ENROLMENT_CODE_LIST, values, 3, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = (struct enrolments_code){
            .code_id = db_get_int(rows, i, 0),
            .code = db_get_text(rows, i, 1),
            .org_id = db_get_int(rows, i, 2),
            .label = db_get_text(rows, i, 3),
            .uses = (int32_t)db_get_int(rows, i, 4),
            .uses_max = (int32_t)db_get_int(rows, i, 5),
            .expires_at = db_get_text(rows, i, 6),
            .valid_from = db_get_text(rows, i, 7),
            .is_usable = db_get_bool(rows, i, 8),
        };
    return true;
}

bool enrolments_code_list(struct db *db, int64_t after_id, int64_t limit, struct arena *a,
                          struct enrolments_code **out, int32_t *count, struct fail *f)
{
    return read_codes(db, after_id, limit, 0, a, out, count, f);
}

static bool no_such_code(int64_t code_id, struct fail *f)
{
    return fail_set(f, FAIL_MISSING, ENROLMENT_CODE_UNKNOWN,
                    "there is no enrolment code with the id %lld", (long long)code_id);
}

bool enrolments_code_get(struct db *db, int64_t code_id, struct arena *a,
                         struct enrolments_code *out, struct fail *f)
{
    struct enrolments_code *found;
    int32_t count;

    if (!read_codes(db, 0, 1, code_id, a, &found, &count, f))
        return false;
    if (count == 0)
        return no_such_code(code_id, f);
    *out = found[0];
    return true;
}

bool enrolments_code_close(struct db *db, int64_t code_id, struct arena *a, int64_t *org_id,
                           struct fail *f)
{
    const struct db_value value = db_int(code_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ENROLMENT_CODE_CLOSE, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return no_such_code(code_id, f);
    *org_id = db_get_int(rows, 0, 0);
    return true;
}

/* ------------------------------------------------------------------ asking to come in */

static bool bad_code(struct fail *f)
{
    return fail_set(f, FAIL_INPUT, ENROLMENT_CODE_INVALID,
                    "this enrolment code is not valid (any more); ask for a new one");
}

bool enrolments_look(struct db *db, const char *code, struct arena *a,
                     struct enrolments_inviter *out, struct fail *f)
{
    const struct db_value value = db_text(code);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ENROLMENT_LOOK, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return bad_code(f);
    *out = (struct enrolments_inviter){ db_get_text(rows, 0, 0), db_get_text(rows, 0, 1) };
    return true;
}

bool enrolments_add(struct db *db, const struct personal *p, struct ids *ids,
                    const struct enrolments_wish *wish, struct arena *a, int64_t *org_id,
                    int64_t *enrolment_id, struct fail *f)
{
    struct own_data who = wish->who;
    const struct db_rows *rows;

    if (!ids_take(ids, db, enrolment_id, f) || !ids_take(ids, db, &who.person_id, f))
        return false;
    const struct db_value values[] = {
        db_text(wish->code),
        db_int(*enrolment_id),
        db_int(who.person_id),
        db_text(who.name),
        db_text(who.mode),
        db_int(who.birth_year),
        own_sealed(p, &who, PERSONAL_PHONE, a),
        own_hashed(p, &who, PERSONAL_PHONE, a),
        own_sealed(p, &who, PERSONAL_IDENTITY, a),
        own_hashed(p, &who, PERSONAL_IDENTITY, a),
        own_sealed(p, &who, PERSONAL_EMERGENCY, a),
        db_text(wish->language),
        db_text(wish->consents),
        db_bytes(wish->claim_hash, sizeof wish->claim_hash),
    };

    if (!db_run(db, QUERIES_ENROLMENT_ADD, values, sizeof values / sizeof *values, a, &rows, f))
        return false;
    if (db_is_null(rows, 0, 0))
        return bad_code(f);
    *org_id = db_get_int(rows, 0, 0);
    return true;
}

/* ------------------------------------------------------------------ those who asked */

static bool read_row(const struct personal *p, const struct db_rows *rows, int32_t i,
                     struct arena *a, struct enrolments_row *out, struct fail *f)
{
    const char *phone = NULL;
    size_t size = 0;

    *out = (struct enrolments_row){
        .enrolment_id = db_get_int(rows, i, 0),
        .person_id = db_get_int(rows, i, 1),
        .code_id = db_get_int(rows, i, 2),
        .org_id = db_get_int(rows, i, 3),
        .state = db_get_text(rows, i, 4),
        .name = db_get_text(rows, i, 5),
        .mode = db_get_text(rows, i, 6),
        .birth_year = (int32_t)db_get_int(rows, i, 7),
        .language = db_get_text(rows, i, 9),
        .consents = db_get_text(rows, i, 10),
        .reason = db_get_text(rows, i, 11),
        .asked_at = db_get_text(rows, i, 12),
        .decided_at = db_get_text(rows, i, 13),
    };
    if (db_is_null(rows, i, 8))
        return true;
    const void *sealed = db_get_bytes(rows, i, 8, &size);

    if (!personal_unseal(p, out->person_id, PERSONAL_PHONE, sealed, size, a, &phone, f))
        return false;
    out->phone = personal_mask(PERSONAL_PHONE, phone, a);
    return true;
}

static bool read_rows(struct db *db, const struct personal *p, const struct db_value values[4],
                      struct arena *a, struct enrolments_row **out, int32_t *count, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ENROLMENT_LIST, values, 4, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        if (!read_row(p, rows, i, a, &(*out)[i], f))
            return false;
    return true;
}

bool enrolments_list(struct db *db, const struct personal *p,
                     const struct enrolments_filter *filter, struct arena *a,
                     struct enrolments_row **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(filter->after_id), db_int(filter->limit),
                                       db_text(filter->state), db_int(0) };

    return read_rows(db, p, values, a, out, count, f);
}

bool enrolments_get(struct db *db, const struct personal *p, int64_t enrolment_id, struct arena *a,
                    struct enrolments_row *out, struct fail *f)
{
    const struct db_value values[] = { db_int(0), db_int(1), db_null(), db_int(enrolment_id) };
    struct enrolments_row *found;
    int32_t count;

    if (!read_rows(db, p, values, a, &found, &count, f))
        return false;
    if (count == 0)
        return fail_set(f, FAIL_MISSING, ENROLMENT_UNKNOWN,
                        "there is no enrolment with the id %lld", (long long)enrolment_id);
    *out = found[0];
    return true;
}

/* The update is the decision: of two organisers one changes the row. */
static bool decide(struct db *db, const struct enrolments_row *row, const char *state,
                   const char *reason, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(row->enrolment_id), db_text(state), db_text(reason) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ENROLMENT_DECIDE, values, 3, a, &rows, f))
        return false;
    return db_count(rows) == 1 ||
           fail_set(f, FAIL_CONFLICT, ENROLMENT_DECIDED,
                    "enrolment %lld has been decided on already", (long long)row->enrolment_id);
}

/* "contact:1 location:1": what she agreed to when she asked. */
static bool give_consents(struct db *db, const struct enrolments_row *row, struct arena *a,
                          struct fail *f)
{
    char *rest = arena_text(a, "%s", row->consents);

    for (char *one; (one = strsep(&rest, " "));) {
        char *colon = strchr(one, ':');
        struct consents_row given;
        int64_t org_id;

        if (!colon)
            continue;
        *colon = '\0';
        const struct consents_wish wish = { .person_id = row->person_id,
                                            .purpose = one,
                                            .version = (int32_t)strtol(colon + 1, NULL, 10),
                                            .language = row->language,
                                            .given = true };

        if (!consents_add(db, &wish, a, &given, &org_id, f))
            return false;
    }
    return true;
}

bool enrolments_approve(struct db *db, const struct enrolments_row *row, struct arena *a,
                        struct fail *f)
{
    char initials[PINYIN_SIZE];

    pinyin_initials(row->name, initials);
    const struct db_value values[] = { db_int(row->enrolment_id), db_text(initials) };

    if (!decide(db, row, "approved", NULL, a, f))
        return false;
    if (!db_run(db, QUERIES_ENROLMENT_PERSON, values, 2, a, NULL, f))
        return own_twice(db, f);
    return give_consents(db, row, a, f);
}

bool enrolments_refuse(struct db *db, const struct enrolments_row *row, const char *reason,
                       struct arena *a, struct fail *f)
{
    return decide(db, row, "refused", reason, a, f);
}

/* ------------------------------------------------------------------ the phone */

bool enrolments_claim_hash(const char *claim, unsigned char out[SECRET_HASH_BYTES], struct fail *f)
{
    unsigned char bytes[CLAIM_BYTES];

    if (!secret_bytes(claim, bytes, sizeof bytes)) {
        fail_set(f, FAIL_INPUT, CLAIM_MALFORMED, "this is no claim");
        return fail_allowed(f, "%d random bytes in base64url", CLAIM_BYTES);
    }
    secret_hash(bytes, sizeof bytes, out);
    return true;
}

/* A session whose secret only this answer carries; empty when others were quicker. */
static bool open_session(struct db *db, const unsigned char *claim_hash, struct arena *a,
                         char session[TOKENS_TEXT_SIZE], struct fail *f)
{
    unsigned char secret[TOKENS_SECRET_BYTES];
    unsigned char hash[SECRET_HASH_BYTES];
    const struct db_rows *rows;

    secret_random(secret, sizeof secret);
    secret_hash(secret, sizeof secret, hash);
    const struct db_value values[] = { db_bytes(claim_hash, SECRET_HASH_BYTES),
                                       db_bytes(hash, sizeof hash), db_int(ENROLMENTS_SESSION_S) };

    if (!db_run(db, QUERIES_ENROLMENT_SESSION, values, 3, a, &rows, f))
        return false;
    if (db_get_int(rows, 0, 0) != 0)
        tokens_write(db_get_int(rows, 0, 0), secret, session);
    secret_wipe(secret, sizeof secret);
    return true;
}

bool enrolments_claim(struct db *db, const unsigned char claim_hash[SECRET_HASH_BYTES],
                      struct arena *a, struct enrolments_claim *out, struct fail *f)
{
    const struct db_value value = db_bytes(claim_hash, SECRET_HASH_BYTES);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ENROLMENT_CLAIM, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, CLAIM_UNKNOWN, "nobody has enrolled with this claim");
    *out = (struct enrolments_claim){ .state = db_get_text(rows, 0, 0),
                                      .reason = db_get_text(rows, 0, 1) };
    return !db_get_bool(rows, 0, 2) || open_session(db, claim_hash, a, out->session, f);
}
