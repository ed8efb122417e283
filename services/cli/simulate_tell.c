/* What happened in a simulation: events of the scratch directory's logs as sentences, in the order
 * of time, and all of it printed. */
#include <stdio.h>
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/cli/follow.h"
#include "services/cli/simulate.h"
#include "services/cli/story.h"

#define MINUTE INT64_C(60000000)

struct telling {
    struct simulate *simulate;
    struct story story;
};

static const char *word(const json_t *row, const char *key)
{
    const char *s = json_string_value(json_object_get(row, key));
    return s ? s : "";
}

static int64_t number(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static bool is(const struct envelope *e, const char *type)
{
    return text_equal(e->type, text_from(type));
}

/* --- sentences ---------------------------------------------------------------------------------
 */

struct said {
    char level[4];
    char what[STORY_WHAT + STORY_WHY + 4];
    const char *kind; /* "clock", "escalation", "told", "duty" */
};

static void say_duty(const struct simulate *x, const json_t *data, struct said *ret)
{
    char until[SIMULATE_LOCAL] = "";
    int64_t at;
    const char *person = word(data, "person"), *layer = word(data, "layer");
    const char *from = word(data, "from_what");
    if (instant_parse(text_from(word(data, "until")), &at) == 0)
        simulate_local(x, NULL, at, until);
    ret->kind = "duty";
    snprintf(ret->what, sizeof ret->what, "%s: %s is on duty%s%s%s%s%s", word(data, "group"),
             *person ? person : "nobody", *until ? " until " : "", until,
             *layer || *from ? ", by " : "", *layer ? "" : from, layer);
}

/* "ann by email (level 1)", or who cannot be told and why. */
static void say_told(const json_t *data, struct said *ret)
{
    const char *person = word(data, "person"), *failure = word(data, "failure");
    const char *role = word(data, "role"), *letter = word(data, "letter");
    char as[160] = "";
    ret->kind = "told";
    if (number(data, "level"))
        snprintf(as, sizeof as, "level %d", (int)number(data, "level"));
    else if (*role)
        snprintf(as, sizeof as, "%s%s%s", letter, *letter ? ", " : "", role);
    else
        snprintf(as, sizeof as, "%s", word(data, "reader"));
    if (*failure && !*person)
        snprintf(ret->what, sizeof ret->what, "nobody is told (%s): %s", as, word(data, "stage"));
    else if (*failure)
        snprintf(ret->what, sizeof ret->what, "%s cannot be told (%s): %s; %s", person, as,
                 word(data, "stage"), failure);
    else
        snprintf(ret->what, sizeof ret->what, "%s is told by %s (%s): %s", person,
                 word(data, "channel"), as, word(data, "stage"));
}

static void say_ticket(const struct envelope *e, const json_t *data, struct said *ret)
{
    ret->kind = "clock";
    if (is(e, "ticket.recorded") && *word(data, "owner"))
        snprintf(ret->what, sizeof ret->what, "somebody takes the ticket");
    else if (is(e, "ticket.recorded"))
        snprintf(ret->what, sizeof ret->what, "a ticket of priority %d comes in%s%s",
                 (int)number(data, "priority"), *word(data, "group") ? ", for " : "",
                 word(data, "group"));
    else if (is(e, "ticket.reminded"))
        snprintf(ret->what, sizeof ret->what, "the %s clock reached half of its target",
                 word(data, "clock"));
    else if (is(e, "ticket.threshold_reached"))
        snprintf(ret->what, sizeof ret->what, "the %s clock reached %d %% of its target",
                 word(data, "clock"), (int)number(data, "percent"));
    else if (is(e, "ticket.group_silent"))
        snprintf(ret->what, sizeof ret->what, "%s does not respond", word(data, "group"));
}

/* The sentence of an event's own row, with what it says in words: for events that have none of
 * their own here. */
static void say_row(const struct envelope *e, const json_t *data, struct said *ret)
{
    const struct service_type *s = cli_service(e->service);
    const struct event_row *row = NULL;
    const char *key;
    json_t *value;
    for (size_t i = 0; s && i < s->event_count; i++)
        if (is(e, s->events[i].name))
            row = &s->events[i];
    size_t used = (size_t)snprintf(ret->what, sizeof ret->what, "%s", row ? row->doc : "");
    if (used && ret->what[used - 1] == '.')
        ret->what[--used] = '\0';
    json_object_foreach((json_t *)(uintptr_t)data, key, value)
    {
        const char *t = json_string_value(value);
        int64_t at;
        if (!t || used >= sizeof ret->what || instant_parse(text_from(t), &at) == 0)
            continue;
        used += (size_t)snprintf(ret->what + used, sizeof ret->what - used, "%s%s %s",
                                 used && ret->what[used - 1] == ',' ? " " : ", ", key, t);
    }
    ret->kind = "escalation";
}

static bool matters(const struct simulate *x, const struct envelope *e, const json_t *data)
{
    /* What a threshold says already, and what is only counted. */
    bool counted = is(e, "ticket.judged") || text_equal(e->service, text_from("kpi")) ||
                   text_equal(e->service, text_from("sip"));
    struct text client, id;
    subject_split(e->subject, &client, &id);
    if (is(e, "duty.changed"))
        return json_object_get(x->groups, word(data, "group")) != NULL;
    return text_equal(client, text_from(x->client)) && !counted && !is(e, "ticket.escalated") &&
           (!text_equal(e->service, text_from("notification")) || is(e, "message.queued"));
}

static void say(struct telling *t, const struct envelope *e, const json_t *data, struct said *ret)
{
    struct story_line line;
    bool told = story_tell(&t->story, e, data, &line);
    int64_t until;
    *ret = (struct said){ .kind = "escalation" };
    if (is(e, "escalation.acked") && instant_parse(text_from(word(data, "until")), &until) == 0) {
        char local[SIMULATE_LOCAL]; /* the story's own are of UTC */
        simulate_local(t->simulate, NULL, until, local);
        snprintf(ret->what, sizeof ret->what, "taken by %.*s until %s", TEXT_ARG(e->actor), local);
    } else if (told) {
        snprintf(ret->level, sizeof ret->level, "%s", line.level);
        snprintf(ret->what, sizeof ret->what, "%s%s%s", line.what, *line.why ? "; " : "", line.why);
    } else if (is(e, "duty.changed")) {
        say_duty(t->simulate, data, ret);
    } else if (is(e, "message.queued")) {
        say_told(data, ret);
    } else {
        say_ticket(e, data, ret);
    }
    if (!*ret->what)
        say_row(e, data, ret);
    ret->what[text_whole(ret->what, strlen(ret->what))] = '\0';
}

static int take(void *arg, const struct envelope *e, const struct published *raw)
{
    struct telling *t = arg;
    struct simulate *x = t->simulate;
    struct said said;
    char at[INSTANT_TEXT + 1];
    json_t *data = json_from_msg(e->data, e->data_size);
    (void)raw;
    if (e->time >= x->at && data && matters(x, e, data)) {
        say(t, e, data, &said);
        instant_print(e->time, at);
        json_array_append_new(x->events,
                              json_pack("{ss ss% ss ss* ss sO sI}", "at", at, "type", e->type.at,
                                        (size_t)e->type.length, "kind", said.kind, "level",
                                        *said.level ? said.level : NULL, "what", said.what, "data",
                                        data, "order", (json_int_t)e->sequence));
    }
    json_decref(data);
    return 0;
}

/* At the same instant: who is on duty, what the clocks say, what is raised, who is told. */
static int rank(const json_t *event)
{
    static const char *const kinds[] = { "duty", "clock", "escalation", "told" };
    int r = 0;
    while (r < 3 && strcmp(word(event, "kind"), kinds[r]) != 0)
        r++;
    return r == 2 ? 1 : r; /* one log's events keep their order */
}

static int by_time(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int order = strcmp(word(x, "at"), word(y, "at"));
    if (order == 0)
        order = rank(x) - rank(y);
    return order ? order : number(x, "order") < number(y, "order") ? -1 : 1;
}

static bool is_same_duty(const json_t *a, const json_t *b)
{
    return strcmp(word(b, "type"), "duty.changed") == 0 &&
           strcmp(word(json_object_get(a, "data"), "id"), word(json_object_get(b, "data"), "id")) ==
               0;
}

/* A hand-over is asked for and accepted at once: only how it ends is told. Those of other rosters
 * may stand between. */
static bool is_passing(const json_t *sorted, size_t n)
{
    const json_t *event = json_array_get(sorted, n), *next;
    if (strcmp(word(event, "type"), "duty.changed") != 0)
        return false;
    while ((next = json_array_get(sorted, ++n)) && strcmp(word(event, "at"), word(next, "at")) == 0)
        if (is_same_duty(event, next))
            return true;
    return false;
}

static void sort_events(struct simulate *x)
{
    json_t *sorted = simulate_sorted(x->events, by_time), *row;
    size_t n;
    x->events = json_array();
    json_array_foreach(sorted, n, row)
    {
        json_object_del(row, "order");
        if (!is_passing(sorted, n))
            json_array_append(x->events, row);
    }
    json_decref(sorted);
}

int simulate_tell(struct simulate *x)
{
    struct telling t = { .simulate = x };
    struct msg_error why = { 0 };
    struct follow *f = calloc(1, sizeof *f);
    if (!f || story_open(&t.story) < 0) {
        free(f);
        return EXIT_FAILED;
    }
    *f = (struct follow){ .suite = &x->scratch, .to_head = true, .event = take, .arg = &t };
    int r = follow_add(f, NULL, -1);
    if (r == 0)
        r = follow_run(f, &why);
    story_close(&t.story);
    free(f);
    sort_events(x);
    return r < 0 ? cli_fail(r, &why, "cannot read what happened") : 0;
}

/* --- printing ----------------------------------------------------------------------------------
 */

/* Whether the client's clocks change between the beginning and the end: then UTC stands beside. */
static bool changes(const struct simulate *x)
{
    return simulate_offset(x->zone, x->at) != simulate_offset(x->zone, x->end);
}

static void put_when(const struct simulate *x, FILE *out, int64_t at)
{
    char local[SIMULATE_LOCAL], utc[SIMULATE_LOCAL];
    simulate_local(x, NULL, at, local);
    fprintf(out, "%-25s", local);
    if (changes(x)) {
        simulate_local(x, zone_find(text_from("UTC")), at, utc);
        fprintf(out, " %.5sZ", utc + 15);
    }
}

static void put_line_row(FILE *out, const json_t *row)
{
    char where[40];
    if (number(row, "level"))
        snprintf(where, sizeof where, "%sL%d",
                 strcmp(word(row, "part"), "group") == 0 ? "group " : "",
                 (int)number(row, "level"));
    else
        snprintf(where, sizeof where, "%s",
                 *word(row, "letter") ? word(row, "letter") : word(row, "part"));
    fprintf(out, "  %-10s", where);
    if (json_is_true(json_object_get(row, "skipped"))) {
        fprintf(out, "nobody: %s", word(row, "why"));
        if (number(row, "instead"))
            fprintf(out, "; L%d is told instead", (int)number(row, "instead"));
    } else {
        const char *role = word(row, "role"), *group = word(row, "group");
        fprintf(out, "%s, %s%s%s", word(row, "person"), word(row, "how"), *group ? " of " : "",
                group);
        fprintf(out, "%s%s", *role ? " as " : "", role);
        if (!json_is_true(json_object_get(row, "reachable")))
            fprintf(out, "; cannot be reached: %s", word(row, "why"));
    }
    fputc('\n', out);
}

static void put_head(const struct simulate *x, FILE *out)
{
    char from[SIMULATE_LOCAL], to[SIMULATE_LOCAL];
    simulate_local(x, NULL, x->at, from);
    simulate_local(x, NULL, x->end, to);
    fprintf(out, "%s, severity %d%s%s%s%s, from %s to %s (%s)\n", x->client, (int)x->severity,
            x->service ? ", service " : "", x->service ? x->service : "",
            x->component ? ", component " : "", x->component ? x->component : "", from, to,
            x->zone_name);
}

void simulate_print(const struct simulate *x, FILE *out)
{
    size_t n, told = 0, failed = 0;
    json_t *row;
    int64_t at = 0;
    put_head(x, out);
    fputs("\nKnown ahead:\n", out);
    json_array_foreach(x->notes, n, row)
    {
        instant_parse(text_from(word(row, "at")), &at);
        fputs("  ", out);
        put_when(x, out, at);
        fprintf(out, "  %s\n", word(row, "words"));
    }
    if (json_array_size(x->notes) == 0)
        fputs("  no clock changes, no holiday, no gap\n", out);
    fputs("\nOn duty when it begins:\n", out);
    json_array_foreach(x->duties, n, row)
    {
        struct said said = { .kind = "" };
        say_duty(x, row, &said);
        fprintf(out, "  %s\n", said.what);
    }
    fputs("\nWho would be told then:\n", out);
    json_array_foreach(x->line, n, row)
    {
        put_line_row(out, row);
    }
    fputs("\nWhat happens:\n", out);
    json_array_foreach(x->events, n, row)
    {
        bool message = strcmp(word(row, "kind"), "told") == 0;
        instant_parse(text_from(word(row, "at")), &at);
        fputs("  ", out);
        put_when(x, out, at);
        fprintf(out, "  %-3s%s%s\n", word(row, "level"), message ? "  " : "", word(row, "what"));
        told += message && !*word(json_object_get(row, "data"), "failure");
        failed += message && *word(json_object_get(row, "data"), "failure");
    }
    fprintf(out, "\n%zu messages would go out; %zu could not.\n", told, failed);
}

json_t *simulate_json(const struct simulate *x)
{
    char at[INSTANT_TEXT + 1], end[INSTANT_TEXT + 1];
    struct text tzdata = zones_version();
    instant_print(x->at, at);
    instant_print(x->end, end);
    return json_pack("{ss si ss* ss* ss* ss ss ss ss% sO sO sO sO}", "client", x->client,
                     "severity", (int)x->severity, "service", x->service, "component", x->component,
                     "group", x->group, "at", at, "until", end, "zone", x->zone_name, "tzdata",
                     tzdata.at, (size_t)tzdata.length, "notes", x->notes, "duties", x->duties,
                     "line", x->line, "events", x->events);
}
