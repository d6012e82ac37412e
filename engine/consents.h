#ifndef ENGINE_CONSENTS_H
#define ENGINE_CONSENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* What people agree to, one purpose at a time, and in which words. Given and withdrawn
 * are rows that stay; the last one of a purpose counts. Purposes and texts are data:
 * a new version of a text is a new row of vigil.consent_text. Without the consent to
 * CONSENTS_LOCATION nobody can be found or sent. */
#define CONSENTS_LOCATION "location"
enum { CONSENTS_PURPOSE_MAX = 40 /* bytes */, CONSENTS_TEXTS_MAX = 100 };

struct consents_text {
    const char *purpose;
    bool required; /* nobody can be enrolled without */
    int32_t version;
    const char *title_zh, *title_en, *text_zh, *text_en;
};

struct consents_row {
    int64_t consent_id;
    const char *purpose;
    int32_t version;
    const char *language; /* of the text she read: "zh", "en" */
    bool given;
    const char *at; /* RFC 3339 */
};

/* The texts in force, one a purpose, in their order. */
bool consents_texts(struct db *db, struct arena *a, struct consents_text **out, int32_t *count,
                    struct fail *f);

/* What a person says; `given` false withdraws. */
struct consents_wish {
    int64_t person_id;
    const char *purpose;
    int32_t version; /* 0: the one in force */
    const char *language;
    bool given;
    int64_t token_id; /* who says so for her, 0: she herself */
};

/* Within the caller's transaction; `row` is completed, *org_id is where she is at home.
 * CONSENT_UNKNOWN when there is no such purpose or version, or no such person in sight. */
bool consents_add(struct db *db, const struct consents_wish *wish, struct arena *a,
                  struct consents_row *row, int64_t *org_id, struct fail *f);

/* The newest first, at most 1,000; with `current` only what counts now. */
bool consents_list(struct db *db, int64_t person_id, bool current, struct arena *a,
                   struct consents_row **out, int32_t *count, struct fail *f);

#endif
