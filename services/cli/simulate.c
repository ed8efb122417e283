/* `redress simulate`: what would happen at an instant, told ahead: the services themselves, in this
 * process, on a clock that is set to that instant, with the catalog as it is or as files have it.
 */
#include "services/cli/simulate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/cli/follow.h"
#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/edge/convert.h"

#define MINUTE INT64_C(60000000)
#define DAY    (24 * 60 * MINUTE)

enum {
    KEY_CLIENT = 0x100,
    KEY_SERVICE,
    KEY_COMPONENT,
    KEY_GROUP,
    KEY_SEVERITY,
    KEY_AT,
    KEY_FOR,
    KEY_ACK,
    KEY_RAISE,
    KEY_CONFIG,
    DAYS_MAX = 31,
    STEPS_MAX = 20000, /* changes of duty */
};

/* --- the catalog -------------------------------------------------------------------------------
 */

struct asked {
    struct suite suite;
    struct client *client;
};

static int ask_suite(void *arg, const struct service_type *s, const struct query_row *row,
                     const struct request *q, struct arena *arena, struct reply *reply)
{
    struct asked *x = arg;
    return query_ask(&x->suite, x->client, s, row, q, arena, reply);
}

/* The catalog of the suite in --data, up or down, as items to be set. */
static int read_suite(struct simulate *x, struct apply *ret)
{
    struct apply *is = calloc(1, sizeof *is);
    struct asked asked = { .client = NULL };
    int code = is ? cli_suite(x->cli, &asked.suite) : EXIT_FAILED;
    if (code == 0 && follow_is_up(&asked.suite)) {
        int r = client_open(&asked.suite, &asked.client);
        code = r < 0 ? cli_fail(r, NULL, "cannot speak to the suite") : 0;
    }
    if (is)
        apply_begin(is);
    if (code == 0)
        code = apply_look(is, ask_suite, &asked);
    if (code == 0 && apply_copy(is, ret) < 0)
        code = cli_fail(-EBADMSG, NULL, "the catalog of %s", x->cli->data);
    client_close(&asked.client);
    if (is)
        apply_end(is);
    free(is);
    return code;
}

static int set_catalog(struct simulate *x)
{
    struct apply *a = calloc(1, sizeof *a);
    int code = 0;
    if (!a)
        return EXIT_FAILED;
    if (x->files) {
        apply_begin(a);
        apply_read(a, x->files);
    } else {
        code = read_suite(x, a);
    }
    if (code == 0 && a->error_count == 0)
        simulate_thin(a, x->stand.now);
    if (code == 0)
        code = stand_apply(&x->stand, a);
    apply_end(a);
    free(a);
    return code;
}

/* --- the scene ---------------------------------------------------------------------------------
 */

static struct text client_of(const struct simulate *x)
{
    return text_from(x->client);
}

/* A fact of the one ticket there is. */
static int record(struct simulate *x, const char *state, int64_t modified)
{
    char at[INSTANT_TEXT + 1], opened[INSTANT_TEXT + 1];
    struct reply reply = { 0 };
    instant_print(x->stand.now, at);
    instant_print(x->at, opened);
    json_t *ticket =
        json_pack("{ss ss ss si ss si ss ss ss* ss* ss*}", "source", "simulation", "number", "1",
                  "updated_at", at, "mod_count", (int)modified, "state", state, "priority",
                  (int)x->severity, "title", "Simulated outage", "opened_at", opened, "service",
                  x->service, "component", x->component, "group", x->group);
    if (modified)
        json_object_set_new(ticket, "owner", json_string("somebody"));
    int code = stand_do(&x->stand, "escalation", "ticket.record", client_of(x), ticket, &reply);
    json_decref(ticket);
    return code;
}

static int raise_it(struct simulate *x)
{
    struct reply reply = { 0 };
    json_t *data = json_pack("{ss si s[{ss}]}", "title", "Simulated outage", "severity",
                             (int)x->severity, "tickets", "ticket", "simulation:1");
    int code = stand_do(&x->stand, "escalation", "escalation.raise", client_of(x), data, &reply);
    json_decref(data);
    return code;
}

