#ifndef ENGINE_IDENTITY_H
#define ENGINE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* The number of an identity document as it is compared: without blanks, in capital
 * letters. Eighteen digits (the last may be X) are a resident identity card by
 * GB 11643-1999: its check digit and the year of birth are read; anything else is a
 * passport or another document, 5 to 24 letters and digits. */
enum { IDENTITY_SIZE = 25 /* with the NUL */ };

/* False with IDENTITY_MALFORMED. *birth_year is 0 when the document does not tell. */
bool identity_read(const char *text, char out[IDENTITY_SIZE], int32_t *birth_year, struct fail *f);

#endif
