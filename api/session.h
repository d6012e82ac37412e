#ifndef API_SESSION_H
#define API_SESSION_H

#include "api/reply.h"
#include "api/request.h"

/* Gives the browser its session: a cookie that scripts cannot read and other sites
 * cannot send, for so many seconds; "" and 0 take it away. */
void session_set(const struct request *r, struct reply *out, const char *session, int age_s);

#endif
