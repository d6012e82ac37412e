#ifndef API_CHOICE_H
#define API_CHOICE_H

#include "api/request.h"

/* Query parameters that several lists of coverage read alike. */

/* One of some words; *out stays as it is when the parameter is not there. The failure names
 * what is allowed. */
bool choice_word(const struct request *r, const char *name, const char *const *words, int32_t count,
                 int32_t *out, struct fail *f);

/* A moment, in microseconds since 1970; *out_us stays as it is when it is not there. */
bool choice_moment(const struct request *r, const char *name, int64_t *out_us, struct fail *f);

#endif
