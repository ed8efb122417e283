/* print_http: see http.h. */
#include "proto/http.h"

#define PROBLEM_ROW_(code, status, title) { #code, status, title },
const struct problem_row http_problems[] = { HTTP_PROBLEMS(PROBLEM_ROW_) };
const size_t http_problem_count = sizeof http_problems / sizeof *http_problems;

const struct field *http_field(const struct record *r, const char *name)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (strcmp(rows.at[i].name, name) == 0)
            return &rows.at[i];
    return NULL;
}

/* The parameter by which a query gives one entity: a required reference to it. */
static const struct field *by_id(const struct query_row *q, const struct entity_row *e)
{
    if (q->how != MANY || q->result != e->record)
        return NULL;
    struct field_rows rows = q->parameters->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].kind == KIND_REFERENCE && rows.at[i].need == REQUIRED &&
            strcmp(rows.at[i].reference, e->name) == 0)
            return &rows.at[i];
    return NULL;
}

/* "<service>.list" for the noun that the service is called by, else "<service>.<plural>". */
static bool lists(const struct query_row *q, const struct service_type *s,
                  const struct entity_row *e)
{
    const char *last = strrchr(q->name, '.');
    const char *wanted = strcmp(s->name, e->name) == 0 ? "list" : e->plural;
    return q->how == MANY && last && strcmp(last + 1, wanted) == 0;
}

bool http_noun(const struct service_type *s, const struct entity_row *e, struct noun *ret)
{
    if (e->how == COPIED || e->how == TOTAL)
        return false;
    *ret = (struct noun){ .service = s, .entity = e };
    for (size_t i = 0; i < s->query_count; i++) {
        const struct query_row *q = &s->queries[i];
        const struct field *id = by_id(q, e);
        if (id && !ret->one) {
            ret->one = q;
            ret->one_id = id;
        } else if (!ret->list && lists(q, s, e)) {
            ret->list = q;
        }
    }
    for (size_t i = 0; i < s->command_count && !ret->create; i++)
        if (s->commands[i].how != ON && strcmp(s->commands[i].noun, e->name) == 0)
            ret->create = &s->commands[i];
    return true;
}

bool http_noun_find(const struct service_type *const *services, struct text plural,
                    struct noun *ret)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->entity_count; i++)
            if (text_equal(text_from((*s)->entities[i].plural), plural) &&
                http_noun(*s, &(*s)->entities[i], ret))
                return true;
    return false;
}

const struct command_row *http_verb(const struct noun *n, struct text verb)
{
    for (size_t i = 0; i < n->service->command_count; i++) {
        const struct command_row *c = &n->service->commands[i];
        if (c->how == ON && strcmp(c->noun, n->entity->name) == 0 &&
            text_equal(text_from(c->verb), verb))
            return c;
    }
    return NULL;
}

const struct field *http_target(const struct command_row *row)
{
    return http_field(row->record, row->noun);
}

const struct query_row *http_query(const struct service_type *const *services, struct text name,
                                   const struct service_type **ret_service)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->query_count; i++)
            if (text_equal(text_from((*s)->queries[i].name), name)) {
                *ret_service = *s;
                return &(*s)->queries[i];
            }
    return NULL;
}
