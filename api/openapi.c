/* Everything that all rows have in common is said here, so that a row names only
 * what is its own. */
#include "api/openapi.h"

#include <ctype.h>
#include <string.h>

#include "api/auth.h"
#include "api/reply.h"
#include "schema/openapi.h"

enum { STATUS_COUNT_MAX = 32 };

/* What any endpoint may answer: malformed or too long requests, our fault, busy. */
static const int32_t ALWAYS[] = { 400, 413, 414, 431, 500, 503 };
static const int32_t WITH_ROLES[] = { 401, 403 };
static const int32_t WITH_BODY[] = { 415, 422 };
static const int32_t WITH_VALUES[] = { 422 }; /* in the path, the query or a header */

const char *openapi_schema(const char *name)
{
    for (int i = 0; i < OPENAPI_COUNT; i++)
        if (strcmp(OPENAPI_TEXTS[i].name, name) == 0)
            return OPENAPI_TEXTS[i].text;
    return NULL;
}

static void put_schema(struct emit *e, const char *text)
{
    size_t size = strlen(text);

    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    emit_raw(e, text, size);
}

static void put_reference(struct emit *e, struct arena *a, const char *schema)
{
    emit_object(e);
    emit_key_text(e, "$ref", arena_text(a, "#/components/schemas/%s", schema));
    emit_end(e);
}

static void put_type(struct emit *e, struct arena *a, const char *type, const char *schema)
{
    emit_key(e, type);
    emit_object(e);
    if (schema) {
        emit_key(e, "schema");
        put_reference(e, a, schema);
    }
    emit_end(e);
}

static void put_content(struct emit *e, struct arena *a, const char *type, const char *schema)
{
    emit_key(e, "content");
    emit_object(e);
    put_type(e, a, type, schema);
    emit_end(e);
}

/* What can be had as JSON and in another form, too, and as files. */
static void put_two_contents(struct emit *e, struct arena *a, const struct endpoint *row,
                             const char *type, const char *its_schema)
{
    emit_key(e, "content");
    emit_object(e);
    put_type(e, a, "application/json", row->answer);
    put_type(e, a, type, its_schema);
    for (const char *at = row->files; at && *at;) {
        const size_t size = strcspn(at, " ");

        put_type(e, a, arena_copy(a, at, size), NULL);
        at += size + strspn(at + size, " ");
    }
    emit_end(e);
}

/* ---------------------------------------------------------------- statuses */

struct statuses {
    int32_t count;
    int32_t list[STATUS_COUNT_MAX];
};

static void add(struct statuses *s, int32_t status)
{
    for (int32_t i = 0; i < s->count; i++)
        if (s->list[i] == status)
            return;
    if (s->count < STATUS_COUNT_MAX)
        s->list[s->count++] = status;
}

static void add_all(struct statuses *s, const int32_t *list, size_t size)
{
    for (size_t i = 0; i < size / sizeof *list; i++)
        add(s, list[i]);
}

static void add_text(struct statuses *s, const char *text)
{
    for (int32_t status = 0; text && *text; text++) {
        if (!isdigit((unsigned char)*text)) {
            status = 0;
            continue;
        }
        status = status * 10 + (*text - '0');
        if (status >= 100)
            add(s, status);
    }
}

static struct statuses failures_of(const struct endpoint *row)
{
    struct statuses s = { 0 };

    add_all(&s, ALWAYS, sizeof ALWAYS);
    if (row->roles)
        add_all(&s, WITH_ROLES, sizeof WITH_ROLES);
    if (row->body_max > 0)
        add_all(&s, WITH_BODY, sizeof WITH_BODY);
    /* A query parameter that is not known is 422 everywhere. */
    add_all(&s, WITH_VALUES, sizeof WITH_VALUES);
    add_text(&s, row->statuses);
    return s;
}

