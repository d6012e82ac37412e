#ifndef ENGINE_KIN_H
#define ENGINE_KIN_H

#include <stdint.h>

/* Who belongs to each organisation, at home or otherwise: so that whoever asks for a
 * village need not look at the whole city. Kept as people change; nothing here locks. */
struct kin;

struct kin *kin_new(void);
void kin_free(struct kin *k);

/* Once for each organisation that she belongs to. */
void kin_join(struct kin *k, int64_t org_id, int64_t person_id);
/* The other way; she must have joined. */
void kin_leave(struct kin *k, int64_t org_id, int64_t person_id);

/* Those of one organisation, not of those below it, in no order: their count. They may
 * be read until the next change. */
int32_t kin_of(const struct kin *k, int64_t org_id, const int64_t **person_ids);

#endif
