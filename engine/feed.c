/* Telling: one row in the outbox, in the caller's transaction. */
#include "engine/feed.h"

#include <assert.h>
#include <string.h>

bool feed_tell(struct db *db, const struct feed_event *event, struct fail *f)
{
    const struct db_value values[] = {
        db_text(event->kind),
        db_int(event->org_id),
        db_int(event->firm_id),
        db_int(event->incident_id),
        db_ints(event->people, (size_t)event->people_count),
        db_text(event->data),
    };

    assert(event->org_id > 0 && event->people_count <= FEED_PEOPLE_MAX);
    assert(strlen(event->data) <= FEED_DATA_MAX);
    return db_run(db, QUERIES_FEED_TELL, values, 6, NULL, NULL, f);
}
