#include "api/person_json.h"

#include <string.h>

#include "api/fix_json.h"
#include "api/way.h"
#include "engine/able.h"
#include "engine/age.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/sight.h"

static const char *const FIELDS[PERSONAL_FIELDS] = {
    [PERSONAL_PHONE] = "phone",
    [PERSONAL_IDENTITY] = "identity",
    [PERSONAL_EMERGENCY] = "emergency",
    [PERSONAL_ADDRESS] = "address",
};

/* ------------------------------------------------------------------ writing */

/* A value that this process has no key for is not shown, and takes nothing else from
 * the answer; whoever asks for it in the clear is told. */
static void mask(const struct request *r, const struct person *p, struct person_json_told *out)
{
    struct fail unread;
    const struct personal *keys = engine_personal(r->engine, &unread);

    for (int32_t i = 0; keys && i < PERSONAL_FIELDS; i++) {
        const enum personal_field field = (enum personal_field)i;
        const char *text;

        if (person_unseal(keys, p, field, r->arena, &text, &unread) && text)
            out->masked[i] = personal_mask(field, text, r->arena);
    }
}

bool person_json_tell(const struct request *r, const struct person *p, enum frame frame,
                      struct person_json_told *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    struct live *live = engine_live(r->engine);
    struct live_person seen = { 0 };

    live_read(live);
    if (!live_get(live, p->person_id, &seen) || !sight_sees(&sight, &seen))
        seen = (struct live_person){ 0 };
    live_read_end(live);
    *out = (struct person_json_told){ .person = p,
                                      .is_taken = seen.taken_incident_id != 0,
                                      .has_fix = seen.has_fix,
                                      .ages = live_ages(live),
                                      .fix = seen.fix };
    mask(r, p, out);
    return !seen.has_fix || frame_from_wgs84(frame, point_from_e7(seen.fix.at), &out->at, f);
}

static void write_fix(struct emit *e, const struct person_json_told *t, enum frame frame)
{
    emit_key(e, "position");
    if (!t->has_fix) {
        emit_null(e);
        return;
    }
    way_write_place(e, t->at, frame);
    fix_json_write(e, &t->fix, age_us(&t->fix, clock_wall_us()), t->ages);
}

/* What the database knows against sending her, and what memory knows, as a search has it. */
static void write_availability(struct emit *e, const struct person_json_told *t)
{
    const bool is_lost = t->has_fix && age_is_lost(t->ages, age_us(&t->fix, clock_wall_us()));
    const struct {
        bool stands;
        enum able_bar bar;
    } more[] = {
        { t->is_taken, ABLE_TAKEN },
        { is_lost, ABLE_STALE },
        { t->has_fix && t->fix.flags & LIVE_FRAME, ABLE_FRAME_IN_DOUBT },
    };
    const char *at = t->person->hindrances;
    bool available = !at[0];

    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        available = available && !more[i].stands;
    emit_key_bool(e, "available", available);
    emit_key(e, "unavailable");
    emit_array(e);
    while (*at) {
        const size_t length = strcspn(at, ",");

        emit_text_sized(e, at, length);
        at += length + (at[length] == ',');
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i].stands)
            emit_text(e, able_word(more[i].bar));
    emit_end(e);
}

void person_json_write(struct emit *e, const struct person_json_told *t, enum frame frame,
                       bool whole)
{
    const struct person *p = t->person;

    emit_object(e);
    emit_key_int(e, "person_id", p->person_id);
    emit_key_int(e, "version", p->version);
    emit_key_int(e, "org_id", p->org_id);
    emit_key_text(e, "name", p->name);
    emit_key_text(e, "mode", able_mode_word(p->mode, p->crew));
    emit_key_text(e, "line", p->line[0] ? p->line : NULL);
    emit_key_bool(e, "hired", p->is_hired);
    way_write_skills(e, p->skills);
    emit_key_text(e, "recruit", PERSON_RECRUIT_WORDS[p->recruit]);
    emit_key(e, "birth_year");
    if (p->birth_year)
        emit_int(e, p->birth_year);
    else
        emit_null(e);
    emit_key_bool(e, "on_duty", p->on_duty);
    emit_key_bool(e, "location_consent", p->location_consent);
    write_availability(e, t);
    emit_key_text(e, "credential_until", p->credential_until);
    for (int32_t i = 0; i < (whole ? PERSONAL_FIELDS : PERSONAL_PHONE + 1); i++)
        emit_key_text(e, FIELDS[i], t->masked[i]);
    emit_key_text(e, "valid_from", p->valid_from);
    emit_key_text(e, "valid_to", NULL);
    write_fix(e, t, frame);
    emit_end(e);
}

