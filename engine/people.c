/* Reading and writing vigil.person, and keeping the live index in step with it. */
#include "engine/people.h"

#include <string.h>

#include "engine/pgwire.h"

enum { CHUNK = 256, SKILL_COUNT = 10 };

/* By bit; the same rows as in vigil.skill. */
static const char *const SKILLS[SKILL_COUNT] = {
    "first_aid",     "aed",     "fire",         "water_rescue", "psychology",
    "sign_language", "english", "elderly_care", "traffic",      "drone",
};

bool people_skill(const char *word, uint64_t *bit, struct fail *f)
{
    for (int i = 0; i < SKILL_COUNT; i++) {
        if (strcmp(word, SKILLS[i]) == 0) {
            *bit = 1ULL << i;
            return true;
        }
    }
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "\"%.40s\" is no skill", word);
    fail_allowed(f, "first_aid, aed, fire, water_rescue, psychology, sign_language, english, "
                    "elderly_care, traffic, drone");
    return fail_value(f, word);
}

const char *people_skill_word(int32_t number)
{
    return number >= 0 && number < SKILL_COUNT ? SKILLS[number] : NULL;
}

/* ------------------------------------------------------------------ following */

struct follower {
    struct live *live;
    struct arena *names; /* of the people in hand */
    struct live_person people[CHUNK];
    int32_t count;
};

static void hand_over(struct follower *to)
{
    live_know(to->live, to->people, to->count);
    to->count = 0;
    arena_reset(to->names);
}

/* Where she belongs, and what stands against sending her. */
static void read_standing(const struct db_rows *row, struct arena *a, struct live_person *p)
{
    int32_t count = 0;
    const void *orgs = db_is_null(row, 0, 17) ? NULL : db_get_ints(row, 0, 17, &count);
    int64_t *further = arena_take(a, (size_t)count + 1, sizeof *further);

    p->org_id = db_get_int(row, 0, 12);
    p->birth_year = (int16_t)db_get_int(row, 0, 13);
    p->bars = (db_get_bool(row, 0, 14) && p->crew == ABLE_TAXI ? ABLE_BIT(ABLE_HIRED) : 0) |
              (db_get_bool(row, 0, 15) ? 0 : ABLE_BIT(ABLE_NO_CONSENT)) |
              (db_get_bool(row, 0, 16) ? ABLE_BIT(ABLE_CREDENTIAL_EXPIRED) : 0);
    for (int32_t i = 0; i < count; i++)
        if (pgwire_item(orgs, i) != p->org_id)
            further[p->further_count++] = pgwire_item(orgs, i);
    p->further = further;
    p->roles = (uint32_t)db_get_int(row, 0, 18);
    p->taken_incident_id = db_get_int(row, 0, 19);
}

static bool follow_one(void *self, const struct db_rows *row, struct fail *f)
{
    struct follower *to = self;
    const int64_t person_id = db_get_int(row, 0, 0);
    const char *name = db_get_text(row, 0, 1);

    (void)f;
    if (db_get_bool(row, 0, 5)) {
        live_forget(to->live, person_id);
        return true;
    }
    struct live_person *p = &to->people[to->count++];

    *p = (struct live_person){ .person_id = person_id,
                               .name = arena_copy(to->names, name, strlen(name)),
                               .skills = (uint64_t)db_get_int(row, 0, 3),
                               .on_duty = db_get_bool(row, 0, 4),
                               .has_fix = !db_is_null(row, 0, 10) };
    able_mode_of(db_get_text(row, 0, 2), &p->mode, &p->crew);
    read_standing(row, to->names, p);
    if (p->has_fix)
        p->fix = (struct live_fix){ .person_id = person_id,
                                    .at.lon = (int32_t)db_get_int(row, 0, 6),
                                    .at.lat = (int32_t)db_get_int(row, 0, 7),
                                    .accuracy_dm = (int32_t)db_get_int(row, 0, 8),
                                    .speed_cms = (int32_t)db_get_int(row, 0, 9),
                                    .fix_us = db_get_int(row, 0, 10),
                                    .received_us = db_get_int(row, 0, 11),
                                    .flags = (uint32_t)db_get_int(row, 0, 20) };
    if (to->count == CHUNK)
        hand_over(to);
    return true;
}

bool people_follow(struct db *db, struct live *live, struct arena *a, struct people_mark *mark,
                   struct fail *f)
{
    const struct db_value since[] = { db_int(mark->txid), db_int(mark->time_us) };
    const bool is_first = mark->txid == 0;
    const struct db_rows *rows;

    /* The mark of the next time is taken before this look: what commits between
     * the two is seen twice, never missed. */
    if (!db_run(db, QUERIES_PEOPLE_WATERMARK, NULL, 0, a, &rows, f))
        return false;
    struct follower *to = arena_take(a, 1, sizeof *to);

    to->live = live;
    to->names = arena_new();
    const bool is_read = db_each(db, is_first ? QUERIES_PEOPLE_ALL : QUERIES_PEOPLE_SINCE, since,
                                 is_first ? 0 : 2, follow_one, to, f);

    if (is_read)
        hand_over(to);
    arena_free(to->names);
    if (is_read)
        *mark = (struct people_mark){ db_get_int(rows, 0, 0), db_get_int(rows, 0, 1) };
    return is_read;
}

bool people_follow_taken(struct db *db, struct live *live, struct arena *a, struct fail *f)
{
    const uint64_t turn = live_taken_turn(live);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_PEOPLE_TAKEN, NULL, 0, a, &rows, f))
        return false;
    const int32_t count = db_count(rows);
    struct live_taking *takings = arena_take(a, (size_t)count + 1, sizeof *takings);

    for (int32_t i = 0; i < count; i++)
        takings[i] = (struct live_taking){ db_get_int(rows, i, 0), db_get_int(rows, i, 1) };
    live_taken_are(live, turn, takings, count);
    return true;
}
