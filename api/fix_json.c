#include "api/fix_json.h"

#include "geo/instant.h"

static const struct {
    enum live_flag flag;
    const char *word;
} FLAGS[] = {
    { LIVE_JUMP, "jump" },
    { LIVE_FRAME, "frame" },
    { LIVE_CLOCK_SKEW, "clock_skew" },
    { LIVE_OFF_LINE, "off_line" },
    { LIVE_NODE_LOCAL, "node_local" },
};

void fix_json_write(struct emit *e, const struct live_fix *fix, int64_t age_us,
                    const struct age_limits *ages)
{
    char fix_time[INSTANT_SIZE];

    instant_write(fix->fix_us, fix_time);
    emit_key_text(e, "fix_time", fix_time);
    emit_key_number(e, "fix_age_s", (double)age_us / 1e6, 3);
    emit_key_bool(e, "stale", age_is_stale(ages, age_us));
    if (fix->accuracy_dm >= 0)
        emit_key_number(e, "accuracy_m", fix->accuracy_dm / 10.0, 1);
    emit_key(e, "position_flags");
    emit_array(e);
    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        if (fix->flags & FLAGS[i].flag)
            emit_text(e, FLAGS[i].word);
    emit_end(e);
}
