/* What may be agreed to, and what a person has: said by herself, or written down by her
 * organisation from paper. */
#include <string.h>

#include "api/handlers.h"
#include "api/own_json.h"
#include "api/registrar.h"
#include "engine/audit.h"
#include "engine/consents.h"
#include "engine/engine.h"
#include "engine/live.h"

bool on_consents_texts(const struct request *r, struct reply *out, struct fail *f)
{
    struct consents_text *texts;
    struct db *db;
    int32_t count;

    if (!request_db(r, &db, f) || !consents_texts(db, r->arena, &texts, &count, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++) {
        emit_object(e);
        emit_key_text(e, "purpose", texts[i].purpose);
        emit_key_bool(e, "required", texts[i].required);
        emit_key_int(e, "version", texts[i].version);
        emit_key_text(e, "title_zh", texts[i].title_zh);
        emit_key_text(e, "title_en", texts[i].title_en);
        emit_key_text(e, "text_zh", texts[i].text_zh);
        emit_key_text(e, "text_en", texts[i].text_en);
        emit_end(e);
    }
    emit_end(e);
    emit_key_text(e, "next", NULL);
    emit_end(e);
    return true;
}

static bool list(const struct request *r, int64_t person_id, struct reply *out, struct fail *f)
{
    struct consents_row *rows;
    struct db *db;
    int32_t count;

    if (!request_db(r, &db, f) || !consents_list(db, person_id, false, r->arena, &rows, &count, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    own_json_consents(e, "items", rows, count);
    emit_key_text(e, "next", NULL);
    emit_end(e);
    return true;
}

struct saying {
    const struct request *r;
    struct consents_wish wish;
    bool is_made;
};

/* Said and recorded together. Her own consents are her own affair: they are kept, but
 * nobody else's doing. */
static bool say(void *self, struct db *db, struct emit *e, const char **location, struct fail *f)
{
    struct saying *s = self;
    struct consents_row row;
    struct audit_entry entry = {
        .token_id = s->r->caller.token_id,
        .person_id = s->r->caller.person_id,
        .action = s->wish.given ? "consent_given" : "consent_withdrawn",
        .subject = arena_text(s->r->arena, "person %lld", (long long)s->wish.person_id),
        .request_id = s->r->id,
    };

    (void)location;
    if (!consents_add(db, &s->wish, s->r->arena, &row, &entry.org_id, f))
        return false;
    entry.detail = arena_text(s->r->arena, "{\"purpose\":\"%s\",\"version\":%d}", row.purpose,
                              (int)row.version);
    if (!audit_add(db, &entry, f))
        return false;
    own_json_consent(e, &row);
    s->is_made = true;
    return true;
}

enum { PURPOSE, VERSION, LANGUAGE, GIVEN, KEYS };

static bool read_saying(const struct request *r, struct saying *s, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [PURPOSE] = { "purpose", true, NULL },
        [VERSION] = { "version", false, NULL },
        [LANGUAGE] = { "language", true, NULL },
        [GIVEN] = { "given", true, NULL },
    };
    const struct input *body;
    int64_t version = 0;

    if (!request_json(r, &body, f) || !input_keys(body, keys, KEYS, f) ||
        !input_text(keys[PURPOSE].value, CONSENTS_PURPOSE_MAX, &s->wish.purpose, f) ||
        (keys[VERSION].value && !input_int(keys[VERSION].value, 1, INT32_MAX, &version, f)) ||
        !own_json_language(keys[LANGUAGE].value, &s->wish.language, f) ||
        !input_bool(keys[GIVEN].value, &s->wish.given, f))
        return false;
    s->wish.version = (int32_t)version;
    return true;
}

/* Of what was committed this process knows at once; others follow the database. */
static bool carry_out(const struct request *r, struct saying *s, struct reply *out, struct fail *f)
{
    s->r = r;
    if (!read_saying(r, s, f) || !registrar_once(r, out, say, s, f))
        return false;
    if (s->is_made && strcmp(s->wish.purpose, CONSENTS_LOCATION) == 0)
        live_consent(engine_live(r->engine), s->wish.person_id, s->wish.given);
    return true;
}

bool on_consents_list(const struct request *r, struct reply *out, struct fail *f)
{
    const struct personal *p = engine_personal(r->engine, f);
    struct own_data d;
    struct db *db;
    int64_t id;

    return p && request_param_id(r, "person_id", &id, f) && request_db(r, &db, f) &&
           own_read(db, p, id, r->arena, &d, f) && list(r, id, out, f);
}

bool on_consents_record(const struct request *r, struct reply *out, struct fail *f)
{
    struct saying s = { .wish = { .token_id = r->caller.token_id } };

    return request_param_id(r, "person_id", &s.wish.person_id, f) && carry_out(r, &s, out, f);
}

bool on_consents_own(const struct request *r, struct reply *out, struct fail *f)
{
    return own_json_person(r, f) && list(r, r->caller.person_id, out, f);
}

bool on_consents_say(const struct request *r, struct reply *out, struct fail *f)
{
    struct saying s = { .wish = { .person_id = r->caller.person_id } };

    return own_json_person(r, f) && carry_out(r, &s, out, f);
}
