/* ask: see ask.h. */
#include "services/cli/ask.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/edge/convert.h"

enum { /* keys of options without a letter; those of fields come last */
       KEY_CLIENT = 0x100,
       KEY_ACTOR,
       KEY_ID,
       KEY_EXPECT,
       KEY_AFTER,
       KEY_LIMIT,
       KEY_CURSOR,
       KEY_ALL,
       KEY_FIELD = 0x1000,
       KEY_FIELD_END = KEY_FIELD + MSG_FIELDS_MAX,
};

static const struct argp_option command_options[] = {
    { "client", KEY_CLIENT, "CLIENT", 0, "Whose it is; may stand before the id instead: CLIENT/ID",
      80 },
    { "actor", KEY_ACTOR, "NAME", 0, "Who does it (REDRESS_ACTOR, else your login name)", 80 },
    { "expect", KEY_EXPECT, "VERSION", 0,
      "Only when it has this version; 0: only when there is none", 80 },
    { "id", KEY_ID, "UUID", 0, "The command's id: asked again with the same one, it is done once",
      80 },
    { "after", KEY_AFTER, "SERVICE/PARTITION=N", 0, "Not before this event is known there", 80 },
    { 0 },
};
static const struct argp_option query_options[] = {
    { "client", KEY_CLIENT, "CLIENT", 0, "Only this client's", 80 },
    { "limit", KEY_LIMIT, "N", 0, "At most so many rows", 80 },
    { "cursor", KEY_CURSOR, "CURSOR", 0, "Go on where an answer with this cursor ended", 80 },
    { "all", KEY_ALL, NULL, 0, "All rows, asking again while there is a cursor", 80 },
    { "after", KEY_AFTER, "SERVICE/PARTITION=N", 0, "Not before this event is known there", 80 },
    { 0 },
};

/* --- options from rows ------------------------------------------------------------------------ */

struct text ask_flag(const struct field *f, struct arena *a)
{
    char *name = arena_copy(a, f->name, strlen(f->name));
    uint32_t n = (uint32_t)strlen(name);
    for (uint32_t i = 0; i < n; i++)
        if (name[i] == '_')
            name[i] = '-';
    bool several = f->kind == KIND_LIST || f->kind == KIND_MAP;
    if (several && n > 3 && strcmp(name + n - 3, "ies") == 0)
        return arena_printf(a, "%.*sy", (int)(n - 3), name);
    if (several && n > 4 && strcmp(name + n - 4, "sses") == 0)
        name[n -= 2] = '\0';
    else if (several && n > 1 && name[n - 1] == 's')
        name[--n] = '\0';
    return (struct text){ name, n };
}

static const char *value_name(const struct field *f)
{
    switch (f->kind) {
    case KIND_TEXT:
        return "TEXT";
    case KIND_INTEGER:
    case KIND_DECIMAL:
        return "N";
    case KIND_BOOL:
        return "BOOL";
    case KIND_ENUM:
        return "ONE";
    case KIND_INSTANT:
        return "WHEN";
    case KIND_LOCAL_TIME:
        return "TIME";
    case KIND_DATE:
        return "DATE";
    case KIND_TIME:
        return "HH:MM";
    case KIND_DURATION:
        return "DURATION";
    case KIND_REFERENCE:
        return "ID";
    case KIND_LIST:
        return "FIELD=VALUE,...";
    case KIND_MAP:
        return "KEY=VALUE";
    }
    return "VALUE";
}

static bool taken(const struct argp_option *shared, struct text name)
{
    for (; shared->name; shared++)
        if (text_equal(text_from(shared->name), name))
            return true;
    return text_equal(name, text_from("data")) || text_equal(name, text_from("output")) ||
           text_equal(name, text_from("help"));
}

/* "When it is due." and a form: "When it is due (an instant)". */
static struct text sentence_with(const char *doc, struct text form, struct arena *a)
{
    int n = (int)strlen(doc);
    if (n && doc[n - 1] == '.')
        n--;
    return arena_printf(a, "%.*s (%.*s)", n, doc, TEXT_ARG(form));
}

/* The options that every command or query has, but for the client where there is only one; the
 * command's own id makes way for that of an entity. */
