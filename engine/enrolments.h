#ifndef ENGINE_ENROLMENTS_H
#define ENGINE_ENROLMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/ids.h"
#include "engine/own.h"
#include "engine/personal.h"
#include "engine/secret.h"
#include "engine/tokens.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Coming in by a code. Somebody who works at a station or a grid makes a code for her
 * organisation and shows it as a QR code; who stands before it enters her data on her
 * own phone; an organiser lets her in or not; the phone then gets its session.
 *
 * The code is no secret, it hangs on a wall. What belongs to one phone alone is the
 * claim: 256 random bits that the phone itself makes, of which the hash is kept. */
enum {
    ENROLMENTS_CODE_SIZE = 23, /* 128 random bits in base64url, and the NUL */
    ENROLMENTS_LABEL_MAX = 100,
    ENROLMENTS_USES_MAX = 10000,
    ENROLMENTS_CODE_LIFE_MAX_S = 90 * 86400,
    ENROLMENTS_SESSION_S = 90 * 86400, /* of a phone */
    ENROLMENTS_REASON_MAX = 300,
    ENROLMENTS_CONSENTS_MAX = 20,
};

struct enrolments_code {
    int64_t code_id, org_id;
    const char *code, *label;
    int32_t uses, uses_max;
    const char *expires_at, *valid_from; /* RFC 3339 */
    bool is_usable;
};

/* Makes a code; completes `c`, whose org_id, label and uses_max are set. ORG_UNKNOWN when
 * the connection's scope neither holds the organisation nor invites for it. */
bool enrolments_code_add(struct db *db, struct ids *ids, int64_t life_s, struct enrolments_code *c,
                         struct arena *a, struct fail *f);
/* Codes that are not closed, in the connection's scope, after an id. */
bool enrolments_code_list(struct db *db, int64_t after_id, int64_t limit, struct arena *a,
                          struct enrolments_code **out, int32_t *count, struct fail *f);
/* ENROLMENT_CODE_UNKNOWN when there is none in scope. */
bool enrolments_code_get(struct db *db, int64_t code_id, struct arena *a,
                         struct enrolments_code *out, struct fail *f);
bool enrolments_code_close(struct db *db, int64_t code_id, struct arena *a, int64_t *org_id,
                           struct fail *f);

/* For anybody with the code: whose it is. ENROLMENT_CODE_INVALID when it is unknown,
 * closed, too old or used up, without saying which. */
struct enrolments_inviter {
    const char *org_name, *label;
};
bool enrolments_look(struct db *db, const char *code, struct arena *a,
                     struct enrolments_inviter *out, struct fail *f);

/* What somebody enters. `who.values` are tidy (own_tidy). */
struct enrolments_wish {
    const char *code;
    unsigned char claim_hash[SECRET_HASH_BYTES];
    struct own_data who;  /* name, mode, birth_year, values */
    const char *language; /* "zh", "en" */
    const char *consents; /* "contact:1 location:1" */
};
/* Within the caller's transaction, for anybody. ENROLMENT_CODE_INVALID as above. */
bool enrolments_add(struct db *db, const struct personal *p, struct ids *ids,
                    const struct enrolments_wish *wish, struct arena *a, int64_t *org_id,
                    int64_t *enrolment_id, struct fail *f);

struct enrolments_row {
    int64_t enrolment_id, person_id, code_id, org_id;
    const char *state; /* "pending", "approved", "refused" */
    const char *name, *mode;
    int32_t birth_year;
    const char *phone; /* masked; NULL when destroyed */
    const char *language, *consents, *reason, *asked_at, *decided_at;
};
struct enrolments_filter {
    int64_t after_id, limit;
    const char *state; /* NULL: all */
};
bool enrolments_list(struct db *db, const struct personal *p,
                     const struct enrolments_filter *filter, struct arena *a,
                     struct enrolments_row **out, int32_t *count, struct fail *f);
/* ENROLMENT_UNKNOWN when there is none in scope. */
bool enrolments_get(struct db *db, const struct personal *p, int64_t enrolment_id, struct arena *a,
                    struct enrolments_row *out, struct fail *f);

/* The organiser's decision, within the caller's transaction: ENROLMENT_DECIDED when there
 * was one already, PERSON_REGISTERED when she is registered. Approved, she is a person with
 * the consents she gave. */
bool enrolments_approve(struct db *db, const struct enrolments_row *row, struct arena *a,
                        struct fail *f);
bool enrolments_refuse(struct db *db, const struct enrolments_row *row, const char *reason,
                       struct arena *a, struct fail *f);

/* How it stands, for the phone with the claim; approved, a session for it, in its own
 * transaction. `session` is empty when there is none (any more). CLAIM_UNKNOWN. */
struct enrolments_claim {
    const char *state, *reason;
    char session[TOKENS_TEXT_SIZE];
};
bool enrolments_claim(struct db *db, const unsigned char claim_hash[SECRET_HASH_BYTES],
                      struct arena *a, struct enrolments_claim *out, struct fail *f);

/* The hash of a claim as it comes: 43 characters of base64url. CLAIM_MALFORMED. Pure. */
bool enrolments_claim_hash(const char *claim, unsigned char out[SECRET_HASH_BYTES], struct fail *f);

#endif
