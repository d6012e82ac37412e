#ifndef ENGINE_ORG_TABLE_H
#define ENGINE_ORG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/csv.h"
#include "engine/db.h"
#include "engine/ids.h"
#include "engine/registry.h"
#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* The organisation tree as a table: a line each, which names the line or organisation
 * that it stands below by its code, in any order. Lines that cannot be are kept with
 * what is wrong with them; the others go in. */
struct org_table_line {
    int32_t line; /* of the file */
    struct registry_item item;
    const char *parent_code; /* "": the caller's own organisation */
    int32_t parent_line;     /* its place in the table, or -1 */
    struct fail wrong;       /* kind FAIL_NONE: nothing */
    bool is_added;
};

struct org_table {
    int32_t count;
    struct org_table_line *lines;
    const char *encoding;
};

/* What csv_read and csv_find refuse refuses the file; a line may be wrong with what
 * the registry says of its fields, or with CODE_REPEATED. */
bool org_table_read(const char *bytes, size_t size, struct arena *a, struct org_table *out,
                    struct fail *f);

/* Within the caller's transaction, registry_begin_writing done: adds the lines that
 * can be and marks the others with CODE_TAKEN, REFERENCE_UNKNOWN (there is no such
 * parent, or it is not one that `may` allows), ORG_LOOP (it stands below itself), or
 * PARENT_REFUSED (the line it stands below is wrong). */
struct org_table_scope {
    int64_t own_id;
    bool (*may)(const void *self, int64_t parent_id);
    const void *self;
};
bool org_table_add(struct db *db, struct ids *ids, const struct org_table_scope *scope,
                   struct org_table *t, struct arena *a, int32_t *added, struct fail *f);

/* The organisations at or below one as such a table, parents first; the city itself is
 * left out. */
bool org_table_write(struct db *db, int64_t org_id, struct arena *a, struct buf *out,
                     struct fail *f);

#endif
