#include "engine/crews.h"

#include "engine/duty.h"

/* Under live_read. */
static bool is_news(const struct live *l, const struct sight *sight, const struct fixes_item *item)
{
    struct live_person person;

    if (item->code != CODE_NONE || item->hired < 0 || !live_get(l, item->person_id, &person) ||
        !sight_sees(sight, &person))
        return false;
    const bool is_hired = (person.bars & ABLE_BIT(ABLE_HIRED)) != 0;

    return person.crew == ABLE_TAXI && person.on_duty && is_hired != (item->hired == 1) &&
           !(person.has_fix && person.fix.fix_us > item->fix_us);
}

bool crews_has_news(struct live *l, const struct sight *sight, const struct fixes *fixes)
{
    bool found = false;

    for (int32_t i = 0; i < fixes->count && !found; i++)
        found = fixes->items[i].hired >= 0 && fixes->items[i].code == CODE_NONE;
    if (!found)
        return false;
    found = false;
    live_read(l);
    for (int32_t i = 0; i < fixes->count && !found; i++)
        found = is_news(l, sight, &fixes->items[i]);
    live_read_end(l);
    return found;
}

static bool note_one(struct db *db, struct live *l, const struct fixes_item *item, struct arena *a,
                     struct fail *f)
{
    struct duty_state state;

    if (!db_begin(db, f))
        return false;
    if (!duty_hire(db, item->person_id, item->hired == 1, a, &state, f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    duty_show(l, &state);
    return true;
}

/* In the order they were sent: each is asked again, so that of several the last holds. */
bool crews_note(struct db *db, struct live *l, const struct sight *sight, const struct fixes *fixes,
                struct arena *a, struct fail *f)
{
    for (int32_t i = 0; i < fixes->count; i++) {
        live_read(l);
        const bool is_wanted = is_news(l, sight, &fixes->items[i]);

        live_read_end(l);
        if (is_wanted && !note_one(db, l, &fixes->items[i], a, f) && f->kind != FAIL_MISSING)
            return false;
    }
    return true;
}
