/* Listening to what happens. */
#include <string.h>

#include "api/handlers.h"
#include "api/service.h"
#include "api/streams.h"
#include "engine/engine.h"
#include "engine/orgs.h"

static const int64_t NUMBER_MAX = (INT64_C(1) << 53) - 1;

/* A volunteer and a device hear what names them, a partner of her firm's own
 * incidents, everyone else of what her organisation may see. */
static struct feed_listener listener_of(const struct caller *caller)
{
    struct feed_listener who = { .org_id = caller->org_id, .person_id = caller->person_id };

    switch (caller->role) {
    case ROLE_ADMIN:
    case ROLE_DISPATCHER:
    case ROLE_PLANNER:
    case ROLE_MANAGER:
        who.kind = FEED_STAFF;
        break;
    case ROLE_PARTNER:
        who.kind = FEED_FIRM;
        break;
    case ROLE_VOLUNTEER:
    case ROLE_AUDITOR:
    case ROLE_GATEWAY:
    case ROLE_DEVICE:
    case ROLE_COUNT:
        who.kind = FEED_OWN;
        break;
    }
    return who;
}

/* The number of the last event she saw; -1: she begins now. The header comes from a
 * browser that was cut off and is newer than the address. */
static bool read_after(const struct request *r, int64_t *out, struct fail *f)
{
    return request_query_int(r, "after", 0, NUMBER_MAX, -1, out, f) &&
           request_header_int(r, "Last-Event-ID", 0, NUMBER_MAX, *out, out, f);
}

/* What came between `after` and `head` and is not in memory any more. False when there
 * is too much of it. */
static bool put_missed(const struct request *r, struct stream *stream,
                       const struct feed_listener *who, const struct feed_missed *missed)
{
    const struct orgs *orgs = engine_orgs(r->engine);

    for (int32_t i = 0; i < missed->count; i++)
        if (feed_reaches(orgs, who, &missed->items[i].event))
            streams_put(stream, &missed->items[i]);
    orgs_drop(orgs);
    return streams_waiting(stream) <= STREAMS_BACKLOG_MAX;
}

static bool say_nothing(void *self, const struct feed_item *item)
{
    (void)self;
    (void)item;
    return false;
}

static bool start(const struct request *r, struct stream *stream, const struct feed_listener *who,
                  int64_t after, struct fail *f)
{
    struct feed *feed = engine_feed(r->engine);
    const struct feed_place newest = feed_newest(feed);
    struct feed_place from = { after < 0 ? newest.after : after, newest.life };
    struct feed_missed missed;
    struct db *db;

    if (from.after <= newest.after && feed_read(feed, &from, say_nothing, NULL)) {
        streams_start(stream, &from);
        return true;
    }
    if (!request_db(r, &db, f) ||
        !feed_replay(db, after, newest.after, STREAMS_BACKLOG_COUNT, r->arena, &missed, f))
        return false;
    if (!missed.is_whole || !put_missed(r, stream, who, &missed)) {
        streams_reset(stream, newest.after);
        from.after = newest.after;
    } else if (from.after < newest.after) {
        from.after = newest.after;
    }
    streams_start(stream, &from);
    return true;
}

bool on_events(const struct request *r, struct reply *out, struct fail *f)
{
    const struct feed_listener who = listener_of(&r->caller);
    struct stream *stream;
    int64_t after;

    if (!read_after(r, &after, f))
        return false;
    if (!r->service->streams)
        return fail_set(f, FAIL_BUSY, SERVER_STOPPING, "nobody can listen here");
    if (!streams_add(r->service->streams, r->caller.token_id, &who, &stream, f))
        return false;
    if (!start(r, stream, &who, after, f)) {
        streams_give_up(stream);
        return false;
    }
    reply_stream(out, "text/event-stream", stream, streams_give_up);
    return true;
}
