#include "engine/doctor_json.h"

static void write_at(struct emit *e, struct point at)
{
    emit_key(e, "place");
    emit_object(e);
    emit_key_number(e, "lon", at.lon, 7);
    emit_key_number(e, "lat", at.lat, 7);
    emit_key_text(e, "frame", "wgs84");
    emit_end(e);
}

static void write_metres(struct emit *e, int64_t length_cm)
{
    emit_key_number(e, "length_m", (double)length_cm / 100, 2);
}

/* A segment as the map knows it, in the middle of it. */
static void write_segment(struct emit *e, const struct network *n, int32_t segment)
{
    emit_key_int(e, "segment_id", n->segment_id[segment]);
    emit_key_int(e, "way_id", n->way_id[segment]);
    emit_key_text(e, "street", network_name(n, segment));
    emit_key_text(e, "class", network_class_word(n->street_class[segment]));
    write_at(e, network_point(n, (struct spot){ segment, n->length_cm[segment] / 2 }));
}

static void write_mode(struct emit *e, const struct doctor_report *r, enum mode mode)
{
    const struct doctor_mode *m = &r->modes[mode];

    emit_object(e);
    emit_key_text(e, "mode", network_mode_word(mode));
    emit_key_int(e, "strong_count", m->strong_count);
    emit_key_int(e, "weak_count", m->weak_count);
    for (enum parts_standing s = PARTS_MAIN; s < PARTS_STANDINGS; s++) {
        emit_key(e, parts_word(s));
        emit_object(e);
        emit_key_int(e, "patch_count", m->sums[s].patches);
        emit_key_int(e, "segment_count", m->sums[s].segments);
        write_metres(e, m->sums[s].length_cm);
        emit_end(e);
    }
    emit_key(e, "patches");
    emit_array(e);
    for (int32_t i = 0; i < m->shown; i++) {
        emit_object(e);
        emit_key_text(e, "standing", parts_word(m->patches[i].standing));
        emit_key_int(e, "segment_count", m->patches[i].segment_count);
        write_metres(e, m->patches[i].length_cm);
        write_segment(e, r->city->network, m->patches[i].longest);
        emit_end(e);
    }
    emit_end(e);
    emit_end(e);
}

static void write_cuts(struct emit *e, const struct doctor_report *r)
{
    emit_key_int(e, "barrier_count", r->cut_count);
    emit_key(e, "barriers");
    emit_array(e);
    for (int32_t i = 0; i < r->cuts_shown; i++) {
        const struct doctor_cut *cut = &r->cuts[i];

        emit_object(e);
        emit_key_int(e, "node_id", cut->node_id);
        emit_key_text(e, "kind", cut->kind);
        emit_key_text(e, "mode", network_mode_word(cut->mode));
        emit_key_text(e, "standing", parts_word(cut->standing));
        write_metres(e, cut->length_cm);
        write_at(e, cut->at);
        emit_end(e);
    }
    emit_end(e);
}

static void write_places(struct emit *e, const struct doctor_report *r)
{
    emit_key_int(e, "places_looked_at", r->places_looked_at);
    emit_key_bool(e, "places_partial", r->is_partial);
    emit_key_int(e, "place_count", r->place_count);
    emit_key(e, "places");
    emit_array(e);
    for (int32_t i = 0; i < r->places_shown; i++) {
        const struct doctor_place *p = &r->places[i];

        emit_object(e);
        emit_key_text(e, "kind", p->kind);
        emit_key_int(e, "id", p->id);
        emit_key_text(e, "code", p->code);
        emit_key_text(e, "name", p->name);
        emit_key_text(e, "mode", network_mode_word(p->mode));
        emit_key_text(e, "standing",
                      p->standing == PARTS_CLOSED ? "nowhere" : parts_word(p->standing));
        write_at(e, p->at);
        emit_end(e);
    }
    emit_end(e);
}

static void write_odds(struct emit *e, const struct doctor_report *r)
{
    emit_key(e, "odd_counts");
    emit_object(e);
    for (enum odd_kind kind = 0; kind < ODD_KINDS; kind++)
        emit_key_int(e, odd_word(kind), r->odd_counts[kind]);
    emit_end(e);
    emit_key(e, "odd");
    emit_array(e);
    for (int32_t i = 0; i < r->odd_count; i++) {
        const bool is_speed = r->odds[i].kind == ODD_FAST || r->odds[i].kind == ODD_SLOW;

        emit_object(e);
        emit_key_text(e, "why", odd_word(r->odds[i].kind));
        emit_key_number(e, is_speed ? "limit_kmh" : "found_m", r->odds[i].value, 2);
        write_metres(e, r->city->network->length_cm[r->odds[i].segment]);
        write_segment(e, r->city->network, r->odds[i].segment);
        emit_end(e);
    }
    emit_end(e);
}

void doctor_json_write(struct emit *e, const struct doctor_report *report)
{
    emit_object(e);
    emit_key_text(e, "city", report->city->name);
    emit_key_text(e, "frame", "wgs84");
    emit_key_int(e, "import_id", report->city->network->import_id);
    emit_key_int(e, "segment_count", report->city->network->segment_count);
    emit_key_int(e, "node_count", report->city->network->node_count);
    emit_key(e, "modes");
    emit_array(e);
    for (enum mode mode = 0; mode < MODE_COUNT; mode++)
        write_mode(e, report, mode);
    emit_end(e);
    write_cuts(e, report);
    write_places(e, report);
    write_odds(e, report);
    emit_end(e);
}
