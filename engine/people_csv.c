/* Lines are read one by one and written in batches: what the database finds to be
 * registered already is not written, and its line told. */
#include "engine/people_csv.h"

#include <stdlib.h>
#include <string.h>

#include "engine/people.h"
#include "engine/pinyin.h"
#include "geo/base/emit.h"

enum { BATCH = 500, SHOWN = 40, SKILLS_MAX = 10 };

enum column {
    NAME,
    ORG,
    PHONE,
    IDENTITY,
    BIRTH_YEAR,
    MODE,
    LINE,
    SKILLS,
    RECRUIT,
    EMERGENCY,
    ADDRESS,
    COLUMNS
};

static const char *const COLUMN_NAMES[COLUMNS] = {
    [NAME] = "name|姓名",
    [ORG] = "org|组织|组织代码",
    [PHONE] = "phone|手机号|电话",
    [IDENTITY] = "identity|身份证号|证件号",
    [BIRTH_YEAR] = "birth_year|出生年份",
    [MODE] = "mode|出行方式",
    [LINE] = "line|线路",
    [SKILLS] = "skills|技能",
    [RECRUIT] = "recruit|招募方式",
    [EMERGENCY] = "emergency|紧急联系人",
    [ADDRESS] = "address|住址",
};

/* Which column each personal value stands in. */
static const enum column COLUMN_OF[PERSONAL_FIELDS] = {
    [PERSONAL_PHONE] = PHONE,
    [PERSONAL_IDENTITY] = IDENTITY,
    [PERSONAL_EMERGENCY] = EMERGENCY,
    [PERSONAL_ADDRESS] = ADDRESS,
};

static const char *const MODES[] = { "foot|步行", "ebike|电动车", "car|汽车", "bus|公交",
                                     "taxi|出租车" };
static const char *const RECRUITS[PERSON_RECRUITS] = { "long_term|长期", "short_term|短期",
                                                       "reserve|后备" };
/* In the order of their bits. */
static const char *const SKILL_NAMES[SKILLS_MAX] = {
    "first_aid|急救",        "aed|AED",           "fire|消防",
    "water_rescue|水上救援", "psychology|心理",   "sign_language|手语",
    "english|英语",          "elderly_care|养老", "traffic|交通",
    "drone|无人机",
};

/* A line that can be read so far. */
struct entry {
    const struct csv_row *row;
    struct person person;
    struct person_said said;
    bool is_refused;
};

struct intake {
    const struct people_csv_means *means;
    struct csv_column columns[COLUMNS];
    const struct db_rows *orgs; /* code and id, by code */
    struct entry *entries;
    int32_t count;
    struct people_csv_report *report;
};

/* ------------------------------------------------------------------ what is wrong */

static bool is_personal(enum column column)
{
    for (int32_t i = 0; i < PERSONAL_FIELDS; i++)
        if (COLUMN_OF[i] == column)
            return true;
    return false;
}

static void keep_error(struct intake *in, const struct people_csv_error *error)
{
    struct people_csv_report *r = in->report;

    r->refused++;
    if (r->error_count < PEOPLE_CSV_ERRORS_MAX)
        r->errors[r->error_count++] = *error;
}

static void refuse(struct intake *in, const struct csv_row *row, enum column column,
                   const struct fail *f)
{
    const struct people_csv_error error = {
        .line = row->line,
        .column = csv_word(&in->columns[column], in->means->arena),
        .value = csv_cell(row, &in->columns[column]),
        .is_personal = is_personal(column),
        .fail = *f,
    };

    keep_error(in, &error);
}

static int by_line(const void *one, const void *other)
{
    const struct people_csv_error *a = one;
    const struct people_csv_error *b = other;

    return (a->line > b->line) - (a->line < b->line);
}

/* ------------------------------------------------------------------ organisations */

/* A JSON array of the codes that the file names. */
static const char *codes_of(const struct intake *in, const struct csv *csv, struct buf *b)
{
    struct emit e = emit_to(b);

    emit_array(&e);
    for (int32_t i = 0; i < csv->row_count; i++) {
        const char *code = csv_cell(&csv->rows[i], &in->columns[ORG]);

        if (code[0] &&
            (i == 0 || strcmp(code, csv_cell(&csv->rows[i - 1], &in->columns[ORG])) != 0))
            emit_text(&e, code);
    }
    emit_end(&e);
    return buf_text(b);
}

