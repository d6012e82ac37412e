#include "tests/support/asking.h"

#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/answer.h"
#include "api/auth.h"
#include "api/endpoints.h"
#include "api/rooms.h"
#include "api/service.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/terrain.h"
#include "engine/tokens.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"

enum { FIELDS_MAX = 16, SIZE_ROOM = 24, CALLERS_MAX = 64, TOKEN_LIFE_S = 3600 };

struct caller_token {
    struct caller caller;
    char header[TOKENS_TEXT_SIZE + 8];
};

struct asking {
    struct config *config;
    struct engine *engine;
    struct database *d;
    struct service service;
    pthread_mutex_t lock; /* callers, caller_count */
    struct caller_token callers[CALLERS_MAX];
    int32_t caller_count;
};

struct asking_worker {
    struct asking *asking;
    struct arena *arena;
    struct worker worker;
    struct answer answer;
    struct reply_meeting meeting;
    sem_t arrived;                     /* an answer that came later */
    const struct caller_token *caller; /* who asks */
    bool used;
    char size_text[SIZE_ROOM];
};

static void must(bool ok, const struct fail *f)
{
    if (ok)
        return;
    print_error("%s: %s\n", fail_word(f->code), f->text);
    fail();
}

struct asking *asking_new(struct database *d)
{
    struct asking *s = calloc(1, sizeof *s);
    struct fail f = { 0 };

    s->config = config_new();
    must(config_set(s->config, "database", d->address, "test", &f), &f);
    must(config_set(s->config, "allow_unsafe_database", "1", "test", &f), &f);
    must(config_set(s->config, "personal_key_file", d->key_file, "test", &f), &f);
    if (d->spool_dir)
        must(config_set(s->config, "spool_dir", d->spool_dir, "test", &f), &f);
    s->engine = engine_open(s->config, &f);
    must(s->engine != NULL, &f);
    s->d = d;
    pthread_mutex_init(&s->lock, NULL);
    s->service.endpoints = endpoints_table(&s->service.endpoint_count);
    s->service.auth = auth_new();
    s->service.config = s->config;
    s->service.engine = s->engine;
    return s;
}

struct engine *asking_engine(struct asking *s)
{
    return s->engine;
}

void asking_free(struct asking *s)
{
    engine_close(s->engine);
    auth_free(s->service.auth);
    pthread_mutex_destroy(&s->lock);
    config_free(s->config);
    free(s);
}

static bool is_caller(const struct caller *c, enum role role, int64_t org_id, int64_t person_id)
{
    return c->role == role && c->org_id == org_id && c->person_id == person_id;
}

static void make_token(struct asking *s, struct caller_token *out)
{
    const struct tokens_wish wish = { .kind = TOKENS_BEARER,
                                      .label = "asking",
                                      .role = auth_role_word(out->caller.role),
                                      .org_id = out->caller.org_id,
                                      .life_s = TOKEN_LIFE_S,
                                      .person_id = out->caller.person_id };
    char text[TOKENS_TEXT_SIZE];
    struct fail f = { 0 };
    struct arena *a = arena_new();
    struct db *db = db_open(s->d->address, &f);

    must(db && tokens_create(db, &wish, a, text, &out->caller.token_id, &f), &f);
    snprintf(out->header, sizeof out->header, "Bearer %s", text);
    db_close(db);
    arena_free(a);
}

void asking_as(struct asking_worker *w, enum role role, int64_t org_id, int64_t person_id)
{
    struct asking *s = w->asking;
    int32_t i = 0;

    pthread_mutex_lock(&s->lock);
    while (i < s->caller_count && !is_caller(&s->callers[i].caller, role, org_id, person_id))
        i++;
    assert(i < CALLERS_MAX);
    if (i == s->caller_count) {
        s->callers[i].caller =
            (struct caller){ .role = role, .org_id = org_id, .person_id = person_id };
        make_token(s, &s->callers[i]);
        s->caller_count++;
    }
    w->caller = &s->callers[i];
    pthread_mutex_unlock(&s->lock);
}

