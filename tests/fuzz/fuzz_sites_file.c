/* Fuzz target of geo/plan/sites_file.c: whatever comes in is refused or is a question whose first
 * answer lies below its bound. */
#include "geo/plan/sites_file.h"

#include <assert.h>

#include "geo/plan/dual.h"
#include "geo/plan/greedy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_plan(const struct siting_question *q, struct arena *a)
{
    struct siting s;
    struct greedy g;
    struct fail f = { 0 };
    const int64_t *prices;

    if (!siting_take(q, a, &s, &f)) {
        assert(f.kind == FAIL_INPUT && f.text[0]);
        return;
    }
    greedy_take(&s, a, &g);
    struct dual *d = dual_new(&s, g.sites, g.count);

    assert(g.count <= s.count);
    assert(dual_prices(d, a, &prices) >= (g.count ? g.values[g.count - 1] : 0) * DUAL_SCALE);
    dual_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct sites_file file;
    struct fail f = { 0 };

    /* A copy of exactly this size, so that a read behind the end is seen. */
    if (!sites_file_read(a, arena_copy(a, data, size), size, &file, &f))
        assert(f.kind == FAIL_INPUT && f.text[0]);
    else
        check_plan(&file.question, a);
    arena_free(a);
    return 0;
}
