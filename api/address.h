#ifndef API_ADDRESS_H
#define API_ADDRESS_H

#include "api/request.h"

/* Where the caller reached us: "https://example.org:8443", without a slash at the
 * end, from Host and, behind a proxy, X-Forwarded-Proto. "" when the request does
 * not say; then paths stand alone. In the request's arena. */
const char *address_base(const struct request *r);

#endif
