/* A thread between two sockets. PostgreSQL's COMMIT is a message short enough to come in
 * one piece. */
#include "tests/support/lossy.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/check_near.h"

enum { PIECE = 64 * 1024, LOOK_MS = 20 };

struct lossy {
    char folder[64];
    char address[256];
    struct sockaddr_un server;
    int listener;
    pthread_t thread;
    _Atomic bool is_over, is_shut, is_hushed;
    _Atomic bool to_lose, then_shut;
    char piece[PIECE];
};

static bool pass_on(int to, const char *bytes, ssize_t size)
{
    for (ssize_t at = 0; at < size;) {
        const ssize_t n = send(to, bytes + at, (size_t)(size - at), MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        at += n;
    }
    return true;
}

static bool loses(struct lossy *l, ssize_t size)
{
    if (!l->to_lose || size > 100 || !memmem(l->piece, (size_t)size, "COMMIT", 6))
        return false;
    return true;
}

/* One piece; false when the connection is to end. */
static bool carry(struct lossy *l, int from, int to, bool is_asking)
{
    const ssize_t size = recv(from, l->piece, PIECE, 0);

    if (size <= 0)
        return false;
    const bool is_lost = is_asking && loses(l, size);

    if (!pass_on(to, l->piece, size))
        return false;
    if (is_lost) {
        (void)recv(to, l->piece, PIECE, 0); /* it is done */
        l->is_shut = l->then_shut;
        l->to_lose = false;
    }
    return !is_lost;
}

static void serve(struct lossy *l, int client)
{
    const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pollfd both[] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
    bool is_good = connect(server, (const struct sockaddr *)&l->server, sizeof l->server) == 0;

    while (is_good && !l->is_over && !l->is_shut) {
        if (poll(both, l->is_hushed ? 0 : 2, LOOK_MS) <= 0)
            continue;
        if (both[0].revents)
            is_good = carry(l, client, server, true);
        if (is_good && both[1].revents)
            is_good = carry(l, server, client, false);
    }
    close(server);
}

static void *run(void *self)
{
    struct lossy *l = self;
    struct pollfd wait = { l->listener, POLLIN, 0 };

    while (!l->is_over) {
        if (poll(&wait, 1, LOOK_MS) <= 0)
            continue;
        const int client = accept(l->listener, NULL, NULL);

        if (client < 0)
            continue;
        if (!l->is_shut)
            serve(l, client);
        close(client);
    }
    return NULL;
}

static void read_server(struct lossy *l, struct database *d)
{
    l->server.sun_family = AF_UNIX;
    snprintf(
        l->server.sun_path, sizeof l->server.sun_path, "%s/.s.PGSQL.%s",
        database_text(d, "SELECT split_part(current_setting('unix_socket_directories'), ',', 1)"),
        database_text(d, "SELECT current_setting('port')"));
}

struct lossy *lossy_open(struct database *d)
{
    struct lossy *l = calloc(1, sizeof *l);
    struct sockaddr_un here = { .sun_family = AF_UNIX };

    read_server(l, d);
    snprintf(l->folder, sizeof l->folder, "/tmp/vigil-lossy-XXXXXX");
    assert_non_null(mkdtemp(l->folder));
    snprintf(here.sun_path, sizeof here.sun_path, "%s/.s.PGSQL.5432", l->folder);
    snprintf(l->address, sizeof l->address, "%s host=%s port=5432", d->address, l->folder);
    l->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(l->listener, (const struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(l->listener, 8), 0);
    assert_int_equal(pthread_create(&l->thread, NULL, run, l), 0);
    return l;
}

void lossy_close(struct lossy *l)
{
    char path[128];

    l->is_over = true;
    pthread_join(l->thread, NULL);
    close(l->listener);
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", l->folder);
    unlink(path);
    rmdir(l->folder);
    free(l);
}

const char *lossy_address(const struct lossy *l)
{
    return l->address;
}

void lossy_lose(struct lossy *l, bool then_shut)
{
    l->then_shut = then_shut;
    l->to_lose = true;
}

bool lossy_has_lost(const struct lossy *l)
{
    return !l->to_lose;
}

void lossy_shut(struct lossy *l, bool is_shut)
{
    l->is_shut = is_shut;
}

void lossy_hush(struct lossy *l, bool is_hushed)
{
    l->is_hushed = is_hushed;
}
