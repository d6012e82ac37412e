#ifndef ENGINE_FOLK_H
#define ENGINE_FOLK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kin.h"
#include "engine/live.h"
#include "engine/roster.h"

/* The people and where they stand, on the map and on the streets: what engine/live
 * guards. Nothing here locks; a change is made while nobody else reads. */

/* Ids in no order. */
struct folk_ids {
    int64_t *ids;
    size_t count;
    size_t room;
};

void folk_ids_add(struct folk_ids *list, int64_t person_id);

struct folk {
    struct roster people;
    struct muster *muster;
    struct kin *kin;
    struct folk_ids taken;   /* those who are */
    struct folk_ids touched; /* those who changed while a new city is being settled */
    uint64_t hash;           /* of all fixes: the sum of those of each */
    bool settling;
    const struct world *world; /* NULL before the first */
    struct crowd *crowd;       /* of those with a street near */
};

void folk_start(struct folk *k, uint64_t version);
void folk_end(struct folk *k);

/* What is known of the person in a slot; without the fix. */
void folk_describe_her(const struct roster_slot *s, struct live_person *out);
/* With it. */
void folk_describe(const struct folk *k, const struct roster_slot *s, struct live_person *out);

/* Where a fix is on the streets of the world that the mode may use. */
void folk_snap(const struct world *w, enum mode mode, struct live_fix *fix);
/* Puts her into the crowd where the fix was snapped, or takes her out. */
void folk_stand(struct crowd *crowd, const struct roster_slot *s, int32_t slot,
                const struct live_fix *fix);

/* As engine/live says of the calls of these names. The fix of whom folk_know makes
 * known was snapped beforehand; there must be room for her. */
void folk_know(struct folk *k, const struct live_person *person, const struct live_fix *fix);
void folk_forget(struct folk *k, int64_t person_id);
void folk_move(struct folk *k, const struct live_fix *fix);
bool folk_tracks(const struct folk *k, int64_t person_id);
void folk_take(struct folk *k, int32_t slot, int64_t incident_id); /* 0: lets her go */
void folk_consent(struct folk *k, int32_t slot, bool is_given);
void folk_doubt(struct folk *k, int32_t slot, enum live_flag flag, bool is_doubted);
void folk_duty(struct folk *k, int32_t slot, bool on_duty, enum mode mode, enum able_crew crew,
               bool is_hired);

#endif