/* Somebody takes the ticket, and every escalation that there is by then. */
static int take_it(struct simulate *x)
{
    int code = 0;
    json_t *ask = json_pack("{ss}", "client", x->client);
    json_t *rows = stand_rows(&x->stand, "escalation", "escalation.list", ask, &code);
    json_decref(ask);
    if (code == 0)
        code = record(x, "active", 1);
    for (size_t n = 0; n < json_array_size(rows) && code == 0; n++) {
        struct reply reply = { 0 };
        const json_t *id = json_object_get(json_array_get(rows, n), "escalation");
        json_t *data = json_pack("{ss}", "escalation", json_string_value(id));
        code = stand_do(&x->stand, "escalation", "escalation.ack", client_of(x), data, &reply);
        json_decref(data);
    }
    json_decref(rows);
    return code;
}

/* Whoever comes on duty says so at once. */
static int accept_duty(struct simulate *x, const json_t *duty)
{
    struct reply reply = { 0 };
    const char *incoming = json_string_value(json_object_get(duty, "incoming"));
    if (!incoming)
        return 0;
    json_t *data = json_pack("{ss ss}", "duty", json_string_value(json_object_get(duty, "id")),
                             "person", incoming);
    int code = stand_do(&x->stand, "catalog", "duty.accept", PROVIDER_CLIENT, data, &reply);
    json_decref(data);
    return code;
}

/* The next instant at which the duty of a roster may change, at most `until`; accepts on the way.
 */
static int next_step(struct simulate *x, int64_t until, int64_t *ret)
{
    int code = 0;
    json_t *none = json_object();
    json_t *duties = stand_rows(&x->stand, "catalog", "catalog.duties", none, &code);
    *ret = until;
    for (size_t n = 0; n < json_array_size(duties) && code == 0; n++) {
        const json_t *duty = json_array_get(duties, n);
        const char *ends = json_string_value(json_object_get(duty, "until"));
        int64_t at;
        code = accept_duty(x, duty);
        if (ends && instant_parse(text_from(ends), &at) == 0 && at > x->stand.now && at < *ret)
            *ret = at;
    }
    json_decref(duties);
    json_decref(none);
    return code;
}

/* Lets time pass until then. */
static int pass(struct simulate *x, int64_t until)
{
    int code = 0;
    for (int n = 0; code == 0 && n < STEPS_MAX && !cli_stopped; n++) {
        int64_t step;
        code = next_step(x, until, &step);
        if (code || x->stand.now >= until)
            return code;
        int r = engine_advance(x->stand.engine, step);
        if (r < 0)
            return cli_fail(r, NULL, "cannot simulate");
        x->stand.now = step;
    }
    return code;
}

static int play(struct simulate *x)
{
    int64_t ack = x->ack_after < 0 ? x->end : x->at + x->ack_after;
    int code = pass(x, x->at);
    if (code == 0)
        code = simulate_notes(x);
    if (code == 0)
        code = record(x, "new", 0);
    if (code == 0 && x->raise)
        code = raise_it(x);
    if (code == 0 && ack < x->end)
        code = pass(x, ack);
    if (code == 0 && ack < x->end)
        code = take_it(x);
    if (code == 0)
        code = pass(x, x->end);
    return code;
}

/* --- the client, and when ----------------------------------------------------------------------
 */

/* One entity of the catalog by its id; NULL when there is none. */
static json_t *one_of(struct simulate *x, const char *noun, const char *id)
{
    char query[64];
    int code = 0;
    snprintf(query, sizeof query, "catalog.%s", noun);
    json_t *ask = json_pack("{ss}", noun, id);
    json_t *rows = stand_rows(&x->stand, "catalog", query, ask, &code);
    json_t *one = json_incref(json_array_get(rows, 0));
    json_decref(ask);
    json_decref(rows);
    return one;
}

static int no_such(const char *noun, const char *id)
{
    cli_say("there is no %s %s in the catalog", noun, id);
    return EXIT_NOT_FOUND;
}

