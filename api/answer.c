#include "api/answer.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/auth.h"
#include "api/endpoints.h"
#include "api/service.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/idempotency.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/nodes.h"
#include "geo/instant.h"

void answer_refuse(struct answer *out, const struct fail *f, bool close)
{
    reply_clear(&out->reply);
    emit_end(reply_problem(&out->reply, 0, f));
    out->reply.close = close;
}

/* Unique on this machine and, by the clock, beyond it; a caller's own id is taken
 * when it is well-formed, so that a trace can go through several programs. */
static const char *make_id(const struct gate_head *head, struct arena *a)
{
    static _Atomic uint32_t count;

    for (int32_t i = 0; i < head->field_count; i++) {
        const struct gate_field *field = &head->fields[i];

        if (strcasecmp(field->name, "X-Request-Id") == 0 && gate_request_id(field->value))
            return arena_copy(a, field->value, field->value_size);
    }
    return arena_text(a, "%llx-%x", (unsigned long long)clock_wall_us(),
                      atomic_fetch_add(&count, 1));
}

static bool is_json_type(const char *type)
{
    static const char *const TYPES[] = { "application/json", "application/geo+json",
                                         "application/merge-patch+json" };
    const size_t size = strcspn(type, "; \t");
    const char *rest = type + size + strspn(type + size, "; \t");

    if (*rest != '\0' && strcasecmp(rest, "charset=utf-8") != 0)
        return false;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (strlen(TYPES[i]) == size && strncasecmp(TYPES[i], type, size) == 0)
            return true;
    return false;
}

bool answer_too_large(const struct answer *out, struct fail *f)
{
    const size_t most = out->match.endpoint->body_max;

    fail_set(f, FAIL_INPUT, BODY_TOO_LARGE, "the body is larger than %zu bytes", most);
    return fail_allowed(f, "%zu bytes", most);
}

void answer_not_taken(const struct answer *out, struct fail *f)
{
    if (out->request.service->stopping) {
        fail_set(f, FAIL_BUSY, SERVER_STOPPING, "the server is stopping; nothing was done");
        return;
    }
    metrics_count(METRIC_QUEUE_FULL, 1);
    if (out->match.endpoint->lane == BACKLOG_BULK)
        fail_set(f, FAIL_BUSY, TOO_MANY_REQUESTS, "too many of these wait; nothing was done");
    else
        fail_set(f, FAIL_BUSY, SERVER_BUSY, "too many requests are waiting; nothing was done");
}

/* Of a table any charset will do: what it is in is found out by reading it. */
static bool is_type(const char *type, const char *wanted)
{
    return wanted ? strncasecmp(type, wanted, strlen(wanted)) == 0 &&
                        strchr("; \t", type[strlen(wanted)])
                  : is_json_type(type);
}

static bool check_type(const struct request *r, const char *wanted, struct fail *f)
{
    const char *type = request_header(r, "Content-Type");

    if (type && is_type(type, wanted))
        return true;
    if (type)
        fail_set(f, FAIL_INPUT, CONTENT_TYPE, "the body must be %s, not %.60s",
                 wanted ? wanted : "JSON in UTF-8", type);
    else
        fail_set(f, FAIL_INPUT, CONTENT_TYPE, "a body needs the header Content-Type");
    return fail_allowed(f, "%s",
                        wanted ? wanted
                               : "application/json, application/geo+json, "
                                 "application/merge-patch+json");
}

static bool check_body(const struct answer *out, struct fail *f)
{
    const struct endpoint *e = out->match.endpoint;

    if (!out->pass.has_body)
        return true;
    if (e->body_max == 0)
        return fail_set(f, FAIL_INPUT, BODY_TOO_LARGE, "%s %s takes no body", e->method, e->path);
    if (out->pass.body_size > (int64_t)e->body_max)
        return answer_too_large(out, f);
    return !(e->body || e->body_type) || check_type(&out->request, e->body_type, f);
}

static bool find_endpoint(struct answer *out, struct fail *f)
{
    const struct request *r = &out->request;

    router_find(r->service->endpoints, r->service->endpoint_count, r->method, r->path, r->arena,
                &out->match);
    if (!out->match.path_known) {
        fail_set(f, FAIL_INPUT, PATH_UNKNOWN, "there is nothing at %.100s", r->path);
        return fail_value(f, r->path);
    }
    if (!out->match.endpoint && strcmp(r->method, "OPTIONS") != 0) {
        fail_set(f, FAIL_INPUT, METHOD_NOT_ALLOWED, "%.20s cannot be done here", r->method);
        fail_value(f, r->method);
        return fail_allowed(f, "%s", out->match.allowed);
    }
    out->request.endpoint = out->match.endpoint;
    return true;
}

static bool is_known_method(const char *method)
{
    static const char *const METHODS[] = { "GET",   "HEAD",   "POST",   "PUT",
                                           "PATCH", "DELETE", "OPTIONS" };

    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (strcmp(METHODS[i], method) == 0)
            return true;
    return false;
}

bool answer_open(struct service *service, const struct gate_head *head, struct arena *a,
                 struct answer *out)
{
    struct fail f = { 0 };