/* ------------------------------------------------------------------ reading */

enum {
    NAME,
    ORG,
    MODE,
    LINE,
    HIRED,
    SKILLS,
    RECRUIT,
    BIRTH_YEAR,
    ON_DUTY,
    PERSONAL,
    KEYS = PERSONAL + PERSONAL_FIELDS
};

/* Whether the key is there and null: input_keys tells it as not there. */
static bool is_cleared(const struct input *body, const char *name)
{
    const struct input *value;
    void *cursor = NULL;
    const char *key;

    while ((key = input_next(body, &cursor, &value)))
        if (strcmp(key, name) == 0)
            return input_is_null(value);
    return false;
}

static bool read_mode(const struct input *v, struct person *p, struct fail *f)
{
    static const char *const WORDS[] = { "foot", "ebike", "car", "bus", "taxi" };
    int32_t word;

    return input_word(v, WORDS, sizeof WORDS / sizeof *WORDS, &word, f) &&
           able_mode_of(WORDS[word], &p->mode, &p->crew);
}

static bool read_recruit(const struct input *v, struct person *p, struct fail *f)
{
    int32_t word;

    if (!input_word(v, PERSON_RECRUIT_WORDS, PERSON_RECRUITS, &word, f))
        return false;
    p->recruit = (enum person_recruit)word;
    return true;
}

static bool read_birth_year(const struct input *v, struct person *p, struct fail *f)
{
    int64_t year;

    if (!input_int(v, PERSON_BIRTH_MIN, person_birth_max(), &year, f))
        return false;
    p->birth_year = (int32_t)year;
    return true;
}

static bool read_work(const struct input *body, struct input_key *keys, struct person *p,
                      struct fail *f)
{
    if (is_cleared(body, "line"))
        p->line = "";
    if (is_cleared(body, "birth_year"))
        p->birth_year = 0;
    return (!keys[MODE].value || read_mode(keys[MODE].value, p, f)) &&
           (!keys[LINE].value || input_text(keys[LINE].value, PERSON_LINE_MAX, &p->line, f)) &&
           (!keys[HIRED].value || input_bool(keys[HIRED].value, &p->is_hired, f)) &&
           (!keys[SKILLS].value || way_read_skills(keys[SKILLS].value, &p->skills, f)) &&
           (!keys[RECRUIT].value || read_recruit(keys[RECRUIT].value, p, f)) &&
           (!keys[BIRTH_YEAR].value || read_birth_year(keys[BIRTH_YEAR].value, p, f)) &&
           (!keys[ON_DUTY].value || input_bool(keys[ON_DUTY].value, &p->on_duty, f));
}

static bool read_personal(const struct input *body, struct input_key *keys, struct arena *a,
                          struct person *p, struct person_said *said, struct fail *f)
{
    for (int32_t i = 0; i < PERSONAL_FIELDS; i++) {
        const struct input *value = keys[PERSONAL + i].value;

        said->text[i] = is_cleared(body, FIELDS[i]) ? "" : NULL;
        if (value && !input_text(value, PERSONAL_TEXT_MAX, &said->text[i], f))
            return false;
    }
    return person_read_said(said, p, a, f);
}

bool person_json_read(const struct input *body, bool required, struct arena *a, struct person *p,
                      struct person_said *said, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [NAME] = { "name", required, NULL },    [ORG] = { "org_id", false, NULL },
        [MODE] = { "mode", false, NULL },       [LINE] = { "line", false, NULL },
        [HIRED] = { "hired", false, NULL },     [SKILLS] = { "skills", false, NULL },
        [RECRUIT] = { "recruit", false, NULL }, [BIRTH_YEAR] = { "birth_year", false, NULL },
        [ON_DUTY] = { "on_duty", false, NULL },
    };

    for (int32_t i = 0; i < PERSONAL_FIELDS; i++)
        keys[PERSONAL + i].name = FIELDS[i];
    return input_keys(body, keys, KEYS, f) &&
           (!keys[NAME].value || input_text(keys[NAME].value, PERSON_NAME_MAX, &p->name, f)) &&
           (!keys[ORG].value ||
            input_int(keys[ORG].value, 1, INT64_C(9007199254740991), &p->org_id, f)) &&
           read_work(body, keys, p, f) && read_personal(body, keys, a, p, said, f);
}
