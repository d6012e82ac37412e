#ifndef ENGINE_PRETEND_NAMES_H
#define ENGINE_PRETEND_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Names of people and places that do not exist, out of tables of characters that are
 * common in such names. A number gives a name; the same number the same one. */
enum { PRETEND_NAMES_PLACE_BYTES = 32, PRETEND_NAMES_PERSON_BYTES = 32 };

/* Of a place, two characters and no two numbers below PRETEND_NAMES_PLACES alike. */
enum { PRETEND_NAMES_PLACES = 2500 };
void pretend_names_place(int32_t number, char out[PRETEND_NAMES_PLACE_BYTES]);

struct pretend_names_person {
    char name[PRETEND_NAMES_PERSON_BYTES];
    char initials[8];
};

/* Of a person: a family name as common as it is, and one or two characters. `draw` is
 * any number. Once before the first, on one thread: pretend_names_open. */
void pretend_names_open(void);
void pretend_names_person(uint64_t draw, struct pretend_names_person *out);

#endif
