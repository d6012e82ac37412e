#ifndef ENGINE_PEOPLE_CSV_H
#define ENGINE_PEOPLE_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/csv.h"
#include "engine/db.h"
#include "engine/ids.h"
#include "engine/orgs.h"
#include "engine/person.h"
#include "engine/personal.h"

/* People as a table: one line each, with the columns name, org (its code), phone,
 * identity, birth_year, mode, line, skills (parted by ;), recruit, emergency, address.
 * Columns and words may be in Chinese as well (姓名, 手机号, 步行 …). */
enum { PEOPLE_CSV_ERRORS_MAX = 1000 };

struct people_csv_error {
    int32_t line;
    const char *column; /* NULL: the line as a whole */
    const char *value;  /* its cell, or NULL */
    bool is_personal;   /* the value is, and perhaps what the failure says */
    struct fail fail;
};

struct people_csv_report {
    int32_t line_count;
    int32_t accepted;
    int32_t refused;
    struct people_csv_error *errors; /* by line */
    int32_t error_count;             /* at most PEOPLE_CSV_ERRORS_MAX, the first */
};

/* What an import works with; everything in the arena. */
struct people_csv_means {
    struct db *db;
    struct ids *ids;
    const struct personal *keys;
    int64_t
        org_id; /* for which it is done: where a line names no organisation, and above all others */
    struct arena *arena;
};

/* Adds a person for each good line, within the caller's transaction, and says of every
 * bad one what is wrong: rolled back it was a preview. False with COLUMN_… when the
 * table is another one. Someone who is registered already is a bad line. */
bool people_csv_import(const struct people_csv_means *m, const struct csv *csv,
                       struct people_csv_report *report, struct fail *f);

/* The line of the columns' names. */
void people_csv_write_head(struct buf *b);
/* A person's line. `masked`: personal values are; else they are in the clear, which
 * may fail. */
bool people_csv_write(struct buf *b, const struct person *p, const struct orgs *orgs,
                      const struct personal *keys, bool masked, struct arena *a, struct fail *f);

#endif
