/* What Prometheus reads. */
#include "engine/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check_near.h"

static const char *help(const char *word)
{
    return word;
}

/* The value of a series; the test fails when there is none. */
static double read(const char *series)
{
    struct buf text = { 0 };
    const size_t length = strlen(series);
    double value = -1;

    metrics_write(&text, help);
    for (const char *line = buf_text(&text); line; line = strchr(line, '\n')) {
        line += line[0] == '\n';
        if (strncmp(line, series, length) == 0 && line[length] == ' ')
            value = strtod(line + length, NULL);
    }
    buf_free(&text);
    if (value < 0)
        fail_msg("there is no %s", series);
    return value;
}

static void durations_fall_into_the_buckets_of_their_kind(void **state)
{
    (void)state;
    metrics_observe_ns(METRIC_ROAD_REACH_TIME, 1999);
    metrics_observe_ns(METRIC_ROAD_REACH_TIME, 2001);
    metrics_observe_us(METRIC_ROAD_REACH_TIME, 100);
    metrics_observe_us(METRIC_ROAD_REACH_TIME, 2000000);
    check_near(read("vigil_road_seconds_bucket{kind=\"reach\",le=\"2e-06\"}"), 1, 0);
    check_near(read("vigil_road_seconds_bucket{kind=\"reach\",le=\"5e-06\"}"), 2, 0);
    check_near(read("vigil_road_seconds_bucket{kind=\"reach\",le=\"5e-05\"}"), 2, 0);
    check_near(read("vigil_road_seconds_bucket{kind=\"reach\",le=\"0.0001\"}"), 3, 0);
    check_near(read("vigil_road_seconds_bucket{kind=\"reach\",le=\"1\"}"), 3, 0);
    check_near(read("vigil_road_seconds_bucket{kind=\"reach\",le=\"+Inf\"}"), 4, 0);
    check_near(read("vigil_road_seconds_count{kind=\"reach\"}"), 4, 0);
    check_near(read("vigil_road_seconds_sum{kind=\"reach\"}"), 2.000104, 1e-12);
    metrics_observe_us(METRIC_QUEUE_TIME, 500);
    metrics_observe_us(METRIC_QUEUE_TIME, 501);
    check_near(read("vigil_http_queue_seconds_bucket{le=\"0.0005\"}"), 1, 0);
    check_near(read("vigil_http_queue_seconds_bucket{le=\"0.001\"}"), 2, 0);
    check_near(read("vigil_http_queue_seconds_sum"), 0.001001, 1e-12);
}

/* Rows of one name stand together under one line of help. */
static void a_name_is_described_once(void **state)
{
    struct buf text = { 0 };
    const char *first;

    (void)state;
    metrics_write(&text, help);
    first = strstr(buf_text(&text), "# TYPE vigil_road_seconds histogram\n");
    assert_non_null(first);
    assert_null(strstr(first + 1, "# TYPE vigil_road_seconds "));
    assert_non_null(strstr(first, "vigil_road_seconds_count{kind=\"nearest\"}"));
    assert_non_null(strstr(first, "vigil_road_seconds_count{kind=\"match\"}"));
    buf_free(&text);
}

static void counters_grow_and_gauges_are_set(void **state)
{
    (void)state;
    metrics_count(METRIC_ROAD_SETTLED, 7);
    metrics_count(METRIC_ROAD_SETTLED, 5);
    check_near(read("vigil_road_settled_total{kind=\"nearest\"}"), 12, 0);
    assert_int_equal(metrics_get(METRIC_ROAD_SETTLED), 12);
    metrics_set(METRIC_NODES, 3);
    metrics_add(METRIC_NODES, -1);
    check_near(read("vigil_nodes"), 2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_fall_into_the_buckets_of_their_kind),
        cmocka_unit_test(a_name_is_described_once),
        cmocka_unit_test(counters_grow_and_gauges_are_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
