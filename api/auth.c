#include "api/auth.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/badge.h"
#include "api/endpoints.h"
#include "api/service.h"
#include "engine/clock.h"
#include "engine/secret.h"
#include "engine/tokens.h"

enum { SLOT_COUNT = 4096 };

/* One token that was good when the database was asked last. */
struct slot {
    unsigned char hash[SECRET_HASH_BYTES]; /* of its whole text and how it came */
    struct caller caller;
    int64_t seen_us;    /* steady clock; 0: empty */
    int64_t expires_us; /* wall clock */
};

struct auth {
    pthread_mutex_t lock; /* slots */
    struct slot slots[SLOT_COUNT];
};

struct auth *auth_new(void)
{
    struct auth *auth = calloc(1, sizeof *auth);

    if (!auth)
        abort();
    pthread_mutex_init(&auth->lock, NULL);
    return auth;
}

void auth_free(struct auth *auth)
{
    if (!auth)
        return;
    pthread_mutex_destroy(&auth->lock);
    free(auth);
}

/* Two tokens that fall on one slot only make each other ask the database. */
static struct slot *slot_of(struct auth *auth, const unsigned char *hash)
{
    uint16_t number;

    memcpy(&number, hash, sizeof number);
    return &auth->slots[number % SLOT_COUNT];
}

static bool recall(struct auth *auth, const unsigned char *hash, int64_t within_us,
                   struct caller *out)
{
    pthread_mutex_lock(&auth->lock);
    const struct slot *slot = slot_of(auth, hash);
    const bool found = slot->seen_us != 0 && memcmp(slot->hash, hash, SECRET_HASH_BYTES) == 0 &&
                       clock_steady_us() - slot->seen_us < within_us &&
                       clock_wall_us() < slot->expires_us;

    if (found)
        *out = slot->caller;
    pthread_mutex_unlock(&auth->lock);
    return found;
}

static void remember(struct auth *auth, const unsigned char *hash, const struct caller *caller,
                     int64_t seen_us, int64_t expires_us)
{
    pthread_mutex_lock(&auth->lock);
    struct slot *slot = slot_of(auth, hash);

    memcpy(slot->hash, hash, SECRET_HASH_BYTES);
    slot->caller = *caller;
    slot->seen_us = seen_us;
    slot->expires_us = expires_us;
    pthread_mutex_unlock(&auth->lock);
}

/* A session is no bearer token: how it came is part of what is remembered. */
static void make_key(const char *token, bool from_cookie, unsigned char out[SECRET_HASH_BYTES])
{
    char text[TOKENS_TEXT_SIZE + 1];
    const int size = snprintf(text, sizeof text, "%c%s", from_cookie ? 'c' : 'b', token);

    secret_hash(text, (size_t)size, out);
}

void auth_forget(struct auth *auth, const char *token, bool from_cookie)
{
    unsigned char hash[SECRET_HASH_BYTES];

    make_key(token, from_cookie, hash);
    pthread_mutex_lock(&auth->lock);
    struct slot *slot = slot_of(auth, hash);

    if (memcmp(slot->hash, hash, SECRET_HASH_BYTES) == 0)
        slot->seen_us = 0;
    pthread_mutex_unlock(&auth->lock);
}

void auth_forget_id(struct auth *auth, int64_t token_id)
{
    pthread_mutex_lock(&auth->lock);
    for (int32_t i = 0; i < SLOT_COUNT; i++)
        if (auth->slots[i].caller.token_id == token_id)
            auth->slots[i].seen_us = 0;
    pthread_mutex_unlock(&auth->lock);
}

bool auth_may_grant(enum role mine, enum role other)
{
    static const uint32_t GRANTS[ROLE_COUNT] = {
        [ROLE_ADMIN] = ENDPOINTS_EVERYONE,
        [ROLE_MANAGER] = ENDPOINTS_EVERYONE & ~(1U << ROLE_ADMIN | 1U << ROLE_AUDITOR),
    };

    return (GRANTS[mine] >> other & 1) != 0;
}

bool auth_cookie(const char *header, const char *name, char *out, size_t size)
{
    const size_t name_size = strlen(name);

    while (*header) {
        header += strspn(header, " \t;");
        const size_t pair = strcspn(header, ";");

        if (pair > name_size && header[name_size] == '=' && memcmp(header, name, name_size) == 0) {
            const size_t value = pair - name_size - 1;

            if (value == 0 || value >= size)
                return false;
            memcpy(out, header + name_size + 1, value);
            out[value] = '\0';
            return true;
        }
        header += pair;
    }
    return false;
}

