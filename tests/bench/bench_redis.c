/* The same people in Redis, for the report `redis`: moves with GEOADD, the nearest with
 * GEOSEARCH, over a Unix socket, each client waiting for its answer before it asks again.
 *
 *   bench_redis SOCKET PEOPLE moves|nearest CLIENTS SIZE SECONDS SEED
 *
 * PEOPLE is a file of lines "ID LON LAT". `moves` with SECONDS 0 sends everybody once, as
 * she stands; else each request moves SIZE people by some metres. `nearest` asks for ten
 * within SIZE metres. Prints NAME=VALUE. */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "geo/base/buf.h"
#include "tests/support/town.h"

enum { CLIENTS_MAX = 64, TIMES_MAX = 4000000, ANSWER_MAX = 64 * 1024, NUMBER_ROOM = 400 };

struct person {
    long long id;
    double lon, lat;
};

struct client {
    pthread_t thread;
    int fd;
    int number;
    struct town_dice dice;
    struct buf request;
    int64_t people, requests;
    int32_t *times_us;
    int64_t time_count;
    bool is_broken;
};

static struct person *people;
static int64_t people_count;
static const char *socket_path;
static bool moves;
static int64_t request_size, seconds, clients;
static int64_t until_us;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool read_people(const char *path)
{
    FILE *file = fopen(path, "re");
    int64_t room = 0;
    struct person p;

    // NOLINTNEXTLINE(cert-err34-c): our own file, and a line that is none ends it
    while (file && fscanf(file, "%lld %lf %lf", &p.id, &p.lon, &p.lat) == 3) {
        if (people_count == room) {
            room = room ? 2 * room : 1024;
            people = realloc(people, (size_t)room * sizeof *people);
            if (!people)
                abort();
        }
        people[people_count++] = p;
    }
    if (file)
        fclose(file);
    return people_count > 0;
}

static void word(struct buf *b, const char *text)
{
    buf_format(b, "$%zu\r\n%s\r\n", strlen(text), text);
}

static void number(struct buf *b, double value)
{
    char text[NUMBER_ROOM];

    snprintf(text, sizeof text, "%.7f", value);
    word(b, text);
}

static double jitter(struct client *c)
{
    return (town_pick(&c->dice, 2001) - 1000) * 1e-7; /* up to ten metres */
}

/* The next of this client's share of the people. */
static int64_t write_moves(struct client *c)
{
    const int64_t share = (people_count + clients - 1) / clients;
    const int64_t first = c->number * share;
    const int64_t end = first + share < people_count ? first + share : people_count;
    const int64_t size = end - first;
    int64_t count = request_size < size ? request_size : size;

    if (seconds == 0 && c->people + count > size)
        count = size - c->people;
    buf_clear(&c->request);
    buf_format(&c->request, "*%" PRId64 "\r\n", 2 + 3 * count);
    word(&c->request, "GEOADD");
    word(&c->request, "people");
    for (int64_t i = 0; i < count; i++) {
        const struct person *p = &people[first + (c->people + i) % size];
        char id[NUMBER_ROOM];

        snprintf(id, sizeof id, "%lld", p->id);
        number(&c->request, p->lon + (seconds ? jitter(c) : 0));
        number(&c->request, p->lat + (seconds ? jitter(c) : 0));
        word(&c->request, id);
    }
    return count;
}

static int64_t write_question(struct client *c)
{
    static const char *const AFTER[] = { "m", "ASC", "COUNT", "10", "WITHDIST" };
    const struct person *p = &people[town_pick(&c->dice, (int32_t)people_count)];

    buf_clear(&c->request);
    buf_string(&c->request, "*12\r\n");
    word(&c->request, "GEOSEARCH");
    word(&c->request, "people");
    word(&c->request, "FROMLONLAT");
    number(&c->request, p->lon + jitter(c));
    number(&c->request, p->lat + jitter(c));
    word(&c->request, "BYRADIUS");
    number(&c->request, (double)request_size);
    for (size_t i = 0; i < sizeof AFTER / sizeof *AFTER; i++)
        word(&c->request, AFTER[i]);
    return 1;
}

/* Lines that an answer still has after this one. */
static int64_t lines_after(const char *line)
{
    if (line[0] == '*')
        return strtoll(line + 1, NULL, 10);
    return line[0] == '$' ? 1 : 0;
}

