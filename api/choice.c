#include "api/choice.h"

#include <string.h>

#include "geo/instant.h"

bool choice_word(const struct request *r, const char *name, const char *const *words, int32_t count,
                 int32_t *out, struct fail *f)
{
    const char *text = request_query(r, name);
    const char *allowed = words[0];

    if (!text)
        return true;
    for (int32_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return true;
        }
    for (int32_t i = 1; i < count; i++)
        allowed = arena_text(r->arena, "%s, %s", allowed, words[i]);
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s cannot be \"%.40s\"", name, text);
    fail_allowed(f, "%s", allowed);
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, text);
}

bool choice_moment(const struct request *r, const char *name, int64_t *out_us, struct fail *f)
{
    const char *text = request_query(r, name);

    if (!text || instant_read(text, strlen(text), out_us))
        return true;
    fail_set(f, FAIL_INPUT, TIME_MALFORMED, "%s is no moment: %.40s", name, text);
    fail_allowed(f, "a moment like 2026-11-22T16:00:00Z");
    fail_at(f, arena_text(r->arena, "/%s", name));
    return fail_value(f, text);
}
