/* Signing in and out of the console. The code in the link is exchanged for a
 * cookie that scripts cannot read and other sites cannot send. */
#include <string.h>

#include "api/auth.h"
#include "api/handlers.h"
#include "api/service.h"
#include "api/session.h"
#include "engine/tokens.h"

bool on_enter(const struct request *r, struct reply *out, struct fail *f)
{
    struct input_key keys[] = { { .name = "code", .required = true } };
    char session[TOKENS_TEXT_SIZE];
    const struct input *body;
    struct tokens_row row;
    const char *code;
    struct db *db;

    if (!request_json(r, &body, f) || !input_keys(body, keys, 1, f) ||
        !input_text(keys[0].value, TOKENS_TEXT_SIZE - 1, &code, f) || !request_db(r, &db, f) ||
        !tokens_enter(db, code, r->arena, session, &row, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    session_set(r, out, session, TOKENS_SESSION_S);
    emit_object(e);
    emit_key_text(e, "role", row.role);
    emit_key_int(e, "life_s", TOKENS_SESSION_S);
    emit_end(e);
    return true;
}

bool on_enter_session(const struct request *r, struct reply *out, struct fail *f)
{
    struct emit *e = reply_json(out, REPLY_OK);

    (void)f;
    emit_object(e);
    emit_key_int(e, "token_id", r->caller.token_id);
    emit_key_text(e, "role", auth_role_word(r->caller.role));
    emit_key_int(e, "org_id", r->caller.org_id);
    if (r->caller.person_id)
        emit_key_int(e, "person_id", r->caller.person_id);
    emit_end(e);
    return true;
}

bool on_enter_leave(const struct request *r, struct reply *out, struct fail *f)
{
    char token[TOKENS_TEXT_SIZE];
    bool from_cookie;
    struct db *db;

    if (!request_db(r, &db, f) || !tokens_revoke(db, r->caller.token_id, r->arena, f))
        return false;
    if (auth_token(r, token, sizeof token, &from_cookie))
        auth_forget(r->service->auth, token, from_cookie);
    reply_empty(out, REPLY_NO_CONTENT);
    session_set(r, out, "", 0);
    return true;
}