static size_t shared_options(const struct ask *a, struct argp_option *all)
{
    const struct argp_option *o = a->query ? query_options : command_options;
    size_t n = 0;
    for (; o->name; o++) {
        if (o->key == KEY_CLIENT && a->single)
            continue;
        all[n] = *o;
        if (o->key == KEY_ID && record_field(a->record, text_from("id")))
            all[n].name = "command-id";
        n++;
    }
    return n;
}

static bool is_client_flag(const struct ask *a, struct text name)
{
    return !a->single && text_equal(name, text_from("client"));
}

/* One option a field, named as the field; a field called like a shared option gets another name,
 * but for `client`, which is the same thing. */
static const struct argp_option *field_options(struct ask *a)
{
    struct argp_option *all = arena_alloc(&a->arena, ASK_FLAGS_MAX * sizeof *all);
    struct argp_option shared[sizeof command_options / sizeof *command_options] = { 0 };
    struct field_rows rows = a->record->fields();
    size_t count = shared_options(a, shared), n = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        struct text name = ask_flag(f, &a->arena);
        if (f == a->target || f == a->hidden || is_client_flag(a, name))
            continue;
        if (taken(shared, name))
            name = arena_printf(&a->arena, "field-%.*s", TEXT_ARG(name));
        struct text doc = sentence_with(f->doc, field_form(f, &a->arena), &a->arena);
        if (f->need == REQUIRED)
            doc = arena_printf(&a->arena, "%.*s; required", TEXT_ARG(doc));
        /* A group each, because within one argp sorts by name: rows are read one after the other.
         */
        all[n++] = (struct argp_option){ .name = name.at,
                                         .key = KEY_FIELD + (int)i,
                                         .arg = value_name(f),
                                         .doc = doc.at,
                                         .group = (int)i + 1 };
    }
    for (size_t i = 0; i < count && n < ASK_FLAGS_MAX - 1; i++)
        all[n++] = shared[i];
    return all;
}

static int parse_after(struct ask *a, char *arg)
{
    int64_t partition, sequence;
    char *slash = strchr(arg, '/'), *equals = slash ? strchr(slash, '=') : NULL;
    if (!equals || a->after_count == AFTER_MAX)
        return -EINVAL;
    struct text number = { slash + 1, (uint32_t)(equals - slash - 1) };
    if (integer_parse(number, &partition) < 0 || partition < 0 ||
        partition >= SUITE_PARTITIONS_MAX || integer_parse(text_from(equals + 1), &sequence) < 0 ||
        sequence < 0)
        return -EINVAL;
    a->after[a->after_count++] =
        (struct after){ { arg, (uint32_t)(slash - arg) }, (uint32_t)partition, (uint64_t)sequence };
    return 0;
}

static error_t parse_positional(struct ask *a, char *arg, struct argp_state *state)
{
    if (!a->target || a->subject)
        argp_error(state, "what is %s for? Values go behind their flags", arg);
    a->subject = arg;
    return 0;
}

void ask_give(struct ask *a, const struct field *f, const char *text)
{
    a->given[a->given_count].field = f;
    a->given[a->given_count++].text = text;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct ask *a = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = a->cli;
        return 0;
    case ARGP_KEY_ARG:
        return parse_positional(a, arg, state);
    case KEY_CLIENT:
        a->client = arg;
        return 0;
    case KEY_ACTOR:
        a->actor = arg;
        return 0;
    case KEY_ID:
        a->id = arg;
        return 0;
    case KEY_CURSOR:
        a->cursor = arg;
        return 0;
    case KEY_ALL:
        a->all = true;
        return 0;
    case KEY_EXPECT:
        a->has_expect = true;
        if (integer_parse(text_from(arg), &a->expect) < 0 || a->expect < 0)
            argp_error(state, "--expect takes a version, 0 or more, not %s", arg);
        return 0;
    case KEY_LIMIT:
        if (integer_parse(text_from(arg), &a->limit) < 0 || a->limit < 1 || a->limit > SCAN_MAX)
            argp_error(state, "--limit takes 1 to %d, not %s", SCAN_MAX, arg);
        return 0;
    case KEY_AFTER:
        if (parse_after(a, arg) < 0)
            argp_error(state,
                       "--after takes SERVICE/PARTITION=SEQUENCE, such as escalation/000=42");
        return 0;
    default:
        if (key < KEY_FIELD || key >= KEY_FIELD_END)
            return ARGP_ERR_UNKNOWN;
        if (a->given_count == ASK_GIVEN_MAX - 1) /* one is left for ask_give */
            argp_error(state, "there are more than %d flags", ASK_GIVEN_MAX - 1);
        ask_give(a, &a->record->fields().at[key - KEY_FIELD], arg);
        return 0;
    }
}