static void put_responses(struct emit *e, struct arena *a, const struct endpoint *row)
{
    const struct statuses s = failures_of(row);

    emit_key(e, "responses");
    emit_object(e);
    emit_key(e, arena_text(a, "%d", row->success));
    emit_object(e);
    emit_key_text(e, "description", reply_status_text(row->success));
    if (row->queries && strstr(row->queries, "format"))
        put_two_contents(e, a, row, "application/geo+json", "feature_collection");
    else if (row->queries && strstr(row->queries, "encoding"))
        put_two_contents(e, a, row, "application/octet-stream", NULL);
    else if (row->answer || row->type)
        put_content(e, a, row->type ? row->type : "application/json", row->answer);
    emit_end(e);
    if (row->kept) {
        emit_key(e, "202");
        emit_object(e);
        emit_key_text(e, "description", reply_status_text(REPLY_ACCEPTED));
        put_content(e, a, "application/json", row->kept);
        emit_end(e);
    }
    for (int32_t i = 0; i < s.count; i++) {
        emit_key(e, arena_text(a, "%d", s.list[i]));
        emit_object(e);
        emit_key_text(e, "description", reply_status_text(s.list[i]));
        if (s.list[i] >= 400)
            put_content(e, a, "application/problem+json", "problem");
        emit_end(e);
    }
    emit_end(e);
}

/* ---------------------------------------------------------------- parameters */

static void put_parameter(struct emit *e, const char *in, const char *name, bool required,
                          const char *schema)
{
    emit_object(e);
    emit_key_text(e, "name", name);
    emit_key_text(e, "in", in);
    emit_key_bool(e, "required", required);
    emit_key(e, "schema");
    put_schema(e, schema);
    emit_end(e);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t size = strlen(text);

    return size >= strlen(end) && strcmp(text + size - strlen(end), end) == 0;
}

static const char *path_schema(const char *name)
{
    if (ends_with(name, "_id"))
        return "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1}";
    if (strlen(name) == 1) /* z, x and y of a tile */
        return "{\"type\":\"integer\",\"minimum\":0}";
    return "{\"type\":\"string\"}";
}

/* The schema of what is asked for here, or of all parameters of that name. */
static void put_queries(struct emit *e, struct arena *a, const struct endpoint *row)
{
    const char *names = row->queries;

    while (names && *names) {
        const size_t size = strcspn(names, " ");
        const char *name = arena_copy(a, names, size);
        const char *schema =
            openapi_schema(arena_text(a, "query_%s_%s", row->answer ? row->answer : "", name));

        if (!schema)
            schema = openapi_schema(arena_text(a, "query_%s", name));
        put_parameter(e, "query", name, false, schema ? schema : "{\"type\":\"string\"}");
        names += size + strspn(names + size, " ");
    }
}

static void put_parameters(struct emit *e, struct arena *a, const struct endpoint *row)
{
    emit_key(e, "parameters");
    emit_array(e);
    for (const char *open = strchr(row->path, '{'); open; open = strchr(open + 1, '{')) {
        const char *name = arena_copy(a, open + 1, strcspn(open + 1, "}"));

        put_parameter(e, "path", name, true, path_schema(name));
    }
    put_queries(e, a, row);
    if (row->idempotent_key)
        put_parameter(e, "header", "Idempotency-Key", true,
                      "{\"type\":\"string\",\"minLength\":1,\"maxLength\":128,"
                      "\"pattern\":\"^[!-~]+$\"}");
    if (strcmp(row->method, "PATCH") == 0)
        put_parameter(e, "header", "If-Match", true, "{\"type\":\"string\"}");
    emit_end(e);
}

/* ---------------------------------------------------------------- operations */

/* "GET /v1/stations/{station_id}" is called get_v1_stations_station_id. */
static const char *operation_id(struct arena *a, const struct endpoint *row)
{
    char *id = arena_text(a, "%s%s", row->method, row->path);
    size_t used = 0;

    for (const char *c = id; *c; c++) {
        if (isalnum((unsigned char)*c) || *c == '_')
            id[used++] = (char)tolower((unsigned char)*c);
        else if (used > 0 && id[used - 1] != '_' && *c != '}')
            id[used++] = '_';
    }
    id[used] = '\0';
    return id;
}

