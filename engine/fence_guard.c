/* A fix changes what this process knows at once; that it is written, or was written by
 * another process before, comes afterwards. */
#include "engine/fence_guard.h"

#include "engine/fences.h"
#include "engine/metrics.h"
#include "engine/sight.h"

void fence_guard_start(struct fence_guard *g, struct live *live)
{
    *g = (struct fence_guard){ .live = live,
                               .presence = presence_new(),
                               .footsteps = footsteps_new(),
                               .crossings = crossings_new() };
}

void fence_guard_end(struct fence_guard *g)
{
    fence_set_free(g->set);
    fence_set_list_free(g->list);
    presence_free(g->presence);
    footsteps_free(g->footsteps);
    crossings_free(g->crossings);
}

/* ------------------------------------------------------------------ one fix */

/* A fix on its way past the fences. */
struct walk {
    struct fence_guard *g;
    const struct orgs *orgs;
    int64_t person_id;
    struct fence_fix from, to;
    bool has_from;
    double vague_m; /* how wrong the fix may be */
};

static struct fence_fix fence_fix_of(const struct live_fix *fix)
{
    return (struct fence_fix){ point_from_e7(fix->at), fix->fix_us };
}

static bool is_too_vague(const struct live_fix *fix)
{
    return fix->accuracy_dm > FENCES_ACCURACY_MAX_M * 10;
}

static double vague_m(const struct live_fix *fix)
{
    return fix->accuracy_dm > 0 ? fix->accuracy_dm / 10.0 : 0;
}

static double margin_of(const struct fence_set_one *one, double vague)
{
    return one->margin_m > vague ? one->margin_m : vague;
}

static void note(struct fence_guard *g, const struct crossing *seen)
{
    if (!crossings_add(g->crossings, seen)) {
        g->is_lost = true;
        metrics_count(METRIC_FENCE_CROSSINGS_LOST, 1);
    }
}

/* When she will have been there, by a moment at which she was, for as long as the fence
 * asks. */
static int64_t dwelt_by(const struct fence_set_one *one, int64_t enter_us, int64_t by_us)
{
    const bool has_dwelt = one->dwell_us > 0 && by_us - enter_us >= one->dwell_us;

    return has_dwelt ? enter_us + one->dwell_us : CROSSING_NOT;
}

static void go_on_inside(struct walk *w, const struct fence_set_one *one, struct presence_stay stay)
{
    struct crossing seen = { .fence_id = one->fence_id,
                             .person_id = w->person_id,
                             .enter_us = CROSSING_NOT,
                             .leave_us = CROSSING_NOT,
                             .dwell_us = CROSSING_NOT };
    const struct fence_step step = fence_follow(one->shape, true, margin_of(one, w->vague_m),
                                                w->has_from ? &w->from : NULL, &w->to);

    if (step.leaves)
        seen.leave_us = step.leave_us > stay.enter_us ? step.leave_us : stay.enter_us;
    if (!stay.has_dwelt)
        seen.dwell_us = dwelt_by(one, stay.enter_us, step.leaves ? seen.leave_us : w->to.fix_us);
    if (step.leaves) {
        presence_take_out(w->g->presence, w->person_id, one->fence_id);
    } else if (seen.dwell_us != CROSSING_NOT) {
        stay.has_dwelt = true;
        presence_put(w->g->presence, w->person_id, &stay);
    }
    if (step.leaves || seen.dwell_us != CROSSING_NOT)
        note(w->g, &seen);
}

static void come_from_outside(struct walk *w, const struct fence_set_one *one)
{
    const struct fence_step step = fence_follow(one->shape, false, margin_of(one, w->vague_m),
                                                w->has_from ? &w->from : NULL, &w->to);
    const int64_t last_us = step.leaves ? step.leave_us : w->to.fix_us;

    if (!step.enters)
        return;
    const struct crossing seen = { .fence_id = one->fence_id,
                                   .person_id = w->person_id,
                                   .enter_us = step.enter_us,
                                   .leave_us = step.leaves ? step.leave_us : CROSSING_NOT,
                                   .dwell_us = dwelt_by(one, step.enter_us, last_us) };
    const struct presence_stay stay = { one->fence_id, step.enter_us,
                                        seen.dwell_us != CROSSING_NOT };

    if (step.leaves || presence_put(w->g->presence, w->person_id, &stay))
        note(w->g, &seen);
}

/* Whether the fence is about her. */
static bool minds(const struct walk *w, const struct fence_set_one *one,
                  const struct live_person *person)
{
    const struct sight sight = { .orgs = w->orgs, .org_id = one->org_id };

    switch (one->whom) {
    case FENCE_LISTED:
        return w->g->list && fence_set_list_has(w->g->list, one->fence_id, w->person_id);
    case FENCE_DISPATCHED:
        return person->taken_incident_id == one->incident_id;
    case FENCE_EVERYONE:
        break;
    }
    return sight_sees(&sight, person);
}

/* Of these fences, those that are about her, in their place. */
static int32_t keep_minding(const struct walk *w, const struct fence_set_one **near, int32_t count)
{
    struct live_person person;
    int32_t kept = 0;

    live_read(w->g->live);
    if (live_get(w->g->live, w->person_id, &person))
        for (int32_t i = 0; i < count; i++)
            if (minds(w, near[i], &person))
                near[kept++] = near[i];
    live_read_end(w->g->live);
    return kept;
}

static bool is_in(const struct presence_stay *stays, int32_t count, int64_t fence_id)
{
    for (int32_t i = 0; i < count; i++)
        if (stays[i].fence_id == fence_id)
            return true;
    return false;
}

