#ifndef API_FRESH_H
#define API_FRESH_H

#include <stdbool.h>

#include "api/request.h"

/* Whether the caller says, by If-None-Match, that it has what carries this tag,
 * so that 304 is answer enough. A list of tags, weak ones and * are understood. */
bool fresh_copy(const struct request *r, const char *tag);

#endif