static void put_security(struct emit *e, const struct endpoint *row)
{
    emit_key(e, "security");
    emit_array(e);
    if (row->roles) {
        emit_object(e);
        emit_key(e, "bearer");
        emit_array(e);
        emit_end(e);
        emit_end(e);
        emit_object(e);
        emit_key(e, "session");
        emit_array(e);
        emit_end(e);
        emit_end(e);
    }
    emit_end(e);
    emit_key(e, "x-roles");
    emit_array(e);
    for (int role = 0; role < ROLE_COUNT; role++)
        if (row->roles & (1U << role))
            emit_text(e, auth_role_word((enum role)role));
    emit_end(e);
}

static const char *type_of_body(const struct endpoint *row)
{
    if (row->body_type)
        return row->body_type;
    return strcmp(row->method, "PATCH") == 0 ? "application/merge-patch+json" : "application/json";
}

static void put_operation(struct emit *e, struct arena *a, const struct endpoint *row)
{
    char *method = arena_copy(a, row->method, strlen(row->method));

    for (char *c = method; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    emit_key(e, method);
    emit_object(e);
    emit_key_text(e, "operationId", operation_id(a, row));
    emit_key_text(e, "summary", row->summary);
    put_security(e, row);
    put_parameters(e, a, row);
    if (row->body_max > 0) {
        emit_key(e, "requestBody");
        emit_object(e);
        emit_key_bool(e, "required", true);
        put_content(e, a, type_of_body(row), row->body);
        emit_end(e);
        emit_key_int(e, "x-body-bytes-max", (int64_t)row->body_max);
    }
    put_responses(e, a, row);
    emit_end(e);
}

/* Rows of one path stand under it, in the order of the table. */
static void put_paths(struct emit *e, struct arena *a, const struct endpoint *table, int32_t count)
{
    emit_key(e, "paths");
    emit_object(e);
    for (int32_t i = 0; i < count; i++) {
        bool first = true;

        for (int32_t k = 0; k < i; k++)
            first = first && strcmp(table[k].path, table[i].path) != 0;
        if (!first)
            continue;
        emit_key(e, table[i].path);
        emit_object(e);
        for (int32_t k = i; k < count; k++)
            if (strcmp(table[k].path, table[i].path) == 0)
                put_operation(e, a, &table[k]);
        emit_end(e);
    }
    emit_end(e);
}

static void put_components(struct emit *e)
{
    emit_key(e, "components");
    emit_object(e);
    emit_key(e, "securitySchemes");
    emit_object(e);
    emit_key(e, "bearer");
    emit_object(e);
    emit_key_text(e, "type", "http");
    emit_key_text(e, "scheme", "bearer");
    emit_end(e);
    emit_key(e, "session");
    emit_object(e);
    emit_key_text(e, "type", "apiKey");
    emit_key_text(e, "in", "cookie");
    emit_key_text(e, "name", "vigil_session");
    emit_end(e);
    emit_end(e);
    emit_key(e, "schemas");
    emit_object(e);
    for (int i = 0; i < OPENAPI_COUNT; i++) {
        if (strncmp(OPENAPI_TEXTS[i].name, "query_", 6) == 0)
            continue;
        emit_key(e, OPENAPI_TEXTS[i].name);
        put_schema(e, OPENAPI_TEXTS[i].text);
    }
    emit_end(e);
    emit_end(e);
}

void openapi_write(const struct endpoint *table, int32_t count, struct arena *a, struct emit *e)
{
    emit_object(e);
    emit_key_text(e, "openapi", "3.0.3");
    emit_key(e, "info");
    emit_object(e);
    emit_key_text(e, "title", "Vigil");
    emit_key_text(e, "version", VIGIL_VERSION);
    emit_key(e, "license");
    emit_object(e);
    emit_key_text(e, "name", "Apache-2.0");
    emit_end(e);
    emit_end(e);
    put_paths(e, a, table, count);
    put_components(e);
    emit_end(e);
}
