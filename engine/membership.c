#include "engine/membership.h"

#include <string.h>

const char *const MEMBERSHIP_ROLE_WORDS[MEMBERSHIP_ROLES] = { "member",      "leader", "organiser",
                                                              "grid_worker", "driver", "contact" };

static int32_t index_of(const char *word, const char *const *words, int32_t count)
{
    int32_t i = 0;

    while (i < count - 1 && strcmp(word, words[i]) != 0)
        i++;
    return i;
}

static struct membership membership_of(const struct db_rows *rows, int32_t i)
{
    return (struct membership){
        .membership_id = db_get_int(rows, i, 0),
        .version = db_get_int(rows, i, 1),
        .person_id = db_get_int(rows, i, 2),
        .org_id = db_get_int(rows, i, 3),
        .role = (enum membership_role)index_of(db_get_text(rows, i, 4), MEMBERSHIP_ROLE_WORDS,
                                               MEMBERSHIP_ROLES),
        .recruit = (enum person_recruit)index_of(db_get_text(rows, i, 5), PERSON_RECRUIT_WORDS,
                                                 PERSON_RECRUITS),
        .valid_from = db_get_text(rows, i, 6),
        .valid_to = db_get_text(rows, i, 7),
    };
}

bool membership_list(struct db *db, int64_t org_id, int64_t person_id, bool history,
                     struct arena *a, struct membership **out, int32_t *count, struct fail *f)
{
    const struct db_value values[] = { db_int(person_id), db_bool(history), db_int(org_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_MEMBERSHIP_LIST, values, 3, a, &rows, f))
        return false;
    *count = db_count(rows);
    *out = arena_take(a, (size_t)*count + 1, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        (*out)[i] = membership_of(rows, i);
    return true;
}

/* MEMBERSHIP_UNKNOWN unless it is open and in scope. */
static bool get(struct db *db, int64_t org_id, int64_t membership_id, int64_t person_id,
                struct arena *a, struct membership *out, struct fail *f)
{
    const struct db_value values[] = { db_int(membership_id), db_int(person_id), db_int(org_id) };
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_MEMBERSHIP_GET, values, 3, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, MEMBERSHIP_UNKNOWN, "there is no membership %lld",
                        (long long)membership_id);
    *out = membership_of(rows, 0);
    return true;
}

bool membership_add(struct db *db, struct membership *m, struct arena *a, struct fail *f)
{
    const struct db_value values[] = { db_int(m->membership_id), db_int(m->person_id),
                                       db_int(m->org_id), db_text(MEMBERSHIP_ROLE_WORDS[m->role]),
                                       db_text(PERSON_RECRUIT_WORDS[m->recruit]) };

    if (db_run(db, QUERIES_MEMBERSHIP_ADD, values, 5, a, NULL, f))
        return get(db, m->org_id, m->membership_id, m->person_id, a, m, f);
    if (strcmp(db_constraint(db), "membership_open") != 0)
        return false;
    return fail_set(f, FAIL_CONFLICT, MEMBERSHIP_THERE,
                    "person %lld is a %s of organisation %lld already", (long long)m->person_id,
                    MEMBERSHIP_ROLE_WORDS[m->role], (long long)m->org_id);
}

bool membership_close(struct db *db, int64_t org_id, const struct membership *m, struct arena *a,
                      struct fail *f)
{
    const struct db_value values[] = { db_int(m->membership_id), db_int(m->person_id),
                                       db_int(org_id), db_int(m->version) };
    const struct db_rows *rows;
    struct membership now;

    if (!db_run(db, QUERIES_MEMBERSHIP_CLOSE, values, 4, a, &rows, f))
        return false;
    if (db_changed(rows) == 1)
        return true;
    if (!get(db, org_id, m->membership_id, m->person_id, a, &now, f))
        return false;
    return fail_set(f, FAIL_CONFLICT, VERSION_STALE, "membership %lld is no longer at version %lld",
                    (long long)m->membership_id, (long long)m->version);
}
