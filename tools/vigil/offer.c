/* Each lane has one errand: the request that it carries until the errand is over. */
#include "tools/vigil/offer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "geo/base/arena.h"
#include "geo/base/emit.h"
#include "geo/base/input.h"
#include "geo/fixes.h"
#include "geo/instant.h"
#include "tools/vigil/lanes.h"
#include "tools/vigil/ledger.h"

enum {
    WORK_MS = 5,
    LATE_MAX_US = 1000000, /* what is due longer than this is left out */
    AGAIN_MIN_MS = 50,     /* until a request is sent again */
    AGAIN_MAX_MS = 400,
    KNOWN_INCIDENTS = 1024, /* to which orders are sent */
    KEY_MAX = LEDGER_RUN_MAX + 24,
    FIX_ROOM = 200, /* bytes of one position in a body */
};

struct errand {
    enum offer_kind kind;
    bool is_waiting; /* to be sent again at again_us */
    int64_t due_us, sent_us, again_us;
    int32_t tries;
    bool may_be_there; /* an earlier try may have been carried out */
    char key[KEY_MAX];
    char path[64];
    struct buf body;
    int32_t count;
    struct ledger_entry *things;
};

struct stream {
    int32_t first_lane, lane_count;
    int64_t begun; /* things that became due and were sent or left out */
    int64_t last_ack_us;
    int32_t busy;
    struct offer_figures figures;
};

struct offer {
    struct offer_plan plan;
    struct walkers *walkers;
    struct chance *chance;
    struct lanes *lanes;
    struct errand *errands; /* by lane */
    int32_t lane_count;
    int32_t waiting; /* errands to be sent again */
    struct stream streams[OFFER_KINDS];
    int64_t began_us;
    bool is_stopped;
    int32_t turn;         /* whose fix is next */
    int64_t *last_fix_ms; /* of each walker */
    int32_t *order_turns; /* walkers in the order in which they are sent to incidents */
    int32_t order_turn;
    int64_t numbers; /* of incidents and orders so far */
    int64_t incidents[KNOWN_INCIDENTS];
    int64_t incident_count;
    struct arena *arena; /* of the answer in hand */
};

static const char *const WORDS[OFFER_KINDS] = { "batches", "singles", "incidents", "orders",
                                                "nearest" };

const char *offer_word(enum offer_kind kind)
{
    return WORDS[kind];
}

const struct offer_figures *offer_figures(const struct offer *o, enum offer_kind kind)
{
    return &o->streams[kind].figures;
}

static bool is_positions(enum offer_kind kind)
{
    return kind == OFFER_BATCHES || kind == OFFER_SINGLES;
}

/* ------------------------------------------------------------------ making requests */

static void write_place(struct emit *e, struct point at)
{
    emit_key_number(e, "lon", at.lon, 7);
    emit_key_number(e, "lat", at.lat, 7);
    emit_key_text(e, "frame", "wgs84");
}

/* The next walker's fix. No two of her fixes are of the same millisecond. */
static void write_fix(struct offer *o, struct emit *e, struct ledger_entry *thing)
{
    const int32_t index = o->turn;
    const int64_t person_id = o->walkers->all[index].person_id;
    const struct walkers_fix fix = walkers_measure(o->walkers, index, clock_steady_us());
    const struct point_e7 at = point_to_e7(fix.at);
    int64_t now_ms = clock_wall_us() / 1000;
    char fix_time[INSTANT_SIZE];

    o->turn = (index + 1) % o->walkers->count;
    if (now_ms <= o->last_fix_ms[index])
        now_ms = o->last_fix_ms[index] + 1;
    o->last_fix_ms[index] = now_ms;
    *thing = (struct ledger_entry){
        .key = person_id, .part = now_ms * 1000, .first = at.lon, .last = at.lat
    };
    instant_write(now_ms * 1000, fix_time);
    emit_object(e);
    emit_key_int(e, "person_id", person_id);
    write_place(e, point_from_e7(at));
    emit_key_text(e, "fix_time", fix_time);
    emit_key_number(e, "accuracy_m", fix.accuracy_m, 1);
    emit_key_number(e, "speed_mps", fix.speed_mps, 1);
    emit_end(e);
}

