#ifndef API_DOORWAY_H
#define API_DOORWAY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* The thread that lets connections in, as many as there may be at a time; whoever comes
 * then waits outside, in the system's queue. */
struct doorway;

/* Who gets the connections. `enter` owns the socket, whatever it says; false: it would not
 * have it. */
struct doorway_host {
    bool (*enter)(void *self, int fd, const struct sockaddr *address, socklen_t size);
    void *self;
};

struct doorway *doorway_new(int64_t most, const struct doorway_host *host);
void doorway_free(struct doorway *d);

/* Opens at a listening socket, which is the doorway's from here on; once. */
void doorway_open(struct doorway *d, int fd);

/* One that was let in is gone. Any thread. */
void doorway_left(struct doorway *d);

/* Lets nobody in any more and closes the socket, so that whoever comes hears at once that
 * nobody is there. When it returns, `enter` will not be called again. Nothing when it is not
 * open. */
void doorway_shut(struct doorway *d);

#endif
