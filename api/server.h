#ifndef API_SERVER_H
#define API_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"
#include "geo/base/fail.h"

/* The HTTP server: the home of libmicrohttpd. I/O threads read and write and
 * never wait; a request whose body has come is suspended and queued for the
 * workers, of which each has its own database connection. A full queue answers
 * 503 at once. */
struct server;

/* Listens and starts the threads; settings come from service->config. The service
 * must outlive the server. NULL with ADDRESS_TAKEN or ADDRESS_MALFORMED. */
struct server *server_open(struct service *service, struct fail *f);

/* The port it listens at, also when the setting was 0 ("any free one"). */
int32_t server_port(const struct server *s);

/* Stops accepting, says so in /readyz, and waits until every request under way
 * has been answered; false when some are still there after `seconds`. */
bool server_drain(struct server *s, int32_t seconds);

/* Ends the threads and every connection. Requests that have not been drained are
 * answered 503; one that a worker is busy with is waited for. */
void server_close(struct server *s);

#endif
