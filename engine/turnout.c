#include "engine/turnout.h"

#include <time.h>

enum { AT_ONCE = 512 };

static int32_t year_of(int64_t now_us)
{
    const time_t now_s = (time_t)(now_us / 1000000);
    struct tm now;

    gmtime_r(&now_s, &now);
    return now.tm_year + 1900;
}

struct look {
    struct live *live;
    struct within *within;
    int64_t now_us;
    int32_t year;
};

static bool counts(const struct look *k, const struct crowd_person *person)
{
    struct live_person her;

    live_met(k->live, person, &her);
    return her.bars == 0 && able_old_enough(her.birth_year, ABLE_AGE_USUAL, k->year) &&
           !age_is_lost(live_ages(k->live), age_us(&her.fix, k->now_us));
}

/* The next of one mode; how many there were. */
static int32_t take_some(const struct look *k, enum mode mode, int32_t *from,
                         struct within_person *out, int32_t *count)
{
    static const struct crowd_filter AVAILABLE = { 0 };
    const struct crowd *crowd = live_crowd(k->live);
    int32_t slots[AT_ONCE];
    const int32_t found = crowd_sift(crowd, &AVAILABLE, mode, from, slots, AT_ONCE);

    *count = 0;
    for (int32_t i = 0; i < found; i++) {
        struct crowd_person person;

        crowd_at(crowd, slots[i], &person);
        if (counts(k, &person))
            out[(*count)++] = (struct within_person){ person.person_id, person.mode, person.spot };
    }
    return found;
}

static bool look_for(const struct look *k, enum mode mode, uint64_t world_version)
{
    struct within_person people[AT_ONCE];
    int32_t from = 0, found = AT_ONCE, count = 0;

    while (found > 0) {
        live_read(k->live);
        const struct world *w = live_world(k->live);
        const bool fits = w && w->version == world_version;

        found = fits ? take_some(k, mode, &from, people, &count) : 0;
        live_read_end(k->live);
        if (!fits)
            return false;
        for (int32_t i = 0; i < count && found > 0; i++)
            within_put(k->within, &people[i]);
    }
    return true;
}

bool turnout_look(struct live *l, uint64_t world_version, struct within *w, int64_t now_us)
{
    const struct look k = { l, w, now_us, year_of(now_us) };

    within_roll_call(w);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        if (!look_for(&k, mode, world_version))
            return false;
    within_absent(w);
    return true;
}
