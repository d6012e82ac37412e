#include "api/enrolments_json.h"

#include <string.h>

#include "api/own_json.h"

enum { NAME_MAX_BYTES = 200, CODE_TEXT_MAX = 64, CLAIM_TEXT_MAX = 64, MINUTE_S = 60 };
static const int64_t ID_MAX = INT64_C(9007199254740991);

static const char *const MODES[] = { "foot", "ebike", "car" };

/* ------------------------------------------------------------------ writing */

void enrolments_json_code(struct emit *e, const struct enrolments_code *code)
{
    emit_object(e);
    emit_key_int(e, "code_id", code->code_id);
    emit_key_int(e, "org_id", code->org_id);
    emit_key_text(e, "code", code->code);
    emit_key_text(e, "label", code->label);
    emit_key_int(e, "uses", code->uses);
    emit_key_int(e, "uses_max", code->uses_max);
    emit_key_bool(e, "usable", code->is_usable);
    emit_key_text(e, "expires_at", code->expires_at);
    emit_key_text(e, "valid_from", code->valid_from);
    emit_end(e);
}

/* "contact:1 location:1" as objects. */
static void write_consents(struct emit *e, const char *list)
{
    emit_key(e, "consents");
    emit_array(e);
    while (*list) {
        const size_t word = strcspn(list, ":");
        int64_t version = 0;

        emit_object(e);
        emit_key(e, "purpose");
        emit_text_sized(e, list, word);
        list += word + (list[word] == ':');
        for (; *list >= '0' && *list <= '9'; list++)
            version = version * 10 + (*list - '0');
        emit_key_int(e, "version", version);
        emit_end(e);
        list += strspn(list, " ");
    }
    emit_end(e);
}

void enrolments_json_row(struct emit *e, const struct enrolments_row *row)
{
    emit_object(e);
    emit_key_int(e, "enrolment_id", row->enrolment_id);
    emit_key_int(e, "person_id", row->person_id);
    emit_key_int(e, "code_id", row->code_id);
    emit_key_int(e, "org_id", row->org_id);
    emit_key_text(e, "state", row->state);
    emit_key_text(e, "name", row->name);
    emit_key_text(e, "mode", row->mode);
    emit_key(e, "birth_year");
    if (row->birth_year)
        emit_int(e, row->birth_year);
    else
        emit_null(e);
    emit_key_text(e, "phone", row->phone);
    emit_key_text(e, "language", row->language);
    write_consents(e, row->consents);
    emit_key_text(e, "reason", row->reason);
    emit_key_text(e, "asked_at", row->asked_at);
    emit_key_text(e, "decided_at", row->decided_at);
    emit_end(e);
}

/* ------------------------------------------------------------------ reading a code */

bool enrolments_json_read_code(const struct input *body, struct enrolments_code *code,
                               int64_t *life_s, struct fail *f)
{
    enum { LABEL, ORG_ID, USES_MAX, LIFE_S, KEYS };
    struct input_key keys[KEYS] = {
        [LABEL] = { "label", true, NULL },
        [ORG_ID] = { "org_id", false, NULL },
        [USES_MAX] = { "uses_max", false, NULL },
        [LIFE_S] = { "life_s", false, NULL },
    };
    int64_t uses = code->uses_max;

    if (!input_keys(body, keys, KEYS, f) ||
        !input_text(keys[LABEL].value, ENROLMENTS_LABEL_MAX, &code->label, f) ||
        (keys[ORG_ID].value && !input_int(keys[ORG_ID].value, 1, ID_MAX, &code->org_id, f)) ||
        (keys[USES_MAX].value &&
         !input_int(keys[USES_MAX].value, 1, ENROLMENTS_USES_MAX, &uses, f)) ||
        (keys[LIFE_S].value &&
         !input_int(keys[LIFE_S].value, MINUTE_S, ENROLMENTS_CODE_LIFE_MAX_S, life_s, f)))
        return false;
    code->uses_max = (int32_t)uses;
    return true;
}

/* ------------------------------------------------------------------ reading a person */

static int32_t place_of(const struct consents_text *texts, int32_t count, const char *purpose,
                        int64_t version)
{
    for (int32_t i = 0; i < count; i++)
        if (strcmp(texts[i].purpose, purpose) == 0 && texts[i].version == version)
            return i;
    return -1;
}

