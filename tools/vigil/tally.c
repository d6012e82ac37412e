#include "tools/vigil/tally.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double STEP = 1.02;

void tally_time(struct tally *t, int64_t us)
{
    const double step = us > 1 ? log((double)us) / log(STEP) : 0;

    t->steps[step < TALLY_STEPS - 1 ? (int)step : TALLY_STEPS - 1]++;
    t->answers++;
}

void tally_reject(struct tally *t, const char *code)
{
    int32_t i = 0;

    t->rejected++;
    while (i < t->why_count && strncmp(t->whys[i].word, code, TALLY_WORD - 1) != 0)
        i++;
    if (i == TALLY_WHYS)
        return;
    if (i == t->why_count) {
        snprintf(t->whys[i].word, TALLY_WORD, "%s", code);
        t->why_count++;
    }
    t->whys[i].count++;
}

double tally_ms(const struct tally *t, double part)
{
    const double wanted = part * (double)t->answers;
    int64_t seen = 0;

    for (int i = 0; i < TALLY_STEPS; i++) {
        seen += t->steps[i];
        if (seen > 0 && (double)seen >= wanted)
            return pow(STEP, i + 1) / 1000.0;
    }
    return 0;
}