static bool read_orgs(struct intake *in, const struct csv *csv, struct fail *f)
{
    struct buf codes = { 0 };
    const struct db_value values[] = { db_text(codes_of(in, csv, &codes)),
                                       db_int(in->means->org_id) };
    const bool is_read = db_run(in->means->db, QUERIES_PEOPLE_IMPORT_ORGS, values, 2,
                                in->means->arena, &in->orgs, f);

    buf_free(&codes);
    return is_read;
}

static bool find_org(const struct intake *in, const char *code, int64_t *org_id, struct fail *f)
{
    int32_t low = 0;
    int32_t high = db_count(in->orgs);

    while (low < high) {
        const int32_t middle = (low + high) / 2;
        const int order = strcmp(code, db_get_text(in->orgs, middle, 0));

        if (order == 0) {
            *org_id = db_get_int(in->orgs, middle, 1);
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return fail_set(f, FAIL_INPUT, ORG_UNKNOWN, "there is no open organisation with the code %.*s",
                    SHOWN, code);
}

/* ------------------------------------------------------------------ cells */

/* Which of the words the cell says. */
static bool read_word(const char *cell, const char *const *words, int32_t count, int32_t *out,
                      struct fail *f)
{
    struct buf allowed = { 0 };

    for (*out = 0; *out < count; ++*out)
        if (csv_is_called(words[*out], cell))
            return true;
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "\"%.*s\" is not allowed here", SHOWN, cell);
    for (int32_t i = 0; i < count; i++) {
        buf_string(&allowed, i ? ", " : "");
        buf_put(&allowed, words[i], strcspn(words[i], "|"));
    }
    fail_allowed(f, "%s", buf_text(&allowed));
    buf_free(&allowed);
    return false;
}

static bool read_text(const char *cell, size_t most, const char **out, struct fail *f)
{
    *out = cell;
    for (const char *at = cell; *at; at++)
        if ((unsigned char)*at < ' ')
            return fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
                            "a line end or another control character stands in this cell");
    if (strlen(cell) <= most)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "this cell has %zu bytes", strlen(cell));
    return fail_allowed(f, "at most %zu bytes", most);
}

static bool read_name(const char *cell, struct person *p, struct fail *f)
{
    if (!cell[0])
        return fail_set(f, FAIL_INPUT, VALUE_EMPTY, "a person needs a name");
    return read_text(cell, PERSON_NAME_MAX, &p->name, f);
}

static bool read_year(const char *cell, struct person *p, struct fail *f)
{
    char *end;
    const long year = strtol(cell, &end, 10), year_max = person_birth_max();

    if (*end == '\0' && year >= PERSON_BIRTH_MIN && year <= year_max) {
        p->birth_year = (int32_t)year;
        return true;
    }
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "this is no year of birth: %.*s", SHOWN, cell);
    return fail_allowed(f, "%d to %ld", PERSON_BIRTH_MIN, year_max);
}

static bool read_mode(const char *cell, struct person *p, struct fail *f)
{
    static const char *const WORDS[] = { "foot", "ebike", "car", "bus", "taxi" };
    int32_t mode;

    return read_word(cell, MODES, sizeof MODES / sizeof *MODES, &mode, f) &&
           able_mode_of(WORDS[mode], &p->mode, &p->crew);
}

static bool read_skills(const char *cell, struct arena *a, struct person *p, struct fail *f)
{
    static const char *const PARTS[] = { "；", "、", "，", "/" };
    char *list = arena_copy(a, cell, strlen(cell));
    char *rest;

    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        for (char *at = strstr(list, PARTS[i]); at; at = strstr(at, PARTS[i]))
            memset(at, ';', strlen(PARTS[i]));
    for (char *word = strtok_r(list, "; ", &rest); word; word = strtok_r(NULL, "; ", &rest)) {
        int32_t skill;

        if (!read_word(word, SKILL_NAMES, SKILLS_MAX, &skill, f))
            return false;
        p->skills |= UINT64_C(1) << skill;
    }
    return true;
}

