#include "tests/support/ear.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/clock.h"
#include "tests/support/check_near.h"

enum { ROOM = 1 << 16 };

static int dial(int port, int receive_bytes)
{
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (receive_bytes)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    if (connect(fd, (const struct sockaddr *)&at, sizeof at) != 0)
        fail_msg("nobody listens at port %d", port);
    return fd;
}

struct ear ear_open(int port, const char *token, const char *target, const char *header,
                    int receive_bytes)
{
    char request[600];
    struct ear ear = { .fd = dial(port, receive_bytes), .room = ROOM };
    const int size = snprintf(request, sizeof request,
                              "GET %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n%s\r\n",
                              target, token, header);

    ear.text = calloc(1, ear.room);
    ear.raw = calloc(1, ear.room);
    assert_int_equal(send(ear.fd, request, (size_t)size, MSG_NOSIGNAL), size);
    return ear;
}

void ear_close(struct ear *ear)
{
    close(ear->fd);
    free(ear->text);
    free(ear->raw);
}

static void take(struct ear *ear, size_t skip, size_t size, size_t after)
{
    if (ear->size + size + 1 > ear->room) {
        ear->room = 2 * (ear->size + size + 1);
        ear->text = realloc(ear->text, ear->room);
    }
    memcpy(ear->text + ear->size, ear->raw + skip, size);
    ear->size += size;
    ear->text[ear->size] = '\0';
    ear->raw_size -= skip + size + after;
    memmove(ear->raw, ear->raw + skip + size + after, ear->raw_size);
    ear->raw[ear->raw_size] = '\0';
}

/* The head as it stands, then whole chunks; a body that is not chunked as it comes. */
static void take_apart(struct ear *ear)
{
    char *end;

    if (!ear->head_over) {
        if (!(end = strstr(ear->raw, "\r\n\r\n")))
            return;
        take(ear, 0, (size_t)(end - ear->raw) + 4, 0);
        ear->head_over = true;
    }
    if (!strstr(ear->text, "chunked")) {
        take(ear, 0, ear->raw_size, 0);
        return;
    }
    while ((end = strstr(ear->raw, "\r\n"))) {
        const size_t size = strtoul(ear->raw, NULL, 16);
        const size_t skip = (size_t)(end - ear->raw) + 2;

        if (ear->raw_size < skip + size + 2)
            return;
        ear->over |= size == 0;
        take(ear, skip, size, 2);
    }
}

/* Reads once; false when the server closed or there was nothing for so long. */
static bool hear(struct ear *ear, int64_t wait_ms)
{
    struct pollfd wait = { .fd = ear->fd, .events = POLLIN };

    if (poll(&wait, 1, (int)wait_ms) <= 0)
        return false;
    const ssize_t n = recv(ear->fd, ear->raw + ear->raw_size, (ROOM)-ear->raw_size - 1, 0);

    if (n <= 0)
        return false;
    ear->raw_size += (size_t)n;
    ear->raw[ear->raw_size] = '\0';
    take_apart(ear);
    return true;
}

bool ear_hears(struct ear *ear, const char *part, int64_t within_ms)
{
    const int64_t until = clock_steady_us() + within_ms * 1000;

    for (int64_t left; !strstr(ear->text, part);)
        if ((left = until - clock_steady_us()) <= 0 || !hear(ear, left / 1000 + 1))
            return strstr(ear->text, part) != NULL;
    return true;
}

bool ear_ends(struct ear *ear, int64_t within_ms)
{
    const int64_t until = clock_steady_us() + within_ms * 1000;
    int64_t left;

    while (!ear->over && (left = until - clock_steady_us()) > 0)
        if (!hear(ear, left / 1000 + 1))
            return ear->over || clock_steady_us() < until;
    return ear->over;
}
