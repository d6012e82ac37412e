#ifndef TESTS_SUPPORT_COVER_MODEL_H
#define TESTS_SUPPORT_COVER_MODEL_H

#include "geo/cover/cover.h"
#include "tests/support/quilt.h"

/* What was said to a cover of a small made-up town, so that what it tells can be compared
 * with what was said. */
enum {
    COVER_MODEL_SEGMENTS = 18,
    COVER_MODEL_SOURCES = 8,
    COVER_MODEL_ROUNDS = 60, /* passes at most */
    COVER_MODEL_REACH_K = 2,
    COVER_MODEL_RULES = 3,
    COVER_MODEL_TIME_END = 4000,
};

extern const struct visits_rule COVER_MODEL_RULE[COVER_MODEL_RULES];

/* What was said last; its id is 100 times its index. */
struct cover_model_source {
    const struct range_piece *pieces;
    int32_t count;
};

struct cover_model {
    const struct network *network;
    const struct plots *plots;
    struct visits_wish visits; /* with one spot */
    struct cover_model_source lookouts[COVER_MODEL_SOURCES], people[COVER_MODEL_SOURCES];
    struct visits_pass passes[COVER_MODEL_ROUNDS];
    int32_t pass_count;
    uint32_t now_s;
};

struct cover_model cover_model_make(struct town_dice *dice, struct arena *a);
struct cover *cover_model_cover(const struct cover_model *m);

/* A lookout is staffed or not, somebody is elsewhere, walks, or time goes on. */
void cover_model_say(struct town_dice *dice, struct cover_model *m, struct cover *c,
                     struct arena *a);
void cover_model_say_source(struct town_dice *dice, struct cover_model *m, struct cover *c,
                            bool is_lookout, struct arena *a);

#endif
