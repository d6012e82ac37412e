/* vigild: the server. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/assets.h"
#include "api/auth.h"
#include "api/endpoints.h"
#include "api/server.h"
#include "api/service.h"
#include "api/streams.h"
#include "api/throttle.h"
#include "api/words.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/log.h"

enum { EXIT_USAGE = 2, EXIT_STUCK = 3, CLOSE_GRACE_S = 5 };

static void complain(const struct fail *f)
{
    words_complain(stderr, "vigild", f);
}

/* The usage, then each setting with its meaning and its default. */
static void show_help(void)
{
    const enum words_language language = words_terminal();
    char key[80];

    printf("%s\n%s\n\n%s\n", words_text(language, "usage.vigild"),
           words_text(language, "usage.vigild_form"), words_text(language, "usage.settings"));
    for (int id = 0; id < CONFIG_COUNT; id++) {
        const char *name = config_name((enum config_id)id);
        const char *otherwise = config_default((enum config_id)id);

        snprintf(key, sizeof key, "setting.%.60s", name);
        printf("  %s\n      %s", name, words_text(language, key));
        if (otherwise[0])
            printf(" (%s: %s)", words_text(language, "usage.default"), otherwise);
        putchar('\n');
    }
}

/* Signals are taken by sigwait in the main thread alone; every thread inherits
 * that they are blocked. */
static void block_signals(sigset_t *out)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    sigemptyset(out);
    sigaddset(out, SIGTERM);
    sigaddset(out, SIGINT);
    pthread_sigmask(SIG_BLOCK, out, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* A worker that hangs in a handler cannot be ended from outside. What it has not
 * acknowledged may be lost, and all that was acknowledged is committed. */
static void give_up(int signal)
{
    static const char SAID[] = "{\"level\":\"error\",\"event\":\"stop_forced\"}\n";

    (void)signal;
    (void)!write(STDERR_FILENO, SAID, sizeof SAID - 1);
    _exit(EXIT_STUCK);
}

/* Serves until a signal; false when the server could not start. */
static bool listen_until_signal(struct service *service, const sigset_t *signals, struct fail *f)
{
    const struct config *c = service->config;
    struct sigaction act = { .sa_handler = give_up };
    struct server *s = server_open(service, f);
    int which = 0;

    if (!s)
        return false;
    log_line(LOG_INFO, "listening", log_text("address", config_text(c, CONFIG_LISTEN_ADDRESS)),
             log_int("port", server_port(s)));
    sigwait(signals, &which);

    const int32_t seconds = (int32_t)config_int(c, CONFIG_DRAIN_TIMEOUT_S);

    log_line(LOG_INFO, "stopping", log_int("signal", which));
    sigaction(SIGALRM, &act, NULL);
    alarm((unsigned int)seconds + CLOSE_GRACE_S);
    const bool drained = server_drain(s, seconds);

    server_close(s);
    log_line(LOG_INFO, "drained", log_text("requests", drained ? "all" : "in part"));
    return true;
}

/* Memory holds names, places and tokens: it is written to no core file, whatever the
 * system does with those, and other processes of the same user cannot read it. */
static void keep_memory_private(void)
{
    const struct rlimit none = { 0, 0 };

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

static int serve(const struct config *c)
{
    struct fail f = { 0 };
    struct service service = { .config = c };
    sigset_t signals;
    bool good = false;

    keep_memory_private();
    service.endpoints = endpoints_table(&service.endpoint_count);
    block_signals(&signals);
    if (!assets_load(config_text(c, CONFIG_CONSOLE_DIR), &f)) {
        /* The API is whole without its pages. */
        log_line(LOG_WARNING, "no_console", log_text("text", f.text));
        f = (struct fail){ 0 };
    }
    service.auth = auth_new();
    service.throttle = throttle_new();
    service.engine = engine_open(c, &f);
    if (service.engine) {
        service.streams = streams_open(service.engine, c);
        good = listen_until_signal(&service, &signals, &f);
        streams_close(service.streams);
        engine_close(service.engine);
    }
    throttle_free(service.throttle);
    auth_free(service.auth);
    assets_unload();
    if (!good) {
        complain(&f);
        return EXIT_FAILURE;
    }
    log_line(LOG_INFO, "stopped", log_text("version", VIGIL_VERSION));
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct config *c = config_new();
    struct fail f = { 0 };
    int status = EXIT_USAGE;

    if (!config_load(c, &argc, argv, &f)) {
        complain(&f);
    } else if (argc == 2 && strcmp(argv[1], "--print-config") == 0) {
        struct buf text = { 0 };

        config_print(c, &text);
        fputs(buf_text(&text), stdout);
        buf_free(&text);
        status = EXIT_SUCCESS;
    } else if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        show_help();
        status = EXIT_SUCCESS;
    } else if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("vigild " VIGIL_VERSION);
        status = EXIT_SUCCESS;
    } else if (argc > 1) {
        fprintf(stderr, "vigild: unknown argument: %s\n", argv[1]);
    } else {
        log_from((enum log_level)config_int(c, CONFIG_LOG_LEVEL));
        status = serve(c);
    }
    config_free(c);
    return status;
}
