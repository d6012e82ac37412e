/* Our own address as the caller sees it, for documents that must name it in full. */
#include "api/address.h"

#include <string.h>

enum { HOST_MAX = 255 };

/* The header comes from outside and goes into documents: nothing but the
 * characters of names, addresses and ports passes. */
static bool plain_host(const char *host)
{
    const size_t length = strlen(host);

    return length > 0 && length <= HOST_MAX &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_") ==
               length;
}

const char *address_base(const struct request *r)
{
    const char *host = request_header(r, "Host");
    const char *forward = request_header(r, "X-Forwarded-Proto");

    if (!host || !plain_host(host))
        return "";
    return arena_text(r->arena, "%s://%s",
                      forward && strcmp(forward, "https") == 0 ? "https" : "http", host);
}
