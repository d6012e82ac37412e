#ifndef TESTS_SUPPORT_PARTS_OF_STREETS_H
#define TESTS_SUPPORT_PARTS_OF_STREETS_H

#include <stdint.h>

/* Stretches of segments as a set of centimetres, to compare what was walked with what is
 * proven without the code that is tested. Begins as { 0 }; `parts` is to be freed. */
struct part_of_street {
    int32_t segment;
    uint32_t low_cm, high_cm;
};

struct parts_of_streets {
    struct part_of_street *parts;
    int32_t count, room;
};

void parts_of_streets_add(struct parts_of_streets *p, int32_t segment, uint32_t one_cm,
                          uint32_t other_cm);
/* Sorted, and no centimetre twice: before the others are called. */
void parts_of_streets_tidy(struct parts_of_streets *p);
int64_t parts_of_streets_cm(const struct parts_of_streets *p);
/* What both have. */
void parts_of_streets_common(const struct parts_of_streets *one,
                             const struct parts_of_streets *other, struct parts_of_streets *out);

#endif