static void make_positions(struct offer *o, struct errand *errand, struct emit *e)
{
    memcpy(errand->path, "/v1/positions", sizeof "/v1/positions");
    if (errand->kind == OFFER_SINGLES) {
        write_fix(o, e, &errand->things[0]);
        return;
    }
    emit_object(e);
    emit_key(e, "positions");
    emit_array(e);
    for (int32_t i = 0; i < errand->count; i++)
        write_fix(o, e, &errand->things[i]);
    emit_end(e);
    emit_end(e);
}

static struct point somewhere(struct offer *o)
{
    return walkers_measure(o->walkers, chance_pick(o->chance, o->walkers->count), clock_steady_us())
        .at;
}

static void number_it(struct offer *o, struct errand *errand, int64_t person_id)
{
    errand->things[0] = (struct ledger_entry){ .key = ++o->numbers, .part = person_id };
    snprintf(errand->key, sizeof errand->key, "%s-%lld", o->plan.run, (long long)o->numbers);
}

static void make_incident(struct offer *o, struct errand *errand, struct emit *e)
{
    memcpy(errand->path, "/v1/incidents", sizeof "/v1/incidents");
    number_it(o, errand, 0);
    emit_object(e);
    emit_key_text(e, "type", "help");
    emit_key_text(e, "note", errand->key);
    emit_key(e, "place");
    emit_object(e);
    write_place(e, somewhere(o));
    emit_end(e);
    emit_end(e);
}

static void make_order(struct offer *o, struct errand *errand, struct emit *e)
{
    const int64_t known = o->incident_count < KNOWN_INCIDENTS ? o->incident_count : KNOWN_INCIDENTS;
    const int32_t index = o->order_turns[o->order_turn];

    o->order_turn = (o->order_turn + 1) % o->walkers->count;
    number_it(o, errand, o->walkers->all[index].person_id);
    snprintf(errand->path, sizeof errand->path, "/v1/incidents/%lld/dispatches",
             (long long)o->incidents[chance_pick(o->chance, (int32_t)known)]);
    emit_object(e);
    emit_key(e, "people");
    emit_array(e);
    emit_int(e, errand->things[0].part);
    emit_end(e);
    emit_key_text(e, "reason", errand->key);
    emit_end(e);
}

static void make_question(struct offer *o, struct errand *errand, struct emit *e)
{
    memcpy(errand->path, "/v1/nearest", sizeof "/v1/nearest");
    emit_object(e);
    emit_key_int(e, "k", 10);
    emit_key(e, "place");
    emit_object(e);
    write_place(e, somewhere(o));
    emit_end(e);
    emit_end(e);
}

static void make(struct offer *o, struct errand *errand)
{
    struct emit e;

    buf_clear(&errand->body);
    errand->key[0] = '\0';
    e = emit_to(&errand->body);
    switch (errand->kind) {
    case OFFER_BATCHES:
    case OFFER_SINGLES:
        make_positions(o, errand, &e);
        break;
    case OFFER_INCIDENTS:
        make_incident(o, errand, &e);
        break;
    case OFFER_ORDERS:
        make_order(o, errand, &e);
        break;
    case OFFER_NEAREST:
    case OFFER_KINDS:
        make_question(o, errand, &e);
        break;
    }
}

static void post(struct offer *o, int32_t lane)
{
    struct errand *errand = &o->errands[lane];
    const struct lanes_request request = {
        .method = "POST",
        .path = errand->path,
        .token = is_positions(errand->kind) ? o->plan.gateway_token : o->plan.token,
        .key = errand->key[0] ? errand->key : NULL,
        .body = &errand->body,
    };

    errand->tries++;
    lanes_send(o->lanes, lane, &request);
}

/* ------------------------------------------------------------------ what became of it */

static void write_down(struct offer *o, const struct errand *errand, int32_t index,
                       enum ledger_fate fate)
{
    static const enum ledger_kind KINDS[OFFER_KINDS] = { [OFFER_BATCHES] = LEDGER_POSITION,
                                                         [OFFER_SINGLES] = LEDGER_POSITION,
                                                         [OFFER_INCIDENTS] = LEDGER_INCIDENT,
                                                         [OFFER_ORDERS] = LEDGER_ORDER };
    struct ledger_entry *thing = &errand->things[index];

