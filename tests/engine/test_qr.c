#include "engine/qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE_MAX = 200 };

/* The dark modules of the drawing, read back from its strokes. */
static int read_modules(const char *svg, char dark[SIDE_MAX][SIDE_MAX])
{
    char *at = strstr(svg, "viewBox=\"0 0 ") + strlen("viewBox=\"0 0 ");
    const int side = (int)strtol(at, NULL, 10);

    memset(dark, 0, SIDE_MAX * (size_t)SIDE_MAX);
    for (at = strstr(svg, "/><path d=\""); (at = strchr(at, 'M'));) {
        const int x = (int)strtol(at + 1, &at, 10);
        const int y = (int)strtol(at, &at, 10);
        const int run = (int)strtol(at + 1, &at, 10); /* behind the h */

        assert_true(x + run <= side && y < side && side <= SIDE_MAX);
        for (int i = 0; i < run; i++)
            dark[y][x + i] = 1;
    }
    return side;
}

/* The seven by seven of a finder pattern at a place. */
static void has_finder(char dark[SIDE_MAX][SIDE_MAX], int left, int top)
{
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            const int ring = x == 0 || x == 6 || y == 0 || y == 6;
            const int core = x >= 2 && x <= 4 && y >= 2 && y <= 4;

            assert_int_equal(dark[top + y][left + x], ring || core);
        }
    }
}

static void a_text_becomes_a_code_with_its_marks_and_quiet_zone(void **state)
{
    static char dark[SIDE_MAX][SIDE_MAX];
    struct buf svg = { 0 };
    struct fail f = { 0 };

    (void)state;
    assert_true(qr_svg("https://vigil.example/enrol#AAAAAAAAAAAAAAAAAAAAAA", &svg, &f));
    const int side = read_modules(buf_text(&svg), dark);

    assert_int_equal((side - 8 - 17) % 4, 0); /* 17 + 4 × version, and four around it */
    has_finder(dark, 4, 4);
    has_finder(dark, side - 4 - 7, 4);
    has_finder(dark, 4, side - 4 - 7);
    assert_true(dark[side - 4 - 8][4 + 8]); /* the dark module: neither turned nor mirrored */
    for (int i = 0; i < side; i++)
        for (int k = 0; k < 4; k++)
            assert_false(dark[i][k] || dark[k][i] || dark[i][side - 1 - k] ||
                         dark[side - 1 - k][i]);
    buf_free(&svg);
}

static void a_text_that_does_not_fit_is_refused(void **state)
{
    char long_one[QR_TEXT_MAX + 2];
    struct buf svg = { 0 };
    struct fail f = { 0 };

    (void)state;
    memset(long_one, 'a', sizeof long_one);
    long_one[QR_TEXT_MAX + 1] = '\0';
    assert_false(qr_svg(long_one, &svg, &f));
    assert_int_equal(f.code, CODE_QR_TOO_LONG);
    assert_false(qr_svg("", &svg, &f));
    long_one[QR_TEXT_MAX] = '\0';
    assert_true(qr_svg(long_one, &svg, &f));
    buf_free(&svg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_becomes_a_code_with_its_marks_and_quiet_zone),
        cmocka_unit_test(a_text_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
