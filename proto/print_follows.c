/* print_follows: who follows whose events, checked against the tables of both sides. */
#include "proto/print.h"

#include <string.h>

enum { SERVICES_MAX = 32 };

static const struct service_type *service_find(const struct service_type *const *services,
                                               const char *name, size_t *ret)
{
    for (*ret = 0; services[*ret]; ++*ret)
        if (strcmp(services[*ret]->name, name) == 0)
            return services[*ret];
    return NULL;
}

static const struct event_row *event_find(const struct service_type *s, const char *name)
{
    for (size_t i = 0; i < s->event_count; i++)
        if (strcmp(s->events[i].name, name) == 0)
            return &s->events[i];
    return NULL;
}

/* --- does the follower take whatever the source may say? -------------------------------------- */

static const char *record_mismatch(const struct record *follower, const struct record *source,
                                   const char **ret_field);

static const char *enum_mismatch(const struct enumeration *follower,
                                 const struct enumeration *source)
{
    for (const struct enumeration_value *v = source->values; v->name; v++)
        if (!enumeration_value(follower, text_from(v->name)))
            return "lacks a value of the source's";
    return NULL;
}

/* A value is a text on the wire: whoever asks for one word of many may read it so. */
static const char *word_mismatch(const struct field *follower, const struct enumeration *source)
{
    for (const struct enumeration_value *v = source->values; v->name; v++)
        if (strlen(v->name) > (size_t)follower->max)
            return "has a smaller maximum";
    return NULL;
}

static const char *field_mismatch(const struct field *follower, const struct field *source,
                                  const char **ret_field)
{
    bool word = follower->kind == KIND_TEXT && source->kind == KIND_ENUM;
    if (follower->kind != source->kind && !word)
        return "is of another kind";
    if (follower->need == REQUIRED && source->need != REQUIRED)
        return "is required, but optional in the source";
    if ((source->audience & PERSONAL) && !(follower->audience & PERSONAL))
        return "holds personal data, but is not marked so";
    switch (source->kind) {
    case KIND_INTEGER:
    case KIND_DECIMAL:
    case KIND_DURATION:
        if (follower->scale != source->scale)
            return "has another scale";
        return follower->min > source->min || follower->max < source->max ? "has narrower bounds"
                                                                          : NULL;
    case KIND_ENUM:
        return word ? word_mismatch(follower, source->values)
                    : enum_mismatch(follower->values, source->values);
    case KIND_LIST:
        if (follower->max < source->max)
            return "has a smaller maximum";
        return record_mismatch(follower->record, source->record, ret_field);
    case KIND_TEXT:
    case KIND_REFERENCE:
    case KIND_MAP:
        return follower->max < source->max ? "has a smaller maximum" : NULL;
    default:
        return NULL;
    }
}

static const char *record_mismatch(const struct record *follower, const struct record *source,
                                   const char **ret_field)
{
    struct field_rows wanted = follower->fields(), there = source->fields();
    for (size_t i = 0; i < wanted.count; i++) {
        const struct field *found = NULL;
        for (size_t j = 0; j < there.count && !found; j++)
            if (strcmp(there.at[j].name, wanted.at[i].name) == 0)
                found = &there.at[j];
        *ret_field = wanted.at[i].name;
        const char *wrong = found ? field_mismatch(&wanted.at[i], found, ret_field)
                                  : "is not in the source's event";
        if (wrong)
            return wrong;
    }
    return NULL;
}

static int follow_check(const struct service_type *s, const struct follow_row *row,
                        const struct service_type *const *services, FILE *complaints)
{
    size_t at;
    const char *field = "";
    const struct service_type *source = service_find(services, row->source, &at);
    const struct event_row *event = source ? event_find(source, row->event) : NULL;
    const char *wrong = !source  ? "there is no such service"
                        : !event ? "there is no such event"
                                 : record_mismatch(row->record, event->record, &field);
    if (wrong)
        fprintf(complaints, "follows: %s follows %s.%s: %s%s%s\n", s->name, row->source, row->event,
                field, *field ? " " : "", wrong);
    return wrong ? 1 : 0;
}

/* --- is there a circle? ----------------------------------------------------------------------- */

static int circles_check(const struct service_type *const *services, FILE *complaints)
{
    bool reaches[SERVICES_MAX][SERVICES_MAX] = { { false } };
    size_t count = 0, at;
    int faults = 0;
    for (; services[count]; count++) {
        const struct service_type *s = services[count];
        if (count == SERVICES_MAX) {
            fprintf(complaints, "follows: more than %d services\n", SERVICES_MAX);
            return 1;
        }
        for (size_t i = 0; i < s->follow_count; i++)
            if (s->follows[i].how != FEEDBACK && service_find(services, s->follows[i].source, &at))
                reaches[count][at] = true;
    }
    for (size_t over = 0; over < count; over++)
        for (size_t from = 0; from < count; from++)
            for (size_t to = 0; to < count; to++)
                if (reaches[from][over] && reaches[over][to])
                    reaches[from][to] = true;
    for (size_t i = 0; i < count; i++)
        if (reaches[i][i]) {
            fprintf(complaints, "follows: %s follows itself in a circle without feedback\n",
                    services[i]->name);
            faults++;
        }
    return faults;
}

int follows_check(const struct service_type *const *services, FILE *complaints)
{
    int faults = circles_check(services, complaints);
    for (size_t i = 0; services[i]; i++)
        for (size_t j = 0; j < services[i]->follow_count; j++)
            faults += follow_check(services[i], &services[i]->follows[j], services, complaints);
    return faults;
}

/* --- print ------------------------------------------------------------------------------------ */

void print_follows_dot(const struct service_type *const *services, FILE *out)
{
    static const char *const styles[] = { "dashed", "solid", "dotted" };
    fputs("digraph follows {\n    rankdir=LR;\n    node [shape=box];\n", out);
    for (size_t i = 0; services[i]; i++)
        fprintf(out, "    \"%s\";\n", services[i]->name);
    for (size_t i = 0; services[i]; i++)
        for (size_t j = 0; j < services[i]->follow_count; j++) {
            const struct follow_row *row = &services[i]->follows[j];
            fprintf(out, "    \"%s\" -> \"%s\" [label=\"%s\", style=%s];\n", row->source,
                    services[i]->name, row->event, styles[row->how]);
        }
    fputs("}\n", out);
}

void print_follows_table(const struct service_type *const *services, FILE *out)
{
    fputs("# Who follows whom\n\nA copy keeps what the event says; a reaction becomes a command of "
          "the follower; feedback is a\nreaction that may close a circle.\n\n"
          "| follower | event | how | fields | what for |\n| --- | --- | --- | --- | --- |\n",
          out);
    size_t rows = 0;
    for (size_t i = 0; services[i]; i++)
        for (size_t j = 0; j < services[i]->follow_count; j++, rows++) {
            const struct follow_row *row = &services[i]->follows[j];
            struct field_rows fields = row->record->fields();
            fprintf(out, "| %s | `%s.%s` | %s | ", services[i]->name, row->source, row->event,
                    follow_how_name(row->how));
            for (size_t k = 0; k < fields.count; k++)
                fprintf(out, "%s`%s`", k ? ", " : "", fields.at[k].name);
            fprintf(out, " | %s |\n", row->doc);
        }
    if (!rows)
        fputs("\nNobody follows anybody yet.\n", out);
}

const char *follow_how_name(enum follow_how how)
{
    static const char *const names[] = { "copy", "reaction", "feedback" };
    return names[how];
}