    if (!o->plan.ledger || errand->kind == OFFER_NEAREST)
        return;
    thing->tries = errand->tries;
    thing->fate = fate == LEDGER_REFUSED && errand->may_be_there ? LEDGER_UNKNOWN : fate;
    ledger_add(o->plan.ledger, KINDS[errand->kind], thing);
}

static void over(struct offer *o, struct errand *errand)
{
    o->streams[errand->kind].busy--;
    errand->count = 0;
}

static void give_up(struct offer *o, struct errand *errand, enum ledger_fate fate)
{
    for (int32_t i = 0; i < errand->count; i++)
        write_down(o, errand, i, fate);
    over(o, errand);
}

static void try_again(struct offer *o, struct errand *errand, bool may_be_there)
{
    errand->may_be_there |= may_be_there;
    errand->is_waiting = true;
    errand->again_us =
        clock_steady_us() +
        1000LL * (AGAIN_MIN_MS + chance_pick(o->chance, AGAIN_MAX_MS - AGAIN_MIN_MS));
    o->waiting++;
}

/* Marks the items that the answer rejects; how many. */
static int32_t mark_rejected(struct errand *errand, const struct input *answer, bool *is_rejected)
{
    const struct input *list = answer ? input_get(answer, "rejected") : NULL;
    struct fail unused;
    int32_t count = 0, marked = 0;

    if (list)
        input_array(list, 0, FIXES_COUNT_MAX, &count, &unused);
    for (int32_t i = 0; i < count; i++) {
        const struct input *index = input_get(input_item(list, i), "index");
        int64_t at = 0;

        if (!index || !input_int(index, 0, errand->count - 1, &at, &unused) || is_rejected[at])
            continue;
        is_rejected[at] = true;
        marked++;
    }
    return marked;
}

static void take_positions(struct offer *o, struct errand *errand, const struct input *answer,
                           enum ledger_fate fate)
{
    struct offer_figures *figures = &o->streams[errand->kind].figures;
    bool *is_rejected = arena_take(o->arena, (size_t)errand->count, sizeof *is_rejected);
    const int32_t rejected = mark_rejected(errand, answer, is_rejected);

    figures->rejected += rejected;
    *(fate == LEDGER_STORED ? &figures->accepted : &figures->node_local) +=
        errand->count - rejected;
    for (int32_t i = 0; i < errand->count; i++)
        write_down(o, errand, i, is_rejected[i] ? LEDGER_REFUSED : fate);
}

static int64_t id_of(const struct input *answer, const char *key)
{
    const struct input *v = answer ? input_get(answer, key) : NULL;
    struct fail unused;
    int64_t id = 0;

    if (v)
        input_int(v, 1, INT64_MAX >> 10, &id, &unused);
    return id;
}

/* An incident or an order that was made. */
static void take_one(struct offer *o, struct errand *errand, const struct input *answer,
                     enum ledger_fate fate)
{
    struct offer_figures *figures = &o->streams[errand->kind].figures;
    struct ledger_entry *thing = &errand->things[0];

    (*(fate == LEDGER_STORED ? &figures->accepted : &figures->node_local))++;
    if (errand->kind == OFFER_INCIDENTS) {
        thing->first = id_of(answer, "incident_id");
        if (fate == LEDGER_STORED)
            o->incidents[o->incident_count++ % KNOWN_INCIDENTS] = thing->first;
    } else if (errand->kind == OFFER_ORDERS) {
        const struct input *order = answer ? input_get(answer, "dispatch") : NULL;

        thing->first = id_of(order, "dispatch_id");
        thing->last = id_of(order, "incident_id");
    }
    write_down(o, errand, 0, fate);
}

static void note_gap(struct stream *s, int64_t now_us)
{
    if (now_us - s->last_ack_us > s->figures.gap_us)
        s->figures.gap_us = now_us - s->last_ack_us;
}

