/* Reading is pure; adding goes from the top down: first the lines whose parent is there
 * already, then those below them, until nothing moves. What is left stands in a ring. */
#include "engine/org_table.h"

#include <stdlib.h>
#include <string.h>

enum { CODE, NAME, KIND, PARENT, TRADE, ADDRESS, PHONE, CREDIT, COLUMNS };

/* Field of the registry and names of the column; the first is its own. */
static const char *const NAMES[COLUMNS] = {
    [CODE] = "code|代码|编码",       [NAME] = "name|名称|组织名称",
    [KIND] = "kind|类别|级别",       [PARENT] = "parent_code|上级代码|上级编码",
    [TRADE] = "trade|行业",          [ADDRESS] = "address|地址",
    [PHONE] = "duty_phone|值班电话", [CREDIT] = "credit_code|统一社会信用代码",
};

static const char *const KINDS[][2] = {
    { "县", "county" },     { "区", "county" },   { "县区", "county" }, { "乡镇", "township" },
    { "街道", "township" }, { "镇", "township" }, { "乡", "township" }, { "村", "village" },
    { "社区", "village" },  { "行业", "sector" }, { "单位", "firm" },   { "企业", "firm" },
};

/* ------------------------------------------------------------------ reading */

static bool read_word(const struct registry_field *field, const char *text, const char **out,
                      struct arena *a, struct fail *f)
{
    const char *allowed = "";

    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp(field->name, "kind") == 0 && strcmp(KINDS[i][0], text) == 0)
            text = KINDS[i][1];
    for (int32_t i = 0; i < field->word_count; i++) {
        if (strcmp(field->words[i], text) == 0) {
            *out = field->words[i];
            return true;
        }
        allowed = arena_text(a, "%s%s%s", allowed, i ? ", " : "", field->words[i]);
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s cannot be \"%.40s\"", field->name, text);
    fail_allowed(f, "%s", allowed);
    return fail_value(f, text);
}

static bool read_field(const struct registry_field *field, const char *text, const char **out,
                       struct arena *a, struct fail *f)
{
    if (text[0] == '\0' && field->required) {
        fail_set(f, FAIL_INPUT, VALUE_EMPTY, "%s must not be empty", field->name);
        return false;
    }
    if (text[0] == '\0')
        return true;
    if (field->type == REGISTRY_WORD)
        return read_word(field, text, out, a, f);
    if (strlen(text) > (size_t)field->max) {
        fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "%s is longer than %lld bytes: %.60s", field->name,
                 (long long)field->max, text);
        fail_allowed(f, "1 to %lld bytes", (long long)field->max);
        return fail_value(f, text);
    }
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            return fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
                            "%s must not have control characters or lines", field->name);
    *out = text;
    return true;
}

static bool read_line(const struct csv_row *row, const struct csv_column *columns,
                      struct org_table_line *line, struct shape *s, struct arena *a, struct fail *f)
{
    const struct registry_kind *kind = registry_kind(REGISTRY_ORGS);

    line->item = registry_blank(REGISTRY_ORGS);
    line->parent_code = csv_cell(row, &columns[PARENT]);
    for (int32_t i = 0; i < COLUMNS; i++) {
        const int32_t at = registry_field_find(kind, csv_word(&columns[i], a));

        if (at >= 0 && !read_field(&kind->fields[at], csv_cell(row, &columns[i]),
                                   &line->item.values[at].text, a, f))
            return false;
    }
    return registry_check(REGISTRY_ORGS, &line->item, s, f);
}

/* Places in the table by code, for finding parents and repeated codes. */
struct entry {
    const char *code;
    bool is_wrong;
    int32_t at;
};

static int by_code(const void *one, const void *other)
{
    const struct entry *a = one;
    const struct entry *b = other;
    const int order = strcmp(a->code, b->code);

    if (order == 0 && a->is_wrong != b->is_wrong)
        return a->is_wrong - b->is_wrong;
    return order ? order : a->at - b->at;
}

static int same_code(const void *code, const void *entry)
{
    return strcmp(code, ((const struct entry *)entry)->code);
}

/* The first of those with one code stays, a good one before a wrong one; how many are
 * left. */
static int32_t mark_repeated(struct org_table *t, struct entry *entries, int32_t count)
{
    int32_t kept = count > 0;

    for (int32_t i = 1; i < count; i++) {
        struct org_table_line *line = &t->lines[entries[i].at];

        if (strcmp(entries[i].code, entries[kept - 1].code) != 0) {
            entries[kept++] = entries[i];
            continue;
        }
        if (entries[i].is_wrong)
            continue;
        fail_set(&line->wrong, FAIL_INPUT, CODE_REPEATED,
                 "lines %d and %d have the same code: %.40s", t->lines[entries[kept - 1].at].line,
                 line->line, entries[i].code);
        fail_value(&line->wrong, entries[i].code);
    }
    return kept;
}

