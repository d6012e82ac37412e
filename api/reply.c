/* The one place that knows which failure is which HTTP status. */
#include "api/reply.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "api/words.h"

enum { RETRY_AFTER_S = 1 };

/* Failures whose status their kind does not say: what is wrong with the request
 * as such, before anybody looked at what it asks for. */
static const struct {
    enum fail_code code;
    int32_t status;
} STATUSES[] = {
    { CODE_BODY_MISSING, 400 },       { CODE_BODY_TOO_LARGE, 413 },
    { CODE_CONTENT_TYPE, 415 },       { CODE_CSRF_MISSING, 403 },
    { CODE_ENTER_CODE_SPENT, 401 },   { CODE_HEADERS_TOO_LARGE, 431 },
    { CODE_JSON_DEEP, 400 },          { CODE_JSON_DUPLICATE_KEY, 400 },
    { CODE_JSON_MALFORMED, 400 },     { CODE_JSON_TOO_MANY, 413 },
    { CODE_METHOD_NOT_ALLOWED, 405 }, { CODE_NOT_SIGNED_IN, 401 },
    { CODE_PATH_UNKNOWN, 404 },       { CODE_REQUEST_MALFORMED, 400 },
    { CODE_ROLE_NOT_ALLOWED, 403 },   { CODE_TARGET_MALFORMED, 400 },
    { CODE_TARGET_TOO_LONG, 414 },    { CODE_TOKEN_INVALID, 401 },
    { CODE_TOO_MANY_POSITIONS, 429 }, { CODE_TOO_MANY_REQUESTS, 429 },
    { CODE_VERSION_MISSING, 412 },    { CODE_VERSION_STALE, 412 },
};

/* Failures whose text quotes the database: hosts, sockets, tables, constraints,
 * pieces of statements. That is for the log; outside the catalogue's sentence is
 * said. Who names the value that was sent has found out by herself, and quotes nobody. */
static const enum fail_code QUOTING[] = {
    CODE_ALREADY_EXISTS,  CODE_DATABASE_AWAY, CODE_DATABASE_CONTENDED,
    CODE_DATABASE_FAILED, CODE_DATABASE_SLOW, CODE_DISK_FULL,
    CODE_RULE_BROKEN,     CODE_SHAPE_REFUSED, CODE_REFERENCE_UNKNOWN,
};

static const struct {
    int32_t status;
    const char *text;
} TEXTS[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 304, "Not Modified" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 409, "Conflict" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 500, "Internal Server Error" },
    { 503, "Service Unavailable" },
};

const char *reply_status_text(int32_t status)
{
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (TEXTS[i].status == status)
            return TEXTS[i].text;
    return "Unknown";
}

int32_t reply_status_of(const struct fail *f)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof *STATUSES; i++)
        if (STATUSES[i].code == f->code)
            return STATUSES[i].status;
    switch (f->kind) {
    case FAIL_INPUT:
        return 422;
    case FAIL_MISSING:
        return 404;
    case FAIL_CONFLICT:
        return 409;
    case FAIL_BUSY:
        return 503;
    case FAIL_NONE:
    case FAIL_BROKEN:
        break;
    }
    return 500;
}

struct reply reply_start(struct arena *a, const char *request_id)
{
    return (struct reply){ .arena = a, .request_id = request_id };
}

void reply_clear(struct reply *out)
{
    struct reply_meeting *meeting = out->meeting;

    if (out->done)
        out->done(out->thing);
    buf_free(&out->body);
    *out = reply_start(out->arena, out->request_id);
    out->meeting = meeting;
}

void reply_fail(struct reply *out, const struct fail *f)
{
    const int32_t refused = out->refused;

    reply_clear(out);
    out->refused = refused;
    emit_end(reply_problem(out, 0, f));
}

void reply_later(struct reply *out)
{
    assert(out->meeting && out->status == 0);
    out->meeting->awaited = 2;
}

static bool is_last_to_come(struct reply_meeting *m)
{
    return atomic_fetch_sub(&m->awaited, 1) == 1;
}

bool reply_is_here(struct reply_meeting *m)
{
    return !m || m->awaited == 0 || is_last_to_come(m);
}

void reply_arrived(struct reply *out, const struct fail *f)
{
    struct reply_meeting *m = out->meeting;

    if (f)
        reply_fail(out, f);
    if (is_last_to_come(m))
        m->carry(m->self);
}

