#ifndef API_BADGE_H
#define API_BADGE_H

#include <stdbool.h>

#include "api/request.h"
#include "engine/devices.h"
#include "geo/base/fail.h"

/* How an enrolled device shows its secret, which the endpoint says (endpoints.h):
 * as `Authorization: Bearer vgd_…`, as the parameter or key that is its `id`, or as the
 * password of HTTP Basic, with any name. It opens that endpoint alone. */

/* The secret into DEVICES_SECRET_SIZE bytes; false when this request shows none, and
 * may be let in by a token. What cannot be one comes as a secret that opens nothing. */
bool badge_shown(const struct request *r, char out[DEVICES_SECRET_SIZE]);

/* The password of HTTP Basic credentials (RFC 7617); "" when they have none that could be
 * a secret. Pure. */
void badge_password(const char *credentials, char out[DEVICES_SECRET_SIZE]);

/* Whose it is; false with TOKEN_INVALID. Asks memory alone. */
bool badge_check(const struct request *r, const char *secret, struct caller *out, struct fail *f);

/* The device's format must be that of the door: DEVICE_FORMAT, also for who is let in
 * by a token and has declared nothing. */
bool badge_speaks(const struct request *r, enum devices_format format, struct fail *f);

/* The parameters of an address or, when there are none, of a form in the body. */
struct osmand_pair;
bool badge_pairs(const struct request *r, const struct osmand_pair **out, int32_t *count,
                 struct fail *f);
/* Whether the body is JSON rather than a form. */
bool badge_has_json(const struct request *r);

#endif