static void find_parents(struct org_table *t, struct arena *a)
{
    struct entry *entries = arena_take(a, (size_t)t->count + 1, sizeof *entries);
    int32_t count = 0;

    for (int32_t i = 0; i < t->count; i++) {
        const struct org_table_line *line = &t->lines[i];

        if (registry_code(&line->item)) /* else not even that could be read */
            entries[count++] =
                (struct entry){ registry_code(&line->item), line->wrong.kind != FAIL_NONE, i };
    }
    qsort(entries, (size_t)count, sizeof *entries, by_code);
    count = mark_repeated(t, entries, count);
    for (int32_t i = 0; i < t->count; i++) {
        struct org_table_line *line = &t->lines[i];
        const struct entry *parent = NULL;

        if (line->wrong.kind == FAIL_NONE && line->parent_code[0])
            parent = bsearch(line->parent_code, entries, (size_t)count, sizeof *entries, same_code);
        line->parent_line = parent ? parent->at : -1;
    }
}

bool org_table_read(const char *bytes, size_t size, struct arena *a, struct org_table *out,
                    struct fail *f)
{
    struct csv_column columns[COLUMNS];
    struct shape *shape = shape_take(a);
    struct csv csv;

    for (int32_t i = 0; i < COLUMNS; i++)
        columns[i] = (struct csv_column){ .names = NAMES[i], .required = i <= KIND };
    if (!csv_read(bytes, size, a, &csv, f) || !csv_find(&csv, columns, COLUMNS, f))
        return false;
    *out = (struct org_table){ csv.row_count,
                               arena_take(a, (size_t)csv.row_count + 1, sizeof *out->lines),
                               csv.encoding };
    for (int32_t i = 0; i < csv.row_count; i++) {
        struct org_table_line *line = &out->lines[i];

        line->line = csv.rows[i].line;
        line->parent_code = "";
        line->wrong = csv.rows[i].wrong;
        if (line->wrong.kind == FAIL_NONE)
            (void)read_line(&csv.rows[i], columns, line, shape, a, &line->wrong);
    }
    find_parents(out, a);
    return true;
}

/* ------------------------------------------------------------------ adding */

static bool is_open(const struct org_table_line *line)
{
    return line->wrong.kind == FAIL_NONE && !line->is_added;
}

static bool mark_taken(struct db *db, struct org_table *t, struct arena *a, struct fail *f)
{
    struct registry_item *items = arena_take(a, (size_t)t->count + 1, sizeof *items);
    int32_t *at = arena_take(a, (size_t)t->count + 1, sizeof *at);
    struct registry_taken taken;
    int32_t count = 0;

    for (int32_t i = 0; i < t->count; i++) {
        if (!is_open(&t->lines[i]))
            continue;
        at[count] = i;
        items[count++] = t->lines[i].item;
    }
    if (!registry_find_taken(db, REGISTRY_ORGS, items, count, a, &taken, f))
        return false;
    for (int32_t i = 0; i < taken.count; i++) {
        struct org_table_line *line = &t->lines[at[taken.item_at[i]]];

        /* Those below it stand below the one that is there. */
        line->item.id = taken.id[i];
        (void)registry_fail_taken(REGISTRY_ORGS, &line->item, taken.id[i], &line->wrong);
    }
    return true;
}

static void fail_parent(struct org_table_line *line)
{
    fail_set(&line->wrong, FAIL_INPUT, REFERENCE_UNKNOWN, "there is no open organisation %.40s",
             line->parent_code);
    fail_value(&line->wrong, line->parent_code);
}

/* Parents that no line of the table is: by their codes. */
static bool find_outside(struct db *db, const struct org_table_scope *scope, struct org_table *t,
                         struct arena *a, struct fail *f)
{
    struct registry_item *items = arena_take(a, (size_t)t->count + 1, sizeof *items);
    int32_t *at = arena_take(a, (size_t)t->count + 1, sizeof *at);
    int64_t *found = arena_take(a, (size_t)t->count + 1, sizeof *found);
    struct registry_taken taken;
    int32_t count = 0;