struct buf *reply_bytes(struct reply *out, enum reply_status status, const char *type)
{
    assert(out->status == 0); /* an answer is written once */
    out->status = (int32_t)status;
    out->type = type;
    return &out->body;
}

struct emit *reply_json_as(struct reply *out, enum reply_status status, const char *type)
{
    out->emit = emit_to(reply_bytes(out, status, type));
    return &out->emit;
}

struct emit *reply_json(struct reply *out, enum reply_status status)
{
    return reply_json_as(out, status, "application/json");
}

void reply_lend(struct reply *out, enum reply_status status, const char *type, const void *bytes,
                size_t size, void (*done)(void *thing), void *thing)
{
    reply_bytes(out, status, type);
    out->lent = bytes;
    out->lent_size = size;
    out->done = done;
    out->thing = thing;
}

void reply_stream(struct reply *out, const char *type, struct stream *stream,
                  void (*done)(void *stream))
{
    reply_bytes(out, REPLY_OK, type);
    out->stream = stream;
    out->done = done;
    out->thing = stream;
}

void reply_empty(struct reply *out, enum reply_status status)
{
    reply_bytes(out, status, NULL);
}

static bool is_field_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return false;
    return true;
}

void reply_header(struct reply *out, const char *name, const char *value)
{
    struct reply_field *field = arena_take(out->arena, 1, sizeof *field);

    assert(is_field_text(name) && is_field_text(value));
    field->name = arena_copy(out->arena, name, strlen(name));
    field->value = arena_copy(out->arena, value, strlen(value));
    field->next = out->fields;
    out->fields = field;
}

void reply_etag(struct reply *out, const char *tag)
{
    reply_header(out, "ETag", arena_text(out->arena, "\"%s\"", tag));
}

bool reply_refuse(struct reply *out, int32_t status, struct fail *f)
{
    assert(f->kind != FAIL_NONE);
    out->refused = status;
    return false;
}

static bool begins_token(const char *text)
{
    return strncmp(text, "vgl_", 4) == 0 || strncmp(text, "vgd_", 4) == 0;
}

/* The text without the secrets that somebody put where they do not belong: an answer is
 * kept by proxies and shown to others who look for the fault. */
static const char *without_tokens(struct arena *a, const char *text)
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *out = arena_copy(a, text, strlen(text));
    char *end = out;

    while (*text) {
        const size_t length = begins_token(text) ? strspn(text, LETTERS) : 0;

        if (length > 0) {
            memcpy(end, "vg*", 3); /* shorter than any that begins so */
            end += 3;
            text += length;
        } else {
            *end++ = *text++;
        }
    }
    *end = '\0';
    return out;
}

/* What may be said outside of why; the rest is kept for the log. */
static const char *detail_of(struct reply *out, const struct fail *f, const char *word)
{
    out->unsaid = NULL;
    for (size_t i = 0; i < sizeof QUOTING / sizeof *QUOTING; i++)
        if (QUOTING[i] == f->code && !f->value[0]) {
            out->unsaid = arena_text(out->arena, "%s", f->text);
            return words_text(WORDS_EN, arena_text(out->arena, "code.%s", word));
        }
    return without_tokens(out->arena, f->text);
}

struct emit *reply_problem(struct reply *out, int32_t status, const struct fail *f)
{
    const char *word = fail_word(f->code);

    if (status == 0)
        status = out->refused != 0 ? out->refused : reply_status_of(f);
    out->code = f->code;
    out->status = status;
    out->type = "application/problem+json";
    out->emit = emit_to(&out->body);
    if (status == 503 || status == 429)
        reply_header(out, "Retry-After", arena_text(out->arena, "%d", RETRY_AFTER_S));
    if (status == 401)
        reply_header(out, "WWW-Authenticate", "Bearer realm=\"vigil\"");

    struct emit *e = &out->emit;

    emit_object(e);
    emit_key_text(e, "type", arena_text(out->arena, "urn:vigil:problem:%s", word));
    emit_key_text(e, "title", reply_status_text(status));
    emit_key_int(e, "status", status);
    emit_key_text(e, "detail", detail_of(out, f, word));
    emit_key_text(e, "code", word);
    if (f->pointer[0])
        emit_key_text(e, "pointer", f->pointer);
    if (f->value[0])
        emit_key_text(e, "value", without_tokens(out->arena, f->value));
    if (f->allowed[0])
        emit_key_text(e, "allowed", f->allowed);
    emit_key_text(e, "request_id", out->request_id);
    return e;
}
