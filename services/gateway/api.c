/* api: which row of which table a path below /v1/ speaks of. */
#include "services/gateway/api.h"

#include "services/gateway/audience.h"

#include "services/registry.h"

static const struct text HISTORY = TEXT_OF("history");

static void no_path(struct call *c)
{
    CALL_PROBLEM(c, not_found, "",
                 "There is nothing at this path; /openapi.json lists what there is.");
}

static void get(struct call *c, call_handler *handler, const char *allow)
{
    const struct api *api = api_of(c);
    if (strcmp(c->method, "GET") != 0)
        call_method(c, allow);
    else if (!role_may_query(c->who.role, api->service) ||
             (c->who.role->as_client && !audience_any(api->query->result)))
        CALL_PROBLEM(c, denied, "", "The token's role does not include this.");
    else
        handler(c);
}

static void post(struct call *c, const struct command_row *row, const char *allow)
{
    struct api *api = api_of(c);
    api->command = row;
    if (strcmp(c->method, "POST") != 0)
        call_method(c, allow);
    else if (!role_may_command(c->who.role, api->service, row))
        CALL_PROBLEM(c, denied, "", "The token's role does not include this.");
    else if (api_all(c) && call_takes(c, JSON_BODY))
        api_command(c);
}

/* /v1/{nouns} */
static void nouns(struct call *c)
{
    struct api *api = api_of(c);
    const struct command_row *create = api->noun.create;
    api->query = api->noun.list;
    if (!api->query && !create)
        no_path(c);
    else if (create && (strcmp(c->method, "POST") == 0 || !api->query))
        post(c, create, api->query ? "GET, HEAD, POST, OPTIONS" : "POST, OPTIONS");
    else
        get(c, api_list, create ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS");
}

/* /v1/{nouns}/{id} and what is below it */
static void one(struct call *c)
{
    struct api *api = api_of(c);
    const struct command_row *verb = NULL;
    api->id = c->segments[2];
    api->query = api->noun.one;
    if (c->segment_count == 4)
        verb = http_verb(&api->noun, c->segments[3]);
    if (c->segment_count == 3 && api->query)
        get(c, api_one, "GET, HEAD, OPTIONS");
    else if (c->segment_count == 4 && text_equal(c->segments[3], HISTORY) && api->query)
        get(c, api_history, "GET, HEAD, OPTIONS");
    else if (verb)
        post(c, verb, "POST, OPTIONS");
    else
        no_path(c);
}

void api_call(struct call *c)
{
    struct api *api = arena_alloc(&c->arena, sizeof *api);
    c->state = api;
    if (c->segment_count == 3 && text_equal(c->segments[1], text_from("queries"))) {
        api->query = http_query(services, c->segments[2], &api->service);
        if (api->query)
            get(c, api_list, "GET, HEAD, OPTIONS");
        else
            no_path(c);
    } else if (c->segment_count >= 2 && c->segment_count <= 4 &&
               http_noun_find(services, c->segments[1], &api->noun)) {
        api->service = api->noun.service;
        if (c->segment_count == 2)
            nouns(c);
        else
            one(c);
    } else {
        no_path(c);
    }
}