static void acknowledge(struct offer *o, struct errand *errand, const struct lanes_answer *answer)
{
    const enum ledger_fate fate = answer->status == 202 ? LEDGER_NODE_LOCAL : LEDGER_STORED;
    struct stream *s = &o->streams[errand->kind];
    const int64_t now_us = clock_steady_us();
    struct fail unused;
    const struct input *body =
        errand->kind == OFFER_NEAREST
            ? NULL
            : input_parse(o->arena, answer->body, answer->body_size, &unused);

    note_gap(s, now_us);
    s->last_ack_us = now_us;
    tally_time(&s->figures.answers, now_us - errand->sent_us);
    tally_time(&s->figures.waits, now_us - errand->due_us);
    if (is_positions(errand->kind))
        take_positions(o, errand, body, fate);
    else
        take_one(o, errand, body, fate);
    over(o, errand);
}

static void note_bad(struct offer_figures *figures, const struct lanes_answer *answer)
{
    if (!figures->first_bad[0])
        snprintf(figures->first_bad, sizeof figures->first_bad, "%d %.180s", answer->status,
                 answer->body);
}

/* The server said no, or nothing. */
static void hear_no(struct offer *o, struct errand *errand, const struct lanes_answer *answer)
{
    struct offer_figures *figures = &o->streams[errand->kind].figures;

    if (answer->status == 0)
        (*(answer->was_sent ? &figures->unanswered : &figures->unconnected))++;
    else if (answer->status == 503)
        figures->away++;
    else if (answer->status == 429)
        figures->too_many += is_positions(errand->kind) ? errand->count : 1;
    else if (answer->status >= 400 && answer->status < 500)
        figures->refused++;
    else
        figures->broken++;

    if (errand->kind == OFFER_NEAREST)
        over(o, errand);
    else if (answer->status == 0 || answer->status == 503 ||
             (answer->status == 429 && !is_positions(errand->kind)))
        try_again(o, errand, answer->status == 503 || (answer->status == 0 && answer->was_sent));
    else
        give_up(o, errand, answer->status < 500 ? LEDGER_REFUSED : LEDGER_UNKNOWN);
    if (answer->status >= 400 && answer->status != 429 && answer->status != 503)
        note_bad(figures, answer);
}

static void hear(void *self, const struct lanes_answer *answer)
{
    struct offer *o = self;
    struct errand *errand = &o->errands[answer->lane];

    if (answer->status >= 200 && answer->status < 300)
        acknowledge(o, errand, answer);
    else
        hear_no(o, errand, answer);
    arena_reset(o->arena);
}

/* ------------------------------------------------------------------ pace */

static int32_t free_lane(const struct offer *o, const struct stream *s)
{
    for (int32_t i = s->first_lane; i < s->first_lane + s->lane_count; i++)
        if (o->errands[i].count == 0)
            return i;
    return -1;
}

static void begin(struct offer *o, enum offer_kind kind, int32_t lane, int32_t count,
                  int64_t due_us)
{
    struct errand *errand = &o->errands[lane];

    errand->kind = kind;
    errand->count = count;
    errand->tries = 0;
    errand->may_be_there = false;
    errand->due_us = due_us;
    errand->sent_us = clock_steady_us();
    o->streams[kind].busy++;
    make(o, errand);
    post(o, lane);
}

static void send_due(struct offer *o, enum offer_kind kind, int64_t now_us)
{
    struct stream *s = &o->streams[kind];
    const int64_t rate = o->plan.rates[kind];
    const int32_t parcel = kind == OFFER_BATCHES ? o->plan.batch : 1;
    const int64_t due = (int64_t)((double)(now_us - o->began_us) * (double)rate / 1e6);
    const int64_t late = (int64_t)((double)rate * LATE_MAX_US / 1e6) + parcel;

    if (kind == OFFER_ORDERS && o->incident_count == 0) {
        s->begun = due; /* there is nothing yet to send anybody to */
        return;
    }
    while (due - s->begun >= parcel && s->busy < s->lane_count) {
        const int32_t lane = free_lane(o, s);

        s->begun += parcel;
        s->figures.offered += parcel;
        begin(o, kind, lane, parcel, o->began_us + s->begun * 1000000 / rate);
    }
    if (due - s->begun > late) {
        const int64_t dropped = due - s->begun - late;

        s->begun += dropped;
        s->figures.offered += dropped;
        s->figures.left_out += dropped;
    }
}

