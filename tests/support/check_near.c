/* Comparison of doubles for cmocka. */
#include "tests/support/check_near.h"

#include <math.h>

void check_near_at(double got, double want, double within, const char *what, const char *file,
                   int line)
{
    if (fabs(got - want) <= within)
        return;
    print_error("%s is %.17g, want %.17g within %.3g\n", what, got, want, within);
    _fail(file, line);
}