static void walk_past(struct walk *w)
{
    const struct fence_set_one *near[FENCES_NEAR_MAX];
    struct presence_stay stays[PRESENCE_FENCES_MAX];
    const struct presence_stay *known;
    const int32_t stay_count = presence_of(w->g->presence, w->person_id, &known);
    int32_t near_count = fence_set_near(w->g->set, w->has_from ? w->from.at : w->to.at, w->to.at,
                                        near, FENCES_NEAR_MAX);

    for (int32_t i = 0; i < stay_count; i++)
        stays[i] = known[i]; /* which the steps change */
    for (int32_t i = 0; i < stay_count; i++) {
        const struct fence_set_one *one = fence_set_find(w->g->set, stays[i].fence_id);

        if (one)
            go_on_inside(w, one, stays[i]);
        else /* it was closed, and with it the stay */
            presence_take_out(w->g->presence, w->person_id, stays[i].fence_id);
    }
    if (near_count > 0)
        near_count = keep_minding(w, near, near_count);
    for (int32_t i = 0; i < near_count; i++)
        if (!is_in(stays, stay_count, near[i]->fence_id))
            come_from_outside(w, near[i]);
}

/* ------------------------------------------------------------------ a batch */

static bool is_idle(const struct fence_guard *g)
{
    return !g->set || (fence_set_count(g->set) == 0 && presence_count(g->presence) == 0);
}

void fence_guard_note(struct fence_guard *g, const struct live_fix *fixes, int32_t count)
{
    if (is_idle(g))
        return;
    live_read(g->live);
    for (int32_t i = 0; i < count; i++) {
        struct live_person person;

        if (!live_get(g->live, fixes[i].person_id, &person) || !person.has_fix)
            continue;
        const struct fence_fix stood = fence_fix_of(&person.fix);

        footsteps_stood(g->footsteps, fixes[i].person_id, &stood);
    }
    live_read_end(g->live);
}

static void pass(struct fence_guard *g, const struct orgs *orgs, const struct live_fix *fix)
{
    struct walk w = { .g = g, .orgs = orgs, .person_id = fix->person_id };

    if (fix->person_id == 0 || (fix->flags & LIVE_UNBELIEVED) || is_too_vague(fix))
        return;
    w.to = fence_fix_of(fix);
    w.vague_m = vague_m(fix);
    const enum footsteps_step step = footsteps_take(g->footsteps, fix->person_id, &w.to, &w.from);

    if (step == FOOTSTEPS_OLD)
        return;
    w.has_from = step == FOOTSTEPS_NEXT &&
                 w.to.fix_us - w.from.fix_us <= (int64_t)FENCES_GAP_MAX_S * 1000000;
    walk_past(&w);
}

void fence_guard_pass(struct fence_guard *g, const struct orgs *orgs, const struct live_fix *fixes,
                      int32_t count)
{
    for (int32_t i = 0; i < count && !is_idle(g); i++)
        pass(g, orgs, &fixes[i]);
}

/* ------------------------------------------------------------------ who is still there */

static bool is_tracked(const struct live_person *person)
{
    return (person->on_duty || person->taken_incident_id) &&
           !(person->bars & ABLE_BIT(ABLE_NO_CONSENT));
}

void fence_guard_look_at(struct fence_guard *g, int64_t person_id, int64_t until_us)
{
    struct live_person person;
    const struct presence_stay *known;
    struct presence_stay stays[PRESENCE_FENCES_MAX];
    const int32_t count = presence_of(g->presence, person_id, &known);

    live_read(g->live);
    const bool is_known = live_get(g->live, person_id, &person) && is_tracked(&person);

    live_read_end(g->live);
    if (!is_known) { /* the database has ended her stays */
        presence_forget(g->presence, person_id);
        return;
    }
    if (!person.has_fix || person.fix.received_us > until_us || is_too_vague(&person.fix))
        return;
    struct walk w = { .g = g,
                      .person_id = person_id,
                      .to = fence_fix_of(&person.fix),
                      .vague_m = vague_m(&person.fix) };

    for (int32_t i = 0; i < count; i++)
        stays[i] = known[i];
    for (int32_t i = 0; i < count; i++) {
        const struct fence_set_one *one = fence_set_find(g->set, stays[i].fence_id);

        if (!one)
            presence_take_out(g->presence, person_id, stays[i].fence_id);
        else if (stays[i].enter_us < w.to.fix_us)
            go_on_inside(&w, one, stays[i]);
    }
}

/* ------------------------------------------------------------------ as the database has it */

static void replay(struct presence *p, const struct crossing *seen)
{
    const struct presence_stay stay = { seen->fence_id, seen->enter_us,
                                        seen->dwell_us != CROSSING_NOT };

    if (seen->leave_us != CROSSING_NOT)
        presence_take_out(p, seen->person_id, seen->fence_id);
    else if (seen->enter_us != CROSSING_NOT)
        presence_put(p, seen->person_id, &stay);
}

void fence_guard_exchange(struct fence_guard *g, struct presence *inside)
{
    for (int32_t i = 0; i < crossings_count(g->crossings); i++)
        replay(inside, crossings_at(g->crossings, i));
    presence_free(g->presence);
    g->presence = inside;
    g->is_lost = false;
}

/* A stay that ended takes out only itself, not one that began after it. */
void fence_guard_hear(struct fence_guard *g, int64_t person_id, const struct presence_stay *stay,
                      int64_t left_us)
{
    const struct presence_stay *stays;
    const int32_t count = presence_of(g->presence, person_id, &stays);
    int64_t known_us = INT64_MIN;

    for (int32_t i = 0; i < count; i++)
        if (stays[i].fence_id == stay->fence_id)
            known_us = stays[i].enter_us;
    if (known_us > stay->enter_us)
        return;
    if (left_us == CROSSING_NOT)
        presence_put(g->presence, person_id, stay);
    else
        presence_take_out(g->presence, person_id, stay->fence_id);
}