bool auth_token(const struct request *r, char *out, size_t size, bool *from_cookie)
{
    static const char SCHEME[] = "Bearer ";
    const char *header = request_header(r, "Authorization");

    *from_cookie = false;
    if (header) {
        const size_t skipped = sizeof SCHEME - 1;

        if (strncasecmp(header, SCHEME, skipped) != 0 || strlen(header + skipped) >= size)
            return false;
        memcpy(out, header + skipped, strlen(header + skipped) + 1);
        return true;
    }
    *from_cookie = true;
    header = request_header(r, "Cookie");
    return header && auth_cookie(header, "vigil_session", out, size);
}

static const char *const ROLES[] = { "admin",   "dispatcher", "planner", "manager", "volunteer",
                                     "auditor", "partner",    "gateway", "device" };

const char *auth_role_word(enum role role)
{
    return ROLES[role];
}

bool auth_role(const char *word, enum role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(ROLES[i], word) == 0) {
            *out = (enum role)i;
            return true;
        }
    }
    return false;
}

static bool ask_database(const struct request *r, const char *token, bool from_cookie,
                         const unsigned char *hash, struct caller *out, struct fail *f)
{
    const int64_t asked_us = clock_steady_us();
    struct tokens_row row;
    struct caller caller = { 0 };
    struct db *db;

    if (!request_db(r, &db, f) ||
        !tokens_check(db, token, from_cookie ? TOKENS_SESSION : TOKENS_BEARER, r->arena, &row, f)) {
        /* What was revoked must not come back to life when the database goes away. */
        if (f->code == CODE_TOKEN_INVALID)
            auth_forget(r->service->auth, token, from_cookie);
        return f->kind == FAIL_BUSY &&
               recall(r->service->auth, hash, (int64_t)AUTH_AWAY_S * 1000000, out);
    }
    if (!auth_role(row.role, &caller.role))
        return fail_set(f, FAIL_INPUT, TOKEN_INVALID, "the token has a role that is not known");
    caller.token_id = row.token_id;
    caller.org_id = row.org_id;
    caller.person_id = row.person_id;
    remember(r->service->auth, hash, &caller, asked_us, row.expires_us);
    *out = caller;
    return true;
}

static bool is_safe(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/* Nothing was shown: what would have done. */
static bool not_signed_in(const struct request *r, struct fail *f)
{
    static const char *const WAYS[] = {
        [ENDPOINTS_NO_DEVICE] = "Authorization: Bearer and a token, or the cookie of a session",
        [ENDPOINTS_BEARER] = "Authorization: Bearer and a token or the secret of a device",
        [ENDPOINTS_ID] = "the parameter id with the secret of a device",
        [ENDPOINTS_BASIC] = "HTTP Basic with the secret of a device as password",
    };

    fail_set(f, FAIL_INPUT, NOT_SIGNED_IN, "this needs a token or a session");
    return fail_allowed(f, "%s", WAYS[r->endpoint->device_by]);
}

static bool let_in(const struct request *r, struct caller *out, struct fail *f)
{
    unsigned char hash[SECRET_HASH_BYTES];
    char token[TOKENS_TEXT_SIZE];
    bool from_cookie;

    if (!r->service->auth || !auth_token(r, token, sizeof token, &from_cookie))
        return not_signed_in(r, f);
    const char *csrf = from_cookie ? request_header(r, "X-Vigil-CSRF") : "1";

    if (!is_safe(r->method) && (!csrf || strcmp(csrf, "1") != 0))
        return fail_set(f, FAIL_INPUT, CSRF_MISSING,
                        "with a session this needs the header X-Vigil-CSRF: 1");
    make_key(token, from_cookie, hash);
    return recall(r->service->auth, hash, (int64_t)AUTH_FRESH_MS * 1000, out) ||
           ask_database(r, token, from_cookie, hash, out, f);
}

/* A proxy on this machine says for whom it speaks. */
static bool is_open_here(const struct request *r)
{
    return r->endpoint->open_here && r->from_this_machine &&
           !request_header(r, "X-Forwarded-For") && !request_header(r, "Forwarded");
}

bool auth_check(const struct request *r, struct caller *out, struct fail *f)
{
    char secret[DEVICES_SECRET_SIZE];
    struct caller caller = { 0 };

    *out = caller;
    if (r->endpoint->roles == 0 || is_open_here(r))
        return true;
    if (badge_shown(r, secret))
        return badge_check(r, secret, out, f);
    if (!let_in(r, &caller, f))
        return false;
    if (!(r->endpoint->roles & (1U << caller.role))) {
        fail_set(f, FAIL_INPUT, ROLE_NOT_ALLOWED, "a token of the role %s may not do this",
                 auth_role_word(caller.role));
        return fail_value(f, auth_role_word(caller.role));
    }
    *out = caller;
    return true;
}
