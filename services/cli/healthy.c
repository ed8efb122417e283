/* `redress health`: whether services are ready, asked of themselves; for whoever watches over
 * containers or units: the answer is the exit code. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "services/cli/health.h"
#include "services/cli/print.h"
#include "services/registry.h"

enum { NAMED_MAX = 16, HTTP_WAIT_MS = 5000, URL_MAX = 300 };

static const char GATEWAY[] = "gateway";

struct healthy {
    struct cli *cli;
    const char *http;
    const char *named[NAMED_MAX];
    size_t count;
    json_t *rows;
    bool ready;
};

static int unknown(const char *name, struct argp_state *state)
{
    const char *names[NAMED_MAX] = { GATEWAY };
    size_t n = 1;
    for (const struct service_type *const *s = services; *s && n < NAMED_MAX; s++)
        names[n++] = (*s)->name;
    const char *nearest = cli_nearest(name, names, n);
    argp_error(state, "there is no service %s%s%s%s", name, nearest ? "; did you mean " : "",
               nearest ? nearest : "", nearest ? "?" : "");
    return EINVAL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct healthy *h = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = h->cli;
        return 0;
    case 'H':
        h->http = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (strcmp(arg, GATEWAY) != 0 && !cli_service(text_from(arg)))
            return unknown(arg, state);
        if (h->count == NAMED_MAX)
            argp_error(state, "at most %d names can be given", NAMED_MAX);
        h->named[h->count++] = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool is_asked(const struct healthy *h, const char *name)
{
    for (size_t i = 0; i < h->count; i++)
        if (strcmp(h->named[i], name) == 0)
            return true;
    return false;
}

/* --- services --------------------------------------------------------------------------------- */

static int ask_services(struct healthy *h)
{
    struct suite suite;
    struct client *client = NULL;
    int code = cli_suite(h->cli, &suite);
    if (code)
        return code;
    int r = client_open(&suite, &client);
    if (r < 0)
        return cli_fail(r, NULL, "cannot speak to the suite");
    for (const struct service_type *const *s = services; *s; s++)
        if (h->count == 0 || is_asked(h, (*s)->name))
            h->ready = health_service(client, &suite, (*s)->name, h->rows) && h->ready;
    client_close(&client);
    return 0;
}

/* --- the gateway ------------------------------------------------------------------------------ */

/* Where it listens is where it is asked; an address that stands for all of a machine's is asked on
 * the loopback. */
static bool url_of(const char *http, char out[static URL_MAX])
{
    const char *colon = strrchr(http, ':');
    size_t length = colon ? (size_t)(colon - http) : 0;
    if (!colon || !colon[1] || length > 253)
        return false;
    const char *host = http;
    if (length == 0 || strncmp(http, "0.0.0.0:", length + 1) == 0) {
        host = "127.0.0.1";
        length = strlen(host);
    } else if (strncmp(http, "[::]:", length + 1) == 0) {
        host = "[::1]";
        length = strlen(host);
    }
    snprintf(out, URL_MAX, "http://%.*s:%.5s/healthz", (int)length, host, colon + 1);
    return true;
}

static size_t drop(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * count;
}

/* The status of an answer; 0 when none came, with the reason in `why`. */
static long status_of(const char *url, char why[static CURL_ERROR_SIZE])
{
    long status = 0;
    CURL *curl = curl_easy_init();
    snprintf(why, CURL_ERROR_SIZE, "cannot be asked");
    if (!curl)
        return 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)HTTP_WAIT_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    return status;
}

static int ask_gateway(struct healthy *h)
{
    enum { STATUS_FINE = 200 };
    char url[URL_MAX], why[CURL_ERROR_SIZE], note[CURL_ERROR_SIZE + URL_MAX + 16];
    if (!url_of(h->http, url)) {
        cli_say("--http takes ADDR:PORT, such as 127.0.0.1:8080, not %s", h->http);
        return EXIT_USAGE;
    }
    long status = status_of(url, why);
    json_t *row = json_pack("{ss sb}", "service", GATEWAY, "ready", (int)(status == STATUS_FINE));
    if (status == 0)
        snprintf(note, sizeof note, "%.299s: %.255s", url, why);
    else
        snprintf(note, sizeof note, "%s answers %ld", url, status);
    if (status != STATUS_FINE)
        json_object_set_new(row, "note", json_string(note));
    json_array_append_new(h->rows, row);
    h->ready = h->ready && status == STATUS_FINE;
    return 0;
}

/* --- the command ------------------------------------------------------------------------------ */

static void show(const struct healthy *h)
{
    json_t *all = json_pack("{sb sO}", "ready", (int)h->ready, "partitions", h->rows);
    health_print(h->cli, all);
    json_decref(all);
}

int cli_run_health(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "http", 'H', "ADDR:PORT", 0,
          "Where the gateway listens (REDRESS_HTTP, else 127.0.0.1:8080)", 0 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "[SERVICE...]",
        .doc = "Whether these services are ready in all their partitions, asked of themselves; all "
               "of the suite's when none is named. `gateway` is asked over HTTP.\v"
               "Exit codes: 0 ready, 6 not ready or nobody answers, 3 there is no suite yet, 2 "
               "usage.",
        .children = cli_children,
    };
    const char *http = getenv("REDRESS_HTTP");
    struct healthy h = { .cli = cli,
                         .http = http && *http ? http : "127.0.0.1:8080",
                         .ready = true };
    int code = cli_parse(&argp, argc, argv, &h);
    if (code)
        return code;
    h.rows = json_array();
    bool gateway = is_asked(&h, GATEWAY);
    if (gateway)
        code = ask_gateway(&h);
    if (code == 0 && !(gateway && h.count == 1))
        code = ask_services(&h);
    if (code == 0)
        show(&h);
    json_decref(h.rows);
    if (code)
        return code;
    return h.ready ? EXIT_OK : EXIT_UNAVAILABLE;
}