int ask_parse(struct ask *a, int argc, char **argv, const char *doc, const char *args_doc)
{
    const struct argp argp = {
        .options = field_options(a),
        .parser = parse_option,
        .doc = doc,
        .args_doc = args_doc,
        .children = cli_children,
    };
    int r = cli_parse(&argp, argc, argv, a);
    if (r == 0 && a->target && !a->subject) {
        cli_say("which %s? Give its id: %s %s", a->target->name, argv[0],
                a->single ? "ID" : "CLIENT/ID");
        return EXIT_USAGE;
    }
    return r;
}

/* --- the request ------------------------------------------------------------------------------ */

static int usage(struct ask *a, const struct msg_error *e)
{
    char top[sizeof e->field];
    snprintf(top, sizeof top, "%.*s", (int)strcspn(e->field, "[."), e->field);
    const struct field *f = record_field(a->record, text_from(top));
    if (f && f == a->target)
        cli_say("%s: %s", f->name, e->rule);
    else if (f)
        cli_say("--%.*s%s: %s", TEXT_ARG(ask_flag(f, &a->arena)), e->field + strlen(top), e->rule);
    else
        cli_say("%s: %s", e->field, e->rule);
    return EXIT_USAGE;
}

/* CLIENT/ID, or ID with --client; an id alone where there is only one client. */
static int read_subject(struct ask *a, void *value)
{
    struct text client, id, subject = text_from(a->subject);
    subject_split(subject, &client, &id);
    bool whole = a->single && !text_equal(client, PROVIDER_CLIENT);
    if (text_empty(id) || whole) {
        id = subject;
        client = (struct text){ 0 };
    }
    if (!a->client && !text_empty(client))
        a->client = arena_text(&a->arena, client).at;
    else if (!text_empty(client) && !text_equal(client, text_from(a->client))) {
        cli_say("%s belongs to another client than --client %s", a->subject, a->client);
        return EXIT_USAGE;
    }
    *(struct text *)field_at(a->target, value) = id;
    field_given(a->target, value);
    return 0;
}

static int read_values(struct ask *a, int64_t now, void *value)
{
    struct msg_error e;
    for (uint32_t i = 0; i < a->given_count; i++) {
        const struct field *f = a->given[i].field;
        if (field_set_text(f, text_from(a->given[i].text), now, &a->arena, value, &e) < 0)
            return usage(a, &e);
    }
    const struct field *client = record_field(a->record, text_from("client"));
    if (client && client->kind == KIND_TEXT && a->client && !a->single) {
        *(struct text *)field_at(client, value) = text_from(a->client);
        field_given(client, value);
    }
    return msg_check(a->record, value, &e) < 0 ? usage(a, &e) : 0;
}

const char *ask_actor(void)
{
    const char *named = getenv("REDRESS_ACTOR");
    if (named && *named)
        return named;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_name : "";
}

int ask_request(struct ask *a, const char *type, int64_t now, struct request *ret)
{
    void *value = arena_alloc(&a->arena, a->record->size);
    struct msg_buffer body = { .arena = &a->arena };
    if (a->single)
        a->client = PROVIDER_CLIENT.at;
    int r = a->subject ? read_subject(a, value) : 0;
    if (r == 0)
        r = read_values(a, now, value);
    if (r)
        return r;
    if (!a->query && !a->client) {
        cli_say("whose is it? Give --client CLIENT%s", a->target ? ", or CLIENT/ID" : "");
        return EXIT_USAGE;
    }
    msg_encode(a->record, value, &body);
    *ret = (struct request){
        .query = a->query,
        .id = id_new(real_now()),
        .type = text_from(type),
        .client = text_from(a->client),
        .actor = text_from(a->query || a->actor ? a->actor : ask_actor()),
        .data = body.at,
        .data_size = body.size,
        .has_expect = a->has_expect,
        .expect = (uint64_t)a->expect,
        .after = a->after,
        .after_count = a->after_count,
        .limit = (uint32_t)a->limit,
        .cursor = text_from(a->cursor),
    };
    if (a->id && id_parse(text_from(a->id), &ret->id) < 0) {
        cli_say("--id takes a UUID, not %s", a->id);
        return EXIT_USAGE;
    }
    return 0;
}
