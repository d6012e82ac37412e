#ifndef TESTS_SUPPORT_CHECK_NEAR_H
#define TESTS_SUPPORT_CHECK_NEAR_H

/* The one header a unit test needs: cmocka with what it wants included first,
 * and a comparison of doubles (cmocka's own rounds to float). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Fails the test unless |got - want| <= within. */
#define check_near(got, want, within)                                                              \
    check_near_at((got), (want), (within), #got, __FILE__, __LINE__)

void check_near_at(double got, double want, double within, const char *what, const char *file,
                   int line);

#endif
