/* story: see story.h. */
#include "services/cli/story.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "services/cli/print.h"

/* Who is involved at a level: roles, which people fill. An escalation about a silent group goes up
 * that group's line, the others up the line of the incident's owner. */
static const char *role(bool hierarchical, int64_t level)
{
    static const char *const management[] = { "",
                                              "owner of the incident",
                                              "tier-2 lead",
                                              "service manager",
                                              "delivery and account manager",
                                              "director",
                                              "executives of both sides" };
    static const char *const line[] = { "",
                                        "duty lead of the silent group",
                                        "lead of the silent group",
                                        "its service manager",
                                        "its service manager and ours",
                                        "its director and ours",
                                        "its executive and ours" };
    if (level < 1 || level > 6)
        return "";
    return hierarchical ? line[level] : management[level];
}

/* --- reading data ----------------------------------------------------------------------------- */

static const char *string(const json_t *data, const char *key)
{
    const char *s = json_string_value(json_object_get(data, key));
    return s ? s : "";
}

static int64_t integer(const json_t *data, const char *key)
{
    return json_integer_value(json_object_get(data, key));
}

/* "09:30" with its day where it is another one than that of `from`. */
static void when(const json_t *data, const char *key, int64_t from,
                 char out[static PRINT_INSTANT_MAX])
{
    char base[PRINT_INSTANT_MAX];
    int64_t at = 0;
    out[0] = '\0';
    if (instant_parse(text_from(string(data, key)), &at) < 0)
        return;
    print_instant(at, out);
    print_instant(from, base);
    out[16] = '\0';
    if (strncmp(base, out, 10) == 0)
        memmove(out, out + 11, 6);
}

