#ifndef API_AUTH_H
#define API_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "api/request.h"
#include "geo/base/fail.h"

/* Who asks, and may they? A token comes as `Authorization: Bearer …` or as the
 * cookie vigil_session; with the cookie an unsafe method needs `X-Vigil-CSRF: 1`,
 * which no foreign page can send.
 *
 * A token that was good is believed for AUTH_FRESH_MS without asking the database,
 * so a revoked one ends within two seconds; while the database is away, when no
 * token can be revoked either, for AUTH_AWAY_S. */
enum { AUTH_FRESH_MS = 1500, AUTH_AWAY_S = 3600 };

/* What was believed lately. Any thread. */
struct auth;
struct auth *auth_new(void);
void auth_free(struct auth *auth);

/* False with NOT_SIGNED_IN, TOKEN_INVALID, CSRF_MISSING, ROLE_NOT_ALLOWED or
 * DATABASE_AWAY. */
bool auth_check(const struct request *r, struct caller *out, struct fail *f);

/* Believes a token no longer. `token` is what auth_token gave. */
void auth_forget(struct auth *auth, const char *token, bool from_cookie);

/* The same by its number, when its text is not known. */
void auth_forget_id(struct auth *auth, int64_t token_id);

/* Whether who has the one role may make and end tokens of the other: nobody makes one
 * that may more than herself, or that watches over her. */
bool auth_may_grant(enum role mine, enum role other);

/* The caller's own token as it came, into TOKENS_TEXT_SIZE bytes at the most; false
 * when there is none that could be one. */
bool auth_token(const struct request *r, char *out, size_t size, bool *from_cookie);

/* The value of one cookie in a Cookie header; false when it is not there or does
 * not fit. Pure. */
bool auth_cookie(const char *header, const char *name, char *out, size_t size);

/* "admin", … and back; false when there is no such role. */
const char *auth_role_word(enum role role);
bool auth_role(const char *word, enum role *out);

#endif