static bool read_consent(const struct input *v, const struct consents_text *texts, int32_t count,
                         bool *given, struct fail *f)
{
    struct input_key keys[] = { { "purpose", true, NULL }, { "version", true, NULL } };
    const char *purpose;
    int64_t version;

    if (!input_keys(v, keys, 2, f) ||
        !input_text(keys[0].value, CONSENTS_PURPOSE_MAX, &purpose, f) ||
        !input_int(keys[1].value, 1, INT32_MAX, &version, f))
        return false;
    const int32_t place = place_of(texts, count, purpose, version);

    if (place < 0) {
        fail_set(f, FAIL_INPUT, CONSENT_UNKNOWN, "the text %lld of %.40s is not in force",
                 (long long)version, purpose);
        return input_blame(v, f);
    }
    given[place] = true;
    return true;
}

static bool read_consents(const struct input *v, const struct consents_text *texts, int32_t count,
                          struct arena *a, const char **out, struct fail *f)
{
    bool given[CONSENTS_TEXTS_MAX] = { false };
    const char *list = "";
    int32_t said;

    if (count > CONSENTS_TEXTS_MAX)
        count = CONSENTS_TEXTS_MAX;
    if (!input_array(v, 0, ENROLMENTS_CONSENTS_MAX, &said, f))
        return false;
    for (int32_t i = 0; i < said; i++)
        if (!read_consent(input_item(v, i), texts, count, given, f))
            return false;
    for (int32_t i = 0; i < count; i++) {
        if (texts[i].required && !given[i]) {
            fail_set(f, FAIL_INPUT, CONSENT_REQUIRED, "nobody can enrol without agreeing to %.40s",
                     texts[i].purpose);
            fail_value(f, texts[i].purpose);
            return input_blame(v, f);
        }
        if (given[i])
            list = arena_text(a, "%s%s%s:%d", list, *list ? " " : "", texts[i].purpose,
                              (int)texts[i].version);
    }
    *out = list;
    return true;
}

enum { CODE, CLAIM, NAME, MODE, BIRTH_YEAR, PHONE, IDENTITY, EMERGENCY, LANGUAGE, CONSENTS, KEYS };

static bool read_who(const struct input_key *keys, struct arena *a, struct own_data *who,
                     struct fail *f)
{
    int32_t mode = 0;

    if (!input_text(keys[NAME].value, NAME_MAX_BYTES, &who->name, f) ||
        (keys[MODE].value && !input_word(keys[MODE].value, MODES, 3, &mode, f)) ||
        (keys[BIRTH_YEAR].value &&
         !own_json_birth_year(keys[BIRTH_YEAR].value, &who->birth_year, f)))
        return false;
    who->mode = MODES[mode];
    return own_json_value(keys[PHONE].value, PERSONAL_PHONE, a, &who->values[PERSONAL_PHONE], f) &&
           (!keys[IDENTITY].value || own_json_value(keys[IDENTITY].value, PERSONAL_IDENTITY, a,
                                                    &who->values[PERSONAL_IDENTITY], f)) &&
           (!keys[EMERGENCY].value || own_json_value(keys[EMERGENCY].value, PERSONAL_EMERGENCY, a,
                                                     &who->values[PERSONAL_EMERGENCY], f)) &&
           own_year(who, f);
}

bool enrolments_json_read(const struct input *body, const struct consents_text *texts,
                          int32_t text_count, struct arena *a, struct enrolments_wish *out,
                          struct fail *f)
{
    struct input_key keys[KEYS] = {
        [CODE] = { "code", true, NULL },
        [CLAIM] = { "claim", true, NULL },
        [NAME] = { "name", true, NULL },
        [MODE] = { "mode", false, NULL },
        [BIRTH_YEAR] = { "birth_year", false, NULL },
        [PHONE] = { "phone", true, NULL },
        [IDENTITY] = { "identity", false, NULL },
        [EMERGENCY] = { "emergency", false, NULL },
        [LANGUAGE] = { "language", true, NULL },
        [CONSENTS] = { "consents", true, NULL },
    };
    struct enrolments_wish wish = { 0 };
    const char *claim;

    if (!input_keys(body, keys, KEYS, f) ||
        !input_text(keys[CODE].value, CODE_TEXT_MAX, &wish.code, f) ||
        !input_text(keys[CLAIM].value, CLAIM_TEXT_MAX, &claim, f) ||
        (!enrolments_claim_hash(claim, wish.claim_hash, f) && !input_blame(keys[CLAIM].value, f)) ||
        !read_who(keys, a, &wish.who, f) ||
        !own_json_language(keys[LANGUAGE].value, &wish.language, f) ||
        !read_consents(keys[CONSENTS].value, texts, text_count, a, &wish.consents, f))
        return false;
    *out = wish;
    return true;
}
