#ifndef API_CARRIAGE_H
#define API_CARRIAGE_H

#include <stdint.h>

#include "api/streams.h"

struct MHD_Connection;
struct MHD_Response;
struct line;

/* An answer that does not end, as libmicrohttpd takes it: it asks for the next piece, and
 * the connection rests while there is none. The response has the stream from here on. Each
 * piece must have been taken within `timeout_us`, and fast enough, or the line is cut. */
struct MHD_Response *carriage_start(struct stream *stream, struct MHD_Connection *connection,
                                    struct line *line, int64_t timeout_us);

#endif
