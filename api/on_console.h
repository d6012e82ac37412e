#ifndef API_ON_CONSOLE_H
#define API_ON_CONSOLE_H

#include "api/request.h"

/* The pages and files of the console. All are open to anyone and hold nothing of
 * the city: what they show they ask for, signed in. */
bool on_console_home(const struct request *r, struct reply *out, struct fail *f);  /* GET / */
bool on_console_enter(const struct request *r, struct reply *out, struct fail *f); /* GET /enter */
/* GET /console/{file} and /console/{folder}/{file} */
bool on_console_file(const struct request *r, struct reply *out, struct fail *f);
bool on_console_folder_file(const struct request *r, struct reply *out, struct fail *f);

#endif
