/* vigil token create|enter|list|revoke: what it makes stands alone on stdout, so
 * that a script can take it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/auth.h"
#include "engine/tokens.h"
#include "geo/instant.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { DAYS_OTHERWISE = 365, DAYS_MAX = 3650, DAY_S = 86400 };
static const int64_t ID_MAX = INT64_C(9007199254740991);

struct asked {
    const char *name;
    const char *role;
    const char *days;
    const char *org;
    const char *person;
};

/* The whole of `text` as a number from 1. */
static bool read_number(const char *what, const char *text, int64_t max, int64_t *out,
                        struct fail *f)
{
    char *end = NULL;
    const size_t digits = strspn(text, "0123456789");
    const long long n = digits > 0 && digits < 17 ? strtoll(text, &end, 10) : 0;

    if (n < 1 || n > max || text[digits] != '\0') {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%s must be 1 to %lld: %.40s", what,
                 (long long)max, text);
        return fail_value(f, text);
    }
    *out = n;
    return true;
}

/* For which organisation and whose. */
static bool read_owner(const struct asked *asked, enum role role, struct tokens_wish *out,
                       struct fail *f)
{
    if ((asked->org && !read_number("--org", asked->org, ID_MAX, &out->org_id, f)) ||
        (asked->person && !read_number("--person", asked->person, ID_MAX, &out->person_id, f)))
        return false;
    if (asked->person || (role != ROLE_VOLUNTEER && role != ROLE_DEVICE))
        return true;
    fail_set(f, FAIL_INPUT, TOKEN_NEEDS_PERSON, "a token of the role %s belongs to a person",
             asked->role);
    return fail_allowed(f, "--person ID");
}

static bool make(struct db *db, struct arena *a, const struct asked *asked, enum tokens_kind kind,
                 struct fail *f)
{
    char text[TOKENS_TEXT_SIZE];
    enum role role;
    int64_t token_id;
    int64_t days = DAYS_OTHERWISE;

    if (!auth_role(asked->role, &role)) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "there is no role %.40s", asked->role);
        fail_value(f, asked->role);
        return fail_allowed(f, "admin, dispatcher, planner, manager, volunteer, auditor, partner, "
                               "gateway, device");
    }
    if (asked->days && !read_number("--days", asked->days, DAYS_MAX, &days, f))
        return false;
    struct tokens_wish wish = {
        .kind = kind,
        .label = asked->name ? asked->name : "terminal",
        .role = asked->role,
        .life_s = kind == TOKENS_ENTER ? TOKENS_ENTER_S : days * DAY_S,
    };

    if (!read_owner(asked, role, &wish, f) || !tokens_create(db, &wish, a, text, &token_id, f))
        return false;
    puts(text);
    return true;
}

static bool list(struct db *db, struct arena *a, struct fail *f)
{
    struct tokens_row *rows;
    int32_t count;
    char until[INSTANT_SIZE];

    if (!tokens_list(db, &(struct tokens_wish_list){ .limit = TOKENS_LIST_MAX }, a, &rows, &count,
                     f))
        return false;
    printf("%-8s %-8s %-12s %-8s %-8s %-26s %-8s %s\n", "id", "kind", "role", "org", "person",
           "until", "state", "name");
    for (int32_t i = 0; i < count; i++) {
        const bool spent = strcmp(rows[i].kind, "enter") == 0 && rows[i].used_us != 0;

        instant_write(rows[i].expires_us, until);
        printf("%-8lld %-8s %-12s %-8lld %-8lld %-26s %-8s %s\n", (long long)rows[i].token_id,
               rows[i].kind, rows[i].role, (long long)rows[i].org_id, (long long)rows[i].person_id,
               until,
               rows[i].revoked_us ? "revoked"
               : spent            ? "spent"
                                  : "good",
               rows[i].label);
    }
    return true;
}

static bool revoke(struct db *db, struct arena *a, const struct command_line *line, struct fail *f)
{
    int64_t token_id;

    if (line->operand_count != 2)
        return fail_set(f, FAIL_INPUT, OPERAND_COUNT, "vigil token revoke needs one token's id");
    return read_number("the token's id", line->operands[1], ID_MAX, &token_id, f) &&
           tokens_revoke(db, token_id, a, f);
}

static bool carry_out(struct db *db, struct arena *a, const struct command_line *line,
                      const struct asked *asked, struct fail *f)
{
    const char *what = line->operand_count > 0 ? line->operands[0] : "";

    if (strcmp(what, "create") == 0)
        return make(db, a, asked, TOKENS_BEARER, f);
    if (strcmp(what, "enter") == 0)
        return make(db, a, asked, TOKENS_ENTER, f);
    if (strcmp(what, "list") == 0)
        return list(db, a, f);
    if (strcmp(what, "revoke") == 0)
        return revoke(db, a, line, f);
    fail_set(f, FAIL_INPUT, OPERAND_COUNT, "vigil token cannot do this: %.40s", what);
    return fail_allowed(f, "create, enter, list, revoke ID");
}

int token_command(int argc, char **argv)
{
    struct asked asked = { .role = "admin" };
    const struct command_option options[] = { { .name = "name", .value = &asked.name },
                                              { .name = "role", .value = &asked.role },
                                              { .name = "days", .value = &asked.days },
                                              { .name = "org", .value = &asked.org },
                                              { .name = "person", .value = &asked.person } };
    struct command_line line;
    struct fail f = { 0 };

    if (!command_read(argc, argv, options, 5, 2, &line, &f))
        return command_fail(&f);
    struct db *db = command_city(&f);

    if (!db)
        return command_fail(&f);
    struct arena *a = arena_new();
    const bool good = carry_out(db, a, &line, &asked, &f);

    arena_free(a);
    db_close(db);
    return good ? COMMAND_DONE : command_fail(&f);
}
