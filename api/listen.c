#include "api/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool bad_address(const char *address, struct fail *f)
{
    fail_set(f, FAIL_INPUT, ADDRESS_MALFORMED, "listen_address is no address: %.60s", address);
    fail_value(f, address);
    return fail_allowed(f, "an IPv4 or IPv6 address, such as 127.0.0.1 or ::1");
}

static bool read_address(const char *text, int32_t port, struct sockaddr_storage *out,
                         socklen_t *size, struct fail *f)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(out, &v4, *size = sizeof v4);
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, *size = sizeof v6);
        return true;
    }
    return bad_address(text, f);
}

bool listen_open(const char *address, int32_t port, int *out, struct fail *f)
{
    const int on = 1;
    struct sockaddr_storage at = { 0 };
    socklen_t size = 0;
    if (!read_address(address, port, &at, &size, f))
        return false;
    const int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, size) == 0 &&
        listen(fd, SOMAXCONN) == 0) {
        *out = fd;
        return true;
    }
    const int why = errno;

    if (fd >= 0)
        close(fd);
    if (why == EADDRINUSE)
        return fail_set(f, FAIL_BUSY, ADDRESS_TAKEN,
                        "another program listens at %.60s port %d already: stop it, or choose "
                        "another listen_port",
                        address, port);
    return fail_set(f, FAIL_BROKEN, ADDRESS_UNUSABLE, "%.60s port %d cannot be listened at: %s",
                    address, port, strerrordesc_np(why));
}

int32_t listen_port(int fd)
{
    struct sockaddr_storage at = { 0 };
    socklen_t size = sizeof at;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        return 0;
    if (at.ss_family == AF_INET) {
        memcpy(&v4, &at, sizeof v4);
        return ntohs(v4.sin_port);
    }
    memcpy(&v6, &at, sizeof v6);
    return ntohs(v6.sin6_port);
}

void listen_undelayed(int fd)
{
    const int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool listen_hung_up(int fd)
{
    char byte;
    const ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool listen_is_loopback(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    return false;
}

uint64_t listen_peer(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    uint64_t half = 0;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr);
    }
    if (address->sa_family != AF_INET6)
        return 0;
    memcpy(&v6, address, sizeof v6);
    for (int i = 0; i < 8; i++)
        half = half << 8 | v6.sin6_addr.s6_addr[i];
    return half;
}
