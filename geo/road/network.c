/* The shape and cost of single places on the network. */
#include "geo/road/network.h"

const char *network_mode_word(enum mode mode)
{
    static const char *const WORDS[MODE_COUNT] = { "foot", "ebike", "car" };

    return WORDS[mode];
}
