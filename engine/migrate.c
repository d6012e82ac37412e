/* The record is compared with the program's own migrations from the first on:
 * as far as both go they must be the same, and one of them may go on. */
#include "engine/migrate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Any number, as long as nobody else locks by it ("vigil" in ASCII, and 1). */
static const int64_t MIGRATE_LOCK = 0x766967696c01;

enum { COLUMN_NUMBER, COLUMN_NAME, COLUMN_CHECKSUM, COLUMN_APPLIED_AT };

static int64_t number_of(const struct migrations_text *migration)
{
    const long number = strtol(migration->name, NULL, 10);

    assert(number > 0);
    return number;
}

static bool checksum_of(struct db *db, const struct migrations_text *migration, struct arena *a,
                        const char **checksum, struct fail *f)
{
    const struct db_value text = db_text(migration->text);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CHECKSUM, &text, 1, a, &rows, f))
        return false;
    *checksum = db_get_text(rows, 0, 0);
    return true;
}

/* Compares a recorded migration with ours of the same place. */
static bool same(struct db *db, const struct db_rows *record, int32_t row,
                 const struct migrations_text *migration, struct arena *a, struct fail *f)
{
    const int64_t recorded = db_get_int(record, row, COLUMN_NUMBER);
    const char *checksum;

    if (!migration->name || recorded < number_of(migration))
        return fail_set(f, FAIL_BROKEN, DATABASE_NEWER,
                        "the database has had migration %s, which this program does not know: "
                        "use the program that applied it, or a newer one",
                        db_get_text(record, row, COLUMN_NAME));
    if (recorded > number_of(migration))
        return fail_set(f, FAIL_BROKEN, MIGRATION_LATE,
                        "migration %s comes before %s, which the database has had already: "
                        "give it the next free number",
                        migration->name, db_get_text(record, row, COLUMN_NAME));
    if (!checksum_of(db, migration, a, &checksum, f))
        return false;
    if (strcmp(checksum, db_get_text(record, row, COLUMN_CHECKSUM)) != 0)
        return fail_set(f, FAIL_BROKEN, MIGRATION_EDITED,
                        "migration %s was changed after it was applied on %s UTC: "
                        "restore it and put the change into a new migration",
                        migration->name, db_get_text(record, row, COLUMN_APPLIED_AT));
    return true;
}

/* Sets *next to the first migration that the database has not had. */
static bool compare(struct db *db, const struct migrations_text *migrations, struct arena *a,
                    const struct migrations_text **next, struct fail *f)
{
    const struct db_rows *rows;

    *next = migrations;
    if (!db_run(db, QUERIES_MIGRATION_EXISTS, NULL, 0, a, &rows, f))
        return false;
    if (!db_get_bool(rows, 0, 0))
        return true;
    if (!db_run(db, QUERIES_MIGRATION_LIST, NULL, 0, a, &rows, f))
        return false;
    for (int32_t row = 0; row < db_count(rows); row++, (*next)++)
        if (!same(db, rows, row, *next, a, f))
            return false;
    return true;
}

static bool apply_in_transaction(struct db *db, const struct migrations_text *migration,
                                 struct arena *a, struct fail *f)
{
    const char *checksum;

    if (!checksum_of(db, migration, a, &checksum, f) || !db_script(db, migration->text, f))
        return false;

    const struct db_value values[] = { db_int(number_of(migration)), db_text(migration->name),
                                       db_text(checksum) };

    return db_run(db, QUERIES_MIGRATION_RECORD, values, 3, NULL, NULL, f) && db_commit(db, f);
}

static bool apply(struct db *db, const struct migrations_text *migration, struct arena *a,
                  struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (apply_in_transaction(db, migration, a, f))
        return true;
    db_rollback(db);
    if (f->kind == FAIL_BROKEN) {
        const struct fail cause = *f;

        fail_set(f, FAIL_BROKEN, MIGRATION_FAILED,
                 "migration %s failed and left nothing behind: %.220s", migration->name,
                 cause.text);
    }
    return false;
}

static bool run_locked(struct db *db, const struct migrations_text *migrations, struct arena *a,
                       void (*applied)(void *self, const char *name), void *self, struct fail *f)
{
    const struct migrations_text *next;

    if (!db_run(db, QUERIES_MIGRATION_SCHEMA, NULL, 0, NULL, NULL, f) ||
        !db_run(db, QUERIES_MIGRATION_TABLE, NULL, 0, NULL, NULL, f) ||
        !compare(db, migrations, a, &next, f))
        return false;
    for (; next->name; next++) {
        if (!apply(db, next, a, f))
            return false;
        if (applied)
            applied(self, next->name);
    }
    return true;
}

bool migrate_run(struct db *db, const struct migrations_text *migrations,
                 void (*applied)(void *self, const char *name), void *self, struct fail *f)
{
    const struct db_value lock = db_int(MIGRATE_LOCK);
    struct fail ignored = { 0 };

    /* A migration of a large table takes its time, and so may the one before us. */
    if (!db_limit(db, 0, f) || !db_run(db, QUERIES_LOCK_WAIT, &lock, 1, NULL, NULL, f))
        return false;

    struct arena *a = arena_new();
    const bool good = run_locked(db, migrations, a, applied, self, f);

    arena_free(a);
    (void)db_run(db, QUERIES_LOCK_RELEASE, &lock, 1, NULL, NULL, &ignored);
    return good && db_limit(db, DB_LIMIT_MS, f);
}

bool migrate_check(struct db *db, const struct migrations_text *migrations, struct fail *f)
{
    struct arena *a = arena_new();
    const struct migrations_text *next;
    bool good = compare(db, migrations, a, &next, f);

    if (good && next->name)
        good = fail_set(f, FAIL_BROKEN, DATABASE_NOT_MIGRATED,
                        "the database lacks migration %s: run vigil migrate", next->name);
    arena_free(a);
    return good;
}
