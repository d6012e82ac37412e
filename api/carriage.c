/* The second home of libmicrohttpd, beside api/server.c. */
#include "api/carriage.h"

#include <microhttpd.h>
#include <stdlib.h>

#include "api/lines.h"
#include "api/listen.h"
#include "engine/clock.h"

enum { STREAM_BLOCK = 4 * 1024 };

/* Who listens to a stream, as long as its answer lasts. */
struct listener {
    struct stream *stream;
    struct MHD_Connection *connection;
    struct line *line;
    int64_t timeout_us;
    int fd;
};

static void rest(void *self)
{
    struct listener *who = self;

    lines_set(who->line, 0);
    MHD_suspend_connection(who->connection);
}

static void rouse(void *self)
{
    struct listener *who = self;

    MHD_resume_connection(who->connection);
}

static bool is_gone(void *self)
{
    const struct listener *who = self;

    return listen_hung_up(who->fd);
}

/* A piece must have been taken before the next is asked for. */
static ssize_t read_stream(void *self, uint64_t at, char *out, size_t most)
{
    struct listener *who = self;
    const int64_t size = streams_read(who->stream, out, most);

    (void)at;
    if (size > 0)
        lines_allow(who->line, clock_steady_us() + who->timeout_us, size);
    return size < 0 ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)size;
}

static void leave_stream(void *self)
{
    struct listener *who = self;

    streams_give_up(who->stream);
    free(who);
}

struct MHD_Response *carriage_start(struct stream *stream, struct MHD_Connection *connection,
                                    struct line *line, int64_t timeout_us)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct listener *who = calloc(1, sizeof *who);
    const struct streams_carrier carrier = { rest, rouse, is_gone, who };

    if (!who)
        abort();
    *who = (struct listener){ stream, connection, line, timeout_us, info->connect_fd };
    streams_carry(stream, &carrier);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, who,
                                             leave_stream);
}
