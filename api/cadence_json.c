#include "api/cadence_json.h"

#include <stdlib.h>

#include "engine/cadence.h"
#include "engine/engine.h"

int32_t cadence_json_report_s(const struct request *r, int64_t person_id)
{
    struct live *live = engine_live(r->engine);
    struct live_person person;

    live_read(live);
    const int32_t report_s = live_get(live, person_id, &person)
                                 ? cadence_report_s(engine_cadence(r->engine), &person)
                                 : 0;

    live_read_end(live);
    return report_s;
}

int32_t cadence_json_idle_s(const struct request *r)
{
    return cadence_idle_s(engine_cadence(r->engine));
}

static void write_seconds(struct emit *e, int32_t report_s)
{
    emit_key(e, "report_s");
    if (report_s > 0)
        emit_int(e, report_s);
    else
        emit_null(e);
}

/* Someone who is to be heard of sooner than the others. */
struct sooner {
    int32_t report_s;
    int64_t person_id;
};

static int compare(const void *a, const void *b)
{
    const struct sooner *one = a, *other = b;

    if (one->report_s != other->report_s)
        return one->report_s < other->report_s ? -1 : 1;
    return (one->person_id > other->person_id) - (one->person_id < other->person_id);
}

static int32_t find_sooner(const struct request *r, const struct fixes *fixes, struct sooner *out)
{
    struct cadence *cadence = engine_cadence(r->engine);
    struct live *live = engine_live(r->engine);
    int32_t count = 0;

    live_read(live);
    for (int32_t i = 0; i < fixes->count; i++) {
        struct live_person person;

        if (fixes->items[i].code != CODE_NONE ||
            !live_get(live, fixes->items[i].person_id, &person))
            continue;
        const int32_t report_s = cadence_report_s(cadence, &person);

        if (report_s > 0 && report_s < cadence_idle_s(cadence))
            out[count++] = (struct sooner){ report_s, person.person_id };
    }
    live_read_end(live);
    return count;
}

/* Each once, those of one cadence together. */
static void write_sooner(struct emit *e, struct sooner *list, int32_t count)
{
    qsort(list, (size_t)count, sizeof *list, compare);
    for (int32_t i = 0; i < count;) {
        const int32_t report_s = list[i].report_s;

        emit_object(e);
        emit_key_int(e, "report_s", report_s);
        emit_key(e, "person_ids");
        emit_array(e);
        for (; i < count && list[i].report_s == report_s; i++)
            if (i == 0 || compare(&list[i - 1], &list[i]) != 0)
                emit_int(e, list[i].person_id);
        emit_end(e);
        emit_end(e);
    }
}

void cadence_json_write(struct emit *e, const struct request *r, const struct fixes *fixes)
{
    const bool is_one = r->caller.role == ROLE_VOLUNTEER || r->caller.role == ROLE_DEVICE;

    write_seconds(e,
                  is_one ? cadence_json_report_s(r, r->caller.person_id) : cadence_json_idle_s(r));
    emit_key(e, "report");
    emit_array(e);
    if (!is_one) {
        struct sooner *list = arena_take(r->arena, (size_t)fixes->count + 1, sizeof *list);

        write_sooner(e, list, find_sooner(r, fixes, list));
    }
    emit_end(e);
}