static void post_arrived(void *self)
{
    struct asking_worker *w = self;

    sem_post(&w->arrived);
}

struct asking_worker *asking_worker_new(struct asking *s)
{
    struct asking_worker *w = calloc(1, sizeof *w);

    w->asking = s;
    w->arena = arena_new();
    sem_init(&w->arrived, 0, 0);
    w->worker.database = config_text(s->config, CONFIG_DATABASE);
    rooms_new(&w->worker);
    asking_as(w, ROLE_ADMIN, 1, 0);
    return w;
}

void asking_worker_free(struct asking_worker *w)
{
    if (w->used)
        reply_clear(&w->answer.reply);
    rooms_free(&w->worker);
    db_close(w->worker.db);
    arena_free(w->arena);
    sem_destroy(&w->arrived);
    free(w);
}

static void add_field(struct gate_field *fields, int32_t *count, const char *name, size_t name_size,
                      const char *value, size_t value_size, struct arena *a)
{
    assert(*count < FIELDS_MAX);
    fields[(*count)++] = (struct gate_field){ arena_copy(a, name, name_size), name_size,
                                              arena_copy(a, value, value_size), value_size };
}

static int32_t list_fields(struct asking_worker *w, const char *headers, const char *body,
                           struct gate_field *fields)
{
    int32_t count = 0;

    add_field(fields, &count, "Host", 4, "vigil.test", 10, w->arena);
    if (body) {
        snprintf(w->size_text, sizeof w->size_text, "%zu", strlen(body));
        add_field(fields, &count, "Content-Length", 14, w->size_text, strlen(w->size_text),
                  w->arena);
        if (!headers || !strstr(headers, "Content-Type:"))
            add_field(fields, &count, "Content-Type", 12, "application/json", 16, w->arena);
    }
    if (!headers || !strstr(headers, "Authorization:"))
        add_field(fields, &count, "Authorization", 13, w->caller->header, strlen(w->caller->header),
                  w->arena);
    for (const char *at = headers; at && *at;) {
        const size_t line = strcspn(at, "\n");
        const size_t name = strcspn(at, ":");

        assert(name + 2 <= line);
        add_field(fields, &count, at, name, at + name + 2, line - name - 2, w->arena);
        at += line + (at[line] == '\n');
    }
    return count;
}

struct asking_answer asking_send(struct asking_worker *w, const char *method, const char *target,
                                 const char *headers, const char *body)
{
    struct gate_field *fields;
    struct fail f;

    if (w->used)
        reply_clear(&w->answer.reply);
    arena_reset(w->arena);
    w->used = true;
    fields = arena_take(w->arena, FIELDS_MAX, sizeof *fields);

    const struct gate_head head = {
        .method = method,
        .target = target,
        .version = "HTTP/1.1",
        .fields = fields,
        .field_count = list_fields(w, headers, body, fields),
    };

    if (answer_open(&w->asking->service, &head, w->arena, &w->answer)) {
        w->answer.request.body = body;
        w->answer.request.body_size = body ? strlen(body) : 0;
        w->meeting = (struct reply_meeting){ .carry = post_arrived, .self = w };
        w->answer.reply.meeting = &w->meeting;
        if (!answer_give(&w->answer, &w->worker))
            sem_wait(&w->arrived);
    }
    struct reply *reply = &w->answer.reply;
    struct asking_answer answer = {
        .status = reply->status,
        .type = reply->type,
        .body = buf_text(&reply->body),
        .size = reply->body.size,
        .reply = reply,
    };

    if (reply->type && strstr(reply->type, "json"))
        answer.json = input_parse(w->arena, answer.body, answer.size, &f);
    return answer;
}

