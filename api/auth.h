#ifndef API_AUTH_H
#define API_AUTH_H

#include <stdbool.h>

#include "api/request.h"
#include "geo/base/fail.h"

/* Who asks, and may they? A token comes as `Authorization: Bearer …` or as the
 * cookie vigil_session; with the cookie an unsafe method needs `X-Vigil-CSRF: 1`,
 * which no foreign page can send. */
bool auth_check(const struct request *r, struct caller *out, struct fail *f);

#endif
