#include "tests/support/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/server.h"
#include "engine/config.h"
#include "engine/log.h"
#include "tests/support/caller.h"

void house_set(struct config *c, const char *name, const char *value)
{
    struct fail f = { 0 };

    if (!config_set(c, name, value, "test", &f))
        fail_msg("%s", f.text);
}

struct house *house_open(const struct endpoint *table, int count,
                         const struct house_setting *settings)
{
    struct house *h = calloc(1, sizeof *h);
    struct fail f = { 0 };

    assert_non_null(h);
    log_from(LOG_ERROR);
    h->config = config_new();
    house_set(h->config, "listen_port", "0");
    house_set(h->config, "workers", "2");
    house_set(h->config, "database", "host=/nowhere");
    for (; settings && settings->name; settings++)
        house_set(h->config, settings->name, settings->value);
    h->service =
        (struct service){ .endpoints = table, .endpoint_count = count, .config = h->config };
    h->server = server_open(&h->service, &f);
    if (!h->server)
        fail_msg("%s", f.text);
    return h;
}

void house_close(struct house *h)
{
    server_close(h->server);
    config_free(h->config);
    free(h);
}

int house_dial(const struct house *h)
{
    return caller_dial(server_port(h->server));
}
