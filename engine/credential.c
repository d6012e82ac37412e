#include "engine/credential.h"

#include <stdlib.h>
#include <string.h>

const char *const CREDENTIAL_STATE_WORDS[CREDENTIAL_STATES] = { "applied", "approved", "valid",
                                                                "revoked" };

/* ------------------------------------------------------------------ reading */

/* What is expiring or expired by the calendar is valid by its record. */
static enum credential_state state_of(const char *shown)
{
    for (int state = 0; state < CREDENTIAL_STATES; state++)
        if (strcmp(shown, CREDENTIAL_STATE_WORDS[state]) == 0)
            return (enum credential_state)state;
    return CREDENTIAL_VALID;
}

static struct credential credential_of(const struct db_rows *rows, int32_t i)
{
    const char *shown = db_get_text(rows, i, 9);

    return (struct credential){ .credential_id = db_get_int(rows, i, 0),
                                .version = db_get_int(rows, i, 1),
                                .person_id = db_get_int(rows, i, 2),
                                .person_name = db_get_text(rows, i, 3),
                                .org_id = db_get_int(rows, i, 4),
                                .type = db_get_text(rows, i, 5),
                                .issuer = db_get_text(rows, i, 6),
                                .issued = db_get_text(rows, i, 7),
                                .expires = db_get_text(rows, i, 8),
                                .state = state_of(shown),
                                .shown = shown,
                                .mandatory = db_get_bool(rows, i, 10),
                                .valid_from = db_get_text(rows, i, 11),
                                .valid_to = db_get_text(rows, i, 12) };
}

static void take_rows(const struct db_rows *rows, struct arena *a, struct credential **out,
                      int32_t *count)
{
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = credential_of(rows, i);
}

bool credential_list(struct db *db, int64_t org_id, int64_t person_id, bool history,
                     struct arena *a, struct credential **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(person_id), db_bool(history), db_int(org_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CREDENTIAL_LIST, values, 3, a, &rows, f))
        return false;
    take_rows(rows, a, out, count);
    return true;
}

bool credential_expiring(struct db *db, const struct credential_wish *wish, struct arena *a,
                         struct credential **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(wish->org_id), db_int(wish->days),
                                       db_int(wish->after_id), db_int(wish->limit) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CREDENTIAL_EXPIRING, values, 4, a, &rows, f))
        return false;
    take_rows(rows, a, out, count);
    return true;
}

bool credential_get(struct db *db, int64_t org_id, int64_t person_id, int64_t credential_id,
                    struct arena *a, struct credential *out, struct fail *f)
{
    const struct db_value values[] = { db_int(credential_id), db_int(person_id), db_int(org_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CREDENTIAL_GET, values, 3, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, CREDENTIAL_UNKNOWN, "there is no credential %lld",
                        (long long)credential_id);
    *out = credential_of(rows, 0);
    return true;
}

/* ------------------------------------------------------------------ writing */

static int32_t days_of(int32_t year, int32_t month)
{
    static const int32_t DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return DAYS[month - 1] + (month == 2 && leaps);
}

bool credential_is_day(const char *text)
{
    static const char FORM[] = "dddd-dd-dd";

    if (strlen(text) != sizeof FORM - 1)
        return false;
    for (size_t i = 0; i < sizeof FORM - 1; i++)
        if (FORM[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != FORM[i])
            return false;
    const int32_t year = (int32_t)strtol(text, NULL, 10);
    const int32_t month = (int32_t)strtol(text + 5, NULL, 10);
    const int32_t day = (int32_t)strtol(text + 8, NULL, 10);

    return year >= 1900 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_of(year, month);
}

/* Days of this form are in the order of their texts. */
bool credential_check(const struct credential *c, struct fail *f)
{
    if (!c->issued || !c->expires || strcmp(c->issued, c->expires) <= 0)
        return true;
    fail_set(f, FAIL_INPUT, CREDENTIAL_DATES, "it would expire on %s, before it is issued on %s",
             c->expires, c->issued);
    fail_allowed(f, "%s or later", c->issued);
    fail_at(f, "/expires");
    return fail_value(f, c->expires);
}

bool credential_add(struct db *db, struct credential *c, struct arena *a, struct fail *f)
{
    const struct db_value values[] = {
        db_int(c->credential_id), db_int(c->person_id),
        db_int(c->org_id),        db_text(c->type),
        db_text(c->issuer),       db_text(c->issued),
        db_text(c->expires),      db_text(CREDENTIAL_STATE_WORDS[c->state]),
        db_bool(c->mandatory),
    };

    return db_run(db, QUERIES_CREDENTIAL_ADD, values, 9, a, NULL, f) &&
           credential_get(db, c->org_id, c->person_id, c->credential_id, a, c, f);
}

static bool stale(const struct credential *c, struct fail *f)
{
    return fail_set(f, FAIL_CONFLICT, VERSION_STALE, "credential %lld is no longer at version %lld",
                    (long long)c->credential_id, (long long)c->version);
}

/* Nothing was written: because somebody else keeps it, or was quicker. */
static bool refused(struct db *db, int64_t org_id, const struct credential *c, struct arena *a,
                    struct fail *f)
{
    struct credential now;

    if (!credential_get(db, org_id, c->person_id, c->credential_id, a, &now, f))
        return false;
    if (c->version != 0 && now.version != c->version)
        return stale(c, f);
    return fail_set(f, FAIL_CONFLICT, CREDENTIAL_ELSEWHERE,
                    "credential %lld is kept by another organisation", (long long)c->credential_id);
}

bool credential_change(struct db *db, int64_t org_id, struct credential *c, struct arena *a,
                       struct fail *f)
{
    const struct db_value values[] = {
        db_int(c->credential_id), db_text(c->type),    db_text(c->issuer),
        db_text(c->issued),       db_text(c->expires), db_text(CREDENTIAL_STATE_WORDS[c->state]),
        db_bool(c->mandatory),    db_int(c->version),  db_int(org_id),
    };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CREDENTIAL_CHANGE, values, 9, a, &rows, f))
        return false;
    if (db_changed(rows) == 0)
        return refused(db, org_id, c, a, f);
    return credential_get(db, org_id, c->person_id, c->credential_id, a, c, f);
}

bool credential_close(struct db *db, int64_t org_id, const struct credential *c, struct arena *a,
                      struct fail *f)
{
    const struct db_value values[] = { db_int(c->credential_id), db_int(c->person_id),
                                       db_int(org_id), db_int(c->version) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CREDENTIAL_CLOSE, values, 4, a, &rows, f))
        return false;
    return db_changed(rows) == 1 || refused(db, org_id, c, a, f);
}