    for (int32_t i = 0; i < t->count; i++) {
        if (!is_open(&t->lines[i]) || t->lines[i].parent_line >= 0 || !t->lines[i].parent_code[0])
            continue;
        at[count] = i;
        items[count] = registry_blank(REGISTRY_ORGS);
        registry_value(REGISTRY_ORGS, &items[count++], "code")->text = t->lines[i].parent_code;
    }
    if (!registry_find_taken(db, REGISTRY_ORGS, items, count, a, &taken, f))
        return false;
    for (int32_t i = 0; i < taken.count; i++)
        found[taken.item_at[i]] = taken.id[i];
    for (int32_t i = 0; i < count; i++) {
        if (found[i] && scope->may(scope->self, found[i]))
            registry_value(REGISTRY_ORGS, &t->lines[at[i]].item, "parent_id")->number = found[i];
        else
            fail_parent(&t->lines[at[i]]);
    }
    return true;
}

/* A line that was added, or one whose organisation is there already. */
static bool can_be_above(const struct org_table_scope *scope, const struct org_table_line *parent)
{
    return parent->is_added || (parent->item.id && scope->may(scope->self, parent->item.id));
}

/* Whether its parent is settled: then the line is ready, or wrong with it. */
static bool is_ready(const struct org_table_scope *scope, struct org_table *t,
                     struct org_table_line *line)
{
    struct registry_value *parent_id = registry_value(REGISTRY_ORGS, &line->item, "parent_id");

    if (!line->parent_code[0])
        parent_id->number = scope->own_id;
    if (parent_id->number)
        return true;
    const struct org_table_line *parent = &t->lines[line->parent_line];

    if (can_be_above(scope, parent)) {
        parent_id->number = parent->item.id;
        return true;
    }
    if (parent->wrong.kind != FAIL_NONE) {
        fail_set(&line->wrong, FAIL_INPUT, PARENT_REFUSED,
                 "it stands below line %d, which is refused", parent->line);
        fail_value(&line->wrong, line->parent_code);
    }
    return false;
}

static bool add_level(struct db *db, struct ids *ids, const struct org_table_scope *scope,
                      struct org_table *t, struct arena *a, int32_t *added, struct fail *f)
{
    struct registry_item *items = arena_take(a, (size_t)t->count + 1, sizeof *items);
    int32_t *at = arena_take(a, (size_t)t->count + 1, sizeof *at);

    *added = 0;
    for (int32_t i = 0; i < t->count; i++) {
        if (!is_open(&t->lines[i]) || !is_ready(scope, t, &t->lines[i]))
            continue;
        at[*added] = i;
        items[(*added)++] = t->lines[i].item;
    }
    if (*added > 0 && !registry_add(db, ids, REGISTRY_ORGS, items, *added, f))
        return false;
    for (int32_t i = 0; i < *added; i++) {
        t->lines[at[i]].item.id = items[i].id;
        t->lines[at[i]].is_added = true;
    }
    return true;
}

/* Once nothing is added any more: true while refusals still go down from line to
 * line; what waits after that waits for itself. */
static bool settle_rest(struct org_table *t)
{
    for (int32_t i = 0; i < t->count; i++)
        if (is_open(&t->lines[i]) && t->lines[t->lines[i].parent_line].wrong.kind != FAIL_NONE)
            return true;
    for (int32_t i = 0; i < t->count; i++) {
        struct org_table_line *line = &t->lines[i];

        if (!is_open(line))
            continue;
        fail_set(&line->wrong, FAIL_INPUT, ORG_LOOP,
                 "%.40s stands below %.40s, and from there no way leads to the top of the tree",
                 registry_code(&line->item), line->parent_code);
        fail_value(&line->wrong, line->parent_code);
    }
    return false;
}

bool org_table_add(struct db *db, struct ids *ids, const struct org_table_scope *scope,
                   struct org_table *t, struct arena *a, int32_t *added, struct fail *f)
{
    int32_t level;

    *added = 0;
    if (!mark_taken(db, t, a, f) || !find_outside(db, scope, t, a, f))
        return false;
    do {
        if (!add_level(db, ids, scope, t, a, &level, f))
            return false;
        *added += level;
    } while (level > 0 || settle_rest(t));
    return true;
}

/* ------------------------------------------------------------------ writing */

bool org_table_write(struct db *db, int64_t org_id, struct arena *a, struct buf *out,
                     struct fail *f)
{
    const struct db_value value = db_int(org_id);
    const char *cells[COLUMNS];
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_ORG_TABLE, &value, 1, a, &rows, f))
        return false;
    for (int32_t i = 0; i < COLUMNS; i++) {
        const struct csv_column column = { .names = NAMES[i] };

        cells[i] = csv_word(&column, a);
    }
    csv_write_mark(out);
    csv_write(out, cells, COLUMNS);
    for (int32_t row = 0; row < db_count(rows); row++) {
        for (int32_t i = 0; i < COLUMNS; i++)
            cells[i] = db_get_text(rows, row, i);
        csv_write(out, cells, COLUMNS);
    }
    return true;
}
