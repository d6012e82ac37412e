#include "api/session.h"

#include "api/service.h"
#include "engine/config.h"

static const char COOKIE_FORM[] =
    "vigil_session=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s";

void session_set(const struct request *r, struct reply *out, const char *session, int age_s)
{
    const bool secure = config_int(r->service->config, CONFIG_SECURE_COOKIE) != 0;

    reply_header(out, "Set-Cookie",
                 arena_text(r->arena, COOKIE_FORM, session, age_s, secure ? "; Secure" : ""));
}
