#ifndef TESTS_SUPPORT_HOUSE_H
#define TESTS_SUPPORT_HOUSE_H

#include "api/service.h"

struct server;

/* A server with a table of endpoints of its own, on a free port of this machine, without a
 * database and with two workers. What goes wrong fails the test. */
struct house {
    struct config *config;
    struct service service;
    struct server *server;
};

/* One setting beside those above. */
struct house_setting {
    const char *name;
    const char *value;
};

/* `table` stays the caller's and outlives the house; a setting without a name ends the
 * settings, NULL is none. */
struct house *house_open(const struct endpoint *table, int count,
                         const struct house_setting *settings);
void house_close(struct house *h);

/* Sets one setting of a configuration. */
void house_set(struct config *c, const char *name, const char *value);

/* A connection to it. */
int house_dial(const struct house *h);

#endif
