#ifndef TESTS_SUPPORT_GAP_LIST_H
#define TESTS_SUPPORT_GAP_LIST_H

#include <stdint.h>

/* Stretches of one segment as they are before they are rounded, for comparing two ways of
 * computing them. Starts as { 0 }; free(items) ends it. */
struct gap_list_item {
    double from_cm, to_cm;
};

struct gap_list {
    int32_t count, room;
    struct gap_list_item *items;
};

void gap_list_add(struct gap_list *l, double from_cm, double to_cm);
/* Ascending, and those that overlap or touch within a ten-millionth of a metre are one. */
void gap_list_tidy(struct gap_list *l);
/* What lies between them, from 0 to the end of the segment. */
void gap_list_invert(struct gap_list *l, double length_cm);

double gap_list_cm(const struct gap_list *l);
/* Of two tidy ones what is in both. */
double gap_list_common_cm(const struct gap_list *a, const struct gap_list *b);
/* How far the nearest end of a stretch is; infinite when there is none. */
double gap_list_nearest_cm(const struct gap_list *l, double at_cm);

#endif
