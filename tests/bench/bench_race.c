/* Many dispatchers who want the same few people, over HTTP: the clients of the bar
 * `race`. Each holds some orders and goes on asking for more, so that most people are
 * taken most of the time. What was acknowledged is written down for the database to be
 * asked about, and is looked at from here as well: between the answer that she is sent
 * and the request to let her go, by this process's own clock, nobody else may have been
 * told that he has her.
 *
 *   bench_race PORT TOKEN SECONDS SEED ACKS RELEASES INCIDENT...
 *
 * People are 1 to 200 and squads 1001 to 1020. A server that goes away is waited for,
 * and what was under way is asked again under its key. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/town.h"

enum {
    CLIENTS = 64,
    PEOPLE = 200,
    SQUADS = 20,
    HELD_MAX = 4,
    ORDER_MAX = 32,    /* people of one order */
    SPANS_MAX = 40000, /* of one client */
    ANSWER_MAX = 64 * 1024,
    REQUEST_MAX = 1024,
    RETRY_US = 50000,
};

struct span {
    int32_t person;
    int64_t from_us, to_us;
};

struct order {
    int64_t dispatch_id;
    int32_t people[ORDER_MAX];
    int32_t count;
    int64_t from_us;
};

struct client {
    pthread_t thread;
    int number;
    int fd; /* -1: not connected */
    struct town_dice dice;
    char request[REQUEST_MAX];
    char answer[ANSWER_MAX];
    struct order held[HELD_MAX];
    int32_t held_count;
    struct span *spans;
    int32_t span_count;
    int64_t attempts, won, refused, odd, retried;
};

static int port;
static const char *token;
static int64_t until_us;
static char **incidents;
static int incident_count;
static FILE *acks, *releases;
static pthread_mutex_t paper = PTHREAD_MUTEX_INITIALIZER; /* guards acks, releases */

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool reach(struct client *c)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons((uint16_t)port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int yes = 1;
    const struct timeval patience = { .tv_sec = 10 };

    if (c->fd >= 0)
        return true;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0)
        return false;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(c->fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return true;
    close(c->fd);
    c->fd = -1;
    return false;
}

/* The status of a whole answer, whose body then stands at *body; 0 when it broke off. */
static int read_answer(struct client *c, const char **body)
{
    size_t got = 0;
    size_t wanted = 0;
    int status = 0;

    while (wanted == 0 || got < wanted) {
        const ssize_t n = recv(c->fd, c->answer + got, ANSWER_MAX - 1 - got, 0);

        if (n <= 0)
            return 0;
        got += (size_t)n;
        c->answer[got] = '\0';
        const char *end = strstr(c->answer, "\r\n\r\n");

        if (wanted > 0 || !end)
            continue;
        const char *length = strcasestr(c->answer, "content-length:");

        if (!length || length > end || strncmp(c->answer, "HTTP/1.1 ", 9) != 0)
            return 0;
        status = (int)strtol(c->answer + 9, NULL, 10);
        *body = end + 4;
        wanted = (size_t)(end + 4 - c->answer) + strtoul(length + 15, NULL, 10);
        if (wanted >= ANSWER_MAX)
            return 0;
    }
    return status;
}

/* Asks until there is an answer: over a server that is killed and comes back, too. */
static int ask(struct client *c, const char **body)
{
    const size_t size = strlen(c->request);

    for (;;) {
        if (reach(c)) {
            const int status = send(c->fd, c->request, size, MSG_NOSIGNAL) == (ssize_t)size
                                   ? read_answer(c, body)
                                   : 0;

            if (status != 0 && status != 503)
                return status;
            close(c->fd);
            c->fd = -1;
        }
        c->retried++;
        usleep(RETRY_US);
    }
}

static void compose(struct client *c, const char *path, const char *key, const char *body)
{
    snprintf(c->request, REQUEST_MAX,
             "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
             "%s%s%sContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
             path, token, key ? "Idempotency-Key: " : "", key ? key : "", key ? "\r\n" : "",
             strlen(body), body);
}

/* The order that a 201 speaks of: its id, and its people up to those left out. */
static void read_order(const char *body, struct order *o)
{
    const char *end = strstr(body, "\"left_out\"");
    const char *id = strstr(body, "\"dispatch_id\":");

    o->count = 0;
    o->dispatch_id = id ? strtoll(id + 14, NULL, 10) : 0;
    for (const char *p = strstr(body, "\"people\":"); p && end && o->count < ORDER_MAX;
         o->count++) {
        p = strstr(p + 1, "\"person_id\":");
        if (!p || p > end)
            return;
        o->people[o->count] = (int32_t)strtol(p + 12, NULL, 10);
    }
}