static bool read_recruit(const char *cell, struct person *p, struct fail *f)
{
    int32_t recruit;

    if (!read_word(cell, RECRUITS, PERSON_RECRUITS, &recruit, f))
        return false;
    p->recruit = (enum person_recruit)recruit;
    return true;
}

static bool read_cell(const struct intake *in, enum column column, const char *cell,
                      struct entry *out, struct fail *f)
{
    struct person *p = &out->person;

    switch (column) {
    case NAME:
        return read_name(cell, p, f);
    case ORG:
        return !cell[0] || find_org(in, cell, &p->org_id, f);
    case BIRTH_YEAR:
        return !cell[0] || read_year(cell, p, f);
    case MODE:
        return !cell[0] || read_mode(cell, p, f);
    case LINE:
        return read_text(cell, PERSON_LINE_MAX, &p->line, f);
    case SKILLS:
        return read_skills(cell, in->means->arena, p, f);
    case RECRUIT:
        return !cell[0] || read_recruit(cell, p, f);
    case PHONE:
    case IDENTITY:
    case EMERGENCY:
    case ADDRESS:
    case COLUMNS:
        break;
    }
    for (int32_t i = 0; i < PERSONAL_FIELDS; i++)
        if (COLUMN_OF[i] == column && cell[0])
            return read_text(cell, PERSONAL_TEXT_MAX, &out->said.text[i], f);
    return true;
}

/* Phone and identity number are brought into form one by one, so that the one that is
 * wrong can be named. */
static bool read_said(struct intake *in, struct entry *e, enum column *at, struct fail *f)
{
    struct person_said phone = { 0 };
    struct person_said identity = { 0 };

    phone.text[PERSONAL_PHONE] = e->said.text[PERSONAL_PHONE];
    identity.text[PERSONAL_IDENTITY] = e->said.text[PERSONAL_IDENTITY];
    *at = PHONE;
    if (!person_read_said(&phone, &e->person, in->means->arena, f))
        return false;
    *at = IDENTITY;
    if (!person_read_said(&identity, &e->person, in->means->arena, f)) {
        if (f->code == CODE_BIRTH_YEAR_DIFFERS)
            *at = BIRTH_YEAR;
        return false;
    }
    e->said.text[PERSONAL_PHONE] = phone.text[PERSONAL_PHONE];
    e->said.text[PERSONAL_IDENTITY] = identity.text[PERSONAL_IDENTITY];
    return true;
}

/* True when the line can be taken; else it is refused, once, for the first cell that
 * is wrong. */
static bool read_row(struct intake *in, const struct csv_row *row, struct entry *out)
{
    enum column column;
    struct fail f;

    *out =
        (struct entry){ .row = row,
                        .person = { .org_id = in->means->org_id, .mode = MODE_FOOT, .line = "" } };
    if (row->wrong.kind != FAIL_NONE) {
        keep_error(in, &(struct people_csv_error){ .line = row->line, .fail = row->wrong });
        return false;
    }
    for (int i = 0; i < COLUMNS; i++) {
        column = (enum column)i;
        if (!read_cell(in, column, csv_cell(row, &in->columns[i]), out, &f)) {
            refuse(in, row, column, &f);
            return false;
        }
    }
    if (read_said(in, out, &column, &f))
        return true;
    refuse(in, row, column, &f);
    return false;
}

/* ------------------------------------------------------------------ twice in the file */

struct number {
    const char *text;
    struct entry *entry;
};