const char *asking_header(const struct asking_answer *answer, const char *name)
{
    for (const struct reply_field *field = answer->reply->fields; field; field = field->next)
        if (strcmp(field->name, name) == 0)
            return field->value;
    return NULL;
}

/* One step of a pointer: a key, or an index of an array. */
static const struct input *step(const struct input *v, const char *name, size_t size)
{
    char key[64];
    struct fail f;
    int32_t count;

    assert(size < sizeof key);
    memcpy(key, name, size);
    key[size] = '\0';
    if (input_is_object(v))
        return input_get(v, key);
    const long index = strtol(key, NULL, 10);

    if (!input_array(v, 0, INT32_MAX, &count, &f) || index >= count)
        return NULL;
    return input_item(v, (int32_t)index);
}

static const struct input *find(const struct asking_answer *answer, const char *pointer)
{
    const struct input *v = answer->json;

    for (const char *at = pointer; v && *at == '/';) {
        const size_t size = strcspn(at + 1, "/");

        v = step(v, at + 1, size);
        at += 1 + size;
    }
    return v;
}

static const struct input *must_find(const struct asking_answer *answer, const char *pointer)
{
    const struct input *v = find(answer, pointer);

    if (!v) {
        print_error("no %s in %d: %.*s\n", pointer, answer->status, 2000, answer->body);
        fail();
    }
    return v;
}

bool asking_has(const struct asking_answer *answer, const char *pointer)
{
    return find(answer, pointer) != NULL;
}

const char *asking_text(const struct asking_answer *answer, const char *pointer)
{
    const char *text = "";
    struct fail f = { 0 };

    /* An empty text is one, too; input_text is stricter. */
    if (!input_text(must_find(answer, pointer), 1 << 20, &text, &f) && f.code != CODE_VALUE_EMPTY)
        must(false, &f);
    return text;
}

int64_t asking_int(const struct asking_answer *answer, const char *pointer)
{
    int64_t number = 0;
    struct fail f = { 0 };

    must(input_int(must_find(answer, pointer), INT64_MIN, INT64_MAX, &number, &f), &f);
    return number;
}

double asking_number(const struct asking_answer *answer, const char *pointer)
{
    double number = 0;
    struct fail f = { 0 };

    must(input_number(must_find(answer, pointer), -1e300, 1e300, &number, &f), &f);
    return number;
}

int32_t asking_count(const struct asking_answer *answer, const char *pointer)
{
    int32_t count = 0;
    struct fail f = { 0 };

    must(input_array(must_find(answer, pointer), 0, INT32_MAX, &count, &f), &f);
    return count;
}

void asking_expect(const struct asking_answer *answer, int32_t status, const char *code)
{
    const bool good =
        answer->status == status && (!code || strcmp(asking_text(answer, "/code"), code) == 0);

    if (good)
        return;
    print_error("want %d %s, got %d %s\n", status, code ? code : "", answer->status, answer->body);
    fail();
}

int asking_open_room(struct asking_room *room, void **state)
{
    room->d = database_new(true);
    room->asking = asking_new(room->d);
    room->worker = asking_worker_new(room->asking);
    *state = room;
    return 0;
}

void asking_change(struct asking_room *room, const char *sql)
{
    struct fail f = { 0 };

    database_run(room->d, sql);
    if (!engine_follow(asking_engine(room->asking), &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

int asking_open_blocks(struct asking_room *room, void **state, int32_t side, const char *city)
{
    asking_open_room(room, state);
    block_import(room->d, side, BLOCK_BEIJING);
    asking_change(room, city);
    assert_true(terrain_settle(engine_terrain(asking_engine(room->asking))));
    return 0;
}

int asking_close_room(struct asking_room *room)
{
    asking_worker_free(room->worker);
    asking_free(room->asking);
    database_free(room->d);
    return 0;
}

const char *asking_fresh_key(struct asking_room *room)
{
    return arena_text(room->d->arena, "Idempotency-Key: key-%d", ++room->key_count);
}
