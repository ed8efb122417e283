/* apply_look: what there is, asked of a suite that is up, of a directory, or of an engine. */
#include <errno.h>

#include "common/msg/json.h"
#include "services/cli/apply.h"
#include "services/cli/query.h"
#include "services/edge/convert.h"

enum { PAGE = 500 };

const struct query_row *apply_query(const struct service_type *s, const char *name)
{
    for (size_t i = 0; i < s->query_count; i++)
        if (strcmp(s->queries[i].name + strlen(s->name) + 1, name) == 0)
            return &s->queries[i];
    return NULL;
}

static struct request question(const struct query_row *row, const void *parameters,
                               struct text cursor, struct arena *arena)
{
    struct msg_buffer body = { .arena = arena };
    msg_encode(row->parameters, parameters, &body);
    return (struct request){
        .query = true,
        .id = id_new(real_now()),
        .type = text_from(row->name),
        .client = PROVIDER_CLIENT,
        .data = body.at,
        .data_size = body.size,
        .cursor = cursor,
        .limit = PAGE,
    };
}

static int ask_once(const struct service_type *s, const struct query_row *row,
                    const void *parameters, struct text cursor, struct arena *arena, apply_ask *ask,
                    void *arg, struct reply *reply)
{
    const struct request q = question(row, parameters, cursor, arena);
    int r = ask(arg, s, row, &q, arena, reply);
    if (r < 0)
        return cli_fail(r, NULL, "%s", s->name);
    return reply->status == STATUS_ok ? 0 : cli_answer_failed(reply);
}

json_t *apply_rows(const struct service_type *s, const struct query_row *row, struct arena *arena,
                   apply_ask *ask, void *arg, int *ret_code)
{
    struct text cursor = { 0 };
    void *parameters = arena_alloc(arena, row->parameters->size);
    json_t *all = json_array();
    for (;;) {
        struct reply reply = { 0 };
        int code = apply_has_room(arena)
                       ? ask_once(s, row, parameters, cursor, arena, ask, arg, &reply)
                       : cli_fail(-ENOMEM, NULL, "%s", row->name);
        json_t *rows = code ? NULL : json_from_msg(reply.result, reply.result_size);
        if (!rows) {
            *ret_code = code ? code : cli_fail(-ENOMEM, NULL, "%s", row->name);
            json_decref(all);
            return NULL;
        }
        json_array_extend(all, rows);
        json_decref(rows);
        if (text_empty(reply.cursor) || text_equal(reply.cursor, cursor))
            return all;
        cursor = reply.cursor;
    }
}

/* Rows by their first field, which names them. */
static size_t keep_rows(struct apply_kind *k, const struct query_row *row, const json_t *rows)
{
    const char *key = row->result->fields().at[0].name;
    size_t n = json_array_size(rows);
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_array_get(rows, i);
        json_object_set(k->is, json_string_value(json_object_get(one, key)), one);
    }
    return n;
}

int apply_look(struct apply *a, apply_ask *ask, void *arg)
{
    int code = 0;
    for (uint32_t n = 0; n < a->kind_count && code == 0; n++) {
        struct apply_kind *k = &a->kinds[n];
        json_t *rows = apply_rows(k->service, k->all, &a->arena, ask, arg, &code);
        json_decref(k->is);
        k->is = json_object();
        keep_rows(k, k->all, rows);
        json_decref(rows);
    }
    return code;
}

struct request apply_question(struct apply *a, const struct apply_item *i)
{
    const struct query_row *row = i->kind->one;
    struct field_rows rows = row->parameters->fields();
    void *parameters = arena_alloc(&a->arena, row->parameters->size);
    for (size_t n = 0; n < rows.count; n++)
        if (rows.at[n].kind == KIND_REFERENCE && rows.at[n].need == REQUIRED) {
            *(struct text *)field_at(&rows.at[n], parameters) = i->id;
            field_given(&rows.at[n], parameters);
        }
    return question(row, parameters, (struct text){ 0 }, &a->arena);
}

void apply_answer(struct apply *a, struct apply_item *i, const struct reply *reply)
{
    struct apply_kind *k = &a->kinds[i->kind - a->kinds];
    json_t *found = json_from_msg(reply->result, reply->result_size);
    i->version = keep_rows(k, k->one, found) ? reply->version : 0;
    json_decref(found);
    if (!i->version)
        json_object_del(k->is, arena_text(&a->arena, i->id).at);
    apply_compare(a, i);
}

/* --- who may not go ----------------------------------------------------------------------------
 */

static bool is_named(const struct apply_item *i, const json_t *token)
{
    const char *noun = i->kind->entity->name;
    const char *id = json_string_value(json_object_get(token, noun));
    if (id && text_equal(i->id, text_from(id)))
        return true;
    const json_t *list = json_object_get(token, i->kind->entity->plural);
    for (size_t n = 0; n < json_array_size(list); n++) {
        id = json_string_value(json_object_get(json_array_get(list, n), noun));
        if (id && text_equal(i->id, text_from(id)))
            return true;
    }
    return false;
}

/* Tokens are in no file: people, and clients, whom one names must be let go of by hand. */
static int check_tokens(struct apply *a, apply_ask *ask, void *arg)
{
    int code = 0;
    struct mark mark = { .file = a->from };
    const struct service_type *s = a->kinds[0].service;
    const struct query_row *row = apply_query(s, "tokens");
    json_t *tokens = row ? apply_rows(s, row, &a->arena, ask, arg, &code) : NULL;
    for (uint32_t n = 0; tokens && n < a->count; n++) {
        const struct apply_item *i = &a->items[n];
        for (size_t t = 0; i->change == CHANGE_REMOVE && t < json_array_size(tokens); t++) {
            const json_t *token = json_array_get(tokens, t);
            if (json_object_get(token, "revoked_at") || !is_named(i, token))
                continue;
            const char *id = json_string_value(json_object_get(token, "id"));
            apply_wrong(a, &mark, "",
                        "the %s %.*s is in no file, but the token %s names it; "
                        "`redress token revoke %s` first",
                        i->kind->entity->name, TEXT_ARG(i->id), id, id);
            break;
        }
    }
    json_decref(tokens);
    return code;
}

int apply_differ(struct apply *a, apply_ask *ask, void *arg)
{
    apply_prune(a);
    apply_plan(a);
    return a->prune && a->error_count == 0 ? check_tokens(a, ask, arg) : 0;
}
