#include "api/own_json.h"

#include <string.h>

#include "engine/person.h"

enum { NAME_MAX_BYTES = 200 };

static const char *const MODES[] = { "foot", "ebike", "car" };
static const char *const LANGUAGES[] = { "zh", "en" };

void own_json_write(struct emit *e, const struct own_data *d)
{
    emit_key_int(e, "person_id", d->person_id);
    emit_key_int(e, "version", d->version);
    emit_key_int(e, "org_id", d->org_id);
    emit_key_text(e, "name", d->name);
    emit_key_text(e, "mode", d->mode);
    emit_key_text(e, "recruit", d->recruit);
    emit_key(e, "birth_year");
    if (d->birth_year)
        emit_int(e, d->birth_year);
    else
        emit_null(e);
    emit_key_bool(e, "on_duty", d->on_duty);
    emit_key_bool(e, "location_consent", d->location_consent);
    emit_key_text(e, "valid_from", d->valid_from);
    for (int field = 0; field < PERSONAL_FIELDS; field++)
        emit_key_text(e, own_field_word((enum personal_field)field), d->values[field]);
}

void own_json_consent(struct emit *e, const struct consents_row *row)
{
    emit_object(e);
    emit_key_int(e, "consent_id", row->consent_id);
    emit_key_text(e, "purpose", row->purpose);
    emit_key_int(e, "version", row->version);
    emit_key_text(e, "language", row->language);
    emit_key_bool(e, "given", row->given);
    emit_key_text(e, "at", row->at);
    emit_end(e);
}

void own_json_consents(struct emit *e, const char *key, const struct consents_row *rows,
                       int32_t count)
{
    emit_key(e, key);
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        own_json_consent(e, &rows[i]);
    emit_end(e);
}

void own_json_receipt(struct emit *e, const struct erasure_receipt *receipt)
{
    emit_object(e);
    emit_key_int(e, "erasure_id", receipt->erasure_id);
    emit_key_text(e, "kind", receipt->kind);
    emit_key_int(e, "person_id", receipt->person_id);
    emit_key_int(e, "org_id", receipt->org_id);
    emit_key_int(e, "values", receipt->values_gone);
    emit_key_int(e, "memberships", receipt->memberships);
    emit_key_int(e, "credentials", receipt->credentials);
    emit_key_int(e, "tokens", receipt->tokens);
    emit_key_int(e, "positions", receipt->positions);
    emit_key_text(e, "asked_at", receipt->asked_at);
    emit_key_text(e, "positions_at", receipt->positions_at);
    emit_end(e);
}

bool own_json_language(const struct input *v, const char **out, struct fail *f)
{
    int32_t which;

    if (!input_word(v, LANGUAGES, 2, &which, f))
        return false;
    *out = LANGUAGES[which];
    return true;
}

bool own_json_birth_year(const struct input *v, int32_t *out, struct fail *f)
{
    int64_t year;

    if (!input_int(v, PERSON_BIRTH_MIN, person_birth_max(), &year, f))
        return false;
    *out = (int32_t)year;
    return true;
}

bool own_json_value(const struct input *v, enum personal_field field, struct arena *a,
                    const char **out, struct fail *f)
{
    const char *text;

    return input_text(v, PERSONAL_TEXT_MAX, &text, f) &&
           (own_tidy(field, text, a, out, f) || input_blame(v, f));
}

enum { NAME, MODE, BIRTH_YEAR, VALUES, KEYS = VALUES + PERSONAL_FIELDS };

static bool read_keys(const struct input_key *keys, struct arena *a, struct own_data *d,
                      struct fail *f)
{
    int32_t mode;

    if (keys[NAME].value && !input_text(keys[NAME].value, NAME_MAX_BYTES, &d->name, f))
        return false;
    if (keys[MODE].value) {
        if (!input_word(keys[MODE].value, MODES, 3, &mode, f))
            return false;
        d->mode = MODES[mode];
    }
    if (keys[BIRTH_YEAR].value && !own_json_birth_year(keys[BIRTH_YEAR].value, &d->birth_year, f))
        return false;
    for (int field = 0; field < PERSONAL_FIELDS; field++)
        if (keys[VALUES + field].value &&
            !own_json_value(keys[VALUES + field].value, (enum personal_field)field, a,
                            &d->values[field], f))
            return false;
    return true;
}

/* A value that is null goes. The phone stays: without it nobody could reach her. */
static void take_away(const struct input *body, struct own_data *d)
{
    const struct input *value;
    void *cursor = NULL;

    for (const char *name; (name = input_next(body, &cursor, &value));)
        for (int field = PERSONAL_PHONE + 1; field < PERSONAL_FIELDS; field++)
            if (input_is_null(value) &&
                strcmp(name, own_field_word((enum personal_field)field)) == 0)
                d->values[field] = NULL;
}

bool own_json_read(const struct input *body, struct arena *a, struct own_data *d, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [NAME] = { "name", false, NULL },
        [MODE] = { "mode", false, NULL },
        [BIRTH_YEAR] = { "birth_year", false, NULL },
    };
    struct own_data changed = *d;

    for (int field = 0; field < PERSONAL_FIELDS; field++)
        keys[VALUES + field].name = own_field_word((enum personal_field)field);
    if (!input_keys(body, keys, KEYS, f) || !read_keys(keys, a, &changed, f))
        return false;
    take_away(body, &changed);
    if (!own_year(&changed, f))
        return false;
    *d = changed;
    return true;
}

bool own_json_person(const struct request *r, struct fail *f)
{
    return r->caller.person_id != 0 ||
           fail_set(f, FAIL_MISSING, NO_PERSON_HERE, "this token belongs to no person");
}
