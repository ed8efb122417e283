/* `redress who`: who would be told, level by level, and where nobody would; the catalog's answer,
 * as a table and in sentences. */
#include "common/store/state.h"
#include "proto/catalog.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/edge/convert.h"

enum { FLAGS_MAX = 16, KEY_FIELD = 0x100, CELL_BYTES = 400, WHERE_BYTES = 32 };

struct who {
    struct cli *cli;
    const struct query_row *row;
    const char *given[FLAGS_MAX]; /* by the parameters' rows */
    struct arena arena;
};

/* --- flags ------------------------------------------------------------------------------------ */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct who *w = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = w->cli;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for? Values go behind their flags", arg);
        return 0;
    default:
        if (key < KEY_FIELD || key >= KEY_FIELD + FLAGS_MAX)
            return ARGP_ERR_UNKNOWN;
        w->given[key - KEY_FIELD] = arg;
        return 0;
    }
}

/* One flag for each parameter of the query. */
static void make_options(const struct who *w, struct argp_option *ret)
{
    struct field_rows rows = w->row->parameters->fields();
    for (size_t i = 0; i < rows.count && i < FLAGS_MAX; i++)
        ret[i] = (struct argp_option){ .name = rows.at[i].name,
                                       .key = KEY_FIELD + (int)i,
                                       .arg = rows.at[i].kind == KIND_INSTANT   ? "WHEN"
                                              : rows.at[i].kind == KIND_INTEGER ? "N"
                                                                                : "ID",
                                       .doc = rows.at[i].doc };
}

static int read_flags(struct who *w, int64_t now, struct catalog_who *ret)
{
    struct field_rows rows = w->row->parameters->fields();
    struct msg_error e;
    for (size_t i = 0; i < rows.count && i < FLAGS_MAX; i++)
        if (w->given[i] &&
            field_set_text(&rows.at[i], text_from(w->given[i]), now, &w->arena, ret, &e) < 0) {
            cli_say("--%s: %s", e.field, e.rule);
            return EXIT_USAGE;
        }
    if (msg_check(w->row->parameters, ret, &e) == 0)
        return EXIT_OK;
    cli_say("--%s: %s", e.field, e.rule);
    return EXIT_USAGE;
}

/* --- what is not there ------------------------------------------------------------------------ */

/* The query says nothing where something that is asked for is not in the catalog: what it is. */
static int say_unknown(const struct who *w, const struct catalog_who *q)
{
    struct field_rows rows = w->row->parameters->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (!w->given[i] || f->kind != KIND_REFERENCE || f->free_form)
            continue;
        char name[64];
        json_t *found = NULL;
        /* The parameters of all these queries look the same: an id. */
        struct client_named one = { .client = *(const struct text *)((const char *)q + f->offset) };
        snprintf(name, sizeof name, "catalog.%s", f->reference);
        int code = query_rows(w->cli, "catalog", name, &one, &found);
        size_t n = json_array_size(found);
        json_decref(found);
        if (code)
            return code;
        if (n == 0) {
            cli_say("the catalog has no %s %s", f->reference, w->given[i]);
            return EXIT_NOT_FOUND;
        }
    }
    cli_say("there is no answer");
    return EXIT_NOT_FOUND;
}

/* --- for people ------------------------------------------------------------------------------- */

static const char *word(const json_t *row, const char *name)
{
    const char *s = json_string_value(json_object_get(row, name));
    return s ? s : "";
}

/* The sentence that the contract has for a reason, to be said behind a colon. */
static void print_reason(const struct who *w, const char *value, char *out, size_t size)
{
    const struct field *f = record_field(w->row->result, text_from("why"));
    const struct enumeration_value *v = f->values->values;
    while (v->name && strcmp(v->name, value) != 0)
        v++;
    snprintf(out, size, "%s", v->name ? v->doc : value);
    out[0] = (char)tolower((unsigned char)out[0]);
}

/* "L3", "group L3", "R", "client" */
static void print_where(const json_t *row, char *out, size_t size)
{
    json_int_t level = json_integer_value(json_object_get(row, "level"));
    const char *part = word(row, "part");
    bool group = strcmp(part, "group") == 0;
    if (level)
        snprintf(out, size, "%sL%d", group ? "group " : "", (int)level);
    else if (*word(row, "letter"))
        snprintf(out, size, "%s", word(row, "letter"));
    else
        snprintf(out, size, "%s", part);
}

/* "on duty for Network", "leads Network", "backup", "by name" */
static void print_as(const json_t *row, char *out, size_t size)
{
    static const struct {
        const char *how, *words;
    } words[] = {
        { "named", "by name" }, { "duty", "on duty for %s" }, { "fallback", "fallback of %s" },
        { "lead", "leads %s" }, { "backup", "backup" },
    };
    snprintf(out, size, "%s", "");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word(row, "how"), words[i].how) == 0) {
            const char *place = strstr(words[i].words, "%s");
            int n = place ? (int)(place - words[i].words) : (int)strlen(words[i].words);
            snprintf(out, size, "%.*s%s", n, words[i].words, place ? word(row, "group") : "");
        }
}

