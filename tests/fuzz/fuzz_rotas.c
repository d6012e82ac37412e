/* Days, months, times of the day and weekdays of rosters: whatever comes is refused
 * with a code or lies within its limits. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "api/rotas.h"
#include "engine/rota.h"
#include "geo/base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *a = arena_new();
    const char *text = arena_copy(a, (const char *)bytes, size);
    const char *month = rota_month(text, a);
    struct fail f = { 0 };
    const struct input *v = input_parse(a, (const char *)bytes, size, &f);
    int64_t value;

    assert(!month || rota_is_day(month));
    assert(!rota_is_monday(text) || rota_is_day(text));
    if (v && rotas_read_clock(v, &value, &f))
        assert(value >= 0 && value < 1440);
    if (v && rotas_read_weekdays(v, &value, &f))
        assert(value >= 1 && value <= 127);
    if (v && rotas_read_id(v, &value, &f))
        assert(value >= 1 && value <= INT64_C(9007199254740991));
    if (v && rotas_read_moment(v, &value, &f))
        assert(value >= 0);
    arena_free(a);
    return 0;
}
