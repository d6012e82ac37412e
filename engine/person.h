#ifndef ENGINE_PERSON_H
#define ENGINE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/able.h"
#include "engine/db.h"
#include "engine/personal.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* One volunteer as the database keeps her. `org_id` below is always the organisation
 * for which somebody asks: she is found when she is at home or a member there or
 * below, and else is as missing as someone who does not exist. */
enum { PERSON_NAME_MAX = 200 /* bytes: some 66 Chinese characters */, PERSON_LINE_MAX = 40 };

/* For how long she was won. */
enum person_recruit { PERSON_LONG_TERM, PERSON_SHORT_TERM, PERSON_RESERVE, PERSON_RECRUITS };
extern const char *const PERSON_RECRUIT_WORDS[PERSON_RECRUITS]; /* "long_term", … */

/* Whom there may be: from this year of birth to the one it is now. */
enum { PERSON_BIRTH_MIN = 1900 };
int32_t person_birth_max(void);

/* A value as it is kept; bytes NULL: there is none. */
struct person_sealed {
    const void *bytes;
    size_t size;
};

struct person {
    int64_t person_id;
    int64_t version; /* counted up by every change; what If-Match names */
    int64_t org_id;  /* where she is at home */
    const char *name;
    enum mode mode;
    enum able_crew crew;
    const char *line; /* of a bus; "" */
    bool is_hired;    /* of a taxi */
    uint64_t skills;
    enum person_recruit recruit;
    int32_t birth_year; /* 0: not known */
    bool on_duty;
    bool location_consent;  /* kept by her consents */
    const char *hindrances; /* why she cannot be sent though free: "off_duty,no_consent", "" */
    const char *credential_until; /* RFC 3339: when one that she must have runs out; or NULL */
    struct person_sealed sealed[PERSONAL_FIELDS];
    const char *valid_from; /* RFC 3339 */
};

/* What a list may be narrowed to; nobody who is closed is in one. */
struct person_wish {
    int64_t org_id;
    int64_t after_id; /* the list goes on behind her; 0: begins */
    int64_t limit;
    const char *typed;  /* the name or the initials have a word that begins so; NULL: all */
    const int64_t *ids; /* these only, unless NULL */
    int32_t id_count;
    const char *mode;    /* a word of able.h, or NULL for all */
    const char *recruit; /* likewise */
    int32_t on_duty;     /* 0, 1, or -1 for all */
    int32_t available;   /* likewise: whether she can be sent now */
    uint64_t skills;     /* she has all of these */
};

/* In the arena: by what was typed in the order of the words found, else by id. */
bool person_find(struct db *db, const struct person_wish *wish, struct arena *a,
                 struct person **out, int32_t *count, struct fail *f);
/* Her id, of whoever has exactly this phone number; 0 when nobody in scope has. */
bool person_with_phone(struct db *db, const struct personal *keys, const char *phone,
                       struct arena *a, int64_t *person_id, struct fail *f);
/* PERSON_UNKNOWN. */
bool person_get(struct db *db, int64_t org_id, int64_t person_id, struct arena *a,
                struct person *out, struct fail *f);

/* Personal values as somebody says them: NULL: nothing said, "": she has none. */
struct person_said {
    const char *text[PERSONAL_FIELDS];
};
/* Reads them: a phone and an identity number are brought into the form in which they
 * are compared, in the arena, and seal gives what the row is to keep. The year that an
 * identity card names is hers: BIRTH_YEAR_DIFFERS when p says another. PHONE_MALFORMED,
 * IDENTITY_MALFORMED; `pointer` says where. */
bool person_read_said(struct person_said *said, struct person *p, struct arena *a, struct fail *f);

/* Adds her with the id she has, within a transaction. PERSON_REGISTERED when somebody
 * with this phone or identity number is there already, wherever that is. */
bool person_add(struct db *db, const struct personal *keys, struct person *p,
                const struct person_said *said, struct arena *a, struct fail *f);
/* Writes all of her when the row still has `p->version`, which is counted up; else
 * VERSION_STALE. */
bool person_change(struct db *db, const struct personal *keys, struct person *p,
                   const struct person_said *said, struct arena *a, struct fail *f);
/* Ends her and her memberships; version 0: whichever. */
bool person_close(struct db *db, int64_t person_id, int64_t version, struct arena *a,
                  struct fail *f);

/* A value in the clear, NULL when she has none. */
bool person_unseal(const struct personal *keys, const struct person *p, enum personal_field field,
                   struct arena *a, const char **text, struct fail *f);

/* PERSON_REGISTERED, which is all that anybody is told. */
bool person_fail_registered(enum personal_field field, struct fail *f);

#endif