static json_t *line_of(const json_t *row)
{
    char where[WHERE_BYTES], who[CELL_BYTES], as[CELL_BYTES], by[CELL_BYTES];
    const char *name = word(row, "name"), *source = word(row, "source");
    print_where(row, where, sizeof where);
    print_as(row, as, sizeof as);
    snprintf(who, sizeof who, "%s%s%s%s", word(row, "person"), *name ? " (" : "", name,
             *name ? ")" : "");
    snprintf(by, sizeof by, "%s%s%s", *word(row, "role") ? word(row, "role") : "",
             *word(row, "role") && *source ? ", " : "", source);
    return json_pack("{ss ss ss ss ss}", "where", where, "who", *who ? who : "nobody", "as", as,
                     "by", by, "channel",
                     json_is_true(json_object_get(row, "reachable")) ? word(row, "channel") : "");
}

/* One sentence for each place that is passed over, and for somebody who cannot be reached. `before`
 * is the place that was passed over last: its first empty seat speaks for it. */
static void say_why(const struct who *w, const json_t *row, char before[static WHERE_BYTES])
{
    char where[WHERE_BYTES], reason[CELL_BYTES];
    json_int_t instead = json_integer_value(json_object_get(row, "instead"));
    const char *person = word(row, "person"), *role = word(row, "role");
    if (!*word(row, "why"))
        return;
    print_where(row, where, sizeof where);
    print_reason(w, word(row, "why"), reason, sizeof reason);
    if (!json_is_true(json_object_get(row, "skipped"))) {
        printf("%s, %s: %s\n", where, *person ? person : *role ? role : word(row, "group"), reason);
    } else if (strcmp(where, before) != 0) {
        printf("%s is passed over: %s", where, reason);
        if (instead)
            printf(" Level %d is told instead.", (int)instead);
        putchar('\n');
        memcpy(before, where, WHERE_BYTES);
    }
}

static void print_people(const struct who *w, const struct catalog_who *q, const json_t *rows)
{
    static const char *const columns[] = { "where", "who", "as", "by", "channel", NULL };
    json_t *lines = json_array();
    char before[WHERE_BYTES] = "";
    char at[PRINT_INSTANT_MAX];
    print_instant(q->at, at);
    printf("Who would be told for %.*s at %s UTC:\n\n", TEXT_ARG(q->client), at);
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_array_append_new(lines, line_of(json_array_get(rows, i)));
    print_table(stdout, lines, columns);
    json_decref(lines);
    putchar('\n');
    for (size_t i = 0; i < json_array_size(rows); i++)
        say_why(w, json_array_get(rows, i), before);
}

static int print_answer(const struct who *w, const struct catalog_who *q, json_t *rows)
{
    if (w->cli->output == OUTPUT_TABLE) {
        print_people(w, q, rows);
        return EXIT_OK;
    }
    char at[INSTANT_TEXT + 1];
    instant_print(q->at, at);
    json_t *all = json_pack("{ss% ss sO}", "client", q->client.at, (size_t)q->client.length, "at",
                            at, "rows", rows);
    print_json(stdout, all);
    json_decref(all);
    return EXIT_OK;
}

/* --- the command ------------------------------------------------------------------------------ */

static int ask(struct who *w)
{
    struct suite suite;
    struct catalog_who q = { .client = { 0 } };
    json_t *rows = NULL;
    int code = cli_suite(w->cli, &suite);
    int64_t now = code ? 0 : suite_now(&suite.clock);
    if (code == 0)
        code = read_flags(w, now, &q);
    if (code)
        return code;
    code = query_rows(w->cli, "catalog", w->row->name, &q, &rows);
    if (code)
        return code;
    if (!q.has.at) /* the service took its own; the answer says for when it is */
        q.at = now;
    code = json_array_size(rows) ? print_answer(w, &q, rows) : say_unknown(w, &q);
    json_decref(rows);
    return code;
}

int cli_run_who(struct cli *cli, int argc, char **argv)
{
    struct who w = { .cli = cli };
    struct argp_option options[FLAGS_MAX + 1] = { 0 };
    const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Who would be told of an escalation, now or at any instant: every level of the "
               "line, and everybody in the matrix of responsibilities. Levels where nobody is "
               "are passed over, and said.\n\n"
               "  redress who --client acme\n"
               "  redress who --client acme --component db-1 --process incident --at +PT12H\n"
               "  redress who --client acme --group 'CableCo support' -o json",
        .children = cli_children,
    };
    w.row = service_query(cli_service(text_from("catalog")), text_from("catalog.who"));
    make_options(&w, options);
    int code = cli_parse(&argp, argc, argv, &w);
    if (code == 0)
        code = ask(&w);
    arena_free(&w.arena);
    return code;
}
