/* The words and rules of who can be sent. */
#include "engine/able.h"

#include <assert.h>
#include <string.h>

static const char *const WORDS[ABLE_BARS] = {
    [ABLE_OFF_DUTY] = "off_duty",     [ABLE_TAKEN] = "taken",
    [ABLE_NO_CONSENT] = "no_consent", [ABLE_CREDENTIAL_EXPIRED] = "credential_expired",
    [ABLE_UNDER_AGE] = "under_age",   [ABLE_EYES_ONLY] = "eyes_only",
    [ABLE_HIRED] = "hired",           [ABLE_NO_POSITION] = "no_position",
    [ABLE_STALE] = "stale",           [ABLE_FRAME_IN_DOUBT] = "frame_in_doubt",
};

const char *able_word(enum able_bar bar)
{
    assert(bar < ABLE_BARS);
    return WORDS[bar];
}

bool able_old_enough(int32_t birth_year, int32_t age_min, int32_t this_year)
{
    return birth_year == 0 || this_year - birth_year > age_min;
}

const char *able_mode_word(enum mode mode, enum able_crew crew)
{
    switch (crew) {
    case ABLE_BUS:
        return "bus";
    case ABLE_TAXI:
        return "taxi";
    case ABLE_OWN:
        break;
    }
    return network_mode_word(mode);
}

bool able_mode_of(const char *word, enum mode *mode, enum able_crew *crew)
{
    const bool is_bus = strcmp(word, "bus") == 0;

    if (is_bus || strcmp(word, "taxi") == 0) {
        *mode = MODE_CAR;
        *crew = is_bus ? ABLE_BUS : ABLE_TAXI;
        return true;
    }
    for (int i = 0; i < MODE_COUNT; i++) {
        if (strcmp(word, network_mode_word((enum mode)i)) == 0) {
            *mode = (enum mode)i;
            *crew = ABLE_OWN;
            return true;
        }
    }
    return false;
}
