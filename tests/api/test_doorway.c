/* A doorway at a port of this machine, with a host that keeps whoever comes. */
#include "api/doorway.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/listen.h"

enum { MOST = 3, CALLERS = 5, WAIT_MS = 10000, WHILE_MS = 50 };

struct house {
    struct doorway *doorway;
    int port;
    _Atomic int count;
    _Atomic bool refuses;
    int fds[CALLERS];
};

static struct house house;

static bool enter(void *self, int fd, const struct sockaddr *address, socklen_t size)
{
    struct house *h = self;

    assert_true(listen_is_loopback(address) && size > 0);
    if (h->refuses) {
        close(fd);
        return false;
    }
    h->fds[h->count] = fd;
    h->count++;
    return true;
}

static int set_up(void **state)
{
    struct house *h = &house;
    struct fail f;
    int fd;

    memset(h, 0, sizeof *h);
    if (!listen_open("127.0.0.1", 0, &fd, &f))
        return -1;
    h->port = listen_port(fd);
    h->doorway = doorway_new(MOST, &(struct doorway_host){ enter, h });
    doorway_open(h->doorway, fd);
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    struct house *h = *state;

    doorway_free(h->doorway);
    for (int i = 0; i < h->count; i++)
        close(h->fds[i]);
    return 0;
}

/* -1 when nobody is there. */
static int knock(const struct house *h)
{
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)h->port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    return -1;
}

static void wait_for(const struct house *h, int count)
{
    for (int ms = 0; h->count < count; ms++) {
        assert_true(ms < WAIT_MS);
        usleep(1000);
    }
}

static void whoever_comes_is_let_in(void **state)
{
    struct house *h = *state;
    const int fd = knock(h);

    wait_for(h, 1);
    close(fd);
}

static void one_more_than_there_may_be_waits_until_somebody_leaves(void **state)
{
    struct house *h = *state;
    int fds[MOST + 1];

    for (int i = 0; i <= MOST; i++)
        fds[i] = knock(h);
    wait_for(h, MOST);
    poll(NULL, 0, WHILE_MS);
    assert_int_equal(h->count, MOST);
    doorway_left(h->doorway);
    wait_for(h, MOST + 1);
    for (int i = 0; i <= MOST; i++)
        close(fds[i]);
}

static void whom_the_host_would_not_have_takes_no_place(void **state)
{
    struct house *h = *state;
    char byte;

    h->refuses = true;
    for (int i = 0; i < 2 * MOST; i++) {
        const int fd = knock(h);

        assert_int_equal(recv(fd, &byte, 1, 0), 0);
        close(fd);
    }
    h->refuses = false;
    const int fd = knock(h);

    wait_for(h, 1);
    close(fd);
}

static void nobody_is_there_once_it_is_shut(void **state)
{
    struct house *h = *state;

    doorway_shut(h->doorway);
    doorway_shut(h->doorway);
    assert_int_equal(knock(h), -1);
    assert_int_equal(h->count, 0);
}

static void it_can_be_shut_while_it_is_full(void **state)
{
    struct house *h = *state;
    int fds[MOST];

    for (int i = 0; i < MOST; i++)
        fds[i] = knock(h);
    wait_for(h, MOST);
    doorway_shut(h->doorway);
    for (int i = 0; i < MOST; i++)
        close(fds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(whoever_comes_is_let_in),
        TEST(one_more_than_there_may_be_waits_until_somebody_leaves),
        TEST(whom_the_host_would_not_have_takes_no_place),
        TEST(nobody_is_there_once_it_is_shut),
        TEST(it_can_be_shut_while_it_is_full),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
