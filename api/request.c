/* Reading a request. Nothing here decides; it turns text into values or says
 * why that is not possible. */
#include "api/request.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "api/endpoints.h"
#include "api/gate.h"
#include "api/router.h"
#include "engine/db.h"
#include "engine/engine.h"

enum { DIGITS_MAX = 18 };
static const int64_t ID_MAX = (INT64_C(1) << 53) - 1;

/* strtol takes signs, blanks and other bases that an address must not have. */
static bool read_whole(const char *text, int64_t *out)
{
    const bool minus = text[0] == '-';
    int64_t value = 0;
    int digits = 0;

    for (const char *c = text + minus; *c; c++) {
        if (*c < '0' || *c > '9' || ++digits > DIGITS_MAX)
            return false;
        value = value * 10 + (*c - '0');
    }
    if (digits == 0)
        return false;
    *out = minus ? -value : value;
    return true;
}

const char *request_param(const struct request *r, const char *name)
{
    const struct router_match *m = r->parts->match;

    for (int32_t i = 0; i < m->param_count; i++)
        if (strlen(name) == m->params[i].name_size &&
            memcmp(name, m->params[i].name, m->params[i].name_size) == 0)
            return m->params[i].value;
    assert(!"the endpoint's path has no such parameter");
    return "";
}

bool request_param_id(const struct request *r, const char *name, int64_t *out, struct fail *f)
{
    const char *text = request_param(r, name);
    int64_t id;

    if (!read_whole(text, &id) || id < 1 || id > ID_MAX) {
        fail_set(f, FAIL_INPUT, ID_MALFORMED, "%s must be a whole number from 1: %.40s", name,
                 text);
        fail_allowed(f, "1 to %lld", (long long)ID_MAX);
        return fail_value(f, text);
    }
    *out = id;
    return true;
}

/* Whether `names`, words between blanks, holds `name`. */
static bool lists(const char *names, const char *name)
{
    const size_t size = strlen(name);

    for (const char *at = names; at && *at; at += strspn(at, " ")) {
        const size_t word = strcspn(at, " ");

        if (word == size && memcmp(at, name, size) == 0)
            return true;
        at += word;
    }
    return false;
}

/* "limit cursor" as a user reads it: "limit, cursor". */
static void allow(const char *names, struct fail *f)
{
    char text[sizeof f->allowed];
    size_t size = 0;

    for (const char *at = names; *at && size + 2 < sizeof text; at++) {
        if (*at == ' ')
            text[size++] = ',';
        text[size++] = *at;
    }
    text[size] = '\0';
    fail_allowed(f, "%s", text);
}

bool request_check_queries(const struct request *r, struct fail *f)
{
    const struct gate_pass *pass = r->parts->pass;

    for (int32_t i = 0; i < pass->query_count; i++) {
        const char *name = pass->queries[i].name;

        if (r->endpoint->any_query || lists(r->endpoint->queries, name))
            continue;
        fail_set(f, FAIL_INPUT, QUERY_UNKNOWN, "there is no query parameter of this name: %.60s",
                 name);
        if (r->endpoint->queries && r->endpoint->queries[0])
            allow(r->endpoint->queries, f);
        else
            fail_allowed(f, "none");
        return fail_value(f, name);
    }
    return true;
}

const char *request_query(const struct request *r, const char *name)
{
    const struct gate_pass *pass = r->parts->pass;

    assert(lists(r->endpoint->queries, name));
    for (int32_t i = 0; i < pass->query_count; i++)
        if (strcmp(pass->queries[i].name, name) == 0)
            return pass->queries[i].value;
    return NULL;
}

static bool within(const char *name, const char *text, int64_t min, int64_t max, int64_t *out,
                   struct fail *f)
{
    int64_t value;

    if (!read_whole(text, &value) || value < min || value > max) {
        fail_set(f, FAIL_INPUT, QUERY_OUT_OF_RANGE, "%s must be a whole number %lld to %lld: %.40s",
                 name, (long long)min, (long long)max, text);
        fail_allowed(f, "%lld to %lld", (long long)min, (long long)max);
        return fail_value(f, text);
    }
    *out = value;
    return true;
}

bool request_query_int(const struct request *r, const char *name, int64_t min, int64_t max,
                       int64_t otherwise, int64_t *out, struct fail *f)
{
    const char *text = request_query(r, name);

    *out = otherwise;
    return !text || within(name, text, min, max, out, f);
}

const char *request_header(const struct request *r, const char *name)
{
    for (int32_t i = 0; i < r->parts->field_count; i++)
        if (strcasecmp(r->parts->fields[i].name, name) == 0)
            return r->parts->fields[i].value;
    return NULL;
}

bool request_header_int(const struct request *r, const char *name, int64_t min, int64_t max,
                        int64_t otherwise, int64_t *out, struct fail *f)
{
    const char *text = request_header(r, name);

    *out = otherwise;
    return !text || within(name, text, min, max, out, f);
}

bool request_json(const struct request *r, const struct input **out, struct fail *f)
{
    if (r->body_size == 0)
        return fail_set(f, FAIL_INPUT, BODY_MISSING, "the request needs a body of JSON");
    *out = input_parse(r->arena, r->body, r->body_size, f);
    return *out != NULL;
}

static bool open_db(struct worker *w, struct fail *f)
{
    struct db *db = db_open(w->database, f);

    if (db && !db_become(db, DB_APP, f)) {
        db_close(db);
        db = NULL;
    }
    w->db = db;
    return db || fail_set(f, FAIL_BUSY, DATABASE_AWAY, "%s", f->text);
}

/* Who has only things of her own acts for no organisation, wherever she belongs. */
static struct db_scope scope_of(const struct caller *c)
{
    const bool acts_for_herself = c->role == ROLE_VOLUNTEER || c->role == ROLE_DEVICE;

    return (struct db_scope){ .org_id = acts_for_herself ? 0 : c->org_id,
                              .person_id = c->person_id,
                              .token_id = c->token_id };
}

static void drop_orgs(void *orgs)
{
    orgs_drop(orgs);
}

/* The same scope as that of the database's wall. */
struct sight request_sight(const struct request *r)
{
    const struct db_scope scope = scope_of(&r->caller);
    const struct orgs *orgs = engine_orgs(r->engine);

    arena_defer(r->arena, drop_orgs, (void *)(uintptr_t)orgs); /* NOLINT */
    return (struct sight){ .orgs = orgs, .org_id = scope.org_id, .person_id = scope.person_id };
}

/* No reason to try again, nor to believe what was known before: it is not looked at. */
static bool pass_on(struct worker *w, struct fail *f)
{
    w->passed_on = true;
    return fail_set(f, FAIL_BROKEN, DATABASE_AWAY, "an I/O thread waits for nobody");
}

bool request_may_take_long(const struct request *r, struct fail *f)
{
    return !r->worker->in_passing || pass_on(r->worker, f);
}

bool request_db(const struct request *r, struct db **out, struct fail *f)
{
    struct worker *w = r->worker;

    if (w->in_passing)
        return pass_on(w, f);
    if (!w->db && !open_db(w, f))
        return false;
    const struct db_scope scope = scope_of(&r->caller);

    db_scope(w->db, &scope);
    *out = w->db;
    return true;
}
