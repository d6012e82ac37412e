#include "api/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct endpoint TABLE[] = {
    { .method = "GET", .path = "/" },
    { .method = "GET", .path = "/v1/things" },
    { .method = "POST", .path = "/v1/things" },
    { .method = "GET", .path = "/v1/things/{thing_id}" },
    { .method = "DELETE", .path = "/v1/things/{thing_id}" },
    { .method = "POST", .path = "/v1/things/import" },
    { .method = "GET", .path = "/tiles/{layer}.json" },
    { .method = "GET", .path = "/tiles/{layer}/{z}/{x}/{y}.mvt" },
};

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct router_match find(const char *method, const char *path)
{
    struct router_match m;

    router_find(TABLE, sizeof TABLE / sizeof *TABLE, method, path, arena, &m);
    return m;
}

static void a_path_leads_to_its_row(void **state)
{
    static const struct {
        const char *method, *path;
        int row;
    } CASES[] = {
        { "GET", "/", 0 },
        { "HEAD", "/", 0 },
        { "GET", "/v1/things", 1 },
        { "POST", "/v1/things", 2 },
        { "GET", "/v1/things/7", 3 },
        { "DELETE", "/v1/things/7", 4 },
        { "POST", "/v1/things/import", 5 },
        { "GET", "/tiles/streets.json", 6 },
        { "GET", "/tiles/a,b/14/1/2.mvt", 7 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct router_match m = find(CASES[i].method, CASES[i].path);

        if (m.endpoint != &TABLE[CASES[i].row])
            fail_msg("%s %s", CASES[i].method, CASES[i].path);
    }
}

static void what_stands_for_a_name_is_kept(void **state)
{
    const struct router_match m = find("GET", "/tiles/streets,water/14/9/8.mvt");

    (void)state;
    assert_int_equal(m.param_count, 4);
    assert_string_equal(m.params[0].value, "streets,water");
    assert_string_equal(m.params[3].value, "8");
    assert_memory_equal(m.params[3].name, "y", m.params[3].name_size);
}

static void what_fits_no_row_is_not_known(void **state)
{
    static const char *const PATHS[] = {
        "/v1",  "/v1/things/", "/v1/things/7/8",      "/tiles/.json", "/tiles/streets",
        "/v1x", "//",          "/tiles/a/1/2/3.mvtx", "/tiles/a/1/2", "/tiles/a/1/2/.mvt",
    };

    (void)state;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        if (find("GET", PATHS[i]).path_known)
            fail_msg("%s is known", PATHS[i]);
}

static void a_method_that_is_not_there_hears_which_are(void **state)
{
    struct router_match m = find("PUT", "/v1/things/7");

    (void)state;
    assert_true(m.path_known);
    assert_null(m.endpoint);
    assert_string_equal(m.allowed, "GET, HEAD, DELETE, OPTIONS");
    /* The literal path wins, even when only the other has the method. */
    m = find("GET", "/v1/things/import");
    assert_null(m.endpoint);
    assert_string_equal(m.allowed, "POST, OPTIONS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_leads_to_its_row),
        cmocka_unit_test(what_stands_for_a_name_is_kept),
        cmocka_unit_test(what_fits_no_row_is_not_known),
        cmocka_unit_test(a_method_that_is_not_there_hears_which_are),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