/* A number, or arrays of texts: as many lines as they say. */
static bool read_answer(struct client *c)
{
    char answer[ANSWER_MAX] = { 0 };
    size_t got = 0, at = 0;
    int64_t wanted = 1;

    while (wanted > 0) {
        char *end = memchr(answer + at, '\n', got - at);

        if (!end) {
            const ssize_t n = recv(c->fd, answer + got, sizeof answer - 1 - got, 0);

            if (n <= 0)
                return false;
            got += (size_t)n;
            answer[got] = '\0';
            continue;
        }
        if (answer[at] == '-')
            return false;
        wanted += lines_after(answer + at) - 1;
        at = (size_t)(end + 1 - answer);
    }
    return true;
}

static bool ask(struct client *c)
{
    const int64_t count = moves ? write_moves(c) : write_question(c);
    const int64_t began = now_us();

    if (count == 0 ||
        send(c->fd, c->request.bytes, c->request.size, MSG_NOSIGNAL) != (ssize_t)c->request.size) {
        c->is_broken = count > 0;
        return false;
    }
    if (!read_answer(c)) {
        c->is_broken = true;
        return false;
    }
    if (c->time_count < TIMES_MAX / CLIENTS_MAX)
        c->times_us[c->time_count++] = (int32_t)(now_us() - began);
    c->people += count;
    c->requests++;
    return seconds == 0 || now_us() < until_us;
}

static void *work(void *self)
{
    struct client *c = self;
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        c->is_broken = true;
        return NULL;
    }
    while (ask(c))
        ;
    close(c->fd);
    return NULL;
}

static int ascending(const void *one, const void *other)
{
    return *(const int32_t *)one - *(const int32_t *)other;
}

static void print(struct client *all, double took_s)
{
    int32_t *times = calloc(TIMES_MAX, sizeof *times);
    int64_t count = 0, moved = 0, requests = 0;

    for (int64_t i = 0; times && i < clients; i++) {
        memcpy(times + count, all[i].times_us, (size_t)all[i].time_count * sizeof *times);
        count += all[i].time_count;
        moved += all[i].people;
        requests += all[i].requests;
    }
    if (!times)
        abort();
    if (count == 0) {
        free(times);
        return;
    }
    qsort(times, (size_t)count, sizeof *times, ascending);
    const int32_t middle_us = times[count / 2];
    const int32_t late_us = times[count * 99 / 100];

    printf("people=%" PRId64 "\nrequests=%" PRId64 "\nper_s=%.0f\nrequests_per_s=%.0f\n", moved,
           requests, (double)moved / took_s, (double)requests / took_s);
    printf("p50_ms=%.2f\np99_ms=%.2f\n", middle_us / 1e3, late_us / 1e3);
    free(times);
}

int main(int argc, char **argv)
{
    static struct client all[CLIENTS_MAX];
    bool is_good = true;

    if (argc != 8 || !read_people(argv[2])) {
        fputs("bench_redis SOCKET PEOPLE moves|nearest CLIENTS BATCH SECONDS SEED\n", stderr);
        return 2;
    }
    socket_path = argv[1];
    moves = strcmp(argv[3], "moves") == 0;
    clients = strtoll(argv[4], NULL, 10);
    request_size = strtoll(argv[5], NULL, 10);
    seconds = strtoll(argv[6], NULL, 10);
    if (clients < 1 || clients > CLIENTS_MAX || request_size < 1)
        return 2;
    const int64_t began = now_us();

    until_us = began + seconds * 1000000;
    for (int i = 0; i < clients; i++) {
        all[i].number = i;
        all[i].dice = (struct town_dice){ strtoul(argv[7], NULL, 10) + (uint64_t)i };
        all[i].times_us = calloc(TIMES_MAX / CLIENTS_MAX, sizeof *all[i].times_us);
        if (!all[i].times_us || pthread_create(&all[i].thread, NULL, work, &all[i]) != 0)
            abort();
    }
    for (int i = 0; i < clients; i++)
        pthread_join(all[i].thread, NULL);
    const double took_s = (double)(now_us() - began) / 1e6;

    print(all, took_s);
    for (int i = 0; i < clients; i++) {
        is_good &= !all[i].is_broken;
        buf_free(&all[i].request);
        free(all[i].times_us);
    }
    free(people);
    return is_good ? 0 : 1;
}
