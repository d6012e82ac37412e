/* Long work: asked for, looked at, ended. */
#include <string.h>

#include "api/handlers.h"
#include "api/rotas.h"
#include "engine/audit.h"
#include "engine/job_kinds.h"

enum { WORDS_MAX = 16 };

bool on_jobs_list(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_list(r, ROTA_JOBS, 0, out, f);
}

bool on_jobs_get(const struct request *r, struct reply *out, struct fail *f)
{
    return rotas_get(r, ROTA_JOBS, out, f);
}

static bool record(const struct request *r, struct db *db, int64_t job_id, const char *action,
                   const char *detail, struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = r->caller.org_id,
        .action = action,
        .subject = arena_text(r->arena, "job %lld", (long long)job_id),
        .request_id = r->id,
        .detail = detail,
    };

    return audit_add(db, &entry, f);
}

static bool cancel(const struct request *r, struct db *db, int64_t id, struct fail *f)
{
    struct rota_item item;

    return rota_get(db, ROTA_JOBS, id, r->arena, &item, f) && jobs_cancel(db, id, f) &&
           record(r, db, id, "job_cancelled", NULL, f) && db_commit(db, f);
}

bool on_jobs_cancel(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;
    int64_t id;

    if (!rotas_id(r, ROTA_JOBS, &id, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!cancel(r, db, id, f)) {
        db_rollback(db);
        return false;
    }
    reply_empty(out, REPLY_NO_CONTENT);
    return true;
}

/* ------------------------------------------------------------------ asking for one */

static bool read_kind(const struct input *body, const struct job_kind **out, struct fail *f)
{
    const struct input *word = input_get(body, "kind");
    const char *words[WORDS_MAX];
    int32_t i = 0;

    if (!input_is_object(body) || !word) {
        fail_set(f, FAIL_INPUT, KEY_MISSING, "the kind of work is not said");
        return fail_at(f, "/kind");
    }
    for (int32_t k = 0; k < JOB_KINDS_COUNT; k++)
        words[k] = JOB_KINDS[k].word;
    if (!input_word(word, words, JOB_KINDS_COUNT, &i, f))
        return false;
    *out = &JOB_KINDS[i];
    return true;
}

/* The body without its kind. */
static const char *wish_of(const struct input *body, struct arena *a)
{
    const struct input *value;
    struct buf text = { 0 };
    struct emit e = emit_to(&text);
    void *cursor = NULL;

    emit_object(&e);
    for (const char *key; (key = input_next(body, &cursor, &value));) {
        if (strcmp(key, "kind") == 0)
            continue;
        const char *json = input_dump(a, value);

        emit_key(&e, key);
        emit_raw(&e, json, strlen(json));
    }
    emit_end(&e);
    const char *kept = arena_copy(a, text.bytes, text.size);

    buf_free(&text);
    return kept;
}

struct making {
    const struct request *r;
    struct jobs_new job;
};

static bool make(void *self, struct db *db, int64_t id, struct fail *f)
{
    struct making *m = self;

    m->job.job_id = id;
    return jobs_add(db, &m->job, m->r->arena, f) &&
           record(m->r, db, id, "job_asked",
                  arena_text(m->r->arena, "{\"kind\":\"%s\"}", m->job.kind), f);
}

bool on_jobs_cover(const struct request *r, struct reply *out, struct fail *f)
{
    struct making m = { .r = r,
                        .job = { .org_id = r->caller.org_id,
                                 .token_id = r->caller.token_id,
                                 .person_id = r->caller.person_id } };
    const struct rotas_making making = { r, ROTA_JOBS, make, &m };
    const struct input *body, *wish;
    const struct job_kind *kind;

    if (!request_json(r, &body, f) || !read_kind(body, &kind, f))
        return false;
    m.job.kind = kind->word;
    m.job.wish = wish_of(body, r->arena);
    wish = input_parse(r->arena, m.job.wish, strlen(m.job.wish), f);
    return wish && kind->check(wish, f) && rotas_make(&making, out, f);
}
