/* Fuzz target of geo/plan/people_file.c: whatever comes in is refused or is a mobilisation
 * that can be planned, and whose plan is the best. */
#include "geo/plan/people_file.h"

#include <assert.h>
#include <string.h>

#include "geo/plan/lack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What would only take long is left out. */
enum { PLACES_MAX = 2000, PEOPLE_MAX = 200 };

static bool is_small(const struct mobilise_ask *ask)
{
    int64_t places = 0;

    for (int32_t s = 0; s < ask->slot_count; s++)
        places += ask->slots[s].people;
    return ask->person_count <= PEOPLE_MAX && places <= PLACES_MAX;
}

static void check_plan(const struct people_file *file, struct arena *a)
{
    struct fail f = { 0 };
    struct mobilise *m = mobilise_new(&file->ask, &f);
    const struct lack *lacks;

    assert(m && mobilise_run(m, NULL, NULL));
    for (int32_t p = 0; p < file->ask.person_count; p++)
        if (file->has_declined[p])
            mobilise_decline(m, p);
    assert(mobilise_run(m, NULL, NULL));
    assert(mobilise_figures(m).is_best);
    lack_list(m, a, &lacks);
    mobilise_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const struct people_file *file;
    struct fail f = { 0 };

    /* A copy of exactly this size, so that a read behind the end is seen. */
    if (!people_file_read(a, arena_copy(a, data, size), size, &file, &f))
        assert(f.kind == FAIL_INPUT && f.text[0]);
    else if (is_small(&file->ask))
        check_plan(file, a);
    arena_free(a);
    return 0;
}
