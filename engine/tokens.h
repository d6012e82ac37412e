#ifndef ENGINE_TOKENS_H
#define ENGINE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Tokens: "vgl_<token_id>_<secret>", the secret being 256 random bits in
 * base64url. The database keeps the SHA-256 of the secret alone: such a secret
 * cannot be guessed, so a slow hash would protect nothing.
 *
 * A bearer token is for programs, an enter code is exchanged once within five
 * minutes for a session, a session is the console's cookie. The database's time
 * decides what has expired. */
enum { TOKENS_SECRET_BYTES = 32, TOKENS_TEXT_SIZE = 80 };
enum { TOKENS_ENTER_S = 300, TOKENS_SESSION_S = 12 * 3600, TOKENS_LABEL_MAX = 100 };

enum tokens_kind { TOKENS_BEARER, TOKENS_ENTER, TOKENS_SESSION };

/* "bearer", "enter", "session". */
const char *tokens_kind_word(enum tokens_kind kind);

struct tokens_wish {
    enum tokens_kind kind;
    const char *label; /* what it is for, 1 to TOKENS_LABEL_MAX bytes */
    const char *role;
    int64_t org_id; /* 0: the whole city */
    int64_t life_s;
    int64_t person_id; /* whose it is; 0: nobody's in particular */
};

struct tokens_row {
    int64_t token_id;
    const char *label;
    const char *role;
    int64_t org_id;
    const char *kind;
    int64_t created_us, expires_us;
    int64_t used_us, revoked_us; /* 0: never */
    int64_t person_id;           /* 0: nobody's in particular */
};

/* A token's two halves. */
struct tokens_parts {
    int64_t token_id;
    unsigned char hash[32]; /* of the secret */
};

/* Takes a token's text apart; false when it is none. Pure. */
bool tokens_parse(const char *text, struct tokens_parts *out);

/* The text of a token that was made elsewhere with this secret. Pure. */
void tokens_write(int64_t token_id, const unsigned char secret[TOKENS_SECRET_BYTES],
                  char text[TOKENS_TEXT_SIZE]);

/* Makes a token; its text is shown this once. */
bool tokens_create(struct db *db, const struct tokens_wish *wish, struct arena *a,
                   char text[TOKENS_TEXT_SIZE], int64_t *token_id, struct fail *f);

/* Whether the text is a token of this kind that lives; TOKEN_INVALID when not,
 * without saying why. Notes at most once a minute that it was used, if that
 * can be written. */
bool tokens_check(struct db *db, const char *text, enum tokens_kind kind, struct arena *a,
                  struct tokens_row *out, struct fail *f);

/* Exchanges an enter code for a session; a code works once (ENTER_CODE_SPENT). */
bool tokens_enter(struct db *db, const char *code, struct arena *a, char session[TOKENS_TEXT_SIZE],
                  struct tokens_row *out, struct fail *f);

/* Which are wanted: of an organisation and those below it, the newest first. */
struct tokens_wish_list {
    int64_t org_id;    /* 0: of all */
    int64_t before_id; /* 0: from the newest */
    int64_t limit;     /* at most TOKENS_LIST_MAX */
};
enum { TOKENS_LIST_MAX = 1001 };

/* Those that have not expired. */
bool tokens_list(struct db *db, const struct tokens_wish_list *wish, struct arena *a,
                 struct tokens_row **out, int32_t *count, struct fail *f);

/* One of them, of an organisation or below it (0: of any); TOKEN_UNKNOWN when there is
 * none. */
bool tokens_get(struct db *db, int64_t token_id, int64_t org_id, struct arena *a,
                struct tokens_row *out, struct fail *f);

/* Where a person is at home whom the caller may see; PERSON_UNKNOWN. */
bool tokens_home(struct db *db, int64_t person_id, struct arena *a, int64_t *org_id,
                 struct fail *f);

/* Those of the tokens that live, ascending by id, and until when. */
struct tokens_life {
    int64_t token_id, expires_us;
};
bool tokens_living(struct db *db, const int64_t *token_ids, int32_t token_count, struct arena *a,
                   struct tokens_life **out, int32_t *count, struct fail *f);

/* Ends a token at once; TOKEN_UNKNOWN when there is none that lives. */
bool tokens_revoke(struct db *db, int64_t token_id, struct arena *a, struct fail *f);

#endif
