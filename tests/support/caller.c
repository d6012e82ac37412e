#include "tests/support/caller.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { ANSWER_MAX = 4 * 1024 * 1024, WAIT_MS = 15000 };

int caller_dial(int port)
{
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

void caller_say(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);

        if (n <= 0)
            return; /* the server hung up, which the answer shows */
        bytes += n;
        size -= (size_t)n;
    }
}

char *caller_hear(int fd)
{
    char *text = calloc(1, ANSWER_MAX + 1);
    size_t used = 0;

    for (;;) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };

        if (poll(&wait, 1, WAIT_MS) <= 0)
            fail_msg("the server neither answers nor closes: %.200s", text);
        const ssize_t n = recv(fd, text + used, ANSWER_MAX - used, 0);

        if (n <= 0)
            break;
        used += (size_t)n;
    }
    close(fd);
    return text;
}

void caller_expect(int port, const char *request, const char *status, const char *part)
{
    const int fd = caller_dial(port);

    caller_say(fd, request, strlen(request));
    char *answer = caller_hear(fd);

    if (strncmp(answer, "HTTP/1.1 ", 9) != 0 || strncmp(answer + 9, status, 3) != 0 ||
        !strstr(answer, part))
        fail_msg("%.80s\nwanted %s with %s, got %.800s", request, status, part, answer);
    free(answer);
}
