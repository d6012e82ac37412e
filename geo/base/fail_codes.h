#ifndef GEO_BASE_FAIL_CODES_H
#define GEO_BASE_FAIL_CODES_H

/* Every reason that the outside may see, once: its name in C and the stable
 * word that an answer carries. Programs and both language catalogues depend on
 * the words, so a word is never changed or reused. In alphabetical order. */
#define FAIL_CODES(X)                                                                              \
    X(ALREADY_CLOSED, "already_closed")                                                            \
    X(ALREADY_EXISTS, "already_exists")                                                            \
    X(BOX_MALFORMED, "box_malformed")                                                              \
    X(CODE_MALFORMED, "code_malformed")                                                            \
    X(CODE_REPEATED, "code_repeated")                                                              \
    X(CODE_TAKEN, "code_taken")                                                                    \
    X(CONSOLE_MISSING, "console_missing")                                                          \
    X(CONSOLE_TOO_LARGE, "console_too_large")                                                      \
    X(CRS_FAILED, "crs_failed")                                                                    \
    X(CRS_UNKNOWN, "crs_unknown")                                                                  \
    X(CURSOR_MALFORMED, "cursor_malformed")                                                        \
    X(DATABASE_AWAY, "database_away")                                                              \
    X(DATABASE_CONTENDED, "database_contended")                                                    \
    X(DATABASE_FAILED, "database_failed")                                                          \
    X(DATABASE_NEWER, "database_newer")                                                            \
    X(DATABASE_NOT_MIGRATED, "database_not_migrated")                                              \
    X(DATABASE_SLOW, "database_slow")                                                              \
    X(DISK_FULL, "disk_full")                                                                      \
    X(FIGURE_KIND, "figure_kind")                                                                  \
    X(FIGURE_MALFORMED, "figure_malformed")                                                        \
    X(FIGURE_TOO_LARGE, "figure_too_large")                                                        \
    X(FIX_IN_FUTURE, "fix_in_future")                                                              \
    X(FIX_TOO_OLD, "fix_too_old")                                                                  \
    X(FRAME_MISSING, "frame_missing")                                                              \
    X(FRAME_OUTSIDE_CHINA, "frame_outside_china")                                                  \
    X(FRAME_UNKNOWN, "frame_unknown")                                                              \
    X(GEOJSON_MALFORMED, "geojson_malformed")                                                      \
    X(GRID_CODE_MALFORMED, "grid_code_malformed")                                                  \
    X(GRID_TOO_MANY, "grid_too_many")                                                              \
    X(IDEMPOTENCY_KEY_MALFORMED, "idempotency_key_malformed")                                      \
    X(IDEMPOTENCY_KEY_MISSING, "idempotency_key_missing")                                          \
    X(IDEMPOTENCY_KEY_REUSED, "idempotency_key_reused")                                            \
    X(IMPORT_REFUSED, "import_refused")                                                            \
    X(JSON_DEEP, "json_deep")                                                                      \
    X(JSON_DUPLICATE_KEY, "json_duplicate_key")                                                    \
    X(JSON_MALFORMED, "json_malformed")                                                            \
    X(KEY_MISSING, "key_missing")                                                                  \
    X(KEY_UNKNOWN, "key_unknown")                                                                  \
    X(LAYERS_TOO_MANY, "layers_too_many")                                                          \
    X(LAYER_UNKNOWN, "layer_unknown")                                                              \
    X(MIGRATION_EDITED, "migration_edited")                                                        \
    X(MIGRATION_FAILED, "migration_failed")                                                        \
    X(MIGRATION_LATE, "migration_late")                                                            \
    X(NOT_FOUND, "not_found")                                                                      \
    X(NO_CITY_YET, "no_city_yet")                                                                  \
    X(NO_ROUTE, "no_route")                                                                        \
    X(NO_STREETS, "no_streets")                                                                    \
    X(NO_STREET_NEAR, "no_street_near")                                                            \
    X(OFF_DUTY, "off_duty")                                                                        \
    X(OUTPUT_TOO_LARGE, "output_too_large")                                                        \
    X(PERSON_UNKNOWN, "person_unknown")                                                            \
    X(PLACE_OUT_OF_RANGE, "place_out_of_range")                                                    \
    X(POLYLINE_MALFORMED, "polyline_malformed")                                                    \
    X(POSTGIS_MISSING, "postgis_missing")                                                          \
    X(POSTGIS_OLD, "postgis_old")                                                                  \
    X(POSTGRESQL_OLD, "postgresql_old")                                                            \
    X(REFERENCE_UNKNOWN, "reference_unknown")                                                      \
    X(RULE_BROKEN, "rule_broken")                                                                  \
    X(SHAPE_FAILED, "shape_failed")                                                                \
    X(SHAPE_INVALID, "shape_invalid")                                                              \
    X(SHAPE_REFUSED, "shape_refused")                                                              \
    X(STREETS_FILE_REFUSED, "streets_file_refused")                                                \
    X(STREETS_TOO_MANY, "streets_too_many")                                                        \
    X(STREETS_UNSOUND, "streets_unsound")                                                          \
    X(STYLE_BROKEN, "style_broken")                                                                \
    X(TILE_BUSY, "tile_busy")                                                                      \
    X(TILE_MALFORMED, "tile_malformed")                                                            \
    X(TILE_OUTSIDE, "tile_outside")                                                                \
    X(TILE_TOO_LARGE, "tile_too_large")                                                            \
    X(TIME_MALFORMED, "time_malformed")                                                            \
    X(TOO_MANY_POSITIONS, "too_many_positions")                                                    \
    X(VALUE_NOT_ALLOWED, "value_not_allowed")                                                      \
    X(VALUE_OUT_OF_RANGE, "value_out_of_range")                                                    \
    X(VALUE_TOO_LONG, "value_too_long")                                                            \
    X(VALUE_WRONG_TYPE, "value_wrong_type")                                                        \
    X(VERSION_MALFORMED, "version_malformed")                                                      \
    X(VERSION_MISSING, "version_missing")                                                          \
    X(VERSION_STALE, "version_stale")                                                              \
    X(WKB_MALFORMED, "wkb_malformed")                                                              \
    X(ZOOM_RANGE, "zoom_range")

#endif
