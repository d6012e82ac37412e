#ifndef GEO_BASE_FAIL_CODES_H
#define GEO_BASE_FAIL_CODES_H

/* Every reason that the outside may see, once: its name in C and the stable
 * word that an answer carries. Programs and both language catalogues depend on
 * the words, so a word is never changed or reused. In alphabetical order. */
#define FAIL_CODES(X)                                                                              \
    X(JSON_DEEP, "json_deep")                                                                      \
    X(JSON_DUPLICATE_KEY, "json_duplicate_key")                                                    \
    X(JSON_MALFORMED, "json_malformed")                                                            \
    X(KEY_MISSING, "key_missing")                                                                  \
    X(KEY_UNKNOWN, "key_unknown")                                                                  \
    X(OUTPUT_TOO_LARGE, "output_too_large")                                                        \
    X(VALUE_NOT_ALLOWED, "value_not_allowed")                                                      \
    X(VALUE_OUT_OF_RANGE, "value_out_of_range")                                                    \
    X(VALUE_TOO_LONG, "value_too_long")                                                            \
    X(VALUE_WRONG_TYPE, "value_wrong_type")

#endif
