#ifndef TESTS_SUPPORT_CALLER_H
#define TESTS_SUPPORT_CALLER_H

#include <stddef.h>

/* A client of one line and no manners: raw bytes to a port of this machine, and what
 * comes back. What goes wrong fails the test. */

/* A connection without delays. */
int caller_dial(int port);
/* Says all of it, unless the other side hangs up. */
void caller_say(int fd, const char *bytes, size_t size);
/* Everything until the server closes, then closes; the caller frees it. */
char *caller_hear(int fd);

/* Asks, and wants an answer of this status that holds `part`. */
void caller_expect(int port, const char *request, const char *status, const char *part);

#endif
