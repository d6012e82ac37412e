/* A server that stops: with a request under way, and while others come. */
#include "api/server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/endpoints.h"
#include "tests/support/caller.h"
#include "tests/support/house.h"

static sem_t entered, leave;

static bool on_wait(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    (void)f;
    sem_post(&entered);
    sem_wait(&leave);
    reply_empty(out, REPLY_OK);
    return true;
}

static bool on_alive(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    (void)f;
    reply_empty(out, REPLY_OK);
    return true;
}

static const struct endpoint TABLE[] = {
    { .method = "GET", .path = "/wait", .handle = on_wait, .success = 200 },
    { .method = "GET", .path = "/alive", .handle = on_alive, .success = 200, .at_once = true },
};

static int setup(void **state)
{
    sem_init(&entered, 0, 0);
    sem_init(&leave, 0, 0);
    *state = house_open(TABLE, sizeof TABLE / sizeof *TABLE, NULL);
    return 0;
}

static int teardown(void **state)
{
    house_close(*state);
    sem_destroy(&entered);
    sem_destroy(&leave);
    return 0;
}

#define LAST "Host: a\r\nConnection: close\r\n\r\n"

static void *drain(void *self)
{
    struct house *h = self;

    return server_drain(h->server, 20) ? h : NULL;
}

static void a_stop_lets_requests_under_way_finish(void **state)
{
    struct house *h = *state;
    const int fd = house_dial(h);
    pthread_t thread;
    void *drained;

    caller_say(fd, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n",
               strlen("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
    sem_wait(&entered);
    pthread_create(&thread, NULL, drain, h);
    while (!h->service.stopping)
        usleep(1000);
    sem_post(&leave);
    char *answer = caller_hear(fd);

    pthread_join(thread, &drained);
    assert_ptr_equal(drained, h);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
    assert_non_null(strstr(answer, "Connection: close"));
    free(answer);
}

static void a_stop_that_has_to_wait_too_long_says_so(void **state)
{
    struct house *h = *state;
    const int fd = house_dial(h);

    caller_say(fd, "GET /wait HTTP/1.1\r\n" LAST, strlen("GET /wait HTTP/1.1\r\n" LAST));
    sem_wait(&entered);
    assert_false(server_drain(h->server, 0));
    sem_post(&leave);
    free(caller_hear(fd));
}

static void *call_on(void *self)
{
    static const char REQUEST[] = "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t) * (const int *)self),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    for (;;) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool is_there = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;

        if (is_there)
            send(fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL);
        close(fd);
        if (!is_there)
            return NULL;
    }
}

/* Connections come while it stops: libmicrohttpd, with a listening socket of its own, ends
 * the process in one of some hundred such stops. */
static void a_stop_takes_no_harm_from_whoever_comes_meanwhile(void **state)
{
    enum { STOPS = 40, CALLERS = 3 };
    struct house *h = *state;

    for (int i = 0; i < STOPS; i++) {
        int port = server_port(h->server);
        pthread_t callers[CALLERS];
        struct fail f = { 0 };

        for (int k = 0; k < CALLERS; k++)
            pthread_create(&callers[k], NULL, call_on, &port);
        usleep((unsigned int)(i % 4) * 500);
        server_drain(h->server, 20);
        server_close(h->server);
        for (int k = 0; k < CALLERS; k++)
            pthread_join(callers[k], NULL);
        h->service.stopping = false;
        h->server = server_open(&h->service, &f);
        assert_non_null(h->server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(a_stop_lets_requests_under_way_finish),
        TEST(a_stop_that_has_to_wait_too_long_says_so),
        TEST(a_stop_takes_no_harm_from_whoever_comes_meanwhile),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
