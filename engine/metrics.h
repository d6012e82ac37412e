#ifndef ENGINE_METRICS_H
#define ENGINE_METRICS_H

#include <stdint.h>

#include "geo/base/buf.h"

/* Everything the process counts, one row each: a counter only grows, a gauge is
 * set, a histogram takes durations, a fine one those of microseconds. Any thread, no lock. A new
 * metric is a row here, with its help in both catalogues under "metric.<word>".
 *
 *   X(NAME, KIND, "name in Prometheus", "labels", "word of the help text")
 *
 * Rows of one name stand together. */
#define METRICS_ROWS(X)                                                                            \
    X(REQUESTS_2XX, COUNTER, "vigil_http_requests_total", "class=\"2xx\"", "requests")             \
    X(REQUESTS_3XX, COUNTER, "vigil_http_requests_total", "class=\"3xx\"", "requests")             \
    X(REQUESTS_4XX, COUNTER, "vigil_http_requests_total", "class=\"4xx\"", "requests")             \
    X(REQUESTS_5XX, COUNTER, "vigil_http_requests_total", "class=\"5xx\"", "requests")             \
    X(REQUESTS_REFUSED, COUNTER, "vigil_http_malformed_total", "", "malformed")                    \
    X(QUEUE_FULL, COUNTER, "vigil_http_queue_full_total", "", "queue_full")                        \
    X(CONNECTIONS_CUT, COUNTER, "vigil_http_connections_cut_total", "", "connections_cut")         \
    X(CONNECTIONS, GAUGE, "vigil_http_connections", "", "connections")                             \
    X(QUEUE_LENGTH, GAUGE, "vigil_http_queue_length", "", "queue_length")                          \
    X(REQUEST_TIME, HISTOGRAM, "vigil_http_request_seconds", "", "request_time")                   \
    X(QUEUE_TIME, HISTOGRAM, "vigil_http_queue_seconds", "", "queue_time")                         \
    X(PEOPLE, GAUGE, "vigil_people", "", "people")                                                 \
    X(PEOPLE_PLACED, GAUGE, "vigil_people_placed", "", "people_placed")                            \
    X(POSITIONS_ACCEPTED, COUNTER, "vigil_positions_total", "fate=\"accepted\"", "positions")      \
    X(POSITIONS_REJECTED, COUNTER, "vigil_positions_total", "fate=\"rejected\"", "positions")      \
    X(POSITIONS_BATCHES, COUNTER, "vigil_position_batches_total", "", "position_batches")          \
    X(POSITIONS_QUEUED, GAUGE, "vigil_position_queue", "", "position_queue")                       \
    X(POSITIONS_OUTSIDE, GAUGE, "vigil_positions_outside", "", "positions_outside")                \
    X(POSITIONS_COMMIT_TIME, HISTOGRAM, "vigil_position_commit_seconds", "",                       \
      "position_commit_time")                                                                      \
    X(POSITION_JUMPS, COUNTER, "vigil_position_jumps_total", "", "position_jumps")                 \
    X(FRAMES_EXAMINED, COUNTER, "vigil_frames_examined_total", "", "frames_examined")              \
    X(POSITIONS_HEARD, COUNTER, "vigil_positions_heard_total", "", "positions_heard")              \
    X(RESYNCS, COUNTER, "vigil_positions_resyncs_total", "", "resyncs")                            \
    X(NODES, GAUGE, "vigil_nodes", "", "nodes")                                                    \
    X(STALE, GAUGE, "vigil_stale", "", "stale")                                                    \
    X(FEED_DELAY, HISTOGRAM, "vigil_feed_delay_seconds", "", "feed_delay")                         \
    X(FEED_QUEUE, GAUGE, "vigil_feed_queue_percent", "", "feed_queue")                             \
    X(DATABASE_AWAY, GAUGE, "vigil_database_away", "", "database_away")                            \
    X(SPOOL_RECORDS, GAUGE, "vigil_spool_records", "", "spool_records")                            \
    X(SPOOL_BYTES, GAUGE, "vigil_spool_bytes", "", "spool_bytes")                                  \
    X(SPOOL_POSITIONS, COUNTER, "vigil_spool_kept_total", "what=\"positions\"", "spool_kept")      \
    X(SPOOL_INCIDENTS, COUNTER, "vigil_spool_kept_total", "what=\"incidents\"", "spool_kept")      \
    X(SPOOL_BROUGHT, COUNTER, "vigil_spool_brought_total", "", "spool_brought")                    \
    X(SPOOL_REFUSED, COUNTER, "vigil_spool_refused_total", "", "spool_refused")                    \
    X(EVENT_NUMBER, GAUGE, "vigil_event_number", "", "event_number")                               \
    X(EVENT_DELAY, HISTOGRAM, "vigil_event_delay_seconds", "", "event_delay")                      \
    X(LISTENERS, GAUGE, "vigil_event_listeners", "", "listeners")                                  \
    X(LISTENERS_CUT, COUNTER, "vigil_event_listeners_cut_total", "", "listeners_cut")              \
    X(EVENTS_SENT, COUNTER, "vigil_events_sent_total", "", "events_sent")                          \
    X(CLOSURES, GAUGE, "vigil_closures", "", "closures")                                           \
    X(TRAFFIC_TIME, HISTOGRAM, "vigil_traffic_seconds", "", "traffic_time")                        \
    X(JOB_TIME, HISTOGRAM, "vigil_job_seconds", "", "job_time")                                    \
    X(WEEK_TIME, HISTOGRAM, "vigil_week_seconds", "", "week_time")                                 \
    X(COVERAGE_LENGTH, GAUGE, "vigil_coverage_metres", "what=\"counted\"", "coverage_metres")      \
    X(COVERAGE_DARK, GAUGE, "vigil_coverage_metres", "what=\"dark\"", "coverage_metres")           \
    X(COVERAGE_UNWATCHED, GAUGE, "vigil_coverage_metres", "what=\"unwatched\"", "coverage_metres") \
    X(COVERAGE_UNREACHABLE, GAUGE, "vigil_coverage_metres", "what=\"unreachable\"",                \
      "coverage_metres")                                                                           \
    X(COVERAGE_THIN, GAUGE, "vigil_coverage_metres", "what=\"thin\"", "coverage_metres")           \
    X(COVERAGE_PEOPLE, GAUGE, "vigil_coverage_people", "", "coverage_people")                      \
    X(COVERAGE_BYTES, GAUGE, "vigil_coverage_bytes", "", "coverage_bytes")                         \
    X(COVERAGE_TIME, HISTOGRAM, "vigil_coverage_seconds", "", "coverage_time")                     \
    X(FENCES, GAUGE, "vigil_fences", "", "fences")                                                 \
    X(FENCE_EVENTS, COUNTER, "vigil_fence_events_total", "", "fence_events")                       \
    X(FENCE_CROSSINGS_LOST, COUNTER, "vigil_fence_crossings_lost_total", "",                       \
      "fence_crossings_lost")                                                                      \
    X(ROAD_NEAREST_TIME, FINE, "vigil_road_seconds", "kind=\"nearest\"", "road_time")              \
    X(ROAD_ROUTE_TIME, FINE, "vigil_road_seconds", "kind=\"route\"", "road_time")                  \
    X(ROAD_MATRIX_TIME, FINE, "vigil_road_seconds", "kind=\"matrix\"", "road_time")                \
    X(ROAD_REACH_TIME, FINE, "vigil_road_seconds", "kind=\"reach\"", "road_time")                  \
    X(ROAD_MATCH_TIME, FINE, "vigil_road_seconds", "kind=\"match\"", "road_time")                  \
    X(ROAD_SETTLED, COUNTER, "vigil_road_settled_total", "kind=\"nearest\"", "road_settled")       \
    X(ROAD_REACH_SETTLED, COUNTER, "vigil_road_settled_total", "kind=\"reach\"", "road_settled")   \
    X(ROAD_NEAREST_STALE, COUNTER, "vigil_road_labels_stale_total", "kind=\"nearest\"",            \
      "road_labels_stale")                                                                         \
    X(ROAD_MATRIX_STALE, COUNTER, "vigil_road_labels_stale_total", "kind=\"matrix\"",              \
      "road_labels_stale")

enum metrics_id {
#define METRICS_ENUM(name, kind, prometheus, labels, word) METRIC_##name,
    METRICS_ROWS(METRICS_ENUM)
#undef METRICS_ENUM
        METRIC_COUNT,
};

void metrics_count(enum metrics_id id, int64_t n);
void metrics_set(enum metrics_id id, int64_t value);
void metrics_add(enum metrics_id id, int64_t difference); /* to a gauge */
void metrics_observe_us(enum metrics_id id, int64_t us);
void metrics_observe_ns(enum metrics_id id, int64_t ns);

/* What a counter or gauge stands at; the number of observations of a histogram. */
int64_t metrics_get(enum metrics_id id);

/* The word of its help text. */
const char *metrics_word(enum metrics_id id);

/* The Prometheus text format, version 0.0.4; help(word) gives the help line. */
void metrics_write(struct buf *out, const char *(*help)(const char *word));

#endif
