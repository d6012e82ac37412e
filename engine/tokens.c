#include "engine/tokens.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/secret.h"

enum { ID_DIGITS_MAX = 16, SECRET_TEXT_SIZE = 44 };

static const char PREFIX[] = "vgl_";

const char *tokens_kind_word(enum tokens_kind kind)
{
    static const char *const WORDS[] = { "bearer", "enter", "session" };

    return WORDS[kind];
}

bool tokens_parse(const char *text, struct tokens_parts *out)
{
    unsigned char secret[TOKENS_SECRET_BYTES];
    int64_t token_id = 0;

    if (strlen(text) >= TOKENS_TEXT_SIZE || strncmp(text, PREFIX, sizeof PREFIX - 1) != 0)
        return false;
    text += sizeof PREFIX - 1;
    const size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > ID_DIGITS_MAX || text[0] == '0' || text[digits] != '_')
        return false;
    for (size_t i = 0; i < digits; i++)
        token_id = token_id * 10 + (text[i] - '0');
    if (!secret_bytes(text + digits + 1, secret, sizeof secret))
        return false;
    out->token_id = token_id;
    secret_hash(secret, sizeof secret, out->hash);
    return true;
}

struct secret {
    char text[SECRET_TEXT_SIZE];
    unsigned char hash[SECRET_HASH_BYTES]; /* all that the database hears of it */
};

static struct secret make_secret(void)
{
    unsigned char bytes[TOKENS_SECRET_BYTES];
    struct secret s = { 0 };

    secret_random(bytes, sizeof bytes);
    secret_hash(bytes, sizeof bytes, s.hash);
    secret_text(bytes, sizeof bytes, s.text, sizeof s.text);
    return s;
}

static void write_token(char text[TOKENS_TEXT_SIZE], int64_t token_id, const struct secret *s)
{
    snprintf(text, TOKENS_TEXT_SIZE, "%s%lld_%s", PREFIX, (long long)token_id, s->text);
}

void tokens_write(int64_t token_id, const unsigned char secret[TOKENS_SECRET_BYTES],
                  char text[TOKENS_TEXT_SIZE])
{
    struct secret s = { 0 };

    secret_text(secret, TOKENS_SECRET_BYTES, s.text, sizeof s.text);
    write_token(text, token_id, &s);
}

bool tokens_create(struct db *db, const struct tokens_wish *wish, struct arena *a,
                   char text[TOKENS_TEXT_SIZE], int64_t *token_id, struct fail *f)
{
    const struct secret secret = make_secret();
    const struct db_rows *rows;
    const size_t label = strlen(wish->label);

    if (label == 0 || label > TOKENS_LABEL_MAX) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "a token's name must have 1 to %d bytes",
                 TOKENS_LABEL_MAX);
        return fail_value(f, wish->label);
    }
    const struct db_value values[] = {
        db_text(wish->label),
        db_text(wish->role),
        wish->org_id ? db_int(wish->org_id) : db_null(),
        db_bytes(secret.hash, sizeof secret.hash),
        db_text(tokens_kind_word(wish->kind)),
        db_int(wish->life_s),
        db_int(wish->person_id),
    };

    if (!db_run(db, QUERIES_TOKEN_CREATE, values, 7, a, &rows, f))
        return false;
    *token_id = db_get_int(rows, 0, 0);
    write_token(text, *token_id, &secret);
    return true;
}

static struct tokens_row read_row(const struct db_rows *rows, int32_t i)
{
    return (struct tokens_row){
        .token_id = db_get_int(rows, i, 0),
        .label = db_get_text(rows, i, 1),
        .role = db_get_text(rows, i, 2),
        .org_id = db_get_int(rows, i, 3),
        .kind = db_get_text(rows, i, 4),
        .created_us = db_get_int(rows, i, 5),
        .expires_us = db_get_int(rows, i, 6),
        .used_us = db_get_int(rows, i, 7),
        .revoked_us = db_get_int(rows, i, 8),
        .person_id = db_get_int(rows, i, 9),
    };
}

/* Columns of token_find after those of a row. */
enum { COLUMN_LIVES = 10, COLUMN_NOTE_USE };

static bool invalid(struct fail *f)
{
    return fail_set(f, FAIL_INPUT, TOKEN_INVALID, "the token is not valid");
}

/* The row of a living token with this secret; *note_use says that its last use was
 * noted more than a minute ago. The database compares the hashes, and how long that
 * takes says nothing of a secret. */
static bool find(struct db *db, const char *text, enum tokens_kind kind, struct arena *a,
                 struct tokens_parts *parts, struct tokens_row *out, bool *note_use, struct fail *f)
{
    const struct db_rows *rows;

    if (!tokens_parse(text, parts))
        return invalid(f);
    const struct db_value values[] = { db_int(parts->token_id),
                                       db_bytes(parts->hash, sizeof parts->hash) };

