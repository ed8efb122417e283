/* `redress clock add|between|explain`: working hours as the services count them, with every span
 * that was walked, so that people who disagree about a due instant can see why it is that one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "services/cli/cli.h"
#include "services/cli/clock.h"

enum { KEY_CALENDAR = 0x200, KEY_ID, KEY_FROM, KEY_TO, KEY_DURATION, KEY_DAYS, KEY_END_OF_DAY };

static const struct argp_option options[] = {
    { "calendar", KEY_CALENDAR, "FILE", 0,
      "The calendar as YAML: a file of `redress apply`, or one calendar alone", 0 },
    { "id", KEY_ID, "ID", 0, "Which one, when the file has several", 0 },
    { "from", KEY_FROM, "INSTANT", 0, "Such as 2026-03-01T09:00:00+01:00", 0 },
    { "to", KEY_TO, "INSTANT", 0, "between, explain: until when", 0 },
    { "duration", KEY_DURATION, "D", 0, "add: working time such as PT4H, or -PT1H for before", 0 },
    { "days", KEY_DAYS, "N", 0, "add: so many working days later, at the same time of day", 0 },
    { "end-of-day", KEY_END_OF_DAY, NULL, 0, "with --days: when that day's hours end", 0 },
    { 0 },
};

static const char doc[] =
    "What working hours make of an instant.\n\n"
    "  redress clock add --calendar hours.yaml --from 2026-03-27T16:00:00+01:00 --duration PT4H\n"
    "  redress clock between --calendar hours.yaml --from INSTANT --to INSTANT -o json\n"
    "  redress clock explain --calendar hours.yaml --from INSTANT --to INSTANT\n\n"
    "Negative durations go back: a threshold before a due instant. `explain` says of every day "
    "why it counts or does not.";

/* --- arguments ----------------------------------------------------------------------------------
 */

static void take_instant(struct argp_state *state, const char *name, const char *arg, int64_t *ret)
{
    int64_t local;
    if (instant_parse(text_from(arg), ret) == 0)
        return;
    if (local_time_parse(text_from(arg), &local) == 0)
        argp_error(state,
                   "--%s %s does not say of which clock: give an offset, as in %sZ or %s+01:00",
                   name, arg, arg, arg);
    argp_error(state, "--%s must be an instant such as 2026-03-01T09:00:00+01:00, not %s", name,
               arg);
}

static void take_duration(struct argp_state *state, const char *arg, int64_t *ret)
{
    bool back = arg[0] == '-';
    if (duration_parse(text_from(arg + back), ret) < 0)
        argp_error(state, "--duration must be one such as PT4H30M or -PT1H, not %s", arg);
    *ret = back ? -*ret : *ret;
}

static void take_days(struct argp_state *state, const char *arg, int64_t *ret)
{
    char *end;
    long v = strtol(arg, &end, 10);
    if (*end || v < 1 || v > CLOCK_DAYS_MAX)
        argp_error(state, "--days must be 1 to %d, not %s", CLOCK_DAYS_MAX, arg);
    *ret = v;
}

static void take_verb(struct argp_state *state, const char *arg, struct clock_asked *c)
{
    static const char *const verbs[] = { "add", "between", "explain" };
    for (int i = 0; i < 3; i++)
        if (strcmp(arg, verbs[i]) == 0) {
            if (c->verb != CLOCK_NONE)
                argp_error(state, "one of add, between and explain, not more");
            c->verb = (enum clock_verb)(CLOCK_ADD + i);
            return;
        }
    argp_error(state, "there is add, between and explain, but no %s", arg);
}

/* What belongs together. */
static void check(struct argp_state *state, const struct clock_asked *c)
{
    if (c->verb == CLOCK_NONE)
        argp_error(state, "what is to be done? add, between or explain");
    if (!c->file)
        argp_error(state, "which calendar? --calendar FILE");
    if (!c->has.from)
        argp_error(state, "from when? --from INSTANT");
    if (c->verb == CLOCK_ADD && c->has.to)
        argp_error(state, "add works --to out itself; between takes it");
    if (c->verb == CLOCK_ADD && c->has.duration == c->has.days)
        argp_error(state, "add takes one of --duration and --days");
    if (c->verb != CLOCK_ADD && (c->has.duration || c->has.days))
        argp_error(state, "--duration and --days are for add");
    if (c->end_of_day && !c->has.days)
        argp_error(state, "--end-of-day goes with --days");
    if (c->verb != CLOCK_ADD && !c->has.to)
        argp_error(state, "until when? --to INSTANT");
    if (c->verb != CLOCK_ADD && c->to < c->from)
        argp_error(state, "--to is before --from");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct clock_asked *c = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = c->cli;
        return 0;
    case KEY_CALENDAR:
        c->file = arg;
        return 0;
    case KEY_ID:
        c->id = text_from(arg);
        return 0;
    case KEY_FROM:
        take_instant(state, "from", arg, &c->from);
        c->has.from = true;
        return 0;
    case KEY_TO:
        take_instant(state, "to", arg, &c->to);
        c->has.to = true;
        return 0;
    case KEY_DURATION:
        take_duration(state, arg, &c->duration);
        c->has.duration = true;
        return 0;
    case KEY_DAYS:
        take_days(state, arg, &c->days);
        c->has.days = true;
        return 0;
    case KEY_END_OF_DAY:
        c->end_of_day = true;
        return 0;
    case ARGP_KEY_ARG:
        take_verb(state, arg, c);
        return 0;
    case ARGP_KEY_END:
        check(state, c);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* --- the answer ---------------------------------------------------------------------------------
 */

static const struct record *calendar_rows(void)
{
    const struct service_type *s = cli_service(text_from("catalog"));
    for (size_t i = 0; s && i < s->entity_count; i++)
        if (strcmp(s->entities[i].name, "calendar") == 0)
            return s->entities[i].record;
    return NULL;
}

static int read_calendar(const struct clock_asked *c, struct arena *a, struct calendar_file *ret)
{
    struct yaml_error e;
    char line[16] = "";
    int r = calendar_file_read(c->file, c->id, calendar_rows(), a, ret, &e);
    if (r == 0)
        return 0;
    if (e.line)
        snprintf(line, sizeof line, ":%u", e.line);
    cli_say("%s%s: %s%s%s", c->file, line, e.key, e.key[0] ? ": " : "", e.rule);
    return cli_exit_of_errno(r);
}

static int answer(struct clock_asked *c, struct arena *a)
{
    struct calendar_file file = { .worktime = NULL };
    int r = read_calendar(c, a, &file);
    if (r)
        return r;
    if (c->has.days)
        c->to = worktime_add_days(file.worktime, c->from, c->days, c->end_of_day);
    else if (c->has.duration)
        c->to = worktime_add(file.worktime, c->from, c->duration);
    if (c->to == WORKTIME_NEVER || c->to == INT64_MIN) {
        cli_say("within %d years there is not so much working time in this calendar",
                WORKTIME_YEARS_MAX);
        return EXIT_FAILED;
    }
    return clock_show(c, &file, a);
}

int cli_run_clock(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "add|between|explain",
        .doc = doc,
        .children = cli_children,
    };
    struct clock_asked c = { .cli = cli };
    struct arena arena = { 0 };
    int r = cli_parse(&argp, argc, argv, &c);
    if (r)
        return r;
    r = answer(&c, &arena);
    arena_free(&arena);
    return r;
}
