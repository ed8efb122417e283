/* stranger: see stranger.h. */
#include "services/cli/stranger.h"

#include <stdlib.h>

#include "common/msg/json.h"
#include "common/store/answer.h"
#include "common/store/state.h"
#include "services/cli/follow.h"
#include "services/cli/query.h"

enum { PAGES_MAX = 20 };

/* Every client's id, as an array of texts; NULL where they cannot be read. */
static json_t *clients(const struct suite *suite, struct client *c, struct arena *a)
{
    const struct service_type *catalog = cli_service(text_from("catalog"));
    const struct query_row *row =
        catalog ? service_query(catalog, text_from("catalog.clients")) : NULL;
    struct msg_buffer body = { .arena = a };
    if (!row)
        return NULL;
    msg_put_map(&body, 0);
    struct request q = { .query = true,
                         .type = text_from(row->name),
                         .client = PROVIDER_CLIENT,
                         .data = body.at,
                         .data_size = body.size,
                         .limit = ROWS_MAX };
    json_t *ids = json_array();
    for (int page = 0; page < PAGES_MAX; page++) {
        struct reply reply = { 0 };
        q.id = id_new(real_now());
        if (query_ask(suite, c, catalog, row, &q, a, &reply) < 0 || reply.status != STATUS_ok)
            break;
        json_t *rows = json_from_msg(reply.result, reply.result_size), *one;
        size_t i;
        json_array_foreach(rows, i, one)
        {
            json_array_append(ids, json_object_get(one, "id"));
        }
        json_decref(rows);
        if (text_empty(reply.cursor))
            return ids;
        q.cursor = reply.cursor;
    }
    json_decref(ids);
    return NULL;
}

bool stranger_said(const struct suite *suite, struct client *c, struct text client)
{
    if (text_empty(client) || text_equal(client, PROVIDER_CLIENT))
        return false;
    struct arena a = { 0 };
    json_t *ids = clients(suite, c, &a), *one;
    size_t i, count = json_array_size(ids);
    const char **names = arena_alloc(&a, (count + 1) * sizeof *names);
    bool stranger = count > 0;
    json_array_foreach(ids, i, one)
    {
        names[i] = json_string_value(one);
        stranger = stranger && !text_equal(text_from(names[i]), client);
    }
    if (stranger) {
        const char *nearest = cli_nearest(arena_text(&a, client).at, names, count);
        cli_say("the catalog has no client %.*s; %s%s%s", TEXT_ARG(client),
                nearest ? "did you mean " : "`redress client list` lists them",
                nearest ? nearest : "", nearest ? "?" : "");
    }
    json_decref(ids);
    arena_free(&a);
    return stranger;
}

bool stranger_named(const struct cli *cli, struct text client)
{
    struct suite suite;
    struct client *c = NULL;
    if (cli_suite(cli, &suite) != 0 || (follow_is_up(&suite) && client_open(&suite, &c) < 0))
        return false;
    bool said = stranger_said(&suite, c, client);
    client_close(&c);
    return said;
}
