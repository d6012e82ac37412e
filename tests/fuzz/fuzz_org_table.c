/* Fuzz target of engine/org_table.c: whatever comes in as a table of organisations is
 * refused, or each line is wrong with something or within the limits of its fields and
 * its parent, if the table has it, is a line. */
#include "engine/org_table.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_MAX_BYTES = 1 << 16 };

static bool is_within(const struct registry_field *field, const char *text)
{
    return field->type != REGISTRY_TEXT ||
           (strlen(text) <= (size_t)field->max && (!field->required || text[0] != '\0'));
}

static void check_line(const struct org_table *t, const struct org_table_line *line)
{
    const struct registry_kind *kind = registry_kind(REGISTRY_ORGS);

    assert(line->parent_line >= -1 && line->parent_line < t->count);
    assert(line->line > 1);
    assert(line->parent_code);
    if (line->wrong.kind != FAIL_NONE)
        return;
    for (int32_t i = 0; i < kind->field_count; i++)
        assert(is_within(&kind->fields[i], line->item.values[i].text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct org_table table;
    struct fail f = { 0 };

    if (size <= SIZE_MAX_BYTES) {
        if (org_table_read((const char *)data, size, a, &table, &f))
            for (int32_t i = 0; i < table.count; i++)
                check_line(&table, &table.lines[i]);
        else
            assert(f.kind != FAIL_NONE);
    }
    arena_free(a);
    return 0;
}