static void put(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put(char *out, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(out, size, format, list);
    va_end(list);
    out[text_whole(out, strlen(out))] = '\0'; /* half a character is none, and no JSON */
}
#define WHAT(l, ...) put((l)->what, sizeof(l)->what, __VA_ARGS__)
#define WHY(l, ...)  put((l)->why, sizeof(l)->why, __VA_ARGS__)
#define TO(l, ...)   put((l)->to, sizeof(l)->to, __VA_ARGS__)

static const char *sentence(const char *word, const char *const (*table)[2])
{
    for (; (*table)[0]; table++)
        if (strcmp((*table)[0], word) == 0)
            return (*table)[1];
    return word;
}

/* --- one teller an event -------------------------------------------------------------------- */

struct teller {
    const char *why;
    int64_t raised_at;
    bool hierarchical;
};
typedef void tell_fn(const struct envelope *e, const json_t *data, const struct teller *t,
                     struct story_line *l);

static void at_level(const struct teller *t, struct story_line *l, int64_t level)
{
    put(l->level, sizeof l->level, "L%d", (int)(level % 10));
    TO(l, "%s", role(t->hierarchical, level));
}

/* "45 min", "2 h", "1 h 30 min" */
static void span(int64_t microseconds, char out[static 40])
{
    int64_t minutes = microseconds / 60000000;
    if (minutes < 60)
        snprintf(out, 40, "%lld min", (long long)minutes);
    else if (minutes % 60 == 0)
        snprintf(out, 40, "%lld h", (long long)(minutes / 60));
    else
        snprintf(out, 40, "%lld h %lld min", (long long)(minutes / 60), (long long)(minutes % 60));
}

static void tell_raised(const struct envelope *e, const json_t *data, const struct teller *t,
                        struct story_line *l)
{
    (void)e;
    const char *cause = string(data, "cause"), *title = string(data, "title");
    const char *alarm = string(data, "alarm");
    at_level(t, l, integer(data, "level"));
    WHAT(l, "raised, severity %d%s%s", (int)integer(data, "severity"), title[0] ? ": " : "", title);
    if (strcmp(cause, "client_wish") == 0)
        WHY(l, "the client asks for management");
    else if (strcmp(cause, "hand") == 0)
        WHY(l, "raised by %.*s", TEXT_ARG(e->actor));
    else if (strcmp(cause, "dissatisfaction") == 0)
        WHY(l, "%s", alarm[0] ? alarm : "the client is not satisfied");
    else
        WHY(l, "%s", t->why);
}

static void tell_climbed(const struct envelope *e, const json_t *data, const struct teller *t,
                         struct story_line *l)
{
    (void)e;
    const char *cause = string(data, "cause");
    char since[40];
    at_level(t, l, integer(data, "level"));
    span(l->at - t->raised_at, since);
    WHAT(l, "climbed from L%d", (int)integer(data, "from"));
    if (strcmp(cause, "matrix") == 0)
        WHY(l, "%s since the raise", since);
    else if (strcmp(cause, "merge") == 0)
        WHY(l, "one merged into it stood higher");
    else
        WHY(l, "%s", t->why);
}

static void tell_deescalated(const struct envelope *e, const json_t *data, const struct teller *t,
                             struct story_line *l)
{
    at_level(t, l, integer(data, "level"));
    WHAT(l, "lowered from L%d by %.*s", (int)integer(data, "from"), TEXT_ARG(e->actor));
    WHY(l, "%s", string(data, "reason"));
}

static void tell_severity(const struct envelope *e, const json_t *data, const struct teller *t,
                          struct story_line *l)
{
    (void)e;
    (void)t;
    WHAT(l, "more severe: %d instead of %d", (int)integer(data, "severity"),
         (int)integer(data, "from"));
    WHY(l, "a ticket of it became more urgent");
}

static void tell_acked(const struct envelope *e, const json_t *data, const struct teller *t,
                       struct story_line *l)
{
    char until[PRINT_INSTANT_MAX];
    (void)t;
    when(data, "until", e->time, until);
    WHAT(l, "taken by %.*s until %s", TEXT_ARG(e->actor), until);
}

static void tell_ack_expired(const struct envelope *e, const json_t *data, const struct teller *t,
                             struct story_line *l)
{
    (void)e;
    (void)t;
    WHAT(l, "the acknowledgement of %s expired", string(data, "acked_by"));
}

static void tell_engaged(const struct envelope *e, const json_t *data, const struct teller *t,
                         struct story_line *l)
{
    (void)e;
    (void)t;
    const char *ours = string(data, "provider_executive"),
               *theirs = string(data, "client_executive");
    WHAT(l, "%s engaged as %s", string(data, "manager"), string(data, "role"));
    if (ours[0] || theirs[0])
        TO(l, "%s with %s", ours[0] ? ours : "?", theirs[0] ? theirs : "?");
}

static void tell_updated(const struct envelope *e, const json_t *data, const struct teller *t,
                         struct story_line *l)
{
    char next[PRINT_INSTANT_MAX];
    (void)t;
    when(data, "next_update_at", e->time, next);
    WHAT(l, "told by %.*s: %s; next at %s", TEXT_ARG(e->actor), string(data, "action"), next);
    TO(l, "the client");
}

static void tell_update_missed(const struct envelope *e, const json_t *data, const struct teller *t,
                               struct story_line *l)
{
    (void)e;
    (void)data;
    (void)t;
    WHAT(l, "the client was not told in time");
}

static void tell_perceived(const struct envelope *e, const json_t *data, const struct teller *t,
                           struct story_line *l)
{
    char until[PRINT_INSTANT_MAX];
    (void)t;
    int n = snprintf(l->what, sizeof l->what, "%s (%d of 5): \"%s\"", string(data, "who"),
                     (int)integer(data, "sentiment"), string(data, "statement"));
    if (n < 0 || n >= (int)sizeof l->what || !string(data, "promise")[0])
        return;
    when(data, "promise_until", e->time, until);
    put(l->what + n, sizeof l->what - (size_t)n, "; promised until %s: %s", until,
        string(data, "promise"));
}

static void tell_promise_kept(const struct envelope *e, const json_t *data, const struct teller *t,
                              struct story_line *l)
{
    (void)e;
    (void)t;
    WHAT(l, "promise %d was kept", (int)integer(data, "promise"));
}

static void tell_promise_missed(const struct envelope *e, const json_t *data,
                                const struct teller *t, struct story_line *l)
{
    (void)e;
    (void)t;
    WHAT(l, "promise %d was not kept in time", (int)integer(data, "promise"));
}

static void tell_absorbed(const struct envelope *e, const json_t *data, const struct teller *t,
                          struct story_line *l)
{
    (void)e;
    (void)t;
    WHAT(l, "%s was merged into it", string(data, "other"));
}

static void tell_merged(const struct envelope *e, const json_t *data, const struct teller *t,
                        struct story_line *l)
{
    (void)e;
    (void)t;
    WHAT(l, "goes on in %s", string(data, "into"));
}

static void tell_resolved(const struct envelope *e, const json_t *data, const struct teller *t,
                          struct story_line *l)
{
    (void)e;
    (void)data;
    (void)t;
    WHAT(l, "every ticket of it is solved; it waits for its closeout");
}

static void tell_reopened(const struct envelope *e, const json_t *data, const struct teller *t,
                          struct story_line *l)
{
    (void)e;
    (void)t;
    WHAT(l, "%s was reopened; it climbs again", string(data, "ticket"));
}

static void tell_confirmed(const struct envelope *e, const json_t *data, const struct teller *t,
                           struct story_line *l)
{
    (void)t;
    WHAT(l, "%s confirmed the solution, recorded by %.*s", string(data, "confirmed_by"),
         TEXT_ARG(e->actor));
}

static void tell_review(const struct envelope *e, const json_t *data, const struct teller *t,
                        struct story_line *l)
{
    static const char *const words[][2] = { { "required", "a post-incident review is required" },
                                            { "not_required",
                                              "no post-incident review is required" },
                                            { NULL, NULL } };
    (void)t;
    WHAT(l, "%s, decided by %.*s", sentence(string(data, "decision"), words), TEXT_ARG(e->actor));
    WHY(l, "%s", string(data, "reason"));
}

static void tell_assessed(const struct envelope *e, const json_t *data, const struct teller *t,
                          struct story_line *l)
{
    static const char *const words[][2] = { { "safe", "the client is loyal and stays" },
                                            { "at_risk", "the client may leave" },
                                            { "lost", "the client leaves" },
                                            { NULL, NULL } };
    (void)e;
    (void)t;
    WHAT(l, "%s, says %s", sentence(string(data, "assessment"), words), string(data, "manager"));
    WHY(l, "%s", string(data, "reason"));
}

static void tell_survey(const struct envelope *e, const json_t *data, const struct teller *t,
                        struct story_line *l)
{
    static const char *const words[][2] = { { "asked", "the escalation survey is asked for" },
                                            { "declined", "no escalation survey is asked for" },
                                            { NULL, NULL } };
    (void)e;
    (void)t;
    WHAT(l, "%s", sentence(string(data, "decision"), words));
    WHY(l, "%s", string(data, "reason"));
}

static void tell_closed(const struct envelope *e, const json_t *data, const struct teller *t,
                        struct story_line *l)
{
    (void)data;
    char lasted[40];
    span(l->at - t->raised_at, lasted);
    WHAT(l, "closed by %.*s after %s", TEXT_ARG(e->actor), lasted);
}

static const struct {
    const char *type;
    tell_fn *tell;
} tellers[] = {
    { "escalation.raised", tell_raised },
    { "escalation.level_raised", tell_climbed },
    { "escalation.severity_raised", tell_severity },
    { "escalation.acked", tell_acked },
    { "escalation.ack_expired", tell_ack_expired },
    { "escalation.engaged", tell_engaged },
    { "escalation.updated", tell_updated },
    { "escalation.update_missed", tell_update_missed },
    { "escalation.perceived", tell_perceived },
    { "escalation.promise_kept", tell_promise_kept },
    { "escalation.promise_missed", tell_promise_missed },
    { "escalation.absorbed", tell_absorbed },
    { "escalation.merged", tell_merged },
    { "escalation.deescalated", tell_deescalated },
    { "escalation.resolved", tell_resolved },
    { "escalation.reopened", tell_reopened },
    { "escalation.confirmed", tell_confirmed },
    { "escalation.review_decided", tell_review },
    { "escalation.assessed", tell_assessed },
    { "escalation.survey_decided", tell_survey },
    { "escalation.closed", tell_closed },
};

/* --- memory ----------------------------------------------------------------------------------- */

int story_open(struct story *s)
{
    *s = (struct story){ .escalations = json_object() };
    return s->escalations ? 0 : -ENOMEM;
}

void story_close(struct story *s)
{
    json_decref(s->escalations);
    s->escalations = NULL;
}

static void remember_why(struct story *s, const struct envelope *e, const json_t *data)
{
    struct text client, ticket;
    subject_split(e->subject, &client, &ticket);
    if (text_equal(e->type, text_from("ticket.threshold_reached")))
        put(s->why, sizeof s->why, "the %s clock of %.*s reached %d %%", string(data, "clock"),
            TEXT_ARG(ticket), (int)integer(data, "percent"));
    else if (text_equal(e->type, text_from("ticket.group_silent")))
        put(s->why, sizeof s->why, "%s did not respond to %.*s", string(data, "group"),
            TEXT_ARG(ticket));
}

/* How the event's escalation began; remembered at its raise. */
static struct teller recall(struct story *s, const struct envelope *e, const json_t *data)
{
    struct teller t = { .why = s->why, .raised_at = e->time };
    char key[256];
    snprintf(key, sizeof key, "%.*s", TEXT_ARG(e->subject));
    if (text_equal(e->type, text_from("escalation.raised")))
        json_object_set_new(s->escalations, key,
                            json_pack("{ss ss}", "raised_at", string(data, "raised_at"), "kind",
                                      string(data, "kind")));
    const json_t *began = json_object_get(s->escalations, key);
    if (instant_parse(text_from(string(began, "raised_at")), &t.raised_at) < 0)
        t.raised_at = e->time;
    t.hierarchical = strcmp(string(began, "kind"), "hierarchical") == 0;
    return t;
}

bool story_tell(struct story *s, const struct envelope *e, const json_t *data,
                struct story_line *ret)
{
    remember_why(s, e, data);
    for (size_t i = 0; i < sizeof tellers / sizeof *tellers; i++) {
        if (!text_equal(e->type, text_from(tellers[i].type)))
            continue;
        const struct teller t = recall(s, e, data);
        *ret = (struct story_line){ .at = e->time };
        if (instant_parse(text_from(string(data, "occurred_at")), &ret->at) < 0 || ret->at == 0)
            ret->at = e->time;
        tellers[i].tell(e, data, &t, ret);
        return true;
    }
    return false;
}
