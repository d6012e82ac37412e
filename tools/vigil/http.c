/* libcurl's multi interface: one thread, one handle a connection. */
#include "tools/vigil/http.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"

enum { CONNECTIONS_MAX = 64, ANSWER_MAX = 4 * 1024 * 1024, PATIENCE_S = 60, URL_MAX = 500 };

struct lane {
    CURL *curl;
    struct buf url;
    struct buf body;
    struct buf answer;
    size_t answer_max;
    void *tag;
    int64_t began_us;
    bool is_busy;
    char error[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;
    struct curl_slist *headers;
    char url[URL_MAX]; /* without the path */
    int32_t count;
    int32_t idle;
    struct lane lanes[CONNECTIONS_MAX];
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *self)
{
    struct lane *lane = self;

    if (lane->answer.size + size * count > lane->answer_max)
        return 0;
    buf_put(&lane->answer, bytes, size * count);
    return size * count;
}

static bool lane_open(struct http *h, struct lane *lane)
{
    lane->curl = curl_easy_init();
    if (!lane->curl)
        return false;
    curl_easy_setopt(lane->curl, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(lane->curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(lane->curl, CURLOPT_WRITEDATA, (void *)lane);
    curl_easy_setopt(lane->curl, CURLOPT_PRIVATE, (void *)lane);
    curl_easy_setopt(lane->curl, CURLOPT_ERRORBUFFER, lane->error);
    curl_easy_setopt(lane->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(lane->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(lane->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    return true;
}

static bool headers_make(struct http *h, const char *token)
{
    char text[200];
    const int size = snprintf(text, sizeof text, "Authorization: Bearer %s", token);

    if (size < 0 || (size_t)size >= sizeof text)
        return false;
    h->headers = curl_slist_append(NULL, "Content-Type: application/json");
    /* No question before a large body: that would cost a round trip each time. */
    h->headers = curl_slist_append(h->headers, "Expect:");
    h->headers = curl_slist_append(h->headers, text);
    return h->headers != NULL;
}

struct http *http_open(const char *url, const char *token, int32_t connection_count, struct fail *f)
{
    struct http *h = calloc(1, sizeof *h);

    assert(connection_count >= 1 && connection_count <= CONNECTIONS_MAX);
    if (!h || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(h);
        fail_set(f, FAIL_BROKEN, HTTP_FAILED, "libcurl cannot be started");
        return NULL;
    }
    h->multi = curl_multi_init();
    bool is_good = h->multi && headers_make(h, token) && strlen(url) < URL_MAX - 100;

    for (int32_t i = 0; is_good && i < connection_count; i++, h->count++)
        is_good = lane_open(h, &h->lanes[i]);
    if (!is_good) {
        http_close(h);
        fail_set(f, FAIL_BROKEN, HTTP_FAILED, "libcurl cannot be set up for %.100s", url);
        return NULL;
    }
    memcpy(h->url, url, strlen(url) + 1);
    h->idle = h->count;
    return h;
}

void http_close(struct http *h)
{
    if (!h)
        return;
    for (int32_t i = 0; i < h->count; i++) {
        struct lane *lane = &h->lanes[i];

        if (lane->is_busy)
            curl_multi_remove_handle(h->multi, lane->curl);
        curl_easy_cleanup(lane->curl);
        buf_free(&lane->url);
        buf_free(&lane->body);
        buf_free(&lane->answer);
    }
    curl_multi_cleanup(h->multi);
    curl_slist_free_all(h->headers);
    curl_global_cleanup();
    free(h);
}

int32_t http_idle(const struct http *h)
{
    return h->idle;
}

/* One that waits, with what both kinds of questions need. */
static struct lane *lane_for(struct http *h, const char *path, void *tag)
{
    struct lane *lane = h->lanes;

    assert(h->idle > 0);
    while (lane->is_busy)
        lane++;
    buf_clear(&lane->url);
    buf_format(&lane->url, "%s%s", h->url, path);
    lane->is_busy = true;
    lane->tag = tag;
    lane->began_us = clock_steady_us();
    h->idle--;
    buf_clear(&lane->body);
    buf_clear(&lane->answer);
    lane->error[0] = '\0';
    curl_easy_setopt(lane->curl, CURLOPT_URL, buf_text(&lane->url));
    return lane;
}

void http_post(struct http *h, const char *path, const struct buf *body, void *tag)
{
    struct lane *lane = lane_for(h, path, tag);

    buf_put(&lane->body, body->bytes, body->size);
    lane->answer_max = ANSWER_MAX;
    curl_easy_setopt(lane->curl, CURLOPT_TIMEOUT, (long)PATIENCE_S);
    curl_easy_setopt(lane->curl, CURLOPT_POSTFIELDS, lane->body.bytes);
    curl_easy_setopt(lane->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)lane->body.size);
    curl_multi_add_handle(h->multi, lane->curl);
}

void http_get(struct http *h, const char *path, void *tag)
{
    struct lane *lane = lane_for(h, path, tag);

    lane->answer_max = HTTP_FILE_MAX;
    curl_easy_setopt(lane->curl, CURLOPT_TIMEOUT, (long)HTTP_FILE_S);
    curl_easy_setopt(lane->curl, CURLOPT_HTTPGET, 1L);
    curl_multi_add_handle(h->multi, lane->curl);
}

static const char *next_of(CURL *curl)
{
    struct curl_header *header;

    return curl_easy_header(curl, "Vigil-Next", 0, CURLH_HEADER, -1, &header) == CURLHE_OK
               ? header->value
               : NULL;
}

static void finish(struct http *h, CURL *curl, CURLcode result,
                   void (*done)(void *self, const struct http_answer *answer), void *self)
{
    char *private = NULL;
    long status = 0;
    curl_off_t after = 0;

    curl_easy_getinfo(curl, CURLINFO_PRIVATE, &private);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after);
    curl_multi_remove_handle(h->multi, curl);

    struct lane *lane = (struct lane *)(void *)private;
    const struct http_answer answer = {
        .tag = lane->tag,
        .status = result == CURLE_OK ? (int32_t)status : 0,
        .retry_after_s = (int32_t)after,
        .took_us = clock_steady_us() - lane->began_us,
        .body = buf_text(&lane->answer),
        .body_size = lane->answer.size,
        .next = next_of(curl),
        .error = lane->error[0] ? lane->error : curl_easy_strerror(result),
    };

    lane->is_busy = false;
    h->idle++;
    done(self, &answer);
}

void http_work(struct http *h, int32_t wait_ms,
               void (*done)(void *self, const struct http_answer *answer), void *self)
{
    int running = 0, left = 0;
    const CURLMsg *message;

    curl_multi_perform(h->multi, &running);
    message = curl_multi_info_read(h->multi, &left);
    if (!message) {
        curl_multi_poll(h->multi, NULL, 0, wait_ms, NULL);
        curl_multi_perform(h->multi, &running);
        message = curl_multi_info_read(h->multi, &left);
    }
    for (; message; message = curl_multi_info_read(h->multi, &left))
        if (message->msg == CURLMSG_DONE)
            finish(h, message->easy_handle, message->data.result, done, self);
}
