#include "api/lines.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "engine/clock.h"
#include "engine/metrics.h"

enum {
    PERIOD_MS = 200,
    RATE_MIN_BYTES_S = 16 * 1024, /* who is slower on average is cut */
};
static const int64_t SECOND_US = 1000000;

struct line {
    int fd;
    _Atomic int64_t deadline_us;
    struct line *previous, *next; /* under lines.lock */
};

struct lines {
    pthread_mutex_t lock; /* first, stop, and that no fd of a line is closed */
    pthread_cond_t stopped;
    struct line *first;
    bool stop;
    pthread_t reaper;
};

/* Shutting a socket down wakes the I/O thread that owns it, which closes it. */
static void cut_late(struct lines *lines)
{
    const int64_t now = clock_steady_us();

    for (struct line *line = lines->first; line; line = line->next) {
        const int64_t deadline = line->deadline_us;

        if (deadline == 0 || now < deadline)
            continue;
        line->deadline_us = 0;
        shutdown(line->fd, SHUT_RDWR);
        metrics_count(METRIC_CONNECTIONS_CUT, 1);
    }
}

static void *reap(void *self)
{
    struct lines *lines = self;

    pthread_mutex_lock(&lines->lock);
    while (!lines->stop) {
        struct timespec until;

        cut_late(lines);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += PERIOD_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_nsec -= 1000000000L;
            until.tv_sec++;
        }
        pthread_cond_timedwait(&lines->stopped, &lines->lock, &until);
    }
    pthread_mutex_unlock(&lines->lock);
    return NULL;
}

struct lines *lines_open(void)
{
    struct lines *lines = calloc(1, sizeof *lines);
    pthread_condattr_t steady;

    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    if (lines) {
        pthread_mutex_init(&lines->lock, NULL);
        pthread_cond_init(&lines->stopped, &steady);
    }
    if (!lines || pthread_create(&lines->reaper, NULL, reap, lines) != 0) {
        fprintf(stderr, "no memory or no thread for the connections\n");
        abort();
    }
    pthread_condattr_destroy(&steady);
    return lines;
}

void lines_close(struct lines *lines)
{
    pthread_mutex_lock(&lines->lock);
    lines->stop = true;
    pthread_cond_signal(&lines->stopped);
    pthread_mutex_unlock(&lines->lock);
    pthread_join(lines->reaper, NULL);
    pthread_mutex_destroy(&lines->lock);
    pthread_cond_destroy(&lines->stopped);
    free(lines);
}

struct line *lines_add(struct lines *lines, int fd, int64_t deadline_us)
{
    struct line *line = calloc(1, sizeof *line);

    if (!line) {
        fprintf(stderr, "out of memory: a connection\n");
        abort();
    }
    line->fd = fd;
    line->deadline_us = deadline_us;
    pthread_mutex_lock(&lines->lock);
    line->next = lines->first;
    if (lines->first)
        lines->first->previous = line;
    lines->first = line;
    pthread_mutex_unlock(&lines->lock);
    metrics_add(METRIC_CONNECTIONS, 1);
    return line;
}

void lines_drop(struct lines *lines, struct line *line)
{
    pthread_mutex_lock(&lines->lock);
    if (line->previous)
        line->previous->next = line->next;
    else
        lines->first = line->next;
    if (line->next)
        line->next->previous = line->previous;
    pthread_mutex_unlock(&lines->lock);
    free(line);
    metrics_add(METRIC_CONNECTIONS, -1);
}

void lines_allow(struct line *line, int64_t until_us, int64_t bytes)
{
    lines_set(line, until_us + bytes * SECOND_US / RATE_MIN_BYTES_S);
}

void lines_set(struct line *line, int64_t deadline_us)
{
    if (line)
        line->deadline_us = deadline_us;
}