static void send_again(struct offer *o, int64_t now_us)
{
    for (int32_t i = 0; i < o->lane_count && o->waiting > 0; i++) {
        struct errand *errand = &o->errands[i];

        if (!errand->is_waiting || errand->again_us > now_us)
            continue;
        errand->is_waiting = false;
        o->waiting--;
        post(o, i);
    }
}

void offer_work(struct offer *o)
{
    const int64_t now_us = clock_steady_us();

    send_again(o, now_us);
    for (int kind = 0; kind < OFFER_KINDS && !o->is_stopped; kind++)
        if (o->plan.rates[kind] > 0)
            send_due(o, (enum offer_kind)kind, now_us);
    lanes_work(o->lanes, WORK_MS, hear, o);
}

void offer_stop(struct offer *o)
{
    const int64_t now_us = clock_steady_us();

    o->is_stopped = true;
    for (int kind = 0; kind < OFFER_KINDS; kind++) {
        struct stream *s = &o->streams[kind];

        if (o->plan.rates[kind] > 0)
            note_gap(s, now_us);
    }
}

int32_t offer_under_way(const struct offer *o)
{
    int32_t sum = 0;

    for (int kind = 0; kind < OFFER_KINDS; kind++)
        sum += o->streams[kind].busy;
    return sum;
}

/* ------------------------------------------------------------------ the whole */

/* Everyone once, in an order by chance. */
static int32_t *shuffled(int32_t count, struct chance *chance)
{
    int32_t *all = calloc((size_t)count, sizeof *all);

    for (int32_t i = 0; all && i < count; i++) {
        const int32_t at = chance_pick(chance, i + 1);

        all[i] = all[at];
        all[at] = i;
    }
    return all;
}

struct offer *offer_open(const struct offer_plan *plan, struct walkers *walkers,
                         struct chance *chance, struct fail *f)
{
    struct offer *o = calloc(1, sizeof *o);
    int32_t count = 0;

    if (!o)
        abort();
    o->plan = *plan;
    o->walkers = walkers;
    o->chance = chance;
    for (int kind = 0; kind < OFFER_KINDS; kind++) {
        o->streams[kind].first_lane = count;
        o->streams[kind].lane_count = plan->rates[kind] > 0 ? plan->lanes[kind] : 0;
        count += o->streams[kind].lane_count;
    }
    o->lanes = lanes_open(plan->urls, count, plan->patience_ms, f);
    if (!o->lanes) {
        free(o);
        return NULL;
    }
    o->lane_count = count;
    o->arena = arena_new();
    o->errands = calloc((size_t)count, sizeof *o->errands);
    o->last_fix_ms = calloc((size_t)walkers->count, sizeof *o->last_fix_ms);
    o->order_turns = shuffled(walkers->count, chance);
    if (!o->errands || !o->last_fix_ms || !o->order_turns)
        abort();
    for (int32_t i = 0; i < count; i++) {
        const bool in_batches = i < o->streams[OFFER_BATCHES].lane_count;

        o->errands[i].things =
            calloc(in_batches ? (size_t)plan->batch : 1, sizeof *o->errands[i].things);
        if (!o->errands[i].things)
            abort();
    }
    o->began_us = clock_steady_us();
    for (int kind = 0; kind < OFFER_KINDS; kind++)
        o->streams[kind].last_ack_us = o->began_us;
    return o;
}

void offer_close(struct offer *o)
{
    if (!o)
        return;
    for (int32_t i = 0; i < o->lane_count; i++) {
        struct errand *errand = &o->errands[i];

        if (errand->count > 0)
            give_up(o, errand, LEDGER_UNKNOWN);
        buf_free(&errand->body);
        free(errand->things);
    }
    lanes_close(o->lanes);
    arena_free(o->arena);
    free(o->order_turns);
    free(o->last_fix_ms);
    free(o->errands);
    free(o);
}
