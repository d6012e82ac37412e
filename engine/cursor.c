/* A cursor is 24 hexadecimal digits of seal and then the id in hexadecimal. The
 * seal is computed by the database, which keeps the key and has SHA-256. */
#include "engine/cursor.h"

#include <stdlib.h>
#include <string.h>

enum { SEAL_DIGITS = 24, ID_DIGITS_MAX = 14 };

static bool seal(struct db *db, const char *list, int64_t id, struct arena *a, const char **out,
                 struct fail *f)
{
    const struct db_value values[] = { db_text(list), db_int(id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CURSOR_SEAL, values, 2, a, &rows, f))
        return false;
    *out = db_get_text(rows, 0, 0);
    return true;
}

bool cursor_make(struct db *db, const char *list, int64_t after_id, struct arena *a,
                 const char **out, struct fail *f)
{
    const char *mark;

    if (!seal(db, list, after_id, a, &mark, f))
        return false;
    *out = arena_text(a, "%s%llx", mark, (unsigned long long)after_id);
    return true;
}

static bool refuse(const char *text, struct fail *f)
{
    fail_set(f, FAIL_INPUT, CURSOR_MALFORMED, "this cursor is not one that this list gave: %.60s",
             text);
    fail_allowed(f, "the text of \"next\" from this list with the same filters");
    fail_at(f, "/cursor");
    return fail_value(f, text);
}

bool cursor_read(struct db *db, const char *list, const char *text, struct arena *a,
                 int64_t *after_id, struct fail *f)
{
    const size_t length = strlen(text);
    const char *mark;

    if (length <= SEAL_DIGITS || length > SEAL_DIGITS + ID_DIGITS_MAX ||
        strspn(text, "0123456789abcdef") != length)
        return refuse(text, f);
    const int64_t id = strtoll(text + SEAL_DIGITS, NULL, 16);

    if (!seal(db, list, id, a, &mark, f))
        return false;
    if (strncmp(mark, text, SEAL_DIGITS) != 0)
        return refuse(text, f);
    *after_id = id;
    return true;
}
