#ifndef API_OWN_JSON_H
#define API_OWN_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"
#include "engine/consents.h"
#include "engine/erasure.h"
#include "engine/own.h"
#include "geo/base/emit.h"
#include "geo/base/input.h"

/* What is kept of a person, her consents and receipts, as requests and answers write
 * them. */
void own_json_write(struct emit *e, const struct own_data *d); /* the keys of an open object */
void own_json_consent(struct emit *e, const struct consents_row *row);
void own_json_consents(struct emit *e, const char *key, const struct consents_row *rows,
                       int32_t count);
void own_json_receipt(struct emit *e, const struct erasure_receipt *receipt);

/* What a person says of herself: the keys that are there are written over `d`; null takes
 * a value away. Every value comes out tidy. */
bool own_json_read(const struct input *body, struct arena *a, struct own_data *d, struct fail *f);

/* "zh" or "en". */
bool own_json_language(const struct input *v, const char **out, struct fail *f);
/* A birth year, 1900 to this year. */
bool own_json_birth_year(const struct input *v, int32_t *out, struct fail *f);
/* One tidy personal value. */
bool own_json_value(const struct input *v, enum personal_field field, struct arena *a,
                    const char **out, struct fail *f);

/* Whether the token that asks is a person's: NO_PERSON_HERE. */
bool own_json_person(const struct request *r, struct fail *f);

#endif
