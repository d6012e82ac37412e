#ifndef ENGINE_CONFIG_H
#define ENGINE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* The settings of the process. A later source wins over an earlier one: the
 * default, a file of `name = value` lines, the environment (VIGIL_LISTEN_PORT),
 * flags (--listen_port 8080). A new setting is a row here, with its help in both
 * catalogues under "setting.<name>".
 *
 *   X(NAME, "name", KIND, "default", least, most)
 *
 * For a number the limits are its own, for a text those of its length in bytes. */
#define CONFIG_ROWS(X)                                                                             \
    X(DATABASE, "database", TEXT, "dbname=vigil", 1, 2000)                                         \
    X(DATABASE_FILE, "database_file", TEXT, "", 0, 1000)                                           \
    X(ALLOW_UNSAFE_DATABASE, "allow_unsafe_database", NUMBER, "0", 0, 1)                           \
    X(LISTEN_ADDRESS, "listen_address", TEXT, "127.0.0.1", 1, 60)                                  \
    X(LISTEN_PORT, "listen_port", NUMBER, "8080", 0, 65535)                                        \
    X(NODE, "node", TEXT, "", 0, 60)                                                               \
    X(WORKERS, "workers", NUMBER, "4", 1, 64)                                                      \
    X(PLANNERS, "planners", NUMBER, "1", 0, 8)                                                     \
    X(IO_THREADS, "io_threads", NUMBER, "2", 1, 16)                                                \
    X(QUEUE_LENGTH, "queue_length", NUMBER, "256", 1, 100000)                                      \
    X(MAX_CONNECTIONS, "max_connections", NUMBER, "1000", 1, 100000)                               \
    X(MAX_CONNECTIONS_PER_ADDRESS, "max_connections_per_address", NUMBER, "1000", 1, 100000)       \
    X(BODIES_MAX_MB, "bodies_max_mb", NUMBER, "256", 1, 65536)                                     \
    X(MAX_LISTENERS, "max_listeners", NUMBER, "600", 0, 100000)                                    \
    X(MAX_LISTENERS_PER_TOKEN, "max_listeners_per_token", NUMBER, "16", 1, 100000)                 \
    X(HEARTBEAT_S, "heartbeat_s", NUMBER, "15", 1, 600)                                            \
    X(POSITION_WRITERS, "position_writers", NUMBER, "2", 1, 8)                                     \
    X(POSITION_QUEUE, "position_queue", NUMBER, "20000", 1000, 1000000)                            \
    X(REQUEST_TIMEOUT_S, "request_timeout_s", NUMBER, "10", 1, 600)                                \
    X(DRAIN_TIMEOUT_S, "drain_timeout_s", NUMBER, "10", 0, 600)                                    \
    X(CACHE_DIR, "cache_dir", TEXT, "/var/cache/vigil", 1, 1000)                                   \
    X(CONSOLE_DIR, "console_dir", TEXT, "/usr/share/vigil/console", 1, 1000)                       \
    X(SPOOL_DIR, "spool_dir", TEXT, "", 0, 1000)                                                   \
    X(SPOOL_MAX_MB, "spool_max_mb", NUMBER, "256", 1, 65536)                                       \
    X(TILE_CACHE_BYTES, "tile_cache_bytes", NUMBER, "67108864", 0, 17179869184)                    \
    X(PERSONAL_KEY_FILE, "personal_key_file", TEXT, "/var/lib/vigil/personal.key", 1, 1000)        \
    X(REPORT_IDLE_S, "report_idle_s", NUMBER, "300", 1, 3600)                                      \
    X(REPORT_PATROL_S, "report_patrol_s", NUMBER, "20", 1, 3600)                                   \
    X(REPORT_DISPATCHED_S, "report_dispatched_s", NUMBER, "10", 1, 3600)                           \
    X(FIX_FRESH_S, "fix_fresh_s", NUMBER, "360", 1, 86400)                                         \
    X(FIX_LIMIT_S, "fix_limit_s", NUMBER, "3600", 1, 604800)                                       \
    X(REACH_LIMIT_S, "reach_limit_s", NUMBER, "180", 10, 900)                                      \
    X(REACH_K, "reach_k", NUMBER, "1", 1, 4)                                                       \
    X(RETENTION_POSITIONS_H, "retention_positions_h", NUMBER, "48", 1, 8760)                       \
    X(COARSEN_POSITIONS_H, "coarsen_positions_h", NUMBER, "24", 1, 8760)                           \
    X(RETENTION_TRACKS_D, "retention_tracks_d", NUMBER, "180", 1, 36500)                           \
    X(PROOF_WAIT_S, "proof_wait_s", NUMBER, "600", 0, 86400)                                       \
    X(PROOF_CREDIT_PERCENT, "proof_credit_percent", NUMBER, "80", 1, 100)                          \
    X(COVERAGE_WEEKS, "coverage_weeks", NUMBER, "2", 0, 8)                                         \
    X(RETENTION_PROOFS_D, "retention_proofs_d", NUMBER, "730", 1, 36500)                           \
    X(RETENTION_COVERAGE_D, "retention_coverage_d", NUMBER, "730", 1, 36500)                       \
    X(RETENTION_ENROLMENTS_D, "retention_enrolments_d", NUMBER, "30", 1, 3650)                     \
    X(RETENTION_EVENTS_D, "retention_events_d", NUMBER, "30", 1, 3650)                             \
    X(CITY_TIME_ZONE, "city_time_zone", TEXT, "Asia/Shanghai", 1, 60)                              \
    X(SECURE_COOKIE, "secure_cookie", NUMBER, "0", 0, 1)                                           \
    X(LOG_LEVEL, "log_level", LEVEL, "info", 1, 10)

enum config_id {
#define CONFIG_ENUM(id, name, kind, otherwise, least, most) CONFIG_##id,
    CONFIG_ROWS(CONFIG_ENUM)
#undef CONFIG_ENUM
        CONFIG_COUNT,
};

struct config;

/* Every setting at its default. */
struct config *config_new(void);
void config_free(struct config *c);

/* Sets one by name. `where` is where it was said ("vigil.conf:3", "--listen_port");
 * the failure names the value and what is allowed. */
bool config_set(struct config *c, const char *name, const char *value, const char *where,
                struct fail *f);

/* A file's text: `name = value`, blank lines, and comments from '#'. */
bool config_read(struct config *c, const char *text, size_t size, const char *file_name,
                 struct fail *f);

/* All sources in their order: the file named by --config or VIGIL_CONFIG, the
 * environment, the flags (`--name value` or `--name=value`). The flags that are
 * settings are taken out of argv; what is left is the caller's. At the end
 * database_file, if any, is read into database. */
bool config_load(struct config *c, int *argc, char **argv, struct fail *f);

const char *config_text(const struct config *c, enum config_id id);
int64_t config_int(const struct config *c, enum config_id id);

/* The setting's name. */
const char *config_name(enum config_id id);
/* Its default. */
const char *config_default(enum config_id id);

/* All settings as a file that config_read takes; a password in the database's
 * address is left out. */
void config_print(const struct config *c, struct buf *out);

#endif
