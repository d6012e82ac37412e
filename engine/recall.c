#include "engine/recall.h"

#include "engine/db.h"

static bool remember(void *self, const struct db_rows *row, struct fail *f)
{
    const struct live_fix fix = {
        .person_id = db_get_int(row, 0, 0),
        .at = { (int32_t)db_get_int(row, 0, 1), (int32_t)db_get_int(row, 0, 2) },
        .accuracy_dm = (int32_t)db_get_int(row, 0, 3),
        .speed_cms = (int32_t)db_get_int(row, 0, 4),
        .fix_us = db_get_int(row, 0, 5),
        .received_us = db_get_int(row, 0, 6),
        .flags = (uint32_t)db_get_int(row, 0, 7) & ~(uint32_t)LIVE_NODE_LOCAL,
    };

    (void)f;
    trail_passed(self, &fix, 1);
    return true;
}

bool recall_trail(struct db *db, struct trail *trail, struct fail *f)
{
    const struct db_value value = db_int(RECALL_S);

    return db_each(db, QUERIES_TRAIL_RECALL, &value, 1, remember, trail, f);
}
