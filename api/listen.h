#ifndef API_LISTEN_H
#define API_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* The socket that the server listens at. */

/* A listening socket at an IPv4 or IPv6 address; port 0 is any free one. False
 * with ADDRESS_MALFORMED, ADDRESS_TAKEN or ADDRESS_UNUSABLE. */
bool listen_open(const char *address, int32_t port, int *out, struct fail *f);

/* The port of a listening socket; 0 when it is none. */
int32_t listen_port(int fd);

/* Answers are written in one piece: waiting for more would only delay them. */
void listen_undelayed(int fd);

/* Whether the other end of a connection sends no more: it hung up, or the connection
 * broke. Takes nothing from it and does not wait. */
bool listen_hung_up(int fd);

/* Whether a socket address is this machine's own loopback. */
struct sockaddr;
bool listen_is_loopback(const struct sockaddr *address);
/* One number for one peer: the whole IPv4 address, of IPv6 the network half; 0 for
 * anything else. */
uint64_t listen_peer(const struct sockaddr *address);

#endif
