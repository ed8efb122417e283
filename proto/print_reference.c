/* print_reference: commands, events, queries, refusals and options as tables for people. */
#include "proto/print.h"

#include "common/store/history.h"
#include "common/suite/options.h"

#include <inttypes.h>
#include <string.h>

/* A cell of a Markdown table: a bar would end it. */
static void cell(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
}

/* A doc as one sentence, whether or not its row ends it. */
static void sentence(FILE *out, const char *doc)
{
    size_t n = strlen(doc);
    fprintf(out, "%s%s", doc, n && doc[n - 1] == '.' ? "" : ".");
}

/* The heading of a row and its sentence, followed by one of the printer's. */
static void heading(FILE *out, const char *name, const char *doc, const char *more)
{
    fprintf(out, "\n### %s\n\n", name);
    sentence(out, doc);
    fprintf(out, "%s%s\n", *more ? " " : "", more);
}

static void bounds_print(FILE *out, const struct field *f, int64_t least, int64_t most)
{
    char a[DURATION_TEXT_MAX], b[DURATION_TEXT_MAX];
    if (f->kind == KIND_DURATION) {
        a[duration_print(least < 0 ? 0 : least, a)] = 0;
        b[duration_print(most, b)] = 0;
    } else if (f->kind == KIND_DECIMAL) {
        a[decimal_print(least, f->scale, a)] = 0;
        b[decimal_print(most, f->scale, b)] = 0;
    } else {
        snprintf(a, sizeof a, "%" PRId64, least);
        snprintf(b, sizeof b, "%" PRId64, most);
    }
    if (least == INT64_MIN && most == INT64_MAX)
        return;
    if (least == INT64_MIN)
        fprintf(out, ", to %s", b);
    else if (most == INT64_MAX)
        fprintf(out, ", from %s", a);
    else
        fprintf(out, ", %s to %s", a, b);
}

static void kind_print(FILE *out, const struct field *f)
{
    static const char *const names[] = { "text",    "integer",  "decimal",    "bool", "one of",
                                         "instant", "duration", "local time", "date", "time of day",
                                         "id of: ", "list of ", "map of text" };
    fputs(names[f->kind], out);
    switch (f->kind) {
    case KIND_TEXT:
        fprintf(out, ", at most %" PRId64 " bytes", f->max);
        break;
    case KIND_INTEGER:
    case KIND_DECIMAL:
    case KIND_DURATION:
        bounds_print(out, f, f->min, f->max);
        break;
    case KIND_ENUM:
        for (const struct enumeration_value *v = f->values->values; v->name; v++)
            fprintf(out, "%s `%s`", v == f->values->values ? "" : ",", v->name);
        break;
    case KIND_REFERENCE:
        fputs(f->reference, out);
        break;
    case KIND_LIST:
        fprintf(out, "`%s`, at most %" PRId64, f->record->name, f->max);
        break;
    case KIND_MAP:
        fprintf(out, ", at most %" PRId64 " entries", f->max);
        break;
    default:
        break;
    }
}

static void record_print(FILE *out, const struct record *r)
{
    static const char *const seen_by[] = { "provider", "client", "provider, personal",
                                           "client, personal" };
    struct field_rows rows = r->fields();
    if (!rows.count)
        return;
    fputs("\n| field | kind | need | for | meaning |\n| --- | --- | --- | --- | --- |\n", out);
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        fprintf(out, "| `%s` | ", f->name);
        kind_print(out, f);
        fprintf(out, " | %s | %s | ", f->need == REQUIRED ? "required" : "optional",
                seen_by[f->audience]);
        cell(out, f->doc);
        fputs(" |\n", out);
    }
}

static void commands_print(FILE *out, const struct service_type *s)
{
    static const char *const how[] = { "Creates one.", "On an existing one.",
                                       "Idempotent by its natural key." };
    fputs("\n## Commands\n", out);
    for (size_t i = 0; i < s->command_count; i++) {
        const struct command_row *c = &s->commands[i];
        heading(out, c->name, c->doc, how[c->how]);
        record_print(out, c->record);
    }
}

static void events_print(FILE *out, const struct service_type *s)
{
    fputs("\n## Events\n", out);
    for (size_t i = 0; i < s->event_count; i++) {
        heading(out, s->events[i].name, s->events[i].doc, "");
        record_print(out, s->events[i].record);
    }
}

static const char *answer_form(const struct query_row *q)
{
    static const char *const forms[] = {
        "One answer; of several partitions its numbers are summed.",
        "Many rows, ordered by the first field.",
        "One answer; of several partitions its numbers are summed, in lists row by row, and what "
        "is no "
        "sum is computed anew from the sums.",
    };
    return forms[q->how];
}

static void queries_print(FILE *out, const struct service_type *s)
{
    fputs("\n## Queries\n", out);
    for (size_t i = 0; i < s->query_count; i++) {
        const struct query_row *q = &s->queries[i];
        heading(out, q->name, q->doc, answer_form(q));
        record_print(out, q->parameters);
        fputs("\nAnswer:\n", out);
        record_print(out, q->result);
    }
    char name[HISTORY_NAME_MAX];
    const struct query_row history = history_row(s, name);
    heading(out, history.name, history.doc, "It needs a client; every service answers it.");
    record_print(out, history.parameters);
    fputs("\nAnswer: envelopes of events.\n", out);
}

static void refusals_print(FILE *out, const struct service_type *s)
{
    fputs("\n## Refusals\n\n| code | sentence |\n| --- | --- |\n", out);
    for (size_t i = 1; i <= s->refusal_count; i++) {
        fprintf(out, "| `%s` | ", s->refusals[i].code);
        cell(out, s->refusals[i].sentence);
        fputs(" |\n", out);
    }
}

static void options_print(FILE *out, const struct service_type *s)
{
    fputs("\n## Options\n\n| name | default | allowed | meaning |\n| --- | --- | --- | --- |\n",
          out);
    for (size_t i = 0; i < s->option_count; i++) {
        const struct option_row *o = &s->options[i];
        char range[OPTION_RANGE_MAX];
        option_range_print(o, range);
        fprintf(out, "| `%s` | %s | %s | ", o->name, o->fallback, range);
        cell(out, o->doc);
        fputs(" |\n", out);
    }
}

void print_reference(const struct service_type *const *services, FILE *out)
{
    fputs("# Reference\n\nPrinted from the tables of the services. Wire forms and envelopes are "
          "those of the wire contract. An event that words were taken out of (redress erase) has "
          "`redacted`: true, and as `digest` that of its record as it was, over which the hash "
          "chain runs; texts that are gone are `[erased]`.\n",
          out);
    for (size_t i = 0; services[i]; i++) {
        fprintf(out, "\n# %s\n\n%s\n", services[i]->name, services[i]->doc);
        commands_print(out, services[i]);
        events_print(out, services[i]);
        queries_print(out, services[i]);
        refusals_print(out, services[i]);
        options_print(out, services[i]);
    }
}
