#ifndef API_WORDS_H
#define API_WORDS_H

#include <stdio.h>

#include "geo/base/fail.h"

/* The sentences that people read, in both languages, from
 * api/console/words/{en,zh}.json, which the programs carry with them and the
 * console reads too. Keys say what they are for: "code.zoom_range",
 * "setting.listen_port", "metric.requests". Any thread. */
enum words_language { WORDS_EN, WORDS_ZH, WORDS_LANGUAGE_COUNT };

/* The sentence, or NULL when the catalogue has none. Static. */
const char *words_find(enum words_language language, const char *key);
/* The same, but the key itself when there is none. */
const char *words_text(enum words_language language, const char *key);

/* The language of the terminal: Chinese when LC_ALL, LC_MESSAGES or LANG, the
 * first that is set, begins with "zh". */
enum words_language words_terminal(void);

/* Tells the terminal's user why a program could not do its work:
 *   vigil: the catalogue's sentence
 *          the failure's own, which names the value
 *          allowed: … */
void words_complain(FILE *to, const char *program, const struct fail *f);

#endif