static void let_go(struct client *c, int32_t which)
{
    struct order *o = &c->held[which];
    const int64_t asked_us = now_us();
    const char *body;
    char path[100];

    snprintf(path, sizeof path, "/v1/dispatches/%lld/stand_down", (long long)o->dispatch_id);
    compose(c, path, NULL, "{}");
    if (ask(c, &body) != 200)
        c->odd++;
    pthread_mutex_lock(&paper);
    fprintf(releases, "%lld\n", (long long)o->dispatch_id);
    pthread_mutex_unlock(&paper);
    for (int32_t i = 0; i < o->count && c->span_count < SPANS_MAX; i++)
        c->spans[c->span_count++] = (struct span){ o->people[i], o->from_us, asked_us };
    *o = c->held[--c->held_count];
}

static void want(struct client *c)
{
    const char *incident = incidents[town_pick(&c->dice, incident_count)];
    const int32_t kind = town_pick(&c->dice, 10);
    const char *body;
    char path[100], key[60], wish[160];

    snprintf(path, sizeof path, "/v1/incidents/%s/dispatches", incident);
    snprintf(key, sizeof key, "%d-%lld-%d", c->number, (long long)c->attempts, (int)getpid());
    if (kind < 7)
        snprintf(wish, sizeof wish, "{\"people\":[%d],\"reason\":\"race\"}",
                 1 + town_pick(&c->dice, PEOPLE));
    else
        snprintf(wish, sizeof wish, "{\"squad_id\":%d,\"partial\":%s,\"reason\":\"race\"}",
                 1001 + town_pick(&c->dice, SQUADS), kind == 9 ? "true" : "false");
    compose(c, path, key, wish);
    const int status = ask(c, &body);

    c->attempts++;
    if (status == 409) {
        c->refused++;
    } else if (status == 201) {
        struct order *o = &c->held[c->held_count++];

        read_order(body, o);
        o->from_us = now_us();
        c->won++;
        pthread_mutex_lock(&paper);
        for (int32_t i = 0; i < o->count; i++)
            fprintf(acks, "%lld,%d\n", (long long)o->dispatch_id, o->people[i]);
        pthread_mutex_unlock(&paper);
    } else {
        if (c->odd++ == 0)
            fprintf(stderr, "%d: %.300s\n", status, body);
    }
}

static void *run(void *self)
{
    struct client *c = self;

    while (now_us() < until_us) {
        if (c->held_count == HELD_MAX || (c->held_count > 0 && town_pick(&c->dice, 16) == 0))
            let_go(c, town_pick(&c->dice, c->held_count));
        else
            want(c);
    }
    while (c->held_count > 0)
        let_go(c, 0);
    return NULL;
}

static int by_person_and_time(const void *one, const void *other)
{
    const struct span *a = one;
    const struct span *b = other;

    if (a->person != b->person)
        return (a->person > b->person) - (a->person < b->person);
    return (a->from_us > b->from_us) - (a->from_us < b->from_us);
}

static int64_t count_overlaps(const struct client *clients)
{
    int64_t count = 0;
    int64_t overlaps = 0;

    for (int i = 0; i < CLIENTS; i++)
        count += clients[i].span_count;
    struct span *all = calloc((size_t)count + 1, sizeof *all);

    count = 0;
    for (int i = 0; i < CLIENTS; i++) {
        memcpy(&all[count], clients[i].spans, (size_t)clients[i].span_count * sizeof *all);
        count += clients[i].span_count;
    }
    qsort(all, (size_t)count, sizeof *all, by_person_and_time);
    for (int64_t i = 1; i < count; i++)
        overlaps += all[i].person == all[i - 1].person && all[i].from_us < all[i - 1].to_us;
    free(all);
    return overlaps;
}

int main(int argc, char **argv)
{
    static struct client clients[CLIENTS];
    int64_t attempts = 0, won = 0, refused = 0, odd = 0, retried = 0;

    if (argc < 8)
        return 2;
    port = (int)strtol(argv[1], NULL, 10);
    token = argv[2];
    acks = fopen(argv[5], "w");
    releases = fopen(argv[6], "w");
    incidents = argv + 7;
    incident_count = argc - 7;
    if (!acks || !releases)
        return 2;
    const int64_t began_us = now_us();

    until_us = began_us + strtoll(argv[3], NULL, 10) * 1000000;
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].number = i;
        clients[i].fd = -1;
        clients[i].dice.state = strtoull(argv[4], NULL, 10) * 1000U + (unsigned long long)i;
        clients[i].spans = calloc(SPANS_MAX, sizeof *clients[i].spans);
        if (!clients[i].spans || pthread_create(&clients[i].thread, NULL, run, &clients[i]) != 0)
            return 2;
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i].thread, NULL);
        attempts += clients[i].attempts;
        won += clients[i].won;
        refused += clients[i].refused;
        odd += clients[i].odd;
        retried += clients[i].retried;
    }
    fclose(acks);
    fclose(releases);
    printf("attempts=%lld won=%lld refused=%lld odd=%lld retried=%lld overlaps=%lld seconds=%.1f\n",
           (long long)attempts, (long long)won, (long long)refused, (long long)odd,
           (long long)retried, (long long)count_overlaps(clients),
           (double)(now_us() - began_us) / 1e6);
    for (int i = 0; i < CLIENTS; i++)
        free(clients[i].spans);
    return 0;
}
