/* libmicrohttpd alone, as its manual shows it: the control of tests/fault/hostile.
 * What it lets pass is what the gate is for. Prints its port, echoes method, path
 * and the size of the body, and ends with its standard input. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_S = 10, THREADS = 2, ECHO_MAX = 256 };

static enum MHD_Result echo(void *self, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *upload,
                            size_t *upload_size, void **context)
{
    size_t *total = *context;
    char text[ECHO_MAX];

    (void)self;
    (void)version;
    (void)upload;
    if (!total) {
        *context = calloc(1, sizeof *total);
        return *context ? MHD_YES : MHD_NO;
    }
    if (*upload_size > 0) {
        *total += *upload_size;
        *upload_size = 0;
        return MHD_YES;
    }
    const int size =
        snprintf(text, sizeof text, "{\"method\":\"%.20s\",\"path\":\"%.60s\",\"bytes\":%zu}\n",
                 method, url, *total);
    struct MHD_Response *response =
        MHD_create_response_from_buffer((size_t)size, text, MHD_RESPMEM_MUST_COPY);
    const enum MHD_Result done = MHD_queue_response(connection, MHD_HTTP_OK, response);

    MHD_destroy_response(response);
    return done;
}

static void forget(void *self, struct MHD_Connection *connection, void **context,
                   enum MHD_RequestTerminationCode why)
{
    (void)self;
    (void)connection;
    (void)why;
    free(*context);
}

int main(void)
{
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, echo, NULL, MHD_OPTION_SOCK_ADDR, &at,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)THREADS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned int)TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_END);
    struct sockaddr_in mine = { 0 };
    socklen_t size = sizeof mine;
    char byte;

    if (!daemon)
        return 1;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_LISTEN_FD);

    if (!info || getsockname(info->listen_fd, (struct sockaddr *)&mine, &size) != 0)
        return 1;
    printf("%d\n", ntohs(mine.sin_port));
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    MHD_stop_daemon(daemon);
    return 0;
}
