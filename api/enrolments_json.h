#ifndef API_ENROLMENTS_JSON_H
#define API_ENROLMENTS_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/consents.h"
#include "engine/enrolments.h"
#include "geo/base/arena.h"
#include "geo/base/emit.h"
#include "geo/base/input.h"

/* Enrolment codes and enrolments as requests and answers write them. */
void enrolments_json_code(struct emit *e, const struct enrolments_code *code);
void enrolments_json_row(struct emit *e, const struct enrolments_row *row);

/* A code that is wanted: what the body does not say stays as it is. */
bool enrolments_json_read_code(const struct input *body, struct enrolments_code *code,
                               int64_t *life_s, struct fail *f);

/* What somebody enters on her phone, of whom nothing is known. Every text in force that
 * is required must be agreed to (CONSENT_REQUIRED), each text at most once and in the
 * version in force (CONSENT_UNKNOWN). */
bool enrolments_json_read(const struct input *body, const struct consents_text *texts,
                          int32_t text_count, struct arena *a, struct enrolments_wish *out,
                          struct fail *f);

#endif