    if (!db_run(db, QUERIES_TOKEN_FIND, values, 2, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return invalid(f);
    *out = read_row(rows, 0);
    if (!db_get_bool(rows, 0, COLUMN_LIVES) || strcmp(out->kind, tokens_kind_word(kind)) != 0)
        return invalid(f);
    *note_use = db_get_bool(rows, 0, COLUMN_NOTE_USE);
    return true;
}

bool tokens_check(struct db *db, const char *text, enum tokens_kind kind, struct arena *a,
                  struct tokens_row *out, struct fail *f)
{
    struct fail ignored = { 0 };
    struct tokens_parts parts;
    bool note_use = false;

    if (!find(db, text, kind, a, &parts, out, &note_use, f))
        return false;
    const struct db_value values[] = { db_int(parts.token_id),
                                       db_bytes(parts.hash, sizeof parts.hash) };

    /* A database that cannot write, full or a standby, can still be read. */
    if (note_use)
        (void)db_run(db, QUERIES_TOKEN_USED, values, 2, a, NULL, &ignored);
    return true;
}

/* The update is the decision: of two who bring the same code, one gets a session. */
static bool spend(struct db *db, const struct tokens_parts *code, const struct secret *session,
                  struct arena *a, int64_t *session_id, struct fail *f)
{
    const struct db_value values[] = { db_int(code->token_id),
                                       db_bytes(code->hash, sizeof code->hash),
                                       db_bytes(session->hash, sizeof session->hash),
                                       db_int(TOKENS_SESSION_S) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TOKEN_SPEND, values, 4, a, &rows, f))
        return false;
    if (db_is_null(rows, 0, 0))
        return fail_set(f, FAIL_INPUT, ENTER_CODE_SPENT, "the code was used already or is too old");
    *session_id = db_get_int(rows, 0, 0);
    return true;
}

bool tokens_enter(struct db *db, const char *code, struct arena *a, char session[TOKENS_TEXT_SIZE],
                  struct tokens_row *out, struct fail *f)
{
    const struct secret fresh = make_secret();
    struct tokens_parts parts;
    bool ignored = false;

    if (!find(db, code, TOKENS_ENTER, a, &parts, out, &ignored, f)) {
        if (f->code == CODE_TOKEN_INVALID)
            fail_set(f, FAIL_INPUT, ENTER_CODE_SPENT, "the code was used, is too old or is wrong");
        return false;
    }
    if (!spend(db, &parts, &fresh, a, &out->token_id, f))
        return false;
    out->kind = tokens_kind_word(TOKENS_SESSION);
    write_token(session, out->token_id, &fresh);
    return true;
}

static bool fail_unknown(int64_t token_id, struct fail *f)
{
    return fail_set(f, FAIL_MISSING, TOKEN_UNKNOWN, "there is no living token with the id %lld",
                    (long long)token_id);
}

bool tokens_list(struct db *db, const struct tokens_wish_list *wish, struct arena *a,
                 struct tokens_row **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(wish->before_id ? wish->before_id : INT64_MAX),
                                       db_int(wish->limit), db_int(wish->org_id), db_int(0) };
    const struct db_rows *rows;

    assert(wish->limit <= TOKENS_LIST_MAX);
    if (!db_run(db, QUERIES_TOKEN_LIST, values, 4, a, &rows, f))
        return false;
    struct tokens_row *list = arena_take(a, (size_t)db_count(rows) + 1, sizeof *list);

    for (int32_t i = 0; i < db_count(rows); i++)
        list[i] = read_row(rows, i);
    *out = list;
    *count = db_count(rows);
    return true;
}

bool tokens_get(struct db *db, int64_t token_id, int64_t org_id, struct arena *a,
                struct tokens_row *out, struct fail *f)
{
    const struct db_value values[] = { db_int(INT64_MAX), db_int(1), db_int(org_id),
                                       db_int(token_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TOKEN_LIST, values, 4, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_unknown(token_id, f);
    *out = read_row(rows, 0);
    return true;
}

bool tokens_home(struct db *db, int64_t person_id, struct arena *a, int64_t *org_id, struct fail *f)
{
    const struct db_value value = db_int(person_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TOKEN_PERSON, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0) {
        fail_set(f, FAIL_INPUT, PERSON_UNKNOWN, "there is no person %lld", (long long)person_id);
        return fail_value(f, arena_text(a, "%lld", (long long)person_id));
    }
    *org_id = db_get_int(rows, 0, 0);
    return true;
}

bool tokens_revoke(struct db *db, int64_t token_id, struct arena *a, struct fail *f)
{
    const struct db_value value = db_int(token_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TOKEN_REVOKE, &value, 1, a, &rows, f))
        return false;
    if (db_changed(rows) == 1)
        return true;
    return fail_unknown(token_id, f);
}

bool tokens_living(struct db *db, const int64_t *token_ids, int32_t token_count, struct arena *a,
                   struct tokens_life **out, int32_t *count, struct fail *f)
{
    const struct db_value value = db_ints(token_ids, (size_t)token_count);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_TOKEN_LIVING, &value, 1, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = (struct tokens_life){ db_get_int(rows, i, 0), db_get_int(rows, i, 1) };
    return true;
}
