/* If-None-Match, RFC 9110 section 13.1.2. */
#include "api/fresh.h"

#include <string.h>

bool fresh_copy(const struct request *r, const char *tag)
{
    const char *at = request_header(r, "If-None-Match");
    const size_t length = strlen(tag);

    while (at && *at) {
        at += strspn(at, " \t,");
        if (*at == '*')
            return true;
        if (strncmp(at, "W/", 2) == 0)
            at += 2;
        if (*at != '"')
            return false;
        const size_t theirs = strcspn(at + 1, "\"");

        if (theirs == length && memcmp(at + 1, tag, length) == 0)
            return true;
        at += 1 + theirs + (at[1 + theirs] == '"' ? 1 : 0);
    }
    return false;
}