static int find_named(struct simulate *x)
{
    json_t *client = one_of(x, "client", x->client);
    json_t *service = x->service ? one_of(x, "service", x->service) : NULL;
    json_t *component = x->component ? one_of(x, "component", x->component) : NULL;
    int code = 0;
    if (!client)
        code = no_such("client", x->client);
    else if (x->service && !service)
        code = no_such("service", x->service);
    else if (x->component && !component)
        code = no_such("component", x->component);
    const char *zone = json_string_value(json_object_get(client, "zone"));
    const char *group = json_string_value(json_object_get(component, "group"));
    x->zone_name = arena_text(&x->stand.arena, text_from(zone ? zone : "UTC")).at;
    x->zone = zone_find(text_from(x->zone_name));
    if (!x->zone)
        x->zone = zone_find(text_from("UTC"));
    if (!x->group && group)
        x->group = arena_text(&x->stand.arena, text_from(group)).at;
    json_decref(client);
    json_decref(service);
    json_decref(component);
    return code;
}

/* An instant with an offset, or what the client's wall shows; a time that a wall shows never or
 * twice is refused, for it says nothing certain. */
static int read_when(struct simulate *x)
{
    char text[LOCAL_TIME_TEXT + 1];
    int64_t local;
    if (instant_parse(text_from(x->when), &x->at) == 0) {
        x->end = x->at + x->lasts;
        return 0;
    }
    bool short_form = strlen(x->when) == LOCAL_TIME_TEXT - 3;
    snprintf(text, sizeof text, "%s%s", x->when, short_form ? ":00" : "");
    if (strlen(x->when) > LOCAL_TIME_TEXT || local_time_parse(text_from(text), &local) < 0) {
        cli_say("--at takes an instant such as 2027-03-14T07:30:00Z, or a time of the client's "
                "wall such as 2027-03-14T01:30, not %s",
                x->when);
        return EXIT_USAGE;
    }
    int64_t day = local / DAY - (local % DAY < 0), minutes = (local - day * DAY) / MINUTE;
    enum wall_kind kind = wall_kind(x->zone, day, minutes);
    if (kind != WALL_ONCE) {
        cli_say("%s is shown %s in %s, because its clocks change; give an instant with an offset",
                x->when, kind == WALL_NEVER ? "never" : "twice", x->zone_name);
        return EXIT_USAGE;
    }
    x->at = wall_first(x->zone, day, minutes) + (local - day * DAY) % MINUTE;
    x->end = x->at + x->lasts;
    return 0;
}

/* The catalog is set a minute before, so that what it says of itself then is not taken for what
 * happens. A zone is known only behind that, so the time of a wall is looked at as UTC first. */
static int64_t early(const struct simulate *x)
{
    int64_t at = 0, local = 0;
    char text[LOCAL_TIME_TEXT + 1];
    if (instant_parse(text_from(x->when), &at) == 0)
        return at - MINUTE;
    snprintf(text, sizeof text, "%.16s:00", x->when);
    local_time_parse(text_from(text), &local);
    return local - DAY;
}

/* --- the run -----------------------------------------------------------------------------------
 */

static int open_scratch(struct simulate *x, char *directory)
{
    struct msg_error why = { 0 };
    if (!mkdtemp(directory))
        return cli_fail(-errno, NULL, "%s", directory);
    int r = suite_open(directory, 1, 1, &x->scratch, &why);
    if (r == 0)
        r = suite_virtual_set(&x->scratch, true);
    if (r < 0)
        return cli_fail(r, &why, "%s", directory);
    return stand_open(&x->scratch, x->config, &x->stand);
}

static void show(const struct simulate *x)
{
    if (x->cli->output == OUTPUT_JSON) {
        json_t *all = simulate_json(x);
        print_json(stdout, all);
        json_decref(all);
    } else {
        simulate_print(x, stdout);
    }
}

static int run(struct simulate *x)
{
    char directory[SUITE_PATH_MAX];
    const char *tmp = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/redress-simulate-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    int code = open_scratch(x, directory);
    x->stand.actor = "somebody";
    x->stand.now = early(x);
    if (code == 0)
        code = set_catalog(x);
    if (code == 0)
        code = find_named(x);
    if (code == 0)
        code = read_when(x);
    if (code == 0)
        code = play(x);
    int r = engine_close(&x->stand.engine);
    if (code == 0 && r < 0)
        code = cli_fail(r, NULL, "cannot simulate");
    if (code == 0)
        code = simulate_tell(x);
    if (code == 0 && !cli_stopped)
        show(x);
    stand_drop(directory);
    return cli_stopped ? EXIT_INTERRUPTED : code;
}

