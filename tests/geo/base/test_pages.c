#include "geo/base/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void memory_stays_what_it_is_whatever_its_size(void **state)
{
    static const size_t SIZES[] = { 1, PAGES_LARGE - 1, PAGES_LARGE, 3 * PAGES_LARGE + 17 };

    (void)state;
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        unsigned char *memory = malloc(SIZES[i]);

        assert_non_null(memory);
        memset(memory, 0x5A, SIZES[i]);
        assert_ptr_equal(pages_large(memory, SIZES[i]), memory);
        for (size_t at = 0; at < SIZES[i]; at++)
            if (memory[at] != 0x5A)
                fail_msg("byte %zu of %zu", at, SIZES[i]);
        free(memory);
    }
}

static void what_was_not_given_is_not_given(void **state)
{
    (void)state;
    assert_null(pages_large(NULL, PAGES_LARGE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_stays_what_it_is_whatever_its_size),
        cmocka_unit_test(what_was_not_given_is_not_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
