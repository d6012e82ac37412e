#ifndef TOOLS_VIGIL_TALLY_H
#define TOOLS_VIGIL_TALLY_H

#include <stdint.h>

/* What the simulator has seen: counts, why items were rejected, and how long
 * answers took, in steps of two in a hundred. */
enum { TALLY_STEPS = 1200, TALLY_WHYS = 24, TALLY_WORD = 40 };

struct tally {
    int64_t accepted;
    int64_t rejected;
    int64_t answers;
    int64_t retries;  /* requests that were put off */
    int64_t left_out; /* fixes that were due and not sent, since the server lagged */
    int64_t steps[TALLY_STEPS];
    int32_t why_count;
    struct {
        char word[TALLY_WORD];
        int64_t count;
    } whys[TALLY_WHYS];
};

void tally_time(struct tally *t, int64_t us);
void tally_reject(struct tally *t, const char *code);

/* The time that `part` (0 to 1) of the answers took at most, in milliseconds; 0
 * without answers. */
double tally_ms(const struct tally *t, double part);

#endif
