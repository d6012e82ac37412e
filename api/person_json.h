#ifndef API_PERSON_JSON_H
#define API_PERSON_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"
#include "engine/live.h"
#include "engine/person.h"
#include "geo/base/emit.h"
#include "geo/base/input.h"
#include "geo/frame.h"
#include "geo/point.h"

/* A volunteer as requests and answers write her. */

/* As an answer shows her: personal values are masked, and where she was last comes
 * from memory, as new as the last answer to a phone. */
struct person_json_told {
    const struct person *person;
    const char *masked[PERSONAL_FIELDS]; /* NULL: she has none */
    bool is_taken;                       /* an order has her */
    bool has_fix;
    struct live_fix fix;
    const struct age_limits *ages;
    struct point at; /* in the frame of the answer */
};

bool person_json_tell(const struct request *r, const struct person *p, enum frame frame,
                      struct person_json_told *out, struct fail *f);
/* `whole`: with every personal value, masked; a list has the phone alone. */
void person_json_write(struct emit *e, const struct person_json_told *t, enum frame frame,
                       bool whole);

/* Writes the keys that are there over what the person is; null takes a value away.
 * `required`: a new person, who needs a name. */
bool person_json_read(const struct input *body, bool required, struct arena *a, struct person *p,
                      struct person_said *said, struct fail *f);

#endif
