#ifndef API_INCIDENT_JSON_H
#define API_INCIDENT_JSON_H

#include <stdbool.h>

#include "api/request.h"
#include "engine/dispatches.h"
#include "engine/incidents.h"
#include "geo/base/emit.h"
#include "geo/frame.h"

/* Incidents and orders as requests and answers write them. */

/* Who asks, as the engine wants to know it. */
struct incidents_who incident_json_who(const struct request *r);

/* Brings it into the frame that the answer is wanted in; then it can be written. */
bool incident_json_turn(struct incidents_incident *i, enum frame frame, struct fail *f);

/* An incident, as an object that is left open for further keys; the reporter's phone
 * is masked. */
void incident_json_open(const struct request *r, struct emit *e, const struct incidents_incident *i,
                        enum frame frame);

/* One order with its people. */
void incident_json_dispatch(struct emit *e, const struct dispatches_dispatch *d);

/* The body of a step: an object, or none at all, of these keys. */
bool incident_json_keys(const struct request *r, struct input_key *keys, int32_t key_count,
                        struct fail *f);
/* A text of at most so many bytes, NULL when it is not there. */
bool incident_json_text(const struct input *v, size_t max_bytes, const char **out, struct fail *f);

#endif