    memset(out, 0, sizeof *out);
    out->parts = (struct request_parts){ .match = &out->match,
                                         .pass = &out->pass,
                                         .fields = head->fields,
                                         .field_count = head->field_count };
    out->request = (struct request){
        .engine = service->engine,
        .arena = a,
        .id = make_id(head, a),
        .method = head->method,
        .path = "",
        .parts = &out->parts,
        .service = service,
    };
    out->reply = reply_start(a, out->request.id);
    if (!gate_check(head, a, &out->pass, &f)) {
        answer_refuse(out, &f, true);
        return false;
    }
    out->request.path = out->pass.path;
    if (!find_endpoint(out, &f)) {
        /* A method nobody knows may frame its body as nobody knows. */
        answer_refuse(out, &f, out->pass.has_body || !is_known_method(head->method));
        if (out->match.path_known)
            reply_header(&out->reply, "Allow", out->match.allowed);
        return false;
    }
    if (!out->match.endpoint) { /* OPTIONS */
        reply_empty(&out->reply, REPLY_NO_CONTENT);
        reply_header(&out->reply, "Allow", out->match.allowed);
        out->reply.close = out->pass.has_body;
        return false;
    }
    if (!check_body(out, &f)) {
        answer_refuse(out, &f, true);
        return false;
    }
    return true;
}

static bool check_idempotency_key(const struct request *r, struct fail *f)
{
    return !r->endpoint->idempotent_key ||
           idempotency_check(request_header(r, "Idempotency-Key"), f);
}

static bool handle(struct answer *out, struct worker *worker, struct fail *f)
{
    struct request *r = &out->request;

    r->worker = worker;
    return auth_check(r, &r->caller, f) && request_check_queries(r, f) &&
           check_idempotency_key(r, f) && r->endpoint->handle(r, &out->reply, f);
}

bool answer_give(struct answer *out, struct worker *worker)
{
    struct reply_meeting *meeting = out->reply.meeting;
    struct fail f = { 0 };

    if (handle(out, worker, &f))
        return reply_is_here(meeting);
    reply_fail(&out->reply, &f);
    return true;
}

bool answer_in_passing(struct answer *out, struct worker *here)
{
    struct fail f = { 0 };

    here->passed_on = false;
    if (handle(out, here, &f))
        return true;
    if (here->passed_on)
        reply_clear(&out->reply);
    else
        reply_fail(&out->reply, &f);
    return !here->passed_on;
}

/* Whatever the page may do is said here: nothing from another host, no frames. */
static const char *const SECURITY_HEADERS[][2] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src 'self'; worker-src 'self' blob:; font-src 'self'; frame-ancestors 'none'; "
      "base-uri 'none'; form-action 'self'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
};

/* What was answered from memory while the database or its notifications are silent may
 * lack what has been committed since this moment. */
static void mark_stale(struct answer *out)
{
    const struct request *r = &out->request;
    char since[INSTANT_SIZE];
    int64_t since_us;

    if (!r->engine || !r->endpoint || !r->endpoint->from_memory ||
        !nodes_stale(engine_nodes(r->engine), &since_us))
        return;
    instant_write(since_us, since);
    reply_header(&out->reply, "Vigil-Stale-Since", since);
}

void answer_dress(struct answer *out)
{
    struct reply *reply = &out->reply;
    bool cached = false;

    for (const struct reply_field *field = reply->fields; field; field = field->next)
        cached |= strcasecmp(field->name, "Cache-Control") == 0;
    if (reply->type)
        reply_header(reply, "Content-Type", reply->type);
    if (!cached)
        reply_header(reply, "Cache-Control", "no-store");
    for (size_t i = 0; i < sizeof SECURITY_HEADERS / sizeof *SECURITY_HEADERS; i++)
        reply_header(reply, SECURITY_HEADERS[i][0], SECURITY_HEADERS[i][1]);
    reply_header(reply, "X-Request-Id", out->request.id);
    mark_stale(out);
    if (reply->close || out->request.service->stopping)
        reply_header(reply, "Connection", "close");
}

static enum metrics_id class_of(int32_t status)
{
    if (status >= 500)
        return METRIC_REQUESTS_5XX;
    if (status >= 400)
        return METRIC_REQUESTS_4XX;
    return status >= 300 ? METRIC_REQUESTS_3XX : METRIC_REQUESTS_2XX;
}

void answer_log(const struct answer *out, const struct answer_times *times, int64_t bytes_in,
                int64_t bytes_out)
{
    const struct request *r = &out->request;
    const struct reply *reply = &out->reply;
    const int64_t now = clock_steady_us();
    const int64_t taken = times->taken_us ? times->taken_us : now;
    const int64_t queued = times->queued_us ? times->queued_us : taken;

    metrics_count(class_of(reply->status), 1);
    metrics_observe_us(METRIC_REQUEST_TIME, now - times->start_us);
    metrics_observe_us(METRIC_QUEUE_TIME, taken - queued);
    const struct log_field fields[] = {
        log_text("request_id", r->id),
        log_text("method", r->method),
        log_text("path", r->endpoint ? r->endpoint->path : NULL),
        log_int("status", reply->status),
        log_text("code", fail_word(reply->code)),
        log_int("token_id", r->caller.token_id),
        log_int("bytes_in", bytes_in),
        log_int("bytes_out", bytes_out),
        log_number("read_ms", (double)(queued - times->start_us) / 1e3),
        log_number("queue_ms", (double)(taken - queued) / 1e3),
        log_number("work_ms", (double)(now - taken) / 1e3),
        log_text("detail", reply->unsaid), /* the last: left out when there is none */
    };
    const size_t field_count = sizeof fields / sizeof *fields;

    log_write(LOG_INFO, "request", fields, reply->unsaid ? field_count : field_count - 1);
}
