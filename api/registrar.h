#ifndef API_REGISTRAR_H
#define API_REGISTRAR_H

#include <stdbool.h>
#include <stdint.h>

#include "api/reply.h"
#include "api/request.h"
#include "engine/idempotency.h"
#include "engine/registry.h"
#include "geo/frame.h"

/* What the handlers of everything in the registry do alike: read the request, ask the registry,
 * write the answer. Each is a whole handler but for the noun; {id} of the path is named as the
 * noun's id_name. */
bool registrar_list(const struct request *r, enum registry_noun noun, struct reply *out,
                    struct fail *f);
bool registrar_get(const struct request *r, enum registry_noun noun, struct reply *out,
                   struct fail *f);
bool registrar_create(const struct request *r, enum registry_noun noun, struct reply *out,
                      struct fail *f);
bool registrar_change(const struct request *r, enum registry_noun noun, struct reply *out,
                      struct fail *f);
bool registrar_close(const struct request *r, enum registry_noun noun, struct reply *out,
                     struct fail *f);

/* Carries out an effect once for an Idempotency-Key. `make` runs in an open
 * transaction, writes the JSON answer and sets *location (it may leave it NULL);
 * the answer has the endpoint's status of success and is kept under the key. */
bool registrar_once(const struct request *r, struct reply *out,
                    bool (*make)(void *self, struct db *db, struct emit *e, const char **location,
                                 struct fail *f),
                    void *self, struct fail *f);

/* What registrar_once asks for a request, and how it gives an answer again. */
struct idempotency_ask registrar_ask(const struct request *r);
void registrar_replay(const struct idempotency_answer *answer, struct reply *out);

/* The frame that an answer is wanted in: ?frame=, else wgs84. */
bool registrar_frame(const struct request *r, enum frame *out, struct fail *f);
/* The version that If-Match names: one strong ETag; 0 for * and for a header that is
 * not there, which is VERSION_MISSING where it is required. */
bool registrar_version(const struct request *r, bool required, int64_t *out, struct fail *f);
/* A query parameter that is "true" or "false"; false when absent. */
bool registrar_flag(const struct request *r, const char *name, bool *out, struct fail *f);

/* Answers SHAPE_INVALID of an area with where it crosses itself and the repaired
 * shape, both in the sender's frame; any other failure is left as it is. */
bool registrar_offer_repair(const struct request *r, const struct figure *area, enum frame frame,
                            struct reply *out, struct fail *f);

/* Says SHAPE_INVALID in the sender's frame: text, value and *where. False, and
 * nothing is changed, when the failure is another or that cannot be. */
bool registrar_turn_failure(struct fail *f, enum frame frame, struct arena *a, struct point *where);
/* "repaired" of an area, as a key of an open object; nothing when nothing is left
 * of it. */
void registrar_write_repair(struct emit *e, const struct figure *area, enum frame frame,
                            struct arena *a);

#endif