static int by_number(const void *one, const void *other)
{
    const struct number *a = one;
    const struct number *b = other;
    const int order = strcmp(a->text, b->text);

    return order ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

/* Of lines with the same number the first is taken. */
static void refuse_repeated(struct intake *in, enum personal_field field)
{
    struct number *numbers = arena_take(in->means->arena, (size_t)in->count + 1, sizeof *numbers);
    int32_t count = 0;

    for (int32_t i = 0; i < in->count; i++)
        if (in->entries[i].said.text[field] && !in->entries[i].is_refused)
            numbers[count++] = (struct number){ in->entries[i].said.text[field], &in->entries[i] };
    qsort(numbers, (size_t)count, sizeof *numbers, by_number);
    for (int32_t i = 1; i < count; i++) {
        struct fail f;

        if (strcmp(numbers[i - 1].text, numbers[i].text) != 0)
            continue;
        fail_set(&f, FAIL_INPUT, PERSON_REPEATED, "this number stands in line %d already",
                 numbers[i - 1].entry->row->line);
        refuse(in, numbers[i].entry->row, COLUMN_OF[field], &f);
        numbers[i].entry->is_refused = true;
        numbers[i].entry = numbers[i - 1].entry; /* so that the next names the first */
    }
}

/* ------------------------------------------------------------------ writing to the database */

static void emit_hex(struct emit *e, const char *key, const unsigned char *bytes, size_t size,
                     struct arena *a)
{
    static const char DIGITS[] = "0123456789abcdef";
    char *hex = arena_take(a, 2 * size + 1, 1);

    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = DIGITS[bytes[i] >> 4];
        hex[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    emit_key_text(e, key, hex);
}

static void emit_personal(const struct intake *in, struct emit *e, const struct entry *entry,
                          struct arena *a)
{
    static const char *const SEALED[PERSONAL_FIELDS] = { "phone_sealed", "identity_sealed",
                                                         "emergency_sealed", "address_sealed" };
    static const char *const HASH[] = { "phone_hash", "identity_hash" };
    const struct personal *keys = in->means->keys;
    unsigned char hash[PERSONAL_HASH_BYTES];

    for (int32_t i = 0; i < PERSONAL_FIELDS; i++) {
        const enum personal_field field = (enum personal_field)i;
        const char *text = entry->said.text[i];
        size_t size = 0;

        if (!text)
            continue;
        const void *sealed = personal_seal(keys, entry->person.person_id, field, text, a, &size);

        emit_hex(e, SEALED[i], sealed, size, a);
        if (i > PERSONAL_IDENTITY)
            continue;
        personal_hash(keys, field, text, hash);
        emit_hex(e, HASH[i], hash, sizeof hash, a);
    }
}

static void emit_entry(const struct intake *in, struct emit *e, const struct entry *entry,
                       struct arena *a)
{
    const struct person *p = &entry->person;
    char initials[PINYIN_SIZE];

    pinyin_initials(p->name, initials);
    emit_object(e);
    emit_key_int(e, "person_id", p->person_id);
    emit_key_int(e, "org_id", p->org_id);
    emit_key_text(e, "name", p->name);
    emit_key_text(e, "initials", initials);
    emit_key_text(e, "mode", able_mode_word(p->mode, p->crew));
    emit_key_text(e, "line", p->line);
    emit_key_int(e, "skills", (int64_t)p->skills);
    emit_key_text(e, "recruit", PERSON_RECRUIT_WORDS[p->recruit]);
    if (p->birth_year)
        emit_key_int(e, "birth_year", p->birth_year);
    emit_personal(in, e, entry, a);
    emit_end(e);
}

/* Nobody else's row may be told of: only that there is one. */
static void refuse_registered(struct intake *in, struct entry *entry)
{
    const enum personal_field field =
        entry->said.text[PERSONAL_PHONE] ? PERSONAL_PHONE : PERSONAL_IDENTITY;
    struct fail f;

    if (entry->said.text[PERSONAL_PHONE] && entry->said.text[PERSONAL_IDENTITY])
        fail_set(&f, FAIL_CONFLICT, PERSON_REGISTERED,
                 "somebody with this phone or identity number is registered already");
    else
        person_fail_registered(field, &f);
    refuse(in, entry->row, COLUMN_OF[field], &f);
    entry->is_refused = true;
}

static bool is_among(const struct db_rows *rows, int64_t person_id)
{
    for (int32_t i = 0; i < db_count(rows); i++)
        if (db_get_int(rows, i, 0) == person_id)
            return true;
    return false;
}

/* Writes the next lines from *at on. */
static bool add_batch(struct intake *in, int32_t *at, struct arena *a, struct fail *f)
{
    struct entry *batch[BATCH];
    struct buf rows = { 0 };
    struct emit e = emit_to(&rows);
    const struct db_rows *added;
    int32_t count = 0;

    emit_array(&e);
    for (; *at < in->count && count < BATCH; ++*at) {
        struct entry *entry = &in->entries[*at];

        if (entry->is_refused)
            continue;
        if (!ids_take(in->means->ids, in->means->db, &entry->person.person_id, f)) {
            buf_free(&rows);
            return false;
        }
        emit_entry(in, &e, entry, a);
        batch[count++] = entry;
    }
    emit_end(&e);
    const struct db_value value = db_text(buf_text(&rows));
    const bool is_added =
        count == 0 || db_run(in->means->db, QUERIES_PEOPLE_IMPORT_ADD, &value, 1, a, &added, f);

    for (int32_t i = 0; is_added && i < count; i++)
        if (!is_among(added, batch[i]->person.person_id))
            refuse_registered(in, batch[i]);
    buf_free(&rows);
    return is_added;
}

static bool add_all(struct intake *in, struct fail *f)
{
    struct arena *scratch = arena_new();
    bool is_good = true;

    for (int32_t at = 0; is_good && at < in->count; arena_reset(scratch))
        is_good = add_batch(in, &at, scratch, f);
    arena_free(scratch);
    return is_good;
}

bool people_csv_import(const struct people_csv_means *m, const struct csv *csv,
                       struct people_csv_report *report, struct fail *f)
{
    struct intake in = { .means = m, .report = report };

    for (int i = 0; i < COLUMNS; i++)
        in.columns[i] = (struct csv_column){ .names = COLUMN_NAMES[i], .required = i == NAME };
    *report = (struct people_csv_report){
        .line_count = csv->row_count,
        .errors = arena_take(m->arena, PEOPLE_CSV_ERRORS_MAX, sizeof *report->errors),
    };
    if (!csv_find(csv, in.columns, COLUMNS, f) || !read_orgs(&in, csv, f))
        return false;
    in.entries = arena_take(m->arena, (size_t)csv->row_count + 1, sizeof *in.entries);
    for (int32_t i = 0; i < csv->row_count; i++)
        if (read_row(&in, &csv->rows[i], &in.entries[in.count]))
            in.count++;
    refuse_repeated(&in, PERSONAL_PHONE);
    refuse_repeated(&in, PERSONAL_IDENTITY);
    if (!add_all(&in, f))
        return false;
    report->accepted = report->line_count - report->refused;
    qsort(report->errors, (size_t)report->error_count, sizeof *report->errors, by_line);
    return true;
}

/* ------------------------------------------------------------------ writing a table */

void people_csv_write_head(struct buf *b)
{
    const char *cells[COLUMNS];
    struct arena *a = arena_new();

    for (int i = 0; i < COLUMNS; i++)
        cells[i] = csv_word(&(struct csv_column){ .names = COLUMN_NAMES[i] }, a);
    csv_write(b, cells, COLUMNS);
    arena_free(a);
}

static const char *skills_text(uint64_t skills, struct arena *a)
{
    const char *text = "";

    for (int32_t i = 0; i < SKILLS_MAX; i++)
        if (skills >> i & 1 && people_skill_word(i))
            text = arena_text(a, "%s%s%s", text, text[0] ? ";" : "", people_skill_word(i));
    return text;
}

bool people_csv_write(struct buf *b, const struct person *p, const struct orgs *orgs,
                      const struct personal *keys, bool masked, struct arena *a, struct fail *f)
{
    const char *cells[COLUMNS] = {
        [NAME] = p->name,
        [BIRTH_YEAR] = p->birth_year ? arena_text(a, "%d", p->birth_year) : "",
        [MODE] = able_mode_word(p->mode, p->crew),
        [LINE] = p->line,
        [SKILLS] = skills_text(p->skills, a),
        [RECRUIT] = PERSON_RECRUIT_WORDS[p->recruit],
    };
    struct orgs_one org;

    if (orgs_get(orgs, p->org_id, &org))
        cells[ORG] = org.code;
    for (int32_t i = 0; i < PERSONAL_FIELDS; i++) {
        const enum personal_field field = (enum personal_field)i;
        const char *text;

        if (!person_unseal(keys, p, field, a, &text, f))
            return false;
        cells[COLUMN_OF[i]] = text && masked ? personal_mask(field, text, a) : text;
    }
    csv_write(b, cells, COLUMNS);
    return true;
}
