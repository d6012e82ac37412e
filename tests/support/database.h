#ifndef TESTS_SUPPORT_DATABASE_H
#define TESTS_SUPPORT_DATABASE_H

#include <stdint.h>

#include "engine/db.h"
#include "geo/base/arena.h"

/* A migrated database of its own for each test, dropped at the end. The cluster
 * is the one that $VIGIL_TEST_CLUSTER names (tests/support/cluster); ctest
 * starts it. A test that includes this header is labelled "database". */
struct database {
    const char *address; /* libpq string */
    const char *name;
    const char *key_file;  /* where the keys of personal data may be made; deleted with it */
    const char *spool_dir; /* where a node may keep things (asking_new); NULL: nowhere */
    struct db *db;         /* open */
    struct arena *arena;   /* freed with it */
};

/* Setup and teardown for cmocka: `*state` is a struct database. */
int database_setup(void **state);
int database_teardown(void **state);

/* The same by hand; `migrated` false gives a database without anything. Ends the
 * test program when there is no cluster. */
struct database *database_new(bool migrated);
void database_free(struct database *d);

/* One more connection, as a worker has it who serves this organisation (db_become,
 * db_scope); to be closed with db_close. */
struct db *database_reader(struct database *d, int64_t org_id);

/* From now on nobody gets to it, and whoever was there is thrown out; or everyone again. */
void database_shut(struct database *d, bool is_shut);

/* Runs statements over its `db`; one that fails ends the test program. */
void database_run(struct database *d, const char *sql);

/* The first cell of what the SQL gives, as text, in the database's arena; NULL
 * when it is null or there is no row. A statement that fails fails the test. */
const char *database_text(struct database *d, const char *sql);
int64_t database_int(struct database *d, const char *sql);

#endif
