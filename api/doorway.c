#include "api/doorway.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { PAUSE_MS = 50 }; /* until there may be a descriptor, or memory, again */

struct doorway {
    struct doorway_host host;
    int fd;
    int stop; /* an eventfd */
    _Atomic bool is_open;
    sem_t places; /* that are free */
    pthread_t thread;
};

/* Until somebody is at the door, or for so long; -1: for ever. */
static void wait_outside(const struct doorway *d, bool for_somebody, int ms)
{
    struct pollfd fds[] = { { .fd = d->stop, .events = POLLIN },
                            { .fd = d->fd, .events = POLLIN } };

    poll(fds, for_somebody ? 2 : 1, ms);
}

/* Lets one in, if any is there. */
static void open_once(struct doorway *d)
{
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    const int fd = accept4(d->fd, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0 && d->host.enter(d->host.self, fd, (const struct sockaddr *)&from, size))
        return;
    const int why = fd < 0 ? errno : EAGAIN;

    sem_post(&d->places);
    if (why == EAGAIN || why == EINTR || why == ECONNABORTED)
        wait_outside(d, true, -1);
    else
        wait_outside(d, false, PAUSE_MS);
}

static void *stand(void *self)
{
    struct doorway *d = self;

    for (;;) {
        while (sem_wait(&d->places) != 0)
            continue; /* a signal */
        if (!d->is_open)
            return NULL;
        open_once(d);
    }
}

struct doorway *doorway_new(int64_t most, const struct doorway_host *host)
{
    struct doorway *d = calloc(1, sizeof *d);

    if (!d || sem_init(&d->places, 0, (unsigned int)most) != 0) {
        fprintf(stderr, "no memory for the doorway\n");
        abort();
    }
    d->host = *host;
    return d;
}

void doorway_free(struct doorway *d)
{
    if (!d)
        return;
    doorway_shut(d);
    sem_destroy(&d->places);
    free(d);
}

void doorway_open(struct doorway *d, int fd)
{
    d->fd = fd;
    d->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    d->is_open = true;
    if (d->stop < 0 || pthread_create(&d->thread, NULL, stand, d) != 0) {
        fprintf(stderr, "no thread or descriptor for the doorway\n");
        abort();
    }
}

void doorway_left(struct doorway *d)
{
    sem_post(&d->places);
}

void doorway_shut(struct doorway *d)
{
    if (!atomic_exchange(&d->is_open, false))
        return;
    eventfd_write(d->stop, 1);
    sem_post(&d->places);
    pthread_join(d->thread, NULL);
    close(d->fd);
    close(d->stop);
}
