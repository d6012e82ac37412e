#ifndef ENGINE_OWN_H
#define ENGINE_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/personal.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* What is kept of one person, her personal values opened: for herself, and for those
 * whose look at it is recorded. Whom the connection's scope does not see is
 * PERSON_UNKNOWN like one who does not exist. */
struct own_data {
    int64_t person_id, version, org_id;
    const char *name, *mode, *recruit;
    int32_t birth_year; /* 0: not known */
    bool on_duty, location_consent;
    const char *valid_from;              /* RFC 3339 */
    const char *values[PERSONAL_FIELDS]; /* NULL: not kept */
};

/* Where she belongs and belonged; role "home" is her home organisation. */
struct own_org {
    int64_t org_id;
    const char *name, *role, *recruit, *valid_from, *valid_to;
};

/* One kind of further records as a JSON array. */
struct own_records {
    const char *kind, *json;
};

bool own_read(struct db *db, const struct personal *p, int64_t person_id, struct arena *a,
              struct own_data *out, struct fail *f);

/* Brings a value to the form in which it is kept: PHONE_MALFORMED, IDENTITY_MALFORMED,
 * VALUE_TOO_LONG. Pure. */
bool own_tidy(enum personal_field field, const char *text, struct arena *a, const char **out,
              struct fail *f);
/* The year of birth as the identity card tells it, where it does; BIRTH_YEAR_DIFFERS when
 * another was said. `d` is tidy. Pure. */
bool own_year(struct own_data *d, struct fail *f);
/* Writes name, mode, birth year and values when the row still has `d->version`, which is
 * counted up; VERSION_STALE, or PERSON_REGISTERED when another living person has the phone or
 * identity number. */
bool own_change(struct db *db, const struct personal *p, struct own_data *d, struct arena *a,
                struct fail *f);

/* A value as the database keeps it, and as it finds it again; null when she has none. */
struct db_value own_sealed(const struct personal *p, const struct own_data *d,
                           enum personal_field field, struct arena *a);
struct db_value own_hashed(const struct personal *p, const struct own_data *d,
                           enum personal_field field, struct arena *a);

/* Of the person of the connection's scope. */
bool own_orgs(struct db *db, struct arena *a, struct own_org **out, int32_t *count, struct fail *f);
bool own_records(struct db *db, int64_t person_id, struct arena *a, struct own_records **out,
                 int32_t *count, struct fail *f);

/* Says PERSON_REGISTERED in the place of a row refused because of her phone or identity
 * number; any other failure is left as it is. Returns false. */
bool own_twice(const struct db *db, struct fail *f);

/* "phone", "identity", "emergency", "address". */
const char *own_field_word(enum personal_field field);

#endif