static error_t parse_time(int key, char *arg, struct argp_state *state)
{
    struct simulate *x = state->input;
    int64_t lasts = 0;
    if (duration_parse(text_from(arg), &lasts) < 0)
        argp_error(state, "%s is no duration such as PT12H", arg);
    if (key == KEY_FOR && (lasts < MINUTE || lasts > DAYS_MAX * DAY))
        argp_error(state, "--for takes a minute to %d days, not %s", DAYS_MAX, arg);
    *(key == KEY_FOR ? &x->lasts : &x->ack_after) = lasts;
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct simulate *x = state->input;
    const char **const texts[] = { &x->client, &x->service, &x->component, &x->group };
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = x->cli;
        return 0;
    case 'f':
        x->files = arg;
        return 0;
    case KEY_CLIENT:
    case KEY_SERVICE:
    case KEY_COMPONENT:
    case KEY_GROUP:
        *texts[key - KEY_CLIENT] = arg;
        return 0;
    case KEY_SEVERITY:
        if (integer_parse(text_from(arg), &x->severity) < 0 || x->severity < 1 || x->severity > 4)
            argp_error(state, "--severity takes 1 to 4, not %s", arg);
        return 0;
    case KEY_AT:
        x->when = arg;
        return 0;
    case KEY_FOR:
    case KEY_ACK:
        return parse_time(key, arg, state);
    case KEY_RAISE:
        x->raise = true;
        return 0;
    case KEY_CONFIG:
        x->config = arg;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for?", arg);
        return 0;
    case ARGP_KEY_END:
        if (!x->client || !x->when)
            argp_error(state, "which client, and when? Give --client C --at INSTANT");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cli_run_simulate(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "client", KEY_CLIENT, "ID", 0, "Whose outage", 1 },
        { "at", KEY_AT, "WHEN", 0, "An instant, or a time of the client's wall: 2027-03-14T01:30",
          1 },
        { "severity", KEY_SEVERITY, "N", 0, "From 1, most urgent (the default), to 4", 1 },
        { "service", KEY_SERVICE, "ID", 0, "The service concerned", 1 },
        { "component", KEY_COMPONENT, "ID", 0, "The component concerned; its group gets the ticket",
          1 },
        { "group", KEY_GROUP, "NAME", 0, "The group that gets the ticket", 1 },
        { "for", KEY_FOR, "DURATION", 0, "How far to look (PT12H)", 1 },
        { "ack-after", KEY_ACK, "DURATION", 0, "Somebody takes it so much later; else nobody does",
          1 },
        { "raise", KEY_RAISE, NULL, 0, "Somebody raises it at once, as by hand", 1 },
        { "filename", 'f', "DIR", 0, "The catalog as these files have it, instead of the suite's",
          1 },
        { "config", KEY_CONFIG, "FILE", 0, "Settings of the services", 1 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Tells ahead what would happen if something broke at an instant: which clock runs "
               "out when, who is on duty, which level is raised, who is told and who cannot be; "
               "with nights in which clocks change, holidays and gaps. The services themselves "
               "decide, on a clock of their own, in a directory that goes away; nobody is "
               "told.\v"
               "Whoever comes on duty is taken to accept at once.",
        .children = cli_children,
    };
    struct simulate *x = calloc(1, sizeof *x);
    if (!x)
        return EXIT_FAILED;
    x->cli = cli;
    x->severity = 1;
    x->lasts = 12 * 60 * MINUTE;
    x->ack_after = -1;
    x->groups = json_object();
    x->notes = json_array();
    x->events = json_array();
    int code = cli_parse(&argp, argc, argv, x);
    if (code == 0) {
        cli_catch_signals();
        code = run(x);
    }
    json_t *const owned[] = { x->groups, x->notes, x->line, x->duties, x->events };
    for (size_t n = 0; n < sizeof owned / sizeof *owned; n++)
        json_decref(owned[n]);
    arena_free(&x->stand.arena);
    free(x);
    return code;
}
